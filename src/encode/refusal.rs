// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why a card or a record is not encoded, why an encoding failed, and what to do next.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::job::Job;
use super::place::{Level, Slot};
use super::step::Step;
use super::task::OneWay;
use crate::host;
use crate::profile::{FieldError, RecordError};
use crate::reader::ReaderError;
use crate::transport::LinkError;
use crate::wire::{Aid, Chip, FileNo, KeyNo, KeySettings, KeyVersion, Status};

/// A card or record that the engine would not take on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The record cannot be used.
    #[error("{0}")]
    Record(RecordError),
    /// A field of the record does not fit its place on the card.
    #[error("{0}")]
    Field(FieldError),
    /// The record is for another card.
    #[error("the record names another card's UID")]
    OtherCard,
    /// The keys are marked live, and a program answers instead of a card.
    #[error("the key file is marked live, and this is a software card")]
    LiveKeys,
    /// What was presented is no card that could be talked to.
    #[error("{0}")]
    Presented(ReaderError),
    /// No DESFire that this crate knows.
    #[error("the card is no known DESFire")]
    UnknownChip,
    /// A chip that the profile does not take.
    #[error("the card is an {chip}, which the profile does not name")]
    WrongChip {
        /// The chip found.
        chip: Chip,
    },
    /// The chip cannot speak the messaging that was asked for.
    #[error("an {chip} speaks none of the messaging that the profile names")]
    WrongMessaging {
        /// The chip found.
        chip: Chip,
    },
    /// The chip is too small for the profile.
    #[error("the card has {has} bytes of memory, the profile needs {needs}")]
    TooSmall {
        /// What the card has, or has left.
        has: u32,
        /// What the profile needs.
        needs: u32,
    },
    /// The UID that the card reports is not the one that was presented.
    #[error("the card reports another UID than it was presented with")]
    UidMismatch,
    /// The card shows a random UID where the profile expects the real one.
    #[error(
        "the card shows a random UID; write random_uid = true in [transport] to take such cards"
    )]
    RandomUid,
    /// The card hides its UID, and no key that does not depend on it can fetch it.
    #[error("the card shows a random UID, and no key is at hand to fetch the real one")]
    UidHidden,
    /// The PICC master key has a version that is neither the profile's nor a transport key's.
    #[error("the PICC master key has version {version}, which is none of the profile's")]
    UnknownMasterKey {
        /// The version that the card reports.
        version: KeyVersion,
    },
    /// An application's key has a version that is neither the profile's nor the transport key's.
    #[error("key {} of application {aid} has version {version}, which is none of the profile's", u8::from(slot.no))]
    UnknownKey {
        /// The application.
        aid: Aid,
        /// The key's place.
        slot: Slot,
        /// The version that the card reports.
        version: KeyVersion,
    },
    /// A key with the right version did not open the card.
    #[error(
        "the card refused {}: version {version} is the right one, but it is another key",
        key_at(slot)
    )]
    KeyRefused {
        /// The key's place.
        slot: Slot,
        /// The version of the key tried, which the card reports for its own.
        version: KeyVersion,
    },
    /// The card holds applications that the profile does not name.
    #[error("the card holds {count} applications that the profile does not name")]
    OtherApplications {
        /// How many.
        count: usize,
    },
    /// An application of the profile's AID is not the profile's.
    #[error("application {aid} is on the card with other settings, keys or files")]
    OtherApplication {
        /// The application.
        aid: Aid,
    },
    /// A file of an application that was finished once is not the profile's.
    #[error(
        "file {file} of application {aid} is on the card with other settings, which the job update \
         may mend where the file has contents"
    )]
    OtherFile {
        /// The application.
        aid: Aid,
        /// The file.
        file: FileNo,
    },
    /// Settings that stand in the way can no longer be changed.
    #[error(
        "the key settings of {} are frozen at {:02X}, and the profile's {:02X} would be needed",
        aid.map_or_else(|| "the card".to_owned(), |aid| format!("application {aid}")),
        settings.to_byte(),
        wanted.to_byte()
    )]
    Frozen {
        /// The application, or `None` for the card itself.
        aid: Option<Aid>,
        /// The settings that it has.
        settings: KeySettings,
        /// Those that it would have to have.
        wanted: KeySettings,
    },
    /// The card was never finished, so there is nothing to do the task with.
    #[error("the card was never finished under this profile: encode it first")]
    NotFinished,
    /// A file is missing in an application that was finished once.
    #[error(
        "file {file} of application {aid} is missing on a card that was finished before: the job \
         update makes it"
    )]
    Incomplete {
        /// The application.
        aid: Aid,
        /// The file.
        file: FileNo,
    },
    /// The card is not what the profile says.
    #[error("the card is not what the profile says: {0}")]
    Differs(Difference),
    /// The card cannot be brought back to blank.
    #[error("the card cannot be made blank again: {}", no_way_back(*.0))]
    NoWayBack(OneWay),
    /// The profile asks for something that no command can take back, and nobody allowed it.
    #[error("the profile names {0}, which no command takes back, and it is not allowed")]
    NotAllowed(OneWay),
    /// The card has refused as many authentications as it may.
    #[error("the card refused {budget} authentications, and gets no more of them this time")]
    NoMoreAttempts {
        /// How many it may refuse.
        budget: u8,
    },
    /// A finished card with other contents.
    #[error("holds another record")]
    AnotherRecord,
    /// A finished card whose contents no key of the profile may read.
    #[error(
        "the card is finished, and file {file} of application {aid} cannot be read to tell its record"
    )]
    Unreadable {
        /// The application.
        aid: Aid,
        /// The file.
        file: FileNo,
    },
    /// A card that was not identified differs from the first of its stock.
    #[error("the card differs from the first one of its stock: {0}")]
    DiffersFromStock(host::Error),
}

