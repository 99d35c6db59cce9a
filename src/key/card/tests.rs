// SPDX-License-Identifier: MIT OR Apache-2.0

use super::*;
use crate::key::MasterKey;

/// The version of a DES key sits in the low bits of bytes 0 to 7, most significant first
/// (libfreefare, `test_mifare_desfire_key.c`: version 55 gives 00 01 00 01 …).
#[test]
fn a_des_key_carries_its_version_in_its_low_bits() {
    let mut bytes = [0x10; 16];
    bytes[..8].copy_from_slice(&[0x10, 0x11, 0x10, 0x11, 0x10, 0x11, 0x10, 0x11]);
    assert_eq!(CardKey::des(&bytes).version(), KeyVersion(0x55));
    assert_eq!(CardKey::factory().version(), KeyVersion(0));
}

/// NXP AN10922, 2.3.1 and 2.4.1 through libfreefare: derived keys with version 55 written in.
#[test]
fn a_version_goes_into_the_low_bits() {
    let changed = |key: CardKey| {
        let mut out = ChangeBuf::new(ArrayVec::new());
        key.with_version(KeyVersion(0x55)).append_to(None, &mut out);
        hex::encode_upper(out.expose_secret())
    };
    let two = hex::decode("16F8597C9E8910C86B9648D006107DD7").unwrap().try_into().unwrap();
    assert_eq!(changed(CardKey::des(&two)), "16F9587D9E8910C96B9649D007107DD6");
    let three = hex::decode("2F0DD03675D3FB9A5705AB0BDA91CA0B55B8E07FCDBF10EC").unwrap();
    assert_eq!(
        changed(CardKey::tdes3(&three.try_into().unwrap())),
        "2E0DD03774D3FA9B5705AB0BDA91CA0B55B8E07FCDBF10EC"
    );
    let single = CardKey::factory().with_version(KeyVersion(0x81));
    assert!(single.is_single_des());
    assert_eq!(single.version(), KeyVersion(0x81));
    assert_eq!(changed(CardKey::factory()), "00010001000100010001000100010001");
}

#[test]
fn debug_names_type_and_version_only() {
    let key = CardKey::aes(&[0xC7; 16], KeyVersion(3));
    assert_eq!(format!("{key:?}"), "CardKey(AES version 3, <secret>)");
    let master = MasterKey::aes(&[0xC7; 16]);
    assert_eq!(format!("{master:?}"), "MasterKey(AES, <secret>)");
    assert!(master.undiversified(KeyVersion(9)).same_key(&key));
}

#[test]
fn replacing_another_key_mixes_the_old_one_in() {
    let new = CardKey::aes(&[0xF0; 16], KeyVersion(1));
    let old = CardKey::aes(&[0x3C; 16], KeyVersion(0));
    let mut out = ChangeBuf::new(ArrayVec::new());
    new.append_to(None, &mut out);
    new.append_to(Some(&old), &mut out);
    assert_eq!(out.expose_secret().as_slice(), [[0xF0; 16], [0xCC; 16]].concat());
}
