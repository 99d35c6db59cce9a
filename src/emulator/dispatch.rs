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
use crate::wire::{CommMode, Ins, Opening, Status};

use super::behaviour::{Candidate, Interruption, StrayFrame};
use super::card::Card;
use super::channel::{Mode, Shape};
use super::command::proximity;
use super::frames::{Frame, Framing, Reply, finish, lead, wrapped};
use super::grant::Grant;
use super::handshake::{Chip, Handshake};
use super::iso;
use super::rule::{Action, Execute, Level, Rule, Size};
use super::rules::rule;

/// The frames since the activation: how they come, and what the next one may continue.
#[derive(Clone)]
pub(super) struct Chain {
    framing: Option<Framing>,
    pending: Pending,
    /// Whether an authentication was under way when this command came.
    proving: bool,
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

impl Default for Chain {
    fn default() -> Self {
        Self {
            framing: None,
            pending: Pending::Nothing,
            proving: false,
            body: Zeroizing::new(Vec::with_capacity(256)),
            reply: Reply::default(),
        }
    }
}

impl Chain {
    /// Leaves the field.
    pub(super) fn reset(&mut self) {
        self.break_off();
        self.framing = None;
    }

    /// One command in, its answer over `out`.
    pub(super) fn answer(&mut self, card: &mut Card, bytes: &[u8], out: &mut ReplyBuf) -> Effort {
        out.clear();
        self.proving = matches!(self.pending, Pending::Proof(..)) || card.iso.is_authenticating();
        // A class byte is all that a chip which takes APDUs alone looks for.
        let sent = if card.takes_native_frames() { Framing::of(bytes) } else { Framing::Apdu };
        let framing = *self.framing.get_or_insert(sent);
        match (framing, sent) {
            (Framing::Native, Framing::Native) => match Frame::native(bytes, card.frame()) {
                Ok(frame) => {
                    let (status, effort) = self.run(card, &frame, out);
                    // What has to be fast comes without a status (Proxmark3, of a real card).
                    if !(effort.done && effort.ins == Ins::ProximityCheck) {
                        lead(out, status);
                    }
                    effort
                }
                Err(status) => {
                    self.fail(card, NO_COMMAND, status);
                    lead(out, status);
                    Effort::start(NO_COMMAND)
                }
            },
            // A class byte is no instruction to a card that is talked to in native frames.
            (Framing::Native, Framing::Apdu) => {
                self.fail(card, NO_COMMAND, Status::IllegalCommand);
                lead(out, Status::IllegalCommand);
                Effort::start(NO_COMMAND)
            }
            (Framing::Apdu, _) => self.answer_apdu(card, bytes, out),
        }
    }

    fn answer_apdu(&mut self, card: &mut Card, apdu: &[u8], out: &mut ReplyBuf) -> Effort {
        let unwrapped = Command::decode(apdu)
            .map_err(|_| misfit(apdu))
            .inspect_err(|_| self.fail(card, NO_COMMAND, Status::LengthError));
        let framed = unwrapped.and_then(|command| match command.cla {
            0x00 if !card.model().silicon().iso.is_empty() => {
                Err(self.answer_iso(card, &command, out))
            }
            _ => Frame::unwrap(&command, (card.frame(), card.behaviour.command_frame))
                .inspect_err(|_| self.fail(card, NO_COMMAND, Status::LengthError)),
        });
        match framed {
            Ok(frame) => {
                let (status, effort) = self.run(card, &frame, out);
                finish(out, wrapped(status));
                effort
            }
            Err(word) => {
                finish(out, word);
                Effort::start(NO_COMMAND)
            }
        }
    }

