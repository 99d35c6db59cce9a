// SPDX-License-Identifier: MIT OR Apache-2.0
//! The steps of a plan.

use super::place::{Holder, Level, Slot};
use crate::wire::{KeyNo, KeySettings};

/// One step. Each either shows on the card afterwards or may be repeated without harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Select a level; whoever was authenticated no longer is.
    Select(Level),
    /// Authenticate with the key that a slot holds.
    Authenticate {
        /// The key's place.
        slot: Slot,
        /// Which key is there.
        holder: Holder,
    },
    /// Create an application with the settings that the rest of the plan needs.
    CreateApplication {
        /// Its index in the profile.
        application: usize,
        /// The settings it starts with.
        settings: KeySettings,
    },
    /// Do something with one file.
    File {
        /// The application's index in the profile.
        application: usize,
        /// The file's index in its application.
        file: usize,
        /// What to do.
        act: FileAct,
    },
    /// Write the contents of data files and commit them together.
    WriteContents {
        /// The application's index in the profile.
        application: usize,
        /// The files' indexes in the application.
        files: Vec<usize>,
    },
    /// Replace a key of an application under its master key.
    ChangeKey {
        /// The application's index in the profile.
        application: usize,
        /// Which of its keys; not the master key.
        no: KeyNo,
    },
    /// Give a level its final key settings.
    ChangeSettings(Level),
    /// Replace the master key of a level, which ends the session under it.
    ChangeOwnKey(Level),
    /// Switch the random UID on, for good.
    HideUid,
}

/// What a step does with one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileAct {
    /// Create it; a value file starts with its value.
    Create,
    /// Delete it, because it has to be made again.
    Delete,
    /// Append its records.
    AppendRecords,
    /// Give it its final settings.
    Settle,
    /// Read it and compare it with the record.
    ReadBack,
}

impl Step {
    /// Whether the step changes what the card holds.
    #[must_use]
    pub(crate) const fn changes_card(&self) -> bool {
        match self {
            Self::Select(_)
            | Self::Authenticate { .. }
            | Self::File { act: FileAct::ReadBack, .. } => false,
            Self::CreateApplication { .. }
            | Self::File { .. }
            | Self::WriteContents { .. }
            | Self::ChangeKey { .. }
            | Self::ChangeSettings(_)
            | Self::ChangeOwnKey(_)
            | Self::HideUid => true,
        }
    }
}
