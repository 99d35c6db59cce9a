// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is wrong with permissions and their files.

use core::fmt;

use crate::keys::Position;
use crate::profile::Day;
use crate::wire::Aid;

/// A mistake in the file of a permission. It holds no text of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermissionFileError {
    pub(super) position: Position,
    pub(super) problem: &'static str,
    pub(super) instead: &'static str,
}

impl PermissionFileError {
    /// Where the mistake is.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }
}

impl fmt::Display for PermissionFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.position, self.problem, self.instead)
    }
}

impl core::error::Error for PermissionFileError {}

/// What is wrong with a permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PermissionError {
    /// The file is not as one is written.
    #[error(transparent)]
    File(#[from] PermissionFileError),
    /// Its last day is over.
    #[error(
        "the permission for application {aid} expired on {expires}, and today is {today}: ask the card's owner for \
         another one"
    )]
    Expired {
        /// The application.
        aid: Aid,
        /// The last day on which it could be used.
        expires: Day,
        /// The day.
        today: Day,
    },
    /// It is for another application than the profile's.
    #[error(
        "the permission is for application {permitted}, the profile is for {wanted}, and they differ in the {what}: \
         ask the card's owner for a permission that is made from this profile"
    )]
    Other {
        /// The application that may be created or deleted.
        permitted: Aid,
        /// The application of the profile.
        wanted: Aid,
        /// In what they differ first.
        what: &'static str,
    },
    /// The profile has no delegated application.
    #[error(
        "the profile has no delegated application, so there is nothing that a permission is needed for"
    )]
    NotDelegated,
}
