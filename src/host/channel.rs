// SPDX-License-Identifier: MIT OR Apache-2.0
//! What protects commands and replies after an authentication.

mod d40;
mod ev1;
mod ev2;
mod protection;

pub(super) use d40::{D40, decipher_on_send};
pub(super) use ev1::Ev1;
pub(super) use ev2::{Ev2, LrpSuite, Transaction, sent};
pub(crate) use protection::Protection;

use super::answer::Grade;
use super::command::{Command, Data, KeyChange, Request};
use super::error::{Error, Misbehaviour};

/// The channel that an authentication opened. Which one depends on the command that
/// authenticated, not on the card.
pub(super) enum Channel {
    D40(D40),
    Ev1(Ev1),
    Ev2(Ev2),
}

impl Channel {
    /// Appends the parameters of a command to `out` as they are sent.
    pub(super) fn seal_command<C: Command>(
        &mut self,
        command: &C,
        request: &Request<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        match command.data() {
            Data::KeyChange(change) => self.seal_key_change(&change, out),
            Data::Plain(_) | Data::Marked(_) | Data::Sensitive(_) => self.seal(request, out),
        }
    }

    /// Appends the parameters of a command to `out` as they are sent.
    pub(super) fn seal(&mut self, request: &Request<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
        match self {
            Self::D40(channel) => {
                channel.seal(request, out);
                Ok(())
            }
            Self::Ev1(channel) => channel.seal(request, out),
            Self::Ev2(channel) => channel.seal(request, out),
        }
    }

    /// Appends the parameters of a key change to `out` as they are sent.
    pub(super) fn seal_key_change(
        &mut self,
        change: &KeyChange<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        match self {
            Self::D40(channel) => {
                channel.seal_key_change(change, out);
                Ok(())
            }
            Self::Ev1(channel) => channel.seal_key_change(change, out),
            Self::Ev2(channel) => channel.seal_key_change(change, out),
        }
    }

    /// Proves a reply that ended with this status and leaves its plain data in `reply`.
    pub(super) fn open(
        &mut self,
        request: &Request<'_>,
        status: u8,
        reply: &mut Vec<u8>,
    ) -> Result<Grade, Misbehaviour> {
        match self {
            Self::D40(channel) => channel.open(request, reply),
            Self::Ev1(channel) => channel.open(request, status, reply),
            Self::Ev2(channel) => channel.open(request, status, reply),
        }
    }
}
