// SPDX-License-Identifier: MIT OR Apache-2.0
//! Delegated applications: created with the published proof, limited to their quota, deleted.

use super::ev2_files::{enciphered, mac, session};
use super::support::{add_application, card, resume_ev2, run, send, set_key, status, text};
use crate::crypto::{AesCmac, Cipher, crc};
use crate::emulator::{Behaviour, Candidate, Candidates, Model, SoftCard};
use crate::vectors::of_kind;
use crate::wire::{Aid, KeyType};

/// A card with the keys of AN12696, at PICC level.
fn issued(model: Model) -> SoftCard {
    let mut card = card(model);
    for (number, key) in [(0x10, 0x10), (0x11, 0x11), (0x12, 0x22)] {
        set_key(&mut card, number, KeyType::Aes, &[key; 16], 0);
    }
    card
}

/// Every second byte of a CMAC under the issuer's key.
fn proof(message: &[&[u8]]) -> Vec<u8> {
    AesCmac::new(&[0x11; 16]).mac(message).into_iter().skip(1).step_by(2).collect()
}

/// A first key, enciphered by the issuer.
fn sealed(key: [u8; 16], version: u8) -> [u8; 32] {
    let mut plain = [0xEE; 32];
    plain[7..23].copy_from_slice(&key);
    plain[23] = version;
    let cipher = Cipher::aes(&[0x22; 16]);
    cipher.cbc_encrypt(&mut cipher.zero_iv(), &mut plain).unwrap();
    plain
}

/// CreateDelegatedApplication in a session of this key.
fn create_with(card: &mut SoftCard, key: u8, head: &[u8], second: &[u8]) -> (Vec<u8>, u8) {
    resume_ev2(card, key, session(0x01FE));
    assert_eq!(run(card, 0xC9, head), (vec![], 0xAF));
    let sent = mac(0xC9, 0x01FE, &[head, second].concat());
    run(card, 0xAF, &[second, &sent].concat())
}

fn create(card: &mut SoftCard, head: &str) -> u8 {
    let head = hex::decode(head.replace(' ', "")).unwrap();
    let first = sealed([0xA7; 16], 0x17);
    let second = [&first[..], &proof(&[&[0xC9], &head, &first])].concat();
    create_with(card, 0x10, &head, &second).1
}

fn told(card: &mut SoftCard, slot: u8) -> (String, u8) {
    card.card.session = None;
    let (reply, status) = run(card, 0x69, &[slot, 0]);
    (hex::encode_upper(reply), status)
}

fn free(card: &mut SoftCard) -> Vec<u8> {
    run(card, 0x6E, &[]).0
}

/// AN12696, byte for byte, and the deletion of a library (GtechGovind/desfire-sdk).
#[test]
fn the_published_application_is_created_and_deleted() {
    let created = &of_kind("ev2-more", "dam_mac")[0]["expected"];
    let deleted = &of_kind("ev2-more", "dam_delete_mac")[0]["expected"];
    let [frame1, frame2] =
        ["frame1", "frame2"].map(|name| hex::decode(text(&created[name])).unwrap());
    for model in [Model::Ev2_8k, Model::Ev3_8k] {
        let mut card = issued(model);
        let before = card.card.memory.free();
        let done = (mac(0x00, 0x01FF, &[]), 0x00);
        assert_eq!(create_with(&mut card, 0x10, &frame1[1..], &frame2[1..]), done);
        // 64 blocks, three of them for the application itself.
        assert_eq!(card.card.memory.free(), before - 64 * 32);
        assert_eq!(told(&mut card, 0), ("0040003D00123456".to_owned(), 0x00));
        assert_eq!(told(&mut card, 1), (String::new(), 0xA0));
        assert_eq!(status(&mut card, 0x5A, &[0x12, 0x34, 0x56]), 0x00);
        let settings = run(&mut card, 0x45, &[]);
        assert_eq!(settings, (vec![0xEF, 0x81], 0x00));
        card.reset();
        let named = hex::decode("123456").unwrap();
        let mut bent = hex::decode(text(&deleted["dam_mac"])).unwrap();
        for (turn, expected) in [(0x01, 0x1E), (0x01, 0x00)] {
            bent[7] ^= turn;
            resume_ev2(&mut card, 0x10, session(0x01FE));
            let body = [&named[..], &bent].concat();
            bent[7] ^= if expected == 0x1E { 0 } else { 0x01 };
            let sent = [&body[..], &mac(0xDA, 0x01FE, &body)].concat();
            assert_eq!(status(&mut card, 0xDA, &sent), expected);
        }
        assert_eq!(told(&mut card, 0), ("0040004000000000".to_owned(), 0x00));
        assert_eq!(card.card.memory.free(), before - 64 * 32);
    }
}

