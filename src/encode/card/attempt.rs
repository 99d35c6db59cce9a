// SPDX-License-Identifier: MIT OR Apache-2.0
//! One card in the field with one record: the conversation, what it has proved, what it changed.

use crate::diversify::FieldBytes;
use crate::encode::card::contents::{Candidate, Rendered};
use crate::encode::card::findings::Findings;
use crate::encode::card::identity::Identity;
use crate::encode::card::stop::Stop;
use crate::encode::card::walk::Walk;
use crate::encode::job::Job;
use crate::encode::job::card_keys::CardKeys;
use crate::encode::permit::{Asking, Intent};
use crate::encode::plan::place::{Door, Holder, Level, Slot};
use crate::encode::plan::planner::plan;
use crate::encode::plan::rights;
use crate::encode::plan::state::{ApplicationState, Away};
use crate::encode::plan::step::Step;
use crate::encode::proof::done::DoneCards;
use crate::encode::proof::evidence::Evidence;
use crate::encode::proof::mark::Named;
use crate::encode::proof::origin::Origin;
use crate::encode::proof::receipt::ProfileMark;
use crate::encode::verdict::difference::Difference;
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::refusal::Refusal;
use crate::encode::watch::Watching;
use crate::host::{Error, Grade};
use crate::iso7816::StatusWord;
use crate::iso14443::{Ats, RealUid, Uid};
use crate::key::CardKey;
use crate::profile::{AppRef, FileRef, FileSpec, ForApplications, Layout};
use crate::wire::{Chip, FileKind, FileNo, FileSettings, KeyNo, KeySettings, Status, UidForm};

/// What is known of a card before it is asked, and once it was.
#[derive(Default)]
pub(crate) struct Known {
    /// What it is taken for, as one of a uniform stock.
    pub(crate) stock: Option<Identity>,
    /// Whether it has contradicted what it was taken for, so that everything is looked at.
    pub(crate) doubted: bool,
    /// What it turned out to be.
    pub(crate) identity: Option<Identity>,
}

/// What is to be done with a card, and what was on it before.
pub(crate) struct Prepared {
    pub(crate) steps: Vec<Step>,
    pub(crate) applications: ForApplications<ApplicationState>,
}

/// A conversation under way.
pub(crate) struct Attempt<'t, 'c> {
    pub(crate) job: &'c Job,
    pub(crate) walk: Walk<'t, 'c>,
    /// The UID that the card was presented with.
    pub(crate) presented: &'c Uid,
    /// What it answered to be selected, where the reader tells it.
    pub(crate) ats: Option<&'c Ats>,
    /// The card's real UID, once it is known.
    pub(crate) uid: Option<RealUid>,
    /// The real UID that the card had before it was begun with again.
    pub(crate) named: Option<RealUid>,
    /// The record for the card; where the task finds out, those that may be on it by what it has
    /// shown.
    pub(crate) matching: Vec<&'c Candidate<'c>>,
    /// What its UID may already be the mark of.
    pub(crate) done: Option<&'c DoneCards>,
    pub(crate) asking: Option<Asking<'c>>,
    pub(crate) watching: Option<Watching<'c>>,
    /// The value files that hold another value than they should.
    pub(crate) away: Vec<Away>,
    /// Whether the card is taken for one of its stock, and has not been asked what it is.
    pub(crate) stocked: bool,
    pub(crate) findings: &'c mut Findings,
}

