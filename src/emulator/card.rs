// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card itself: what it remembers, and the way of a frame through it.
//!
//! A command passes the checks in this order: known, length, interrupted chain, level, existence,
//! rights, protection, values. The first that fails is the answer.

use core::mem;

use zeroize::{Zeroize, Zeroizing};

use crate::iso7816::{Command, StatusWord};
use crate::iso14443::{Ats, RealUid, Uid};
use crate::timing::{Effort, Part};
use crate::transport::ReplyBuf;
use crate::wire::{CommMode, Generation, Ins, Status};

use super::application::Application;
use super::auth::Handshake;
use super::behaviour::{Behaviour, D40Error, Interruption, StrayFrame};
use super::channel::{Channel, Session, Shape};
use super::frames::{Frame, Framing, Reply, finish, lead, wrapped};
use super::iso::{self, IsoState};
use super::keys::KeyRing;
use super::memory::Memory;
use super::model::Model;
use super::nonces::Nonces;
use super::power::Power;
use super::rules::{Action, Execute, Grant, Level, Mode, Rule, Size, rule};
use super::state::{self, StateError};

/// All that a card remembers, in the field and out of it.
#[derive(Clone)]
pub(super) struct Card {
    model: Model,
    uid: RealUid,
    shown: Option<Uid>,
    pub(super) nonces: Nonces,
    /// Batch and week and year of production, as GetVersion tells them.
    pub(super) production: [u8; 7],
    pub(super) behaviour: Behaviour,
    pub(super) power: Power,
    pub(super) memory: Memory,
    /// Which application, counted in the memory; none at PICC level.
    pub(super) selected: Option<usize>,
    pub(super) session: Option<Session>,
    pub(super) iso: IsoState,
    framing: Option<Framing>,
    pending: Pending,
    body: Zeroizing<Vec<u8>>,
    reply: Reply,
}

/// What AdditionalFrame would continue.
#[derive(Clone)]
enum Pending {
    Nothing,
    /// The rest of a command.
    Command(&'static Rule),
    /// The rest of a reply.
    Reply(Ins),
    /// The second half of an authentication.
    Proof(Ins, Box<Handshake>),
}

impl Card {
    pub(super) fn new(model: Model, uid: RealUid, seed: u64) -> Self {
        Self {
            model,
            uid,
            shown: None,
            nonces: Nonces::new(seed),
            production: [0x20, 0x19, 0x05, 0x13, 0x40, 0x25, 0x24],
            behaviour: Behaviour::default(),
            power: Power::Steady,
            memory: Memory::new(model),
            selected: None,
            session: None,
            iso: IsoState::default(),
            framing: None,
            pending: Pending::Nothing,
            body: Zeroizing::new(Vec::with_capacity(256)),
            reply: Reply::default(),
        }
    }

    pub(super) fn save(&self) -> Zeroizing<Vec<u8>> {
        state::save(&self.memory, &self.uid, self.production)
    }

