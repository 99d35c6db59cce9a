// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card itself: all that it remembers but for the chain of frames that it is in.

use core::time::Duration;

use zeroize::Zeroizing;

use crate::iso14443::{Ats, RealUid, Uid};
use crate::secret::wipe_stack;
use crate::wire::{Generation, Ins, Messaging, Status};

use super::application::Application;
use super::behaviour::{Behaviour, Candidate, Reauthentication};
use super::channel::Session;
use super::failures::FailureLimit;
use super::grant::Grant;
use super::iso::state::IsoState;
use super::keys::KeyRing;
use super::memory::Memory;
use super::model::Model;
use super::nonces::Nonces;
use super::power::Power;
use super::proximity::Proximity;
use super::sdm::Runs;
use super::seal::SealWire;
use super::signature::Signature;
use super::state::{self, StateError};
use super::transaction_mac::TransactionMac;

/// All that a card remembers, in the field and out of it.
#[derive(Clone)]
pub(super) struct Card {
    model: Model,
    uid: RealUid,
    /// The random UID of this time in the field.
    shown: Option<Uid>,
    /// The number that an EV3 was told to show, this time in the field.
    number: Option<Uid>,
    /// What stands for the UID each time.
    fixed: Option<Uid>,
    /// How many bytes a frame to it has at most, this time in the field.
    frame: usize,
    pub(super) nonces: Nonces,
    /// Batch and week and year of production, as GetVersion tells them.
    pub(super) production: [u8; 7],
    pub(super) signature: Signature,
    pub(super) behaviour: Behaviour,
    pub(super) power: Power,
    pub(super) memory: Memory,
    /// Which application, counted in the memory; none at PICC level.
    pub(super) selected: Option<usize>,
    /// Whether one was selected just now.
    pub(super) entered: bool,
    pub(super) session: Option<Session>,
    pub(super) iso: IsoState,
    /// The check of how near the reader is, where one goes on.
    pub(super) proximity: Option<Proximity>,
    /// Which reads of files go on.
    pub(super) runs: Runs,
    /// Whether the wire of its seal is whole, where it has one.
    pub(super) wire: SealWire,
}

impl Card {
    pub(super) fn new(model: Model, uid: RealUid, seed: u64) -> Self {
        Self {
            model,
            uid,
            shown: None,
            number: None,
            fixed: None,
            frame: factory_ats(model).frame_size(),
            nonces: Nonces::new(seed),
            production: [0x20, 0x19, 0x05, 0x13, 0x40, 0x25, 0x24],
            signature: Signature::default(),
            behaviour: Behaviour::default(),
            power: Power::Steady,
            memory: Memory::new(model),
            selected: None,
            entered: false,
            session: None,
            iso: IsoState::default(),
            proximity: None,
            runs: Runs::default(),
            wire: SealWire::default(),
        }
    }

    pub(super) fn save(&self) -> Zeroizing<Vec<u8>> {
        state::save(&self.memory, &self.uid, self.production, &self.signature)
    }

    pub(super) fn restore(saved: &[u8], seed: u64) -> Result<Self, StateError> {
        let loaded = state::load(saved);
        wipe_stack();
        let (memory, uid, production, signature) = loaded?;
        let mut card = Self::new(memory.model(), uid, seed);
        (card.production, card.signature) = (production, signature);
        card.memory = memory;
        card.reset();
        Ok(card)
    }

    pub(super) const fn model(&self) -> Model {
        self.model
    }

    pub(super) const fn set_behaviour(&mut self, behaviour: Behaviour) {
        self.behaviour = behaviour;
    }

    pub(super) fn queue_random(&mut self, bytes: &[u8]) {
        self.nonces.queue(bytes);
    }

    /// Draws the random UID for the next time in the field. It begins with `08` (ISO/IEC 14443-3,
    /// 6.5.4), but with `80` on D40 and EV1 cards and on an EV3 that is told to.
    pub(super) fn randomize_uid(&mut self) {
        self.memory.configuration.picc.random_uid = true;
        let legacy = self.memory.configuration.uid_form.legacy;
        let usual = self.model.silicon().random_uid.first().copied();
        let first = usual.filter(|_| !legacy).unwrap_or(0x80);
        let mut drawn = [first; 4];
        if let Some(random) = drawn.get_mut(1..) {
            self.nonces.fill(random);
        }
        self.shown = Uid::from_bytes(&drawn).ok();
    }

    /// Shows other bytes than its own UID from now on.
    pub(super) fn show(&mut self, uid: Uid) {
        self.fixed = Some(uid);
    }

    /// The fixed number in place of the UID. Its first byte is none that a random one begins with.
    pub(super) fn number(&self) -> [u8; 4] {
        let [.., a, b, c, d] = *self.uid.expose();
        [a | 0x0F, b, c, d]
    }