impl<'c> Attempt<'_, 'c> {
    /// Identifies the card unless it is taken for one of its stock, then observes it, plans the
    /// difference and applies it.
    pub(crate) fn round(&mut self, known: &mut Known) -> Result<(), Stop> {
        let (identity, planned) = self.prepare(known)?;
        self.take_in_hand()?;
        self.ask_permit(&planned.steps)?;
        for (at, step) in planned.steps.iter().enumerate() {
            if let Some(watching) = &self.watching {
                watching.tell(at, &planned.steps, self.job);
            }
            let applied = self.apply(step, identity);
            applied.map_err(|stop| if step.changes_card() { stop } else { stop.repeatable() })?;
        }
        Ok(())
    }

    /// Everything before the first change: identifies the card unless it is taken for one of its
    /// stock, observes it and plans the difference.
    pub(crate) fn prepare<'i>(
        &mut self,
        known: &'i mut Known,
    ) -> Result<(&'i Identity, Prepared), Stop> {
        if self.job.task().reads_record() {
            return self.enrol(known);
        }
        let identity = self.identify(known.stock.clone(), known.doubted);
        let identity = &*known.identity.insert(identity.map_err(Stop::repeatable)?);
        self.findings.keyed |= !matches!(identity.holder, Holder::Transport(_));
        let before = self.findings.wrote;
        let planned = self.plan(identity);
        let planned =
            planned.map_err(|stop| self.judged(stop, None, before, identity).repeatable())?;
        tracing::debug!(steps = planned.steps.len(), "planned");
        if !identity.sure && planned.steps.iter().any(Step::changes_card) {
            return Err(Stop::Afresh);
        }
        if self.job.task().only_tells()
            && let Some(step) = planned.steps.iter().find(|step| step.changes_card())
        {
            return Err(Refusal::Differs(Difference::of(step, self.job.profile())).into());
        }
        Ok((identity, planned))
    }

    /// Asks the caller, by a refusal, about a card whose UID stands for another record.
    fn take_in_hand(&mut self) -> Result<(), Stop> {
        let (true, Some(done), Some(uid), Some(candidate)) =
            (self.job.task().takes_in_hand(), self.done, self.uid.as_ref(), self.matching.first())
        else {
            return Ok(());
        };
        let mark = self.findings.mark(self.job, uid)?.to_owned();
        done.take(mark, &Named::record(self.job, candidate.record))
            .map_err(|record| Refusal::DoneForAnother { record }.into())
    }

    /// Asks whoever wants to know of each card that is going to be changed. One that was asked about is
    /// not asked about again in the same presentation.
    fn ask_permit(&mut self, steps: &[Step]) -> Result<(), Stop> {
        let Some(asking) = self.asking.filter(|_| !self.findings.permitted) else { return Ok(()) };
        let steps: Vec<Step> = steps.iter().filter(|step| step.changes_card()).cloned().collect();
        if steps.is_empty() {
            return Ok(());
        }
        let uid = self.uid.as_ref().ok_or(Refusal::UidHidden)?;
        let candidate = self.matching.first().ok_or(Refusal::OtherCard)?;
        let named = Named::record(self.job, candidate.record);
        let Origin { order, station, reader } = asking.origin.clone();
        let intent = Intent {
            ticket: asking.ticket,
            card: self.findings.mark(self.job, uid)?.to_owned(),
            record: named.label,
            unnamed: named.unnamed,
            contents: named.contents.map(|mark| mark.to_string()),
            order,
            station,
            reader,
            job: self.job.task(),
            profile: ProfileMark::of(self.job.profile()),
            keyed: self.findings.keyed,
            steps,
        };
        asking.permit.permit(&intent).map_err(Refusal::NotPermitted)?;
        self.findings.permitted = true;
        Ok(())
    }

    /// Observes the card and plans what is missing. Changes nothing.
    fn plan(&mut self, identity: &Identity) -> Result<Prepared, Stop> {
        if self.job.task().makes_blank() {
            let prepared = match self.job.profile().layout() {
                Layout::Free { .. } => self.plan_recycling(identity),
                Layout::Fixed { .. } => self.plan_bringing_back(identity),
                Layout::Delegated { .. } => self.plan_giving_back(identity),
            };
            self.findings.stays.extend((self.findings.lrp == Some(true)).then_some("LRP"));
            return prepared;
        }
        if self.is_to_switch() && !self.job.task().switches_on_for_good() {
            return Err(Refusal::Differs(Difference::Lrp).into());
        }
        let state = self.observe(identity)?;
        let (profile, task) = (self.job.profile(), self.job.task());
        let steps = plan(profile, task, &state, self.walk.position(), &self.findings.evidence)?;
        Ok(Prepared { steps, applications: state.applications })
    }

    /// Begins again on a card of which nobody knows what it has selected, or is in the middle of, or
    /// whether it still is the same one: what was proved of it is forgotten.
    pub(crate) fn start_over(&mut self) -> Result<(), Stop> {
        self.findings.evidence = Evidence::none(self.job.profile());
        self.findings.lrp = None;
        self.findings.named = None;
        self.findings.renamed = None;
        self.select_anew(self.job.first_level())
    }

    /// Selects a level of a card that may be in the middle of a command.
    pub(crate) fn select_anew(&mut self, level: Level) -> Result<(), Stop> {
        match self.select(level) {
            // What it was in the middle of is over with that.
            Err(
                Error::Refused { status: Status::CommandAborted, .. }
                | Error::IsoRefused { status: StatusWord::CONDITIONS_OF_USE, .. },
            ) => {
                self.walk.go_on_unsure();
                Ok(self.select(level)?)
            }
            selected => Ok(selected?),
        }
    }

    /// Selects a level. An application that is to get another name may have the one that it came with as yet.
    pub(crate) fn select(&mut self, level: Level) -> Result<(), Error> {
        let Level::Application(at) = level else {
            return self.walk.select(level, &self.door(level));
        };
        self.select_application(level, at)?;
        match self.job.profile().renumbers(at) {
            true => self.find_numbers(at),
            false => Ok(()),
        }
    }

    /// Which files have the profile's numbers by now, which the chip tells everybody; none has both.
    fn find_numbers(&mut self, at: AppRef) -> Result<(), Error> {
        if self.findings.renamed.is_none() {
            let spec = &self.job.profile()[at];
            self.walk.calls(&[]);
            let listed = self.walk.file_ids(spec.aid)?.value;
            let counter = spec.transaction_mac.map(|mac| mac.no);
            self.findings.counts[at] = counter.is_some_and(|no| listed.contains(&no));
            let called = spec.files.iter().filter_map(|file| Some((file.no, file.renamed?.no)));
            let there =
                |(own, called): &(FileNo, FileNo)| listed.contains(called) && !listed.contains(own);
            self.findings.renamed = Some(called.filter(there).collect());
            if self.to_renumber().is_empty() {
                self.findings.evidence.numbers(Grade::Said);
            }
        }
        self.walk.calls(self.findings.renamed.as_deref().unwrap_or_default());
        Ok(())
    }

    /// The files that have the numbers that they came with, and are to have other ones.
    pub(crate) fn to_renumber(&self) -> Vec<FileRef> {
        let profile = self.job.profile();
        let renamed = self.findings.renamed.as_deref().unwrap_or_default();
        let has = |file: &FileSpec| renamed.iter().any(|(own, _)| *own == file.no);
        let files = profile.each_application().flat_map(|(at, _)| profile.each_file(at));
        let missing = files.filter(|(_, file)| file.renamed.is_some() && !has(file));
        missing.map(|(at, _)| at).collect()
    }

    fn select_application(&mut self, level: Level, at: AppRef) -> Result<(), Error> {
        let renamed = self.job.profile().renames(at);
        match self.walk.select(level, &self.door(level)) {
            Err(Error::IsoRefused { status: StatusWord::FILE_NOT_FOUND, .. })
                if renamed && self.findings.named.is_none() =>
            {
                self.findings.named = Some(false);
                self.walk.select(level, &self.door(level))
            }
            selected => {
                selected?;
                self.findings.named = self.findings.named.or(renamed.then_some(true));
                if self.findings.named == Some(true) {
                    self.findings.evidence.name(Grade::Said);
                }
                Ok(())
            }
        }
    }

    /// How a level of this card is entered.
    pub(crate) fn door(&self, level: Level) -> Door {
        self.job.door(level, self.findings.named == Some(false))
    }

    /// Whether the card is in AES where the profile is in LRP.
    pub(crate) fn is_to_switch(&self) -> bool {
        self.job.profile().is_in_lrp() && self.findings.lrp == Some(false)
    }

    /// Takes down the real UID of a card that hides it. Contents may have been put together for the
    /// card of an earlier look.
    pub(crate) fn name(&mut self, uid: RealUid) -> Result<(), Stop> {
        if self.named.as_ref().is_some_and(|named| *named != uid) {
            return Err(Stop::Fail(Failure::Swapped));
        }
        self.uid = Some(uid);
        Ok(())
    }

    /// Whether the card showed what may be a random UID.
    pub(crate) const fn hides_uid(&self) -> bool {
        matches!(self.presented, Uid::Random(_))
    }

    /// Whether what the card showed is a random UID, as cards of its generation draw them.
    pub(crate) fn shows_random(&self, chip: Chip) -> bool {
        matches!(UidForm::on(chip.generation(), self.presented), UidForm::Random)
    }

    /// Reads a file of these settings with the key that may, which is `holder`'s as yet, and tells
    /// whether it holds the contents of a record that the card may be for.
    pub(crate) fn holds_record(
        &mut self,
        file: FileRef,
        settings: &FileSettings,
        holder: impl Fn(KeyNo) -> Holder,
    ) -> Result<bool, Stop> {
        let profile = self.job.profile();
        let no = rights::reader(&profile[file.application()], settings);
        let slot = Slot { level: Level::Application(file.application()), no };
        self.authenticate(slot, holder(no))?;
        let wanted = self.contents()?.of(file);
        let length = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
        let answer = match self.walk.read(profile[file].no, *settings, length) {
            // Fewer records than were asked for: none.
            Err(Error::Refused { status: Status::BoundaryError, .. }) => return Ok(false),
            answer => answer?,
        };
        let found = answer.value.expose_secret();
        let mut holding = Vec::new();
        for one in &self.matching {
            if one.contents.hold(self.job, one.record, self.uid.as_ref(), (file, found))? {
                holding.push(*one);
            }
        }
        if holding.is_empty() {
            if matches!(settings.kind, FileKind::Value(_)) {
                self.away.push(Away::between(file, found, wanted));
            }
            return Ok(false);
        }
        self.matching = holding;
        let in_sets = self.findings.evidence.applications[file.application()].in_sets;
        let stays = holder(no) == Holder::Former && in_sets == Some(true);
        if holder(no) != Holder::Own && !(stays && self.job.leaves_prepared(file.application())) {
            // Whoever knows a transport key could have answered.
            return Ok(true);
        }
        // Where the reply carries no MAC, as that of a plain file in EV2, anybody could have sent it.
        let grade = if answer.grade > Grade::Said { Grade::Used } else { answer.grade };
        self.findings.evidence.file(file, grade);
        Ok(true)
    }

    /// Takes down that a level has these settings, where they are what it is to have.
    pub(crate) fn settled(&mut self, level: Level, settings: KeySettings, grade: Grade) {
        let evidence = &mut self.findings.evidence;
        if self.job.target_settings(level) == Some(settings) {
            evidence.settings(level, grade);
        }
        if level == Level::Picc && settings == KeySettings::FACTORY {
            evidence.blank_settings(grade);
        }
    }

    /// What the first record that the card may be for puts onto it, once the card is known.
    pub(crate) fn contents(&self) -> Result<&'c Rendered, Refusal> {
        let contents = self.matching.first().and_then(|candidate| candidate.contents.rendered());
        contents.ok_or(Refusal::UidHidden)
    }

    /// What goes into keys of records, where all records that the card may be for agree on it.
    pub(crate) fn agreed(&self) -> Option<&'c FieldBytes> {
        let (first, others) = self.matching.split_first()?;
        others.iter().all(|other| other.fields == first.fields).then_some(&first.fields)
    }

    /// The key in a slot.
    pub(crate) fn key(&mut self, slot: Slot, holder: Holder) -> Result<CardKey, Stop> {
        let job = self.job;
        Ok(match self.keys()? {
            Some(keys) => keys.key(job, slot, holder)?,
            None => job.shared_key(slot, holder, self.agreed())?,
        })
    }

    /// All keys of the card, once its UID is known: they are made at once, so that a key that cannot be
    /// had shows before anything is changed, and once for all conversations with the card.
    pub(crate) fn keys(&mut self) -> Result<Option<&CardKeys>, Stop> {
        let fields = self.agreed();
        let Some(uid) = &self.uid else { return Ok(None) };
        if !self.findings.keys.as_ref().is_some_and(|keys| keys.are_of(uid, fields)) {
            self.findings.mark(self.job, uid)?;
            self.findings.keys = Some(self.job.card_keys(uid, fields)?);
        }
        Ok(self.findings.keys.as_ref())
    }
}
