// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card has to prove beyond the replies to the steps before.

use super::Planner;
use super::key_sets::left_prepared;
use crate::encode::plan::place::{Holder, Level, Slot};
use crate::encode::plan::rights;
use crate::encode::plan::state::ApplicationState;
use crate::encode::plan::step::{FileAct, Step};
use crate::encode::proof::evidence::ApplicationEvidence;
use crate::host::Grade;
use crate::profile::{AppRef, FileRef, Verify};
use crate::wire::KeyNo;

impl Planner<'_> {
    /// How much has to be proven: what the profile says, for some tasks more.
    pub(super) const fn proof(&self) -> Verify {
        if self.task.proves_every_key() { Verify::EveryKey } else { self.profile.verify() }
    }

    /// What the application has to prove beyond the replies to the steps before. Each level of
    /// proof includes those below it.
    pub(super) fn prove(&mut self, at: AppRef, state: &ApplicationState) {
        let (spec, proven) = (&self.profile[at], &self.evidence.applications[at]);
        if self.task.leaves_closed() && matches!(state, ApplicationState::Closed { .. }) {
            return;
        }
        // Nothing of it is to stay as it is.
        if spec.is_anothers() {
            return;
        }
        let level = Level::Application(at);
        if let Some(open) = left_prepared(spec, state) {
            return self.prove_prepared(level, spec, open);
        }
        let reader = spec.files.first().map(|file| rights::reader(spec, &file.settings));
        let reader = reader.unwrap_or(KeyNo::MASTER);
        let every = |planner: &mut Self| {
            for no in spec.own_slots().rev() {
                planner.open_with(at, proven, no);
            }
        };
        match self.proof() {
            Verify::Mac => {}
            Verify::Key => {
                self.open_with(at, proven, reader);
                self.see_own_key(at, proven);
            }
            Verify::ReadBack | Verify::EveryKey if !self.card.stands => {
                if !self.card.macs
                    && self.steps.iter().any(|step| step.changed_level() == Some(level))
                {
                    // An earlier reply of the same session would fit again.
                    self.position.authenticated = None;
                }
                self.read_back(at, proven);
                every(self);
                let changed = |step: &Step| step.changed_level() == Some(level);
                if !proven.looked || self.steps.iter().any(changed) {
                    self.authenticate(Slot::master(level), Holder::Own);
                    self.steps.push(Step::Look(level));
                    // Key 0 opens with any version: that of an AES key came beside it, that of a DES key
                    // is in its parity bits.
                    self.steps.push(Step::SeeOwnKey { application: at });
                }
            }
            Verify::ReadBack => {
                self.read_back(at, proven);
                self.open_with(at, proven, reader);
                self.see_own_key(at, proven);
            }
            Verify::EveryKey => {
                self.read_back(at, proven);
                every(self);
            }
        }
    }

    /// Has the version of the own key named by the session that there is, unless the key is proven.
    fn see_own_key(&mut self, at: AppRef, proven: &ApplicationEvidence) {
        let slot = Slot::master(Level::Application(at));
        let opened = Step::Authenticate { slot, holder: Holder::Own };
        let seen = proven.key(KeyNo::MASTER) >= Grade::Attested;
        if seen || self.since_roll(at).any(|step| *step == opened) {
            return;
        }
        if self.card.stands
            && self.position.level == slot.level
            && self.position.authenticated.is_some()
        {
            self.steps.push(Step::SeeOwnKey { application: at });
        } else if self.card.stands {
            self.authenticate(slot, Holder::Own);
        }
    }

    /// Reads every file with contents that was not read in the observation.
    fn read_back(&mut self, at: AppRef, proven: &ApplicationEvidence) {
        if !self.task.compares_contents() {
            return;
        }
        let level = Level::Application(at);
        let (profile, spec) = (self.profile, &self.profile[at]);
        let unread = |file: &FileRef| proven.files[*file] == Grade::NotLookedAt;
        let readable = |file: &FileRef| rights::readable(spec, &profile[*file].settings);
        for (no, files) in rights::grouped(profile, at, |file| rights::reader(spec, &file.settings))
        {
            for file in files.into_iter().filter(unread).filter(readable) {
                self.authenticate(Slot { level, no }, Holder::Own);
                self.steps.push(Step::File { file, act: FileAct::ReadBack });
            }
        }
    }

    /// Authenticates with an own key, unless that was done or is planned.
    fn open_with(&mut self, at: AppRef, proven: &ApplicationEvidence, no: KeyNo) {
        let slot = Slot { level: Level::Application(at), no };
        let used = proven.key(no) == Grade::Used && !self.rolls(at);
        let planned = Step::Authenticate { slot, holder: Holder::Own };
        if !used && !self.since_roll(at).any(|step| *step == planned) {
            self.authenticate(slot, Holder::Own);
        }
    }
}
