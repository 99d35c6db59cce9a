// SPDX-License-Identifier: MIT OR Apache-2.0
//! Fills the next key set of an application, closes it and makes it the active one.

use crate::encode::card::attempt::Attempt;
use crate::encode::card::stop::Stop;
use crate::encode::plan::commands;
use crate::encode::plan::place::{Holder, Level, Slot};
use crate::encode::plan::step::KeySetAct;
use crate::encode::verdict::difference::Difference;
use crate::encode::verdict::failure::Failure;
use crate::host::Error;
use crate::key::CardKey;
use crate::profile::AppRef;
use crate::wire::{KeyDetails, KeyNo, Status};

impl Attempt<'_, '_> {
    pub(super) fn perform_on_set(&mut self, at: AppRef, act: KeySetAct) -> Result<(), Stop> {
        match act {
            KeySetAct::Initialize => self.initialize_set(at),
            KeySetAct::ChangeKey(no) => self.change_key_of_set(at, no),
            KeySetAct::Finalize => self.finalize_set(at),
            KeySetAct::See => self.see_key_set(at),
            KeySetAct::Roll => self.roll_set(at),
        }
    }

    /// Takes down which version the active set of an application has.
    pub(crate) fn told_sets(&mut self, level: Level, details: &KeyDetails) {
        if let (Level::Application(at), Some(sets)) = (level, details.sets) {
            self.findings.evidence.applications[at].set_version = Some(sets.version);
        }
    }

    fn initialize_set(&mut self, at: AppRef) -> Result<(), Stop> {
        let _made = self.walk.run(&commands::initialize_set(&self.job.profile()[at]))?;
        self.findings.unrolled = false;
        Ok(())
    }

    fn change_key_of_set(&mut self, at: AppRef, no: KeyNo) -> Result<(), Stop> {
        let new = self.key(Slot { level: Level::Application(at), no }, Holder::Own)?;
        let zeros = CardKey::zero(new.key_type());
        let change = commands::change_key_of_set(no, &new, &zeros).map_err(Error::from)?;
        let _changed = self.walk.run(&change)?;
        Ok(())
    }

    fn finalize_set(&mut self, at: AppRef) -> Result<(), Stop> {
        if let Some(finalize) = commands::finalize_set(self.job.profile(), at) {
            let _closed = self.walk.run(&finalize)?;
        }
        Ok(())
    }

    fn see_key_set(&mut self, at: AppRef) -> Result<(), Stop> {
        match self.see_next_set(at)? {
            Some(_) => Ok(()),
            None => {
                let aid = self.job.profile()[at].aid;
                Err(Stop::Fail(Failure::Differs(Difference::KeySet(aid))))
            }
        }
    }

    /// A set that was found closed and is not is filled anew: the refused command changed nothing.
    fn roll_set(&mut self, at: AppRef) -> Result<(), Stop> {
        match self.walk.roll_key_set() {
            Err(Error::Refused { status: Status::PermissionDenied, .. })
                if !self.findings.unrolled =>
            {
                self.findings.unrolled = true;
                Err(Stop::Afresh)
            }
            rolled => {
                rolled?;
                self.findings.evidence.rolled(at);
                let closed = self.job.profile().key_0(at).map(|key| key.version.0);
                self.findings.evidence.applications[at].set_version = closed;
                Ok(())
            }
        }
    }
}
