// SPDX-License-Identifier: MIT OR Apache-2.0
//! What ISO commands leave behind for the next one.

use crate::crypto::Block;
use crate::secret::Secret;

/// What ISO commands leave behind for the next one.
#[derive(Clone, Default)]
pub(in crate::emulator) struct IsoState {
    /// The elementary file that was selected, by its file number.
    pub(super) file: Option<u8>,
    /// How far an authentication is.
    pub(super) challenged: Option<Challenged>,
}

impl IsoState {
    /// Nothing is selected and no authentication under way.
    pub(in crate::emulator) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether an authentication is under way.
    pub(in crate::emulator) const fn is_authenticating(&self) -> bool {
        self.challenged.is_some()
    }
}

/// How far an authentication is.
#[derive(Clone)]
pub(super) enum Challenged {
    /// The card's first challenge is out.
    Asked(Secret<[u8; 16]>),
    /// The reader has proven its key: its challenge, and the last block of its cryptogram.
    Proven { key: u8, reader: Secret<[u8; 16]>, chain: Block },
}
