// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the card is now, from the card. Key versions only exclude: a version that is none of ours
//! is refused without an attempt, one of ours that does not open is refused after one.

mod application;

use crate::encode::card::attempt::Attempt;
use crate::encode::card::contents::Candidate;
use crate::encode::card::identity::Identity;
use crate::encode::card::stop::Stop;
use crate::encode::forecast::room::enough;
use crate::encode::plan::place::{Door, Holder, Level, Slot};
use crate::encode::plan::planner::{closes_last, settings_go_first};
use crate::encode::plan::state::{ApplicationState, CardState, FileStage, PiccState, Untold};
use crate::encode::verdict::refusal::Refusal;
use crate::host::command::key::{GetKeySettings, GetKeyVersion};
use crate::host::command::picc::GetCardUid;
use crate::host::{Error, Grade};
use crate::iso7816::StatusWord;
use crate::iso14443::{RealUid, Uid};
use crate::profile::{AppRef, CardSetting, CardSpec, FileRef, ForApplications, Layout, Reading};
use crate::wire::{DfName, Ins, KeyNo, KeySettings, Messaging, Status};

/// With this byte the random UID of an EV1 begins.
const RANDOM_OF_EV1: u8 = 0x80;

impl Attempt<'_, '_> {
    /// Finds out what the plan depends on.
    pub(crate) fn observe(&mut self, identity: &Identity) -> Result<CardState, Stop> {
        self.match_uid()?;
        self.put_together()?;
        let settings = match self.job.profile().card() {
            Some(card) => Some(self.observe_picc(card, identity)?),
            None => None,
        };
        let profile = self.job.profile();
        let applications = profile.try_for_applications(|at, spec| {
            let there = match profile.layout() {
                Layout::Free { .. } | Layout::Delegated { .. } => {
                    identity.applications.contains(&spec.aid)
                }
                Layout::Fixed { .. } => true,
            };
            match there {
                true => self.observe_application(at, identity),
                false => Ok(ApplicationState::Absent),
            }
        })?;
        self.room(identity, &applications)?;
        let picc = settings.map(|settings| self.picc_state(identity, settings)).transpose()?;
        let macs = identity.messaging != Messaging::D40;
        let names_uid = identity.chip.silicon().has(Ins::GetCardUid);
        let has_sets = identity.chip.silicon().has(Ins::InitializeKeySet);
        let stands = self.job.own_key_stands(identity.messaging);
        let (start, to_switch) = (self.job.start(), self.is_to_switch());
        let to_rename = self.findings.named == Some(false);
        let permitted = self.job.permit().is_some();
        let to_renumber = self.to_renumber();
        Ok(CardState {
            picc,
            macs,
            stands,
            names_uid,
            has_sets,
            to_switch,
            to_rename,
            to_renumber,
            permitted,
            start,
            applications,
        })
    }

    /// Leaves the records that may be on this very card.
    fn match_uid(&mut self) -> Result<(), Refusal> {
        let uid = self.uid.as_ref();
        let may = |wanted: &RealUid| uid == Some(wanted);
        self.matching.retain(|candidate| candidate.record.uid().is_none_or(may));
        if self.matching.is_empty() { Err(Refusal::OtherCard) } else { Ok(()) }
    }

    /// Puts together what the records that may be on this very card put onto it.
    fn put_together(&self) -> Result<(), Stop> {
        let uid = self.uid.as_ref().ok_or(Refusal::UidHidden)?;
        if !self.job.task().needs_record() {
            return Ok(());
        }
        for Candidate { record, contents, .. } in &self.matching {
            contents.render(self.job, record, uid)?;
        }
        Ok(())
    }

    /// The PICC level; that the UID is hidden shows in the anticollision.
    fn picc_state(
        &mut self,
        identity: &Identity,
        settings: KeySettings,
    ) -> Result<PiccState, Stop> {
        let random_uid = self.shows_random(identity.chip);
        if random_uid {
            self.findings.evidence.random_uid(Grade::Said);
        }
        let random_uid = random_uid && self.begins_as_wanted();
        // A card that has its own key got it before, and is asked before anything is planned.
        let asked = self.job.task().wants_for_good() && identity.holder == Holder::Own;
        let switched = self.job.profile().card().is_some_and(|card| card.legacy_off);
        let legacy_off = switched && asked && self.refuses_legacy(identity.holder)?;
        let untold = if asked { self.untold()? } else { Untold::default() };
        Ok(PiccState { holder: identity.holder, settings, random_uid, legacy_off, untold })
    }