    pub(super) fn uid(&self) -> Uid {
        let shown = self.shown.as_ref().or(self.number.as_ref()).or(self.fixed.as_ref());
        shown.cloned().unwrap_or_else(|| Uid::Real(self.uid.clone()))
    }

    pub(super) fn ats(&self) -> Ats {
        self.memory.configuration.ats.clone().unwrap_or_else(|| factory_ats(self.model))
    }

    pub(super) const fn real_uid(&self) -> &RealUid {
        &self.uid
    }

    /// The UID in GetVersion: zeros where a random one hides it.
    pub(super) fn version_uid(&self) -> [u8; 7] {
        if self.shown.is_some() { [0; 7] } else { *self.uid.expose() }
    }

    /// Leaves the field.
    pub(super) fn reset(&mut self) {
        self.end_session();
        self.selected = None;
        self.power = Power::Steady;
        self.iso.clear();
        self.runs.clear();
        self.proximity = None;
        self.memory.configuration.seal.watch(self.wire);
        self.frame = self.ats().frame_size();
        let numbered = self.memory.configuration.uid_form.number;
        self.number = Uid::from_bytes(&self.number()).ok().filter(|_| numbered);
        if self.memory.configuration.picc.random_uid {
            self.randomize_uid();
        }
    }

    /// How many bytes a frame to it has at most: what its ATS said when it was activated.
    pub(super) const fn frame(&self) -> usize {
        self.frame
    }

    /// What it tells of its capabilities in an authentication of EV2.
    pub(super) fn capabilities(&self) -> [u8; 6] {
        self.memory.configuration.capabilities()
    }

    /// An authentication with this key of the selected application begins, on a chip that counts those that
    /// fail: one with a fixed layout, and an EV3, which has the limits of their factory.
    ///
    /// # Errors
    /// `9D` where the key is blocked, `AD` where it has to wait.
    pub(super) fn try_key(&mut self, number: u8) -> Result<(), Status> {
        let limit = self.failure_limit();
        let key = self.keys_mut().key_mut(number);
        limit.zip(key).map_or(Ok(()), |(limit, key)| key.failures.begin(limit))
    }

    /// That authentication is proven.
    pub(super) fn prove_key(&mut self, number: u8) {
        let limit = self.failure_limit();
        if let Some((limit, key)) = limit.zip(self.keys_mut().key_mut(number)) {
            key.failures.prove(limit);
        }
    }

    fn failure_limit(&self) -> Option<FailureLimit> {
        let later = self.model.generation() == Generation::Ev3 && self.selected.is_some();
        let counts = !self.model.silicon().layout.is_free()
            || later && !self.follows(Candidate::UncountedFailures);
        counts.then(|| self.memory.configuration.failure_limit()).flatten()
    }

    /// How long it goes on after an application was selected.
    pub(super) fn transaction_timer(&self) -> Option<Duration> {
        let timed = self.model.generation() == Generation::Ev3 && self.selected.is_some();
        timed.then(|| self.memory.configuration.transaction_timer()).flatten()
    }

    /// Whether its messaging is LRP: for good, once it was told so.
    pub(super) fn in_lrp(&self) -> bool {
        !self.model.silicon().layout.is_free() && self.memory.configuration.is_lrp()
    }

    /// What it tells of its seal.
    pub(super) const fn seal_status(&self) -> [u8; 2] {
        self.memory.configuration.seal.status(self.wire)
    }

    /// Ends the session, if any, and drops what is pending in the selected application.
    pub(super) fn end_session(&mut self) -> Option<Session> {
        self.roll_back();
        self.session.take()
    }

    /// Ends the session, if any, for another one that may go on with what is pending.
    pub(super) fn leave_session(&mut self) -> Option<Session> {
        let keeps = match self.behaviour.reauthentication {
            Reauthentication::ByGeneration => self.model.silicon().speaks(Messaging::Ev2),
            Reauthentication::Drops => false,
            Reauthentication::Keeps => true,
        };
        if keeps { self.session.take() } else { self.end_session() }
    }

    /// Whether a session of the selected level can have this messaging.
    pub(super) fn speaks(&self, messaging: Messaging) -> bool {
        let silicon = self.model.silicon();
        match self.selected {
            None => silicon.speaks_at_picc(messaging),
            Some(_) => silicon.speaks(messaging),
        }
    }

    /// Whether this messaging was closed for good.
    pub(super) fn has_closed(&self, messaging: Messaging) -> bool {
        let closed = self.memory.configuration.closed();
        match messaging {
            Messaging::D40 => closed.d40,
            Messaging::Ev1 => closed.ev1,
            Messaging::Ev2 => false,
        }
    }

