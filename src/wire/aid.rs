// SPDX-License-Identifier: MIT OR Apache-2.0
//! Application identifiers.

use core::fmt;
use core::str::FromStr;

/// A three-byte application identifier, held as it is written: most significant byte first.
/// The wire carries it least significant byte first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Aid([u8; 3]);

impl Aid {
    /// The PICC level.
    pub const PICC: Self = Self([0; 3]);

    /// The directory of cards that follow the MIFARE application directory, version 3.
    pub const DIRECTORY: Self = Self([0xFF; 3]);

    /// The application with this number in the MIFARE application directory: the nibble F, the two
    /// bytes (function cluster, application code), and one of 16 indices behind. `None` for an
    /// index above 15, and for [`Aid::DIRECTORY`]. Source: libfreefare, and texts that quote NXP
    /// AN10787, 3.10.
    #[must_use]
    pub const fn of_directory([cluster, code]: [u8; 2], index: u8) -> Option<Self> {
        let aid = [0xF0 | cluster >> 4, cluster << 4 | code >> 4, code << 4 | index];
        if index > 0x0F || matches!(aid, [0xFF, 0xFF, 0xFF]) { None } else { Some(Self(aid)) }
    }

    /// From the written order: `Aid::new([0xF4, 0x81, 0x20])` is the application `F48120`.
    #[must_use]
    pub const fn new(written: [u8; 3]) -> Self {
        Self(written)
    }

    /// The bytes as written, most significant first.
    #[must_use]
    pub const fn written(self) -> [u8; 3] {
        self.0
    }

    /// The bytes as sent, least significant first.
    #[must_use]
    pub const fn to_wire(self) -> [u8; 3] {
        let [a, b, c] = self.0;
        [c, b, a]
    }

    /// From the bytes as sent, least significant first.
    #[must_use]
    pub const fn from_wire(wire: [u8; 3]) -> Self {
        let [c, b, a] = wire;
        Self([a, b, c])
    }
}

impl fmt::Display for Aid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c] = self.0;
        write!(f, "{a:02X}{b:02X}{c:02X}")
    }
}

impl fmt::Debug for Aid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Aid({self})")
    }
}

impl FromStr for Aid {
    type Err = AidError;

    fn from_str(text: &str) -> Result<Self, AidError> {
        let mut bytes = [0; 3];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| AidError)?;
        Ok(Self(bytes))
    }
}

/// A text that is no AID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an AID is six hexadecimal digits, most significant byte first, such as F48120")]
#[non_exhaustive]
pub struct AidError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_sent_order_are_each_others_reverse() {
        let aid: Aid = "F48120".parse().unwrap();
        assert_eq!((aid.written(), aid.to_wire()), ([0xF4, 0x81, 0x20], [0x20, 0x81, 0xF4]));
        assert_eq!(Aid::from_wire([0x20, 0x81, 0xF4]), aid);
        assert_eq!(aid.to_string(), "F48120");
        assert_eq!("F4812".parse::<Aid>(), Err(AidError));
    }

    /// 7009 is the number of a maker of locks, whose DESFire applications are F7009x.
    #[test]
    fn numbers_of_the_directory_stand_between_a_nibble_f_and_an_index() {
        let aid = |number, index| Aid::of_directory(number, index).map(|aid| aid.to_string());
        assert_eq!(aid([0x70, 0x09], 0).as_deref(), Some("F70090"));
        assert_eq!(aid([0x12, 0x34], 5).as_deref(), Some("F12345"));
        assert_eq!(aid([0xFF, 0xFF], 14).as_deref(), Some("FFFFFE"));
        assert_eq!((aid([0xFF, 0xFF], 15), aid([0x12, 0x34], 16)), (None, None));
        assert_eq!(Aid::DIRECTORY.to_string(), "FFFFFF");
    }
}
