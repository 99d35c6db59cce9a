// SPDX-License-Identifier: MIT OR Apache-2.0
//! A FASC-N for those who have the key, and a CHUID around it for everyone.

use super::world::{bytes, finished_with};

const AID: [u8; 3] = [0xF5, 0x4E, 0x10];
const DOOR: (u8, &str) = (1, "agency1");

/// Each character has five bits, the least significant first and a parity that makes them odd:
/// S9999F… is `11010 10011 10011 10011 10011 10110`, in bytes `11010100 11100111 00111001 110110..`,
/// D4 E7 39 D….
///
/// On the first card stands the FASC-N that Yubico's keys come with, and around it a CHUID that was
/// published as a whole: diverta/onecard-fido, `ccid_piv_object.c`. On the second one stands that of
/// figure 7 of PACS TIG 2.2, 0032-0001-092446-0-1-1112223333112232.
const PUBLISHED: [&str; 2] = [
    "D4E739DA739CED39CE739D836858210842108421C84210C3EB",
    "D0439458210C2C19A0846D83685A1082108CE73984108CA3FC",
];

#[test]
fn the_fasc_n_is_as_published() {
    for (record, published) in PUBLISHED.into_iter().enumerate() {
        for mut card in finished_with("agency", record) {
            assert_eq!(card.data(AID, DOOR, 0, 25), published);
        }
    }
}

#[test]
fn anyone_may_read_the_chuid_as_published() {
    let published = "3019D4E739DA739CED39CE739D836858210842108421C84210C3EB34104C8D536A86AA98\
                     A5CE20D53557776E58350832303330303130313E00FE00";
    for mut card in finished_with("agency", 0) {
        assert_eq!(card.public(AID, 1, 64), format!("{published}0000000000"));
    }
}

/// 20280229 in characters. 2 + 25, 2 + 16, 2 + 8, 2 and 2 bytes are 59, and five are left of 64.
#[test]
fn the_chuid_is_as_computed_by_hand() {
    let chuid = bytes("3019") + PUBLISHED[1];
    let chuid = chuid + &bytes("3410 6F9619FF8B86D011B42D00C04FC964FF");
    let chuid = chuid + &bytes("3508 3230323830323239 3E00 FE00 0000000000");
    for mut card in finished_with("agency", 1) {
        assert_eq!(card.public(AID, 1, 64), chuid);
    }
}
