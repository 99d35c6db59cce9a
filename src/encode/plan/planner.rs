// SPDX-License-Identifier: MIT OR Apache-2.0
//! The difference between what a card is and what the profile says, as steps.
//!
//! Three rules order them. What can refuse the card comes before the first key is changed. The
//! PICC master key comes first of all keys, so that no other travels in a session under a key that
//! everybody knows. And at each level a step that takes an authority away comes after every step that
//! needs it, the level's own key last, so that its version stands for the steps before it. A file
//! whose final rights forbid writing gets them once it is written, and the random UID, which cannot
//! be undone, ends the plan, but for older messaging that is switched off last. No prefix of a plan is therefore a dead end.

mod application;
mod key_sets;
mod proof;

use crate::encode::plan::place::{Holder, Level, Slot};
use crate::encode::plan::state::{ApplicationState, CardState, PiccState, Position, Start};
use crate::encode::plan::step::Step;
use crate::encode::proof::evidence::Evidence;
use crate::encode::task::Task;
use crate::encode::verdict::refusal::Refusal;
use crate::host::Grade;
use crate::profile::{AppRef, Application, CardSetting, CardSpec, Layout, Profile};
use crate::wire::{Aid, ChangeKeyRight, KeyNo, KeySettings, PiccConfiguration, PiccKey};

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
    let mut planner = Planner { profile, task, evidence, card: state, position, steps: Vec::new() };
    // What there is to create, settle and change above the applications, the layout says.
    let above = match profile.layout() {
        Layout::Free { card, .. } => state.picc.map(|picc| Above { card, picc }),
        Layout::Fixed { .. } | Layout::Delegated { .. } => None,
    };
    if let Some(above) = above {
        above.possible()?;
        if !closes_last(above.card) {
            let answers = if task.wants_for_good() { above.answers() } else { Vec::new() };
            planner.picc(above, answers);
            planner.picc_proof(above);
        }
        planner.create(above)?;
    }
    planner.create_delegated()?;
    if state.to_switch {
        planner.switch_to_lrp();
    }
    for (application, state) in state.applications.iter() {
        planner.application(application, state)?;
        planner.prove(application, state);
        if above.is_none() {
            planner.same_card(application, state);
        }
    }
    if let Some(above) = above {
        planner.for_good(above);
    }
    planner.rename();
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
/// FormatPICC or chained writes are switched off; a key that changes after it does. A random UID shows by itself.
pub(crate) const fn closes_last(card: &CardSpec) -> bool {
    (card.no_format || card.told.chained_writes_off) && !card.random_uid
}

/// Whether the settings of the PICC level are given to a new card before anything else: neither the
/// master key nor any application comes before them.
pub(crate) const fn settings_go_first(card: &CardSpec) -> bool {
    card.settings.key_changeable && !closes_last(card)
}

/// The level above the applications, where a layout has one: what it is to be, and what it is.
#[derive(Clone, Copy)]
struct Above<'a> {
    card: &'a CardSpec,
    picc: PiccState,
}

struct Planner<'a> {
    profile: &'a Profile,
    task: Task,
    evidence: &'a Evidence,
    card: &'a CardState,
    position: Position,
    steps: Vec<Step>,
}

impl Above<'_> {
    /// Whether the PICC level lets itself be brought to what it is to be.
    fn possible(self) -> Result<(), Refusal> {
        let target = self.card.settings;
        let PiccState { holder, settings, .. } = self.picc;
        let rekey = holder != Holder::Own && !settings.key_changeable;
        let resettle = settings != target && !settings.settings_changeable;
        if rekey || resettle {
            return Err(Refusal::Frozen { aid: None, settings, wanted: target });
        }
        Ok(())
    }
}

impl Above<'_> {
    /// What the card is told that takes nothing away from the steps that follow.
    fn answers(self) -> Vec<Step> {
        let each = self.card.told.each().filter(|told| *told != CardSetting::ChainedWrites);
        each.map(Step::Tell).collect()
    }

    /// What takes something away for good and comes last.
    fn for_good(self) -> Vec<Step> {
        let CardSpec { random_uid, no_format, ref told, .. } = *self.card;
        let set = PiccConfiguration { random_uid, no_format };
        let writes = told.chained_writes_off.then_some(Step::Tell(CardSetting::ChainedWrites));
        let set = (random_uid || no_format).then_some(Step::Configure(set));
        writes.into_iter().chain(set).collect()
    }
}

