// SPDX-License-Identifier: MIT OR Apache-2.0
//! How many authentications a card may refuse, and the count that keeps it.

use super::order::Why;

/// How many authentications may be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    per_key: u16,
    total: u16,
}

impl Limits {
    /// The most that are refused one after the other, whatever is told. MIFARE DESFire Light and NTAG
    /// 424 DNA delay after 50 in a row and close a key for good after a thousand (their data sheets);
    /// of other cards nobody has published it.
    pub const IN_A_ROW: u16 = 40;

    /// So many for each key slot, and so many in all.
    #[must_use]
    pub const fn new(per_key: u16, total: u16) -> Self {
        let most = if per_key < Self::IN_A_ROW { per_key } else { Self::IN_A_ROW };
        Self { per_key: most, total }
    }

    /// For each key slot.
    #[must_use]
    pub const fn per_key(self) -> u16 {
        self.per_key
    }

    /// In all.
    #[must_use]
    pub const fn total(self) -> u16 {
        self.total
    }

    /// How many may be refused where the slots have so many candidates.
    #[must_use]
    pub fn most(self, candidates: impl IntoIterator<Item = usize>) -> u16 {
        let of_slot = |count: usize| u16::try_from(count).unwrap_or(u16::MAX).min(self.per_key);
        let all = candidates.into_iter().map(of_slot).fold(0, u16::saturating_add);
        all.min(self.total)
    }
}

impl Default for Limits {
    /// 8 for a key, 20 in all.
    fn default() -> Self {
        Self::new(8, 20)
    }
}

/// What has been refused so far on one card.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spent {
    limits: Limits,
    pub(super) refused: u16,
    in_a_row: u16,
}

impl Spent {
    pub(super) const fn nothing(limits: Limits) -> Self {
        Self { limits, refused: 0, in_a_row: 0 }
    }

    /// Whether another authentication may be refused, of a slot that refused so many.
    pub(super) const fn allows(&self, of_slot: u16) -> Result<(), Why> {
        if of_slot >= self.limits.per_key {
            Err(Why::BudgetOfKey)
        } else if self.in_a_row >= Limits::IN_A_ROW {
            Err(Why::InARow)
        } else if self.refused >= self.limits.total {
            Err(Why::Budget)
        } else {
            Ok(())
        }
    }

    pub(super) const fn refuse(&mut self) {
        self.refused = self.refused.saturating_add(1);
        self.in_a_row = self.in_a_row.saturating_add(1);
    }

    pub(super) const fn open(&mut self) {
        self.in_a_row = 0;
    }
}
