// SPDX-License-Identifier: MIT OR Apache-2.0
//! The difference between what a card is and what the profile says, as steps.
//!
//! Two rules order them. A step that takes an authority away comes after every step that needs it;
//! and in each level's session the level's own key goes last, so that its version stands for all
//! steps before it. No prefix of a plan is therefore a dead end.

use super::evidence::{ApplicationEvidence, Evidence};
use super::place::{Holder, Level, Slot, slot_number};
use super::refusal::Refusal;
use super::rights;
use super::state::{ApplicationState, CardState, OpenApplication, Position};
use super::step::Step;
use crate::host::Grade;
use crate::profile::{Application, Profile, Verify};
use crate::wire::{ChangeKeyRight, KeyNo, KeySettings};

/// The steps that turn `state` into the profile's card and prove it, for a conversation that
/// stands at `position`.
///
/// # Errors
/// [`Refusal`] where the card cannot become the profile's card.
pub(crate) fn plan(
    profile: &Profile,
    state: &CardState,
    position: Position,
    evidence: &Evidence,
) -> Result<Vec<Step>, Refusal> {
    let mut planner = Planner { profile, position, steps: Vec::new() };
    planner.picc(state)?;
    for (index, (application, state)) in
        profile.applications().iter().zip(&state.applications).enumerate()
    {
        planner.application(index, application, state)?;
        planner.prove(index, application, evidence);
    }
    if profile.verify() == Verify::EveryKey && evidence.picc.key < Grade::Used {
        planner.authenticate(Slot::master(Level::Picc), Holder::Own);
    }
    Ok(planner.steps)
}

/// The settings an application starts with: its final ones where they permit all steps of the
/// plan, else such as do, to be replaced at the end.
pub(crate) fn creation_settings(application: &Application) -> KeySettings {
    let settings = application.settings;
    if permits_all(application, settings) {
        return settings;
    }
    KeySettings {
        key_changeable: true,
        settings_changeable: true,
        change: ChangeKeyRight::Key(KeyNo::MASTER),
        ..settings
    }
}

/// Whether all keys of an application may be changed under its master key.
fn permits_all(application: &Application, settings: KeySettings) -> bool {
    let others =
        settings.change == ChangeKeyRight::Key(KeyNo::MASTER) || application.keys.len() == 1;
    settings.key_changeable && others
}

struct Planner<'a> {
    profile: &'a Profile,
    position: Position,
    steps: Vec<Step>,
}

