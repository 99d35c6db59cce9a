// SPDX-License-Identifier: MIT OR Apache-2.0
//! Many readers at once: one worker thread for each, orders in, results out.
//!
//! An [`Order`] is one record for one card; it goes to the reader that it names, or to the next free
//! one. A worker asks for a card, encodes it and reports; what happens comes back as an [`Event`] in
//! the order of its happening. Every order ends in exactly one [`Event::Finished`], or comes back
//! from [`Station::stop`].
//!
//! Where the link was disturbed and nothing was written, the worker tries again with the card that is
//! there, up to three times.
//!
//! Readers come and go: a worker whose reader or service is gone gives its order back and tries
//! once a second to build the connection up again. A reader that hangs cannot be helped (the call
//! into its driver does not return): its card counts as lost, the order ends as failed, the others
//! go on, and the worker takes orders again once the call has returned.
//!
//! ```
//! # #[cfg(feature = "emulator")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use cardwright::emulator::{Model, SoftCard};
//! use cardwright::iso14443::RealUid;
//! use cardwright::reader::{Reader, ReaderError};
//! use cardwright::station::{Event, Order};
//! use cardwright::{InField, Job, KeyFile, Outcome, Profile, Records, Station, Transport};
//!
//! /// A reader on which one card lies; `reader::pcsc` has those of the system.
//! struct Tray(Option<SoftCard>, SoftCard);
//!
//! impl Reader for Tray {
//!     fn name(&self) -> &str {
//!         "tray"
//!     }
//!
//!     fn next_card(
//!         &mut self,
//!         wait: Duration,
//!     ) -> Result<Option<InField<Box<dyn Transport + '_>>>, ReaderError> {
//!         let Some(card) = self.0.take() else {
//!             std::thread::sleep(wait);
//!             return Ok(None);
//!         };
//!         self.1 = card;
//!         Ok(Some(InField::new(self.1.uid(), Box::new(&mut self.1))))
//!     }
//!
//!     fn hand_out_again(&mut self) {
//!         self.0 = Some(self.1.clone());
//!     }
//!
//!     fn recover(&mut self) -> Result<(), ReaderError> {
//!         Ok(())
//!     }
//! }
//!
//! let profile = Profile::parse(include_str!("../examples/data/profiles/door.toml"))?;
//! let keys = KeyFile::parse(include_str!("../examples/data/test-keys.toml"))?;
//! let job = Arc::new(Job::new(profile, &keys)?);
//! let records = include_bytes!("../examples/data/door-records.csv");
//! let records = Records::csv(job.profile(), records)?;
//! let record = records.entries[0].clone()?;
//!
//! let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]);
//! let card = SoftCard::new(Model::Ev2_8k, uid, 1);
//! let mut station = Station::new(job);
//! station.add(Box::new(Tray(Some(card.clone()), card)))?;
//! station.submit(Order { ticket: 1, record, reader: None, reference: None });
//! let encoded = loop {
//!     match station.next(Duration::from_secs(10)) {
//!         Some(Event::Finished { encoded, .. }) => break encoded,
//!         Some(_) => {}
//!         None => return Err("no card was finished".into()),
//!     }
//! };
//! assert_eq!(encoded.outcome, Outcome::Done);
//! let (orders, _events) = station.stop();
//! assert!(orders.is_empty());
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "emulator"))]
//! # fn main() {}
//! ```

mod machine;
mod pulse;
#[cfg(test)]
mod tests;
mod worker;

pub use pulse::Deadlines;

use core::time::Duration;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use self::machine::Overdue;
use self::pulse::{Desk, Pulse};
use self::worker::Worker;
use crate::encode::{DoneCards, Encoded, Encoder, Failure, Job, Origin, Receipt, SystemRandom};
use crate::host;
use crate::iso14443::Uid;
use crate::profile::Record;
use crate::reader::{Reader, ReaderError};
use crate::shown::Shown;
use crate::transport::{Budget, LinkError};

/// How often the workers' deadlines are looked at.
const TICK: Duration = Duration::from_millis(50);

