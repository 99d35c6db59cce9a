// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card's key.

use core::fmt;

use arrayvec::ArrayVec;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{IssuerKey, LowBits, Purpose};
use crate::crypto::crc::{crc16, crc32};
use crate::crypto::{AesCmac, Block, Cipher, NotBlockAligned};
use crate::secret::{Secret, ct_eq};
use crate::wire::{KeyType, KeyVersion};

/// Room for the data of a change-key cryptogram: key 24, version 1, two checksums, padding.
pub(crate) type ChangeBuf = Secret<ArrayVec<u8, 48>>;

/// A key as a card holds it.
#[derive(Clone)]
pub struct CardKey {
    key_type: KeyType,
    version: KeyVersion,
    /// Behind a pointer, so that a key that is moved leaves no copy behind.
    secret: Box<Material>,
    purpose: Purpose,
    /// Whether it was made from a key that everybody would try.
    guessable: bool,
    low_bits: LowBits,
    /// The low bits as the bytes came, the first byte's the least significant.
    came: u32,
}

#[derive(Clone)]
struct Material {
    bytes: Secret<ArrayVec<u8, 24>>,
    cipher: Cipher,
}

impl CardKey {
    /// An AES-128 key; the card stores the version beside it.
    #[must_use]
    pub fn aes(bytes: &[u8; 16], version: KeyVersion) -> Self {
        Self::with(KeyType::Aes, version, bytes, Cipher::aes(bytes))
    }

    /// A DES key (both halves equal) or 2-key triple DES key. Its version is in the low bits of
    /// its first eight bytes, the first byte carrying the most significant bit.
    #[must_use]
    pub fn des(bytes: &[u8; 16]) -> Self {
        let [l0, l1, l2, l3, l4, l5, l6, l7, right @ ..] = *bytes;
        let left = [l0, l1, l2, l3, l4, l5, l6, l7];
        let cipher = if left == right { Cipher::des(&left) } else { Cipher::tdes2(bytes) };
        Self::with(KeyType::Des, des_version(bytes), bytes, cipher)
    }

    /// A 3-key triple DES key. Its version is where a DES key has it.
    #[must_use]
    pub fn tdes3(bytes: &[u8; 24]) -> Self {
        Self::with(KeyType::Tdes3, des_version(bytes), bytes, Cipher::tdes3(bytes))
    }

    /// A key of any type, from as many of the bytes as the type has, of version 0 where it is AES.
    pub(crate) fn of_type(key_type: KeyType, bytes: &[u8; 24]) -> Self {
        let (two, _) = bytes.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
        match key_type {
            KeyType::Aes => Self::aes(two, KeyVersion(0)),
            KeyType::Des => Self::des(two),
            KeyType::Tdes3 => Self::tdes3(bytes),
        }
    }

    /// The public key that every slot of a new application of this type holds: zeros, version 0.
    #[must_use]
    pub fn zero(key_type: KeyType) -> Self {
        Self::of_type(key_type, &[0; 24])
    }

    /// The same key with its version set. An AES key has it beside its bytes; any other gets it into
    /// its low bits, which the cipher ignores, as [`LowBits::Inverted`] says.
    #[must_use]
    pub fn with_version(self, version: KeyVersion) -> Self {
        self.with_version_as(version, LowBits::Inverted)
    }

    /// The same key with its version set and its low bits written so. Where they are kept as they
    /// came, so is the version of any key but an AES key.
    #[must_use]
    pub fn with_version_as(mut self, version: KeyVersion, form: LowBits) -> Self {
        let (key_type, came) = (self.key_type, self.came);
        if key_type == KeyType::Aes {
            self.version = version;
            return self;
        }
        let came = |at: usize| u8::from(came >> at & 1 == 1);
        for (at, byte) in self.secret.bytes.expose_secret_mut().iter_mut().enumerate() {
            *byte = (*byte & 0xFE) | came(at);
        }
        let kind = (key_type, self.is_single_des());
        let material = self.secret.bytes.expose_secret_mut();
        for (at, byte) in material.iter_mut().enumerate() {
            *byte = (*byte & 0xFE) | form.bit(kind, version, at, came(at));
        }
        self.version = des_version(material);
        self.low_bits = form;
        self
    }

    /// The same key and version with its low bits written so; as it is where that is another version.
    pub(crate) fn in_form(&self, form: LowBits) -> Self {
        let other = self.clone().with_version_as(self.version, form);
        if other.version == self.version { other } else { self.clone() }
    }