    /// A command of class 00. An error of it ends what an error of a native one would end.
    fn answer_iso(
        &mut self,
        card: &mut Card,
        command: &Command<'_>,
        out: &mut ReplyBuf,
    ) -> StatusWord {
        let interrupts = !matches!(self.pending, Pending::Nothing);
        self.break_off();
        card.runs.turn();
        // Of DESFire Light and NTAG 424 DNA; a real EV3 carries it out.
        if interrupts && !card.model().silicon().layout.is_free() || card.proximity.is_some() {
            self.fail(card, NO_COMMAND, Status::CommandAborted);
            return StatusWord::CONDITIONS_OF_USE;
        }
        self.proving |= iso::authenticates(command);
        iso::answer(card, command, out).unwrap_or_else(|word| {
            self.fail(card, NO_COMMAND, Status::LengthError);
            word
        })
    }

    /// One native command.
    fn run(&mut self, card: &mut Card, frame: &Frame<'_>, out: &mut ReplyBuf) -> (Status, Effort) {
        let mut effort = Effort::start(NO_COMMAND);
        let status = match self.accept(card, frame, &mut effort) {
            Ok(()) => self.next_piece(card.model().silicon().frame, out),
            Err(status) => {
                self.fail(card, effort.ins, status);
                status
            }
        };
        (status, effort)
    }

    /// Sends what is ready; the status says whether something is to follow, in either direction.
    fn next_piece(&mut self, room: usize, out: &mut ReplyBuf) -> Status {
        self.reply.send(out, room);
        if matches!(self.pending, Pending::Reply(_)) && self.reply.is_sent() {
            let done = self.reply.done;
            self.break_off();
            done
        } else {
            Status::AdditionalFrame
        }
    }

    fn accept(
        &mut self,
        card: &mut Card,
        frame: &Frame<'_>,
        effort: &mut Effort,
    ) -> Result<(), Status> {
        match *frame {
            Frame::Command(ins, parameters) => {
                effort.ins = ins;
                self.begin(card, ins, parameters, effort)
            }
            Frame::Continuation(parameters) => self.go_on(card, parameters, effort),
        }
    }

    fn begin(
        &mut self,
        card: &mut Card,
        ins: Ins,
        parameters: &[u8],
        effort: &mut Effort,
    ) -> Result<(), Status> {
        let known = rule(ins, card.model().silicon(), card.behaviour.candidates);
        let rule = known.ok_or(Status::IllegalCommand)?;
        // A real EV3, of commands between PreparePC and VerifyPC.
        if card.proximity.is_some() && !matches!(ins, Ins::ProximityCheck | Ins::VerifyPc) {
            return Err(proximity::NOT_NOW);
        }
        check_length(card, rule, parameters.len()).map_err(|status| rule.refusal(status))?;
        card.runs.turn();
        let interrupted = !matches!(self.pending, Pending::Nothing);
        self.break_off();
        if interrupted && card.behaviour.interruption == Interruption::Aborts {
            return Err(Status::CommandAborted);
        }
        self.body.extend_from_slice(parameters);
        if matches!(rule.size, Size::Twice(_)) {
            self.pending = Pending::Command(rule);
            return Ok(());
        }
        match rule.action {
            Action::Execute { .. } => self.advance(card, rule, effort),
            Action::Authenticate(opening) => self.challenge(card, rule.ins, opening),
        }
    }

    /// The first half of an authentication.
    fn challenge(&mut self, card: &mut Card, ins: Ins, opening: Opening) -> Result<(), Status> {
        card.require_keys()?;
        if !card.speaks(opening.messaging()) {
            return Err(Status::IllegalCommand);
        }
        if card.has_closed(opening.messaging()) {
            let unknown = card.follows(Candidate::ClosedUnknown);
            return Err(if unknown { Status::IllegalCommand } else { Status::PermissionDenied });
        }
        let before = card.leave_session();
        let chip = Chip {
            halves: card.behaviour.halves,
            lrp: card.in_lrp(),
            capabilities: card.capabilities(),
        };
        let keys = match card.selected {
            None => Some(&card.memory.master),
            Some(at) => card.memory.applications.get(at).map(|found| &found.keys),
        };
        let handshake = Handshake::open(
            opening,
            &self.body,
            keys.ok_or(Status::NoSuchKey)?,
            before.as_ref(),
            chip,
            &mut card.nonces,
            &mut self.reply.data,
        )?;
        card.try_key(handshake.key())?;
        self.pending = Pending::Proof(ins, Box::new(handshake));
        Ok(())
    }

