// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where parts take their values from, and how numbers are written.

use core::ops::RangeInclusive;

use zeroize::Zeroizing;

use crate::secret::Secret;

use super::super::Moment;
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
    Field(Amount),
    /// The same on every card.
    Constant(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Order {
    Big,
    Little,
}

/// How many bits so many bytes have, at most those of eight.
pub(super) fn bits_of(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(8).min(8) * 8
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

/// A field's number, and what is added to it before it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Amount {
    pub(in super::super) source: Source,
    pub(in super::super) add: i64,
}

impl Amount {
    /// The number that is written.
    pub(super) fn value(&self, record: &Record) -> Result<i128, FieldError> {
        let number = match self.source.value(record) {
            Some(Value::Uint(value)) => i128::from(*value),
            Some(Value::Int(value)) => i128::from(*value),
            _ => return Err(self.source.not_allowed()),
        };
        // Neither is near the end of its range.
        Ok(number.saturating_add(self.add.into()))
    }

    /// The number that is written, where none is negative.
    pub(super) fn unsigned(&self, record: &Record) -> Result<u64, FieldError> {
        u64::try_from(self.value(record)?).map_err(|_| self.source.not_allowed())
    }

    /// The number that is written, as two's complement in the low ones of so many bits.
    pub(super) fn complement(&self, record: &Record, bits: u32) -> Result<u64, FieldError> {
        let number = i64::try_from(self.value(record)?).map_err(|_| self.source.not_allowed())?;
        let mask = u64::MAX.checked_shr(64_u32.saturating_sub(bits)).unwrap_or(0);
        Ok(number.cast_unsigned() & mask)
    }

    /// The field's number, of one that was written.
    pub(super) fn told(&self, written: u64) -> String {
        i128::from(written).saturating_sub(self.add.into()).to_string()
    }

    /// The field's number, of one that was written as two's complement in so many bits.
    pub(super) fn told_complement(&self, written: u64, bits: u32) -> String {
        let spare = 64_u32.saturating_sub(bits).min(63);
        let number = (written << spare).cast_signed() >> spare;
        i128::from(number).saturating_sub(self.add.into()).to_string()
    }
}

impl Number {
    pub(super) const fn source(&self) -> Option<&Source> {
        match self {
            Self::Field(amount) => Some(&amount.source),
            Self::Constant(_) => None,
        }
    }

    /// The field's number of one that was written, or the number that is the same everywhere.
    pub(super) fn told(&self, written: u64) -> String {
        match self {
            Self::Field(amount) => amount.told(written),
            Self::Constant(_) => written.to_string(),
        }
    }

    pub(super) fn value(&self, record: &Record) -> Result<u64, FieldError> {
        match self {
            Self::Field(amount) => amount.unsigned(record),
            Self::Constant(value) => Ok(*value),
        }
    }
}

impl Source {
    pub(super) fn value<'a>(&self, record: &'a Record) -> Option<&'a Value> {
        record.values.get(self.index).map(Secret::expose_secret)
    }

    /// A date with its time; one without has midnight.
    pub(super) fn moment(&self, record: &Record) -> Result<Moment, FieldError> {
        match self.value(record) {
            Some(Value::Date(day)) => Ok(Moment::at_midnight(*day)),
            Some(Value::Moment(moment)) => Ok(*moment),
            _ => Err(self.not_allowed()),
        }
    }

    pub(super) fn bytes<'a>(
        &self,
        record: &'a Record,
        lengths: RangeInclusive<usize>,
    ) -> Result<&'a [u8], FieldError> {
        match self.value(record) {
            Some(Value::Bytes(bytes)) if lengths.contains(&bytes.len()) => Ok(bytes),
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
