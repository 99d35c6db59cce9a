// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secure messaging, seen from the card: commands are opened, replies sealed.

mod d40;
mod ev1;
mod ev2;
mod session_key;

pub(super) use d40::{D40, recover};
pub(super) use ev1::{Ev1, Inbound};
pub(super) use ev2::Ev2;
pub(super) use session_key::SessionKey;

use crate::crypto::padding;
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
    pub(super) data: Data,
    pub(super) tail: usize,
}

/// How many data bytes a command has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Data {
    /// As many as the card knows beforehand.
    Known(usize),
    /// As many as its padding marks with `80`; there are so many bytes with their protection.
    Marked(usize),
}

impl Shape {
    /// How many bytes there are in clear.
    pub(super) const fn clear(self) -> usize {
        self.header.saturating_add(self.covered())
    }

    /// How many data bytes there are.
    pub(super) const fn written(self) -> usize {
        match self.data {
            Data::Known(data) | Data::Marked(data) => data,
        }
    }

    /// How many bytes may be enciphered.
    const fn covered(self) -> usize {
        match self.data {
            Data::Known(data) | Data::Marked(data) => data.saturating_add(self.tail),
        }
    }

    /// Checks what was deciphered, `data | checksum | tail | padding`, and moves the tail up to the
    /// data. Says how many bytes both have; `None` where checksum or padding do not fit.
    fn unpack<const CRC: usize>(
        self,
        plain: &mut [u8],
        covers: impl FnOnce(&[u8], &[u8; CRC]) -> bool,
    ) -> Option<usize> {
        let (data, end) = match self.data {
            Data::Known(data) => (data, data.checked_add(CRC)?.checked_add(self.tail)?),
            Data::Marked(_) => {
                let end = padding::strip_method2(plain)?;
                (end.checked_sub(CRC)?, end)
            }
        };
        let (whole, padding) = plain.split_at_checked(end)?;
        let (covered, rest) = whole.split_at_checked(data)?;
        let (sent, _) = rest.split_first_chunk::<CRC>()?;
        let zeros = match self.data {
            Data::Known(_) => padding,
            Data::Marked(_) => padding.get(1..)?,
        };
        let fits = covers(covered, sent) && zeros.iter().all(|&byte| byte == 0x00);
        plain.copy_within(data.checked_add(CRC)?..end, data);
        fits.then_some(data.saturating_add(self.tail))
    }
}

impl Channel {
    /// How many parameter bytes a command of this shape has on the wire. Where its padding marks
    /// the end, that is what has come.
    pub(super) fn length(&self, shape: Shape, mode: Mode, file: CommMode) -> usize {
        if let Data::Marked(_) = shape.data {
            return shape.clear();
        }
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
    /// many as it says.
    pub(super) fn open(
        &mut self,
        ins: u8,
        body: &mut [u8],
        shape: Shape,
        mode: Mode,
        file: CommMode,
    ) -> Result<usize, Status> {
        match self {
            Self::D40(channel) => channel.open(body, shape, mode.d40_command(file)),
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
            Self::D40(channel) => channel.seal(reply, mode.d40_reply(file)),
            Self::Ev1(channel) => channel.seal(reply, mode.reply(file)),
            Self::Ev2(channel) => channel.seal(reply, mode.reply(file)),
        }
    }
}
