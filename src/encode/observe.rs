// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the card is now, from the card. Key versions only exclude: a version that is none of ours
//! is refused without an attempt, one of ours that does not open is refused after one.

use super::attempt::{Attempt, Stop};
use super::identity::{Identity, Trust, enough, refuse_unnamed};
use super::place::{Holder, Level, Slot, slot_number};
use super::refusal::Refusal;
use super::rights;
use super::state::{ApplicationState, CardState, FileStage, OpenApplication, PiccState};
use crate::host::{Error, Grade};
use crate::profile::{Application, FileSpec};
use crate::wire::{Aid, FileReport, FileState, KeyNo, KeySettings, KeyVersion, Status};

impl Attempt<'_, '_> {
    /// Finds out what the plan depends on. A card that is trusted to be new is not asked.
    pub(crate) fn observe(&mut self, identity: &Identity) -> Result<CardState, Stop> {
        if self.uid.is_none() {
            self.fetch_uid(identity)?;
        }
        if self.record.uid().is_some_and(|wanted| self.uid.as_ref() != Some(wanted)) {
            return Err(Refusal::OtherCard.into());
        }
        let profile = self.job.profile();
        let none_yet = |aids: &Vec<Aid>| aids.is_empty();
        if identity.trust == Trust::New || identity.applications.as_ref().is_some_and(none_yet) {
            let applications = vec![ApplicationState::Absent; profile.applications().len()];
            self.room(identity, &applications)?;
            let settings = self.settings_of_new(identity)?;
            let picc = self.picc_state(identity, settings);
            return Ok(CardState { picc, applications });
        }
        let (settings, listed) = self.observe_picc(identity)?;
        let mut applications = Vec::with_capacity(profile.applications().len());
        for (index, spec) in profile.applications().iter().enumerate() {
            let absent = listed.as_ref().is_some_and(|aids| !aids.contains(&spec.aid));
            applications.push(if absent {
                ApplicationState::Absent
            } else {
                self.observe_application(index, spec)?
            });
        }
        self.room(identity, &applications)?;
        Ok(CardState { picc: self.picc_state(identity, settings), applications })
    }

    /// The PICC level; that the UID is hidden shows in the anticollision.
    fn picc_state(&mut self, identity: &Identity, settings: KeySettings) -> PiccState {
        if self.hides_uid() {
            self.findings.evidence.random_uid(Grade::Said);
        }
        PiccState { holder: identity.holder, settings, random_uid: self.hides_uid() }
    }

    /// Whether what is missing fits into the memory that is left, where the card was asked for it.
    fn room(&self, identity: &Identity, states: &[ApplicationState]) -> Result<(), Refusal> {
        let Some(free) = identity.free else { return Ok(()) };
        let missing = |(spec, state): (&Application, &ApplicationState)| match state {
            ApplicationState::Absent => spec.memory(),
            ApplicationState::Closed { .. } => 0,
            ApplicationState::Open(open) => {
                let again =
                    |state: &FileStage| matches!(state, FileStage::Absent | FileStage::Stale);
                let missing = spec.files.iter().zip(&open.files).filter(|(_, state)| again(state));
                missing.map(|(file, _)| file.memory()).fold(0, u32::saturating_add)
            }
        };
        let applications = self.job.profile().applications().iter().zip(states);
        enough(free, applications.map(missing).fold(0, u32::saturating_add))
    }

    /// The PICC settings of a card without applications. One that still has the factory's key has
    /// the factory's settings, and gets the profile's; where these are the same, or the key is an
    /// issuer's, they are looked at.
    fn settings_of_new(&mut self, identity: &Identity) -> Result<KeySettings, Stop> {
        let target = self.job.profile().card().settings;
        if self.job.is_factory(identity.holder) && target != KeySettings::FACTORY {
            return Ok(KeySettings::FACTORY);
        }
        self.authenticate(Slot::master(Level::Picc), identity.holder)?;
        self.picc_settings()
    }

    fn picc_settings(&mut self) -> Result<KeySettings, Stop> {
        let answer = self.walk.key_settings()?;
        let (settings, _) = answer.value;
        if settings == self.job.profile().card().settings {
            self.findings.evidence.settings(Level::Picc, answer.grade);
        }
        Ok(settings)
    }

