// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card that loses its power while it writes.

use core::time::Duration;

use super::closed::configure;
use super::support::{
    APP, add_application, card, run, send, set_key, status, with_application, wrap,
};
use crate::emulator::{Model, SoftCard};
use crate::transport::{LinkError, ReplyBuf, Transport};
use crate::wire::{Aid, KeyType};

const APP_WIRE: [u8; 3] = [APP[2], APP[1], APP[0]];
const SIZE: u8 = 100;

/// A card with a free standard file 1 and a free backup file 2, both of 100 bytes.
fn files() -> SoftCard {
    let mut card = with_application(Model::Ev2_4k, 0x0F, KeyType::Aes, 2);
    for (ins, number) in [(0xCD, 0x01), (0xCB, 0x02)] {
        let create = [number, 0x00, 0xEE, 0xEE, SIZE, 0x00, 0x00];
        assert_eq!(status(&mut card, ins, &create), 0x00);
    }
    card
}

fn refuses(card: &mut SoftCard, apdu: &[u8]) {
    let mut reply = ReplyBuf::new();
    reply.extend([0x91, 0x00]);
    assert_eq!(card.exchange(apdu, &mut reply), Err(LinkError::CardRemoved));
    assert!(reply.is_empty());
}

/// Begins to write `AA` over a file from `offset` on, in two frames, and gives back the second.
fn begin(card: &mut SoftCard, number: u8, offset: u8) -> Vec<u8> {
    let length = SIZE - offset;
    let mut first = vec![number, offset, 0, 0, length, 0, 0];
    first.extend([0xAA; 47]);
    assert_eq!(status(card, 0x3D, &first), 0xAF);
    wrap(0xAF, &vec![0xAA; usize::from(length - 47)])
}

fn back(card: &mut SoftCard) {
    card.reset();
    assert_eq!(status(card, 0x5A, &APP_WIRE), 0x00);
}

/// How many bytes from `offset` on are new; all others have to be old.
fn written(card: &mut SoftCard, number: u8, offset: u8) -> usize {
    let mut contents = run(card, 0xBD, &[number, 0, 0, 0, 58, 0, 0]).0;
    contents.extend(run(card, 0xBD, &[number, 58, 0, 0, SIZE - 58, 0, 0]).0);
    let (before, after) = contents.split_at(offset.into());
    let written = after.iter().take_while(|&&byte| byte == 0xAA).count();
    assert!(before.iter().chain(&after[written..]).all(|&byte| byte == 0x00));
    written
}

#[test]
fn a_write_that_loses_its_power_leaves_whole_pages_of_the_file() {
    for (offset, kept) in [(0, [0, 32, 64, 96, 100, 100]), (40, [0, 24, 56, 60, 60, 60])] {
        for (pages, kept) in kept.into_iter().enumerate() {
            let mut card = files();
            card.lose_power_in_write(pages);
            let rest = begin(&mut card, 0x01, offset);
            refuses(&mut card, &rest);
            assert_eq!(card.uid_in_field(), Err(LinkError::CardRemoved));
            refuses(&mut card, &wrap(0x60, &[]));
            back(&mut card);
            assert_eq!(written(&mut card, 0x01, offset), kept, "{pages} pages from {offset}");
        }
    }
}

#[test]
fn nothing_but_a_write_to_a_standard_file_loses_the_power() {
    let mut card = files();
    card.lose_power_in_write(1);
    let rest = begin(&mut card, 0x02, 0);
    assert_eq!(send(&mut card, &rest), [0x91, 0x00]);
    assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
    assert_eq!(written(&mut card, 0x02, 0), usize::from(SIZE));
    assert_eq!(status(&mut card, 0xDF, &[0x02]), 0x00);
    let rest = begin(&mut card, 0x01, 0);
    refuses(&mut card, &rest);
}

#[test]
fn the_power_is_back_after_a_reset() {
    let mut card = files();
    card.lose_power_in_write(1);
    back(&mut card);
    let rest = begin(&mut card, 0x01, 0);
    assert_eq!(send(&mut card, &rest), [0x91, 0x00]);
    assert_eq!(written(&mut card, 0x01, 0), usize::from(SIZE));
}

