// SPDX-License-Identifier: MIT OR Apache-2.0
//! What each step of a plan costs: exchanges, bytes, card memory, time.
//!
//! Exchanges and bytes follow from the lengths of commands and replies and are exact, as long as a
//! card cuts its replies where cards are known to; times follow the model of [`crate::timing`].

use core::ops::AddAssign;
use core::time::Duration;

use serde::Serialize;

use super::attempt::Contents;
use super::job::Job;
use super::place::{Holder, Level, Slot};
use super::rights;
use super::step::{FileAct, Step};
use crate::host::{File, Protection, Talk};
use crate::timing::{BitRate, Effort, Part, Timing};
use crate::transport::Exchange;
use crate::wire::{CommMode, FileKind, Ins, KeyNo, KeyType, Messaging, NewFile, Opening};

/// What a step, or a whole plan, costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StepCost {
    /// Exchanges with the card.
    pub exchanges: u64,
    /// Bytes of command APDUs.
    pub sent: u64,
    /// Bytes of response APDUs, status words included.
    pub received: u64,
    /// Bytes of card memory that are taken (belief: the accounting of EV1 cards); less than zero
    /// where FormatPICC gives them back.
    pub memory: i64,
    /// How long it takes at 106, 212, 424 and 848 kbit/s: air, card, and 3 ms of reader for each
    /// exchange. In seconds where it is serialized.
    #[serde(serialize_with = "seconds")]
    pub time: [Duration; 4],
}

impl StepCost {
    /// What exchanges that were made, and changed nothing, cost.
    pub(crate) fn of_looking(exchanges: &[Exchange]) -> Self {
        let timing = Timing::default();
        let mut cost = Self::default();
        let mut command = Ins::AdditionalFrame;
        for exchange in exchanges {
            let ins = exchange.ins.map_or(command, Ins::from);
            let part = if ins == Ins::AdditionalFrame { continued(command) } else { Part::Start };
            if ins != Ins::AdditionalFrame {
                command = ins;
            }
            let effort = Effort { part, ..Effort::start(command) };
            cost.exchange(&timing, exchange.sent, exchange.received, &effort);
        }
        cost
    }

    fn exchange(&mut self, timing: &Timing, sent: usize, received: usize, effort: &Effort) {
        *self += Self {
            exchanges: 1,
            sent: u64::try_from(sent).unwrap_or(u64::MAX),
            received: u64::try_from(received).unwrap_or(u64::MAX),
            memory: 0,
            time: BitRate::ALL.map(|rate| timing.at(rate).exchange(sent, received, effort)),
        };
    }
}

/// What a continuation of a command is: the second half of an authentication, or a frame.
const fn continued(command: Ins) -> Part {
    if matches!(command, Ins::Authenticate | Ins::AuthenticateIso) {
        Part::Proof { aes: false }
    } else if matches!(
        command,
        Ins::AuthenticateAes | Ins::AuthenticateEv2First | Ins::AuthenticateEv2NonFirst
    ) {
        Part::Proof { aes: true }
    } else {
        Part::Frame
    }
}

fn seconds<S: serde::Serializer>(time: &[Duration; 4], to: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs_f64()).serialize(to)
}

impl AddAssign for StepCost {
    fn add_assign(&mut self, other: Self) {
        self.exchanges = self.exchanges.saturating_add(other.exchanges);
        self.sent = self.sent.saturating_add(other.sent);
        self.received = self.received.saturating_add(other.received);
        self.memory = self.memory.saturating_add(other.memory);
        for (time, more) in self.time.iter_mut().zip(other.time) {
            *time = time.saturating_add(more);
        }
    }
}

/// How many commands bring a value file to its value: one changes it by 2,147,483,647 at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Away {
    /// The application and the file.
    place: (usize, usize),
    commands: u8,
}

impl Away {
    /// For a file that was read and holds something else than it should.
    pub(crate) fn between(place: (usize, usize), found: &[u8], wanted: &[u8]) -> Self {
        let value = |bytes: &[u8]| bytes.try_into().map_or(0, i32::from_le_bytes);
        let distance = value(found).abs_diff(value(wanted));
        let commands = distance.div_ceil(i32::MAX.unsigned_abs());
        Self { place, commands: u8::try_from(commands).unwrap_or(u8::MAX) }
    }
}

/// Follows a conversation step by step without having it.
pub(crate) struct Estimate<'a> {
    job: &'a Job,
    contents: &'a Contents,
    messaging: Messaging,
    protection: Protection,
    key: Option<KeyNo>,
    away: &'a [Away],
    timing: Timing,
}

