// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes that no reader should send, and what a caller may rely on.

use core::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;

use super::support::{card, open_ev1, resume_ev2, run, send, status, with_application, wrap};
use crate::emulator::channel::Ev2;
use crate::emulator::frames::Framing;
use crate::emulator::{Model, SoftCard};
use crate::iso14443::RealUid;
use crate::timing::{BitRate, Timing};
use crate::transport::Transport;
use crate::wire::{AccessRights, CommMode, KeyType};

const SIZE: usize = 150;

fn with_files(model: Model) -> SoftCard {
    let mut card = with_application(model, 0x0F, KeyType::Aes, 3);
    for (ins, number, mode) in [(0xCD, 0x01, 0x00), (0xCB, 0x02, 0x03)] {
        let size = u8::try_from(SIZE).unwrap();
        assert_eq!(status(&mut card, ins, &[number, mode, 0x1E, 0xEE, size, 0x00, 0x00]), 0x00);
    }
    let value = [3, 0, 0xEE, 0xEE, 0, 0, 0, 0, 9, 0, 0, 0, 4, 0, 0, 0, 3];
    assert_eq!(status(&mut card, 0xCC, &value), 0x00);
    for (ins, number) in [(0xC1, 4), (0xC0, 5)] {
        let records = [number, 0, 0xEE, 0xEE, 2, 0, 0, 3, 0, 0];
        assert_eq!(status(&mut card, ins, &records), 0x00);
    }
    card
}

/// A DESFire Light whose files everybody may do all with, and its transaction MAC file if so.
fn light(counted: bool) -> SoftCard {
    let mut card = card(Model::Light);
    let memory = &mut card.card.memory;
    let everybody = AccessRights::from_wire([0xEE, 0xEE]);
    let application = &mut memory.applications[0];
    for file in &mut application.files {
        (file.settings.mode, file.settings.rights) = (CommMode::Plain, everybody);
    }
    match &mut application.transaction_mac {
        Some(mac) if counted => mac.rights = AccessRights::from_wire([0xEE, 0xEF]),
        mac => *mac = None,
    }
    card.card.selected = Some(0);
    card
}

/// Writes `data` in frames of these sizes, the first holding at least the header.
fn write_split(card: &mut SoftCard, data: &[u8], sizes: &[usize]) -> u8 {
    let length = u8::try_from(data.len()).unwrap();
    let body = [&[0x01, 0x00, 0x00, 0x00, length, 0x00, 0x00], data].concat();
    let mut rest = &body[..];
    let mut ins = 0x3D;
    let mut last = 0x00;
    for size in sizes.iter().copied().chain([54; 3]) {
        let size = if ins == 0x3D { size.max(7) } else { size };
        let (piece, behind) = rest.split_at(size.min(rest.len()));
        last = status(card, ins, piece);
        rest = behind;
        ins = 0xAF;
        if rest.is_empty() || last != 0xAF {
            break;
        }
    }
    last
}

/// Instructions of native commands.
const NATIVE: [u8; 51] = [
    0x0A, 0x1A, 0xAA, 0x71, 0x77, 0xAF, 0x54, 0x45, 0xC4, 0x64, 0x5C, 0xCA, 0xDA, 0x6A, 0x6D, 0x5A,
    0xFC, 0x60, 0x51, 0x6E, 0x6F, 0x61, 0xF5, 0x5F, 0xCD, 0xCB, 0xCC, 0xC1, 0xC0, 0xDF, 0xBD, 0x3D,
    0x6C, 0x0C, 0xDC, 0x1C, 0x3B, 0xBB, 0xEB, 0xC7, 0xA7, 0xAF, 0xCE, 0xC8, 0xAD, 0x8D, 0xAB, 0x8B,
    0xBA, 0x3C, 0xF6,
];
/// Instructions of ISO commands.
const ISO: [u8; 8] = [0xA4, 0xB0, 0xD6, 0xB2, 0xE2, 0x84, 0x82, 0x88];

