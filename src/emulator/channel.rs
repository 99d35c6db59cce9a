// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secure messaging, seen from the card: commands are opened, replies sealed.

mod d40;
mod ev1;
mod ev2;
mod mode;
mod shape;

pub(super) use d40::{D40, recover};
pub(super) use ev1::{Ev1, SessionKey};
pub(super) use ev2::Ev2;
pub(super) use mode::Mode;
pub(super) use shape::Shape;

use crate::wire::{CommMode, Status};

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
#[expect(clippy::large_enum_variant, reason = "a card has one session, and it changes rarely")]
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
            Self::D40(_) => D40::length(shape, mode.d40_command(file)),
            Self::Ev1(channel) => channel.length(shape, mode.ev1_command(file)),
            Self::Ev2(_) => Ev2::length(shape, mode.ev2_command(file)),
        }
    }

    /// Whether a command that is too short lacks its MAC rather than being of a wrong length.
    pub(super) const fn may_lack_mac(&self, mode: Mode, file: CommMode) -> bool {
        match self {
            Self::D40(_) | Self::Ev1(_) => false,
            Self::Ev2(_) => !matches!(mode.ev2_command(file), CommMode::Plain),
        }
    }

    /// Whether a session may go on after a command was refused.
    pub(super) const fn may_outlive_errors(&self) -> bool {
        match self {
            Self::D40(_) => true,
            Self::Ev1(_) | Self::Ev2(_) => false,
        }
    }

    /// Whether it is in doubt that FormatPICC leaves the session open.
    pub(super) const fn may_end_with_format(&self) -> bool {
        match self {
            Self::D40(_) | Self::Ev1(_) => false,
            Self::Ev2(_) => true,
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
