// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keys` of `[[application]]`: which key each slot holds, and what it means to leave one to another issuer.

use std::collections::BTreeSet;

use crate::profile::shape::Spanned;

use crate::diversify::Recipe;
use crate::profile::error::{mistake, warning};
use crate::wire::{Access, AccessRights, KeyNo, KeyType};

use super::super::error::ProfileError;
use super::super::model::{Application, KeyIndex, KeySpec};
use super::super::shape;
use super::super::slots::SlotKey;
use super::rights::at;
use super::{Check, meant};

/// How the name of a slot begins that is left to another issuer.
const FOREIGN: &str = "foreign:";

/// The name of another issuer's slot.
pub(super) fn foreign(name: &str) -> Option<&str> {
    name.strip_prefix(FOREIGN)
}

/// An application's keys under their names, in slot order.
pub(super) struct Slots<'r> {
    names: Vec<&'r str>,
}

impl<'r> Slots<'r> {
    /// Of the names as a profile has them.
    pub(super) fn of(names: &'r Spanned<Vec<Spanned<String>>>) -> Self {
        Self { names: names.get_ref().iter().map(|name| name.get_ref().as_str()).collect() }
    }

    /// The slot of this key.
    pub(super) fn find(&self, name: &str) -> Option<KeyNo> {
        let slot = self.names.iter().position(|known| *known == name)?;
        KeyNo::new(slot.try_into().ok()?)
    }

    /// Whether a right is another issuer's, and so anyone's until that one has set its key.
    pub(super) fn is_foreign(&self, right: Access) -> bool {
        let Access::Key(no) = right else { return false };
        self.names.get(usize::from(u8::from(no))).is_some_and(|name| foreign(name).is_some())
    }

    /// The rights that are left where another issuer's count for nothing.
    pub(super) fn ours(&self, rights: AccessRights) -> AccessRights {
        let ours = |right| if self.is_foreign(right) { Access::Never } else { right };
        let AccessRights { read, write, read_write, change } = rights;
        AccessRights {
            read: ours(read),
            write: ours(write),
            read_write: ours(read_write),
            change: ours(change),
        }
    }

    /// What to write where a key's name is wrong.
    pub(super) fn instead(&self, wrong: &str, others: &[&'static str]) -> String {
        meant(wrong, self.names.iter().chain(others).copied(), "name a key")
    }
}

impl Check<'_> {
    pub(super) fn slots(
        &mut self,
        raw: &Spanned<Vec<Spanned<String>>>,
    ) -> Result<(Vec<SlotKey>, KeyType), ProfileError> {
        if !(1..=14).contains(&raw.get_ref().len()) {
            let problem = format!("an application with {} keys", raw.get_ref().len());
            return Err(self.error(mistake::RANGE, raw.span().start, problem, "name 1 to 14 keys"));
        }
        let (mut slots, mut keys, mut names) = (Vec::new(), Vec::new(), BTreeSet::new());
        for name in raw.get_ref() {
            let at = name.span().start;
            if !names.insert(name.get_ref()) {
                let problem = format!("two slots hold the key {:?}", name.get_ref());
                let instead = "declare a key for each slot";
                return Err(self.error(mistake::REPEATED, at, problem, instead));
            }
            match foreign(name.get_ref()) {
                Some("") => {
                    let problem = "a slot that is left to an issuer without a name";
                    let instead = "write \"foreign:\" and a name for the slot";
                    return Err(self.error(mistake::NO_NAME, at, problem, instead));
                }
                Some(name) => slots.push(SlotKey::Foreign(name.to_owned())),
                None => {
                    let key = self.use_key(at, name.get_ref())?;
                    self.own_version(key)?;
                    slots.push(SlotKey::Own(key));
                    keys.push((key, at));
                }
            }
        }
        let key_type = self.one_type(&keys)?;
        self.same_keys(raw.span().start, &keys);
        Ok((slots, key_type))
    }

    fn specs<'s>(&'s self, keys: &'s [(KeyIndex, usize)]) -> impl Iterator<Item = &'s KeySpec> {
        keys.iter().filter_map(|(key, _)| self.keys.get(key.get())).map(|key| &key.item)
    }

