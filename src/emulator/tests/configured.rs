// SPDX-License-Identifier: MIT OR Apache-2.0
//! What else SetConfiguration sets on an EV2 and EV3. No published message of one has it.

use super::closed::configure;
use super::support::{card, open_ev1, send, set_key, status};
use crate::crypto::{Cipher, crc};
use crate::emulator::{Model, SoftCard};
use crate::wire::KeyType;

fn with_aes_master(model: Model) -> SoftCard {
    let mut card = card(model);
    set_key(&mut card, 0, KeyType::Aes, &[0x31; 16], 0);
    card
}

/// What the card was told by an option, once it was saved and restored.
fn kept(card: &SoftCard, option: u8) -> Option<Vec<u8>> {
    let card = SoftCard::restore(&card.save(), 9).unwrap();
    card.card.memory.configuration.told.get(&option).cloned()
}

#[test]
fn option_00_writes_its_other_bits_anew() {
    for (model, bits, refused) in [
        (Model::Ev2_4k, &[0x04, 0x08, 0x0C, 0x00][..], &[0x10, 0x20, 0x80][..]),
        (Model::Ev3_4k, &[0x04, 0x18, 0x1C, 0x00], &[0x80, 0x84]),
    ] {
        let mut card = with_aes_master(model);
        for &bits in bits {
            assert_eq!(configure(&mut card, 0x00, &[bits | 0x01]), 0x00, "{model} {bits:02X}");
            assert_eq!(kept(&card, 0x00), Some(vec![bits]));
            assert!(card.card.memory.configuration.picc.no_format);
        }
        for &byte in refused {
            assert_eq!(configure(&mut card, 0x00, &[byte]), 0x9E, "{model} {byte:02X}");
            assert_eq!(kept(&card, 0x00), Some(vec![0x00]));
        }
    }
}

#[test]
fn options_of_the_anticollision_are_kept() {
    for (model, option, done) in [
        (Model::Ev2_4k, 0x03, 0x00),
        (Model::Ev3_4k, 0x03, 0x00),
        (Model::Ev2_4k, 0x0C, 0x9E),
        (Model::Ev3_4k, 0x0C, 0x00),
    ] {
        let mut card = with_aes_master(model);
        assert_eq!(configure(&mut card, option, &[0x44, 0x03]), done, "{model} {option:02X}");
        assert_eq!(kept(&card, option), (done == 0x00).then(|| vec![0x44, 0x03]));
        assert_ne!(configure(&mut card, option, &[0x44; 16]), 0x00);
    }
    for option in [0x03, 0x04, 0x05, 0x0C] {
        assert_eq!(status(&mut card(Model::Ev1_4k), 0x5C, &[option; 11]), 0x9E);
    }
}

#[test]
fn capabilities_come_in_ten_bytes_and_in_nine() {
    for (model, data, done) in [
        (Model::Ev2_4k, &[0, 0, 0, 1, 0, 0, 2, 3, 4, 5][..], 0x00),
        (Model::Ev3_4k, &[0, 9, 0, 1, 0, 7, 2, 3, 4, 5], 0x00),
        (Model::Ev3_4k, &[9, 0, 1, 0, 7, 2, 3, 4, 5], 0x00),
        (Model::Ev2_4k, &[0, 0, 1, 0, 0, 2, 3, 4, 5], 0x00),
        (Model::Ev2_4k, &[0, 9, 0, 1, 0, 0, 2, 3, 4, 5], 0x9E),
        (Model::Ev2_4k, &[0, 0, 0, 1, 0, 7, 2, 3, 4, 5], 0x9E),
        (Model::Ev3_4k, &[1, 0, 0, 1, 0, 0, 2, 3, 4, 5], 0x9E),
        (Model::Ev3_4k, &[0, 0, 1, 1, 0, 0, 2, 3, 4, 5], 0x9E),
        (Model::Ev3_4k, &[0, 0, 0, 1, 2, 0, 2, 3, 4, 5], 0x9E),
        (Model::Ev3_4k, &[0; 8], 0x7E),
        (Model::Ev3_4k, &[0; 11], 0x7E),
    ] {
        let mut card = with_aes_master(model);
        assert_eq!(configure(&mut card, 0x05, data), done, "{model} {data:02X?}");
        let told = (done == 0x00).then(|| [&[0][..data.len() % 2], data].concat());
        assert_eq!(kept(&card, 0x05), told, "{model} {data:02X?}");
        // The last six bytes are what it tells to a reader.
        let six = told.map_or([0; 6], |told| *told.last_chunk().unwrap());
        assert_eq!(card.card.capabilities(), six);
    }
}

