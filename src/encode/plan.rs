// SPDX-License-Identifier: MIT OR Apache-2.0
//! The difference between what a card is and what the profile says, as steps.
//!
//! Two rules order them. A step that takes an authority away comes after every step that needs it;
//! and in each level's session the level's own key goes last, so that its version stands for all
//! steps before it. A file whose final rights forbid writing gets them once it is written, and the
//! random UID, which cannot be undone, ends the plan. No prefix of a plan is therefore a dead end.

mod application;
mod proof;

use super::evidence::Evidence;
use super::place::{Holder, Level, Slot};
use super::refusal::Refusal;
use super::state::{ApplicationState, CardState, PiccState, Position};
use super::step::Step;
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
    let mut planner = Planner { profile, task, evidence, position, steps: Vec::new() };
    planner.create(state)?;
    if !closes_last(profile) {
        planner.picc(state, None);
    }
    for (index, (application, state)) in
        profile.applications().iter().zip(&state.applications).enumerate()
    {
        planner.application(index, application, state)?;
        planner.prove(index, application, state);
    }
    planner.for_good(state);
    // That the PICC master key is in place was only said where the card was not asked further. It
    // is proved where that was wrong or the card unfinished.
    let unfinished =
        state.picc.holder == Holder::Own && planner.steps.iter().any(Step::changes_card);
    if (unfinished || planner.proof() == Verify::EveryKey) && evidence.picc.key < Grade::Used {
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
pub(crate) const fn closes_last(profile: &Profile) -> bool {
    profile.card().no_format && !profile.card().random_uid
}

struct Planner<'a> {
    profile: &'a Profile,
    task: Task,
    evidence: &'a Evidence,
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
        // What a reply without a MAC said may be said again, before the own key stands for it.
        let said = self.evidence.settings_grade(level) == Grade::Said && holder != Holder::Own;
        let resettle = settings != target || said && settings.settings_changeable;
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

    fn change_own(&mut self, slot: Slot) {
        self.steps.push(Step::ChangeOwnKey { slot, new: Holder::Own });
        self.position.authenticated = None;
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
