// SPDX-License-Identifier: MIT OR Apache-2.0
//! One command and its reply, cut into frames in both directions with `AF`.

use zeroize::Zeroizing;

use super::dialogue::{Dialogue, Progress, Step, wrap};
use super::error::{Error, Misbehaviour};
use super::rule::Rule;
use crate::iso7816::{CommandBuf, Response};
use crate::wire::{Ins, Status};

/// Where a reply ends at the latest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Most {
    pub(super) bytes: usize,
    pub(super) frames: usize,
}

/// The conversation of one command: sends the protected parameters, joins the reply.
pub(super) struct Frames<'a> {
    rule: &'a Rule,
    rest: &'a [u8],
    /// How many parameter bytes a frame takes.
    frame: usize,
    /// How many the next one does.
    room: usize,
    reply: &'a mut Vec<u8>,
    most: Most,
    /// How many frames of the reply came.
    came: usize,
    ends: Option<&'a mut Vec<usize>>,
}

impl<'a> Frames<'a> {
    /// Sends `body` after the instruction, so many bytes of it in a frame, or in the first one; the reply, of
    /// `most` at most, is appended to `reply`.
    pub(super) fn new(
        rule: &'a Rule,
        body: &'a [u8],
        (frame, first): (usize, Option<usize>),
        reply: &'a mut Vec<u8>,
        most: Most,
    ) -> Self {
        let frame = rule.room(frame);
        let room = first.unwrap_or(frame);
        Self { rule, rest: body, frame, room, reply, most, came: 0, ends: None }
    }

    /// Appends to `ends` where each frame of the reply ends.
    pub(super) const fn noting(mut self, ends: &'a mut Vec<usize>) -> Self {
        self.ends = Some(ends);
        self
    }

    fn frame(&mut self, ins: Ins, out: &mut CommandBuf) {
        let (frame, rest) = self.rest.split_at_checked(self.room).unwrap_or((self.rest, &[]));
        self.rest = rest;
        self.room = self.frame;
        wrap(ins, frame, out);
    }

    /// A card that is in the middle of a reply goes on with it. One that knows of none was sent
    /// something else in between, by which a reply ends.
    const fn interrupted(&self, error: Error) -> Error {
        if let Error::Refused {
            status: status @ (Status::IllegalCommand | Status::CommandAborted),
            ..
        } = error
            && self.came > 0
        {
            return self.misbehaved(Misbehaviour::Interrupted(status));
        }
        error
    }

    const fn misbehaved(&self, how: Misbehaviour) -> Error {
        Error::Misbehaved { command: self.rule.ins, how }
    }
}

impl Dialogue for Frames<'_> {
    /// The status byte that ended the reply.
    type Output = u8;

    fn start(&mut self, out: &mut CommandBuf) {
        self.frame(self.rule.ins, out);
    }

    fn feed(&mut self, reply: Response<'_>, out: &mut CommandBuf) -> Result<Step<u8>, Error> {
        let progress = if reply.status == self.rule.done {
            Progress::Done
        } else {
            Progress::of(self.rule.ins, &reply).map_err(|error| self.interrupted(error))?
        };
        let found = reply.data.len();
        if !self.rest.is_empty() {
            if progress == Progress::Done {
                return Err(self.misbehaved(Misbehaviour::Chain(progress.status())));
            }
            if found > 0 {
                return Err(self.misbehaved(Misbehaviour::Length { found }));
            }
            self.frame(Ins::AdditionalFrame, out);
            return Ok(Step::Send);
        }
        if found > self.most.bytes.saturating_sub(self.reply.len()) {
            return Err(self.misbehaved(Misbehaviour::Endless { limit: self.most.bytes }));
        }
        self.came += 1;
        if progress == Progress::More && self.came >= self.most.frames {
            return Err(self.misbehaved(Misbehaviour::Frames { limit: self.most.frames }));
        }
        append(self.reply, reply.data);
        if let Some(ends) = &mut self.ends {
            ends.push(self.reply.len());
        }
        match progress {
            Progress::Done => Ok(Step::Done(reply.status.sw2())),
            // A card that goes on without data would go on for ever.
            Progress::More if found == 0 => {
                Err(self.misbehaved(Misbehaviour::Chain(progress.status())))
            }
            Progress::More => {
                wrap(Ins::AdditionalFrame, &[], out);
                Ok(Step::Send)
            }
        }
    }
}

/// Appends what came. A buffer that is too small is replaced by one of twice the room and wiped, so
/// that no copy of its content stays behind.
fn append(reply: &mut Vec<u8>, came: &[u8]) {
    let length = reply.len().saturating_add(came.len());
    if length > reply.capacity() {
        let mut larger = Vec::with_capacity(length.saturating_mul(2));
        larger.extend_from_slice(reply);
        drop(Zeroizing::new(core::mem::replace(reply, larger)));
    }
    reply.extend_from_slice(came);
}
