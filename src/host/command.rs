// SPDX-License-Identifier: MIT OR Apache-2.0
//! The commands as values: one family a file. A command knows its rule, its parameters and its
//! reply; [`Conversation::run`](super::conversation::Conversation::run) sends it, and
//! [`Protection`](super::Protection) tells how long it will be.

pub(crate) mod application;
pub(crate) mod authenticate;
pub(crate) mod configuration;
pub(crate) mod data;
pub(crate) mod delegated;
pub(crate) mod file;
pub(crate) mod iso;
pub(crate) mod key;
pub(crate) mod key_set;
pub(crate) mod light;
pub(crate) mod originality;
pub(crate) mod picc;
pub(crate) mod proximity;
pub(crate) mod record;
pub(crate) mod select;
pub(crate) mod tag;
pub(crate) mod transaction;
pub(crate) mod transaction_mac;
pub(crate) mod value;

pub(super) use key::KeyChange;

use super::error::Misbehaviour;
use super::rule::Rule;
use crate::wire::{CommMode, Ins, Silicon};

/// A command that is sent in frames, with everything that it says.
pub(crate) trait Command {
    /// What its reply says.
    type Output;

    /// What is fixed about it.
    fn rule(&self) -> &'static Rule;

    /// The parameters that always travel in clear.
    fn header(&self) -> &[u8] {
        &[]
    }

    /// The parameters that travel as the rule says.
    fn data(&self) -> Data<'_> {
        Data::Plain(&[])
    }

    /// The mode of the file, where the rule refers to it.
    fn file_mode(&self) -> CommMode {
        CommMode::Plain
    }

    /// How many data bytes the reply should have.
    fn extent(&self) -> Extent {
        Extent::Told(0)
    }

    /// How many bytes the first frame takes, where it is not filled.
    fn first_frame(&self) -> Option<usize> {
        None
    }

    /// Whether a live key goes to the card with it.
    fn brings_live_key(&self) -> bool {
        false
    }

    /// Reads the reply.
    fn decode(&self, reply: Reply<'_>) -> Result<Self::Output, Misbehaviour>;
}

/// Parameters that a channel protects, told apart at birth by who may see them.
#[derive(Clone, Copy)]
pub(crate) enum Data<'a> {
    /// Settings and amounts.
    Plain(&'a [u8]),
    /// Settings that end with `80` where they are enciphered, as their length is not known.
    Marked(&'a [u8]),
    /// Contents or keys, which show nowhere.
    Sensitive(&'a [u8]),
    /// A change-key cryptogram, which the channel makes.
    KeyChange(KeyChange<'a>),
}

impl<'a> Data<'a> {
    /// How long they are, before anything protects them.
    pub(crate) const fn length(self) -> usize {
        self.bytes().len()
    }

    const fn bytes(self) -> &'a [u8] {
        match self {
            Self::Plain(bytes) | Self::Marked(bytes) | Self::Sensitive(bytes) => bytes,
            Self::KeyChange(_) => &[],
        }
    }
}

impl core::fmt::Debug for Data<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Plain(bytes) | Self::Marked(bytes) => f.write_str(&hex::encode_upper(bytes)),
            Self::Sensitive(bytes) => write!(f, "<{} secret bytes>", bytes.len()),
            Self::KeyChange(change) => change.fmt(f),
        }
    }
}

/// A command as the channels take it.
pub(super) struct Request<'a> {
    pub(super) rule: &'a Rule,
    /// The mode of the file, for commands whose rule refers to it.
    pub(super) file: CommMode,
    /// Parameters that always travel in clear.
    pub(super) header: &'a [u8],
    /// Parameters that travel as the rule says.
    pub(super) data: &'a [u8],
    /// Whether enciphered data end with `80` before the zeros, as their length is not known.
    pub(super) marked: bool,
    pub(super) extent: Extent,
    /// How many bytes the first frame takes, where it is not filled.
    pub(super) first: Option<usize>,
}

impl<'a> Request<'a> {
    /// A command for the tests of channels: what travels in clear, and no reply.
    #[cfg(test)]
    pub(super) const fn new(rule: &'a Rule, header: &'a [u8]) -> Self {
        let (file, extent) = (CommMode::Plain, Extent::UpTo(Extent::LIST));
        Self { rule, file, header, data: &[], marked: false, extent, first: None }
    }

