// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which key is in which slot, and the key itself.

use crate::diversify::{FieldBytes, Subject};
use crate::encode::job::Job;
use crate::encode::job::bound::{Bound, NoKey};
use crate::encode::job::transport::TransportKey;
use crate::encode::plan::place::{Holder, Level, Slot};
use crate::encode::plan::state::Start;
use crate::iso14443::RealUid;
use crate::key::CardKey;
use crate::profile::{Export, KeyIndex, KeySpec, SlotKey};
use crate::profile::{Record, Unmade};
use crate::wire::{Aid, KeyNo, KeyType, KeyVersion, Messaging};

/// The version of every key of a new application.
const ZERO_KEY_VERSION: KeyVersion = KeyVersion(0);

impl Job {
    /// What the slots of new applications hold.
    pub(crate) fn start(&self) -> Start {
        match self.start {
            Some(_) => Start::Secret,
            None => Start::Public,
        }
    }

    /// Whether an application's own key stands for the rest of it: it goes last, in a session whose
    /// key is nobody else's and whose replies carry MACs.
    pub(crate) fn own_key_stands(&self, messaging: Messaging) -> bool {
        let secret = |bound: &Bound| !bound.issuer.is_guessable();
        messaging != Messaging::D40 && self.start.as_ref().is_some_and(secret)
    }

    /// The versions of the keys that the profile's lists have: as the card told them where it was only
    /// read, and else those that a card has which is done.
    pub(crate) fn list_versions(
        &self,
        told: Vec<(KeyIndex, KeyVersion)>,
    ) -> Vec<(KeyIndex, KeyVersion)> {
        if self.task().reads_record() {
            return told;
        }
        let keys = self.profile.exports().iter().flat_map(Export::keys);
        keys.map(|key| (key, self.profile[key].version)).collect()
    }

    /// The zero key as new applications have it.
    pub(super) fn zero_key(&self) -> CardKey {
        let first = self.profile.applications().first();
        CardKey::zero(first.map_or(KeyType::Des, |spec| spec.key_type))
    }

    /// What the profile says of the key in a slot.
    pub(crate) fn own_spec(&self, slot: Slot) -> Option<&KeySpec> {
        self.own_index(slot).map(|index| &self.profile[index])
    }

    /// Which key a slot holds by the version that the card reports; `None` where it is none of the
    /// job's.
    pub(crate) fn holder(&self, slot: Slot, version: KeyVersion) -> Option<Holder> {
        let own = self.own_spec(slot)?;
        if own.version == version {
            return Some(Holder::Own);
        }
        if own.former == Some(version) {
            return Some(Holder::Former);
        }
        let transport = match slot.level {
            Level::Picc => self.transport.iter().position(|key| key.version() == version),
            Level::Application(_) => self.starts().position(|key| key == version),
        };
        transport.map(Holder::Transport)
    }

    /// Which of the keys that new applications start with has this version.
    pub(crate) fn left_at(&self, version: KeyVersion) -> Option<Holder> {
        self.starts().position(|key| key == version).map(Holder::Transport)
    }

    /// The versions by which a slot's keys are known, the own one first.
    pub(crate) fn known_versions(&self, slot: Slot) -> Vec<KeyVersion> {
        let own = self.own_spec(slot);
        let transport: Vec<KeyVersion> = match slot.level {
            Level::Picc => self.transport.iter().map(TransportKey::version).collect(),
            Level::Application(_) => self.starts().collect(),
        };
        let named = own.into_iter().flat_map(|spec| [Some(spec.version), spec.former]);
        named.flatten().chain(transport).collect()
    }

    /// The versions of what a new application may have in its slots: [`Holder::Transport`] has their
    /// places.
    fn starts(&self) -> impl Iterator<Item = KeyVersion> {
        let start = self.start.as_ref().map(|bound| bound.spec.version);
        core::iter::once(ZERO_KEY_VERSION).chain(start)
    }

    /// Whether a PICC master key is the factory's.
    pub(crate) fn is_factory(&self, holder: Holder) -> bool {
        let Holder::Transport(index) = holder else { return false };
        matches!(self.transport.get(index), Some(TransportKey::Factory))
    }

    /// Whether everybody knows the key that a slot holds: the factory's, or zeros.
    pub(crate) fn is_public(&self, slot: Slot, holder: Holder) -> bool {
        match slot.level {
            Level::Picc => self.is_factory(holder),
            Level::Application(_) => holder == Start::Public.holder(),
        }
    }

    /// The profile's name of a transport key of the PICC level; `None` for the factory's.
    pub(crate) fn transport_name(&self, index: usize) -> Option<&str> {
        match self.transport.get(index)? {
            TransportKey::Factory => None,
            TransportKey::Issuer(bound) => Some(&bound.spec.name),
        }
    }

    /// The profile's name of the default key of new applications; `None` for the zero key.
    pub(crate) fn start_name(&self) -> Option<&str> {
        self.start.as_ref().map(|bound| bound.spec.name.as_str())
    }

    /// The type of the key that a slot holds.
    pub(crate) fn key_type(&self, slot: Slot, holder: Holder) -> Option<KeyType> {
        match (holder, slot.level) {
            (Holder::Own | Holder::Former, _) => self.own_spec(slot).map(|spec| spec.key_type),
            (Holder::Transport(_), Level::Application(at)) => Some(self.profile[at].key_type),
            (Holder::Transport(index), Level::Picc) => match self.transport.get(index)? {
                TransportKey::Factory => Some(KeyType::Des),
                TransportKey::Issuer(bound) => Some(bound.spec.key_type),
            },
        }
    }

