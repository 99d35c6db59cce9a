// SPDX-License-Identifier: MIT OR Apache-2.0
//! The steps of a plan.

use crate::encode::plan::place::{Holder, Level, Slot};
use crate::profile::{AppRef, CardSetting, FileRef};
use crate::wire::{FileKind, FileSettings, KeyNo, KeySettings, PiccConfiguration};

/// One step. Each either shows on the card afterwards or may be repeated without harm.
///
/// Applications and files are those of the profile that the plan was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new step must break every match")]
pub enum Step {
    /// Select a level; whoever was authenticated no longer is.
    Select(Level),
    /// Authenticate with the key that a slot holds.
    Authenticate {
        /// The key's place.
        slot: Slot,
        /// Which key is there.
        holder: Holder,
    },
    /// Delete all applications of the card and get their memory back.
    Format,
    /// Delete an application of a card that keeps those of others. Its memory does not come back.
    DeleteApplication {
        /// The application.
        application: AppRef,
    },
    /// See that the card lists no application any more but those of others that it may keep.
    ListNothing,
    /// Create an application with the settings that the rest of the plan needs.
    CreateApplication {
        /// The application.
        application: AppRef,
        /// The settings it starts with.
        settings: KeySettings,
        /// Whether it gets its key sets: the profile names some, and the chip has any.
        in_sets: bool,
    },
    /// Create an application on a card of somebody else, as the owner's permission says.
    CreateDelegated {
        /// The application.
        application: AppRef,
    },
    /// Delete an application on a card of somebody else, as the owner's permission says.
    DeleteDelegated {
        /// The application.
        application: AppRef,
    },
    /// Do something with one file.
    File {
        /// The file.
        file: FileRef,
        /// What to do.
        act: FileAct,
    },
    /// Do something with the transaction MAC file of an application.
    TransactionMac {
        /// The application.
        application: AppRef,
        /// What.
        act: TransactionMacAct,
    },
    /// Write the contents of data files and commit them together.
    WriteContents {
        /// The application.
        application: AppRef,
        /// The files.
        files: Vec<FileRef>,
    },
    /// Replace a key of an application under another one.
    ChangeKey {
        /// The application.
        application: AppRef,
        /// Which of its keys.
        no: KeyNo,
        /// Which key the slot holds.
        old: Holder,
        /// Which key comes there.
        new: Holder,
    },
    /// Do something with the next key set of an application.
    KeySet {
        /// The application.
        application: AppRef,
        /// What to do.
        act: KeySetAct,
    },
    /// Give a level other key settings.
    ChangeSettings {
        /// The level.
        level: Level,
        /// What they become.
        settings: KeySettings,
    },
    /// Replace the key that is authenticated, which ends its session.
    ChangeOwnKey {
        /// The key's place.
        slot: Slot,
        /// Which key comes there.
        new: Holder,
    },
    /// Make a key the default key of new applications: the profile's where it names one, or, for a
    /// card that is brought back to blank, the zero key.
    StartKey {
        /// Whether it is the profile's.
        own: bool,
    },
    /// Compare the card's UID with the one that its keys were made from.
    CheckUid,
    /// Have the version of an application's key 0 named by the session that there is.
    SeeOwnKey {
        /// The application.
        application: AppRef,
    },
    /// Ask for everything at a level that its key settings, its files and its key versions show.
    Look(Level),
    /// Switch on what the card can never switch off again.
    Configure(PiccConfiguration),
    /// Tell the card what nothing on it shows.
    Tell(CardSetting),
    /// Tell a finished card what it has shown not to have been told.
    TellAgain(CardSetting),
    /// Switch D40 and EV1 messaging off for good.
    LegacyOff {
        /// The card refuses them already, as a status says that anybody could give: it is told again for the MAC
        /// of its reply, and may change by it.
        again: bool,
    },
    /// See that the card refuses a session of EV1 messaging under its PICC master key.
    TryLegacy,
    /// Give an application that comes from the factory its name, once and for good.
    Rename {
        /// The application.
        application: AppRef,
    },
    /// Give a file that comes from the factory its number and identifier, once and for good.
    RenameFile {
        /// The file.
        file: FileRef,
    },
    /// Have the numbers of an application's files named by the session that there is.
    SeeNumbers {
        /// The application.
        application: AppRef,
    },
    /// Switch a tag to LRP for good, which ends the session and secure dynamic messaging of every file.
    SwitchToLrp {
        /// The application in whose session it is switched.
        application: AppRef,
    },
    /// Have a chip look at the wire of its seal, for good.
    WatchSeal {
        /// The application in whose session that is said.
        application: AppRef,
    },
}

