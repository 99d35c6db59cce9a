// SPDX-License-Identifier: MIT OR Apache-2.0
//! Access control bit formats: where a card number sits among its parity bits.
//!
//! A [`Format`] is a row of data in [`FORMATS`]. Bit 0 is the first bit sent, so the most significant
//! bit of the first byte; the last byte's spare bits are 0. What a field may hold follows from how
//! many bits it has.

mod layout;
mod table;

#[cfg(test)]
mod tests;

pub use layout::{FormatField, Span};
pub use table::FORMATS;

use zeroize::Zeroizing;

use crate::secret::Secret;

use layout::{Constant, Parity};

/// A bit format: its fields, constants and parity bits.
#[derive(Debug, PartialEq, Eq)]
pub struct Format {
    name: &'static str,
    title: &'static str,
    bits: usize,
    fields: &'static [FormatField],
    constants: &'static [Constant],
    /// In the order in which they are computed: a later one may cover an earlier parity bit.
    parities: &'static [Parity],
}

/// What holds in the bits of a format, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check {
    /// The bits from this one on are always the same.
    Constant {
        /// The first of them, counted from 0.
        bit: usize,
    },
    /// A digit of a field is 0 to 9.
    Digits {
        /// The field.
        field: &'static str,
    },
    /// A parity bit.
    Parity {
        /// The parity bit, counted from 0.
        bit: usize,
        /// Whether the ones of the bits that it covers, and its own, are odd in number.
        odd: bool,
    },
}

/// What bits say under one format.
#[non_exhaustive]
pub struct Reading {
    /// The format.
    pub format: &'static Format,
    /// One value per field, in the order of [`Format::fields`]; of a field with a digit above 9 as if
    /// it were one.
    pub values: Secret<Vec<u64>>,
    /// Every check of the format, and whether it holds.
    pub checks: Vec<(Check, bool)>,
}

impl Reading {
    /// Whether every check holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|(_, holds)| *holds)
    }
}

impl core::fmt::Debug for Reading {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Reading({}, <secret>)", self.format.name)
    }
}

