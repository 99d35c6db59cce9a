// SPDX-License-Identifier: MIT OR Apache-2.0
//! What each step of a plan costs, by the lengths of its commands and replies.

use crate::encode::card::contents::Rendered;
use crate::encode::card::walk::Commits;
use crate::encode::forecast::cost::{StepCost, second};
use crate::encode::forecast::cut;
use crate::encode::job::Job;
use crate::encode::plan::commands::Read;
use crate::encode::plan::place::{Door, Holder, Level, Slot};
use crate::encode::plan::state::Away;
use crate::encode::plan::step::{FileAct, KeySetAct, Step, TransactionMacAct};
use crate::encode::plan::{commands, rights};
use crate::host::command::Command;
use crate::host::command::application::{DeleteApplication, GetApplicationIds};
use crate::host::command::delegated::{CreateDelegatedApplication, DeleteDelegatedApplication};
use crate::host::command::file::{DeleteFile, GetFileIds, GetFileSettings};
use crate::host::command::iso::select_name_lengths;
use crate::host::command::key::{
    ChangeKey, ChangeKeySettings, GetKeySetVersions, GetKeySettings, GetKeyVersion,
};
use crate::host::command::key_set::KeySetNo;
use crate::host::command::picc::{FormatPicc, GetCardUid, SetConfiguration};
use crate::host::command::record::ClearRecordFile;
use crate::host::command::select::SelectApplication;
use crate::host::command::tag::{ConfigureTag, GetTtStatus};
use crate::host::command::transaction::EndTransaction;
use crate::host::command::transaction_mac::{
    CommitReaderId, CommitWithMac, CreateTransactionMacFile,
};
use crate::host::command::value::{ChangeValue, GetValue};
use crate::host::{Conversation, File, Misuse, Protection};
use crate::key::CardKey;
use crate::profile::{AppRef, CardSetting, FileRef, ForApplications};
use crate::timing::{Effort, Part, Timing};
use crate::wire::{
    FileKind, FileNo, FileSettings, FixedFile, Generation, Ins, KeyNo, KeySettings, KeyType,
    Messaging, Opening, PiccConfiguration,
};

/// Follows a conversation step by step without having it.
pub(crate) struct Estimate<'a> {
    job: &'a Job,
    contents: Option<&'a Rendered>,
    messaging: Messaging,
    generation: Generation,
    protection: Protection,
    /// Whether the card is in LRP.
    lrp: bool,
    /// Which of its applications have a transaction MAC file.
    counts: ForApplications<bool>,
    /// Whether its application has the name that it came with, where it gets another.
    as_it_comes: bool,
    key: Option<KeyNo>,
    away: &'a [Away],
    timing: Timing,
    /// How many bytes the reader passes on.
    longest: usize,
    /// How many bytes of parameters a frame takes.
    frame: usize,
}

impl<'a> Estimate<'a> {
    /// For a conversation as it stands.
    pub(crate) fn new(
        job: &'a Job,
        contents: Option<&'a Rendered>,
        (generation, messaging, lrp): (Generation, Messaging, bool),
        (counts, as_it_comes): (ForApplications<bool>, bool),
        talk: &Conversation<'_>,
        away: &'a [Away],
    ) -> Self {
        let (protection, key) = (talk.protection(), talk.key_no());
        let timing = Timing::default();
        let (longest, frame) = (talk.longest(), talk.frame());
        Self {
            job,
            contents,
            messaging,
            generation,
            protection,
            lrp,
            counts,
            as_it_comes,
            key,
            away,
            timing,
            longest,
            frame,
        }
    }

