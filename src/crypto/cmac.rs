// SPDX-License-Identifier: MIT OR Apache-2.0
//! CMAC (NIST SP 800-38B): the plain one, and one whose chaining value starts anywhere.
//!
//! EV1 messaging threads one initial value through every CMAC and every encryption, so the MAC of
//! a message starts from the last one. The `cmac` crate always starts from zero; [`ChainedCmac`]
//! is for that case only, [`AesCmac`] for all others.

use core::fmt;

use cmac::{Cmac, Mac};

use super::cipher::prepared;
use super::{Block, Cipher};
use crate::secret::wipe_frames;

/// AES-CMAC from a chaining value of zero (RFC 4493), with the key schedule kept.
#[derive(Clone)]
pub struct AesCmac(Box<Cmac<aes::Aes128>>);

impl AesCmac {
    /// Prepares the key.
    #[must_use]
    pub fn new(key: &[u8; 16]) -> Self {
        Self(prepared(key.into()))
    }

    /// The MAC of the parts as one message.
    #[must_use]
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mac = self.copied(parts);
        // The key was copied for it.
        wipe_frames();
        mac
    }

    #[inline(never)]
    fn copied(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mut mac = Cmac::clone(&self.0);
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for AesCmac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AesCmac(<secret>)")
    }
}

/// A CMAC key over any [`Cipher`], for messages whose chaining value does not start at zero and
/// for constructions that need the subkeys themselves.
#[derive(Clone)]
pub struct ChainedCmac {
    cipher: Cipher,
    k1: Block,
    k2: Block,
}

impl ChainedCmac {
    /// Derives the subkeys (SP 800-38B, 6.1).
    #[must_use]
    pub fn new(cipher: Cipher) -> Self {
        let mut l = cipher.zero_iv();
        cipher.encrypt_block(&mut l);
        let [k1, k2] = subkeys(l);
        Self { cipher, k1, k2 }
    }

    /// The cipher, for the encryptions that share its key.
    #[must_use]
    pub const fn cipher(&self) -> &Cipher {
        &self.cipher
    }

    /// K1, for a last block that is complete.
    #[must_use]
    pub const fn k1(&self) -> &Block {
        &self.k1
    }

    /// K2, for a last block that had to be padded.
    #[must_use]
    pub const fn k2(&self) -> &Block {
        &self.k2
    }

    /// The MAC of the parts as one message, chained from `iv`, which becomes the whole MAC.
    pub fn mac(&self, iv: &mut Block, parts: &[&[u8]]) {
        self.chain(iv, parts);
        wipe_frames();
    }

    #[inline(never)]
    fn chain(&self, iv: &mut Block, parts: &[&[u8]]) {
        let block = self.cipher.block_size();
        let mut filled = 0;
        for byte in parts.iter().copied().flatten() {
            // A full block is worked off only once more follows: the last one takes a subkey.
            if filled == block {
                self.cipher.encrypt_block(iv);
                filled = 0;
            }
            if let Some(slot) = iv.as_mut_slice().get_mut(filled) {
                *slot ^= byte;
            }
            filled += 1;
        }
        if filled == block {
            iv.xor(self.k1.as_slice());
        } else {
            if let Some(slot) = iv.as_mut_slice().get_mut(filled) {
                *slot ^= 0x80;
            }
            iv.xor(self.k2.as_slice());
        }
        self.cipher.encrypt_block(iv);
    }
}

impl fmt::Debug for ChainedCmac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChainedCmac({:?})", self.cipher)
    }
}

impl Drop for ChainedCmac {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.k1.zeroize();
        self.k2.zeroize();
    }
}

/// K1 and K2 from a block of zeros, enciphered (SP 800-38B, 6.1).
pub(crate) fn subkeys(l: Block) -> [Block; 2] {
    let k1 = doubled(l);
    [k1, doubled(k1)]
}

/// Doubling in the field of SP 800-38B, 5.3: Rb is `1B` for 8-byte blocks, `87` for 16.
fn doubled(mut block: Block) -> Block {
    let rb = if block.as_slice().len() == 8 { 0x1B } else { 0x87 };
    let mut carry = 0;
    for byte in block.as_mut_slice().iter_mut().rev() {
        let next = *byte >> 7;
        *byte = (*byte << 1) | carry;
        carry = next;
    }
    if let Some(last) = block.as_mut_slice().last_mut() {
        *last ^= rb * carry;
    }
    block
}