/// One record for one card. It may wait in a queue: what serde writes of it holds the record's values.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(clippy::exhaustive_structs, reason = "what an order is")]
pub struct Order {
    /// The caller's number for it, which comes back with its events.
    pub ticket: u64,
    /// The record.
    pub record: Record,
    /// The reader that has to do it; `None` is the next free one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// The order that the record came with, by the caller's reference, which its receipt tells; `None`
    /// where the [origin](Station::with_origin) of the whole station says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// What happened at a reader.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A worker has an order and waits for a card.
    Waiting {
        /// The reader.
        reader: String,
        /// The order's ticket.
        ticket: u64,
    },
    /// A card came, and its encoding began.
    Presented {
        /// The reader.
        reader: String,
        /// The order's ticket.
        ticket: u64,
    },
    /// An order is finished, one way or another.
    Finished {
        /// The reader.
        reader: String,
        /// The order's ticket.
        ticket: u64,
        /// How it ended, with its receipt.
        encoded: Box<Encoded>,
    },
    /// A reader cannot present cards; its order went back to the queue. Said once until it changes.
    Trouble {
        /// The reader.
        reader: String,
        /// Why, and what to do.
        error: ReaderError,
    },
    /// A reader gave no answer in time.
    Hung {
        /// The reader.
        reader: String,
    },
    /// A reader's driver panicked: its worker is gone and takes no orders any more. The order that
    /// it had is finished as failed; those that name this reader come back from [`Station::stop`].
    Gone {
        /// The reader.
        reader: String,
    },
    /// A reader presents cards again.
    Back {
        /// The reader.
        reader: String,
    },
}

/// The workers of all readers.
#[expect(missing_debug_implementations, reason = "threads and orders show nothing of use")]
pub struct Station {
    job: Arc<Job>,
    batch: Option<[u8; 32]>,
    candidates: Option<Arc<[Record]>>,
    done: Option<DoneCards>,
    origin: Origin,
    deadlines: Deadlines,
    budget: Budget,
    desk: Arc<Desk>,
    workers: Vec<Running>,
    sender: Sender<Event>,
    events: Receiver<Event>,
}

struct Running {
    reader: String,
    pulse: Pulse,
    thread: JoinHandle<()>,
}

impl Station {
    /// A station without readers, for cards of this job.
    #[must_use]
    pub fn new(job: Arc<Job>) -> Self {
        let (sender, events) = mpsc::channel();
        Self {
            job,
            batch: None,
            candidates: None,
            done: None,
            origin: Origin::default(),
            deadlines: Deadlines::default(),
            budget: Budget::default(),
            desk: Arc::default(),
            workers: Vec::new(),
            sender,
            events,
        }
    }

    /// Names the records file in receipts; see [`Encoder::with_batch`].
    #[must_use]
    pub const fn with_batch(mut self, mark: [u8; 32]) -> Self {
        self.batch = Some(mark);
        self
    }

    /// The records that a verified card may hold; see [`Encoder::with_candidates`].
    #[must_use]
    pub fn with_candidates(mut self, records: Arc<[Record]>) -> Self {
        self.candidates = Some(records);
        self
    }

    /// The cards that are done, for all readers; see [`Encoder::with_done_cards`].
    #[must_use]
    pub fn with_done_cards(mut self, done: DoneCards) -> Self {
        self.done = Some(done);
        self
    }

    /// For whom and where cards are made; see [`Encoder::with_origin`]. Each reader tells its own name,
    /// and an order its own [reference](Order::reference).
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Other deadlines than the usual ones.
    #[must_use]
    pub const fn with_deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// Another budget for a card than the usual one.
    #[must_use]
    pub const fn with_budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Starts a worker for a reader.
    ///
    /// # Errors
    /// [`io::Error`] where the system has no thread left.
    pub fn add(&mut self, reader: Box<dyn Reader>) -> io::Result<()> {
        self.add_with_rng(reader, SystemRandom)
    }

