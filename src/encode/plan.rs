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
use super::state::{ApplicationState, CardState, FileStage, OpenApplication, PiccState, Position};
use super::step::{FileAct, Step};
use super::task::Task;
use crate::host::Grade;
use crate::profile::{Application, CardSpec, Profile, Verify};
use crate::wire::{ChangeKeyRight, KeyNo, KeySettings, PiccConfiguration};

/// The steps that turn `state` into the profile's card and prove it, for a conversation that
/// stands at `position`.
///
/// # Errors
/// [`Refusal`] where the card cannot become the profile's card.
pub(crate) fn plan(
    profile: &Profile,
    task: Task,
    state: &CardState,
    position: Position,
    evidence: &Evidence,
) -> Result<Vec<Step>, Refusal> {
    let mut planner = Planner { profile, task, position, steps: Vec::new() };
    planner.create(state)?;
    if !closes_last(profile) {
        planner.picc(state, None);
    }
    for (index, (application, state)) in
        profile.applications().iter().zip(&state.applications).enumerate()
    {
        planner.application(index, application, state)?;
        planner.prove(index, application, state, evidence);
    }
    planner.for_good(state);
    if planner.proof() == Verify::EveryKey && evidence.picc.key < Grade::Used {
        planner.authenticate(Slot::master(Level::Picc), Holder::Own);
    }
    Ok(planner.steps)
}

/// The settings an application starts with: its final ones where they permit all steps of the
/// plan, else such as do, to be replaced at the end.
pub(crate) fn creation_settings(application: &Application) -> KeySettings {
    let settings = application.settings;
    let others =
        settings.change == ChangeKeyRight::Key(KeyNo::MASTER) || application.keys.len() == 1;
    if settings.key_changeable && others {
        return settings;
    }
    KeySettings {
        key_changeable: true,
        settings_changeable: true,
        change: ChangeKeyRight::Key(KeyNo::MASTER),
        ..settings
    }
}

/// Whether the PICC master key comes at the end of everything. Nothing on a card shows that
/// FormatPICC is switched off; a key that changes after it does. A random UID shows by itself.
const fn closes_last(profile: &Profile) -> bool {
    profile.card().no_format && !profile.card().random_uid
}

struct Planner<'a> {
    profile: &'a Profile,
    task: Task,
    position: Position,
    steps: Vec<Step>,
}

