// SPDX-License-Identifier: MIT OR Apache-2.0
//! Transactions: what is valid after an end, a loss, and a failure of either.

use cardwright::host::{App, Auth, Error, File, Grade, Misuse, Session};
use cardwright::transport::{LinkError, Moment, Tear};
use cardwright::wire::{Access, AccessRights, CommMode, FileSettings, Ins, KeySettings, Status};

use super::support::{
    AID, Line, MODES, Messaging, backup, by_key, card, file_no, rights, session, standard,
};

/// What the files hold before the transaction of a test.
const BEFORE: [u8; 70] = [0x11; 70];

/// What the transaction writes.
const AFTER: [u8; 70] = [0xEE; 70];

#[test]
fn a_commit_makes_every_backup_file_valid_and_an_abort_none() {
    every_pair(|messaging, line, files| {
        for (commit, expected) in [(false, BEFORE), (true, AFTER)] {
            let mut talk_line = line.clone();
            let mut talk = session(&mut talk_line, messaging, 1);
            let mut transaction = talk.transaction();
            for file in files {
                let _ = transaction.write(file, 0, &AFTER[..33]).unwrap();
                let _ = transaction.write(file, 33, &AFTER[33..]).unwrap();
            }
            let ended = if commit { transaction.commit() } else { transaction.abort() };
            assert!(ended.is_ok());
            for file in files {
                assert_eq!(contents(&mut talk, file), expected, "in the same session");
            }
            line.reset();
            assert_eq!(all_contents(line, messaging, files), [expected; 2]);
        }
    });
}

#[test]
fn an_abort_leaves_what_a_standard_file_was_given() {
    for messaging in Messaging::ALL {
        let kinds = [standard, backup].map(|kind| kind(70, CommMode::Mac, by_first_key()));
        let (line, files) = prepared(messaging, kinds);
        let mut talk_line = line.clone();
        let mut talk = session(&mut talk_line, messaging, 1);
        let mut transaction = talk.transaction();
        for file in &files {
            let _ = transaction.write(file, 0, &AFTER).unwrap();
        }
        let _ = transaction.abort().unwrap();
        assert_eq!(files.each_ref().map(|file| contents(&mut talk, file)), [AFTER, BEFORE]);
    }
}

#[test]
fn what_is_not_committed_is_gone_after_a_reset_or_a_selection_and_no_later_commit_brings_it_back() {
    let mut touched = BEFORE;
    touched[0] = 0x77;
    every_pair(|messaging, line, files| {
        for presented_again in [true, false] {
            let mut talk_line = line.clone();
            let mut talk = session(&mut talk_line, messaging, 1);
            let mut transaction = talk.transaction();
            for file in files {
                let _ = transaction.write(file, 0, &AFTER).unwrap();
            }
            drop(transaction);
            drop(talk);
            if presented_again {
                line.reset();
            }
            // Selects the application.
            let mut talk = session(&mut talk_line, messaging, 1);
            assert_eq!(contents(&mut talk, &files[1]), BEFORE);
            let mut transaction = talk.transaction();
            let _ = transaction.write(&files[0], 0, &[0x77]).unwrap();
            let _ = transaction.commit().unwrap();
            assert_eq!(files.each_ref().map(|file| contents(&mut talk, file)), [touched, BEFORE]);
            drop(talk);
            line.reset();
        }
    });
}

#[test]
fn a_transaction_that_is_dropped_blocks_the_session() {
    every_pair(|messaging, line, [first, _]| {
        let mut talk_line = line.clone();
        let mut talk = session(&mut talk_line, messaging, 1);
        let _ = talk.transaction().write(first, 0, &AFTER).unwrap();
        let before = line.sent();
        let uncommitted = Err(Misuse::Uncommitted.into());
        assert_eq!(talk.read_data(first, 0, 0).map(drop), uncommitted);
        assert_eq!(talk.key_settings().map(drop), uncommitted);
        assert_eq!(talk.transaction().write(first, 0, &AFTER).map(drop), uncommitted);
        assert_eq!(talk.select_picc().map(drop).map_err(Error::from), uncommitted);
        assert_eq!(line.sent(), before);
    });
}

#[test]
fn a_torn_commit_loses_the_session_and_leaves_all_or_nothing() {
    for (moment, expected) in [(Moment::BeforeExecution, BEFORE), (Moment::AfterExecution, AFTER)] {
        every_pair(|messaging, line, files| {
            // Selection, authentication in two passes, and two writes of two frames come before.
            let mut torn = Tear::new(line.clone(), 7, moment);
            let mut talk = session(&mut torn, messaging, 1);
            let mut transaction = talk.transaction();
            for file in files {
                let _ = transaction.write(file, 0, &AFTER).unwrap();
            }
            let removed = Err(LinkError::CardRemoved.into());
            assert_eq!(transaction.commit(), removed);
            assert_eq!(talk.key_settings().map(drop), Err(Error::SessionLost));
            line.reset();
            assert_eq!(all_contents(line, messaging, files), [expected; 2]);
        });
    }
}