    /// Starts a worker for a reader; `rng` makes the challenges of its sessions, instead of the
    /// system's randomness.
    ///
    /// # Errors
    /// [`io::Error`] where the system has no thread left.
    pub fn add_with_rng<R>(&mut self, reader: Box<dyn Reader>, rng: R) -> io::Result<()>
    where
        R: CryptoRng + Send + 'static,
    {
        let encoder = Encoder::new(Arc::clone(&self.job)).with_rng(rng);
        let encoder = match self.batch {
            Some(mark) => encoder.with_batch(mark),
            None => encoder,
        };
        let encoder = match &self.candidates {
            Some(records) => encoder.with_candidates(Arc::clone(records)),
            None => encoder,
        };
        let encoder = match &self.done {
            Some(done) => encoder.with_done_cards(done.clone()),
            None => encoder,
        };
        let name = reader.name().to_owned();
        let pulse = Pulse::new(&self.desk, self.deadlines, self.budget);
        let end = self.ends(&name);
        let events = self.sender.clone();
        let worker = Worker::new(reader, encoder, end, pulse.clone(), events);
        let thread = thread::Builder::new()
            .name(format!("reader {}", Shown(&name)))
            .spawn(|| worker.run())?;
        self.workers.push(Running { reader: name, pulse, thread });
        Ok(())
    }

    fn ends(&self, reader: &str) -> Ends {
        Ends {
            job: Arc::clone(&self.job),
            batch: self.batch,
            done: self.done.clone(),
            origin: Origin { reader: Some(reader.to_owned()), ..self.origin.clone() },
        }
    }

    /// Puts an order behind those that wait.
    pub fn submit(&self, order: Order) {
        self.desk.submit(order);
    }

    /// The next event. Where a key cannot be had ([`Failure::Key`]) the station begins no order any more,
    /// on no reader: [`Station::stop`] gives back what is left. `None` where nothing happened in this time.
    pub fn next(&mut self, wait: Duration) -> Option<Event> {
        let until = Instant::now() + wait;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left.min(TICK)) {
                Ok(event) => return Some(event),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            self.give_up_overdue();
            if left.is_zero() {
                return self.events.try_recv().ok();
            }
        }
    }

    /// Ends the workers once they have finished the cards in hand, and gives back the orders that
    /// nobody began, with the events that were not taken yet. A worker whose reader hangs is left
    /// behind: nothing is waited for beyond the deadline of a call and the budget of a card.
    #[must_use]
    pub fn stop(mut self) -> (Vec<Order>, Vec<Event>) {
        self.desk.close();
        while self
            .workers
            .iter()
            .any(|worker| !worker.thread.is_finished() && !worker.pulse.hangs())
        {
            self.give_up_overdue();
            thread::sleep(TICK);
        }
        let (ended, _hanging): (Vec<_>, Vec<_>) =
            self.workers.drain(..).partition(|worker| worker.thread.is_finished());
        for worker in ended {
            // What a reader does when it is dropped is of no interest any more.
            if let Err(payload) = worker.thread.join() {
                core::mem::forget(payload);
            }
        }
        (self.desk.rest(), self.events.try_iter().collect())
    }

    /// Takes the orders from workers whose readers hang.
    fn give_up_overdue(&self) {
        for worker in &self.workers {
            let Some(overdue) = worker.pulse.overdue() else { continue };
            let reader = worker.reader.clone();
            let _taken = self.sender.send(Event::Hung { reader: reader.clone() });
            if let Overdue::Card { order, card, spent } = overdue {
                let over = Failure::Card(host::Error::Link(LinkError::OverBudget));
                let failure = if spent { over } else { Failure::Hung };
                let encoded = Box::new(self.ends(&reader).broken_off(&order, Some(&card), failure));
                let ticket = order.ticket;
                let _taken = self.sender.send(Event::Finished { reader, ticket, encoded });
            }
        }
    }
}

/// How orders end that no encoder reports.
struct Ends {
    job: Arc<Job>,
    batch: Option<[u8; 32]>,
    done: Option<DoneCards>,
    origin: Origin,
}

impl Ends {
    /// Writes into a receipt for whom and where the card was made.
    fn stamp(&self, order: &Order, receipt: &mut Receipt) {
        self.origin.stamp(receipt);
        if order.reference.is_some() {
            receipt.order.clone_from(&order.reference);
        }
    }

    /// What the card that was there holds is unknown; without a card nothing was written. Another
    /// record may take it then, as any card that was left half-way.
    fn broken_off(&self, order: &Order, card: Option<&Uid>, failure: Failure) -> Encoded {
        let batch = self.batch.as_ref();
        let mut encoded = Encoded::broken_off(&self.job, batch, &order.record, card, failure);
        self.stamp(order, &mut encoded.receipt);
        if let Some(done) = &self.done {
            done.enter(&encoded.receipt);
        }
        encoded
    }
}
