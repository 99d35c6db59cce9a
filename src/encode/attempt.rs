// SPDX-License-Identifier: MIT OR Apache-2.0
//! One card in the field with one record: the conversation, what it has proved, what it changed.

use super::evidence::Evidence;
use super::identity::{Identity, Trust};
use super::job::Job;
use super::place::{Holder, Level, Slot};
use super::plan::plan;
use super::refusal::{Failure, Refusal, Wrote};
use super::rights;
use super::step::Step;
use super::walk::Walk;
use crate::host::{Error, Grade};
use crate::iso14443::RealUid;
use crate::key::CardKey;
use crate::profile::{Application, FileSpec, Profile, Record};
use crate::secret::{Secret, ct_eq};
use crate::wire::{Ins, KeySettings, Status};

/// Why an attempt does not go on.
#[derive(Debug)]
pub(crate) enum Stop {
    Refuse(Refusal),
    Fail(Failure),
    /// The card is not what it was taken for: identify and observe it, then plan afresh.
    Afresh,
}

impl Stop {
    /// Whether it came up before anything of the step went to the card.
    const fn before_sending(&self) -> bool {
        match self {
            Self::Refuse(_) | Self::Afresh => true,
            Self::Fail(failure) => {
                matches!(failure, Failure::Card(Error::Misuse(_) | Error::SessionLost))
            }
        }
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refuse(refusal)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fail(Failure::Card(error))
    }
}

/// What a record puts into each file of each application, where it puts anything.
pub(crate) struct Contents(Vec<Vec<Option<Secret<Vec<u8>>>>>);

impl Contents {
    /// # Errors
    /// [`Refusal::Field`] where a field does not fit.
    pub(crate) fn render(profile: &Profile, record: &Record) -> Result<Self, Refusal> {
        let render = |file: &FileSpec| {
            file.content.as_ref().map(|content| content.render(record)).transpose()
        };
        let application = |spec: &Application| spec.files.iter().map(render).collect();
        let contents = profile.applications().iter().map(application).collect::<Result<_, _>>();
        contents.map(Self).map_err(Refusal::Field)
    }

    fn of(&self, application: usize, file: usize) -> &[u8] {
        let contents = self.0.get(application).and_then(|files| files.get(file));
        contents.and_then(Option::as_ref).map_or(&[], |contents| contents.expose_secret())
    }
}

/// What outlives a conversation that has to start again.
pub(crate) struct Findings {
    pub(crate) evidence: Evidence,
    pub(crate) wrote: Wrote,
}

/// A conversation under way.
pub(crate) struct Attempt<'t, 'c> {
    pub(crate) job: &'c Job,
    pub(crate) walk: Walk<'t, 'c>,
    /// The card's real UID, once it is known.
    pub(crate) uid: Option<RealUid>,
    pub(crate) record: &'c Record,
    pub(crate) contents: &'c Contents,
    pub(crate) findings: &'c mut Findings,
}