#[test]
fn a_torn_write_loses_the_session_and_nothing_is_written() {
    for moment in [Moment::BeforeExecution, Moment::AfterExecution] {
        for frame in 3..7 {
            every_pair(|messaging, line, files| {
                let mut torn = Tear::new(line.clone(), frame, moment);
                let mut talk = session(&mut torn, messaging, 1);
                let mut transaction = talk.transaction();
                let written =
                    files.iter().try_for_each(|file| transaction.write(file, 0, &AFTER).map(drop));
                assert_eq!(written, Err(LinkError::CardRemoved.into()));
                assert_eq!(transaction.commit(), Err(Misuse::WriteFailed.into()));
                let lost = talk.key_settings().map(drop).unwrap_err();
                // Where a write was pending, nobody may take the session for committed either.
                assert!([Error::SessionLost, Misuse::Uncommitted.into()].contains(&lost), "{lost}");
                line.reset();
                assert_eq!(all_contents(line, messaging, files), [BEFORE; 2]);
            });
        }
    }
}

#[test]
fn a_write_that_the_card_refuses_drops_the_whole_transaction() {
    every_pair(|messaging, line, files| {
        let [first, second] = files;
        let bigger = FileSettings {
            kind: backup(90, CommMode::Mac, by_first_key()).kind,
            ..*second.settings()
        };
        let mut talk_line = line.clone();
        let mut talk = session(&mut talk_line, messaging, 1);
        let mut transaction = talk.transaction();
        let _ = transaction.write(first, 0, &AFTER).unwrap();
        let beyond = transaction.write(&File::declared(second.no(), bigger), 60, &AFTER[..20]);
        let status = Status::BoundaryError;
        assert_eq!(beyond, Err(Error::Refused { command: Ins::WriteData, status }));
        assert_eq!(transaction.abort(), Err(Error::SessionLost));
        assert_eq!(talk.key_settings().map(drop), Err(Error::SessionLost));
        line.reset();
        assert_eq!(all_contents(line, messaging, files), [BEFORE; 2]);
    });
}

#[test]
fn everybody_may_commit_what_everybody_may_write() {
    let free = rights([Access::Free, Access::Free, Access::Never]);
    for messaging in Messaging::ALL {
        for (first, second) in MODES.into_iter().zip(MODES.into_iter().rev()) {
            let (line, files) =
                prepared(messaging, [first, second].map(|mode| backup(70, mode, free)));
            let mut talk_line = line.clone();
            let mut talk = Session::open(&mut talk_line).select_application(AID).unwrap();
            for (commit, expected) in [(false, BEFORE), (true, AFTER)] {
                let mut transaction = talk.transaction();
                for file in &files {
                    let _ = transaction.write(file, 0, &AFTER).unwrap();
                }
                let ended = if commit { transaction.commit() } else { transaction.abort() };
                assert_eq!(ended.unwrap().grade, Grade::Said);
                assert_eq!(files.each_ref().map(|file| contents(&mut talk, file)), [expected; 2]);
            }
        }
    }
}

#[test]
fn a_transaction_without_backup_writes_is_not_sent() {
    for messaging in Messaging::ALL {
        let kinds = [standard, standard].map(|kind| kind(70, CommMode::Full, by_first_key()));
        let (line, files) = prepared(messaging, kinds);
        let mut talk_line = line.clone();
        let mut talk = session(&mut talk_line, messaging, 1);
        let before = line.sent();
        assert_eq!(talk.transaction().commit().unwrap().grade, Grade::NotLookedAt);
        assert_eq!(talk.transaction().abort().unwrap().grade, Grade::NotLookedAt);
        assert_eq!(line.sent(), before);
        let mut transaction = talk.transaction();
        let _ = transaction.write(&files[0], 0, &AFTER[..8]).unwrap();
        let after_write = line.sent();
        assert_eq!(transaction.commit().unwrap().grade, Grade::Sealed);
        assert_eq!(line.sent(), after_write);
    }
}

/// Runs a claim over two backup files of key 1, in every messaging and every mode.
fn every_pair(claim: impl Fn(Messaging, &Line, &[File; 2])) {
    for messaging in Messaging::ALL {
        for (first, second) in MODES.into_iter().zip(MODES.into_iter().rev()) {
            let settings = [first, second].map(|mode| backup(70, mode, by_first_key()));
            let (line, files) = prepared(messaging, settings);
            claim(messaging, &line, &files);
        }
    }
}

/// A card with two files that hold [`BEFORE`].
fn prepared(messaging: Messaging, settings: [FileSettings; 2]) -> (Line, [File; 2]) {
    let line = Line::to(card(messaging, KeySettings::FACTORY));
    let [first, second] = settings;
    let files = [File::declared(file_no(1), first), File::declared(file_no(2), second)];
    let mut talk_line = line.clone();
    let mut talk = session(&mut talk_line, messaging, 0);
    for file in &files {
        let _ = talk.create_file(file.no(), file.settings()).unwrap();
    }
    drop(talk);
    line.reset();
    let mut talk = session(&mut talk_line, messaging, 1);
    let mut transaction = talk.transaction();
    for file in &files {
        let _ = transaction.write(file, 0, &BEFORE).unwrap();
    }
    let _ = transaction.commit().unwrap();
    drop(talk);
    line.reset();
    (line, files)
}

fn by_first_key() -> AccessRights {
    rights([by_key(1), by_key(1), Access::Never])
}

fn contents<A: Auth>(talk: &mut Session<'_, App, A>, file: &File) -> [u8; 70] {
    let read = talk.read_data(file, 0, 0).unwrap();
    read.value.expose_secret()[..].try_into().unwrap()
}

fn all_contents(line: &Line, messaging: Messaging, files: &[File; 2]) -> [[u8; 70]; 2] {
    let mut line = line.clone();
    let mut talk = session(&mut line, messaging, 1);
    let contents = files.each_ref().map(|file| contents(&mut talk, file));
    drop(talk);
    line.reset();
    contents
}
