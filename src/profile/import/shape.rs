// SPDX-License-Identifier: MIT OR Apache-2.0
//! An import table as TOML has it; nothing is checked.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use toml::Spanned;

use super::super::shape::Named;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Import {
    pub(super) encoding: Option<Spanned<String>>,
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
#[serde(deny_unknown_fields)]
pub(super) struct Numbers {
    pub(super) thousands: Option<String>,
    pub(super) decimal: Option<String>,
}

#[derive(Deserialize)]
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
