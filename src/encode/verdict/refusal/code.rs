// SPDX-License-Identifier: MIT OR Apache-2.0
//! The code of each refusal.

use crate::code::Code;
use crate::encode::verdict::refusal::Refusal;
use crate::originality::Finding;

impl Refusal {
    /// The codes of refusals, beside those of [records](crate::profile::RecordReason::CODES),
    /// [lists](crate::profile::ExportReason::CODES) and
    /// [readers](crate::reader::ReaderError::CODES), which a refusal passes on.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Record(error) => error.code(),
            Self::Field(error) => error.reason.code(),
            Self::Export(error) => error.code(),
            Self::Presented(error) => error.code(),
            Self::Hook { .. } => table::HOOK,
            Self::OtherCard => table::RECORD_FOR_OTHER_CARD,
            Self::DoneForAnother { .. } => table::DONE_FOR_ANOTHER_RECORD,
            Self::DoneWithOtherContents => table::DONE_WITH_OTHER_CONTENTS,
            Self::DoneOnOtherCard => table::DONE_ON_OTHER_CARD,
            Self::DoneUnderOtherProfile { .. } => table::DONE_UNDER_OTHER_PROFILE,
            Self::PerhapsDone => table::PERHAPS_DONE,
            Self::NotPermitted(_) => table::NOT_PERMITTED,
            Self::Cancelled => table::ORDER_CANCELLED,
            Self::Expired => table::ORDER_EXPIRED,
            Self::NoReader => table::READER_NOT_THERE,
            Self::LiveKeys => table::LIVE_KEYS_ON_SOFTWARE,
            Self::UnknownChip => table::UNKNOWN_CHIP,
            Self::OtherProduct { .. } => table::OTHER_PRODUCT,
            Self::WrongChip { .. } => table::WRONG_CHIP,
            Self::WrongMessaging { .. } => table::WRONG_MESSAGING,
            Self::MessagingRefused { .. } => table::MESSAGING_REFUSED,
            Self::NotGenuine(Finding::NotOffered) => table::NO_SIGNATURE,
            Self::NotGenuine(_) => table::NOT_GENUINE,
            Self::TooSmall { .. } => table::CARD_TOO_SMALL,
            Self::TooManyApplications { .. } => table::TOO_MANY_APPLICATIONS,
            Self::UidMismatch => table::UID_MISMATCH,
            Self::RandomUid => table::RANDOM_UID,
            Self::UidHidden => table::UID_HIDDEN,
            Self::UnknownMasterKey { .. } => table::UNKNOWN_MASTER_KEY,
            Self::UnknownKey { .. } => table::UNKNOWN_APPLICATION_KEY,
            Self::OtherStart { .. } => table::OTHER_START_KEY,
            Self::KeyRefused { .. } => table::KEY_REFUSED,
            Self::PerhapsInLrp { .. } => table::PERHAPS_IN_LRP,
            Self::KeyBlocked { .. } => table::KEY_BLOCKED,
            Self::RecordNeeded { .. } => table::RECORD_NEEDED,
            Self::OtherApplications { .. } => table::FOREIGN_APPLICATIONS,
            Self::OtherApplication { .. } => table::APPLICATION_DIFFERS,
            Self::OtherFile { .. } => table::FILE_DIFFERS,
            Self::Frozen { .. } => table::SETTINGS_FROZEN,
            Self::NotFinished => table::NOT_FINISHED,
            Self::Incomplete { .. } => table::FILE_MISSING,
            Self::Closed { .. } => table::FILE_CLOSED,
            Self::OtherLimits { .. } => table::OTHER_LIMITS,
            Self::NotDelegating => table::NOT_DELEGATING,
            Self::SlotTaken { .. } => table::SLOT_TAKEN,
            Self::NoPermission { .. } => table::NO_PERMISSION,
            Self::PermissionExpired { .. } => table::PERMISSION_EXPIRED,
            Self::Differs(_) => table::CARD_DIFFERS,
            Self::NoWayBack(_) => table::NO_WAY_BACK,
            Self::NotAllowed(_) => table::ONE_WAY_NOT_ALLOWED,
            Self::NoMoreAttempts { .. } => table::ATTEMPTS_USED_UP,
            Self::AnotherRecord => table::OTHER_RECORD,
            Self::Unreadable { .. } => table::CONTENTS_UNREADABLE,
            Self::NoApplication { .. } => table::APPLICATION_MISSING,
            Self::NoRecord { .. } => table::NO_RECORD,
            Self::DiffersFromStock(_) => table::DIFFERS_FROM_STOCK,
        }
    }
}

