// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card is, as far as a search depends on it.

use crate::wire::{DfName, Generation, KeyNo, Messaging, Version};

/// How the keys of a product are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A MIFARE DESFire of some generation; a new one is taken for the latest.
    Desfire(Generation),
    /// MIFARE DESFire Light, of one application with five AES keys.
    Light,
    /// NTAG 424 DNA, the same.
    Ntag424,
}

impl Kind {
    /// By GetVersion; else what the card is called. The lower half of the type byte is the product,
    /// its upper half the shape that it comes in: `81` and `91` are DESFire too.
    pub(super) fn of(version: &Version) -> Result<Self, String> {
        let hardware = version.hardware;
        if let Some(chip) = version.chip() {
            return Ok(Self::Desfire(chip.generation()));
        }
        match (hardware.vendor, hardware.kind, hardware.major) {
            (0x04, 0x01 | 0x81 | 0x91, _) => Ok(Self::Desfire(Generation::Ev3)),
            (0x04, 0x08, 0x30) => Ok(Self::Light),
            (0x04, 0x04, 0x30) => Ok(Self::Ntag424),
            (0x04, 0x02, _) => Err("a MIFARE Plus".to_owned()),
            (0x04, 0x03, _) => Err("a MIFARE Ultralight".to_owned()),
            (0x04, 0x04, _) => Err("an NTAG".to_owned()),
            (vendor, kind, major) => {
                Err(format!("vendor {vendor:02X}, type {kind:02X}, version {major:02X}"))
            }
        }
    }

    /// The messaging that its sessions are opened with, unless the caller knows better. EV2 and EV3
    /// take EV1's as long as nobody has switched it off.
    pub(super) const fn messaging(self) -> Messaging {
        match self {
            Self::Desfire(Generation::D40) => Messaging::D40,
            Self::Desfire(Generation::Ev1 | Generation::Ev2 | Generation::Ev3) => Messaging::Ev1,
            Self::Light | Self::Ntag424 => Messaging::Ev2,
        }
    }

    /// The messaging that it takes at all.
    pub(super) const fn takes(self, messaging: Messaging) -> bool {
        match self {
            Self::Desfire(Generation::D40) => matches!(messaging, Messaging::D40),
            Self::Desfire(Generation::Ev1) => !matches!(messaging, Messaging::Ev2),
            Self::Desfire(Generation::Ev2 | Generation::Ev3) => true,
            Self::Light | Self::Ntag424 => matches!(messaging, Messaging::Ev2),
        }
    }

    /// The name of the only application, where there is only one (MF2DLHX0 and NT4H2421Gx).
    pub(super) fn application(self) -> Option<DfName> {
        let name: &[u8] = match self {
            Self::Desfire(_) => return None,
            Self::Light => b"\xA0\x00\x00\x03\x96\x56\x43\x41\x03\xF0\x15\x40\x00\x00\x00\x0B",
            Self::Ntag424 => b"\xD2\x76\x00\x00\x85\x01\x01",
        };
        DfName::new(name).ok()
    }

    /// The numbers of its keys in the order in which they are searched, where they are given. A
    /// refused key 0 of these two costs the only way to change anything, so it is the last.
    pub(super) fn keys(self) -> Option<Vec<KeyNo>> {
        match self {
            Self::Desfire(_) => None,
            Self::Light | Self::Ntag424 => {
                Some([1, 2, 3, 4, 0].into_iter().filter_map(KeyNo::new).collect())
            }
        }
    }
}
