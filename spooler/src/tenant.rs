// SPDX-License-Identifier: MIT OR Apache-2.0
//! For whom orders are kept: the key that everything of theirs hangs on, and their rules.

use core::fmt;
use core::time::Duration;

use cardwright::keys::NameKey;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::flow::Rules;
use crate::seal::{SealError, Sealed, WrapKey};

/// A tenant's key: what wraps the keys of orders, and makes the names by which orders are known without
/// saying what they are called. Never kept in the database; who loses it has lost the orders.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TenantKey([u8; 32]);

impl TenantKey {
    /// Takes the key in; the caller wipes its own copy.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// A key of its own for one purpose, from which neither this key nor another one follows.
    fn purpose(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(NameKey::new(&self.0).hmac("spooler", purpose.as_bytes()))
    }

    /// What stands for a text where nobody may tell which it is.
    pub(crate) fn name(&self, kind: &str, text: &[u8]) -> [u8; 32] {
        NameKey::new(&self.purpose(kind)).hmac(kind, text)
    }

    /// The MAC of a line of a chain.
    pub(crate) fn mac(&self, chain: &str, line: &[u8]) -> [u8; 32] {
        NameKey::new(&self.purpose("chain")).hmac(chain, line)
    }

    pub(crate) fn wrap(&self) -> WrapKey {
        WrapKey::new(self.purpose("wrap"))
    }

    /// Enciphers what outlives the order's own key: what a door controller blocks a card by.
    pub(crate) fn seal_block(&self, card: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        WrapKey::new(self.purpose("block")).seal(card, plain)
    }

    pub(crate) fn open_block(&self, card: &[u8], sealed: &[u8]) -> Result<Sealed, SealError> {
        WrapKey::new(self.purpose("block")).open(card, sealed)
    }
}

impl fmt::Debug for TenantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TenantKey(<secret>)")
    }
}

/// For whom orders are kept.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Tenant {
    /// The name, which stands in the database.
    pub name: String,
    /// What it decides.
    pub rules: Rules,
    /// How long after its end an order is erased; `None` keeps it until somebody says so.
    pub retention: Option<Duration>,
    pub(crate) key: TenantKey,
}

impl Tenant {
    /// A tenant with the usual rules, whose orders are kept until somebody erases them.
    #[must_use]
    pub fn new(name: impl Into<String>, key: TenantKey) -> Self {
        Self { name: name.into(), rules: Rules::default(), retention: None, key }
    }

    /// Other rules than the usual ones.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// Erases orders so long after their end.
    #[must_use]
    pub fn with_retention(self, retention: Duration) -> Self {
        Self { retention: Some(retention), ..self }
    }
}
