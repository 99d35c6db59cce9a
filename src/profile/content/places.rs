// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where in a file each value stands, for whoever reads it with a program of their own.

mod make;
mod pieces;
mod turned;
mod value;

use serde::{Serialize, Serializer};

use super::Content;

pub(super) use make::{bits_of, ordered, packed};
pub use turned::{TurnStep, Turned};

/// A value of a file: which bits are it, and how they are one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Place {
    /// The field that stands there; of what comes from no field, what it is.
    pub name: String,
    /// What it is there for.
    pub role: Role,
    /// Its bits, most significant first, as a list of ranges: bit 0 is the most significant bit of the
    /// file's first byte, bit 8 that of the second. `24-31,16-23` is two bytes, the last one first.
    #[serde(serialize_with = "as_ranges")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub bits: Vec<usize>,
    /// How these bits are a value.
    pub coding: Coding,
    /// Where only some of the value stands here, which of its bits these are: a value is put together of
    /// its pieces before anything else is done with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub piece: Option<Share>,
    /// What was done to the bytes in which it stands, the outermost first: it is undone before bits are
    /// taken, which are counted in the bytes as they are then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub turned: Vec<Turned>,
    /// Where it is as long as its value, how many bits it has at least: `bits` are as many as it has at
    /// most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<usize>,
    /// Whether something before it is as long as its value: then it stands as many bits earlier as that
    /// is shorter than it may be, and `bits` are where it stands behind the longest.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub moves: bool,
    /// Whether a number is two's complement.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub signed: bool,
    /// What was added to a number before it was written.
    #[serde(skip_serializing_if = "is_zero")]
    pub add: i64,
    /// In what a date is counted: `days`, `seconds` or `years`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The bit format that it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The character set of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// What fills up a text or a number of digits, in hexadecimal digits: before it where it is
    /// right-aligned, else behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill: Option<String>,
    /// What stands between two of the fields whose texts stand there one behind the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<String>,
    /// Whether what fills up stands before the value.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub right: bool,
    /// Of a date in digits, which they are: `yyyymmdd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// What a date is counted from: a day for a number of days, a year for a number of years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// What stands there on every card, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
    /// How a check is computed: a parity, an exclusive or, a CRC by its name in the catalogue; `length` is
    /// how many bytes it covers (`length-ber` as ISO/IEC 8825-1 writes it), and `copy` those bytes once
    /// more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The bits that a check covers, as `bits` has them.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "as_ranges")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub over: Vec<usize>,
}

/// Which bits of a value a piece of it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(clippy::exhaustive_structs, reason = "so many before it, of so many")]
pub struct Share {
    /// How many bits of the value stand before those of the piece.
    pub before: usize,
    /// How many bits the value has in all.
    pub of: usize,
}

/// What a place is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Role {
    /// It is a field of the record, or some of it.
    Field,
    /// It is the card's own UID.
    Uid,
    /// It is the same on every card.
    Constant,
    /// It is computed from other bits.
    Check,
    /// A key, chance or a program of the issuer's makes it: no value of a record can be taken from it by
    /// its bits.
    Made,
    /// It fills up.
    Filling,
    /// It is some of an item of which nothing can be told apart here: its bytes were turned by a table that
    /// has no way back. It is named by the fields of the item.
    Piece,
}

/// How bits are a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Coding {
    /// An unsigned number.
    Binary,
    /// Four bits a decimal digit; `F` stands for none.
    DecimalNibbles,
    /// A character of ASCII each: digits, and what stands between them.
    Characters,
    /// Text.
    Text,
    /// The bits themselves.
    Bits,
    /// Bytes.
    Bytes,
    /// The sixteen bytes of a UUID, in the order in which it is written.
    Uuid,
}

impl Place {
    /// The bits as a list of ranges.
    #[must_use]
    pub fn ranges(&self) -> String {
        ranges(&self.bits)
    }