    pub(super) fn restore(saved: &[u8], seed: u64) -> Result<Self, StateError> {
        let (memory, uid, production) = state::load(saved)?;
        let mut card = Self::new(memory.model(), uid, seed);
        card.production = production;
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

    /// Draws the random UID for the next time in the field (ISO/IEC 14443-3, 6.5.4).
    pub(super) fn randomize_uid(&mut self) {
        self.memory.configuration.picc.random_uid = true;
        let mut drawn = [0x08; 4];
        if let Some(random) = drawn.get_mut(1..) {
            self.nonces.fill(random);
        }
        self.shown = Uid::from_bytes(&drawn).ok();
    }

    pub(super) fn uid(&self) -> Uid {
        self.shown.clone().unwrap_or_else(|| Uid::Real(self.uid.clone()))
    }

    pub(super) fn ats(&self) -> Ats {
        self.memory.configuration.ats.clone().unwrap_or_default()
    }

    pub(super) const fn real_uid(&self) -> &RealUid {
        &self.uid
    }

    /// The UID in GetVersion: zeros where it is hidden.
    pub(super) fn version_uid(&self) -> [u8; 7] {
        if self.shown.is_some() { [0; 7] } else { *self.uid.expose() }
    }

    /// Leaves the field.
    pub(super) fn reset(&mut self) {
        self.end_session();
        self.drop_chain();
        self.selected = None;
        self.framing = None;
        self.power = Power::Steady;
        self.iso.clear();
        if self.memory.configuration.picc.random_uid {
            self.randomize_uid();
        }
    }

    /// One command in, its answer over `out`.
    pub(super) fn answer(&mut self, bytes: &[u8], out: &mut ReplyBuf) -> Effort {
        out.clear();
        let sent = Framing::of(bytes);
        let framing = *self.framing.get_or_insert(sent);
        match (framing, sent) {
            (Framing::Native, Framing::Native) => match Frame::native(bytes) {
                Ok(frame) => {
                    let (status, effort) = self.run(&frame, framing, out);
                    lead(out, status);
                    effort
                }
                Err(status) => {
                    self.fail(NO_COMMAND, status);
                    lead(out, status);
                    Effort::start(NO_COMMAND)
                }
            },
            // A class byte is no instruction to a card that is talked to in native frames.
            (Framing::Native, Framing::Apdu) => {
                self.fail(NO_COMMAND, Status::IllegalCommand);
                lead(out, Status::IllegalCommand);
                Effort::start(NO_COMMAND)
            }
            (Framing::Apdu, _) => self.answer_apdu(bytes, out),
        }
    }

    fn answer_apdu(&mut self, apdu: &[u8], out: &mut ReplyBuf) -> Effort {
        let unwrapped = Command::decode(apdu).map_err(|_| StatusWord::WRONG_LENGTH);
        let framed = unwrapped.and_then(|command| match command.cla {
            0x00 if self.model.generation() > Generation::D40 => {
                self.drop_chain();
                Err(iso::answer(self, &command, out))
            }
            _ => Frame::unwrap(&command, self.behaviour.command_frame)
                .inspect_err(|_| self.fail(NO_COMMAND, Status::LengthError)),
        });
        match framed {
            Ok(frame) => {
                let (status, effort) = self.run(&frame, Framing::Apdu, out);
                finish(out, wrapped(status));
                effort
            }
            Err(word) => {
                finish(out, word);
                Effort::start(NO_COMMAND)
            }
        }
    }

    /// One native command.
    fn run(&mut self, frame: &Frame<'_>, framing: Framing, out: &mut ReplyBuf) -> (Status, Effort) {
        let mut effort = Effort::start(frame.ins);
        let status = match self.accept(frame, &mut effort) {
            Ok(()) => self.next_piece(framing, out),
            Err(status) => {
                self.fail(effort.ins, status);
                status
            }
        };
        (status, effort)
    }

    /// An ISO command was refused: an EV1 session ends, as with a native one.
    pub(super) fn fail_iso(&mut self) {
        self.fail(NO_COMMAND, Status::LengthError);
    }

    /// Sends what is ready; the status says whether something is to follow, in either direction.
    fn next_piece(&mut self, framing: Framing, out: &mut ReplyBuf) -> Status {
        self.reply.send(out, framing);
        if matches!(self.pending, Pending::Reply(_)) && self.reply.is_sent() {
            self.drop_chain();
        }
        match self.pending {
            Pending::Nothing => Status::Ok,
            Pending::Command(_) | Pending::Reply(_) | Pending::Proof(..) => Status::AdditionalFrame,
        }
    }

    fn accept(&mut self, frame: &Frame<'_>, effort: &mut Effort) -> Result<(), Status> {
        if frame.ins == Ins::AdditionalFrame {
            self.go_on(frame.parameters, effort)
        } else {
            self.begin(frame, effort)
        }
    }

    fn begin(&mut self, frame: &Frame<'_>, effort: &mut Effort) -> Result<(), Status> {
        let rule = rule(frame.ins, self.model.generation()).ok_or(Status::IllegalCommand)?;
        self.check_length(rule, frame.parameters.len())?;
        let interrupted = !matches!(self.pending, Pending::Nothing);
        self.drop_chain();
        if interrupted && self.behaviour.interruption == Interruption::Aborts {
            return Err(Status::CommandAborted);
        }
        self.body.extend_from_slice(frame.parameters);
        match rule.action {
            Action::Execute { .. } => self.advance(rule, effort),
            Action::Authenticate(flavour) => {
                let before = self.end_session();
                let keys = match self.selected {
                    None => Some(&self.memory.master),
                    Some(at) => self.memory.applications.get(at).map(|found| &found.keys),
                };
                let handshake = Handshake::open(
                    flavour,
                    &self.body,
                    keys.ok_or(Status::NoSuchKey)?,
                    before.as_ref(),
                    self.behaviour.halves,
                    &mut self.nonces,
                    &mut self.reply.data,
                )?;
                self.pending = Pending::Proof(rule.ins, Box::new(handshake));
                Ok(())
            }
        }
    }

    /// AdditionalFrame.
    fn go_on(&mut self, parameters: &[u8], effort: &mut Effort) -> Result<(), Status> {
        effort.part = Part::Frame;
        match mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Nothing => Err(match self.behaviour.stray_frame {
                StrayFrame::IllegalCommand => Status::IllegalCommand,
                StrayFrame::CommandAborted => Status::CommandAborted,
            }),
            Pending::Reply(ins) => {
                effort.ins = ins;
                self.pending = Pending::Reply(ins);
                if parameters.is_empty() { Ok(()) } else { Err(Status::LengthError) }
            }
            Pending::Command(rule) => {
                effort.ins = rule.ins;
                self.body.extend_from_slice(parameters);
                self.advance(rule, effort)
            }
            Pending::Proof(ins, handshake) => {
                effort.ins = ins;
                effort.part = Part::Proof { aes: handshake.is_aes() };
                self.drop_chain();
                self.body.extend_from_slice(parameters);
                let answer = &mut self.reply.data;
                let session = handshake.prove(&mut self.body, &mut self.nonces, answer)?;
                self.session = Some(session);
                self.pending = Pending::Reply(ins);
                Ok(())
            }
        }
    }

