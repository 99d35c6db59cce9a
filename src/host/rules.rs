// SPDX-License-Identifier: MIT OR Apache-2.0
//! How each command and its reply travel inside a session: one row a command.
//!
//! In an EV1 session every reply carries a MAC, and a command's MAC is sent only where the row
//! says MAC; a plain command moves the chaining value all the same. In an EV2 session plain means
//! that there is no MAC at all, in either direction.

use crate::wire::{CommMode, Ins};

/// How one command is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) ins: Ins,
    /// Command and reply in a D40 session, where plain means that there is no MAC at all.
    pub(super) d40: [Mode; 2],
    /// Command and reply in an EV1 session.
    pub(super) ev1: [Mode; 2],
    /// Command and reply in an EV2 session.
    pub(super) ev2: [Mode; 2],
}

/// A communication mode, or the one that holds for the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Plain,
    Mac,
    Full,
    File,
}

impl Mode {
    pub(super) const fn or_of_file(self, file: CommMode) -> CommMode {
        match self {
            Self::Plain => CommMode::Plain,
            Self::Mac => CommMode::Mac,
            Self::Full => CommMode::Full,
            Self::File => file,
        }
    }
}

use Mode::{File, Full, Mac, Plain};

// D40 columns: ChangeKeySettings and ChangeKey are in desfire-tools-for-android, all else is belief
// after libfreefare. EV1 columns: `RFDoorLock` is its page of communication examples with a real EV1 card; skjolber
// stands for the recorded sessions in the tests of skjolber/desfire-tools-for-android. EV2
// columns: the command tables of Proxmark3, liblogicalaccess and NXP's AN12343. A "belief" has no
// published bytes and is on the list of beliefs.

const fn row(ins: Ins, ev1: [Mode; 2], ev2: [Mode; 2]) -> Rule {
    Rule { ins, d40: [Plain, Plain], ev1, ev2 }
}

impl Rule {
    /// For a command that a D40 session protects.
    const fn d40(mut self, d40: [Mode; 2]) -> Self {
        self.d40 = d40;
        self
    }
}

/// `RFDoorLock` `GetCardVersion`; NTAG 424 DNA capture in ntag424.
pub(super) const GET_VERSION: Rule = row(Ins::GetVersion, [Plain, Plain], [Mac, Mac]);

/// `RFDoorLock` `GetKeyVersion`; NTAG 424 DNA capture in ntag424.
pub(super) const GET_KEY_VERSION: Rule = row(Ins::GetKeyVersion, [Plain, Plain], [Mac, Mac]);

/// `RFDoorLock` `GetKeySettings`; Proxmark3 (belief for EV2).
pub(super) const GET_KEY_SETTINGS: Rule = row(Ins::GetKeySettings, [Plain, Plain], [Mac, Mac]);

/// `RFDoorLock` `ChangeKeySettings`; Proxmark3 (belief for EV2).
pub(super) const CHANGE_KEY_SETTINGS: Rule =
    row(Ins::ChangeKeySettings, [Full, Plain], [Full, Mac]).d40([Full, Plain]);

/// `RFDoorLock` `ChangeKey`; AN12343 tables 39 and 40. The own key's reply is bare.
pub(super) const CHANGE_KEY: Rule =
    row(Ins::ChangeKey, [Full, Plain], [Full, Mac]).d40([Full, Plain]);

/// libfreefare (belief for EV1); AN12343 table 7.
pub(super) const GET_CARD_UID: Rule =
    row(Ins::GetCardUid, [Plain, Full], [Mac, Full]).d40([Plain, Full]);

/// `RFDoorLock` `GetApplicationIDs`; Proxmark3 (belief for EV2).
pub(super) const GET_APPLICATION_IDS: Rule =
    row(Ins::GetApplicationIds, [Plain, Plain], [Mac, Mac]);

/// libfreefare (belief for EV1); Proxmark3 (belief for EV2).
pub(super) const FREE_MEMORY: Rule = row(Ins::FreeMemory, [Plain, Plain], [Mac, Mac]);

/// `RFDoorLock` `CreateApplication`; Proxmark3 (belief for EV2).
pub(super) const CREATE_APPLICATION: Rule = row(Ins::CreateApplication, [Plain, Plain], [Mac, Mac]);

/// `RFDoorLock` `DeleteApplication`; Proxmark3 (belief for EV2).
pub(super) const DELETE_APPLICATION: Rule = row(Ins::DeleteApplication, [Plain, Plain], [Mac, Mac]);

/// `RFDoorLock` `FormatCard`, Proxmark3 issue 2961; belief for EV2.
pub(super) const FORMAT_PICC: Rule = row(Ins::FormatPicc, [Plain, Plain], [Mac, Mac]);

/// `RFDoorLock` `GetFileIDs`; Proxmark3 (belief for EV2).
pub(super) const GET_FILE_IDS: Rule = row(Ins::GetFileIds, [Plain, Plain], [Mac, Mac]);

