// SPDX-License-Identifier: MIT OR Apache-2.0
//! Read_Sig: which cards have a signature, and who is told.

use serde_json::Value;

use super::support::{
    bytes, card, open_ev1, resume_d40, resume_ev2, run, send, status, text, with_application,
};
use crate::crypto::{ChainedCmac, Cipher, crc};
use crate::emulator::channel::Ev2;
use crate::emulator::{Model, SoftCard};
use crate::iso14443::RealUid;
use crate::vectors::of_file;
use crate::wire::{Generation, KeyType};

const SIGNATURE: [u8; 56] = [0xA7; 56];

fn signed(model: Model) -> SoftCard {
    card(model).with_signature(SIGNATURE)
}

/// A blank EV3 8K, read by the `TagInfo` of NXP.
#[test]
fn the_captured_signature_is_told_in_clear() {
    let all = of_file("ev2-more");
    let find = |name: &str| all.iter().find(|vector| vector["name"] == name).expect("a vector");
    let vector = find("hw-ev3-8k-blank-taginfo");
    let steps = vector["inputs"]["steps"].as_array().unwrap();
    let is_read_sig = |step: &&Value| text(&step["send"]).starts_with("903C");
    let step = steps.iter().find(is_read_sig).unwrap();
    let uid = RealUid::new(bytes(&vector["expected"]["decoded"]["uid"]));
    let mut card = SoftCard::new(Model::Ev3_8k, uid, 7).with_signature(bytes(&step["recv"]));
    let reply = hex::encode_upper(send(&mut card, &hex::decode(text(&step["send"])).unwrap()));
    assert_eq!(reply, format!("{}{}", text(&step["recv"]), text(&step["sw"])));
}

#[test]
fn cards_before_ev2_and_cards_without_one_do_not_know_the_command() {
    for model in Model::ALL {
        let old = matches!(model.generation(), Generation::D40 | Generation::Ev1);
        let expected = if old { (vec![], 0x1C) } else { (SIGNATURE.to_vec(), 0x90) };
        assert_eq!(run(&mut signed(model), 0x3C, &[0x00]), expected, "{model}");
        assert_eq!(status(&mut card(model).without_signature(), 0x3C, &[0x00]), 0x1C, "{model}");
    }
}

#[test]
fn another_address_or_length_is_nothing_to_read() {
    let mut card = signed(Model::Ev2_4k);
    for parameters in [&[][..], &[0x01], &[0x00, 0x00]] {
        assert_eq!(status(&mut card, 0x3C, parameters), 0x0C, "{parameters:02X?}");
    }
}

#[test]
fn a_random_uid_hides_the_signature_from_those_without_a_session() {
    let mut card = with_application(Model::Ev2_4k, 0x0F, KeyType::Aes, 2);
    card = card.with_signature(SIGNATURE).with_random_uid();
    assert_eq!(status(&mut card, 0x3C, &[0x00]), 0x0B);
    open_ev1(&mut card, 1);
    assert_eq!(status(&mut card, 0x3C, &[0x00]), 0xAF);
}

#[test]
fn a_mac_that_does_not_fit_has_a_status_of_its_own_and_ends_the_session() {
    // Without a MAC it is too short.
    for (body, expected) in [(&[0x00][..], 0x0C), (&[0x00, 1, 2, 3, 4, 5, 6, 7, 8], 0x0B)] {
        let mut card = with_application(Model::Ev2_4k, 0x0F, KeyType::Aes, 2);
        card = card.with_signature(SIGNATURE);
        resume_ev2(&mut card, 0, Ev2::with_keys(&[1; 16], &[2; 16], [3; 4], 0));
        assert_eq!(status(&mut card, 0x3C, body), expected);
        assert_eq!(card.card.authenticated(), None);
    }
}

fn in_pieces(card: &mut SoftCard) -> Vec<u8> {
    let (mut all, mut last) = run(card, 0x3C, &[0x00]);
    while last == 0xAF {
        let (piece, status) = run(card, 0xAF, &[]);
        all.extend(piece);
        last = status;
    }
    assert_eq!(last, 0x90);
    all
}

