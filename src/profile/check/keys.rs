// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[keys]`: the keys, and what tells an old key from a new one.

mod card;
mod recipe;
mod scheme;
mod transport;

use crate::profile::error::{mistake, warning};
use crate::profile::shape::Spanned;

use crate::diversify::Recipe;
use crate::key::{CheckMethod, CheckTextError, CheckValue, LowBits, LowBitsError};
use crate::wire::{KeyType, KeyVersion};

use super::super::error::ProfileError;
use super::super::model::{Application, KeyIndex, KeySpec};
use super::super::shape::{self, Named};
use super::slots::foreign;
use super::{Check, Declared, meant};

pub(super) use scheme::Written;

/// Names that mean something else where a key's name may stand.
const RESERVED: [&str; 4] = ["factory", "free", "never", "same"];

impl Check<'_> {
    pub(super) fn declare_keys(&mut self, keys: Named<shape::Key>) -> Result<(), ProfileError> {
        for (name, raw) in keys {
            let at = name.span().start;
            let name = name.into_inner();
            if RESERVED.contains(&name.as_str()) || foreign(&name).is_some() {
                let problem = format!("no key can be called {name:?}, which has a meaning already");
                return Err(self.error(mistake::NAME_TAKEN, at, problem, "write another name"));
            }
            let raw = raw.into_inner();
            let version_at = raw.version.span().start;
            let item = self.key(at, name, &raw)?;
            self.keys.push(Declared { item, at, version_at, used: false });
        }
        self.keys.sort_by_key(|key| key.at);
        let names = self.keys.iter().enumerate();
        self.key_names = names.map(|(index, key)| (key.item.name.clone(), index)).collect();
        Ok(())
    }

    fn key(&mut self, at: usize, name: String, raw: &shape::Key) -> Result<KeySpec, ProfileError> {
        let reference = raw.reference.get_ref().clone();
        if reference.is_empty() {
            let instead = "write ref = \"…\" with the key's name in the key file";
            return Err(self.error(
                mistake::NO_NAME,
                raw.reference.span().start,
                "the key has no ref",
                instead,
            ));
        }
        if looks_like_a_key(&reference) {
            let problem = "this looks like a key itself, and its place is the key file";
            let instead = "write ref = \"…\" with the key's name in the key file";
            return Err(self.error(
                mistake::KEY_IN_PROFILE,
                raw.reference.span().start,
                problem,
                instead,
            ));
        }
        let version = u8::try_from(*raw.version.get_ref()).map(KeyVersion).map_err(|_| {
            let problem = format!("no key has version {}", raw.version.get_ref());
            self.error(
                mistake::KEY_VERSION,
                raw.version.span().start,
                problem,
                "write a version from 1 to 255",
            )
        })?;
        let former = raw.former.as_ref().map(|raw| self.former(version, raw)).transpose()?;
        let key_type = raw.key_type;
        let low_bits = raw.low_bits.as_ref().map(|raw| self.low_bits(raw, key_type)).transpose()?;
        let (check, former_check) = self.check_values(raw)?;
        let recipe = raw.diversify.as_ref();
        let recipe = recipe.map(|raw| self.recipe(raw, key_type, low_bits)).transpose()?;
        let usual = recipe.as_ref().map_or(LowBits::Inverted, Recipe::low_bits);
        let low_bits = low_bits.unwrap_or(usual);
        if let Some(message) = recipe.as_ref().and_then(|recipe| self.shared(recipe)) {
            self.warn(warning::NOT_DIVERSIFIED, at, format!("key {name:?}: {message}"));
        }
        let line = self.places.at(at).line();
        Ok(KeySpec {
            name,
            reference,
            version,
            former,
            key_type,
            check,
            former_check,
            recipe,
            low_bits,
            line,
        })
    }

    /// A former version tells a card of the former edition from a new one and from a finished one.
    fn former(&self, version: KeyVersion, raw: &Spanned<i64>) -> Result<KeyVersion, ProfileError> {
        let at = raw.span().start;
        let former = u8::try_from(*raw.get_ref()).ok().filter(|former| *former > 0);
        match former.map(KeyVersion) {
            None => {
                let problem = format!("no key of a finished card has version {}", raw.get_ref());
                Err(self.error(mistake::KEY_VERSION, at, problem, "write a version from 1 to 255"))
            }
            Some(former) if former == version => {
                let problem = format!("former and present version are both {version}");
                Err(self.error(
                    mistake::KEY_VERSION,
                    at,
                    problem,
                    "raise version, or take former out",
                ))
            }
            Some(former) => Ok(former),
        }
    }

    /// The own key of a level goes last, so its version is what tells a card of the former edition.
    pub(super) fn former_versions(&self, applications: &[Application]) -> Result<(), ProfileError> {
        let key = |index: KeyIndex| self.keys.get(index.get());
        for application in applications {
            let Some(master) = application.own_keys().next().and_then(key) else { continue };
            let counted = application.keyed_transaction_mac().map(|(_, key, _)| key);
            let changed = application.own_keys().chain(counted).filter_map(key);
            let mut changed = changed.filter(|key| key.item.former.is_some());
            if let Some(changed) = changed.next().filter(|_| master.item.former.is_none()) {
                let problem = format!(
                    "key {:?} has a former version and {:?}, key 0 of its application, has none: \
                     cards of the former edition would look finished",
                    changed.item.name, master.item.name
                );
                let instead = "raise the version of key 0 too, and name its former one";
                return Err(self.error(mistake::KEY_VERSION, changed.version_at, problem, instead));
            }
        }
        Ok(())
    }

    fn low_bits(&self, raw: &Spanned<String>, key_type: KeyType) -> Result<LowBits, ProfileError> {
        let at = raw.span().start;
        if key_type == KeyType::Aes {
            let problem = "an AES key has its version beside it, and no low bits to write";
            return Err(self.error(mistake::OUT_OF_PLACE, at, problem, "take low_bits out"));
        }
        raw.get_ref().parse().map_err(|error: LowBitsError| {
            let problem = format!("{:?} says not how low bits are written", raw.get_ref());
            self.error(mistake::FORM, at, problem, error.to_string())
        })
    }

    /// The check values of a key and of its former version.
    fn check_values(
        &self,
        raw: &shape::Key,
    ) -> Result<(Option<CheckValue>, Option<CheckValue>), ProfileError> {
        let stated = |text: &Option<_>, name| {
            let stated = text.as_ref().map(|text| self.check_value(text, (name, raw.key_type)));
            stated.transpose()
        };
        if let Some(stated) = raw.former_check.as_ref().filter(|_| raw.former.is_none()) {
            let problem = "former_check is of a key whose version is not named";
            let instead = "write former = … with that version, or take former_check out";
            return Err(self.error(mistake::OUT_OF_PLACE, stated.span().start, problem, instead));
        }
        Ok((stated(&raw.check, "check")?, stated(&raw.former_check, "former_check")?))
    }

    /// The check value that a key is said to have. Nothing of the text is told: it may be the key itself.
    fn check_value(
        &self,
        raw: &Spanned<String>,
        (name, key_type): (&str, KeyType),
    ) -> Result<CheckValue, ProfileError> {
        let at = raw.span().start;
        let check = raw.get_ref().parse().map_err(|error: CheckTextError| {
            self.error(mistake::FORM, at, "this is no check value", error.to_string())
        });
        let check: CheckValue = check?;
        if !check.method().is_for(key_type) {
            let problem = format!("no key of type {key_type} has a check value {}", check.method());
            let instead = format!("write {name} = \"{}:…\"", CheckMethod::usual(key_type));
            return Err(self.error(mistake::CONFLICT, at, problem, instead));
        }
        Ok(check)
    }

    /// The place of the key of this name, which is used from now on.
    pub(super) fn use_key(&mut self, at: usize, name: &str) -> Result<KeyIndex, ProfileError> {
        let index = self.key_names.get(name).copied();
        match index.and_then(|index| Some((index, self.keys.get_mut(index)?))) {
            Some((index, key)) => {
                key.used = true;
                Ok(KeyIndex(index))
            }
            None => {
                let names = self.keys.iter().map(|key| key.item.name.as_str());
                let instead = meant(name, names, "declare it in [keys]");
                Err(self.error(
                    mistake::UNKNOWN_NAME,
                    at,
                    format!("no key is called {name:?}"),
                    instead,
                ))
            }
        }
    }

    /// A key under which parts of a content are made.
    pub(in crate::profile) fn content_key(
        &mut self,
        at: usize,
        name: &str,
    ) -> Result<(KeyIndex, KeySpec), ProfileError> {
        let index = self.use_key(at, name)?;
        let Some(spec) = self.keys.get(index.get()).map(|key| key.item.clone()) else {
            return Err(self.error(
                mistake::UNKNOWN_NAME,
                at,
                "no such key",
                "declare it in [keys]",
            ));
        };
        if spec.recipe.as_ref().is_some_and(Recipe::needs_slot) {
            let problem =
                format!("the key {name:?} takes the AID or a key number, which a part has not");
            let instead = "name a key whose input has neither";
            return Err(self.error(mistake::CONFLICT, at, problem, instead));
        }
        self.content_keys.insert(index);
        Ok((index, spec))
    }

    /// The number of one more part of random filling.
    pub(in crate::profile) const fn next_random(&mut self) -> u64 {
        self.randoms = self.randoms.saturating_add(1);
        self.randoms
    }

    /// A hook that the program has to give.
    pub(in crate::profile) fn hook(&mut self, at: usize, name: &str) {
        if self.hooks.insert(name.to_owned()) {
            let message = format!(
                "only a program that gives the hook {name:?} encodes such cards: the examples cannot"
            );
            self.warn(warning::HOOK, at, message);
        }
    }

    /// Version 0 is what the factory key and the keys of a new application have.
    pub(super) fn own_version(&self, index: KeyIndex) -> Result<(), ProfileError> {
        match self.keys.get(index.get()) {
            Some(key) if key.item.version == KeyVersion(0) => Err(self.error(
                mistake::KEY_VERSION,
                key.version_at,
                format!("key {:?} has version 0, as keys of new cards have", key.item.name),
                "write a version from 1 to 255",
            )),
            _ => Ok(()),
        }
    }
}

/// What a bit of key settings is, where it may not be named.
pub(super) fn bit(raw: Option<&Spanned<bool>>, unless_named: bool) -> bool {
    raw.map_or(unless_named, |bit| *bit.get_ref())
}

/// A key pasted where its name belongs must not come back in a message.
fn looks_like_a_key(name: &str) -> bool {
    let digits = name.chars().filter(char::is_ascii_hexdigit).count();
    digits >= 32 && name.chars().all(|sign| sign.is_ascii_hexdigit() || " :-".contains(sign))
}
