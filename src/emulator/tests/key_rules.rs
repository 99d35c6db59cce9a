// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who may authenticate, and who may change which key and setting.

use super::support::{
    card, open_ev1, resume_ev1, run, send, set_key, status, with_application, wrap,
};
use crate::crypto::{Cipher, crc};
use crate::emulator::{Behaviour, HalfCompare, Model, SoftCard};
use crate::wire::KeyType;

fn aes_app(settings: u8) -> SoftCard {
    with_application(Model::Ev1_4k, settings, KeyType::Aes, 5)
}

#[test]
fn change_key_rights_decide_who_changes_which_key() {
    // The right, then (session key, key to change, answer).
    for (settings, cases) in [
        (0x0F, &[(0, 0, 0x00), (0, 3, 0x00), (3, 3, 0xAE), (1, 0, 0xAE)][..]),
        (0x2F, &[(2, 3, 0x00), (0, 2, 0x00), (2, 2, 0xAE), (0, 3, 0xAE), (2, 0, 0xAE)]),
        (0xEF, &[(3, 3, 0x00), (0, 3, 0xAE), (0, 0, 0x00)]),
        (0xFF, &[(0, 3, 0x9D), (3, 3, 0x9D), (0, 0, 0x00)]),
        (0x0E, &[(0, 0, 0x9D), (0, 3, 0x00)]),
    ] {
        let card = aes_app(settings);
        for &(key, number, expected) in cases {
            let got = change_key(&card, key, number);
            assert_eq!(got, expected, "{settings:02X}: {key} changes {number}");
        }
    }
    let card = aes_app(0x0F);
    assert_eq!(change_key(&card, 0, 5), 0x40);
    assert_eq!(change_key(&card, 0, 0x81), 0x9E);
    assert_eq!(status(&mut aes_app(0x0F), 0xC4, &[0x00; 33]), 0xAE);
}

#[test]
fn another_keys_change_needs_the_checksum_of_the_new_key() {
    let mut card = aes_app(0x0F);
    open_ev1(&mut card, 0);
    let data = [&[0x42; 16][..], &[0x01]].concat();
    assert_eq!(status(&mut card, 0xC4, &sealed(0xC4, &[0x01], &data, &[0x00; 4])), 0x1E);
}

#[test]
fn the_picc_master_key_changes_its_type_by_the_upper_bits() {
    let mut picc = card(Model::Ev1_4k);
    set_key(&mut picc, 0, KeyType::Aes, &[0; 16], 0x00);
    let aes = [&[0x42; 16][..], &[0x07]].concat();
    let types = |number: u8, data: &[u8]| {
        let mut card = picc.clone();
        open_ev1(&mut card, 0);
        let status = status(&mut card, 0xC4, &sealed(0xC4, &[number], data, &[]));
        (status, card.card.keys().kind(), run(&mut card, 0x64, &[0x00]).0)
    };
    assert_eq!(types(0x80, &aes), (0x00, KeyType::Aes, vec![0x07]));
    assert_eq!(types(0x00, &[0x01; 16]), (0x00, KeyType::Des, vec![0xFF]));
    assert_eq!(types(0x40, &[0x01; 24]), (0x00, KeyType::Tdes3, vec![0xFF]));
    assert_eq!(types(0xC0, &aes).0, 0x9E);
    // The type says another length than was sent: the checksum is not where it should be.
    assert_eq!(types(0x00, &aes).0, 0x1E);
}

#[test]
fn key_settings_may_freeze_themselves() {
    let card = aes_app(0x0F);
    assert_eq!(sealed_with(&card, 0, 0x54, &[], &[0x07]), 0x00);
    assert_eq!(sealed_with(&card, 1, 0x54, &[], &[0x07]), 0xAE);
    assert_eq!(sealed_with(&aes_app(0x07), 0, 0x54, &[], &[0x0F]), 0x9D);
    assert_eq!(status(&mut card.clone(), 0x54, &[0x00; 16]), 0xAE);
    let mut picc = super::support::card(Model::Ev1_4k);
    assert_eq!(sealed_with(&picc, 0, 0x54, &[], &[0x19]), 0x9E);
    open_ev1(&mut picc, 0);
    assert_eq!(status(&mut picc, 0x54, &sealed(0x54, &[], &[0x09], &[])), 0x00);
    assert_eq!(run(&mut picc, 0x45, &[]).0[..2], [0x09, 0x01]);
}

#[test]
fn keys_are_gated_by_number_and_type() {
    let mut factory = card(Model::Ev2_4k);
    assert_eq!(status(&mut factory, 0xAA, &[0x00]), 0xAE);
    assert_eq!(status(&mut factory, 0x71, &[0x00, 0x00]), 0xAE);
    assert_eq!(status(&mut factory, 0x1A, &[0x01]), 0x40);
    assert_eq!(status(&mut factory, 0x64, &[0x01]), 0x40);
    assert_eq!(status(&mut factory, 0x1A, &[0x00]), 0xAF);
    let mut app = aes_app(0x0F);
    assert_eq!(status(&mut app, 0x1A, &[0x00]), 0xAE);
    assert_eq!(status(&mut app, 0xAA, &[0x05]), 0x40);
    assert_eq!(status(&mut app, 0xAA, &[0x04]), 0xAF);
    let mut ev2 = with_application(Model::Ev2_4k, 0x0F, KeyType::Aes, 1);
    // It has no LRP, and goes on in AES.
    let (challenge, more) = run(&mut ev2, 0x71, &[0x00, 0x01, 0x02]);
    assert_eq!((challenge.len(), more), (16, 0xAF));
}