    /// The key that a slot holds where everybody knows it.
    pub(super) fn public_key(&self, slot: Slot, holder: Holder) -> Option<CardKey> {
        match (holder, slot.level) {
            (Holder::Transport(0), Level::Application(at)) => {
                Some(CardKey::zero(self.profile[at].key_type))
            }
            (Holder::Transport(index), Level::Picc) => match self.transport.get(index)? {
                TransportKey::Factory => Some(CardKey::factory()),
                TransportKey::Issuer(_) => None,
            },
            (Holder::Transport(_), Level::Application(_)) | (Holder::Own | Holder::Former, _) => {
                None
            }
        }
    }

    /// Whether the key that a slot holds can be made only once the UID is known: a question to the
    /// profile, not to any key.
    pub(crate) fn needs_uid(&self, slot: Slot, holder: Holder) -> bool {
        self.secret_in(slot, holder)
            .is_some_and(|(bound, at)| bound.spec.needs_uid_for(self.aid(at.level), at.no))
    }

    /// Whether the key that a slot holds can be made only once it is known whose card it is.
    pub(crate) fn key_needs_record(&self, slot: Slot, holder: Holder) -> bool {
        self.secret_in(slot, holder).is_some_and(|(bound, _)| bound.spec.needs_record())
    }

    /// Whether a session of the key that a slot holds proves the whole UID of its card.
    pub(crate) fn key_names_card(&self, slot: Slot, holder: Holder) -> bool {
        self.secret_in(slot, holder)
            .is_some_and(|(bound, at)| bound.spec.names_card_for(self.aid(at.level), at.no))
    }

    /// The key of this card under which parts of its contents are made.
    pub(crate) fn content_key(
        &self,
        key: KeyIndex,
        record: &Record,
        uid: &RealUid,
    ) -> Result<CardKey, Unmade> {
        let bound = &self.keys[key];
        let fields = record.key_input(&self.profile);
        let (aid, no) = (Aid::PICC, KeyNo::MASTER);
        let subject = Subject { uid: Some(uid), aid, no, fields: Some(&fields) };
        bound.spec.card_key(&*bound.issuer, &subject).map_err(|error| Unmade::Key {
            name: bound.spec.name.clone(),
            version: bound.spec.version,
            error,
        })
    }

    /// The key of this card's transaction MACs.
    ///
    /// # Errors
    /// [`NoKey`] where it takes more to make it, or it cannot be had.
    pub(crate) fn transaction_mac_key(
        &self,
        key: KeyIndex,
        uid: &RealUid,
        fields: Option<&FieldBytes>,
    ) -> Result<CardKey, NoKey> {
        let (aid, no) = (Aid::PICC, KeyNo::MASTER);
        self.keys[key].make(&Subject { uid: Some(uid), aid, no, fields })
    }

    /// The key that a slot holds on every card, of the record that has these fields.
    ///
    /// # Errors
    /// [`NoKey`] where it is another on each card, or cannot be had.
    pub(crate) fn shared_key(
        &self,
        slot: Slot,
        holder: Holder,
        fields: Option<&FieldBytes>,
    ) -> Result<CardKey, NoKey> {
        self.key_of(slot, holder, None, fields)
    }

    /// The key that a slot holds on the card with this UID, of the record that has these fields.
    ///
    /// # Errors
    /// [`NoKey`] where it takes more to make it, or it cannot be had.
    pub(crate) fn key_of(
        &self,
        slot: Slot,
        holder: Holder,
        uid: Option<&RealUid>,
        fields: Option<&FieldBytes>,
    ) -> Result<CardKey, NoKey> {
        if let Some(public) = self.public_key(slot, holder) {
            return Ok(public);
        }
        let (bound, at) = self.secret_in(slot, holder).ok_or_else(|| NoKey::nowhere(slot))?;
        bound.make(&Subject { uid, aid: self.aid(at.level), no: at.no, fields })
    }

    /// What the key that a slot holds comes from, where it is a secret, and the slot that it is made
    /// for: a new application's keys are made for the PICC level.
    fn secret_in(&self, slot: Slot, holder: Holder) -> Option<(&Bound, Slot)> {
        match (holder, slot.level) {
            (Holder::Transport(0), Level::Application(_)) => None,
            (Holder::Transport(_), Level::Application(_)) => {
                Some((self.start.as_ref()?, Slot::master(Level::Picc)))
            }
            (Holder::Transport(index), Level::Picc) => match self.transport.get(index)? {
                TransportKey::Factory => None,
                TransportKey::Issuer(bound) => Some((bound, slot)),
            },
            (Holder::Own, _) => Some((self.bound(slot)?.0, slot)),
            (Holder::Former, _) => Some((self.bound(slot)?.1?, slot)),
        }
    }

    /// What the own key of a slot comes from, and the former one.
    pub(super) fn bound(&self, slot: Slot) -> Option<(&Bound, Option<&Bound>)> {
        let index = self.own_index(slot)?;
        Some((&self.keys[index], self.former[index].as_ref()))
    }

    /// The profile's key in a slot; `None` where the card named a number that it has no key for.
    fn own_index(&self, slot: Slot) -> Option<KeyIndex> {
        match slot.level {
            Level::Picc => match self.profile.delegation() {
                Some(delegation) if slot == self.picc_slot() => Some(delegation.key),
                Some(_) => None,
                None => self.profile.card().map(|card| card.master_key),
            },
            Level::Application(at) => self.profile[at].key(slot.no).and_then(SlotKey::own),
        }
    }
}
