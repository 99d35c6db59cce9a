// SPDX-License-Identifier: MIT OR Apache-2.0
//! DESFire Light as the vendor's note has it: messages byte for byte, and transactions that name their reader
//! and tell their MAC.

use serde_json::Value;

use super::*;
use crate::host::testing::{array, field, hex, number, text, vectors};
use crate::host::transaction::{ReaderId, TransactionCounter};
use crate::host::{Error, Grade, Misuse};
use crate::wire::{Ins, RecordCount, RecordLayout, Status, ValueLimits};

/// A message of NXP AN12343 as the card heard and answered it, and the channel before it.
fn message(name: &str) -> (Value, [(String, String); 1], Channel) {
    let [entry] = &vectors("ev2", "name", name)[..] else { panic!("{name}: one") };
    let (inputs, body) = (entry["inputs"].clone(), text(&entry["expected"]["apdu_data"]));
    let sent = format!("90{}0000{:02X}{body}00", text(&inputs["cmd"]), body.len() / 2);
    let reply = format!("{}91{}", text(&inputs["response"]), text(&inputs["response_status"]));
    let zero = "00".repeat(16);
    let key = |name: &str| inputs[name].as_str().unwrap_or(&zero).to_owned();
    let (enc, mac) = (key("ses_auth_enc_key"), key("ses_auth_mac_key"));
    let counter = number(&inputs["cmd_ctr"]).into();
    let channel = Channel::Ev2(Ev2::recorded(&enc, &mac, text(&inputs["ti"]), counter));
    (entry.clone(), [(sent, reply)], channel)
}

/// A file of a Light: key 1 reads, key 3 does all else.
fn light(no: u8, kind: FileKind, mode: CommMode) -> File {
    let rights = AccessRights::from_wire([0x30, 0x1F]);
    File::declared(FileNo::new(no).unwrap(), FileSettings::new(kind, mode, rights)).in_one_apdu()
}

fn records() -> FileKind {
    let size = FileSize::new(16).unwrap();
    FileKind::CyclicRecord(RecordLayout { size, max: RecordCount::new(4).unwrap() })
}

#[test]
fn data_go_in_one_apdu_as_published() {
    let kind = FileKind::Standard { size: FileSize::new(256).unwrap() };
    for (name, mode) in [
        ("an12343-t23-writedata-mac", CommMode::Mac),
        ("an12343-t25-writedata-full", CommMode::Full),
    ] {
        let (entry, script, channel) = message(name);
        let mut script = Script::new(script);
        let mut session = secure::<App>(&mut script, 3, channel);
        let mut transaction = session.transaction();
        let data = field(&entry["inputs"]["data"]);
        let written = transaction.write(&light(0, kind, mode), 0, &data).unwrap();
        assert_eq!(written.grade, Grade::Sealed, "{name}");
        drop(transaction);
        script.assert_used_up();
    }
    let (entry, script, channel) = message("an12343-t26-readdata-full");
    let mut script = Script::new(script);
    let mut session = secure::<App>(&mut script, 3, channel);
    let read = session.read_data(&light(0, kind, CommMode::Full), 0, 48).unwrap();
    assert_eq!(*read.value.expose_secret(), field(&entry["expected"]["response_plain"]));
    script.assert_used_up();
}

/// The transaction of AN12343, table 32, of which the commit is not printed. This one is refused.
#[test]
fn a_record_and_its_reader_go_as_published() {
    let (entry, write, channel) = message("an12343-t32-writerecord-full");
    let (named, commit_reader, _) = message("an12343-t32-commitreaderid");
    let mut script = Script::new(write);
    script.extend(commit_reader);
    let mut session = secure::<App>(&mut script, 3, channel);
    let mut transaction = session.transaction();
    let data = field(&entry["inputs"]["data"]);
    let file = light(1, records(), CommMode::Full);
    assert_eq!(transaction.write_record(&file, 0, &data).unwrap().grade, Grade::Sealed);
    let reader = ReaderId(array(text(&named["inputs"]["header"])));
    let answer = transaction.commit_reader_id(reader).unwrap();
    assert_eq!(hex(&answer.value.unwrap()), text(&named["expected"]["response_plain"]));
    assert_eq!(answer.grade, Grade::Sealed);
    drop(transaction);
    assert_eq!(session.file_ids().unwrap_err(), Misuse::Uncommitted.into());
    script.assert_used_up();
}

#[test]
fn records_are_read_in_one_apdu_as_published() {
    let (entry, script, channel) = message("an12343-t33-readrecords-full");
    let mut script = Script::new(script);
    let mut session = secure::<App>(&mut script, 1, channel);
    let read = session.read_records(&light(1, records(), CommMode::Full), 0, 0).unwrap();
    assert_eq!(*read.value.expose_secret(), field(&entry["expected"]["response_plain"]));
    assert_eq!(read.grade, Grade::Sealed);
    script.assert_used_up();
}