impl<'c> Attempt<'_, 'c> {
    /// Identifies the card unless it is taken for one of its stock, then observes it, plans the
    /// difference and applies it.
    pub(crate) fn round(&mut self, identity: &mut Option<Identity>) -> Result<(), Stop> {
        let identity = match identity {
            Some(identity) => identity,
            none => none.insert(self.identify()?),
        };
        let before = self.findings.wrote;
        let observed = self.observe(identity);
        let state = observed.map_err(|stop| self.judged(stop, before, identity))?;
        let profile = self.job.profile();
        let steps = plan(profile, &state, self.walk.position(), &self.findings.evidence)?;
        tracing::debug!(steps = steps.len(), "planned");
        for step in &steps {
            self.apply(step, identity)?;
        }
        Ok(())
    }

    /// Authenticates with a key that should be there, unless it already is authenticated.
    pub(crate) fn authenticate(&mut self, slot: Slot, holder: Holder) -> Result<(), Stop> {
        let position = self.walk.position();
        if position.level != slot.level {
            self.walk.select(slot.level, self.job.aid(slot.level))?;
        } else if position.authenticated == Some(slot.no) {
            return Ok(());
        }
        let key = self.key(slot, holder)?;
        self.walk.authenticate(slot.no, &key).map_err(|error| {
            if matches!(error, Error::Refused { status: Status::AuthenticationError, .. }) {
                Refusal::KeyRefused { slot }.into()
            } else {
                Stop::from(error)
            }
        })?;
        if holder == Holder::Own {
            self.findings.evidence.key(slot, Grade::Used);
        }
        Ok(())
    }

    /// Reads a file with the key that may, and tells whether it holds the record's contents.
    pub(crate) fn holds_record(&mut self, application: usize, file: usize) -> Result<bool, Stop> {
        let Some(spec) = self.spec(application, file) else { return Ok(false) };
        let slot = Slot { level: Level::Application(application), no: rights::reader(spec) };
        self.authenticate(slot, Holder::Own)?;
        let expected = self.contents.of(application, file);
        let length = u32::try_from(expected.len()).unwrap_or(u32::MAX);
        let answer = self.walk.read(spec, length)?;
        if !ct_eq(answer.value.expose_secret(), expected) {
            return Ok(false);
        }
        // Where the reply carries no MAC, as that of a plain file in EV2, anybody could have sent it.
        let grade = if answer.grade == Grade::Sealed { Grade::Used } else { answer.grade };
        self.findings.evidence.file(application, file, grade);
        Ok(true)
    }

    fn apply(&mut self, step: &Step, identity: &Identity) -> Result<(), Stop> {
        let before = self.findings.wrote;
        if step.changes_card() {
            self.findings.wrote = before.max(Wrote::Maybe);
        }
        let result = self.perform(step).map_err(|stop| {
            if stop.before_sending() {
                self.findings.wrote = before;
            }
            self.judged(stop, before, identity)
        });
        if result.is_ok() && step.changes_card() {
            self.findings.wrote = Wrote::Yes;
        }
        result
    }

    /// What a step that did not work tells of the card, by what the card was taken for and what
    /// had been written before.
    fn judged(&mut self, stop: Stop, before: Wrote, identity: &Identity) -> Stop {
        if let Stop::Refuse(Refusal::KeyRefused { slot }) = stop {
            return match (before, identity.identified) {
                (Wrote::Nothing, true) => stop,
                // Nobody asked this card: it may be torn or done, and have other keys by now.
                (Wrote::Nothing, false) => Stop::Afresh,
                (Wrote::Maybe | Wrote::Yes, _) => Stop::Fail(Failure::KeyRefused { slot }),
            };
        }
        let Stop::Fail(Failure::Card(error @ Error::Refused { command, status })) = stop else {
            return stop;
        };
        if identity.trust == Trust::New
            && (command, status) == (Ins::CreateApplication, Status::Duplicate)
        {
            // The card is not new after all, and the refused command changed nothing.
            self.findings.wrote = before;
            Stop::Afresh
        } else if identity.identified {
            stop
        } else {
            Refusal::DiffersFromStock(error).into()
        }
    }

    fn perform(&mut self, step: &Step) -> Result<(), Stop> {
        let profile = self.job.profile();
        match *step {
            Step::Select(level) => self.walk.select(level, self.job.aid(level))?,
            Step::Authenticate { slot, holder } => self.authenticate(slot, holder)?,
            Step::CreateApplication { application, settings } => {
                if let Some(spec) = profile.applications().get(application) {
                    let answer = self.walk.create_application(spec, settings)?;
                    if settings == spec.settings {
                        let level = Level::Application(application);
                        self.findings.evidence.settings(level, answer.grade);
                    }
                }
            }
            Step::CreateFile { application, file } => {
                if let Some(spec) = self.spec(application, file) {
                    let answer = self.walk.create_file(spec)?;
                    if spec.content.is_none() {
                        self.findings.evidence.file(application, file, answer.grade);
                    }
                }
            }
            Step::WriteContents { application, ref files } => self.write(application, files)?,
            Step::ChangeKey { application, no } => {
                let slot = Slot { level: Level::Application(application), no };
                let old = self.key(slot, Holder::Transport(0))?;
                let new = self.key(slot, Holder::Own)?;
                let answer = self.walk.change_key(no, &new, &old)?;
                self.findings.evidence.key(slot, answer.grade);
            }
            Step::ChangeSettings(level) => {
                if let Some(settings) = self.target_settings(level) {
                    let answer = self.walk.change_settings(settings)?;
                    self.findings.evidence.settings(level, answer.grade);
                }
            }
            Step::ChangeOwnKey(level) => {
                let slot = Slot::master(level);
                let new = self.key(slot, Holder::Own)?;
                self.walk.change_own_key(&new)?;
                self.findings.evidence.key(slot, Grade::Said);
            }
            Step::ReadBack { application, file } => {
                if !self.holds_record(application, file)? {
                    return Err(self.read_back_failed(application, file));
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, application: usize, indexes: &[usize]) -> Result<(), Stop> {
        let contents = self.contents;
        let files: Vec<(&FileSpec, &[u8])> = indexes
            .iter()
            .filter_map(|&file| {
                Some((self.spec(application, file)?, contents.of(application, file)))
            })
            .collect();
        let answer = self.walk.write(&files)?;
        for &file in indexes {
            self.findings.evidence.file(application, file, answer.grade);
        }
        Ok(())
    }

    /// The key in a slot.
    fn key(&self, slot: Slot, holder: Holder) -> Result<CardKey, Refusal> {
        self.job.key(slot, holder, self.uid.as_ref()).ok_or(Refusal::UidHidden)
    }

    fn target_settings(&self, level: Level) -> Option<KeySettings> {
        let profile = self.job.profile();
        match level {
            Level::Picc => Some(profile.card().settings),
            Level::Application(index) => {
                profile.applications().get(index).map(|spec| spec.settings)
            }
        }
    }

    fn read_back_failed(&self, application: usize, file: usize) -> Stop {
        let aid = self.job.aid(Level::Application(application));
        self.spec(application, file).map_or(Stop::Fail(Failure::Restless), |spec| {
            Stop::Fail(Failure::ReadBack { aid, file: spec.no })
        })
    }

    fn spec(&self, application: usize, file: usize) -> Option<&'c FileSpec> {
        self.job.profile().applications().get(application)?.files.get(file)
    }
}
