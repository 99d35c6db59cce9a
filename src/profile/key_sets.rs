// SPDX-License-Identifier: MIT OR Apache-2.0
//! The key sets of an application (EV2): all its keys change at once, when another set becomes the active one.

use serde::Deserialize;

use super::model::{Application, KeySpec};
use super::{AppRef, Profile};
use crate::wire::{KeyDetails, KeyNo, KeySets, KeySettings, KeyVersion};

/// The key sets that an application is created with. Only its creation can give it any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeySetsSpec {
    /// How many there are, 2 to 16, the active one included. Jobs use one beside it.
    pub count: u8,
    /// The key in whose session another set becomes the active one, 0 to 7.
    pub roll_key: KeyNo,
    /// Who makes a set of new keys the active one.
    pub roll: Roll,
}

/// Who makes a set of new keys the active one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "now or later")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Roll {
    /// The job that fills it.
    #[default]
    Now,
    /// A reader, with RollKeySet: the job leaves the card prepared, and its keys are those of before until
    /// then.
    Later,
}

impl KeySetsSpec {
    /// How long keys of a set are at most: AES keys, as EV2 messaging has no others.
    const KEY_LENGTH: u8 = 16;

    /// As the card tells them, with the version of the active set.
    pub(crate) fn on_card(self, version: KeyVersion) -> KeySets {
        let (count, settings) = (self.count, self.roll_key.into());
        KeySets { version: version.0, count, key_length: Self::KEY_LENGTH, settings }
    }

    /// Whether a card's sets are these, whatever their version.
    pub(crate) fn are(self, sets: KeySets) -> bool {
        self.on_card(KeyVersion(sets.version)) == sets
    }
}

impl Application {
    /// Its keys as it is created, in its key sets where key 0 is given: the version of a set is that of its
    /// key 0.
    pub(crate) fn details(&self, settings: KeySettings, key_0: Option<&KeySpec>) -> KeyDetails {
        let slots = self.slots();
        let sets = self.key_sets.zip(key_0);
        let sets = sets.map(|(spec, key)| spec.on_card(key.version));
        KeyDetails { settings, slots, third: sets.map(|_| WITH_SETS), sets }
    }

    /// Whether the card's keys are as many and of the type that the profile says, in its key sets or, as on cards
    /// that were made without, in none.
    pub(crate) fn fits(&self, details: &KeyDetails) -> bool {
        let sets = match (self.key_sets, details.sets) {
            (Some(spec), Some(sets)) => spec.are(sets),
            (None, Some(_)) => false,
            (_, None) => details.third.is_none(),
        };
        sets && details.slots == self.slots()
    }

    /// How many sets it has beside the active one.
    pub(super) fn further_sets(&self) -> u32 {
        self.key_sets.map_or(0, |sets| u32::from(sets.count).saturating_sub(1))
    }
}

impl Profile {
    /// Key 0 of an application, which its sets have their versions from.
    pub(crate) fn key_0(&self, at: AppRef) -> Option<&KeySpec> {
        self[at].keys.first().and_then(super::SlotKey::own).map(|key| &self[key])
    }
}

/// The third settings byte of an application with key sets.
const WITH_SETS: u8 = 0x01;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{KeySlots, KeyType};

    const SETS: &str = include_str!("../../examples/data/profiles/barrier.toml");

    /// `KeySett2` with bit 4, `KeySett3` 01, then version, number, length and roll key; what a chip without
    /// key sets gets ends with `KeySett2`.
    #[test]
    fn an_application_is_created_with_its_sets_where_the_chip_has_any() {
        let profile = Profile::parse(SETS).unwrap();
        let (at, spec) = profile.each_application().next().unwrap();
        for (key_0, bytes) in [
            (profile.key_0(at), &[0x09, 0x93, 0x01, 0x02, 0x02, 0x10, 0x02][..]),
            (None, &[0x09, 0x83]),
        ] {
            let details = spec.details(spec.settings, key_0);
            assert_eq!((details.encode().as_slice(), spec.fits(&details)), (bytes, true));
        }
    }

    #[test]
    fn other_sets_do_not_fit_and_none_do() {
        let profile = Profile::parse(SETS).unwrap();
        let (at, spec) = profile.each_application().next().unwrap();
        let made = spec.details(spec.settings, profile.key_0(at));
        let sets = made.sets.unwrap();
        let with = |sets| KeyDetails { sets, ..made };
        assert!(spec.fits(&with(Some(KeySets { version: 0x77, ..sets }))));
        for other in [
            with(Some(KeySets { count: 3, ..sets })),
            with(Some(KeySets { key_length: 24, ..sets })),
            with(Some(KeySets { settings: 1, ..sets })),
            KeyDetails { slots: KeySlots { count: 4, ..made.slots }, ..made },
            with(None),
        ] {
            assert!(!spec.fits(&other), "{other:?}");
        }
        assert!(spec.fits(&KeyDetails { third: None, ..with(None) }));
        let without = Application { key_sets: None, ..spec.clone() };
        assert!(!without.fits(&made));
        assert_eq!(KeyType::Aes.length(), usize::from(KeySetsSpec::KEY_LENGTH));
    }
}
