// SPDX-License-Identifier: MIT OR Apache-2.0
//! One card in the field with one record: the conversation, what it has proved, what it changed.

use super::evidence::Evidence;
use super::identity::Identity;
use super::job::Job;
use super::place::{Holder, Level, Slot};
use super::plan::plan;
use super::refusal::{Failure, Refusal, Wrote};
use super::rights;
use super::walk::Walk;
use crate::host::{Error, Grade};
use crate::iso14443::{RealUid, Uid};
use crate::key::CardKey;
use crate::profile::{Application, FileSpec, Profile, Record};
use crate::secret::{Secret, ct_eq};
use crate::wire::{KeyNo, Status};

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
    pub(crate) const fn before_sending(&self) -> bool {
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

    pub(crate) fn of(&self, application: usize, file: usize) -> &[u8] {
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
    /// The UID that the card was presented with.
    pub(crate) presented: &'c Uid,
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
                Refusal::KeyRefused { slot, version: key.version() }.into()
            } else {
                Stop::from(error)
            }
        })?;
        if holder == Holder::Own {
            self.findings.evidence.key(slot, Grade::Used);
            return Ok(());
        }
        // A transport key opens every new card: only its UID tells whether it still is this one.
        match self.walk.uid_in_field()? {
            Some(uid) if uid != *self.presented => Err(Stop::Fail(Failure::Swapped)),
            _ => Ok(()),
        }
    }

    /// Whether the card showed a random UID.
    pub(crate) const fn hides_uid(&self) -> bool {
        matches!(self.presented, Uid::Random(_))
    }

    /// Reads a file with the key that may, which is `holder`'s as yet, and tells whether it holds
    /// the record's contents.
    pub(crate) fn holds_record(
        &mut self,
        (application, file): (usize, usize),
        holder: impl Fn(KeyNo) -> Holder,
    ) -> Result<bool, Stop> {
        let Some(spec) = self.spec(application, file) else { return Ok(false) };
        let no = rights::reader(spec);
        let slot = Slot { level: Level::Application(application), no };
        self.authenticate(slot, holder(no))?;
        let expected = self.contents.of(application, file);
        let length = u32::try_from(expected.len()).unwrap_or(u32::MAX);
        let answer = match self.walk.read(spec, length) {
            // Fewer records than were asked for: none.
            Err(Error::Refused { status: Status::BoundaryError, .. }) => return Ok(false),
            answer => answer?,
        };
        if !ct_eq(answer.value.expose_secret(), expected) {
            return Ok(false);
        }
        if holder(no) != Holder::Own {
            // Whoever knows a transport key could have answered.
            return Ok(true);
        }
        // Where the reply carries no MAC, as that of a plain file in EV2, anybody could have sent it.
        let grade = if answer.grade == Grade::Sealed { Grade::Used } else { answer.grade };
        self.findings.evidence.file(application, file, grade);
        Ok(true)
    }

    /// The key in a slot.
    pub(crate) fn key(&self, slot: Slot, holder: Holder) -> Result<CardKey, Refusal> {
        self.job.key(slot, holder, self.uid.as_ref()).ok_or(Refusal::UidHidden)
    }

    pub(crate) fn spec(&self, application: usize, file: usize) -> Option<&'c FileSpec> {
        self.job.profile().applications().get(application)?.files.get(file)
    }
}
