// SPDX-License-Identifier: MIT OR Apache-2.0
//! The keys that a reader has: a few of a profile's, by their names.

mod error;

use std::sync::Arc;

use crate::alike::nearest;
use crate::diversify::{DeriveError, Subject};
use crate::iso14443::RealUid;
use crate::key::{CardKey, IssuerKey};
use crate::keys::Store;
use crate::profile::{Application, CardSpec, KeyIndex, KeySpec, Profile, SlotKey};
use crate::wire::{Access, Aid, KeyNo};

pub use error::ReaderKeyError;

/// The keys that a reader has, out of a profile and a store. `Debug` shows names only.
#[derive(Debug)]
pub struct ReaderKeys<'p> {
    pub(super) profile: &'p Profile,
    keys: Vec<(KeyIndex, Arc<dyn IssuerKey>)>,
}

/// A slot of an application that a key of the reader is in.
pub(super) struct ReaderSlot<'r> {
    pub(super) aid: Aid,
    pub(super) no: KeyNo,
    spec: &'r KeySpec,
    issuer: &'r Arc<dyn IssuerKey>,
}

impl<'p> ReaderKeys<'p> {
    /// The keys of these names in the profile. No other is asked for, so that a store will do that has
    /// the reader's alone.
    ///
    /// # Errors
    /// [`ReaderKeyError`] for the first name that the profile has not, that nothing of the profile opens
    /// with, or whose key the store has not or has of another type.
    pub fn new(
        profile: &'p Profile,
        store: &dyn Store,
        names: &[impl AsRef<str>],
    ) -> Result<Self, ReaderKeyError> {
        let mut keys = Vec::new();
        for name in names {
            let (index, spec) = find(profile, name.as_ref())?;
            if !is_of_use(profile, index) {
                return Err(ReaderKeyError::OpensNothing { name: spec.name.clone() });
            }
            let not_had = |error| {
                let (name, reference) = (spec.name.clone(), spec.reference.clone());
                ReaderKeyError::NotHad { name, reference, version: spec.version, error }
            };
            let issuer = store.issuer(&spec.reference, spec.version).map_err(not_had)?;
            if let Some(other) = spec.other_key(&*issuer).map_err(not_had)? {
                return Err(other.into());
            }
            keys.push((index, issuer));
        }
        Ok(Self { profile, keys })
    }

    /// Every slot that one of the keys is in, in the profile's order.
    pub(super) fn slots(&self) -> impl Iterator<Item = ReaderSlot<'_>> {
        self.profile.applications().iter().flat_map(|application| {
            let slots = application.own_slots().zip(application.own_keys());
            slots.filter_map(|(no, index)| {
                let (_, issuer) = self.keys.iter().find(|(key, _)| *key == index)?;
                Some(ReaderSlot {
                    aid: application.aid,
                    no,
                    spec: self.profile.key(index)?,
                    issuer,
                })
            })
        })
    }

    /// The slot that a right is given to, where the reader has its key.
    pub(super) fn slot(&self, aid: Aid, right: Access) -> Option<ReaderSlot<'_>> {
        let Access::Key(number) = right else { return None };
        self.slots().find(|slot| (slot.aid, slot.no) == (aid, number))
    }

    /// The names of the keys that rights are given to.
    pub(super) fn names(&self, application: &Application, rights: &[Access]) -> Vec<String> {
        let mut names = Vec::new();
        for right in rights {
            let Access::Key(number) = right else { continue };
            let name = application.key(*number).and_then(|slot| match slot {
                SlotKey::Own(index) => self.profile.key(*index).map(|key| key.name.clone()),
                SlotKey::Foreign(issuer) => Some(issuer.clone()),
            });
            names.extend(name.filter(|name| !names.contains(name)));
        }
        names
    }
}

impl ReaderSlot<'_> {
    pub(super) fn name(&self) -> &str {
        &self.spec.name
    }

    pub(super) fn needs_uid(&self) -> bool {
        self.spec.needs_uid_for(self.aid, self.no)
    }

    /// The card's key.
    ///
    /// # Errors
    /// [`DeriveError::NoUid`] where the UID goes in and is not known, any other where the key at hand does
    /// not make it.
    pub(super) fn key(&self, uid: Option<&RealUid>) -> Result<CardKey, DeriveError> {
        let subject = Subject { uid, aid: self.aid, no: self.no, fields: None };
        self.spec.card_key(&**self.issuer, &subject)
    }
}

/// The key of this name.
fn find<'p>(profile: &'p Profile, name: &str) -> Result<(KeyIndex, &'p KeySpec), ReaderKeyError> {
    let slots = profile.applications().iter().flat_map(Application::own_keys);
    let own = profile.card().map(|card| card.master_key);
    let mut keys = slots.chain(own);
    let found = keys.find_map(|index| {
        let spec = profile.key(index)?;
        (spec.name == name).then_some((index, spec))
    });
    found.ok_or_else(|| {
        let known = || profile.keys().iter().map(|key| key.name.as_str());
        let name = name.to_owned();
        if known().any(|known| known == name) {
            return ReaderKeyError::OpensNothing { name };
        }
        let meant = nearest(&name, known()).map(str::to_owned);
        ReaderKeyError::Unknown { name, meant, known: known().map(str::to_owned).collect() }
    })
}

/// Whether a reader has any use for a key: it reads a file, or fetches the UID of a card that hides it.
fn is_of_use(profile: &Profile, key: KeyIndex) -> bool {
    let hides = profile.card().is_some_and(CardSpec::hides_uid);
    profile.applications().iter().any(|application| {
        let slots = application.own_slots().zip(application.own_keys());
        let mut slots = slots.filter(|(_, index)| *index == key);
        slots.any(|(no, index)| {
            let needs_uid =
                profile.key(index).is_some_and(|spec| spec.needs_uid_for(application.aid, no));
            let mut files = application.files.iter();
            hides && !needs_uid || files.any(|file| super::readers(file).contains(&Access::Key(no)))
        })
    })
}
