// SPDX-License-Identifier: MIT OR Apache-2.0
//! A bit format of the profile's own, in three packings, and another one beside it.

use super::world::{bytes, finished};

const AID: [u8; 3] = [0xF4, 0xC3, 0x10];
const DOOR: (u8, &str) = (1, "site1");
const GATE: (u8, &str) = (2, "site2");

/// Site 1234 is `010011010010`. 48975 is `00000000 10111111 01001111`, its low byte first. Level 11
/// is `1011`, its low bit first. Issue 37 is `0011 0111`. Bits 4 to 51 are these, six bytes:
/// 4D ^ 24 ^ FB ^ F0 ^ 0D ^ 37 = 58. With the constant in front:
///
/// ```text
/// 0 1   4            16       24       32       40   44        52       60 61
/// . 101 010011010010 01001111 10111111 00000000 1101 0011 0111 01011000 .  .
/// ```
///
/// Bits 1 to 29 hold 2 + 5 + 5 + 5 = 17 ones: bit 0 is 1 to make them even. Bits 30 to 59 hold
/// 2 + 0 + 3 + 2 + 3 + 3 = 13: bit 60 is 0, they are odd. Of the bits 0, 1, 7, 12, 18, 25, 33, 40,
/// 47, 52 and 60 four are set, 0, 1, 40 and 47: bit 61 is 1 to make them odd. In bytes
/// `11010100 11010010 01001111 10111111 00000000 11010011 01110101 100001` and two zeros.
#[test]
fn the_bits_start_with_the_first_one() {
    for mut card in finished("site") {
        assert_eq!(card.data(AID, DOOR, 0, 8), bytes("D4D24FBF 00D37584"));
    }
}

/// A zero, a one, and the bits:
/// `01110101 00110100 10010011 11101111 11000000 00110100 11011101 01100001`.
#[test]
fn a_sentinel_stands_before_bits_that_end_with_the_last_one() {
    for mut card in finished("site") {
        assert_eq!(card.data(AID, DOOR, 1, 8), bytes("753493EF C034DD61"));
    }
}

/// From the last bit to the first, and two zeros:
/// `10000110 10111011 00101100 00000011 11110111 11001001 00101100 10101100`.
#[test]
fn reversed_bits_start_with_the_last_one() {
    for mut card in finished("site") {
        assert_eq!(card.data(AID, DOOR, 2, 8), bytes("86BB2C03 F7C92CAC"));
    }
}

/// 12345 is `11000000111001`, for the company in 22 bits and for the number in 23:
/// `1 0 0000000011000000111001 00000000011000000111001 0`. The same bytes were read from a card:
/// `RfidResearchGroup/proxmark3`, issue 1791.
#[test]
fn the_corporate_1000_is_as_published() {
    for mut card in finished("site") {
        let expected = format!("803039006072{}", "FF".repeat(10));
        assert_eq!(card.data(AID, GATE, 3, 16), expected);
    }
}
