// SPDX-License-Identifier: MIT OR Apache-2.0
//! Block ciphers, chaining and MACs for whoever talks to a card without the library: the man in the
//! middle and the referee.

use aes::Aes128;
use cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use des::TdesEde3;

use super::lrp::Lrp;

/// The families of keys that a card tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// DES and 2K3DES, 16 bytes.
    Des,
    /// 3K3DES, 24 bytes.
    Tdes3,
    /// AES, 16 bytes and a version.
    Aes,
}

/// A key as bytes. The parity bits of a DES key, which hold its version, encipher nothing.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) family: Family,
    pub(crate) bytes: Vec<u8>,
}

impl Key {
    pub(crate) const fn new(family: Family, bytes: Vec<u8>) -> Self {
        Self { family, bytes }
    }

    /// What a card of the factory and a new application have.
    pub(crate) fn zero(family: Family) -> Self {
        Self::new(family, vec![0; family.length()])
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.same(&Self::zero(self.family))
    }

    pub(crate) fn cipher(&self) -> Cipher {
        Cipher::new(self.family, &self.bytes)
    }

    /// Whether it enciphers as the other does.
    pub(crate) fn same(&self, other: &Self) -> bool {
        let bits = if self.family == Family::Aes { 0xFF } else { 0xFE };
        let even = |key: &Self| key.bytes.iter().map(|byte| byte & bits).collect::<Vec<_>>();
        self.family == other.family && even(self) == even(other)
    }
}

impl Family {
    pub(crate) const fn length(self) -> usize {
        match self {
            Self::Des | Self::Aes => 16,
            Self::Tdes3 => 24,
        }
    }
}

/// A cipher under a key.
#[derive(Clone)]
pub(crate) enum Cipher {
    Aes(Box<Aes128>),
    Des(Box<TdesEde3>),
    /// Where no block comes back.
    Lrp(Box<Lrp>),
}

impl Cipher {
    /// A DES key of one part or two stands for three.
    pub(crate) fn new(family: Family, key: &[u8]) -> Self {
        let key: Vec<u8> = match (family, key.len()) {
            (_, 8) => key.repeat(3),
            (Family::Des, _) => [key, &key[..8]].concat(),
            (Family::Tdes3 | Family::Aes, _) => key.to_vec(),
        };
        match family {
            Family::Aes => Self::Aes(Box::new(Aes128::new_from_slice(&key).unwrap())),
            Family::Des | Family::Tdes3 => {
                Self::Des(Box::new(TdesEde3::new_from_slice(&key).unwrap()))
            }
        }
    }

    pub(crate) const fn block(&self) -> usize {
        match self {
            Self::Aes(_) | Self::Lrp(_) => 16,
            Self::Des(_) => 8,
        }
    }

    pub(crate) fn zero_iv(&self) -> Vec<u8> {
        vec![0; self.block()]
    }

    pub(crate) fn encrypt(&self, block: &mut [u8]) {
        match self {
            Self::Aes(cipher) => cipher.encrypt_block(block.try_into().unwrap()),
            Self::Des(cipher) => cipher.encrypt_block(block.try_into().unwrap()),
            Self::Lrp(lrp) => block.copy_from_slice(&lrp.value(block)),
        }
    }

    pub(crate) fn decrypt(&self, block: &mut [u8]) {
        match self {
            Self::Aes(cipher) => cipher.decrypt_block(block.try_into().unwrap()),
            Self::Des(cipher) => cipher.decrypt_block(block.try_into().unwrap()),
            Self::Lrp(_) => panic!("LRP leads nowhere back"),
        }
    }

    /// CBC over whole blocks; the last one is where the chain goes on from.
    pub(crate) fn cbc_encrypt(&self, iv: &mut [u8], data: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(data.len());
        for block in data.chunks_exact(self.block()) {
            add(iv, block);
            self.encrypt(iv);
            out.extend_from_slice(iv);
        }
        out
    }

    pub(crate) fn cbc_decrypt(&self, iv: &mut [u8], data: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(data.len());
        for block in data.chunks_exact(self.block()) {
            let mut plain = block.to_vec();
            self.decrypt(&mut plain);
            add(&mut plain, iv);
            out.extend(plain);
            iv.copy_from_slice(block);
        }
        out
    }

