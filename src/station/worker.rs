// SPDX-License-Identifier: MIT OR Apache-2.0
//! The thread of one reader.

use core::time::Duration;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;

use rand::CryptoRng;

use super::Event;
use super::pulse::{Pulse, Timed};
use super::queue::{Order, Queue};
use crate::encode::{Encoder, Job, Presented, Recovery};
use crate::reader::{Reader, ReaderError};

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
    queue: Arc<Queue>,
    pulse: Arc<Pulse>,
    events: Sender<Event>,
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
        queue: Arc<Queue>,
        pulse: Arc<Pulse>,
        events: Sender<Event>,
    ) -> Self {
        let name = reader.name().to_owned();
        Self { reader, name, encoder, queue, pulse, events, told: None, retries: 0 }
    }

    /// Takes orders until there are none any more.
    pub(super) fn run(mut self) {
        while let Some(order) = self.queue.take(&self.name) {
            self.work(order);
        }
    }

    fn work(&mut self, order: Order) {
        // A reader in trouble asks for no card, however often it is looked at again.
        if self.told.is_none() {
            self.waiting(order.ticket);
        }
        self.retries = 0;
        self.pulse.wait(order);
        while !self.queue.is_closed() {
            match self.look() {
                Look::Over => return,
                Look::Nothing => {
                    self.well();
                    if self.pulse.hangs() {
                        break;
                    }
                }
                Look::Trouble(error) => {
                    if let Some(order) = self.pulse.end() {
                        self.queue.put_back(order);
                    }
                    self.trouble(error);
                    return;
                }
            }
        }
        match self.pulse.end() {
            Some(order) => self.queue.put_back(order),
            None => self.back(),
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
                let mut transport = Timed { inner: field.transport, pulse: &self.pulse };
                let presented = Presented { uid: field.uid, transport: &mut transport };
                self.encoder.encode(presented, &order.record)
            }
            Err(error) if error.is_the_cards() => {
                let Some(order) = self.pulse.order() else { return Look::Nothing };
                self.encoder.turn_away(&order.record, error)
            }
            Err(error) => return Look::Trouble(error),
        };
        let again = ended.receipt.recovery == Some(Recovery::RetrySameCard);
        // Where the order was taken meanwhile, its end has been reported.
        match self.pulse.end() {
            Some(order) if again && self.retries < RETRIES => {
                self.retries += 1;
                // Nothing was written, so the order is as free as before.
                self.reader.hand_out_again();
                self.waiting(order.ticket);
                self.pulse.wait(order);
                return Look::Nothing;
            }
            Some(order) => {
                let (reader, ticket) = (self.name.clone(), order.ticket);
                self.say(Event::Finished { reader, ticket, encoded: Box::new(ended) });
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
        while !self.queue.is_closed() {
            thread::sleep(AGAIN);
            match self.reader.recover() {
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
