// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an application is now: told by its own key, or looked at.

mod key_sets;
mod transaction_mac;

use crate::encode::card::attempt::Attempt;
use crate::encode::card::identity::Identity;
use crate::encode::card::stop::Stop;
use crate::encode::plan::place::{Holder, Level, Slot, slot_number};
use crate::encode::plan::rights;
use crate::encode::plan::state::{ApplicationState, Counts, FileStage, OpenApplication};
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::refusal::Refusal;
use crate::host::command::file::GetFileSettings;
use crate::host::{Error, Grade};
use crate::profile::{AppRef, Application, Content, FileRef, FileSpec, Layout};
use crate::wire::{
    FileKind, FileNo, FileReport, FileSettings, FileState, FixedFile, KeyDetails, KeyNo, Messaging,
    Status,
};

impl Attempt<'_, '_> {
    /// Whether to try the keys of a finished application before any version was asked for, so that
    /// the session proves the version that it then reports. A card that refuses this still has to
    /// have an authentication left for what it is instead.
    pub(super) fn may_be_finished(&self, identity: &Identity) -> bool {
        let left =
            self.job.profile().failed_authentications().saturating_sub(self.findings.refused);
        identity.holder == Holder::Own
            && self.job.own_key_stands(identity.messaging)
            && !identity.doubted
            && self.job.task().expects_done()
            && left > 1
    }

    /// Opens an application with the key that reads it, and tells whether its own key is in place.
    pub(super) fn opens_as_finished(&mut self, at: AppRef) -> Result<bool, Stop> {
        let level = Level::Application(at);
        let (profile, spec) = (self.job.profile(), &self.job.profile()[at]);
        if spec.is_anothers() {
            return Ok(false);
        }
        let readers = rights::grouped(profile, at, |file| rights::reader(spec, &file.settings));
        let no = readers.first().map_or(KeyNo::MASTER, |(no, _)| *no);
        match self.authenticate(Slot { level, no }, Holder::Own) {
            Ok(()) => Ok(self.holder(Slot::master(level))? == Holder::Own),
            Err(Stop::Refuse(Refusal::KeyRefused { .. })) => Ok(false),
            Err(stop) => Err(stop),
        }
    }

    /// An application whose own key is in place: its contents tell whether it is this record's.
    pub(super) fn observe_closed(&mut self, at: AppRef) -> Result<ApplicationState, Stop> {
        let (profile, spec) = (self.job.profile(), &self.job.profile()[at]);
        let grouped = match self.job.task().compares_contents() {
            true => rights::grouped(profile, at, |file| rights::reader(spec, &file.settings)),
            false => Vec::new(),
        };
        for file in grouped.into_iter().flat_map(|(_, files)| files) {
            let settings = &profile[file].settings;
            let (aid, no) = (spec.aid, profile[file].no);
            if !rights::readable(spec, settings) {
                return Err(Refusal::Unreadable { aid, file: no }.into());
            }
            match self.holds_record(file, settings, |_| Holder::Own) {
                Ok(true) => {}
                Ok(false) => return Err(Refusal::AnotherRecord.into()),
                Err(Stop::Fail(Failure::Card(Error::Refused {
                    status: Status::FileNotFound,
                    ..
                }))) => return Err(Refusal::Incomplete { aid, file: no }.into()),
                Err(stop) => return Err(stop),
            }
        }
        let level = Level::Application(at);
        if spec.settings.key_changeable && self.own_key_is_proved(at)? {
            return Ok(ApplicationState::Closed { settings: spec.settings });
        }
        self.authenticate(Slot::master(level), Holder::Own)?;
        if spec.settings.key_changeable {
            return Ok(ApplicationState::Closed { settings: spec.settings });
        }
        // Settings that freeze the own key come after it.
        let settings = self.observe_settings(level, spec)?.settings;
        Ok(ApplicationState::Closed { settings })
    }

    /// Whether the version of an application's own key came with a session's MAC, or comes with it
    /// now. Without one, as in D40 messaging, anybody could have said it.
    fn own_key_is_proved(&mut self, at: AppRef) -> Result<bool, Stop> {
        let master = Slot::master(Level::Application(at));
        if self.walk.messaging != Messaging::D40
            && self.findings.evidence.key_grade(master) < Grade::Attested
            && self.walk.position().authenticated.is_some()
            && self.holder(master)? != Holder::Own
        {
            return Err(Stop::Afresh);
        }
        Ok(self.findings.evidence.key_grade(master) >= Grade::Attested)
    }

