// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the contactless layer tells about a card before the first command: its UID.
//!
//! A UID is personal data once joined with an order, so `Debug` shows its kind only.

use core::fmt;

use arrayvec::ArrayVec;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The UID with which a card answered the anticollision (ISO/IEC 14443-3, 6.5.4).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Uid {
    /// The card's own UID.
    Real(RealUid),
    /// A random identifier, new at every activation: no key may be derived from it.
    Random(RandomUid),
}

impl Uid {
    /// Tells a real UID (7 bytes) from a random one (4 bytes, the first `08`).
    ///
    /// # Errors
    /// [`UidError`] for any other length, and for four bytes that do not start with `08`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, UidError> {
        if let Ok(real) = <[u8; 7]>::try_from(bytes) {
            return Ok(Self::Real(RealUid::new(real)));
        }
        match <[u8; 4]>::try_from(bytes) {
            Ok(random @ [0x08, ..]) => Ok(Self::Random(RandomUid(random))),
            Ok(_) => Err(UidError { length: 4 }),
            Err(_) => Err(UidError { length: bytes.len() }),
        }
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real(uid) => uid.fmt(f),
            Self::Random(uid) => uid.fmt(f),
        }
    }
}

/// The card's own seven-byte UID, from the anticollision or from GetCardUID.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize, ZeroizeOnDrop)]
pub struct RealUid([u8; 7]);

impl RealUid {
    /// Takes the seven bytes in the order of the anticollision, `04` first on NXP cards.
    #[must_use]
    pub const fn new(bytes: [u8; 7]) -> Self {
        Self(bytes)
    }

    /// The bytes, in the order of the anticollision.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 7] {
        &self.0
    }
}

impl fmt::Debug for RealUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<real UID>")
    }
}

/// A four-byte random identifier (ISO/IEC 14443-3, 6.5.4: first byte `08`).
#[derive(Clone, PartialEq, Eq)]
pub struct RandomUid([u8; 4]);

impl RandomUid {
    /// The bytes, `08` first.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 4] {
        &self.0
    }
}

impl fmt::Debug for RandomUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<random UID>")
    }
}

/// Bytes that are no UID of a DESFire card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a UID of {length} bytes: a DESFire card shows 7, or 4 starting with 08 where it is random"
)]
pub struct UidError {
    length: usize,
}

/// An answer to select, TL to the last historical byte (ISO/IEC 14443-4, 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ats(ArrayVec<u8, 20>);

impl Ats {
    /// What DESFire cards of the factory answer: frames of 64 bytes, all bit rates up to
    /// 848 kbit/s, FWI 8, one historical byte `80`.
    pub const FACTORY: [u8; 6] = [0x06, 0x75, 0x77, 0x81, 0x02, 0x80];

    /// Takes an answer whose first byte, TL, counts all bytes including itself.
    ///
    /// # Errors
    /// [`AtsError`] where TL counts other bytes than these, for 0 and for more than 20 bytes, and
    /// where the format byte T0 announces more interface bytes than there are.
    pub fn new(bytes: &[u8]) -> Result<Self, AtsError> {
        let error = AtsError { length: bytes.len() };
        let ats = ArrayVec::try_from(bytes).map_err(|_| error)?;
        let (&length, rest) = bytes.split_first().ok_or(error)?;
        let interface = rest.first().map_or(0, |t0| (t0 & 0x70).count_ones() + 1);
        let announced = usize::try_from(interface).map_err(|_| error)?;
        if usize::from(length) == bytes.len() && rest.len() >= announced {
            Ok(Self(ats))
        } else {
            Err(error)
        }
    }

    /// The historical bytes, which follow the interface bytes.
    #[must_use]
    pub fn historical(&self) -> &[u8] {
        let interface = self.0.get(1).map_or(0, |t0| (t0 & 0x70).count_ones() + 1);
        let start = usize::try_from(interface).unwrap_or(usize::MAX).saturating_add(1);
        self.0.get(start..).unwrap_or_default()
    }

    /// How many bytes a frame to the card may have, checksum included: FSC, by the low half of T0;
    /// 32 where there is no T0, and 256 for the values that are kept for later (ISO/IEC 14443-4,
    /// 5.2.3).
    #[must_use]
    pub fn frame_size(&self) -> usize {
        match self.0.get(1).map_or(2, |t0| t0 & 0x0F) {
            0 => 16,
            1 => 24,
            2 => 32,
            3 => 40,
            4 => 48,
            5 => 64,
            6 => 96,
            7 => 128,
            _ => 256,
        }
    }

    /// The bytes, TL first.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Default for Ats {
    fn default() -> Self {
        Self(Self::FACTORY.into_iter().collect())
    }
}

/// Bytes that are no answer to select.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "these {length} bytes are no ATS: the first byte counts all of them, at most 20, and the \
     second announces those of TA, TB and TC that follow"
)]
pub struct AtsError {
    length: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_first_byte_tell_real_from_random() {
        let real = Uid::from_bytes(&[0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]).unwrap();
        assert!(matches!(real, Uid::Real(uid) if uid.expose()[1] == 0xDE));
        let random = Uid::from_bytes(&[0x08, 0x11, 0x22, 0x33]).unwrap();
        assert!(matches!(random, Uid::Random(uid) if uid.expose()[3] == 0x33));
        assert_eq!(Uid::from_bytes(&[0x04, 0x11, 0x22, 0x33]), Err(UidError { length: 4 }));
        assert_eq!(Uid::from_bytes(&[]), Err(UidError { length: 0 }));
    }

    #[test]
    fn debug_shows_no_byte() {
        let uid = Uid::from_bytes(&[0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]).unwrap();
        assert_eq!(format!("{uid:?}"), "<real UID>");
    }

    #[test]
    fn an_ats_counts_itself() {
        assert_eq!(Ats::new(&Ats::FACTORY).unwrap().as_bytes(), Ats::FACTORY);
        assert!(Ats::new(&[0x01]).is_ok());
        assert_eq!(Ats::new(&Ats::FACTORY).unwrap().historical(), [0x80]);
        assert!(Ats::new(&[0x01]).unwrap().historical().is_empty());
        assert_eq!(Ats::new(&Ats::FACTORY).unwrap().frame_size(), 64);
        assert_eq!(Ats::new(&[0x01]).unwrap().frame_size(), 32);
        assert_eq!(Ats::new(&[0x02, 0x08]).unwrap().frame_size(), 256);
        assert_eq!(Ats::new(&[0x04, 0x10, 0x11, 0x22]).unwrap().historical(), [0x22]);
        for bytes in [&[][..], &[0x02], &[0x05, 0x75, 0x77, 0x81], &[0x03, 0x75, 0x77], &[21; 21]] {
            assert!(Ats::new(bytes).is_err(), "{bytes:02X?}");
        }
    }
}