    /// How long the parameters are, with room for what protects them or for a key change.
    pub(super) fn room(&self) -> usize {
        (self.header.len() + self.data.len()).max(KEY_CHANGE)
    }

    /// The parameters as they travel in no session.
    pub(super) fn bare(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.header);
        out.extend_from_slice(self.data);
    }

    pub(super) fn of<C: Command>(command: &'a C, silicon: Option<&Silicon>) -> Self {
        let data = command.data();
        let rule = command.rule().on(silicon);
        Self {
            rule,
            file: command.file_mode(),
            header: command.header(),
            data: data.bytes(),
            marked: matches!(data, Data::Marked(_)),
            extent: command.extent(),
            first: command.first_frame(),
        }
    }
}

/// Key number and the longest cryptogram of ChangeKey.
const KEY_CHANGE: usize = 64;

/// A reply that is proven.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reply<'a> {
    /// Its data.
    pub(crate) data: &'a [u8],
    /// Where its frames ended, for an [`Extent::Framed`] one.
    pub(crate) ends: &'a [usize],
}

/// How many data bytes a reply should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// None: a bare status, whatever the session, which is over with it.
    Bare,
    /// Exactly so many; the card was told.
    Told(usize),
    /// Exactly so many, but the card was asked for the rest of the file: an EV1 card then marks
    /// the end of the data with `80`.
    Rest(usize),
    /// So many at the most; the command judges.
    UpTo(usize),
    /// So many at the most; the command judges, and wants to know where the frames ended.
    Framed(usize),
}

impl Extent {
    /// How many applications a card has at most: each takes a block of 32 bytes, of 32 Kbytes on
    /// the largest card (a bound, not a number that anybody publishes).
    const APPLICATIONS: usize = 1024;

    /// The longest entry of GetDFNames, which is a frame: AID, file identifier and name.
    const DF_ENTRY: usize = 21;

    /// The fewest bytes that a frame of a reply brings when another one follows. Real cards bring
    /// seven and more (the parts of GetVersion).
    const FRAME: usize = 5;

    /// The list of all applications.
    pub(super) const LIST: usize = Self::APPLICATIONS * 3;

    /// Their names, each in a frame.
    pub(super) const NAMES: usize = Self::APPLICATIONS * Self::DF_ENTRY;

    /// More than any file holds: a size of three bytes. Records are counted beside their size, so
    /// that a card can tell of far more.
    const CONTENTS: usize = 0x00FF_FFFF;

    /// The most bytes that come.
    pub(super) fn most(self) -> usize {
        match self {
            Self::Bare => 0,
            Self::Told(bytes) | Self::Rest(bytes) | Self::UpTo(bytes) | Self::Framed(bytes) => {
                bytes.min(Self::CONTENTS)
            }
        }
    }

    /// The most frames that so many bytes of a reply come in, whatever the card cuts them by.
    pub(super) const fn frames(self, bytes: usize) -> usize {
        match self {
            Self::Framed(_) => bytes / Self::DF_ENTRY + 2,
            Self::Bare | Self::Told(_) | Self::Rest(_) | Self::UpTo(_) => bytes / Self::FRAME + 2,
        }
    }
}

/// The reply of a command that brings no data.
macro_rules! says_nothing {
    () => {
        type Output = ();

        fn decode(
            &self,
            _: $crate::host::command::Reply<'_>,
        ) -> Result<(), $crate::host::Misbehaviour> {
            Ok(())
        }
    };
}
pub(super) use says_nothing;

