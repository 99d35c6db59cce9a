// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card is asked for once more, after its last change, where no reply has proved it yet.

use crate::encode::card::attempt::Attempt;
use crate::encode::card::stop::Stop;
use crate::encode::plan::place::{Holder, Level, Slot};
use crate::encode::plan::planner::creation_settings;
use crate::encode::verdict::difference::Difference;
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::refusal::Refusal;
use crate::host::command::file::{GetFileIds, GetFileSettings};
use crate::host::command::key::GetKeyVersion;
use crate::host::command::picc::GetCardUid;
use crate::host::command::tag::GetTtStatus;
use crate::profile::{AppRef, FileSpec, TransactionMacFate};
use crate::wire::{KeyNo, KeySettings, TtState};

impl Attempt<'_, '_> {
    /// Compares the UID with the one that the keys were made from.
    pub(crate) fn check_uid(&mut self) -> Result<(), Stop> {
        let answer = self.walk.ask(&GetCardUid)?;
        if self.uid.as_ref() == Some(&answer.value) {
            Ok(())
        } else {
            Err(Refusal::UidMismatch.into())
        }
    }

    /// The version of an application's own key, as the session that there is names it.
    pub(crate) fn see_own_key(&mut self, application: AppRef) -> Result<(), Stop> {
        self.see_key(Slot::master(Level::Application(application)))
    }

    /// Everything at a level that its key settings, its files and its key versions show.
    pub(crate) fn look(&mut self, level: Level) -> Result<(), Stop> {
        let aid = self.job.aid(level);
        let answer = self.walk.key_settings(aid)?;
        let (settings, details) = (answer.value.settings, answer.value);
        self.settled(level, settings, answer.grade);
        self.told_sets(level, &details);
        let differs = || Err(differs(Difference::Settings(self.job.aid(level))));
        match level {
            Level::Picc => {
                let wanted = match self.job.task().makes_blank() {
                    true => Some(KeySettings::FACTORY),
                    false => self.job.target_settings(level),
                };
                if Some(settings) != wanted {
                    return differs();
                }
            }
            Level::Application(at) => {
                let spec = &self.job.profile()[at];
                let known = [spec.settings, creation_settings(spec)].contains(&settings);
                if !known || !spec.fits(&details) {
                    return differs();
                }
                if self.job.task().makes_blank() {
                    self.look_at_what_was_brought_back(at)?;
                } else {
                    self.look_at_files(at)?;
                    for no in spec.own_slots().filter(|no| *no != KeyNo::MASTER) {
                        self.see_key(Slot { level, no })?;
                    }
                }
            }
        }
        self.findings.evidence.looked(level, true);
        Ok(())
    }

    /// Whether the chip looks at its wire, as the session that there is tells.
    pub(super) fn watches_seal(&mut self) -> Result<bool, Stop> {
        let status = self.walk.ask(&GetTtStatus)?.value;
        Ok(status.permanent != TtState::Invalid)
    }

    /// That the card lists the files by the profile's numbers, in the session that there is.
    pub(crate) fn see_numbers(&mut self, at: AppRef) -> Result<(), Stop> {
        let spec = &self.job.profile()[at];
        let listed = self.walk.ask(&GetFileIds)?;
        let called = |file: &&FileSpec| listed.value.contains(&file.called().no);
        if let Some(file) = spec.files.iter().find(|file| !called(file)) {
            return Err(differs(Difference::Number { aid: spec.aid, file: file.no }));
        }
        self.findings.evidence.numbers(listed.grade);
        Ok(())
    }

    fn look_at_files(&mut self, at: AppRef) -> Result<(), Stop> {
        let (profile, spec) = (self.job.profile(), &self.job.profile()[at]);
        let mut present = self.walk.file_ids(spec.aid)?.value;
        let counted = spec.transaction_mac.filter(|mac| mac.fate != TransactionMacFate::Deleted);
        present.retain(|no| counted.is_none_or(|mac| mac.no != *no));
        if present.len() != spec.files.len() {
            return Err(differs(Difference::Application(spec.aid)));
        }
        for (file, wanted) in profile.each_file(at) {
            let other = || differs(Difference::File { aid: spec.aid, file: wanted.no });
            if !present.contains(&wanted.no) {
                return Err(other());
            }
            let answer = self.walk.ask(&GetFileSettings::new(self.walk.number(wanted.no)))?;
            if answer.value.settings != wanted.settings {
                return Err(other());
            }
            self.findings.evidence.shape(file, answer.grade);
        }
        if spec.seal.is_some() && !self.watches_seal()? {
            return Err(differs(Difference::Seal));
        }
        Ok(())
    }

    /// That a slot has a key of the profile's version.
    fn see_key(&mut self, slot: Slot) -> Result<(), Stop> {
        let answer = self.walk.ask(&GetKeyVersion::new(slot.no))?;
        if self.job.holder(slot, answer.value) != Some(Holder::Own) {
            let aid = self.job.aid(slot.level);
            return Err(differs(Difference::Key { aid, no: slot.no }));
        }
        self.findings.evidence.key(slot, answer.grade);
        Ok(())
    }
}

fn differs(difference: Difference) -> Stop {
    Stop::Fail(Failure::Differs(difference))
}