/// Where nothing marks the end, nine bytes and the first of their checksum, which fits too, are ten.
#[test]
fn an_ev1_session_takes_ten_bytes() {
    let data = [0, 9, 0, 1, 0, 7, 2, 3, 4, 5];
    for (data, done) in [(&data[..], 0x00), (&data[1..], 0x9E)] {
        let mut card = with_aes_master(Model::Ev3_4k);
        open_ev1(&mut card, 0);
        let checksum = crc::crc32(&[&[0x5C, 0x05], data]);
        let mut sent = [data, &checksum[..]].concat();
        sent.resize(16, 0x00);
        let cipher = Cipher::aes(&[0x5A; 16]);
        cipher.cbc_encrypt(&mut cipher.zero_iv(), &mut sent).unwrap();
        assert_eq!(status(&mut card, 0x5C, &[&[0x05][..], &sent].concat()), done);
        assert_eq!(kept(&card, 0x05), (done == 0x00).then(|| data.to_vec()));
    }
}

/// SELECT by name.
fn select(card: &mut SoftCard, name: &[u8]) -> Vec<u8> {
    let length = u8::try_from(name.len()).unwrap();
    send(card, &[&[0x00, 0xA4, 0x04, 0x00, length], name].concat())
}

/// CreateApplication with a DF name.
fn create(card: &mut SoftCard, name: &[u8]) -> u8 {
    assert_eq!(status(card, 0x5A, &[0; 3]), 0x00);
    status(card, 0xCA, &[&[1, 0, 0, 0x0F, 0xA1, 0x01, 0xE1], name].concat())
}

#[test]
fn a_card_is_selected_by_a_name_that_it_was_given_beside_its_own() {
    const NAME: [u8; 5] = [0xA0, 0x00, 0x00, 0x03, 0x96];
    const OWN: [u8; 7] = [0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x00];
    for data in [[&NAME[..], &[0; 11], &[5]].concat(), [&[0; 11], &NAME[..], &[5]].concat()] {
        for model in [Model::Ev2_4k, Model::Ev3_4k] {
            let mut card = with_aes_master(model);
            assert_eq!(select(&mut card, &NAME), [0x6A, 0x82]);
            assert_eq!(configure(&mut card, 0x06, &data), 0x00);
            let mut card = SoftCard::restore(&card.save(), 9).unwrap();
            for name in [&NAME[..], &OWN] {
                assert_eq!(select(&mut card, name), [0x90, 0x00]);
                assert_eq!(card.card.selected, None);
            }
            assert_eq!(select(&mut card, &NAME[..4]), [0x6A, 0x82]);
            assert_eq!(create(&mut card, &NAME), 0xDE);
            assert_eq!(create(&mut card, &NAME[..4]), 0x00);
        }
    }
}

#[test]
fn a_name_that_is_none_or_taken_is_refused() {
    let whole = [0x41; 16];
    for (data, refused) in [
        ([&whole[..], &[0]].concat(), 0x9E),
        ([&whole[..], &[17]].concat(), 0x9E),
        ([&whole[..], &[15]].concat(), 0x9E),
        ([&whole[..], &[16]].concat(), 0xDE),
        ([&whole[..], &[16], &[0; 8]].concat(), 0x7E),
    ] {
        let mut card = with_aes_master(Model::Ev3_4k);
        assert_eq!(create(&mut card, &whole), 0x00);
        assert_eq!(configure(&mut card, 0x06, &data), refused, "{data:02X?}");
        assert_eq!(kept(&card, 0x06), None);
    }
    assert_eq!(status(&mut card(Model::Ev1_4k), 0x5C, &[0x06; 33]), 0x9E);
}
