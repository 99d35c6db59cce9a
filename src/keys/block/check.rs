// SPDX-License-Identifier: MIT OR Apache-2.0
//! Check values that a block tells: of its key, and of the key that it is under.

use super::error::BlockError;
use super::header::Header;
use super::protection::ProtectionKey;
use crate::crypto::{Block, ChainedCmac, Cipher};

/// Of the key in the block, and of its protection key (ANSI X9.143, 6.3.6.7 and 6.3.6.12).
const OF_KEY: [u8; 2] = *b"KC";
pub(super) const OF_PROTECTION: [u8; 2] = *b"KP";

impl Header {
    /// Compares the check values that are told with those of the keys, where it is known how they are made.
    ///
    /// # Errors
    /// [`BlockError::CheckValue`], [`BlockError::ProtectionCheckValue`], [`BlockError::NoCheckValue`].
    pub(super) fn checked(&self, key: &[u8], protection: &ProtectionKey) -> Result<(), BlockError> {
        if let Some(of_key) = self.find(OF_KEY)
            && let Some(cipher) = cipher(self.algorithm, key)
            && !is_right(&of_key.data, &ChainedCmac::new(cipher), "KC")?
        {
            return Err(BlockError::CheckValue);
        }
        match self.find(OF_PROTECTION) {
            Some(of) if !is_right(&of.data, protection.cmac(), "KP")? => {
                Err(BlockError::ProtectionCheckValue)
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// The cipher of the key in a block; `None` of a key that has no check value by a known method.
fn cipher(algorithm: u8, key: &[u8]) -> Option<Cipher> {
    match (algorithm, key.len()) {
        (b'A', 16) => Some(Cipher::aes(key.try_into().ok()?)),
        (b'A', 24) => Some(Cipher::aes192(key.try_into().ok()?)),
        (b'A', 32) => Some(Cipher::aes256(key.try_into().ok()?)),
        (b'T', 16) => Some(Cipher::tdes2(key.try_into().ok()?)),
        (b'T', 24) => Some(Cipher::tdes3(key.try_into().ok()?)),
        _ => None,
    }
}

/// Whether a check value is that of the key; one that is made in an unknown way is taken as it is.
fn is_right(told: &str, key: &ChainedCmac, of: &'static str) -> Result<bool, BlockError> {
    let wrong = BlockError::NoCheckValue { of };
    let (method, digits) = told.split_at_checked(2).ok_or(wrong)?;
    let Some((made, most)) = made(method, key) else { return Ok(true) };
    let told = hex::decode(digits).map_err(|_| wrong)?;
    match (LEAST..=most).contains(&told.len()) {
        true => Ok(made.as_slice().starts_with(&told)),
        false => Err(wrong),
    }
}

/// Fewer bytes of a check value tell too little.
const LEAST: usize = 2;

/// What a check value is the beginning of, and how many bytes it has at most (ANSI X9.24-1, 7.7.2 and annex A).
fn made(method: &str, key: &ChainedCmac) -> Option<(Block, usize)> {
    let mut block = key.cipher().zero_iv();
    match (method, key.cipher().block_size()) {
        // A block of zeros enciphered; for triple DES alone.
        ("00", 8) => {
            key.cipher().encrypt_block(&mut block);
            Some((block, 3))
        }
        // The CMAC of a block of zeros.
        ("01", size) => {
            key.mac(&mut block, &[[0; 16].get(..size)?]);
            Some((block, 5))
        }
        _ => None,
    }
}
