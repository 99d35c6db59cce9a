// SPDX-License-Identifier: MIT OR Apache-2.0
//! A small reader of its own: AES authentication, enciphered and MACed reads, written straight from
//! the protocol over the bare ciphers. It shares nothing with the library but the transport.

use aes::Aes128;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use cardwright::transport::{ReplyBuf, Transport};
use cardwright::wire::Messaging;
use cmac::{Cmac, Mac};

/// Selects an application, authenticates with one of its keys and reads an enciphered file of
/// `length` bytes that fits one frame.
pub(crate) fn read_enciphered(
    card: &mut dyn Transport,
    messaging: Messaging,
    aid: [u8; 3],
    key: (u8, [u8; 16]),
    (file, length): (u8, u8),
) -> Vec<u8> {
    let command = [file, 0, 0, 0, length, 0, 0];
    ask_enciphered(card, messaging, aid, key, (0xBD, &command), length.into())
}

/// Selects an application, authenticates with one of its keys and sends a command whose reply is
/// `length` bytes, enciphered.
pub(crate) fn ask_enciphered(
    card: &mut dyn Transport,
    messaging: Messaging,
    aid: [u8; 3],
    (key_no, key): (u8, [u8; 16]),
    command: (u8, &[u8]),
    length: usize,
) -> Vec<u8> {
    send(card, 0x5A, &[aid[2], aid[1], aid[0]]);
    match messaging {
        Messaging::D40 => panic!("D40 messaging has no AES keys"),
        Messaging::Ev1 => {
            let session = authenticate_ev1(card, key_no, key);
            let (iv, reply) = ask_ev1(card, &session, command);
            let plain = cbc_decrypt(&session, iv, &reply);
            let (data, tail) = plain.split_at(length);
            let mut covered = data.to_vec();
            covered.push(0x00);
            assert_eq!(tail[..4], jamcrc(&covered), "checksum of the file");
            data.to_vec()
        }
        Messaging::Ev2 => {
            let (enc, mac, ti) = authenticate_ev2(card, key_no, key);
            let ciphertext = ask_ev2(card, (mac, ti), command);
            let mut iv = [0; 16];
            iv[..2].copy_from_slice(&[0x5A, 0xA5]);
            iv[2..6].copy_from_slice(&ti);
            iv[6] = 0x01;
            let plain = cbc_decrypt(&enc, encrypt(&enc, iv), &ciphertext);
            assert_eq!(plain[length], 0x80, "padding of the reply");
            plain[..length].to_vec()
        }
    }
}

/// Selects an application, authenticates with one of its keys and sends a command whose reply has a
/// MAC, and at least a block in front of it.
pub(crate) fn ask_maced(
    card: &mut dyn Transport,
    messaging: Messaging,
    aid: [u8; 3],
    (key_no, key): (u8, [u8; 16]),
    command: (u8, &[u8]),
) -> Vec<u8> {
    send(card, 0x5A, &[aid[2], aid[1], aid[0]]);
    match messaging {
        Messaging::D40 => panic!("D40 messaging has no AES keys"),
        Messaging::Ev1 => {
            let session = authenticate_ev1(card, key_no, key);
            let (iv, reply) = ask_ev1(card, &session, command);
            let (data, tag) = reply.split_at(reply.len() - 8);
            let mut covered = data.to_vec();
            covered.push(0x00);
            // The chain goes on from the command's MAC.
            for (byte, chained) in covered[..16].iter_mut().zip(iv) {
                *byte ^= chained;
            }
            assert_eq!(tag, &cmac_from_zero(&session, &covered)[..8], "MAC of the reply");
            data.to_vec()
        }
        Messaging::Ev2 => {
            let (_, mac, ti) = authenticate_ev2(card, key_no, key);
            ask_ev2(card, (mac, ti), command)
        }
    }
}

/// The first command of a session in EV1 messaging: its MAC, which the chain goes on from, and the
/// reply.
fn ask_ev1(
    card: &mut dyn Transport,
    session: &[u8; 16],
    (ins, command): (u8, &[u8]),
) -> ([u8; 16], Vec<u8>) {
    let mut message = vec![ins];
    message.extend(command);
    (cmac_from_zero(session, &message), send(card, ins, command))
}

/// The first command of a session in EV2 messaging: the reply without its MAC.
fn ask_ev2(
    card: &mut dyn Transport,
    (mac, ti): ([u8; 16], [u8; 4]),
    (ins, command): (u8, &[u8]),
) -> Vec<u8> {
    let mut message = vec![ins, 0x00, 0x00];
    message.extend(ti);
    message.extend(command);
    let mut command = command.to_vec();
    command.extend(odd_bytes(cmac_from_zero(&mac, &message)));
    let reply = send(card, ins, &command);
    let (data, tag) = reply.split_at(reply.len() - 8);
    let mut message = vec![0x00, 0x01, 0x00];
    message.extend(ti);
    message.extend(data);
    assert_eq!(tag, odd_bytes(cmac_from_zero(&mac, &message)), "MAC of the reply");
    data.to_vec()
}

/// AN10922, AES-128, for inputs that leave room for padding: always two blocks, the last one
/// XORed with the second subkey.
pub(crate) fn diversified(master: [u8; 16], input: &[u8]) -> [u8; 16] {
    let double = |block: [u8; 16]| {
        let number = u128::from_be_bytes(block);
        let carry = if number >> 127 == 1 { 0x87 } else { 0x00 };
        (number << 1 ^ carry).to_be_bytes()
    };
    let k2 = double(double(encrypt(&master, [0; 16])));
    let mut message = vec![0x01];
    message.extend(input);
    message.push(0x80);
    assert!(message.len() <= 32);
    message.resize(32, 0x00);
    for (byte, subkey) in message[16..].iter_mut().zip(k2) {
        *byte ^= subkey;
    }
    cbc_encrypt(&master, [0; 16], &message)[16..].try_into().unwrap()
}

