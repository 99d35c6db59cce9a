// SPDX-License-Identifier: MIT OR Apache-2.0
//! The thread of one reader.

use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Instant;

use rand::CryptoRng;

use super::pulse::{Pulse, Timed};
use super::{Ends, Event};
use crate::encode::{Encoded, Encoder, Failure, Job, Outcome, Recovery};
use crate::reader::{Reader, ReaderError};
use crate::transport::{Budgeted, InField};

/// How long one look for a card takes, so that a stop is noticed.
const LOOK: Duration = Duration::from_millis(500);

/// How often a card is tried again after a disturbance before which nothing was written to it.
const RETRIES: u8 = 3;

/// How long to wait before a reader that is gone is looked for again.
const AGAIN: Duration = Duration::from_secs(1);

pub(super) struct Worker<R> {
    reader: Box<dyn Reader>,
    name: String,
    encoder: Encoder<Arc<Job>, R>,
    ends: Ends,
    pulse: Pulse,
    events: Sender<Event>,
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

impl<R: CryptoRng> Worker<R> {
    pub(super) fn new(
        reader: Box<dyn Reader>,
        encoder: Encoder<Arc<Job>, R>,
        ends: Ends,
        pulse: Pulse,
        events: Sender<Event>,
    ) -> Self {
        let name = reader.name().to_owned();
        Self { reader, name, encoder, ends, pulse, events, broken: false, told: None, retries: 0 }
    }

    /// Takes orders until there are none any more, or something around a card panics.
    pub(super) fn run(mut self) {
        // What a panic leaves half done, the reader and the encoder, is never used again; the
        // machine is behind a lock that nothing panics under.
        let worked = catch_unwind(AssertUnwindSafe(|| {
            while let Some(order) = self.pulse.take(&self.name) {
                self.work(order.ticket);
                if self.broken {
                    break;
                }
            }
        }));
        let panicked = worked.is_err() || self.broken;
        if let Err(payload) = worked {
            // What it says may hold personal data, and dropping it may panic again.
            core::mem::forget(payload);
        }
        if !panicked {
            return;
        }
        if let Some((order, card)) = self.pulse.panicked() {
            let encoded = self.ends.broken_off(&order, card.as_ref(), Failure::Panicked);
            self.finished(order.ticket, encoded);
        }
        self.say(Event::Gone { reader: self.name.clone() });
    }

    fn work(&mut self, ticket: u64) {
        // A reader in trouble asks for no card, however often it is looked at again.
        if self.told.is_none() {
            self.waiting(ticket);
        }
        self.retries = 0;
        while !self.pulse.is_closed() {
            match self.look() {
                Look::Over => return,
                Look::Nothing => {
                    self.well();
                    if self.pulse.hangs() {
                        break;
                    }
                }
                Look::Trouble(error) => {
                    self.pulse.put_back();
                    self.trouble(error);
                    return;
                }
            }
        }
        if !self.pulse.put_back() {
            self.back();
        }
    }

    /// Looks for a card and encodes it.
    fn look(&mut self) -> Look {
        self.pulse.look(LOOK);
        let ended = match self.reader.next_card(LOOK) {
            Ok(None) => return Look::Nothing,
            Ok(Some(field)) => {
                let Some(order) = self.pulse.begin(&field.uid) else { return Look::Nothing };
                let (ticket, reader) = (order.ticket, self.name.clone());
                let _nobody = self.events.send(Event::Presented { reader, ticket });
                let timed = Timed {
                    inner: field.transport,
                    pulse: &self.pulse,
                    panicked: &mut self.broken,
                };
                let began = Instant::now();
                let mut transport = Budgeted::new(timed, self.pulse.budget(), || began.elapsed());
                self.encoder.encode(InField::new(field.uid, &mut transport), &order.record)
            }
            Err(error) if error.is_the_cards() => {
                let Some(order) = self.pulse.order() else { return Look::Nothing };
                self.encoder.turn_away(&order.record, error)
            }
            Err(error) => return Look::Trouble(error),
        };
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
        if matches!(ended.outcome, Outcome::Failed(Failure::Key { .. })) {
            // No reader would fare better, and no card is to be asked in vain.
            self.pulse.close();
        }
        match self.pulse.end() {
            Some(order) => {
                let mut ended = ended;
                self.ends.stamp(&order, &mut ended.receipt);
                self.finished(order.ticket, ended);
            }
            None => self.back(),
        }
        self.told = None;
        Look::Over
    }

    /// Tells what is wrong, and waits until it no longer is.
    fn trouble(&mut self, error: ReaderError) {
        if self.told.as_ref() != Some(&error) {
            self.told = Some(error.clone());
            self.say(Event::Trouble { reader: self.name.clone(), error });
        }
        while !self.pulse.is_closed() {
            thread::sleep(AGAIN);
            self.pulse.look(Duration::ZERO);
            let recovered = self.reader.recover();
            if self.pulse.hangs() {
                self.back();
            }
            // It has no order; a call that hung has returned.
            let _none = self.pulse.end();
            match recovered {
                Ok(()) => return,
                Err(error) => {
                    if self.told.as_ref() != Some(&error) {
                        self.told = Some(error.clone());
                        self.say(Event::Trouble { reader: self.name.clone(), error });
                    }
                }
            }
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

    fn finished(&self, ticket: u64, encoded: Encoded) {
        let reader = self.name.clone();
        self.say(Event::Finished { reader, ticket, encoded: Box::new(encoded) });
    }

    fn waiting(&self, ticket: u64) {
        self.say(Event::Waiting { reader: self.name.clone(), ticket });
    }

    fn back(&self) {
        self.say(Event::Back { reader: self.name.clone() });
    }

    /// Where nobody listens any more, the station is gone and the worker ends soon.
    fn say(&self, event: Event) {
        let _nobody = self.events.send(event);
    }
}