    /// What a step costs here, after which the conversation stands behind it.
    pub(crate) fn step(&mut self, step: &Step) -> StepCost {
        let mut cost = StepCost::default();
        match *step {
            Step::Select(level) => self.select(&mut cost, level),
            Step::Authenticate { slot, holder } => self.authenticate(&mut cost, slot, holder),
            Step::Format => self.talk(&mut cost, &FormatPicc),
            Step::DeleteApplication { application } => {
                let aid = self.job.profile()[application].aid;
                self.talk(&mut cost, &DeleteApplication::new(aid));
            }
            Step::ListNothing => self.talk(&mut cost, &GetApplicationIds),
            Step::CreateApplication { application, settings, in_sets } => {
                self.create_application(&mut cost, application, (settings, in_sets));
            }
            Step::CreateDelegated { application } => self.create_delegated(&mut cost, application),
            Step::DeleteDelegated { .. } => {
                if let Some(permit) = self.job.deletion_permit() {
                    self.talk(&mut cost, &DeleteDelegatedApplication::new(permit));
                }
            }
            Step::File { file, act } => self.file(&mut cost, file, act),
            Step::TransactionMac { application, act } => self.count(&mut cost, application, act),
            Step::WriteContents { application, ref files } => {
                self.write(&mut cost, application, files);
            }
            Step::ChangeKey { application, no, new, .. } => {
                let slot = Slot { level: Level::Application(application), no };
                let new = CardKey::zero(self.key_type(slot, new));
                self.talk(&mut cost, &ChangeKey::other(no, &new, &new));
            }
            Step::KeySet { application, act } => self.key_set(&mut cost, application, act),
            Step::ChangeOwnKey { slot, new } => {
                let new = CardKey::zero(self.key_type(slot, new));
                self.talk(&mut cost, &ChangeKey::own(slot.level != Level::Picc, slot.no, &new));
                self.end_session();
            }
            Step::ChangeSettings { settings, .. } => {
                self.talk(&mut cost, &ChangeKeySettings::new(settings));
            }
            Step::StartKey { .. } => self.start_key(&mut cost),
            Step::CheckUid => self.talk(&mut cost, &GetCardUid),
            Step::SeeOwnKey { .. } => {
                self.measure(&mut cost, &GetKeyVersion::new(KeyNo::MASTER), 1, 0);
            }
            Step::Look(Level::Application(at)) if self.job.task().makes_blank() => {
                self.look_at_what_was_brought_back(&mut cost, at);
            }
            Step::Look(level) => self.look(&mut cost, level),
            Step::Configure(set) => self.configure(&mut cost, set),
            Step::WatchSeal { application } => {
                self.talk(&mut cost, &commands::watch_seal(&self.job.profile()[application]));
            }
            Step::Tell(setting) | Step::TellAgain(setting) => self.tell(&mut cost, setting),
            Step::LegacyOff { .. } => self.talk(&mut cost, &commands::legacy_off()),
            Step::TryLegacy => self.try_legacy(&mut cost),
            Step::RenameFile { file } => self.rename_file(&mut cost, file),
            Step::SeeNumbers { application } => self.see_numbers(&mut cost, application),
            Step::Rename { application } => self.rename(&mut cost, application),
            Step::SwitchToLrp { .. } => self.switch_to_lrp(&mut cost),
        }
        cost
    }

    fn key_set(&mut self, cost: &mut StepCost, at: AppRef, act: KeySetAct) {
        let profile = self.job.profile();
        match act {
            KeySetAct::Initialize => self.talk(cost, &commands::initialize_set(&profile[at])),
            KeySetAct::ChangeKey(no) => {
                let new = CardKey::zero_aes();
                self.checked(cost, commands::change_key_of_set(no, &new, &new));
            }
            KeySetAct::Finalize => {
                if let Some(finalize) = commands::finalize_set(profile, at) {
                    self.talk(cost, &finalize);
                }
            }
            KeySetAct::See => self.see_key_set(cost, at),
            KeySetAct::Roll => {
                self.talk(cost, &commands::roll_set());
                self.end_session();
            }
        }
    }

    fn see_key_set(&self, cost: &mut StepCost, at: AppRef) {
        let spec = &self.job.profile()[at];
        let count = spec.key_sets.map_or(0, |sets| usize::from(sets.count));
        self.measure(cost, &GetKeySetVersions, count, 0);
        for no in spec.own_slots() {
            self.measure(cost, &GetKeyVersion::of_set(KeySetNo::FIRST, no), 1, 0);
        }
    }

