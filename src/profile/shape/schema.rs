// SPDX-License-Identifier: MIT OR Apache-2.0
//! JSON Schemas of what the types alone do not tell: words that are looked up later, and what may be
//! one thing or another.

mod part;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::{CHIPS, Holders, Key, Scalar, Words};
use crate::key::{CheckMethod, LowBits as Form};

pub(in crate::profile) use part::Part;

/// A type whose schema is written out.
macro_rules! written {
    ($($(#[$about:meta])* $name:ident = $schema:expr;)+) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                let schema: fn(&mut SchemaGenerator) -> Schema = $schema;
                schema(generator)
            }
        }
    )+};
}

pub(in crate::profile) use written;

/// A word for low bits.
pub(super) struct LowBits;

/// The check value of a key.
pub(super) struct Check;

/// The name of a diversification scheme.
pub(super) struct Scheme;

written! {
    LowBits = |_| json_schema!({ "enum": Form::ALL.map(Form::name) });
    Check = |_| {
        let methods = CheckMethod::ALL.map(CheckMethod::name).join("|");
        json_schema!({ "type": "string", "pattern": format!("^({methods}):[0-9A-Fa-f]{{6}}$") })
    };
    Scheme = |_| json_schema!({ "anyOf": [
        { "enum": crate::diversify::Scheme::ALL.map(crate::diversify::Scheme::name) },
        { "type": "string" },
    ] });
    Words = |_| json_schema!({ "anyOf": [
        { "type": "string" },
        { "type": "array", "items": { "type": "string" } },
    ] });
    Holders = |_| json_schema!({ "anyOf": [
        { "type": "string" },
        { "type": "array", "items": { "type": "string" } },
    ] });
    Scalar = |_| json_schema!({ "type": ["string", "integer"] });
}

impl JsonSchema for super::Chip {
    fn schema_name() -> Cow<'static, str> {
        "Chip".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": CHIPS })
    }
}

impl JsonSchema for super::TransportKey {
    fn schema_name() -> Cow<'static, str> {
        "TransportKey".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let key = generator.subschema_for::<Key>();
        json_schema!({ "anyOf": [{ "const": "factory" }, { "type": "string" }, key] })
    }
}

impl JsonSchema for super::Counting {
    fn schema_name() -> Cow<'static, str> {
        "Counting".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<super::TransactionMac>();
        json_schema!({ "anyOf": [{ "enum": ["kept", "deleted"] }, table] })
    }
}

impl JsonSchema for super::Foreign {
    fn schema_name() -> Cow<'static, str> {
        "Foreign".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        let aids = json!({ "type": "array", "items": { "type": "string" } });
        json_schema!({ "anyOf": [{ "enum": ["refused", "allowed"] }, aids] })
    }
}

/// The schema of a file's whole text, as editors take it.
pub(in crate::profile) fn of_file<T: JsonSchema>(name: &str, title: &str) -> Value {
    // The draft that editors of TOML know.
    let settings = schemars::generate::SchemaSettings::draft07();
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    without_null(&mut schema);
    if let Some(root) = schema.as_object_mut() {
        root.insert(
            "$id".to_owned(),
            json!(format!("https://cardwright.invalid/schemas/{name}.json")),
        );
        root.insert("title".to_owned(), json!(title));
    }
    schema
}

/// TOML has no null: an entry that may be left out is left out.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(entries) => {
            if let Some(Value::Array(types)) = entries.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    entries.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(branches)) = entries.get_mut("anyOf") {
                branches.retain(|branch| *branch != json!({ "type": "null" }));
            }
            if entries.get("default").is_some_and(Value::is_null) {
                entries.remove("default");
            }
            entries.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl crate::profile::Profile {
    /// The JSON Schema (draft 7) of profiles, by which editors of TOML complete and check them: which entries
    /// there are, and what they take. Whether it all fits together [`parse`](Self::parse) says.
    #[must_use]
    pub fn schema() -> Value {
        of_file::<super::Root>("profile", "A profile: what a card must be")
    }
}

impl crate::profile::Import {
    /// The JSON Schema (draft 7) of import tables in files of their own.
    #[must_use]
    pub fn schema() -> Value {
        of_file::<crate::profile::import::shape::Import>(
            "import",
            "An import table: how a file of records is written",
        )
    }
}
