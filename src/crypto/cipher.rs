// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES, single DES, 2-key and 3-key triple DES behind one type, and CBC over it.

use core::fmt;

use cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, Key, KeyInit};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::secret::wipe_frames;

/// A block cipher with its key schedule. Wiped on drop.
#[derive(Clone)]
pub struct Cipher(Schedule);

/// Each behind a pointer, so that a schedule that is moved leaves no copy behind: the first round key of
/// AES is the key itself.
#[derive(Clone)]
enum Schedule {
    Aes(Box<aes::Aes128>),
    Aes192(Box<aes::Aes192>),
    Aes256(Box<aes::Aes256>),
    Des(Box<des::Des>),
    Tdes2(Box<des::TdesEde2>),
    Tdes3(Box<des::TdesEde3>),
}

/// Prepares a cipher on a clean stack, and leaves a clean one behind. What a cipher is made of has gaps
/// (AES for processors with and without instructions for it shares one place), and gaps keep what was
/// there before, which nobody wipes.
pub(super) fn prepared<C: KeyInit>(key: &Key<C>) -> Box<C> {
    wipe_frames();
    let cipher = boxed(key);
    wipe_frames();
    cipher
}

/// A frame of its own, below the caller's.
#[inline(never)]
fn boxed<C: KeyInit>(key: &Key<C>) -> Box<C> {
    Box::new(C::new(key))
}

impl Cipher {
    /// AES-128 (FIPS 197).
    #[must_use]
    pub fn aes(key: &[u8; 16]) -> Self {
        Self(Schedule::Aes(prepared(key.into())))
    }

    /// AES-192 (FIPS 197).
    #[must_use]
    pub fn aes192(key: &[u8; 24]) -> Self {
        Self(Schedule::Aes192(prepared(key.into())))
    }

    /// AES-256 (FIPS 197).
    #[must_use]
    pub fn aes256(key: &[u8; 32]) -> Self {
        Self(Schedule::Aes256(prepared(key.into())))
    }

    /// Single DES (FIPS 46-3). The low bit of each key byte is ignored.
    #[must_use]
    pub fn des(key: &[u8; 8]) -> Self {
        Self(Schedule::Des(prepared(key.into())))
    }

    /// Triple DES with two keys (NIST SP 800-67, keying option 2).
    #[must_use]
    pub fn tdes2(key: &[u8; 16]) -> Self {
        Self(Schedule::Tdes2(prepared(key.into())))
    }

    /// Triple DES with three keys (NIST SP 800-67, keying option 1).
    #[must_use]
    pub fn tdes3(key: &[u8; 24]) -> Self {
        Self(Schedule::Tdes3(prepared(key.into())))
    }

    /// 16 for AES, 8 for the DES family.
    #[must_use]
    pub const fn block_size(&self) -> usize {
        match self.0 {
            Schedule::Aes(_) | Schedule::Aes192(_) | Schedule::Aes256(_) => 16,
            Schedule::Des(_) | Schedule::Tdes2(_) | Schedule::Tdes3(_) => 8,
        }
    }

    /// Encrypts one block in place.
    pub fn encrypt_block(&self, block: &mut Block) {
        match &self.0 {
            Schedule::Aes(cipher) => cipher.encrypt_block((&mut block.bytes).into()),
            Schedule::Aes192(cipher) => cipher.encrypt_block((&mut block.bytes).into()),
            Schedule::Aes256(cipher) => cipher.encrypt_block((&mut block.bytes).into()),
            Schedule::Des(cipher) => block.with_half(|half| cipher.encrypt_block(half)),
            Schedule::Tdes2(cipher) => block.with_half(|half| cipher.encrypt_block(half)),
            Schedule::Tdes3(cipher) => block.with_half(|half| cipher.encrypt_block(half)),
        }
    }

    /// Decrypts one block in place.
    pub fn decrypt_block(&self, block: &mut Block) {
        match &self.0 {
            Schedule::Aes(cipher) => cipher.decrypt_block((&mut block.bytes).into()),
            Schedule::Aes192(cipher) => cipher.decrypt_block((&mut block.bytes).into()),
            Schedule::Aes256(cipher) => cipher.decrypt_block((&mut block.bytes).into()),
            Schedule::Des(cipher) => block.with_half(|half| cipher.decrypt_block(half)),
            Schedule::Tdes2(cipher) => block.with_half(|half| cipher.decrypt_block(half)),
            Schedule::Tdes3(cipher) => block.with_half(|half| cipher.decrypt_block(half)),
        }
    }

