// SPDX-License-Identifier: MIT OR Apache-2.0
//! More than one set of access rights.

use super::ev2_files::{enciphered, mac, session};
use super::support::{open_ev1, resume_ev2, run, status, with_application};
use crate::emulator::{Model, SoftCard};
use crate::wire::KeyType;

/// An application of this many AES keys with a standard file of 90h bytes that key 1 reads.
fn with_file(model: Model, keys: u8) -> SoftCard {
    let mut card = with_application(model, 0x0F, KeyType::Aes, keys);
    assert_eq!(status(&mut card, 0xCD, &[1, 0x03, 0x00, 0x1F, 0x90, 0, 0]), 0x00);
    card
}

/// ChangeFileSettings of file 1 in a session of key 0.
fn change(card: &mut SoftCard, settings: &str) -> u8 {
    resume_ev2(card, 0, session(0x01FE));
    let settings = hex::decode(settings.replace(' ', "")).unwrap();
    let body = [&[1][..], &enciphered(&settings, 0x01FE)].concat();
    status(card, 0x5F, &[&body[..], &mac(0x5F, 0x01FE, &body)].concat())
}

fn told(card: &mut SoftCard) -> String {
    card.card.session = None;
    hex::encode_upper(run(card, 0xF5, &[1]).0)
}

/// The reply of a real EV2 8K (flipperzero-firmware issue 3338).
const SEVEN: &str = "0083001F90000007FF2FFF3FFF4FFF5FFF6FFF7FFF8F";

#[test]
fn seven_further_sets_are_told_as_a_real_card_tells_them() {
    for model in [Model::Ev2_8k, Model::Ev3_8k] {
        let mut card = with_file(model, 9);
        let sets = "83 001F 07 FF2F FF3F FF4F FF5F FF6F FF7F FF8F";
        assert_eq!(change(&mut card, sets), 0x00);
        assert_eq!(told(&mut card), SEVEN);
        let mut back = SoftCard::restore(&card.save(), 1).unwrap();
        back.card.selected = Some(0);
        assert_eq!(told(&mut back), SEVEN);
        // Without the bit they are gone.
        assert_eq!(change(&mut card, "03 001F"), 0x00);
        assert_eq!(told(&mut card), "0003001F900000");
    }
}

#[test]
fn any_set_grants() {
    let mut card = with_file(Model::Ev3_4k, 5);
    assert_eq!(change(&mut card, "81 001F 02 FF2F 3FFF"), 0x00);
    let header = [1, 0, 0, 0, 1, 0, 0];
    for (key, expected) in [(1, 0x00), (2, 0x00), (3, 0x00), (4, 0xAE), (0, 0x00)] {
        resume_ev2(&mut card, key, session(0x01FE));
        let request = [&header[..], &mac(0xBD, 0x01FE, &header)].concat();
        assert_eq!(status(&mut card, 0xBD, &request), expected, "{key}");
    }
    // Key 3 reads and writes, key 2 reads; nobody changes the settings by a further set.
    for (key, expected) in [(3, 0x00), (2, 0xAE)] {
        resume_ev2(&mut card, key, session(0x01FE));
        let body = [&header[..], &[0xAA]].concat();
        let request = [&body[..], &mac(0x3D, 0x01FE, &body)].concat();
        assert_eq!(status(&mut card, 0x3D, &request), expected, "{key}");
        resume_ev2(&mut card, key, session(0x01FE));
        assert_eq!(status(&mut card, 0x5F, &[1; 40]), 0xAE, "{key}");
    }
    // Free in one set is free, and plain.
    assert_eq!(change(&mut card, "83 001F 01 FFEF"), 0x00);
    card.card.session = None;
    assert_eq!(run(&mut card, 0xBD, &header), (vec![0xAA], 0x00));
}

#[test]
fn sets_that_cannot_be_are_refused() {
    for (settings, expected) in [
        ("83 001F 01 FF5F", 0x40),
        ("83 001F 00", 0x9E),
        ("83 001F 08 FF2F FF2F FF2F FF2F FF2F FF2F FF2F FF2F", 0x9E),
        ("83 001F 02 FF2F", 0x7E),
        ("83 001F", 0x7E),
        ("83 001F 01 FF2F 00", 0x7E),
        ("03 001F 01 FF2F", 0x7E),
        ("A3 001F 01 FF2F", 0x9E),
    ] {
        let mut card = with_file(Model::Ev2_4k, 5);
        assert_eq!(change(&mut card, settings), expected, "{settings}");
        assert_eq!(told(&mut card), "0003001F900000");
    }
    // A file is not created with them.
    let mut card = with_file(Model::Ev2_4k, 5);
    assert_eq!(status(&mut card, 0xCD, &[2, 0x83, 0x00, 0x1F, 0x90, 0, 0]), 0x9E);
    // An EV1 knows no such bit, whoever may change the file.
    for (model, expected) in [(Model::Ev1_4k, [0x7E, 0x9E]), (Model::Ev2_4k, [0x00, 0x7E])] {
        let mut card = with_application(model, 0x0F, KeyType::Aes, 5);
        assert_eq!(status(&mut card, 0xCD, &[1, 0x00, 0xEE, 0xEE, 0x10, 0, 0]), 0x00);
        let further = [1, 0x80, 0xEE, 0xEE, 0x01, 0xFF, 0x2F];
        assert_eq!(status(&mut card, 0x5F, &further), expected[0], "{model}");
        assert_eq!(status(&mut card, 0x5F, &further[..4]), expected[1], "{model}");
    }
    let mut ev1 = with_file(Model::Ev2_4k, 5);
    open_ev1(&mut ev1, 0);
    assert_eq!(status(&mut ev1, 0x5F, &[1; 33]), 0x7E);
}
