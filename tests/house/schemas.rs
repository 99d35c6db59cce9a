// SPDX-License-Identifier: MIT OR Apache-2.0
//! The JSON Schemas in `schemas/` are those of the types.
//!
//! `SCHEMAS=write cargo test --features schema --test house schemas` writes them anew. What fits them is
//! held by `tests/foreign/schemas.rs`, with a validator that others wrote.

use std::path::Path;

use cardwright::Receipt;
use cardwright::encode::Plan;
use cardwright::profile::{Import, Profile, Record};
use cardwright::sheet::Sheet;
use cardwright::station::QueuedOrder;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

// What the programs write is made of types of their own.
#[expect(dead_code, reason = "none of it is made here")]
#[path = "../../examples/plan/found.rs"]
mod found;
#[expect(dead_code, reason = "none of it is made here")]
#[path = "../../examples/inspect/seen.rs"]
mod seen;

/// The schema of what is written.
fn written<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// The schema of what is read.
fn read<T: JsonSchema>() -> Value {
    serde_json::to_value(schemars::schema_for!(T)).unwrap()
}

#[test]
fn the_schemas_are_those_of_the_types() {
    for (name, schema) in [
        ("receipt", Receipt::line_schema()),
        ("order", read::<QueuedOrder>()),
        ("record", read::<Record>()),
        ("profile", Profile::schema()),
        ("import", Import::schema()),
        ("plan", written::<Plan>()),
        ("plan-check", written::<found::Found>()),
        ("inspect", written::<seen::Card>()),
        ("reader-sheet", Sheet::json_schema()),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schemas/{name}.json"));
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("SCHEMAS").is_some_and(|word| word == "write") {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text, "{}", path.display());
    }
}

/// What a receipt always has cannot be taken out.
#[test]
fn a_receipt_names_its_form_and_its_program() {
    let schema = Receipt::line_schema();
    let required: Vec<&str> =
        schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for entry in
        ["record", "schema", "job", "outcome", "wrote", "profile", "keys", "sequence", "mac"]
    {
        assert!(required.contains(&entry), "{entry}: {required:?}");
    }
    assert!(schema["properties"]["code"].is_object(), "{schema}");
}