    /// The chaining value of zeros for this cipher.
    #[must_use]
    pub const fn zero_iv(&self) -> Block {
        Block { bytes: [0; 16], size: self.block_size() }
    }

    /// CBC encryption in place (NIST SP 800-38A, 6.2) from `iv`, which becomes the last
    /// ciphertext block.
    ///
    /// # Errors
    /// [`NotBlockAligned`], with nothing changed, where `data` is no whole number of blocks.
    pub fn cbc_encrypt(&self, iv: &mut Block, data: &mut [u8]) -> Result<(), NotBlockAligned> {
        self.aligned(data)?;
        self.enchain(iv, data);
        // What the processor put aside is part of the key.
        wipe_frames();
        Ok(())
    }

    #[inline(never)]
    fn enchain(&self, iv: &mut Block, data: &mut [u8]) {
        for chunk in data.chunks_exact_mut(self.block_size()) {
            iv.xor(chunk);
            self.encrypt_block(iv);
            chunk.copy_from_slice(iv.as_slice());
        }
    }

    /// CBC decryption in place from `iv`, which becomes the last ciphertext block.
    ///
    /// # Errors
    /// [`NotBlockAligned`], with nothing changed, where `data` is no whole number of blocks.
    pub fn cbc_decrypt(&self, iv: &mut Block, data: &mut [u8]) -> Result<(), NotBlockAligned> {
        self.aligned(data)?;
        self.unchain(iv, data);
        wipe_frames();
        Ok(())
    }

    #[inline(never)]
    fn unchain(&self, iv: &mut Block, data: &mut [u8]) {
        for chunk in data.chunks_exact_mut(self.block_size()) {
            let mut plain = self.zero_iv();
            plain.xor(chunk);
            let ciphertext = plain;
            self.decrypt_block(&mut plain);
            plain.xor(iv.as_slice());
            chunk.copy_from_slice(plain.as_slice());
            *iv = ciphertext;
        }
    }

    const fn aligned(&self, data: &[u8]) -> Result<(), NotBlockAligned> {
        let block = self.block_size();
        if data.len().is_multiple_of(block) {
            Ok(())
        } else {
            Err(NotBlockAligned { length: data.len(), block })
        }
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Schedule::Aes(_) => "Cipher(AES-128)",
            Schedule::Aes192(_) => "Cipher(AES-192)",
            Schedule::Aes256(_) => "Cipher(AES-256)",
            Schedule::Des(_) => "Cipher(DES)",
            Schedule::Tdes2(_) => "Cipher(2K3DES)",
            Schedule::Tdes3(_) => "Cipher(3K3DES)",
        })
    }
}

/// One cipher block, 8 or 16 bytes: an initial value, a MAC, a chaining value. Its `Debug` shows
/// the size only, since a block may be key material.
#[derive(Clone, Copy, Zeroize)]
pub struct Block {
    bytes: [u8; 16],
    size: usize,
}

impl Block {
    /// A block of 8 or 16 bytes; `None` where there are others.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let mut block = Self { bytes: [0; 16], size: bytes.len() };
        block.xor(bytes);
        matches!(bytes.len(), 8 | 16).then_some(block)
    }

    /// The block's bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.size).unwrap_or(&self.bytes)
    }

    /// The block's bytes, to be changed in place.
    #[must_use]
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        match self.size {
            8 => self.bytes.first_chunk_mut::<8>().map_or(&mut [], |half| half.as_mut_slice()),
            _ => &mut self.bytes,
        }
    }

    /// XORs `other` onto the block's first bytes; bytes beyond the block are ignored.
    pub fn xor(&mut self, other: &[u8]) {
        for (byte, other) in self.as_mut_slice().iter_mut().zip(other) {
            *byte ^= other;
        }
    }

    fn with_half(&mut self, operate: impl FnOnce(&mut Array<u8, cipher::typenum::U8>)) {
        if let Some(half) = self.bytes.first_chunk_mut::<8>() {
            operate(half.into());
        }
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Block({} bytes)", self.size)
    }
}

impl ZeroizeOnDrop for Cipher {}

/// Data that are no whole number of cipher blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{length} bytes are no whole number of {block}-byte cipher blocks")]
pub struct NotBlockAligned {
    length: usize,
    block: usize,
}
