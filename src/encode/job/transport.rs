// SPDX-License-Identifier: MIT OR Apache-2.0
//! The keys that a card may arrive with at its PICC level.

use crate::encode::job::bound::Bound;
use crate::wire::KeyVersion;

#[derive(Debug, Clone)]
pub(super) enum TransportKey {
    Factory,
    Issuer(Box<Bound>),
}

impl TransportKey {
    pub(super) fn version(&self) -> KeyVersion {
        match self {
            Self::Factory => KeyVersion(0),
            Self::Issuer(bound) => bound.spec.version,
        }
    }
}