    /// The bits that a check covers as such a list.
    #[must_use]
    pub fn over_ranges(&self) -> String {
        ranges(&self.over)
    }

    /// The first of the bytes that it stands in, and how many they are: where these were turned, all that
    /// were.
    #[must_use]
    pub fn bytes(&self) -> (usize, usize) {
        if let Some(Turned { offset, length, .. }) = self.turned.first() {
            return (*offset, *length);
        }
        let bytes = self.bits.iter().map(|bit| bit / 8);
        let (first, last) = (bytes.clone().min().unwrap_or(0), bytes.max().unwrap_or(0));
        (first, last.saturating_sub(first).saturating_add(1))
    }
}

impl Place {
    /// What has to be done for its value besides taking its bits, in words.
    pub(crate) const fn needs(&self) -> Option<&'static str> {
        if self.moves || self.least.is_some() {
            Some("where it stands and how long it is depends on the card")
        } else if !self.turned.is_empty() {
            Some("its bytes have to be turned back first")
        } else if self.piece.is_some() {
            Some("it is a piece, and the rest stands elsewhere")
        } else {
            None
        }
    }

    /// The same, counted from a byte behind the file's first.
    #[must_use]
    pub(crate) fn earlier(mut self, bytes: usize) -> Self {
        let bits = bytes.saturating_mul(8);
        for bit in self.bits.iter_mut().chain(&mut self.over) {
            *bit = bit.saturating_sub(bits);
        }
        for turned in &mut self.turned {
            turned.offset = turned.offset.saturating_sub(bytes);
        }
        self
    }
}

impl Content {
    /// Where everything in it stands, in the order of the content, where each part is as long as it may
    /// be.
    #[must_use]
    pub fn layout(&self) -> Vec<Place> {
        let at = self.one_behind_the_other(self.parts.iter().map(|placed| placed.part.length()));
        let (mut places, mut moves) = (Vec::<Place>::new(), false);
        for (placed, here) in self.parts.iter().zip(&at) {
            let over = placed.over.iter().filter_map(|range| {
                let parts = at.get(range.clone())?;
                Some(parts.first()?.start..parts.last()?.end)
            });
            let over: Vec<usize> = over.flat_map(bits_of).collect();
            let first = places.len();
            placed.part.places(here.clone(), &over, &mut places);
            if moves {
                places.iter_mut().skip(first).for_each(|place| place.moves = true);
            }
            // What is behind a filling stands where that ends.
            moves = placed.part.end().is_none() && (moves || !placed.part.is_fixed());
        }
        // What has no bytes stands nowhere.
        places.retain(|place| !place.bits.is_empty());
        places
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// Bits as a list of ranges, counting up or down, as bit formats are written.
fn ranges(bits: &[usize]) -> String {
    let (mut list, mut rest) = (String::new(), bits);
    while let Some((&first, behind)) = rest.split_first() {
        let up = behind.first() != first.checked_sub(1).as_ref() || first == 0;
        let next = |at: usize| if up { at.checked_add(1) } else { at.checked_sub(1) };
        let (mut last, mut left) = (first, behind);
        while let Some((&bit, behind)) = left.split_first()
            && next(last) == Some(bit)
        {
            (last, left) = (bit, behind);
        }
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(&first.to_string());
        if last != first {
            list.push('-');
            list.push_str(&last.to_string());
        }
        rest = left;
    }
    list
}

fn as_ranges<S: Serializer>(bits: &[usize], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&ranges(bits))
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn bits_are_listed_as_bit_formats_list_them() {
        for (bits, list) in [
            (&[][..], ""),
            (&[7], "7"),
            (&[0, 1, 2, 8], "0-2,8"),
            (&[8, 9, 0, 1], "8-9,0-1"),
            (&[3, 2, 1, 0, 9], "3-0,9"),
            (&[0, 5, 4], "0,5-4"),
        ] {
            assert_eq!(ranges(bits), list);
        }
    }
}