    /// All keys of an application have one type, AES where every slot is another issuer's.
    fn one_type(&self, keys: &[(KeyIndex, usize)]) -> Result<KeyType, ProfileError> {
        let key_type = self.specs(keys).next().map_or(KeyType::Aes, |key| key.key_type);
        let mut all = self.specs(keys).zip(keys);
        match all.find(|(key, _)| key.key_type != key_type) {
            None => Ok(key_type),
            Some((other, (_, at))) => {
                let problem = format!(
                    "key {:?} is of type {}, the first of the application of type {key_type}",
                    other.name, other.key_type
                );
                let instead = "give all keys of an application one type";
                Err(self.error(mistake::KEY_TYPE, *at, problem, instead))
            }
        }
    }

    fn same_keys(&mut self, at: usize, keys: &[(KeyIndex, usize)]) {
        let same = self.specs(keys).enumerate().find_map(|(slot, one)| {
            let mut earlier = self.specs(keys).take(slot);
            let other = earlier.find(|other| {
                !one.recipe.as_ref().is_some_and(Recipe::differs_by_slot)
                    && (&one.reference, one.version, &one.recipe)
                        == (&other.reference, other.version, &other.recipe)
            })?;
            Some(format!("{:?} and {:?} are the same key", other.name, one.name))
        });
        same.into_iter().for_each(|message| self.warn(warning::SAME_KEY, at, message));
    }

    /// What is left to another issuer is anyone's until that one has set its key: key 0 is so only with
    /// the whole application and nothing of the profile's in it.
    pub(super) fn left_to_others(
        &mut self,
        raw: &shape::Application,
        application: &Application,
    ) -> Result<(), ProfileError> {
        let aid = application.aid;
        let names = raw.keys.get_ref().iter().zip(0_u8..);
        let left = names.filter(|(name, _)| foreign(name.get_ref()).is_some());
        let left: Vec<_> = left.map(|(name, no)| (name.span().start, no)).collect();
        for (at, no) in &left {
            let message = format!(
                "key {no} of {aid} is left to another issuer at the key that new applications start \
                 with: what it opens counts as anyone's until that issuer has set its own"
            );
            self.warn(warning::LEFT_TO_OTHERS, *at, message);
        }
        let (true, Some((at, _))) = (application.is_anothers(), left.first()) else {
            return Ok(());
        };
        let problem = format!("key 0 of {aid} is left to another issuer");
        let instead = if application.own_slots().next().is_some() {
            "name a key of the profile for it, or leave every slot to the other issuer: whoever has key \
             0 replaces the others"
        } else if application.files.iter().any(|file| file.content.is_some()) {
            "name a key of the profile for it, or write no contents: whoever has key 0 deletes the files \
             and makes others"
        } else {
            return Ok(());
        };
        Err(self.error(mistake::RIGHTS, *at, problem, instead))
    }

    /// A right that lets another issuer, and so anyone, alter what the profile puts onto the card.
    pub(super) fn not_for_others(
        &self,
        raw: &Spanned<shape::File>,
        rights: AccessRights,
        slots: &Slots<'_>,
    ) -> Result<(), ProfileError> {
        let file = raw.get_ref();
        let holds = file.content.is_some() || file.records.is_some() || file.value.is_some();
        let altering = [
            ("write", at(file.write.as_ref()), rights.write),
            ("read_write", at(file.read_write.as_ref()), rights.read_write),
            ("change", at(file.change.as_ref()), rights.change),
        ];
        let mut altering = altering.into_iter().filter(|(_, _, right)| slots.is_foreign(*right));
        let Some((name, named, _)) = altering.next().filter(|_| holds) else { return Ok(()) };
        let at = named.unwrap_or(raw.span().start);
        let problem =
            format!("{name} is another issuer's: anyone could alter what the profile writes");
        let instead = "name a key of the profile, or leave the content to the other issuer, too";
        Err(self.error(mistake::RIGHTS, at, problem, instead))
    }
}
