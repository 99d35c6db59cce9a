// SPDX-License-Identifier: MIT OR Apache-2.0
//! The one call a spooler makes for each card.

mod attempts;
mod plan;

use core::ops::Deref;
use std::sync::Arc;
use std::time::SystemTime;

use rand::CryptoRng;

use crate::encode::card::attempt::Attempt;
use crate::encode::card::findings::Findings;
use crate::encode::card::identity::Identity;
use crate::encode::card::stop::Stop;
use crate::encode::encoded::Encoded;
use crate::encode::job::Job;
use crate::encode::outcome::Outcome;
use crate::encode::permit::{Asked, Permit};
use crate::encode::proof::done::DoneCards;
use crate::encode::proof::drawn::Facts;
use crate::encode::proof::mark::Named;
use crate::encode::proof::origin::Origin;
use crate::encode::proof::receipt::Receipt;
use crate::encode::proof::standing::Standing;
use crate::encode::random::SystemRandom;
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::recovery::Wrote;
use crate::encode::verdict::refusal::Refusal;
use crate::encode::verdict::unproven::unproven_of;
use crate::encode::watch::{Watch, Watched};
use crate::profile::{ExportError, Record, RecordError};
use crate::reader::ReaderError;
use crate::secret::wipe_stack;
use crate::transport::{InField, Meter, Transport};

/// Encodes cards of one job, one after the other. A station with several readers has one for
/// each; `J` is a reference to the job or an [`Arc`](std::sync::Arc) of it, `R` the randomness.
#[derive(Debug)]
pub struct Encoder<J, R = SystemRandom> {
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
    /// For whom and where the cards are made.
    origin: Origin,
    /// Who is asked before a card is changed.
    asked: Asked,
    /// Who is told how far a card is.
    watched: Watched,
    /// The order that a station works on.
    ticket: Option<u64>,
}

impl<J: Deref<Target = Job>> Encoder<J> {
    /// An encoder for cards of `job`; the system's randomness makes the host's challenges.
    pub const fn new(job: J) -> Self {
        Self {
            job,
            rng: SystemRandom,
            stock: None,
            batch: None,
            candidates: None,
            done: None,
            origin: Origin { order: None, station: None, reader: None },
            asked: Asked(None),
            watched: Watched(None),
            ticket: None,
        }
    }
}

impl<J: Deref<Target = Job>, R: CryptoRng> Encoder<J, R> {
    /// Takes the host's challenges from `rng` instead. From one that repeats itself a test gets the
    /// same exchanges again.
    #[must_use]
    pub fn with_rng<S: CryptoRng>(self, rng: S) -> Encoder<J, S> {
        let Self { job, rng: _, stock, batch, candidates, done, origin, asked, watched, ticket } =
            self;
        Encoder { job, rng, stock, batch, candidates, done, origin, asked, watched, ticket }
    }

    /// Names the records file in receipts, by its HMAC under the tenant's receipt key
    /// ([`crate::encode::batch_mark`]). For records without an `id` of their own.
    #[must_use]
    pub const fn with_batch(mut self, mark: [u8; 32]) -> Self {
        self.batch = Some(mark);
        self
    }

    /// The records that a card may hold, where [verifying](crate::encode::Task::Verify) is to find out
    /// which. Without them a card holds the record it is verified with, or another one.
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

    /// For whom and where the cards are made, which their receipts tell.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Asks before the first command that changes a card, and waits for the answer.
    #[must_use]
    pub fn with_permit(mut self, permit: impl Permit + 'static) -> Self {
        self.asked = Asked(Some(Arc::new(permit)));
        self
    }

    /// Tells before each step how far the card is.
    #[must_use]
    pub fn with_watch(mut self, watch: impl Watch + 'static) -> Self {
        self.watched = Watched(Some(Arc::new(watch)));
        self
    }

