// SPDX-License-Identifier: MIT OR Apache-2.0
//! What keeps names of keys from being a reader's.

use crate::code::Code;
use crate::key::KeyError;
use crate::profile::OtherKey;
use crate::shown::Shown;
use crate::wire::KeyVersion;

/// What keeps names of keys from being a reader's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReaderKeyError {
    /// The profile has no key of this name.
    #[error("the profile has no key `{}`{}; it has {}", Shown(name), perhaps(meant.as_deref()), Shown(known.join(", ")))]
    Unknown {
        /// The name.
        name: String,
        /// The name that was perhaps meant.
        meant: Option<String>,
        /// Those that there are.
        known: Vec<String>,
    },
    /// No file of the profile is read with this key, and it fetches no UID that a card hides.
    #[error(
        "a reader opens nothing with key `{}`: no file of the profile is read with it; name the key that \
         stands under `read`",
        Shown(name)
    )]
    OpensNothing {
        /// The key's name.
        name: String,
    },
    /// The store has not got it.
    #[error("key `{}` needs version {version} of `{}`: {error}", Shown(name), Shown(reference))]
    NotHad {
        /// The key's name in the profile.
        name: String,
        /// What it should be called in the store.
        reference: String,
        /// The version asked for.
        version: KeyVersion,
        /// Why.
        error: KeyError,
    },
    /// The store has another key than the profile means.
    #[error(transparent)]
    OtherKey(#[from] OtherKey),
}

fn perhaps(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |meant| format!(", perhaps `{}`", Shown(meant)))
}

impl ReaderKeyError {
    /// The codes of what keeps names of keys from being a reader's.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Unknown { .. } => table::UNKNOWN,
            Self::OpensNothing { .. } => table::OPENS_NOTHING,
            Self::NotHad { .. } => table::NOT_HAD,
            Self::OtherKey(OtherKey::KeyType { .. }) => table::KEY_TYPE,
            Self::OtherKey(OtherKey::CheckValue { .. }) => table::CHECK_VALUE,
        }
    }
}

mod table {
    crate::code::codes! {
        UNKNOWN = "reader-key-unknown", "the profile has no key of the name",
            "correct the name: the message has those that there are";
        OPENS_NOTHING = "reader-key-opens-nothing", "no file of the profile is read with the key",
            "name the key that stands under `read`";
        NOT_HAD = "reader-key-not-had", "the store has not got the key", "take a store that has the reader's keys";
        KEY_TYPE = "reader-key-type", "the key is of another type in the store than in the profile",
            "take the store that belongs to the profile";
        CHECK_VALUE = "reader-key-check-value", "the key has another check value in the store than in the profile",
            "take the store that belongs to the profile";
    }
}
