// SPDX-License-Identifier: MIT OR Apache-2.0
//! SetConfiguration 04: messaging that a card is told not to speak any more. No published message has it, so
//! the messages are put together from primitives.

use super::ev2_files::{enciphered, mac, session};
use super::support::{
    add_application, card, resume_ev2, run, send, set_key, status, with_application,
};
use crate::emulator::{Behaviour, Candidate, Candidates, Model, SoftCard};
use crate::wire::{Aid, KeyType};

/// Sends an option in an EV2 session of the PICC master key.
pub(super) fn configure(card: &mut SoftCard, option: u8, data: &[u8]) -> u8 {
    assert_eq!(status(card, 0x5A, &[0; 3]), 0x00);
    resume_ev2(card, 0, session(0x0102));
    let body = [&[option][..], &enciphered(data, 0x0102)].concat();
    let (reply, done) = run(card, 0x5C, &[&body[..], &mac(0x5C, 0x0102, &body)].concat());
    let proof = if done == 0x00 { mac(0x00, 0x0103, &[]) } else { Vec::new() };
    assert_eq!(reply, proof);
    done
}

/// A card with an AES key at its level, an application of DES keys and one of AES keys, and behaviour.
fn told(model: Model, candidates: Candidates) -> SoftCard {
    let mut card = card(model).with_behaviour(Behaviour { candidates, ..Behaviour::default() });
    set_key(&mut card, 0, KeyType::Aes, &[0x31; 16], 0);
    add_application(&mut card, Aid::new([0, 0, 1]), 0x0F, KeyType::Des, 1);
    add_application(&mut card, Aid::new([0, 0, 2]), 0x0F, KeyType::Aes, 1);
    card
}

/// What the first parts of 0A, 1A, AA, 71 and GET CHALLENGE answer, where their keys are.
fn openings(card: &mut SoftCard) -> ([u8; 4], [u8; 2]) {
    let mut open = |aid: u8, ins: u8, body: &[u8]| {
        card.reset();
        assert_eq!(status(card, 0x5A, &[aid, 0, 0]), 0x00);
        status(card, ins, body)
    };
    let native =
        [open(1, 0x0A, &[0]), open(1, 0x1A, &[0]), open(2, 0xAA, &[0]), open(2, 0x71, &[0, 0])];
    card.reset();
    assert_eq!(status(card, 0x5A, &[2, 0, 0]), 0x00);
    let challenge = send(card, &[0x00, 0x84, 0x00, 0x00, 0x10]);
    (native, *challenge.last_chunk().unwrap())
}

const OPEN: [u8; 4] = [0xAF; 4];
const DONE: [u8; 2] = [0x90, 0x00];
const REFUSED: [u8; 2] = [0x69, 0x85];

#[test]
fn closed_messaging_is_refused_for_good() {
    for model in [Model::Ev2_4k, Model::Ev3_4k] {
        for (low, native, challenge) in [
            (0x00, OPEN, DONE),
            (0x04, OPEN, DONE),
            (0x01, [0x9D, 0xAF, 0xAF, 0xAF], DONE),
            (0x02, [0xAF, 0x9D, 0x9D, 0xAF], REFUSED),
            (0x03, [0x9D, 0x9D, 0x9D, 0xAF], REFUSED),
        ] {
            let mut card = told(model, Candidates::default());
            assert_eq!(openings(&mut card), (OPEN, DONE));
            assert_eq!(configure(&mut card, 0x04, &[low, 0x00]), 0x00);
            assert_eq!(openings(&mut card), (native, challenge), "{model} {low}");
            // It is kept, and nothing opens it again.
            let mut card = SoftCard::restore(&card.save(), 9).unwrap();
            assert_eq!(configure(&mut card, 0x04, &[0x00, 0x00]), 0x00);
            assert_eq!(openings(&mut card), (native, challenge), "{model} {low}");
        }
    }
}

