// SPDX-License-Identifier: MIT OR Apache-2.0
//! Schemes that are on the list of beliefs: what they make is held as it is, so that a change is
//! noticed. These are no evidence; the results were computed from liblogicalaccess's and Proxmark3's
//! descriptions by another program.

mod written;

use super::*;
use crate::iso14443::RealUid;
use crate::key::MasterKey;
use crate::wire::{Aid, KeyNo, KeyType, KeyVersion};

const MASTER: [u8; 16] = [
    0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF,
];
const SITE: [u8; 16] = [
    0x31, 0x12, 0xB7, 0x38, 0xD8, 0x86, 0x2C, 0xCD, 0x34, 0x30, 0x2E, 0xB2, 0x99, 0xAA, 0xB4, 0x56,
];

fn made(scheme: Scheme, master: &MasterKey, no: u8, aid: &str, version: u8) -> String {
    let uid = RealUid::new([0x04, 0x78, 0x2E, 0x21, 0x80, 0x1D, 0x80]);
    let no = KeyNo::new(no).unwrap();
    let subject = Subject { uid: Some(&uid), aid: aid.parse().unwrap(), no, fields: None };
    let recipe = Recipe::new(scheme, Vec::new()).unwrap();
    let key = recipe.derive(master, &subject, KeyVersion(version)).unwrap();
    key.test_digits().unwrap().to_string()
}

#[test]
fn believed_schemes_make_what_they_did() {
    let [aes, des] = [MasterKey::aes, MasterKey::des].map(|key| key(&MASTER));
    let picc = "000000";
    for (scheme, master, version, expected) in [
        (Scheme::SamAv1, &aes, 0, "6B30777A1003D4EF9A402C6C6B3C94CA"),
        (Scheme::Sagem, &des, 0, "C0384F8701AE993E8DC441DF475E72FF"),
        (Scheme::Omnitech, &des, 0x55, "C0394E8700AF983F8CC440DE465E72FE"),
    ] {
        assert_eq!(made(scheme, master, 0, picc, version), expected, "{scheme}");
    }
    // With version 8B62... written in: the low bits of the first half, inverted in the second.
    let sam = made(Scheme::SamAv1, &des, 0, picc, 0x55);
    let cipher_bits =
        |key: &str| -> Vec<u8> { hex::decode(key).unwrap().iter().map(|byte| byte | 1).collect() };
    assert_eq!(cipher_bits(&sam), cipher_bits("8B62328E0D6A4E3FAD4B058DB4835AF6"));
    let site = MasterKey::aes(&SITE);
    for (no, aid, expected) in [
        (0, "2081F4", "1702B3CCD5A0BDDF9BF5953999F96FEB"),
        (1, "2081F4", "6C957D11151200A6492E27819D345DDA"),
        (2, "2081F4", "EF9ADCE75BDEA4F0E6BFBCC06F7FD4F3"),
        (0, picc, "CF92E73DD0D43CA0D91D074EDC27329C"),
        (1, "1F81F4", "866A9A140B63595EB6BA93F56384A32F"),
    ] {
        assert_eq!(made(Scheme::Gallagher, &site, no, aid, 1), expected, "{no} {aid}");
    }
}

#[test]
fn what_does_not_fit_is_told() {
    let constant = |length| vec![InputPart::Constant(vec![0xA5; length])];
    let error = |scheme, length| Recipe::new(scheme, constant(length)).unwrap_err().to_string();
    assert_eq!(
        error(Scheme::An10922, 32),
        "an10922 takes 1 to 31 bytes of input, these are 32: shorten the constants"
    );
    assert_eq!(
        error(Scheme::Sagem, 1),
        "sagem makes its own input from UID, key number and AID: leave `input` out"
    );
    let recipe = Recipe::new(Scheme::An10922, constant(16)).unwrap();
    assert_eq!(recipe.fits(KeyType::Aes), Ok(()));
    assert_eq!(
        recipe.fits(KeyType::Des).unwrap_err().to_string(),
        "with DES keys the input has 1 to 15 bytes, these are 16"
    );
    let sagem = Recipe::new(Scheme::Sagem, Vec::new()).unwrap();
    assert_eq!(
        sagem.fits(KeyType::Aes).unwrap_err().to_string(),
        "sagem makes no AES keys: it is for DES"
    );
    let subject = Subject { uid: None, aid: Aid::PICC, no: KeyNo::MASTER, fields: None };
    let master = MasterKey::des(&MASTER);
    let unknown = sagem.derive(&master, &subject, KeyVersion(0)).unwrap_err();
    assert_eq!(unknown, DeriveError::NoUid);
}

/// Forced K2 differs only where the message needs no padding.
#[test]
fn forced_k2_differs_for_a_full_message_alone() {
    let subject = Subject { uid: None, aid: Aid::PICC, no: KeyNo::MASTER, fields: None };
    for (length, alike) in [(30, true), (31, false)] {
        let masks = [Scheme::An10922, Scheme::An10922ForceK2].map(|scheme| {
            let input = vec![InputPart::Constant(vec![0xA5; length])];
            let recipe = Recipe::new(scheme, input).unwrap();
            recipe.messages(KeyType::Aes, &subject).unwrap()[0].k2
        });
        assert_eq!(masks[0] == masks[1], alike);
        assert!(masks[1]);
    }
}

/// AN10922 pads to two blocks; where the input and its constant do not fit one, neither does the
/// variant of one block, and both are the same.
#[test]
fn one_block_is_for_inputs_that_leave_room_for_the_constant() {
    let master = MasterKey::aes(&MASTER);
    let subject = Subject { uid: None, aid: Aid::new([1, 2, 3]), no: KeyNo::MASTER, fields: None };
    let key = |scheme, length| {
        let recipe = Recipe::new(scheme, vec![InputPart::Constant(vec![0x5A; length])]).unwrap();
        recipe.derive(&master, &subject, KeyVersion(1)).unwrap()
    };
    for (length, same) in [(14, false), (15, false), (16, true), (17, true), (31, true)] {
        let one = key(Scheme::An10922OneBlock, length);
        assert_eq!(one.same_key(&key(Scheme::An10922, length)), same, "{length}");
    }
}