    /// Which keys, settings and files an application has.
    pub(super) fn observe_open(
        &mut self,
        at: AppRef,
        master: Holder,
    ) -> Result<ApplicationState, Stop> {
        let (profile, spec) = (self.job.profile(), &self.job.profile()[at]);
        let level = Level::Application(at);
        self.authenticate(Slot::master(level), master)?;
        let details = self.observe_settings(level, spec)?;
        let holders = self.holders(level, spec, master)?;
        self.prove_record(level, &holders)?;
        let holding = FileStage::Holding { unsettled: None };
        let files = profile.for_files(at, |_, _| holding);
        let counts = Counts::AsWanted;
        let next_set = self.observe_next_set(at, &details, &holders)?;
        let KeyDetails { settings, .. } = details;
        let unwatched = false;
        let mut open = OpenApplication { settings, holders, files, counts, unwatched, next_set };
        open.unwatched = spec.seal.is_some() && !self.watches_seal()?;
        let compares = self.job.task().compares_contents();
        if !compares && spec.keyed_transaction_mac().is_none() {
            self.findings.counts[at] = spec.kept_transaction_mac().is_some();
            return Ok(ApplicationState::Open(open));
        }
        let finished = !matches!(master, Holder::Transport(_));
        let mut present = self.walk.file_ids(spec.aid)?.value;
        open.counts = self.observe_transaction_mac(at, &present, finished)?;
        if !compares {
            return Ok(ApplicationState::Open(open));
        }
        let other = Refusal::OtherApplication { aid: spec.aid };
        present.retain(|no| spec.transaction_mac.is_none_or(|file| file.no != *no));
        let reports = profile.try_for_files(at, |file, wanted| {
            if !present.contains(&wanted.no) {
                return Ok(None);
            }
            let mut answer = self.walk.ask(&GetFileSettings::new(self.walk.number(wanted.no)))?;
            if self.is_to_switch() {
                // The switch takes it off.
                answer.value.settings.sdm = None;
            }
            let settings = answer.value.settings;
            let made = self.job.made(file);
            same_limits(spec, wanted, (&settings, made))?;
            if !finished && !self.is_on_its_way((spec.keys.len(), made), wanted, &settings) {
                return Err(Stop::from(other.clone()));
            }
            if settings == wanted.settings {
                self.findings.evidence.shape(file, answer.grade);
            }
            Ok(Some(answer.value))
        })?;
        if present.len() > reports.iter().filter(|(_, report)| report.is_some()).count() {
            return Err(other.into());
        }
        open.files = profile.try_for_files(at, |file, wanted| match &reports[file] {
            Some(report) if finished => self.observe_finished(file, report, &open),
            Some(report) => self.observe_file(file, report, &open),
            None if finished && self.job.task().refuses_missing_files() => {
                Err(Stop::from(Refusal::Incomplete { aid: spec.aid, file: wanted.no }))
            }
            None => Ok(FileStage::Absent),
        })?;
        self.findings.evidence.looked(level, master == Holder::Own);
        self.see_last_transaction(at, &open)?;
        Ok(ApplicationState::Open(open))
    }

    /// Which key each slot holds.
    fn holders(
        &mut self,
        level: Level,
        spec: &Application,
        master: Holder,
    ) -> Result<Vec<Holder>, Stop> {
        let mut holders = vec![master];
        for no in (1..spec.keys.len()).filter_map(slot_number) {
            holders.push(match spec.is_foreign(no) {
                // Whatever is there is nobody's business here.
                true => self.job.start().holder(),
                false => self.holder(Slot { level, no })?,
            });
        }
        Ok(holders)
    }

    /// Opens each key in place that is made from the record: replacing one takes it, and a card of another
    /// record is told before anything is changed.
    fn prove_record(&mut self, level: Level, holders: &[Holder]) -> Result<(), Stop> {
        for (no, holder) in holders.iter().enumerate() {
            let Some(no) = slot_number(no) else { continue };
            let slot = Slot { level, no };
            let own = !matches!(holder, Holder::Transport(_));
            if own && self.job.key_needs_record(slot, *holder) {
                self.authenticate(slot, *holder)?;
            }
        }
        let master = holders.first().copied().unwrap_or(Holder::Own);
        self.authenticate(Slot::master(level), master)
    }

