// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the owner of a card permits a job.

use std::sync::Arc;

use crate::encode::job::Job;
use crate::encode::job::permissions::Permissions;
use crate::encode::permission::Permission;
use crate::encode::permission::error::PermissionError;
use crate::encode::plan::place::{Level, Slot};
use crate::encode::plan::planner::creation_settings;
use crate::host::delegated::{DelegatedApplication, DeletionPermit, Permit};
use crate::profile::{Day, Profile};
use crate::wire::PiccKey;

/// The application of a profile that is created on a card of somebody else, as a
/// [permission](crate::host::delegated::DelegationKeys::permit) for it has to have it; `None` where the profile has
/// none. It starts with the settings that the rest of the encoding needs.
#[must_use]
pub fn delegated_application(profile: &Profile) -> Option<DelegatedApplication> {
    let (at, spec) = profile.each_application().next()?;
    let delegation = spec.delegation?;
    let settings = creation_settings(spec);
    Some(DelegatedApplication {
        aid: spec.aid,
        slot: delegation.slot,
        slot_version: delegation.slot_version,
        quota: delegation.quota,
        keys: spec.details(settings, profile.key_0(at)),
        iso: spec.iso.clone(),
    })
}

impl Job {
    /// Takes a permission of the owner of the cards: to create the application of the profile, or to delete it.
    /// It is looked at again with each card, so that none is used after its last day.
    ///
    /// # Errors
    /// [`PermissionError::Expired`], [`PermissionError::Other`], [`PermissionError::NotDelegated`].
    pub fn permitted(
        mut self,
        permission: Permission,
        today: Day,
    ) -> Result<Self, PermissionError> {
        let wanted = delegated_application(&self.profile).ok_or(PermissionError::NotDelegated)?;
        permission.fits(&wanted, today)?;
        let place = match permission.permit() {
            Some(_) => &mut self.permissions.creation,
            None => &mut self.permissions.deletion,
        };
        *place = Some(Arc::new(permission));
        Ok(self)
    }

    /// What lets the application be created.
    pub(crate) fn permit(&self) -> Option<&Permit> {
        self.permissions.creation.as_ref()?.permit()
    }

    /// What lets the application be deleted.
    pub(crate) fn deletion_permit(&self) -> Option<&DeletionPermit> {
        self.permissions.deletion.as_ref()?.deletion_permit()
    }

    /// The permissions that the task may need.
    pub(crate) fn permissions(&self) -> impl Iterator<Item = &Permission> {
        let Permissions { creation, deletion } = &self.permissions;
        let blank = self.task().makes_blank();
        let needed = if blank { deletion } else { creation };
        needed.iter().map(|permission| &**permission)
    }

    /// The key above the applications in whose sessions they come and go: the PICC master key, or `DAMAuthKey` where
    /// the card is somebody else's.
    pub(crate) fn picc_slot(&self) -> Slot {
        match self.profile.delegation() {
            Some(_) => Slot { level: Level::Picc, no: PiccKey::DamAuth.number() },
            None => Slot::master(Level::Picc),
        }
    }
}
