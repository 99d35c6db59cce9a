// SPDX-License-Identifier: MIT OR Apache-2.0
//! One card, asked again where it was disturbed or is not what it was taken for.

use core::ops::Deref;
use std::time::SystemTime;

use rand::CryptoRng;

use crate::encode::card::attempt::{Attempt, Known};
use crate::encode::card::contents::{Candidate, Contents};
use crate::encode::card::findings::Findings;
use crate::encode::card::identity::{Identity, says_no};
use crate::encode::card::stop::Stop;
use crate::encode::card::walk::Walk;
use crate::encode::encoder::Encoder;
use crate::encode::job::Job;
use crate::encode::verdict::recovery::Wrote;
use crate::encode::verdict::refusal::Refusal;
use crate::iso14443::{Ats, RealUid, Uid};
use crate::keys::Purpose;
use crate::profile::{Content, Day, Foreign, Identify, Record};
use crate::secret::Secret;
use crate::transport::Transport;
use crate::wire::Messaging;

/// What is known of the card so far.
pub(super) struct Seen {
    pub(super) known: Known,
    presented: Uid,
    pub(super) uid: Option<RealUid>,
    /// How many bytes a frame to it may have; what DESFire cards of the factory take where the reader does not
    /// tell.
    frame: usize,
    /// Its answer to select, where the reader tells it.
    ats: Option<Ats>,
}

/// How often a card is observed before it counts as restless: once as part of its stock, once
/// identified, once in full.
const ROUNDS: usize = 3;

impl<J: Deref<Target = Job>, R: CryptoRng> Encoder<J, R> {
    /// What is known of a card before its first exchange.
    pub(super) fn seen(&self, presented: Uid, ats: Option<&Ats>) -> Seen {
        let stock = self.stock.as_ref().and_then(Identity::of_stock);
        let known = Known { stock, ..Known::default() };
        let frame = ats.cloned().unwrap_or_default().frame_size();
        Seen { known, uid: presented.real().cloned(), presented, frame, ats: ats.cloned() }
    }

    /// Does something with the card, afresh where it is not what it was taken for, and again where
    /// it was disturbed.
    pub(super) fn attempts<T>(
        &mut self,
        transport: &mut dyn Transport,
        records: &[Record],
        findings: &mut Findings,
        seen: &mut Seen,
        mut act: impl FnMut(&mut Attempt<'_, '_>, &mut Known) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let seed = self.seed();
        let candidates = self.candidates_for(transport, records, seen, &seed)?;
        let fresh = transport.is_fresh();
        let (mut rounds, mut repeats, mut refused) = (0, 0, None);
        loop {
            let mut attempt = Attempt {
                job: &self.job,
                walk: Walk::start(transport, &mut self.rng, (Messaging::Ev1, seen.frame)),
                presented: &seen.presented,
                ats: seen.ats.as_ref(),
                uid: seen.presented.real().cloned(),
                named: seen.uid.clone(),
                matching: candidates.iter().collect(),
                done: self.done.as_ref(),
                asking: self.asked.asking(&self.origin, self.ticket),
                watching: self.watched.watching(self.origin.reader.as_deref(), self.ticket),
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
                ended @ (Ok(_) | Err(Stop::Refuse(_) | Stop::Fail(_))) => return ended,
            }
        }
    }

    /// Where the random filling of one card comes from; zeros where there is none.
    fn seed(&mut self) -> Secret<[u8; 32]> {
        let mut seed = Secret::new([0; 32]);
        let files = self.job.profile().applications().iter().flat_map(|spec| &spec.files);
        if files.filter_map(|file| file.content.as_ref()).any(Content::varies) {
            self.rng.fill_bytes(seed.expose_secret_mut());
        }
        seed
    }

    /// What may be on the card or come onto it, once nothing that is known before the first exchange
    /// speaks against it.
    fn candidates_for<'r>(
        &self,
        transport: &dyn Transport,
        records: &'r [Record],
        seen: &Seen,
        seed: &Secret<[u8; 32]>,
    ) -> Result<Vec<Candidate<'r>>, Stop> {
        if self.job.purpose() == Purpose::Live && transport.is_software() {
            return Err(Refusal::LiveKeys.into());
        }
        let profile = self.job.profile();
        let hidden = matches!(seen.presented, Uid::Random(_));
        let hides = profile.card().is_some_and(|card| card.random_uid);
        if hidden && !profile.transport().random_uid && !hides {
            return Err(Refusal::RandomUid.into());
        }
        if let Some(option) = self.job.missing_allowance() {
            return Err(Refusal::NotAllowed(option).into());
        }
        self.job.puts_on(Day::of_clock(SystemTime::now()))?;
        let other = |record: &Record| {
            record.uid().is_some_and(|wanted| seen.uid.as_ref().is_some_and(|uid| uid != wanted))
        };
        if records.iter().all(other) {
            return Err(Refusal::OtherCard.into());
        }
        let render = |record: &'r Record| {
            let contents = Contents::new(seed.clone());
            let keyed = profile.has_keys_of_records() && !record.is_nobodys();
            if (self.job.task().needs_record() || keyed) && !record.was_read_under(profile) {
                record.fits(profile).map_err(Refusal::Field)?;
            }
            if let Some(uid) = &seen.uid
                && self.job.task().needs_record()
            {
                contents.render(&self.job, record, uid)?;
            }
            Ok(Candidate { record, contents, fields: record.key_input(profile) })
        };
        records.iter().map(render).collect()
    }

    pub(super) fn remember(&mut self, identity: Option<&Identity>) {
        let profile = self.job.profile();
        // What others left on a card is not the same on all of them.
        let alike = profile.card().is_none_or(|card| card.foreign == Foreign::Refused);
        let first = profile.transport().identify == Identify::First;
        if first && alike && self.stock.is_none() {
            self.stock = identity.filter(|identity| identity.of_stock().is_some()).cloned();
        }
    }
}
