// SPDX-License-Identifier: MIT OR Apache-2.0
//! The leakage resilient primitive on the card (NXP AN12304): each call of AES has a key of its own, and
//! of what an observer can choose only 4 bits go under one key.

use core::fmt;

use zeroize::{Zeroize, Zeroizing};

use crate::crypto::{Block, Cipher};

/// A key as the primitive uses it: plaintexts, and one updated key. Wiped on drop.
#[derive(Clone)]
pub(super) struct Lrp {
    /// Behind a pointer, so that a key that is moved leaves no copy behind.
    plaintexts: Box<Zeroizing<[[u8; 16]; PLAINTEXTS]>>,
    updated: Zeroizing<[u8; 16]>,
}

impl Lrp {
    /// The key with its updated key of this number, from 0 (AN12304, 3.1, algorithms 1 and 2).
    pub(super) fn new(key: &[u8; 16], number: u8) -> Self {
        Self { plaintexts: plaintexts(key), updated: updated(key, number) }
    }

    /// What the primitive makes of 4-bit pieces, the first first (AN12304, 3.2, algorithm 3), after its
    /// last step.
    fn evaluate(&self, input: impl IntoIterator<Item = u8>) -> Zeroizing<[u8; 16]> {
        let mut y = self.walk(input);
        step(&mut y, &ZEROS);
        y
    }

    /// [`Lrp::evaluate`] without its last step.
    fn walk(&self, input: impl IntoIterator<Item = u8>) -> Zeroizing<[u8; 16]> {
        let mut y = self.updated.clone();
        for piece in input {
            // Below 16, as there are plaintexts.
            let plaintext = self.plaintexts.get(usize::from(piece & 0x0F)).unwrap_or(&[0; 16]);
            step(&mut y, plaintext);
        }
        y
    }

    /// CMAC-LRP of the parts as one message (AN12304, 3.4): RFC 4493 over the primitive.
    pub(super) fn mac(&self, parts: &[&[u8]]) -> [u8; 16] {
        let message = Zeroizing::new(parts.concat());
        let k1 = doubled(&self.evaluate(pieces(&ZEROS)));
        let (blocks, rest) = message.as_chunks::<16>();
        // A last block that is complete takes K1, any other is padded and takes K2.
        let (front, last) = match (blocks.split_last(), rest) {
            (Some((last, front)), []) => (front, mixed(&k1, last)),
            (_, rest) => {
                let mut padded = Zeroizing::new([0; 16]);
                let marked = rest.iter().copied().chain([0x80]);
                padded.iter_mut().zip(marked).for_each(|(slot, byte)| *slot = byte);
                (blocks, mixed(&doubled(&k1), &padded))
            }
        };
        let mut state = Zeroizing::new([0; 16]);
        for block in front {
            state = self.evaluate(pieces(mixed(&state, block).as_slice()));
        }
        *self.evaluate(pieces(mixed(&state, &last).as_slice()))
    }

    /// LRICB encryption in place (AN12304, 3.3), which moves the counter on by one for each block; `None`,
    /// with nothing changed, where `data` is no whole number of blocks.
    pub(super) fn encrypt(&self, counter: &mut [u8], data: &mut [u8]) -> Option<()> {
        self.each_block(counter, data, Cipher::encrypt_block)
    }

    /// The way back from [`Lrp::encrypt`].
    pub(super) fn decrypt(&self, counter: &mut [u8], data: &mut [u8]) -> Option<()> {
        self.each_block(counter, data, Cipher::decrypt_block)
    }

    fn each_block(
        &self,
        counter: &mut [u8],
        data: &mut [u8],
        act: impl Fn(&Cipher, &mut Block),
    ) -> Option<()> {
        let (blocks, []) = data.as_chunks_mut::<16>() else { return None };
        for block in blocks {
            let cipher = Cipher::aes(&self.evaluate(pieces(counter)));
            let mut text = cipher.zero_iv();
            text.as_mut_slice().copy_from_slice(block);
            act(&cipher, &mut text);
            block.copy_from_slice(text.as_slice());
            text.as_mut_slice().zeroize();
            advance(counter);
        }
        Some(())
    }
}

impl fmt::Debug for Lrp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lrp(<secret>)")
    }
}

/// Algorithm 1: a plaintext for each value of 4 bits.
fn plaintexts(key: &[u8; 16]) -> Box<Zeroizing<[[u8; 16]; PLAINTEXTS]>> {
    let mut h = Zeroizing::new(*key);
    step(&mut h, &FIVES);
    let mut all = Box::new(Zeroizing::new([[0; 16]; PLAINTEXTS]));
    for slot in all.iter_mut() {
        let mut plaintext = h.clone();
        step(&mut plaintext, &TENS);
        *slot = *plaintext;
        step(&mut h, &FIVES);
    }
    all
}

/// Algorithm 2: the updated key of this number.
fn updated(key: &[u8; 16], number: u8) -> Zeroizing<[u8; 16]> {
    let mut h = Zeroizing::new(*key);
    step(&mut h, &TENS);
    for _ in 0..number {
        step(&mut h, &FIVES);
    }
    step(&mut h, &TENS);
    h
}

