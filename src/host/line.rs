// SPDX-License-Identifier: MIT OR Apache-2.0
//! The line to the card: transport, buffers, and the fuse that a failed exchange blows.

use zeroize::Zeroizing;

use super::command::Extent;
use super::dialogue::{Dialogue, Wire};
use super::error::{Error, Misbehaviour, Misuse};
use super::frames::Frames;
use crate::iso14443::Uid;
use crate::transport::Transport;
use crate::wire::Ins;

/// The longest reply whose length is not known beforehand; no list on any card comes near it.
const MAX_LIST: usize = 0x1_0000;

/// What protection may add to a reply: padding and a MAC in EV2, the most of all.
const MAX_PROTECTION: usize = 24;

/// What any command but a write takes at most, so that the buffers seldom grow.
const USUAL: usize = 256;

pub(super) struct Line<'t> {
    wire: Wire<'t>,
    fuse: Fuse,
    outgoing: Zeroizing<Vec<u8>>,
    incoming: Zeroizing<Vec<u8>>,
    ends: Vec<usize>,
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

    /// Sends the outgoing parameters after `ins`. The reply is in [`Line::incoming`], not proven.
    pub(super) fn send(&mut self, ins: Ins, extent: Extent) -> Result<(), Error> {
        self.usable()?;
        self.lose();
        let (limit, room) = match extent {
            Extent::Any | Extent::Framed => (MAX_LIST, USUAL),
            Extent::Told(length) | Extent::Rest(length) => {
                let limit = length.saturating_add(MAX_PROTECTION);
                (limit, limit)
            }
        };
        emptied(&mut self.incoming, room);
        let frames = Frames::new(ins, &self.outgoing, &mut self.incoming, limit);
        if extent == Extent::Framed {
            self.ends.clear();
            self.wire.drive(frames.noting(&mut self.ends))
        } else {
            self.wire.drive(frames)
        }
    }

    /// Where the frames of the last [`Extent::Framed`] reply ended; the last one's end includes
    /// what protected the reply.
    pub(super) fn ends(&self) -> &[usize] {
        &self.ends
    }

    /// The reply to the last command.
    pub(super) fn incoming(&mut self) -> &mut Vec<u8> {
        &mut self.incoming
    }

    /// Sends a command that no session protects and whose reply is a bare status. The caller
    /// mends the fuse.
    pub(super) fn bare(&mut self, ins: Ins, parameters: &[u8]) -> Result<(), Error> {
        self.outgoing(parameters.len()).extend_from_slice(parameters);
        self.send_bare(ins)
    }

    /// Sends the outgoing parameters of a command whose reply is a bare status.
    pub(super) fn send_bare(&mut self, command: Ins) -> Result<(), Error> {
        self.send(command, Extent::Told(0))?;
        match self.incoming.len() {
            0 => Ok(()),
            found => Err(Error::Misbehaved { command, how: Misbehaviour::Length { found } }),
        }
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
