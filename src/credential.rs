// SPDX-License-Identifier: MIT OR Apache-2.0
//! Access control bit formats: where a card number sits among its parity bits.
//!
//! A [`Format`] is a row of data. Bit 0 is the first bit sent, so the most significant bit of the
//! first byte; the last byte's spare bits are 0. What a field may hold follows from its width.

mod h10301;

pub use h10301::H10301;

use zeroize::Zeroizing;

use crate::secret::Secret;

/// Every format that this crate knows.
pub const FORMATS: &[Format] = &[H10301];

/// A bit format: its fields and its parity bits.
#[derive(Debug, PartialEq, Eq)]
pub struct Format {
    name: &'static str,
    bits: u32,
    fields: &'static [FormatField],
    /// In the order in which they are computed: a later span may cover an earlier parity bit.
    parities: &'static [Parity],
}

/// A number inside a format, most significant bit first.
#[derive(Debug, PartialEq, Eq)]
pub struct FormatField {
    name: &'static str,
    first: u32,
    last: u32,
}

/// One parity bit and the bits that it covers.
#[derive(Debug, PartialEq, Eq)]
struct Parity {
    bit: u32,
    first: u32,
    last: u32,
    odd: bool,
}

impl Format {
    /// The format of this name, as profiles write it.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }

    /// The name, in lower case.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The fields, in the order in which [`Format::encode`] takes their values.
    #[must_use]
    pub const fn fields(&self) -> &'static [FormatField] {
        self.fields
    }

    /// How many bytes the bits fill, the last one perhaps in part.
    #[must_use]
    pub fn byte_length(&self) -> usize {
        self.bits.div_ceil(8).try_into().unwrap_or(usize::MAX)
    }

    /// Packs one value per field and adds the parity bits.
    ///
    /// # Errors
    /// [`FormatError::Values`] where there are not as many values as fields,
    /// [`FormatError::TooLarge`] where one does not fit.
    pub fn encode(&self, values: &[u64]) -> Result<Secret<Vec<u8>>, FormatError> {
        if values.len() != self.fields.len() {
            return Err(FormatError::Values { needed: self.fields.len() });
        }
        let mut word = Zeroizing::new(0_u128);
        for (field, value) in self.fields.iter().zip(values) {
            if *value > field.max() {
                return Err(FormatError::TooLarge { field: field.name, max: field.max() });
            }
            *word |= u128::from(*value) << place(field.last);
        }
        for parity in self.parities {
            *word |= u128::from(parity.expected(*word)) << place(parity.bit);
        }
        let bytes = Zeroizing::new(word.to_be_bytes());
        Ok(Secret::new(bytes.iter().copied().take(self.byte_length()).collect()))
    }

    /// Unpacks the fields' values, in the order of [`Format::fields`].
    ///
    /// # Errors
    /// [`FormatError::Length`] for another number of bytes, [`FormatError::Spare`] where a bit
    /// behind the last one is set, [`FormatError::Parity`] with the first parity bit that is wrong.
    pub fn decode(&self, bytes: &[u8]) -> Result<Secret<Vec<u64>>, FormatError> {
        if bytes.len() != self.byte_length() {
            return Err(FormatError::Length { needed: self.byte_length() });
        }
        let mut padded = Zeroizing::new([0; 16]);
        for (slot, byte) in padded.iter_mut().zip(bytes) {
            *slot = *byte;
        }
        let word = Zeroizing::new(u128::from_be_bytes(*padded));
        if word.checked_shl(self.bits).unwrap_or(0) != 0 {
            return Err(FormatError::Spare);
        }
        for parity in self.parities {
            if (*word >> place(parity.bit)) & 1 != u128::from(parity.expected(*word)) {
                return Err(FormatError::Parity { bit: parity.bit });
            }
        }
        let values = self.fields.iter().map(|field| {
            let [.., low] = split(*word >> place(field.last));
            low & field.max()
        });
        Ok(Secret::new(values.collect()))
    }
}

impl FormatField {
    /// The name, as profiles write it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The largest value that fits its width.
    #[must_use]
    pub const fn max(&self) -> u64 {
        match 1_u64.checked_shl(self.last - self.first + 1) {
            Some(limit) => limit - 1,
            None => u64::MAX,
        }
    }
}

impl Parity {
    /// The value that the parity bit must have.
    const fn expected(&self, word: u128) -> bool {
        let span = (word << self.first) >> (self.first + place(self.last));
        (span.count_ones() % 2 == 1) != self.odd
    }
}

/// How far bit `bit` of a left-aligned word is from the right end.
const fn place(bit: u32) -> u32 {
    u128::BITS - 1 - bit
}

const fn split(word: u128) -> [u64; 2] {
    let [a, b, c, d, e, f, g, h, low @ ..] = word.to_be_bytes();
    [u64::from_be_bytes([a, b, c, d, e, f, g, h]), u64::from_be_bytes(low)]
}

/// Values or bytes that do not fit a format. No value is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// Not one value per field.
    #[error("the format takes {needed} values")]
    Values {
        /// How many fields there are.
        needed: usize,
    },
    /// A value is wider than its field.
    #[error("{field} must be 0 to {max}")]
    TooLarge {
        /// The field.
        field: &'static str,
        /// Its largest value.
        max: u64,
    },
    /// The bytes are too few or too many.
    #[error("the format takes {needed} bytes")]
    Length {
        /// How many it takes.
        needed: usize,
    },
    /// A bit behind the format's last bit is set.
    #[error("a spare bit is set")]
    Spare,
    /// A parity bit is wrong.
    #[error("parity bit {bit} is wrong")]
    Parity {
        /// The parity bit, counted from 0.
        bit: u32,
    },
}