    fn create_application(&self, cost: &mut StepCost, at: AppRef, made: (KeySettings, bool)) {
        let profile = self.job.profile();
        self.checked(cost, commands::create_application(profile, at, made));
        cost.memory = profile[at].own_memory(self.generation.silicon()).into();
    }

    /// What the slot is given is the card's cost, and what comes into it is none any more.
    fn create_delegated(&self, cost: &mut StepCost, at: AppRef) {
        if let Some(permit) = self.job.permit() {
            self.talk(cost, &CreateDelegatedApplication::new(permit));
        }
        let quota = self.job.profile()[at].delegation.map_or(0, |delegation| delegation.quota);
        cost.memory = i64::from(quota).saturating_mul(BLOCK);
    }

    fn count(&mut self, cost: &mut StepCost, at: AppRef, act: TransactionMacAct) {
        match act {
            TransactionMacAct::Delete => self.delete_transaction_mac(cost, at),
            TransactionMacAct::Create => self.create_transaction_mac(cost, at),
            TransactionMacAct::Limit => {
                let limit = commands::limit_transactions(&self.job.profile()[at], self.key);
                limit.into_iter().for_each(|limit| self.checked(cost, limit));
            }
        }
    }

    fn delete_transaction_mac(&mut self, cost: &mut StepCost, at: AppRef) {
        if let Some(mac) = self.job.profile()[at].transaction_mac {
            self.talk(cost, &DeleteFile::new(mac.no));
            self.counts[at] = false;
        }
    }

    /// As long whatever its key and settings.
    fn create_transaction_mac(&mut self, cost: &mut StepCost, at: AppRef) {
        let profile = self.job.profile();
        if let Some((no, _, settings)) = profile[at].keyed_transaction_mac() {
            let key = CardKey::zero(KeyType::Aes);
            self.checked(cost, CreateTransactionMacFile::new(no, &settings, &key));
            let delegated = profile[at].delegation.is_some();
            cost.memory = if delegated { 0 } else { profile.layout().counter_memory().into() };
        } else if let Some(made) = self.job.made_transaction_mac(at) {
            self.checked(cost, commands::create_transaction_mac(made));
        }
        self.counts[at] = true;
    }

    fn switch_to_lrp(&mut self, cost: &mut StepCost) {
        self.talk(cost, &ConfigureTag::lrp());
        self.end_session();
        self.lrp = true;
    }

    fn rename_file(&self, cost: &mut StepCost, file: FileRef) {
        if let Some(rename) = commands::rename_file(&self.job.profile()[file]) {
            self.talk(cost, &rename);
        }
    }

    fn see_numbers(&self, cost: &mut StepCost, at: AppRef) {
        let counter = usize::from(self.counts[at]);
        let files = self.job.profile()[at].files.len().saturating_add(counter);
        self.measure(cost, &GetFileIds, files, 0);
    }

    fn start_key(&self, cost: &mut StepCost) {
        let applications = self.job.profile().applications();
        let key_type = applications.first().map_or(KeyType::Des, |spec| spec.key_type);
        self.talk(cost, &SetConfiguration::default_key(&CardKey::zero(key_type)));
    }

    fn rename(&mut self, cost: &mut StepCost, at: AppRef) {
        if let Some(rename) = commands::rename(&self.job.profile()[at]) {
            self.talk(cost, &rename);
        }
        self.as_it_comes = false;
    }

    fn select(&mut self, cost: &mut StepCost, level: Level) {
        self.end_session();
        match self.job.door(level, self.as_it_comes) {
            Door::Aid(aid) => self.talk(cost, &SelectApplication::new(aid)),
            // As long as a card takes to select in its own way.
            Door::Name(name) => {
                let effort = Effort::start(Ins::SelectApplication);
                self.exchange(cost, select_name_lengths(&name), &effort);
            }
        }
    }

    /// An authentication that the card refuses, between two selections.
    fn tell(&self, cost: &mut StepCost, setting: CardSetting) {
        let told = self.job.profile().card().map(|card| &card.told);
        if let Some(command) = told.and_then(|told| commands::tell(told, setting)) {
            self.talk(cost, &command);
        }
    }

