// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card is, as far as a search depends on it.

use crate::wire::{DfName, Generation, KeyNo, Messaging, Product, Version};

/// How the keys of a product are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A MIFARE DESFire of some generation, on whatever chip: its applications are somebody's.
    Desfire(Generation),
    /// MIFARE DESFire Light, of one application with five AES keys.
    Light,
    /// NTAG 424 DNA, the same.
    Ntag424,
}

impl Kind {
    /// By GetVersion; `None` for another product.
    pub(super) fn of(version: &Version) -> Option<Self> {
        let product = Product::of(version)?;
        if product == Product::Light {
            return Some(Self::Light);
        }
        if matches!(product, Product::Ntag424Dna | Product::Ntag424DnaTt) {
            return Some(Self::Ntag424);
        }
        let generation = product.generation()?;
        generation.silicon().layout.is_free().then_some(Self::Desfire(generation))
    }

    /// The messaging that its sessions are opened with, unless the caller knows better.
    pub(super) fn messaging(self) -> Messaging {
        match self {
            Self::Desfire(generation) => generation.silicon().usual_messaging(),
            Self::Light | Self::Ntag424 => Messaging::Ev2,
        }
    }

    /// The messaging that it takes at all.
    pub(super) fn takes(self, messaging: Messaging) -> bool {
        match self {
            Self::Desfire(generation) => generation.silicon().speaks_everywhere(messaging),
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