#[test]
fn a_wrong_proof_leaves_nothing_open() {
    let mut card = aes_app(0x0F);
    open_ev1(&mut card, 0);
    assert_eq!(status(&mut card, 0xAA, &[0x00]), 0xAF);
    assert_eq!(card.card.authenticated(), None);
    assert_eq!(status(&mut card.clone(), 0xAF, &[0x00; 31]), 0x7E);
    assert_eq!(status(&mut card, 0xAF, &[0x00; 32]), 0xAE);
    assert_eq!(status(&mut card, 0xAF, &[0x00; 32]), 0x1C);
    assert_eq!(card.card.authenticated(), None);
}

/// Halves that differ in their version bits only: by default a key of two halves.
#[test]
fn which_bits_of_a_des_key_make_it_single_is_switchable() {
    for (halves, single) in [(HalfCompare::Exact, false), (HalfCompare::CipherBits, true)] {
        let mut card =
            card(Model::Ev1_4k).with_behaviour(Behaviour { halves, ..Behaviour::default() });
        let key = [&[0x10; 8][..], &[0x11; 8]].concat();
        set_key(&mut card, 0, KeyType::Des, &key, 0);
        assert_eq!(card.card.keys().key(0).unwrap().is_single_des(halves), single);
        let rnd_b = [0xB0, 0xB1, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7];
        card.queue_random(&rnd_b);
        let (first, _) = run(&mut card, 0x1A, &[0x00]);
        let cipher = Cipher::des(&[0x10; 8]);
        let mut iv = cipher.zero_iv();
        iv.as_mut_slice().copy_from_slice(&first);
        let mut token = [0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7].to_vec();
        token.extend_from_slice(&rnd_b[1..]);
        token.push(rnd_b[0]);
        cipher.cbc_encrypt(&mut iv, &mut token).unwrap();
        assert_eq!(status(&mut card, 0xAF, &token), 0x00);
        let key: &[u8] = if single {
            &[0xA0, 0xA1, 0xA2, 0xA3, 0xB0, 0xB1, 0xB2, 0xB3]
        } else {
            &[
                0xA0, 0xA1, 0xA2, 0xA3, 0xB0, 0xB1, 0xB2, 0xB3, 0xA4, 0xA5, 0xA6, 0xA7, 0xB4, 0xB5,
                0xB6, 0xB7,
            ]
        };
        let session =
            key.try_into().map_or_else(|_| Cipher::tdes2(key.try_into().unwrap()), Cipher::des);
        let mut twin = card.clone();
        resume_ev1(&mut twin, 0, session, &[0; 8]);
        assert_eq!(send(&mut card, &wrap(0x64, &[0x00])), send(&mut twin, &wrap(0x64, &[0x00])));
    }
}

#[test]
fn padding_that_is_not_zero_is_an_integrity_error() {
    for (filler, expected) in [(0x00, 0x00), (0x01, 0x1E)] {
        let mut card = aes_app(0x0F);
        open_ev1(&mut card, 0);
        // The tail of a command without one stands where the padding begins.
        let sent = sealed(0x54, &[], &[0x0F], &[0x00, 0x00, filler]);
        assert_eq!(status(&mut card, 0x54, &sent), expected);
    }
}

/// A command enciphered as a fresh EV1 session of [`open_ev1`] wants it.
fn sealed(ins: u8, header: &[u8], data: &[u8], tail: &[u8]) -> Vec<u8> {
    let checksum = crc::crc32(&[&[ins], header, data]);
    let mut body = [data, &checksum, tail].concat();
    body.resize(body.len().next_multiple_of(16), 0x00);
    let cipher = Cipher::aes(&[0x5A; 16]);
    cipher.cbc_encrypt(&mut cipher.zero_iv(), &mut body).unwrap();
    [header, &body].concat()
}

/// Opens a session with `key` and sends an enciphered command in it.
fn sealed_with(card: &SoftCard, key: u8, ins: u8, header: &[u8], data: &[u8]) -> u8 {
    let mut card = card.clone();
    open_ev1(&mut card, key);
    status(&mut card, ins, &sealed(ins, header, data, &[]))
}

/// ChangeKey of `number` to an AES key, from a session with `key`.
fn change_key(card: &SoftCard, key: u8, number: u8) -> u8 {
    let mut card = card.clone();
    open_ev1(&mut card, key);
    let new = [0x42; 16];
    // The old keys are zeros, so the difference is the new key itself.
    let tail = if key == number { Vec::new() } else { crc::crc32(&[&new]).to_vec() };
    let data = [&new[..], &[0x01]].concat();
    status(&mut card, 0xC4, &sealed(0xC4, &[number], &data, &tail))
}
