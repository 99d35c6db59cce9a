// SPDX-License-Identifier: MIT OR Apache-2.0
//! The UID that a card shows.

use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// The UID with which a card answered the anticollision (ISO/IEC 14443-3, 6.5.4), told apart by
/// what anybody can see of it. What a short one is depends on
/// the card, and is judged where its generation is known.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Uid {
    /// Seven bytes: the card's own UID.
    Real(RealUid),
    /// Four bytes, the first `08` or `80`: random on most cards, and then new at every activation.
    /// No key may be derived from it.
    Random(RandomUid),
    /// Four other bytes: a fixed number that is not the card's own UID, and may be on other cards
    /// too. No key may be derived from it.
    Number(NumberUid),
    /// Ten bytes, which no DESFire card is known to show (ISO/IEC 14443-3, triple size).
    Long(LongUid),
    /// None: the reader does not tell it.
    Untold,
}

impl Uid {
    /// Tells UIDs apart by their length, and those of 4 bytes by their first. No bytes at all are
    /// [`Uid::Untold`].
    ///
    /// # Errors
    /// [`UidError`] for any other length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, UidError> {
        let error = UidError { length: bytes.len() };
        match bytes.len() {
            0 => Ok(Self::Untold),
            4 => bytes.try_into().map_err(|_| error).map(|short: [u8; 4]| match short {
                [0x08 | 0x80, ..] => Self::Random(RandomUid(short)),
                _ => Self::Number(NumberUid(short)),
            }),
            7 => bytes.try_into().map_err(|_| error).map(|real| Self::Real(RealUid(real))),
            10 => bytes.try_into().map_err(|_| error).map(|long| Self::Long(LongUid(long))),
            _ => Err(error),
        }
    }

    /// The bytes in the order of the anticollision, none where they were not told.
    #[must_use]
    pub const fn expose(&self) -> &[u8] {
        match self {
            Self::Real(uid) => &uid.0,
            Self::Random(uid) => &uid.0,
            Self::Number(uid) => &uid.0,
            Self::Long(uid) => &uid.0,
            Self::Untold => &[],
        }
    }

    /// The card's own UID, where that is what it shows.
    #[must_use]
    pub const fn real(&self) -> Option<&RealUid> {
        match self {
            Self::Real(uid) => Some(uid),
            Self::Random(_) | Self::Number(_) | Self::Long(_) | Self::Untold => None,
        }
    }

    /// Whether the same bytes are shown at every activation as far as the bytes tell, so that
    /// equal ones may be taken for the same card.
    #[must_use]
    pub const fn stays(&self) -> bool {
        match self {
            Self::Real(_) | Self::Number(_) | Self::Long(_) => true,
            Self::Random(_) | Self::Untold => false,
        }
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Real(_) => "<real UID>",
            Self::Random(_) => "<random UID>",
            Self::Number(_) => "<number of 4 bytes>",
            Self::Long(_) => "<real UID of 10 bytes>",
            Self::Untold => "<no UID>",
        })
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

/// A four-byte identifier that most cards draw anew at every activation: `08` first by ISO/IEC
/// 14443-3, 6.5.4, `80` first on EV1.
#[derive(Clone, PartialEq, Eq)]
pub struct RandomUid([u8; 4]);

impl RandomUid {
    /// The bytes, `08` or `80` first.
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

/// A fixed four-byte number in place of the UID, as an EV3 may be told to show (NUID).
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct NumberUid([u8; 4]);

impl NumberUid {
    /// The bytes, in the order of the anticollision.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 4] {
        &self.0
    }
}

impl fmt::Debug for NumberUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<number of 4 bytes>")
    }
}

/// A UID of ten bytes.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct LongUid([u8; 10]);

impl LongUid {
    /// The bytes, in the order of the anticollision.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 10] {
        &self.0
    }
}

impl fmt::Debug for LongUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<real UID of 10 bytes>")
    }
}

/// Bytes that are no UID of a contactless card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a UID of {length} bytes: a contactless card shows 4, 7 or 10, or none")]
pub struct UidError {
    length: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_first_byte_tell_uids_apart() {
        let own = [0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40, 0x01, 0x02, 0x03];
        for length in [0, 7, 10] {
            let uid = Uid::from_bytes(&own[..length]).unwrap();
            assert_eq!(uid.expose(), &own[..length]);
            assert_eq!((uid.real().is_some(), uid.stays()), (length == 7, length > 0));
        }
        // `80 72 6B E8` is a genuine EV1's (Proxmark3, issue 1292).
        for (first, random) in [(0x80, true), (0x08, true), (0x3F, false), (0x04, false)] {
            let uid = Uid::from_bytes(&[first, 0x72, 0x6B, 0xE8]).unwrap();
            assert_eq!(uid.expose(), [first, 0x72, 0x6B, 0xE8]);
            assert_eq!((uid.real(), uid.stays()), (None, !random));
            assert_eq!(matches!(uid, Uid::Random(_)), random);
        }
        for length in [1, 3, 5, 6, 8, 9] {
            assert_eq!(Uid::from_bytes(&own[..length]), Err(UidError { length }));
        }
        assert_eq!(Uid::from_bytes(&[0x04; 11]), Err(UidError { length: 11 }));
    }

    #[test]
    fn debug_shows_no_byte() {
        for (bytes, shown) in [
            (&[0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40][..], "<real UID>"),
            (&[0x80, 0x72, 0x6B, 0xE8], "<random UID>"),
            (&[0x3F, 0x72, 0x6B, 0xE8], "<number of 4 bytes>"),
            (&[0x04; 10], "<real UID of 10 bytes>"),
            (&[], "<no UID>"),
        ] {
            assert_eq!(format!("{:?}", Uid::from_bytes(bytes).unwrap()), shown);
        }
    }
}
