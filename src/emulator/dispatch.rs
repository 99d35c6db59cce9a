// SPDX-License-Identifier: MIT OR Apache-2.0
//! The way of a frame through the card.
//!
//! A command passes the checks in this order: known, length, interrupted chain, level, existence,
//! rights, protection, values. The first that fails is the answer.

use core::mem;

use zeroize::{Zeroize, Zeroizing};

use crate::iso7816::{Command, StatusWord};
use crate::timing::{Effort, Part};
use crate::transport::ReplyBuf;
use crate::wire::{CommMode, Generation, Ins, Status};

use super::behaviour::{D40Error, Interruption, StrayFrame};
use super::card::Card;
use super::channel::{Mode, Shape};
use super::frames::{Frame, Framing, Reply, finish, lead, wrapped};
use super::grant::Grant;
use super::handshake::Handshake;
use super::iso;
use super::rule::{Action, Execute, Level, Rule, Size};
use super::rules::rule;

/// A card, and what it is in the middle of.
#[derive(Clone)]
pub(super) struct Dispatch {
    pub(super) card: Card,
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

impl Dispatch {
    /// A card that is in the middle of nothing.
    pub(super) fn new(card: Card) -> Self {
        Self {
            card,
            framing: None,
            pending: Pending::Nothing,
            body: Zeroizing::new(Vec::with_capacity(256)),
            reply: Reply::default(),
        }
    }

    /// Leaves the field.
    pub(super) fn reset(&mut self) {
        self.drop_chain();
        self.framing = None;
        self.card.reset();
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
            0x00 if self.card.model().generation() > Generation::D40 => {
                self.drop_chain();
                Err(self.answer_iso(&command, out))
            }
            _ => Frame::unwrap(&command, self.card.behaviour.command_frame)
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

    /// One ISO command. Where it is refused an EV1 session ends, as with a native one.
    fn answer_iso(&mut self, command: &Command<'_>, out: &mut ReplyBuf) -> StatusWord {
        iso::answer(&mut self.card, command, out).unwrap_or_else(|word| {
            self.fail(NO_COMMAND, Status::LengthError);
            word
        })
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
        let rule = rule(frame.ins, self.card.model().generation()).ok_or(Status::IllegalCommand)?;
        self.check_length(rule, frame.parameters.len())?;
        let interrupted = !matches!(self.pending, Pending::Nothing);
        self.drop_chain();
        if interrupted && self.card.behaviour.interruption == Interruption::Aborts {
            return Err(Status::CommandAborted);
        }
        self.body.extend_from_slice(frame.parameters);
        match rule.action {
            Action::Execute { .. } => self.advance(rule, effort),
            Action::Authenticate(opening) => {
                let before = self.card.end_session();
                let Card { selected, memory, behaviour, nonces, .. } = &mut self.card;
                let keys = match *selected {
                    None => Some(&memory.master),
                    Some(at) => memory.applications.get(at).map(|found| &found.keys),
                };
                let handshake = Handshake::open(
                    opening,
                    &self.body,
                    keys.ok_or(Status::NoSuchKey)?,
                    before.as_ref(),
                    behaviour.halves,
                    nonces,
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
            Pending::Nothing => Err(match self.card.behaviour.stray_frame {
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
                let session = handshake.prove(&mut self.body, &mut self.card.nonces, answer)?;
                self.card.session = Some(session);
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
        let grant = authorise(&self.card, &self.body)?;
        let shape = match rule.size {
            Size::Exactly(header, data) => Shape { header, data, tail: 0 },
            Size::Depends(header) => Shape { header: header(&self.card), data: 0, tail: 0 },
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
        if let Some(session) = self.card.session.as_mut().filter(|_| messaging) {
            let ins = rule.ins.into();
            if grant.marked {
                clear = session.channel.open_marked(ins, body, shape.header)?;
            } else {
                session.channel.open(ins, body, shape, rule.mode, grant.file)?;
            }
        }
        execute(&mut self.card, body.get(..clear).unwrap_or_default(), reply)?;
        if reply.ends_session {
            self.card.session = None;
        }
        match self.card.session.as_mut().filter(|_| messaging) {
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
            Size::Exactly(..) if rule.mode == Mode::Full && self.card.session.is_none() => Ok(()),
            Size::Exactly(header, data) => self.check_fixed(rule, header, data, length),
            Size::Depends(header) => self.check_fixed(rule, header(&self.card), 0, length),
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
        match &self.card.session {
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
        let open = self.card.session.as_ref();
        let may_lack_mac = open.is_some_and(|open| open.channel.may_lack_mac(mode, file));
        if length == expected {
            Ok(())
        } else if may_lack_mac && length < expected {
            Err(Status::IntegrityError)
        } else {
            Err(Status::LengthError)
        }
    }

    const fn check_level(&self, level: Level) -> Result<(), Status> {
        match (level, self.card.selected) {
            (Level::Any, _) | (Level::Picc, None) | (Level::Application, Some(_)) => Ok(()),
            (Level::Picc, Some(_)) | (Level::Application, None) => Err(Status::PermissionDenied),
        }
    }

    /// After any error the chain is gone, and a session with what was pending in it. Outside of a
    /// session, and in one that survives, only an error of a data command drops what is pending.
    fn fail(&mut self, ins: Ins, status: Status) {
        self.drop_chain();
        if self.card.session.is_some() && !self.survives(status) {
            self.card.end_session();
        } else if rule(ins, self.card.model().generation())
            .is_some_and(|rule| rule.is_transactional)
        {
            self.card.roll_back();
        }
    }

    /// Whether the session outlives this error: only that of D40 may.
    fn survives(&self, status: Status) -> bool {
        let open = self.card.session.as_ref();
        let may = open.is_some_and(|open| open.channel.may_outlive_errors());
        let proof = matches!(status, Status::AuthenticationError | Status::IntegrityError);
        may && match self.card.behaviour.d40_error {
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
}

/// What stands for the command where none could be read.
const NO_COMMAND: Ins = Ins::Unknown(0x00);