/// What a step does with one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new act must break every match")]
pub enum FileAct {
    /// Create it; a value file starts with its value.
    Create,
    /// Delete it, because it has to be made again.
    Delete,
    /// Remove all its records.
    ClearRecords,
    /// Append its records.
    AppendRecords,
    /// Credit or debit what its value differs by.
    SetValue,
    /// Give a value file that is there from the factory its limits and its value, once and for good.
    Limit,
    /// Give one that is there from the factory the settings that it is written with.
    Ready {
        /// The settings that it has.
        from: FileSettings,
    },
    /// Give it its final settings.
    Settle {
        /// The settings that it has.
        from: FileSettings,
    },
    /// Read it and compare it with the record.
    ReadBack,
    /// Give one that is there from the factory the settings with which key 0 empties it.
    Take {
        /// The settings that it has.
        from: FileSettings,
    },
    /// Bring it to what it holds as it comes from the factory: contents, no record, or a value.
    Empty {
        /// What it is; a value may have limits that it did not come with.
        kind: FileKind,
    },
    /// Give it the settings that it has as it comes from the factory.
    Return,
}

/// What a step does with a transaction MAC file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new act must break every match")]
pub enum TransactionMacAct {
    /// Delete it, so that whoever writes may commit.
    Delete,
    /// Create it: under the profile's key, or as an application comes with it.
    Create,
    /// Have it count so far and no further.
    Limit,
}

/// What a step does with the next key set of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new act must break every match")]
pub enum KeySetAct {
    /// Make it ready to be filled beside the active one.
    Initialize,
    /// Bring the profile's key of this number into it.
    ChangeKey(KeyNo),
    /// Close it, under the version of its key 0.
    Finalize,
    /// Have its version and those of all its keys named by the session that there is.
    See,
    /// Make it the active one, which ends the session.
    Roll,
}

impl Step {
    /// Whether the step changes what the card holds.
    #[must_use]
    pub const fn changes_card(&self) -> bool {
        match self {
            Self::Select(_)
            | Self::Authenticate { .. }
            | Self::ListNothing
            | Self::CheckUid
            | Self::SeeOwnKey { .. }
            | Self::SeeNumbers { .. }
            | Self::KeySet { act: KeySetAct::See, .. }
            | Self::Look(_)
            | Self::TryLegacy
            | Self::File { act: FileAct::ReadBack, .. } => false,
            Self::Format
            | Self::DeleteApplication { .. }
            | Self::CreateApplication { .. }
            | Self::CreateDelegated { .. }
            | Self::DeleteDelegated { .. }
            | Self::File { .. }
            | Self::TransactionMac { .. }
            | Self::WriteContents { .. }
            | Self::ChangeKey { .. }
            | Self::KeySet { .. }
            | Self::ChangeSettings { .. }
            | Self::ChangeOwnKey { .. }
            | Self::StartKey { .. }
            | Self::Configure(_)
            | Self::Tell(_)
            | Self::TellAgain(_)
            | Self::Rename { .. }
            | Self::RenameFile { .. }
            | Self::LegacyOff { .. }
            | Self::SwitchToLrp { .. }
            | Self::WatchSeal { .. } => true,
        }
    }

    /// The level of which the step changes something that a look at it shows.
    pub(crate) const fn changed_level(&self) -> Option<Level> {
        match *self {
            Self::CreateApplication { application, .. }
            | Self::CreateDelegated { application }
            | Self::TransactionMac { application, .. }
            | Self::WriteContents { application, .. }
            | Self::ChangeKey { application, .. }
            | Self::KeySet { application, act: KeySetAct::Roll }
            | Self::SwitchToLrp { application }
            | Self::WatchSeal { application } => Some(Level::Application(application)),
            Self::File { act: FileAct::ReadBack, .. } => None,
            Self::File { file, .. } => Some(Level::Application(file.application())),
            Self::ChangeSettings { level, .. } => Some(level),
            Self::ChangeOwnKey { slot, .. } => Some(slot.level),
            Self::Format
            | Self::DeleteApplication { .. }
            | Self::DeleteDelegated { .. }
            | Self::Configure(_) => Some(Level::Picc),
            Self::Select(_)
            | Self::Authenticate { .. }
            | Self::ListNothing
            | Self::StartKey { .. }
            | Self::CheckUid
            | Self::SeeOwnKey { .. }
            | Self::KeySet { .. }
            | Self::Rename { .. }
            | Self::RenameFile { .. }
            | Self::SeeNumbers { .. }
            | Self::Look(_)
            | Self::Tell(_)
            | Self::TellAgain(_)
            | Self::LegacyOff { .. }
            | Self::TryLegacy => None,
        }
    }
}
