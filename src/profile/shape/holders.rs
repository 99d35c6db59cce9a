// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who has a right of a file, as TOML has it.

use serde::Deserialize;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use super::Spanned;

/// A key, `free` or `never`; or several keys.
pub(in super::super) enum Holders {
    One(String),
    Several(Vec<Spanned<String>>),
}

impl<'de> Deserialize<'de> for Holders {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrSeveral;
        impl<'de> Visitor<'de> for OneOrSeveral {
            type Value = Holders;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("the name of a key, \"free\", \"never\", or a list of keys")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Holders, E> {
                Ok(Holders::One(name.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Holders, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Holders::Several)
            }
        }
        deserializer.deserialize_any(OneOrSeveral)
    }
}
