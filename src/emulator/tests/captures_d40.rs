// SPDX-License-Identifier: MIT OR Apache-2.0
//! Published D40 exchanges, played from the card's side.

use serde_json::Value;

use super::support::{bytes, card, ev1_vectors, resume_d40, run, set_key, text, with_application};
use crate::crypto::Cipher;
use crate::emulator::channel::recover;
use crate::emulator::{Model, SoftCard};
use crate::wire::KeyType;

fn hex(value: &Value) -> Vec<u8> {
    hex::decode(text(value)).unwrap()
}

/// A session under a published session key, whose halves are equal after a DES key.
fn session(model: Model, key: &Value) -> SoftCard {
    let mut card = card(model);
    let [first, second] = [bytes::<16>(key)[..8].to_vec(), bytes::<16>(key)[8..].to_vec()];
    let cipher = if first == second {
        Cipher::des(&first.try_into().unwrap())
    } else {
        Cipher::tdes2(&bytes(key))
    };
    resume_d40(&mut card, 0, cipher);
    card
}

/// Forum posts and the tests of desfire-tools-for-android; the keys of two are not zero.
#[test]
fn authentications_are_answered_byte_for_byte() {
    let vectors = ev1_vectors("d40_authenticate");
    assert_eq!(vectors.len(), 4);
    let mut went_on = 0;
    for vector in &vectors {
        let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
        let mut card = card(Model::D40_4k);
        set_key(&mut card, 0, KeyType::Des, &hex(&inputs["key"]), 0);
        card.queue_random(&hex(&expected["rnd_b"]));
        let challenge = run(&mut card, 0x0A, &[0x00]);
        assert_eq!(challenge, (hex(&inputs["enc_rnd_b"]), 0xAF), "{}", vector["name"]);
        let (proof, status) = run(&mut card, 0xAF, &hex(&expected["token"]));
        assert_eq!(status, 0x00, "{}", vector["name"]);
        if inputs["response"].is_string() {
            assert_eq!(proof, hex(&inputs["response"]), "{}", vector["name"]);
        }
        assert_eq!(card.card.authenticated(), Some(0));
        // Two of the sessions go on with a published command, which only their key opens.
        let key = &expected["session_key"];
        let next = ev1_vectors("d40_enciphered_command");
        for vector in next.iter().filter(|vector| vector["inputs"]["session_key"] == *key) {
            assert_eq!(run(&mut card, 0x54, &hex(&vector["expected"])), (vec![], 0x00));
            went_on += 1;
        }
    }
    assert_eq!(went_on, 2);
}

/// The session key shows in ChangeKeySettings: desfire-tools-for-android, and mifare.net 18844.
#[test]
fn change_key_settings_is_understood() {
    let vectors = ev1_vectors("d40_enciphered_command");
    assert_eq!(vectors.len(), 2);
    for vector in &vectors {
        let mut card = session(Model::D40_4k, &vector["inputs"]["session_key"]);
        card.card.memory.master.settings.free_list = false;
        let cryptogram = hex(&vector["expected"]);
        assert_eq!(run(&mut card, 0x54, &cryptogram), (vec![], 0x00));
        assert_eq!(card.card.memory.master.settings.to_byte(), 0x0F);
        let mut bent = cryptogram.clone();
        bent[0] ^= 0x01;
        assert_eq!(run(&mut card, 0x54, &bent), (vec![], 0x1E));
    }
}

/// The checksum alone tells: data and padding are what they should be, as deciphered by a reader.
#[test]
fn a_wrong_checksum_is_refused() {
    let cipher = Cipher::tdes2(&[0x51; 16]);
    for (plain, status) in
        [([0x0F, 0x09, 0xA9, 0, 0, 0, 0, 0], 0x00), ([0x0F, 0x09, 0xA8, 0, 0, 0, 0, 0], 0x1E)]
    {
        let mut card = card(Model::D40_4k);
        resume_d40(&mut card, 0, cipher.clone());
        let mut block = cipher.zero_iv();
        block.xor(&plain);
        cipher.decrypt_block(&mut block);
        assert_eq!(run(&mut card, 0x54, block.as_slice()), (vec![], status));
    }
}

