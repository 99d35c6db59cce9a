// SPDX-License-Identifier: MIT OR Apache-2.0
//! Record files: records come at commit, linear files fill up, cyclic ones forget.

use cardwright::host::{App, Error, File, Misuse, Secure, Session};
use cardwright::wire::{
    Access, CommMode, FileKind, FileSettings, FileSize, FileState, Ins, KeySettings, RecordCount,
    RecordLayout, Status,
};

use super::support::{Line, MODES, Messaging, by_key, card, file_no, pattern, rights, session};

const SIZE: usize = 25;

fn layout(max: u32) -> RecordLayout {
    let size = FileSize::new(u32::try_from(SIZE).unwrap()).unwrap();
    RecordLayout { size, max: RecordCount::new(max).unwrap() }
}

/// A card with a record file: key 1 reads, key 2 reads and writes.
fn journal(messaging: Messaging, mode: CommMode, kind: FileKind) -> (Line, File) {
    let line = Line::to(card(messaging, KeySettings::FACTORY));
    let rights = rights([by_key(1), Access::Never, by_key(2)]);
    let file = File::declared(file_no(6), FileSettings::new(kind, mode, rights));
    let new = *file.settings();
    let _ = session(&mut line.clone(), messaging, 0).create_file(file.no(), new).unwrap();
    (line, file)
}

fn append(talk: &mut Session<'_, App, Secure>, file: &File, record: &[u8]) -> Result<(), Error> {
    let mut transaction = talk.transaction();
    let _ = transaction.write_record(file, 0, record)?;
    transaction.commit().map(drop)
}

fn read(
    talk: &mut Session<'_, App, Secure>,
    file: &File,
    newest: u32,
    count: u32,
) -> Result<Vec<u8>, Error> {
    let answer = talk.read_records(file, newest, count)?;
    Ok(answer.value.expose_secret().clone())
}

fn refused(command: Ins, status: Status) -> Error {
    Error::Refused { command, status }
}

