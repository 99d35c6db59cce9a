// SPDX-License-Identifier: MIT OR Apache-2.0
//! Several key sets of one application: made, filled, closed, rolled to.

use super::ev2_files::{enciphered, mac, session};
use super::support::{card, open_ev1, resume_ev2, run, set_key, status, text, with_application};
use crate::crypto::crc;
use crate::emulator::{Behaviour, Candidate, Candidates, Model, SoftCard};
use crate::vectors::of_kind;
use crate::wire::KeyType;

/// An application of three AES keys and three sets, the active one of version 11, which key 1 rolls.
const CREATE: &str = "010203 0F 93 01 11 03 10 01";

fn hex(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap()
}

fn with_sets(model: Model) -> SoftCard {
    let mut card = card(model);
    assert_eq!(status(&mut card, 0xCA, &hex(CREATE)), 0x00);
    assert_eq!(status(&mut card, 0x5A, &[1, 2, 3]), 0x00);
    card
}

/// A command with its MAC in a session of this key; what is behind the MAC of a success is its data.
fn maced(card: &mut SoftCard, key: u8, ins: u8, body: &[u8]) -> (Vec<u8>, u8) {
    resume_ev2(card, key, session(0x01FE));
    run(card, ins, &[body, &mac(ins, 0x01FE, body)].concat())
}

/// ChangeKeyEV2 in a session of this key, with this plaintext.
fn change(card: &mut SoftCard, key: u8, header: [u8; 2], plain: &[u8]) -> (Vec<u8>, u8) {
    let body = [&header[..], &enciphered(plain, 0x01FE)].concat();
    maced(card, key, 0xC6, &body)
}

/// What another key than the session's is changed by.
fn mixed(old: &[u8; 16], new: &[u8; 16], version: u8) -> Vec<u8> {
    let mut plain: Vec<u8> = old.iter().zip(new).map(|(old, new)| old ^ new).collect();
    plain.push(version);
    plain.extend(crc::crc32(&[new]));
    plain
}

fn done() -> (Vec<u8>, u8) {
    (mac(0x00, 0x01FF, &[]), 0x00)
}

fn versions(card: &mut SoftCard) -> Vec<u8> {
    card.card.session = None;
    run(card, 0x64, &[0x40, 0x80]).0
}

#[test]
fn the_sets_of_an_application_are_told() {
    for model in [Model::Ev2_4k, Model::Ev3_4k] {
        let mut soft = with_sets(model);
        assert_eq!(run(&mut soft, 0x45, &[]), (hex("0F 93 01 11 03 10 01"), 0x00));
        assert_eq!(versions(&mut soft), [0x11, 0, 0]);
        let candidates = Candidates::default().with(Candidate::SixByteSettings);
        soft = soft.with_behaviour(Behaviour { candidates, ..Behaviour::default() });
        assert_eq!(run(&mut soft, 0x45, &[]), (hex("0F 93 11 03 10 01"), 0x00));
        // A third byte alone, and ISO names behind all of it.
        let mut soft = card(model);
        assert_eq!(status(&mut soft, 0xCA, &hex("010203 0F 93 04")), 0x00);
        let named = hex("020203 0F B3 01 11 02 18 07 10E1 D276");
        assert_eq!(status(&mut soft, 0xCA, &named), 0x00);
        assert_eq!(run(&mut soft, 0x6D, &[]), (hex("020203 10E1 D276"), 0x00));
        assert_eq!(status(&mut soft, 0x5A, &[1, 2, 3]), 0x00);
        assert_eq!(run(&mut soft, 0x45, &[]), (hex("0F 93 04"), 0x00));
        assert_eq!(status(&mut soft, 0x56, &[1, 2]), 0x9D);
        assert_eq!(status(&mut soft, 0x64, &[0x40, 0x80]), 0x40);
    }
}

#[test]
fn what_no_application_can_be_is_refused() {
    for (create, expected) in [
        ("010203 0F 93", 0x7E),
        ("010203 0F 93 01", 0x7E),
        ("010203 0F 93 01 11 03 10", 0x7E),
        ("010203 0F 93 01 11 03 10 01 10", 0x7E),
        ("010203 0F 93 00 11 03 10 01 10", 0x00),
        ("010203 0F 93 02", 0x9D),
        ("010203 0F 93 08", 0x9E),
        ("010203 0F 93 01 11 01 10 01", 0x9E),
        ("010203 0F 93 01 11 11 10 01", 0x9E),
        ("010203 0F 93 01 11 10 10 01", 0x00),
        ("010203 0F 93 01 11 03 11 01", 0x9E),
        ("010203 0F 93 01 11 03 10 0F", 0x9E),
        ("010203 0F 93 01 11 03 10 08", 0x9E),
        ("010203 0F 53 01 11 03 10 01", 0x9E),
        ("010203 0F 53 01 11 03 18 01", 0x00),
    ] {
        assert_eq!(status(&mut card(Model::Ev3_4k), 0xCA, &hex(create)), expected, "{create}");
    }
    // Deleting by its own master key is of EV3; bit 4 of the slots is of EV2 on.
    for (model, expected) in [(Model::Ev2_4k, 0x9E), (Model::Ev3_4k, 0x00)] {
        assert_eq!(status(&mut card(model), 0xCA, &hex("010203 0F 93 10")), expected, "{model}");
    }
    assert_eq!(status(&mut card(Model::Ev1_4k), 0xCA, &hex("010203 0F 93")), 0x9E);
    assert_eq!(status(&mut card(Model::Ev1_4k), 0xCA, &hex(CREATE)), 0x9E);
}

