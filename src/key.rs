// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys as handles: they perform, they do not travel.
//!
//! A [`MasterKey`] belongs to an issuer and only makes card keys. A [`CardKey`] belongs to one
//! card: it opens an authentication and goes into a change-key cryptogram. Neither has a public
//! way to its bytes, and `Debug` shows type and version only.

mod low_bits;

pub use low_bits::{LowBits, LowBitsError};

use core::fmt;

use arrayvec::ArrayVec;

use crate::crypto::crc::{crc16, crc32};
use crate::crypto::{AesCmac, Block, ChainedCmac, Cipher, NotBlockAligned};
use crate::secret::{Secret, ct_eq};
use crate::wire::{KeyType, KeyVersion};

/// Room for the data of a change-key cryptogram: key 24, version 1, two checksums, padding.
pub(crate) type ChangeBuf = Secret<ArrayVec<u8, 48>>;

/// A key as a card holds it.
#[derive(Clone)]
pub struct CardKey {
    key_type: KeyType,
    version: KeyVersion,
    material: Secret<ArrayVec<u8, 24>>,
    cipher: Cipher,
    /// Whether it was made from a key that everybody would try.
    guessable: bool,
    low_bits: LowBits,
    /// The low bits as the bytes came, the first byte's the least significant.
    came: u32,
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

    /// The bytes of the key, for a tool whose purpose it is to show them.
    #[must_use]
    pub fn export(&self) -> Secret<ArrayVec<u8, 24>> {
        self.material.clone()
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
        for (at, byte) in self.material.expose_secret_mut().iter_mut().enumerate() {
            *byte = (*byte & 0xFE) | came(at);
        }
        let kind = (key_type, self.is_single_des());
        let material = self.material.expose_secret_mut();
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
        let low = bytes.iter().take(24).rev();
        // Those of an AES key are key.
        let came = match key_type {
            KeyType::Aes => 0,
            KeyType::Des | KeyType::Tdes3 => {
                low.fold(0, |came, byte| came << 1 | u32::from(byte & 1))
            }
        };
        let low_bits = LowBits::Kept;
        Self { key_type, version, material, cipher, guessable: false, low_bits, came }
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
        self.key_type == other.key_type && self.material == other.material
    }

    /// Whether everybody knows it: all its bytes are zero, the version in a DES key's low bits left
    /// aside, or it was made from a master key that a key file is warned of as zero or one pattern
    /// again and again. A MAC under such a key proves nothing.
    #[must_use]
    pub fn is_public(&self) -> bool {
        let mask = if self.key_type == KeyType::Aes { 0xFF } else { 0xFE };
        let bits = self.material.expose_secret().iter().fold(0, |bits, byte| bits | (byte & mask));
        ct_eq(&[bits], &[0]) | self.guessable
    }

    /// The same key, made from a master key that everybody would try, or not.
    pub(crate) const fn made_from_guessable(mut self, guessable: bool) -> Self {
        self.guessable = guessable;
        self
    }

    /// Whether this is a DES key whose halves are equal, which makes its session keys single DES.
    pub(crate) fn is_single_des(&self) -> bool {
        let material = self.material.expose_secret();
        let (left, right) = material.split_at(material.len() / 2);
        self.key_type == KeyType::Des && ct_eq(left, right)
    }

    pub(crate) const fn zero_iv(&self) -> Block {
        self.cipher.zero_iv()
    }

    /// CBC under this key, for the challenges of an authentication.
    pub(crate) fn encipher(&self, iv: &mut Block, data: &mut [u8]) -> Result<(), NotBlockAligned> {
        self.cipher.cbc_encrypt(iv, data)
    }

    /// CBC under this key, for the challenges of an authentication.
    pub(crate) fn decipher(&self, iv: &mut Block, data: &mut [u8]) -> Result<(), NotBlockAligned> {
        self.cipher.cbc_decrypt(iv, data)
    }

    /// AES-CMAC under this key, from which EV2 session keys come. `None` for other types.
    pub(crate) fn derive(&self, parts: &[&[u8]]) -> Option<Secret<[u8; 16]>> {
        let key = self.material.expose_secret().as_slice().try_into().ok()?;
        (self.key_type == KeyType::Aes).then(|| Secret::new(AesCmac::new(key).mac(parts)))
    }

    /// Appends this key's bytes, XORed with `old` where another key is replaced.
    pub(crate) fn append_to(&self, old: Option<&Self>, out: &mut ChangeBuf) {
        let old = old.map_or(&[][..], |old| old.material.expose_secret());
        let old = old.iter().copied().chain(core::iter::repeat(0));
        let new = self.material.expose_secret().iter();
        out.expose_secret_mut().extend(new.zip(old).map(|(new, old)| new ^ old));
    }

    /// The cipher, for messaging that does not use CBC as it is meant.
    pub(crate) const fn cipher(&self) -> &Cipher {
        &self.cipher
    }