impl Planner<'_> {
    fn picc(&mut self, state: &CardState) -> Result<(), Refusal> {
        let target = self.profile.card().settings;
        let picc = state.picc;
        let rekey = picc.holder != Holder::Own;
        let resettle = picc.settings != target;
        if (rekey && !picc.settings.key_changeable)
            || (resettle && !picc.settings.settings_changeable)
        {
            return Err(Refusal::Frozen { aid: None });
        }
        let master = Slot::master(Level::Picc);
        for (application, spec) in self.profile.applications().iter().enumerate() {
            if state.applications.get(application) == Some(&ApplicationState::Absent) {
                self.authenticate(master, picc.holder);
                let settings = creation_settings(spec);
                self.steps.push(Step::CreateApplication { application, settings });
            }
        }
        self.settle(Level::Picc, target, picc.holder, rekey, resettle);
        Ok(())
    }

    fn application(
        &mut self,
        index: usize,
        spec: &Application,
        state: &ApplicationState,
    ) -> Result<(), Refusal> {
        let fresh;
        let open = match state {
            ApplicationState::Closed { settings } => return self.closed(index, spec, *settings),
            ApplicationState::Open(open) => open,
            ApplicationState::Absent => {
                fresh = OpenApplication {
                    settings: creation_settings(spec),
                    holders: vec![Holder::Transport(0); spec.keys.len()],
                    files: vec![false; spec.files.len()],
                };
                &fresh
            }
        };
        let level = Level::Application(index);
        let holder = |no: KeyNo| holder_of(open, no);
        let pending = || (1..spec.keys.len()).filter_map(slot_number);
        let pending = || pending().filter(|&no| holder(no) != Holder::Own);
        if open.settings != creation_settings(spec) && open.settings != spec.settings {
            return Err(Refusal::OtherApplication { aid: spec.aid });
        }
        if !permits_all(spec, open.settings)
            && (pending().next().is_some() || !open.settings.key_changeable)
        {
            return Err(Refusal::Frozen { aid: Some(spec.aid) });
        }
        let master = Slot::master(level);
        for (file, exists) in open.files.iter().enumerate() {
            if !exists {
                self.authenticate(master, holder(KeyNo::MASTER));
                self.steps.push(Step::CreateFile { application: index, file });
            }
        }
        for (key, files) in rights::grouped(spec, rights::writer) {
            let no = key.unwrap_or(KeyNo::MASTER);
            self.authenticate(Slot { level, no }, holder(no));
            self.steps.push(Step::WriteContents { application: index, files });
        }
        for no in pending() {
            self.authenticate(master, holder(KeyNo::MASTER));
            self.steps.push(Step::ChangeKey { application: index, no });
        }
        let resettle = open.settings != spec.settings;
        self.settle(level, spec.settings, holder(KeyNo::MASTER), true, resettle);
        Ok(())
    }

    fn closed(
        &mut self,
        index: usize,
        spec: &Application,
        settings: KeySettings,
    ) -> Result<(), Refusal> {
        if settings != spec.settings && settings != creation_settings(spec) {
            return Err(Refusal::OtherApplication { aid: spec.aid });
        }
        let resettle = settings != spec.settings;
        self.settle(Level::Application(index), spec.settings, Holder::Own, false, resettle);
        Ok(())
    }

    /// The end of a level's session: settings, then the own key; where the settings freeze the own
    /// key, the other way round.
    fn settle(
        &mut self,
        level: Level,
        target: KeySettings,
        holder: Holder,
        rekey: bool,
        resettle: bool,
    ) {
        let master = Slot::master(level);
        if resettle && target.key_changeable {
            self.authenticate(master, holder);
            self.steps.push(Step::ChangeSettings(level));
        }
        if rekey {
            self.authenticate(master, holder);
            self.steps.push(Step::ChangeOwnKey(level));
            self.position.authenticated = None;
        }
        if resettle && !target.key_changeable {
            self.authenticate(master, Holder::Own);
            self.steps.push(Step::ChangeSettings(level));
        }
    }

    /// What the application has to prove beyond the replies to the steps before.
    fn prove(&mut self, index: usize, spec: &Application, evidence: &Evidence) {
        let Some(proven) = evidence.applications.get(index) else { return };
        match self.profile.verify() {
            Verify::Mac => {}
            Verify::Key => {
                let no = spec.files.iter().find_map(rights::reader).unwrap_or(KeyNo::MASTER);
                self.open_with(index, proven, no);
            }
            Verify::ReadBack => self.read_back(index, spec, proven),
            Verify::EveryKey => {
                self.read_back(index, spec, proven);
                for no in (0..spec.keys.len()).filter_map(slot_number) {
                    self.open_with(index, proven, no);
                }
            }
        }
    }

    /// Reads every file with contents that was not read in the observation.
    fn read_back(&mut self, index: usize, spec: &Application, proven: &ApplicationEvidence) {
        let level = Level::Application(index);
        let unread = |file: &usize| proven.files.get(*file) == Some(&Grade::NotLookedAt);
        let readable = |file: &usize| spec.files.get(*file).is_some_and(rights::readable);
        for (key, files) in rights::grouped(spec, rights::reader) {
            for file in files.into_iter().filter(unread).filter(readable) {
                match key {
                    Some(no) => self.authenticate(Slot { level, no }, Holder::Own),
                    None => self.go(level),
                }
                self.steps.push(Step::ReadBack { application: index, file });
            }
        }
    }

    /// Authenticates with an own key, unless that was done or is planned.
    fn open_with(&mut self, index: usize, proven: &ApplicationEvidence, no: KeyNo) {
        let slot = Slot { level: Level::Application(index), no };
        let used = proven.keys.get(usize::from(u8::from(no))) == Some(&Grade::Used);
        let planned = Step::Authenticate { slot, holder: Holder::Own };
        if !used && !self.steps.contains(&planned) {
            self.authenticate(slot, Holder::Own);
        }
    }

    fn go(&mut self, level: Level) {
        if self.position.level != level {
            self.steps.push(Step::Select(level));
            self.position = Position { level, authenticated: None };
        }
    }

    fn authenticate(&mut self, slot: Slot, holder: Holder) {
        self.go(slot.level);
        if self.position.authenticated != Some(slot.no) {
            self.steps.push(Step::Authenticate { slot, holder });
            self.position.authenticated = Some(slot.no);
        }
    }
}

fn holder_of(open: &OpenApplication, no: KeyNo) -> Holder {
    let slot = usize::from(u8::from(no));
    open.holders.get(slot).copied().unwrap_or(Holder::Transport(0))
}

#[cfg(test)]
mod tests;
