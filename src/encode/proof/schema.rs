// SPDX-License-Identifier: MIT OR Apache-2.0
//! The JSON Schema of a line of a receipts file, out of the types.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::{Value, json};

use crate::encode::proof::receipt::Receipt;
use crate::encode::task::Task;

/// A receipt with the entries of its chain.
#[derive(Serialize, JsonSchema)]
#[schemars(
    title = "A line of a receipts file",
    extend("$id" = "https://cardwright.invalid/schemas/receipt.json"),
    extend("allOf" = because())
)]
struct Line {
    #[serde(flatten)]
    receipt: Receipt,
    /// The line's number in its file.
    #[schemars(range(min = 1))]
    sequence: u64,
    /// `mac` of the line before it.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    previous: String,
    /// HMAC-SHA-256 over every byte of the line before this entry.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    mac: String,
}

/// What did not end well says why, and what to do.
fn because() -> Value {
    let where_it = |outcomes: Value, entries: Value| {
        json!({
            "if": { "properties": { "outcome": { "enum": outcomes } } },
            "then": { "required": entries },
        })
    };
    json!([
        // Which only receipts of older versions lack.
        { "required": ["program"] },
        where_it(json!(["refused", "failed"]), json!(["reason", "code", "recovery"])),
        where_it(json!(["written"]), json!(["reason", "code"])),
    ])
}

impl Receipt {
    /// The JSON Schema (2020-12) of a line of a receipts file of this [version](Receipt::SCHEMA). The entries
    /// that a line of this version always has are required, also where older ones lack them.
    #[must_use]
    pub fn line_schema() -> Value {
        let settings = SchemaSettings::draft2020_12().for_serialize();
        settings.into_generator().into_root_schema_for::<Line>().to_value()
    }
}

impl JsonSchema for Task {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Task".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": Self::ALL.map(Self::name) })
    }
}
