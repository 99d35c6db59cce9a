// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys of a store that are not those of the profile.

use super::model::KeySpec;
use crate::key::{CheckValue, IssuerKey, KeyError};
use crate::shown::Shown;
use crate::wire::KeyType;

/// Why a key of a store is not the one that the profile means.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OtherKey {
    /// It is of another type in the store.
    #[error(
        "key `{}` is of type {declared} in the profile and of type {found} in the key store: take the \
         store that belongs to the profile",
        Shown(name)
    )]
    KeyType {
        /// The key's name in the profile.
        name: String,
        /// Its type in the profile.
        declared: KeyType,
        /// Its type in the store.
        found: KeyType,
    },
    /// It has another check value in the store.
    #[error(
        "key `{}` has the check value {stated} in the profile and {found} in the key store: take the store \
         that belongs to the profile",
        Shown(name)
    )]
    CheckValue {
        /// The key's name in the profile.
        name: String,
        /// Its check value in the profile.
        stated: CheckValue,
        /// The one that it has in the store.
        found: CheckValue,
    },
}

impl KeySpec {
    /// Why this issuer key is not the one that is meant; `None` where it is.
    ///
    /// # Errors
    /// [`KeyError`] where it does not do what its check value takes.
    pub(crate) fn other_key(&self, issuer: &dyn IssuerKey) -> Result<Option<OtherKey>, KeyError> {
        let name = || self.name.clone();
        let (declared, found) = (self.key_type, issuer.key_type());
        if declared != found {
            return Ok(Some(OtherKey::KeyType { name: name(), declared, found }));
        }
        let other = self.other_check(issuer)?;
        Ok(other.map(|(stated, found)| OtherKey::CheckValue { name: name(), stated, found }))
    }
}