    /// The settings of the PICC level, and the applications where listing them costs nothing.
    ///
    /// The profile's own master key goes last at its level, so it stands for the settings; only
    /// settings that freeze it come later and have to be looked at.
    fn observe_picc(
        &mut self,
        identity: &Identity,
    ) -> Result<(KeySettings, Option<Vec<Aid>>), Stop> {
        let job = self.job;
        let target = job.profile().card().settings;
        if identity.trust == Trust::Own && target.key_changeable {
            return Ok((target, None));
        }
        self.authenticate(Slot::master(Level::Picc), identity.holder)?;
        let settings = self.picc_settings()?;
        let aids = self.walk.application_ids()?.value;
        refuse_unnamed(job, &aids)?;
        Ok((settings, Some(aids)))
    }

    fn observe_application(
        &mut self,
        index: usize,
        spec: &Application,
    ) -> Result<ApplicationState, Stop> {
        let level = Level::Application(index);
        match self.walk.select(level, self.job.aid(level)) {
            Ok(()) => {}
            // The PICC master key stood for it, or the list of applications named it.
            Err(Error::Refused { status: Status::ApplicationNotFound, .. }) => {
                return Err(Stop::Afresh);
            }
            Err(error) => return Err(error.into()),
        }
        match self.holder(Slot::master(level))? {
            Holder::Own => self.observe_closed(index, spec),
            Holder::Transport(_) => self.observe_open(index, spec),
        }
    }

    /// Which key an application's slot holds, by the version that the card reports.
    fn holder(&mut self, slot: Slot) -> Result<Holder, Stop> {
        let job = self.job;
        let answer = match self.walk.key_version(slot.no) {
            Err(Error::Refused { status: Status::NoSuchKey, .. }) => {
                return Err(Refusal::OtherApplication { aid: job.aid(slot.level) }.into());
            }
            answer => answer?,
        };
        if job.own_spec(slot).is_some_and(|spec| spec.version == answer.value) {
            self.findings.evidence.key(slot, answer.grade);
            return Ok(Holder::Own);
        }
        if answer.value == ZERO_KEY_VERSION {
            return Ok(Holder::Transport(0));
        }
        let aid = job.aid(slot.level);
        Err(Refusal::UnknownKey { aid, slot, version: answer.value }.into())
    }

    /// An application whose own key is in place: its contents tell whether it is this record's.
    fn observe_closed(
        &mut self,
        index: usize,
        spec: &Application,
    ) -> Result<ApplicationState, Stop> {
        for (_, files) in rights::grouped(spec, rights::reader) {
            for file in files {
                match spec.files.get(file) {
                    Some(file) if !rights::readable(file) => {
                        return Err(Refusal::Unreadable { aid: spec.aid, file: file.no }.into());
                    }
                    _ if !self.holds_record((index, file), |_| Holder::Own)? => {
                        return Err(Refusal::AnotherRecord.into());
                    }
                    _ => {}
                }
            }
        }
        let level = Level::Application(index);
        let opened = self.walk.position().authenticated.is_some();
        if opened && spec.settings.key_changeable {
            return Ok(ApplicationState::Closed { settings: spec.settings });
        }
        // A version alone proves no key, and settings that freeze the own key come after it.
        self.authenticate(Slot::master(level), Holder::Own)?;
        let settings = self.observe_settings(level, spec)?;
        Ok(ApplicationState::Closed { settings })
    }

