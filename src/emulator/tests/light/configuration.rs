// SPDX-License-Identifier: MIT OR Apache-2.0
//! SetConfiguration of a DESFire Light, and what a saved one keeps.

use super::*;
use crate::emulator::StateError;
use crate::iso14443::Uid;

/// SetConfiguration in a session of the master key.
fn set(card: &mut SoftCard, option: u8, data: &str) -> u8 {
    protected(card, 0, 0x5C, &[option], Some(&hex::decode(data).unwrap())).1
}

/// AN12343, table 5.
#[test]
fn the_published_setconfiguration_makes_another_value_file() {
    let mut card = opened();
    assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
    plays(&mut card, "an12343-t5-setconfig-09");
    card.card.session = None;
    assert_eq!(hex::encode(run(&mut card, 0xF5, &[3]).0), "0200eeee00000000e80300000000000001");
    // What was pending is gone, and it is done once.
    assert_eq!(status(&mut card, 0xC7, &[]), 0x0C);
    assert_eq!(set(&mut card, 0x09, "0300000000E80300000000000001"), 0x9D);
}

#[test]
fn a_value_file_is_made_by_rules() {
    for (data, done) in [
        ("0300000000E80300000000000001", 0x00),
        ("0300000000E8030000E903000001", 0x9E),
        ("03E80300000000000000000000FF", 0x9E),
        ("0300000000E80300000000000004", 0x9E),
        ("0200000000E80300000000000001", 0xF0),
        ("0400000000E80300000000000001", 0x9D),
        ("0F00000000E80300000000000001", 0x9D),
        ("0300000000E803000000000000", 0x7E),
    ] {
        assert_eq!(set(&mut entered(), 0x09, data), done, "{data}");
    }
    let mut card = entered();
    assert_eq!(set(&mut card, 0x09, "039CFFFFFFE80300000700000002"), 0x00);
    card.card.session = None;
    assert_eq!(run(&mut card, 0x6C, &[3]).0, [7, 0, 0, 0]);
}

#[test]
fn options_are_of_their_length_and_of_the_master_key() {
    let mut card = entered();
    for (option, data, refused) in [
        (0x00, "00", 0x00),
        (0x00, "01", 0x9E),
        (0x00, "0200", 0x7E),
        (0x01, "00", 0x9E),
        (0x02, "0677777102", 0x9E),
        (0x02, "06777771", 0x7E),
        (0x02, "067877710280", 0x9E),
        (0x02, "067777720280", 0x9E),
        (0x02, "067777710380", 0x9E),
        (0x03, "0420", 0x00),
        (0x03, "04", 0x7E),
        (0x04, "0400", 0x00),
        (0x04, "0100", 0x9E),
        (0x04, "0401", 0x9E),
        (0x07, "010E", 0x9E),
        (0x0A, "01E8030A00", 0x00),
        (0x0B, "01", 0x00),
        (0x0B, "02", 0x9E),
        (0x0C, "4403", 0x9E),
    ] {
        assert_eq!(set(&mut card, option, data), refused, "{option:02X} {data}");
    }
    assert_eq!(protected(&mut card, 1, 0x5C, &[0x00], Some(&[0x02])).1, 0xAE);
    assert_eq!(set(&mut card, 0x02, "08757781028011223344"), 0x9E);
    assert_eq!(set(&mut card, 0x02, "0875778102801122"), 0x00);
    assert_eq!(card.ats().as_bytes(), [8, 0x75, 0x77, 0x81, 2, 0x80, 0x11, 0x22]);
}

#[test]
fn a_random_uid_is_for_good_and_of_either_form() {
    let mut card = entered();
    for (byte, first) in [("02", 0x08), ("20", 0x80), ("00", 0x08)] {
        assert_eq!(set(&mut card, 0x00, byte), 0x00);
        card.reset();
        let Uid::Random(uid) = card.uid() else { panic!("{byte}") };
        assert_eq!(uid.expose()[0], first, "{byte}");
        send(&mut card, &SELECT);
    }
}

#[test]
fn the_application_is_named_once() {
    let mut card = entered();
    let name = "43415244575249474854000000000000";
    for (option, rest, refused) in [
        ("0A", "DF", 0x7E),
        ("8A", "", 0x7E),
        ("00", "", 0x9E),
        ("11", "", 0x9E),
        ("4A", "", 0x9E),
        ("8A", "003F", 0x9E),
        ("8A", "04EF", 0xDE),
    ] {
        assert_eq!(
            set(&mut card, 0x06, &format!("{option}{name}{rest}")),
            refused,
            "{option}{rest}"
        );
    }
    let own = format!("07D2760000850100{}", "00".repeat(9));
    assert_eq!(set(&mut card, 0x06, &own), 0xDE);
    assert_eq!(set(&mut card, 0x06, &format!("8A{name}02DF")), 0x00);
    assert_eq!(set(&mut card, 0x06, &format!("0A{name}")), 0x9D);
    card.reset();
    assert_eq!(send(&mut card, &SELECT), [0x6A, 0x82]);
    let by_name = [&[0x00, 0xA4, 0x04, 0x0C, 10][..], b"CARDWRIGHT"].concat();
    assert_eq!(send(&mut card, &by_name), [0x90, 0x00]);
    assert_eq!(send(&mut card, &[0x00, 0xA4, 0x00, 0x0C, 2, 0xDF, 0x02]), [0x90, 0x00]);
}

