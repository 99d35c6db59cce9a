// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands that EV2 and EV3 have beside those of EV1. Bytes by hand under the session keys of this folder.

use super::*;
use crate::host::testing::bytes;
use crate::host::{Error, Grade, Misbehaviour, Misuse};
use crate::key::CardKey;
use crate::wire::{Ins, KeyVersion, PiccKey, RecordCount, RecordLayout, Status, ValueLimits};

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

/// Four and ten bytes stand behind `00` and their number, seven alone.
#[test]
fn a_uid_is_read_whatever_its_length() {
    let ask = "9051000008 B0CE69DBD8402956 00";
    for (reply, uid) in [
        ("66E67986C8344C105841A9ED01CD435C 2C9F207ACE4E31FF 9100", "04DE5F1EACC040112233"),
        ("1F66AC7003B575E282A47DD7EF79E8A8 6067000794E1566F 9100", "08A1A2A3"),
        ("048F32A1406ACCC1675E09F2ED48F285 26B4DA415150AF7E 9100", "04DE5F1EACC040"),
    ] {
        let mut script = Script::new([(ask, reply)]);
        let told = secure::<Picc>(&mut script, 0, ev2()).card_uid_of_any_length(false).unwrap();
        assert_eq!((told.value.own.expose(), told.value.nuid), (&bytes(uid)[..], None));
        assert_eq!(told.grade, Grade::Sealed);
    }
    let ask_both = "9051000009 01 5FB40BF5E6B4E3CE 00";
    let reply = "FAFE00B7CD424330D1E02F98BE6BE0E8 878090DEDE214617 9100";
    let mut script = Script::new([(ask_both, reply)]);
    let told = secure::<Picc>(&mut script, 0, ev2()).card_uid_of_any_length(true).unwrap();
    assert_eq!(told.value.own.expose(), [0x12, 0xA1, 0xA2, 0xA3]);
    assert_eq!(told.value.nuid.unwrap().expose(), [0xB1, 0xB2, 0xB3, 0xB4]);
    // Five bytes, eight behind seven, and nine where ten are told.
    for reply in [
        "08FD5A378A0EC0FC12B29C538C2D16E4 7A6250CFEB6A21FD 9100",
        "AAA5C45EABF06EF9D6D4A4C87F4112DC DCBB6B08F147C11C 9100",
        "6B7BE60F7C964E41EA0BEB3FC1CF6791 C5BF41F8A495CF58 9100",
    ] {
        let mut script = Script::new([(ask, reply)]);
        let told = secure::<Picc>(&mut script, 0, ev2()).card_uid_of_any_length(false);
        let Err(Error::Misbehaved { command: Ins::GetCardUid, how }) = told else {
            panic!("{reply}")
        };
        assert!(matches!(how, Misbehaviour::Value(_)), "{how}");
    }
    let mut script = Script::default();
    let told = secure::<Picc>(&mut script, 0, ev1()).card_uid_of_any_length(false);
    assert_eq!(told.unwrap_err(), Misuse::OnlyEv2.into());
}

/// MACs by hand, with numbers that no key of an application has.
#[test]
fn keys_of_the_picc_alone_tell_their_versions() {
    let numbers = ["10", "11", "12", "18", "19", "1A", "20", "21", "22", "23"];
    for (which, number) in PiccKey::ALL.into_iter().zip(numbers) {
        let mut script = Script::new([(format!("9064000001{number}00"), "5A9100")]);
        let told = Session::<Picc, _>::open(&mut script).picc_key_version(which).unwrap();
        assert_eq!(told.value, KeyVersion(0x5A), "{which:?}");
    }
    let reply = "5A 20991E9EEFDEE9AE 9100";
    for (which, ask) in [
        (PiccKey::DamEnc, "9064000009 12 05E8965BA68D84DE 00"),
        (PiccKey::NxpDamEnc, "9064000009 1A F8D376C9D8E09AAE 00"),
        (PiccKey::VcSelectEnc, "9064000009 23 C3CC0A6DB0B230D9 00"),
    ] {
        let mut script = Script::new([(ask, reply)]);
        let told = secure::<Picc>(&mut script, 0, ev2()).picc_key_version(which).unwrap();
        assert_eq!((told.value, told.grade), (KeyVersion(0x5A), Grade::Sealed));
    }
}

/// New and old key mixed, version and checksum; enciphered and MACed by hand.
#[test]
fn a_key_of_the_picc_alone_is_changed_like_another_one() {
    let new: [u8; 16] = bytes("A1A2A3A4A5A6A7A8A9AAABACADAEAFB0").try_into().unwrap();
    let old: [u8; 16] = core::array::from_fn(|at| u8::try_from(at).unwrap() + 1);
    let (new, old) = (CardKey::aes(&new, KeyVersion(0x5A)), CardKey::aes(&old, KeyVersion(0)));
    let change = "90C4000029 21 CF332EE81E49BEA30CCA91ECF54270A1C2FD79E62017818669E98672B43E3E08 \
                  97979B9BBCF7EFC5 00";
    let mut script = Script::new([(change, DONE)]);
    let mut session = secure::<Picc>(&mut script, 0, ev2());
    let changed = session.change_picc_key(PiccKey::VcProximity, &new, &old).unwrap();
    assert_eq!(changed.grade, Grade::Sealed);
    drop(session);
    script.assert_used_up();
    let mut none = Script::default();
    let mut session = secure::<Picc>(&mut none, 0, ev2());
    let des = CardKey::factory();
    for (new, old) in [(&des, &old), (&new, &des), (&des, &des)] {
        let refused = session.change_picc_key(PiccKey::DamAuth, new, old);
        assert_eq!(refused, Err(Misuse::KeyType.into()));
    }
}