/// In what a card differs from its profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// An application is missing.
    Application(Aid),
    /// A key is another version.
    Key {
        /// The application, or [`Aid::PICC`].
        aid: Aid,
        /// The key's number there.
        no: KeyNo,
    },
    /// Key settings are others.
    Settings(Aid),
    /// A file is missing, has other settings or holds something else.
    File {
        /// The application.
        aid: Aid,
        /// The file.
        file: FileNo,
    },
    /// The card does not hide its UID.
    RandomUid,
}

impl Difference {
    /// What a step would mend.
    pub(crate) fn of(step: &Step, job: &Job) -> Self {
        let file = |application: usize, file: usize| {
            let spec = job.profile().applications().get(application);
            let file = spec.and_then(|spec| spec.files.get(file));
            let aid = job.aid(Level::Application(application));
            file.map_or(Self::Application(aid), |file| Self::File { aid, file: file.no })
        };
        match *step {
            Step::File { application, file: index, .. } => file(application, index),
            Step::WriteContents { application, ref files } => {
                file(application, files.first().copied().unwrap_or(usize::MAX))
            }
            Step::CreateApplication { application, .. } => {
                Self::Application(job.aid(Level::Application(application)))
            }
            Step::ChangeKey { application, no, .. } => {
                Self::Key { aid: job.aid(Level::Application(application)), no }
            }
            Step::ChangeOwnKey { slot, .. } | Step::Authenticate { slot, .. } => {
                Self::Key { aid: job.aid(slot.level), no: slot.no }
            }
            Step::ChangeSettings { level, .. } | Step::Select(level) => {
                Self::Settings(job.aid(level))
            }
            Step::Configure(_) => Self::RandomUid,
            Step::Format | Step::ListNothing => Self::Application(Aid::PICC),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Application(aid) => write!(f, "application {aid} is missing"),
            Self::Key { aid: Aid::PICC, .. } => {
                f.write_str("the PICC master key has another version")
            }
            Self::Key { aid, no } => {
                write!(f, "key {} of application {aid} has another version", u8::from(*no))
            }
            Self::Settings(Aid::PICC) => f.write_str("the card has other key settings"),
            Self::Settings(aid) => write!(f, "application {aid} has other key settings"),
            Self::File { aid, file } => {
                write!(f, "file {file} of application {aid} is missing or another one")
            }
            Self::RandomUid => f.write_str("it does not hide its UID"),
        }
    }
}

const fn no_way_back(option: OneWay) -> &'static str {
    match option {
        OneWay::RandomUid => "it shows a random UID for good",
        OneWay::NoFormat => "the profile switches FormatPICC off for good",
        OneWay::FrozenKey => "its PICC master key is frozen",
        OneWay::FrozenSettings => "its PICC key settings are frozen",
    }
}

fn key_at(slot: &Slot) -> String {
    match slot.level {
        Level::Picc => "the PICC master key".to_owned(),
        Level::Application(_) => format!("key {} of an application", u8::from(slot.no)),
    }
}

/// An encoding that began and did not end well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The conversation with the card broke; what the card did last is unknown.
    #[error("{0}")]
    Card(host::Error),
    /// A key that was changed does not open the card.
    #[error("the card refused {} after it was written to", key_at(slot))]
    KeyRefused {
        /// The key's place.
        slot: Slot,
    },
    /// A file reads back other contents than were written.
    #[error("file {file} of application {aid} reads back other contents than were written")]
    ReadBack {
        /// The application.
        aid: Aid,
        /// The file.
        file: FileNo,
    },
    /// The card lists applications after all were deleted.
    #[error("the card lists applications after it was formatted")]
    NotEmpty,
    /// Another card is in the field than the one that was presented. It was not changed.
    #[error("the card was swapped for another one while it was encoded")]
    Swapped,
    /// The reader gave no answer in time, and the card counts as lost.
    #[error("the reader hangs: no answer in the time that the command may take")]
    Hung,
    /// The card was observed again and again and never came to rest.
    #[error("the card contradicts what it said before")]
    Restless,
}

/// What an operator or a spooler does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Recovery {
    /// Try again with the same card where it is: nothing was written, and the link was disturbed.
    RetrySameCard,
    /// Present the same card again: what it holds will be found out, and the rest done.
    PresentAgain,
    /// Put the card aside and take another.
    RejectCard,
    /// Mend the record; the card is untouched.
    BadRecord,
    /// Stop this station: its reader or its service is at fault. The card may be presented again
    /// anywhere.
    StopStation,
    /// Stop all stations: profile, keys or their use are wrong.
    StopLine,
}

