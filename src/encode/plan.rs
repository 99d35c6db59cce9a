// SPDX-License-Identifier: MIT OR Apache-2.0
//! The difference between what a card is and what the profile says, as steps.
//!
//! Two rules order them. A step that takes an authority away comes after every step that needs it;
//! and in each level's session the level's own key goes last, so that its version stands for all
//! steps before it. A file whose final rights forbid writing gets them once it is written, and the
//! random UID, which cannot be undone, ends the plan. No prefix of a plan is therefore a dead end.

use super::evidence::{ApplicationEvidence, Evidence};
use super::place::{Holder, Level, Slot, slot_number};
use super::refusal::Refusal;
use super::rights;
use super::state::{ApplicationState, CardState, FileStage, OpenApplication, Position};
use super::step::{FileAct, Step};
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
    if profile.card().random_uid && !state.picc.random_uid {
        planner.authenticate(Slot::master(Level::Picc), Holder::Own);
        planner.steps.push(Step::HideUid);
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
                    files: vec![FileStage::Absent; spec.files.len()],
                };
                &fresh
            }
        };
        let level = Level::Application(index);
        let holder = |no: KeyNo| open.holder(no);
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
        for (file, state) in open.files.iter().enumerate() {
            if matches!(state, FileStage::Absent | FileStage::Stale) {
                self.authenticate(master, holder(KeyNo::MASTER));
            }
            if *state == FileStage::Stale {
                self.steps.push(Step::File { application: index, file, act: FileAct::Delete });
            }
            if matches!(state, FileStage::Absent | FileStage::Stale) {
                self.steps.push(Step::File { application: index, file, act: FileAct::Create });
            }
        }
        for (no, files) in rights::grouped(spec, rights::writer) {
            self.write(Slot { level, no }, holder(no), spec, open, files);
        }
        for (file, (spec, state)) in spec.files.iter().zip(&open.files).enumerate() {
            let settled = matches!(state, FileStage::Holding { settled: true });
            if rights::at_first(spec) != spec.settings && !settled {
                self.authenticate(master, holder(KeyNo::MASTER));
                self.steps.push(Step::File { application: index, file, act: FileAct::Settle });
            }
        }
        for no in pending() {
            self.authenticate(master, holder(KeyNo::MASTER));
            self.steps.push(Step::ChangeKey { application: index, no });
        }
        let resettle = open.settings != spec.settings;
        self.settle(level, spec.settings, holder(KeyNo::MASTER), true, resettle);
        Ok(())
    }

    /// Fills the files that one key writes: data files together, record files one by one. Value
    /// files are full from the start.
    fn write(
        &mut self,
        slot: Slot,
        holder: Holder,
        spec: &Application,
        open: &OpenApplication,
        files: Vec<usize>,
    ) {
        let Level::Application(application) = slot.level else { return };
        let kind = |file: usize| spec.files.get(file).map(|file| file.settings.kind);
        let holds = |file: usize| matches!(open.files.get(file), Some(FileStage::Holding { .. }));
        let (data, others): (Vec<_>, Vec<_>) = files
            .into_iter()
            .filter(|&file| !holds(file))
            .partition(|&file| kind(file).is_some_and(|kind| kind.size().is_some()));
        if !data.is_empty() {
            self.authenticate(slot, holder);
            self.steps.push(Step::WriteContents { application, files: data });
        }
        let has_records = |file: &usize| kind(*file).is_some_and(|kind| kind.records().is_some());
        for file in others.into_iter().filter(has_records) {
            self.authenticate(slot, holder);
            self.steps.push(Step::File { application, file, act: FileAct::AppendRecords });
        }
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

    /// What the application has to prove beyond the replies to the steps before. Each level of
    /// proof includes those below it.
    fn prove(&mut self, index: usize, spec: &Application, evidence: &Evidence) {
        let Some(proven) = evidence.applications.get(index) else { return };
        let reader = spec.files.first().map_or(KeyNo::MASTER, rights::reader);
        match self.profile.verify() {
            Verify::Mac => {}
            Verify::Key => self.open_with(index, proven, reader),
            Verify::ReadBack => {
                self.read_back(index, spec, proven);
                self.open_with(index, proven, reader);
            }
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
        for (no, files) in rights::grouped(spec, rights::reader) {
            for file in files.into_iter().filter(unread).filter(readable) {
                self.authenticate(Slot { level, no }, Holder::Own);
                self.steps.push(Step::File { application: index, file, act: FileAct::ReadBack });
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

#[cfg(test)]
mod tests;
