// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes of a content that the embedding program makes.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::Arc;

use subtle::ConstantTimeEq;

use super::Record;
use crate::iso14443::RealUid;
use crate::secret::Secret;

/// Makes the bytes of a part of kind `hook`, from the record and the card's UID: a signature by a key
/// that is elsewhere, or a credential that somebody issues for this card. A closure of the same
/// arguments as [`bytes`](Self::bytes) is one.
///
/// It is asked before the first command that changes the card, and again for each card that is compared.
pub trait Hook: Send + Sync {
    /// The bytes, exactly `length` of them.
    ///
    /// # Errors
    /// [`HookError`] where it has none for this record: the card is refused, and nothing is written.
    fn bytes(
        &self,
        record: &Record,
        uid: &RealUid,
        length: usize,
    ) -> Result<Secret<Vec<u8>>, HookError>;

    /// Whether a card that holds these bytes holds what it should. One that would make others each time,
    /// as most signatures are, has to verify them here; unless it says otherwise it compares.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes).
    fn holds(&self, record: &Record, uid: &RealUid, found: &[u8]) -> Result<bool, HookError> {
        let own = self.bytes(record, uid, found.len())?;
        Ok(own.expose_secret().ct_eq(found).into())
    }
}

impl<F> Hook for F
where
    F: Fn(&Record, &RealUid, usize) -> Result<Secret<Vec<u8>>, HookError> + Send + Sync,
{
    fn bytes(
        &self,
        record: &Record,
        uid: &RealUid,
        length: usize,
    ) -> Result<Secret<Vec<u8>>, HookError> {
        self(record, uid, length)
    }
}

/// A hook has no bytes for a record. Why stays with the program that gave the hook, since it may name
/// somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, thiserror::Error)]
#[error("the program that gave the hook has no bytes for this record")]
#[expect(clippy::exhaustive_structs, reason = "it says nothing more")]
pub struct HookError;

/// The hooks of a program, by the names that profiles have for them.
#[derive(Clone, Default)]
pub struct Hooks(BTreeMap<String, Arc<dyn Hook>>);

impl Hooks {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more, or another one of that name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, hook: impl Hook + 'static) -> Self {
        self.0.insert(name.into(), Arc::new(hook));
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&dyn Hook> {
        self.0.get(name).map(|hook| &**hook)
    }
}

/// Their names.
impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
