// SPDX-License-Identifier: MIT OR Apache-2.0
//! ISO commands as errors name them, and why a card may refuse one.

use crate::iso7816::StatusWord;

/// An ISO command, as errors name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the standard")]
#[non_exhaustive]
pub enum IsoCommand {
    Select,
    ReadBinary,
    UpdateBinary,
    ReadRecords,
    AppendRecord,
    GetChallenge,
    ExternalAuthenticate,
    InternalAuthenticate,
}

impl core::fmt::Display for IsoCommand {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Select => "SELECT",
            Self::ReadBinary => "READ BINARY",
            Self::UpdateBinary => "UPDATE BINARY",
            Self::ReadRecords => "READ RECORDS",
            Self::AppendRecord => "APPEND RECORD",
            Self::GetChallenge => "GET CHALLENGE",
            Self::ExternalAuthenticate => "EXTERNAL AUTHENTICATE",
            Self::InternalAuthenticate => "INTERNAL AUTHENTICATE",
        })
    }
}

/// The cause of a refusal, for whoever reads the message.
pub(super) const fn cause(command: IsoCommand, status: StatusWord) -> &'static str {
    match (command, status) {
        (IsoCommand::Select, StatusWord::FILE_NOT_FOUND) => {
            " (nothing has this identifier or name; is it a native AID?)"
        }
        (IsoCommand::ExternalAuthenticate, StatusWord::SECURITY_STATUS) => " (another key?)",
        (_, StatusWord::SECURITY_STATUS) => " (a key is needed, or the file is enciphered)",
        (_, StatusWord::CONDITIONS_OF_USE) => " (select a file of this kind first)",
        (_, StatusWord::WRONG_OFFSET | StatusWord::FILE_FULL) => " (beyond the end of the file)",
        (_, StatusWord::RECORD_NOT_FOUND) => " (fewer records than that)",
        (_, StatusWord::CLA_NOT_SUPPORTED) => " (a D40 card, which has no ISO commands?)",
        _ => "",
    }
}
