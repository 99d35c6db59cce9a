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

mod pulse;
mod queue;
mod worker;

pub use pulse::Deadlines;
pub use queue::Order;

use core::time::Duration;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use rand::CryptoRng;

use self::pulse::{Overdue, Pulse};
use self::queue::Queue;
use self::worker::Worker;
use crate::encode::{Encoded, Encoder, Failure, Job};
use crate::profile::Record;
use crate::reader::{Reader, ReaderError};
use crate::shown::Shown;

/// How often the workers' deadlines are looked at.
const TICK: Duration = Duration::from_millis(50);

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
    deadlines: Deadlines,
    queue: Arc<Queue>,
    workers: Vec<Running>,
    sender: Sender<Event>,
    events: Receiver<Event>,
}

struct Running {
    reader: String,
    pulse: Arc<Pulse>,
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
            deadlines: Deadlines::default(),
            queue: Arc::default(),
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

    /// Other deadlines than the usual ones.
    #[must_use]
    pub const fn with_deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// Starts a worker for a reader; `rng` makes the challenges of its sessions.
    ///
    /// # Errors
    /// [`io::Error`] where the system has no thread left.
    pub fn add<R>(&mut self, reader: Box<dyn Reader>, rng: R) -> io::Result<()>
    where
        R: CryptoRng + Send + 'static,
    {
        let encoder = Encoder::new(Arc::clone(&self.job), rng);
        let encoder = match self.batch {
            Some(mark) => encoder.with_batch(mark),
            None => encoder,
        };
        let encoder = match &self.candidates {
            Some(records) => encoder.with_candidates(Arc::clone(records)),
            None => encoder,
        };
        let name = reader.name().to_owned();
        let pulse = Arc::new(Pulse::new(self.deadlines));
        let (queue, events) = (Arc::clone(&self.queue), self.sender.clone());
        let worker = Worker::new(reader, encoder, queue, Arc::clone(&pulse), events);
        let thread = thread::Builder::new()
            .name(format!("reader {}", Shown(&name)))
            .spawn(|| worker.run())?;
        self.workers.push(Running { reader: name, pulse, thread });
        Ok(())
    }

    /// Puts an order behind those that wait.
    pub fn submit(&self, order: Order) {
        self.queue.put(order);
    }

    /// The next event; `None` where nothing happened in this time.
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
    /// behind.
    #[must_use]
    pub fn stop(mut self) -> (Vec<Order>, Vec<Event>) {
        self.queue.close();
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
            // A worker that panicked has reported nothing more.
            let _panicked = worker.thread.join();
        }
        (self.queue.rest(), self.events.try_iter().collect())
    }

    /// Takes the orders from workers whose readers hang.
    fn give_up_overdue(&self) {
        for worker in &self.workers {
            let Some(overdue) = worker.pulse.give_up() else { continue };
            let reader = worker.reader.clone();
            let _taken = self.sender.send(Event::Hung { reader: reader.clone() });
            match overdue {
                Overdue::Waiting(order) => self.queue.put_back(order),
                Overdue::Encoding { order, uid } => {
                    let encoded = Encoded::broken_off(
                        &self.job,
                        self.batch.as_ref(),
                        &order.record,
                        Some(&uid),
                        Failure::Hung,
                    );
                    let ticket = order.ticket;
                    let encoded = Box::new(encoded);
                    let _taken = self.sender.send(Event::Finished { reader, ticket, encoded });
                }
            }
        }
    }
}
