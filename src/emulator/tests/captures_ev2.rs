// SPDX-License-Identifier: MIT OR Apache-2.0
//! Published EV2 exchanges, played from the card's side.

use serde_json::Value;

use super::support::{
    bytes, ev2_vectors, open_ev1, resume_ev2, send, session_of, set_key, status, text,
    with_application, wrap,
};
use crate::crypto::Cipher;
use crate::emulator::channel::{Channel, Ev2, Mode};
use crate::emulator::frames::Reply;

use crate::emulator::{Model, SoftCard};
use crate::wire::{CommMode, KeyType};

/// A reply sealed by the card's session must be the one that these keys seal.
fn assert_session(card: &SoftCard, expected: &Ev2) {
    let open = card.card.session.clone().unwrap().channel;
    let replies = [open, Channel::Ev2(expected.clone())].map(|mut channel| {
        let mut reply = Reply::default();
        reply.data.extend([0x01, 0x02, 0x03]);
        channel.seal(&mut reply, Mode::FullReply, CommMode::Plain).unwrap();
        reply.data
    });
    assert_eq!(replies[0].len(), 24);
    assert_eq!(replies[0], replies[1]);
}

fn hand_shake(card: &mut SoftCard, vector: &Value, rsp2: &Value) {
    let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
    let cipher = Cipher::aes(&bytes(&inputs["key"]));
    let mut rnd_b: [u8; 16] = bytes(&inputs["rsp1_enc_rndB"]);
    cipher.cbc_decrypt(&mut cipher.zero_iv(), &mut rnd_b).unwrap();
    card.queue_random(&rnd_b);
    if let Some(ti) = expected["ti"].as_str() {
        card.queue_random(&hex::decode(ti).unwrap());
    }
    let first = send(card, &hex::decode(text(&inputs["cmd1_apdu"])).unwrap());
    assert_eq!(hex::encode_upper(first), format!("{}91AF", text(&inputs["rsp1_enc_rndB"])));
    let token = hex::decode(text(&expected["cmd2_data"])).unwrap();
    for position in [0, 16, 31] {
        let mut bent = token.clone();
        bent[position] ^= 0x01;
        assert_eq!(status(&mut card.clone(), 0xAF, &bent), 0xAE);
    }
    let second = send(card, &wrap(0xAF, &token));
    assert_eq!(hex::encode_upper(second), format!("{}9100", text(rsp2)), "{}", vector["name"]);
}

/// AN12343, AN12196 and captures of an NTAG 424 DNA.
#[test]
fn published_first_authentications_are_answered_byte_for_byte() {
    let vectors = ev2_vectors("authenticate_ev2_first");
    assert!(!vectors.is_empty());
    for vector in vectors {
        let mut card = with_application(Model::Ev2_8k, 0x0F, KeyType::Aes, 5);
        let [_, _, _, _, _, number, ..] = bytes::<8>(&vector["inputs"]["cmd1_apdu"]);
        let key: [u8; 16] = bytes(&vector["inputs"]["key"]);
        set_key(&mut card, number, KeyType::Aes, &key, 0);
        hand_shake(&mut card, &vector, &vector["inputs"]["rsp2"]);
        let published = vector["published_fields_checked"].as_array().unwrap();
        if published.contains(&"ses_auth_enc_key".into()) {
            let expected = &vector["expected"];
            let keys = ["ses_auth_enc_key", "ses_auth_mac_key"].map(|key| bytes(&expected[key]));
            let ti = bytes(&expected["ti"]);
            assert_session(&card, &Ev2::with_keys(&keys[0], &keys[1], ti, 0));
        }
    }
}

/// A capture of an NTAG 424 DNA. Identifier and counter go on where they were.
#[test]
fn a_captured_nonfirst_authentication_is_answered_byte_for_byte() {
    let vectors = ev2_vectors("authenticate_ev2_nonfirst");
    assert!(!vectors.is_empty());
    for vector in vectors {
        let mut card = with_application(Model::Ev3_4k, 0x0F, KeyType::Aes, 5);
        assert_eq!(status(&mut card, 0x77, &[0x03]), 0x9D);
        open_ev1(&mut card, 0);
        assert_eq!(status(&mut card, 0x77, &[0x03]), 0x9D);
        let before = Ev2::with_keys(&[1; 16], &[2; 16], [0x08, 0x5B, 0xC9, 0x41], 13);
        resume_ev2(&mut card, 0, before);
        hand_shake(&mut card, &vector, &vector["expected"]["rsp2"]);
        assert_eq!(card.card.authenticated(), Some(3));
        let Some(Channel::Ev2(open)) = &card.card.session.as_ref().map(|open| &open.channel) else {
            panic!("no EV2 session");
        };
        assert_eq!(open.thread(), ([0x08, 0x5B, 0xC9, 0x41], 13));
    }
}

/// AN12343, tables 39 and 40, and AN12196, tables 25 and 26.
#[test]
fn published_change_keys_change_the_key() {
    let vectors = ev2_vectors("ev2_change_key");
    assert!(!vectors.is_empty());
    for vector in vectors {
        let inputs = &vector["inputs"];
        let number = u8::try_from(inputs["key_no"].as_u64().unwrap()).unwrap();
        let own = inputs["changes_auth_key"].as_bool().unwrap();
        let mut card = with_application(Model::Ev2_4k, 0x0F, KeyType::Aes, 5);
        let old: [u8; 16] = bytes(&inputs["old_key"]);
        set_key(&mut card, number, KeyType::Aes, &old, 0);
        resume_ev2(&mut card, 0, session_of(inputs));
        let body = hex::decode(text(&vector["expected"]["apdu_data"])).unwrap();
        for position in 1..body.len() {
            let mut bent = body.clone();
            bent[position] ^= 0x20;
            assert_eq!(status(&mut card.clone(), 0xC4, &bent), 0x1E);
        }
        let reply = hex::encode_upper(send(&mut card, &wrap(0xC4, &body)));
        let mac = if own { "" } else { text(&inputs["response"]) };
        assert_eq!(reply, format!("{mac}9100"), "{}", vector["name"]);
        let stored = card.card.keys().key(number).unwrap();
        assert_eq!(stored.bytes(), bytes::<16>(&inputs["new_key"]));
        let version = &inputs["new_version"];
        let version = version.as_u64().unwrap_or_else(|| bytes::<1>(version)[0].into());
        assert_eq!(u64::from(stored.version()), version);
        assert_eq!(card.card.authenticated(), (!own).then_some(0));
    }
}
