// SPDX-License-Identifier: MIT OR Apache-2.0
//! Status words (ISO/IEC 7816-4, 5.6).

use core::fmt;

/// SW1 and SW2 as one number, SW1 in the high byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "two bytes are all there is")]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// Normal processing.
    pub const OK: Self = Self(0x9000);
    /// The data ended before the length asked for.
    pub const END_OF_FILE: Self = Self(0x6282);
    /// The memory could not be written.
    pub const MEMORY_FAILURE: Self = Self(0x6581);
    /// Wrong length.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// The security status does not allow it.
    pub const SECURITY_STATUS: Self = Self(0x6982);
    /// The conditions of use do not allow it.
    pub const CONDITIONS_OF_USE: Self = Self(0x6985);
    /// File or application not found.
    pub const FILE_NOT_FOUND: Self = Self(0x6A82);
    /// Record not found.
    pub const RECORD_NOT_FOUND: Self = Self(0x6A83);
    /// Not enough memory in the file.
    pub const FILE_FULL: Self = Self(0x6A84);
    /// Wrong parameters P1 and P2.
    pub const WRONG_P1_P2: Self = Self(0x6A86);
    /// Lc does not fit P1 and P2.
    pub const WRONG_LC: Self = Self(0x6A87);
    /// The offset is outside the file.
    pub const WRONG_OFFSET: Self = Self(0x6B00);
    /// Wrong Le.
    pub const WRONG_LE: Self = Self(0x6C00);
    /// Instruction not supported.
    pub const INS_NOT_SUPPORTED: Self = Self(0x6D00);
    /// Class not supported.
    pub const CLA_NOT_SUPPORTED: Self = Self(0x6E00);

    /// SW1, the high byte.
    #[must_use]
    pub const fn sw1(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    /// SW2, the low byte.
    #[must_use]
    pub const fn sw2(self) -> u8 {
        self.0.to_be_bytes()[1]
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}
