// SPDX-License-Identifier: MIT OR Apache-2.0
//! Transactions: committed, aborted, dropped, broken.

use super::*;
use crate::host::{Error, Grade, Misuse};
use crate::wire::{Ins, Status};

const WRITE: (&str, &str) = ("903D000009 05 000000 020000 AABB 00", "9100");
const COMMIT: (&str, &str) = ("90C7000000", "9100");
const ABORT: (&str, &str) = ("90A7000000", "9100");
const LIST: (&str, &str) = ("906F000000", "9100");

fn free(backup: bool) -> File {
    file(backup, true, CommMode::Full)
}

#[test]
fn backup_writes_are_committed_and_standard_ones_need_no_commit() {
    for (backup, steps) in [(true, &[WRITE, COMMIT, LIST][..]), (false, &[WRITE, LIST])] {
        let mut script = Script::new(steps.iter().copied());
        let mut session = public(&mut script);
        let mut transaction = session.transaction();
        let written = transaction.write(&free(backup), 0, &[0xAA, 0xBB]).unwrap();
        assert_eq!(written.grade, Grade::Said);
        assert_eq!(transaction.commit().unwrap().grade, Grade::Said);
        assert!(session.file_ids().is_ok());
        script.assert_used_up();
    }
}

#[test]
fn a_transaction_without_writes_sends_nothing() {
    let mut script = Script::default();
    let mut session = public(&mut script);
    assert_eq!(session.transaction().commit().unwrap().grade, Grade::NotLookedAt);
    assert_eq!(session.transaction().abort().unwrap().grade, Grade::NotLookedAt);
}

#[test]
fn an_abort_drops_the_writes_and_leaves_the_session() {
    let mut script = Script::new([WRITE, ABORT, LIST]);
    let mut session = public(&mut script);
    let mut transaction = session.transaction();
    assert!(transaction.write(&free(true), 0, &[0xAA, 0xBB]).is_ok());
    assert_eq!(transaction.write(&free(true), 0, &[]), Err(Misuse::NothingToWrite.into()));
    assert_eq!(transaction.abort().unwrap().grade, Grade::Said);
    assert!(session.file_ids().is_ok());
    script.assert_used_up();
}

#[test]
fn a_transaction_that_is_dropped_leaves_the_session_uncommitted() {
    let mut script = Script::new([WRITE]);
    let mut session = public(&mut script);
    assert!(session.transaction().write(&free(true), 0, &[0xAA, 0xBB]).is_ok());
    assert_eq!(session.file_ids(), Err(Error::Misuse(Misuse::Uncommitted)));
    script.assert_used_up();
}

#[test]
fn after_a_failed_write_nothing_is_committed() {
    let refused = Error::Refused { command: Ins::WriteData, status: Status::BoundaryError };
    let mut script = Script::new([WRITE, (WRITE.0, "91BE")]);
    let mut session = public(&mut script);
    let mut transaction = session.transaction();
    assert!(transaction.write(&free(true), 0, &[0xAA, 0xBB]).is_ok());
    assert_eq!(transaction.write(&free(true), 0, &[0xAA, 0xBB]), Err(refused));
    assert_eq!(transaction.commit(), Err(Misuse::WriteFailed.into()));
    assert_eq!(session.file_ids(), Err(Error::SessionLost));
    script.assert_used_up();

    // With nothing pending before, a session without a key goes on.
    let mut script = Script::new([(WRITE.0, "91BE"), LIST]);
    let mut session = public(&mut script);
    let mut transaction = session.transaction();
    assert_eq!(transaction.write(&free(true), 0, &[0xAA, 0xBB]), Err(refused));
    assert_eq!(transaction.commit(), Err(Misuse::WriteFailed.into()));
    assert!(session.file_ids().is_ok());
    script.assert_used_up();
}

#[test]
fn a_refused_commit_ends_the_session_even_without_a_key() {
    let mut script = Script::new([WRITE, (COMMIT.0, "910C")]);
    let mut session = public(&mut script);
    let mut transaction = session.transaction();
    assert!(transaction.write(&free(true), 0, &[0xAA, 0xBB]).is_ok());
    let refused = Error::Refused { command: Ins::CommitTransaction, status: Status::NoChanges };
    assert_eq!(transaction.commit(), Err(refused));
    assert_eq!(session.file_ids(), Err(Error::SessionLost));
    script.assert_used_up();
}

/// In an EV2 session a free write travels plain and is only said, whatever the commit proves.
#[test]
fn the_grade_is_the_weakest_of_the_writes_and_the_commit() {
    let channel = Ev2::recorded(KEY, OTHER, "085BC941", 0x0102);
    let mut script = Script::new([WRITE]);
    let mut session = secure::<App>(&mut script, 1, Channel::Ev2(channel));
    let mut transaction = session.transaction();
    let written = transaction.write(&free(false), 0, &[0xAA, 0xBB]).unwrap();
    assert_eq!(written.grade, Grade::Said);
    assert_eq!(transaction.commit().unwrap().grade, Grade::Said);
    script.assert_used_up();
}
