// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tenant's receipt key: names for cards and files that only its holder can link.

use core::fmt;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::key::KeyError;

/// The tenant's receipt key, an HMAC-SHA-256 key, wherever it is. It only computes; deleting it unlinks
/// every name made with it. Keys that are derived from it for one purpose are in this process.
#[derive(Debug, Clone)]
pub struct ReceiptKey(Place);

#[derive(Debug, Clone)]
enum Place {
    Here(NameKey),
    Elsewhere(Arc<dyn RemoteHmac>),
}

/// An HMAC-SHA-256 key that is elsewhere: in a token, behind a network. Whoever implements it bounds the
/// time that a call takes, and says [`KeyError::TimedOut`] after that. Calls come from several threads.
pub trait RemoteHmac: fmt::Debug + Send + Sync {
    /// HMAC-SHA-256 over the parts, one after the other.
    ///
    /// # Errors
    /// [`KeyError`].
    fn hmac(&self, parts: &[&[u8]]) -> Result<[u8; 32], KeyError>;
}

impl ReceiptKey {
    /// A key in this process; the caller wipes its own copy.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Place::Here(NameKey::new(key)))
    }

    /// A key that is elsewhere.
    #[must_use]
    pub fn elsewhere(key: Arc<dyn RemoteHmac>) -> Self {
        Self(Place::Elsewhere(key))
    }

    /// HMAC-SHA-256 over the length of `domain` (eight bytes, most significant first), `domain`
    /// and `data`, so that names of one kind never equal names of another.
    ///
    /// # Errors
    /// [`KeyError`] of a key that is elsewhere.
    pub fn hmac(&self, domain: &str, data: &[u8]) -> Result<[u8; 32], KeyError> {
        match &self.0 {
            Place::Here(key) => Ok(key.hmac(domain, data)),
            Place::Elsewhere(key) => key.hmac(&[&length(domain), domain.as_bytes(), data]),
        }
    }

    /// A key of its own for one purpose, from which neither this key nor another one follows.
    pub(crate) fn derive(&self, purpose: &str) -> Result<NameKey, KeyError> {
        Ok(NameKey::new(&Zeroizing::new(self.hmac(DERIVE, purpose.as_bytes())?)))
    }
}

/// An HMAC-SHA-256 key in this process, that makes names.
#[derive(Clone)]
pub struct NameKey(Hmac<Sha256>);

impl NameKey {
    /// Takes the key in; the caller wipes its own copy.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        // HMAC itself fills keys up to its block of 64 bytes with zeros (RFC 2104, section 2).
        let mut block = Zeroizing::new([0; 64]);
        for (slot, byte) in block.iter_mut().zip(key) {
            *slot = *byte;
        }
        Self(Hmac::new((&*block).into()))
    }

    /// As [`ReceiptKey::hmac`].
    #[must_use]
    pub fn hmac(&self, domain: &str, data: &[u8]) -> [u8; 32] {
        mac(self.0.clone(), &[&length(domain), domain.as_bytes(), data])
    }

    /// A key of its own for one purpose, from which neither this key nor another one follows.
    pub(crate) fn derive(&self, purpose: &str) -> Self {
        Self::new(&Zeroizing::new(self.hmac(DERIVE, purpose.as_bytes())))
    }
}

/// The domain of derived keys.
const DERIVE: &str = "key";

const fn length(domain: &str) -> [u8; 8] {
    (domain.len() as u64).to_be_bytes()
}

impl fmt::Debug for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NameKey(<secret>)")
    }
}

fn mac(mut hmac: Hmac<Sha256>, parts: &[&[u8]]) -> [u8; 32] {
    for part in parts {
        hmac.update(part);
    }
    hmac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, 4.3 (test case 2) and 4.4 (test case 3).
    #[test]
    fn the_published_vectors() {
        let jefe = Hmac::new_from_slice(b"Jefe").unwrap();
        assert_eq!(
            hex::encode(mac(jefe, &[b"what do ya want ", b"for nothing?"])),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let aa = Hmac::new_from_slice(&[0xAA; 20]).unwrap();
        assert_eq!(
            hex::encode(mac(aa, &[&[0xDD; 50]])),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        );
    }

    #[test]
    fn domains_keep_names_apart() {
        let key = NameKey::new(&[0x5A; 32]);
        assert_ne!(key.hmac("card", b"x"), key.hmac("file", b"x"));
        assert_ne!(key.hmac("card", b"sx"), key.hmac("cards", b"x"));
        assert_ne!(key.hmac("card", b"x"), NameKey::new(&[0x5B; 32]).hmac("card", b"x"));
        let length = 4_u64.to_be_bytes();
        let plain = Hmac::new_from_slice(&[0x5A; 32]).unwrap();
        assert_eq!(key.hmac("card", b"x"), mac(plain, &[&length, b"card", b"x"]));
    }

    /// A key whose place can go away.
    #[derive(Debug)]
    struct Far(Option<KeyError>);

    impl RemoteHmac for Far {
        fn hmac(&self, parts: &[&[u8]]) -> Result<[u8; 32], KeyError> {
            let plain = || Hmac::new_from_slice(&[0x5A; 32]).map_err(|_| KeyError::NotThere);
            self.0.map_or_else(|| Ok(mac(plain()?, parts)), Err)
        }
    }

    #[test]
    fn a_key_elsewhere_makes_the_same_names_and_may_fail() {
        let (here, far) =
            (ReceiptKey::new(&[0x5A; 32]), |error| ReceiptKey::elsewhere(Arc::new(Far(error))));
        let key = far(None);
        assert_eq!(key.hmac("card", b"x"), here.hmac("card", b"x"));
        let derived = |key: &ReceiptKey| key.derive("p").unwrap().hmac("card", b"x");
        assert_eq!(derived(&key), derived(&here));
        assert_eq!(derived(&key), NameKey::new(&[0x5A; 32]).derive("p").hmac("card", b"x"));
        let key = far(Some(KeyError::Away));
        assert_eq!(key.hmac("card", b"x"), Err(KeyError::Away));
        assert!(key.derive("p").is_err());
    }

    #[test]
    fn debug_shows_no_byte() {
        let told = format!("{:?}", ReceiptKey::new(&[0x5A; 32]));
        assert_eq!(told, "ReceiptKey(Here(NameKey(<secret>)))");
    }
}
