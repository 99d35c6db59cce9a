// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two badges side by side, under keys of two types.

use super::world::{bytes, crc, finished, reversed};
use crate::common::issuer_key;
use crate::common::reader_des::{open_d40, read_d40};

const OLD: [u8; 3] = [0xF4, 0x8D, 0x10];
const NEW: [u8; 3] = [0xF4, 0x8D, 0x20];
const PANEL: (u8, &str) = (1, "fleet1");
const PUMP: (u8, &str) = (2, "fleet2");
const MODBUS: (u32, u32, u32, bool, u32) = (16, 0x8005, 0xFFFF, true, 0x0000);

/// The 26 bits of facility 42 and number 48975 as computed for the door card,
/// `0 00101010 1011111101001111 0`, six zeros before them: `00000000 01010101 01111110 10011110`.
const BADGE: &str = "00557E9E";

/// 26 is 1A.
#[test]
fn an_old_panel_reads_the_old_badge_in_d40_messaging() {
    let key = issuer_key("fleet-old1", 1);
    for mut card in finished("fleet") {
        card.card.reset();
        let session = open_d40(&mut card.card, OLD, (1, &key));
        let read = read_d40(&mut card.card, &session, (0xBD, &[0, 0, 0, 0, 8, 0, 0]), 8);
        assert_eq!(hex::encode_upper(read), format!("1A{BADGE}FFFFFF"));
    }
}

/// Company 1337 and number 2137 as a reader sent them, 4A72010B3 (jkramarz/TheTick, pull request 20):
/// `10010100 11100100 00000010 00010110 011`, and five zeros.
#[test]
fn a_new_panel_reads_both() {
    for mut card in finished("fleet") {
        let expected = format!("94E4021660 000000 {BADGE} 00000000").replace(' ', "");
        assert_eq!(card.data(NEW, PANEL, 0, 16), expected);
    }
}

/// 300 is 012C. March 5th 2027 is day 9925 as computed for the log, 26C5.
#[test]
fn the_pump_reads_litres_and_what_was_given() {
    let given = bytes("C526 4711 2C01");
    let given = format!("{given}{}", reversed(&crc(MODBUS, &given)));
    for mut card in finished("fleet") {
        assert_eq!(card.value(NEW, PUMP, 1), "2C010000");
        assert_eq!(card.records(NEW, PUMP, 2, 8), given);
    }
}
