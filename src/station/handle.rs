// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be asked of a station from anywhere.

use core::fmt;
use core::time::Duration;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use rand::CryptoRng;

use super::answers::{AddError, AwayError, Cancel, Doing, NotTaken, ReaderState, SubmitError};
use super::config::Config;
use super::desk::{Desk, TICK};
use super::machine::{self, Cancelled};
use super::order::{Order, Place};
use super::pulse::Pulse;
use super::worker::Worker;
use crate::encode::{Refusal, SystemRandom};
use crate::reader::Reader;
use crate::shown::Shown;

/// A station, as it can be asked for things from any thread. Clones are of the same station.
#[derive(Clone)]
pub struct Handle {
    pub(super) config: Arc<Config>,
    pub(super) desk: Arc<Desk>,
    threads: Arc<Mutex<Threads>>,
}

#[derive(Default)]
struct Threads {
    /// Whether the clock is looked at.
    clerk: bool,
    workers: Vec<Running>,
}

/// The thread of a reader, which gives it back.
struct Running {
    worker: usize,
    thread: JoinHandle<Option<Box<dyn Reader>>>,
}

impl Handle {
    pub(super) fn of_new_station() -> Self {
        Self { config: Arc::default(), desk: Arc::default(), threads: Arc::default() }
    }

    /// Starts a worker for a reader.
    ///
    /// # Errors
    /// [`AddError`].
    pub fn add(&self, reader: Box<dyn Reader>) -> Result<(), AddError> {
        self.add_to(reader, &[])
    }

    /// Starts a worker for a reader that belongs to these groups.
    ///
    /// # Errors
    /// [`AddError`].
    pub fn add_to(&self, reader: Box<dyn Reader>, groups: &[&str]) -> Result<(), AddError> {
        self.add_with_rng(reader, groups, SystemRandom)
    }

    /// Starts a worker for a reader; `rng` makes the challenges of its sessions, instead of the
    /// system's randomness.
    ///
    /// # Errors
    /// [`AddError`].
    pub fn add_with_rng<R>(
        &self,
        reader: Box<dyn Reader>,
        groups: &[&str],
        rng: R,
    ) -> Result<(), AddError>
    where
        R: CryptoRng + Send + 'static,
    {
        self.start_clerk()?;
        self.clear_up();
        let mut threads = self.threads();
        let name = reader.name().to_owned();
        let own = Place::Reader(name.clone());
        let groups = groups.iter().map(|group| Place::Group((*group).to_owned()));
        let names = core::iter::once(own).chain(groups).collect();
        let hired = self.desk.change(|inner| {
            let worker = inner.machine.hire(names)?;
            let _none = inner.readers.insert(worker, name.as_str().into());
            Ok(worker)
        });
        let worker = match hired {
            Ok(worker) => worker,
            Err(machine::NotHired::Closed) => return Err(AddError::Closed),
            Err(machine::NotHired::NameTaken) => return Err(AddError::NameTaken { reader: name }),
        };
        let Config { deadlines, budget, .. } = *self.config;
        let pulse = Pulse::new(Arc::clone(&self.desk), worker, deadlines, budget);
        let running = Worker::new(reader, Arc::clone(&self.config), pulse.clone());
        let thread = thread::Builder::new()
            .name(format!("reader {}", Shown(&name)))
            .spawn(|| running.run(rng))
            .inspect_err(|_| pulse.ended(&self.config.ends, &name, true))?;
        threads.workers.push(Running { worker, thread });
        Ok(())
    }

    /// Has somebody look at the clock, as long as the station is there.
    fn start_clerk(&self) -> io::Result<()> {
        let mut threads = self.threads();
        if threads.clerk {
            return Ok(());
        }
        let (desk, ends) = (Arc::downgrade(&self.desk), self.config.ends.clone());
        let clerk = move || {
            while !Weak::upgrade(&desk).is_none_or(|desk| desk.tick(&ends)) {
                thread::sleep(TICK);
            }
        };
        let _detached = thread::Builder::new().name("station".to_owned()).spawn(clerk)?;
        threads.clerk = true;
        Ok(())
    }

    /// Takes a reader away, once it has finished the card in hand, and gives it back. Orders that wait for
    /// it alone are refused or wait on, as they say.
    ///
    /// # Errors
    /// [`AwayError`].
    pub fn take_away(&self, reader: &str) -> Result<Box<dyn Reader>, AwayError> {
        let reader = reader.to_owned();
        let name = Place::Reader(reader.clone());
        let worker = self.desk.change(|inner| {
            let worker = inner.machine.worker(&name)?;
            let stranded = inner.machine.leave(worker);
            inner.refuse(&self.config.ends, stranded, &Refusal::NoReader);
            Some(worker)
        });
        let Some(worker) = worker else { return Err(AwayError::NotThere { reader }) };
        if !self.desk.until_ended(worker) {
            self.desk.lock().unwanted.push(worker);
            return Err(AwayError::Hangs { reader });
        }
        self.join(worker).ok_or(AwayError::Panicked { reader })
    }

