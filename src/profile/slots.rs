// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an application's key slots hold: keys of the profile, or what another issuer puts there.

use super::model::{Application, KeyIndex};
use crate::wire::KeyNo;

/// What a key slot of an application holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "one of the profile's own or none of its")]
pub enum SlotKey {
    /// A key of the profile.
    Own(KeyIndex),
    /// Left to another issuer, by its name in the profile. The slot keeps the key that new applications
    /// start with until that issuer sets its own, and nobody looks at it: whoever knows that key, which
    /// with zeros is everyone, has what the slot opens.
    Foreign(String),
}

impl SlotKey {
    /// The profile's key; `None` where the slot is left to another issuer.
    #[must_use]
    pub const fn own(&self) -> Option<KeyIndex> {
        match self {
            Self::Own(index) => Some(*index),
            Self::Foreign(_) => None,
        }
    }
}

impl Application {
    /// What a slot holds; `None` where the application has no such key.
    #[must_use]
    pub fn key(&self, no: KeyNo) -> Option<&SlotKey> {
        self.keys.get(usize::from(u8::from(no)))
    }

    /// Whether a slot is left to another issuer.
    #[must_use]
    pub fn is_foreign(&self, no: KeyNo) -> bool {
        matches!(self.key(no), Some(SlotKey::Foreign(_)))
    }

    /// Whether key 0 is left to another issuer, and with it the whole application: every slot is, and no
    /// file has contents.
    #[must_use]
    pub fn is_anothers(&self) -> bool {
        self.is_foreign(KeyNo::MASTER)
    }

    fn numbered(&self) -> impl DoubleEndedIterator<Item = (KeyNo, &SlotKey)> {
        let slots = self.keys.iter().enumerate();
        slots.filter_map(|(no, key)| Some((KeyNo::new(u8::try_from(no).ok()?)?, key)))
    }

    /// The slots that hold keys of the profile.
    pub fn own_slots(&self) -> impl DoubleEndedIterator<Item = KeyNo> {
        self.numbered().filter(|(_, key)| key.own().is_some()).map(|(no, _)| no)
    }

    /// The keys of the profile in its slots.
    pub fn own_keys(&self) -> impl DoubleEndedIterator<Item = KeyIndex> {
        self.keys.iter().filter_map(SlotKey::own)
    }

    /// The slots that are left to other issuers, with their names.
    pub fn foreign_slots(&self) -> impl Iterator<Item = (KeyNo, &str)> {
        self.numbered().filter_map(|(no, key)| match key {
            SlotKey::Own(_) => None,
            SlotKey::Foreign(name) => Some((no, name.as_str())),
        })
    }
}
