// SPDX-License-Identifier: MIT OR Apache-2.0
//! Delegated applications (EV2 and EV3; NXP AN12696): each has a slot of the card with a quota of its memory, and
//! who creates or deletes one has a proof of the card's issuer.

use zeroize::Zeroizing;

use crate::crypto::{AesCmac, Cipher};
use crate::secret::ct_eq;
use crate::wire::{KeyType, Status};

use super::keys::StoredKey;

/// One slot, and what of it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) version: u8,
    /// How much memory it has, in blocks of 32 bytes.
    pub(super) quota: u16,
    /// How many bytes of it the application itself takes.
    pub(super) own: u32,
    /// How many bytes are left.
    pub(super) free: u32,
}

impl Slot {
    /// The quota in bytes.
    pub(super) const fn bytes(&self) -> u32 {
        bytes(self.quota)
    }

    /// The application's files are gone.
    pub(super) const fn empty(&mut self) {
        self.free = self.bytes().saturating_sub(self.own);
    }

    /// The application is gone.
    pub(super) const fn vacate(&mut self) {
        (self.own, self.free) = (0, self.bytes());
    }
}

/// Blocks in bytes.
pub(super) const fn bytes(blocks: u16) -> u32 {
    (blocks as u32).saturating_mul(32)
}

/// The key of a session that manages delegated applications.
pub(super) const MANAGER: u8 = 0x10;
/// The key under which the issuer MACs what may be done.
pub(super) const MACING: u8 = 0x11;
/// The key under which it enciphers the first key of an application.
pub(super) const ENCIPHERING: u8 = 0x12;
/// All keys of a card for delegated applications.
pub(super) const KEYS: [u8; 3] = [MANAGER, MACING, ENCIPHERING];

/// Whether the issuer has MACed the message with this key: every second byte of the CMAC.
///
/// # Errors
/// `1E` where it has not.
pub(super) fn check(key: &StoredKey, message: &[&[u8]], sent: &[u8]) -> Result<(), Status> {
    let key = key.bytes().try_into().map_err(|_| Status::IntegrityError)?;
    let whole = AesCmac::new(key).mac(message);
    let odd: Vec<u8> = whole.into_iter().skip(1).step_by(2).collect();
    if ct_eq(&odd, sent) { Ok(()) } else { Err(Status::IntegrityError) }
}

/// The first key of an application, out of what the issuer enciphered: seven random bytes, the key, and its
/// version behind it, or `late` at the end.
pub(super) fn first_key(
    key: &StoredKey,
    sealed: &[u8; 32],
    kind: KeyType,
    late: bool,
) -> Result<StoredKey, Status> {
    let plain = opened(key, sealed)?;
    let wrong = Status::IntegrityError;
    let (bytes, rest) =
        plain.get(RANDOM..).and_then(|rest| rest.split_at_checked(kind.length())).ok_or(wrong)?;
    let version = if late { rest.last() } else { rest.first() };
    StoredKey::new(kind, bytes, version.copied().unwrap_or_default()).ok_or(wrong)
}

fn opened(key: &StoredKey, sealed: &[u8; 32]) -> Result<Zeroizing<[u8; 32]>, Status> {
    let key = key.bytes().try_into().map_err(|_| Status::IntegrityError)?;
    let cipher = Cipher::aes(key);
    let mut plain = Zeroizing::new(*sealed);
    let opened = cipher.cbc_decrypt(&mut cipher.zero_iv(), plain.as_mut_slice());
    opened.map(|()| plain).map_err(|_| Status::IntegrityError)
}

/// How many random bytes come first.
const RANDOM: usize = 7;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::tests::support::{bytes, text};
    use crate::vectors::of_kind;

    fn aes(key: &serde_json::Value) -> StoredKey {
        StoredKey::new(KeyType::Aes, &bytes::<16>(key), 0).unwrap()
    }

    /// AN12696, and a delegated application on a real EV2 (nfcjlib).
    #[test]
    fn published_first_keys_are_opened() {
        let vectors = of_kind("ev2-more", "dam_enc_key");
        assert_eq!(vectors.len(), 2);
        for vector in vectors {
            let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
            let key = aes(&inputs["dam_enc_key"]);
            let plain = opened(&key, &bytes(&expected["enc_k"])).unwrap();
            assert_eq!(hex::encode_upper(*plain), text(&expected["plain"]), "{}", vector["name"]);
        }
    }

    /// AN12696, and a library for the deletion.
    #[test]
    fn published_proofs_of_the_issuer_are_taken_and_no_bent_ones() {
        for kind in ["dam_mac", "dam_delete_mac"] {
            for vector in of_kind("ev2-more", kind) {
                let key = aes(&vector["inputs"]["dam_mac_key"]);
                let message = hex::decode(text(&vector["expected"]["mac_input"])).unwrap();
                let mut sent: [u8; 8] = bytes(&vector["expected"]["dam_mac"]);
                assert_eq!(check(&key, &[&message], &sent), Ok(()), "{}", vector["name"]);
                sent[7] ^= 0x01;
                assert_eq!(check(&key, &[&message], &sent), Err(Status::IntegrityError));
            }
        }
    }

    /// A key that is not zero, with its version in both places.
    #[test]
    fn the_version_is_behind_the_key_or_at_the_end() {
        let key = StoredKey::new(KeyType::Aes, &[0x22; 16], 0).unwrap();
        let mut sealed = [0xEE; 32];
        sealed[7..23].copy_from_slice(&[0xA7; 16]);
        (sealed[23], sealed[31]) = (0x17, 0x71);
        let cipher = Cipher::aes(&[0x22; 16]);
        cipher.cbc_encrypt(&mut cipher.zero_iv(), &mut sealed).unwrap();
        for (late, version) in [(false, 0x17), (true, 0x71)] {
            let first = first_key(&key, &sealed, KeyType::Aes, late).unwrap();
            assert_eq!((first.bytes(), first.version()), (&[0xA7; 16][..], version));
        }
    }
}
