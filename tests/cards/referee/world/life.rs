// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is done with cards, and what they are before.

use cardwright::encode::Task;

/// What is done, and with which card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Life {
    Make,
    Mend,
    Again,
    Upgrade,
    MendUpgrade,
    Rekey,
    Replace,
    Update,
    Recycle,
    RecycleTorn,
    Verify,
    VerifyTorn,
    VerifyBlank,
    AgainPrepared,
    VerifyPrepared,
}

/// What a card is before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    Blank,
    Torn,
    Done,
    Former,
    /// Left for a reader to roll its key sets.
    Prepared,
}

impl Life {
    pub(crate) const ALL: [Self; 15] = [
        Self::Make,
        Self::Mend,
        Self::Again,
        Self::Upgrade,
        Self::MendUpgrade,
        Self::Rekey,
        Self::Replace,
        Self::Update,
        Self::Recycle,
        Self::RecycleTorn,
        Self::Verify,
        Self::VerifyTorn,
        Self::VerifyBlank,
        Self::AgainPrepared,
        Self::VerifyPrepared,
    ];

    pub(crate) const fn task(self) -> Task {
        match self {
            Self::Make
            | Self::Mend
            | Self::Again
            | Self::Upgrade
            | Self::MendUpgrade
            | Self::AgainPrepared => Task::Encode,
            Self::Rekey => Task::Rekey,
            Self::Replace | Self::Update => Task::Update,
            Self::Recycle | Self::RecycleTorn => Task::Recycle,
            Self::Verify | Self::VerifyTorn | Self::VerifyBlank | Self::VerifyPrepared => {
                Task::Verify
            }
        }
    }

    pub(crate) const fn start(self) -> Start {
        match self {
            Self::Make | Self::VerifyBlank => Start::Blank,
            Self::Mend | Self::MendUpgrade | Self::RecycleTorn | Self::VerifyTorn => Start::Torn,
            Self::Again | Self::Update | Self::Recycle | Self::Verify => Start::Done,
            Self::Upgrade | Self::Rekey | Self::Replace => Start::Former,
            Self::AgainPrepared | Self::VerifyPrepared => Start::Prepared,
        }
    }

    /// Whether the next edition of the profile is applied.
    pub(super) const fn is_next(self) -> bool {
        matches!(
            self,
            Self::Upgrade
                | Self::MendUpgrade
                | Self::Rekey
                | Self::Replace
                | Self::AgainPrepared
                | Self::VerifyPrepared
        )
    }
}