#[test]
fn a_value_file_is_set_for_good_as_published() {
    let (_, script, channel) = message("an12343-t5-setconfig-09");
    let mut script = Script::new(script);
    let mut session = secure::<App>(&mut script, 0, channel);
    let mut limits = ValueLimits::new(0, 1000).unwrap();
    limits.limited_credit = true;
    let no = FileNo::new(3).unwrap();
    assert_eq!(session.set_value_file_for_good(no, &limits, 0).unwrap().grade, Grade::Sealed);
    script.assert_used_up();
}

/// Everybody may do everything, and nothing is protected.
fn free() -> File {
    let rights = AccessRights::from_wire([0xEE, 0xEE]);
    let (kind, mode) = (records(), CommMode::Full);
    File::declared(FileNo::new(1).unwrap(), FileSettings::new(kind, mode, rights))
}

const WRITE: (&str, &str) = ("908B000009 01 000000 020000 AABB 00", "9100");
const READER: &str = "90C8000010 C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1 00";
const COMMIT: &str = "90C7000001 01 00";

/// A real EV3 told counter and MAC of a plain transaction without a session.
#[test]
fn a_commit_tells_counter_and_mac_also_where_nothing_was_written_here() {
    let told = "04030201 94A3205E41588BA9 9100";
    for writes in [true, false] {
        let mut script = Script::default();
        if writes {
            script.extend([WRITE, (READER, "9100")]);
        }
        script.extend([(COMMIT, told), ("906F000000", "9100")]);
        let mut session = public(&mut script);
        let mut transaction = session.transaction();
        if writes {
            assert!(transaction.write_record(&free().in_one_apdu(), 0, &[0xAA, 0xBB]).is_ok());
            let named = transaction.commit_reader_id(ReaderId([0xC1; 16])).unwrap();
            assert_eq!((named.value, named.grade), (None, Grade::Said));
        }
        let answer = transaction.commit_with_mac().unwrap();
        assert_eq!(answer.value.counter, TransactionCounter(0x0102_0304));
        assert_eq!(hex(&answer.value.value), "94A3205E41588BA9");
        assert_eq!(answer.grade, Grade::Said);
        assert!(session.file_ids().is_ok());
        script.assert_used_up();
    }
}

#[test]
fn a_commit_that_does_not_tell_what_it_should_ends_the_session() {
    for (reply, refused) in
        [("9100", false), ("04030201 94A3205E41588B 9100", false), ("919E", true), ("919D", true)]
    {
        let mut script = Script::new([(COMMIT, reply)]);
        let mut session = public(&mut script);
        let error = session.transaction().commit_with_mac().unwrap_err();
        assert_eq!(matches!(error, Error::Refused { .. }), refused, "{reply}");
        assert_eq!(session.file_ids(), Err(Error::SessionLost), "{reply}");
        script.assert_used_up();
    }
    // What failed before is not committed.
    let mut script = Script::new([(READER, "919D")]);
    let mut session = public(&mut script);
    let mut transaction = session.transaction();
    assert!(transaction.commit_reader_id(ReaderId([0xC1; 16])).is_err());
    assert_eq!(transaction.commit_with_mac().unwrap_err(), Misuse::WriteFailed.into());
    script.assert_used_up();
}

/// The reader waits for a commit like a write.
#[test]
fn a_reader_that_was_named_is_committed_or_aborted() {
    let mut script = Script::new([(READER, "9100"), ("90A7000000", "9100")]);
    let mut session = public(&mut script);
    let mut transaction = session.transaction();
    assert!(transaction.commit_reader_id(ReaderId([0xC1; 16])).is_ok());
    assert!(transaction.abort().is_ok());
    script.assert_used_up();
    let mut script = Script::new([(READER, "9100"), ("90C7000000", "9100")]);
    let mut session = public(&mut script);
    let mut transaction = session.transaction();
    assert!(transaction.commit_reader_id(ReaderId([0xC1; 16])).is_ok());
    assert!(transaction.commit().is_ok());
    script.assert_used_up();
}

