// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which key is in which slot, and the key itself.

use crate::diversify::Subject;
use crate::encode::job::Job;
use crate::encode::job::transport::TransportKey;
use crate::encode::plan::place::{Holder, Level, Slot};
use crate::encode::plan::state::Start;
use crate::iso14443::RealUid;
use crate::key::{CardKey, MasterKey};
use crate::profile::{KeyIndex, KeySpec};
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
        let secret = |(_, master): &(KeySpec, MasterKey)| !master.is_guessable();
        messaging != Messaging::D40 && self.start.as_ref().is_some_and(secret)
    }

    /// The default key of new applications, for the card with this UID; the zero key where the
    /// profile names none.
    pub(crate) fn default_key(&self, start: Start, uid: Option<&RealUid>) -> Option<CardKey> {
        match (start, &self.start) {
            (Start::Secret, Some((spec, master))) => {
                spec.card_key(master, &Subject { uid, aid: Aid::PICC, no: KeyNo::MASTER })
            }
            (Start::Secret, None) | (Start::Public, _) => {
                let first = self.profile.applications().first();
                Some(CardKey::zero(first.map_or(KeyType::Des, |spec| spec.key_type)))
            }
        }
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
        let start = self.start.as_ref().map(|(spec, _)| spec.version);
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
            TransportKey::Issuer(spec, _) => Some(&spec.name),
        }
    }

    /// The profile's name of the default key of new applications; `None` for the zero key.
    pub(crate) fn start_name(&self) -> Option<&str> {
        self.start.as_ref().map(|(spec, _)| spec.name.as_str())
    }

    /// The type of the key that a slot holds.
    pub(crate) fn key_type(&self, slot: Slot, holder: Holder) -> Option<KeyType> {
        match (holder, slot.level) {
            (Holder::Own | Holder::Former, _) => self.own_spec(slot).map(|spec| spec.key_type),
            (Holder::Transport(_), Level::Application(at)) => Some(self.profile[at].key_type),
            (Holder::Transport(index), Level::Picc) => match self.transport.get(index)? {
                TransportKey::Factory => Some(KeyType::Des),
                TransportKey::Issuer(spec, _) => Some(spec.key_type),
            },
        }
    }

    /// The key that a slot holds, for the card with this UID; `None` where the UID is needed and
    /// not known.
    pub(crate) fn key(&self, slot: Slot, holder: Holder, uid: Option<&RealUid>) -> Option<CardKey> {
        match (holder, slot.level) {
            (Holder::Transport(0), Level::Application(at)) => {
                Some(CardKey::zero(self.profile[at].key_type))
            }
            (Holder::Transport(_), Level::Application(_)) => self.default_key(Start::Secret, uid),
            (Holder::Transport(index), Level::Picc) => match self.transport.get(index)? {
                TransportKey::Factory => Some(CardKey::factory()),
                TransportKey::Issuer(spec, master) => {
                    spec.card_key(master, &Subject { uid, aid: Aid::PICC, no: slot.no })
                }
            },
            (Holder::Own | Holder::Former, level) => {
                let index = self.own_index(slot)?;
                let (spec, master) = match holder {
                    Holder::Former => self.former[index].as_ref().map(|(s, m)| (s, m))?,
                    Holder::Own | Holder::Transport(_) => (&self.profile[index], &self.keys[index]),
                };
                spec.card_key(master, &Subject { uid, aid: self.aid(level), no: slot.no })
            }
        }
    }

    /// The profile's key in a slot; `None` where the card named a number that it has no key for.
    fn own_index(&self, slot: Slot) -> Option<KeyIndex> {
        match slot.level {
            Level::Picc => self.profile.card().map(|card| card.master_key),
            Level::Application(at) => {
                self.profile[at].keys.get(usize::from(u8::from(slot.no))).copied()
            }
        }
    }
}
