// SPDX-License-Identifier: MIT OR Apache-2.0
//! Digits with a check digit, dates in three forms, bits side by side, an offset, a value.

use super::world::{bytes, finished};

const AID: [u8; 3] = [0xF5, 0x8A, 0x10];
const BARRIER: (u8, &str) = (1, "parking1");

/// Permit 790004 in twelve digits, the check digit: from the right 4 * 2, 0, 0, 0, 9 * 2 = 18, which
/// is 1 + 8, and 7 are 24, and 6 are missing. 2027-01-15, 2028-02-29. Zone 37 is `100101`, category 5
/// `101`, and a one: `10010110 11` is 96C0. From offset 20 the plate, a space behind.
#[test]
fn the_permit_is_as_computed_by_hand() {
    let permit = bytes("000000790004 06 270115 20280229 96C0 00000000 41422031323320434420 0000");
    for mut card in finished("parking") {
        assert_eq!(card.data(AID, BARRIER, 0, 32), permit);
    }
}

/// FAT: 2027 is 47 years after 1980, `0101111`, `0001`, `01111`: `01011110 00101111` is 5E2F, low
/// byte first. 2028-01-01 is 28 * 365 + 7 = 10227 days after 2000-01-01, February 29th 59 more:
/// 10286 is 282E. 120 hours are 78, low byte first.
#[test]
fn the_other_forms_are_as_computed_by_hand() {
    for mut card in finished("parking") {
        assert_eq!(card.data(AID, BARRIER, 1, 8), bytes("2F5E 282E FFFFFFFF"));
        assert_eq!(card.value(AID, BARRIER, 2), "78000000");
    }
}
