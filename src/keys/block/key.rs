// SPDX-License-Identifier: MIT OR Apache-2.0
//! Issuer keys and receipt keys into key blocks and out of them.

use super::KeyBlock;
use super::error::BlockError;
use super::header::{Exportability, Header, OptionalBlock, Usage};
use crate::key::{IssuerKey, MasterKey};
use crate::keys::ReceiptKey;
use crate::secret::Secret;
use crate::wire::KeyType;

const ISSUER: &str = "a key derivation key (B3), or one of a house's own purpose (10 to 99),";
const RECEIPT: &str = "a key of HMAC (M7)";
const DERIVING: &str = "key derivation (X)";
const MACS: &str = "generating MACs (C)";

/// SHA-256, as the optional block `HM` names it.
const SHA_256: &str = "21";

impl KeyBlock {
    /// An issuer key that is about to be exported.
    #[must_use]
    pub fn of_issuer(key: &MasterKey) -> Self {
        let algorithm = match key.key_type() {
            KeyType::Aes => b'A',
            KeyType::Des | KeyType::Tdes3 => b'T',
        };
        Self::new((Usage::DERIVATION, algorithm, b'X'), key.bytes(), Vec::new())
    }

    /// A receipt key that is about to be exported. The caller wipes its own copy.
    #[must_use]
    pub fn of_receipt_key(key: &[u8; 32]) -> Self {
        let digest = OptionalBlock { id: *b"HM", data: SHA_256.to_owned() };
        Self::new((Usage::HMAC, b'H', b'C'), key, vec![digest])
    }

    fn new(
        (usage, algorithm, mode): (Usage, u8, u8),
        key: &[u8],
        optional: Vec<OptionalBlock>,
    ) -> Self {
        let (key_version, exportability) = (*b"00", Exportability::Trusted);
        let header = Header { usage, algorithm, mode, key_version, exportability, optional };
        Self { header, content: Secret::new(key.to_vec()), version: None }
    }

    /// The same with a label, which everybody reads who has the block.
    ///
    /// # Errors
    /// [`BlockError::Label`] where it is none.
    pub fn labelled(mut self, label: &str) -> Result<Self, BlockError> {
        let printable = label.bytes().all(|byte| matches!(byte, 0x20..=0x7E));
        if label.is_empty() || label.len() > 64 || !printable {
            return Err(BlockError::Label);
        }
        self.header.optional.retain(|block| block.id != *b"LB");
        self.header.optional.push(OptionalBlock { id: *b"LB", data: label.to_owned() });
        Ok(self)
    }

    /// The same for whoever gets it to export again, or not; a trusted key wraps it unless that is said. A key
    /// out of a block keeps what that said.
    #[must_use]
    pub const fn exportable(mut self, exportability: Exportability) -> Self {
        if self.version.is_none() {
            self.header.exportability = exportability;
        }
        self
    }

    /// The issuer key in it, for tests unless it is said to be for something else.
    ///
    /// # Errors
    /// [`BlockError::Purpose`], [`BlockError::Mode`], [`BlockError::KeyType`], [`BlockError::Component`] where
    /// it is none.
    pub fn issuer_key(&self) -> Result<MasterKey, BlockError> {
        let usage = self.header.usage;
        if usage != Usage::DERIVATION && !usage.is_of_house() {
            return Err(BlockError::Purpose { usage, wanted: ISSUER });
        }
        self.usable(b"XN", DERIVING)?;
        let key = self.content.expose_secret().as_slice();
        let made = match self.header.algorithm {
            b'A' => key.try_into().ok().map(MasterKey::aes),
            b'T' => match key.try_into().ok() {
                Some(two) => Some(MasterKey::des(two)),
                None => key.try_into().ok().map(MasterKey::tdes3),
            },
            _ => None,
        };
        made.ok_or_else(|| self.other_type("AES of 128 bits and triple DES of 128 or 192"))
    }

    /// The receipt key in it.
    ///
    /// # Errors
    /// [`BlockError::Purpose`], [`BlockError::Mode`], [`BlockError::KeyType`], [`BlockError::Component`],
    /// [`BlockError::OtherDigest`] where it is none.
    pub fn receipt_key(&self) -> Result<ReceiptKey, BlockError> {
        let usage = self.header.usage;
        if usage != Usage::HMAC {
            return Err(BlockError::Purpose { usage, wanted: RECEIPT });
        }
        self.usable(b"CGN", MACS)?;
        if self.header.find(*b"HM").is_some_and(|digest| digest.data != SHA_256) {
            return Err(BlockError::OtherDigest);
        }
        let key = self.content.expose_secret().as_slice();
        let key = key.try_into().ok().filter(|_| self.header.algorithm == b'H');
        key.map(ReceiptKey::new).ok_or_else(|| self.other_type("HMAC keys of 256 bits"))
    }

    /// Whether it is a key, and one that may be used so.
    fn usable(&self, modes: &[u8], wanted: &'static str) -> Result<(), BlockError> {
        if self.header.key_version[0] == b'c' {
            return Err(BlockError::Component);
        }
        match modes.contains(&self.header.mode) {
            true => Ok(()),
            false => Err(BlockError::Mode { mode: char::from(self.header.mode), wanted }),
        }
    }

    fn other_type(&self, wanted: &'static str) -> BlockError {
        let bits = self.content.expose_secret().len().saturating_mul(8);
        BlockError::KeyType { algorithm: char::from(self.header.algorithm), bits, wanted }
    }
}

impl Header {
    /// How many bits somebody has to guess of its key of so many bytes (NIST SP 800-57, part 1, table 2).
    pub(super) fn strength(&self, bytes: usize) -> u16 {
        match (self.algorithm, bytes) {
            (b'T', ..=16) => 80,
            (b'T', _) => 112,
            (_, bytes) => u16::try_from(bytes.saturating_mul(8)).unwrap_or(u16::MAX),
        }
    }

    /// The bytes of the longest key of its algorithm, up to which shorter ones are filled.
    pub(super) const fn longest(&self) -> usize {
        match self.algorithm {
            b'T' => 24,
            _ => 32,
        }
    }
}
