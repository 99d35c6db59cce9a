// SPDX-License-Identifier: MIT OR Apache-2.0
//! Records and values of EV2 and EV3 cards, and contents in one piece.

use super::ev2_files::{mac, session};
use super::support::{resume_ev2, run, status, with_application};
use crate::emulator::{Behaviour, Candidate, Candidates, Model, SoftCard};
use crate::wire::KeyType;

/// An application of two AES keys.
fn application(model: Model) -> SoftCard {
    with_application(model, 0x0F, KeyType::Aes, 2)
}

/// A linear and a cyclic file, 2 and 3, of records of four bytes, with three records `A0`, `A1`, `A2` each, the
/// last the newest.
fn recorded(model: Model) -> SoftCard {
    let mut card = application(model);
    for (ins, number) in [(0xC1, 2), (0xC0, 3)] {
        assert_eq!(status(&mut card, ins, &[number, 0, 0xEE, 0xEE, 4, 0, 0, 4, 0, 0]), 0x00);
        for record in 0xA0..0xA3 {
            assert_eq!(status(&mut card, 0x3B, &[number, 0, 0, 0, 1, 0, 0, record]), 0x00);
            assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
        }
    }
    card
}

fn records(card: &mut SoftCard, number: u8) -> Vec<u8> {
    let (found, status) = run(card, 0xBB, &[number, 0, 0, 0, 0, 0, 0]);
    assert_eq!(status, 0x00);
    found
}

#[test]
fn a_record_that_is_there_is_updated_at_the_commit() {
    for model in [Model::Ev2_4k, Model::Ev3_4k] {
        for number in [2, 3] {
            for ins in [0xDB, 0xBA] {
                let mut card = recorded(model);
                let before = records(&mut card, number);
                assert_eq!(before, [0xA0, 0, 0, 0, 0xA1, 0, 0, 0, 0xA2, 0, 0, 0]);
                // Record 1 is the one before the newest.
                let update = [number, 1, 0, 0, 2, 0, 0, 2, 0, 0, 0xB1, 0xB2];
                assert_eq!(status(&mut card, ins, &update), 0x00);
                assert_eq!(records(&mut card, number), before);
                assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
                let after = [0xA0, 0, 0, 0, 0xA1, 0, 0xB1, 0xB2, 0xA2, 0, 0, 0];
                assert_eq!(records(&mut card, number), after, "{model} {number} {ins:02X}");
            }
        }
    }
}