#[test]
fn records_are_read_back_the_oldest_first() {
    for messaging in Messaging::EVERY {
        for mode in MODES {
            for kind in [FileKind::LinearRecord(layout(6)), FileKind::CyclicRecord(layout(6))] {
                let (mut line, file) = journal(messaging, mode, kind);
                let mut talk = session(&mut line, messaging, 2);
                let all: Vec<Vec<u8>> = (1..=5).map(|salt| pattern(SIZE, salt)).collect();
                for record in &all {
                    append(&mut talk, &file, record).unwrap();
                }
                let name = format!("{messaging:?} {mode:?} {kind:?}");
                for newest in 0..5_u32 {
                    let end = all.len() - newest as usize;
                    let older = all[..end].concat();
                    assert_eq!(read(&mut talk, &file, newest, 0), Ok(older), "{name} {newest}");
                    for count in 1..=end {
                        let wanted = all[end - count..end].concat();
                        let count = u32::try_from(count).unwrap();
                        let found = read(&mut talk, &file, newest, count);
                        assert_eq!(found, Ok(wanted), "{name} {newest} {count}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_linear_file_fills_up_and_a_cyclic_one_forgets_its_oldest() {
    for messaging in [Messaging::D40Des, Messaging::Tdes3, Messaging::Ev2] {
        for (kind, shown) in
            [(FileKind::LinearRecord(layout(4)), 4), (FileKind::CyclicRecord(layout(4)), 3)]
        {
            let (mut line, file) = journal(messaging, MODES[1], kind);
            let mut talk = session(&mut line, messaging, 2);
            for salt in 1..=shown {
                append(&mut talk, &file, &pattern(SIZE, salt)).unwrap();
            }
            let fifth = append(&mut talk, &file, &pattern(SIZE, 9));
            drop(talk);
            line.reset();
            let mut talk = session(&mut line, messaging, 2);
            let expected: Vec<usize> = if kind.records() == Some(layout(4)) && shown == 4 {
                assert_eq!(fifth, Err(refused(Ins::WriteRecord, Status::BoundaryError)));
                vec![1, 2, 3, 4]
            } else {
                fifth.unwrap();
                vec![2, 3, 9]
            };
            let expected: Vec<Vec<u8>> =
                expected.into_iter().map(|salt| pattern(SIZE, salt)).collect();
            assert_eq!(read(&mut talk, &file, 0, 0), Ok(expected.concat()));
            drop(talk);
            let report = session(&mut line, messaging, 0).file_settings(file.no()).unwrap().value;
            let current = u32::try_from(shown).unwrap();
            assert_eq!(report.state, FileState::Records { current });
        }
    }
}

#[test]
fn a_record_is_written_in_parts_and_counts_at_commit() {
    for messaging in Messaging::EVERY {
        let (mut line, file) = journal(messaging, MODES[2], FileKind::LinearRecord(layout(3)));
        let mut talk = session(&mut line, messaging, 2);
        append(&mut talk, &file, &pattern(SIZE, 1)).unwrap();
        let mut transaction = talk.transaction();
        let _ = transaction.write_record(&file, 3, &pattern(5, 2)).unwrap();
        let _ = transaction.write_record(&file, 20, &pattern(5, 3)).unwrap();
        let _ = transaction.commit().unwrap();
        let mut record = vec![0; SIZE];
        record[3..8].copy_from_slice(&pattern(5, 2));
        record[20..].copy_from_slice(&pattern(5, 3));
        assert_eq!(read(&mut talk, &file, 0, 1), Ok(record.clone()), "{messaging:?}");
        let mut transaction = talk.transaction();
        let _ = transaction.write_record(&file, 0, &pattern(SIZE, 4)).unwrap();
        let _ = transaction.abort().unwrap();
        assert_eq!(read(&mut talk, &file, 0, 1), Ok(record));
    }
}

#[test]
fn a_cleared_file_shows_its_records_until_the_commit() {
    for messaging in [Messaging::D40Tdes2, Messaging::Aes, Messaging::Ev2] {
        let (mut line, file) = journal(messaging, MODES[0], FileKind::CyclicRecord(layout(4)));
        let mut talk = session(&mut line, messaging, 2);
        append(&mut talk, &file, &pattern(SIZE, 1)).unwrap();
        let mut transaction = talk.transaction();
        let _ = transaction.clear_records(&file).unwrap();
        let written = transaction.write_record(&file, 0, &[1]);
        assert_eq!(written, Err(refused(Ins::WriteRecord, Status::PermissionDenied)));
        drop(transaction);
        line.reset();
        let mut talk = session(&mut line, messaging, 2);
        assert_eq!(read(&mut talk, &file, 0, 0), Ok(pattern(SIZE, 1)));
        let mut transaction = talk.transaction();
        let _ = transaction.clear_records(&file).unwrap();
        let _ = transaction.commit().unwrap();
        let empty = read(&mut talk, &file, 0, 0);
        assert_eq!(empty, Err(refused(Ins::ReadRecords, Status::BoundaryError)));
    }
}

#[test]
fn what_makes_no_sense_is_misuse_and_sends_nothing() {
    let messaging = Messaging::Aes;
    let (line, file) = journal(messaging, MODES[2], FileKind::LinearRecord(layout(3)));
    let mut line_of_2 = line.clone();
    let mut talk = session(&mut line_of_2, messaging, 2);
    let sent = line.sent();
    for (newest, count) in [(3, 1), (0, 4), (u32::MAX, 0)] {
        assert_eq!(read(&mut talk, &file, newest, count), Err(Misuse::OutsideFile.into()));
    }
    for (offset, data) in [(0, &[1; SIZE + 1][..]), (25, &[1]), (u32::MAX, &[1])] {
        let written = talk.transaction().write_record(&file, offset, data);
        assert_eq!(written, Err(Misuse::OutsideFile.into()));
    }
    let nothing = talk.transaction().write_record(&file, 0, &[]);
    assert_eq!(nothing, Err(Misuse::NothingToWrite.into()));
    assert_eq!(talk.value(&file), Err(Misuse::FileKind.into()));
    assert_eq!(line.sent(), sent);
}
