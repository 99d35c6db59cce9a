// SPDX-License-Identifier: MIT OR Apache-2.0
//! A badge that comes as bits, and an item in an item.

use super::world::{bytes, crc, finished};

const AID: [u8; 3] = [0xF5, 0x5A, 0x70];
const DOOR: (u8, &str) = (1, "visitor1");
const KIOSK: (u8, &str) = (2, "visitor2");
const SMBUS: (u32, u32, u32, bool, u32) = (8, 0x07, 0x00, false, 0x00);

/// 0584A2B940, read from a card (flipperdevices/flipperzero-firmware, issue 1029), from the first bit
/// on: `00101100 00100101 00010101 11001010 00000`, and three zeros.
const BADGE: &str = "2C2515CA00";

#[test]
fn the_panels_read_the_badge_as_it_came() {
    for mut card in finished("visitor") {
        assert_eq!(card.data(AID, DOOR, 0, 5), BADGE);
    }
}

/// "Zoë" in Latin-1 at the end of its twelve bytes.
#[test]
fn the_kiosk_reads_the_pass_and_the_host() {
    let pass = bytes(&format!("{BADGE} 270305"));
    let host = bytes("202020202020202020 5A6FEB");
    let whole = format!("{pass}{}000000{host}", crc(SMBUS, &pass));
    for mut card in finished("visitor") {
        assert_eq!(card.data(AID, KIOSK, 1, 24), whole);
    }
}

/// Three zeros; two zeros, the 37 bits from behind and a 1: `00000000 10100111 01010001 01001000
/// 01101001`.
#[test]
fn the_turnstiles_read_it_from_behind() {
    for mut card in finished("visitor") {
        assert_eq!(card.data(AID, DOOR, 2, 8), bytes("000000 00A7514869"));
    }
}
