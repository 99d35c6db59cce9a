// SPDX-License-Identifier: MIT OR Apache-2.0
//! The seal of an NTAG 424 DNA TagTamper.

use crate::bytes::{Cursor, DecodeError};

/// What the chip found of the wire in its seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the characters that there are")]
pub enum TtState {
    /// `C`: it is whole.
    Closed,
    /// `O`: it is broken.
    Open,
    /// `I`: the chip does not look at it.
    Invalid,
}

/// The reply of GetTTStatus, and what stands in a message where the tamper status is mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the reply")]
pub struct TtStatus {
    /// What was found once and for all.
    pub permanent: TtState,
    /// What was found last.
    pub current: TtState,
}

impl TtState {
    const fn of(character: u8) -> Option<Self> {
        match character {
            b'C' => Some(Self::Closed),
            b'O' => Some(Self::Open),
            b'I' => Some(Self::Invalid),
            _ => None,
        }
    }
}

impl TtStatus {
    /// Reads the two characters: permanent, then current (NT4H2421Tx; NXP AN12196, 7.5).
    ///
    /// # Errors
    /// [`DecodeError`] for another character, and any other length.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new("tamper status", bytes);
        let mut state = || {
            let character = cursor.u8()?;
            TtState::of(character).ok_or_else(|| cursor.invalid(character))
        };
        let status = Self { permanent: state()?, current: state()? };
        cursor.finish()?;
        Ok(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_characters_and_nothing_else() {
        let status = TtStatus::decode(b"OC").unwrap();
        assert_eq!((status.permanent, status.current), (TtState::Open, TtState::Closed));
        assert_eq!(TtStatus::decode(b"II").unwrap().current, TtState::Invalid);
        for wrong in [&b"C"[..], b"CX", b"COC", b""] {
            assert!(TtStatus::decode(wrong).is_err());
        }
    }
}
