// SPDX-License-Identifier: MIT OR Apache-2.0
//! Proximity checks.

use super::ev2_files::session;
use super::support::{card, resume_ev2, run, send, status, text, with_application};
use crate::crypto::AesCmac;
use crate::emulator::{Behaviour, Candidate, Candidates, Model, SoftCard};
use crate::vectors::of_kind;
use crate::wire::KeyType;

/// The exchange that was published with Proxmark3: a round for each byte, key 21 of zeros.
const READER: [u8; 8] = [0x44, 0x59, 0x06, 0xFD, 0x45, 0xC5, 0xE3, 0xB9];
const CARD: [u8; 8] = [0x46, 0x2B, 0x37, 0x72, 0x41, 0x47, 0x29, 0x32];
/// Its MACs, which were computed outside of this crate.
const PROOF: [u8; 8] = [0x5C, 0xF5, 0xC5, 0x33, 0xA5, 0x2E, 0xCB, 0x7D];
const ANSWER: [u8; 8] = [0x89, 0x66, 0x18, 0x42, 0x2F, 0x5F, 0x89, 0xDB];
/// What an EV3 says of itself.
const PREPARED: [u8; 4] = [0x01, 0x03, 0x20, 0x00];

/// A card that will draw the published bytes, and has begun.
fn prepared(mut card: SoftCard) -> SoftCard {
    card.queue_random(&CARD);
    assert_eq!(run(&mut card, 0xF0, &[]), (PREPARED.to_vec(), 0x90));
    card
}

/// All rounds of these lengths; what the card had.
fn rounds(card: &mut SoftCard, lengths: &[usize]) -> Vec<u8> {
    let mut rest = &READER[..];
    let mut answers = Vec::new();
    for &length in lengths {
        let (sent, more) = rest.split_at(length);
        rest = more;
        let sent = [&[u8::try_from(length).unwrap()], sent].concat();
        let (answer, done) = run(card, 0xF2, &sent);
        assert_eq!((answer.len(), done), (length, 0x90));
        answers.extend(answer);
    }
    answers
}

/// A public capture of a factory EV3, in native frames.
#[test]
fn the_captured_preparepc_is_answered_byte_for_byte() {
    let vectors = of_kind("ev2-more", "real_chip_output");
    let name = "hw-ev3-preparepc-plain";
    let vector = vectors.iter().find(|vector| vector["name"] == name).expect(name);
    let mut card = card(Model::Ev3_2k);
    for step in vector["inputs"]["steps"].as_array().unwrap() {
        let answer = send(&mut card, &hex::decode(text(&step["send"])).unwrap());
        let published = format!("{}{}", text(&step["sw"]), text(&step["recv"]));
        assert_eq!(hex::encode_upper(answer), published);
    }
}

/// The published exchange, at every level and without a session.
#[test]
fn the_published_exchange_is_proven_by_both_sides() {
    for model in [Model::Ev2_8k, Model::Ev3_8k] {
        for fresh in [card(model), with_application(model, 0x0F, KeyType::Aes, 1)] {
            let mut card = prepared(fresh);
            assert_eq!(rounds(&mut card, &[1; 8]), CARD);
            for position in 0..8 {
                let mut bent = PROOF;
                bent[position] ^= 0x01;
                let mut other = card.clone();
                assert_eq!(status(&mut other, 0xFD, &bent), 0xAE);
                // It is over.
                assert_eq!(status(&mut other, 0xFD, &PROOF), 0x0B);
                assert_eq!(status(&mut other, 0x60, &[]), 0xAF);
            }
            assert_eq!(run(&mut card, 0xFD, &PROOF), (ANSWER.to_vec(), 0x90));
            assert_eq!(status(&mut card, 0xFD, &PROOF), 0x0B);
        }
    }
    // In native frames the bytes come back alone.
    let mut card = card(Model::Ev3_8k);
    card.queue_random(&CARD);
    send(&mut card, &[0xF0]);
    for (sent, had) in READER.into_iter().zip(CARD) {
        assert_eq!(send(&mut card, &[0xF2, 0x01, sent]), [had]);
    }
    let answer = send(&mut card, &[&[0xFD][..], &PROOF].concat());
    assert_eq!(answer, [&[0x90][..], &ANSWER].concat());
}

