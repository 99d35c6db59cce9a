// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a content is put together for, and why it may not be.

use crate::diversify::DeriveError;
use crate::iso14443::RealUid;
use crate::key::CardKey;
use crate::profile::KeyIndex;
use crate::profile::hook::Hook;
use crate::profile::record::{FieldError, Record};
use crate::secret::Secret;
use crate::wire::KeyVersion;

/// What a content is put together for. What may go wrong with it is an [`Unmade`].
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) record: &'a Record,
    pub(crate) uid: &'a RealUid,
    /// What only a job has. Without it, what takes it is zero: lengths and limits are the same.
    pub(crate) maker: Option<&'a dyn Maker>,
    /// What stands on the card already: parts that need not be the same each time take their bytes from
    /// there.
    pub(crate) found: Option<&'a [u8]>,
}

/// What parts take that are more than the record, the UID and the profile.
pub(crate) trait Maker {
    /// The card's key that the profile has under this index.
    fn key(&self, key: KeyIndex) -> Result<CardKey, Unmade>;

    /// Random bytes, the same each time for one card and one number.
    fn random(&self, number: u64, bytes: usize) -> Secret<Vec<u8>>;

    /// The hook of this name.
    fn hook(&self, name: &str) -> Option<&dyn Hook>;
}

/// Why a content was not put together.
#[derive(Debug)]
pub(crate) enum Unmade {
    /// A value does not fit.
    Field(FieldError),
    /// A key cannot be had.
    Key { name: String, version: KeyVersion, error: DeriveError },
    /// A hook gave no bytes, or not so many as there have to be.
    Hook { name: String },
}

impl From<FieldError> for Unmade {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}
