// SPDX-License-Identifier: MIT OR Apache-2.0
//! The thread of one reader.

use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use rand::CryptoRng;

use super::config::Config;
use super::ends::Ends;
use super::event::Event;
use super::pulse::{Pulse, Timed};
use crate::encode::{Encoded, Encoder, Failure, Job, Outcome, Recovery, Refusal};
use crate::reader::{Reader, ReaderError};
use crate::transport::{Budgeted, InField};

/// How long one look for a card takes, so that a stop is noticed.
const LOOK: Duration = Duration::from_millis(500);

/// How often a card is tried again after a disturbance before which nothing was written to it.
const RETRIES: u8 = 3;

/// How long to wait before a reader that is gone is looked for again.
const AGAIN: Duration = Duration::from_secs(1);

pub(super) struct Worker {
    reader: Box<dyn Reader>,
    name: String,
    config: Arc<Config>,
    pulse: Pulse,
    /// Whether the reader's driver panicked with a card.
    broken: bool,
    /// The trouble that was told last.
    told: Option<ReaderError>,
    /// How often the order in hand was tried again.
    retries: u8,
}

/// How a look for a card ended.
enum Look {
    /// The order is finished, or somebody else's by now.
    Over,
    /// No card yet.
    Nothing,
    /// The reader cannot present any.
    Trouble(ReaderError),
}

/// What came of a look for a card.
enum Came {
    Nothing,
    /// A card, and no order for it any more.
    Unwanted,
    Ended(Box<Encoded>),
}

type Hands<R> = Encoder<Arc<Job>, R>;

impl Worker {
    pub(super) fn new(reader: Box<dyn Reader>, config: Arc<Config>, pulse: Pulse) -> Self {
        let name = reader.name().to_owned();
        Self { reader, name, config, pulse, broken: false, told: None, retries: 0 }
    }

    fn ends(&self) -> &Ends {
        &self.config.ends
    }

    /// Takes orders until there are none any more, or something around a card panics, and gives the
    /// reader back.
    pub(super) fn run<R: CryptoRng>(mut self, rng: R) -> Option<Box<dyn Reader>> {
        // What a panic leaves half done, the reader and the encoder, is never used again; the
        // machine is behind a lock that nothing panics under.
        let worked = catch_unwind(AssertUnwindSafe(|| self.take_orders(rng)));
        let panicked = worked.is_err() || self.broken;
        if let Err(payload) = worked {
            // What it says may hold personal data, and dropping it may panic again.
            core::mem::forget(payload);
        }
        self.pulse.ended(self.ends(), &self.name, panicked);
        (!panicked).then_some(self.reader)
    }

    fn take_orders<R: CryptoRng>(&mut self, rng: R) {
        let Some(first) = self.pulse.take() else { return };
        let encoder = Encoder::new(Arc::clone(&first.job)).with_rng(rng);
        let mut encoder = self.config.equip(encoder);
        let mut order = first;
        loop {
            let origin = self.ends().origin(&order, Some(&self.name));
            let (job, batch) = (Arc::clone(&order.job), order.batch);
            encoder.turn_to((job, order.ticket), batch, order.candidates.clone(), origin);
            let ticket = order.ticket;
            // The desk has it, and hands it out whole.
            drop(order);
            self.work(&mut encoder, ticket);
            if self.broken {
                return;
            }
            order = match self.pulse.take() {
                Some(next) => next,
                None => return,
            };
        }
    }

    fn work<R: CryptoRng>(&mut self, encoder: &mut Hands<R>, ticket: u64) {
        // A reader in trouble asks for no card, however often it is looked at again.
        if self.told.is_none() {
            self.waiting(ticket);
        }
        self.retries = 0;
        while self.pulse.may_look() {
            match self.look(encoder) {
                Look::Over => return,
                Look::Nothing => self.well(),
                Look::Trouble(error) => {
                    self.give_back();
                    self.trouble(error);
                    return;
                }
            }
        }
        self.give_back();
    }

