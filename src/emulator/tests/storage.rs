// SPDX-License-Identifier: MIT OR Apache-2.0
//! Transactions and the accounting of memory.

use super::support::{APP, card, open_ev1, resume_ev2, run, status, with_application};
use crate::emulator::channel::Ev2;
use crate::emulator::{Model, SoftCard};
use crate::wire::KeyType;

const APP_WIRE: [u8; 3] = [APP[2], APP[1], APP[0]];

/// A card with two free backup files and a free standard file of 16 bytes.
fn files() -> SoftCard {
    let mut card = with_application(Model::Ev1_4k, 0x0F, KeyType::Aes, 2);
    for (ins, number) in [(0xCB, 0x01), (0xCB, 0x02), (0xCD, 0x03)] {
        let create = [number, 0x00, 0xEE, 0xEE, 0x10, 0x00, 0x00];
        assert_eq!(status(&mut card, ins, &create), 0x00);
    }
    card
}

fn write(card: &mut SoftCard, number: u8, byte: u8) {
    assert_eq!(status(card, 0x3D, &[number, 0x04, 0, 0, 0x01, 0, 0, byte]), 0x00);
}

fn byte(card: &mut SoftCard, number: u8) -> u8 {
    let (data, status) = run(card, 0xBD, &[number, 0x04, 0, 0, 0x01, 0, 0]);
    assert_eq!(status, 0x00);
    data[0]
}

fn all(card: &mut SoftCard) -> [u8; 3] {
    [0x01, 0x02, 0x03].map(|number| byte(card, number))
}

fn written() -> SoftCard {
    let mut card = files();
    for (number, value) in [(0x01, 0xA1), (0x02, 0xA2), (0x03, 0xA3)] {
        write(&mut card, number, value);
    }
    card
}

#[test]
fn backup_files_wait_for_the_commit_and_then_change_together() {
    let mut card = written();
    assert_eq!(all(&mut card), [0x00, 0x00, 0xA3]);
    assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
    assert_eq!(all(&mut card), [0xA1, 0xA2, 0xA3]);
    assert_eq!(status(&mut card, 0xC7, &[]), 0x0C);
    write(&mut card, 0x01, 0xB1);
    assert_eq!(status(&mut card, 0xA7, &[]), 0x00);
    assert_eq!(status(&mut card, 0xA7, &[]), 0x0C);
    assert_eq!(all(&mut card), [0xA1, 0xA2, 0xA3]);
}

#[test]
fn a_second_write_keeps_what_the_first_put_into_the_mirror() {
    let mut card = files();
    write(&mut card, 0x01, 0xA1);
    assert_eq!(status(&mut card, 0x3D, &[0x01, 0x05, 0, 0, 0x01, 0, 0, 0xA5]), 0x00);
    assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
    assert_eq!(run(&mut card, 0xBD, &[0x01, 0x04, 0, 0, 0x02, 0, 0]).0, [0xA1, 0xA5]);
}

#[test]
fn what_is_pending_is_dropped_with_what_it_belongs_to() {
    type Abort = fn(&mut SoftCard);
    let aborts: [(&str, Abort); 6] = [
        ("reset", |card| {
            card.reset();
            assert_eq!(status(card, 0x5A, &APP_WIRE), 0x00);
        }),
        ("select", |card| assert_eq!(status(card, 0x5A, &APP_WIRE), 0x00)),
        ("authentication", |card| {
            assert_eq!(status(card, 0xAA, &[0x00]), 0xAF);
            assert_eq!(status(card, 0xAF, &[0x00; 32]), 0xAE);
        }),
        ("failed read", |card| assert_eq!(status(card, 0xBD, &[0x09, 0, 0, 0, 0, 0, 0]), 0xF0)),
        ("error in a session", |card| {
            open_ev1(card, 0);
            assert_eq!(status(card, 0x64, &[0x09]), 0x40);
        }),
        ("error in an EV2 session", |card| {
            resume_ev2(card, 0, Ev2::with_keys(&[1; 16], &[2; 16], [3; 4], 5));
            assert_eq!(status(card, 0x60, &[]), 0x7E);
        }),
    ];
    for (what, abort) in aborts {
        let mut card = written();
        abort(&mut card);
        assert_eq!(status(&mut card.clone(), 0xC7, &[]), 0x0C, "{what}");
        assert_eq!(all(&mut card), [0x00, 0x00, 0xA3], "{what}");
    }
    // An error elsewhere, without a session, leaves it alone.
    let mut card = written();
    assert_eq!(status(&mut card, 0x64, &[0x09]), 0x40);
    assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
}