/// The plaintext of a change by another key, as a library has it (GtechGovind/desfire-sdk).
#[test]
fn a_set_is_filled_closed_and_rolled_to() {
    let vector = &of_kind("ev2-more", "change_key_plain")[0];
    let part = |name: &str| hex(text(&vector["inputs"][name]));
    let (old, new): ([u8; 16], [u8; 16]) =
        (part("old_key").try_into().unwrap(), part("new_key").try_into().unwrap());
    for model in [Model::Ev2_4k, Model::Ev3_4k] {
        let mut card = with_sets(model);
        set_key(&mut card, 1, KeyType::Aes, &[0xA1; 16], 5);
        assert_eq!(maced(&mut card, 0, 0x56, &[2, 2]), done());
        // Key 0 authenticated and key 0 changed, and yet in the form of another, with a MAC.
        for (number, key) in [(0, [0xC0; 16]), (1, old)] {
            let plain = mixed(&[0; 16], &key, 3);
            assert_eq!(change(&mut card, 0, [2, number], &plain), done());
        }
        let plain = hex(text(&vector["expected"]["plain"]));
        assert_eq!(change(&mut card, 0, [2, 1], &plain), done());
        assert!(card.card.session.is_some());
        card.card.session = None;
        for (number, version) in [(0, 3), (1, 0x42), (2, 0)] {
            assert_eq!(run(&mut card, 0x64, &[0x40 | number, 2]), (vec![version], 0x00));
        }
        assert_eq!(run(&mut card, 0x64, &[0x41, 0]), (vec![5], 0x00));
        assert_eq!(maced(&mut card, 1, 0x55, &[2]).1, 0x9D);
        assert_eq!(maced(&mut card, 0, 0x57, &[2, 0x22]), done());
        assert_eq!(change(&mut card, 0, [2, 1], &plain).1, 0x9D);
        assert_eq!(maced(&mut card, 0, 0x57, &[2, 0x23]).1, 0x9D);
        assert_eq!(maced(&mut card, 0, 0x55, &[2]).1, 0xAE);
        let mut card = SoftCard::restore(&card.save(), 5).unwrap();
        card.card.selected = Some(0);
        assert_eq!(maced(&mut card, 1, 0x55, &[2]), (vec![], 0x00));
        assert!(card.card.session.is_none());
        let bytes =
            |card: &SoftCard, number| card.card.keys().key(number).unwrap().bytes().to_vec();
        assert_eq!((bytes(&card, 0), bytes(&card, 1)), (vec![0xC0; 16], new.to_vec()));
        assert_eq!(versions(&mut card), [0x22, 0, 0x11]);
        // And back, which needs no closing.
        assert_eq!(maced(&mut card, 1, 0x55, &[2]), (vec![], 0x00));
        assert_eq!(bytes(&card, 1), [0xA1; 16]);
        assert_eq!(versions(&mut card), [0x11, 0, 0x22]);
    }
}

#[test]
fn the_active_set_changes_as_by_change_key() {
    let mut card = with_sets(Model::Ev3_4k);
    let plain = mixed(&[0; 16], &[0xB2; 16], 7);
    assert_eq!(change(&mut card, 0, [0, 2], &plain), done());
    assert_eq!(card.card.keys().key(2).unwrap().bytes(), [0xB2; 16]);
    let own = [&[0xB0; 16][..], &[8]].concat();
    assert_eq!(change(&mut card, 0, [0, 0], &own), (vec![], 0x00));
    assert!(card.card.session.is_none());
    assert_eq!(card.card.keys().key(0).unwrap().bytes(), [0xB0; 16]);
}

