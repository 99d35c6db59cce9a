// SPDX-License-Identifier: MIT OR Apache-2.0
//! The keys that the man in the middle knows: those that everybody knows, those that he read, those
//! that he put in.

use std::collections::BTreeMap;

use cardwright::emulator::SoftCard;
use serde_json::Value;

use super::cipher::{Family, Key, add, crc32};

/// The place of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot {
    pub(crate) aid: [u8; 3],
    /// The key set, where there are several; 0 is the one that opens.
    pub(crate) set: u8,
    pub(crate) no: u8,
}

pub(crate) struct Knowledge {
    keys: Vec<Key>,
    /// What the engine believes that a slot holds, and what it holds.
    slots: BTreeMap<Slot, [Key; 2]>,
    /// Whether he goes on between the two where they are not the same.
    pub(crate) translates: bool,
}

impl Default for Knowledge {
    fn default() -> Self {
        let zeros = [Family::Des, Family::Tdes3, Family::Aes].map(Key::zero);
        Self { keys: zeros.into(), slots: BTreeMap::new(), translates: false }
    }
}

impl Knowledge {
    /// The keys that an authentication may be under.
    pub(crate) fn keys_for(&self, ins: u8) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(move |key| match ins {
            0x0A => key.family == Family::Des,
            0x1A => key.family != Family::Aes,
            _ => key.family == Family::Aes,
        })
    }

    /// Both keys of a slot, where they are not the same.
    pub(crate) fn planted(&self, slot: Slot) -> Option<&[Key; 2]> {
        let differ = |[believed, held]: &&[Key; 2]| self.translates && !believed.same(held);
        self.slots.get(&slot).filter(differ)
    }

    /// Both keys of a slot; zero where nobody has changed it.
    pub(crate) fn replaced(&self, slot: Slot, family: Family) -> [Key; 2] {
        self.slots.get(&slot).cloned().unwrap_or_else(|| [Key::zero(family), Key::zero(family)])
    }

    /// Both keys of a slot whose key is replaced in EV2 messaging, by the sum of the old one and the new one
    /// and the checksum of the new one. Who never saw the old one tries zeros for the new one, which is what
    /// is brought back.
    pub(crate) fn replaced_in_ev2(
        &self,
        slot: Slot,
        family: Family,
        sum: &[u8],
        checksum: &[u8],
    ) -> Option<[Key; 2]> {
        let unseen = Key::new(family, sum.to_vec());
        let fits = |[believed, _]: &[Key; 2]| {
            let mut new = sum.to_vec();
            add(&mut new, &believed.bytes);
            checksum.starts_with(&crc32(&new))
        };
        [self.replaced(slot, family), [unseen.clone(), unseen]].into_iter().find(fits)
    }

    /// A key of his own that shows the same version.
    pub(crate) fn own(&self, new: &Key) -> Key {
        let of = |(at, byte): (usize, &u8)| {
            let own = 0x5A_u8.wrapping_add(u8::try_from(at * 37 % 251).unwrap());
            // The version of a DES key is in its parity bits.
            if new.family == Family::Aes { own } else { own & 0xFE | byte & 0x01 }
        };
        Key::new(new.family, new.bytes.iter().enumerate().map(of).collect())
    }

    pub(crate) fn changed(&mut self, slot: Slot, believed: Key, held: Key) {
        self.keys.extend([believed.clone(), held.clone()]);
        self.slots.insert(slot, [believed, held]);
    }

    /// What becomes of the keys of sets: InitializeKeySet makes all of one zeros, RollKeySet changes places.
    pub(crate) fn note_set(&mut self, aid: [u8; 3], ins: u8, said: &[u8]) {
        let Some(&set) = said.first() else { return };
        match ins {
            0x56 => self.slots.retain(|slot, _| (slot.aid, slot.set) != (aid, set)),
            0x55 => {
                let moved = core::mem::take(&mut self.slots).into_iter();
                let moved = moved.map(|(slot, keys)| match slot {
                    Slot { set: 0, .. } if slot.aid == aid => (Slot { set, ..slot }, keys),
                    _ if (slot.aid, slot.set) == (aid, set) => (Slot { set: 0, ..slot }, keys),
                    _ => (slot, keys),
                });
                self.slots = moved.collect();
            }
            _ => {}
        }
    }

    /// How many keys were changed before his eyes.
    pub(crate) fn read(&self) -> usize {
        self.slots.len()
    }

    /// Whether he knows every key on a card.
    pub(crate) fn covers(&self, card: &SoftCard) -> bool {
        let saved: Value = serde_json::from_slice(&card.save()).unwrap();
        let knows = |family: Option<Family>, key: &Value| {
            let bytes = hex::decode(key["value"].as_str().unwrap()).unwrap();
            let same = |known: &Key| match family {
                Some(family) => known.same(&Key::new(family, bytes.clone())),
                // A default key has room for the longest.
                None => bytes.starts_with(&known.bytes),
            };
            self.keys.iter().any(same)
        };
        let ring = |ring: &Value| {
            let family = match ring["type"].as_str().unwrap() {
                "aes" => Family::Aes,
                "tdes3" => Family::Tdes3,
                _ => Family::Des,
            };
            ring["keys"].as_array().unwrap().iter().all(|key| knows(Some(family), key))
        };
        let default = &saved["default_key"];
        let applications = saved["applications"].as_array().unwrap();
        let sets = applications.iter().filter_map(|one| one["sets"]["others"].as_array());
        let further = saved["further"].as_object();
        ring(&saved["picc"])
            && further.is_none_or(|all| all.values().all(|key| knows(Some(Family::Aes), key)))
            && applications.iter().all(ring)
            && sets.flatten().filter(|set| !set.is_null()).all(ring)
            && (default.is_null() || knows(None, default))
    }
}