    /// An application on its way: which keys, settings and files it has.
    fn observe_open(&mut self, index: usize, spec: &Application) -> Result<ApplicationState, Stop> {
        let level = Level::Application(index);
        self.authenticate(Slot::master(level), Holder::Transport(0))?;
        let settings = self.observe_settings(level, spec)?;
        let mut holders = vec![Holder::Transport(0)];
        for no in (1..spec.keys.len()).filter_map(slot_number) {
            holders.push(self.holder(Slot { level, no })?);
        }
        let present = self.walk.file_ids()?.value;
        let other = Refusal::OtherApplication { aid: spec.aid };
        let mut reports = Vec::with_capacity(spec.files.len());
        for (file, wanted) in spec.files.iter().enumerate() {
            if !present.contains(&wanted.no) {
                reports.push(None);
                continue;
            }
            let answer = self.walk.file_settings(wanted.no)?;
            let settings = answer.value.settings;
            if settings != wanted.settings && settings != rights::at_first(wanted) {
                return Err(other.into());
            }
            if wanted.content.is_none() {
                self.findings.evidence.file(index, file, answer.grade);
            }
            reports.push(Some(answer.value));
        }
        if present.len() > reports.iter().flatten().count() {
            return Err(other.into());
        }
        let files = Vec::with_capacity(spec.files.len());
        let mut open = OpenApplication { settings, holders, files };
        for (file, (wanted, report)) in spec.files.iter().zip(&reports).enumerate() {
            let state = match report {
                Some(report) => self.observe_file((index, file), wanted, report, &open)?,
                None => FileStage::Absent,
            };
            open.files.push(state);
        }
        Ok(ApplicationState::Open(open))
    }

    /// A file of an application on its way. Data files that may be written are written again
    /// whatever they hold; of the others it is looked at.
    fn observe_file(
        &mut self,
        place: (usize, usize),
        spec: &FileSpec,
        report: &FileReport,
        open: &OpenApplication,
    ) -> Result<FileStage, Stop> {
        let settled = report.settings == spec.settings;
        let writable = report.settings == rights::at_first(spec);
        let holding = FileStage::Holding { settled };
        let Some(content) = &spec.content else { return Ok(holding) };
        match (report.state, spec.settings.kind.records()) {
            (FileState::Data, _) if writable => return Ok(FileStage::Open),
            (FileState::Records { current: 0 }, _) if writable => return Ok(FileStage::Open),
            (FileState::Records { current }, Some(layout)) => {
                let bytes = u64::from(current).saturating_mul(layout.size.bytes().into());
                if u64::try_from(content.length()) != Ok(bytes) {
                    return Ok(FileStage::Stale);
                }
            }
            _ => {}
        }
        let holds =
            rights::readable(spec) && self.holds_record(place, |no: KeyNo| open.holder(no))?;
        Ok(if holds { holding } else { FileStage::Stale })
    }

    fn observe_settings(&mut self, level: Level, spec: &Application) -> Result<KeySettings, Stop> {
        let answer = self.walk.key_settings()?;
        let (settings, slots) = answer.value;
        if slots != spec.slots() {
            return Err(Refusal::OtherApplication { aid: spec.aid }.into());
        }
        if settings == spec.settings {
            self.findings.evidence.settings(level, answer.grade);
        }
        Ok(settings)
    }

    /// Fetches the real UID of a card that hides it, under a key that does not depend on it.
    fn fetch_uid(&mut self, identity: &Identity) -> Result<(), Stop> {
        let job = self.job;
        let master = Slot::master(Level::Picc);
        if job.key(master, identity.holder, None).is_some() {
            self.authenticate(master, identity.holder)?;
            self.uid = Some(self.walk.card_uid()?.value);
            return Ok(());
        }
        for (index, spec) in job.profile().applications().iter().enumerate() {
            let level = Level::Application(index);
            let independent = |no: &KeyNo| {
                let slot = Slot { level, no: *no };
                job.key(slot, Holder::Own, None).is_some()
            };
            let slots = (0..spec.keys.len()).filter_map(slot_number);
            let Some(no) = slots.clone().find(independent) else { continue };
            match self.walk.select(level, self.job.aid(level)) {
                Err(Error::Refused { status: Status::ApplicationNotFound, .. }) => continue,
                selected => selected?,
            }
            let slot = Slot { level, no };
            let holder = self.holder(slot)?;
            self.authenticate(slot, holder)?;
            self.uid = Some(self.walk.card_uid()?.value);
            return Ok(());
        }
        Err(Refusal::UidHidden.into())
    }
}

/// The version of every key of a new application.
const ZERO_KEY_VERSION: KeyVersion = KeyVersion(0);
