// SPDX-License-Identifier: MIT OR Apache-2.0
//! What bits say in a format, and what does not hold.

use crate::secret::Secret;

use super::bits::Bits;
use super::element::Field;
use super::error::Fault;
use super::format::Format;

/// What bits say in a format. The values are redacted in `Debug` and wiped on drop.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    pub(super) format: &'a Format,
    pub(super) bits: Bits,
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

    /// The bits.
    #[must_use]
    pub const fn bits(&self) -> &Bits {
        &self.bits
    }

    /// The fields and what they hold, the values themselves: `None` where a digit is over 9.
    pub fn values(&self) -> impl Iterator<Item = (&'a Field, Option<u64>)> {
        self.format.fields().iter().zip(self.values.expose_secret().iter().copied())
    }

    /// What the field of this name holds, the value itself; `None` where there is none, or a digit is over 9.
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
