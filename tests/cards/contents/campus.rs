// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files in the clear, with a MAC and enciphered, under a key that is the same on every card.

use super::world::{aes, bytes, finished};
use crate::common::reader::{ask_enciphered, ask_maced};

const INFO: [u8; 3] = [0xF5, 0xC0, 0x01];
const CAMPUS: [u8; 3] = [0xF5, 0xC0, 0x02];

#[test]
fn anyone_may_read_the_role() {
    for mut card in finished("campus") {
        assert_eq!(card.public(INFO, 0, 16), bytes("43414D505553 00 000000000000000000"));
    }
}

/// 51087910 is 030B8A26, its low byte first. Zeros between the token and the last two bytes.
#[test]
fn the_maced_file_is_as_computed_by_hand() {
    let token = bytes("268A0B03 1B37FE0967A448EB");
    let whole = format!("{token}{}A55A", "00".repeat(32 - 12 - 2));
    for mut card in finished("campus") {
        card.card.reset();
        let command = (0xBD, &[1, 0, 0, 0, 32, 0, 0][..]);
        let key = (1, aes("campus1", 1));
        let read = ask_maced(&mut card.card, card.messaging, CAMPUS, key, command);
        assert_eq!(hex::encode_upper(read), whole);
    }
}

/// Facility 17 is `00010001`, number 1492 is `0000010111010100`. Bits 1 to 12 hold two ones: bit 0
/// is 0 to keep them even. Bits 13 to 24 hold six: bit 25 is 1 to make them odd.
/// `0 00010001 0000010111010100 1` is `00001000 10000010 11101010 01`. The third file holds nothing
/// yet.
#[test]
fn the_enciphered_files_are_as_computed_by_hand() {
    let holder = format!("{}{}", bytes("5465737420416C706861"), "00".repeat(30));
    let files = [(2, format!("{holder}0882EA40{}", "00".repeat(36))), (7, "00".repeat(64))];
    for mut card in finished("campus") {
        for (file, expected) in &files {
            let length = expected.len() / 2;
            let command = [*file, 0, 0, 0, u8::try_from(length).unwrap(), 0, 0];
            card.card.reset();
            let key = (1, aes("campus1", 1));
            let command = (0xBD, &command[..]);
            let read = ask_enciphered(&mut card.card, card.messaging, CAMPUS, key, command, length);
            assert_eq!(hex::encode_upper(read), *expected, "{file}");
        }
    }
}
