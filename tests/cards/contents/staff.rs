// SPDX-License-Identifier: MIT OR Apache-2.0
//! One number in many forms.

use super::world::{bytes, crc, finished, reversed};

const AID: [u8; 3] = [0xF4, 0xB2, 0x00];
const READ: (u8, &str) = (1, "staff1");
const IBM_SDLC: (u32, u32, u32, bool, u32) = (16, 0x1021, 0xFFFF, true, 0xFFFF);

/// 155FA780 as computed for the door card. 4711 and 48975 in characters; the check digit over both:
/// from the right 5 * 2 = 10 counts 1, 7, 9 * 2 = 18 counts 9, 8, 4 * 2 = 8, 1, 1 * 2 = 2, 7,
/// 4 * 2 = 8: 51, and 9 are missing.
#[test]
fn the_badge_is_as_computed_by_hand() {
    for mut card in finished("staff") {
        assert_eq!(card.data(AID, READ, 0, 16), bytes("155FA780 34373131 3438393735 39 0000"));
    }
}

/// The first three groups of the GUID turned round, 48975 is BF4F, December 31st of a leap year is day
/// 366. The checksum stands before what it covers.
#[test]
fn the_account_is_as_computed_by_hand() {
    let account =
        bytes("33221100 5544 7766 8899AABBCCDDEEFF 4FBF000000000000 028366 0412345FFFFFFFFF");
    let whole = format!("{}{account}{}", reversed(&crc(IBM_SDLC, &account)), "00".repeat(11));
    for mut card in finished("staff") {
        assert_eq!(card.data(AID, READ, 1, 48), whole);
    }
}
