// SPDX-License-Identifier: MIT OR Apache-2.0
//! Recorded EV1 exchanges, played from the card's side: the same bytes in, the same bytes out.

use serde_json::Value;

use super::support::{
    add_application, bytes, card, ev1_vectors, resume_ev1, send, set_key, status, text, wrap,
};
use crate::crypto::Cipher;
use crate::emulator::{Behaviour, CommandFrame, Model, SoftCard};
use crate::iso14443::RealUid;
use crate::wire::{Aid, KeyType};

/// Native bytes of a capture as wrapped ones: command, then reply.
fn wrapped(command: &Value) -> Vec<u8> {
    let command = hex::decode(text(command)).unwrap();
    wrap(command[0], &command[1..])
}

fn wrapped_reply(reply: &Value) -> Vec<u8> {
    let mut reply = hex::decode(text(reply)).unwrap();
    reply.rotate_left(1);
    let status = reply.pop().unwrap();
    reply.extend([0x91, status]);
    reply
}

/// How the bytes of a capture are sent: as they are, or wrapped.
#[derive(Debug, Clone, Copy)]
enum As {
    Native,
    Wrapped,
}

impl As {
    fn play(self, card: &mut SoftCard, command: &Value, reply: &Value) {
        let (command, reply) = match self {
            Self::Native => (hex(command), hex(reply)),
            Self::Wrapped => (wrapped(command), wrapped_reply(reply)),
        };
        assert_eq!(send(card, &command), reply, "{self:?} {command:02X?}");
    }
}

fn hex(value: &Value) -> Vec<u8> {
    hex::decode(text(value)).unwrap()
}

fn play(card: &mut SoftCard, step: &Value, how: As) {
    let pairs = step["commands"].as_array().unwrap().iter();
    for (command, reply) in pairs.zip(step["responses"].as_array().unwrap()) {
        how.play(card, command, reply);
    }
}

fn kind_of(name: &str) -> KeyType {
    match name {
        "DES" | "2K3DES" | "2K" => KeyType::Des,
        "3K3DES" => KeyType::Tdes3,
        "AES" => KeyType::Aes,
        other => panic!("{other}"),
    }
}

fn cipher_of(vector: &Value) -> Cipher {
    let key = &vector["session_key"];
    match text(&vector["cipher"]) {
        "DES128" => Cipher::tdes2(&bytes(key)),
        "DES192" => Cipher::tdes3(&bytes(key)),
        "AES128" => Cipher::aes(&bytes(key)),
        other => panic!("{other}"),
    }
}

/// "Desfire EV1 Communication Examples" (sotechcllc/RFDoorLock): the sessions of one card, but for
/// those under three-key triple DES. Where the capture leaves steps out, the chaining value is set
/// to what the next step had.
#[test]
fn recorded_sessions_are_answered_byte_for_byte() {
    recorded_sessions(As::Native);
    recorded_sessions(As::Wrapped);
}

fn recorded_sessions(how: As) {
    let authentications = ev1_vectors("ev1_authenticate");
    let commands = ev1_vectors("ev1_command");
    let uid = RealUid::new([0x04, 0x06, 0x3F, 0x72, 0x63, 0x34, 0x80]);
    let mut card = SoftCard::new(Model::Ev1_8k, uid, 1)
        .with_behaviour(Behaviour { command_frame: CommandFrame::Native, ..Behaviour::default() });
    card.card.production = [0xBA, 0x45, 0x19, 0xE3, 0x20, 0x49, 0x13];
    let mut played = 0;
    for session in (1..=18).filter(|session| !(8..=12).contains(session)) {
        let key_no = prepare(&mut card, session, how);
        let mut fresh = false;
        for vector in authentications.iter().filter(|vector| vector["session"] == session) {
            let key = hex::decode(text(&vector["key"])).unwrap();
            set_key(&mut card, key_no, kind_of(text(&vector["key_type"])), &key, 0);
            card.queue_random(&hex::decode(text(&vector["rnd_b"])).unwrap());
            for half in ["1", "2"] {
                let [command, reply] = ["cmd", "resp"].map(|name| &vector[format!("{name}{half}")]);
                how.play(&mut card, command, reply);
            }
            fresh = true;
            played += 1;
        }
        for vector in commands.iter().filter(|vector| vector["session"] == session) {
            for step in vector["steps"].as_array().unwrap() {
                let iv = hex::decode(text(&step["iv_before"])).unwrap();
                if !fresh || iv.iter().any(|&byte| byte != 0) {
                    resume_ev1(&mut card, key_no, cipher_of(vector), &iv);
                }
                if let Some(old) = step["cur_key"].as_str() {
                    let kind = card.card.keys().kind();
                    set_key(&mut card, 1, kind, &hex::decode(old).unwrap(), 0);
                }
                play(&mut card, step, how);
                played += 1;
            }
        }
    }
    assert!(played >= 35, "only {played} exchanges");
}

