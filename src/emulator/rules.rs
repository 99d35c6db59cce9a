// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the card knows of each command before it looks at the parameters: one table.

use crate::wire::{CommMode, Generation, Ins, Status};

use super::auth::Flavour;
use super::card::Card;
use super::channel::Inbound;
use super::command::{application, data, file, key, picc, record, value};
use super::frames::Reply;

use Generation::{D40, Ev1, Ev2};
use Level::{Any, Application, Picc};
use Mode::{Bare, FileRead, FileWrite, Full, FullReply, Mac};
use Size::{AtLeast, Chained, Depends, Exactly};

/// One command.
pub(super) struct Rule {
    pub(super) ins: Ins,
    /// The first generation that knows it.
    pub(super) since: Generation,
    /// Where it may be used; elsewhere it is refused with `9D`.
    pub(super) level: Level,
    /// How it travels in a session.
    pub(super) mode: Mode,
    /// How many parameter bytes it has in clear.
    pub(super) size: Size,
    /// What it does.
    pub(super) action: Action,
    /// Where level, mode and size are written, or "belief".
    #[cfg_attr(not(test), expect(dead_code, reason = "for readers and for the test"))]
    pub(super) source: &'static str,
}

/// Where a command lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Any,
    Picc,
    Application,
}

/// How many parameter bytes a command has in clear.
#[derive(Clone, Copy)]
pub(super) enum Size {
    /// A header that is never enciphered, and data.
    Exactly(usize, usize),
    /// As the selected level decides, all of it in clear.
    Depends(fn(&Card) -> usize),
    /// A header; what follows depends on it.
    AtLeast(usize),
    /// The same, and what follows may come in further frames.
    Chained(usize),
}

/// How a command and its reply travel in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
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
    pub(super) const fn ev1_command(self, file: CommMode) -> Inbound {
        match (self, file) {
            (Self::Full, _) | (Self::FileWrite, CommMode::Full) => Inbound::Full,
            (Self::FileWrite, CommMode::Mac) => Inbound::Mac,
            (Self::Bare | Self::Mac | Self::FullReply | Self::FileRead, _)
            | (Self::FileWrite, CommMode::Plain) => Inbound::Chained,
        }
    }

    /// In a D40 session only data that are written or set are protected, and a reply only where it
    /// has file data or the UID.
    pub(super) const fn d40_command(self, file: CommMode) -> CommMode {
        match self {
            Self::Bare | Self::Mac | Self::FullReply | Self::FileRead => CommMode::Plain,
            Self::Full => CommMode::Full,
            Self::FileWrite => file,
        }
    }

    pub(super) const fn d40_reply(self, file: CommMode) -> CommMode {
        match self {
            Self::Bare | Self::Mac | Self::Full | Self::FileWrite => CommMode::Plain,
            Self::FullReply => CommMode::Full,
            Self::FileRead => file,
        }
    }

    pub(super) const fn ev2_command(self, file: CommMode) -> CommMode {
        match self {
            Self::Bare => CommMode::Plain,
            Self::Mac | Self::FullReply => CommMode::Mac,
            Self::Full => CommMode::Full,
            // A read has no data of its own to encipher.
            Self::FileRead | Self::FileWrite => file,
        }
    }

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

/// What a command does.
pub(super) enum Action {
    /// Opens an authentication.
    Authenticate(Flavour),
    /// Something within or without a session.
    Execute {
        /// Whether what it names exists and the rights allow it. Sees the header in clear.
        authorise: Authorise,
        /// Checks values, and acts. Sees all parameters in clear.
        execute: Execute,
    },
}

pub(super) type Authorise = fn(&Card, &[u8]) -> Result<Grant, Status>;
pub(super) type Execute = fn(&mut Card, &[u8], &mut Reply) -> Result<(), Status>;

/// What the rights allow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grant {
    /// How file data travel.
    pub(super) file: CommMode,
    /// How many data bytes follow the header in clear.
    pub(super) data: usize,
    /// How many bytes stand behind the data and their checksum.
    pub(super) tail: usize,
    /// Padding marks the end of the data, as many as have come.
    pub(super) marked: bool,
}

impl Grant {
    /// For a command that touches no file contents and has a fixed size.
    pub(super) const MANAGE: Self = Self { file: CommMode::Plain, data: 0, tail: 0, marked: false };
}

/// The rule for an instruction, if the generation knows it.
pub(super) fn rule(ins: Ins, generation: Generation) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.ins == ins && rule.since <= generation)
}

/// A row that every generation has.
const fn row(
    ins: Ins,
    level: Level,
    mode: Mode,
    size: Size,
    action: Action,
    source: &'static str,
) -> Rule {
    Rule { ins, since: D40, level, mode, size, action, source }
}