/// `y` becomes the text enciphered under it.
fn step(y: &mut Zeroizing<[u8; 16]>, text: &[u8; 16]) {
    let cipher = Cipher::aes(y);
    let mut block = cipher.zero_iv();
    block.as_mut_slice().copy_from_slice(text);
    cipher.encrypt_block(&mut block);
    y.copy_from_slice(block.as_slice());
    block.as_mut_slice().zeroize();
}

/// The halves of bytes, the high one first.
fn pieces(bytes: &[u8]) -> impl Iterator<Item = u8> {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F])
}

/// Twice a block in the field of RFC 4493, 2.3.
fn doubled(block: &[u8; 16]) -> Zeroizing<[u8; 16]> {
    let number = u128::from_be_bytes(*block);
    let carry = (number >> 127).wrapping_mul(0x87);
    Zeroizing::new(((number << 1) ^ carry).to_be_bytes())
}

fn mixed(a: &[u8; 16], b: &[u8; 16]) -> Zeroizing<[u8; 16]> {
    Zeroizing::new((u128::from_be_bytes(*a) ^ u128::from_be_bytes(*b)).to_be_bytes())
}

/// One more, high byte first; after the highest comes 0.
fn advance(counter: &mut [u8]) {
    for byte in counter.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
}

/// The last step of an evaluation, and the input that subkeys of a MAC come from.
const ZEROS: [u8; 16] = [0x00; 16];
/// One for each value of 4 bits.
const PLAINTEXTS: usize = 16;
/// What leads from one key to the next.
const FIVES: [u8; 16] = [0x55; 16];
/// What makes of a key what is used.
const TENS: [u8; 16] = [0xAA; 16];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::tests::support::{bytes, ev2_vectors, text};

    fn upper(bytes: impl AsRef<[u8]>) -> String {
        hex::encode_upper(bytes)
    }

    /// AN12304, 3.1.
    #[test]
    fn plaintexts_and_updated_keys_are_those_published() {
        for vector in ev2_vectors("lrp_generate_plaintexts") {
            let all = plaintexts(&bytes(&vector["inputs"]["key"]));
            let all: Vec<String> = all.iter().map(upper).collect();
            assert_eq!(serde_json::json!(all), vector["expected"]["plaintexts"]);
        }
        for vector in ev2_vectors("lrp_generate_updated_keys") {
            let key = bytes(&vector["inputs"]["key"]);
            let published = vector["expected"]["updated_keys"].as_array().unwrap();
            assert!(published.len() > 1);
            for (number, expected) in (0..).zip(published) {
                assert_eq!(upper(*updated(&key, number)), text(expected));
            }
        }
    }

    /// AN12304, 3.2.
    #[test]
    fn evaluations_are_those_published() {
        for vector in ev2_vectors("lrp_eval") {
            let inputs = &vector["inputs"];
            let number = u8::try_from(inputs["updated_key_index"].as_u64().unwrap()).unwrap();
            let lrp = Lrp::new(&bytes(&inputs["key"]), number);
            let digits = text(&inputs["iv_nibbles"]).chars();
            let input = digits.map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap());
            let y = if inputs["finalize"].as_bool().unwrap() {
                lrp.evaluate(input)
            } else {
                lrp.walk(input)
            };
            assert_eq!(upper(*y), text(&vector["expected"]["y"]), "{}", vector["name"]);
        }
    }

    /// AN12304, 3.3.
    #[test]
    fn blocks_are_enciphered_as_published_and_back() {
        for vector in ev2_vectors("lricb_encrypt") {
            let inputs = &vector["inputs"];
            let lrp = Lrp::new(&bytes(&inputs["key"]), 0);
            let mut data = hex::decode(text(&inputs["plaintext"])).unwrap();
            if inputs["padding_method2"].as_bool().unwrap() {
                data.push(0x80);
                data.resize(data.len().next_multiple_of(16), 0x00);
            }
            let (plain, start) = (data.clone(), hex::decode(text(&inputs["counter"])).unwrap());
            let mut counter = start.clone();
            lrp.encrypt(&mut counter, &mut data).unwrap();
            assert_eq!(upper(&data), text(&vector["expected"]["ciphertext"]), "{}", vector["name"]);
            let mut again = start;
            lrp.decrypt(&mut again, &mut data).unwrap();
            assert_eq!((data, again), (plain, counter));
        }
        let lrp = Lrp::new(&[0x11; 16], 1);
        assert_eq!(lrp.encrypt(&mut [0; 4], &mut [0; 15]), None);
    }

    /// AN12304, 3.4.
    #[test]
    fn macs_are_those_published() {
        for vector in ev2_vectors("lrp_cmac") {
            let lrp = Lrp::new(&bytes(&vector["inputs"]["key"]), 0);
            let message = hex::decode(text(&vector["inputs"]["message"])).unwrap();
            let (front, back) = message.split_at(message.len() / 3);
            let mac = upper(lrp.mac(&[front, back]));
            assert_eq!(mac, text(&vector["expected"]["mac"]), "{}", vector["name"]);
        }
        for vector in ev2_vectors("lrp_cmac_subkeys") {
            let lrp = Lrp::new(&bytes(&vector["inputs"]["key"]), 0);
            let k1 = doubled(&lrp.evaluate(pieces(&ZEROS)));
            assert_eq!(upper(*k1), text(&vector["expected"]["k1"]));
            assert_eq!(upper(*doubled(&k1)), text(&vector["expected"]["k2"]));
        }
    }
}
