// SPDX-License-Identifier: MIT OR Apache-2.0
//! The line to the card: transport, buffers, and the fuse that a failed exchange blows.

use zeroize::Zeroizing;

use super::command::iso::Iso;
use super::command::{Extent, Request};
use super::dialogue::{Dialogue, Wire};
use super::error::{Error, Misuse};
use super::frames::{Frames, Most};
use super::rule::{AROUND, FRAME, in_frame};
use crate::iso7816::StatusWord;
use crate::iso14443::Uid;
use crate::key::{CardKey, Purpose};
use crate::transport::Transport;

/// What protection may add to a reply: padding and a MAC in EV2, the most of all.
const MAX_PROTECTION: usize = 24;

/// What most commands and replies take at most, so that the buffers seldom grow.
const USUAL: usize = 256;

pub(super) struct Line<'t> {
    wire: Wire<'t>,
    fuse: Fuse,
    outgoing: Zeroizing<Vec<u8>>,
    incoming: Zeroizing<Vec<u8>>,
    ends: Vec<usize>,
    /// How many parameter bytes fit a frame.
    frame: usize,
}

/// Whether the session can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fuse {
    /// The card's state is known.
    Whole,
    /// A step failed, or is under way.
    Blown,
    /// A transaction was dropped with writes pending.
    Uncommitted,
}

impl<'t> Line<'t> {
    pub(super) fn new(transport: &'t mut dyn Transport) -> Self {
        Self {
            wire: Wire::new(transport),
            fuse: Fuse::Whole,
            outgoing: Zeroizing::new(Vec::with_capacity(USUAL)),
            incoming: Zeroizing::new(Vec::with_capacity(USUAL)),
            ends: Vec::new(),
            frame: FRAME,
        }
    }

    /// A line in native frames.
    pub(super) fn native(transport: &'t mut dyn Transport) -> Self {
        let line = Self::new(transport);
        Self { wire: line.wire.native(), ..line }
    }

    /// Whether anything may be sent.
    pub(super) const fn usable(&self) -> Result<(), Error> {
        match self.fuse {
            Fuse::Whole => Ok(()),
            Fuse::Blown => Err(Error::SessionLost),
            Fuse::Uncommitted => Err(Error::Misuse(Misuse::Uncommitted)),
        }
    }

    /// How many bytes the reader passes on.
    pub(super) fn longest(&self) -> usize {
        self.wire.longest()
    }

    /// How many parameter bytes fit a frame that the reader passes on.
    pub(super) fn frame(&self) -> usize {
        self.frame.min(self.longest().saturating_sub(AROUND)).max(FRAME)
    }

    /// The card takes frames of so many bytes.
    pub(super) const fn takes_frames(&mut self, size: usize) {
        self.frame = in_frame(size);
    }

    /// Whether a live key may be used here.
    pub(super) fn takes_live_keys(&self) -> Result<(), Misuse> {
        if self.wire.is_software() { Err(Misuse::LiveKey) } else { Ok(()) }
    }

    /// Whether this key may be used here.
    pub(super) fn takes(&self, key: &CardKey) -> Result<(), Misuse> {
        match key.purpose() {
            Purpose::Test => Ok(()),
            Purpose::Live => self.takes_live_keys(),
        }
    }

    /// The reply is proven: the session goes on.
    pub(super) const fn mend(&mut self) {
        self.fuse = Fuse::Whole;
    }

    /// The card's state is unknown from here on.
    pub(super) const fn lose(&mut self) {
        self.fuse = Fuse::Blown;
    }

    /// Writes are pending that nobody will commit.
    pub(super) fn leave_uncommitted(&mut self) {
        if self.fuse == Fuse::Whole {
            self.fuse = Fuse::Uncommitted;
        }
    }

    /// The UID of the card in the field, from the reader. The line is lost where it cannot say.
    pub(super) fn uid_in_field(&mut self) -> Result<Option<Uid>, Error> {
        self.usable()?;
        self.wire.uid_in_field().map_err(|error| {
            self.lose();
            error.into()
        })
    }

    /// Blows the fuse and drives a conversation. The caller mends it once the result is proven.
    pub(super) fn run<D: Dialogue>(&mut self, dialogue: D) -> Result<D::Output, Error> {
        self.usable()?;
        self.lose();
        self.wire.drive(dialogue)
    }

    /// The emptied buffer for parameters, with room for `length` bytes and their protection.
    pub(super) fn outgoing(&mut self, length: usize) -> &mut Vec<u8> {
        emptied(&mut self.outgoing, length.saturating_add(MAX_PROTECTION));
        &mut self.outgoing
    }

    /// Sends a command with the outgoing parameters. The reply is in [`Line::reply`], not proven;
    /// the status byte that ended it comes back.
    pub(super) fn send(&mut self, request: &Request<'_>) -> Result<u8, Error> {
        let Request { rule, extent, first, .. } = *request;
        self.usable()?;
        self.lose();
        let limit = match extent {
            Extent::Bare | Extent::Told(_) | Extent::Rest(_) | Extent::UpTo(_) => {
                extent.most().saturating_add(MAX_PROTECTION)
            }
            Extent::Framed(most) => most,
        };
        // What a file or a list should have is the card's word: room grows with what comes.
        emptied(&mut self.incoming, USUAL);
        let most = Most { bytes: limit, frames: extent.frames(limit) };
        let room = (self.frame(), first);
        let frames = Frames::new(rule, &self.outgoing, room, &mut self.incoming, most);
        if matches!(extent, Extent::Framed(_)) {
            self.ends.clear();
            self.wire.drive(frames.noting(&mut self.ends))
        } else {
            self.wire.drive(frames)
        }
    }

    /// The reply to the last command, and where the frames of an [`Extent::Framed`] one ended; the
    /// last one's end includes what protected the reply.
    pub(super) fn reply(&mut self) -> (&mut Vec<u8>, &[usize]) {
        (&mut self.incoming, &self.ends)
    }

    /// Sends an ISO command. The caller mends the fuse.
    pub(super) fn iso<C: Iso>(&mut self, command: &C) -> Result<C::Output, Error> {
        self.usable()?;
        self.lose();
        let name = C::NAME;
        let reply = self.wire.apdu(&command.apdu())?;
        tracing::trace!(command = %name, status = %reply.status, "exchange");
        let status = reply.status;
        if !matches!(status, StatusWord::OK | StatusWord::END_OF_FILE) {
            return Err(Error::IsoRefused { command: name, status });
        }
        command.decode(reply.data, status).ok_or(Error::IsoMisfit { command: name, status })
    }
}

/// Empties a buffer and makes room. A buffer that is too small is replaced, not grown, so that
/// no copy of its content stays behind.
fn emptied(buffer: &mut Zeroizing<Vec<u8>>, room: usize) {
    buffer.clear();
    if buffer.capacity() < room {
        *buffer = Zeroizing::new(Vec::with_capacity(room));
    }
}