    fn configure(&self, cost: &mut StepCost, set: PiccConfiguration) {
        if let Some(card) = self.job.profile().card() {
            self.talk(cost, &commands::for_good(card, set));
        }
    }

    fn try_legacy(&mut self, cost: &mut StepCost) {
        self.select(cost, Level::Picc);
        let opening = Opening::of(KeyType::Aes, Messaging::Ev1);
        let [(sent, _), _] = Protection::opening(opening, KeyType::Aes, false);
        self.exchange(cost, (sent, REFUSED), &Effort::start(opening.ins()));
        self.select(cost, Level::Picc);
    }

    fn look(&self, cost: &mut StepCost, level: Level) {
        let knows = |ins| self.generation.silicon().has(ins);
        if knows(Ins::GetKeySettings) {
            self.measure(cost, &GetKeySettings, self.key_settings(level), 0);
        }
        let Level::Application(at) = level else { return };
        let spec = &self.job.profile()[at];
        if knows(Ins::GetFileIds) {
            let counter = usize::from(self.counts[at]);
            self.measure(cost, &GetFileIds, spec.files.len().saturating_add(counter), 0);
        }
        for file in &spec.files {
            self.file_settings(cost, file.no, &file.settings);
        }
        if spec.seal.is_some() {
            self.measure(cost, &GetTtStatus, 2, 0);
        }
        for no in spec.own_slots().filter(|no| *no != KeyNo::MASTER) {
            self.measure(cost, &GetKeyVersion::new(no), 1, 0);
        }
    }

    /// How long the settings of keys are: with five bytes more of an application in key sets.
    fn key_settings(&self, level: Level) -> usize {
        let in_sets = |at: AppRef| self.job.profile()[at].key_sets.is_some();
        let has_sets = self.generation.silicon().has(Ins::InitializeKeySet);
        match level {
            Level::Application(at) if has_sets && in_sets(at) => 7,
            Level::Application(_) | Level::Picc => 2,
        }
    }

    fn file_settings(&self, cost: &mut StepCost, no: FileNo, settings: &FileSettings) {
        let sdm = settings.sdm.map_or(0, |sdm| sdm.encode().len());
        let further = settings.further.encode().count();
        let length = settings.kind.report_length().saturating_add(sdm).saturating_add(further);
        self.measure(cost, &GetFileSettings::new(no), length, 0);
    }

    /// All files as they come, each with the key that reads it.
    fn look_at_what_was_brought_back(&mut self, cost: &mut StepCost, at: AppRef) {
        if self.generation.silicon().has(Ins::GetKeySettings) {
            self.measure(cost, &GetKeySettings, 2, 0);
        }
        let job = self.job;
        if let Some(mac) = job.made_transaction_mac(at) {
            let files = job.profile()[at].files.len().saturating_add(1);
            self.measure(cost, &GetFileIds, files, 0);
            self.measure(cost, &GetFileSettings::new(mac.number), 6, 0);
            let file = commands::transaction_mac(mac);
            self.read_as_it_comes(cost, at, (mac.number, *file.settings()), 12);
        }
        for (file, _) in job.profile().each_file(at) {
            let Some(made) = job.made(file) else { continue };
            self.file_settings(cost, made.number, &made.settings);
            let length = commands::as_it_comes(made).len();
            self.read_as_it_comes(cost, at, (made.number, made.settings), length);
        }
    }

    /// A file with the zero key that reads it; how many records there are shows without.
    fn read_as_it_comes(
        &mut self,
        cost: &mut StepCost,
        at: AppRef,
        (number, settings): (FileNo, FileSettings),
        length: usize,
    ) {
        if settings.kind.records().is_some() {
            return;
        }
        let no = rights::reader(&self.job.profile()[at], &settings);
        if self.key != Some(no) {
            let slot = Slot { level: Level::Application(at), no };
            self.authenticate(cost, slot, Holder::Transport(0));
        }
        self.read(cost, (number, settings), length);
    }

    fn end_session(&mut self) {
        self.protection = Protection::Bare;
        self.key = None;
    }

    fn key_type(&self, slot: Slot, holder: Holder) -> KeyType {
        self.job.key_type(slot, holder).unwrap_or(KeyType::Aes)
    }

