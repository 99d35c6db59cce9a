// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a search found, what it tried, and what it did not.

use crate::host::Error;
use crate::wire::{Aid, Opening};

use super::order::{Candidate, Left, Slot};

/// What came of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Each level that was searched.
    pub targets: Vec<TargetReport>,
    /// How many authentications the card refused.
    pub refused: u16,
    /// How many it might have refused, as was said before.
    pub most: u16,
    /// Why the search ended before its time.
    pub stop: Option<Stop>,
}

impl Report {
    /// Whether a key opened each level.
    #[must_use]
    pub fn opened(&self) -> bool {
        self.targets.iter().all(TargetReport::opened)
    }
}

/// What came of one level.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TargetReport {
    /// The application, as it is on the card.
    pub aid: Aid,
    /// Whether the caller named it with its bytes in the other order.
    pub turned: bool,
    /// Its slots, in the order in which they were searched.
    pub slots: Vec<SlotReport>,
}

impl TargetReport {
    /// Whether a key opened it.
    #[must_use]
    pub fn opened(&self) -> bool {
        self.slots.iter().any(|slot| slot.opened().is_some())
    }
}

/// What came of one slot.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlotReport {
    /// The slot, and what it told of its key.
    pub slot: Slot,
    /// What was tried, in order.
    pub tried: Vec<Tried>,
    /// What was not tried.
    pub left: Vec<Left>,
}

impl SlotReport {
    /// What opened it.
    #[must_use]
    pub fn opened(&self) -> Option<&Tried> {
        self.tried.iter().find(|tried| tried.outcome == Outcome::Opened)
    }
}

/// One authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tried {
    /// Which key.
    pub candidate: Candidate,
    /// By which command.
    pub opening: Opening,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of an authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a card opens or does not")]
pub enum Outcome {
    /// The card accepted the key, and proved that it knows it too.
    Opened,
    /// It did not.
    Refused(Error),
}

/// Why a search ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Stop {
    /// The card makes whoever fails wait.
    #[error("the card delays authentications after too many failures: leave it alone for a while")]
    Delay,
    /// The card failed, or left.
    #[error("{0}")]
    Card(Error),
}