impl Planner<'_> {
    /// Makes the applications that are missing.
    fn create(&mut self, state: &CardState) -> Result<(), Refusal> {
        let target = self.profile.card().settings;
        let picc = state.picc;
        let rekey = picc.holder != Holder::Own;
        let resettle = picc.settings != target;
        if (rekey && !picc.settings.key_changeable)
            || (resettle && !picc.settings.settings_changeable)
        {
            return Err(Refusal::Frozen { aid: None, settings: picc.settings, wanted: target });
        }
        for (application, spec) in self.profile.applications().iter().enumerate() {
            if state.applications.get(application) == Some(&ApplicationState::Absent) {
                if matches!(self.task, Task::Rekey | Task::Update) {
                    return Err(Refusal::NotFinished);
                }
                self.authenticate(Slot::master(Level::Picc), picc.holder);
                let settings = creation_settings(spec);
                self.steps.push(Step::CreateApplication { application, settings });
            }
        }
        Ok(())
    }

    /// Gives the PICC level its settings and its key, and in between what is for good.
    fn picc(&mut self, state: &CardState, for_good: Option<PiccConfiguration>) {
        let PiccState { holder, settings, .. } = state.picc;
        self.settle(Level::Picc, self.profile.card().settings, settings, holder, for_good);
    }

    /// What cannot be undone, at the end of everything and only where cards are made.
    fn for_good(&mut self, state: &CardState) {
        let CardSpec { random_uid, no_format, .. } = *self.profile.card();
        let set = PiccConfiguration { random_uid, no_format };
        let makes_cards = matches!(self.task, Task::Encode | Task::Update);
        if closes_last(self.profile) {
            self.picc(state, makes_cards.then_some(set));
        } else if makes_cards && random_uid && !state.picc.random_uid {
            self.authenticate(Slot::master(Level::Picc), Holder::Own);
            self.steps.push(Step::Configure(set));
        }
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
        let master = Slot::master(level);
        let known = [creation_settings(spec), spec.settings].contains(&open.settings);
        if !known && matches!(open.holder(master.no), Holder::Transport(_)) {
            return Err(Refusal::OtherApplication { aid: spec.aid });
        }
        self.make_files(index, open);
        for (no, files) in rights::grouped(spec, rights::writer) {
            self.write(Slot { level, no }, open.holder(no), spec, open, files);
        }
        for (file, (spec, state)) in spec.files.iter().zip(&open.files).enumerate() {
            let first = rights::at_first(spec);
            let from = match *state {
                FileStage::Holding { unsettled } => unsettled,
                FileStage::Moved => None,
                FileStage::Absent | FileStage::Open | FileStage::Stale => {
                    (first != spec.settings).then_some(first)
                }
            };
            if let Some(from) = from {
                let no = rights::settler(&from).unwrap_or(KeyNo::MASTER);
                self.authenticate(Slot { level, no }, open.holder(no));
                let act = FileAct::Settle { from };
                self.steps.push(Step::File { application: index, file, act });
            }
        }
        let settings = self.change_keys(index, spec, open)?;
        if settings != spec.settings && !settings.settings_changeable {
            let (aid, wanted) = (Some(spec.aid), spec.settings);
            return Err(Refusal::Frozen { aid, settings, wanted });
        }
        self.settle(level, spec.settings, settings, open.holder(master.no), None);
        Ok(())
    }

    /// Makes the files that are missing, and anew those that cannot be written over.
    fn make_files(&mut self, application: usize, open: &OpenApplication) {
        let master = Slot::master(Level::Application(application));
        for (file, state) in open.files.iter().enumerate() {
            let acts: &[FileAct] = match state {
                FileStage::Absent => &[FileAct::Create],
                FileStage::Stale => &[FileAct::Delete, FileAct::Create],
                FileStage::Open | FileStage::Moved | FileStage::Holding { .. } => continue,
            };
            self.authenticate(master, open.holder(master.no));
            self.steps.extend(acts.iter().map(|&act| Step::File { application, file, act }));
        }
    }

    /// Changes all keys of an application but its master key, each under the key that its settings
    /// name. Where they freeze one, they are replaced for the time being. Gives the settings that
    /// the application then has.
    fn change_keys(
        &mut self,
        application: usize,
        spec: &Application,
        open: &OpenApplication,
    ) -> Result<KeySettings, Refusal> {
        let level = Level::Application(application);
        let pending = (0..spec.keys.len()).filter_map(slot_number);
        let mut pending: Vec<KeyNo> =
            pending.filter(|&no| open.holder(no) != Holder::Own).collect();
        let mut settings = open.settings;
        if pending.iter().any(|&no| rights::changer(settings, no).is_none()) {
            if !settings.settings_changeable {
                let (aid, wanted) = (Some(spec.aid), spec.settings);
                return Err(Refusal::Frozen { aid, settings, wanted });
            }
            settings = creation_settings(spec);
            self.authenticate(Slot::master(level), open.holder(KeyNo::MASTER));
            self.steps.push(Step::ChangeSettings { level, settings });
        }
        pending.retain(|&no| no != KeyNo::MASTER);
        // A key that changes others still is what it was: the master key changes it, after them.
        pending.sort_by_key(|&no| rights::changer(settings, no) == Some(KeyNo::MASTER));
        for no in pending {
            let slot = Slot { level, no };
            let old = open.holder(no);
            let by = rights::changer(settings, no).unwrap_or(KeyNo::MASTER);
            self.authenticate(Slot { level, no: by }, open.holder(by));
            if by == no {
                self.change_own(slot);
            } else {
                self.steps.push(Step::ChangeKey { application, no, old });
            }
        }
        Ok(settings)
    }

    fn change_own(&mut self, slot: Slot) {
        self.steps.push(Step::ChangeOwnKey { slot, new: Holder::Own });
        self.position.authenticated = None;
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
        let stage = |file: usize| open.files.get(file).copied();
        let (data, others): (Vec<_>, Vec<_>) = files
            .into_iter()
            .filter(|&file| !matches!(stage(file), Some(FileStage::Holding { .. })))
            .partition(|&file| kind(file).is_some_and(|kind| kind.size().is_some()));
        if !data.is_empty() {
            self.authenticate(slot, holder);
            self.steps.push(Step::WriteContents { application, files: data });
        }
        for file in others {
            let records = kind(file).is_some_and(|kind| kind.records().is_some());
            if stage(file) == Some(FileStage::Moved) {
                let restorer =
                    spec.files.get(file).and_then(|file| rights::restorer(&file.settings));
                let no = restorer.unwrap_or(slot.no);
                self.authenticate(Slot { no, ..slot }, open.holder(no));
                let act = if records { FileAct::ClearRecords } else { FileAct::SetValue };
                self.steps.push(Step::File { application, file, act });
            }
            if records {
                self.authenticate(slot, holder);
                let act = FileAct::AppendRecords;
                self.steps.push(Step::File { application, file, act });
            }
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
        self.settle(Level::Application(index), spec.settings, settings, Holder::Own, None);
        Ok(())
    }

    /// The end of a level's session: settings, what is for good, then the own key; where the
    /// settings freeze the own key, they come after it.
    fn settle(
        &mut self,
        level: Level,
        target: KeySettings,
        settings: KeySettings,
        holder: Holder,
        for_good: Option<PiccConfiguration>,
    ) {
        let master = Slot::master(level);
        let resettle = settings != target;
        let change = Step::ChangeSettings { level, settings: target };
        if resettle && target.key_changeable {
            self.authenticate(master, holder);
            self.steps.push(change.clone());
        }
        if holder != Holder::Own {
            self.authenticate(master, holder);
            self.steps.extend(for_good.map(Step::Configure));
            self.change_own(master);
        }
        if resettle && !target.key_changeable {
            self.authenticate(master, Holder::Own);
            self.steps.push(change);
        }
    }

    /// How much has to be proven: what the profile says, for some tasks more.
    const fn proof(&self) -> Verify {
        match self.task {
            Task::Verify | Task::Rekey => Verify::EveryKey,
            Task::Encode | Task::Update | Task::Recycle => self.profile.verify(),
        }
    }

    /// What the application has to prove beyond the replies to the steps before. Each level of
    /// proof includes those below it.
    fn prove(
        &mut self,
        index: usize,
        spec: &Application,
        state: &ApplicationState,
        evidence: &Evidence,
    ) {
        let Some(proven) = evidence.applications.get(index) else { return };
        if self.task == Task::Rekey && matches!(state, ApplicationState::Closed { .. }) {
            return;
        }
        let reader = spec.files.first().map(|file| rights::reader(&file.settings));
        let reader = reader.unwrap_or(KeyNo::MASTER);
        match self.proof() {
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
        if !self.task.compares_contents() {
            return;
        }
        let level = Level::Application(index);
        let unread = |file: &usize| proven.files.get(*file) == Some(&Grade::NotLookedAt);
        let readable = |file: &usize| {
            spec.files.get(*file).is_some_and(|file| rights::readable(&file.settings))
        };
        for (no, files) in rights::grouped(spec, |file| rights::reader(&file.settings)) {
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