    /// The same key and version with its low bits written in the other ways, each once. An AES key
    /// has no other, and a form of another version is none.
    pub(crate) fn other_forms(&self) -> impl Iterator<Item = Self> + use<'_> {
        let mut seen = vec![self.clone()];
        LowBits::ALL.into_iter().filter_map(move |form| {
            let other = self.clone().with_version_as(self.version, form);
            let new = other.version == self.version && !seen.iter().any(|one| one.same_key(&other));
            new.then(|| seen.push(other.clone()));
            new.then_some(other)
        })
    }

    /// How its low bits are written.
    #[must_use]
    pub const fn low_bits(&self) -> LowBits {
        self.low_bits
    }

    /// The public PICC master key of a card from the factory: DES, all zero, version 0.
    #[must_use]
    pub fn factory() -> Self {
        Self::des(&[0; 16])
    }

    /// The public key that every slot of a new AES application holds: all zero, version 0.
    #[must_use]
    pub fn zero_aes() -> Self {
        Self::aes(&[0; 16], KeyVersion(0))
    }

    fn with(key_type: KeyType, version: KeyVersion, bytes: &[u8], cipher: Cipher) -> Self {
        let material = Secret::new(bytes.iter().copied().take(24).collect());
        let secret = Box::new(Material { bytes: material, cipher });
        let low = bytes.iter().take(24).rev();
        // Those of an AES key are key.
        let came = match key_type {
            KeyType::Aes => 0,
            KeyType::Des | KeyType::Tdes3 => {
                low.fold(0, |came, byte| came << 1 | u32::from(byte & 1))
            }
        };
        let low_bits = LowBits::Kept;
        let purpose = Purpose::Test;
        Self { key_type, version, secret, purpose, guessable: false, low_bits, came }
    }

    /// The cipher family.
    #[must_use]
    pub const fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The version that a card reports for this key.
    #[must_use]
    pub const fn version(&self) -> KeyVersion {
        self.version
    }

    /// Whether both are the same key of the same type; versions are not compared.
    #[must_use]
    pub fn same_key(&self, other: &Self) -> bool {
        self.key_type == other.key_type && self.secret.bytes == other.secret.bytes
    }

    /// Whether everybody knows it: all its bytes are zero, the version in a DES key's low bits left
    /// aside, or it was made from a master key that a key file is warned of as zero or one pattern
    /// again and again. A MAC under such a key proves nothing.
    #[must_use]
    pub fn is_public(&self) -> bool {
        let mask = if self.key_type == KeyType::Aes { 0xFF } else { 0xFE };
        let bits = self.material().iter().fold(0, |bits, byte| bits | (byte & mask));
        ct_eq(&[bits], &[0]) | self.guessable
    }

    /// What it is for: a key made from bytes is one for tests unless it is said to be another, and one
    /// made from an issuer key has that one's purpose. No live key opens a card that a program plays.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The same key for another purpose.
    #[must_use]
    pub const fn for_purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// The same key, made from this one: it is for the same purpose, and as easy to guess.
    pub(crate) fn made_from(mut self, issuer: &dyn IssuerKey) -> Self {
        self.purpose = issuer.purpose();
        self.guessable = issuer.is_guessable();
        self
    }

    pub(super) fn material(&self) -> &[u8] {
        self.secret.bytes.expose_secret()
    }

    /// Whether this is a DES key whose halves are equal, which makes its session keys single DES.
    pub(crate) fn is_single_des(&self) -> bool {
        let material = self.material();
        let (left, right) = material.split_at(material.len() / 2);
        self.key_type == KeyType::Des && ct_eq(left, right)
    }

    pub(crate) const fn zero_iv(&self) -> Block {
        self.secret.cipher.zero_iv()
    }

    /// CBC under this key, for the challenges of an authentication.
    pub(crate) fn encipher(&self, iv: &mut Block, data: &mut [u8]) -> Result<(), NotBlockAligned> {
        self.secret.cipher.cbc_encrypt(iv, data)
    }

    /// CBC under this key, for the challenges of an authentication.
    pub(crate) fn decipher(&self, iv: &mut Block, data: &mut [u8]) -> Result<(), NotBlockAligned> {
        self.secret.cipher.cbc_decrypt(iv, data)
    }

    /// AES-CMAC under this key, from which EV2 session keys come. `None` for other types.
    pub(crate) fn derive(&self, parts: &[&[u8]]) -> Option<Secret<[u8; 16]>> {
        let key = self.material().try_into().ok()?;
        (self.key_type == KeyType::Aes).then(|| Secret::new(AesCmac::new(key).mac(parts)))
    }

    /// HMAC-SHA-256 (RFC 2104) under this key's bytes.
    pub(crate) fn hmac_sha256(&self, parts: &[&[u8]]) -> Secret<[u8; 32]> {
        // A key of any length is one.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.material()) else {
            return Secret::new([0; 32]);
        };
        parts.iter().for_each(|part| mac.update(part));
        Secret::new(mac.finalize().into_bytes().into())
    }

    /// Appends this key's bytes, XORed with `old` where another key is replaced.
    pub(crate) fn append_to(&self, old: Option<&Self>, out: &mut ChangeBuf) {
        let old = old.map_or(&[][..], |old| old.material());
        let old = old.iter().copied().chain(core::iter::repeat(0));
        let new = self.material().iter();
        out.expose_secret_mut().extend(new.zip(old).map(|(new, old)| new ^ old));
    }

    /// The cipher, for messaging that does not use CBC as it is meant.
    pub(crate) const fn cipher(&self) -> &Cipher {
        &self.secret.cipher
    }

    /// CRC_A over this key's bytes, in wire order.
    pub(crate) fn crc16(&self) -> [u8; 2] {
        crc16(&[self.material()])
    }

    /// CRC-32 over this key's bytes, in wire order.
    pub(crate) fn crc32(&self) -> [u8; 4] {
        crc32(&[self.material()])
    }
}

/// The low bits of the first eight bytes, the first byte's the most significant.
fn des_version(bytes: &[u8]) -> KeyVersion {
    let bits = bytes.iter().take(8);
    KeyVersion(bits.fold(0, |version, byte| version << 1 | (byte & 1)))
}

impl fmt::Debug for CardKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardKey({} version {}, <secret>)", self.key_type, self.version)
    }
}

#[cfg(test)]
mod tests;
