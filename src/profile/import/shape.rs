// SPDX-License-Identifier: MIT OR Apache-2.0
//! An import table as TOML has it; nothing is checked.

#[cfg(feature = "schema")]
use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::profile::shape::Spanned;
#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::super::shape::Named;

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Import {
    #[cfg_attr(feature = "schema", schemars(with = "Option<Encoding>"))]
    pub(super) encoding: Option<Spanned<String>>,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = [",", ";", "\t", "|"])))]
    pub(super) separator: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) trim: bool,
    pub(super) date: Option<Spanned<String>>,
    pub(super) numbers: Option<Spanned<Numbers>>,
    pub(super) booleans: Option<Spanned<Booleans>>,
    #[serde(default)]
    pub(super) leave_out: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) columns: Named<Column>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Numbers {
    pub(super) thousands: Option<String>,
    pub(super) decimal: Option<String>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Booleans {
    #[serde(rename = "true")]
    pub(super) yes: Vec<String>,
    #[serde(rename = "false")]
    pub(super) no: Vec<String>,
}

/// The name of a column, or how a field comes out of several.
pub(super) enum Column {
    Name(String),
    Table(Box<Table>),
}

#[derive(Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) column: Option<Spanned<String>>,
    pub(super) join: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) with: Option<Spanned<String>>,
    pub(super) range: Option<Spanned<Range>>,
    pub(super) constant: Option<Spanned<String>>,
    pub(super) date: Option<Spanned<String>>,
    pub(super) values: Option<Spanned<BTreeMap<String, String>>>,
    pub(super) boolean: Option<Spanned<bool>>,
    pub(super) default: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) optional: bool,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    pub(super) start: Spanned<i64>,
    pub(super) end: Spanned<i64>,
    pub(super) next: Option<Spanned<i64>>,
    pub(super) file: Option<Spanned<String>>,
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrTable;
        impl<'de> Visitor<'de> for NameOrTable {
            type Value = Column;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("the name of a column, or { column = \"…\", … }")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Column, E> {
                Ok(Column::Name(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Column, A::Error> {
                Table::deserialize(MapAccessDeserializer::new(map))
                    .map(|table| Column::Table(Box::new(table)))
            }
        }
        deserializer.deserialize_any(NameOrTable)
    }
}

/// The name of an encoding, in any case.
#[cfg(feature = "schema")]
pub(in super::super) struct Encoding;

#[cfg(feature = "schema")]
crate::profile::shape::schema::written! {
    Encoding = |_| {
        let names: Vec<&str> = super::Encoding::NAMES.iter().map(|(name, _)| *name).collect();
        let any_case = |sign: char| match sign.is_ascii_alphabetic() {
            true => format!("[{sign}{}]", sign.to_ascii_uppercase()),
            false => sign.to_string(),
        };
        let patterns: Vec<String> =
            names.iter().map(|name| name.chars().map(any_case).collect()).collect();
        let pattern = format!("^({})$", patterns.join("|"));
        json_schema!({ "anyOf": [{ "enum": names }, { "type": "string", "pattern": pattern }] })
    };
    Column = |generator| {
        let table = generator.subschema_for::<Table>();
        json_schema!({ "anyOf": [{ "type": "string" }, table] })
    };
}