    /// What of what it was told a finished card shows, and what it shows not to have been told: its answer to select,
    /// where the reader tells it, and, where everything is looked at, whether anything answers to its name.
    fn untold(&mut self) -> Result<Untold, Stop> {
        let Some(card) = self.job.profile().card() else { return Ok(Untold::default()) };
        let seen = self.ats.zip(card.told.ats.as_ref()).map(|(shown, told)| shown == told);
        let asked = card.told.name.as_ref().filter(|_| self.job.task().looks_at_everything());
        let named = asked.map(|name| self.answers_to(name)).transpose()?;
        let numbered = card.told.nuid.then(|| self.shows_number()).flatten();
        let each =
            [(seen, CardSetting::Ats), (numbered, CardSetting::Nuid), (named, CardSetting::Name)];
        for (shown, setting) in each {
            if shown == Some(true) {
                self.findings.evidence.told(setting, Grade::Said);
            }
        }
        Ok(Untold {
            ats: seen == Some(false),
            nuid: numbered == Some(false),
            name: named == Some(false),
        })
    }

    /// Whether the card shows a number in place of its UID, where the reader tells what it shows.
    fn shows_number(&self) -> Option<bool> {
        match self.presented {
            Uid::Number(_) => Some(true),
            Uid::Real(_) | Uid::Random(_) | Uid::Long(_) => Some(false),
            Uid::Untold => None,
        }
    }

    /// Whether the random UID of this time begins as an EV1's, where the profile has it so on a chip that knows
    /// both beginnings.
    fn begins_as_wanted(&self) -> bool {
        let old = self.job.profile().card().is_some_and(|card| card.random_uid_of_ev1);
        !old || self.presented.expose().first() == Some(&RANDOM_OF_EV1)
    }

    /// Whether the card as a whole is selected by a name. Some EV2 cards answer to any, and then tell more than a
    /// bare status. Leaves it at its first level, with nobody authenticated.
    fn answers_to(&mut self, name: &DfName) -> Result<bool, Stop> {
        self.select_anew(Level::Picc)?;
        let named = match self.walk.select(Level::Picc, &Door::Name(name.clone())) {
            Ok(()) => true,
            Err(Error::IsoRefused { status: StatusWord::FILE_NOT_FOUND, .. }) => false,
            Err(Error::Misbehaved { .. }) => {
                self.walk.go_on_unsure();
                false
            }
            Err(error) => return Err(error.into()),
        };
        self.select_anew(Level::Picc)?;
        Ok(named)
    }

    /// Whether what is missing fits into the memory that is left, where the card was asked for it.
    fn room(
        &self,
        identity: &Identity,
        states: &ForApplications<ApplicationState>,
    ) -> Result<(), Refusal> {
        let Some(free) = identity.free else { return Ok(()) };
        let profile = self.job.profile();
        let missing = |(at, state): (AppRef, &ApplicationState)| match state {
            ApplicationState::Absent => profile[at].memory_by(Reading::Smallest),
            ApplicationState::Closed { .. } => 0,
            ApplicationState::Open(open) => {
                let again =
                    |state: &FileStage| matches!(state, FileStage::Absent | FileStage::Stale);
                let missing = open.files.iter().filter(|(_, state)| again(state));
                let smallest = |(file, _): (FileRef, _)| profile[file].memory_by(Reading::Smallest);
                missing.map(smallest).fold(0, u32::saturating_add)
            }
        };
        enough(free, states.iter().map(missing).fold(0, u32::saturating_add))
    }

    /// The settings of the PICC level. A card that still has the factory's key is taken to have the
    /// factory's settings where the profile's are given before anything else: where it has others that
    /// forbid it, it refuses them, and nothing has been changed. The
    /// profile's own master key comes after the settings, so it stands for them where its session
    /// had MACs; only settings that freeze it come later.
    fn observe_picc(&mut self, card: &CardSpec, identity: &Identity) -> Result<KeySettings, Stop> {
        let job = self.job;
        let target = card.settings;
        let asks = identity.doubted || job.task().looks_at_everything();
        match identity.holder {
            Holder::Transport(_)
                if !asks && settings_go_first(card) && job.is_factory(identity.holder) =>
            {
                return Ok(KeySettings::FACTORY);
            }
            Holder::Own
                if !asks
                    && identity.messaging != Messaging::D40
                    && target.key_changeable
                    && !closes_last(card) =>
            {
                return Ok(target);
            }
            Holder::Transport(_) | Holder::Former | Holder::Own => {}
        }
        self.authenticate(Slot::master(Level::Picc), identity.holder)?;
        let answer = self.walk.ask(&GetKeySettings)?;
        let (settings, _) = answer.value;
        self.settled(Level::Picc, settings, answer.grade);
        self.findings.evidence.looked(Level::Picc, identity.holder == Holder::Own);
        Ok(settings)
    }

