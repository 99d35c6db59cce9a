// SPDX-License-Identifier: MIT OR Apache-2.0
//! The one call a spooler makes for each card.

mod plan;

use core::ops::Deref;
use std::sync::Arc;
use std::time::SystemTime;

use rand::CryptoRng;

use super::attempt::{Attempt, Candidate, Contents, Findings, Known, Stop};
use super::done::DoneCards;
use super::failure::Failure;
use super::identity::{Identity, says_no};
use super::job::Job;
use super::receipt::{Facts, Receipt};
use super::recovery::Wrote;
use super::refusal::Refusal;
use super::task::Task;
use super::verdict::{Unproven, unproven_of};
use super::walk::Walk;
use crate::iso14443::{RealUid, Uid};
use crate::keys::Purpose;
use crate::profile::{Foreign, Identify, Record, RecordError};
use crate::reader::ReaderError;
use crate::transport::{Meter, Transport};
use crate::wire::Messaging;

/// Encodes cards of one job, one after the other. A station with several readers has one for
/// each; `J` is a reference to the job or an [`Arc`](std::sync::Arc) of it, `R` the randomness.
#[derive(Debug)]
pub struct Encoder<J, R> {
    job: J,
    rng: R,
    /// What the first card of a uniform stock was.
    stock: Option<Identity>,
    /// The records file that records without an `id` belong to.
    batch: Option<[u8; 32]>,
    /// What a verified card may hold.
    candidates: Option<Arc<[Record]>>,
    /// The cards that are done.
    done: Option<DoneCards>,
}

/// A card in the field.
#[expect(missing_debug_implementations, reason = "a transport shows nothing of use")]
#[expect(clippy::exhaustive_structs, reason = "what a reader knows of a card")]
pub struct Presented<'t> {
    /// The UID that the card showed in the anticollision.
    pub uid: Uid,
    /// The way to it.
    pub transport: &'t mut dyn Transport,
}

/// How an encoding ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "every caller has to tell these five apart")]
pub enum Outcome {
    /// The card is the profile's card with this record, and has proved it.
    Done,
    /// It already was, and has proved it; nothing was changed.
    AlreadyDone,
    /// Everything was written, or there was nothing to write, and something of it rests on a bare
    /// word of the card or on nothing: the profile asks for too little proof, or its files carry no
    /// MAC. Not done.
    Written(Unproven),
    /// Card or record were refused. Unless the receipt says otherwise the card is untouched.
    Refused(Refusal),
    /// The encoding began and broke off. The card is not done; presented again, it is observed
    /// and completed.
    Failed(Failure),
}

/// An outcome with its receipt.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Encoded {
    /// How it ended.
    pub outcome: Outcome,
    /// What may be kept: no field value, UID or key byte is in it.
    pub receipt: Receipt,
    /// The card's real UID, for the caller only.
    pub uid: Option<RealUid>,
}

impl Encoded {
    /// The end of an encoding whose conversation never returned: what it wrote is unknown, unless
    /// no card had come.
    pub(crate) fn broken_off(
        job: &Job,
        batch: Option<&[u8; 32]>,
        record: &Record,
        uid: Option<&Uid>,
        failure: Failure,
    ) -> Self {
        let outcome = Outcome::Failed(failure);
        let wrote = if uid.is_some() { Wrote::Maybe } else { Wrote::Nothing };
        let findings = Findings { wrote, ..Findings::none(job.profile()) };
        let uid = uid.and_then(real);
        Self::without_traffic(job, batch, record.id(), uid, outcome, &findings)
    }

    /// The end of an encoding that never began.
    fn untouched(
        job: &Job,
        batch: Option<&[u8; 32]>,
        record: &str,
        uid: Option<RealUid>,
        outcome: Outcome,
    ) -> Self {
        let findings = Findings::none(job.profile());
        Self::without_traffic(job, batch, record, uid, outcome, &findings)
    }

    fn without_traffic(
        job: &Job,
        batch: Option<&[u8; 32]>,
        record: &str,
        uid: Option<RealUid>,
        outcome: Outcome,
        findings: &Findings,
    ) -> Self {
        let facts = Facts {
            record,
            batch,
            findings,
            uid: uid.as_ref(),
            chip: None,
            messaging: None,
            traffic: crate::transport::Traffic::default(),
            started: SystemTime::now(),
        };
        let receipt = Receipt::of(job, &outcome, &facts);
        Self { outcome, receipt, uid }
    }
}

impl<J: Deref<Target = Job>, R: CryptoRng> Encoder<J, R> {
    /// An encoder for cards of `job`; `rng` makes the host's challenges.
    pub const fn new(job: J, rng: R) -> Self {
        Self { job, rng, stock: None, batch: None, candidates: None, done: None }
    }

