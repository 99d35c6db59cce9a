// SPDX-License-Identifier: MIT OR Apache-2.0
//! The issuer keys of a search.

use std::sync::Arc;

use crate::key::{IssuerKey, MasterKey, Purpose};
use crate::keys::Store;
use crate::wire::{KeyType, KeyVersion};

/// A key that may have made the card's. `Debug` shows name, type and version.
#[derive(Debug, Clone)]
pub struct Issuer {
    name: String,
    version: KeyVersion,
    key: Arc<dyn IssuerKey>,
    public: bool,
}

impl Issuer {
    /// A key under a name.
    #[must_use]
    pub fn new(name: &str, version: KeyVersion, key: impl IssuerKey + 'static) -> Self {
        Self::of(name, version, Arc::new(key))
    }

    fn of(name: &str, version: KeyVersion, key: Arc<dyn IssuerKey>) -> Self {
        Self { name: name.to_owned(), version, key, public: false }
    }

    /// The keys that everybody knows: all zeros, of each type, version 0. Cards and applications
    /// from the factory have them.
    #[must_use]
    pub fn public() -> Vec<Self> {
        let key = |name: &str, key: MasterKey| Self {
            public: true,
            ..Self::new(name, KeyVersion(0), key)
        };
        vec![
            key("factory key (DES zeros)", MasterKey::des(&[0; 16])),
            key("zero key (AES)", MasterKey::aes(&[0; 16])),
            key("zero key (3K3DES)", MasterKey::tdes3(&[0; 24])),
        ]
    }

    /// The keys that a store lists, in its order. Those of one marked live are for cards, not for programs.
    #[must_use]
    pub fn of_store(store: &dyn Store) -> Vec<Self> {
        let key = |(name, version): (String, KeyVersion)| {
            Some(Self::of(&name, version, store.issuer(&name, version).ok()?))
        };
        store.names().into_iter().filter_map(key).collect()
    }

    /// The name in the key file, or what a public key is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version that cards report of it.
    #[must_use]
    pub const fn version(&self) -> KeyVersion {
        self.version
    }

    /// Its type, which the card key has too.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        self.key.key_type()
    }

    /// Whether everybody knows it.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        self.public
    }

    pub(super) fn is_live(&self) -> bool {
        self.key.purpose() == Purpose::Live
    }

    pub(super) fn key(&self) -> &dyn IssuerKey {
        &*self.key
    }
}
