// SPDX-License-Identifier: MIT OR Apache-2.0
//! How a command and its reply travel in a session.

use crate::wire::CommMode;

/// How a command and its reply travel in a session. What that means for the command is a matter of
/// each messaging.
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
    /// How the reply travels in an EV1 or EV2 session.
    pub(super) const fn reply(self, file: CommMode) -> CommMode {
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