/// The PICC key becomes an AES key of version 42 (desfire-tools-for-android). The answer is bare and
/// the session over.
#[test]
fn a_key_change_to_aes_is_understood() {
    for vector in ev1_vectors("d40_changekey") {
        let mut card = session(Model::Ev1_4k, &vector["inputs"]["session_key"]);
        let mut parameters = vec![0x80];
        parameters.extend(hex(&vector["expected"]));
        assert_eq!(run(&mut card, 0xC4, &parameters), (vec![], 0x00));
        assert_eq!(card.card.authenticated(), None);
        assert_eq!(run(&mut card, 0x64, &[0x00]), (vec![0x42], 0x00));
        assert_eq!(card.card.keys().kind(), KeyType::Aes);
    }
}

/// What a real card refused with `1E` (mifare.net 18844): the cryptogram of a reader that chains as
/// CBC decryption does. The one that chains as D40 wants is taken.
#[test]
fn another_way_to_chain_is_refused_as_a_real_card_did() {
    let vectors = ev1_vectors("d40_negative");
    assert_eq!(vectors.len(), 1);
    for vector in &vectors {
        for (cryptogram, status) in
            [(&vector["expected"], 0x1E), (&vector["computed_send_mode"], 0x00)]
        {
            let mut card = session(Model::D40_4k, &vector["inputs"]["session_key"]);
            let mut parameters = vec![0x00];
            parameters.extend(hex(cryptogram));
            assert_eq!(run(&mut card, 0xC4, &parameters), (vec![], status));
        }
    }
}

/// libfreefare's tests and an NXP forum post: one block, deciphered by the reader.
#[test]
fn a_block_that_a_reader_deciphered_comes_back() {
    let vectors = ev1_vectors("d40_cbc_send");
    assert_eq!(vectors.len(), 2);
    for vector in &vectors {
        let key = hex(&vector["inputs"]["key"]);
        let cipher = match <[u8; 8]>::try_from(&key[..]) {
            Ok(key) => Cipher::des(&key),
            Err(_) => Cipher::tdes2(&bytes(&vector["inputs"]["key"])),
        };
        let mut block = hex(&vector["expected"]);
        recover(&cipher, &mut block);
        assert_eq!(block, hex(&vector["inputs"]["data"]), "{}", vector["name"]);
    }
}

/// The clock tells AES from DES: its block cipher is faster (`crate::timing`).
#[test]
fn an_authentication_takes_the_time_of_its_cipher() {
    let time = |kind: KeyType, ins, length: usize| {
        let mut card = with_application(Model::Ev1_4k, 0x0F, kind, 1);
        let _ = run(&mut card, ins, &[0x00]);
        let before = card.clock();
        // A wrong token of the right length: the proof is looked at all the same.
        assert_eq!(run(&mut card, 0xAF, &vec![0; length]).1, 0xAE);
        card.clock() - before
    };
    assert_ne!(time(KeyType::Aes, 0xAA, 32), time(KeyType::Tdes3, 0x1A, 32));
}

/// Each type of key has its authentications, whatever the number; a number too high is no key.
#[test]
fn a_key_of_another_type_or_number_has_its_gate() {
    for (kind, ins, status) in [
        (KeyType::Aes, 0x0A, 0xAE),
        (KeyType::Tdes3, 0x0A, 0xAE),
        (KeyType::Des, 0x0A, 0xAF),
        (KeyType::Des, 0x1A, 0xAF),
        (KeyType::Des, 0xAA, 0xAE),
        (KeyType::Tdes3, 0x1A, 0xAF),
        (KeyType::Aes, 0x1A, 0xAE),
    ] {
        let card = || with_application(Model::Ev1_4k, 0x0F, kind, 2);
        assert_eq!(run(&mut card(), ins, &[0x01]).1, status, "{kind} {ins:02X}");
        assert_eq!(run(&mut card(), ins, &[0x02]).1, 0x40, "{kind} {ins:02X}");
    }
}
