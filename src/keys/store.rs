// SPDX-License-Identifier: MIT OR Apache-2.0
//! What holds issuer keys, wherever it is.

use core::fmt;
use std::sync::Arc;

use super::ReceiptKey;
use crate::key::{IssuerKey, KeyError, Purpose};
use crate::wire::KeyVersion;

/// The keys of one tenant for one purpose: a [`KeyFile`](super::KeyFile), a token, a service.
///
/// A job asks it once for each key that its profile names, before the first card, and keeps what it
/// gets; from then on the keys are asked.
///
/// ```
/// use std::sync::Arc;
///
/// use cardwright::key::{IssuerKey, KeyError, MasterKey, Purpose};
/// use cardwright::keys::{ReceiptKey, Store};
/// use cardwright::wire::KeyVersion;
///
/// /// One key, made when the program starts, for cards that are thrown away when it ends.
/// #[derive(Debug)]
/// struct Fleeting(Arc<MasterKey>, ReceiptKey);
///
/// impl Store for Fleeting {
///     fn purpose(&self) -> Purpose {
///         Purpose::Test
///     }
///
///     fn tenant(&self) -> Option<&str> {
///         Some("nobody")
///     }
///
///     fn issuer(&self, name: &str, version: KeyVersion) -> Result<Arc<dyn IssuerKey>, KeyError> {
///         match (name, version) {
///             ("picc", KeyVersion(1)) => Ok(Arc::clone(&self.0) as Arc<dyn IssuerKey>),
///             _ => Err(KeyError::NotThere),
///         }
///     }
///
///     fn receipt_key(&self) -> Result<ReceiptKey, KeyError> {
///         Ok(self.1.clone())
///     }
/// }
///
/// let store = Fleeting(Arc::new(MasterKey::aes(&[0x5A; 16])), ReceiptKey::new(&[0xA5; 32]));
/// let store: &dyn Store = &store;
/// assert!(store.issuer("picc", KeyVersion(1)).is_ok());
/// ```
pub trait Store: fmt::Debug + Send + Sync {
    /// What its keys are for. Its issuer keys say the same.
    fn purpose(&self) -> Purpose;

    /// Whose keys they are, where it says so.
    fn tenant(&self) -> Option<&str>;

    /// The issuer key of this name and version.
    ///
    /// # Errors
    /// [`KeyError::NotThere`] where there is none; else why it cannot be had.
    fn issuer(&self, name: &str, version: KeyVersion) -> Result<Arc<dyn IssuerKey>, KeyError>;

    /// The tenant's receipt key.
    ///
    /// # Errors
    /// [`KeyError`].
    fn receipt_key(&self) -> Result<ReceiptKey, KeyError>;

    /// Names and versions of its issuer keys, in its own order; none where it does not list them. No job
    /// asks for them: they are for programs that try all keys, or tell which name may be meant.
    fn names(&self) -> Vec<(String, KeyVersion)> {
        Vec::new()
    }
}
