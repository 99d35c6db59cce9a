// SPDX-License-Identifier: MIT OR Apache-2.0
//! What may be wrong with values and bits. No value is named.

use core::fmt;

use super::rule::Rule;

/// Values or bits that do not fit a format. No value is named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// Not one value per field.
    #[error("the format takes {needed} values")]
    Values {
        /// How many fields there are.
        needed: usize,
    },
    /// The format has no such field.
    #[error("the format has no field {field:?}: its fields are {}", known.join(", "))]
    NoField {
        /// The name that was given.
        field: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A field has no value.
    #[error("{field} is missing")]
    Missing {
        /// The field.
        field: String,
    },
    /// A field has two values.
    #[error("{field} is given twice")]
    Twice {
        /// The field.
        field: String,
    },
    /// A value is wider than its field.
    #[error("{field} must be 0 to {max} ({width})")]
    TooLarge {
        /// The field.
        field: String,
        /// Its largest value.
        max: u64,
        /// Its width.
        width: Width,
    },
    /// The bits are too few or too many.
    #[error("the format has {}, these are {found}", count(*needed, "bit"))]
    Bits {
        /// How many it has.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// The bytes are too few or too many.
    #[error("the format takes {}, these are {found}", count(*needed, "byte"))]
    Bytes {
        /// How many it takes.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// No string of bits is this long.
    #[error("a string has 1 to 256 bits, not {found}")]
    Length {
        /// How many were asked for.
        found: usize,
    },
    /// A bit beside those of the format is set.
    #[error("bit {bit} of the bytes is set, which is spare")]
    Spare {
        /// Its place in the bytes; 0 is the most significant bit of the first.
        bit: usize,
    },
    /// The bit that marks the start is not set.
    #[error("the sentinel bit is not set")]
    Sentinel,
    /// Parities, constants or other checks do not hold.
    #[error("{}", Faults(.0))]
    Faults(Vec<Fault>),
}

/// How wide a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Width {
    /// Of a binary number.
    #[error("{}", count(*.0, "bit"))]
    Bits(usize),
    /// Of a decimal one.
    #[error("{}", count(*.0, "decimal digit"))]
    Digits(usize),
}

pub(super) fn count(number: usize, unit: &str) -> String {
    let several = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{several}")
}

/// All of them in one line.
struct Faults<'a>(&'a [Fault]);

impl fmt::Display for Faults<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            let between = if at == 0 { "" } else { "; " };
            write!(f, "{between}{fault}")?;
        }
        Ok(())
    }
}

/// Something about bits that does not hold in a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A decimal digit is over 9.
    #[error("{field} has a digit over 9")]
    NotDecimal {
        /// The field.
        field: String,
    },
    /// A constant is not there.
    #[error("constant {value} in {bits} is wrong")]
    Constant {
        /// Its bits.
        bits: String,
        /// What they have to be, in binary.
        value: String,
    },
    /// A parity or another check is wrong.
    #[error("{} {bits} over {over} is wrong", said(*rule))]
    Check {
        /// How it is computed.
        rule: Rule,
        /// Its bits.
        bits: String,
        /// The bits that it covers.
        over: String,
    },
    /// A bit is set that the format does not use.
    #[error("bit {bit} is set, which the format does not use")]
    Unassigned {
        /// The bit.
        bit: u8,
    },
}

const fn said(rule: Rule) -> &'static str {
    match rule {
        Rule::Even => "even parity",
        Rule::Odd => "odd parity",
        Rule::Xor | Rule::XorNotF => "exclusive or",
        Rule::Sum => "sum",
        Rule::Luhn => "check digit",
        Rule::Crc(row) => row.name(),
    }
}