impl<'a> Estimate<'a> {
    /// For a conversation in which a key has authenticated by some opening, or none.
    pub(crate) fn new(
        job: &'a Job,
        contents: &'a Contents,
        messaging: Messaging,
        authenticated: Option<(KeyNo, Opening, KeyType)>,
        away: &'a [Away],
    ) -> Self {
        let protection = authenticated
            .map_or(Protection::Bare, |(_, opening, key)| Protection::of(opening, key));
        let key = authenticated.map(|(no, ..)| no);
        Self { job, contents, messaging, protection, key, away, timing: Timing::default() }
    }

    /// What a step costs here, after which the conversation stands behind it.
    pub(crate) fn step(&mut self, step: &Step) -> StepCost {
        let mut cost = StepCost::default();
        match *step {
            Step::Select(_) => {
                self.end_session();
                self.talk(&mut cost, Talk::new(Ins::SelectApplication, 3), 0);
            }
            Step::Authenticate { slot, holder } => self.authenticate(&mut cost, slot, holder),
            Step::Format => self.talk(&mut cost, Talk::new(Ins::FormatPicc, 0), 0),
            Step::ListNothing => self.talk(&mut cost, Talk::new(Ins::GetApplicationIds, 0), 0),
            Step::CreateApplication { application, .. } => {
                let spec = self.job.profile().applications().get(application);
                let name = spec.and_then(|spec| spec.iso.as_ref()).map_or(0, |iso| {
                    iso.name.as_ref().map_or(0, |name| name.as_bytes().len()).saturating_add(2)
                });
                self.talk(&mut cost, Talk::new(Ins::CreateApplication, 5 + name), 0);
                cost.memory = spec.map_or(0, |spec| spec.own_memory().into());
            }
            Step::File { application, file, act } => {
                self.file(&mut cost, (application, file), act);
            }
            Step::WriteContents { application, ref files } => {
                self.write(&mut cost, application, files);
            }
            Step::ChangeKey { application, no, .. } => {
                let slot = Slot { level: Level::Application(application), no };
                self.change_key(&mut cost, slot, Holder::Own, false);
            }
            Step::ChangeOwnKey { slot, new } => {
                self.change_key(&mut cost, slot, new, true);
                self.end_session();
            }
            Step::ChangeSettings { .. } => {
                let talk = Talk { data: 1, ..Talk::new(Ins::ChangeKeySettings, 0) };
                self.talk(&mut cost, talk, 0);
            }
            Step::Configure(_) => {
                let talk = Talk { data: 1, ..Talk::new(Ins::SetConfiguration, 1) };
                self.talk(&mut cost, talk, 0);
            }
        }
        cost
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
        let opening = Opening::of(key_type, self.messaging);
        let opening = match opening {
            Opening::Ev2First if self.protection == Protection::Ev2 => Opening::Ev2NonFirst,
            opening => opening,
        };
        let nonce = if key_type == KeyType::Des { 8 } else { 16 };
        let (header, proof) = match opening {
            Opening::Legacy | Opening::Iso | Opening::Aes | Opening::Ev2NonFirst => (1, nonce),
            Opening::Ev2First => (2, 2 * nonce),
        };
        let ins = opening.ins();
        let aes = key_type == KeyType::Aes;
        let first = Effort::start(ins);
        let second = Effort { part: Part::Proof { aes }, ..first };
        self.exchange(cost, header + 6, nonce + 2, &first);
        self.exchange(cost, 2 * nonce + 6, proof + 2, &second);
        self.protection = Protection::of(opening, key_type);
        self.key = Some(slot.no);
    }

    /// The new key, for AES its version, and for another key than the session's own what proves
    /// the old one.
    fn change_key(&self, cost: &mut StepCost, slot: Slot, new: Holder, own: bool) {
        let key_type = self.key_type(slot, new);
        let proof = match (own, self.protection) {
            (true, _) => 0,
            (false, Protection::D40) => 2,
            (false, Protection::Bare | Protection::Ev1 { .. } | Protection::Ev2) => 4,
        };
        let data = key_type.length() + usize::from(key_type == KeyType::Aes) + proof;
        let talk = Talk { data, bare_reply: own, ..Talk::new(Ins::ChangeKey, 1) };
        self.talk(cost, talk, 0);
    }

