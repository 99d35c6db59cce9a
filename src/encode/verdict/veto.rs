// SPDX-License-Identifier: MIT OR Apache-2.0
//! What whoever is asked before a card is changed says instead of yes.

use crate::encode::verdict::recovery::Recovery;
use crate::shown::Shown;

/// Why a card is not to be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not permitted: {}", Shown(reason))]
#[non_exhaustive]
pub struct Veto {
    /// In words that name nobody: receipts tell it.
    pub reason: String,
    /// What to do next.
    pub recovery: Recovery,
}

impl Veto {
    /// A veto for this reason. [`Recovery::RejectCard`] asks for another card,
    /// [`Recovery::PresentAgain`] for one that was there before, [`Recovery::BadRecord`] for somebody who
    /// decides; [`Recovery::StopStation`] and [`Recovery::StopLine`] let a station begin no other card.
    #[must_use]
    pub fn new(reason: impl Into<String>, recovery: Recovery) -> Self {
        Self { reason: reason.into(), recovery }
    }
}
