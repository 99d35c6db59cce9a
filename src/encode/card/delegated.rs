// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card of somebody else: what it is, what its slot holds, and how the application comes and goes. All of that
//! happens in sessions of `DAMAuthKey`, which the owner of the card gave away.

use std::time::SystemTime;

use crate::encode::card::attempt::{Attempt, Prepared};
use crate::encode::card::identity::{Identity, says_no};
use crate::encode::card::stop::Stop;
use crate::encode::plan::place::{Holder, Level, Slot};
use crate::encode::plan::planner::creation_settings;
use crate::encode::plan::state::ApplicationState;
use crate::encode::plan::step::Step;
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::refusal::Refusal;
use crate::host::command::delegated::{
    CreateDelegatedApplication, DelegatedInfo, DeleteDelegatedApplication, GetDelegatedInfo,
};
use crate::host::{Error, Grade};
use crate::profile::{AppRef, Application, Day, Delegation, Layout};
use crate::wire::{Aid, Status};

impl Attempt<'_, '_> {
    /// The application on a card of somebody else, and its slot; `None` where the card is the profile's.
    pub(crate) fn delegated(&self) -> Option<(AppRef, &Application, Delegation)> {
        let (at, spec) = self.job.profile().each_application().next()?;
        Some((at, spec, spec.delegation?))
    }

    /// Finds out what the card is and whether the application is there. Leaves the card in the session of
    /// `DAMAuthKey`, or at the application where that is looked at. Changes nothing.
    pub(super) fn identify_delegated(&mut self, doubted: bool) -> Result<Identity, Stop> {
        if let Err(error) = self.enter(Level::Picc) {
            return Err(self.named_before(error.into()));
        }
        let told = match self.by_version() {
            Err(stop) if says_no(&stop) => return Err(Refusal::UnknownChip.into()),
            told => told?,
        };
        self.walk.is_of(told.chip, told.messaging);
        self.permitted_today()?;
        let (at, spec, delegation) = self.delegated().ok_or(Refusal::OtherCard)?;
        let (aid, level) = (spec.aid, Level::Application(at));
        // A slot that nobody has used is a refusal, which would end a session.
        let mut found = self.slot(delegation)?;
        let mut there = self.judge_slot(found, aid, delegation)?;
        let manager = self.job.picc_slot();
        if self.uid.is_none() && self.job.needs_uid(manager, Holder::Own) {
            self.fetch_uid()?;
        }
        self.manage(manager)?;
        if self.uid.is_none() {
            self.know_uid()?;
        } else if !self.job.key_names_card(manager, Holder::Own) {
            // A key that is the same on every card opens the wrong one as well.
            self.check_uid()?;
        }
        let _made = self.keys()?;
        if found.is_some() {
            found = self.slot(delegation)?;
            there = self.judge_slot(found, aid, delegation)?;
        }
        if !there {
            // No session says that a slot was never used.
            let grade = if found.is_some() { Grade::Attested } else { Grade::Said };
            self.findings.evidence.emptied(grade);
        }
        let holder = if there && !self.job.task().makes_blank() {
            self.select(level)?;
            self.holder(Slot::master(level))?
        } else {
            self.job.start().holder()
        };
        Ok(Identity {
            chip: told.chip,
            messaging: told.messaging,
            holder,
            applications: there.then_some(aid).into_iter().collect(),
            free: found.filter(|_| there).map(|info| u32::from(info.free).saturating_mul(BLOCK)),
            identified: true,
            sure: true,
            doubted,
        })
    }

    /// Whether the application is in its slot.
    ///
    /// # Errors
    /// [`Refusal`] where another one is, or was and left too high a version, or where it is in a slot of another form.
    fn judge_slot(
        &self,
        found: Option<DelegatedInfo>,
        aid: Aid,
        wanted: Delegation,
    ) -> Result<bool, Refusal> {
        let Some(DelegatedInfo { slot_version: version, quota, aid: holds, .. }) = found else {
            return Ok(false);
        };
        let used_up = version >= wanted.slot_version && !self.job.task().makes_blank();
        match holds {
            Some(there) if there == aid => {
                match (version, quota) == (wanted.slot_version, wanted.quota) {
                    true => Ok(true),
                    false => Err(Refusal::OtherApplication { aid }),
                }
            }
            None if !used_up => Ok(false),
            Some(_) | None => Err(Refusal::SlotTaken { slot: wanted.slot, version, holds }),
        }
    }

