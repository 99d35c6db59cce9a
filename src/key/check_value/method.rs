// SPDX-License-Identifier: MIT OR Apache-2.0
//! How a check value is made.

use core::fmt;

use crate::wire::KeyType;

/// How a check value is made, the first three bytes of something each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckMethod {
    /// `cmac-aes`: the CMAC over a block of zeros (ANSI X9.24-1:2017). `763CBC` of the key of all
    /// zeros.
    CmacAes,
    /// `ecb-aes`: a block of zeros, enciphered. `66E94B` of the key of all zeros.
    EcbAes,
    /// `ecb-tdes`: a block of zeros, enciphered under a DES, 2K3DES or 3K3DES key; the low bits of the
    /// key, where its version is, make no difference. `8CA64D` of the key of all zeros.
    EcbTdes,
}

impl CheckMethod {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::CmacAes, Self::EcbAes, Self::EcbTdes];

    /// The one that is used where nobody asks for another.
    #[must_use]
    pub const fn usual(key_type: KeyType) -> Self {
        match key_type {
            KeyType::Aes => Self::CmacAes,
            KeyType::Des | KeyType::Tdes3 => Self::EcbTdes,
        }
    }

    /// The word in front of the digits.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CmacAes => "cmac-aes",
            Self::EcbAes => "ecb-aes",
            Self::EcbTdes => "ecb-tdes",
        }
    }

    /// Whether keys of this type have check values by it.
    #[must_use]
    pub const fn is_for(self, key_type: KeyType) -> bool {
        match (self, key_type) {
            (Self::CmacAes | Self::EcbAes, KeyType::Aes)
            | (Self::EcbTdes, KeyType::Des | KeyType::Tdes3) => true,
            (Self::CmacAes | Self::EcbAes, KeyType::Des | KeyType::Tdes3)
            | (Self::EcbTdes, KeyType::Aes) => false,
        }
    }
}

impl fmt::Display for CheckMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
