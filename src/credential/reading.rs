// SPDX-License-Identifier: MIT OR Apache-2.0
//! What bits say in a format, and what does not hold.

use crate::secret::Secret;

use super::element::Field;
use super::format::Format;
use super::rule::Rule;

/// What bits say in a format. The values are redacted in `Debug` and wiped on drop.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    pub(super) format: &'a Format,
    /// In the order of the fields.
    pub(super) values: Secret<Vec<Option<u64>>>,
    pub(super) faults: Vec<Fault>,
}

impl<'a> Reading<'a> {
    /// The format.
    #[must_use]
    pub const fn format(&self) -> &'a Format {
        self.format
    }

    /// The fields and what they hold: `None` where a digit is over 9.
    pub fn values(&self) -> impl Iterator<Item = (&'a Field, Option<u64>)> {
        self.format.fields().iter().zip(self.values.expose_secret().iter().copied())
    }

    /// What the field of this name holds; `None` where there is none, or a digit is over 9.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<u64> {
        self.values().find(|(field, _)| field.name() == name).and_then(|(_, value)| value)
    }

    /// Everything that does not hold.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
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
    #[error("the constant {value} is not in bits {bits}")]
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
