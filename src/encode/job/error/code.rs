// SPDX-License-Identifier: MIT OR Apache-2.0
//! The code of each mistake between a profile and a key store.

use crate::code::Code;
use crate::encode::job::error::JobError;
use crate::key::KeyError;

impl JobError {
    /// The codes of what keeps a profile and a key store from being a job.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::MissingKey { .. } => table::KEY_MISSING,
            Self::KeyType { .. } => table::KEY_TYPE,
            Self::Key { error: KeyError::NotYet(_), .. } => table::KEY_NOT_YET,
            Self::Key { error: KeyError::Over(_), .. } => table::KEY_OVER,
            Self::Key { error: KeyError::Revoked, .. } => table::KEY_REVOKED,
            Self::Key { error: KeyError::NoDay, .. } => table::NO_DAY,
            Self::Key { .. } => table::KEY_NOT_HAD,
            Self::Tenant { .. } => table::TENANT,
            Self::Cannot { .. } => table::KEY_CANNOT,
            Self::CheckValue { .. } => table::CHECK_VALUE,
            Self::Unchecked { .. } => table::UNCHECKED,
            Self::ReceiptKey(_) => table::RECEIPT_KEY,
            Self::KeptVersion { .. } => table::KEPT_VERSION,
            Self::OtherMessaging { .. } => table::OTHER_MESSAGING,
            Self::Unspoken { .. } => table::UNSPOKEN,
            Self::NotOnCard { .. } => table::NOT_ON_CARD,
            Self::KeyOfRecord { .. } => table::KEY_OF_RECORD,
            Self::OtherChip { .. } => table::OTHER_CHIP,
            Self::MissingHook { .. } => table::MISSING_HOOK,
        }
    }
}

mod table {
    crate::code::codes! {
        KEY_MISSING = "job-key-missing", "the key store lacks a key of the profile, or its version",
            "add it to the store, or correct `ref` and `version` in the profile";
        KEY_TYPE = "job-key-type", "a key is of another type in the store than in the profile",
            "write its `type` in the profile, or take another store";
        KEY_NOT_HAD = "job-key-not-had", "a key cannot be had from its store", "mend the store, or its connection";
        KEY_NOT_YET = "job-key-not-yet", "a key is put on cards from a later day on",
            "wait for that day, or correct its first day in the store";
        KEY_OVER = "job-key-over", "the last day is over on which a key was put on cards",
            "raise `version` to that of its next key, and name this one as `former`";
        KEY_REVOKED = "job-key-revoked", "a key was revoked, and is put on no card",
            "raise `version` to that of its next key, and name this one as `former`";
        NO_DAY = "job-no-day", "a key is put on cards on some days only, and the clock tells no day", "set the clock";
        TENANT = "job-tenant", "the keys are of another tenant than the orders", "take this tenant's key store";
        KEY_CANNOT = "job-key-cannot", "a key cannot do in its store what its card keys take",
            "write another scheme, or take another store";
        CHECK_VALUE = "job-check-value", "a key has another check value in the store than in the profile",
            "take the store that has it, or correct `check` in the profile";
        UNCHECKED = "job-check-value-not-had", "a key cannot do in its store what its check value takes",
            "write one that is made in another way, or take `check` out";
        RECEIPT_KEY = "job-receipt-key", "the receipt key cannot be had from its store",
            "add it to the store, or mend the store";
        KEPT_VERSION = "job-kept-version", "the low bits that a key keeps are of another version",
            "correct them in the store, or write another form of `low_bits`";
        OTHER_MESSAGING = "job-other-messaging", "the profile does not name the messaging asked for",
            "add it to `messaging`";
        UNSPOKEN = "job-unspoken", "a chip speaks no messaging of the job",
            "allow what it speaks, or take other cards";
        NOT_ON_CARD = "job-field-not-on-card", "cards do not tell the whole value of a field of the records that are read from them",
            "enrol under a profile without the field";
        KEY_OF_RECORD = "job-key-of-record", "a key that reads what cards tell of their records is made from these",
            "enrol cards whose reading key takes the UID, or verify these with their records";
        OTHER_CHIP = "job-other-chip", "the profile does not name this generation of chips",
            "add it to `chips`";
        MISSING_HOOK = "job-hook-missing", "the profile takes bytes from a hook that nobody gave",
            "encode its cards by the program that gives it";
    }
}
