// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card that loses its power while it writes a standard file.
//!
//! Everything else that changes a card is all or nothing: what waits for a commit is made valid at
//! once, and creation, deletion and new keys and settings either happened or did not.

/// How many bytes the memory takes at once.
const PAGE: usize = 32;

/// Whether the field still feeds the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Power {
    Steady,
    /// It goes in the next write to a standard file, after so many pages.
    Failing(usize),
    /// It is gone: nothing is executed or answered any more.
    Lost,
}

impl Power {
    /// How many of so many bytes, written from this place of a standard file on, the card still
    /// writes. Where the power fails in them, it is gone.
    pub(super) fn spend(&mut self, offset: usize, length: usize) -> usize {
        let Self::Failing(pages) = *self else { return length };
        *self = Self::Lost;
        let end = (offset / PAGE).saturating_add(pages).saturating_mul(PAGE);
        end.saturating_sub(offset).min(length)
    }
}