/// As GetCardUID, with the status of this command in the checksum.
#[test]
fn in_older_sessions_the_signature_is_enciphered_with_its_checksum() {
    let mut card = with_application(Model::Ev3_4k, 0x0F, KeyType::Aes, 2);
    card = card.with_signature(SIGNATURE);
    open_ev1(&mut card, 0);
    let mut iv = Cipher::aes(&[0x5A; 16]).zero_iv();
    let cipher = Cipher::aes(&[0x5A; 16]);
    // The command is not MACed on the wire, and moves the chaining value.
    ChainedCmac::new(cipher.clone()).mac(&mut iv, &[&[0x3C, 0x00]]);
    let mut plain = in_pieces(&mut card);
    cipher.cbc_decrypt(&mut iv, &mut plain).unwrap();
    let checksum = crc::crc32(&[&SIGNATURE[..], &[0x90]]);
    assert_eq!(plain, [&SIGNATURE[..], &checksum, &[0x00; 4]].concat());

    let mut card = signed(Model::Ev2_2k);
    let des = Cipher::tdes2(&[0x33; 16]);
    resume_d40(&mut card, 0, des.clone());
    let mut plain = in_pieces(&mut card);
    des.cbc_decrypt(&mut des.zero_iv(), &mut plain).unwrap();
    assert_eq!(plain, [&SIGNATURE[..], &crc::crc16(&[&SIGNATURE]), &[0x00; 6]].concat());
}

#[test]
fn a_saved_card_keeps_what_it_was_given() {
    let again = |card: &SoftCard| SoftCard::restore(&card.save(), 1).unwrap();
    let mut back = again(&signed(Model::Ev3_2k));
    assert_eq!(run(&mut back, 0x3C, &[0x00]), (SIGNATURE.to_vec(), 0x90));
    let mut back = again(&signed(Model::Ev3_2k).without_signature());
    assert_eq!(status(&mut back, 0x3C, &[0x00]), 0x1C);
    let mut untold = card(Model::Ev3_2k);
    let (mut back, expected) = (again(&untold), run(&mut untold, 0x3C, &[0x00]));
    assert_eq!(run(&mut back, 0x3C, &[0x00]), expected);
}

#[test]
fn a_saved_signature_of_another_length_is_damaged() {
    let saved = String::from_utf8(signed(Model::Ev3_2k).save().to_vec()).unwrap();
    let cut = saved.replace(&hex::encode_upper(SIGNATURE), "A7A7");
    let error = SoftCard::restore(cut.as_bytes(), 1).err();
    assert_eq!(error, Some(crate::emulator::StateError::Damaged("the signature")));
}

/// Without a curve there is nothing to sign on.
#[cfg(not(feature = "originality"))]
#[test]
fn a_card_without_a_given_signature_has_none() {
    assert_eq!(run(&mut card(Model::Ev3_4k), 0x3C, &[0x00]), (vec![], 0x1C));
}

/// With a curve it signs with the test key, which is taken only where it is asked for.
#[cfg(feature = "originality")]
#[test]
fn a_card_without_a_given_signature_is_signed_with_the_test_key() {
    use crate::originality::{NotGenuine, Product, Trust, check};

    let uid = RealUid::new(super::support::UID);
    for (model, product) in [(Model::Ev2_8k, Product::Ev2), (Model::Ev3_4k, Product::Ev3)] {
        let (signature, status) = run(&mut card(model), 0x3C, &[0x00]);
        let signature = signature.try_into().unwrap();
        assert_eq!(status, 0x90);
        let trusting = |trust| check(&uid, &signature, Some(product), trust);
        assert!(matches!(trusting(Trust::TestKeyToo), Ok(None)));
        assert!(matches!(trusting(Trust::Maker), Err(NotGenuine::TestKey)));
        let other = RealUid::new([0x04, 1, 2, 3, 4, 5, 6]);
        let copied = check(&other, &signature, Some(product), Trust::TestKeyToo);
        assert!(matches!(copied, Err(NotGenuine::UnknownKey)));
    }
}
