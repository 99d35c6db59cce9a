// SPDX-License-Identifier: MIT OR Apache-2.0
//! Value files: what is credited and debited counts at commit, within limits and rights.

use cardwright::host::{Error, File, Misuse, Session};
use cardwright::wire::{
    Access, AccessRights, FileKind, FileSettings, FileState, KeySettings, NewFile, Status,
    ValueLimits,
};

use super::support::{
    AID, Line, MODES, Messaging, by_key, card, file_no, rights, session, standard,
};

const START: i32 = 250;

fn limits() -> ValueLimits {
    let mut limits = ValueLimits::new(-100, 100_000).unwrap();
    limits.limited_credit = true;
    limits
}

/// A card with a value file: key 1 reads, key 2 reads and writes.
fn purse(messaging: Messaging, settings: FileSettings) -> (Line, File) {
    let line = Line::to(card(messaging, KeySettings::FACTORY));
    let file = File::declared(file_no(5), settings);
    let new = NewFile { value: START, ..NewFile::new(settings) };
    let _ = session(&mut line.clone(), messaging, 0).create_file(file.no(), new).unwrap();
    (line, file)
}

fn value_file(mode: cardwright::wire::CommMode, limits: ValueLimits) -> FileSettings {
    let rights = rights([by_key(1), Access::Never, by_key(2)]);
    FileSettings::new(FileKind::Value(limits), mode, rights)
}

#[test]
fn amounts_add_up_and_count_at_commit() {
    for messaging in Messaging::EVERY {
        for mode in MODES {
            let (line, file) = purse(messaging, value_file(mode, limits()));
            let value = |no| session(&mut line.clone(), messaging, no).value(&file).unwrap().value;
            assert_eq!(value(1), START);
            let mut line_of_2 = line.clone();
            let mut talk = session(&mut line_of_2, messaging, 2);
            let mut transaction = talk.transaction();
            let _ = transaction.credit(&file, 0x0001_0203).unwrap();
            let _ = transaction.debit(&file, 0x0102).unwrap();
            let _ = transaction.debit(&file, 3).unwrap();
            let _ = transaction.commit().unwrap();
            let expected = START + 0x0001_0203 - 0x0102 - 3;
            assert_eq!(talk.value(&file).unwrap().value, expected, "{messaging:?} {mode:?}");
            let mut transaction = talk.transaction();
            let _ = transaction.debit(&file, 1000).unwrap();
            let _ = transaction.abort().unwrap();
            assert_eq!(talk.value(&file).unwrap().value, expected);
            drop(talk);
            assert_eq!(value(1), expected);
            let report = session(&mut line.clone(), messaging, 0).file_settings(file.no()).unwrap();
            assert_eq!(report.value.state, FileState::Value { limited_credit: 0x0105 });
            assert_eq!(report.value.settings, *file.settings());
        }
    }
}

#[test]
fn what_was_debited_last_can_be_given_back_once() {
    for messaging in Messaging::EVERY {
        let (line, file) = purse(messaging, value_file(MODES[2], limits()));
        let mut line = line;
        let mut talk = session(&mut line, messaging, 2);
        let mut transaction = talk.transaction();
        let _ = transaction.debit(&file, 90).unwrap();
        let _ = transaction.commit().unwrap();
        let mut transaction = talk.transaction();
        let _ = transaction.limited_credit(&file, 60).unwrap();
        let _ = transaction.commit().unwrap();
        assert_eq!(talk.value(&file).unwrap().value, START - 30);
        let refused = talk.transaction().limited_credit(&file, 1);
        let boundary = |command| Error::Refused { command, status: Status::BoundaryError };
        assert_eq!(refused.unwrap_err(), boundary(cardwright::wire::Ins::LimitedCredit));
    }
}

#[test]
fn limits_rights_and_kinds_hold() {
    for messaging in Messaging::EVERY {
        let mut strict = limits();
        strict.limited_credit = false;
        let (line, file) = purse(messaging, value_file(MODES[1], strict));
        let attempt = |no, act: &dyn Fn(&mut cardwright::host::Transaction<'_, '_>) -> _| {
            let mut line = line.clone();
            let mut talk = session(&mut line, messaging, no);
            let mut transaction = talk.transaction();
            let outcome: Result<_, Error> = act(&mut transaction);
            let _ = transaction.abort();
            outcome.map(drop)
        };
        let sent = line.sent();
        for (no, misuse) in [(1, Misuse::NoRight), (0, Misuse::NoRight)] {
            let credit = attempt(no, &|transaction| transaction.credit(&file, 1));
            assert_eq!(credit, Err(misuse.into()));
        }
        let much = attempt(2, &|transaction| transaction.credit(&file, 0x8000_0000));
        assert_eq!(much, Err(Misuse::Amount.into()));
        let data = File::declared(file.no(), standard(9, MODES[1], file.settings().rights));
        assert_eq!(
            attempt(2, &|transaction| transaction.credit(&data, 1)),
            Err(Misuse::FileKind.into())
        );
        assert_eq!(
            attempt(2, &|transaction| transaction.write(&file, 0, &[1])),
            Err(Misuse::FileKind.into())
        );
        // Selecting and authenticating only.
        assert_eq!(line.sent() - sent, 5 * 3);
        let status = |outcome: Result<(), Error>| match outcome {
            Err(Error::Refused { status, .. }) => status,
            other => panic!("{other:?}"),
        };
        let over = attempt(2, &|transaction| transaction.credit(&file, 99_751));
        assert_eq!(status(over), Status::BoundaryError);
        let under = attempt(2, &|transaction| transaction.debit(&file, 351));
        assert_eq!(status(under), Status::BoundaryError);
        let limited = attempt(2, &|transaction| transaction.limited_credit(&file, 1));
        assert_eq!(status(limited), Status::PermissionDenied);
        assert_eq!(session(&mut line.clone(), messaging, 2).value(&file).unwrap().value, START);
    }
}

#[test]
fn a_free_value_is_read_by_anybody() {
    for messaging in Messaging::EVERY {
        for free_get_value in [true, false] {
            let mut settings = value_file(MODES[2], limits());
            if let FileKind::Value(limits) = &mut settings.kind {
                limits.free_get_value = free_get_value;
            }
            let never = Access::Never;
            settings.rights =
                AccessRights { read: never, write: by_key(2), read_write: never, change: never };
            let (line, file) = purse(messaging, settings);
            let mut bare = line.clone();
            let mut talk = Session::open(&mut bare).select_application(AID).unwrap();
            let alone = talk.value(&file).map(|answer| answer.value);
            let other = session(&mut line.clone(), messaging, 1).value(&file);
            let other = other.map(|answer| answer.value);
            let expected = if free_get_value { Ok(START) } else { Err(Misuse::NoRight.into()) };
            assert_eq!((&alone, &other), (&expected, &expected), "{messaging:?}");
            assert_eq!(session(&mut line.clone(), messaging, 2).value(&file).unwrap().value, START);
        }
    }
}
