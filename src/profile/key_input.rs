// SPDX-License-Identifier: MIT OR Apache-2.0
//! The bytes of a record's fields that go into the keys of its card.
//!
//! A field has as many of them for each record, and none stands for two values: a number the bytes that
//! its `max` takes, most significant first, with a sign in two's complement those that its limits take; a
//! date four of packed decimal, `yyyymmdd`, with a time seven, `yyyymmddhhmmss`; a UUID sixteen in
//! the order of RFC 9562; bits left-aligned, zeros behind; a text one for each character, where it has
//! so many and all are ASCII.

use zeroize::Zeroizing;

use crate::diversify::{FieldBytes, Recipe};

use super::model::{Field, FieldKind, PiccTransport};
use super::record::{Record, Value};
use super::{Day, Profile};

/// How many bytes of a field go into a key; `None` where that depends on its value.
pub(super) fn key_bytes(field: &Field) -> Option<usize> {
    match field.kind {
        FieldKind::Uint { max } => Some(bytes_of(max)),
        FieldKind::Int { min, max } => {
            let signless = [min, max].map(|limit| (limit ^ (limit >> 63)).unsigned_abs());
            // A bit more, for the sign.
            let most = signless.into_iter().max().unwrap_or_default();
            Some(bytes_of(most.saturating_mul(2)))
        }
        FieldKind::DateTime { .. } => Some(7),
        FieldKind::Text { max_length } => {
            let rules = &field.text;
            let ascii = rules.characters.iter().all(|(_, last)| last.is_ascii());
            let fixed = rules.min_length == max_length && ascii && !rules.characters.is_empty();
            fixed.then_some(max_length)
        }
        FieldKind::Hex { min_length, max_length } => {
            (min_length == max_length).then_some(max_length)
        }
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

/// The last bytes of a number.
fn last(bytes: [u8; 8], length: usize) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = Zeroizing::new(bytes);
    Some(Zeroizing::new(bytes.get(bytes.len().checked_sub(length)?..)?.to_vec()))
}

/// Century, year, month and day.
fn of_day(day: Day) -> [u32; 4] {
    let year = u32::from(day.year());
    [year / 100, year % 100, day.month().into(), day.day().into()]
}

/// Two digits of a number to a byte.
fn packed(numbers: &[u32]) -> Option<Zeroizing<Vec<u8>>> {
    let packed = |number: &u32| u8::try_from(number / 10 * 16 + number % 10).ok();
    numbers.iter().map(packed).collect::<Option<Vec<u8>>>().map(Zeroizing::new)
}

/// The bytes of a value. `None` where it is none of the field's.
fn written(field: &Field, value: &Value) -> Option<Zeroizing<Vec<u8>>> {
    let length = key_bytes(field)?;
    let bytes = match value {
        Value::Uint(number) => last(number.to_be_bytes(), length)?,
        Value::Int(number) => last(number.to_be_bytes(), length)?,
        Value::Text(text) => Zeroizing::new(text.as_bytes().to_vec()),
        Value::Bytes(bytes) => Zeroizing::new(bytes.clone()),
        Value::Date(day) => packed(&of_day(*day))?,
        Value::Moment(moment) => {
            let time = [moment.hour(), moment.minute(), moment.second()];
            packed(&[of_day(moment.day()).as_slice(), &time].concat())?
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
    /// | `int` | as many as its limits take in two's complement, most significant byte first |
    /// | `hex` | its own |
    /// | `date` | four, packed decimal: `yyyymmdd` |
    /// | `datetime` | seven, packed decimal: `yyyymmddhhmmss` |
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Records;

    const HEAD: &str = "[profile]\nname = \"input\"\nchips = [\"ev1\"]\n[transport]\npicc = [\"factory\"]\n\
                        [card]\nmaster_key = \"picc\"\n[[application]]\naid = \"F48120\"\nkeys = \
                        [\"own\"]\n[keys]\npicc = { ref = \"picc\", version = 1 }\n";

    /// Each type of field, with its bytes put together by hand.
    #[test]
    fn a_field_has_as_many_bytes_for_each_record_and_they_say_what_it_holds() {
        for (field, value, bytes) in [
            ("type = \"uint\", max = 255", "7", "07"),
            ("type = \"uint\", max = 256", "7", "0007"),
            ("type = \"uint\", max = 9223372036854775807", "7", "0000000000000007"),
            ("type = \"int\", min = -1, max = 127", "-1", "ff"),
            ("type = \"int\", min = -129, max = 127", "-129", "ff7f"),
            ("type = \"int\", min = 0, max = 128", "128", "0080"),
            ("type = \"hex\", length = 3", "\"A1B2C3\"", "a1b2c3"),
            ("type = \"date\"", "\"2028-12-31\"", "20281231"),
            ("type = \"datetime\"", "\"2028-12-31T23:59:08\"", "20281231235908"),
            ("type = \"bits\", length = 10", "\"1100000101\"", "c140"),
            ("type = \"text\", length = 4, characters = [\"0-9\"]", "\"0042\"", "30303432"),
            (
                "type = \"uuid\"",
                "\"00112233-4455-6677-8899-aabbccddeeff\"",
                "00112233445566778899aabbccddeeff",
            ),
        ] {
            let own = "own = { ref = \"own\", version = 1, diversify = { scheme = \"an10922\", input = \
                       [\"field:value\"] } }";
            let text =
                format!("{HEAD}{own}\n[fields]\nvalue = {{ {field}, class = \"technical\" }}\n");
            let profile = Profile::parse(&text).unwrap_or_else(|error| panic!("{field}: {error}"));
            let record = format!("{{\"value\": {value}}}");
            let records = Records::json_lines(&profile, record.as_bytes()).unwrap();
            let found = records.entries[0].as_ref().unwrap().key_input(&profile);
            let bytes = hex::decode(bytes).unwrap();
            assert!(found == FieldBytes::default().with("value", bytes.into()), "{field}");
        }
        assert!(Record::none().key_input(&Profile::parse(DOOR).unwrap()).is_empty());
    }

    const DOOR: &str = include_str!("../../examples/data/profiles/door.toml");
}