/// Rounds of any lengths, each side's bytes of a round together.
#[test]
fn the_mac_goes_over_each_round_as_it_was() {
    for lengths in [&[8][..], &[3, 5], &[1, 6], &[7]] {
        let mut card = prepared(card(Model::Ev3_4k));
        rounds(&mut card, lengths);
        let mut input = PREPARED.to_vec();
        let mut first = 0;
        for length in lengths {
            let all = first..first + length;
            input.extend([&CARD[all.clone()], &READER[all]].concat());
            first += length;
        }
        let mac = |code: u8| -> Vec<u8> {
            let whole = AesCmac::new(&[0; 16]).mac(&[&[code], &input]);
            whole.into_iter().skip(1).step_by(2).collect()
        };
        assert_eq!(run(&mut card, 0xFD, &mac(0xFD)), (mac(0x90), 0x90), "{lengths:?}");
    }
}

/// Nothing else in between, and nothing of it before.
#[test]
fn a_check_is_all_that_goes_on() {
    let mut card = with_application(Model::Ev3_4k, 0x0F, KeyType::Aes, 1);
    for (ins, body) in [(0xF2, &[1, 2][..]), (0xFD, &PROOF)] {
        assert_eq!(status(&mut card, ins, body), 0x0B, "{ins:02X}");
    }
    assert_eq!(status(&mut card, 0xF0, &[0]), 0x7E);
    // A session ends with it.
    resume_ev2(&mut card, 0, session(7));
    let mut card = prepared(card);
    assert_eq!(card.card.authenticated(), None);
    for (ins, body) in [(0x60, &[][..]), (0xF0, &[]), (0x5A, &[0, 0, 0]), (0x71, &[0, 0])] {
        assert_eq!(status(&mut card, ins, body), 0x0B, "{ins:02X}");
    }
    assert_eq!(send(&mut card, &[0x00, 0xA4, 0x00, 0x0C]), [0x69, 0x85]);
    // Proven is what was exchanged, so something must have been.
    assert_eq!(status(&mut card.clone(), 0xFD, &PROOF), 0x0B);
    for (round, refused) in [
        (&[][..], 0x7E),
        (&[0], 0x7E),
        (&[2, 1], 0x7E),
        (&[1, 1, 1], 0x7E),
        (&[9, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0x7E),
    ] {
        assert_eq!(status(&mut card, 0xF2, round), refused, "{round:02X?}");
    }
    // The card has eight bytes, and goes on where it was.
    assert_eq!(rounds(&mut card, &[7]), CARD[..7]);
    assert_eq!(status(&mut card, 0xF2, &[2, 1, 2]), 0x9E);
    assert_eq!(run(&mut card, 0xF2, &[1, READER[7]]), (vec![CARD[7]], 0x90));
    card.reset();
    assert_eq!(status(&mut card, 0x60, &[]), 0xAF);
    let candidates = Candidates::default().with(Candidate::ProximityInApplications);
    let behaviour = Behaviour { candidates, ..Behaviour::default() };
    card.reset();
    let mut card = card.with_behaviour(behaviour);
    assert_eq!(status(&mut card, 0xF0, &[]), 0x0B);
    assert_eq!(status(&mut card, 0x5A, &[0x20, 0x81, 0xF4]), 0x00);
    assert_eq!(status(&mut card, 0xF0, &[]), 0x90);
    for model in [Model::Ev1_4k, Model::Light, Model::Ntag424] {
        assert_eq!(status(&mut super::support::card(model), 0xF0, &[]), 0x1C, "{model}");
    }
}