    fn authenticate(&mut self, cost: &mut StepCost, slot: Slot, holder: Holder) {
        let key_type = self.key_type(slot, holder);
        let opening = self
            .protection
            .next_opening(Opening::of(key_type, self.job.messaging_at(slot.level, self.messaging)));
        let [first, proof] = Protection::opening(opening, key_type, self.lrp);
        let effort = Effort::start(opening.ins());
        self.exchange(cost, first, &effort);
        self.exchange(cost, proof, &Effort { part: second(opening), ..effort });
        self.protection = Protection::of(opening, key_type);
        self.key = Some(slot.no);
    }

    /// What comes into a file; nothing where the job brings no contents.
    fn contents(&self, file: FileRef) -> &'a [u8] {
        self.contents.map_or(&[], |contents| contents.of(file))
    }

    fn file(&self, cost: &mut StepCost, file: FileRef, act: FileAct) {
        let (spec, contents) = (&self.job.profile()[file], self.contents(file));
        let settled = commands::settled(spec);
        match act {
            FileAct::Create => {
                self.talk(cost, &commands::create_file(spec, contents));
                let delegated = self.job.profile()[file.application()].delegation.is_some();
                cost.memory = if delegated { 0 } else { spec.memory().into() };
            }
            FileAct::Delete => self.talk(cost, &commands::delete_file(spec)),
            FileAct::ClearRecords => {
                self.checked(cost, ClearRecordFile::new(&settled, self.key));
                self.commit(cost, file.application());
            }
            FileAct::AppendRecords => {
                let first = self.on_chip(spec.no, rights::at_first(spec));
                for record in commands::append(&first, contents, self.key) {
                    self.written(cost, record);
                    self.commit(cost, file.application());
                }
            }
            FileAct::SetValue => {
                self.checked(cost, GetValue::new(&settled, self.key));
                let away = self.away.iter().find(|away| away.file == file);
                for _ in 0..away.map_or(1, |away| away.commands) {
                    self.checked(cost, ChangeValue::credit(&settled, 0, self.key));
                }
                self.commit(cost, file.application());
            }
            FileAct::Limit => {
                if let Some(limit) = commands::limit_file(spec.no, spec, contents) {
                    self.talk(cost, &limit);
                }
            }
            FileAct::Ready { from } => {
                self.checked(cost, commands::ready_file((spec.no, spec), from, self.key));
            }
            FileAct::Settle { from } => {
                self.checked(cost, commands::settle_file((spec.no, spec), from, self.key));
            }
            FileAct::ReadBack => self.read(cost, (spec.no, spec.settings), contents.len()),
            FileAct::Take { .. } | FileAct::Empty { .. } | FileAct::Return => {
                if let Some(made) = self.job.made(file) {
                    self.back(cost, file.application(), made, act);
                }
            }
        }
    }

    /// What brings a file back to what it is as it comes.
    fn back(&self, cost: &mut StepCost, at: AppRef, made: &FixedFile, act: FileAct) {
        match act {
            FileAct::Take { from } => {
                self.checked(cost, commands::take_file(made.number, from, self.key));
            }
            FileAct::Return => {
                self.checked(cost, commands::return_file((made.number, made), self.key));
            }
            FileAct::Empty { kind } => self.empty(cost, at, made, kind),
            FileAct::Create
            | FileAct::Delete
            | FileAct::ClearRecords
            | FileAct::AppendRecords
            | FileAct::SetValue
            | FileAct::Limit
            | FileAct::Ready { .. }
            | FileAct::Settle { .. }
            | FileAct::ReadBack => {}
        }
    }

    fn empty(&self, cost: &mut StepCost, at: AppRef, made: &FixedFile, kind: FileKind) {
        let settings = rights::while_emptied(kind);
        let file = self.on_chip(made.number, settings);
        match kind {
            FileKind::Standard { .. } | FileKind::Backup { .. } => {
                self.pieces(cost, (made.number, settings), &commands::as_it_comes(made));
            }
            FileKind::LinearRecord(_) | FileKind::CyclicRecord(_) => {
                self.checked(cost, ClearRecordFile::new(&file, self.key));
                self.commit(cost, at);
            }
            FileKind::Value(limits) => {
                self.checked(cost, GetValue::new(&file, self.key));
                for _ in commands::value_stops(limits) {
                    self.checked(cost, ChangeValue::credit(&file, 0, self.key));
                    self.commit(cost, at);
                }
            }
        }
    }

    fn read(&self, cost: &mut StepCost, (no, settings): (FileNo, FileSettings), length: usize) {
        let told = u32::try_from(length).unwrap_or(u32::MAX);
        match commands::read(&self.on_chip(no, settings), told, self.key) {
            Ok(Read::Value(command)) => self.talk(cost, &command),
            Ok(Read::Data(pieces)) => pieces.iter().for_each(|piece| self.talk(cost, piece)),
            Ok(Read::Records(command)) => self.measure(cost, &command, length, 0),
            Err(_) => {}
        }
    }

    fn write(&self, cost: &mut StepCost, at: AppRef, files: &[FileRef]) {
        let mut commits = false;
        for &file in files {
            let spec = &self.job.profile()[file];
            self.pieces(cost, (spec.no, rights::at_first(spec)), self.contents(file));
            commits |= spec.settings.kind.is_transactional();
        }
        if commits {
            self.commit(cost, at);
        }
    }

    /// The commands that write contents into a file of these settings.
    fn pieces(&self, cost: &mut StepCost, (no, settings): (FileNo, FileSettings), contents: &[u8]) {
        let pieces = commands::write(&self.on_chip(no, settings), contents, self.key);
        pieces.unwrap_or_default().into_iter().for_each(|piece| self.written(cost, Ok(piece)));
    }

    fn on_chip(&self, no: FileNo, settings: FileSettings) -> File {
        let on = (Some(self.generation.silicon()), self.protection);
        File::on(on, no, settings).through(self.longest).in_frames_of(self.frame)
    }

    fn commit(&self, cost: &mut StepCost, at: AppRef) {
        let Commits { counts, reader } = Commits::of(&self.job.profile()[at], self.counts[at]);
        if let Some(reader) = reader {
            self.talk(cost, &CommitReaderId::new(reader, true));
        }
        match counts {
            true => self.talk(cost, &CommitWithMac),
            false => self.talk(cost, &EndTransaction::commit()),
        }
    }

    /// A command that nothing is known against.
    fn talk<C: Command>(&self, cost: &mut StepCost, command: &C) {
        self.measure(cost, command, 0, 0);
    }

    /// A command, unless it makes no sense: nothing is sent then.
    fn checked<C: Command>(&self, cost: &mut StepCost, command: Result<C, Misuse>) {
        if let Ok(command) = command {
            self.talk(cost, &command);
        }
    }

    /// A command whose data are contents.
    fn written<C: Command>(&self, cost: &mut StepCost, command: Result<C, Misuse>) {
        if let Ok(command) = command {
            self.measure(cost, &command, 0, command.data().length());
        }
    }

    /// A command that brings so many bytes, where the host does not tell how much it wants, and
    /// writes so many bytes of contents.
    fn measure<C: Command>(
        &self,
        cost: &mut StepCost,
        command: &C,
        expected: usize,
        written: usize,
    ) {
        let ins = command.rule().ins;
        let apdus = cut::apdus(self.protection, (self.generation, self.frame), command, expected);
        let commands = apdus.iter().filter(|(sent, _)| *sent > 5).count().max(1);
        for (at, apdu) in apdus.into_iter().enumerate() {
            let part = if at == 0 { Part::Start } else { Part::Frame };
            let done = at + 1 == commands;
            let written = if done { written } else { 0 };
            self.exchange(cost, apdu, &Effort { ins, part, done, written });
        }
    }

    fn exchange(&self, cost: &mut StepCost, (sent, received): (usize, usize), effort: &Effort) {
        cost.exchange(&self.timing, sent, received, effort);
    }
}

/// A quota is counted in blocks of so many bytes.
const BLOCK: i64 = 32;
/// The bytes of a refusal: its status.
const REFUSED: usize = 2;
