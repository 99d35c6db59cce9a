// SPDX-License-Identifier: MIT OR Apache-2.0
//! The second edition of the door card: the same contents, under keys of the second version.

use super::world::{UID, aes, bytes, finished};
use crate::common::reader::{diversified, read_enciphered};

const AID: [u8; 3] = [0xF4, 0x81, 0x20];

/// As computed for the first edition in `tests/cards/readback.rs`.
#[test]
fn the_second_edition_is_read_with_its_own_key() {
    let files = [
        bytes("155FA780 0000BF4F 01 00000000000000000000000000000000000000"),
        bytes("444F4F52 2A00 4FBF0000 0135778F 4E6F7274682047617465 2020 FFFF"),
    ];
    let key = diversified(aes("app1", 2), &[&UID[..], &AID, b"AC"].concat());
    for mut card in finished("door-2") {
        for (file, expected) in (0..).zip(&files) {
            card.card.reset();
            let read = read_enciphered(&mut card.card, card.messaging, AID, (1, key), (file, 28));
            assert_eq!(hex::encode_upper(read), *expected);
        }
    }
}
