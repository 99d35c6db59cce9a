// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why work on a card does not go on.

use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::refusal::Refusal;
use crate::host::Error;
use crate::wire::Status;

/// Why an attempt does not go on.
#[derive(Debug)]
pub(crate) enum Stop {
    Refuse(Refusal),
    Fail(Failure),
    /// The card is not what it was taken for: identify and observe it, then plan afresh.
    Afresh,
    /// An answer to something that cannot have changed the card did not fit: it may be asked again.
    Again(Failure),
}

impl Stop {
    /// The stop of something that cannot have changed the card: where an answer did not fit, which
    /// a disturbed link may have done, the card may be asked again. So may one that was left in the
    /// middle of somebody else's command.
    pub(crate) fn repeatable(self) -> Self {
        match self {
            Self::Fail(
                failure @ Failure::Card(
                    Error::Misbehaved { .. }
                    | Error::Refused { status: Status::CommandAborted, .. },
                ),
            ) => Self::Again(failure),
            Self::Fail(_) | Self::Refuse(_) | Self::Afresh | Self::Again(_) => self,
        }
    }

    /// Whether it came up before anything of the step went to the card.
    pub(crate) const fn before_sending(&self) -> bool {
        match self {
            Self::Refuse(_) | Self::Afresh | Self::Again(_) => true,
            Self::Fail(failure) => {
                matches!(
                    failure,
                    Failure::Key { .. } | Failure::Card(Error::Misuse(_) | Error::SessionLost)
                )
            }
        }
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refuse(refusal)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fail(Failure::Card(error))
    }
}
