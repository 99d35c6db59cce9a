// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where something is on a card, by its place in the profile.

use crate::profile::{AppRef, Profile};
use crate::wire::{Aid, DfName, KeyNo, PiccKey};

/// The PICC level, or an application of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a card has these levels")]
pub enum Level {
    /// The card as a whole.
    Picc,
    /// An application of the profile.
    Application(AppRef),
}

/// How a level is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Door {
    /// By SelectApplication.
    Aid(Aid),
    /// By SELECT with a name.
    Name(DfName),
}

impl Level {
    /// Its AID.
    pub(crate) fn aid(self, profile: &Profile) -> Aid {
        match self {
            Self::Picc => Aid::PICC,
            Self::Application(at) => profile[at].aid,
        }
    }
}

/// A key's place: its level and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a key is where it is")]
pub struct Slot {
    /// The level.
    pub level: Level,
    /// The number of the key at that level.
    pub no: KeyNo,
}

impl Slot {
    /// The master key of a level.
    #[must_use]
    pub const fn master(level: Level) -> Self {
        Self { level, no: KeyNo::MASTER }
    }
}

/// A key's place, in words.
pub(crate) fn key_at(slot: &Slot) -> String {
    match slot.level {
        Level::Picc if slot.no == PiccKey::DamAuth.number() => "DAMAuthKey".to_owned(),
        Level::Picc => "the PICC master key".to_owned(),
        Level::Application(_) => format!("key {} of an application", u8::from(slot.no)),
    }
}

/// Which key a slot holds, as far as its version tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "any other key is a reason to refuse the card")]
pub enum Holder {
    /// The transport key with this index in the profile's list; in an application 0 for the zero
    /// key, 1 for the default key of new applications that the profile names.
    Transport(usize),
    /// The profile's own key at its former version.
    Former,
    /// The profile's own key.
    Own,
}

/// The number of the key in a slot, counted from 0.
pub(crate) fn slot_number(slot: usize) -> Option<KeyNo> {
    u8::try_from(slot).ok().and_then(KeyNo::new)
}
