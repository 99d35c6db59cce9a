// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card is, in the profile's terms.

use crate::encode::plan::place::{Holder, Level};
use crate::profile::{CardSetting, FileRef, ForApplications, ForFiles};
use crate::wire::{FileSettings, KeyNo, KeySettings};

/// A card's state as far as a plan depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a plan asks each of them by itself")]
pub(crate) struct CardState {
    /// `None` where nothing above the applications has a key.
    pub(crate) picc: Option<PiccState>,
    /// Whether replies in a session carry MACs, as they do in all messaging but D40's.
    pub(crate) macs: bool,
    /// Whether an application's own key stands for the rest of it.
    pub(crate) stands: bool,
    /// Whether the card names its UID in a session (GetCardUID), as all but D40 cards do.
    pub(crate) names_uid: bool,
    /// Whether an application that is created on it can have key sets.
    pub(crate) has_sets: bool,
    /// Whether it is in AES and is to be in LRP.
    pub(crate) to_switch: bool,
    /// Whether an application has the name that it came with, and is to have another one.
    pub(crate) to_rename: bool,
    /// Whether the job has a permission to create its application on a card of somebody else.
    pub(crate) permitted: bool,
    /// The files that have the numbers that they came with, and are to have other ones.
    pub(crate) to_renumber: Vec<FileRef>,
    /// What new applications start with.
    pub(crate) start: Start,
    pub(crate) applications: ForApplications<ApplicationState>,
}

/// What the slots of new applications hold, as far as proof depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// A key that everybody knows.
    Public,
    /// A key of the job's.
    Secret,
}

impl Start {
    /// The key as a slot of an application holds it.
    pub(crate) const fn holder(self) -> Holder {
        match self {
            Self::Public => Holder::Transport(0),
            Self::Secret => Holder::Transport(1),
        }
    }
}

/// The PICC level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PiccState {
    /// Which master key it holds.
    pub(crate) holder: Holder,
    pub(crate) settings: KeySettings,
    /// Whether it shows a random UID, which begins as the profile says.
    pub(crate) random_uid: bool,
    /// Whether it refuses D40 and EV1 messaging, as far as anybody asked.
    pub(crate) legacy_off: bool,
    /// What a finished card was not told, as far as it shows.
    pub(crate) untold: Untold,
}

/// What a finished card has shown not to have been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Untold {
    /// Its answer to select is another one.
    pub(crate) ats: bool,
    /// It shows its own UID, where it is to show a number.
    pub(crate) nuid: bool,
    /// Nothing answers to its name.
    pub(crate) name: bool,
}

impl Untold {
    /// Each, in the order in which it is told.
    pub(crate) fn each(self) -> impl Iterator<Item = CardSetting> {
        let told = [
            self.ats.then_some(CardSetting::Ats),
            self.nuid.then_some(CardSetting::Nuid),
            self.name.then_some(CardSetting::Name),
        ];
        told.into_iter().flatten()
    }
}

/// An application of the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ApplicationState {
    /// The card has no such application.
    Absent,
    /// It was looked at: its master key is a transport key or a former one, so that anything may be
    /// missing, or the task looks at everything.
    Open(OpenApplication),
    /// Its master key is the profile's, which goes last: keys, files and contents stand, and the
    /// contents are those of the record. Only settings that freeze the master key come later.
    Closed {
        /// Its key settings.
        settings: KeySettings,
    },
}

/// An application that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenApplication {
    pub(crate) settings: KeySettings,
    /// Which key each slot holds, key 0 first.
    pub(crate) holders: Vec<Holder>,
    pub(crate) files: ForFiles<FileStage>,
    /// How its transaction MAC file is.
    pub(crate) counts: Counts,
    /// Whether it does not look at its wire, and the profile wants it to.
    pub(crate) unwatched: bool,
    /// Whether its present keys come in another key set, and how that is.
    pub(crate) next_set: NextSet,
}

/// The key set in which the present keys come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextSet {
    /// None: they are there, or come one by one.
    None,
    /// It is to be filled.
    Unready,
    /// It has all of them, and is closed.
    Ready,
}

/// How the transaction MAC file of an application is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    /// As the profile has it, if there is any.
    AsWanted,
    /// It is there and goes; `anew` where another one comes in its place.
    Unwanted {
        /// Whether another one comes.
        anew: bool,
    },
    /// It is to come.
    Missing,
    /// It is there, and has not yet the limit that it is to have.
    Unlimited,
}

impl Counts {
    /// Whether one is made.
    pub(crate) const fn makes(self) -> bool {
        matches!(self, Self::Missing | Self::Unwanted { anew: true })
    }

    /// Whether there is one as the card was found.
    pub(crate) const fn is_there(self, wanted: bool) -> bool {
        match self {
            Self::AsWanted => wanted,
            Self::Unwanted { .. } | Self::Unlimited => true,
            Self::Missing => false,
        }
    }
}

impl OpenApplication {
    /// Which key a slot holds.
    pub(crate) fn holder(&self, no: KeyNo) -> Holder {
        let slot = usize::from(u8::from(no));
        self.holders.get(slot).copied().unwrap_or(Holder::Transport(0))
    }
}

/// A file of an application that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileStage {
    /// It does not exist.
    Absent,
    /// It exists as it was created, and its contents may be written over whatever is in it.
    Open,
    /// It exists and cannot be made anew, and has other settings than those that it is written with.
    Unready {
        /// Which.
        from: FileSettings,
    },
    /// It is a value file that comes from the factory and has its limits, which the profile does not want.
    Unlimited {
        /// The settings it has.
        from: FileSettings,
    },
    /// It holds what another record put there, or nobody may tell, and it cannot be written over.
    Stale,
    /// It has its final settings, what it holds has moved on, and it can be brought back.
    Moved,
    /// It holds what it should.
    Holding {
        /// The settings it has, where they are not the final ones.
        unsettled: Option<FileSettings>,
    },
}

impl FileStage {
    /// Whether its contents are there, or come with its limits.
    pub(crate) const fn is_filled(self) -> bool {
        matches!(self, Self::Holding { .. } | Self::Unlimited { .. })
    }
}

/// Where a conversation with a card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) level: Level,
    /// The key that is authenticated.
    pub(crate) authenticated: Option<KeyNo>,
}

/// How many commands bring a value file to its value: one changes it by 2,147,483,647 at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Away {
    pub(crate) file: FileRef,
    pub(crate) commands: u8,
}

impl Away {
    /// For a file that was read and holds something else than it should.
    pub(crate) fn between(file: FileRef, found: &[u8], wanted: &[u8]) -> Self {
        let value = |bytes: &[u8]| bytes.try_into().map_or(0, i32::from_le_bytes);
        let distance = value(found).abs_diff(value(wanted));
        let commands = distance.div_ceil(i32::MAX.unsigned_abs());
        Self { file, commands: u8::try_from(commands).unwrap_or(u8::MAX) }
    }
}