    /// Goes on with an order of a station, which may be of another job and so of another stock.
    pub(crate) fn turn_to(
        &mut self,
        (job, ticket): (J, u64),
        batch: Option<[u8; 32]>,
        candidates: Option<Arc<[Record]>>,
        origin: Origin,
    ) {
        if !core::ptr::eq(&raw const *job, &raw const *self.job) {
            self.stock = None;
        }
        (self.job, self.ticket) = (job, Some(ticket));
        (self.batch, self.candidates, self.origin) = (batch, candidates, origin);
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
    /// refused with the reason. The receipt names the record; where
    /// [verifying](crate::encode::Task::Verify) finds another one on the card, that one.
    pub fn encode(&mut self, mut card: InField<impl Transport>, record: &Record) -> Encoded {
        let encoded = self.work_on(card.lend(), record);
        // The card's keys went through it.
        wipe_stack();
        encoded
    }

    fn work_on(&mut self, card: InField<&mut dyn Transport>, record: &Record) -> Encoded {
        let started = SystemTime::now();
        let mut meter = Meter::new(card.transport);
        let mut findings = Findings::none(self.job.profile());
        let mut seen = self.seen(card.uid, card.ats.as_ref());
        let all = self.candidates.clone().filter(|_| self.job.task().finds_record());
        let candidates = all.as_deref().unwrap_or(core::slice::from_ref(record));
        let whole = |attempt: &mut Attempt<'_, '_>, known: &mut _| {
            attempt.round(known)?;
            let found = attempt.matching.first().map(|found| found.record);
            Ok(found.map(|record| (Named::record(attempt.job, record), record.clone())))
        };
        let result = self.attempts(&mut meter, candidates, &mut findings, &mut seen, whole);
        if result.is_ok() {
            self.remember(seen.known.identity.as_ref());
        } else if findings.refused_change {
            findings.wrote = findings.wrote.max(Wrote::Maybe);
        }
        let (result, found) = match result {
            Ok(found) => (Ok(()), found),
            Err(stop) => (Err(stop), None),
        };
        let found = found.unwrap_or_else(|| (Named::record(&self.job, record), record.clone()));
        // What a card tells without one that was given is in no receipt.
        let (record, about) = (found.0, findings.enrolled.take().unwrap_or(found.1));
        let unproven = if result.is_ok() { seen.known.identity.as_ref() } else { None };
        let unproven = unproven.and_then(|identity| unproven_of(&self.job, identity, &findings));
        let outcome = match result {
            Ok(()) if let Some(unproven) = unproven => Outcome::Written(unproven),
            Ok(()) if findings.evidence.is_prepared() => Outcome::Prepared,
            Ok(()) if !self.job.task().only_tells() && findings.wrote == Wrote::Nothing => {
                Outcome::AlreadyDone
            }
            Ok(()) => Outcome::Done,
            Err(Stop::Refuse(refusal)) => Outcome::Refused(refusal),
            Err(Stop::Fail(failure) | Stop::Again(failure)) => Outcome::Failed(failure),
            Err(Stop::Afresh) => Outcome::Failed(Failure::Restless),
        };
        let identity = seen.known.identity.as_ref();
        let identified = identity.filter(|identity| identity.identified);
        let mut receipt = Receipt::of(
            &self.job,
            &outcome,
            &Facts {
                record: &record,
                batch: self.batch.as_ref(),
                findings: &findings,
                uid: seen.uid.as_ref(),
                chip: identified.map(|identity| identity.chip),
                messaging: identity.map(|identity| identity.messaging),
                traffic: meter.traffic(),
                started,
            },
        );
        self.origin.stamp(&mut receipt);
        if let Some(done) = &self.done {
            done.enter(&receipt);
        }
        tracing::info!(outcome = receipt.outcome.name(), "card finished");
        let key_versions = self.job.list_versions(findings.versions);
        Encoded { outcome, receipt, uid: seen.uid, record: Some(about), key_versions }
    }

    /// Refuses a record that could not be read. No card is touched.
    pub fn refuse(&self, error: &RecordError) -> Encoded {
        let outcome = Outcome::Refused(Refusal::Record(error.clone()));
        self.untouched(&Named::unread(error), outcome)
    }

    /// Refuses a record that makes no row of a list which is to be written with its card
    /// ([`Export::takes`](crate::profile::Export::takes)). No card is touched.
    pub fn refuse_row(&self, record: &Record, error: &ExportError) -> Encoded {
        self.without_card(record, Refusal::Export(error.clone()))
    }

    /// Refuses what was presented for a record: it is no card that could be talked to.
    pub fn turn_away(&self, record: &Record, error: ReaderError) -> Encoded {
        self.without_card(record, Refusal::Presented(error))
    }

    /// Refuses a record that receipts show as done in another way than it is to be now, so that
    /// somebody decides. No card is touched. `None` where nobody has to be asked.
    pub fn ask(&self, record: &Record, standing: &Standing) -> Option<Encoded> {
        standing.refusal().map(|refusal| self.without_card(record, refusal))
    }

    fn without_card(&self, record: &Record, refusal: Refusal) -> Encoded {
        let named = Named::record(&self.job, record);
        let ended = self.untouched(&named, Outcome::Refused(refusal));
        Encoded { record: Some(record.clone()), ..ended }
    }

    fn untouched(&self, record: &Named, outcome: Outcome) -> Encoded {
        let batch = self.batch.as_ref();
        let mut encoded = Encoded::untouched(&self.job, batch, record, None, outcome);
        self.origin.stamp(&mut encoded.receipt);
        encoded
    }
}
