// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a content is put together for, and why it may not be.

use crate::iso14443::RealUid;
use crate::profile::record::{FieldError, Record};

/// What a content is put together for. What a kind of part needs besides (keys, random numbers, what
/// the card holds) becomes a field here, and what may go wrong with it an [`Unmade`].
#[derive(Clone, Copy)]
pub(in crate::profile) struct Given<'a> {
    pub(in crate::profile) record: &'a Record,
    pub(in crate::profile) uid: &'a RealUid,
}

/// Why a content was not put together.
#[derive(Debug)]
pub(in crate::profile) enum Unmade {
    /// A value does not fit.
    Field(FieldError),
}

impl From<FieldError> for Unmade {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}
