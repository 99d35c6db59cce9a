// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the anticollision shows, by the generation and by what the card was told.

use super::support::{UID, card, open_ev1, run, set_key, status};
use crate::crypto::{ChainedCmac, Cipher, crc};
use crate::emulator::{Model, SoftCard};
use crate::iso14443::Uid;
use crate::wire::{KeyType, UidForm};

/// Sets option 00 in an EV1 session of the PICC master key.
fn configure(card: &mut SoftCard, byte: u8) -> u8 {
    open_ev1(card, 0);
    let cipher = Cipher::aes(&[0x5A; 16]);
    let checksum = crc::crc32(&[&[0x5C, 0x00], &[byte]]);
    let mut data = [&[byte][..], &checksum, &[0; 11]].concat();
    cipher.cbc_encrypt(&mut cipher.zero_iv(), &mut data).unwrap();
    let status = status(card, 0x5C, &[&[0x00][..], &data].concat());
    card.reset();
    status
}

fn with_aes_master(model: Model) -> SoftCard {
    let mut card = card(model);
    set_key(&mut card, 0, KeyType::Aes, &[0; 16], 0);
    card
}

fn own() -> Uid {
    Uid::from_bytes(&UID).unwrap()
}

#[test]
fn a_random_uid_has_the_form_of_its_generation() {
    for (model, byte, first) in [
        (Model::Ev1_4k, 0x02, 0x80),
        (Model::Ev2_4k, 0x02, 0x08),
        (Model::Ev3_4k, 0x02, 0x08),
        (Model::Ev3_4k, 0x22, 0x80),
    ] {
        let mut card = with_aes_master(model);
        assert_eq!(card.uid(), own());
        assert_eq!(configure(&mut card, byte), 0x00, "{model}");
        let shown = card.uid();
        assert_eq!((shown.expose().len(), shown.expose()[0]), (4, first), "{model}");
        assert_eq!(UidForm::on(model.generation(), &shown), UidForm::Random, "{model}");
        card.reset();
        assert_ne!(card.uid(), shown, "{model}");
        // It stays so when it is saved, and no bit turns it off.
        let mut card = SoftCard::restore(&card.save(), 9).unwrap();
        assert_eq!(card.uid().expose()[0], first, "{model}");
        assert_eq!(configure(&mut card, byte & !0x02), 0x00);
        assert_eq!(card.uid().expose()[0], first, "{model}");
        assert_eq!(run(&mut card, 0x60, &[]).1, 0xAF);
        assert_eq!(run(&mut card, 0xAF, &[]).1, 0xAF);
        assert_eq!(run(&mut card, 0xAF, &[]).0[..7], [0; 7]);
    }
}

#[test]
fn an_ev3_may_show_a_fixed_number_which_others_do_not_know() {
    let mut card = with_aes_master(Model::Ev3_4k);
    assert_eq!(configure(&mut card, 0x40), 0x00);
    let shown = card.uid();
    assert_eq!(UidForm::on(card.model().generation(), &shown), UidForm::Number);
    card.reset();
    assert_eq!(card.uid(), shown);
    let mut card = SoftCard::restore(&card.save(), 9).unwrap();
    assert_eq!(card.uid(), shown);
    // Unlike a random UID it can be turned off.
    assert_eq!(configure(&mut card, 0x00), 0x00);
    assert_eq!(card.uid(), own());
    for byte in [0x20, 0x40, 0x60] {
        assert_eq!(configure(&mut with_aes_master(Model::Ev2_4k), byte), 0x9E);
    }
    assert_eq!(configure(&mut with_aes_master(Model::Ev3_4k), 0x80), 0x9E);
}

/// The card is asked for its own UID in a session, whatever it shows.
#[test]
fn other_uids_are_shown_as_they_are() {
    for bytes in [&[][..], &[0x3F, 0x72, 0x6B, 0xE8], &[0x88; 10]] {
        let uid = Uid::from_bytes(bytes).unwrap();
        let mut card = card(Model::Ev1_4k).showing(uid.clone());
        assert_eq!(card.uid(), uid);
        card.reset();
        assert_eq!(card.uid(), uid);
        open_ev1(&mut card, 0);
        let (mut told, _) = run(&mut card, 0x51, &[]);
        let cipher = Cipher::aes(&[0x5A; 16]);
        // The command's CMAC has moved the chaining value.
        let mut chain = cipher.zero_iv();
        ChainedCmac::new(cipher.clone()).mac(&mut chain, &[&[0x51]]);
        cipher.cbc_decrypt(&mut chain, &mut told).unwrap();
        let expected =
            if bytes.len() == 10 { [&[0x00, 0x0A][..], bytes].concat() } else { UID.to_vec() };
        assert_eq!(told[..expected.len()], expected);
    }
}