    fn file(&self, cost: &mut StepCost, (application, file): (usize, usize), act: FileAct) {
        let spec = self.job.profile().applications().get(application);
        let Some(spec) = spec.and_then(|spec| spec.files.get(file)) else { return };
        let length = self.contents.of(application, file).len();
        let at_first = File::declared(spec.no, rights::at_first(spec));
        let settled = File::declared(spec.no, spec.settings);
        match act {
            FileAct::Create => {
                let new = NewFile { iso_id: spec.iso_id, ..NewFile::new(rights::at_first(spec)) };
                let header = new.encode().len().saturating_add(1);
                self.talk(cost, Talk::new(spec.settings.kind.file_type().ins(), header), 0);
                cost.memory = spec.memory().into();
            }
            FileAct::Delete => self.talk(cost, Talk::new(Ins::DeleteFile, 1), 0),
            FileAct::ClearRecords => {
                self.talk(cost, Talk::new(Ins::ClearRecordFile, 1), 0);
                self.commit(cost);
            }
            FileAct::AppendRecords => {
                let size = spec.settings.kind.records().map_or(length, |layout| {
                    usize::try_from(layout.size.bytes()).unwrap_or(usize::MAX)
                });
                let mode = at_first.write_mode(self.key).unwrap_or(CommMode::Plain);
                for _ in 0..length.checked_div(size).unwrap_or_default() {
                    let talk = Talk { data: size, file: mode, ..Talk::new(Ins::WriteRecord, 7) };
                    self.talk(cost, talk, size);
                    self.commit(cost);
                }
            }
            FileAct::SetValue => {
                let mode = settled.credit_mode(self.key).unwrap_or(CommMode::Plain);
                let get = Talk { reply: 4, file: mode, ..Talk::new(Ins::GetValue, 1) };
                self.talk(cost, get, 0);
                let credit = Talk { data: 4, file: mode, ..Talk::new(Ins::Credit, 1) };
                let away = self.away.iter().find(|away| away.place == (application, file));
                let commands = away.map_or(1, |away| away.commands);
                for _ in 0..commands {
                    self.talk(cost, credit, 0);
                }
                self.commit(cost);
            }
            FileAct::Settle { from } => {
                let from = File::declared(spec.no, from);
                let mode = from.change_mode(self.key).unwrap_or(CommMode::Plain);
                let talk = Talk { data: 3, file: mode, ..Talk::new(Ins::ChangeFileSettings, 1) };
                self.talk(cost, talk, 0);
            }
            FileAct::ReadBack => {
                let (ins, header, mode) = match spec.settings.kind {
                    FileKind::Value(_) => (Ins::GetValue, 1, settled.value_mode(self.key)),
                    FileKind::LinearRecord(_) | FileKind::CyclicRecord(_) => {
                        (Ins::ReadRecords, 7, settled.read_mode(self.key))
                    }
                    FileKind::Standard { .. } | FileKind::Backup { .. } => {
                        (Ins::ReadData, 7, settled.read_mode(self.key))
                    }
                };
                let file = mode.unwrap_or(CommMode::Plain);
                self.talk(cost, Talk { reply: length, file, ..Talk::new(ins, header) }, 0);
            }
        }
    }

    fn write(&self, cost: &mut StepCost, application: usize, files: &[usize]) {
        let spec = self.job.profile().applications().get(application);
        let mut commits = false;
        for &index in files {
            let Some(file) = spec.and_then(|spec| spec.files.get(index)) else { continue };
            let declared = File::declared(file.no, rights::at_first(file));
            let mode = declared.write_mode(self.key).unwrap_or(CommMode::Plain);
            let data = self.contents.of(application, index).len();
            self.talk(cost, Talk { data, file: mode, ..Talk::new(Ins::WriteData, 7) }, data);
            commits |= file.settings.kind.is_transactional();
        }
        if commits {
            self.commit(cost);
        }
    }

    fn commit(&self, cost: &mut StepCost) {
        self.talk(cost, Talk::new(Ins::CommitTransaction, 0), 0);
    }

    /// A command that writes so many bytes of contents.
    fn talk(&self, cost: &mut StepCost, talk: Talk, written: usize) {
        let apdus = talk.apdus(self.protection);
        let commands = apdus.iter().filter(|(sent, _)| *sent > 5).count().max(1);
        for (at, (sent, received)) in apdus.into_iter().enumerate() {
            let part = if at == 0 { Part::Start } else { Part::Frame };
            let done = at + 1 == commands;
            let written = if done { written } else { 0 };
            self.exchange(cost, sent, received, &Effort { ins: talk.ins, part, done, written });
        }
    }

    fn exchange(&self, cost: &mut StepCost, sent: usize, received: usize, effort: &Effort) {
        cost.exchange(&self.timing, sent, received, effort);
    }
}
