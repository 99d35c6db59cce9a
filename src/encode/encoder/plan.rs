// SPDX-License-Identifier: MIT OR Apache-2.0
//! What would be done with a card, without doing it.

use core::ops::Deref;

use rand::CryptoRng;

use super::super::attempt::{Attempt, Findings, Stop};
use super::super::cost::StepCost;
use super::super::failure::Failure;
use super::super::identity::{Identity, Trust};
use super::super::job::Job;
use super::super::planned::Plan;
use super::super::task::Task;
use super::{Encoder, Outcome, Presented, Seen};
use crate::profile::Record;
use crate::transport::{Trace, Transport};

impl<J: Deref<Target = Job>, R: CryptoRng> Encoder<J, R> {
    /// Looks at the card as [`Encoder::encode`] does, and tells what would be done with it. Nothing on
    /// the card is changed; it is left at its PICC level, with nobody authenticated.
    ///
    /// A card that a transport key opens counts as new, and encoding does not ask what is on it: where
    /// it was torn, its first application is refused, and it is observed. Here the applications are
    /// listed instead. The free memory is asked for besides, where the card tells.
    ///
    /// # Errors
    /// [`Outcome::Refused`] and [`Outcome::Failed`], as the job would end.
    pub fn plan(&mut self, card: Presented<'_>, record: &Record) -> Result<Plan, Outcome> {
        let mut seen = self.seen(card.uid);
        self.look(card.transport, record, &mut seen).map_err(|stop| match stop {
            Stop::Refuse(refusal) => Outcome::Refused(refusal),
            Stop::Fail(failure) | Stop::Again(failure) => Outcome::Failed(failure),
            Stop::Afresh => Outcome::Failed(Failure::Restless),
        })
    }

    fn look(
        &mut self,
        transport: &mut dyn Transport,
        record: &Record,
        seen: &mut Seen,
    ) -> Result<Plan, Stop> {
        let mut trace = Trace::new(transport);
        let all = self.candidates.clone().filter(|_| self.job.task() == Task::Verify);
        let records = all.as_deref().unwrap_or(core::slice::from_ref(record));
        let mut findings = Findings::none(self.job.profile());
        let outlook = |attempt: &mut Attempt<'_, '_>, identity: &mut Option<Identity>| {
            attempt.outlook(identity)
        };
        let mut planned = self.attempts(&mut trace, records, &mut findings, seen, outlook)?;
        let mut looked = trace.exchanges().to_vec();
        let chip = planned.chip();
        let free = self.attempts(&mut trace, records, &mut findings, seen, |attempt, _| {
            attempt.start_over()?;
            attempt.free_memory(chip)
        })?;
        if seen.identity.as_ref().is_some_and(|identity| identity.trust == Trust::New) {
            let mut trace = Trace::new(&mut trace);
            let mut contradicted = false;
            let survey = |attempt: &mut Attempt<'_, '_>, identity: &mut Option<Identity>| {
                if identity.is_none() {
                    contradicted = true;
                    *identity = Some(attempt.identify().map_err(Stop::repeatable)?);
                }
                let new = identity.as_ref().filter(|known| known.trust == Trust::New);
                if let Some(known) = new {
                    if !attempt.is_empty(known)? {
                        contradicted = true;
                        return Err(Stop::Afresh);
                    }
                    if !contradicted {
                        return Ok(None);
                    }
                }
                attempt.outlook(identity).map(Some)
            };
            let again = self.attempts(&mut trace, records, &mut findings, seen, survey)?;
            if let Some(again) = again {
                planned = again;
                looked.extend_from_slice(trace.exchanges());
            }
            self.attempts(&mut trace, records, &mut findings, seen, |attempt, _| {
                attempt.start_over()
            })?;
        }
        Ok(Plan::new(&self.job, planned, StepCost::of_looking(&looked), free))
    }
}