    /// Names the records file in receipts, by its HMAC under the tenant's receipt key
    /// ([`super::batch_mark`]). For records without an `id` of their own.
    #[must_use]
    pub const fn with_batch(mut self, mark: [u8; 32]) -> Self {
        self.batch = Some(mark);
        self
    }

    /// The records that a card may hold, where [`Task::Verify`] is to find out which. Without them a
    /// card holds the record it is verified with, or another one.
    #[must_use]
    pub fn with_candidates(mut self, records: Arc<[Record]>) -> Self {
        self.candidates = Some(records);
        self
    }

    /// The cards that are done: one that comes again for another record is refused before anything is
    /// changed ([`Refusal::DoneForAnother`]), and this encoder's own are taken down there. Whoever
    /// knows better, because the other card was destroyed, encodes with an encoder without them.
    #[must_use]
    pub fn with_done_cards(mut self, done: DoneCards) -> Self {
        self.done = Some(done);
        self
    }

    /// Forgets what the first card of a uniform stock was: the next card, the first of another
    /// stock, is identified again.
    pub fn forget_stock(&mut self) {
        self.stock = None;
    }

    /// Does the job's task with the card and this record: turns it into the profile's card, and
    /// proves it, unless the job says otherwise.
    ///
    /// Whatever state the card is in is found out first; what is missing is done, or the card is
    /// refused with the reason. The receipt names the record; where [`Task::Verify`] finds
    /// another one on the card, that one.
    pub fn encode(&mut self, card: Presented<'_>, record: &Record) -> Encoded {
        let started = SystemTime::now();
        let mut meter = Meter::new(card.transport);
        let mut findings = Findings::none(self.job.profile());
        let mut seen = self.seen(card.uid);
        let all = self.candidates.clone().filter(|_| self.job.task() == Task::Verify);
        let candidates = all.as_deref().unwrap_or(core::slice::from_ref(record));
        let whole = |attempt: &mut Attempt<'_, '_>, known: &mut _| {
            attempt.round(known)?;
            Ok(attempt.matching.first().copied().unwrap_or_default())
        };
        let result = self.attempts(&mut meter, candidates, &mut findings, &mut seen, whole);
        if result.is_ok() {
            self.remember(seen.known.identity.as_ref());
        }
        let found = result.as_ref().ok().and_then(|found| candidates.get(*found));
        let record = found.unwrap_or(record);
        let unproven = if result.is_ok() { seen.known.identity.as_ref() } else { None };
        let unproven = unproven.and_then(|identity| unproven_of(&self.job, identity, &findings));
        let outcome = match result {
            Ok(_) if let Some(unproven) = unproven => Outcome::Written(unproven),
            Ok(_) if self.job.task() != Task::Verify && findings.wrote == Wrote::Nothing => {
                Outcome::AlreadyDone
            }
            Ok(_) => Outcome::Done,
            Err(Stop::Refuse(refusal)) => Outcome::Refused(refusal),
            Err(Stop::Fail(failure) | Stop::Again(failure)) => Outcome::Failed(failure),
            Err(Stop::Afresh) => Outcome::Failed(Failure::Restless),
        };
        let identity = seen.known.identity.as_ref();
        let identified = identity.filter(|identity| identity.identified);
        let receipt = Receipt::of(
            &self.job,
            &outcome,
            &Facts {
                record: record.id(),
                batch: self.batch.as_ref(),
                findings: &findings,
                uid: seen.uid.as_ref(),
                chip: identified.map(|identity| identity.chip),
                messaging: identity.map(|identity| identity.messaging),
                traffic: meter.traffic(),
                started,
            },
        );
        if let Some(done) = &self.done {
            done.enter(&receipt);
        }
        tracing::info!(outcome = receipt.outcome.name(), "card finished");
        Encoded { outcome, receipt, uid: seen.uid }
    }

    /// Refuses a record that could not be read. No card is touched.
    pub fn refuse(&self, error: &RecordError) -> Encoded {
        let line = error.line().to_string();
        let outcome = Outcome::Refused(Refusal::Record(error.clone()));
        let record = error.id().unwrap_or(&line);
        Encoded::untouched(&self.job, self.batch.as_ref(), record, None, outcome)
    }

    /// Refuses what was presented for a record: it is no card that could be talked to.
    pub fn turn_away(&self, record: &Record, error: ReaderError) -> Encoded {
        let outcome = Outcome::Refused(Refusal::Presented(error));
        Encoded::untouched(&self.job, self.batch.as_ref(), record.id(), None, outcome)
    }

    /// What is known of a card before its first exchange.
    fn seen(&self, presented: Uid) -> Seen {
        let stock = self.stock.as_ref().and_then(Identity::of_stock);
        let known = Known { stock, ..Known::default() };
        Seen { known, uid: real(&presented), presented }
    }