    /// Whether a file of an application that is not finished may have these settings: those that it is
    /// made with or its final ones, or, where nobody makes it, any that can be changed.
    fn is_on_its_way(
        &self,
        (keys, made): (usize, Option<&FixedFile>),
        spec: &FileSpec,
        settings: &FileSettings,
    ) -> bool {
        let known = [spec.settings, rights::at_first(spec)].contains(settings);
        let kind = settings.kind == spec.settings.kind || is_unlimited(spec, settings, made);
        known || (kind && self.readies(keys, settings).is_some())
    }

    /// How a file gets the settings that it is written with, where nobody makes it and it has these;
    /// `None` where it is made anew, or its settings can never be changed again.
    fn readies(&self, keys: usize, settings: &FileSettings) -> Option<FileStage> {
        match self.job.profile().layout() {
            Layout::Free { .. } | Layout::Delegated { .. } => None,
            Layout::Fixed { .. } => rights::settler(&rights::held(*settings, keys))
                .map(|_| FileStage::Unready { from: *settings }),
        }
    }

    /// A file of an application on its way. Data files that may be written are written again
    /// whatever they hold; of the others it is looked at.
    fn observe_file(
        &mut self,
        file: FileRef,
        report: &FileReport,
        open: &OpenApplication,
    ) -> Result<FileStage, Stop> {
        let profile = self.job.profile();
        let (spec, application) = (&profile[file], &profile[file.application()]);
        let writable = report.settings == rights::at_first(spec);
        if is_unlimited(spec, &report.settings, self.job.made(file)) {
            return Ok(FileStage::Unlimited { from: report.settings });
        }
        if matches!(profile.layout(), Layout::Fixed { .. })
            && spec.settings.kind == report.settings.kind
            && spec.settings.kind.is_transactional()
        {
            return self.observe_waiting(file, report, open);
        }
        if !writable
            && report.settings != spec.settings
            && let Some(unready) = self.readies(application.keys.len(), &report.settings)
        {
            return Ok(unready);
        }
        let unsettled = (report.settings != spec.settings).then_some(report.settings);
        let holding = FileStage::Holding { unsettled };
        let Some(content) = &spec.content else { return Ok(holding) };
        if writable && matches!(report.state, FileState::Data | FileState::Records { current: 0 }) {
            return Ok(FileStage::Open);
        }
        let holds = rights::readable(application, &report.settings)
            && may_hold(content, report)
            && self.holds_record(file, &report.settings, |no: KeyNo| open.holder(no))?;
        if holds {
            return Ok(holding);
        }
        self.anew(application, spec.no, &report.settings)
    }

    /// A value or record file that nobody makes, of an application on its way: it is looked at, whatever
    /// settings it has, and brought to what it should hold.
    fn observe_waiting(
        &mut self,
        file: FileRef,
        report: &FileReport,
        open: &OpenApplication,
    ) -> Result<FileStage, Stop> {
        let profile = self.job.profile();
        let (spec, application) = (&profile[file], &profile[file.application()]);
        let held = rights::held(report.settings, application.keys.len());
        let holds = match &spec.content {
            None => true,
            Some(content) => {
                rights::readable(application, &held)
                    && may_hold(content, report)
                    && self.holds_record(file, &held, |no: KeyNo| open.holder(no))?
            }
        };
        let unsettled = (report.settings != spec.settings).then_some(report.settings);
        match (holds, unsettled, report.state) {
            (true, ..) => Ok(FileStage::Holding { unsettled }),
            (false, None, FileState::Records { current: 0 }) => Ok(FileStage::Open),
            (false, None, _) => Ok(FileStage::Moved),
            (false, Some(_), _) => self.anew(application, spec.no, &report.settings),
        }
    }

    /// How a file that holds something else, and cannot be written as it is, comes to be written.
    fn anew(
        &self,
        application: &Application,
        file: FileNo,
        settings: &FileSettings,
    ) -> Result<FileStage, Stop> {
        let aid = application.aid;
        match (self.readies(application.keys.len(), settings), self.job.profile().layout()) {
            (Some(unready), _) => Ok(unready),
            (None, Layout::Free { .. } | Layout::Delegated { .. }) => Ok(FileStage::Stale),
            (None, Layout::Fixed { .. }) => Err(Refusal::Closed { aid, file }.into()),
        }
    }

