// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the contactless layer tells about a card before the first command: its UID and its answer
//! to select. Neither is what a card is judged by alone: odd ones are taken as they are.
//!
//! A UID is personal data once joined with an order, so `Debug` shows its kind only.

mod uid;

pub use uid::{LongUid, NumberUid, RandomUid, RealUid, Uid, UidError};

use arrayvec::ArrayVec;

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
