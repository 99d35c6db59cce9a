// SPDX-License-Identifier: MIT OR Apache-2.0
//! A conversation as a state machine, and the one loop that drives it over a transport.

use zeroize::Zeroizing;

use super::error::{Error, Misbehaviour};
use crate::iso7816::{Command, CommandBuf, Response, StatusWord};
use crate::iso14443::Uid;
use crate::transport::{LinkError, ReplyBuf, Transport};
use crate::wire::{Ins, Status};

/// A conversation: turns the card's reply into the next command.
pub(super) trait Dialogue {
    /// What the conversation brings.
    type Output;

    /// Writes the first command over `out`.
    fn start(&mut self, out: &mut CommandBuf);

    /// Takes a reply, and where the conversation goes on writes the next command over `out`.
    fn feed(
        &mut self,
        reply: Response<'_>,
        out: &mut CommandBuf,
    ) -> Result<Step<Self::Output>, Error>;
}

/// What comes after a reply.
#[derive(Debug)]
pub(super) enum Step<T> {
    /// The next command is written: send it.
    Send,
    /// The conversation is over.
    Done(T),
}

/// The transport with room for one command and one reply, wiped on drop: contents of plain files
/// pass through.
pub(super) struct Wire<'t> {
    transport: &'t mut dyn Transport,
    command: Zeroizing<CommandBuf>,
    reply: Zeroizing<ReplyBuf>,
    /// Whether frames travel without their wrapping.
    native: bool,
}

impl<'t> Wire<'t> {
    pub(super) fn new(transport: &'t mut dyn Transport) -> Self {
        Self {
            transport,
            command: Zeroizing::default(),
            reply: Zeroizing::default(),
            native: false,
        }
    }

    /// The same in native frames.
    pub(super) fn native(mut self) -> Self {
        self.native = true;
        self
    }

    pub(super) fn is_software(&self) -> bool {
        self.transport.is_software()
    }

    /// How many bytes the reader passes on.
    pub(super) fn longest(&self) -> usize {
        self.transport.longest()
    }

    pub(super) fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        self.transport.uid_in_field()
    }

    /// Sends the command that a conversation has written, and takes the reply as it would be
    /// wrapped.
    fn exchange(&mut self) -> Result<(), LinkError> {
        if !self.native {
            return self.transport.exchange(&self.command, &mut self.reply);
        }
        let mut frame = Zeroizing::new(CommandBuf::new());
        if let Ok(Command { ins, data, .. }) = Command::decode(&self.command) {
            frame.extend([ins].into_iter().chain(data.iter().copied()));
        }
        self.transport.exchange(&frame, &mut self.reply)?;
        let status = self.reply.pop_at(0).ok_or(LinkError::NoStatusWord)?;
        let wrapped = self.reply.try_extend_from_slice(&[0x91, status]);
        wrapped.map_err(|_| LinkError::NoStatusWord)
    }

    /// Sends one APDU that is no wrapped native command, and takes the reply.
    pub(super) fn apdu(&mut self, command: &Command<'_>) -> Result<Response<'_>, LinkError> {
        let fits = command.encode(&mut self.command);
        debug_assert!(fits, "no part is longer than a short APDU");
        self.transport.exchange(&self.command, &mut self.reply)?;
        Response::decode(&self.reply).map_err(|_| LinkError::NoStatusWord)
    }

    /// Drives a conversation to its end.
    pub(super) fn drive<D: Dialogue>(&mut self, mut dialogue: D) -> Result<D::Output, Error> {
        dialogue.start(&mut self.command);
        loop {
            self.exchange()?;
            let reply = Response::decode(&self.reply).map_err(|_| LinkError::NoStatusWord)?;
            tracing::trace!(
                ins = self.command.get(1).copied(),
                sent = self.command.len(),
                received = self.reply.len(),
                status = %reply.status,
                "exchange"
            );
            if let Step::Done(output) = dialogue.feed(reply, &mut self.command)? {
                return Ok(output);
            }
        }
    }
}

/// Writes a wrapped native command over `out`: `90 INS 00 00 [Lc parameters] 00` (libfreefare;
/// the sessions in skjolber/desfire-tools-for-android).
pub(super) fn wrap(ins: Ins, parameters: &[u8], out: &mut CommandBuf) {
    let command = Command::new([0x90, ins.into(), 0x00, 0x00], parameters, Some(256));
    let fits = command.encode(out);
    debug_assert!(fits, "no frame is longer than a short APDU");
}

/// The status of a wrapped reply where the command was executed or goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// `9100`.
    Done,
    /// `91AF`.
    More,
}

impl Progress {
    /// Tells progress from refusal. An error status comes without data.
    pub(super) fn of(command: Ins, reply: &Response<'_>) -> Result<Self, Error> {
        match reply.status {
            StatusWord(0x9100) => Ok(Self::Done),
            StatusWord(0x91AF) => Ok(Self::More),
            status if status.sw1() != 0x91 => {
                Err(Error::Misbehaved { command, how: Misbehaviour::StatusWord(status) })
            }
            _ if !reply.data.is_empty() => {
                let how = Misbehaviour::Length { found: reply.data.len() };
                Err(Error::Misbehaved { command, how })
            }
            status => Err(Error::Refused { command, status: Status::from(status.sw2()) }),
        }
    }

    /// The status byte, for the report of a chain that is out of turn.
    pub(super) const fn status(self) -> Status {
        match self {
            Self::Done => Status::Ok,
            Self::More => Status::AdditionalFrame,
        }
    }
}