fn authenticate_ev1(card: &mut dyn Transport, key_no: u8, key: [u8; 16]) -> [u8; 16] {
    let challenge = send(card, 0xAA, &[key_no]);
    let rnd_b: [u8; 16] = cbc_decrypt(&key, [0; 16], &challenge).try_into().unwrap();
    let rnd_a = RND_A;
    let mut token = rnd_a.to_vec();
    token.extend(&rnd_b[1..]);
    token.push(rnd_b[0]);
    let token = cbc_encrypt(&key, challenge.try_into().unwrap(), &token);
    let answer = send(card, 0xAF, &token);
    let proof = cbc_decrypt(&key, token[16..].try_into().unwrap(), &answer);
    assert_eq!(proof[..15], rnd_a[1..], "the card's proof");
    let mut session = [0; 16];
    session[..4].copy_from_slice(&rnd_a[..4]);
    session[4..8].copy_from_slice(&rnd_b[..4]);
    session[8..12].copy_from_slice(&rnd_a[12..]);
    session[12..].copy_from_slice(&rnd_b[12..]);
    session
}

fn authenticate_ev2(
    card: &mut dyn Transport,
    key_no: u8,
    key: [u8; 16],
) -> ([u8; 16], [u8; 16], [u8; 4]) {
    let challenge = send(card, 0x71, &[key_no, 0x00]);
    let rnd_b: [u8; 16] = cbc_decrypt(&key, [0; 16], &challenge).try_into().unwrap();
    let rnd_a = RND_A;
    let mut token = rnd_a.to_vec();
    token.extend(&rnd_b[1..]);
    token.push(rnd_b[0]);
    let answer = send(card, 0xAF, &cbc_encrypt(&key, [0; 16], &token));
    let answer = cbc_decrypt(&key, [0; 16], &answer);
    assert_eq!(answer[4..19], rnd_a[1..], "the card's proof");
    let mut context = rnd_a[..2].to_vec();
    context.extend((0..6).map(|at| rnd_a[2 + at] ^ rnd_b[at]));
    context.extend(&rnd_b[6..]);
    context.extend(&rnd_a[8..]);
    let derive = |label: [u8; 2]| {
        let mut message = label.to_vec();
        message.extend([0x00, 0x01, 0x00, 0x80]);
        message.extend(&context);
        cmac_from_zero(&key, &message)
    };
    (derive([0xA5, 0x5A]), derive([0x5A, 0xA5]), answer[..4].try_into().unwrap())
}

/// One native command in one frame; the reply may take more.
pub(crate) fn send(card: &mut dyn Transport, ins: u8, data: &[u8]) -> Vec<u8> {
    let mut command = vec![0x90, ins, 0x00, 0x00];
    if !data.is_empty() {
        command.push(u8::try_from(data.len()).unwrap());
        command.extend(data);
    }
    command.push(0x00);
    let mut whole = Vec::new();
    loop {
        let mut reply = ReplyBuf::new();
        card.exchange(&command, &mut reply).unwrap();
        let (data, status) = reply.split_at(reply.len() - 2);
        whole.extend_from_slice(data);
        match status {
            [0x91, 0x00] => return whole,
            // The first half of an authentication is a reply of its own.
            [0x91, 0xAF] if matches!(ins, 0x0A | 0x1A | 0xAA | 0x71) => return whole,
            [0x91, 0xAF] => command = vec![0x90, 0xAF, 0x00, 0x00, 0x00],
            other => panic!("{ins:02X} was answered {other:02X?}"),
        }
    }
}

fn encrypt(key: &[u8; 16], block: [u8; 16]) -> [u8; 16] {
    let mut block = block.into();
    Aes128::new(key.into()).encrypt_block(&mut block);
    block.into()
}

fn cbc_encrypt(key: &[u8; 16], iv: [u8; 16], data: &[u8]) -> Vec<u8> {
    let mut chain = iv;
    let mut out = Vec::new();
    for block in data.chunks_exact(16) {
        for (chained, byte) in chain.iter_mut().zip(block) {
            *chained ^= byte;
        }
        chain = encrypt(key, chain);
        out.extend(chain);
    }
    out
}

fn cbc_decrypt(key: &[u8; 16], iv: [u8; 16], data: &[u8]) -> Vec<u8> {
    let cipher = Aes128::new(key.into());
    let mut chain = iv;
    let mut out = Vec::new();
    for ciphertext in data.chunks_exact(16) {
        let mut block: [u8; 16] = ciphertext.try_into().unwrap();
        cipher.decrypt_block((&mut block).into());
        out.extend(block.iter().zip(chain).map(|(plain, chained)| plain ^ chained));
        chain.copy_from_slice(ciphertext);
    }
    out
}

fn cmac_from_zero(key: &[u8; 16], message: &[u8]) -> [u8; 16] {
    let mut mac = <Cmac<Aes128> as KeyInit>::new(key.into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn odd_bytes(mac: [u8; 16]) -> Vec<u8> {
    mac.into_iter().skip(1).step_by(2).collect()
}

pub(crate) fn jamcrc(data: &[u8]) -> [u8; 4] {
    let mut crc = u32::MAX;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    crc.to_le_bytes()
}

const RND_A: [u8; 16] = [
    0x1F, 0x2E, 0x3D, 0x4C, 0x5B, 0x6A, 0x79, 0x88, 0x97, 0xA6, 0xB5, 0xC4, 0xD3, 0xE2, 0xF1, 0x00,
];
