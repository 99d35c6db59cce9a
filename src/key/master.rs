// SPDX-License-Identifier: MIT OR Apache-2.0
//! An issuer's key in memory.

use core::fmt;

use arrayvec::ArrayVec;

use super::{CardKey, IssuerKey, KeyError, Life, LowBits, Operations, Purpose};
use crate::crypto::{Block, ChainedCmac, Cipher};
use crate::secret::Secret;
use crate::wire::{KeyType, KeyVersion};

/// An issuer's key in memory. It makes card keys, by a diversification scheme or, where a site has
/// decided so, as itself.
#[derive(Clone)]
pub struct MasterKey {
    key_type: KeyType,
    purpose: Purpose,
    life: Life,
    guessable: bool,
    /// Behind a pointer, so that a key that is moved leaves no copy behind.
    secret: Box<Material>,
}

#[derive(Clone)]
struct Material {
    bytes: Secret<ArrayVec<u8, 24>>,
    cmac: ChainedCmac,
}

impl MasterKey {
    /// Takes an AES-128 key in and prepares its schedule once. The caller's own copy stays the
    /// caller's business. It is for tests unless it is said to be for something else.
    #[must_use]
    pub fn aes(bytes: &[u8; 16]) -> Self {
        Self::with(KeyType::Aes, bytes, Cipher::aes(bytes))
    }

    /// Takes a DES key (both halves equal) or 2-key triple DES key in.
    #[must_use]
    pub fn des(bytes: &[u8; 16]) -> Self {
        Self::with(KeyType::Des, bytes, Cipher::tdes2(bytes))
    }

    /// Takes a 3-key triple DES key in.
    #[must_use]
    pub fn tdes3(bytes: &[u8; 24]) -> Self {
        Self::with(KeyType::Tdes3, bytes, Cipher::tdes3(bytes))
    }

    fn with(key_type: KeyType, bytes: &[u8], cipher: Cipher) -> Self {
        let bytes = Secret::new(bytes.iter().copied().take(24).collect());
        let secret = Box::new(Material { bytes, cmac: ChainedCmac::new(cipher) });
        let life = Life::ALWAYS;
        Self { key_type, purpose: Purpose::Test, life, guessable: false, secret }
    }

    /// The same key for another purpose.
    #[must_use]
    pub const fn for_purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// The same key, put on cards from some day on or until some day.
    #[must_use]
    pub const fn with_life(mut self, life: Life) -> Self {
        self.life = life;
        self
    }

    /// The same key on every card, its low bits written in the usual way.
    #[must_use]
    pub fn undiversified(&self, version: KeyVersion) -> CardKey {
        self.as_card_key().with_version_as(version, LowBits::Inverted)
    }

    /// The same key, found to be one that everybody would try, or not.
    pub(crate) const fn found_guessable(mut self, guessable: bool) -> Self {
        self.guessable = guessable;
        self
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.secret.bytes.expose_secret()
    }

    fn as_card_key(&self) -> CardKey {
        let mut bytes = Secret::new([0; 24]);
        for (slot, byte) in bytes.expose_secret_mut().iter_mut().zip(self.bytes()) {
            *slot = *byte;
        }
        CardKey::of_type(self.key_type, bytes.expose_secret()).made_from(self)
    }

    /// A block with these bytes, where they are one.
    fn block(&self, bytes: &[u8]) -> Result<Block, KeyError> {
        let mut block = self.secret.cmac.cipher().zero_iv();
        if bytes.len() != block.as_slice().len() {
            return Err(KeyError::NoBlocks);
        }
        block.xor(bytes);
        Ok(block)
    }
}

impl IssuerKey for MasterKey {
    fn key_type(&self) -> KeyType {
        self.key_type
    }

    fn purpose(&self) -> Purpose {
        self.purpose
    }

    fn can(&self) -> Operations {
        Operations::ALL
    }

    fn cmac(&self, message: &[u8], mac: &mut [u8]) -> Result<(), KeyError> {
        let mut chain = self.secret.cmac.cipher().zero_iv();
        if mac.len() != chain.as_slice().len() {
            return Err(KeyError::NoBlocks);
        }
        self.secret.cmac.mac(&mut chain, &[message]);
        mac.copy_from_slice(chain.as_slice());
        Ok(())
    }

    fn cbc(&self, iv: &[u8], data: &mut [u8]) -> Result<(), KeyError> {
        let mut chain = self.block(iv)?;
        let cipher = self.secret.cmac.cipher();
        cipher.cbc_encrypt(&mut chain, data).map_err(|_| KeyError::NoBlocks)
    }

    fn ecb(&self, data: &mut [u8]) -> Result<(), KeyError> {
        let cipher = self.secret.cmac.cipher();
        if !data.len().is_multiple_of(cipher.block_size()) {
            return Err(KeyError::NoBlocks);
        }
        for bytes in data.chunks_exact_mut(cipher.block_size()) {
            let mut block = self.block(bytes)?;
            cipher.encrypt_block(&mut block);
            bytes.copy_from_slice(block.as_slice());
        }
        Ok(())
    }

    fn itself(&self) -> Result<CardKey, KeyError> {
        Ok(self.as_card_key())
    }

    fn life(&self) -> Life {
        self.life
    }

    fn is_guessable(&self) -> bool {
        self.guessable
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}, <secret>)", self.key_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST SP 800-38A, F.1.1 and F.2.1 (first blocks), SP 800-38B, D.1 (example 2), AES-128.
    #[test]
    fn a_key_in_memory_does_everything_that_an_issuer_key_is_asked() {
        let bytes = |text: &str| hex::decode(text).unwrap();
        let key = MasterKey::aes(&bytes("2b7e151628aed2a6abf7158809cf4f3c").try_into().unwrap());
        let plain = bytes("6bc1bee22e409f96e93d7e117393172a");
        let mut data = plain.clone();
        key.ecb(&mut data).unwrap();
        assert_eq!(hex::encode(&data), "3ad77bb40d7a3660a89ecaf32466ef97");
        let mut data = plain.clone();
        key.cbc(&bytes("000102030405060708090a0b0c0d0e0f"), &mut data).unwrap();
        assert_eq!(hex::encode(&data), "7649abac8119b246cee98e9b12e9197d");
        let mut mac = [0; 16];
        key.cmac(&plain, &mut mac).unwrap();
        assert_eq!(hex::encode(mac), "070a16b46b4d4144f79bdd9dd04a287c");
        assert!(key.itself().unwrap().same_key(&key.undiversified(KeyVersion(3))));
        assert_eq!(key.can(), Operations::ALL);
    }

    #[test]
    fn what_is_no_block_is_refused_and_left_as_it_was() {
        let key = MasterKey::des(&[0xC7; 16]);
        let mut data = [0x11; 12];
        assert_eq!(key.ecb(&mut data), Err(KeyError::NoBlocks));
        assert_eq!(key.cbc(&[0; 8], &mut data), Err(KeyError::NoBlocks));
        assert_eq!(key.cbc(&[0; 16], &mut data[..8]), Err(KeyError::NoBlocks));
        assert_eq!(key.cmac(b"message", &mut data), Err(KeyError::NoBlocks));
        assert_eq!(data, [0x11; 12]);
    }

    #[test]
    fn a_card_key_is_for_what_its_issuer_key_is_for() {
        for purpose in [Purpose::Test, Purpose::Live] {
            let key = MasterKey::aes(&[0xC7; 16]).for_purpose(purpose);
            assert_eq!(key.itself().unwrap().purpose(), purpose);
        }
    }
}