fn free(card: &mut SoftCard) -> u32 {
    let (data, status) = run(card, 0x6E, &[]);
    assert_eq!(status, 0x00);
    u32::from_le_bytes([data[0], data[1], data[2], 0])
}

/// Measured on blank cards of each generation, and on an EV1 160 bytes less after an application with
/// two AES keys and an ISO identifier.
#[test]
fn free_memory_is_what_was_measured() {
    for (model, blank) in [
        (Model::Ev1_2k, 0x0900),
        (Model::Ev1_4k, 0x1300),
        (Model::Ev1_8k, 0x1F00),
        (Model::Ev2_2k, 0x0A00),
        (Model::Ev3_4k, 0x1400),
        (Model::Ev3_8k, 0x2000),
    ] {
        assert_eq!(free(&mut card(model)), blank);
    }
    let mut card = card(Model::Ev1_2k);
    assert_eq!(status(&mut card, 0xCA, &[0x01, 0x02, 0x03, 0x0F, 0x82, 0x01, 0xE1]), 0x00);
    assert_eq!(free(&mut card), 2144);
}

#[test]
fn files_take_whole_blocks_and_give_nothing_back_until_the_card_is_formatted() {
    let mut card = card(Model::Ev1_2k);
    assert_eq!(status(&mut card, 0xCA, &[0x01, 0x02, 0x03, 0x0F, 0x82]), 0x00);
    assert_eq!(status(&mut card, 0x5A, &[0x01, 0x02, 0x03]), 0x00);
    for (ins, size, left) in [(0xCD, 32, 2176), (0xCD, 33, 2112), (0xCB, 33, 1984)] {
        assert_eq!(status(&mut card, ins, &[0x07, 0x00, 0xEE, 0xEE, size, 0x00, 0x00]), 0x00);
        assert_eq!(free(&mut card), left);
        assert_eq!(status(&mut card, 0xDF, &[0x07]), 0x00);
        assert_eq!(free(&mut card), left);
    }
    open_ev1(&mut card, 0);
    assert_eq!(status(&mut card, 0xDA, &[0x01, 0x02, 0x03]), 0x00);
    assert_eq!(free(&mut card), 1984);
    open_ev1(&mut card, 0);
    assert_eq!(status(&mut card, 0xFC, &[]), 0x00);
    card.reset();
    assert_eq!(free(&mut card), 2304);
}

#[test]
fn an_ev1_card_counts_to_28_applications_and_others_to_the_end_of_their_memory() {
    for (model, most, then) in
        [(Model::Ev1_8k, 28, 0xCE), (Model::Ev2_8k, 85, 0x0E), (Model::Ev1_2k, 24, 0x0E)]
    {
        let mut card = card(model);
        for number in 0..most {
            assert_eq!(status(&mut card, 0xCA, &[number, 0x00, 0x01, 0x0F, 0x81]), 0x00);
        }
        assert_eq!(status(&mut card, 0xCA, &[0xFF, 0x00, 0x01, 0x0F, 0x81]), then);
        // 19 to a frame.
        let mut lengths = Vec::new();
        let mut ins = 0x6A;
        loop {
            let (data, status) = run(&mut card, ins, &[]);
            lengths.push(data.len());
            if status == 0x00 {
                break;
            }
            ins = 0xAF;
        }
        assert_eq!(lengths.iter().sum::<usize>(), usize::from(most) * 3);
        assert!(lengths.iter().rev().skip(1).all(|&length| length == 57));
    }
}

#[test]
fn an_application_holds_32_files() {
    let mut card = with_application(Model::Ev1_8k, 0x0F, KeyType::Aes, 2);
    for number in 0..32 {
        let create = [number, 0x00, 0xEE, 0xEE, 0x01, 0x00, 0x00];
        assert_eq!(status(&mut card, 0xCD, &create), 0x00);
    }
    let (numbers, _) = run(&mut card, 0x6F, &[]);
    assert_eq!(numbers, (0..32).collect::<Vec<u8>>());
}
