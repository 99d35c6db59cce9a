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

/// A key that only the PICC has, beside its master key (EV2): those of delegated application management, of NXP's
/// own applications, and of virtual cards. On an EV2 from the factory those of delegated application management are
/// AES keys of zeros, on an EV3 nobody authenticates with them until they are written (nfcjlib and libnci, on real
/// cards). Keys 1 to 4, which prove the chip's origin, are [`KeyNo`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PiccKey {
    /// DAMAuthKey `10`, with which delegated applications are created.
    DamAuth,
    /// DAMMACKey `11`, which proves the owner's permission.
    DamMac,
    /// DAMENCKey `12`, which hides the key of the new application.
    DamEnc,
    /// NXPDAMAuthKey `18`, with which NXP creates delegated applications. EV3 only.
    NxpDamAuth,
    /// NXPDAMMACKey `19`. EV3 only.
    NxpDamMac,
    /// NXPDAMENCKey `1A`. EV3 only.
    NxpDamEnc,
    /// VCConfigurationKey `20`, with which virtual cards are set up.
    VcConfiguration,
    /// VCProximityKey `21`, which proves a proximity check.
    VcProximity,
    /// VCSelectMACKey `22`, which proves the selection of a virtual card.
    VcSelectMac,
    /// VCSelectENCKey `23`, which hides what is told in it.
    VcSelectEnc,
}

impl PiccKey {
    /// All there are, by their numbers.
    pub const ALL: [Self; 10] = [
        Self::DamAuth,
        Self::DamMac,
        Self::DamEnc,
        Self::NxpDamAuth,
        Self::NxpDamMac,
        Self::NxpDamEnc,
        Self::VcConfiguration,
        Self::VcProximity,
        Self::VcSelectMac,
        Self::VcSelectEnc,
    ];

    /// Its number, which no key of an application has.
    #[must_use]
    pub const fn number(self) -> KeyNo {
        match self {
            Self::DamAuth => KeyNo(0x10),
            Self::DamMac => KeyNo(0x11),
            Self::DamEnc => KeyNo(0x12),
            Self::NxpDamAuth => KeyNo(0x18),
            Self::NxpDamMac => KeyNo(0x19),
            Self::NxpDamEnc => KeyNo(0x1A),
            Self::VcConfiguration => KeyNo(0x20),
            Self::VcProximity => KeyNo(0x21),
            Self::VcSelectMac => KeyNo(0x22),
            Self::VcSelectEnc => KeyNo(0x23),
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
