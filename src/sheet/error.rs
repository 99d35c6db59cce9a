// SPDX-License-Identifier: MIT OR Apache-2.0
//! What keeps a sheet from being made.

use crate::code::Code;
use crate::diversify::DeriveError;
use crate::profile::{FieldError, OtherKey};
use crate::shown::Shown;
use crate::wire::KeyVersion;

/// What keeps a sheet from being made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SheetError {
    /// A key cannot be had from the store, or does not do what it is asked.
    #[error(
        "key `{}` needs version {version} of `{}`: {error}; correct the key store, or make the sheet \
         without one, which leaves out the check values",
        Shown(name),
        Shown(reference)
    )]
    Key {
        /// The key's name in the profile.
        name: String,
        /// What it should be called in the store.
        reference: String,
        /// The version asked for.
        version: KeyVersion,
        /// Why.
        error: DeriveError,
    },
    /// The store has another key than the profile means.
    #[error(transparent)]
    OtherKey(#[from] OtherKey),
    /// The record of the example is not of the profile.
    #[error("the record of the example does not fit the profile: {0}")]
    Record(#[from] FieldError),
}

impl SheetError {
    /// The codes of what keeps a sheet from being made.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Key { .. } => table::KEY,
            Self::OtherKey(OtherKey::KeyType { .. }) => table::KEY_TYPE,
            Self::OtherKey(OtherKey::CheckValue { .. }) => table::CHECK_VALUE,
            Self::Record(_) => table::RECORD,
        }
    }
}

mod table {
    crate::code::codes! {
        KEY = "sheet-key", "a key cannot be had from its store, or cannot make the example's card key",
            "correct the key store, or make the sheet without one, which leaves out the check values";
        KEY_TYPE = "sheet-key-type", "a key is of another type in the store than in the profile",
            "take the store that belongs to the profile";
        CHECK_VALUE = "sheet-check-value", "a key has another check value in the store than in the profile",
            "take the store that belongs to the profile";
        RECORD = "sheet-record", "the record of the example does not fit the profile",
            "take a record of this profile";
    }
}
