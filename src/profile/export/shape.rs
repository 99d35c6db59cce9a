// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[export]` as TOML has it; nothing is checked.

#[cfg(feature = "schema")]
use std::borrow::Cow;

use crate::profile::shape::Spanned;
#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::super::shape::Parts;
#[cfg(feature = "schema")]
use super::super::{import::shape::Encoding, shape::schema::Part};

/// One list, or several.
pub(in super::super) enum Exports {
    One(Box<Export>),
    Several(Vec<Spanned<Export>>),
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Export {
    pub(in super::super) name: Option<Spanned<String>>,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["csv", "json-lines", "json"])))]
    pub(in super::super) form: Option<Spanned<String>>,
    #[cfg_attr(feature = "schema", schemars(with = "Option<Encoding>"))]
    pub(in super::super) encoding: Option<Spanned<String>>,
    pub(in super::super) byte_order_mark: Option<Spanned<bool>>,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = [",", ";", "\t", "|"])))]
    pub(in super::super) separator: Option<Spanned<String>>,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["needed", "always"])))]
    pub(in super::super) quotes: Option<Spanned<String>>,
    pub(in super::super) header: Option<Spanned<bool>>,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["crlf", "lf"])))]
    pub(in super::super) line_end: Option<Spanned<String>>,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["refused", "kept", "apostrophe"])))]
    pub(in super::super) formulas: Option<Spanned<String>>,
    pub(in super::super) columns: Spanned<Vec<Spanned<Column>>>,
}

/// A column, or a piece of one that joins several.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Column {
    pub(in super::super) column: Option<Spanned<String>>,
    pub(in super::super) field: Option<Spanned<String>>,
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<Part>>"))]
    pub(in super::super) parts: Option<Spanned<Parts>>,
    pub(in super::super) constant: Option<Spanned<String>>,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["id"])))]
    pub(in super::super) record: Option<Spanned<String>>,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["chip"])))]
    pub(in super::super) card: Option<Spanned<String>>,
    pub(in super::super) key_version: Option<Spanned<String>>,
    pub(in super::super) join: Option<Spanned<Vec<Spanned<Self>>>>,
    pub(in super::super) with: Option<Spanned<String>>,
    #[serde(rename = "as")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["text", "latin-1", "hex", "hex-lower", "decimal", "bits"])))]
    pub(in super::super) form: Option<Spanned<String>>,
    pub(in super::super) first: Option<Spanned<i64>>,
    pub(in super::super) last: Option<Spanned<i64>>,
    pub(in super::super) reversed: Option<Spanned<bool>>,
    pub(in super::super) between: Option<Spanned<String>>,
    pub(in super::super) width: Option<Spanned<i64>>,
    pub(in super::super) trim: Option<Spanned<bool>>,
}

impl<'de> Deserialize<'de> for Exports {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrSeveral;
        impl<'de> Visitor<'de> for OneOrSeveral {
            type Value = Exports;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("[export], or [[export]] for each of several lists")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Exports, A::Error> {
                Export::deserialize(MapAccessDeserializer::new(map))
                    .map(|export| Exports::One(Box::new(export)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Exports, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Exports::Several)
            }
        }
        deserializer.deserialize_any(OneOrSeveral)
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for Exports {
    fn schema_name() -> Cow<'static, str> {
        "Exports".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<Export>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}