    /// Carries the command out if it is whole, or waits for the rest.
    fn advance(&mut self, rule: &'static Rule, effort: &mut Effort) -> Result<(), Status> {
        let Action::Execute { authorise, execute } = &rule.action else {
            return Err(Status::IllegalCommand);
        };
        self.check_level(rule.level)?;
        let grant = authorise(self, &self.body)?;
        let shape = match rule.size {
            Size::Exactly(header, data) => Shape { header, data, tail: 0 },
            Size::Depends(header) => Shape { header: header(self), data: 0, tail: 0 },
            Size::AtLeast(header) | Size::Chained(header) => {
                Shape { header, data: grant.data, tail: grant.tail }
            }
        };
        let expected = if grant.marked {
            shape.clear()
        } else {
            self.length_on_the_wire(rule.mode, shape, grant.file)
        };
        if matches!(rule.size, Size::Chained(_)) && self.body.len() < expected {
            self.pending = Pending::Command(rule);
            return Ok(());
        }
        self.compare_length(rule.mode, grant.file, expected, self.body.len())?;
        let mut body = mem::take(&mut self.body);
        let mut reply = mem::take(&mut self.reply);
        let outcome = self.carry_out(rule, &grant, shape, *execute, &mut body, &mut reply);
        self.body = body;
        self.reply = reply;
        outcome?;
        effort.done = true;
        effort.written = if rule.mode == Mode::FileWrite { shape.data } else { 0 };
        self.pending = Pending::Reply(rule.ins);
        Ok(())
    }

    /// Opens the command, acts, seals the reply.
    fn carry_out(
        &mut self,
        rule: &Rule,
        grant: &Grant,
        shape: Shape,
        execute: Execute,
        body: &mut [u8],
        reply: &mut Reply,
    ) -> Result<(), Status> {
        let messaging = rule.mode != Mode::Bare;
        let mut clear = shape.clear();
        if let Some(session) = self.session.as_mut().filter(|_| messaging) {
            let ins = rule.ins.into();
            if grant.marked {
                clear = session.channel.open_marked(ins, body, shape.header)?;
            } else {
                session.channel.open(ins, body, shape, rule.mode, grant.file)?;
            }
        }
        execute(self, body.get(..clear).unwrap_or_default(), reply)?;
        if reply.ends_session {
            self.session = None;
        }
        match self.session.as_mut().filter(|_| messaging) {
            Some(session) => session.channel.seal(reply, rule.mode, grant.file),
            None => Ok(()),
        }
    }

