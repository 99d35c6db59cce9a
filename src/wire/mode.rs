// SPDX-License-Identifier: MIT OR Apache-2.0
//! Communication modes.

use serde::Deserialize;

use crate::bytes::DecodeError;

/// How file data travel inside a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "the card knows these three")]
pub enum CommMode {
    /// As they are.
    Plain,
    /// In clear, with a MAC.
    Mac,
    /// Enciphered.
    Full,
}

impl CommMode {
    /// The two low bits of the file option byte.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::Plain => 0x00,
            Self::Mac => 0x01,
            Self::Full => 0x03,
        }
    }

    /// From a file option byte that holds the mode and nothing else. `02` is plain too (belief;
    /// protocol references name only 00, 01 and 03 for EV1).
    ///
    /// # Errors
    /// [`DecodeError`] where another bit is set.
    pub const fn from_byte(byte: u8) -> Result<Self, DecodeError> {
        match byte {
            0x00 | 0x02 => Ok(Self::Plain),
            0x01 => Ok(Self::Mac),
            0x03 => Ok(Self::Full),
            other => Err(DecodeError::invalid("communication mode", 0, other)),
        }
    }
}
