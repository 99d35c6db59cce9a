// SPDX-License-Identifier: MIT OR Apache-2.0
//! What each refusal is called, and what to do after it.

use crate::encode::verdict::recovery::Recovery;
use crate::encode::verdict::refusal::Refusal;

impl Refusal {
    /// The kind of refusal in a few words, the same for all cards and records.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Record(_) | Self::Field(_) => "bad record",
            Self::Hook { .. } => "no bytes from a hook",
            Self::Export(_) => "no row of the list",
            Self::OtherCard => "record is for another card",
            Self::DoneForAnother { .. } => "done for another record",
            Self::DoneWithOtherContents => "done with other contents",
            Self::DoneOnOtherCard => "done on another card",
            Self::DoneUnderOtherProfile { .. } => "done under another profile",
            Self::PerhapsDone => "perhaps done before",
            Self::NotPermitted(_) => "not permitted",
            Self::Cancelled => "cancelled",
            Self::Expired => "deadline passed",
            Self::NoReader => "reader is not there",
            Self::LiveKeys => "live keys on a software card",
            Self::Presented(_) => "no card of its kind",
            Self::UnknownChip => "no known DESFire",
            Self::OtherProduct { .. } => "another product",
            Self::WrongChip { .. } => "wrong chip",
            Self::WrongMessaging { .. } => "wrong messaging",
            Self::MessagingRefused { .. } => "messaging refused",
            Self::NotGenuine(_) => "not genuine",
            Self::TooSmall { .. } => "too small",
            Self::TooManyApplications { .. } => "too many applications",
            Self::UidMismatch => "UID mismatch",
            Self::RandomUid => "random UID",
            Self::UidHidden => "UID hidden",
            Self::UnknownMasterKey { .. } => "unknown PICC master key",
            Self::UnknownKey { .. } => "unknown application key",
            Self::OtherStart { .. } => "another default key",
            Self::KeyRefused { .. } => "key refused",
            Self::PerhapsInLrp { .. } => "perhaps in LRP",
            Self::KeyBlocked { .. } => "key is blocked",
            Self::RecordNeeded { .. } => "record needed",
            Self::OtherApplications { .. } => "other applications on the card",
            Self::OtherApplication { .. } => "application is not the profile's",
            Self::OtherFile { .. } => "file is not the profile's",
            Self::Frozen { .. } => "settings are frozen",
            Self::NotFinished => "was never finished",
            Self::Incomplete { .. } => "a file is missing",
            Self::Closed { .. } => "a file cannot be written any more",
            Self::OtherLimits { .. } => "limits of a value are set",
            Self::NotDelegating => "lets nobody create applications",
            Self::SlotTaken { .. } => "its slot is taken",
            Self::NoPermission { .. } => "no permission of its owner",
            Self::PermissionExpired { .. } => "the permission of its owner expired",
            Self::Differs(_) => "not what the profile says",
            Self::NoWayBack(_) => "cannot be made blank",
            Self::NotAllowed(_) => "not allowed",
            Self::NoMoreAttempts { .. } => "too many failed authentications",
            Self::AnotherRecord => "holds another record",
            Self::Unreadable { .. } => "contents cannot be read",
            Self::NoApplication { .. } => "an application is missing",
            Self::NoRecord { .. } => "holds no record of the profile",
            Self::DiffersFromStock(_) => "differs from its stock",
        }
    }

    /// Whether a disturbed answer may have led to it, so that the card is asked again before it is
    /// thrown away. An authentication too, as far as the profile lets a card refuse them.
    pub(crate) const fn may_be_misheard(&self) -> bool {
        let of_the_card = matches!(self.recovery(), Recovery::RejectCard | Recovery::PresentAgain);
        of_the_card
            && !matches!(
                self,
                Self::OtherCard
                    | Self::DoneForAnother { .. }
                    | Self::NotPermitted(_)
                    | Self::Presented(_)
                    | Self::RandomUid
                    | Self::NoMoreAttempts { .. }
                    | Self::Unreadable { .. }
                    | Self::DiffersFromStock(_)
            )
    }

    /// What to do next.
    #[must_use]
    pub const fn recovery(&self) -> Recovery {
        match self {
            Self::Record(_)
            | Self::Field(_)
            | Self::Hook { .. }
            | Self::Export(_)
            | Self::DoneWithOtherContents
            | Self::DoneOnOtherCard
            | Self::DoneUnderOtherProfile { .. }
            | Self::PerhapsDone
            | Self::RecordNeeded { .. }
            | Self::Cancelled
            | Self::Expired
            | Self::NoReader => Recovery::BadRecord,
            Self::NotPermitted(veto) => veto.recovery,
            Self::LiveKeys
            | Self::NotAllowed(_)
            | Self::NoPermission { .. }
            | Self::PermissionExpired { .. } => Recovery::StopLine,
            Self::UidMismatch => Recovery::PresentAgain,
            Self::OtherCard
            | Self::DoneForAnother { .. }
            | Self::Presented(_)
            | Self::UnknownChip
            | Self::OtherProduct { .. }
            | Self::WrongChip { .. }
            | Self::WrongMessaging { .. }
            | Self::MessagingRefused { .. }
            | Self::NotGenuine(_)
            | Self::TooSmall { .. }
            | Self::TooManyApplications { .. }
            | Self::RandomUid
            | Self::UidHidden
            | Self::UnknownMasterKey { .. }
            | Self::UnknownKey { .. }
            | Self::OtherStart { .. }
            | Self::KeyRefused { .. }
            | Self::PerhapsInLrp { .. }
            | Self::KeyBlocked { .. }
            | Self::OtherApplications { .. }
            | Self::OtherApplication { .. }
            | Self::OtherFile { .. }
            | Self::Frozen { .. }
            | Self::NotFinished
            | Self::Incomplete { .. }
            | Self::Closed { .. }
            | Self::OtherLimits { .. }
            | Self::NotDelegating
            | Self::SlotTaken { .. }
            | Self::Differs(_)
            | Self::NoWayBack(_)
            | Self::NoMoreAttempts { .. }
            | Self::AnotherRecord
            | Self::Unreadable { .. }
            | Self::NoApplication { .. }
            | Self::NoRecord { .. }
            | Self::DiffersFromStock(_) => Recovery::RejectCard,
        }
    }
}
