// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[[application]]` and `[[application.file]]`: identifiers and slots.

use crate::profile::error::mistake;
use std::collections::BTreeSet;

use toml::Spanned;

use crate::diversify::{InputPart, Recipe, Scheme};
use crate::wire::{Access, Aid, ChangeKeyRight, Generation, KeyNo, KeySettings, KeyType};

use super::super::error::ProfileError;
use super::super::model::{Application, FileSpec, KeyIndex};
use super::super::shape;
use super::iso::IsoNames;
use super::keys::bit;
use super::{Check, meant};

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

    /// What to write where a key's name is wrong.
    pub(super) fn instead(&self, wrong: &str, others: &[&'static str]) -> String {
        meant(wrong, self.names.iter().chain(others).copied(), "name a key")
    }
}

impl Check<'_> {
    pub(super) fn applications(
        &mut self,
        raw: &[Spanned<shape::Application>],
        chips: &[Generation],
    ) -> Result<Vec<Application>, ProfileError> {
        let mut out: Vec<Application> = Vec::new();
        let (mut aids, mut names) = (BTreeSet::new(), IsoNames::default());
        for raw in raw {
            let application = self.application(raw.get_ref())?;
            let at = raw.get_ref().aid.span().start;
            if !aids.insert(application.aid) {
                let problem = format!("two applications have the AID {}", application.aid);
                return Err(self.error(mistake::REPEATED, at, problem, "write another AID"));
            }
            self.iso_unique(raw.get_ref(), &application, &mut names)?;
            let full = Generation::Ev1.most_applications() == Some(out.len());
            if full && chips.contains(&Generation::Ev1) {
                let problem = "an EV1 card holds 28 applications at most";
                return Err(self.error(
                    mistake::NOT_ON_CHIP,
                    at,
                    problem,
                    "take some out, or \"ev1\" out of chips",
                ));
            }
            out.push(application);
        }
        self.contents_are_told(raw, &out)?;
        match out.is_empty() {
            true => Err(self.error(
                mistake::EMPTY,
                0,
                "no application",
                "write [[application]] with aid and keys",
            )),
            false => Ok(out),
        }
    }

    /// With several applications, each content tells whose card a torn one is.
    pub(super) fn contents_are_told(
        &self,
        raw: &[Spanned<shape::Application>],
        out: &[Application],
    ) -> Result<(), ProfileError> {
        let told = |file: &FileSpec| {
            file.content.is_none()
                || [file.settings.rights.read, file.settings.rights.read_write]
                    .iter()
                    .any(|right| *right != Access::Never)
        };
        if let Some((raw, _)) = raw.iter().zip(out).find(|(_, spec)| !spec.files.iter().all(told))
            && out.len() > 1
        {
            let problem = "beside other applications, a content that no key may read would leave \
                           a card that was torn away between them untold";
            let at = raw.get_ref().aid.span().start;
            return Err(self.error(
                mistake::RIGHTS,
                at,
                problem,
                "name a key for read or read_write",
            ));
        }
        Ok(())
    }

    fn application(&mut self, raw: &shape::Application) -> Result<Application, ProfileError> {
        let aid = self.aid(&raw.aid)?;
        self.turned_round(raw.aid.span().start, aid);
        let (keys, key_type) = self.slots(&raw.keys)?;
        let slots = Slots::of(&raw.keys);
        let change = self.change(raw.change.as_ref(), &slots)?;
        let settings = KeySettings {
            key_changeable: bit(raw.key_changeable.as_ref(), true),
            free_list: bit(raw.free_list.as_ref(), false),
            free_create: bit(raw.free_create.as_ref(), false),
            settings_changeable: bit(raw.settings_changeable.as_ref(), true),
            change,
        };
        let mut files: Vec<FileSpec> = Vec::new();
        for raw in &raw.file {
            let file = self.file(raw, &slots, None)?;
            if files.iter().any(|other| other.no == file.no) {
                let problem = format!("two files of the application have number {}", file.no);
                let at = raw.get_ref().no.span().start;
                return Err(self.error(
                    mistake::REPEATED,
                    at,
                    problem,
                    "write another number from 0 to 31",
                ));
            }
            files.push(file);
        }
        self.iso_files(&raw.file, &files)?;
        if aid == Aid::DIRECTORY {
            self.directory(raw, &files)?;
        }
        Ok(Application { aid, iso: self.iso_names(raw)?, keys, key_type, settings, files })
    }

    pub(super) fn slots(
        &mut self,
        raw: &Spanned<Vec<Spanned<String>>>,
    ) -> Result<(Vec<KeyIndex>, KeyType), ProfileError> {
        if !(1..=14).contains(&raw.get_ref().len()) {
            let problem = format!("an application with {} keys", raw.get_ref().len());
            return Err(self.error(mistake::RANGE, raw.span().start, problem, "name 1 to 14 keys"));
        }
        let mut keys = Vec::new();
        for name in raw.get_ref() {
            let at = name.span().start;
            let key = self.use_key(at, name.get_ref())?;
            self.own_version(key)?;
            if keys.contains(&key) {
                let problem = format!("two slots hold the key {:?}", name.get_ref());
                return Err(self.error(
                    mistake::REPEATED,
                    at,
                    problem,
                    "declare a key for each slot",
                ));
            }
            keys.push(key);
        }
        let specs = || keys.iter().filter_map(|key| self.keys.get(key.get())).map(|key| &key.item);
        let key_type = specs().next().map_or(KeyType::Aes, |key| key.key_type);
        if let Some((other, at)) =
            specs().zip(raw.get_ref()).find(|(key, _)| key.key_type != key_type)
        {
            let problem = format!(
                "key {:?} is of type {}, the first of the application of type {key_type}",
                other.name, other.key_type
            );
            let instead = "give all keys of an application one type";
            return Err(self.error(mistake::KEY_TYPE, at.span().start, problem, instead));
        }
        for (slot, one) in specs().enumerate() {
            let mut earlier = specs().take(slot);
            let same = earlier.find(|other| {
                !one.recipe.as_ref().is_some_and(differs_by_slot)
                    && (&one.reference, one.version, &one.recipe)
                        == (&other.reference, other.version, &other.recipe)
            });
            if let Some(other) = same {
                let message = format!("{:?} and {:?} are the same key", other.name, one.name);
                self.warn(raw.span().start, message);
                break;
            }
        }
        Ok((keys, key_type))
    }

    fn change(
        &self,
        raw: Option<&Spanned<String>>,
        slots: &Slots<'_>,
    ) -> Result<ChangeKeyRight, ProfileError> {
        let Some(raw) = raw else { return Ok(ChangeKeyRight::Key(KeyNo::MASTER)) };
        match raw.get_ref().as_str() {
            "same" => Ok(ChangeKeyRight::Same),
            "never" => Ok(ChangeKeyRight::Never),
            name => slots.find(name).map(ChangeKeyRight::Key).ok_or_else(|| {
                let problem = format!("the application has no key {name:?}");
                self.error(
                    mistake::UNKNOWN_NAME,
                    raw.span().start,
                    problem,
                    slots.instead(name, &["same", "never"]),
                )
            }),
        }
    }

    /// Lists of sites often have AIDs in the order in which they are sent. Registered ones begin with F.
    fn turned_round(&mut self, at: usize, aid: Aid) {
        let registered = |aid: Aid| matches!(aid.written(), [0xF0..=0xFF, _, _]);
        let turned = Aid::new(aid.to_wire());
        if registered(turned) && !registered(aid) {
            let message = format!(
                "{aid} looks turned round: an AID is written most significant byte first, and \
                 {turned} would be a registered one"
            );
            self.warn(at, message);
        }
    }
}

/// Whether a recipe makes another key for each slot.
fn differs_by_slot(recipe: &Recipe) -> bool {
    matches!(recipe.scheme(), Scheme::Gallagher | Scheme::SamAv1)
        || recipe.parts().contains(&InputPart::KeyNo)
}
