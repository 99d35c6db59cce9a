// SPDX-License-Identifier: MIT OR Apache-2.0
//! What GetVersion reports, and the chip that it tells of.

use crate::bytes::{Cursor, DecodeError};
use crate::iso14443::RealUid;

use super::{Chip, Product};

/// Seven bytes on the hardware or the software.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the reply")]
pub struct ModuleVersion {
    /// `04` is NXP.
    pub vendor: u8,
    /// `01` is DESFire.
    pub kind: u8,
    /// Variant, such as the input capacitance.
    pub subtype: u8,
    /// Major version.
    pub major: u8,
    /// Minor version.
    pub minor: u8,
    /// Size code: at least 2 to the power of its upper seven bits, and less than twice that where
    /// bit 0 is set.
    pub storage: u8,
    /// `05` is ISO/IEC 14443-2, -3 and -4.
    pub protocol: u8,
}

impl ModuleVersion {
    fn decode(cursor: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        let [vendor, kind, subtype, major, minor, storage, protocol] = cursor.array()?;
        Ok(Self { vendor, kind, subtype, major, minor, storage, protocol })
    }

    /// The seven bytes as sent.
    #[must_use]
    pub const fn to_wire(self) -> [u8; 7] {
        let Self { vendor, kind, subtype, major, minor, storage, protocol } = self;
        [vendor, kind, subtype, major, minor, storage, protocol]
    }
}

/// The 28 bytes of GetVersion: hardware 7, software 7, production 14.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the reply")]
pub struct Version {
    /// The chip.
    pub hardware: ModuleVersion,
    /// The software on it.
    pub software: ModuleVersion,
    /// The UID, or `None` where the card hides it (seven zeros: random UID).
    pub uid: Option<RealUid>,
    /// Production batch.
    pub batch: [u8; 5],
    /// Production week and year, BCD.
    pub produced: [u8; 2],
}

impl Version {
    /// Reads the three parts joined. A fifteenth production byte (FabKeyID) is allowed.
    ///
    /// # Errors
    /// [`DecodeError`] for any other length.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new("version", bytes);
        let hardware = ModuleVersion::decode(&mut cursor)?;
        let software = ModuleVersion::decode(&mut cursor)?;
        let uid: [u8; 7] = cursor.array()?;
        let batch = cursor.array()?;
        let produced = cursor.array()?;
        if cursor.remaining() == 1 {
            cursor.u8()?;
        }
        cursor.finish()?;
        let uid = (uid != [0; 7]).then(|| RealUid::new(uid));
        Ok(Self { hardware, software, uid, batch, produced })
    }

    /// The chip, or `None` where it is no DESFire that this crate knows. What says that it is a
    /// DESFire in other clothes (on a microcontroller, on a phone) is one.
    #[must_use]
    pub fn chip(&self) -> Option<Chip> {
        let generation = Product::of(self)?.generation()?;
        Some(Chip::new(generation, self.hardware.storage))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(major: u8, storage: u8) -> Version {
        let mut bytes = [0x04; 28];
        bytes[..7].copy_from_slice(&[0x04, 0x01, 0x01, major, 0x00, storage, 0x05]);
        Version::decode(&bytes).unwrap()
    }

    /// Hardware versions as the DESFire data sheets and public dumps give them.
    #[test]
    fn the_hardware_part_tells_the_chip() {
        for (major, storage, name) in [
            (0x01, 0x10, "ev1-256"),
            (0x01, 0x12, "ev1-512"),
            (0x01, 0x14, "ev1-1k"),
            (0x01, 0x16, "ev1-2k"),
            (0x01, 0x18, "ev1-4k"),
            (0x12, 0x1A, "ev2-8k"),
            (0x22, 0x1C, "ev2-16k"),
            (0x22, 0x1E, "ev2-32k"),
            (0x33, 0x1A, "ev3-8k"),
            (0x33, 0x1C, "ev3-16k"),
            (0x00, 0x18, "d40-4k"),
        ] {
            assert_eq!(version(major, storage).chip().unwrap().to_string(), name);
        }
        assert_eq!(version(0xA0, 0x1A).chip(), None);
    }

    #[test]
    fn a_hidden_uid_is_none_and_lengths_are_exact() {
        let mut bytes = [0x04; 28];
        bytes[14..21].fill(0x00);
        assert_eq!(Version::decode(&bytes).unwrap().uid, None);
        assert!(Version::decode(&bytes[..27]).is_err());
        assert!(Version::decode(&[0x04; 29]).is_ok());
        assert!(Version::decode(&[0x04; 30]).is_err());
    }
}