    /// The lengths that can be judged before anything else is known.
    fn check_length(&self, rule: &Rule, length: usize) -> Result<(), Status> {
        match rule.size {
            Size::AtLeast(header) | Size::Chained(header) if length < header => {
                Err(Status::LengthError)
            }
            Size::AtLeast(_) | Size::Chained(_) => Ok(()),
            // Without a session nobody knows how long a cryptogram should be.
            Size::Exactly(..) if rule.mode == Mode::Full && self.session.is_none() => Ok(()),
            Size::Exactly(header, data) => self.check_fixed(rule, header, data, length),
            Size::Depends(header) => self.check_fixed(rule, header(self), 0, length),
        }
    }

    fn check_fixed(
        &self,
        rule: &Rule,
        header: usize,
        data: usize,
        length: usize,
    ) -> Result<(), Status> {
        let shape = Shape { header, data, tail: 0 };
        let expected = self.length_on_the_wire(rule.mode, shape, CommMode::Plain);
        self.compare_length(rule.mode, CommMode::Plain, expected, length)
    }

    fn length_on_the_wire(&self, mode: Mode, shape: Shape, file: CommMode) -> usize {
        match &self.session {
            Some(session) if mode != Mode::Bare => session.channel.length(shape, mode, file),
            _ => shape.clear(),
        }
    }

    /// Too long is a wrong length. So is too short, unless it is an EV2 MAC that is missing.
    fn compare_length(
        &self,
        mode: Mode,
        file: CommMode,
        expected: usize,
        length: usize,
    ) -> Result<(), Status> {
        let ev2 = self.session.as_ref().is_some_and(|open| matches!(open.channel, Channel::Ev2(_)));
        if length == expected {
            Ok(())
        } else if ev2 && length < expected && mode.ev2_command(file) != CommMode::Plain {
            Err(Status::IntegrityError)
        } else {
            Err(Status::LengthError)
        }
    }

    const fn check_level(&self, level: Level) -> Result<(), Status> {
        match (level, self.selected) {
            (Level::Any, _) | (Level::Picc, None) | (Level::Application, Some(_)) => Ok(()),
            (Level::Picc, Some(_)) | (Level::Application, None) => Err(Status::PermissionDenied),
        }
    }

    /// After any error the chain is gone, and a session with what was pending in it. Outside of a
    /// session, and in one that survives, only an error of a data command drops what is pending.
    fn fail(&mut self, ins: Ins, status: Status) {
        self.drop_chain();
        if self.session.is_some() && !self.survives(status) {
            self.end_session();
        } else if rule(ins, self.model.generation()).is_some_and(Rule::is_transactional) {
            self.roll_back();
        }
    }

    /// Whether the session outlives this error: only that of D40 may.
    fn survives(&self, status: Status) -> bool {
        let d40 = matches!(&self.session, Some(Session { channel: Channel::D40(_), .. }));
        let proof = matches!(status, Status::AuthenticationError | Status::IntegrityError);
        d40 && match self.behaviour.d40_error {
            D40Error::SessionStays => true,
            D40Error::EndsOnProof => !proof,
            D40Error::EndsSession => false,
        }
    }

    fn drop_chain(&mut self) {
        self.pending = Pending::Nothing;
        self.body.zeroize();
        self.reply.clear();
    }

    /// Ends the session, if any, and drops what is pending in the selected application.
    pub(super) fn end_session(&mut self) -> Option<Session> {
        self.roll_back();
        self.session.take()
    }

    /// Drops what is pending in the selected application.
    fn roll_back(&mut self) {
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

/// What stands for the command where none could be read.
const NO_COMMAND: Ins = Ins::Unknown(0x00);