    /// A file of an application that was finished once. What it holds is somebody's: only the task
    /// that brings new contents writes over it.
    fn observe_finished(
        &mut self,
        file: FileRef,
        report: &FileReport,
        open: &OpenApplication,
    ) -> Result<FileStage, Stop> {
        let (profile, settings) = (self.job.profile(), &report.settings);
        let (spec, application) = (&profile[file], &profile[file.application()]);
        let (aid, held) = (application.aid, rights::held(*settings, application.keys.len()));
        let renews = self.job.task().renews_files() && spec.content.is_some();
        let other = Err(Refusal::OtherFile { aid, file: spec.no }.into());
        let unlimited = is_unlimited(spec, settings, self.job.made(file));
        if settings.kind != spec.settings.kind && !unlimited {
            return if renews { self.anew(application, spec.no, settings) } else { other };
        }
        let readable = rights::readable(application, &held);
        let holds = match &spec.content {
            None => true,
            Some(content) => {
                readable
                    && may_hold(content, report)
                    && self.holds_record(file, &held, |no: KeyNo| open.holder(no))?
            }
        };
        let unsettled = (settings != &spec.settings).then_some(*settings);
        match (holds, unsettled) {
            // Its limits bring its value, which is the record's.
            (_, Some(from)) if unlimited && (holds || renews) => Ok(FileStage::Unlimited { from }),
            (true, None) => Ok(FileStage::Holding { unsettled }),
            (true, Some(_)) if !unlimited && rights::settler(&held).is_some() => {
                Ok(FileStage::Holding { unsettled })
            }
            _ if renews => {
                let stage = renewable(spec, settings);
                let stale = stage == FileStage::Stale;
                if stale { self.anew(application, spec.no, settings) } else { Ok(stage) }
            }
            (true, Some(_)) => other,
            (false, _) if readable => Err(Refusal::AnotherRecord.into()),
            (false, _) => Err(Refusal::Unreadable { aid, file: spec.no }.into()),
        }
    }

    fn observe_settings(&mut self, level: Level, spec: &Application) -> Result<KeyDetails, Stop> {
        let answer = self.walk.key_settings(spec.aid)?;
        let details = answer.value;
        if !spec.fits(&details) {
            return Err(Refusal::OtherApplication { aid: spec.aid }.into());
        }
        self.settled(level, details.settings, answer.grade);
        self.told_sets(level, &details);
        Ok(details)
    }
}

/// Refuses a value file that has neither its limits nor those that it comes with.
fn same_limits(
    application: &Application,
    spec: &FileSpec,
    (settings, made): (&FileSettings, Option<&FixedFile>),
) -> Result<(), Refusal> {
    match has_other_limits(spec, settings) && !is_unlimited(spec, settings, made) {
        true => Err(Refusal::OtherLimits { aid: application.aid, file: spec.no }),
        false => Ok(()),
    }
}

/// Whether a value file that nobody makes has other limits than it is to have.
fn has_other_limits(spec: &FileSpec, settings: &FileSettings) -> bool {
    let kinds = [spec.settings.kind, settings.kind];
    kinds.iter().all(|kind| matches!(kind, FileKind::Value(_)))
        && spec.settings.kind != settings.kind
}

/// Whether those are the ones that it comes with, so that it may get others, once.
fn is_unlimited(spec: &FileSpec, settings: &FileSettings, made: Option<&FixedFile>) -> bool {
    let comes = made.is_some_and(|made| made.settings.kind == settings.kind);
    comes && has_other_limits(spec, settings)
}

/// Whether a file has as many records as a content makes; it is not asked for records that it has
/// not, which would end the session.
fn may_hold(content: &Content, report: &FileReport) -> bool {
    let (FileState::Records { current }, Some(layout)) =
        (report.state, report.settings.kind.records())
    else {
        return true;
    };
    let bytes = u64::from(current).saturating_mul(layout.size.bytes().into());
    u64::try_from(content.length()) == Ok(bytes)
}

/// How a file that holds something else gets its new contents.
fn renewable(spec: &FileSpec, settings: &FileSettings) -> FileStage {
    if settings != &spec.settings || !rights::is_writable(spec) {
        return FileStage::Stale;
    }
    match settings.kind {
        // What mirrors goes on counting.
        FileKind::Standard { .. } | FileKind::Backup { .. } => FileStage::Moved,
        FileKind::Value(_) | FileKind::LinearRecord(_) | FileKind::CyclicRecord(_) => {
            rights::restorer(settings).map_or(FileStage::Stale, |_| FileStage::Moved)
        }
    }
}
