// SPDX-License-Identifier: MIT OR Apache-2.0
//! Six recorded sessions of a real DESFire EV3 4K (crate `desox` 0.5.4, MIT: `src/replay`), whole: the
//! card answers every byte of them, and cuts every reply where the real one did. A line is a command
//! and its answer, native; keys stand in the crate's tests, and what the card drew in its challenges.

use super::support::send;
use crate::crypto::Cipher;
use crate::emulator::{Model, SoftCard};
use crate::iso14443::RealUid;

/// The key of an authentication.
enum Key {
    Des([u8; 8]),
    Aes([u8; 16]),
}

const ZERO_DES: Key = Key::Des([0; 8]);
const ZERO_AES: Key = Key::Aes([0; 16]);

/// Each session with the keys of its authentications, in order.
const SESSIONS: [(&str, &str, &[Key]); 6] = [
    ("metadata", include_str!("../../../tests/vectors/desox-ev3/metadata.replay"), &[ZERO_DES]),
    (
        "application",
        include_str!("../../../tests/vectors/desox-ev3/application.replay"),
        &[ZERO_DES, ZERO_AES, ZERO_DES],
    ),
    (
        "file_io",
        include_str!("../../../tests/vectors/desox-ev3/file_io.replay"),
        &[ZERO_DES, ZERO_AES],
    ),
    (
        "key_change_app_des_des",
        include_str!("../../../tests/vectors/desox-ev3/key_change_app_des_des.replay"),
        &[ZERO_DES, ZERO_DES, Key::Des([2; 8])],
    ),
    (
        "key_change_app_aes_aes",
        include_str!("../../../tests/vectors/desox-ev3/key_change_app_aes_aes.replay"),
        &[ZERO_DES, ZERO_AES, Key::Aes([2; 16])],
    ),
    (
        "key_change_picc_round_the_world",
        include_str!("../../../tests/vectors/desox-ev3/key_change_picc_round_the_world.replay"),
        &[ZERO_DES, Key::Des([2; 8]), ZERO_AES, Key::Aes([1; 16])],
    ),
];

/// What the card drew, by its challenge.
fn drawn(key: &Key, challenge: &[u8]) -> Vec<u8> {
    let cipher = match key {
        Key::Des(key) => Cipher::des(key),
        Key::Aes(key) => Cipher::aes(key),
    };
    let mut drawn = challenge.to_vec();
    cipher.cbc_decrypt(&mut cipher.zero_iv(), &mut drawn).unwrap();
    drawn
}

fn blank() -> SoftCard {
    let uid = RealUid::new([0x04, 0x64, 0xD5, 0x9A, 0xDD, 0x1E, 0x90]);
    let production = [0x21, 0x13, 0x62, 0x30, 0x30, 0x40, 0x24];
    SoftCard::new(Model::Ev3_4k, uid, 1).with_production(production)
}

#[test]
fn sessions_of_a_real_ev3_are_answered_byte_for_byte() {
    let mut exchanges = 0;
    for (name, replay, keys) in SESSIONS {
        let mut card = blank();
        let mut keys = keys.iter();
        for (at, line) in replay.lines().enumerate() {
            let (command, answer) = line.split_once(' ').unwrap();
            let [command, answer] = [command, answer].map(|hex| hex::decode(hex).unwrap());
            if matches!(command[0], 0x1A | 0xAA) {
                card.queue_random(&drawn(keys.next().unwrap(), &answer[1..]));
            }
            let found = send(&mut card, &command);
            assert_eq!(hex::encode(found), hex::encode(answer), "{name}, line {}", at + 1);
            exchanges += 1;
        }
        assert!(keys.next().is_none(), "{name}");
    }
    assert_eq!(exchanges, 113);
}

/// With any other nonce the card leaves the recording at the first answer that depends on it.
#[test]
fn another_nonce_leaves_the_recording() {
    for (name, replay, keys) in SESSIONS {
        let mut card = blank();
        let mut lines = replay.lines().map(|line| line.split_once(' ').unwrap());
        let (command, answer) = lines.next().unwrap();
        let mut nonce = drawn(&keys[0], &hex::decode(answer).unwrap()[1..]);
        nonce[0] ^= 0x01;
        card.queue_random(&nonce);
        assert_ne!(hex::encode(send(&mut card, &hex::decode(command).unwrap())), answer, "{name}");
        let (token, _) = lines.next().unwrap();
        assert_eq!(send(&mut card, &hex::decode(token).unwrap()), [0xAE], "{name}");
    }
}