/// The row of each command. A new instruction has to be given one.
#[expect(clippy::too_many_lines, reason = "a line for each command")]
pub(crate) const fn rule(ins: Ins) -> Option<&'static Rule> {
    Some(match ins {
        Ins::Authenticate => &authenticate::LEGACY,
        Ins::AuthenticateAes => &authenticate::AES,
        Ins::AuthenticateIso => &authenticate::ISO,
        Ins::AuthenticateEv2First => &authenticate::EV2_FIRST,
        Ins::AuthenticateEv2NonFirst => &authenticate::EV2_NON_FIRST,
        Ins::ChangeKeySettings => &key::ChangeKeySettings::RULE,
        Ins::GetKeySettings => &key::GetKeySettings::RULE,
        Ins::ChangeKey => &key::ChangeKey::RULE,
        Ins::ChangeKeyEv2 => &key_set::ChangeKeyOfSet::RULE,
        Ins::InitializeKeySet => &key_set::InitializeKeySet::RULE,
        Ins::FinalizeKeySet => &key_set::FinalizeKeySet::RULE,
        Ins::RollKeySet => &key_set::RollKeySet::RULE,
        Ins::GetKeyVersion => &key::GetKeyVersion::RULE,
        Ins::CreateApplication => &application::CreateApplication::RULE,
        Ins::CreateDelegatedApplication => &delegated::CreateDelegatedApplication::RULE,
        Ins::GetDelegatedInfo => &delegated::GetDelegatedInfo::RULE,
        Ins::DeleteApplication => &application::DeleteApplication::RULE,
        Ins::GetApplicationIds => &application::GetApplicationIds::RULE,
        Ins::GetDfNames => &application::GetDfNames::RULE,
        Ins::SelectApplication => &select::SelectApplication::RULE,
        Ins::FormatPicc => &picc::FormatPicc::RULE,
        Ins::GetVersion => &picc::GetVersion::RULE,
        Ins::GetCardUid => &picc::GetCardUid::RULE,
        Ins::ReadSig => &originality::ReadSig::RULE,
        Ins::SetConfiguration => &picc::SetConfiguration::RULE,
        Ins::FreeMemory => &picc::FreeMemory::RULE,
        Ins::GetFileIds => &file::GetFileIds::RULE,
        Ins::GetIsoFileIds => &file::GetIsoFileIds::RULE,
        Ins::GetFileSettings => &file::GetFileSettings::RULE,
        Ins::ChangeFileSettings => &file::ChangeFileSettings::RULE,
        Ins::GetFileCounters => &file::GetFileCounters::RULE,
        Ins::CreateStdDataFile => &file::CreateFile::STANDARD,
        Ins::CreateBackupDataFile => &file::CreateFile::BACKUP,
        Ins::CreateValueFile => &file::CreateFile::VALUE,
        Ins::CreateLinearRecordFile => &file::CreateFile::LINEAR,
        Ins::CreateCyclicRecordFile => &file::CreateFile::CYCLIC,
        Ins::CreateTransactionMacFile => &transaction_mac::CreateTransactionMacFile::RULE,
        Ins::DeleteFile => &file::DeleteFile::RULE,
        Ins::ReadData => &data::ReadData::RULE,
        Ins::WriteData => &data::WriteData::RULE,
        Ins::ReadDataIso => &data::ReadData::WHOLE,
        Ins::WriteDataIso => &data::WriteData::WHOLE,
        Ins::GetTtStatus => &tag::GetTtStatus::RULE,
        Ins::GetValue => &value::GetValue::RULE,
        Ins::Credit => &value::ChangeValue::CREDIT,
        Ins::Debit => &value::ChangeValue::DEBIT,
        Ins::LimitedCredit => &value::ChangeValue::LIMITED_CREDIT,
        Ins::RestoreTransfer => &value::RestoreTransfer::RULE,
        Ins::WriteRecord => &record::WriteRecord::RULE,
        Ins::ReadRecords => &record::ReadRecords::RULE,
        Ins::WriteRecordIso => &record::WriteRecord::WHOLE,
        Ins::ReadRecordsIso => &record::ReadRecords::WHOLE,
        Ins::UpdateRecord => &record::UpdateRecord::RULE,
        Ins::UpdateRecordIso => &record::UpdateRecord::WHOLE,
        Ins::ClearRecordFile => &record::ClearRecordFile::RULE,
        Ins::CommitTransaction => &transaction::EndTransaction::COMMIT,
        Ins::AbortTransaction => &transaction::EndTransaction::ABORT,
        Ins::CommitReaderId => &transaction_mac::CommitReaderId::RULE,
        Ins::PreparePc => &proximity::PreparePc::RULE,
        Ins::ProximityCheck => &proximity::ProximityCheck::RULE,
        Ins::VerifyPc => &proximity::VerifyPc::RULE,
        Ins::AdditionalFrame | Ins::Unknown(_) => return None,
    })
}
