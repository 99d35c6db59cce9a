// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which row says what the card knows of a command before it looks at the parameters.
//!
//! A session ends with commands of [`Mode::Bare`](super::channel::Mode::Bare), with ChangeKey of its
//! own key, with DeleteApplication from inside, and with any error.

use crate::wire::{Ins, Silicon};

use super::behaviour::{Candidate, Candidates};
use super::command::{
    application, authenticate, data, delegation, file, key, key_set, originality, picc, proximity,
    record, select, tag, transaction, transaction_mac, value,
};
use super::rule::Rule;

/// The rule for an instruction, if the chip knows it, or is told to.
pub(super) fn rule(ins: Ins, silicon: &Silicon, candidates: Candidates) -> Option<&'static Rule> {
    let told = ins == Ins::RestoreTransfer
        && candidates.contains(Candidate::RestoreTransfer)
        && silicon.has(Ins::InitializeKeySet);
    row(ins).filter(|_| told || silicon.has(ins))
}

/// The row of an instruction, which its command's file has. A command without one does not compile.
#[expect(clippy::too_many_lines, reason = "a line for each command")]
const fn row(ins: Ins) -> Option<&'static Rule> {
    let row = match ins {
        Ins::Authenticate => &authenticate::AUTHENTICATE,
        Ins::AuthenticateIso => &authenticate::AUTHENTICATE_ISO,
        Ins::AuthenticateAes => &authenticate::AUTHENTICATE_AES,
        Ins::AuthenticateEv2First => &authenticate::AUTHENTICATE_EV2_FIRST,
        Ins::AuthenticateEv2NonFirst => &authenticate::AUTHENTICATE_EV2_NON_FIRST,
        Ins::SelectApplication => &select::SELECT_APPLICATION,
        Ins::CreateApplication => &application::CREATE_APPLICATION,
        Ins::CreateDelegatedApplication => &delegation::CREATE_DELEGATED_APPLICATION,
        Ins::GetDelegatedInfo => &delegation::GET_DELEGATED_INFO,
        Ins::DeleteApplication => &application::DELETE_APPLICATION,
        Ins::GetApplicationIds => &application::GET_APPLICATION_IDS,
        Ins::GetDfNames => &application::GET_DF_NAMES,
        Ins::SetConfiguration => &picc::SET_CONFIGURATION,
        Ins::FormatPicc => &picc::FORMAT_PICC,
        Ins::GetVersion => &picc::GET_VERSION,
        Ins::GetCardUid => &picc::GET_CARD_UID,
        Ins::PreparePc => &proximity::PREPARE_PC,
        Ins::ProximityCheck => &proximity::PROXIMITY_CHECK,
        Ins::VerifyPc => &proximity::VERIFY_PC,
        Ins::ReadSig => &originality::READ_SIG,
        Ins::FreeMemory => &picc::FREE_MEMORY,
        Ins::GetKeySettings => &key::GET_KEY_SETTINGS,
        Ins::ChangeKeySettings => &key::CHANGE_KEY_SETTINGS,
        Ins::GetKeyVersion => &key::GET_KEY_VERSION,
        Ins::ChangeKey => &key::CHANGE_KEY,
        Ins::ChangeKeyEv2 => &key_set::CHANGE_KEY_EV2,
        Ins::InitializeKeySet => &key_set::INITIALIZE_KEY_SET,
        Ins::FinalizeKeySet => &key_set::FINALIZE_KEY_SET,
        Ins::RollKeySet => &key_set::ROLL_KEY_SET,
        Ins::CreateStdDataFile => &file::CREATE_STD_DATA_FILE,
        Ins::CreateBackupDataFile => &file::CREATE_BACKUP_DATA_FILE,
        Ins::CreateValueFile => &file::CREATE_VALUE_FILE,
        Ins::CreateLinearRecordFile => &file::CREATE_LINEAR_RECORD_FILE,
        Ins::CreateCyclicRecordFile => &file::CREATE_CYCLIC_RECORD_FILE,
        Ins::GetIsoFileIds => &file::GET_ISO_FILE_IDS,
        Ins::DeleteFile => &file::DELETE_FILE,
        Ins::CreateTransactionMacFile => &transaction_mac::CREATE_TRANSACTION_MAC_FILE,
        Ins::CommitReaderId => &transaction_mac::COMMIT_READER_ID,
        Ins::GetFileIds => &file::GET_FILE_IDS,
        Ins::GetFileSettings => &file::GET_FILE_SETTINGS,
        Ins::ReadData => &data::READ_DATA,
        Ins::WriteData => &data::WRITE_DATA,
        Ins::ReadDataIso => &data::READ_DATA_ISO,
        Ins::WriteDataIso => &data::WRITE_DATA_ISO,
        Ins::GetTtStatus => &tag::GET_TT_STATUS,
        Ins::GetFileCounters => &file::GET_FILE_COUNTERS,
        Ins::ChangeFileSettings => &file::CHANGE_FILE_SETTINGS,
        Ins::GetValue => &value::GET_VALUE,
        Ins::Credit => &value::CREDIT,
        Ins::Debit => &value::DEBIT,
        Ins::LimitedCredit => &value::LIMITED_CREDIT,
        Ins::RestoreTransfer => &value::RESTORE_TRANSFER,
        Ins::ReadRecords => &record::READ_RECORDS,
        Ins::WriteRecord => &record::WRITE_RECORD,
        Ins::UpdateRecord => &record::UPDATE_RECORD,
        Ins::ReadRecordsIso => &record::READ_RECORDS_ISO,
        Ins::WriteRecordIso => &record::WRITE_RECORD_ISO,
        Ins::UpdateRecordIso => &record::UPDATE_RECORD_ISO,
        Ins::ClearRecordFile => &record::CLEAR_RECORD_FILE,
        Ins::CommitTransaction => &transaction::COMMIT_TRANSACTION,
        Ins::AbortTransaction => &transaction::ABORT_TRANSACTION,
        Ins::AdditionalFrame | Ins::Unknown(_) => return None,
    };
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::{BELIEFS, Model};

    fn rows() -> impl Iterator<Item = &'static Rule> {
        Ins::ALL.iter().filter_map(|&ins| row(ins))
    }

    #[test]
    fn every_instruction_has_its_own_row_and_every_row_a_source() {
        for &ins in Ins::ALL {
            let known = Model::ALL.iter().any(|model| model.silicon().has(ins));
            match row(ins) {
                Some(rule) => assert_eq!(rule.ins, ins),
                None => assert!(!known || ins == Ins::AdditionalFrame, "{ins}"),
            }
        }
        assert!(row(Ins::Unknown(0xEE)).is_none());
        assert!(rows().all(|rule| !rule.source.is_empty()));
    }

    #[test]
    fn rows_on_belief_are_on_the_list_of_beliefs() {
        for rule in rows().filter(|rule| rule.source.starts_with("belief")) {
            let name = rule.ins.to_string();
            let name = name.replace("Picc", "PICC").replace("Df", "DF");
            let name = name.replace("Iso", "ISO").replace("Ids", "IDs");
            assert!(BELIEFS.iter().any(|belief| belief.rule.contains(&name)), "{name}");
        }
    }
}
