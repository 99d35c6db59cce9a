// SPDX-License-Identifier: MIT OR Apache-2.0
//! The keys that a card may arrive with at its PICC level.

use crate::key::MasterKey;
use crate::profile::KeySpec;
use crate::wire::KeyVersion;

#[derive(Debug, Clone)]
pub(crate) enum TransportKey {
    Factory,
    Issuer(KeySpec, Box<MasterKey>),
}

impl TransportKey {
    pub(super) const fn version(&self) -> KeyVersion {
        match self {
            Self::Factory => KeyVersion(0),
            Self::Issuer(spec, _) => spec.version,
        }
    }
}
