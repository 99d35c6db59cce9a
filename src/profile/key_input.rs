// SPDX-License-Identifier: MIT OR Apache-2.0
//! The bytes of a record's fields that go into the keys of its card.
//!
//! A field has as many of them for each record, and none stands for two values: a number the bytes that
//! its `max` takes, most significant first; a date four of packed decimal, `yyyymmdd`; a UUID sixteen in
//! the order of RFC 9562; bits left-aligned, zeros behind; a text one for each character, where it has
//! so many and all are ASCII.

use zeroize::Zeroizing;

use crate::diversify::{FieldBytes, Recipe};

use super::Profile;
use super::model::{Field, FieldKind, PiccTransport};
use super::record::{Record, Value};

/// How many bytes of a field go into a key; `None` where that depends on its value.
pub(super) fn key_bytes(field: &Field) -> Option<usize> {
    match field.kind {
        FieldKind::Uint { max } => Some(bytes_of(max)),
        FieldKind::Text { max_length } => {
            let rules = &field.text;
            let ascii = rules.characters.iter().all(|(_, last)| last.is_ascii());
            let fixed = rules.min_length == max_length && ascii && !rules.characters.is_empty();
            fixed.then_some(max_length)
        }
        FieldKind::Hex { length } => Some(length),
        FieldKind::Date { .. } => Some(4),
        FieldKind::Uuid => Some(16),
        FieldKind::Bits { length } => Some(length.div_ceil(8)),
    }
}

/// How many bytes a number takes.
fn bytes_of(max: u64) -> usize {
    let bits = u64::BITS.saturating_sub(max.leading_zeros()).max(1);
    usize::try_from(bits.div_ceil(8)).unwrap_or(8)
}

/// The bytes of a value. `None` where it is none of the field's.
fn written(field: &Field, value: &Value) -> Option<Zeroizing<Vec<u8>>> {
    let length = key_bytes(field)?;
    let bytes = match value {
        Value::Uint(number) => {
            let bytes = Zeroizing::new(number.to_be_bytes());
            Zeroizing::new(bytes.get(bytes.len().checked_sub(length)?..)?.to_vec())
        }
        Value::Text(text) => Zeroizing::new(text.as_bytes().to_vec()),
        Value::Bytes(bytes) => Zeroizing::new(bytes.clone()),
        Value::Date(day) => {
            let [year, month, day] = [day.year(), day.month().into(), day.day().into()];
            let packed = |number: u16| u8::try_from(number / 10 * 16 + number % 10).ok();
            let parts = [year / 100, year % 100, month, day].map(packed);
            Zeroizing::new(parts.into_iter().collect::<Option<Vec<u8>>>()?)
        }
    };
    (bytes.len() == length).then_some(bytes)
}

impl Profile {
    /// The fields that go into keys, each once.
    fn key_fields(&self) -> Vec<&str> {
        let transport = self.transport().picc.iter().filter_map(|key| match key {
            PiccTransport::Factory => None,
            PiccTransport::Key(spec) => Some(spec),
        });
        let recipes = self.keys().iter().chain(transport).filter_map(|key| key.recipe.as_ref());
        let mut names: Vec<&str> = recipes.flat_map(Recipe::fields).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether a key of an application, or the PICC master key, is made from the record.
    #[must_use]
    pub fn has_keys_of_records(&self) -> bool {
        self.keys().iter().any(super::KeySpec::needs_record)
    }
}

impl Record {
    /// What the record puts into the keys of its card, for a
    /// [`Subject`](crate::diversify::Subject): the bytes of those fields that the profile under which it
    /// was read has in an input. Nothing for the record of a card that no record is for.
    ///
    /// | type | bytes |
    /// |---|---|
    /// | `uint` | as many as `max` takes, most significant byte first |
    /// | `hex` | its own |
    /// | `date` | four, packed decimal: `yyyymmdd` |
    /// | `uuid` | 16, in the order of RFC 9562 |
    /// | `bits` | left-aligned, zeros behind |
    /// | `text` | ASCII, where it has an exact length and `characters` of ASCII alone |
    #[must_use]
    pub fn key_input(&self, profile: &Profile) -> FieldBytes {
        let mut all = FieldBytes::default();
        for name in profile.key_fields() {
            let mut fields = profile.fields().iter().zip(&self.values);
            let Some((field, value)) = fields.find(|(field, _)| field.name == name) else {
                continue;
            };
            if let Some(bytes) = written(field, value.expose_secret()) {
                all = all.with(name, bytes);
            }
        }
        all
    }
}
