// SPDX-License-Identifier: MIT OR Apache-2.0
//! Session keys of D40 and EV1: pieces of the nonces.

use zeroize::Zeroizing;

use crate::crypto::Cipher;
use crate::wire::KeyType;

/// The cipher of a session, which pieces of the nonces make its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::emulator) enum SessionKey {
    /// After a DES key of two equal halves.
    Des,
    /// After any other two-key triple DES key.
    Tdes2,
    /// After a three-key triple DES key.
    Tdes3,
    /// After an AES key.
    Aes,
}

impl SessionKey {
    pub(in crate::emulator) const fn of(kind: KeyType, single: bool) -> Self {
        match (kind, single) {
            (KeyType::Des, true) => Self::Des,
            (KeyType::Des, false) => Self::Tdes2,
            (KeyType::Tdes3, _) => Self::Tdes3,
            (KeyType::Aes, _) => Self::Aes,
        }
    }

    /// Four bytes of RndA and four of RndB from each of these places.
    const fn places(self) -> &'static [usize] {
        match self {
            Self::Des => &[0],
            Self::Tdes2 => &[0, 4],
            Self::Tdes3 => &[0, 6, 12],
            Self::Aes => &[0, 12],
        }
    }

    pub(super) fn derive(self, rnd_a: &[u8], rnd_b: &[u8]) -> Cipher {
        let mut key = Zeroizing::new([0; 24]);
        let pieces = self.places().iter().flat_map(|&place| {
            rnd_a.iter().skip(place).take(4).chain(rnd_b.iter().skip(place).take(4))
        });
        for (slot, byte) in key.iter_mut().zip(pieces) {
            *slot = *byte;
        }
        let (half, _) = key.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
        let (two, _) = key.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
        match self {
            Self::Des => Cipher::des(half),
            Self::Tdes2 => Cipher::tdes2(two),
            Self::Tdes3 => Cipher::tdes3(&key),
            Self::Aes => Cipher::aes(two),
        }
    }
}
