// SPDX-License-Identifier: MIT OR Apache-2.0
//! An answer of a card, or why there is none.

use crate::host::Error;
use crate::secret::Secret;
use crate::transport::LinkError;
use crate::wire::Status;

/// A value, or why it could not be read.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a new kind of answer must break every match")]
pub enum Seen<T> {
    /// The card said so.
    Is(T),
    /// The card refused, or no key at hand has the right.
    Closed(Error),
    /// The card says that it has lost it: an application or a file is damaged, or is listed and not
    /// there.
    Lost(Error),
    /// The reply does not fit.
    Odd {
        /// What does not fit.
        error: Error,
        /// The reply as it came, protected as it travelled, at most 512 bytes of it.
        bytes: Secret<Vec<u8>>,
    },
    /// Nothing was asked, or nothing came: the card is gone, or has used up the exchanges.
    Gone(LinkError),
    /// Nothing was asked, for this reason.
    NotAsked(&'static str),
}

impl<T> Seen<T> {
    /// The value, where there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Closed(_)
            | Self::Lost(_)
            | Self::Odd { .. }
            | Self::Gone(_)
            | Self::NotAsked(_) => None,
        }
    }

    /// The same answer to another question.
    pub(super) fn map<U>(self, make: impl FnOnce(T) -> U) -> Seen<U> {
        match self {
            Self::Is(value) => Seen::Is(make(value)),
            Self::Closed(error) => Seen::Closed(error),
            Self::Lost(error) => Seen::Lost(error),
            Self::Odd { error, bytes } => Seen::Odd { error, bytes },
            Self::Gone(error) => Seen::Gone(error),
            Self::NotAsked(why) => Seen::NotAsked(why),
        }
    }

    /// How bad it is.
    #[must_use]
    pub const fn worst(&self) -> Worst {
        match self {
            Self::Is(_) | Self::NotAsked(_) => Worst::Read,
            Self::Closed(_) => Worst::Refused,
            Self::Odd { .. } => Worst::Odd,
            Self::Lost(_) => Worst::Lost,
            Self::Gone(_) => Worst::Gone,
        }
    }

    /// What came of a question: `bytes` is the reply as it came, `listed` whether the card had said
    /// that it has what was asked for.
    pub(super) fn of(answer: Result<T, Error>, bytes: &[u8], listed: bool) -> Self {
        let error = match answer {
            Ok(value) => return Self::Is(value),
            Err(error) => error,
        };
        match error {
            Error::Link(LinkError::NoStatusWord | LinkError::AnswerTooLong) => {
                Self::Odd { error, bytes: Secret::new(bytes.to_vec()) }
            }
            Error::Link(error) => Self::Gone(error),
            Error::Refused { status, .. } if is_loss(status, listed) => Self::Lost(error),
            Error::Refused { .. }
            | Error::IsoRefused { .. }
            | Error::Misuse(_)
            | Error::SessionLost => Self::Closed(error),
            Error::IsoMisfit { .. }
            | Error::IsoProof
            | Error::Ndef(_)
            | Error::Misbehaved { .. } => Self::Odd { error, bytes: Secret::new(bytes.to_vec()) },
        }
    }
}

/// Whether a card says that something is damaged or missing that it has listed.
const fn is_loss(status: Status, listed: bool) -> bool {
    let damaged = matches!(
        status,
        Status::ApplicationIntegrityError
            | Status::FileIntegrityError
            | Status::PiccIntegrityError
            | Status::PiccDisabled
            | Status::EepromError
    );
    damaged || listed && matches!(status, Status::ApplicationNotFound | Status::FileNotFound)
}

/// The worst of all answers of a card, from the best on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "a new kind of answer must break every match")]
pub enum Worst {
    /// Everything that was asked was told.
    Read,
    /// Something was refused.
    Refused,
    /// A reply did not fit.
    Odd,
    /// The card has lost something.
    Lost,
    /// The card left, or did not come to an end.
    Gone,
}
