// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every kind of part in records.

use super::world::{bytes, crc, finished, xor};

const AID: [u8; 3] = [0xF5, 0x10, 0x60];
const READER: (u8, &str) = (1, "log1");
const IBM_3740: (u32, u32, u32, bool, u32) = (16, 0x1021, 0xFFFF, false, 0x0000);
const SMBUS: (u32, u32, u32, bool, u32) = (8, 0x07, 0x00, false, 0x00);

/// The second entry: the date, site 4711 in digits, the UID. The third: facility 42 and number 48975
/// are 155FA780 as computed for the door card, "Zoë" in Latin-1, the batch; 2027 - 2000 = 27 is
/// `0011011`, site 4711 in 14 bits `01001001100111`, and `101`: `00110110 10010011 00111101`.
#[test]
fn the_entries_are_as_computed_by_hand() {
    let asset = bytes("01 8F14E45FCEEA467FA8C51E2D3B4C5D6E");
    let issue = bytes("02 20270305 4711 04A1B2C3D4E500");
    let badge = bytes("03 155FA780 5A6FEB202020 A1B2C3 36933D");
    let badge_tlv = format!("EEEE5A01{}", xor(&badge));
    let entries = [
        format!("{asset}{}{}", "00".repeat(5), crc(IBM_3740, &asset)),
        format!("{issue}{}{}", "00".repeat(8), crc(IBM_3740, &issue)),
        format!("{badge}{badge_tlv}{}", crc(IBM_3740, &badge)),
    ];
    for mut card in finished("log") {
        assert_eq!(card.records(AID, READER, 1, 72), entries.concat());
    }
}

/// 2027-01-01 is 27 * 365 + 7 = 9862 days after 2000-01-01, March 5th 31 + 28 + 4 = 63 more: 9925 is
/// 26C5. Site 4711 is 1267.
#[test]
fn the_last_place_is_as_computed_by_hand() {
    let place = bytes("26C5 1267");
    let entry = format!("{place}{}000000", crc(SMBUS, &place));
    for mut card in finished("log") {
        assert_eq!(card.records(AID, READER, 2, 8), entry);
    }
}