#[test]
fn files_are_numbered_anew_once_each() {
    let mut card = opened();
    for (data, refused) in [
        ("000507", 0xF0),
        ("000003", 0xDE),
        ("00000F", 0xDE),
        ("000020", 0x9E),
        ("040007", 0x9E),
        ("0000", 0x7E),
        ("0200070408", 0x00),
        ("000709", 0x9D),
        ("01030A05EF", 0x9D),
        ("010F0E05EF", 0x9D),
        ("010102FFFF", 0x9E),
        ("01010207EF", 0x00),
        ("000F0E", 0x00),
    ] {
        assert_eq!(set(&mut card, 0x08, data), refused, "{data}");
    }
    card.card.session = None;
    assert_eq!(run(&mut card, 0x6F, &[]).0, [0x0E, 0x1F, 3, 7, 2, 8]);
    assert_eq!(run(&mut card, 0x61, &[]).0, [0x1F, 0xEF, 0, 0xEF, 7, 0xEF, 4, 0xEF]);
    // Two that change places.
    let mut card = opened();
    assert_eq!(status(&mut card, 0x8D, &[0, 0, 0, 0, 1, 0, 0, 0x5A]), 0x00);
    assert_eq!(set(&mut card, 0x08, "0200040400"), 0x00);
    card.card.session = None;
    assert_eq!(run(&mut card, 0xAD, &[4, 0, 0, 0, 1, 0, 0]).0, [0x5A]);
}

#[test]
fn a_saved_card_comes_back_with_all_that_it_keeps() {
    let mut card = opened();
    counting(&mut card, [0x10, 0xEF], 0x0102_0304, [0; 16]);
    assert_eq!(status(&mut card, 0x8D, &[0, 0, 0, 0, 1, 0, 0, 0x5A]), 0x00);
    assert_eq!(protected(&mut card, 1, 0xC8, &READER, None).1, 0x00);
    assert_eq!(protected(&mut card, 1, 0xC7, &[0x00], None).1, 0x00);
    assert_eq!(set(&mut card, 0x08, "02000D0F0E"), 0x00);
    assert_eq!(set(&mut card, 0x09, "0300000000E80300000700000003"), 0x00);
    let limit = [0x20, 0x10, 0xEF, 0xFF, 0xFF, 0, 0x7F];
    assert_eq!(protected(&mut card, 0, 0x5F, &[0x0E], Some(&limit)).1, 0x00);
    let saved = card.save();
    let mut back = SoftCard::restore(&saved, 9).unwrap();
    assert_eq!(*back.save(), *saved);
    send(&mut card, &SELECT);
    send(&mut back, &SELECT);
    for (ins, body) in [
        (0x6F, &[][..]),
        (0xF5, &[0x0E]),
        (0xF5, &[3]),
        (0xF5, &[1]),
        (0xAD, &[0x0E, 0, 0, 0, 0, 0, 0]),
        (0x6C, &[3]),
    ] {
        let told = run(&mut back, ins, body);
        assert_eq!(told.1, 0x00, "{ins:02X}");
        assert_eq!(told, run(&mut card, ins, body), "{ins:02X}");
    }
    // The next transaction tells the same reader before it, and what was done once is not done again.
    let next = [&mut card, &mut back].map(|card| protected(card, 1, 0xC8, &READER, None));
    assert_eq!((next[0].1, &next[0]), (0x00, &next[1]));
    assert_eq!(set(&mut back, 0x08, "000D00"), 0x9D);
    assert_eq!(set(&mut back, 0x09, "0300000000E80300000700000003"), 0x9D);
}

#[test]
fn a_damaged_light_is_told() {
    let saved = String::from_utf8(entered().save().to_vec()).unwrap();
    for (whole, other) in [
        ("\"no\": 31", "\"no\": 30"),
        ("\"no\": 15", "\"no\": 0"),
        ("\"counter\": 0", "\"counter\": 0, \"limit\": \"x\""),
        ("\"rights\": \"101F\"", "\"rights\": \"10\""),
        ("\"mode\": 3", "\"mode\": 4"),
        ("00DF01", "00DF02"),
    ] {
        assert!(saved.contains(whole), "{whole}");
        assert!(
            SoftCard::restore(saved.replacen(whole, other, 1).as_bytes(), 1).is_err(),
            "{other}"
        );
    }
    // A tag has no such file.
    let mut tag = card(Model::Ntag424);
    let mac = entered().card.application().unwrap().transaction_mac.clone();
    tag.card.memory.applications[0].transaction_mac = mac;
    let refused = SoftCard::restore(&tag.save(), 1).map(drop);
    assert!(matches!(refused, Err(StateError::Damaged(_))));
}
