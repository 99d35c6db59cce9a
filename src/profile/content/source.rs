// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where parts take their values from, and how numbers are written.

use zeroize::Zeroizing;

use crate::secret::Secret;

use super::super::model::Field;
use super::super::record::{Allowed, FieldError, Record, RecordReason, Value};

/// The field that a part takes its value from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Source {
    /// The place in the profile's fields.
    pub(in super::super) index: usize,
    pub(in super::super) field: Field,
}

/// A number that a part takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Number {
    Field(Source),
    /// The same on every card.
    Constant(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Order {
    Big,
    Little,
}

/// Appends a number in so many bytes. `None` where it does not fit them.
pub(super) fn write_uint(value: u64, bytes: usize, order: Order, out: &mut Vec<u8>) -> Option<()> {
    let value = Zeroizing::new(value.to_be_bytes());
    let spare = value.len().saturating_sub(bytes);
    let (high, low) = value.split_at_checked(spare)?;
    if high.iter().any(|byte| *byte != 0) {
        return None;
    }
    let zeros = core::iter::repeat_n(0, bytes.saturating_sub(low.len()));
    match order {
        Order::Big => out.extend(zeros.chain(low.iter().copied())),
        Order::Little => out.extend(low.iter().rev().copied().chain(zeros)),
    }
    Some(())
}

/// A number of at most eight bytes.
pub(super) fn read_uint(bytes: &[u8], order: Order) -> Option<u64> {
    let add =
        |number: Option<u64>, byte: &u8| number?.checked_mul(0x100)?.checked_add(u64::from(*byte));
    match order {
        Order::Big => bytes.iter().fold(Some(0), add),
        Order::Little => bytes.iter().rev().fold(Some(0), add),
    }
}

impl Number {
    pub(super) const fn source(&self) -> Option<&Source> {
        match self {
            Self::Field(source) => Some(source),
            Self::Constant(_) => None,
        }
    }

    pub(super) fn value(&self, record: &Record) -> Result<u64, FieldError> {
        match self {
            Self::Field(source) => source.uint(record),
            Self::Constant(value) => Ok(*value),
        }
    }
}

impl Source {
    pub(super) fn value<'a>(&self, record: &'a Record) -> Option<&'a Value> {
        record.values.get(self.index).map(Secret::expose_secret)
    }

    pub(super) fn uint(&self, record: &Record) -> Result<u64, FieldError> {
        match self.value(record) {
            Some(Value::Uint(value)) => Ok(*value),
            _ => Err(self.not_allowed()),
        }
    }

    pub(super) fn bytes<'a>(
        &self,
        record: &'a Record,
        length: usize,
    ) -> Result<&'a [u8], FieldError> {
        match self.value(record) {
            Some(Value::Bytes(bytes)) if bytes.len() == length => Ok(bytes),
            _ => Err(self.not_allowed()),
        }
    }

    pub(super) fn not_allowed(&self) -> FieldError {
        self.error(RecordReason::NotAllowed { allowed: Allowed::Field(self.field.kind) })
    }

    pub(super) fn error(&self, reason: RecordReason) -> FieldError {
        FieldError { field: self.field.name.clone(), reason }
    }
}
