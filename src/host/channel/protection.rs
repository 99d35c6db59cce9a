// SPDX-License-Identifier: MIT OR Apache-2.0
//! How long a command and its reply are under a channel, before anything is sent.

use super::{d40, ev1, ev2};
use crate::host::command::{Command, Data, Extent, authenticate};
use crate::wire::{CommMode, KeyType, Messaging, Opening, Silicon};

/// What protects the commands of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    /// No session.
    Bare,
    /// A D40 session.
    D40,
    /// An EV1 session, under a cipher with blocks of so many bytes.
    Ev1 {
        /// 8 or 16.
        block: usize,
    },
    /// An EV2 session.
    Ev2,
}

impl Protection {
    /// The session that an authentication opens.
    pub(crate) const fn of(opening: Opening, key: KeyType) -> Self {
        match (opening.messaging(), key) {
            (Messaging::D40, _) => Self::D40,
            (Messaging::Ev2, _) => Self::Ev2,
            (Messaging::Ev1, KeyType::Aes) => Self::Ev1 { block: 16 },
            (Messaging::Ev1, KeyType::Des | KeyType::Tdes3) => Self::Ev1 { block: 8 },
        }
    }

    /// How to open a session from here: where an EV2 transaction is open, it goes on.
    pub(crate) fn next_opening(self, opening: Opening) -> Opening {
        match (self, opening) {
            (Self::Ev2, Opening::Ev2First) => Opening::Ev2NonFirst,
            _ => opening,
        }
    }

    /// The lengths of the command APDUs, with so many bytes of parameters in a frame, and that of the protected
    /// reply, which the card cuts. Where the host does not tell how much it wants, `expected` bytes come.
    pub(crate) fn lengths<C: Command>(
        self,
        command: &C,
        (silicon, frame): (&Silicon, usize),
        expected: usize,
    ) -> (Vec<usize>, usize) {
        let [down, up] = self.modes(command);
        let (clear, data) = match command.data() {
            // Numbers of set and key stand before what is enciphered.
            Data::KeyChange(change) => (change.head().1.len(), change.length(self.key_checksum())),
            data @ (Data::Plain(_) | Data::Marked(_) | Data::Sensitive(_)) => {
                (command.header().len(), data.length())
            }
        };
        let sent = clear + self.command(down, data);
        let received = match command.extent() {
            Extent::Bare => 0,
            Extent::Told(data) => self.reply(up, data, false),
            Extent::Rest(data) => self.reply(up, data, true),
            Extent::UpTo(_) | Extent::Framed(_) => self.reply(up, expected, true),
        };
        let most = command.rule().on(Some(silicon)).room(frame);
        (pieces(sent, most).map(apdu).collect(), received)
    }

    /// The lengths of both exchanges of an authentication, in LRP or not.
    pub(crate) fn opening(opening: Opening, key: KeyType, lrp: bool) -> [(usize, usize); 2] {
        let lengths = match lrp {
            true => authenticate::lrp_lengths(opening),
            false => authenticate::lengths(opening, key),
        };
        lengths.map(|(sent, received)| (apdu(sent), received + STATUS))
    }

    fn modes<C: Command>(self, command: &C) -> [CommMode; 2] {
        let messaging = match self {
            Self::Bare => return [CommMode::Plain; 2],
            Self::D40 => Messaging::D40,
            Self::Ev1 { .. } => Messaging::Ev1,
            Self::Ev2 => Messaging::Ev2,
        };
        let file = command.file_mode();
        command.rule().modes(messaging).map(|mode| mode.or_of_file(file))
    }

    const fn command(self, mode: CommMode, data: usize) -> usize {
        match self {
            Self::Bare => data,
            Self::D40 => d40::command_length(mode, data),
            Self::Ev1 { block } => ev1::command_length(mode, data, block),
            Self::Ev2 => ev2::length(mode, data),
        }
    }

    fn reply(self, mode: CommMode, data: usize, open: bool) -> usize {
        match self {
            Self::Bare => data,
            Self::D40 => d40::reply_length(mode, data, open),
            Self::Ev1 { block } => ev1::reply_length(mode, data, open, block),
            Self::Ev2 => ev2::length(mode, data),
        }
    }

    const fn key_checksum(self) -> usize {
        match self {
            Self::Bare | Self::D40 => d40::KEY_CHECKSUM,
            Self::Ev1 { .. } => ev1::KEY_CHECKSUM,
            Self::Ev2 => ev2::KEY_CHECKSUM,
        }
    }
}

/// A length cut into pieces, at least one.
fn pieces(length: usize, most: usize) -> impl Iterator<Item = usize> {
    let whole = length.saturating_sub(1) / most;
    core::iter::repeat_n(most, whole).chain([length - whole * most])
}

/// A wrapped command: CLA INS P1 P2 Lc, parameters, Le; without Lc where there are none.
const fn apdu(parameters: usize) -> usize {
    if parameters == 0 { 5 } else { parameters + 6 }
}

const STATUS: usize = 2;
