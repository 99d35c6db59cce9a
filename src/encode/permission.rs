// SPDX-License-Identifier: MIT OR Apache-2.0
//! The permission of a card's owner as a file: for one delegated application in one slot, or for its deletion,
//! until a day. The file is a secret: whoever has it and DAMAuthKey can use it.
//!
//! EncK and DAMMAC are NXP AN12696's; the file around them is this library's own. A card knows no date: the day
//! binds who uses this library, and what ends a permission for good is a higher version in the slot.

mod code;
pub(super) mod error;
mod file;

use core::fmt;

use self::error::PermissionError;
use crate::host::delegated::{DelegatedApplication, DeletionPermit, Permit};
use crate::key::Purpose;
use crate::profile::Day;
use crate::wire::Aid;

/// A permission of a card's owner, as it comes out of a file. `Debug` shows no secret of it.
pub struct Permission {
    expires: Day,
    what: What,
}

enum What {
    Creation(Permit),
    Deletion(DeletionPermit),
}

impl Permission {
    /// For one application in one slot; `expires` is the last day on which it is used.
    #[must_use]
    pub const fn creation(permit: Permit, expires: Day) -> Self {
        Self { expires, what: What::Creation(permit) }
    }

    /// For the deletion of one application; `expires` is the last day on which it is used.
    #[must_use]
    pub const fn deletion(permit: DeletionPermit, expires: Day) -> Self {
        Self { expires, what: What::Deletion(permit) }
    }

    /// The last day on which it is used.
    #[must_use]
    pub const fn expires(&self) -> Day {
        self.expires
    }

    /// The application that it is about.
    #[must_use]
    pub const fn aid(&self) -> Aid {
        match &self.what {
            What::Creation(permit) => permit.application().aid,
            What::Deletion(permit) => permit.aid(),
        }
    }

    /// What keys it is of. Live ones are never used on a software card.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        match &self.what {
            What::Creation(permit) => permit.purpose(),
            What::Deletion(permit) => permit.purpose(),
        }
    }

    /// What may be created; `None` where something may be deleted.
    #[must_use]
    pub const fn permit(&self) -> Option<&Permit> {
        match &self.what {
            What::Creation(permit) => Some(permit),
            What::Deletion(_) => None,
        }
    }

    /// What may be deleted; `None` where something may be created.
    #[must_use]
    pub const fn deletion_permit(&self) -> Option<&DeletionPermit> {
        match &self.what {
            What::Creation(_) => None,
            What::Deletion(permit) => Some(permit),
        }
    }

    /// Whether it may be used on this day for this application: to create exactly it, or to delete it.
    ///
    /// # Errors
    /// [`PermissionError::Expired`], [`PermissionError::Other`] with the first thing that differs.
    pub fn fits(&self, wanted: &DelegatedApplication, today: Day) -> Result<(), PermissionError> {
        self.on(today)?;
        let differs = match &self.what {
            What::Creation(permit) => difference(permit.application(), wanted),
            What::Deletion(permit) => (permit.aid() != wanted.aid).then_some("AID"),
        };
        match differs {
            Some(what) => {
                Err(PermissionError::Other { permitted: self.aid(), wanted: wanted.aid, what })
            }
            None => Ok(()),
        }
    }

    /// Whether it may be used on this day.
    ///
    /// # Errors
    /// [`PermissionError::Expired`].
    pub fn on(&self, today: Day) -> Result<(), PermissionError> {
        let (aid, expires) = (self.aid(), self.expires);
        if today > expires { Err(PermissionError::Expired { aid, expires, today }) } else { Ok(()) }
    }
}

/// In what two applications differ first, in words.
fn difference(
    permitted: &DelegatedApplication,
    wanted: &DelegatedApplication,
) -> Option<&'static str> {
    let differences = [
        (permitted.aid != wanted.aid, "AID"),
        (permitted.slot != wanted.slot, "slot"),
        (permitted.slot_version != wanted.slot_version, "version of the slot"),
        (permitted.quota != wanted.quota, "quota"),
        (permitted.keys.settings != wanted.keys.settings, "key settings"),
        (permitted.keys != wanted.keys, "number of keys, their kind or their sets"),
        (permitted.iso != wanted.iso, "name for ISO commands"),
    ];
    differences.into_iter().find(|(differs, _)| *differs).map(|(_, what)| what)
}

impl fmt::Debug for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Permission");
        out.field("aid", &self.aid()).field("expires", &self.expires).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
