// SPDX-License-Identifier: MIT OR Apache-2.0
//! What SetConfiguration has set.

use crate::iso14443::Ats;
use crate::wire::{KeyType, PiccConfiguration};

use super::keys::StoredKey;

/// The configuration of the card.
#[derive(Clone, Default)]
pub(super) struct Configuration {
    /// The switches, each of which can only be turned on.
    pub(super) picc: PiccConfiguration,
    /// What the slots of a new application hold.
    pub(super) default_key: Option<DefaultKey>,
    /// The answer to select, where it is not the factory's.
    pub(super) ats: Option<Ats>,
}

/// The default key: enough bytes for every type, and a version for AES.
#[derive(Clone)]
pub(super) struct DefaultKey {
    pub(super) bytes: crate::secret::Secret<[u8; 24]>,
    pub(super) version: u8,
}

impl Configuration {
    /// What the slots of a new application hold.
    pub(super) fn first_key(&self, kind: KeyType) -> StoredKey {
        let zero = StoredKey::zero(kind);
        let Some(DefaultKey { bytes, version }) = &self.default_key else { return zero };
        let bytes = bytes.expose_secret().get(..kind.length()).unwrap_or_default();
        StoredKey::new(kind, bytes, *version).unwrap_or(zero)
    }
}
