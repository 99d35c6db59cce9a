// SPDX-License-Identifier: MIT OR Apache-2.0
//! LRP, the leakage resilient primitive of NXP AN12304, as the host computes it: four bits a step, a
//! block enciphered under a key that every step replaces.

use core::fmt;

use zeroize::Zeroize;

use crate::crypto::cmac::subkeys;
use crate::crypto::{Block, Cipher};
use crate::secret::Secret;

/// A block of AES.
const BLOCK: usize = 16;

/// The data are no whole number of blocks; they were left as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoBlocks;

/// The plaintexts and one updated key of a key (AN12304, 3.1 and 3.2): under these data are enciphered, or
/// MACs made.
pub(crate) struct Lrp {
    plaintexts: Secret<[[u8; BLOCK]; 16]>,
    updated: Secret<[u8; BLOCK]>,
}

impl Lrp {
    /// The plaintexts of a key and its updated key of this number, 0 first. The key itself enciphers two
    /// blocks, whatever comes of it.
    pub(crate) fn of(key: &Cipher, number: u8) -> Self {
        let mut plaintexts = Secret::new([[0; BLOCK]; 16]);
        let mut chain = Chain::new(key, 0x55);
        for plaintext in plaintexts.expose_secret_mut() {
            *plaintext = *chain.next().expose_secret();
        }
        let mut chain = Chain::new(key, 0xAA);
        let mut updated = chain.next();
        for _ in 0..number {
            updated = chain.next();
        }
        Self { plaintexts, updated }
    }