impl Rule {
    /// Whether an error of the command drops what is pending.
    pub(super) const fn is_transactional(&self) -> bool {
        let data = matches!(self.mode, FileRead | FileWrite);
        data || matches!(
            self.ins,
            Ins::CommitTransaction | Ins::AbortTransaction | Ins::ClearRecordFile
        )
    }

    /// For a command that came with this generation.
    const fn since(mut self, generation: Generation) -> Self {
        self.since = generation;
        self
    }
}

/// A row of an authentication.
const fn opening(
    ins: Ins,
    since: Generation,
    size: Size,
    flavour: Flavour,
    source: &'static str,
) -> Rule {
    let action = Action::Authenticate(flavour);
    Rule { ins, since, level: Any, mode: Bare, size, action, source }
}

/// A row's action from the functions of its module.
macro_rules! act {
    ($module:ident, $authorise:ident, $execute:ident) => {
        Action::Execute { authorise: $module::$authorise, execute: $module::$execute }
    };
}

/// All commands of this card. A session ends with those of [`Mode::Bare`], with ChangeKey of its
/// own key, with DeleteApplication from inside, and with any error.
static RULES: &[Rule] = &[
    opening(Ins::Authenticate, D40, Exactly(1, 0), Flavour::D40, "public captures of D40 sessions"),
    opening(Ins::AuthenticateIso, Ev1, Exactly(1, 0), Flavour::Iso, "public captures of EV1 cards"),
    opening(Ins::AuthenticateAes, Ev1, Exactly(1, 0), Flavour::Aes, "public captures of EV1 cards"),
    opening(Ins::AuthenticateEv2First, Ev2, AtLeast(2), Flavour::Ev2First, "AN12343, table 16"),
    opening(
        Ins::AuthenticateEv2NonFirst,
        Ev2,
        Exactly(1, 0),
        Flavour::Ev2NonFirst,
        "public capture of an NTAG 424 DNA",
    ),
    row(
        Ins::SelectApplication,
        Any,
        Bare,
        Exactly(3, 0),
        act!(application, may_select, select),
        "public captures of EV1 cards",
    ),
    row(
        Ins::CreateApplication,
        Picc,
        Mac,
        AtLeast(5),
        act!(application, may_create, create),
        "public captures of EV1 cards; EV2: belief",
    ),
    row(
        Ins::DeleteApplication,
        Any,
        Mac,
        Exactly(3, 0),
        act!(application, may_delete, delete),
        "public captures of EV1 cards; inside the application: belief",
    ),
    row(
        Ins::GetApplicationIds,
        Picc,
        Mac,
        Exactly(0, 0),
        act!(application, may_list, list),
        "public captures of EV1 cards; EV2: belief",
    ),
    row(Ins::GetDfNames, Picc, Mac, Exactly(0, 0), act!(application, may_list, names), "belief")
        .since(Ev1),
    row(
        Ins::SetConfiguration,
        Picc,
        Full,
        AtLeast(1),
        act!(picc, may_configure, configure),
        "belief",
    )
    .since(Ev1),
    row(
        Ins::FormatPicc,
        Picc,
        Mac,
        Exactly(0, 0),
        act!(picc, may_format, format),
        "public captures of EV1 cards; EV2: belief",
    ),
    row(
        Ins::GetVersion,
        Any,
        Mac,
        Exactly(0, 0),
        act!(picc, anybody, version),
        "public captures of an EV1 card and an NTAG 424 DNA",
    ),
    row(
        Ins::GetCardUid,
        Any,
        FullReply,
        Exactly(0, 0),
        act!(picc, authenticated, card_uid),
        "AN12343, table 7; EV1: belief",
    )
    .since(Ev1),
    row(Ins::FreeMemory, Any, Mac, Exactly(0, 0), act!(picc, anybody, free_memory), "belief")
        .since(Ev1),
    row(
        Ins::GetKeySettings,
        Any,
        Mac,
        Exactly(0, 0),
        act!(key, may_see_settings, settings),
        "public captures of EV1 cards; EV2: belief",
    ),
    row(
        Ins::ChangeKeySettings,
        Any,
        Full,
        Exactly(0, 1),
        act!(key, may_change_settings, change_settings),
        "public captures of EV1 cards; EV2: belief",
    ),
    row(
        Ins::GetKeyVersion,
        Any,
        Mac,
        Exactly(1, 0),
        act!(key, may_see_version, version),
        "public captures of an EV1 card and an NTAG 424 DNA",
    ),
    row(
        Ins::ChangeKey,
        Any,
        Full,
        AtLeast(1),
        act!(key, may_change, change),
        "public captures of EV1 cards; AN12343, tables 39 and 40",
    ),
    row(
        Ins::CreateStdDataFile,
        Application,
        Mac,
        Depends(file::standard_length),
        act!(file, may_create, create_standard),
        "public captures of EV1 cards; EV2: belief",
    ),
    row(
        Ins::CreateBackupDataFile,
        Application,
        Mac,
        Depends(file::backup_length),
        act!(file, may_create, create_backup),
        "belief, after CreateStdDataFile",
    ),
    row(
        Ins::CreateValueFile,
        Application,
        Mac,
        Depends(file::value_length),
        act!(file, may_create, create_value),
        "belief, after CreateStdDataFile",
    ),
    row(
        Ins::CreateLinearRecordFile,
        Application,
        Mac,
        Depends(file::linear_length),
        act!(file, may_create, create_linear),
        "belief, after CreateStdDataFile",
    ),
    row(
        Ins::CreateCyclicRecordFile,
        Application,
        Mac,
        Depends(file::cyclic_length),
        act!(file, may_create, create_cyclic),
        "belief, after CreateStdDataFile",
    ),
    row(
        Ins::GetIsoFileIds,
        Application,
        Mac,
        Exactly(0, 0),
        act!(file, may_list, list_iso),
        "belief",
    )
    .since(Ev1),
    row(
        Ins::DeleteFile,
        Application,
        Mac,
        Exactly(1, 0),
        act!(file, may_delete, delete),
        "public captures of EV1 cards; EV2: belief",
    ),
    row(
        Ins::GetFileIds,
        Application,
        Mac,
        Exactly(0, 0),
        act!(file, may_list, list),
        "public captures of EV1 cards; EV2: belief",
    ),
    row(
        Ins::GetFileSettings,
        Application,
        Mac,
        Exactly(1, 0),
        act!(file, may_see_settings, settings),
        "public captures of EV1 cards; AN12196, 5.4",
    ),
    row(
        Ins::ReadData,
        Application,
        FileRead,
        AtLeast(7),
        act!(data, may_read, read),
        "public captures of EV1 cards; EV2 after AN12343, table 26",
    ),
    row(
        Ins::WriteData,
        Application,
        FileWrite,
        Chained(7),
        act!(data, may_write, write),
        "public captures of EV1 cards; EV2 after AN12343, tables 23 and 25",
    ),
    row(
        Ins::ChangeFileSettings,
        Application,
        FileWrite,
        AtLeast(1),
        act!(file, may_change, change),
        "belief",
    ),
    row(
        Ins::GetValue,
        Application,
        FileRead,
        AtLeast(1),
        act!(value, may_get, get),
        "public captures of an EV1 card; EV2: belief",
    ),
    row(Ins::Credit, Application, FileWrite, AtLeast(1), act!(value, may_credit, credit), "belief"),
    row(Ins::Debit, Application, FileWrite, AtLeast(1), act!(value, may_debit, debit), "belief"),
    row(
        Ins::LimitedCredit,
        Application,
        FileWrite,
        AtLeast(1),
        act!(value, may_limited, limited),
        "belief",
    ),
    row(
        Ins::ReadRecords,
        Application,
        FileRead,
        AtLeast(7),
        act!(record, may_read, read),
        "public captures of an EV1 card; EV2: belief",
    ),
    row(
        Ins::WriteRecord,
        Application,
        FileWrite,
        Chained(7),
        act!(record, may_write, write),
        "belief",
    ),
    row(
        Ins::ClearRecordFile,
        Application,
        Mac,
        Exactly(1, 0),
        act!(record, may_clear, clear),
        "belief",
    ),
    row(
        Ins::CommitTransaction,
        Application,
        Mac,
        Exactly(0, 0),
        act!(data, anybody, commit),
        "belief",
    ),
    row(
        Ins::AbortTransaction,
        Application,
        Mac,
        Exactly(0, 0),
        act!(data, anybody, abort),
        "belief",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::BELIEFS;

    #[test]
    fn every_instruction_has_one_row_and_every_row_a_source() {
        for (position, rule) in RULES.iter().enumerate() {
            assert!(RULES.iter().skip(position + 1).all(|other| other.ins != rule.ins));
            assert!(!rule.source.is_empty(), "{}", rule.ins);
            assert!(!matches!(rule.ins, Ins::Unknown(_) | Ins::AdditionalFrame));
        }
    }

    #[test]
    fn rows_on_belief_are_on_the_list_of_beliefs() {
        for rule in RULES.iter().filter(|rule| rule.source.starts_with("belief")) {
            let name = rule.ins.to_string();
            let name = name.replace("Picc", "PICC").replace("Df", "DF");
            let name = name.replace("Iso", "ISO").replace("Ids", "IDs");
            assert!(BELIEFS.iter().any(|belief| belief.rule.contains(&name)), "{name}");
        }
    }
}