    /// Does something with the card, afresh where it is not what it was taken for, and again where
    /// it was disturbed.
    fn attempts<T>(
        &mut self,
        transport: &mut dyn Transport,
        records: &[Record],
        findings: &mut Findings,
        seen: &mut Seen,
        mut act: impl FnMut(&mut Attempt<'_, '_>, &mut Known) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let candidates = self.candidates_for(transport, records, seen)?;
        let fresh = transport.is_fresh();
        let (mut rounds, mut repeats, mut refused) = (0, 0, None);
        loop {
            let mut attempt = Attempt {
                job: &self.job,
                walk: Walk::start(transport, &mut self.rng, Messaging::Ev1),
                presented: &seen.presented,
                uid: real(&seen.presented),
                named: seen.uid.clone(),
                candidates: &candidates,
                matching: (0..candidates.len()).collect(),
                done: self.done.as_ref().map(|done| (done, self.batch.as_ref())),
                away: Vec::new(),
                stocked: false,
                findings: &mut *findings,
            };
            let first = rounds + repeats == 0 && refused.is_none() && fresh;
            let begun = if first { Ok(()) } else { attempt.start_over() };
            // What does not even let itself be selected is what it said.
            if let (Err(stop), Some(refusal)) = (&begun, &refused)
                && says_no(stop)
            {
                return Err(Refusal::clone(refusal).into());
            }
            let result = begun.and_then(|()| act(&mut attempt, &mut seen.known));
            seen.uid = attempt.uid.take().or(seen.uid.take());
            match result {
                Err(Stop::Again(failure)) => {
                    repeats += 1;
                    if repeats > failure.repeats() {
                        return Err(Stop::Fail(failure));
                    }
                    tracing::warn!("an answer did not fit, and the card is asked again");
                }
                Err(Stop::Afresh) => {
                    rounds += 1;
                    if rounds >= ROUNDS {
                        return Err(Stop::Afresh);
                    }
                    tracing::debug!("the card is not what it was taken for");
                    seen.known = Known { doubted: true, ..Known::default() };
                }
                Err(Stop::Refuse(refusal))
                    if refused.is_none()
                        && findings.wrote == Wrote::Nothing
                        && refusal.may_be_misheard()
                        // Another product that did not open is known by two answers, and may count
                        // what it refuses.
                        && !(matches!(refusal, Refusal::OtherProduct { .. }) && findings.tried) =>
                {
                    tracing::debug!("the card is asked twice before it is refused");
                    refused = Some(refusal);
                }
                // The authentications that it refuses are counted over both looks.
                Err(Stop::Refuse(Refusal::NoMoreAttempts { .. })) if let Some(first) = refused => {
                    return Err(first.into());
                }
                Ok(done) => return Ok(done),
                Err(stop @ (Stop::Refuse(_) | Stop::Fail(_))) => return Err(stop),
            }
        }
    }

    /// What may be on the card or come onto it, once nothing that is known before the first exchange
    /// speaks against it.
    fn candidates_for<'r>(
        &self,
        transport: &dyn Transport,
        records: &'r [Record],
        seen: &Seen,
    ) -> Result<Vec<Candidate<'r>>, Refusal> {
        if self.job.purpose() == Purpose::Live && transport.is_software() {
            return Err(Refusal::LiveKeys);
        }
        let profile = self.job.profile();
        let hidden = matches!(seen.presented, Uid::Random(_));
        if hidden && !profile.transport().random_uid && !profile.card().random_uid {
            return Err(Refusal::RandomUid);
        }
        if let Some(option) = self.job.missing_allowance() {
            return Err(Refusal::NotAllowed(option));
        }
        let other = |record: &Record| {
            record.uid().is_some_and(|wanted| seen.uid.as_ref().is_some_and(|uid| uid != wanted))
        };
        if records.iter().all(other) {
            return Err(Refusal::OtherCard);
        }
        let render = |record: &'r Record| {
            let contents = Contents::default();
            if let Some(uid) = &seen.uid
                && self.job.task().needs_record()
            {
                contents.render(self.job.profile(), record, uid)?;
            }
            Ok(Candidate { record, contents })
        };
        records.iter().map(render).collect()
    }

    fn remember(&mut self, identity: Option<&Identity>) {
        let profile = self.job.profile();
        // What others left on a card is not the same on all of them.
        let alike = profile.card().foreign == Foreign::Refused;
        let first = profile.transport().identify == Identify::First;
        if first && alike && self.stock.is_none() {
            self.stock = identity.filter(|identity| identity.of_stock().is_some()).cloned();
        }
    }
}

/// What is known of the card so far.
struct Seen {
    known: Known,
    presented: Uid,
    uid: Option<RealUid>,
}

fn real(uid: &Uid) -> Option<RealUid> {
    uid.real().cloned()
}

/// How often a card is observed before it counts as restless: once as part of its stock, once
/// identified, once in full.
const ROUNDS: usize = 3;
