// SPDX-License-Identifier: MIT OR Apache-2.0
//! Value files: a number, and what a transaction adds and takes.

use crate::wire::{Status, ValueLimits};

/// The number in a value file.
#[derive(Clone)]
pub(in crate::emulator) struct Value {
    limits: ValueLimits,
    value: i32,
    /// How much LimitedCredit may give back.
    limited_credit: i32,
    pending: Option<Pending>,
}

/// What a transaction has done so far.
#[derive(Clone, Copy)]
struct Pending {
    value: i32,
    debited: i64,
    gave_back: bool,
}

impl Value {
    pub(super) const fn new(limits: ValueLimits, value: i32) -> Self {
        Self { limits, value, limited_credit: 0, pending: None }
    }

    /// The valid value, as a read sees it while a transaction is pending too.
    pub(in crate::emulator) const fn get(&self) -> i32 {
        self.value
    }

    pub(in crate::emulator) const fn limits(&self) -> &ValueLimits {
        &self.limits
    }

    pub(in crate::emulator) const fn limited_credit(&self) -> i32 {
        self.limited_credit
    }

    /// Puts back what a saved card held.
    pub(in crate::emulator) fn restore(&mut self, value: i32, limited_credit: i32) -> Option<()> {
        if !self.limits.holds(value) || limited_credit < 0 {
            return None;
        }
        (self.value, self.limited_credit) = (value, limited_credit);
        Some(())
    }

    /// Credit, up to the upper limit.
    pub(in crate::emulator) fn credit(&mut self, amount: i32) -> Result<(), Status> {
        self.change(amount).map(drop)
    }

    /// Debit, down to the lower limit.
    pub(in crate::emulator) fn debit(&mut self, amount: i32) -> Result<(), Status> {
        let negative = amount.checked_neg().ok_or(Status::ParameterError)?;
        let pending = self.change(negative)?;
        pending.debited = pending.debited.saturating_add(i64::from(amount));
        Ok(())
    }

    /// LimitedCredit: once a transaction, and no more than was debited last.
    pub(in crate::emulator) fn limited(&mut self, amount: i32) -> Result<(), Status> {
        if !self.limits.limited_credit {
            return Err(Status::PermissionDenied);
        }
        if amount > self.limited_credit || self.pending.is_some_and(|pending| pending.gave_back) {
            return Err(Status::BoundaryError);
        }
        self.change(amount)?.gave_back = true;
        Ok(())
    }

    /// Another value, within the limits.
    pub(in crate::emulator) fn replace(&mut self, value: i32) -> Result<(), Status> {
        self.set(Some(value)).map(drop)
    }

    fn change(&mut self, by: i32) -> Result<&mut Pending, Status> {
        let now = self.pending.map_or(self.value, |pending| pending.value);
        self.set(now.checked_add(by))
    }

    fn set(&mut self, next: Option<i32>) -> Result<&mut Pending, Status> {
        let next = next.filter(|next| self.limits.holds(*next)).ok_or(Status::BoundaryError)?;
        let fresh = Pending { value: next, debited: 0, gave_back: false };
        let pending = self.pending.get_or_insert(fresh);
        pending.value = next;
        Ok(pending)
    }

    pub(super) const fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// What was debited can be given back later; what was given back cannot be given back twice.
    pub(super) fn commit(&mut self) {
        let Some(Pending { value, debited, gave_back }) = self.pending.take() else { return };
        self.value = value;
        if debited > 0 {
            self.limited_credit = i32::try_from(debited).unwrap_or(i32::MAX);
        } else if gave_back {
            self.limited_credit = 0;
        }
    }

    pub(super) const fn abort(&mut self) {
        self.pending = None;
    }
}
