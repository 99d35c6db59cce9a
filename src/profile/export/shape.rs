// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[export]` as TOML has it; nothing is checked.

use crate::profile::shape::Spanned;
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::super::shape::Parts;

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
    pub(in super::super) form: Option<Spanned<String>>,
    pub(in super::super) encoding: Option<Spanned<String>>,
    pub(in super::super) byte_order_mark: Option<Spanned<bool>>,
    pub(in super::super) separator: Option<Spanned<String>>,
    pub(in super::super) quotes: Option<Spanned<String>>,
    pub(in super::super) header: Option<Spanned<bool>>,
    pub(in super::super) line_end: Option<Spanned<String>>,
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
    pub(in super::super) parts: Option<Spanned<Parts>>,
    pub(in super::super) constant: Option<Spanned<String>>,
    pub(in super::super) record: Option<Spanned<String>>,
    pub(in super::super) card: Option<Spanned<String>>,
    pub(in super::super) key_version: Option<Spanned<String>>,
    pub(in super::super) join: Option<Spanned<Vec<Spanned<Self>>>>,
    pub(in super::super) with: Option<Spanned<String>>,
    #[serde(rename = "as")]
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
