// SPDX-License-Identifier: MIT OR Apache-2.0
//! The referee's own LRP against the published vectors, which neither pen of the library has a hand in.

use serde_json::Value;

use super::parts::cipher::{Cipher, Family, Key};
use super::parts::handshake::Handshake;
use super::parts::lrp::{Counted, Lrp, of_master};
use super::parts::session::{Form, Opened, Session};
use crate::vectors::of_kind;

const FILES: [&str; 2] = ["ev2", "ev2-more"];

/// Inputs and what is expected of them, of each vector of a kind in both files.
fn vectors(kind: &str, files: &[&str]) -> Vec<(Value, Value)> {
    let both = |mut vector: Value| (vector["inputs"].take(), vector["expected"].take());
    files.iter().flat_map(|file| of_kind(file, kind)).map(both).collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn halves(value: &Value) -> Vec<u8> {
    let digit = |digit: char| u8::try_from(digit.to_digit(16).unwrap()).unwrap();
    value.as_str().unwrap().chars().map(digit).collect()
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn key(inputs: &Value) -> Key {
    Key::new(Family::Aes, bytes(&inputs["key"]))
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    Cipher::Lrp(Box::new(Lrp::new(key, 0))).cmac(&[0; 16], message)
}

#[test]
fn a_walk_ends_where_the_published_ones_do() {
    let first = &FILES[..1];
    let (inputs, expected) = vectors("lrp_generate_updated_keys", first).remove(0);
    for (number, updated) in expected["updated_keys"].as_array().unwrap().iter().enumerate() {
        assert_eq!(Lrp::new(&bytes(&inputs["key"]), number).walk([]), *bytes(updated));
    }
    let walks = vectors("lrp_eval", first);
    for (inputs, expected) in &walks {
        let lrp = Lrp::new(&bytes(&inputs["key"]), number(&inputs["updated_key_index"]));
        let mut end = lrp.walk(halves(&inputs["iv_nibbles"]));
        if inputs["finalize"] == true {
            let last = Cipher::new(Family::Aes, &end);
            end = [0; 16];
            last.encrypt(&mut end);
        }
        assert_eq!(end, *bytes(&expected["y"]), "{inputs}");
    }
    assert_eq!(walks.len(), 40);
}

#[test]
fn blocks_and_macs_are_the_published_ones() {
    let first = &FILES[..1];
    let counted = vectors("lricb_encrypt", first);
    for (inputs, expected) in &counted {
        let blocks =
            || Counted::from(Lrp::new(&bytes(&inputs["key"]), 0), &bytes(&inputs["counter"]));
        let mut plain = bytes(&inputs["plaintext"]);
        if inputs["padding_method2"] == true {
            plain.push(0x80);
            plain.resize(plain.len().next_multiple_of(16), 0x00);
        }
        let sealed = bytes(&expected["ciphertext"]);
        assert_eq!(blocks().encrypt(&plain), sealed, "{inputs}");
        assert_eq!(blocks().decrypt(&sealed), plain, "{inputs}");
    }
    let macs = vectors("lrp_cmac", first);
    for (inputs, expected) in &macs {
        let found = mac(&bytes(&inputs["key"]), &bytes(&inputs["message"]));
        assert_eq!(found, bytes(&expected["mac"]), "{inputs}");
    }
    assert_eq!((counted.len(), macs.len()), (40, 40));
}

#[test]
fn sessions_begin_as_the_published_ones() {
    let firsts = vectors("authenticate_lrp_first", &FILES);
    for (inputs, expected) in &firsts {
        let (key, a, b) = (key(inputs), bytes(&inputs["rndA"]), bytes(&inputs["rndB"]));
        let host = Handshake::hearing(0x71, &key, &[&[0x01], &b[..]].concat()).unwrap();
        let token = host.token(&a);
        assert_eq!(token, [&a[..], &bytes(&expected["pcd_response"])].concat());
        assert_eq!(host.heard(&token).unwrap(), a);
        let proof = [bytes(&inputs["picc_data"]), bytes(&expected["picc_response"])].concat();
        let session = host.session(0, &a, &proof, None).unwrap();
        let ti = session.transaction().0;
        assert_eq!((ti.to_vec(), session.transaction().1), (bytes(&expected["ti"]), 0));
        let card = Handshake::challenging(0x71, &key, true, &b);
        assert_eq!(card.challenge(), [&[0x01], &b[..]].concat());
        assert_eq!(card.proof(&a, &token, ti), proof);
    }
    let (inputs, expected) = vectors("authenticate_lrp_nonfirst", &FILES[..1]).remove(0);
    let (key, a, b) = (key(&inputs), bytes(&inputs["rndA"]), bytes(&inputs["rndB"]));
    let host = Handshake::hearing(0x77, &key, &[&[0x01], &b[..]].concat()).unwrap();
    assert_eq!(host.token(&a)[16..], *bytes(&expected["pcd_response"]));
    let proof = bytes(&expected["picc_response"]);
    assert_eq!(host.proof(&a, &host.token(&a), [9; 4]), proof);
    let session = host.session(0, &a, &proof, Some(([1, 2, 3, 4], 7))).unwrap();
    assert_eq!(session.transaction(), ([1, 2, 3, 4], 7));
    assert_eq!(firsts.len(), 3);
}

#[test]
fn commands_and_replies_travel_as_the_published_ones() {
    let messages = vectors("lrp_secure_message", &FILES);
    let mut replies = 0;
    for (inputs, expected) in &messages {
        let form = if inputs["comm_mode"] == "mac" { Form::Mac } else { Form::Full };
        let at = u16::try_from(number(&inputs["cmd_ctr"])).unwrap();
        let ti = bytes(&inputs["ti"]).try_into().unwrap();
        let session = || {
            let begun = Session::counted(0, of_master(&bytes(&inputs["ses_auth_master_key"])));
            let mut session = begun.in_transaction(ti, at);
            let _before = session.count().encrypt(&vec![0; 16 * number(&inputs["enc_ctr_before"])]);
            session
        };
        let (mut host, mut card) = (session(), session());
        let (ins, header) = (bytes(&inputs["cmd"])[0], bytes(&inputs["header"]));
        let what = Opened { data: bytes(&inputs["data"]), marked: true };
        let body = host.seal_command(ins, &header, &what, form);
        assert_eq!(body, bytes(&expected["apdu_data"]), "{inputs}");
        let opened = card.open_command(ins, &body, header.len(), form).unwrap();
        assert_eq!(opened.data, what.data, "{inputs}");
        // The status of a signature is no 00, which no job's sessions ask for; a refusal proves nothing.
        if inputs["response_status"] != "00" {
            continue;
        }
        let reply = bytes(&inputs["response"]);
        let opened = host.open_reply(&reply, form).unwrap();
        if let Some(plain) = expected["response_plain"].as_str() {
            assert_eq!(hex::encode_upper(&opened.data), plain, "{inputs}");
        }
        assert_eq!(card.seal_reply(&opened, form), reply, "{inputs}");
        replies += 1;
    }
    assert_eq!((messages.len(), replies), (18, 16));
}