/// Selects and fills what a session of the capture finds; gives back the key it uses.
fn prepare(card: &mut SoftCard, session: i32, how: As) -> u8 {
    let (aid, key) = match session {
        1 | 18 => ([0x00, 0x00, 0x00], 0),
        2..=6 => ([0x00, 0xDE, 0x16], 0),
        7 => ([0x00, 0xDE, 0x16], 1),
        13..=16 => ([0x00, 0xAE, 0x16], 0),
        _ => ([0x00, 0xAE, 0x16], 1),
    };
    let select = hex::encode([&[0x5A][..], &Aid::new(aid).to_wire()].concat());
    how.play(card, &select.into(), &"00".into());
    if session == 14 {
        // Changed between the recorded steps.
        set_key(card, 0, KeyType::Aes, &[0; 16], 0);
    }
    key
}

/// A rust crate's example, and proxmark3 issue 2961 with the FormatPICC that followed.
#[test]
fn other_published_authentications_are_answered_byte_for_byte() {
    let mut played = 0;
    for vector in ev1_vectors("ev1_authenticate").iter().filter(|v| v["inputs"].is_object()) {
        let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
        let mut card = card(Model::Ev1_4k);
        let kind = kind_of(text(&inputs["alg"]));
        set_key(&mut card, 0, kind, &hex::decode(text(&inputs["key"])).unwrap(), 0);
        card.queue_random(&hex::decode(text(&inputs["rnd_b"])).unwrap());
        let ins = if kind == KeyType::Aes { 0xAA } else { 0x1A };
        let answer = |field: &str, status| format!("{}91{status}", text(&inputs[field]));
        let first = send(&mut card, &wrap(ins, &[0x00]));
        assert_eq!(hex::encode_upper(first), answer("enc_rnd_b", "AF"));
        let token = hex::decode(text(&expected["token"])).unwrap();
        let second = send(&mut card, &wrap(0xAF, &token));
        assert_eq!(hex::encode_upper(second), answer("response", "00"));
        played += 1;
        if text(&vector["name"]).contains("2961") {
            let format = ev1_vectors("ev1_command");
            let format = format.iter().find(|v| text(&v["name"]).contains("2961")).unwrap();
            let reply = send(&mut card, &wrap(0xFC, &[]));
            assert_eq!(hex::encode_upper(reply), format!("{}9100", text(&format["expected"])));
            played += 1;
        }
    }
    assert_eq!(played, 4);
}