    /// Evaluates the primitive over the nibbles of `bytes`, the high one of each first, and finalizes
    /// (AN12304, 3.2).
    fn eval(&self, bytes: &[u8]) -> Secret<[u8; BLOCK]> {
        finalized(&self.walked(bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F])))
    }

    /// One key after another, each enciphering the plaintext of a nibble to give the next.
    fn walked(&self, nibbles: impl Iterator<Item = u8>) -> Secret<[u8; BLOCK]> {
        let mut y = Secret::new(*self.updated.expose_secret());
        for nibble in nibbles {
            let plaintext = self.plaintexts.expose_secret().get(usize::from(nibble));
            y = enciphered(&Cipher::aes(y.expose_secret()), plaintext.unwrap_or(&[0; BLOCK]));
        }
        y
    }

    /// CMAC with the primitive for the cipher (AN12304, 3.4), of the parts as one message.
    pub(crate) fn cmac(&self, parts: &[&[u8]]) -> [u8; BLOCK] {
        let [k1, k2] = self.subkeys();
        let (mut chain, mut filled) = (Secret::new([0; BLOCK]), 0);
        for byte in parts.iter().copied().flatten() {
            // A full block is worked off only once more follows: the last one takes a subkey.
            if filled == BLOCK {
                chain = self.eval(chain.expose_secret());
                filled = 0;
            }
            if let Some(slot) = chain.expose_secret_mut().get_mut(filled) {
                *slot ^= byte;
            }
            filled += 1;
        }
        if let Some(slot) = chain.expose_secret_mut().get_mut(filled) {
            *slot ^= 0x80;
        }
        let subkey = if filled == BLOCK { k1 } else { k2 };
        for (slot, byte) in chain.expose_secret_mut().iter_mut().zip(subkey.expose_secret().iter())
        {
            *slot ^= byte;
        }
        *self.eval(chain.expose_secret()).expose_secret()
    }

    /// K1 and K2 (AN12304, 3.4).
    fn subkeys(&self) -> [Secret<[u8; BLOCK]>; 2] {
        let zero = self.eval(&[0; BLOCK]);
        let Some(zero) = Block::of(zero.expose_secret()) else { return [0; 2].map(|_| zeros()) };
        subkeys(zero).map(|mut key| {
            let mut bytes = zeros();
            bytes.expose_secret_mut().copy_from_slice(key.as_slice());
            key.zeroize();
            bytes
        })
    }

    /// Enciphers whole blocks in place, each under a key that comes of the counter, which moves on by one a
    /// block (AN12304, 3.3: LRICB). The counter is a number of any length, most significant byte first.
    pub(crate) fn encipher(&self, counter: &mut [u8], data: &mut [u8]) -> Result<(), NoBlocks> {
        self.each(counter, data, Cipher::encrypt_block)
    }

    /// Deciphers whole blocks in place.
    pub(crate) fn decipher(&self, counter: &mut [u8], data: &mut [u8]) -> Result<(), NoBlocks> {
        self.each(counter, data, Cipher::decrypt_block)
    }

    fn each(
        &self,
        counter: &mut [u8],
        data: &mut [u8],
        crypt: impl Fn(&Cipher, &mut Block),
    ) -> Result<(), NoBlocks> {
        if !data.len().is_multiple_of(BLOCK) {
            return Err(NoBlocks);
        }
        for chunk in data.chunks_exact_mut(BLOCK) {
            let cipher = Cipher::aes(self.eval(counter).expose_secret());
            let mut block = cipher.zero_iv();
            block.xor(chunk);
            crypt(&cipher, &mut block);
            chunk.copy_from_slice(block.as_slice());
            for byte in counter.iter_mut().rev() {
                *byte = byte.wrapping_add(1);
                if *byte != 0 {
                    break;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Lrp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lrp(<secret>)")
    }
}

/// Keys that follow from each other: each enciphers a block of `AA` to give something away, and one of `55`
/// to give the next.
struct Chain(Cipher);

impl Chain {
    fn new(key: &Cipher, with: u8) -> Self {
        Self(Cipher::aes(enciphered(key, &[with; BLOCK]).expose_secret()))
    }

    fn next(&mut self) -> Secret<[u8; BLOCK]> {
        let given = enciphered(&self.0, &[0xAA; BLOCK]);
        self.0 = Cipher::aes(enciphered(&self.0, &[0x55; BLOCK]).expose_secret());
        given
    }
}

fn finalized(y: &Secret<[u8; BLOCK]>) -> Secret<[u8; BLOCK]> {
    enciphered(&Cipher::aes(y.expose_secret()), &[0; BLOCK])
}

fn enciphered(cipher: &Cipher, plain: &[u8; BLOCK]) -> Secret<[u8; BLOCK]> {
    let mut block = cipher.zero_iv();
    block.xor(plain);
    cipher.encrypt_block(&mut block);
    let mut bytes = zeros();
    bytes.expose_secret_mut().copy_from_slice(block.as_slice());
    block.zeroize();
    bytes
}

const fn zeros() -> Secret<[u8; BLOCK]> {
    Secret::new([0; BLOCK])
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::host::testing::{array, field, hex, number, text, vectors};

    fn of(inputs: &Value, number: u8) -> Lrp {
        Lrp::of(&Cipher::aes(&array(text(&inputs["key"]))), number)
    }

    /// NXP AN12304, 3.1.
    #[test]
    fn plaintexts_and_updated_keys_are_the_published_ones() {
        let entry = vectors("ev2", "op", "lrp_generate_plaintexts").remove(0);
        let lrp = of(&entry["inputs"], 0);
        for (own, published) in lrp
            .plaintexts
            .expose_secret()
            .iter()
            .zip(entry["expected"]["plaintexts"].as_array().unwrap())
        {
            assert_eq!(hex(own), text(published));
        }
        let entry = vectors("ev2", "op", "lrp_generate_updated_keys").remove(0);
        for (number, published) in (0..).zip(entry["expected"]["updated_keys"].as_array().unwrap())
        {
            let lrp = of(&entry["inputs"], number);
            assert_eq!(hex(lrp.updated.expose_secret()), text(published));
        }
    }

    /// NXP AN12304, 3.2.
    #[test]
    fn the_primitive_is_the_published_one() {
        for entry in vectors("ev2", "op", "lrp_eval") {
            let inputs = &entry["inputs"];
            let nibbles = text(&inputs["iv_nibbles"]).chars();
            let nibbles = nibbles.map(|nibble| nibble.to_digit(16).unwrap().try_into().unwrap());
            let mut y = of(inputs, number(&inputs["updated_key_index"])).walked(nibbles);
            if inputs["finalize"] == true {
                y = finalized(&y);
            }
            assert_eq!(hex(y.expose_secret()), text(&entry["expected"]["y"]));
        }
        let lrp = Lrp::of(&Cipher::aes(&[7; 16]), 0);
        let whole = finalized(&lrp.walked([0x0, 0x1, 0xE, 0xF].into_iter()));
        assert_eq!(lrp.eval(&[0x01, 0xEF]).expose_secret(), whole.expose_secret());
    }

    /// NXP AN12304, 3.4.
    #[test]
    fn macs_and_their_subkeys_are_the_published_ones() {
        for entry in vectors("ev2", "op", "lrp_cmac") {
            let message = field(&entry["inputs"]["message"]);
            let (head, tail) = message.split_at(message.len() / 3);
            let mac = of(&entry["inputs"], 0).cmac(&[head, tail]);
            assert_eq!(hex(&mac), text(&entry["expected"]["mac"]));
        }
        for entry in vectors("ev2", "op", "lrp_cmac_subkeys") {
            let subkeys = of(&entry["inputs"], 0).subkeys().map(|key| hex(key.expose_secret()));
            assert_eq!(subkeys, ["k1", "k2"].map(|key| text(&entry["expected"][key])));
        }
    }

    /// NXP AN12304, 3.3.
    #[test]
    fn blocks_are_enciphered_as_published_and_deciphered_again() {
        for entry in vectors("ev2", "op", "lricb_encrypt") {
            let inputs = &entry["inputs"];
            let plain = field(&inputs["plaintext"]);
            let mut data = plain.clone();
            if inputs["padding_method2"] == true {
                data.push(0x80);
                data.resize(data.len().next_multiple_of(BLOCK), 0x00);
            }
            let padded = data.clone();
            let (lrp, counter) = (of(inputs, 0), field(&inputs["counter"]));
            let mut moved = counter.clone();
            lrp.encipher(&mut moved, &mut data).unwrap();
            assert_eq!(hex(&data), text(&entry["expected"]["ciphertext"]), "{}", entry["name"]);
            assert_ne!(moved, counter);
            lrp.decipher(&mut counter.clone(), &mut data).unwrap();
            assert_eq!(data, padded);
        }
    }

    #[test]
    fn what_is_no_block_is_refused_and_left_as_it_was() {
        let lrp = Lrp::of(&Cipher::aes(&[7; 16]), 0);
        let (mut counter, mut data) = ([0, 1], [9; 17]);
        assert!(lrp.encipher(&mut counter, &mut data).is_err());
        assert!(lrp.decipher(&mut counter, &mut data).is_err());
        assert_eq!((counter, data), ([0, 1], [9; 17]));
        assert_eq!(format!("{lrp:?}"), "Lrp(<secret>)");
    }
}