#[test]
fn the_first_key_is_the_issuers() {
    for (candidates, version) in [
        (Candidates::default(), 0x17),
        (Candidates::default().with(Candidate::LateKeyVersion), 0xEE),
    ] {
        let mut card = issued(Model::Ev2_4k);
        card = card.with_behaviour(Behaviour { candidates, ..Behaviour::default() });
        assert_eq!(create(&mut card, "123456 0100 05 2000 0F 83"), 0x00);
        card.card.selected = Some(0);
        for number in 0..3 {
            let key = card.card.keys().key(number).unwrap();
            assert_eq!((key.bytes(), key.version()), (&[0xA7; 16][..], version));
        }
    }
}

#[test]
fn a_quota_is_all_that_there_is() {
    let mut card = issued(Model::Ev3_4k);
    // Seven blocks, of which the application takes three.
    assert_eq!(create(&mut card, "123456 0100 05 0700 0F 81"), 0x00);
    assert_eq!(told(&mut card, 1), ("0507000400123456".to_owned(), 0x00));
    let outside = free(&mut card);
    card.card.selected = Some(0);
    let file = |number, blocks: u8| [number, 0, 0xEE, 0xEE, blocks * 32, 0, 0];
    assert_eq!(status(&mut card, 0xCD, &file(1, 3)), 0x00);
    assert_eq!(status(&mut card, 0xCD, &file(2, 2)), 0x0E);
    assert_eq!(status(&mut card, 0xCD, &file(2, 1)), 0x00);
    assert_eq!(free(&mut card), outside);
    let mut card = SoftCard::restore(&card.save(), 3).unwrap();
    assert_eq!(told(&mut card, 1), ("0507000000123456".to_owned(), 0x00));
    assert_eq!(card.card.memory.master.key(0x11).unwrap().bytes(), [0x11; 16]);
    // Its master key takes the files off, and no other application's does.
    card.card.selected = Some(0);
    for (key, expected) in [(1, 0xAE), (0, 0x00)] {
        resume_ev2(&mut card, key, session(0x01FE));
        assert_eq!(status(&mut card, 0xFC, &mac(0xFC, 0x01FE, &[])), expected);
    }
    card.card.session = None;
    assert_eq!(run(&mut card, 0x6F, &[]), (vec![], 0x00));
    card.card.selected = None;
    assert_eq!(told(&mut card, 1), ("0507000400123456".to_owned(), 0x00));
    add_application(&mut card, Aid::new([9, 9, 9]), 0x0F, KeyType::Aes, 1);
    resume_ev2(&mut card, 0, session(0x01FE));
    assert_eq!(status(&mut card, 0xFC, &mac(0xFC, 0x01FE, &[])), 0x9D);
}

