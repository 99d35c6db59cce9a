// SPDX-License-Identifier: MIT OR Apache-2.0
//! How long a command and its reply are on the wire, before anything is sent.

use super::frames::FRAME;
use super::rules::{self, Rule};
use crate::wire::{CommMode, Ins, KeyType, Messaging, Opening};

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

    fn command(self, mode: CommMode, header: usize, data: usize) -> usize {
        header
            + match (self, mode) {
                (_, CommMode::Plain) | (Self::Bare, _) => data,
                (Self::D40, CommMode::Mac) => data + 4,
                (Self::D40, CommMode::Full) => (data + 2).next_multiple_of(8),
                (Self::Ev1 { .. } | Self::Ev2, CommMode::Mac) => data + 8,
                (Self::Ev1 { block }, CommMode::Full) => (data + 4).next_multiple_of(block),
                (Self::Ev2, CommMode::Full) => padded(data) + 8,
            }
    }

    /// How many bytes of a reply a card sends in one frame: as many as fit 60 with the status word,
    /// of an enciphered one whole blocks (public traces of real cards; belief for 8 bytes a block).
    const fn reply_frame(self, mode: CommMode) -> usize {
        match (self, mode) {
            (Self::D40 | Self::Ev1 { block: 8 }, CommMode::Full) => 56,
            (Self::Ev1 { .. } | Self::Ev2, CommMode::Full) => 48,
            (_, CommMode::Plain | CommMode::Mac | CommMode::Full) => 58,
        }
    }

    /// Where nobody told how much comes back, D40 and EV1 padding marks where the data end.
    fn reply(self, mode: CommMode, data: usize, open_ended: bool) -> usize {
        let marker = usize::from(open_ended);
        match (self, mode) {
            (Self::Bare, _) | (Self::D40 | Self::Ev2, CommMode::Plain) => data,
            (Self::D40, CommMode::Mac) => data + 4,
            (Self::D40, CommMode::Full) => (data + 2 + marker).next_multiple_of(8),
            (Self::Ev1 { .. }, CommMode::Plain | CommMode::Mac) | (Self::Ev2, CommMode::Mac) => {
                data + 8
            }
            (Self::Ev1 { block }, CommMode::Full) => (data + 4 + marker).next_multiple_of(block),
            (Self::Ev2, CommMode::Full) => padded(data) + 8,
        }
    }
}

/// Under ISO/IEC 9797-1 padding method 2, where there is anything to pad.
const fn padded(data: usize) -> usize {
    if data == 0 { 0 } else { (data + 1).next_multiple_of(16) }
}

/// A command and its reply, by what is in them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Talk {
    /// The command.
    pub(crate) ins: Ins,
    /// How many of its parameters always travel in clear.
    pub(crate) header: usize,
    /// How many are data.
    pub(crate) data: usize,
    /// How many bytes come back.
    pub(crate) reply: usize,
    /// The file's communication mode.
    pub(crate) file: CommMode,
    /// Whether the reply is a bare status whatever the session.
    pub(crate) bare_reply: bool,
}

impl Talk {
    /// A command without data or reply that concerns no file.
    pub(crate) const fn new(ins: Ins, header: usize) -> Self {
        Self { ins, header, data: 0, reply: 0, file: CommMode::Plain, bare_reply: false }
    }

    /// The lengths of the command and response APDUs, exchange by exchange.
    pub(crate) fn apdus(&self, protection: Protection) -> Vec<(usize, usize)> {
        let (down, up) = self.modes(protection);
        let command = protection.command(down, self.header, self.data);
        let reply =
            if self.bare_reply { 0 } else { protection.reply(up, self.reply, self.open_ended()) };
        let mut apdus: Vec<_> = pieces(command, FRAME).map(|piece| (apdu(piece), STATUS)).collect();
        let mut replies = pieces(reply, protection.reply_frame(up));
        if let (Some(last), Some(first)) = (apdus.last_mut(), replies.next()) {
            last.1 = first + STATUS;
        }
        apdus.extend(replies.map(|piece| (apdu(0), piece + STATUS)));
        apdus
    }

    /// Whether all there is comes back, however much.
    fn open_ended(&self) -> bool {
        self.ins == Ins::ReadRecords
    }

    fn modes(&self, protection: Protection) -> (CommMode, CommMode) {
        let Some(rule) = rule(self.ins) else { return (CommMode::Plain, CommMode::Plain) };
        let [down, up] = match protection {
            Protection::Bare => return (CommMode::Plain, CommMode::Plain),
            Protection::D40 => rule.d40,
            Protection::Ev1 { .. } => rule.ev1,
            Protection::Ev2 => rule.ev2,
        };
        (down.or_of_file(self.file), up.or_of_file(self.file))
    }
}

/// The row of a command that plans are made of; `None` for those that no session protects.
fn rule(ins: Ins) -> Option<&'static Rule> {
    const ROWS: [Rule; 22] = [
        rules::GET_APPLICATION_IDS,
        rules::CREATE_APPLICATION,
        rules::FORMAT_PICC,
        rules::CHANGE_KEY_SETTINGS,
        rules::CHANGE_KEY,
        rules::SET_CONFIGURATION,
        rules::CREATE_STD,
        rules::CREATE_BACKUP,
        rules::CREATE_VALUE,
        rules::CREATE_LINEAR,
        rules::CREATE_CYCLIC,
        rules::DELETE_FILE,
        rules::CHANGE_FILE_SETTINGS,
        rules::READ_DATA,
        rules::WRITE_DATA,
        rules::GET_VALUE,
        rules::CREDIT,
        rules::DEBIT,
        rules::READ_RECORDS,
        rules::WRITE_RECORD,
        rules::CLEAR_RECORD_FILE,
        rules::COMMIT,
    ];
    ROWS.iter().find(|row| row.ins == ins)
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
