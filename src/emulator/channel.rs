// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secure messaging, seen from the card: commands are opened, replies sealed.

mod d40;
mod ev1;
mod ev2;

pub(super) use d40::{D40, recover};
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
    /// After `0A`.
    D40(D40),
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
            Self::D40(_) => D40::length(shape, mode.d40_command(file)),
            Self::Ev1(channel) => channel.length(shape, mode.ev1_command(file)),
            Self::Ev2(_) => Ev2::length(shape, mode.ev2_command(file)),
        }
    }

    /// How many of the parameter bytes of a command in clear are a MAC.
    pub(super) const fn trailer(&self) -> usize {
        match self {
            Self::D40(_) | Self::Ev1(_) => 0,
            Self::Ev2(_) => Ev2::MAC,
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
            Self::D40(channel) => channel.open(body, shape, mode.d40_command(file)),
            Self::Ev1(channel) => channel.open(ins, body, shape, mode.ev1_command(file)),
            Self::Ev2(channel) => channel.open(ins, body, shape, mode.ev2_command(file)),
        }
    }

    /// Takes the encipherment off a command whose padding marks the end of its data, and says how
    /// many bytes of `body` are the parameters in clear.
    pub(super) fn open_marked(
        &mut self,
        ins: u8,
        body: &mut [u8],
        header: usize,
    ) -> Result<usize, Status> {
        let length = match self {
            Self::D40(channel) => channel.open_marked(body, header),
            Self::Ev1(channel) => channel.open_marked(ins, body, header),
            Self::Ev2(channel) => channel.open_marked(ins, body, header),
        };
        length.ok_or(Status::IntegrityError)
    }

    /// Protects the reply to a command that succeeded.
    pub(super) fn seal(
        &mut self,
        reply: &mut Reply,
        mode: Mode,
        file: CommMode,
    ) -> Result<(), Status> {
        match self {
            Self::D40(channel) => channel.seal(reply, mode.d40_reply(file)),
            Self::Ev1(channel) => channel.seal(reply, mode.reply(file)),
            Self::Ev2(channel) => channel.seal(reply, mode.reply(file)),
        }
    }
}
