// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a power cut leaves of a line: only such a line is dropped, never another file's.

use core::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_json::error::Category;

use super::line::CHAIN;
use crate::encode::proof::receipt::Receipt;

/// How every receipt begins.
const BEGINNING: &[u8] = b"{\"record\":\"";

/// The longest line that is dropped, in bytes. Receipts of the largest profiles have 100 KB.
const LONGEST: usize = 1 << 20;

/// A last line without the zeros that a file system puts where bytes were promised and did not come.
pub(super) fn without_zeros(line: &[u8]) -> &[u8] {
    let zeros = line.iter().rev().take_while(|byte| **byte == 0).count();
    line.split_at_checked(line.len().saturating_sub(zeros)).map_or(line, |(rest, _)| rest)
}

/// Whether a receipt was cut short here: the line has no end, and after its zeros are taken off it
/// is what a receipt begins with, entry by entry and type by type.
pub(super) fn is_cut(line: &[u8]) -> bool {
    let text = without_zeros(line);
    let begins = text.iter().zip(BEGINNING).all(|(byte, expected)| byte == expected);
    let open = |error: &serde_json::Error| error.classify() == Category::Eof;
    line.len() <= LONGEST
        && begins
        && (text.is_empty()
            || serde_json::from_slice::<Receipt>(text).is_err_and(|error| open(&error)))
        && only_known_entries(text)
}

/// Whether every entry that has its whole name is one of a receipt's or of its chain's.
fn only_known_entries(text: &[u8]) -> bool {
    let mut known = true;
    let mut entries = serde_json::Deserializer::from_slice(text);
    // The error is that of the end, which was looked at before.
    let _cut = entries.deserialize_map(Entries { known: &mut known });
    known
}

struct Entries<'k> {
    known: &'k mut bool,
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a receipt")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let names = names_of_a_receipt();
        while let Some(name) = map.next_key::<String>()? {
            *self.known &= names.contains(&name.as_str()) || CHAIN.contains(&name.as_str());
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

/// The names of a receipt's entries, from the receipt itself.
fn names_of_a_receipt() -> &'static [&'static str] {
    let mut names: &'static [&'static str] = &[];
    // It reads nothing, so it always ends in an error.
    let _nothing = Receipt::deserialize(Names(&mut names));
    names
}

/// A deserializer that only takes down what it is asked for.
struct Names<'n>(&'n mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::custom("nothing to read"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
