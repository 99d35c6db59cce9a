// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files in EV2 sessions. No published message uses these instructions, so the messages are put
//! together here from primitives, as AN12196 describes them.

use super::support::{resume_ev2, run, status, with_application};
use crate::crypto::{AesCmac, Block, Cipher};
use crate::emulator::channel::Ev2;
use crate::emulator::{Model, SoftCard};
use crate::wire::KeyType;

const ENC: [u8; 16] = [0x11; 16];
const MAC: [u8; 16] = [0x22; 16];
const TI: [u8; 4] = [0xC0, 0x01, 0xCA, 0xFE];

pub(super) fn mac(code: u8, counter: u16, message: &[u8]) -> Vec<u8> {
    let whole = AesCmac::new(&MAC).mac(&[&[code], &counter.to_le_bytes(), &TI, message]);
    whole.into_iter().skip(1).step_by(2).collect()
}

fn iv(label: [u8; 2], counter: u16) -> Block {
    let cipher = Cipher::aes(&ENC);
    let mut block = cipher.zero_iv();
    let input = [&label[..], &TI, &counter.to_le_bytes(), &[0; 8]].concat();
    block.as_mut_slice().copy_from_slice(&input);
    cipher.encrypt_block(&mut block);
    block
}

pub(super) fn enciphered(data: &[u8], counter: u16) -> Vec<u8> {
    let mut padded = [data, &[0x80]].concat();
    padded.resize(padded.len().next_multiple_of(16), 0x00);
    Cipher::aes(&ENC).cbc_encrypt(&mut iv([0xA5, 0x5A], counter), &mut padded).unwrap();
    padded
}

/// What a reply had in it before it was enciphered, padding and all.
pub(super) fn deciphered(cryptogram: &[u8], counter: u16) -> Vec<u8> {
    let mut plain = cryptogram.to_vec();
    Cipher::aes(&ENC).cbc_decrypt(&mut iv([0x5A, 0xA5], counter), &mut plain).unwrap();
    plain
}

/// A session whose keys these messages are made with.
pub(super) fn session(counter: u16) -> Ev2 {
    Ev2::with_keys(&ENC, &MAC, TI, counter)
}

/// A file of 120 bytes for key 1 in this mode, and a session with key 1 at counter 0x01FE.
fn with_file(mode: u8) -> SoftCard {
    let mut card = with_application(Model::Ev3_4k, 0x0F, KeyType::Aes, 2);
    let create = [0x05, mode, 0x10, 0x11, 0x78, 0x00, 0x00];
    assert_eq!(status(&mut card, 0xCD, &create), 0x00);
    resume_ev2(&mut card, 1, session(0x01FE));
    card
}

fn exchange_all(card: &mut SoftCard, ins: u8, body: &[u8]) -> (Vec<usize>, Vec<u8>) {
    let mut pieces = body.chunks(50);
    let (mut lengths, mut reply) = (Vec::new(), Vec::new());
    let mut ins = ins;
    loop {
        let (data, status) = run(card, ins, pieces.next().unwrap_or_default());
        ins = 0xAF;
        if !data.is_empty() {
            lengths.push(data.len());
        }
        reply.extend(data);
        match status {
            0x00 => return (lengths, reply),
            0xAF => {}
            other => panic!("{other:02X}"),
        }
    }
}

#[test]
fn a_full_file_is_written_in_frames_and_read_in_blocks() {
    let mut card = with_file(0x03);
    let data: Vec<u8> = (0..120).collect();
    let header = [0x05, 0x00, 0x00, 0x00, 0x78, 0x00, 0x00];
    let body = [&header[..], &enciphered(&data, 0x01FE)].concat();
    let body = [&body[..], &mac(0x3D, 0x01FE, &body)].concat();
    let (_, reply) = exchange_all(&mut card, 0x3D, &body);
    assert_eq!(reply, mac(0x00, 0x01FF, &[]));

    let request = [&header[..], &mac(0xBD, 0x01FF, &header)].concat();
    let (lengths, reply) = exchange_all(&mut card, 0xBD, &request);
    assert_eq!(lengths, [48, 48, 40]);
    let (cryptogram, sent) = reply.split_at(128);
    assert_eq!(sent, mac(0x00, 0x0200, cryptogram));
    assert_eq!(deciphered(cryptogram, 0x0200), [&data[..], &[0x80, 0, 0, 0, 0, 0, 0, 0]].concat());
}

#[test]
fn a_maced_file_travels_in_clear() {
    let mut card = with_file(0x01);
    let body = [0x05, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0xAB, 0xCD];
    let (_, reply) =
        exchange_all(&mut card, 0x3D, &[&body[..], &mac(0x3D, 0x01FE, &body)].concat());
    assert_eq!(reply, mac(0x00, 0x01FF, &[]));
    let header = &body[..7];
    let request = [header, &mac(0xBD, 0x01FF, header)].concat();
    let (_, reply) = exchange_all(&mut card, 0xBD, &request);
    assert_eq!(reply, [&[0xAB, 0xCD], &mac(0x00, 0x0200, &[0xAB, 0xCD])[..]].concat());
}

#[test]
fn a_plain_file_counts_the_commands() {
    let mut card = with_file(0x00);
    let body = [0x05, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0xAB, 0xCD];
    assert_eq!(run(&mut card, 0x3D, &body), (vec![], 0x00));
    assert_eq!(run(&mut card, 0xBD, &body[..7]), (vec![0xAB, 0xCD], 0x00));
    let request = [&[0x01][..], &mac(0x64, 0x0200, &[0x01])].concat();
    let (reply, status) = run(&mut card, 0x64, &request);
    assert_eq!((reply, status), ([&[0x00], &mac(0x00, 0x0201, &[0x00])[..]].concat(), 0x00));
}

#[test]
fn a_bent_message_writes_nothing_and_ends_the_session() {
    let body = [0x05, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00];
    let full = [&body[..], &enciphered(&[0xAB, 0xCD], 0x01FE)].concat();
    // One data byte less than the header says, properly sealed.
    let short = [&body[..], &enciphered(&[0xAB], 0x01FE)].concat();
    // What fits its MAC and its padding, but is of another length, is told as such.
    for (message, counter, expected) in
        [(&full, 0x01FD, 0x1E), (&full, 0x01FF, 0x1E), (&short, 0x01FE, 0x7E)]
    {
        let mut card = with_file(0x03);
        let sent = [&message[..], &mac(0x3D, counter, message)].concat();
        assert_eq!(status(&mut card, 0x3D, &sent), expected);
        assert_eq!(card.card.authenticated(), None);
        let file = card.card.application().unwrap().file(0x05).unwrap();
        assert!(file.data().unwrap().contents().iter().all(|&byte| byte == 0x00));
    }
}