/// MF2DL(H)x0, UpdateRecord: which record, from where, how much.
#[test]
fn a_record_is_changed_in_frames_or_in_one_apdu() {
    for (file, command) in [
        (free(), "90DB00000C 01 020000 030000 020000 AABB 00"),
        (free().in_one_apdu(), "90BA00000C 01 020000 030000 020000 AABB 00"),
    ] {
        let mut script = Script::new([(command, "9100"), ("90C7000000", "9100")]);
        let mut session = public(&mut script);
        let mut transaction = session.transaction();
        assert!(transaction.update_record(&file, 2, 3, &[0xAA, 0xBB]).is_ok());
        assert!(transaction.commit().is_ok());
        script.assert_used_up();
    }
    let size = FileSize::new(9).unwrap();
    let data = file(false, true, CommMode::Plain);
    for (file, record, offset, data, misuse) in [
        (free(), 4, 0, &[7; 2][..], Misuse::OutsideFile),
        (free(), 0, 15, &[7; 2], Misuse::OutsideFile),
        (free(), 0, 0, &[], Misuse::NothingToWrite),
        (data, 0, 0, &[7; 2], Misuse::FileKind),
        (light(1, records(), CommMode::Full), 0, 0, &[7; 2], Misuse::NoRight),
        (light(1, FileKind::Standard { size }, CommMode::Full), 0, 0, &[7; 2], Misuse::FileKind),
    ] {
        let mut script = Script::default();
        let mut session = public(&mut script);
        let mut transaction = session.transaction();
        let refused = transaction.update_record(&file, record, offset, data).unwrap_err();
        assert_eq!(refused, misuse.into());
    }
}

/// Who may write but not read and write may append a record and change none.
#[test]
fn a_record_is_changed_by_the_read_and_write_right_alone() {
    use crate::host::command::record::{UpdateRecord, WriteRecord};
    let rights = AccessRights::from_wire([0x30, 0x12]);
    let settings = FileSettings::new(records(), CommMode::Full, rights);
    let file = File::declared(FileNo::new(1).unwrap(), settings);
    for (key, write, update) in
        [(1, false, false), (2, true, false), (3, true, true), (0, false, false)]
    {
        let key = Some(key_no(key));
        assert_eq!(WriteRecord::new(&file, 0, &[7], key).is_ok(), write, "{key:?}");
        assert_eq!(UpdateRecord::new(&file, (0, 0), &[7], key).is_ok(), update, "{key:?}");
    }
}

/// What fits one APDU: 255 bytes there, 256 back.
#[test]
fn records_that_one_apdu_cannot_carry_are_not_sent() {
    use crate::host::command::record::{ReadRecords, UpdateRecord, WriteRecord};
    let size = FileSize::new(0x100).unwrap();
    let one = RecordLayout { size, max: RecordCount::new(4).unwrap() };
    let key = Some(key_no(3));
    for (mode, writes, updates) in
        [(CommMode::Plain, 248, 245), (CommMode::Mac, 240, 237), (CommMode::Full, 239, 223)]
    {
        let file = light(1, FileKind::CyclicRecord(one), mode);
        let write = |length| WriteRecord::new(&file, 0, &vec![7; length], key).err();
        assert_eq!([write(writes), write(writes + 1)], [None, Some(Misuse::Parts)], "{mode:?}");
        let update = |length| UpdateRecord::new(&file, (0, 0), &vec![7; length], key).err();
        assert_eq!([update(updates), update(updates + 1)], [None, Some(Misuse::Parts)], "{mode:?}");
        let read = |count| ReadRecords::new(&file, 0, count, key).err();
        let fits = if mode == CommMode::Plain { None } else { Some(Misuse::Parts) };
        assert_eq!([read(0), read(1), read(2)], [None, fits, Some(Misuse::Parts)], "{mode:?}");
    }
}

#[test]
fn a_refusal_says_what_it_is_likely_to_mean() {
    let refused = |command, status| Error::Refused { command, status }.to_string();
    for (command, status, told) in [
        (
            Ins::SetConfiguration,
            Status::PermissionDenied,
            "(set before, and it can be set once only)",
        ),
        (Ins::CommitTransaction, Status::PermissionDenied, "CommitReaderID first)"),
        (Ins::CommitTransaction, Status::ParameterError, "or nothing that it counts)"),
        (Ins::CommitReaderId, Status::PermissionDenied, "or all transactions used up)"),
        (Ins::CommitReaderId, Status::AuthenticationError, "or another one)"),
        (Ins::CreateTransactionMacFile, Status::PermissionDenied, "has such a file already)"),
        (Ins::CreateTransactionMacFile, Status::Duplicate, "(it exists)"),
        (Ins::UpdateRecordIso, Status::PermissionDenied, "commit first)"),
        (Ins::UpdateRecordIso, Status::BoundaryError, "or the record is shorter)"),
        (Ins::WriteRecordIso, Status::LengthError, "(is the file's communication mode another?)"),
        (Ins::ReadRecordsIso, Status::BoundaryError, "(fewer records than that)"),
    ] {
        let message = refused(command, status);
        assert!(message.ends_with(told), "{message}");
    }
}
