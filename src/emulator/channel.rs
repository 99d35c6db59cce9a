// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secure messaging, seen from the card: commands are opened, replies sealed.

mod d40;
mod ev1;
mod ev2;
mod mode;
mod session_key;
mod shape;

pub(super) use d40::{D40, recover};
pub(super) use ev1::Ev1;
pub(super) use ev2::{Ev2, LrpKeys};
pub(super) use mode::Mode;
pub(super) use session_key::SessionKey;
pub(super) use shape::Shape;

use crate::wire::{CommMode, Status};

use super::behaviour::Behaviour;
use super::frames::Reply;

/// Who is authenticated, and how messages travel since.
#[derive(Clone)]
pub(super) struct Session {
    /// The key that was used.
    pub(super) key: u8,
    pub(super) channel: Channel,
}

/// The messaging that the authentication chose.
#[derive(Clone)]
pub(super) enum Channel {
    /// After `0A`.
    D40(D40),
    /// After `1A` and `AA`.
    Ev1(Ev1),
    /// After `71` and `77`.
    Ev2(Ev2),
}

impl Channel {
    /// How many parameter bytes a command of this shape has on the wire.
    pub(super) const fn length(&self, shape: Shape, mode: Mode, file: CommMode) -> usize {
        match self {
            Self::D40(_) => D40::length(shape, mode, file),
            Self::Ev1(channel) => channel.length(shape, mode, file),
            Self::Ev2(_) => Ev2::length(shape, mode, file),
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
            Self::D40(channel) => channel.open(body, shape, mode, file),
            Self::Ev1(channel) => channel.open(ins, body, shape, mode, file),
            Self::Ev2(channel) => channel.open(ins, body, shape, mode, file),
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
            Self::Ev2(channel) => return channel.open_marked(ins, body, header),
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
        let mode = if reply.bare { Mode::Bare } else { mode };
        reply.cut = reply.cut.protected(self.block());
        match self {
            Self::D40(channel) => channel.seal(reply, mode, file),
            Self::Ev1(channel) => channel.seal(reply, mode, file),
            Self::Ev2(channel) => channel.seal(reply, mode, file),
        }
    }

    /// The block of the session's cipher, in bytes.
    const fn block(&self) -> usize {
        match self {
            Self::D40(_) => D40::BLOCK,
            Self::Ev1(channel) => channel.block(),
            Self::Ev2(_) => Ev2::BLOCK,
        }
    }

    /// The MAC behind what an ISO command reads; only EV1 has one.
    pub(super) fn iso_mac(&mut self, data: &[u8]) -> Option<[u8; 8]> {
        match self {
            Self::Ev1(channel) => Some(channel.reply_mac(data)),
            Self::D40(_) | Self::Ev2(_) => None,
        }
    }

    /// Whether what an ISO command reads is followed by a MAC.
    pub(super) const fn has_iso_mac(&self) -> bool {
        matches!(self, Self::Ev1(_))
    }

    /// Transaction and counter, where a further authentication may go on with them.
    pub(super) const fn thread(&self) -> Option<([u8; 4], u16)> {
        match self {
            Self::D40(_) | Self::Ev1(_) => None,
            Self::Ev2(channel) => Some(channel.thread()),
        }
    }

    /// Whether the checksum of a new key has two bytes, not four.
    pub(super) const fn checks_keys_with_crc16(&self) -> bool {
        match self {
            Self::D40(_) => true,
            Self::Ev1(_) | Self::Ev2(_) => false,
        }
    }

    /// Whether it is that of the first DESFire.
    pub(super) const fn is_d40(&self) -> bool {
        matches!(self, Self::D40(_))
    }

    /// Whether the session is over, and the reply bare, once the card is formatted.
    pub(super) const fn ends_with_format(&self, behaviour: Behaviour) -> bool {
        match self {
            Self::D40(_) | Self::Ev1(_) => false,
            Self::Ev2(_) => behaviour.format_ends_ev2_session,
        }
    }

    /// Whether the session outlives this error: only that of D40 may.
    pub(super) const fn outlives(&self, status: Status, behaviour: Behaviour) -> bool {
        match self {
            Self::D40(_) => D40::outlives(status, behaviour.d40_error),
            Self::Ev1(_) | Self::Ev2(_) => false,
        }
    }
}
