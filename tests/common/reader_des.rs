// SPDX-License-Identifier: MIT OR Apache-2.0
//! A small reader for triple DES: authentication and reads in D40 and EV1 messaging, written
//! straight from the protocol over the bare cipher. It shares nothing with the library but the
//! transport. A key of two parts is one of three whose third is the first.

use cardwright::transport::Transport;
use cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use cmac::{Cmac, Mac};
use des::TdesEde3;

use super::reader::{jamcrc, send};

type Block = [u8; 8];

/// Selects an application and authenticates in D40 messaging under a 2K3DES key.
pub(crate) fn open_d40(
    card: &mut dyn Transport,
    aid: [u8; 3],
    (key_no, key): (u8, &[u8]),
) -> [u8; 24] {
    send(card, 0x5A, &[aid[2], aid[1], aid[0]]);
    let key = three_parts(key);
    let challenge: Block = send(card, 0x0A, &[key_no]).try_into().unwrap();
    let rnd_b = decrypt(&key, challenge);
    let [first, rest @ ..] = rnd_b;
    let mut turned = rest.to_vec();
    turned.push(first);
    // The reader only ever deciphers, also what it sends.
    let one = decrypt(&key, RND_A[..8].try_into().unwrap());
    let two = decrypt(&key, xor(turned.try_into().unwrap(), one));
    let answer: Block = send(card, 0xAF, &[one, two].concat()).try_into().unwrap();
    assert_eq!(decrypt(&key, answer)[..7], RND_A[1..8], "the card's proof");
    let session = [&RND_A[..4], &rnd_b[..4], &RND_A[4..8], &rnd_b[4..]].concat();
    three_parts(&session)
}

/// Sends a command in D40 messaging whose reply is `length` bytes, enciphered.
pub(crate) fn read_d40(
    card: &mut dyn Transport,
    session: &[u8; 24],
    (ins, command): (u8, &[u8]),
    length: usize,
) -> Vec<u8> {
    let reply = send(card, ins, command);
    let plain = cbc_decrypt(session, [0; 8], &reply);
    let (data, tail) = plain.split_at(length);
    assert_eq!(tail[..2], crc_a(data), "checksum of the reply");
    data.to_vec()
}

/// GetValue in D40 messaging, MACed.
pub(crate) fn value_d40(card: &mut dyn Transport, session: &[u8; 24], file: u8) -> i32 {
    let reply = send(card, 0x6C, &[file]);
    let (value, mac) = reply.split_at(4);
    let mut block = [0; 8];
    block[..4].copy_from_slice(value);
    assert_eq!(mac, &encrypt(session, block)[..4], "MAC of the value");
    i32::from_le_bytes(value.try_into().unwrap())
}

/// Selects an application and authenticates in EV1 messaging under a 3K3DES key.
pub(crate) fn open_ev1(
    card: &mut dyn Transport,
    aid: [u8; 3],
    (key_no, key): (u8, &[u8; 24]),
) -> [u8; 24] {
    send(card, 0x5A, &[aid[2], aid[1], aid[0]]);
    let challenge = send(card, 0x1A, &[key_no]);
    let rnd_b = cbc_decrypt(key, [0; 8], &challenge);
    let mut token = RND_A.to_vec();
    token.extend(&rnd_b[1..]);
    token.push(rnd_b[0]);
    let token = cbc_encrypt(key, challenge[8..].try_into().unwrap(), &token);
    let answer = send(card, 0xAF, &token);
    let proof = cbc_decrypt(key, token[24..].try_into().unwrap(), &answer);
    assert_eq!(proof[..15], RND_A[1..], "the card's proof");
    let part = |from: usize| [&RND_A[from..from + 4], &rnd_b[from..from + 4]].concat();
    [part(0), part(6), part(12)].concat().try_into().unwrap()
}

