// SPDX-License-Identifier: MIT OR Apache-2.0
//! The present keys of an application in another key set: filled beside the one that opens the card, and made the
//! active one by a single command. Whatever is torn, one set opens the application as a whole.

use super::Planner;
use crate::encode::plan::place::{Level, Slot};
use crate::encode::plan::state::{ApplicationState, NextSet, OpenApplication};
use crate::encode::plan::step::{KeySetAct, Step};
use crate::profile::{AppRef, Application, Roll};
use crate::wire::KeySettings;

impl Planner<'_> {
    /// Fills and closes the next set, unless that is done, and has the card tell what is in it. Gives the settings
    /// that the application then has.
    pub(super) fn fill_set(&mut self, application: AppRef, open: &OpenApplication) -> KeySettings {
        if open.next_set == NextSet::Unready {
            let master = Slot::master(Level::Application(application));
            self.authenticate(master, open.holder(master.no));
            let keys = self.profile[application].own_slots().map(KeySetAct::ChangeKey);
            let acts = core::iter::once(KeySetAct::Initialize).chain(keys);
            let acts = acts.chain([KeySetAct::Finalize, KeySetAct::See]);
            self.steps.extend(acts.map(|act| Step::KeySet { application, act }));
        }
        open.settings
    }

    /// The final settings, under the former key 0, and the roll behind everything else, unless that is left to a
    /// reader.
    pub(super) fn settle_set(&mut self, application: AppRef, open: &OpenApplication) {
        let spec = &self.profile[application];
        let level = Level::Application(application);
        if open.settings != spec.settings {
            let master = Slot::master(level);
            self.authenticate(master, open.holder(master.no));
            self.steps.push(Step::ChangeSettings { level, settings: spec.settings });
        }
        if let Some(sets) = spec.key_sets.filter(|sets| sets.roll == Roll::Now) {
            let slot = Slot { level, no: sets.roll_key };
            self.authenticate(slot, open.holder(slot.no));
            self.steps.push(Step::KeySet { application, act: KeySetAct::Roll });
            self.position.authenticated = None;
        }
    }

    /// An application that is left prepared: its next set has been seen. Who proves every key of a card that is
    /// not to be changed opens it with those that it has.
    pub(super) fn prove_prepared(
        &mut self,
        level: Level,
        spec: &Application,
        open: &OpenApplication,
    ) {
        if self.task.only_tells() {
            for no in spec.own_slots() {
                self.authenticate(Slot { level, no }, open.holder(no));
            }
        }
    }

    /// Whether the plan makes another set of an application the active one: what was proven before is proven of
    /// keys that are not used any more.
    pub(super) fn rolls(&self, application: AppRef) -> bool {
        self.steps.contains(&Step::KeySet { application, act: KeySetAct::Roll })
    }

    /// The steps behind that, or all.
    pub(super) fn since_roll(&self, application: AppRef) -> impl Iterator<Item = &Step> {
        let roll = Step::KeySet { application, act: KeySetAct::Roll };
        let before = self.steps.iter().rposition(|step| *step == roll);
        self.steps.iter().skip(before.map_or(0, |at| at.saturating_add(1)))
    }
}

/// An application whose next set waits for a reader to roll.
pub(super) fn left_prepared<'a>(
    spec: &Application,
    state: &'a ApplicationState,
) -> Option<&'a OpenApplication> {
    let later = spec.key_sets.is_some_and(|sets| sets.roll == Roll::Later);
    match state {
        ApplicationState::Open(open) if later && open.next_set != NextSet::None => Some(open),
        ApplicationState::Open(_) | ApplicationState::Absent | ApplicationState::Closed { .. } => {
            None
        }
    }
}
