// SPDX-License-Identifier: MIT OR Apache-2.0
//! Several key sets of one application, of which one is active (EV2 and EV3): empty, made ready for keys, closed,
//! active.

use crate::wire::{KeySets as Described, KeyType, Status};

use super::keys::{KeyRing, StoredKey};

/// The sets beside the active one, and what is known of all of them.
#[derive(Clone)]
pub(super) struct KeySets {
    /// The version of the active set.
    version: u8,
    /// How long a key may be.
    key_length: u8,
    /// The key that makes another set the active one, as it was given.
    settings: u8,
    /// Set 1 and those behind it; the active one is 0.
    others: Vec<Option<KeySet>>,
}

/// A set that is not the active one.
#[derive(Clone)]
pub(super) struct KeySet {
    pub(super) kind: KeyType,
    pub(super) keys: Vec<StoredKey>,
    pub(super) version: u8,
    /// Whether it may become the active one, and takes no keys any more.
    pub(super) closed: bool,
}

impl KeySets {
    /// As CreateApplication says: `version count length settings`. Two to sixteen sets of keys of 16 or 24 bytes
    /// that fit the active ones; the key that rolls is one of 0 to 7.
    pub(super) fn new(block: [u8; 4], kind: KeyType) -> Option<Self> {
        let [version, count, key_length, settings] = block;
        let fits = matches!(key_length, 16 | 24) && usize::from(key_length) >= kind.length();
        let legal = fits && (2..=16).contains(&count) && settings <= 0x07;
        let others = vec![None; usize::from(count.saturating_sub(1))];
        legal.then_some(Self { version, key_length, settings, others })
    }

    /// The four bytes that describe them.
    pub(super) fn described(&self) -> Described {
        Described {
            version: self.version,
            count: self.count(),
            key_length: self.key_length,
            settings: self.settings,
        }
    }

    pub(super) fn count(&self) -> u8 {
        u8::try_from(self.others.len()).unwrap_or(u8::MAX).saturating_add(1)
    }

    /// The number of the key that makes another set the active one.
    pub(super) const fn roller(&self) -> u8 {
        self.settings & 0x0F
    }

    /// The versions of all sets, in their order; that of an empty one is 0.
    pub(super) fn versions(&self) -> impl Iterator<Item = u8> {
        let others = self.others.iter().map(|set| set.as_ref().map_or(0, |set| set.version));
        core::iter::once(self.version).chain(others)
    }

    /// What a saved card kept.
    pub(super) fn others(&self) -> &[Option<KeySet>] {
        &self.others
    }

    /// Puts back what a saved card kept, as many as there are.
    pub(super) fn restore(&mut self, others: Vec<Option<KeySet>>) -> Option<()> {
        let fit = others.len() == self.others.len();
        self.others = fit.then_some(others)?;
        Some(())
    }

    /// A set that is not the active one.
    ///
    /// # Errors
    /// `40` where it is empty or there is none.
    pub(super) fn set(&self, number: u8) -> Result<&KeySet, Status> {
        let at = usize::from(number).checked_sub(1).and_then(|at| self.others.get(at));
        at.and_then(Option::as_ref).ok_or(Status::NoSuchKey)
    }

    pub(super) fn set_mut(&mut self, number: u8) -> Result<&mut KeySet, Status> {
        let at = usize::from(number).checked_sub(1).and_then(|at| self.others.get_mut(at));
        at.and_then(Option::as_mut).ok_or(Status::NoSuchKey)
    }

    /// The number must be that of a set beside the active one.
    pub(super) fn require_other(&self, number: u8) -> Result<(), Status> {
        let other = number != 0 && number < self.count();
        if other { Ok(()) } else { Err(Status::ParameterError) }
    }

    /// Makes a set ready for keys: so many of this type, all zeros of version 0, whatever it held.
    ///
    /// # Errors
    /// `9E` for the active set and one that is none, and where the keys are too long.
    pub(super) fn prepare(&mut self, number: u8, kind: KeyType, count: u8) -> Result<(), Status> {
        self.require_other(number)?;
        if kind.length() > usize::from(self.key_length) {
            return Err(Status::ParameterError);
        }
        let keys = vec![StoredKey::zero(kind); usize::from(count)];
        let set = KeySet { kind, keys, version: 0, closed: false };
        let slot = usize::from(number).checked_sub(1).and_then(|at| self.others.get_mut(at));
        *slot.ok_or(Status::ParameterError)? = Some(set);
        Ok(())
    }

    /// Closes a set and gives it its version.
    ///
    /// # Errors
    /// `9D` where it is closed already.
    pub(super) fn close(&mut self, number: u8, version: u8) -> Result<(), Status> {
        let set = self.set_mut(number)?;
        if set.closed {
            return Err(Status::PermissionDenied);
        }
        (set.version, set.closed) = (version, true);
        Ok(())
    }

    /// Makes a closed set the active one; the one that was takes its number, closed.
    ///
    /// # Errors
    /// `9D` where it is not closed or of another type.
    pub(super) fn roll(&mut self, number: u8, active: &mut KeyRing) -> Result<(), Status> {
        let version = self.version;
        let set = self.set_mut(number).map_err(|_| Status::PermissionDenied)?;
        if !set.closed || set.kind != active.kind() {
            return Err(Status::PermissionDenied);
        }
        active.swap(&mut set.keys);
        self.version = core::mem::replace(&mut set.version, version);
        Ok(())
    }
}
