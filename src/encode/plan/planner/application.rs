// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an application lacks: files, contents, keys.

use super::{Planner, creation_settings};
use crate::encode::plan::place::{Holder, Level, Slot};
use crate::encode::plan::rights;
use crate::encode::plan::state::{
    ApplicationState, Counts, FileStage, NextSet, OpenApplication, Start,
};
use crate::encode::plan::step::{FileAct, Step, TransactionMacAct};
use crate::encode::verdict::refusal::Refusal;
use crate::host::Grade;
use crate::profile::{AppRef, Application, FileRef};
use crate::wire::{KeyNo, KeySettings};

impl Planner<'_> {
    pub(super) fn application(
        &mut self,
        at: AppRef,
        state: &ApplicationState,
    ) -> Result<(), Refusal> {
        let (profile, spec) = (self.profile, &self.profile[at]);
        let level = Level::Application(at);
        let master = Slot::master(level);
        let fresh;
        let mut begun_anew;
        let open = match state {
            ApplicationState::Closed { settings } => return self.closed(at, *settings),
            ApplicationState::Open(open) if self.begins_anew(open) => {
                begun_anew = open.clone();
                self.authenticate(master, open.holder(master.no));
                self.change_own(master, self.card.start.holder());
                if let Some(holder) = begun_anew.holders.first_mut() {
                    *holder = self.card.start.holder();
                }
                &begun_anew
            }
            ApplicationState::Open(open) => open,
            ApplicationState::Absent => {
                fresh = self.fresh(at);
                &fresh
            }
        };
        let known = [creation_settings(spec), spec.settings].contains(&open.settings);
        if !known && matches!(open.holder(master.no), Holder::Transport(_)) {
            return Err(Refusal::OtherApplication { aid: spec.aid });
        }
        self.prepare(at, open);
        self.make_files(level, open);
        for (no, files) in rights::grouped(profile, at, rights::writer) {
            self.write(at, no, open, files);
        }
        self.settle_files(level, open);
        let by_set = open.next_set != NextSet::None;
        let settings = self.bring_keys(at, open)?;
        if settings != spec.settings && !settings.settings_changeable {
            let (aid, wanted) = (Some(spec.aid), spec.settings);
            return Err(Refusal::Frozen { aid, settings, wanted });
        }
        self.prove_found(level, spec, open, state);
        // Its key travels in a session of a key that is nobody else's. Where key 0 stands for what comes before
        // it, and where the keys come in a set, one that was there before will do.
        let secret = open.holder(master.no) != Start::Public.holder();
        let early = by_set || (self.card.stands && secret);
        if early {
            self.count(at, open, |no| match no == master.no || by_set {
                true => open.holder(no),
                false => Holder::Own,
            });
        }
        if spec.is_anothers() {
            self.settle_anothers(at, settings, open.holder(master.no));
        } else if by_set {
            self.settle_set(at, open);
        } else {
            self.settle(level, spec.settings, settings, open.holder(master.no), Vec::new());
        }
        if !early {
            self.count(at, open, |_| Holder::Own);
        }
        Ok(())
    }

    /// An application as it is right after its creation.
    fn fresh(&self, at: AppRef) -> OpenApplication {
        let spec = &self.profile[at];
        OpenApplication {
            settings: creation_settings(spec),
            holders: vec![self.card.start.holder(); spec.keys.len()],
            files: self.profile.for_files(at, |_, _| FileStage::Absent),
            counts: match spec.keyed_transaction_mac() {
                Some(_) => Counts::Missing,
                None => Counts::AsWanted,
            },
            unwatched: false,
            next_set: NextSet::None,
        }
    }

    /// Brings the present keys but key 0, or all of them into the next set. Gives the settings that the
    /// application then has.
    fn bring_keys(&mut self, at: AppRef, open: &OpenApplication) -> Result<KeySettings, Refusal> {
        match open.next_set {
            NextSet::None => self.change_keys(at, open),
            NextSet::Unready | NextSet::Ready => Ok(self.fill_set(at, open)),
        }
    }

    /// Makes the transaction MAC file, and gives it its limit. Before it everything else is written: what waits
    /// for a commit needs no reader's name as yet.
    fn count(
        &mut self,
        application: AppRef,
        open: &OpenApplication,
        holder: impl Fn(KeyNo) -> Holder,
    ) {
        let level = Level::Application(application);
        if open.counts.makes() {
            self.authenticate(Slot::master(level), holder(KeyNo::MASTER));
            self.steps.push(Step::TransactionMac { application, act: TransactionMacAct::Create });
        }
        let spec = &self.profile[application];
        let limits = open.counts.makes() || open.counts == Counts::Unlimited;
        if let (true, Some(_), Some(no)) = (limits, spec.transaction_limit(), spec.limiter()) {
            self.authenticate(Slot { level, no }, holder(no));
            self.steps.push(Step::TransactionMac { application, act: TransactionMacAct::Limit });
        }
    }

    /// What its key 0 does before the files.
    fn prepare(&mut self, application: AppRef, open: &OpenApplication) {
        let master = Slot::master(Level::Application(application));
        if let Counts::Unwanted { .. } = open.counts {
            self.authenticate(master, open.holder(master.no));
            self.steps.push(Step::TransactionMac { application, act: TransactionMacAct::Delete });
        }
        if open.unwatched {
            self.authenticate(master, open.holder(master.no));
            self.steps.push(Step::WatchSeal { application });
        }
    }

    /// Gives files their final settings, once they are written.
    fn settle_files(&mut self, level: Level, open: &OpenApplication) {
        let profile = self.profile;
        for (file, state) in open.files.iter() {
            let first = rights::at_first(&profile[file]);
            let from = match *state {
                FileStage::Holding { unsettled } => unsettled,
                FileStage::Unlimited { from } => Some(rights::once_limited(&profile[file], from))
                    .filter(|limited| *limited != profile[file].settings),
                FileStage::Moved => None,
                FileStage::Absent
                | FileStage::Open
                | FileStage::Unready { .. }
                | FileStage::Stale => (first != profile[file].settings).then_some(first),
            };
            if let Some(from) = from {
                let no = rights::settler(&from).unwrap_or(KeyNo::MASTER);
                self.authenticate(Slot { level, no }, open.holder(no));
                let act = FileAct::Settle { from };
                self.steps.push(Step::File { file, act });
            }
        }
    }

    /// The final settings of an application whose keys are left as they are.
    fn settle_anothers(&mut self, at: AppRef, settings: KeySettings, holder: Holder) {
        let (level, target) = (Level::Application(at), self.profile[at].settings);
        if settings != target {
            self.authenticate(Slot::master(level), holder);
            self.steps.push(Step::ChangeSettings { level, settings: target });
        }
    }

    /// Whether an application starts with a key that everybody knows, where the profile names
    /// another: nothing more is done under that key.
    fn begins_anew(&self, open: &OpenApplication) -> bool {
        self.card.start == Start::Secret
            && open.holder(KeyNo::MASTER) == Start::Public.holder()
            && rights::changer(open.settings, KeyNo::MASTER).is_some()
    }

    /// Opens the keys that were found in place, and looks at the files that were, before the master
    /// key, which goes last, stands for them: nobody knows in what session they came there.
    fn prove_found(
        &mut self,
        level: Level,
        spec: &Application,
        open: &OpenApplication,
        state: &ApplicationState,
    ) {
        let master = open.holder(KeyNo::MASTER);
        let ApplicationState::Open(found) = state else { return };
        if !matches!(master, Holder::Transport(_)) {
            return;
        }
        for no in spec.own_slots().filter(|no| *no != KeyNo::MASTER) {
            let slot = Slot { level, no };
            if open.holder(no) == Holder::Own && self.evidence.key_grade(slot) < Grade::Used {
                self.authenticate(slot, Holder::Own);
            }
        }
        // In EV1 messaging the card takes what is slipped in behind the last reply of a session; in
        // the session of the own key's change that shows.
        let opened =
            self.position.level != level || self.position.authenticated != Some(KeyNo::MASTER);
        if opened || self.begins_anew(found) {
            self.authenticate(Slot::master(level), master);
            self.steps.push(Step::Look(level));
        }
    }

    /// Makes the files that are missing, and anew those that cannot be written over. Those that nobody
    /// makes get the settings that they are written with.
    fn make_files(&mut self, level: Level, open: &OpenApplication) {
        let master = Slot::master(level);
        for (file, state) in open.files.iter() {
            let (no, acts): (KeyNo, &[FileAct]) = match *state {
                FileStage::Absent => (master.no, &[FileAct::Create]),
                FileStage::Unlimited { .. } => (master.no, &[FileAct::Limit]),
                FileStage::Stale => (master.no, &[FileAct::Delete, FileAct::Create]),
                FileStage::Unready { from } => {
                    (rights::settler(&from).unwrap_or(master.no), &[FileAct::Ready { from }])
                }
                FileStage::Open | FileStage::Moved | FileStage::Holding { .. } => continue,
            };
            self.authenticate(Slot { no, ..master }, open.holder(no));
            self.steps.extend(acts.iter().map(|&act| Step::File { file, act }));
        }
    }

    /// Changes all keys of an application but its master key, each under the key that its settings
    /// name. Where they freeze one, they are replaced for the time being. Gives the settings that
    /// the application then has.
    fn change_keys(
        &mut self,
        application: AppRef,
        open: &OpenApplication,
    ) -> Result<KeySettings, Refusal> {
        let spec = &self.profile[application];
        let level = Level::Application(application);
        let mut pending: Vec<KeyNo> =
            spec.own_slots().filter(|&no| open.holder(no) != Holder::Own).collect();
        let mut settings = open.settings;
        // Whom the card names, where it has that key.
        let changer = |settings, no| {
            rights::changer(settings, no).filter(|&by| rights::is_there(by, spec.keys.len()))
        };
        if pending.iter().any(|&no| changer(settings, no).is_none()) {
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
        pending.sort_by_key(|&no| changer(settings, no) == Some(KeyNo::MASTER));
        for no in pending {
            let slot = Slot { level, no };
            let old = open.holder(no);
            let by = changer(settings, no).unwrap_or(KeyNo::MASTER);
            self.authenticate(Slot { level, no: by }, open.holder(by));
            if by == no {
                self.change_own(slot, Holder::Own);
            } else {
                let new = Holder::Own;
                self.steps.push(Step::ChangeKey { application, no, old, new });
            }
        }
        Ok(settings)
    }

    /// Fills the files that one key writes: data files together, record files one by one. Value
    /// files are full from the start.
    fn write(
        &mut self,
        application: AppRef,
        no: KeyNo,
        open: &OpenApplication,
        files: Vec<FileRef>,
    ) {
        let (profile, holder) = (self.profile, open.holder(no));
        let slot = Slot { level: Level::Application(application), no };
        let (data, others): (Vec<_>, Vec<_>) = files
            .into_iter()
            .filter(|&file| !open.files[file].is_filled())
            .partition(|&file| profile[file].settings.kind.size().is_some());
        if !data.is_empty() {
            self.authenticate(slot, holder);
            self.steps.push(Step::WriteContents { application, files: data });
        }
        for file in others {
            let settings = &profile[file].settings;
            let records = settings.kind.records().is_some();
            // Nobody knows what one holds that was not made, and had other settings.
            if matches!(open.files[file], FileStage::Moved | FileStage::Unready { .. }) {
                let no = rights::restorer(settings).unwrap_or(slot.no);
                self.authenticate(Slot { no, ..slot }, open.holder(no));
                let act = if records { FileAct::ClearRecords } else { FileAct::SetValue };
                self.steps.push(Step::File { file, act });
            }
            if records {
                self.authenticate(slot, holder);
                let act = FileAct::AppendRecords;
                self.steps.push(Step::File { file, act });
            }
        }
    }
}