/// A rust crate's examples and a PDF (revk/DESFireAES): the cryptogram is taken, and the key is then the new
/// one. With any bit of it bent it is not.
#[test]
fn published_change_key_cryptograms_change_the_key() {
    for vector in ev1_vectors("ev1_changekey") {
        let inputs = &vector["inputs"];
        let header = hex::decode(text(&inputs["header"])).unwrap();
        let iv = hex::decode(text(&inputs["iv"])).unwrap();
        let mut before = card(Model::Ev1_4k);
        let cipher = if iv.len() == 16 {
            add_application(&mut before, Aid::new([1, 2, 3]), 0x0F, KeyType::Aes, 2);
            Cipher::aes(&bytes(&inputs["session_key"]))
        } else {
            Cipher::tdes2(&bytes(&inputs["session_key"]))
        };
        resume_ev1(&mut before, 0, cipher, &iv);
        let number = header[1] & 0x3F;
        let sent = hex::decode(text(&vector["expected"])).unwrap();
        let mut card = before.clone();
        let reply = send(&mut card, &wrap(0xC4, &[&header[1..], &sent].concat()));
        // The session's own key: bare. Another: with a MAC, which is not published.
        assert_eq!(reply.len(), if number == 0 { 2 } else { 10 });
        assert_eq!(reply[reply.len() - 2..], [0x91, 0x00]);
        let stored = card.card.keys().key(number).unwrap();
        assert_eq!(stored.bytes(), hex::decode(text(&inputs["new_key"])).unwrap());
        assert_eq!([stored.version()], bytes(&inputs["key_version"]));
        for position in 0..sent.len() {
            let mut bent = sent.clone();
            bent[position] ^= 0x04;
            let mut card = before.clone();
            assert_eq!(status(&mut card, 0xC4, &[&header[1..], &bent].concat()), 0x1E);
            assert_eq!(card.card.authenticated(), None);
        }
    }
}

/// Plays the steps of a wrapped capture.
fn play_wrapped(card: &mut SoftCard, vector: &Value) {
    for step in vector["steps"].as_array().unwrap().iter() {
        if let Some(rnd_b) = step["rnd_b"].as_str() {
            card.queue_random(&hex::decode(rnd_b).unwrap());
        }
        let pairs = step["commands"].as_array().unwrap().iter();
        for (command, reply) in pairs.zip(step["responses"].as_array().unwrap()) {
            let answer = send(card, &hex::decode(text(command)).unwrap());
            assert_eq!(hex::encode_upper(answer), text(reply), "{command} of {}", vector["name"]);
        }
    }
}

fn trace(name: &str) -> Value {
    let traces = ev1_vectors("session_trace_iso_wrapped");
    traces.into_iter().find(|trace| text(&trace["name"]).ends_with(name)).unwrap()
}

/// A card as GetVersion of the trace shows it.
fn traced_card(vector: &Value) -> SoftCard {
    let third = &vector["steps"][1]["responses"][2];
    let [produced @ .., _, _] = bytes::<16>(third);
    let (uid, produced) = produced.split_first_chunk::<7>().unwrap();
    let mut card = SoftCard::new(Model::Ev1_4k, RealUid::new(*uid), 1);
    card.card.production = produced.try_into().unwrap();
    card
}

/// skjolber/desfire-tools-for-android, recorded from a 4K EV1 card: key settings, keys, an
/// application, an enciphered file written in one and two frames, read in one to three.
#[test]
fn recorded_aes_sessions_are_answered_byte_for_byte() {
    for name in ["testAES1", "testAES2", "testAES4"] {
        let vector = trace(name);
        let mut card = traced_card(&vector);
        set_key(&mut card, 0, KeyType::Aes, &[0; 16], 0x42);
        play_wrapped(&mut card, &vector);
    }
}

/// Versions in the lowest bits of published keys of the DES family.
#[test]
fn key_versions_are_read_from_the_lowest_bits() {
    use crate::emulator::keys::StoredKey;
    for vector in ev1_vectors("des_key_version") {
        let mut key = hex::decode(text(&vector["inputs"]["key"])).unwrap();
        if key.len() == 8 {
            key.extend_from_within(..);
        }
        let kind = if key.len() == 24 { KeyType::Tdes3 } else { KeyType::Des };
        let stored = StoredKey::new(kind, &key, 0xEE).unwrap();
        assert_eq!([stored.version()], bytes(&vector["expected"]), "{}", vector["name"]);
    }
}