    /// AdditionalFrame.
    fn go_on(
        &mut self,
        card: &mut Card,
        parameters: &[u8],
        effort: &mut Effort,
    ) -> Result<(), Status> {
        effort.part = Part::Frame;
        match mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Nothing => Err(match card.behaviour.stray_frame {
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
                self.advance(card, rule, effort)
            }
            Pending::Proof(ins, handshake) => {
                effort.ins = ins;
                effort.part = Part::Proof { aes: handshake.is_aes() };
                self.break_off();
                self.body.extend_from_slice(parameters);
                let answer = &mut self.reply.data;
                let session = handshake.prove(&mut self.body, &mut card.nonces, answer)?;
                card.prove_key(session.key);
                card.session = Some(session);
                self.pending = Pending::Reply(ins);
                Ok(())
            }
        }
    }

    /// Carries the command out if it is whole, or waits for the rest.
    fn advance(
        &mut self,
        card: &mut Card,
        rule: &'static Rule,
        effort: &mut Effort,
    ) -> Result<(), Status> {
        let Action::Execute { authorise, execute } = &rule.action else {
            return Err(Status::IllegalCommand);
        };
        check_level(card, rule.level)?;
        let grant = authorise(card, &self.body)?;
        let shape = match rule.size {
            Size::Exactly(header, data) => Shape { header, data, tail: 0 },
            Size::Depends(header) => Shape { header: header(card), data: 0, tail: 0 },
            Size::UpTo(_) | Size::Twice(_) => {
                let around = length_on_the_wire(card, rule.mode, NOTHING, CommMode::Plain);
                Shape { header: self.body.len().saturating_sub(around), ..NOTHING }
            }
            Size::AtLeast(header) | Size::Chained(header) => {
                Shape { header, data: grant.data, tail: grant.tail }
            }
        };
        let expected = if grant.marked {
            shape.clear()
        } else {
            length_on_the_wire(card, rule.mode, shape, grant.file)
        };
        if matches!(rule.size, Size::Chained(_)) && self.body.len() < expected {
            if grant.whole {
                return Err(Status::PermissionDenied);
            }
            self.pending = Pending::Command(rule);
            return Ok(());
        }
        compare_length(expected, self.body.len()).map_err(|status| rule.refusal(status))?;
        let mut body = mem::take(&mut self.body);
        let mut reply = mem::take(&mut self.reply);
        let outcome = carry_out(card, rule, &grant, shape, *execute, &mut body, &mut reply);
        self.body = body;
        self.reply = reply;
        outcome?;
        effort.done = true;
        // Settings, which end where their padding says, are no contents.
        let contents = rule.mode == Mode::FileWrite && !grant.marked;
        effort.written = if contents { shape.data } else { 0 };
        self.pending = Pending::Reply(rule.ins);
        Ok(())
    }

    /// After any error the chain is gone, and a session with what was pending in it, or an
    /// authentication with what it would have kept. Otherwise outside of a session, and in one that
    /// survives, only an error of a data command drops what is pending.
    fn fail(&mut self, card: &mut Card, ins: Ins, status: Status) {
        self.break_off();
        let behaviour = card.behaviour;
        let ends = match &card.session {
            Some(open) => !open.channel.outlives(status, behaviour),
            None => self.proving,
        };
        if ends {
            card.end_session();
        } else if drops_pending(card, ins, status) {
            card.roll_back();
        }
    }

