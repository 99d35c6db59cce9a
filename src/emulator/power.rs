// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card that loses its power while it writes a standard file.
//!
//! Everything else that changes a card is all or nothing: what waits for a commit is made valid at
//! once, and creation, deletion and new keys and settings either happened or did not.

/// Whether the field still feeds the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Power {
    Steady,
    /// It goes in the next write to a standard file, after so many pages.
    Failing(usize),
    /// It is gone: nothing is executed or answered any more.
    Lost,
}