/// An ISO command writes with the same memory.
#[test]
fn update_binary_loses_its_power_too() {
    let mut card = card(Model::Ev2_4k);
    // An application with ISO file identifiers, and a free standard file of 100 bytes in it.
    assert_eq!(status(&mut card, 0xCA, &[0x20, 0x81, 0xF4, 0x0F, 0xA1, 0x01, 0xE1]), 0x00);
    assert_eq!(status(&mut card, 0x5A, &APP_WIRE), 0x00);
    let create = [0x01, 0x01, 0xE1, 0x00, 0xEE, 0xEE, SIZE, 0x00, 0x00];
    assert_eq!(status(&mut card, 0xCD, &create), 0x00);
    card.lose_power_in_write(1);
    let mut update = vec![0x00, 0xD6, 0x81, 0x00, 50];
    update.extend([0xAA; 50]);
    refuses(&mut card, &update);
    back(&mut card);
    assert_eq!(written(&mut card, 0x01, 0), 32);
}

/// An EV3 that was told this transaction timer, in an application with a value that everybody may credit. An EV2 does
/// not take one.
fn timed(model: Model, tenths: u8) -> SoftCard {
    let mut card = card(model);
    set_key(&mut card, 0, KeyType::Aes, &[0x31; 16], 0);
    add_application(&mut card, Aid::new(APP), 0x0F, KeyType::Aes, 1);
    let value = [1, 0, 0xEE, 0xEE, 0, 0, 0, 0, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(status(&mut card, 0xCC, &value), 0x00);
    let told = configure(&mut card, 0x05, &[0, 0, 0, 0, 0, tenths, 0, 0, 0, 0]);
    let takes = tenths == 0 || model == Model::Ev3_4k;
    assert_eq!(told, if takes { 0x00 } else { 0x9E }, "{model} {tenths}");
    let mut card = SoftCard::restore(&card.save(), 1).unwrap();
    assert_eq!(status(&mut card, 0x5A, &APP_WIRE), 0x00);
    card
}

/// Until nothing answers any more; for how long something did, since before.
fn lasts(card: &mut SoftCard) -> Option<Duration> {
    let before = card.clock();
    (0..1000).find_map(|_| {
        let answered = card.exchange(&wrap(0x64, &[0]), &mut ReplyBuf::new()).is_ok();
        (!answered).then(|| card.clock() - before)
    })
}

/// Without power until it is in the field again, with nothing of what waited.
#[test]
fn an_ev3_falls_silent_when_its_transaction_timer_has_run_out() {
    for tenths in [1, 7] {
        let mut card = timed(Model::Ev3_4k, tenths);
        assert_eq!(status(&mut card, 0x0C, &[1, 5, 0, 0, 0]), 0x00);
        let spent = lasts(&mut card).unwrap().as_millis();
        let all = u128::from(tenths) * 100;
        // An exchange takes a few milliseconds, and one came before.
        assert!((all - 20..all + 10).contains(&spent), "{spent}");
        refuses(&mut card, &wrap(0xC7, &[]));
        card.reset();
        assert_eq!(status(&mut card, 0x5A, &APP_WIRE), 0x00);
        assert_eq!(status(&mut card, 0xC7, &[]), 0x0C);
        assert_eq!(run(&mut card, 0x6C, &[1]).0, [0; 4]);
        // Each selection starts it again.
        for _ in 0..30 {
            for _ in 0..5 {
                assert_eq!(status(&mut card, 0x64, &[0]), 0x00);
            }
            assert_eq!(status(&mut card, 0x5A, &APP_WIRE), 0x00);
        }
        // There is none at the level of the card.
        assert_eq!(status(&mut card, 0x5A, &[0; 3]), 0x00);
        assert_eq!(lasts(&mut card), None);
    }
    assert_eq!(lasts(&mut timed(Model::Ev3_4k, 0)), None);
    assert_eq!(lasts(&mut timed(Model::Ev2_4k, 1)), None);
}
