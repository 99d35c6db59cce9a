// SPDX-License-Identifier: MIT OR Apache-2.0
//! Failed authentications of a tag (NT4H2421Gx): what they cost, and what gives it back.

use super::support::{run, send, status, with_application};
use crate::crypto::Cipher;
use crate::emulator::{Behaviour, Candidate, Candidates, Model, SoftCard};
use crate::iso14443::RealUid;
use crate::wire::KeyType;

const NAME: [u8; 12] = [0x00, 0xA4, 0x04, 0x0C, 0x07, 0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01];

fn tag() -> SoftCard {
    let mut card = SoftCard::new(Model::Ntag424, RealUid::new([4, 1, 2, 3, 4, 5, 6]), 5);
    assert_eq!(send(&mut card, &NAME), [0x90, 0x00]);
    card
}

/// A limit, and how many a success takes off.
fn limited(limit: u8, forgiven: u8) -> SoftCard {
    let mut card = tag();
    card.card.memory.configuration.told.insert(0x0A, vec![1, limit, 0, forgiven, 0]);
    card
}

/// Back in the field, with its application entered.
fn again(card: &mut SoftCard) {
    card.reset();
    assert_eq!(send(card, &NAME), [0x90, 0x00]);
}

fn fail(card: &mut SoftCard, key: u8) {
    assert_eq!(status(card, 0x71, &[key, 0]), 0xAF);
    assert_eq!(status(card, 0xAF, &[0x5A; 32]), 0xAE);
}

/// With the zeros of the factory.
fn succeed(card: &mut SoftCard, key: u8) {
    let (challenge, more) = run(card, 0x71, &[key, 0]);
    assert_eq!(more, 0xAF);
    let cipher = Cipher::aes(&[0; 16]);
    let mut rnd_b: [u8; 16] = challenge.try_into().unwrap();
    cipher.cbc_decrypt(&mut cipher.zero_iv(), &mut rnd_b).unwrap();
    rnd_b.rotate_left(1);
    let mut token = [[0x11; 16], rnd_b].concat();
    cipher.cbc_encrypt(&mut cipher.zero_iv(), &mut token).unwrap();
    assert_eq!(status(card, 0xAF, &token), 0x00);
}

fn put_off(card: &mut SoftCard, key: u8) -> usize {
    (0..).find(|_| status(card, 0x71, &[key, 0]) != 0xAD).unwrap()
}

#[test]
fn many_in_a_row_take_longer_and_longer() {
    let mut card = tag();
    for _ in 0..50 {
        fail(&mut card, 1);
    }
    // Another key knows nothing of it.
    fail(&mut card, 2);
    assert_eq!(status(&mut card, 0x71, &[1, 0]), 0xAD);
    // Neither leaving the field nor another process makes it shorter.
    again(&mut card);
    let mut card = SoftCard::restore(&card.save(), 1).unwrap();
    again(&mut card);
    assert_eq!(put_off(&mut card, 1), 9);
    assert_eq!(status(&mut card, 0xAF, &[0x5A; 32]), 0xAE);
    for _ in 51..100 {
        assert_eq!(put_off(&mut card, 1), 10);
        assert_eq!(status(&mut card, 0xAF, &[0x5A; 32]), 0xAE);
    }
    assert_eq!(put_off(&mut card, 1), 20);
    assert_eq!(status(&mut card, 0xAF, &[0x5A; 32]), 0xAE);
    assert_eq!(put_off(&mut card.clone(), 1), 20);
    for _ in 0..20 {
        assert_eq!(status(&mut card, 0x71, &[1, 0]), 0xAD);
    }
    succeed(&mut card, 1);
    fail(&mut card, 1);
    assert_eq!(put_off(&mut card, 1), 0);
}