#[test]
fn every_step_of_an_iso_authentication_is_refused() {
    let mut card = told(Model::Ev3_4k, Candidates::default());
    assert_eq!(configure(&mut card, 0x04, &[0x02, 0x00]), 0x00);
    for ins in [0x82, 0x84, 0x88] {
        assert_eq!(send(&mut card, &[0x00, ins, 0x00, 0x80, 0x10]), REFUSED);
    }
    assert_eq!(send(&mut card, &[0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00]), DONE);
}

#[test]
fn other_bits_and_lengths_are_refused_and_close_nothing() {
    for (data, refused) in [
        (&[0x08, 0x00][..], 0x9E),
        (&[0x83, 0x00], 0x9E),
        (&[0x03, 0x01], 0x9E),
        (&[0x00, 0x01], 0x9E),
        (&[0x03; 16], 0x7E),
    ] {
        let mut card = told(Model::Ev3_4k, Candidates::default());
        assert_eq!(configure(&mut card, 0x04, data), refused, "{data:02X?}");
        assert_eq!(openings(&mut card), (OPEN, DONE));
    }
    // An EV1 card has no such option, and the others have it with the master key only.
    let mut ev1 = card(Model::Ev1_4k);
    assert_eq!(status(&mut ev1, 0x5C, &[0x04, 0x03, 0x00]), 0x9E);
    let mut ev2 = card(Model::Ev2_4k);
    assert_eq!(status(&mut ev2, 0x5C, &[0x04, 0x03, 0x00]), 0xAE);
}

#[test]
fn what_others_say_of_closed_messaging_is_a_switch() {
    let mut card = told(Model::Ev3_4k, Candidates::default().with(Candidate::ClosedUnknown));
    assert_eq!(configure(&mut card, 0x04, &[0x03, 0x00]), 0x00);
    assert_eq!(openings(&mut card), ([0x1C, 0x1C, 0x1C, 0xAF], [0x6D, 0x00]));
    let mut card = told(Model::Ev3_4k, Candidates::default().with(Candidate::HighByteFirst));
    assert_eq!(configure(&mut card, 0x04, &[0x01, 0x00]), 0x9E);
    assert_eq!(configure(&mut card, 0x04, &[0x00, 0x01]), 0x00);
    assert_eq!(openings(&mut card), ([0x9D, 0xAF, 0xAF, 0xAF], DONE));
}

/// What a WriteData of so many bytes to a file of this type and mode answers at its first frame.
fn write(closed: bool, create: u8, mode: u8, length: u8) -> u8 {
    let mut card = with_application(Model::Ev3_4k, 0x0F, KeyType::Aes, 2);
    if closed {
        assert_eq!(configure(&mut card, 0x04, &[0x04, 0x00]), 0x00);
    }
    assert_eq!(status(&mut card, 0x5A, &[0x20, 0x81, 0xF4]), 0x00);
    assert_eq!(status(&mut card, create, &[0x05, mode, 0x10, 0x11, 0x78, 0, 0]), 0x00);
    resume_ev2(&mut card, 1, session(0x01FE));
    let data = vec![0xAB; usize::from(length)];
    let data = if mode == 0x03 { enciphered(&data, 0x01FE) } else { data };
    let body = [&[0x05, 0, 0, 0, length, 0, 0][..], &data].concat();
    let proof = if mode == 0x00 { Vec::new() } else { mac(0x3D, 0x01FE, &body) };
    let sent = [&body[..], &proof].concat();
    status(&mut card, 0x3D, sent.get(..50).unwrap_or(&sent))
}

#[test]
fn chained_writes_of_standard_files_are_refused_where_they_are_closed() {
    for mode in [0x01, 0x03] {
        assert_eq!(write(false, 0xCD, mode, 60), 0xAF);
        assert_eq!(write(true, 0xCD, mode, 60), 0x9D);
        // In one frame, and to a file with a backup, they go on.
        assert_eq!(write(true, 0xCD, mode, 20), 0x00);
        assert_eq!(write(true, 0xCB, mode, 60), 0xAF);
    }
    assert_eq!(write(true, 0xCD, 0x00, 60), 0xAF);
}