    /// Opens the session in which applications come and go. A card whose owner delegates nothing has no such key.
    fn manage(&mut self, manager: Slot) -> Result<(), Stop> {
        match self.authenticate(manager, Holder::Own) {
            Err(Stop::Fail(Failure::Card(Error::Refused {
                status: Status::PermissionDenied | Status::NoSuchKey,
                ..
            }))) => Err(Refusal::NotDelegating.into()),
            opened => opened,
        }
    }

    /// What the card says of the slot; `None` where nobody has used it.
    fn slot(&mut self, delegation: Delegation) -> Result<Option<DelegatedInfo>, Stop> {
        match self.walk.ask(&GetDelegatedInfo::new(delegation.slot)) {
            Err(Error::Refused { status: Status::ApplicationNotFound, .. }) => Ok(None),
            answer => {
                let answer = answer?;
                self.findings.evidence.settings(Level::Picc, answer.grade);
                Ok(Some(answer.value))
            }
        }
    }

    /// Creates the application as its owner's permission says.
    pub(super) fn create_delegated(&mut self, at: AppRef) -> Result<(), Stop> {
        let spec = &self.job.profile()[at];
        let permit = self.job.permit().ok_or(Refusal::NoPermission { aid: spec.aid })?;
        let answer = self.walk.run(&CreateDelegatedApplication::new(permit))?;
        self.findings.evidence.settings(Level::Picc, answer.grade);
        if creation_settings(spec) == spec.settings {
            self.findings.evidence.settings(Level::Application(at), answer.grade);
        }
        Ok(())
    }

    /// Deletes the application as the card's owner permits it.
    pub(super) fn delete_delegated(&mut self, at: AppRef) -> Result<(), Stop> {
        let aid = self.job.profile()[at].aid;
        let permit = self.job.deletion_permit().ok_or(Refusal::NoPermission { aid })?;
        let answer = self.walk.run(&DeleteDelegatedApplication::new(permit))?;
        self.findings.evidence.emptied(answer.grade);
        Ok(())
    }

    /// Plans to take the application off. The rest of the card is its owner's.
    pub(crate) fn plan_giving_back(&mut self, identity: &Identity) -> Result<Prepared, Stop> {
        let profile = self.job.profile();
        let (at, spec, _) = self.delegated().ok_or(Refusal::OtherCard)?;
        let there = identity.applications.contains(&spec.aid);
        let mut steps = Vec::new();
        if there {
            if self.job.deletion_permit().is_none() {
                return Err(Refusal::NoPermission { aid: spec.aid }.into());
            }
            steps.push(Step::DeleteDelegated { application: at });
        }
        self.findings
            .stays
            .push("the version of its slot, which the next permission has to exceed");
        let applications = profile.for_applications(|_, spec| match there {
            true => ApplicationState::Closed { settings: spec.settings },
            false => ApplicationState::Absent,
        });
        Ok(Prepared { steps, applications })
    }

    /// # Errors
    /// [`Refusal::PermissionExpired`] where the last day of a permission is over that the job may need.
    pub(crate) fn permitted_today(&self) -> Result<(), Refusal> {
        if !matches!(self.job.profile().layout(), Layout::Delegated { .. }) {
            return Ok(());
        }
        let today = Day::of_clock(SystemTime::now());
        let permissions = self.job.permissions();
        let mut over = permissions.filter(|one| today.is_none_or(|today| today > one.expires()));
        match over.next() {
            Some(over) => {
                Err(Refusal::PermissionExpired { aid: over.aid(), expires: over.expires() })
            }
            None => Ok(()),
        }
    }
}

/// A quota is counted in blocks of so many bytes.
const BLOCK: u32 = 32;
