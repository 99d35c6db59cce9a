// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tenant's receipt key: names for cards and files that only its holder can link.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// An HMAC-SHA-256 key. It only computes; deleting it unlinks every name made with it.
#[derive(Clone)]
pub struct ReceiptKey(Hmac<Sha256>);

impl ReceiptKey {
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

    /// HMAC-SHA-256 over the length of `domain` (eight bytes, most significant first), `domain`
    /// and `data`, so that names of one kind never equal names of another.
    #[must_use]
    pub fn hmac(&self, domain: &str, data: &[u8]) -> [u8; 32] {
        let length = (domain.len() as u64).to_be_bytes();
        mac(self.0.clone(), &[&length, domain.as_bytes(), data])
    }

    /// A key of its own for one purpose, from which neither this key nor another one follows.
    pub(crate) fn derive(&self, purpose: &str) -> Self {
        Self::new(&Zeroizing::new(self.hmac("key", purpose.as_bytes())))
    }
}

impl fmt::Debug for ReceiptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceiptKey(<secret>)")
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
        let key = ReceiptKey::new(&[0x5A; 32]);
        assert_ne!(key.hmac("card", b"x"), key.hmac("file", b"x"));
        assert_ne!(key.hmac("card", b"sx"), key.hmac("cards", b"x"));
        assert_ne!(key.hmac("card", b"x"), ReceiptKey::new(&[0x5B; 32]).hmac("card", b"x"));
        let length = 4_u64.to_be_bytes();
        let plain = Hmac::new_from_slice(&[0x5A; 32]).unwrap();
        assert_eq!(key.hmac("card", b"x"), mac(plain, &[&length, b"card", b"x"]));
    }

    #[test]
    fn debug_shows_no_byte() {
        assert_eq!(format!("{:?}", ReceiptKey::new(&[0x5A; 32])), "ReceiptKey(<secret>)");
    }
}
