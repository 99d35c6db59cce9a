// SPDX-License-Identifier: MIT OR Apache-2.0
//! Numbers that must not be mixed up.

use core::fmt;

/// The number of a key in its application, 0 to 13.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyNo(u8);

impl KeyNo {
    /// The master key of the PICC or of an application.
    pub const MASTER: Self = Self(0);

    /// `None` above 13.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number <= 13 { Some(Self(number)) } else { None }
    }
}

/// A key that only the PICC has, beside its master key (EV2): those of delegated application management. On an
/// EV2 from the factory they are AES keys of zeros, on an EV3 nobody authenticates with them until they are
/// written (nfcjlib and libnci, on real cards).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PiccKey {
    /// DAMAuthKey `10`, with which delegated applications are created.
    DamAuth,
    /// DAMMACKey `11`, which proves the owner's permission.
    DamMac,
    /// DAMENCKey `12`, which hides the key of the new application.
    DamEnc,
}

impl PiccKey {
    /// Its number, which no key of an application has.
    #[must_use]
    pub const fn number(self) -> KeyNo {
        match self {
            Self::DamAuth => KeyNo(0x10),
            Self::DamMac => KeyNo(0x11),
            Self::DamEnc => KeyNo(0x12),
        }
    }
}

impl From<KeyNo> for u8 {
    fn from(number: KeyNo) -> Self {
        number.0
    }
}

impl fmt::Display for KeyNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number of a file in its application, 0 to 31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileNo(u8);

impl FileNo {
    /// `None` above 31.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number <= 31 { Some(Self(number)) } else { None }
    }
}

impl From<FileNo> for u8 {
    fn from(number: FileNo) -> Self {
        number.0
    }
}

impl fmt::Display for FileNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_the_card_ends_and_read_as_numbers() {
        assert_eq!(KeyNo::new(13).unwrap().to_string(), "13");
        assert_eq!(FileNo::new(31).unwrap().to_string(), "31");
        assert_eq!((KeyNo::new(14), FileNo::new(32)), (None, None));
    }
}
