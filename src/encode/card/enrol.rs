// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card tells that is only read: its UID, its chip, and the record that its contents are of.
//! Nothing is changed, and no key is tried but those that open what is read.

use crate::encode::card::attempt::{Attempt, Known, Prepared};
use crate::encode::card::contents::holds;
use crate::encode::card::identity::Identity;
use crate::encode::card::stop::Stop;
use crate::encode::plan::place::{Holder, Level, Slot, slot_number};
use crate::encode::plan::rights;
use crate::encode::plan::state::ApplicationState;
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::refusal::Refusal;
use crate::host::Error;
use crate::host::command::key::GetKeyVersion;
use crate::profile::{Content, Export, FileRef, KeyIndex, SlotKey};
use crate::secret::Secret;
use crate::wire::{KeyVersion, Status};

impl Attempt<'_, '_> {
    /// Reads everything that there is to tell, and leaves nothing to do.
    pub(crate) fn enrol<'i>(
        &mut self,
        known: &'i mut Known,
    ) -> Result<(&'i Identity, Prepared), Stop> {
        self.findings.versions.clear();
        let identity = &*known.identity.insert(self.look_from_outside().map_err(Stop::repeatable)?);
        let profile = self.job.profile();
        self.read_record().map_err(Stop::repeatable)?;
        self.ask_versions().map_err(Stop::repeatable)?;
        let applications = profile.for_applications(|_, _| ApplicationState::Absent);
        Ok((identity, Prepared { steps: Vec::new(), applications }))
    }

    fn read_record(&mut self) -> Result<(), Stop> {
        let mut files = Vec::new();
        for file in self.job.told_files() {
            files.push((file, self.read_file(file)?));
        }
        let uid = self.uid.as_ref().ok_or(Refusal::UidHidden)?;
        if files.is_empty() {
            return Ok(());
        }
        let profile = self.job.profile();
        let none = |file: FileRef| {
            let (aid, file) = (profile[file.application()].aid, profile[file].no);
            Refusal::NoRecord { aid, file }
        };
        let told = profile.record_of(&files);
        let record = told.map_err(|file| file.map_or(Refusal::AnotherRecord, none))?;
        for (file, held) in &files {
            if !holds(self.job, &record, uid, (*file, held.expose_secret()))? {
                return Err(none(*file).into());
            }
        }
        self.findings.enrolled = Some(record);
        Ok(())
    }

    /// What a file holds, read with the key that may.
    fn read_file(&mut self, file: FileRef) -> Result<Secret<Vec<u8>>, Stop> {
        let profile = self.job.profile();
        let (application, spec) = (&profile[file.application()], &profile[file]);
        let level = Level::Application(file.application());
        let no = rights::reader(application, &spec.settings);
        let slot = Slot { level, no };
        let aid = application.aid;
        if self.walk.position().level != level {
            match self.select(level) {
                Err(Error::Refused { status: Status::ApplicationNotFound, .. }) => {
                    return Err(Refusal::NoApplication { aid }.into());
                }
                selected => selected?,
            }
        }
        if self.walk.position().authenticated != Some(no) {
            let holder = self.enrolled_holder(slot)?;
            self.authenticate(slot, holder)?;
        }
        let length = spec.content.as_ref().map_or(0, Content::length);
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        match self.walk.read(spec.no, spec.settings, length) {
            Err(Error::Refused {
                status: Status::FileNotFound | Status::BoundaryError | Status::PermissionDenied,
                ..
            }) => Err(Refusal::NoRecord { aid, file: spec.no }.into()),
            answer => {
                let answer = answer.map_err(|error| Stop::Fail(Failure::Card(error)))?;
                self.findings.evidence.file(file, answer.grade);
                Ok(answer.value)
            }
        }
    }

    /// Which key a slot holds: the profile's own, or its former one. Cards of others often say version 0
    /// of keys that were changed: then the own one is tried.
    fn enrolled_holder(&mut self, slot: Slot) -> Result<Holder, Stop> {
        let version = self.walk.ask(&GetKeyVersion::new(slot.no))?.value;
        match self.job.holder(slot, version) {
            Some(holder @ (Holder::Own | Holder::Former)) => Ok(holder),
            Some(Holder::Transport(_)) | None if version == KeyVersion(0) => Ok(Holder::Own),
            Some(Holder::Transport(_)) | None => {
                let (aid, known) = (self.job.aid(slot.level), self.job.known_versions(slot));
                Err(Refusal::UnknownKey { aid, slot, version, known }.into())
            }
        }
    }

    /// The versions of the keys that the profile's lists have.
    fn ask_versions(&mut self) -> Result<(), Stop> {
        let profile = self.job.profile();
        let mut asked: Vec<KeyIndex> = Vec::new();
        for key in profile.exports().iter().flat_map(Export::keys) {
            if asked.contains(&key) {
                continue;
            }
            asked.push(key);
            let Some(slot) = self.slot_of(key) else { continue };
            if self.walk.position().level != slot.level {
                self.select(slot.level)?;
            }
            let version = self.walk.ask(&GetKeyVersion::new(slot.no))?.value;
            self.findings.versions.push((key, version));
        }
        Ok(())
    }

    /// The first slot that holds a key.
    fn slot_of(&self, key: KeyIndex) -> Option<Slot> {
        let profile = self.job.profile();
        if profile.card().is_some_and(|card| card.master_key == key) {
            return Some(Slot::master(Level::Picc));
        }
        profile.each_application().find_map(|(at, application)| {
            let no = application.keys.iter().position(|own| *own == SlotKey::Own(key))?;
            Some(Slot { level: Level::Application(at), no: slot_number(no)? })
        })
    }
}
