// SPDX-License-Identifier: MIT OR Apache-2.0
//! What new applications start with: SetConfiguration, option 01, in each messaging, put together
//! here from primitives.

use super::ev2_files;
use super::support::{card, open_ev1, resume_d40, resume_ev2, run, status};
use crate::crypto::{Cipher, crc};
use crate::emulator::{Model, SoftCard};
use crate::wire::KeyType;

const KEY: [u8; 24] = *b"a default key: 24 bytes.";
const VERSION: u8 = 0x55;

/// 24 bytes of key and its version.
fn data() -> Vec<u8> {
    [&KEY[..], &[VERSION]].concat()
}

/// In a D40 session the reader deciphers.
fn in_d40(card: &mut SoftCard) -> Vec<u8> {
    let cipher = Cipher::tdes2(&[0x33; 16]);
    resume_d40(card, 0, cipher.clone());
    let mut body = data();
    body.extend(crc::crc16(&[&data()]));
    body.resize(body.len().next_multiple_of(8), 0x00);
    let mut sent = cipher.zero_iv();
    for block in body.chunks_exact_mut(8) {
        let mut mixed = cipher.zero_iv();
        mixed.xor(block);
        mixed.xor(sent.as_slice());
        cipher.decrypt_block(&mut mixed);
        block.copy_from_slice(mixed.as_slice());
        sent = mixed;
    }
    [&[0x01], &body[..]].concat()
}

/// The session key of [`open_ev1`], which nothing has used yet.
fn in_ev1(card: &mut SoftCard) -> Vec<u8> {
    open_ev1(card, 0);
    let cipher = Cipher::aes(&[0x5A; 16]);
    let mut body = data();
    body.extend(crc::crc32(&[&[0x5C, 0x01], &data()[..]]));
    body.resize(body.len().next_multiple_of(16), 0x00);
    cipher.cbc_encrypt(&mut cipher.zero_iv(), &mut body).unwrap();
    [&[0x01], &body[..]].concat()
}

fn in_ev2(card: &mut SoftCard) -> Vec<u8> {
    resume_ev2(card, 0, ev2_files::session(7));
    let body = [&[0x01], &ev2_files::enciphered(&data(), 7)[..]].concat();
    let mac = ev2_files::mac(0x5C, 7, &body);
    [body, mac].concat()
}

/// The key and the version that an application of this type starts with, in each of its slots.
fn start(card: &mut SoftCard, aid: u8, slots: u8) -> Vec<(Vec<u8>, u8)> {
    assert_eq!(status(card, 0x5A, &[0x00; 3]), 0x00);
    assert_eq!(status(card, 0xCA, &[aid, 0x00, 0x00, 0x0F, slots]), 0x00);
    assert_eq!(status(card, 0x5A, &[aid, 0x00, 0x00]), 0x00);
    let told = |card: &mut SoftCard, number| {
        let (version, status) = run(card, 0x64, &[number]);
        assert_eq!((version.len(), status), (1, 0x00));
        (card.card.keys().key(number).unwrap().bytes().to_vec(), version[0])
    };
    (0..slots & 0x0F).map(|number| told(card, number)).collect()
}

/// The bits of a DES key that no cipher uses are its version.
fn version_in(key: &[u8]) -> u8 {
    key[..8].iter().fold(0, |version, byte| version << 1 | (byte & 1))
}

#[test]
fn new_applications_start_with_the_default_key_and_its_version() {
    type Say = fn(&mut SoftCard) -> Vec<u8>;
    let ways: [(Model, Say); 5] = [
        (Model::Ev1_8k, in_d40),
        (Model::Ev1_8k, in_ev1),
        (Model::Ev2_4k, in_ev1),
        (Model::Ev2_4k, in_ev2),
        (Model::Ev3_2k, in_ev2),
    ];
    for (model, say) in ways {
        let mut card = card(model);
        let before = start(&mut card, 9, 0x82);
        assert_eq!(before, vec![(vec![0x00; 16], 0x00); 2]);
        assert_eq!(status(&mut card, 0x5A, &[0x00; 3]), 0x00);
        let body = say(&mut card);
        assert_eq!(status(&mut card, 0x5C, &body), 0x00, "{model}");
        let mut card = SoftCard::restore(&card.save(), 3).unwrap();
        for (aid, slots, kind) in
            [(1, 0x82, KeyType::Aes), (2, 0x03, KeyType::Des), (3, 0x41, KeyType::Tdes3)]
        {
            let key = KEY[..kind.length()].to_vec();
            let version = if kind == KeyType::Aes { VERSION } else { version_in(&key) };
            let slot = (key, version);
            assert_eq!(start(&mut card, aid, slots), vec![slot; usize::from(slots & 0x0F)]);
        }
        assert_eq!(status(&mut card, 0x5A, &[9, 0x00, 0x00]), 0x00);
        assert_eq!(run(&mut card, 0x64, &[0x00]), (vec![0x00], 0x00), "what was there stays");
    }
}

/// Twice the same message would be another one: only a fresh chain or counter opens it.
#[test]
fn a_default_key_that_was_bent_on_its_way_is_not_taken() {
    for say in [in_d40, in_ev1, in_ev2] {
        let mut fresh = card(Model::Ev2_4k);
        let body = say(&mut fresh);
        for position in 1..body.len() {
            let (mut card, mut bent) = (fresh.clone(), body.clone());
            bent[position] ^= 0x04;
            assert_eq!(status(&mut card, 0x5C, &bent), 0x1E, "{position}");
            assert!(card.card.memory.configuration.default_key.is_none());
        }
    }
}

/// Cards whose PICC settings no longer change can be had through the command, and saved.
#[test]
fn picc_settings_that_were_frozen_stay_so() {
    let mut card = card(Model::Ev1_8k);
    let cipher = Cipher::aes(&[0x5A; 16]);
    let change = |card: &mut SoftCard, settings: u8| {
        open_ev1(card, 0);
        let mut body = vec![settings];
        body.extend(crc::crc32(&[&[0x54, settings]]));
        body.resize(16, 0x00);
        cipher.cbc_encrypt(&mut cipher.zero_iv(), &mut body).unwrap();
        status(card, 0x54, &body)
    };
    assert_eq!(change(&mut card, 0x07), 0x00);
    let mut card = SoftCard::restore(&card.save(), 3).unwrap();
    assert_eq!(change(&mut card, 0x0F), 0x9D);
    assert_eq!(run(&mut card, 0x45, &[]), (vec![0x07, 0x01], 0x00));
}
