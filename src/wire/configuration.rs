// SPDX-License-Identifier: MIT OR Apache-2.0
//! What SetConfiguration sets on the card as a whole.

/// The byte of SetConfiguration option 00. Each switch can only be turned on, for good
/// (libfreefare, and its test suite for real cards).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(clippy::exhaustive_structs, reason = "the two bits of an EV1 card")]
pub struct PiccConfiguration {
    /// Bit 0: FormatPICC is refused.
    pub no_format: bool,
    /// Bit 1: the card shows a random UID of four bytes, new at every activation.
    pub random_uid: bool,
}

impl PiccConfiguration {
    /// The byte as sent.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        (self.random_uid as u8) << 1 | self.no_format as u8
    }

    /// From the byte as sent; `None` where a bit is set that EV1 does not know.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Option<Self> {
        if byte > 0x03 {
            return None;
        }
        Some(Self { no_format: byte & 0x01 != 0, random_uid: byte & 0x02 != 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bit_is_one_switch() {
        let random = PiccConfiguration { random_uid: true, no_format: false };
        assert_eq!(random.to_byte(), 0x02);
        for byte in 0..=3 {
            assert_eq!(
                PiccConfiguration::from_byte(byte).map(PiccConfiguration::to_byte),
                Some(byte)
            );
        }
        assert_eq!(PiccConfiguration::from_byte(4), None);
    }
}