mod table {
    crate::code::codes! {
        HOOK = "hook-failed", "a hook of the embedding program has no bytes for the record",
            "see what the program says that gives it";
        RECORD_FOR_OTHER_CARD = "record-for-other-card", "the record names another card's UID",
            "present the card that the record names";
        DONE_FOR_ANOTHER_RECORD = "done-for-another-record",
            "a card with this UID is done, or in hand, for another record",
            "take another card; where the other one was destroyed, allow it again";
        DONE_WITH_OTHER_CONTENTS = "done-with-other-contents", "receipts show the record as done with other values",
            "run the job update, which brings the new ones onto its card, or accept that another card is made";
        DONE_ON_OTHER_CARD = "done-on-other-card",
            "the record names a card, and receipts show it as done on another one",
            "correct the record, or accept that another card is made";
        DONE_UNDER_OTHER_PROFILE = "done-under-other-profile",
            "receipts show the record as done under a profile that means something else",
            "run the job update or rekey, or accept that another card is made";
        PERHAPS_DONE = "perhaps-done",
            "cards are done for records that are not here any more, and this may be one of them, changed since",
            "find out, and give the records an `id`; or accept that another card is made";
        NOT_PERMITTED = "not-permitted", "whoever is asked before a card is changed said no",
            "see the reason; nothing was written";
        ORDER_CANCELLED = "order-cancelled", "the order was cancelled before a card was begun for it",
            "nothing, or put it again";
        ORDER_EXPIRED = "order-expired", "no card was begun for the order by its deadline",
            "put it again with another deadline, or drop it";
        READER_NOT_THERE = "reader-not-there",
            "the reader, or group of readers, that the order names is not there",
            "name another, add the reader, or let the order wait for it";
        LIVE_KEYS_ON_SOFTWARE = "live-keys-on-software",
            "the key file is marked live, and a program answers instead of a card",
            "stop: use test keys with software cards";
        UNKNOWN_CHIP = "unknown-chip", "the card is no DESFire that this version knows",
            "take another card";
        OTHER_PRODUCT = "other-product", "the card is another product than a DESFire",
            "take a card of the profile's kind";
        WRONG_CHIP = "wrong-chip", "the profile does not name this generation of chips",
            "take another card, or add the generation to `chips`";
        WRONG_MESSAGING = "wrong-messaging", "the chip speaks none of the messaging that the profile names",
            "take another card, or add to `messaging` what the chip speaks";
        MESSAGING_REFUSED = "messaging-refused",
            "the card does not know the messaging that its version promises",
            "take another card; a clone does that";
        NO_SIGNATURE = "no-signature", "the profile wants a genuine chip, and this one has no signature",
            "take another card: old chips have none";
        NOT_GENUINE = "not-genuine", "the chip's signature does not make it genuine",
            "put the card aside and ask its supplier";
        CARD_TOO_SMALL = "card-too-small", "the card has less memory, or less left, than the profile needs",
            "take a larger card, or one that holds less";
        TOO_MANY_APPLICATIONS = "too-many-applications",
            "applications of others leave no place for the profile's",
            "take a card that holds fewer applications";
        UID_MISMATCH = "uid-mismatch", "the card reports another UID than it was presented with",
            "put one card on the reader and present it again";
        RANDOM_UID = "random-uid", "the card shows a random UID where the profile expects the real one",
            "take another card, or write random_uid = true in [transport]";
        UID_HIDDEN = "uid-hidden", "the card hides its UID, and no key at hand fetches it",
            "take another card, or name a key in [transport] that does not depend on the UID";
        UNKNOWN_MASTER_KEY = "unknown-master-key",
            "the PICC master key has a version that the profile does not open",
            "take another card, or name the key and its version in the profile";
        UNKNOWN_APPLICATION_KEY = "unknown-application-key",
            "a key of an application has a version that the profile does not open",
            "take another card, or name the key and its version in the profile";
        OTHER_START_KEY = "other-start-key",
            "new applications start with a key that the card's supplier set and the profile does not name",
            "name the key as `app` in [transport], and present the card again";
        KEY_REFUSED = "key-refused", "a key of the right version did not open the card",
            "take another card; where all refuse, the key or its diversification is another one";
        PERHAPS_IN_LRP = "perhaps-in-lrp",
            "a tag refused to begin in AES: it was switched to LRP for good, or its key is blocked",
            "take another tag, or a profile with suite = \"lrp\"";
        KEY_BLOCKED = "key-blocked",
            "a tag refused to begin with a key, in LRP too: it is blocked after too many failures",
            "take another tag";
        RECORD_NEEDED = "record-needed",
            "a key of the card is made from its record, and it is not known whose card it is",
            "give the one record that the card was made for";
        FOREIGN_APPLICATIONS = "foreign-applications",
            "the card holds applications that the profile neither names nor allows",
            "take another card, or allow them by `foreign` in [card]";
        APPLICATION_DIFFERS = "application-differs",
            "an application of the profile's AID has other settings, keys or files",
            "take another card";
        FILE_DIFFERS = "file-differs", "a file of a finished application has other settings",
            "run the job update where the file has contents, or take another card";
        SETTINGS_FROZEN = "settings-frozen", "key settings that stand in the way can no longer be changed",
            "take another card";
        NOT_FINISHED = "not-finished", "the card was never finished under this profile", "encode it first";
        FILE_MISSING = "file-missing", "a file is missing on a card that was finished before",
            "run the job update, which makes it";
        FILE_CLOSED = "file-closed",
            "a file holds something else, and neither it nor its settings can be changed any more",
            "take another card";
        OTHER_LIMITS = "value-limits-set",
            "a value was given other limits than the profile's before, which is done once and for good",
            "take another card, or name its limits in the profile";
        NOT_DELEGATING = "not-delegating", "the card lets nobody create delegated applications",
            "take another card, or have its owner set the DAM keys";
        SLOT_TAKEN = "slot-taken", "the slot of a delegated application is taken, or its version was used",
            "ask the card's owner for a permission with another slot or a higher version";
        NO_PERMISSION = "no-permission", "the card's owner has not permitted what the job would do",
            "ask the card's owner for a permission that is made from this profile";
        PERMISSION_EXPIRED = "permission-expired", "the last day of the permission of the card's owner is over",
            "ask the card's owner for another one";
        CARD_DIFFERS = "card-differs", "the card is not what the profile says",
            "see the reason, and run the job that mends it, or take another card";
        NO_WAY_BACK = "no-way-back", "the card cannot be brought back to blank", "keep the card out of stock";
        ONE_WAY_NOT_ALLOWED = "one-way-not-allowed",
            "the profile asks for what no command takes back, and nobody allowed it",
            "stop: allow it for this job, or take it out of the profile";
        ATTEMPTS_USED_UP = "attempts-used-up", "the card has refused as many authentications as it may",
            "put the card aside; find out which keys it has before it is presented again";
        OTHER_RECORD = "other-record", "the card is finished with other contents",
            "run the job update or recycle, or take another card";
        CONTENTS_UNREADABLE = "contents-unreadable",
            "the card is finished, and no key at hand reads which record it holds",
            "take another card";
        APPLICATION_MISSING = "application-missing", "the card has none of the applications that are to be read",
            "take another card, or another profile";
        NO_RECORD = "no-record-on-card", "a file holds nothing that a record of the profile puts there",
            "take another card, or correct the contents in the profile";
        DIFFERS_FROM_STOCK = "differs-from-stock", "the card differs from the first one of its stock",
            "put the card aside, and identify each card where the stock is mixed";
    }
}
