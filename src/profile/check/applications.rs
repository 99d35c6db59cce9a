// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[[application]]` and `[[application.file]]`: identifiers and slots.

use crate::profile::error::{mistake, warning};
use std::collections::BTreeSet;

use crate::profile::shape::Spanned;

use crate::wire::{Access, Aid, ChangeKeyRight, Generation, KeyNo, KeySettings, Messaging};

use super::super::error::ProfileError;
use super::super::model::{Application, FileSpec};
use super::super::shape;
use super::Check;
use super::file::Origin;
use super::iso::IsoNames;
use super::keys::bit;
use super::slots::{Slots, foreign};

impl Check<'_> {
    pub(super) fn applications(
        &mut self,
        raw: &[Spanned<shape::Application>],
        chips: &[Generation],
        messaging: &[Messaging],
    ) -> Result<Vec<Application>, ProfileError> {
        let mut out: Vec<Application> = Vec::new();
        let (mut aids, mut names) = (BTreeSet::new(), IsoNames::default());
        for raw in raw {
            let application = self.application(raw.get_ref(), chips, messaging)?;
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
        let told = |spec: &Application, file: &FileSpec| {
            let ours = |right: &Access| match right {
                Access::Key(no) => !spec.is_foreign(*no),
                Access::Free => true,
                Access::Never => false,
            };
            let mut readers = file.settings.sets().flat_map(|set| [set.read, set.read_write]);
            file.content.is_none() || readers.any(|right| ours(&right))
        };
        let untold = |spec: &Application| !spec.files.iter().all(|file| told(spec, file));
        if let Some((raw, _)) = raw.iter().zip(out).find(|(_, spec)| untold(spec))
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

    fn application(
        &mut self,
        raw: &shape::Application,
        chips: &[Generation],
        messaging: &[Messaging],
    ) -> Result<Application, ProfileError> {
        let aid = self.aid(&raw.aid)?;
        self.turned_round(raw.aid.span().start, aid);
        let (keys, key_type) = self.slots(&raw.keys)?;
        let seal = raw.seal.as_ref().map(|seal| (seal.span().start, "seal"));
        let suite = raw.suite.as_ref().map(|suite| (suite.span().start, "suite but AES"));
        if let Some((at, what)) = seal.or(suite) {
            let problem = format!("an application that is created has no {what}");
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, "take it out"));
        }
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
            let file = self.file(raw, &slots, Origin::Created { chips, key_type })?;
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
        let iso = self.iso_names(raw)?;
        let key_sets = self.key_sets(raw, (&slots, key_type), settings, (chips, messaging))?;
        let delegation = raw.delegated.as_ref().map(|raw| self.delegation(raw)).transpose()?;
        let transaction_mac =
            self.created_transaction_mac(raw, &slots, &files, (chips, key_type))?;
        let application = Application {
            aid,
            iso,
            keys,
            key_type,
            settings,
            files,
            transaction_mac,
            seal: None,
            lrp: false,
            key_sets,
            delegation,
        };
        self.left_to_others(raw, &application)?;
        self.readers_that_lock(raw, &application, chips);
        Ok(application)
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
            name if foreign(name).is_some() => {
                let problem = "another issuer could replace the keys of the profile";
                let instead = "name a key of the profile, \"same\" or \"never\"";
                Err(self.error(mistake::RIGHTS, raw.span().start, problem, instead))
            }
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
            self.warn(warning::AID_TURNED, at, message);
        }
    }
}