    /// Lets go of threads that have ended and that nobody comes for: each that is left keeps its stack.
    fn clear_up(&self) {
        let over: Vec<usize> = {
            let threads = self.threads();
            let runs = |worker: &mut usize| {
                threads.workers.iter().any(|one| one.worker == *worker && !one.thread.is_finished())
            };
            self.desk.lock().unwanted.extract_if(.., |worker| !runs(worker)).collect()
        };
        for worker in over {
            drop(self.join(worker));
        }
    }

    /// Takes the reader of a worker that has ended.
    pub(super) fn join(&self, worker: usize) -> Option<Box<dyn Reader>> {
        let mut threads = self.threads();
        let at = threads.workers.iter().position(|running| running.worker == worker)?;
        let running = threads.workers.swap_remove(at);
        drop(threads);
        running.thread.join().unwrap_or_else(|payload| {
            // What a reader does when it is dropped is of no interest any more.
            core::mem::forget(payload);
            None
        })
    }

    /// The workers whose readers were not given back yet.
    pub(super) fn workers(&self) -> Vec<usize> {
        self.threads().workers.iter().map(|running| running.worker).collect()
    }

    /// Puts an order behind those of its priority that wait.
    ///
    /// # Errors
    /// [`SubmitError`], with the order.
    pub fn submit(&self, order: Order) -> Result<(), SubmitError> {
        // Where that fails, no reader can be added either, and its error tells it.
        let _told = self.start_clerk();
        self.desk.submit(order).map_err(|(reason, order)| {
            let reason = match reason {
                machine::NotTaken::Closed => NotTaken::Closed,
                machine::NotTaken::TicketInUse => NotTaken::TicketInUse { ticket: order.ticket },
                machine::NotTaken::NoReader => NotTaken::NoReader { place: order.place.clone() },
            };
            SubmitError { reason, order }
        })
    }

    /// Cancels the order with this ticket, unless a card is in hand for it.
    pub fn cancel(&self, ticket: u64) -> Cancel {
        match self.desk.cancel(&self.config.ends, ticket) {
            Cancelled::Out(()) => Cancel::Cancelled,
            Cancelled::InHand => Cancel::InHand,
            Cancelled::Unknown => Cancel::Unknown,
        }
    }

    /// Begins no card until [`Handle::resume`]. Those in hand are finished.
    pub fn pause(&self) {
        self.desk.change(|inner| inner.machine.pause(true));
    }

    /// Goes on after [`Handle::pause`].
    pub fn resume(&self) {
        self.desk.change(|inner| inner.machine.pause(false));
    }

    /// Whether the station was paused.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.desk.lock().machine.is_paused()
    }

    /// Takes no further order, and closes once those that wait are done, or after this time. Returns at
    /// once; the [events](super::Events) end then.
    pub fn drain(&self, within: Duration) {
        let now = Instant::now();
        // One that cannot be told is as good as none.
        let until =
            now.checked_add(within).or_else(|| now.checked_add(Duration::from_secs(1 << 28)));
        self.desk.change(|inner| {
            inner.machine.drain(until.unwrap_or(now));
            let _closed = inner.machine.drained(now);
            inner.wake();
        });
    }

    /// Begins no card any more. Those in hand are finished; what waits comes back from
    /// [`Station::stop`](super::Station::stop).
    pub fn close(&self) {
        self.desk.close();
    }

    /// Whether no card is begun any more: somebody closed the station, or what was there is done, or a key
    /// cannot be had ([`Failure::Key`](crate::encode::Failure::Key)), or a [veto](crate::encode::Veto)
    /// says so.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.desk.is_closed()
    }

    /// The tickets of the orders that wait for a reader, in the order in which they go.
    #[must_use]
    pub fn waiting(&self) -> Vec<u64> {
        self.desk.lock().machine.waiting().iter().map(|order| order.ticket).collect()
    }

    /// The readers that are there, and what each does, in the order of their coming.
    #[must_use]
    pub fn readers(&self) -> Vec<ReaderState> {
        let inner = self.desk.lock();
        let state = |(worker, name): (&usize, &Arc<str>)| {
            let doing = match inner.machine.doing(*worker)? {
                (machine::Doing::Nothing, false) => Doing::Idle,
                (machine::Doing::Waiting(order), _) => Doing::Waiting { ticket: order.ticket },
                (machine::Doing::Encoding(order, _), _) => Doing::Encoding { ticket: order.ticket },
                (machine::Doing::GivenUp, _) => Doing::Hung,
                (machine::Doing::Nothing, true) => return None,
            };
            Some(ReaderState { name: (**name).to_owned(), doing })
        };
        inner.readers.iter().filter_map(state).collect()
    }

    /// How many ends of orders wait to be taken from the [events](super::Events).
    #[must_use]
    pub fn untaken(&self) -> usize {
        self.desk.lock().machine.receipts()
    }

    fn threads(&self) -> MutexGuard<'_, Threads> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("readers", &self.readers()).finish_non_exhaustive()
    }
}
