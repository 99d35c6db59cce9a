// SPDX-License-Identifier: MIT OR Apache-2.0
//! The keys at hand: those of a profile, made for the card on the reader.

use std::sync::Arc;

use cardwright::diversify::Subject;
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::keys::Store;
use cardwright::profile::{KeySpec, PiccTransport, Profile};
use cardwright::survey::Keyring;
use cardwright::wire::{Aid, KeyNo};

/// A profile's keys.
pub(crate) struct Keys {
    pub(crate) profile: Profile,
    pub(crate) store: Arc<dyn Store>,
    /// Slots of delegated applications beside the profile's.
    slots: Vec<u16>,
}

impl Keys {
    pub(crate) const fn new(profile: Profile, store: Arc<dyn Store>, slots: Vec<u16>) -> Self {
        Self { profile, store, slots }
    }

    fn make(&self, spec: &KeySpec, subject: &Subject<'_>) -> Option<CardKey> {
        let issuer = self.store.issuer(&spec.reference, spec.version).ok()?;
        spec.card_key(&*issuer, subject).ok()
    }
}

impl Keyring for Keys {
    /// The profile's own, then those a new card may have.
    fn picc(&self, uid: Option<&RealUid>) -> Vec<CardKey> {
        let subject = Subject { uid, aid: Aid::PICC, no: KeyNo::MASTER, fields: None };
        let own = self.profile.card().and_then(|card| self.profile.key(card.master_key));
        let own = own.and_then(|spec| self.make(spec, &subject));
        let transport = self.profile.transport().picc.iter().filter_map(|key| match key {
            PiccTransport::Factory => Some(CardKey::factory()),
            PiccTransport::Key(spec) => self.make(spec, &subject),
        });
        own.into_iter().chain(transport).collect()
    }

    fn application(&self, subject: &Subject<'_>) -> Option<CardKey> {
        let mut applications = self.profile.applications().iter();
        let application = applications.find(|found| found.aid == subject.aid)?;
        let index = application.key(subject.no)?.own()?;
        self.make(self.profile.key(index)?, subject)
    }

    fn slots(&self) -> Vec<u16> {
        let own = self.profile.delegation().map(|delegation| delegation.slot);
        let others = self.slots.iter().copied().filter(|slot| Some(*slot) != own);
        own.into_iter().chain(others).collect()
    }
}
