// SPDX-License-Identifier: MIT OR Apache-2.0
//! Types and versions of keys.

use core::fmt;

use serde::Deserialize;

/// The cipher family of a key, as CreateApplication and ChangeKey name it in bits 7 and 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "the card knows these three")]
pub enum KeyType {
    /// AES-128, 16 bytes.
    #[serde(rename = "aes128")]
    Aes,
    /// DES or 2-key triple DES, 16 bytes; single DES where both halves are equal.
    #[serde(rename = "2k3des")]
    Des,
    /// 3-key triple DES, 24 bytes.
    #[serde(rename = "3k3des")]
    Tdes3,
}

impl KeyType {
    /// Bits 7 and 6 of the wire byte; the other bits are 0.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::Des => 0x00,
            Self::Tdes3 => 0x40,
            Self::Aes => 0x80,
        }
    }

    /// From bits 7 and 6; the other bits are ignored. `None` where both are set.
    #[must_use]
    pub const fn from_bits(byte: u8) -> Option<Self> {
        match byte & 0xC0 {
            0x00 => Some(Self::Des),
            0x40 => Some(Self::Tdes3),
            0x80 => Some(Self::Aes),
            _ => None,
        }
    }

    /// How many bytes such a key has.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Des | Self::Aes => 16,
            Self::Tdes3 => 24,
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Des => "DES",
            Self::Tdes3 => "3K3DES",
            Self::Aes => "AES",
        })
    }
}

/// The version of a key, a byte that the card reports for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_structs, reason = "a byte is all there is")]
pub struct KeyVersion(pub u8);

impl fmt::Display for KeyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