#[test]
fn key_sets_refuse_what_does_not_fit() {
    let fresh = || with_sets(Model::Ev3_4k);
    for (key, ins, body, expected) in [
        (0, 0x56, &[0, 2][..], 0x9E),
        (0, 0x56, &[3, 2], 0x9E),
        (0, 0x56, &[1, 3], 0x9E),
        (0, 0x56, &[1, 1], 0x9E),
        (1, 0x56, &[1, 2], 0xAE),
        (0, 0x56, &[1], 0x7E),
        (0, 0x56, &[1, 2, 0], 0x7E),
        (0, 0x57, &[0, 1], 0x9E),
        (0, 0x57, &[1, 1], 0x40),
        (0, 0x57, &[1], 0x7E),
        (1, 0x55, &[0], 0x9E),
        (1, 0x55, &[3], 0x9E),
        (1, 0x55, &[1], 0x9D),
        (0, 0x55, &[1], 0xAE),
        (1, 0x55, &[1, 0], 0x7E),
        (0, 0x64, &[0x40, 1], 0x40),
        (0, 0x64, &[0x40, 3], 0x40),
        (0, 0x64, &[0x43, 0], 0x40),
        (0, 0x64, &[0x40], 0x7E),
    ] {
        let (reply, status) = maced(&mut fresh(), key, ins, body);
        assert_eq!((reply, status), (vec![], expected), "{ins:02X} {body:02X?}");
    }
    assert_eq!(change(&mut fresh(), 0, [1, 0], &mixed(&[0; 16], &[1; 16], 0)).1, 0x40);
    let mut card = fresh();
    assert_eq!(maced(&mut card, 0, 0x56, &[1, 2]), done());
    let mut bent = mixed(&[0; 16], &[1; 16], 0);
    bent[3] ^= 0x01;
    assert_eq!(change(&mut card, 0, [1, 0], &bent).1, 0x1E);
    assert_eq!(change(&mut card, 0, [1, 3], &bent).1, 0x40);
    assert_eq!(change(&mut card, 1, [1, 0], &bent).1, 0xAE);
    open_ev1(&mut card, 0);
    assert_eq!(status(&mut card, 0xC6, &[1; 34]), 0x9D);
    // A set of another type is made, and never rolled to.
    assert_eq!(maced(&mut card, 0, 0x56, &[1, 0]), done());
    assert_eq!(maced(&mut card, 0, 0x57, &[1, 0x22]), done());
    assert_eq!(maced(&mut card, 1, 0x55, &[1]).1, 0x9D);
    // None of it is for an application of one set, for the PICC, or of an EV1.
    for (ins, body) in [(0x56, &[1, 2][..]), (0x57, &[1, 2]), (0x55, &[1]), (0xC6, &[0; 34])] {
        let mut single = with_application(Model::Ev3_4k, 0x0F, KeyType::Aes, 3);
        assert_eq!(maced(&mut single, 0, ins, body).1, 0x9D, "{ins:02X}");
        single.reset();
        assert_eq!(maced(&mut single, 0, ins, body).1, 0x9D, "{ins:02X}");
        let mut ev1 = with_application(Model::Ev1_4k, 0x0F, KeyType::Aes, 3);
        assert_eq!(status(&mut ev1, ins, body), 0x1C, "{ins:02X}");
    }
}

#[test]
fn a_third_byte_lets_an_application_be_deleted_from_inside() {
    for (create, expected) in [("010203 0F 93 10", 0x00), ("010203 0F 93 00", 0xAE)] {
        let mut card = card(Model::Ev3_4k);
        assert_eq!(status(&mut card, 0xCA, &hex(create)), 0x00);
        card.card.memory.master.settings.free_create = false;
        assert_eq!(status(&mut card, 0x5A, &[1, 2, 3]), 0x00);
        assert_eq!(maced(&mut card, 0, 0xDA, &[1, 2, 3]).1, expected);
    }
}

#[test]
fn the_uid_comes_with_the_number_where_it_is_asked_for() {
    let asked = |model, body: &[u8]| {
        let mut card = card(model);
        resume_ev2(&mut card, 0, session(0x01FE));
        let (reply, status) = run(&mut card, 0x51, &[body, &mac(0x51, 0x01FE, body)].concat());
        (reply.len(), status)
    };
    // The reply is a block and a MAC either way: 7 or 11 bytes.
    for (model, body, expected) in [
        (Model::Ev3_4k, &[][..], (24, 0x00)),
        (Model::Ev3_4k, &[0], (24, 0x00)),
        (Model::Ev3_4k, &[1], (24, 0x00)),
        (Model::Ev3_4k, &[2], (0, 0x9E)),
        (Model::Ev3_4k, &[1, 1], (0, 0x7E)),
        (Model::Ev2_4k, &[], (24, 0x00)),
        (Model::Ev2_4k, &[1], (0, 0x7E)),
    ] {
        assert_eq!(asked(model, body), expected, "{model} {body:02X?}");
    }
    let mut card = card(Model::Ev3_4k);
    resume_ev2(&mut card, 0, session(0x01FE));
    let (reply, _) = run(&mut card, 0x51, &[&[1][..], &mac(0x51, 0x01FE, &[1])].concat());
    let plain = super::ev2_files::deciphered(&reply[..16], 0x01FF);
    assert_eq!(plain, hex("04DE5F1EACC040 1FACC040 80 00000000"));
    assert_eq!(status(&mut self::card(Model::Ev3_4k), 0x51, &[]), 0xAE);
}
