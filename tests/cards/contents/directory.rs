// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card that follows the application directory and hides its UID, which stands in its files.

use cardwright::emulator::Model;
use cardwright::encode::Outcome;
use cardwright::iso14443::Uid;
use cardwright::transport::{InField, Moment, Tear};
use cardwright::wire::Messaging;

use super::world::{Finished, bytes, crc, finished, named};
use crate::common::reader::send;
use crate::common::{card, encode, encoder};

const MEMBERS: [u8; 3] = [0xF4, 0x81, 0x20];
const OTHERS: [u8; 3] = [0xF4, 0x81, 0x22];
const MIFARE_MAD: (u32, u32, u32, bool, u32) = (8, 0x1D, 0xC7, false, 0x00);

/// What a reader finds that has no key and never saw the card: the list of applications, low byte
/// first, the version of the directory, the publisher.
#[test]
fn anyone_may_read_the_directory() {
    for Finished { mut card, .. } in finished("directory") {
        card.reset();
        send(&mut card, 0x5A, &[0, 0, 0]);
        let listed = hex::encode_upper(send(&mut card, 0x6A, &[]));
        assert_eq!(listed, "FFFFFF2081F42281F4");
        send(&mut card, 0x5A, &[0xFF, 0xFF, 0xFF]);
        assert_eq!(send(&mut card, 0x6C, &[0]), [3, 0, 0, 0]);
        let publisher = send(&mut card, 0xBD, &[2, 0, 0, 0, 32, 0, 0]);
        assert_eq!(publisher, b"Test Publisher;ROWING      \0\0\0\0\0");
    }
}

/// The UID in both orders, 305419896 is 12345678, the date in characters. 04 ^ A1 ^ B2 ^ C3 ^ D4 ^ E5
/// ^ 00 = E5, 78 ^ 56 ^ 34 ^ 12 = 08, and E5 ^ 08 = ED.
#[test]
fn the_real_uid_stands_in_the_files_of_a_card_that_hides_it() {
    let member = bytes("04A1B2C3D4E500 00E5D4C3B2A104 78563412 313939392D30372D3038 ED 000000");
    let other = bytes("00E5D4C3B2A104");
    let other = format!("{other}{}{}", crc(MIFARE_MAD, &other), "00".repeat(8));
    for mut card in finished("directory") {
        card.card.reset();
        assert!(matches!(card.card.uid(), Uid::Random(_)));
        assert_eq!(card.data(MEMBERS, (1, "directory2"), 1, 32), member);
        assert_eq!(card.data(OTHERS, (0, "directory2"), 1, 16), other);
    }
}

/// Torn anywhere, also where the UID is hidden already, it becomes the same card.
#[test]
fn a_torn_card_is_completed_to_the_same_bytes() {
    let messaging = Messaging::Ev2;
    let (job, records) = named("directory");
    let read = |card| {
        let mut card = Finished { card, messaging };
        let files = [(MEMBERS, 1, 32), (OTHERS, 0, 16)];
        files.map(|(aid, key, length)| card.data(aid, (key, "directory2"), 1, length))
    };
    let mut whole = card(Model::Ev2_8k, 0);
    let (encoded, exchanges) = encode(&mut encoder(&job), &mut whole, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done);
    let expected = read(whole);
    for exchange in 0..exchanges.len() {
        for moment in [Moment::BeforeExecution, Moment::AfterExecution] {
            let mut card = card(Model::Ev2_8k, 0);
            let uid = card.uid();
            let transport = &mut Tear::new(&mut card, exchange, moment);
            let _torn = encoder(&job).encode(InField::new(uid, transport), &records[0]);
            card.reset();
            let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[0]);
            let done = matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone);
            assert!(done, "{exchange} {moment:?}: {:?}", encoded.receipt.reason);
            assert_eq!(read(card), expected, "{exchange} {moment:?}");
        }
    }
}