/// What bits say under each format that has as many of them. A format is never guessed: several may
/// fit, and their checks tell how well.
#[must_use]
pub fn identify(bits: &[bool]) -> Vec<Reading> {
    FORMATS.iter().filter_map(|format| format.read(bits).ok()).collect()
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

    /// What it is called elsewhere, and where sources disagree what was chosen.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// How many bits it has.
    #[must_use]
    pub const fn bits(&self) -> usize {
        self.bits
    }

    /// The fields, in the order in which [`Format::encode`] takes their values.
    #[must_use]
    pub const fn fields(&self) -> &'static [FormatField] {
        self.fields
    }

    /// The bits that are always the same, each with its value.
    pub fn constant_bits(&self) -> impl Iterator<Item = (usize, bool)> {
        self.constants.iter().flat_map(Constant::bits)
    }

    /// The parity bits in the order in which they are computed: the bit, whether it makes an odd
    /// number of ones, and the bits that it covers.
    pub fn parity_bits(&self) -> impl Iterator<Item = (usize, bool, &'static [Span])> {
        self.parities.iter().map(|parity| (parity.bit, parity.odd, parity.over))
    }

    /// How many bytes the bits fill, the last one perhaps in part.
    #[must_use]
    pub const fn byte_length(&self) -> usize {
        self.bits.div_ceil(8)
    }

    /// The bits for one value per field.
    ///
    /// # Errors
    /// [`FormatError::Values`] where there are not as many values as fields,
    /// [`FormatError::TooLarge`] where one does not fit.
    pub fn encode_bits(&self, values: &[u64]) -> Result<Secret<Vec<bool>>, FormatError> {
        if values.len() != self.fields.len() {
            return Err(FormatError::Values { needed: self.fields.len() });
        }
        let mut bits = Secret::new(vec![false; self.bits]);
        let mut set = |bit: usize, one: bool| {
            if let Some(slot) = bits.expose_secret_mut().get_mut(bit) {
                *slot = one;
            }
        };
        for (bit, one) in self.constant_bits() {
            set(bit, one);
        }
        for (field, value) in self.fields.iter().zip(values) {
            if *value > field.max() {
                return Err(FormatError::TooLarge { field: field.name(), max: field.max() });
            }
            for (bit, one) in field.places(*value) {
                set(bit, one);
            }
        }
        for parity in self.parities {
            let one = parity.expected(bits.expose_secret());
            if let Some(slot) = bits.expose_secret_mut().get_mut(parity.bit) {
                *slot = one;
            }
        }
        Ok(bits)
    }

    /// As [`Format::encode_bits`], packed into bytes from the left.
    ///
    /// # Errors
    /// As [`Format::encode_bits`].
    pub fn encode(&self, values: &[u64]) -> Result<Secret<Vec<u8>>, FormatError> {
        let bits = self.encode_bits(values)?;
        let byte = |bits: &[bool]| {
            let ones = bits.iter().zip(0_u32..).map(|(one, at)| u8::from(*one) << (7 - at));
            ones.fold(0, |byte, one| byte | one)
        };
        Ok(Secret::new(bits.expose_secret().chunks(8).map(byte).collect()))
    }

    /// What the bits say, whether or not the checks hold.
    ///
    /// # Errors
    /// [`FormatError::Bits`] for another number of bits.
    pub fn read(&'static self, bits: &[bool]) -> Result<Reading, FormatError> {
        if bits.len() != self.bits {
            return Err(FormatError::Bits { needed: self.bits });
        }
        let mut checks = Vec::new();
        for constant in self.constants {
            let holds = constant.bits().all(|(bit, one)| bits.get(bit) == Some(&one));
            checks.push((Check::Constant { bit: constant.first() }, holds));
        }
        for field in self.fields.iter().filter(|field| field.is_decimal()) {
            checks.push((Check::Digits { field: field.name() }, field.has_digits(bits)));
        }
        for parity in self.parities {
            let holds = bits.get(parity.bit) == Some(&parity.expected(bits));
            checks.push((Check::Parity { bit: parity.bit, odd: parity.odd }, holds));
        }
        let values = self.fields.iter().map(|field| field.value(bits)).collect();
        Ok(Reading { format: self, values: Secret::new(values), checks })
    }

    /// Unpacks the fields' values, in the order of [`Format::fields`], from bytes that hold the bits
    /// from the left.
    ///
    /// # Errors
    /// [`FormatError::Length`] for another number of bytes, [`FormatError::Spare`] where a bit
    /// behind the last one is set, [`FormatError::Check`] with the first check that does not hold.
    pub fn decode(&'static self, bytes: &[u8]) -> Result<Secret<Vec<u64>>, FormatError> {
        if bytes.len() != self.byte_length() {
            return Err(FormatError::Length { needed: self.byte_length() });
        }
        let all = Zeroizing::new(unpacked(bytes));
        let (bits, spare) = all.split_at_checked(self.bits).unwrap_or((all.as_slice(), &[]));
        if spare.contains(&true) {
            return Err(FormatError::Spare);
        }
        let reading = self.read(bits)?;
        match reading.checks.iter().find(|(_, holds)| !holds) {
            Some((check, _)) => Err(FormatError::Check(*check)),
            None => Ok(reading.values),
        }
    }
}

/// The bits of bytes, the most significant first.
#[must_use]
pub fn unpacked(bytes: &[u8]) -> Vec<bool> {
    bytes.iter().flat_map(|byte| (0..8).map(move |at| byte & (0x80 >> at) != 0)).collect()
}

/// Values or bits that do not fit a format. No value is named.
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
    /// The bits are too few or too many.
    #[error("the format takes {needed} bits")]
    Bits {
        /// How many it takes.
        needed: usize,
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
    /// A check does not hold.
    #[error("{0} is wrong")]
    Check(Check),
}

impl core::fmt::Display for Check {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Constant { bit } => write!(f, "the constant from bit {bit} on"),
            Self::Digits { field } => write!(f, "a digit of {field}"),
            Self::Parity { bit, odd } => {
                let kind = if *odd { "odd" } else { "even" };
                write!(f, "{kind} parity bit {bit}")
            }
        }
    }
}
