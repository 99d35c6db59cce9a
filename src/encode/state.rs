// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card is, in the profile's terms.

use super::place::{Holder, Level};
use crate::wire::{KeyNo, KeySettings};

/// A card's state as far as a plan depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CardState {
    pub(crate) picc: PiccState,
    /// One entry for each application of the profile.
    pub(crate) applications: Vec<ApplicationState>,
}

/// The PICC level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PiccState {
    /// Which master key it holds.
    pub(crate) holder: Holder,
    pub(crate) settings: KeySettings,
}

/// An application of the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ApplicationState {
    /// The card has no such application.
    Absent,
    /// Its master key is still the transport key: anything may be missing.
    Open(OpenApplication),
    /// Its master key is the profile's, which goes last: keys, files and contents stand, and the
    /// contents are those of the record. Only settings that freeze the master key come later.
    Closed {
        /// Its key settings.
        settings: KeySettings,
    },
}

/// An application on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenApplication {
    pub(crate) settings: KeySettings,
    /// Which key each slot holds, key 0 first.
    pub(crate) holders: Vec<Holder>,
    /// Which of the profile's files exist, in the profile's order.
    pub(crate) files: Vec<bool>,
}

/// Where a conversation with a card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) level: Level,
    /// The key that is authenticated.
    pub(crate) authenticated: Option<KeyNo>,
}