    fn observe_application(
        &mut self,
        at: AppRef,
        identity: &Identity,
    ) -> Result<ApplicationState, Stop> {
        let level = Level::Application(at);
        match self.enter(level) {
            Ok(()) => {}
            // The list of applications named it.
            Err(Error::Refused { status: Status::ApplicationNotFound, .. }) => {
                return Err(Stop::Afresh);
            }
            Err(error) => return Err(error.into()),
        }
        let task = self.job.task();
        if self.may_be_finished(identity) && self.opens_as_finished(at)? {
            return self.observe_closed(at);
        }
        if self.job.profile()[at].is_anothers() {
            return self.observe_anothers(at);
        }
        match self.holder(Slot::master(level))? {
            Holder::Own
                if self.job.own_key_stands(identity.messaging)
                    && !identity.doubted
                    && !task.looks_at_everything() =>
            {
                self.observe_closed(at)
            }
            Holder::Transport(_) if task.takes_only_finished() => Err(Refusal::NotFinished.into()),
            holder @ (Holder::Own | Holder::Former | Holder::Transport(_)) => {
                self.observe_open(at, holder)
            }
        }
    }

    /// Enters a level, unless the conversation is there since the card told what it is.
    pub(super) fn enter(&mut self, level: Level) -> Result<(), Error> {
        match self.walk.position().level == level {
            true => Ok(()),
            false => self.select(level),
        }
    }

    /// An application of which all keys are left to another issuer: looked at as long as it still has the
    /// key that it was made with, and that issuer's from then on.
    fn observe_anothers(&mut self, at: AppRef) -> Result<ApplicationState, Stop> {
        let version = self.walk.ask(&GetKeyVersion::new(KeyNo::MASTER))?.value;
        match self.job.left_at(version) {
            Some(holder) => self.observe_open(at, holder),
            None => {
                let settings = self.job.profile()[at].settings;
                Ok(ApplicationState::Closed { settings })
            }
        }
    }

    /// Which key an application's slot holds, by the version that the card reports.
    pub(super) fn holder(&mut self, slot: Slot) -> Result<Holder, Stop> {
        let job = self.job;
        let answer = match self.walk.ask(&GetKeyVersion::new(slot.no)) {
            Err(Error::Refused { status: Status::NoSuchKey, .. }) => {
                return Err(Refusal::OtherApplication { aid: job.aid(slot.level) }.into());
            }
            answer => answer?,
        };
        let Some(holder) = job.holder(slot, answer.value) else {
            let aid = job.aid(slot.level);
            let (version, known) = (answer.value, job.known_versions(slot));
            return Err(Refusal::UnknownKey { aid, slot, version, known }.into());
        };
        if holder == Holder::Own {
            self.findings.evidence.key(slot, answer.grade);
        }
        Ok(holder)
    }

    /// Fetches the real UID of a card that hides it, under an application's key that does not depend
    /// on it.
    pub(super) fn fetch_uid(&mut self) -> Result<(), Stop> {
        let job = self.job;
        for (at, spec) in job.profile().each_application() {
            let level = Level::Application(at);
            let independent = |no: &KeyNo| {
                let slot = Slot { level, no: *no };
                !job.needs_uid(slot, Holder::Own)
            };
            let mut slots = spec.own_slots();
            let Some(no) = slots.find(independent) else { continue };
            match self.select(level) {
                Err(Error::Refused { status: Status::ApplicationNotFound, .. }) => continue,
                selected => selected?,
            }
            let slot = Slot { level, no };
            let holder = self.holder(slot)?;
            self.authenticate(slot, holder)?;
            let uid = self.walk.ask(&GetCardUid)?.value;
            return self.name(uid);
        }
        Err(Refusal::UidHidden.into())
    }
}