    /// The selected level must be one that has keys: a chip may have none above its applications.
    pub(super) fn require_keys(&self) -> Result<(), Status> {
        let has = self.selected.is_some() || self.model.silicon().picc.is_some();
        if has { Ok(()) } else { Err(Status::PermissionDenied) }
    }

    /// Whether the card follows this reading of others.
    pub(super) const fn follows(&self, candidate: Candidate) -> bool {
        self.behaviour.candidates.contains(candidate)
    }

    /// Whether it answers commands that are not wrapped into APDUs: DESFire Light and NTAG 424 DNA do not.
    pub(super) const fn takes_native_frames(&self) -> bool {
        self.model.silicon().layout.is_free() || self.follows(Candidate::NativeTag)
    }

    /// Whether the chip is a DESFire Light.
    pub(super) fn is_light(&self) -> bool {
        self.model.generation() == Generation::Light
    }

    /// Whether the chip is a DESFire from EV2 on, which has several sets of rights and of keys.
    pub(super) const fn has_sets(&self) -> bool {
        self.model.silicon().has(Ins::InitializeKeySet)
    }

    /// Whether the chip has transaction MAC files.
    pub(super) const fn has_transaction_macs(&self) -> bool {
        self.model.silicon().has(Ins::CommitReaderId)
    }

    /// Whether transactions of the selected application have a MAC.
    pub(super) fn counts_transactions(&self) -> bool {
        self.application().is_ok_and(|found| found.transaction_mac.is_some())
    }

    /// The transaction MAC file of the selected application, where it has this number.
    pub(super) fn transaction_mac(&self, number: u8) -> Option<&TransactionMac> {
        let mac = self.application().ok()?.transaction_mac.as_ref();
        mac.filter(|mac| mac.number == number)
    }

    /// There must be a transaction MAC left where they are counted.
    pub(super) fn require_transactions(&self) -> Result<(), Status> {
        let mac = self.application()?.transaction_mac.as_ref();
        let exhausted = mac.is_some_and(TransactionMac::is_exhausted);
        if exhausted { Err(Status::PermissionDenied) } else { Ok(()) }
    }

    /// Lets the transaction MAC go over a command and its data.
    pub(super) fn cover(&mut self, ins: Ins, header: &[u8], data: &[u8]) {
        let (session, uid) = (self.session.is_some(), *self.uid.expose());
        let Ok(application) = self.application_mut() else { return };
        let mac = application.transaction_mac.as_mut();
        if let Some(mac) = mac.filter(|mac| session || !mac.sessions_only) {
            mac.cover(&uid, &[&[ins.into()], header].concat(), data);
        }
    }

    /// Drops what is pending in the selected application.
    pub(super) fn roll_back(&mut self) {
        if let Ok(application) = self.application_mut() {
            application.roll_back();
        }
    }

    /// The keys of the selected level.
    pub(super) fn keys(&self) -> &KeyRing {
        self.application().map_or(&self.memory.master, |application| &application.keys)
    }

    pub(super) fn keys_mut(&mut self) -> &mut KeyRing {
        let application = self.selected.and_then(|at| self.memory.applications.get_mut(at));
        application.map_or(&mut self.memory.master, |application| &mut application.keys)
    }

    /// The selected application.
    pub(super) fn application(&self) -> Result<&Application, Status> {
        let application = self.selected.and_then(|at| self.memory.applications.get(at));
        application.ok_or(Status::PermissionDenied)
    }

    pub(super) fn application_mut(&mut self) -> Result<&mut Application, Status> {
        let application = self.selected.and_then(|at| self.memory.applications.get_mut(at));
        application.ok_or(Status::PermissionDenied)
    }

    /// Writes into a data file. Where the power fails, the pages written before it hold the new
    /// bytes, the others the old ones. A backup file's write only waits for its commit.
    pub(super) fn store(&mut self, number: u8, offset: usize, data: &[u8]) -> Result<(), Status> {
        let mut power = self.power;
        let file = self.application_mut()?.file_mut(number)?.data_mut()?;
        let kept = if file.is_backed_up() { data.len() } else { power.spend(offset, data.len()) };
        file.write(offset, data.get(..kept).unwrap_or(data));
        self.power = power;
        Ok(())
    }

    /// The key of the session.
    pub(super) fn authenticated(&self) -> Option<u8> {
        self.session.as_ref().map(|session| session.key)
    }

    /// The master key of the selected level must be authenticated.
    pub(super) fn require_master(&self) -> Result<Grant, Status> {
        self.require_master_unless(false)
    }

    pub(super) fn require_master_unless(&self, free: bool) -> Result<Grant, Status> {
        let master = self.authenticated() == Some(0);
        if free || master { Ok(Grant::MANAGE) } else { Err(Status::AuthenticationError) }
    }
}

fn factory_ats(model: Model) -> Ats {
    Ats::new(&model.silicon().factory.ats).unwrap_or_default()
}