    fn break_off(&mut self) {
        self.pending = Pending::Nothing;
        self.body.zeroize();
        self.reply.clear();
    }
}

/// Whether an error outside of a session drops what is pending: that of a data command, and of an
/// authentication, which would otherwise have a session.
fn drops_pending(card: &Card, ins: Ins, status: Status) -> bool {
    let none_to_read = ins == Ins::ReadRecords && status == Status::BoundaryError;
    if none_to_read && card.follows(Candidate::KeepsRecord) {
        return false;
    }
    // Any error of a command aborts a transaction with a MAC (MF2DL(H)x0, AbortTransaction).
    if card.is_light() || card.counts_transactions() {
        return true;
    }
    let rule = rule(ins, card.model().silicon(), card.behaviour.candidates);
    rule.is_some_and(|rule| rule.drops_pending) || Opening::from_ins(ins).is_some()
}

/// Opens the command, acts, seals the reply.
fn carry_out(
    card: &mut Card,
    rule: &Rule,
    grant: &Grant,
    shape: Shape,
    execute: Execute,
    body: &mut [u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    let messaging = rule.mode != Mode::Bare;
    let mut clear = shape.clear();
    if let Some(session) = card.session.as_mut().filter(|_| messaging) {
        let ins = rule.ins.into();
        let opened = if grant.marked {
            session.channel.open_marked(ins, body, shape.header)
        } else {
            session.channel.open(ins, body, shape, rule.mode, grant.file).map(|()| clear)
        };
        clear = opened.map_err(|status| rule.refusal(status))?;
    }
    reply.done = rule.statuses.done;
    execute(card, body.get(..clear).unwrap_or_default(), reply)?;
    if reply.ends_session {
        card.session = None;
    }
    match card.session.as_mut().filter(|_| messaging) {
        Some(session) => session.channel.seal(reply, rule.mode, grant.file),
        None => Ok(()),
    }
}

/// The lengths that can be judged before anything else is known.
fn check_length(card: &Card, rule: &Rule, length: usize) -> Result<(), Status> {
    match rule.size {
        Size::AtLeast(header) | Size::Chained(header) | Size::Twice(header) if length < header => {
            Err(Status::LengthError)
        }
        Size::AtLeast(_) | Size::Chained(_) | Size::Twice(_) => Ok(()),
        // Without a session nobody knows how long a cryptogram should be.
        Size::Exactly(..) if rule.mode == Mode::Full && card.session.is_none() => Ok(()),
        Size::Exactly(header, data) => check_fixed(card, rule, header, data, length),
        Size::Depends(header) => check_fixed(card, rule, header(card), 0, length),
        Size::UpTo(most) => {
            let around = length_on_the_wire(card, rule.mode, NOTHING, CommMode::Plain);
            let sent = length.checked_sub(around).filter(|&sent| sent <= most(card));
            sent.map(drop).ok_or(Status::LengthError)
        }
    }
}

fn check_fixed(
    card: &Card,
    rule: &Rule,
    header: usize,
    data: usize,
    length: usize,
) -> Result<(), Status> {
    let shape = Shape { header, data, tail: 0 };
    let expected = length_on_the_wire(card, rule.mode, shape, CommMode::Plain);
    compare_length(expected, length)
}

fn length_on_the_wire(card: &Card, mode: Mode, shape: Shape, file: CommMode) -> usize {
    match &card.session {
        Some(session) if mode != Mode::Bare => session.channel.length(shape, mode, file),
        _ => shape.clear(),
    }
}

const fn compare_length(expected: usize, length: usize) -> Result<(), Status> {
    if length == expected { Ok(()) } else { Err(Status::LengthError) }
}

const fn check_level(card: &Card, level: Level) -> Result<(), Status> {
    match (level, card.selected) {
        (Level::Any, _) | (Level::Picc, None) | (Level::Application, Some(_)) => Ok(()),
        (Level::Picc, Some(_)) | (Level::Application, None) => Err(Status::PermissionDenied),
    }
}

/// The status word for an Lc that does not fit what follows: 7E of a wrapped command (a real EV1).
fn misfit(apdu: &[u8]) -> StatusWord {
    match apdu.first() {
        Some(0x90) if apdu.len() > HEADER => wrapped(Status::LengthError),
        _ => StatusWord::WRONG_LENGTH,
    }
}

/// A command without parameters.
const NOTHING: Shape = Shape { header: 0, data: 0, tail: 0 };
/// CLA INS P1 P2.
const HEADER: usize = 4;
/// What stands for the command where none could be read.
const NO_COMMAND: Ins = Ins::Unknown(0x00);