fn apdu() -> impl Strategy<Value = Vec<u8>> {
    let known = prop_oneof![20 => select(&NATIVE[..]), 1 => any::<u8>()];
    let iso = (select(&ISO[..]), 0..6u8, 0..0x20u8, small(), any::<bool>());
    prop_oneof![
        1 => proptest::collection::vec(any::<u8>(), 0..300),
        9 => (known, small()).prop_map(|(ins, p)| wrap(ins, &p)),
        2 => iso.prop_map(|(ins, p1, p2, data, le)| {
            let length = u8::try_from(data.len()).unwrap();
            let mut apdu = vec![0x00, ins, p1, p2];
            if length > 0 {
                apdu.push(length);
                apdu.extend(data);
            }
            apdu.extend(le.then_some(0x10));
            apdu
        }),
    ]
}

/// Parameters of which most bytes are small, as numbers of files and keys are.
fn small() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![3 => 0..4u8, 1 => any::<u8>()];
    proptest::collection::vec(byte, 0..56)
}

proptest! {
    #[test]
    fn a_write_may_be_split_anywhere(
        data in proptest::collection::vec(any::<u8>(), SIZE),
        sizes in proptest::collection::vec(0..=54usize, 1..12),
    ) {
        let mut card = with_files(Model::Ev1_4k);
        prop_assert_eq!(write_split(&mut card, &data, &sizes), 0x00);
        let mut read = Vec::new();
        let mut ins = (0xBD, vec![0x01, 0, 0, 0, 0, 0, 0]);
        loop {
            let (piece, status) = run(&mut card, ins.0, &ins.1);
            prop_assert!(piece.len() <= 59);
            read.extend(piece);
            if status == 0x00 {
                break;
            }
            prop_assert_eq!(status, 0xAF);
            ins = (0xAF, vec![]);
        }
        prop_assert_eq!(read, data);
    }

    #[test]
    fn any_bytes_get_at_least_a_status_word(
        apdus in proptest::collection::vec(apdu(), 1..24),
        session in 0..3u8,
    ) {
        let mut card = with_files(Model::Ev2_2k);
        match session {
            0 => {}
            1 => open_ev1(&mut card, 0),
            _ => resume_ev2(&mut card, 0, Ev2::with_keys(&[1; 16], &[2; 16], [3; 4], 0xFFFE)),
        }
        let native = Framing::of(&apdus[0]) == Framing::Native;
        for apdu in apdus {
            let reply = send(&mut card, &apdu);
            if native {
                prop_assert!((1..=60).contains(&reply.len()));
                continue;
            }
            let word = &reply[reply.len().checked_sub(2).unwrap()..];
            let wrapped = matches!(word[0], 0x91 | 0x67 | 0x6A | 0x6E);
            let iso = matches!(word[0], 0x90 | 0x62 | 0x67 | 0x69 | 0x6A | 0x6B | 0x6D);
            let is_iso = apdu.first() == Some(&0x00);
            let fits = if is_iso { iso } else { wrapped && reply.len() <= 60 };
            prop_assert!(fits, "{reply:02X?}");
        }
    }

    /// Of what each command of it has, most is right by itself.
    #[test]
    fn any_bytes_get_at_least_a_status_word_of_a_light(
        apdus in proptest::collection::vec(apdu(), 1..32),
        session in any::<bool>(),
        counted in any::<bool>(),
    ) {
        let mut card = light(counted);
        if session {
            resume_ev2(&mut card, 0, Ev2::with_keys(&[1; 16], &[2; 16], [3; 4], 0xFFF8));
        }
        let native = Framing::of(&apdus[0]) == Framing::Native;
        for apdu in apdus {
            let reply = send(&mut card, &apdu);
            let (most, least) = if native { (60, 1) } else { (258, 2) };
            prop_assert!((least..=most).contains(&reply.len()), "{reply:02X?}");
            if !native {
                let first = reply[reply.len() - 2];
                prop_assert!(matches!(first, 0x90 | 0x91 | 0x62 | 0x67 | 0x69 | 0x6A..=0x6E));
            }
        }
        let saved = card.save();
        prop_assert_eq!(&*SoftCard::restore(&saved, 1).unwrap().save(), &*saved);
    }

    #[test]
    fn the_same_seed_answers_the_same_bytes_in_the_same_time(
        apdus in proptest::collection::vec(apdu(), 1..12),
        seed in any::<u64>(),
    ) {
        let uid = RealUid::new([0x04, 1, 2, 3, 4, 5, 6]);
        let mut twins = [0, 1].map(|_| SoftCard::new(Model::Ev2_4k, uid.clone(), seed));
        for apdu in apdus {
            let replies = twins.each_mut().map(|card| send(card, &apdu));
            prop_assert_eq!(&replies[0], &replies[1]);
        }
        prop_assert_eq!(twins[0].clock(), twins[1].clock());
    }
}

