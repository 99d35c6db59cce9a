// SPDX-License-Identifier: MIT OR Apache-2.0
//! The issuer keys of a search.

use crate::key::MasterKey;
use crate::keys::{KeyFile, Purpose};
use crate::wire::{KeyType, KeyVersion};

/// A key that may have made the card's. `Debug` shows name, type and version.
#[derive(Debug, Clone)]
pub struct Issuer {
    name: String,
    version: KeyVersion,
    master: MasterKey,
    public: bool,
    live: bool,
}

impl Issuer {
    /// A key under a name.
    #[must_use]
    pub fn new(name: &str, version: KeyVersion, master: MasterKey) -> Self {
        Self { name: name.to_owned(), version, master, public: false, live: false }
    }

    /// The keys that everybody knows: all zeros, of each type, version 0. Cards and applications
    /// from the factory have them.
    #[must_use]
    pub fn public() -> Vec<Self> {
        let key = |name: &str, master| Self {
            name: name.to_owned(),
            version: KeyVersion(0),
            master,
            public: true,
            live: false,
        };
        vec![
            key("factory key (DES zeros)", MasterKey::des(&[0; 16])),
            key("zero key (AES)", MasterKey::aes(&[0; 16])),
            key("zero key (3K3DES)", MasterKey::tdes3(&[0; 24])),
        ]
    }

    /// The keys of a file, in its order. Those of a file marked live are for cards, not for programs.
    #[must_use]
    pub fn of_file(file: &KeyFile) -> Vec<Self> {
        let live = file.purpose() == Purpose::Live;
        let key = |(name, version)| {
            let master = file.master(name, version)?.clone();
            Some(Self { live, ..Self::new(name, version, master) })
        };
        file.names().filter_map(key).collect()
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
    pub const fn key_type(&self) -> KeyType {
        self.master.key_type()
    }

    /// Whether everybody knows it.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        self.public
    }

    pub(super) const fn is_live(&self) -> bool {
        self.live
    }

    pub(super) const fn master(&self) -> &MasterKey {
        &self.master
    }
}