    /// The order goes back to the line, if it is still there.
    fn give_back(&self) {
        if self.pulse.put_back(self.ends()) {
            self.back();
        }
    }

    /// Looks for a card and encodes it.
    fn look<R: CryptoRng>(&mut self, encoder: &mut Hands<R>) -> Look {
        self.pulse.look(LOOK);
        let came = self.present(encoder);
        let ended = match came {
            Ok(Came::Ended(ended)) => *ended,
            Ok(Came::Nothing) => return Look::Nothing,
            Ok(Came::Unwanted) => {
                // Whoever comes next may have it.
                self.reader.hand_out_again();
                return Look::Nothing;
            }
            Err(error) if error.is_the_cards() => {
                let Some(order) = self.pulse.order() else { return Look::Nothing };
                encoder.turn_away(&order.record, error)
            }
            Err(error) => return Look::Trouble(error),
        };
        self.report(ended)
    }

    /// Has a card encoded, if one comes.
    fn present<R: CryptoRng>(&mut self, encoder: &mut Hands<R>) -> Result<Came, ReaderError> {
        let looked = self.reader.next_card(LOOK);
        self.pulse.returned();
        let Some(field) = looked? else { return Ok(Came::Nothing) };
        let Some(order) = self.pulse.begin(&self.name, &field.uid) else {
            return Ok(Came::Unwanted);
        };
        let timed =
            Timed { inner: field.transport, pulse: &self.pulse, panicked: &mut self.broken };
        let began = Instant::now();
        let mut transport = Budgeted::new(timed, self.pulse.budget(), || began.elapsed());
        let ended = encoder.encode(InField::new(field.uid, &mut transport), &order.record);
        Ok(Came::Ended(Box::new(ended)))
    }

    fn report(&mut self, ended: Encoded) -> Look {
        let again = ended.receipt.recovery == Some(Recovery::RetrySameCard);
        // Where the order was taken meanwhile, its end has been reported.
        if again && self.retries < RETRIES {
            // Nothing was written, so the order is as free as before.
            if let Some(order) = self.pulse.again() {
                self.retries += 1;
                self.reader.hand_out_again();
                self.waiting(order.ticket);
                return Look::Nothing;
            }
        }
        if stops_all(&ended.outcome) {
            self.pulse.close();
        }
        if self.pulse.end(&self.name, ended) {
            self.back();
        }
        self.told = None;
        Look::Over
    }

    /// Tells what is wrong, and waits until it no longer is.
    fn trouble(&mut self, error: ReaderError) {
        self.tell_of(error);
        while self.pulse.rest(AGAIN) {
            self.pulse.look(Duration::ZERO);
            let recovered = self.reader.recover();
            // It has no order; a call that hung has returned.
            self.pulse.returned();
            self.give_back();
            match recovered {
                Ok(()) => return,
                Err(error) => self.tell_of(error),
            }
        }
    }

    fn tell_of(&mut self, error: ReaderError) {
        if self.told.as_ref() != Some(&error) {
            self.told = Some(error.clone());
            self.pulse.tell(Event::Trouble { reader: self.name.clone(), error });
        }
    }

    /// The reader was looked at without trouble.
    fn well(&mut self) {
        if self.told.take().is_some() {
            self.back();
            if let Some(order) = self.pulse.order() {
                self.waiting(order.ticket);
            }
        }
    }

    fn waiting(&self, ticket: u64) {
        self.pulse.tell(Event::Waiting { reader: self.name.clone(), ticket });
    }

    fn back(&self) {
        self.pulse.tell(Event::Back { reader: self.name.clone() });
    }
}

/// Whether no reader would fare better, and no card is to be asked in vain.
const fn stops_all(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Failed(Failure::Key { .. }) => true,
        Outcome::Refused(Refusal::NotPermitted(veto)) => {
            matches!(veto.recovery, Recovery::StopStation | Recovery::StopLine)
        }
        Outcome::Done
        | Outcome::AlreadyDone
        | Outcome::Prepared
        | Outcome::Written(_)
        | Outcome::Refused(_)
        | Outcome::Failed(_) => false,
    }
}
