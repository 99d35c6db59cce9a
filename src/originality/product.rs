// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a chip says that it is, as far as its signature depends on it.

use core::fmt;

use crate::wire::{ModuleVersion, Version};

/// A product of which some chips carry a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Product {
    /// MIFARE DESFire EV1; the older ones have no signature.
    Ev1,
    /// MIFARE DESFire EV2 up to 8K.
    Ev2,
    /// MIFARE DESFire EV2 of 16K and 32K.
    Ev2Xl,
    /// MIFARE DESFire EV3.
    Ev3,
    /// MIFARE DESFire Light.
    Light,
    /// NTAG 413 DNA.
    Ntag413Dna,
    /// NTAG 424 DNA, with and without tamper detection.
    Ntag424Dna,
}

impl Product {
    /// The product that a GetVersion tells of; `None` where no signature of such chips is known.
    #[must_use]
    pub const fn of(version: &Version) -> Option<Self> {
        let ModuleVersion { vendor: 0x04, kind, major, .. } = version.hardware else {
            return None;
        };
        Some(match (kind, major) {
            (0x01, 0x01) => Self::Ev1,
            (0x01, 0x12) => Self::Ev2,
            (0x01, 0x22) => Self::Ev2Xl,
            (0x01, 0x33) => Self::Ev3,
            (0x08, 0x30) => Self::Light,
            (0x04, 0x10) => Self::Ntag413Dna,
            (0x04, 0x30) => Self::Ntag424Dna,
            _ => return None,
        })
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ev1 => "DESFire EV1",
            Self::Ev2 => "DESFire EV2",
            Self::Ev2Xl => "DESFire EV2 XL",
            Self::Ev3 => "DESFire EV3",
            Self::Light => "DESFire Light",
            Self::Ntag413Dna => "NTAG 413 DNA",
            Self::Ntag424Dna => "NTAG 424 DNA",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hardware versions of real chips and of AN12343 and AN12196, as `tests/vectors` has them; the
    /// major versions of EV2 XL and NTAG 413 DNA as Proxmark3 tells them apart.
    #[test]
    fn the_hardware_version_tells_the_product() {
        for (hardware, product) in [
            ([0x04, 0x01, 0x01, 0x01, 0x00, 0x1A, 0x05], Some(Product::Ev1)),
            ([0x04, 0x01, 0x02, 0x12, 0x00, 0x1A, 0x05], Some(Product::Ev2)),
            ([0x04, 0x01, 0x01, 0x22, 0x00, 0x1C, 0x05], Some(Product::Ev2Xl)),
            ([0x04, 0x01, 0x01, 0x33, 0x00, 0x1A, 0x05], Some(Product::Ev3)),
            ([0x04, 0x08, 0x01, 0x30, 0x00, 0x13, 0x05], Some(Product::Light)),
            ([0x04, 0x04, 0x02, 0x10, 0x00, 0x0F, 0x05], Some(Product::Ntag413Dna)),
            ([0x04, 0x04, 0x08, 0x30, 0x00, 0x11, 0x05], Some(Product::Ntag424Dna)),
            ([0x04, 0x01, 0x01, 0x00, 0x02, 0x18, 0x05], None),
            ([0x05, 0x01, 0x01, 0x33, 0x00, 0x1A, 0x05], None),
        ] {
            let mut bytes = [0x00; 28];
            bytes[..7].copy_from_slice(&hardware);
            assert_eq!(Product::of(&Version::decode(&bytes).unwrap()), product, "{hardware:02X?}");
        }
    }
}
