// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card for barriers, in key sets where the chip has any.

use super::world::{UID, aes, bytes, finished};
use crate::common::reader::{diversified, read_enciphered};

const AID: [u8; 3] = [0xF4, 0x81, 0x50];

/// By hand: the door's bits and numbers, the day 20281231 as 0135778F, and the site filled up with spaces.
#[test]
fn a_barrier_reads_what_was_computed_by_hand() {
    let file = bytes("155FA780 0000BF4F 01 0135778F 4E6F7274682047617465 2020 000000");
    let key = diversified(aes("app1", 2), &[&UID[..], &AID, b"AC"].concat());
    for mut card in finished("barrier") {
        card.card.reset();
        let read = read_enciphered(&mut card.card, card.messaging, AID, (1, key), (0, 28));
        assert_eq!(hex::encode_upper(read), file);
    }
}