    /// What a host sends enciphered in D40 messaging: each block XORed with the one sent before it,
    /// then deciphered.
    pub(crate) fn decipher_on_send(&self, data: &[u8]) -> Vec<u8> {
        let (mut chain, mut out) = (self.zero_iv(), Vec::new());
        for block in data.chunks_exact(self.block()) {
            add(&mut chain, block);
            self.decrypt(&mut chain);
            out.extend_from_slice(&chain);
        }
        out
    }

    /// What undoes it.
    pub(crate) fn encipher_on_arrival(&self, data: &[u8]) -> Vec<u8> {
        let (mut chain, mut out) = (self.zero_iv(), Vec::new());
        for block in data.chunks_exact(self.block()) {
            let mut plain = block.to_vec();
            self.encrypt(&mut plain);
            add(&mut plain, &chain);
            out.extend(plain);
            chain.copy_from_slice(block);
        }
        out
    }

    /// CMAC whose chain starts with `iv`.
    pub(crate) fn cmac(&self, iv: &[u8], message: &[u8]) -> Vec<u8> {
        let block = self.block();
        let [one, two] = self.subkeys();
        let mut padded = message.to_vec();
        let mut last = one;
        if message.is_empty() || !message.len().is_multiple_of(block) {
            padded.push(0x80);
            padded.resize(padded.len().next_multiple_of(block), 0x00);
            last = two;
        }
        let end = padded.len() - block;
        add(&mut padded[end..], &last);
        let mut chain = iv.to_vec();
        let _all = self.cbc_encrypt(&mut chain, &padded);
        chain
    }

    fn subkeys(&self) -> [Vec<u8>; 2] {
        let double = |block: &[u8]| {
            let carry = block[0] >> 7 == 1;
            let shifted = |at: usize| {
                let next = block.get(at + 1).map_or(0, |next| next >> 7);
                block[at] << 1 | next
            };
            let mut out: Vec<u8> = (0..block.len()).map(shifted).collect();
            if carry {
                *out.last_mut().unwrap() ^= if block.len() == 16 { 0x87 } else { 0x1B };
            }
            out
        };
        let mut zero = self.zero_iv();
        self.encrypt(&mut zero);
        let one = double(&zero);
        let two = double(&one);
        [one, two]
    }
}

/// NXP AN10922 with an input of at most 31 bytes: the constant of the part, the input, always two
/// blocks, the last one XORed with the subkey.
pub(crate) fn diversified(master: &Key, input: &[u8]) -> Key {
    let parts: &[u8] = match master.family {
        Family::Aes => &[0x01],
        Family::Des => &[0x21, 0x22],
        Family::Tdes3 => &[0x31, 0x32, 0x33],
    };
    let cipher = master.cipher();
    let block = cipher.block();
    let [one, two] = cipher.subkeys();
    let part = |constant: &u8| {
        let mut message = vec![*constant];
        message.extend(input);
        let full = message.len() == 2 * block;
        if !full {
            message.push(0x80);
            message.resize(2 * block, 0x00);
        }
        add(&mut message[block..], if full { &one } else { &two });
        cipher.cbc_encrypt(&mut cipher.zero_iv(), &message).split_off(block)
    };
    Key::new(master.family, parts.iter().flat_map(part).collect())
}

/// XORs as many bytes as both have.
pub(crate) fn add(one: &mut [u8], other: &[u8]) {
    for (byte, other) in one.iter_mut().zip(other) {
        *byte ^= other;
    }
}

/// The bytes with the first one last.
pub(crate) fn turned(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.rotate_left(1);
    bytes
}

/// ISO/IEC 14443-3 CRC-A as D40 messaging has it.
pub(crate) fn crc16(data: &[u8]) -> [u8; 2] {
    reflected(0x6363, 0x8408, data).to_le_bytes()[..2].try_into().unwrap()
}

/// CRC-32 without the final complement.
pub(crate) fn crc32(data: &[u8]) -> [u8; 4] {
    reflected(u32::MAX, 0xEDB8_8320, data).to_le_bytes()
}

fn reflected(start: u32, polynomial: u32, data: &[u8]) -> u32 {
    let mut crc = start;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ polynomial } else { crc >> 1 };
        }
    }
    crc
}