/// Whether the card was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "no, perhaps, yes")]
pub enum Wrote {
    /// Nothing on the card was changed.
    Nothing,
    /// A command that changes the card was sent, and no proof came that it was executed or not: no
    /// answer, one that does not fit, or a bare refusal.
    Maybe,
    /// The card was changed.
    Yes,
}

impl Refusal {
    /// The kind of refusal in a few words, the same for all cards and records.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Record(_) | Self::Field(_) => "bad record",
            Self::OtherCard => "record is for another card",
            Self::LiveKeys => "live keys on a software card",
            Self::Presented(_) => "no card of its kind",
            Self::UnknownChip => "no known DESFire",
            Self::WrongChip { .. } => "wrong chip",
            Self::WrongMessaging { .. } => "wrong messaging",
            Self::TooSmall { .. } => "too small",
            Self::UidMismatch => "UID mismatch",
            Self::RandomUid => "random UID",
            Self::UidHidden => "UID hidden",
            Self::UnknownMasterKey { .. } => "unknown PICC master key",
            Self::UnknownKey { .. } => "unknown application key",
            Self::KeyRefused { .. } => "key refused",
            Self::OtherApplications { .. } => "other applications on the card",
            Self::OtherApplication { .. } => "application is not the profile's",
            Self::OtherFile { .. } => "file is not the profile's",
            Self::Frozen { .. } => "settings are frozen",
            Self::NotFinished => "was never finished",
            Self::Incomplete { .. } => "a file is missing",
            Self::Differs(_) => "not what the profile says",
            Self::NoWayBack(_) => "cannot be made blank",
            Self::NotAllowed(_) => "not allowed",
            Self::NoMoreAttempts { .. } => "too many failed authentications",
            Self::AnotherRecord => "holds another record",
            Self::Unreadable { .. } => "contents cannot be read",
            Self::DiffersFromStock(_) => "differs from its stock",
        }
    }

    /// What to do next.
    #[must_use]
    pub const fn recovery(&self) -> Recovery {
        match self {
            Self::Record(_) | Self::Field(_) => Recovery::BadRecord,
            Self::LiveKeys | Self::NotAllowed(_) => Recovery::StopLine,
            Self::UidMismatch => Recovery::PresentAgain,
            Self::OtherCard
            | Self::Presented(_)
            | Self::UnknownChip
            | Self::WrongChip { .. }
            | Self::WrongMessaging { .. }
            | Self::TooSmall { .. }
            | Self::RandomUid
            | Self::UidHidden
            | Self::UnknownMasterKey { .. }
            | Self::UnknownKey { .. }
            | Self::KeyRefused { .. }
            | Self::OtherApplications { .. }
            | Self::OtherApplication { .. }
            | Self::OtherFile { .. }
            | Self::Frozen { .. }
            | Self::NotFinished
            | Self::Incomplete { .. }
            | Self::Differs(_)
            | Self::NoWayBack(_)
            | Self::NoMoreAttempts { .. }
            | Self::AnotherRecord
            | Self::Unreadable { .. }
            | Self::DiffersFromStock(_) => Recovery::RejectCard,
        }
    }
}

impl Failure {
    /// The kind of failure in a few words, the same for all cards.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Card(host::Error::Link(_)) => "card lost",
            Self::Card(host::Error::Refused { .. }) => "refused by the card",
            Self::Card(_) => "a reply that does not fit",
            Self::KeyRefused { .. } => "a changed key does not open",
            Self::ReadBack { .. } => "reads back other contents",
            Self::NotEmpty => "not empty after formatting",
            Self::Swapped => "card swapped",
            Self::Hung => "reader hangs",
            Self::Restless => "contradicts itself",
        }
    }

    /// What to do next, by what was written before.
    #[must_use]
    pub const fn recovery(&self, wrote: Wrote) -> Recovery {
        match self {
            // A disturbed link, with the card still there as far as anybody knows.
            Self::Card(host::Error::Link(
                LinkError::Reader { .. } | LinkError::NoStatusWord | LinkError::AnswerTooLong,
            )) if matches!(wrote, Wrote::Nothing) => Recovery::RetrySameCard,
            Self::Card(host::Error::Refused {
                status: Status::AuthenticationDelay | Status::CommandAborted,
                ..
            }) => Recovery::PresentAgain,
            // A plain refusal is the card's last word; anything else may be the link's doing.
            Self::Card(host::Error::Refused { .. })
            | Self::KeyRefused { .. }
            | Self::ReadBack { .. }
            | Self::NotEmpty
            | Self::Restless => Recovery::RejectCard,
            Self::Card(host::Error::Misuse(_)) => Recovery::StopLine,
            Self::Card(host::Error::Link(LinkError::ReaderGone | LinkError::ServiceGone))
            | Self::Hung => Recovery::StopStation,
            Self::Card(_) | Self::Swapped => Recovery::PresentAgain,
        }
    }
}