/// Sends the first command of a session in EV1 messaging whose reply is `length` bytes, enciphered.
pub(crate) fn read_ev1(
    card: &mut dyn Transport,
    session: &[u8; 24],
    (ins, command): (u8, &[u8]),
    length: usize,
) -> Vec<u8> {
    let iv = mac(session, [0; 8], &[&[ins], command].concat());
    let reply = send(card, ins, command);
    let plain = cbc_decrypt(session, iv, &reply);
    let (data, tail) = plain.split_at(length);
    assert_eq!(tail[..4], jamcrc(&[data, &[0x00]].concat()), "checksum of the reply");
    data.to_vec()
}

/// Sends the first command of a session in EV1 messaging whose reply is MACed, at least a block.
pub(crate) fn read_maced_ev1(
    card: &mut dyn Transport,
    session: &[u8; 24],
    (ins, command): (u8, &[u8]),
) -> Vec<u8> {
    let iv = mac(session, [0; 8], &[&[ins], command].concat());
    let reply = send(card, ins, command);
    let (data, tag) = reply.split_at(reply.len() - 8);
    assert_eq!(tag, mac(session, iv, &[data, &[0x00]].concat()), "MAC of the reply");
    data.to_vec()
}

/// AN10922, 3K3DES, for inputs of 8 to 14 bytes, which leave room for padding in two blocks.
pub(crate) fn diversified(master: &[u8; 24], input: &[u8]) -> [u8; 24] {
    let part = |label: u8| mac(master, [0; 8], &[&[label], input].concat());
    [part(0x31), part(0x32), part(0x33)].concat().try_into().unwrap()
}

fn three_parts(key: &[u8]) -> [u8; 24] {
    [key, &key[..8]].concat().try_into().unwrap()
}

/// CMAC whose chain starts with `iv`; the message has at least a block where that is not zero.
fn mac(key: &[u8; 24], iv: Block, message: &[u8]) -> Block {
    let mut message = message.to_vec();
    assert!(iv == [0; 8] || message.len() >= 8);
    for (byte, chained) in message.iter_mut().zip(iv) {
        *byte ^= chained;
    }
    let mut mac = <Cmac<TdesEde3> as KeyInit>::new(key.into());
    mac.update(&message);
    mac.finalize().into_bytes().into()
}

fn crc_a(data: &[u8]) -> [u8; 2] {
    let mut crc = 0x6363_u16;
    for byte in data {
        crc ^= u16::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0x8408 } else { crc >> 1 };
        }
    }
    crc.to_le_bytes()
}

fn encrypt(key: &[u8; 24], block: Block) -> Block {
    let mut block = block.into();
    TdesEde3::new(key.into()).encrypt_block(&mut block);
    block.into()
}

fn decrypt(key: &[u8; 24], block: Block) -> Block {
    let mut block = block.into();
    TdesEde3::new(key.into()).decrypt_block(&mut block);
    block.into()
}

fn cbc_encrypt(key: &[u8; 24], iv: Block, data: &[u8]) -> Vec<u8> {
    let mut chain = iv;
    let blocks = data.chunks_exact(8).map(|block| {
        chain = encrypt(key, xor(block.try_into().unwrap(), chain));
        chain
    });
    blocks.flatten().collect()
}

fn cbc_decrypt(key: &[u8; 24], iv: Block, data: &[u8]) -> Vec<u8> {
    let mut chain = iv;
    let blocks = data.chunks_exact(8).map(|block| {
        let block: Block = block.try_into().unwrap();
        let plain = xor(decrypt(key, block), chain);
        chain = block;
        plain
    });
    blocks.flatten().collect()
}

fn xor(one: Block, other: Block) -> Block {
    core::array::from_fn(|at| one[at] ^ other[at])
}

const RND_A: [u8; 16] = [
    0x1F, 0x2E, 0x3D, 0x4C, 0x5B, 0x6A, 0x79, 0x88, 0x97, 0xA6, 0xB5, 0xC4, 0xD3, 0xE2, 0xF1, 0x00,
];
