// SPDX-License-Identifier: MIT OR Apache-2.0
//! The JSON Schema of a sheet, out of the types.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use super::{Sheet, Told};

impl Sheet {
    /// The JSON Schema (2020-12) of a sheet of this [version](Sheet::SCHEMA).
    #[must_use]
    pub fn json_schema() -> Value {
        let settings = SchemaSettings::draft2020_12().for_serialize();
        let mut schema = settings.into_generator().into_root_schema_for::<Self>().to_value();
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("title".to_owned(), json!("A sheet for readers"));
            let id = "https://cardwright.invalid/schemas/reader-sheet.json";
            schema.insert("$id".to_owned(), json!(id));
        }
        schema
    }
}

impl JsonSchema for Told {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Told".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}
