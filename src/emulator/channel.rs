// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secure messaging, seen from the card: commands are opened, replies sealed.

mod ev1;
mod ev2;

pub(super) use ev1::{Ev1, Inbound, SessionKey};
pub(super) use ev2::Ev2;

use crate::wire::{CommMode, Status};

use super::frames::Reply;
use super::rules::Mode;

/// Who is authenticated, and how messages travel since.
#[derive(Clone)]
pub(super) struct Session {
    /// The key that was used.
    pub(super) key: u8,
    pub(super) channel: Channel,
}

/// The messaging that the authentication chose.
#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "a card has one session, and it changes rarely")]
pub(super) enum Channel {
    /// After `1A` and `AA`.
    Ev1(Ev1),
    /// After `71` and `77`.
    Ev2(Ev2),
}

/// The parts of a command's parameters in clear: a header that is never enciphered, data, and
/// bytes that stand behind the checksum of the data where there is one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) header: usize,
    pub(super) data: usize,
    pub(super) tail: usize,
}

impl Shape {
    /// How many bytes there are in clear.
    pub(super) const fn clear(self) -> usize {
        self.header.saturating_add(self.data).saturating_add(self.tail)
    }

    /// How many bytes may be enciphered.
    const fn covered(self) -> usize {
        self.data.saturating_add(self.tail)
    }
}

impl Channel {
    /// How many parameter bytes a command of this shape has on the wire.
    pub(super) const fn length(&self, shape: Shape, mode: Mode, file: CommMode) -> usize {
        match self {
            Self::Ev1(channel) => channel.length(shape, mode.ev1_command(file)),
            Self::Ev2(_) => Ev2::length(shape, mode.ev2_command(file)),
        }
    }

    /// Takes the protection off: the parameters in clear are then the first bytes of `body`, as
    /// many as the shape says.
    pub(super) fn open(
        &mut self,
        ins: u8,
        body: &mut [u8],
        shape: Shape,
        mode: Mode,
        file: CommMode,
    ) -> Result<(), Status> {
        match self {
            Self::Ev1(channel) => channel.open(ins, body, shape, mode.ev1_command(file)),
            Self::Ev2(channel) => channel.open(ins, body, shape, mode.ev2_command(file)),
        }
    }

    /// Protects the reply to a command that succeeded.
    pub(super) fn seal(
        &mut self,
        reply: &mut Reply,
        mode: Mode,
        file: CommMode,
    ) -> Result<(), Status> {
        match self {
            Self::Ev1(channel) => channel.seal(reply, mode.reply(file)),
            Self::Ev2(channel) => channel.seal(reply, mode.reply(file)),
        }
    }
}
