// SPDX-License-Identifier: MIT OR Apache-2.0
//! The code of each thing that is wrong with a permission.

use super::error::PermissionError;
use crate::code::Code;

impl PermissionError {
    /// The codes of what is wrong with permissions.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::File(_) => table::PERMISSION_FILE,
            Self::Expired { .. } => table::PERMISSION_OVER,
            Self::Other { .. } => table::PERMISSION_OF_ANOTHER,
            Self::NotDelegated => table::NOT_DELEGATED,
        }
    }
}

mod table {
    crate::code::codes! {
        PERMISSION_FILE = "permission-file", "the file of a permission is not as one is written",
            "take the file as the card's owner made it";
        PERMISSION_OVER = "permission-over", "the last day of a permission is over",
            "ask the card's owner for another one";
        PERMISSION_OF_ANOTHER = "permission-of-another", "a permission is for another application than the profile's",
            "ask the card's owner for one that is made from this profile";
        NOT_DELEGATED = "permission-unneeded", "the profile has no delegated application",
            "leave the permission out, or take the profile that it is for";
    }
}
