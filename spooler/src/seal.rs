// SPDX-License-Identifier: MIT OR Apache-2.0
//! The personal part of an order: enciphered under a key of its own, which the tenant's key wraps. Where
//! that key is destroyed nobody reads the order any more, whoever keeps a copy of it.

use core::fmt;

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::TryRng;
use rand::rngs::SysRng;
use zeroize::Zeroizing;

/// Why something cannot be enciphered or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The system has no randomness.
    #[error("the system has no randomness: nothing is enciphered without")]
    NoRandomness,
    /// It was changed, belongs to another order, or the tenant's key is another one.
    #[error("it was changed, or enciphered under another tenant's key: is this the right key?")]
    NotOurs,
}

const NONCE: usize = 24;

/// Personal data in the clear, wiped on drop. `Debug` shows none.
pub(crate) struct Sealed(Zeroizing<Vec<u8>>);

impl Sealed {
    /// The bytes themselves.
    #[must_use]
    pub(crate) fn expose_secret(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// A key that enciphers under nonces of chance (XChaCha20-Poly1305, whose nonces never run out).
pub(crate) struct WrapKey(Zeroizing<[u8; 32]>);

impl WrapKey {
    pub(crate) const fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self(key)
    }

    /// A key of chance.
    fn random() -> Result<Self, SealError> {
        let mut key = Zeroizing::new([0; 32]);
        random(&mut *key)?;
        Ok(Self(key))
    }

    /// Nonce, ciphertext and tag; `whose` has to be the same when it is opened.
    pub(crate) fn seal(&self, whose: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE];
        random(&mut nonce)?;
        // Room for all of it at once, so that no copy of the plain text stays behind.
        let mut body = Zeroizing::new(Vec::with_capacity(plain.len() + 16));
        body.extend_from_slice(plain);
        let cipher = XChaCha20Poly1305::new((&*self.0).into());
        let done = cipher.encrypt_in_place(&XNonce::from(nonce), whose, &mut *body);
        done.map_err(|_| SealError::NotOurs)?;
        Ok([&nonce[..], &body].concat())
    }

    pub(crate) fn open(&self, whose: &[u8], sealed: &[u8]) -> Result<Sealed, SealError> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE>().ok_or(SealError::NotOurs)?;
        let mut body = Zeroizing::new(body.to_vec());
        let cipher = XChaCha20Poly1305::new((&*self.0).into());
        let done = cipher.decrypt_in_place(&XNonce::from(*nonce), whose, &mut *body);
        done.map_err(|_| SealError::NotOurs)?;
        Ok(Sealed(body))
    }

    /// Enciphers under a key of its own: that key, wrapped under this one, and the rest.
    pub(crate) fn envelop(&self, whose: &[u8], plain: &[u8]) -> Result<Envelope, SealError> {
        let own = Self::random()?;
        Ok(Envelope { key: self.seal(whose, &*own.0)?, body: own.seal(whose, plain)? })
    }

    pub(crate) fn unwrap(&self, whose: &[u8], envelope: &Envelope) -> Result<Sealed, SealError> {
        let key = self.open(whose, &envelope.key)?;
        let own = <[u8; 32]>::try_from(key.expose_secret()).map_err(|_| SealError::NotOurs)?;
        Self::new(Zeroizing::new(own)).open(whose, &envelope.body)
    }
}

/// A name of chance, which says nothing of anybody.
pub(crate) fn random_name() -> Result<[u8; 32], SealError> {
    let mut name = [0; 32];
    random(&mut name)?;
    Ok(name)
}

fn random(bytes: &mut [u8]) -> Result<(), SealError> {
    SysRng.try_fill_bytes(bytes).map_err(|_| SealError::NoRandomness)
}

/// An order's personal part as it stands in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores put it together")]
pub struct Envelope {
    /// The order's own key, wrapped under the tenant's.
    pub key: Vec<u8>,
    /// The rest, enciphered under the order's own key.
    pub body: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> WrapKey {
        WrapKey::new(Zeroizing::new([byte; 32]))
    }

    #[test]
    fn an_envelope_opens_for_its_order_and_tenant_alone() {
        let envelope = key(1).envelop(b"order 1", b"Erika").unwrap();
        assert_eq!(key(1).unwrap(b"order 1", &envelope).unwrap().expose_secret(), b"Erika");
        assert_eq!(key(1).unwrap(b"order 2", &envelope).unwrap_err(), SealError::NotOurs);
        assert_eq!(key(2).unwrap(b"order 1", &envelope).unwrap_err(), SealError::NotOurs);
        let other = key(1).envelop(b"order 1", b"Erika").unwrap();
        let mixed = Envelope { key: other.key.clone(), ..envelope.clone() };
        assert_eq!(key(1).unwrap(b"order 1", &mixed).unwrap_err(), SealError::NotOurs);
        assert_ne!(envelope.body, other.body);
        let none = Envelope { key: Vec::new(), ..envelope };
        assert_eq!(key(1).unwrap(b"order 1", &none).unwrap_err(), SealError::NotOurs);
    }

    #[test]
    fn what_is_open_shows_nothing() {
        let sealed = key(1).seal(b"", b"Erika").unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"Erika"));
        assert_eq!(format!("{:?}", key(1).open(b"", &sealed).unwrap()), "<secret>");
    }
}
