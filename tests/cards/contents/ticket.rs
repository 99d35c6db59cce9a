// SPDX-License-Identifier: MIT OR Apache-2.0
//! Data objects inside of data objects, and checksums over them.

use super::world::{bytes, crc, finished, xor};

const AID: [u8; 3] = [0xF5, 0x3A, 0x00];
const GATE: (u8, &str) = (1, "ticket1");
const ISO_HDLC: (u32, u32, u32, bool, u32) = (32, 0x04C1_1DB7, u32::MAX, true, u32::MAX);

/// Product 4711 is 1267. The objects take 2 + 16, 3 + 3, 3 + 3, 4 + 2 and 2 + 120 bytes: 158, which
/// is 9E and needs a length of two bytes, 81 9E.
#[test]
fn the_ticket_is_as_computed_by_hand() {
    let note = "Straßenbahn und Fähre";
    assert_eq!(note.len(), 23);
    let note = format!("{}{}", hex::encode_upper(note), "00".repeat(120 - 23));
    let ticket = bytes("E1819E C010 67C6697A51FF4AECA9CDBAABF2FBE346")
        + &bytes("5F2503 270501 5F2403 271031 DF810102 1267 C178")
        + &note;
    let whole = format!("{ticket}C204{}", crc(ISO_HDLC, &ticket));
    let whole = format!("{whole:0<512}");
    for mut card in finished("ticket") {
        assert_eq!(card.data(AID, GATE, 0, 256), whole);
    }
}

/// 04711 and 31.10.2027 in characters.
#[test]
fn the_simple_objects_are_as_computed_by_hand() {
    let objects = bytes("0105 3034373131 020A 33312E31302E32303237");
    let whole = format!("{objects}FE01{}{}", xor(&objects), "FF".repeat(10));
    for mut card in finished("ticket") {
        assert_eq!(card.data(AID, GATE, 1, 32), whole);
    }
}