#[test]
fn an_update_stands_alone_in_its_file() {
    let update = [2, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0xB1];
    let other = [2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0xB1];
    let write = [2, 0, 0, 0, 1, 0, 0, 0xB1];
    for (first, then, expected) in [
        ((0xDB, &update[..]), (0xDB, &update[..]), 0x00),
        ((0xDB, &update), (0xDB, &other), 0x9D),
        ((0xDB, &update), (0x3B, &write), 0x9D),
        ((0x3B, &write), (0xDB, &update), 0x9D),
        ((0xEB, &[2]), (0xDB, &update), 0x9D),
    ] {
        let mut card = recorded(Model::Ev2_4k);
        assert_eq!(status(&mut card, first.0, first.1), 0x00);
        assert_eq!(status(&mut card, then.0, then.1), expected, "{then:02X?}");
    }
    for (bad, expected) in [
        (&[2, 3, 0, 0, 0, 0, 0, 1, 0, 0, 0xB1][..], 0xBE),
        (&[2, 0, 0, 0, 3, 0, 0, 2, 0, 0, 0xB1, 0xB2], 0xBE),
        (&[2, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0x9E),
        (&[4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0xB1], 0xF0),
        (&[2, 0, 0, 0, 0, 0, 0, 1, 0], 0x7E),
    ] {
        assert_eq!(status(&mut recorded(Model::Ev2_4k), 0xDB, bad), expected, "{bad:02X?}");
    }
    assert_eq!(status(&mut application(Model::Ev1_4k), 0xDB, &update), 0x1C);
}

/// 70 bytes of a record in two frames, and in one APDU.
#[test]
fn a_long_update_comes_in_frames_or_whole() {
    let data: Vec<u8> = (0..70).collect();
    let body = [&[2, 0, 0, 0, 0, 0, 0, 70, 0, 0][..], &data].concat();
    for whole in [false, true] {
        let mut card = application(Model::Ev3_4k);
        assert_eq!(status(&mut card, 0xC1, &[2, 0, 0xEE, 0xEE, 70, 0, 0, 1, 0, 0]), 0x00);
        assert_eq!(status(&mut card, 0x8B, &[2, 0, 0, 0, 1, 0, 0, 0xFF]), 0x00);
        assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
        if whole {
            assert_eq!(status(&mut card, 0xBA, &body), 0x00);
        } else {
            assert_eq!(status(&mut card, 0xDB, &body[..50]), 0xAF);
            assert_eq!(status(&mut card, 0xAF, &body[50..]), 0x00);
        }
        assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
        assert_eq!(run(&mut card, 0xAB, &[2, 0, 0, 0, 1, 0, 0]), (data.clone(), 0x00));
    }
}

#[test]
fn contents_come_and_go_in_one_piece() {
    for model in [Model::Ev2_4k, Model::Ev3_4k] {
        let mut card = application(model);
        assert_eq!(status(&mut card, 0xCD, &[1, 0, 0xEE, 0xEE, 0, 1, 0]), 0x00);
        assert_eq!(status(&mut card, 0xCD, &[2, 1, 0x11, 0x11, 0, 1, 0]), 0x00);
        let data: Vec<u8> = (0..248).collect();
        let write = [&[1, 8, 0, 0, 248, 0, 0][..], &data].concat();
        assert_eq!(status(&mut card, 0x8D, &write), 0x00);
        let whole = [&[0; 8][..], &data].concat();
        assert_eq!(run(&mut card, 0xAD, &[1, 0, 0, 0, 0, 0, 0]), (whole, 0x00));
        // With a MAC 256 bytes are more than an APDU answers, 248 are not.
        for (length, expected) in [(0xF9, 0x7E), (0xF8, 0x00)] {
            resume_ev2(&mut card, 1, session(0x01FE));
            let header = [2, 0, 0, 0, length, 0, 0];
            let request = [&header[..], &mac(0xAD, 0x01FE, &header)].concat();
            let (reply, status) = run(&mut card, 0xAD, &request);
            assert_eq!((reply.len(), status), (if status == 0 { 256 } else { 0 }, expected));
        }
    }
}

/// Two value files, 4 with 50 and 5 with 7, of up to 100.
fn valued(candidates: Candidates, rights: [u8; 2]) -> SoftCard {
    let mut card = application(Model::Ev2_4k);
    card = card.with_behaviour(Behaviour { candidates, ..Behaviour::default() });
    for (number, value) in [(4, 50), (5, 7)] {
        let limits = [0, 0, 0, 0, 100, 0, 0, 0, value, 0, 0, 0, 0];
        let create = [&[number, 0, rights[0], rights[1]][..], &limits].concat();
        assert_eq!(status(&mut card, 0xCC, &create), 0x00);
    }
    card
}

#[test]
fn a_value_is_taken_over_where_the_card_is_told_to() {
    let mut card = valued(Candidates::default(), [0xEE, 0xEE]);
    assert_eq!(status(&mut card, 0xB1, &[5, 4]), 0x1C);
    let told = Candidates::default().with(Candidate::RestoreTransfer);
    let mut card = valued(told, [0xEE, 0xEE]);
    assert_eq!(status(&mut card, 0xB1, &[5, 4]), 0x00);
    assert_eq!(run(&mut card, 0x6C, &[5]).0, [7, 0, 0, 0]);
    assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
    assert_eq!(run(&mut card, 0x6C, &[5]).0, [50, 0, 0, 0]);
    for (bad, expected) in [(&[5, 5][..], 0x9D), (&[5, 6], 0xF0), (&[5], 0x7E), (&[5, 4, 0], 0x7E)]
    {
        assert_eq!(status(&mut card, 0xB1, bad), expected, "{bad:02X?}");
    }
    // The read-and-write right of the target is key 1's, the source may be read by all.
    let mut card = valued(told, [0x10, 0xEE]);
    assert_eq!(status(&mut card, 0xB1, &[5, 4]), 0xAE);
    let ev1 = with_application(Model::Ev1_4k, 0x0F, KeyType::Aes, 1);
    let mut ev1 = ev1.with_behaviour(Behaviour { candidates: told, ..Behaviour::default() });
    assert_eq!(status(&mut ev1, 0xB1, &[5, 4]), 0x1C);
}
