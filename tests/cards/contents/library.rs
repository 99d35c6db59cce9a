// SPDX-License-Identifier: MIT OR Apache-2.0
//! One item in three files, and one file from two items.

use super::world::{bytes, crc, finished, reversed};

const AID: [u8; 3] = [0xF5, 0x6B, 0x00];
const DESK: (u8, &str) = (1, "library1");
const SHELF: (u8, &str) = (2, "library2");
const ARC: (u32, u32, u32, bool, u32) = (16, 0x8005, 0x0000, true, 0x0000);

/// Twelve digits to the left of sixteen, the date of birth, "Test Märta" in Latin-1 and ten spaces,
/// a checksum with its low byte first: 8 + 4 + 20 + 2 bytes, cut behind the sixteenth.
#[test]
fn the_member_is_in_two_files_as_computed_by_hand() {
    let member = bytes("123456789012FFFF 19870605 54657374204DE4727461") + &"20".repeat(10);
    let member = format!("{member}{}", reversed(&crc(ARC, &member)));
    let (first, second) = member.split_at(32);
    for mut card in finished("library") {
        assert_eq!(card.data(AID, DESK, 0, 16), first);
        assert_eq!(card.data(AID, DESK, 1, 18), second);
    }
}

/// Locker 2748 is ABC behind the nibble 10; at 8 the member's number, at 20 the branch.
#[test]
fn the_shelves_read_pieces_of_both_items() {
    let shelf = bytes("AABC 000000000000 123456789012FFFF 00000000 4E4F52544820 5A5A5A5A5A5A");
    for mut card in finished("library") {
        assert_eq!(card.data(AID, SHELF, 2, 32), shelf);
    }
}
