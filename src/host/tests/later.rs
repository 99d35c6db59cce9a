// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands that EV2 and EV3 have beside those of EV1. Bytes by hand under the session keys of this folder.

use super::*;
use crate::host::{Error, Grade, Misuse};
use crate::wire::{Ins, RecordCount, RecordLayout, Status, ValueLimits};

const DONE: &str = "DEB4995F09747EDD 9100";

fn of_kind(no: u8, kind: FileKind, mode: CommMode, rights: [u8; 2]) -> File {
    let settings = FileSettings::new(kind, mode, AccessRights::from_wire(rights));
    File::declared(FileNo::new(no).unwrap(), settings)
}

/// One command in two frames, with one MAC behind all.
#[test]
fn a_long_record_is_changed_in_frames() {
    let size = FileSize::new(100).unwrap();
    let layout = RecordLayout { size, max: RecordCount::new(4).unwrap() };
    let file = of_kind(1, FileKind::LinearRecord(layout), CommMode::Full, [0x30, 0xFF]);
    let mut script = Script::new([
        (
            "90DB000036 01 020000 030000 3C0000 D7C118C553DC88461A494ED18B0F968E\
             E3ACE1155286FB57507BC06D062E375933F5CCA6F38643E8EC77BCD8 00",
            "91AF",
        ),
        ("90AF00001C 2CD3EBE0F7CD672DFCAC60A326706DACE8081D4635DA7CD1582EB63B 00", DONE),
    ]);
    let mut session = secure::<App>(&mut script, 3, ev2());
    let mut transaction = session.transaction();
    let data: Vec<u8> = (0x40..0x7C).collect();
    assert_eq!(transaction.update_record(&file, 2, 3, &data).unwrap().grade, Grade::Sealed);
    drop(transaction);
    drop(session);
    script.assert_used_up();
}

fn value(no: u8, mode: CommMode, rights: [u8; 2]) -> File {
    of_kind(no, FileKind::Value(ValueLimits::new(-5, 5).unwrap()), mode, rights)
}

/// There is nothing to encipher, so an enciphered target's goes as a MACed one's.
#[test]
fn a_value_is_taken_over_with_a_mac_or_in_clear() {
    let source = value(6, CommMode::Plain, [0xFF, 0x0F]);
    let sealed = "90B100000A 0406 9EB5A65C969B233D 00";
    for (mode, command, reply, grade) in [
        (CommMode::Mac, sealed, DONE, Grade::Sealed),
        (CommMode::Full, sealed, DONE, Grade::Sealed),
        (CommMode::Plain, "90B1000002 0406 00", "9100", Grade::Said),
    ] {
        let mut script = Script::new([(command, reply)]);
        let mut session = secure::<App>(&mut script, 0, ev2());
        let mut transaction = session.transaction();
        let target = value(4, mode, [0x0F, 0xFF]);
        assert_eq!(transaction.restore_transfer(&target, &source).unwrap().grade, grade);
        drop(transaction);
        // It waits for the commit.
        assert_eq!(session.file_ids().unwrap_err(), Misuse::Uncommitted.into());
        drop(session);
        script.assert_used_up();
    }
    let mut script = Script::new([("90B1000002 0406 00", "911C")]);
    let mut session = public(&mut script);
    let free = |no| value(no, CommMode::Plain, [0xEE, 0xEE]);
    let refused = session.transaction().restore_transfer(&free(4), &free(6)).unwrap_err();
    let (command, status) = (Ins::RestoreTransfer, Status::IllegalCommand);
    assert_eq!(refused, Error::Refused { command, status });
    assert!(refused.to_string().ends_with("(the chip has no such command)"));
}

#[test]
fn a_value_is_not_taken_over_without_both_rights() {
    let mut script = Script::default();
    let mut session = secure::<App>(&mut script, 0, ev2());
    let (own, others) = ([0x0F, 0xFF], [0x1F, 0x11]);
    let data = file(true, true, CommMode::Plain);
    for (target, source, misuse) in [
        (value(4, CommMode::Mac, own), value(6, CommMode::Mac, others), Misuse::NoRight),
        (value(4, CommMode::Mac, others), value(6, CommMode::Mac, own), Misuse::NoRight),
        // To write it is not enough.
        (value(4, CommMode::Mac, [0xFF, 0x00]), value(6, CommMode::Mac, own), Misuse::NoRight),
        (value(4, CommMode::Mac, own), value(4, CommMode::Mac, own), Misuse::FileKind),
        (value(4, CommMode::Mac, own), data, Misuse::FileKind),
        (data, value(4, CommMode::Mac, own), Misuse::FileKind),
    ] {
        let refused = session.transaction().restore_transfer(&target, &source).unwrap_err();
        assert_eq!(refused, misuse.into());
    }
}

#[test]
fn a_card_tells_its_uid_and_the_one_that_it_can_show_instead() {
    let ask = "9051000009 01 5FB40BF5E6B4E3CE 00";
    let mut script = Script::new([(ask, "D9D7D055E7CE84631963A4C2AFF26E33 E47EA66735EE08DC 9100")]);
    let mut session = secure::<Picc>(&mut script, 0, ev2());
    let told = session.card_uid_and_nuid().unwrap();
    let (uid, nuid) = told.value;
    assert_eq!(uid.expose(), &[0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]);
    assert_eq!((nuid, told.grade), ([0xA1, 0xA2, 0xA3, 0xA4], Grade::Sealed));
    drop(session);
    script.assert_used_up();
}