    /// CRC_A over this key's bytes, in wire order.
    pub(crate) fn crc16(&self) -> [u8; 2] {
        crc16(&[self.material.expose_secret()])
    }

    /// CRC-32 over this key's bytes, in wire order.
    pub(crate) fn crc32(&self) -> [u8; 4] {
        crc32(&[self.material.expose_secret()])
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

/// An issuer's key. It makes card keys, by a diversification scheme or, where a site has decided so,
/// as itself.
#[derive(Clone)]
pub struct MasterKey {
    key_type: KeyType,
    bytes: Secret<ArrayVec<u8, 24>>,
    cmac: ChainedCmac,
    guessable: bool,
}

impl MasterKey {
    /// Takes an AES-128 key in and prepares its schedule once. The caller's own copy stays the
    /// caller's business.
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
        Self { key_type, bytes, cmac: ChainedCmac::new(cipher), guessable: false }
    }

    /// The type of this key and of the card keys that it makes.
    #[must_use]
    pub const fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The same key on every card, its low bits written in the usual way.
    #[must_use]
    pub fn undiversified(&self, version: KeyVersion) -> CardKey {
        self.undiversified_as(version, LowBits::Inverted)
    }

    /// The same key on every card, its low bits written so.
    #[must_use]
    pub fn undiversified_as(&self, version: KeyVersion, form: LowBits) -> CardKey {
        let mut bytes = Secret::new([0; 24]);
        for (slot, byte) in bytes.expose_secret_mut().iter_mut().zip(self.bytes()) {
            *slot = *byte;
        }
        CardKey::of_type(self.key_type, bytes.expose_secret()).with_version_as(version, form)
    }

    /// The same key, found to be one that everybody would try, or not.
    pub(crate) const fn found_guessable(mut self, guessable: bool) -> Self {
        self.guessable = guessable;
        self
    }

    /// Whether everybody would try it, so that what is made from it is no secret.
    pub(crate) const fn is_guessable(&self) -> bool {
        self.guessable
    }

    pub(crate) const fn cmac(&self) -> &ChainedCmac {
        &self.cmac
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.expose_secret()
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

    /// The version of a DES key sits in the low bits of bytes 0 to 7, most significant first
    /// (libfreefare, `test_mifare_desfire_key.c`: version 55 gives 00 01 00 01 …).
    #[test]
    fn a_des_key_carries_its_version_in_its_low_bits() {
        let mut bytes = [0x10; 16];
        bytes[..8].copy_from_slice(&[0x10, 0x11, 0x10, 0x11, 0x10, 0x11, 0x10, 0x11]);
        assert_eq!(CardKey::des(&bytes).version(), KeyVersion(0x55));
        assert_eq!(CardKey::factory().version(), KeyVersion(0));
    }

    /// NXP AN10922, 2.3.1 and 2.4.1 through libfreefare: derived keys with version 55 written in.
    #[test]
    fn a_version_goes_into_the_low_bits() {
        let changed = |key: CardKey| {
            let mut out = ChangeBuf::new(ArrayVec::new());
            key.with_version(KeyVersion(0x55)).append_to(None, &mut out);
            hex::encode_upper(out.expose_secret())
        };
        let two = hex::decode("16F8597C9E8910C86B9648D006107DD7").unwrap().try_into().unwrap();
        assert_eq!(changed(CardKey::des(&two)), "16F9587D9E8910C96B9649D007107DD6");
        let three = hex::decode("2F0DD03675D3FB9A5705AB0BDA91CA0B55B8E07FCDBF10EC").unwrap();
        assert_eq!(
            changed(CardKey::tdes3(&three.try_into().unwrap())),
            "2E0DD03774D3FA9B5705AB0BDA91CA0B55B8E07FCDBF10EC"
        );
        let single = CardKey::factory().with_version(KeyVersion(0x81));
        assert!(single.is_single_des());
        assert_eq!(single.version(), KeyVersion(0x81));
        assert_eq!(changed(CardKey::factory()), "00010001000100010001000100010001");
    }

    #[test]
    fn debug_names_type_and_version_only() {
        let key = CardKey::aes(&[0xC7; 16], KeyVersion(3));
        assert_eq!(format!("{key:?}"), "CardKey(AES version 3, <secret>)");
        let master = MasterKey::aes(&[0xC7; 16]);
        assert_eq!(format!("{master:?}"), "MasterKey(AES, <secret>)");
        assert!(master.undiversified(KeyVersion(9)).same_key(&key));
    }

    #[test]
    fn replacing_another_key_mixes_the_old_one_in() {
        let new = CardKey::aes(&[0xF0; 16], KeyVersion(1));
        let old = CardKey::aes(&[0x3C; 16], KeyVersion(0));
        let mut out = ChangeBuf::new(ArrayVec::new());
        new.append_to(None, &mut out);
        new.append_to(Some(&old), &mut out);
        assert_eq!(out.expose_secret().as_slice(), [[0xF0; 16], [0xCC; 16]].concat());
    }
}
