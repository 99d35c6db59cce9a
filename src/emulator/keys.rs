// SPDX-License-Identifier: MIT OR Apache-2.0
//! The keys that a card stores, and the rules of who may change them.

use crate::crypto::Cipher;
use crate::secret::Secret;
use crate::wire::{ChangeKeyRight, KeySettings, KeyType, Status};

use super::behaviour::HalfCompare;
use super::failures::Failures;

/// One stored key.
#[derive(Clone)]
pub(super) struct StoredKey {
    kind: KeyType,
    /// Behind a pointer, so that a key that is moved leaves no copy behind.
    bytes: Box<Secret<[u8; 24]>>,
    /// Of an AES key; the DES family carries it in the key.
    version: u8,
    /// Since it is in its slot.
    pub(super) failures: Failures,
}

impl StoredKey {
    /// The key that the factory and CreateApplication leave: zeros, version 0.
    pub(super) fn zero(kind: KeyType) -> Self {
        Self {
            kind,
            bytes: Box::new(Secret::new([0; 24])),
            version: 0,
            failures: Failures::default(),
        }
    }

    /// A key from its bytes, `None` where they are not as many as the type has.
    pub(super) fn new(kind: KeyType, bytes: &[u8], version: u8) -> Option<Self> {
        let mut stored = Self::zero(kind);
        let slots = stored.bytes.expose_secret_mut().get_mut(..bytes.len())?;
        slots.copy_from_slice(bytes);
        stored.version = version;
        (bytes.len() == kind.length()).then_some(stored)
    }

    pub(super) const fn kind(&self) -> KeyType {
        self.kind
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.expose_secret().get(..self.kind.length()).unwrap_or_default()
    }

    /// What GetKeyVersion tells: of the DES family the lowest bits of the first eight bytes, the
    /// first the most significant.
    pub(super) fn version(&self) -> u8 {
        match self.kind {
            KeyType::Aes => self.version,
            KeyType::Des | KeyType::Tdes3 => {
                self.bytes().iter().take(8).fold(0, |version, byte| version << 1 | (byte & 1))
            }
        }
    }

    /// Whether both halves of a DES key are one, which makes it a single DES key.
    pub(super) fn is_single_des(&self, compare: HalfCompare) -> bool {
        let mask = match compare {
            HalfCompare::Exact => 0xFF,
            HalfCompare::CipherBits => 0xFE,
        };
        let (first, second) = self.bytes().split_at_checked(8).unwrap_or_default();
        self.kind == KeyType::Des
            && first.iter().zip(second).fold(0, |differ, (a, b)| differ | ((a ^ b) & mask)) == 0
    }

    /// The key's cipher, prepared.
    pub(super) fn cipher(&self) -> Cipher {
        let bytes = self.bytes.expose_secret();
        let (halves, _) = bytes.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
        match self.kind {
            KeyType::Aes => Cipher::aes(halves),
            KeyType::Tdes3 => Cipher::tdes3(bytes),
            KeyType::Des => match halves.split_first_chunk::<8>() {
                // Three passes of one key are one pass of it.
                Some((first, second)) if first == second => Cipher::des(first),
                _ => Cipher::tdes2(halves),
            },
        }
    }
}

/// The keys of one level and the settings that govern them.
#[derive(Clone)]
pub(super) struct KeyRing {
    pub(super) settings: KeySettings,
    kind: KeyType,
    keys: Vec<StoredKey>,
    further: Vec<Further>,
}

/// A key that a level has beside those that are counted from 0.
#[derive(Clone)]
struct Further {
    number: u8,
    key: StoredKey,
    /// Whether it can be used.
    enabled: bool,
    /// Whether it is not the factory's any more.
    written: bool,
}

impl KeyRing {
    pub(super) fn new(settings: KeySettings, kind: KeyType, count: u8) -> Self {
        Self {
            settings,
            kind,
            keys: vec![StoredKey::zero(kind); usize::from(count)],
            further: Vec::new(),
        }
    }

    /// Keys that all start as this one.
    pub(super) fn filled(settings: KeySettings, key: &StoredKey, count: u8) -> Self {
        Self {
            settings,
            kind: key.kind(),
            keys: vec![key.clone(); usize::from(count)],
            further: Vec::new(),
        }
    }

    pub(super) const fn kind(&self) -> KeyType {
        self.kind
    }

    /// All keys, in the order of their numbers.
    pub(super) fn all(&self) -> &[StoredKey] {
        &self.keys
    }

    pub(super) fn count(&self) -> u8 {
        u8::try_from(self.keys.len()).unwrap_or(u8::MAX)
    }

    /// With further AES keys of zeros, which can be used, or only once they are written.
    pub(super) fn with_further(mut self, numbers: &[u8], enabled: bool) -> Self {
        self.further.extend(numbers.iter().map(|&number| {
            let key = StoredKey::zero(KeyType::Aes);
            Further { number, key, enabled, written: false }
        }));
        self
    }

    /// With the further keys of another ring.
    pub(super) fn with_further_of(mut self, other: &Self) -> Self {
        self.further.clone_from(&other.further);
        self
    }

    /// The further keys that are not the factory's any more.
    pub(super) fn written(&self) -> impl Iterator<Item = (u8, &StoredKey)> {
        self.further.iter().filter(|key| key.written).map(|key| (key.number, &key.key))
    }

    /// Whether the key is one of the further ones.
    pub(super) fn is_further(&self, number: u8) -> bool {
        self.further.iter().any(|key| key.number == number)
    }

    /// The key must be one that can be used.
    pub(super) fn require_enabled(&self, number: u8) -> Result<(), Status> {
        let waits = self.further.iter().any(|key| key.number == number && !key.enabled);
        if waits { Err(Status::PermissionDenied) } else { Ok(()) }
    }

    pub(super) fn key(&self, number: u8) -> Option<&StoredKey> {
        let further = || self.further.iter().find(|key| key.number == number).map(|key| &key.key);
        self.keys.get(usize::from(number)).or_else(further)
    }

    pub(super) fn key_mut(&mut self, number: u8) -> Option<&mut StoredKey> {
        self.keys.get_mut(usize::from(number))
    }

    /// Puts a key in its slot. Only the PICC master key brings another type with it.
    pub(super) fn store(&mut self, number: u8, key: StoredKey) {
        if let Some(slot) = self.keys.get_mut(usize::from(number)) {
            self.kind = key.kind();
            *slot = key;
        } else if let Some(slot) = self.further.iter_mut().find(|slot| slot.number == number) {
            *slot = Further { number, key, enabled: true, written: true };
        }
    }

    /// Puts other keys of the same type in all slots, and takes out those that were there.
    pub(super) const fn swap(&mut self, keys: &mut Vec<StoredKey>) {
        core::mem::swap(&mut self.keys, keys);
    }

    /// Which key must be authenticated to change key `number`; `None` where it is frozen.
    pub(super) fn changer(&self, number: u8) -> Option<u8> {
        if number == 0 {
            return self.settings.key_changeable.then_some(0);
        }
        match self.settings.change {
            ChangeKeyRight::Key(right) => {
                let right = u8::from(right);
                Some(if right == number { 0 } else { right })
            }
            ChangeKeyRight::Same => Some(number),
            ChangeKeyRight::Never => None,
        }
    }
}
