// SPDX-License-Identifier: MIT OR Apache-2.0
//! What would be done with a card, without doing it.

use core::ops::Deref;

use rand::CryptoRng;

use crate::encode::card::attempt::{Attempt, Known};
use crate::encode::card::findings::Findings;
use crate::encode::card::stop::Stop;
use crate::encode::encoder::Encoder;
use crate::encode::encoder::attempts::Seen;
use crate::encode::forecast::cost::StepCost;
use crate::encode::forecast::planned::Plan;
use crate::encode::job::Job;
use crate::encode::outcome::Outcome;
use crate::encode::verdict::failure::Failure;
use crate::profile::Record;
use crate::secret::wipe_stack;
use crate::transport::{InField, Trace, Transport};

impl<J: Deref<Target = Job>, R: CryptoRng> Encoder<J, R> {
    /// Looks at the card as [`Encoder::encode`] does, and tells what would be done with it. Nothing on
    /// the card is changed; it is left at its PICC level, with nobody authenticated.
    ///
    /// The card is asked what it is, also where the job would take it for one of its stock. The free
    /// memory is asked for besides, where the card tells.
    ///
    /// # Errors
    /// [`Outcome::Refused`] and [`Outcome::Failed`], as the job would end.
    pub fn plan(
        &mut self,
        mut card: InField<impl Transport>,
        record: &Record,
    ) -> Result<Plan, Outcome> {
        let mut seen = self.seen(card.uid, card.ats.as_ref());
        seen.known.stock = None;
        let looked = self.look(&mut card.transport, record, &mut seen);
        wipe_stack();
        looked.map_err(|stop| match stop {
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
        let all = self.candidates.clone().filter(|_| self.job.task().finds_record());
        let records = all.as_deref().unwrap_or(core::slice::from_ref(record));
        let mut findings = Findings::none(self.job.profile());
        let outlook = |attempt: &mut Attempt<'_, '_>, known: &mut Known| attempt.outlook(known);
        let planned = self.attempts(&mut trace, records, &mut findings, seen, outlook)?;
        let looked = trace.exchanges().to_vec();
        let chip = planned.chip();
        let free = self.attempts(&mut trace, records, &mut findings, seen, |attempt, _| {
            attempt.start_over()?;
            attempt.free_memory(chip)
        })?;
        Ok(Plan::new(&self.job, planned, StepCost::of_looking(&looked), free))
    }
}
