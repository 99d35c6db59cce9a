// SPDX-License-Identifier: MIT OR Apache-2.0
//! `key_sets` of `[[application]]`: how many, who rolls, and what would lock a door that sets make possible.

use crate::profile::error::{mistake, warning};
use crate::profile::shape::Spanned;
use crate::wire::{ChangeKeyRight, Generation, Ins, KeyNo, KeySettings, KeyType, Messaging};

use super::super::error::ProfileError;
use super::super::key_sets::{KeySetsSpec, Roll};
use super::super::shape;
use super::Check;
use super::slots::{Slots, foreign};

impl Check<'_> {
    pub(super) fn key_sets(
        &mut self,
        raw: &shape::Application,
        (slots, key_type): (&Slots<'_>, KeyType),
        settings: KeySettings,
        (chips, messaging): (&[Generation], &[Messaging]),
    ) -> Result<Option<KeySetsSpec>, ProfileError> {
        let Some(named) = &raw.key_sets else { return Ok(None) };
        let at = named.span().start;
        let sets = named.get_ref();
        if !chips.iter().any(|chip| chip.silicon().has(Ins::InitializeKeySet)) {
            let problem = "none of the chips has key sets";
            let instead = "take key_sets out, or name \"ev2\" or \"ev3\" in chips";
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
        }
        if key_type != KeyType::Aes || !messaging.contains(&Messaging::Ev2) {
            let problem = "key sets are filled in EV2 messaging alone, which AES keys open";
            let instead = "give the application keys of type \"aes128\" and name \"ev2\" in messaging, or take \
                           key_sets out";
            return Err(self.error(mistake::CONFLICT, at, problem, instead));
        }
        if let Some(name) = raw.keys.get_ref().iter().find(|name| foreign(name.get_ref()).is_some())
        {
            let problem = "a set has every key of the application: when it becomes the active one, another issuer's \
                           key would be zeros";
            let instead = "take key_sets out, or give the other issuer an application";
            return Err(self.error(mistake::CONFLICT, name.span().start, problem, instead));
        }
        if !settings.key_changeable || settings.change != ChangeKeyRight::Key(KeyNo::MASTER) {
            let at = raw.change.as_ref().map_or(at, |change| change.span().start);
            let problem = "a set is filled by key 0, which these key settings keep from it";
            let instead =
                "name key 0 for change and leave key_changeable out, or take key_sets out";
            return Err(self.error(mistake::CONFLICT, at, problem, instead));
        }
        let count =
            u8::try_from(*sets.sets.get_ref()).ok().filter(|count| (2..=16).contains(count));
        let count = count.ok_or_else(|| {
            let problem = format!("an application with {} key sets", sets.sets.get_ref());
            let instead = "write 2 to 16, the active set included";
            self.error(mistake::RANGE, sets.sets.span().start, problem, instead)
        })?;
        let roll_key = self.roll_key(sets.roll_key.as_ref(), slots)?;
        if sets.roll == Roll::Later && roll_key == KeyNo::MASTER {
            let message = "readers are to roll with key 0, which may change every key and setting of the \
                           application: name a key of its own as roll_key";
            self.warn(warning::ROLL_KEY, at, message.to_owned());
        }
        let without = chips.iter().filter(|chip| !chip.silicon().has(Ins::InitializeKeySet));
        let without: Vec<String> = without.map(ToString::to_string).collect();
        if sets.roll == Roll::Later && !without.is_empty() {
            let message = format!(
                "{} cards have no key sets: they get their next keys at once, and readers that know only the keys \
                 of before no longer open them",
                without.join(" and ")
            );
            self.warn(warning::NO_KEY_SETS, at, message);
        }
        Ok(Some(KeySetsSpec { count, roll_key, roll: sets.roll }))
    }

    /// Key 0 unless one is named.
    fn roll_key(
        &self,
        named: Option<&Spanned<String>>,
        slots: &Slots<'_>,
    ) -> Result<KeyNo, ProfileError> {
        let Some(named) = named else { return Ok(KeyNo::MASTER) };
        let (at, name) = (named.span().start, named.get_ref());
        let no = slots.find(name).ok_or_else(|| {
            let problem = format!("the application has no key {name:?}");
            self.error(mistake::UNKNOWN_NAME, at, problem, slots.instead(name, &[]))
        })?;
        if u8::from(no) > LAST_ROLL_KEY {
            let problem = format!("key {} rolls no sets: cards take keys 0 to 7", u8::from(no));
            let instead = "move the key forward in keys, or name another";
            return Err(self.error(mistake::RANGE, at, problem, instead));
        }
        Ok(no)
    }
}

/// The last key that a real EV3 takes for this.
const LAST_ROLL_KEY: u8 = 7;