impl Planner<'_> {
    /// Makes the applications that are missing, which start with a key of the profile's if it names
    /// one.
    fn create(&mut self, above: Above<'_>) -> Result<(), Refusal> {
        let holder = if closes_last(above.card) { above.picc.holder } else { Holder::Own };
        let mut told = self.card.start == Start::Public;
        for (application, state) in self.card.applications.iter() {
            if *state == ApplicationState::Absent {
                if self.task.refuses_missing_applications() {
                    return Err(Refusal::NotFinished);
                }
                self.authenticate(Slot::master(Level::Picc), holder);
                if !told {
                    self.steps.push(Step::StartKey { own: true });
                    told = true;
                }
                let settings = creation_settings(&self.profile[application]);
                let in_sets = self.card.has_sets && self.profile[application].key_sets.is_some();
                self.steps.push(Step::CreateApplication { application, settings, in_sets });
            }
        }
        Ok(())
    }

    /// Makes the application on a card of somebody else.
    fn create_delegated(&mut self) -> Result<(), Refusal> {
        for (application, state) in self.card.applications.iter() {
            let spec = &self.profile[application];
            if spec.delegation.is_none() || *state != ApplicationState::Absent {
                continue;
            }
            if self.task.refuses_missing_applications() {
                return Err(Refusal::NotFinished);
            }
            if !self.card.permitted {
                return Err(Refusal::NoPermission { aid: spec.aid });
            }
            let manager = Slot { level: Level::Picc, no: PiccKey::DamAuth.number() };
            self.authenticate(manager, Holder::Own);
            self.steps.push(Step::CreateDelegated { application });
        }
        Ok(())
    }

    /// Gives the PICC level its settings and its key, and in between what is for good.
    fn picc(&mut self, above: Above<'_>, for_good: Vec<Step>) {
        let PiccState { holder, settings, .. } = above.picc;
        self.settle(Level::Picc, above.card.settings, settings, holder, for_good);
    }

    /// Opens the card with its own key, and asks whether it is the card that the key was made for.
    fn picc_proof(&mut self, above: Above<'_>) {
        let master = Slot::master(Level::Picc);
        if above.picc.holder != Holder::Own {
            self.authenticate(master, Holder::Own);
            self.steps.extend(self.card.names_uid.then_some(Step::CheckUid));
        } else if self.evidence.picc.key < Grade::Used {
            self.authenticate(master, Holder::Own);
        }
    }

    /// Opens the applications once more where the card's own key came behind them: it came in a session of a
    /// key that many cards have, and nothing ties that card to the one that has the applications.
    fn applications_again(&mut self, above: Above<'_>) {
        if !matches!(above.picc.holder, Holder::Transport(_)) {
            return;
        }
        for (application, spec) in self.profile.each_application() {
            if !spec.is_anothers() {
                self.authenticate(Slot::master(Level::Application(application)), Holder::Own);
            }
        }
    }

    /// Where no MAC told, asks for the PICC settings after all changes. The key that has to open for
    /// it tells besides whether it still is the card that was begun with: a card without a key takes
    /// the bare command that makes an application, and would get all of it.
    fn picc_look(&mut self) {
        let changed = self.steps.iter().any(Step::changes_card);
        if !self.card.macs && (changed || !self.evidence.picc.looked) {
            self.authenticate(Slot::master(Level::Picc), Holder::Own);
            self.steps.push(Step::Look(Level::Picc));
        }
    }

    /// What cannot be undone, at the end of everything, where cards are made or verified.
    fn for_good(&mut self, above: Above<'_>) {
        // A verified card shows by its UID alone whether it hides it.
        let made = self.task.wants_for_good();
        if closes_last(above.card) {
            let told = if made { [above.answers(), above.for_good()].concat() } else { Vec::new() };
            self.picc(above, told);
            self.picc_proof(above);
            self.applications_again(above);
        }
        self.picc_look();
        if !closes_last(above.card) && made && above.card.random_uid && !above.picc.random_uid {
            self.authenticate(Slot::master(Level::Picc), Holder::Own);
            // A key that is the same on every card opens the wrong one as well.
            let master = &self.profile[above.card.master_key];
            if !master.names_card_for(Aid::PICC, KeyNo::MASTER) {
                self.steps.push(Step::CheckUid);
            }
            self.steps.extend(above.for_good());
        }
        if made {
            self.tell_again(above);
        }
        if above.card.legacy_off && made {
            self.legacy_off(above);
        }
    }

    /// Tells a finished card what it has shown not to have been told.
    fn tell_again(&mut self, above: Above<'_>) {
        let mut untold = above.picc.untold.each().peekable();
        if above.picc.holder != Holder::Own || untold.peek().is_none() {
            return;
        }
        self.authenticate(Slot::master(Level::Picc), Holder::Own);
        let master = &self.profile[above.card.master_key];
        // A key that is the same on every card opens the wrong one as well.
        if !master.names_card_for(Aid::PICC, KeyNo::MASTER) {
            self.steps.push(Step::CheckUid);
        }
        self.steps.extend(untold.map(Step::TellAgain));
    }

    /// Switches older messaging off, and tries it: the reply tells that the card took the command, the refusal
    /// that it means it. Nothing of the plan comes after it. A card that refuses it already is told once more, as
    /// no MAC stands under what it said, unless nothing is to be changed.
    fn legacy_off(&mut self, above: Above<'_>) {
        let again = above.picc.legacy_off;
        if again && (self.task.only_tells() || self.evidence.legacy_off > Grade::Said) {
            return;
        }
        self.authenticate(Slot::master(Level::Picc), Holder::Own);
        let master = &self.profile[above.card.master_key];
        // A key that is the same on every card opens the wrong one as well.
        if !master.names_card_for(Aid::PICC, KeyNo::MASTER) {
            self.steps.push(Step::CheckUid);
        }
        self.steps.push(Step::LegacyOff { again });
        if again {
            return;
        }
        self.steps.push(Step::TryLegacy);
        self.position = Position { level: Level::Picc, authenticated: None };
    }

    /// Switches a tag to LRP before anything else: it turns off what the plan sets, and the sessions that
    /// follow prove that it was done.
    fn switch_to_lrp(&mut self) {
        let Some((application, state)) = self.card.applications.iter().next() else { return };
        let master = Slot::master(Level::Application(application));
        let holder = match state {
            ApplicationState::Open(open) => open.holder(master.no),
            ApplicationState::Absent | ApplicationState::Closed { .. } => Holder::Own,
        };
        self.authenticate(master, holder);
        self.steps.push(Step::SwitchToLrp { application });
        self.position.authenticated = None;
    }

    /// Gives files their numbers and an application its name, at the end of everything: it cannot be undone.
    fn rename(&mut self) {
        if !self.task.wants_for_good() {
            return;
        }
        for &file in &self.card.to_renumber {
            let level = Level::Application(file.application());
            self.authenticate(Slot::master(level), Holder::Own);
            self.steps.push(Step::RenameFile { file });
        }
        for (application, _) in self.profile.each_application() {
            self.see_numbers(application);
        }
        if !self.card.to_rename {
            return;
        }
        for (application, _) in self.profile.each_application() {
            if self.profile.renames(application) {
                self.authenticate(Slot::master(Level::Application(application)), Holder::Own);
                self.steps.push(Step::Rename { application });
            }
        }
    }

    /// Has the numbers of files named in a session with MACs, which so far only a select has shown.
    fn see_numbers(&mut self, application: AppRef) {
        let level = Level::Application(application);
        let given = !self.card.to_renumber.is_empty();
        if !self.profile.renumbers(application) || !given && self.evidence.numbers > Grade::Said {
            return;
        }
        if self.position.level != level || self.position.authenticated.is_none() {
            self.authenticate(Slot::master(level), Holder::Own);
        }
        self.steps.push(Step::SeeNumbers { application });
    }

    /// Asks, in a session of an own key that was brought to a card with a fixed layout, whether it is the
    /// card that the keys were made for: the session that it came in was one of a public key, and so
    /// was all that told which card it is.
    fn same_card(&mut self, at: AppRef, state: &ApplicationState) {
        let came = match state {
            ApplicationState::Open(open) => {
                matches!(open.holder(KeyNo::MASTER), Holder::Transport(_))
            }
            ApplicationState::Absent => true,
            ApplicationState::Closed { .. } => false,
        };
        if came && self.card.names_uid && !self.profile[at].is_anothers() {
            self.authenticate(Slot::master(Level::Application(at)), Holder::Own);
            self.steps.push(Step::CheckUid);
        }
    }

    fn closed(&mut self, at: AppRef, settings: KeySettings) -> Result<(), Refusal> {
        let spec = &self.profile[at];
        if settings != spec.settings && settings != creation_settings(spec) {
            return Err(Refusal::OtherApplication { aid: spec.aid });
        }
        self.settle(Level::Application(at), spec.settings, settings, Holder::Own, Vec::new());
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
        for_good: Vec<Step>,
    ) {
        let master = Slot::master(level);
        // What a reply without a MAC said may be said again, before the own key stands for it.
        let grade = self.evidence.settings_grade(level);
        let said = grade == Grade::Said && holder != Holder::Own && settings.settings_changeable;
        // A card with the factory's key was not asked, and refuses them if it is not as it came.
        let assumed = grade == Grade::NotLookedAt
            && matches!((level, holder), (Level::Picc, Holder::Transport(_)));
        let resettle = settings != target || said || assumed;
        let change = Step::ChangeSettings { level, settings: target };
        if resettle && target.key_changeable {
            self.authenticate(master, holder);
            self.steps.push(change.clone());
        }
        if holder != Holder::Own {
            self.authenticate(master, holder);
            self.steps.extend(for_good);
            self.change_own(master, Holder::Own);
        }
        if resettle && !target.key_changeable {
            self.authenticate(master, Holder::Own);
            self.steps.push(change);
        }
    }

    fn change_own(&mut self, slot: Slot, new: Holder) {
        self.steps.push(Step::ChangeOwnKey { slot, new });
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