#[test]
fn an_over_long_chain_ends_with_a_length_error() {
    let mut card = with_files(Model::Ev1_4k);
    let header = [0x01, 0x00, 0x00, 0x00, 0x0A, 0x00, 0x00];
    assert_eq!(status(&mut card, 0x3D, &header), 0xAF);
    assert_eq!(status(&mut card, 0xAF, &[]), 0xAF);
    assert_eq!(status(&mut card, 0xAF, &[0x11; 11]), 0x7E);
    assert_eq!(status(&mut card, 0xAF, &[0x11; 10]), 0x1C);
    assert_eq!(run(&mut card, 0xBD, &[0x01, 0, 0, 0, 0x0A, 0, 0]).0, [0x00; 10]);
}

/// Enciphered replies are cut at whole blocks: 48 bytes with AES.
#[test]
fn enciphered_replies_are_cut_at_blocks() {
    let mut card = with_files(Model::Ev1_4k);
    open_ev1(&mut card, 1);
    let mut lengths = Vec::new();
    let mut reply = run(&mut card, 0xBD, &[0x02, 0, 0, 0, 0, 0, 0]);
    while reply.1 == 0xAF {
        lengths.push(reply.0.len());
        reply = run(&mut card, 0xAF, &[]);
    }
    lengths.push(reply.0.len());
    // 150 bytes, a checksum of 4, and a mark make ten blocks.
    assert_eq!(lengths, [48, 48, 48, 16]);
}

#[test]
fn a_clone_is_another_card() {
    let mut card = with_files(Model::Ev1_4k);
    let mut other = card.clone();
    assert_eq!(status(&mut other, 0x3D, &[0x01, 0, 0, 0, 1, 0, 0, 0x55]), 0x00);
    assert_eq!(status(&mut other, 0xDF, &[0x02]), 0x00);
    assert_eq!(run(&mut card, 0xBD, &[0x01, 0, 0, 0, 1, 0, 0]), (vec![0x00], 0x00));
    assert_eq!(run(&mut card, 0x6F, &[]).0, [0x01, 0x02, 0x03, 0x04, 0x05]);
}

#[test]
fn debug_shows_the_model_only() {
    assert_eq!(format!("{:?}", card(Model::Ev3_8k)), "SoftCard(ev3-8k)");
    assert!(card(Model::Ev3_8k).is_software());
}

#[test]
fn time_and_traffic_are_counted() {
    let timing = Timing::new(BitRate::K848, Duration::from_millis(5));
    let mut card = card(Model::Ev1_4k).with_timing(timing);
    assert_eq!(card.clock(), Duration::from_micros(8_600));
    send(&mut card, &wrap(0x64, &[0x00]));
    let tally = card.tally();
    assert_eq!((tally.exchanges, tally.received, tally.sent), (1, 7, 3));
    // Activation, reader, the card's 800 us, and 193 us of air with 10 bytes of 10.6 us.
    let expected = Duration::from_micros(8_600 + 5_000 + 800 + 193 + 106);
    assert!(card.clock().abs_diff(expected) < Duration::from_micros(2));
    let before = card.clock();
    card.reset();
    assert_eq!((card.clock() - before).as_micros(), 13_600);
}
