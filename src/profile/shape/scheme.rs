// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[[scheme]]` as TOML has it.

use serde::Deserialize;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Scheme {
    pub(in super::super) name: Spanned<String>,
    pub(in super::super) input: Spanned<Vec<Spanned<Words>>>,
    pub(in super::super) padding: Option<Spanned<String>>,
    pub(in super::super) length: Option<Spanned<i64>>,
    pub(in super::super) cipher: Spanned<String>,
    pub(in super::super) cut: Option<Vec<Spanned<String>>>,
}

/// A word of the only message, or the words of one of several.
pub(in super::super) enum Words {
    Word(String),
    Message(Vec<Spanned<String>>),
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrList;
        impl<'de> Visitor<'de> for WordOrList {
            type Value = Words;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("a word, or a list of words")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Words, E> {
                Ok(Words::Word(word.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Words, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Words::Message)
            }
        }
        deserializer.deserialize_any(WordOrList)
    }
}
