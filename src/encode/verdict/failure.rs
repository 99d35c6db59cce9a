// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why an encoding failed.

mod code;

use crate::diversify::DeriveError;
use crate::encode::plan::place::{Slot, key_at};
use crate::encode::verdict::difference::Difference;
use crate::encode::verdict::recovery::{Recovery, Wrote};
use crate::host::{self, Misbehaviour};
use crate::shown::Shown;
use crate::transport::LinkError;
use crate::wire::{Aid, FileNo, KeyVersion, Status};

/// An encoding that began and did not end well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The conversation with the card broke; what the card did last is unknown.
    #[error("{0}")]
    Card(host::Error),
    /// A key of the job's cannot be had, or its store does not do what it is asked: no card is to
    /// blame for it, and no other card would fare better.
    #[error("key `{}`, version {version}: {error}", Shown(name))]
    Key {
        /// The key's name in the profile.
        name: String,
        /// Its version.
        version: KeyVersion,
        /// Why.
        error: DeriveError,
    },
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
    /// The card shows something else than was written.
    #[error("after it was written to: {0}")]
    Differs(Difference),
    /// The card lists applications after all were deleted.
    #[error("the card lists applications after it was formatted")]
    NotEmpty,
    /// Another card is in the field than the one that was presented. It was not changed.
    #[error("the card was swapped for another one while it was encoded")]
    Swapped,
    /// The reader gave no answer in time, and the card counts as lost.
    #[error("the reader hangs: no answer in the time that the command may take")]
    Hung,
    /// The program broke off while it had the card, which counts as lost.
    #[error("the reader's driver or the program panicked")]
    Panicked,
    /// The card was observed again and again and never came to rest.
    #[error("the card contradicts what it said before")]
    Restless,
}

impl Failure {
    /// The kind of failure in a few words, the same for all cards.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Card(host::Error::Link(LinkError::OverBudget)) => "over budget",
            Self::Card(host::Error::Link(LinkError::DriverPanicked)) | Self::Panicked => "panicked",
            Self::Card(host::Error::Link(_)) => "card lost",
            Self::Card(host::Error::Refused { .. }) => "refused by the card",
            Self::Card(host::Error::Misbehaved { how: Misbehaviour::Interrupted(_), .. }) => {
                "somebody else spoke to the card"
            }
            Self::Card(_) => "a reply that does not fit",
            Self::Key { .. } => "a key cannot be had",
            Self::KeyRefused { .. } => "a changed key does not open",
            Self::ReadBack { .. } => "reads back other contents",
            Self::Differs(_) => "shows something else",
            Self::NotEmpty => "not empty after formatting",
            Self::Swapped => "card swapped",
            Self::Hung => "reader hangs",
            Self::Restless => "contradicts itself",
        }
    }

    /// How often a card is asked again in one presentation after this: once where somebody else
    /// speaks to it, who will not leave it alone for being asked more often.
    pub(crate) const fn repeats(&self) -> usize {
        let interrupted = matches!(
            self,
            Self::Card(host::Error::Misbehaved { how: Misbehaviour::Interrupted(_), .. })
        );
        if interrupted { 1 } else { 3 }
    }

    /// What to do next, by what was written before.
    #[must_use]
    pub const fn recovery(&self, wrote: Wrote) -> Recovery {
        match self {
            // A disturbed link, with the card still there as far as anybody knows. A card that is
            // pulled out of an exchange shows as an answer without a status word.
            Self::Card(host::Error::Link(LinkError::Reader { .. } | LinkError::AnswerTooLong))
                if matches!(wrote, Wrote::Nothing) =>
            {
                Recovery::RetrySameCard
            }
            Self::Card(host::Error::Refused {
                status: Status::AuthenticationDelay | Status::CommandAborted,
                ..
            }) => Recovery::PresentAgain,
            // A plain refusal is the card's last word; anything else may be the link's doing.
            Self::Card(host::Error::Refused { .. })
            | Self::KeyRefused { .. }
            | Self::ReadBack { .. }
            | Self::Differs(_)
            | Self::NotEmpty
            | Self::Restless => Recovery::RejectCard,
            Self::Card(host::Error::Misuse(_)) => Recovery::StopLine,
            Self::Card(host::Error::Link(
                LinkError::ReaderGone
                | LinkError::ServiceGone
                | LinkError::DriverPanicked
                | LinkError::OverBudget,
            ))
            | Self::Key { .. }
            | Self::Hung
            | Self::Panicked => Recovery::StopStation,
            Self::Card(_) | Self::Swapped => Recovery::PresentAgain,
        }
    }
}