/// `RFDoorLock` `GetFileSettings`; AN12196 5.4.
pub(super) const GET_FILE_SETTINGS: Rule = row(Ins::GetFileSettings, [Plain, Plain], [Mac, Mac]);

/// `RFDoorLock` `CreateStdDataFile`; Proxmark3 (belief for EV2).
pub(super) const CREATE_STD: Rule = row(Ins::CreateStdDataFile, [Plain, Plain], [Mac, Mac]);

/// libfreefare (belief); Proxmark3 (belief for EV2).
pub(super) const CREATE_BACKUP: Rule = row(Ins::CreateBackupDataFile, [Plain, Plain], [Mac, Mac]);

/// libfreefare (belief); Proxmark3 (belief for EV2).
pub(super) const CREATE_VALUE: Rule = row(Ins::CreateValueFile, [Plain, Plain], [Mac, Mac]);

/// libfreefare (belief); Proxmark3 (belief for EV2).
pub(super) const CREATE_LINEAR: Rule = row(Ins::CreateLinearRecordFile, [Plain, Plain], [Mac, Mac]);

/// libfreefare (belief); Proxmark3 (belief for EV2).
pub(super) const CREATE_CYCLIC: Rule = row(Ins::CreateCyclicRecordFile, [Plain, Plain], [Mac, Mac]);

/// `RFDoorLock` `DeleteFile`; Proxmark3 (belief for EV2).
pub(super) const DELETE_FILE: Rule = row(Ins::DeleteFile, [Plain, Plain], [Mac, Mac]);

/// `RFDoorLock` `ReadFileData`, skjolber `testAES2`; AN12343 table 26. EV1 MACed reads: belief.
pub(super) const READ_DATA: Rule =
    row(Ins::ReadData, [Plain, File], [File, File]).d40([Plain, File]);

/// `RFDoorLock` `WriteFileData`, skjolber `testAES2`; AN12343 tables 23 and 25. EV1 MACed
/// writes: belief.
pub(super) const WRITE_DATA: Rule =
    row(Ins::WriteData, [File, Plain], [File, File]).d40([File, Plain]);

/// libfreefare (belief); Proxmark3 (belief for EV2).
pub(super) const GET_ISO_FILE_IDS: Rule = row(Ins::GetIsoFileIds, [Plain, Plain], [Mac, Mac]);

/// libfreefare (belief); Proxmark3 (belief for EV2).
pub(super) const GET_DF_NAMES: Rule = row(Ins::GetDfNames, [Plain, Plain], [Mac, Mac]);

/// libfreefare (belief); AN12343 for EV2 (no bytes). In clear where everybody may change.
pub(super) const CHANGE_FILE_SETTINGS: Rule =
    row(Ins::ChangeFileSettings, [File, Plain], [File, File]).d40([File, Plain]);

/// libfreefare (belief); AN12343 for EV2 (no bytes).
pub(super) const SET_CONFIGURATION: Rule =
    row(Ins::SetConfiguration, [Full, Plain], [Full, Mac]).d40([Full, Plain]);

/// skjolber `testAES2`, `test3K3DES2`; Proxmark3 (belief for EV2).
pub(super) const GET_VALUE: Rule =
    row(Ins::GetValue, [Plain, File], [File, File]).d40([Plain, File]);

/// libfreefare (belief); Proxmark3 (belief for EV2).
pub(super) const CREDIT: Rule = row(Ins::Credit, [File, Plain], [File, File]).d40([File, Plain]);

/// libfreefare (belief); Proxmark3 (belief for EV2).
pub(super) const DEBIT: Rule = row(Ins::Debit, [File, Plain], [File, File]).d40([File, Plain]);

/// libfreefare (belief); Proxmark3 (belief for EV2).
pub(super) const LIMITED_CREDIT: Rule =
    row(Ins::LimitedCredit, [File, Plain], [File, File]).d40([File, Plain]);

/// libfreefare (belief); AN12343 for EV2 (no bytes).
pub(super) const WRITE_RECORD: Rule =
    row(Ins::WriteRecord, [File, Plain], [File, File]).d40([File, Plain]);

/// skjolber `testAES2`, `test3K3DES2`; Proxmark3 (belief for EV2).
pub(super) const READ_RECORDS: Rule =
    row(Ins::ReadRecords, [Plain, File], [File, File]).d40([Plain, File]);

/// libfreefare (belief); Proxmark3 (belief for EV2).
pub(super) const CLEAR_RECORD_FILE: Rule = row(Ins::ClearRecordFile, [Plain, Plain], [Mac, Mac]);

/// libfreefare (belief); Proxmark3 (belief for EV2).
pub(super) const COMMIT: Rule = row(Ins::CommitTransaction, [Plain, Plain], [Mac, Mac]);

/// libfreefare (belief); Proxmark3 (belief for EV2).
pub(super) const ABORT: Rule = row(Ins::AbortTransaction, [Plain, Plain], [Mac, Mac]);
