// SPDX-License-Identifier: MIT OR Apache-2.0
//! How a command and its reply travel, by messaging.

use super::ev1::Inbound;
use crate::wire::CommMode;

/// How a command and its reply travel in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::emulator) enum Mode {
    /// Outside of messaging: the session ends with it.
    Bare,
    /// In clear with MACs. EV1 does not send the command's.
    Mac,
    /// The command's data enciphered, the reply MACed.
    Full,
    /// The command MACed, the reply's data enciphered. EV1 does not send the command's MAC.
    FullReply,
    /// As the file says, the data in the reply. EV1 MACs the replies of plain files too.
    FileRead,
    /// As the file says, the data in the command. EV1 MACs the replies of plain files too.
    FileWrite,
}

impl Mode {
    pub(in crate::emulator) const fn ev1_command(self, file: CommMode) -> Inbound {
        match (self, file) {
            (Self::Full, _) | (Self::FileWrite, CommMode::Full) => Inbound::Full,
            (Self::FileWrite, CommMode::Mac) => Inbound::Mac,
            (Self::Bare | Self::Mac | Self::FullReply | Self::FileRead, _)
            | (Self::FileWrite, CommMode::Plain) => Inbound::Chained,
        }
    }

    /// In a D40 session only data that are written or set are protected, and a reply only where it
    /// has file data or the UID.
    pub(in crate::emulator) const fn d40_command(self, file: CommMode) -> CommMode {
        match self {
            Self::Bare | Self::Mac | Self::FullReply | Self::FileRead => CommMode::Plain,
            Self::Full => CommMode::Full,
            Self::FileWrite => file,
        }
    }

    pub(in crate::emulator) const fn d40_reply(self, file: CommMode) -> CommMode {
        match self {
            Self::Bare | Self::Mac | Self::Full | Self::FileWrite => CommMode::Plain,
            Self::FullReply => CommMode::Full,
            Self::FileRead => file,
        }
    }

    pub(in crate::emulator) const fn ev2_command(self, file: CommMode) -> CommMode {
        match self {
            Self::Bare => CommMode::Plain,
            Self::Mac | Self::FullReply => CommMode::Mac,
            Self::Full => CommMode::Full,
            // A read has no data of its own to encipher.
            Self::FileRead | Self::FileWrite => file,
        }
    }

    pub(in crate::emulator) const fn reply(self, file: CommMode) -> CommMode {
        match self {
            Self::Bare => CommMode::Plain,
            Self::Mac | Self::Full => CommMode::Mac,
            Self::FullReply => CommMode::Full,
            Self::FileRead => file,
            Self::FileWrite => match file {
                CommMode::Plain => CommMode::Plain,
                CommMode::Mac | CommMode::Full => CommMode::Mac,
            },
        }
    }
}