/// One that is never finished is a failure too.
#[test]
fn too_many_block_the_key_until_it_is_changed() {
    let mut card = limited(3, 1);
    fail(&mut card, 1);
    assert_eq!(status(&mut card, 0x71, &[1, 0]), 0xAF);
    again(&mut card);
    succeed(&mut card, 1);
    // Of two failures the success took one.
    fail(&mut card, 1);
    fail(&mut card, 1);
    assert_eq!(status(&mut card, 0x71, &[1, 0]), 0x9D);
    let mut card = SoftCard::restore(&card.save(), 1).unwrap();
    again(&mut card);
    assert_eq!(status(&mut card, 0x71, &[1, 0]), 0x9D);
    succeed(&mut card, 0);
    // As ChangeKey does.
    let same = crate::emulator::keys::StoredKey::zero(KeyType::Aes);
    card.card.keys_mut().store(1, same);
    succeed(&mut card, 1);
}

#[test]
fn failures_are_not_counted_where_the_chip_was_told_so_or_has_no_counters() {
    let mut told = tag();
    told.card.memory.configuration.told.insert(0x0A, vec![0, 3, 0, 1, 0]);
    let [mut ev2, ev3] = [Model::Ev2_4k, Model::Ev3_4k].map(with_keys);
    let candidates = Candidates::default().with(Candidate::UncountedFailures);
    let mut ev3 = ev3.with_behaviour(Behaviour { candidates, ..Behaviour::default() });
    for card in [&mut told, &mut ev2, &mut ev3] {
        for _ in 0..60 {
            fail(card, 1);
        }
    }
}

fn with_keys(model: Model) -> SoftCard {
    with_application(model, 0x0F, KeyType::Aes, 5)
}

/// Each key of an application by itself, whatever the authentication; those of the card are not counted.
#[test]
fn an_ev3_counts_those_with_keys_of_applications() {
    let mut card = with_keys(Model::Ev3_4k);
    for _ in 0..25 {
        fail(&mut card, 1);
        assert_eq!(status(&mut card, 0xAA, &[1]), 0xAF);
        assert_eq!(status(&mut card, 0xAF, &[0x5A; 32]), 0xAE);
    }
    assert_eq!(status(&mut card, 0xAA, &[1]), 0xAD);
    assert_eq!(status(&mut card, 0x71, &[1, 0]), 0xAD);
    fail(&mut card, 2);
    // The same three commands as an EV1 has.
    assert_eq!(send(&mut card, &[0x00, 0x84, 0x00, 0x00, 0x10]).len(), 18);
    let external = [&[0x00, 0x82, 0x09, 0x81, 0x20][..], &[0x5A; 32]].concat();
    assert_eq!(send(&mut card, &external), [0x69, 0x82]);
    let mut card = SoftCard::restore(&card.save(), 1).unwrap();
    assert_eq!(status(&mut card, 0x5A, &[0x20, 0x81, 0xF4]), 0x00);
    assert_eq!(put_off(&mut card, 1), 7);
    assert_eq!(status(&mut card, 0xAF, &[0x5A; 32]), 0xAE);
    assert_eq!(status(&mut card, 0x5A, &[0, 0, 0]), 0x00);
    for _ in 0..60 {
        assert_eq!(status(&mut card, 0x0A, &[0]), 0xAF);
        assert_eq!(status(&mut card, 0xAF, &[0x5A; 16]), 0xAE);
    }
}

/// EXTERNAL AUTHENTICATE counts as well.
#[test]
fn an_ev3_counts_external_authentications() {
    let mut card = with_keys(Model::Ev3_4k);
    let external = [&[0x00, 0x82, 0x09, 0x83, 0x20][..], &[0x5A; 32]].concat();
    for _ in 0..50 {
        assert_eq!(send(&mut card, &[0x00, 0x84, 0x00, 0x00, 0x10]).len(), 18);
        assert_eq!(send(&mut card, &external), [0x69, 0x82]);
    }
    assert_eq!(status(&mut card, 0x71, &[3, 0]), 0xAD);
}
