// SPDX-License-Identifier: MIT OR Apache-2.0
//! The difference between what a card is and what the profile says, as steps.
//!
//! Two rules order them. A step that takes an authority away comes after every step that needs it;
//! and in each level's session the level's own key goes last, so that its version stands for all
//! steps before it. No prefix of a plan is therefore a dead end.

use super::evidence::Evidence;
use super::place::{Holder, Level, Slot};
use super::refusal::Refusal;
use super::state::{ApplicationState, CardState, OpenApplication, Position};
use super::step::Step;
use crate::host::Grade;
use crate::profile::{Application, FileSpec, Profile, Verify};
use crate::wire::{Access, ChangeKeyRight, KeyNo, KeySettings};

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
        planner.verify_application(index, application, evidence);
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

/// The key to write a file with, the master key where it may; `None` where anyone may.
pub(crate) fn writer(file: &FileSpec) -> Option<KeyNo> {
    let rights = file.settings.rights;
    one_of(&[rights.write, rights.read_write], Access::Key(KeyNo::MASTER))
}

/// The key to read a file with; `None` where anyone may.
pub(crate) fn reader(file: &FileSpec) -> Option<KeyNo> {
    let rights = file.settings.rights;
    one_of(&[rights.read, rights.read_write], rights.read)
}

/// Whether any key of the profile, or anyone, may read a file.
pub(crate) fn readable(file: &FileSpec) -> bool {
    let rights = file.settings.rights;
    rights.read != Access::Never || rights.read_write != Access::Never
}

/// The first key among the rights, `preferred` before the others.
fn one_of(rights: &[Access], preferred: Access) -> Option<KeyNo> {
    let preferred = rights.iter().filter(|&&right| right == preferred);
    preferred.chain(rights).find_map(|&right| match right {
        Access::Key(no) => Some(no),
        Access::Free | Access::Never => None,
    })
}

/// The files with contents, grouped by the key that `key` names for each, in order of appearance.
pub(crate) fn grouped(
    application: &Application,
    key: impl Fn(&FileSpec) -> Option<KeyNo>,
) -> Vec<(Option<KeyNo>, Vec<usize>)> {
    let mut groups: Vec<(Option<KeyNo>, Vec<usize>)> = Vec::new();
    for (index, file) in application.files.iter().enumerate() {
        if file.content.is_none() {
            continue;
        }
        let key = key(file);
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, files)) => files.push(index),
            None => groups.push((key, vec![index])),
        }
    }
    groups
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
        for (key, files) in grouped(spec, writer) {
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

    fn verify_application(&mut self, index: usize, spec: &Application, evidence: &Evidence) {
        let level = Level::Application(index);
        let Some(proven) = evidence.applications.get(index) else { return };
        let verify = self.profile.verify();
        if verify >= Verify::ReadBack {
            for (key, files) in grouped(spec, reader) {
                let unread =
                    |file: &usize| proven.files.get(*file).is_some_and(|g| *g < Grade::Used);
                let readable = |file: &usize| spec.files.get(*file).is_some_and(readable);
                for file in files.into_iter().filter(unread).filter(readable) {
                    match key {
                        Some(no) => self.authenticate(Slot { level, no }, Holder::Own),
                        None => self.go(level),
                    }
                    self.steps.push(Step::ReadBack { application: index, file });
                }
            }
        }
        let used = |no: &KeyNo| {
            let slot = usize::from(u8::from(*no));
            proven.keys.get(slot).is_some_and(|grade| *grade == Grade::Used)
        };
        let unproven: Vec<KeyNo> = match verify {
            Verify::Mac | Verify::ReadBack => Vec::new(),
            Verify::Key => {
                let no = spec.files.iter().find_map(reader).unwrap_or(KeyNo::MASTER);
                Vec::from_iter((!used(&no)).then_some(no))
            }
            Verify::EveryKey => {
                let authenticated_by_now = |no: &KeyNo| {
                    let slot = Slot { level, no: *no };
                    let step = Step::Authenticate { slot, holder: Holder::Own };
                    self.steps.contains(&step)
                };
                (0..spec.keys.len())
                    .filter_map(slot_number)
                    .filter(|no| !used(no) && !authenticated_by_now(no))
                    .collect()
            }
        };
        for no in unproven {
            self.authenticate(Slot { level, no }, Holder::Own);
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

/// The number of the key in a slot, counted from 0.
pub(crate) fn slot_number(slot: usize) -> Option<KeyNo> {
    u8::try_from(slot).ok().and_then(KeyNo::new)
}

fn holder_of(open: &OpenApplication, no: KeyNo) -> Holder {
    let slot = usize::from(u8::from(no));
    open.holders.get(slot).copied().unwrap_or(Holder::Transport(0))
}