#[test]
fn slots_and_proofs_that_do_not_fit_are_refused() {
    let mut card = issued(Model::Ev2_4k);
    for (head, expected) in [
        ("123456 0100 05 0000 0F 81", 0x0E),
        ("123456 0100 05 0200 0F 81", 0x0E),
        ("123456 0100 05 A100 0F 81", 0x0E),
        ("123456 0100 05 2000 0F 80", 0x9E),
        ("123456 0100 05 2000 0F 81 10", 0x7E),
        ("000000 0100 05 2000 0F 81", 0xDE),
        ("123456 0100 05 2000 0F 81", 0x00),
        // The slot lives.
        ("223456 0100 06 2000 0F 81", 0x9D),
        ("123456 0200 06 2000 0F 81", 0xDE),
    ] {
        assert_eq!(create(&mut card, head), expected, "{head}");
    }
    card.card.memory.delete_application(0);
    for (version, expected) in [(4, 0x9D), (5, 0x9D), (6, 0x00)] {
        let head = format!("223456 0100 {version:02X} 2000 0F 81");
        assert_eq!(create(&mut card, &head), expected, "{version}");
    }
    let head = hex::decode("323456030001200 00F81".replace(' ', "")).unwrap();
    let first = sealed([0xA7; 16], 0);
    let mut second = [&first[..], &proof(&[&[0xC9], &head, &first])].concat();
    assert_eq!(create_with(&mut card, 0, &head, &second).1, 0xAE);
    assert_eq!(create_with(&mut card, 0x10, &head, &second[1..]).1, 0x7E);
    second[39] ^= 0x01;
    assert_eq!(create_with(&mut card, 0x10, &head, &second).1, 0x1E);
    // The first frame is answered whoever asks.
    card.card.session = None;
    assert_eq!(run(&mut card, 0xC9, &head), (vec![], 0xAF));
    assert_eq!(run(&mut card, 0xAF, &second), (vec![], 0xAE));
    assert_eq!(status(&mut card, 0xC9, &head[..9]), 0x7E);
    assert_eq!(status(&mut self::card(Model::Ev1_4k), 0xC9, &head), 0x1C);
    assert_eq!(status(&mut self::card(Model::Ev1_4k), 0x69, &[0, 0]), 0x1C);
}

/// A real EV3 refuses an authentication with key 10; on a real EV2 the keys are there (nfcjlib).
#[test]
fn the_keys_of_an_ev3_wait_to_be_written() {
    for (model, expected) in [(Model::Ev2_4k, 0xAF), (Model::Ev3_4k, 0x9D), (Model::Ev1_4k, 0x1C)] {
        assert_eq!(status(&mut card(model), 0x71, &[0x10, 0x00]), expected, "{model}");
    }
    for byte in [0x10, 0x90] {
        let mut card = card(Model::Ev3_4k);
        resume_ev2(&mut card, 0, session(0x01FE));
        let new = [0xB7; 16];
        let plain = [&new[..], &[0x09], &crc::crc32(&[&new])].concat();
        let body = [&[byte][..], &enciphered(&plain, 0x01FE)].concat();
        let sent = [&body[..], &mac(0xC4, 0x01FE, &body)].concat();
        assert_eq!(run(&mut card, 0xC4, &sent), (mac(0x00, 0x01FF, &[]), 0x00));
        card.card.session = None;
        assert_eq!(run(&mut card, 0x64, &[0x10]), (vec![0x09], 0x00));
        assert_eq!(status(&mut card, 0x71, &[0x10, 0x00]), 0xAF);
        assert_eq!(card.card.keys().kind(), KeyType::Des);
    }
    assert_eq!(status(&mut card(Model::Ev2_4k), 0x64, &[0x13]), 0x40);
    assert_eq!(status(&mut card(Model::Ev1_4k), 0x64, &[0x10]), 0x40);
}

/// Nor does the authentication of ISO commands begin with them.
#[test]
fn an_iso_authentication_waits_for_the_keys_of_an_ev3_too() {
    let external = [&[0x00, 0x82, 0x00, 0x10, 0x20][..], &[0xA5; 32]].concat();
    for (model, written, expected) in [
        (Model::Ev2_4k, false, [0x69, 0x82]),
        (Model::Ev3_4k, false, [0x69, 0x85]),
        (Model::Ev3_4k, true, [0x69, 0x82]),
    ] {
        let mut card = card(model);
        if written {
            set_key(&mut card, 0x10, KeyType::Aes, &[0xB7; 16], 1);
        }
        let challenge = send(&mut card, &[0x00, 0x84, 0x00, 0x00, 0x00]);
        assert_eq!(challenge.last_chunk(), Some(&[0x90, 0x00]));
        assert_eq!(send(&mut card, &external), expected, "{model} {written}");
    }
}
