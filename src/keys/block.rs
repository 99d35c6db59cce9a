// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key blocks: a key on its way from one house to another, under a key that both have.
//!
//! Versions B (triple DES) and D (AES) of ASC X9 TR 31 and ANSI X9.143: a text whose header says what the key
//! is for, then the key enciphered, then a MAC over both. The block protection key itself enciphers nothing:
//! an encryption key and a MAC key are derived from it by CMAC. Versions A and C bind the header in a way
//! that TR 31 itself gave up, and are told.
//!
//! | key | usage | algorithm | mode of use |
//! |---|---|---|---|
//! | issuer key | `B3`, a key derivation key; `10` to `99`, which a house gives a meaning of its own. Written as `B3` | `A` of 16 bytes, `T` of 16 or 24 | `X` (derivation; written) or `N` (no restriction) |
//! | receipt key | `M7`, HMAC; with the optional block `HM` of SHA-256, or without one | `H` of 32 bytes | `C` (generate and verify; written), `G` or `N` |
//!
//! A block of any other purpose is told as that, and gives no key. Optional blocks are kept as they came; of them
//! `LB`, a label, and `HM` mean something here, and `KC` and `KP`, check values of the key and of its protection
//! key: one that is made by ECB (`00`, of triple DES keys) or by CMAC (`01`) is compared.

mod check;
mod error;
mod file;
mod header;
mod key;
mod protection;

use core::fmt;

use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::secret::{Secret, wipe_stack};
pub use error::BlockError;
use header::Header;
pub use header::{BlockVersion, Exportability, OptionalBlock, Usage};
pub use protection::ProtectionKey;

/// A key with what its block says of it: out of one, or about to go into one. `Debug` shows no byte of the
/// key.
///
/// ```
/// use cardwright::encode::SystemRandom;
/// use cardwright::key::{CheckValue, MasterKey};
/// use cardwright::keys::{KeyBlock, ProtectionKey};
///
/// let protection = ProtectionKey::aes(&[0x5A; 32])?;
/// let key = MasterKey::aes(&[0xA5; 16]);
/// let text = KeyBlock::of_issuer(&key).labelled("picc, version 1")?
///     .wrap(&protection, &mut SystemRandom::default())?;
/// assert!(text.starts_with("D0176B3AX00E0200LB"));
///
/// let block = KeyBlock::open(&text, &protection)?;
/// assert_eq!(block.label(), Some("picc, version 1"));
/// assert_eq!(CheckValue::of(&block.issuer_key()?)?, CheckValue::of(&key)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct KeyBlock {
    header: Header,
    content: Secret<Vec<u8>>,
    /// Of one that was opened.
    version: Option<BlockVersion>,
}

impl KeyBlock {
    /// Opens a block. Nothing that it says is believed before its MAC has been found right; blanks around it do
    /// not count.
    ///
    /// # Errors
    /// [`BlockError`], which shows nothing of the key.
    pub fn open(text: &str, protection: &ProtectionKey) -> Result<Self, BlockError> {
        let read = Self::read(text, protection);
        // What was deciphered on the way is not to outlast it.
        wipe_stack();
        read
    }

    fn read(text: &str, protection: &ProtectionKey) -> Result<Self, BlockError> {
        let text = text.trim_ascii().as_bytes();
        let (header, behind) = Header::read(text)?;
        let (written, rest) = text.split_at_checked(behind).ok_or(BlockError::Short)?;
        let version = header.version(written)?;
        if version != protection.version() {
            return Err(BlockError::OtherProtection { version });
        }
        let mut bytes = Zeroizing::new(vec![0; rest.len() / 2]);
        hex::decode_to_slice(rest, &mut bytes).map_err(|_| BlockError::NoDigits { at: behind })?;
        let length = bytes.len().checked_sub(version.mac()).ok_or(BlockError::Short)?;
        let (payload, mac) = bytes.split_at_mut_checked(length).ok_or(BlockError::Short)?;
        protection.open(written, payload, mac)?;
        let content = content(payload).ok_or(BlockError::Content)?;
        header.checked(content, protection)?;
        Ok(Self { header, content: Secret::new(content.to_vec()), version: Some(version) })
    }

    /// The text of the block under this key, with random filling that hides how long the key is.
    ///
    /// # Errors
    /// [`BlockError::Weaker`] where the protection key is weaker than the key; [`BlockError::NotExportable`]
    /// where the key came out of a block that says so; [`BlockError::Long`].
    pub fn wrap(
        &self,
        protection: &ProtectionKey,
        random: &mut impl CryptoRng,
    ) -> Result<String, BlockError> {
        let key = self.content.expose_secret();
        if self.version.is_some() && self.header.exportability == Exportability::Not {
            return Err(BlockError::NotExportable);
        }
        if protection.strength() < self.header.strength(key.len()) {
            return Err(BlockError::Weaker);
        }
        let version = protection.version();
        let block = version.block();
        let room = key.len().max(self.header.longest()).saturating_add(LENGTH);
        let mut payload = Zeroizing::new(vec![0; room.next_multiple_of(block)]);
        random.fill_bytes(&mut payload);
        let bits = u16::try_from(key.len().saturating_mul(8)).map_err(|_| BlockError::Long)?;
        let filled = bits.to_be_bytes().into_iter().chain(key.iter().copied());
        for (slot, byte) in payload.iter_mut().zip(filled) {
            *slot = byte;
        }
        let behind = payload.len().saturating_add(version.mac()).saturating_mul(2);
        let mut header = self.header.clone();
        if self.version.is_some() {
            // It was that of the key that the block came under.
            header.optional.retain(|block| block.id != check::OF_PROTECTION);
        }
        let mut text = header.write(version, behind)?;
        let mac = protection.seal(text.as_bytes(), &mut payload)?;
        text.push_str(&hex::encode_upper(&*payload));
        text.push_str(&hex::encode_upper(mac.as_slice()));
        Ok(text)
    }

    /// The version of the block that it came out of; `None` of one that is about to be written.
    #[must_use]
    pub const fn version(&self) -> Option<BlockVersion> {
        self.version
    }

    /// What the key is for.
    #[must_use]
    pub const fn usage(&self) -> Usage {
        self.header.usage
    }

    /// Whether it may be exported again.
    #[must_use]
    pub const fn exportability(&self) -> Exportability {
        self.header.exportability
    }

    /// The optional blocks, in their order, without the one that only fills.
    #[must_use]
    pub fn optional(&self) -> &[OptionalBlock] {
        &self.header.optional
    }

    /// Its label, the optional block `LB`.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.header.find(*b"LB").map(|block| block.data.as_str())
    }
}

/// The key in a payload: behind its length in bits, before the filling.
fn content(payload: &[u8]) -> Option<&[u8]> {
    let (bits, rest) = payload.split_first_chunk::<LENGTH>()?;
    let bits = usize::from(u16::from_be_bytes(*bits));
    let whole = bits > 0 && bits.is_multiple_of(8);
    rest.get(..bits / 8).filter(|_| whole)
}

/// How many bytes say how long a key is.
const LENGTH: usize = 2;

impl fmt::Debug for KeyBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyBlock").field("header", &self.header).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
