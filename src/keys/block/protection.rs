// SPDX-License-Identifier: MIT OR Apache-2.0
//! The key that key blocks are under, and the keys that are derived from it.

use core::fmt;

use super::error::BlockError;
use super::header::BlockVersion;
use crate::crypto::{Block, ChainedCmac, Cipher};
use crate::secret::{Secret, ct_eq};

/// A block protection key. Wiped on drop.
pub struct ProtectionKey {
    kind: Kind,
    cmac: ChainedCmac,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Tdes2,
    Tdes3,
    Aes128,
    Aes192,
    Aes256,
}

/// What a derived key is for.
#[derive(Clone, Copy)]
enum For {
    Encryption,
    Mac,
}

impl ProtectionKey {
    /// A triple DES key of 16 or 24 bytes, for blocks of version B. The caller wipes its own copy.
    ///
    /// # Errors
    /// [`BlockError::NoProtectionKey`] where it has another length, or neighbouring parts are equal, which
    /// leaves single DES.
    pub fn tdes(bytes: &[u8]) -> Result<Self, BlockError> {
        let kind = match bytes.len() {
            16 => Kind::Tdes2,
            24 => Kind::Tdes3,
            _ => return Err(BlockError::NoProtectionKey),
        };
        let parts = bytes.chunks(8).zip(bytes.chunks(8).skip(1));
        if parts.fold(false, |equal, (one, next)| ct_eq(one, next) | equal) {
            return Err(BlockError::NoProtectionKey);
        }
        Self::new(kind, bytes)
    }

    /// An AES key of 16, 24 or 32 bytes, for blocks of version D. The caller wipes its own copy.
    ///
    /// # Errors
    /// [`BlockError::NoProtectionKey`] where it has another length.
    pub fn aes(bytes: &[u8]) -> Result<Self, BlockError> {
        let kind = match bytes.len() {
            16 => Kind::Aes128,
            24 => Kind::Aes192,
            32 => Kind::Aes256,
            _ => return Err(BlockError::NoProtectionKey),
        };
        Self::new(kind, bytes)
    }

    fn new(kind: Kind, bytes: &[u8]) -> Result<Self, BlockError> {
        let cipher = kind.cipher(bytes).ok_or(BlockError::NoProtectionKey)?;
        Ok(Self { kind, cmac: ChainedCmac::new(cipher) })
    }

    /// The version of the blocks that it protects.
    #[must_use]
    pub const fn version(&self) -> BlockVersion {
        match self.kind {
            Kind::Tdes2 | Kind::Tdes3 => BlockVersion::B,
            Kind::Aes128 | Kind::Aes192 | Kind::Aes256 => BlockVersion::D,
        }
    }

    /// CMAC with the key itself.
    pub(super) const fn cmac(&self) -> &ChainedCmac {
        &self.cmac
    }

    /// How many bits somebody has to guess (NIST SP 800-57, part 1, table 2).
    pub(super) const fn strength(&self) -> u16 {
        match self.kind {
            Kind::Tdes2 => 80,
            Kind::Tdes3 => 112,
            Kind::Aes128 => 128,
            Kind::Aes192 => 192,
            Kind::Aes256 => 256,
        }
    }

    /// Deciphers a payload in place, and finds its MAC right, which is the initial value too.
    ///
    /// # Errors
    /// [`BlockError::NoBlocks`], [`BlockError::Mac`].
    pub(super) fn open(
        &self,
        header: &[u8],
        payload: &mut [u8],
        mac: &[u8],
    ) -> Result<(), BlockError> {
        let mut iv = Block::of(mac).ok_or(BlockError::NoBlocks)?;
        let cipher = self.derived(For::Encryption)?;
        cipher.cbc_decrypt(&mut iv, payload).map_err(|_| BlockError::NoBlocks)?;
        match ct_eq(self.mac(header, payload)?.as_slice(), mac) {
            true => Ok(()),
            false => Err(BlockError::Mac),
        }
    }

    /// Enciphers a payload in place, under the MAC that is given back.
    pub(super) fn seal(&self, header: &[u8], payload: &mut [u8]) -> Result<Block, BlockError> {
        let mac = self.mac(header, payload)?;
        let cipher = self.derived(For::Encryption)?;
        let mut iv = mac;
        cipher.cbc_encrypt(&mut iv, payload).map_err(|_| BlockError::NoBlocks)?;
        Ok(mac)
    }

    fn mac(&self, header: &[u8], payload: &[u8]) -> Result<Block, BlockError> {
        let cmac = ChainedCmac::new(self.derived(For::Mac)?);
        let mut mac = cmac.cipher().zero_iv();
        cmac.mac(&mut mac, &[header, payload]);
        Ok(mac)
    }

    /// A key as long as this one: block after block the CMAC of a counter, what it is for, its algorithm and
    /// its length (TR 31, 5.3.2).
    fn derived(&self, of: For) -> Result<Cipher, BlockError> {
        let (algorithm, length) = self.kind.numbers();
        let usage = match of {
            For::Encryption => 0,
            For::Mac => 1,
        };
        let [high, low] = u16::from(length).saturating_mul(8).to_be_bytes();
        let mut key = Secret::new([0; 32]);
        let length = usize::from(length);
        let key = key.expose_secret_mut().get_mut(..length).ok_or(BlockError::NoProtectionKey)?;
        let block = self.cmac.cipher().block_size();
        for (counter, part) in (1..).zip(key.chunks_mut(block)) {
            let mut mac = self.cmac.cipher().zero_iv();
            self.cmac.mac(&mut mac, &[&[counter, 0, usage, 0, 0, algorithm, high, low]]);
            for (slot, byte) in part.iter_mut().zip(mac.as_slice()) {
                *slot = *byte;
            }
        }
        self.kind.cipher(key).ok_or(BlockError::NoProtectionKey)
    }
}

impl Kind {
    /// Its number in derivations, and how many bytes it has.
    const fn numbers(self) -> (u8, u8) {
        match self {
            Self::Tdes2 => (0, 16),
            Self::Tdes3 => (1, 24),
            Self::Aes128 => (2, 16),
            Self::Aes192 => (3, 24),
            Self::Aes256 => (4, 32),
        }
    }

    fn cipher(self, bytes: &[u8]) -> Option<Cipher> {
        Some(match self {
            Self::Tdes2 => Cipher::tdes2(bytes.try_into().ok()?),
            Self::Tdes3 => Cipher::tdes3(bytes.try_into().ok()?),
            Self::Aes128 => Cipher::aes(bytes.try_into().ok()?),
            Self::Aes192 => Cipher::aes192(bytes.try_into().ok()?),
            Self::Aes256 => Cipher::aes256(bytes.try_into().ok()?),
        })
    }
}

impl fmt::Debug for ProtectionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProtectionKey({:?}, <secret>)", self.kind)
    }
}
