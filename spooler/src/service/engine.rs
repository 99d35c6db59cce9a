// SPDX-License-Identifier: MIT OR Apache-2.0
//! A station at work: the loop that makes orders, the readers, and what there is to see of them. Whatever has
//! to be known after a crash stands in the books; what is kept here is how it looks.

mod act;
mod books;
mod desk;
mod paint;

pub use self::act::Act;
pub use self::books::{may, may_with};

use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use cardwright::encode::{Progress, card_mark};
use cardwright::iso14443::RealUid;
use cardwright::reader::Reader;
use cardwright::station::{Deadlines, Events, Handle};
use cardwright::{Job, Station};
use tokio::sync::watch;

use self::desk::Desk;
use super::floor::{Doing, Floor, Lot, Sight, board};
use crate::drive::{Driver, Told};
use crate::error::Error;
use crate::flow::Mark;
use crate::spooler::Spooler;

/// What a station is made of.
#[non_exhaustive]
pub struct Setup {
    /// Its name, which stands in leases and receipts.
    pub name: String,
    /// The profiles whose orders it makes, with their keys.
    pub jobs: Vec<Arc<Job>>,
    /// Its readers, each with the groups that it belongs to.
    pub readers: Vec<(Box<dyn Reader>, Vec<String>)>,
    /// How long it may have an order before somebody else takes it for gone.
    pub lease: Option<Duration>,
    /// The lot that the blank cards at it are of.
    pub lot: Option<String>,
    /// How long readers may take.
    pub deadlines: Option<Deadlines>,
}

impl Setup {
    /// A station of this name that makes nothing yet.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            jobs: Vec::new(),
            readers: Vec::new(),
            lease: None,
            lot: None,
            deadlines: None,
        }
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A station at work. Clones are of the same.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    spooler: Spooler,
    driver: Driver,
    handle: Handle,
    name: String,
    lot: Option<String>,
    jobs: BTreeMap<String, Arc<Job>>,
    eye: Arc<Eye>,
    board: watch::Sender<Arc<Floor>>,
    /// Counts receipts, so that whoever sends them looks.
    receipts: watch::Sender<u64>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// How it looks, and what rings when it looks otherwise.
struct Eye {
    desk: Mutex<Desk>,
    bell: Condvar,
}

impl Eye {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        // Nothing panics under the lock.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes down what somebody saw.
    fn look<T>(&self, look: impl FnOnce(&mut Desk) -> T) -> T {
        let mut desk = self.desk();
        let seen = look(&mut desk);
        desk.rung += 1;
        drop(desk);
        self.bell.notify_all();
        seen
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Engine({})", self.0.name)
    }
}

impl Engine {
    /// Starts a station on these books.
    ///
    /// # Errors
    /// In words, where a job has keys of another tenant than the books, a reader cannot be added or the system
    /// has no thread left.
    pub fn start(spooler: Spooler, setup: Setup) -> Result<Self, String> {
        let Setup { name, jobs, readers, lease, lot, deadlines } = setup;
        let mut driver = Driver::new(spooler.clone(), name.clone());
        for job in &jobs {
            driver = driver.with_job(Arc::clone(job)).map_err(|error| error.to_string())?;
        }
        for (reader, groups) in &readers {
            let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
            driver = driver.with_groups(reader.name(), &groups);
        }
        driver = lease.into_iter().fold(driver, Driver::with_lease);
        driver = lot.iter().fold(driver, Driver::with_lot);
        let names = readers.iter().map(|(reader, _)| reader.name());
        let eye = Arc::new(Eye { desk: Mutex::new(Desk::new(names)), bell: Condvar::new() });
        let seen = Arc::clone(&eye);
        let watch = move |at: &Progress<'_>| seen.look(|desk| desk.step(at));
        let mut station = driver.station().with_watch(watch);
        station = deadlines.into_iter().fold(station, Station::with_deadlines);
        let jobs = jobs.into_iter().map(|job| (job.profile().name().to_owned(), job)).collect();
        let (board, _) = board(Floor { station: name.clone(), ..Floor::default() });
        let inner = Inner {
            handle: station.handle(),
            eye,
            receipts: watch::channel(0).0,
            threads: Mutex::default(),
            spooler,
            driver,
            name,
            lot,
            jobs,
            board,
        };
        let engine = Self(Arc::new(inner));
        for (reader, _) in readers {
            engine.0.handle.add(reader).map_err(|error| error.to_string())?;
        }
        engine.remember();
        let events = station.events();
        engine.spawn("orders", move |engine| engine.make(station, events))?;
        engine.spawn("floor", Self::paint)?;
        Ok(engine)
    }

    fn spawn(&self, name: &str, work: impl FnOnce(&Self) + Send + 'static) -> Result<(), String> {
        let engine = self.clone();
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || work(&engine));
        let thread = thread.map_err(|error| format!("no thread for {name}: {error}"))?;
        self.0.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(())
    }

    /// Makes orders until somebody says that it ends.
    fn make(&self, station: Station, mut events: Events) {
        let inner = &self.0;
        let ended = inner.driver.run(&inner.handle, &mut events, |told| self.hear(&told));
        if let Err(error) = ended {
            tracing::error!(%error, "an end of an order is not in the books: its order asks for its card");
        }
        let leaves = inner.eye.desk().draining;
        drop(station.stop());
        inner.eye.look(|desk| {
            desk.closed = true;
            if !leaves {
                let words = "the station has closed: a key cannot be had, or somebody forbids its use; mend \
                             that, then start the service again";
                desk.halted.get_or_insert_with(|| words.to_owned());
                tracing::error!(words, "no card is begun any more");
            }
        });
    }

    fn hear(&self, told: &Told<'_>) {
        let inner = &self.0;
        let paused = inner.eye.look(|desk| {
            desk.hear(told);
            desk.paused
        });
        match told {
            Told::Received { order, state } => {
                inner.receipts.send_modify(|count| *count = count.wrapping_add(1));
                tracing::info!(order = order.0, state = state.name(), "an order ended");
            }
            Told::Halted(error) => tracing::error!(%error, "no card is begun"),
            Told::Resumed => {
                tracing::info!("cards are begun again");
                // Who paused it said so beside that.
                if paused {
                    inner.handle.pause();
                }
            }
            Told::Claimed { .. } | Told::Station(_) => {}
        }
    }

    /// The books.
    #[must_use]
    pub fn spooler(&self) -> &Spooler {
        &self.0.spooler
    }

    /// The station's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The jobs, by the names of their profiles.
    #[must_use]
    pub fn jobs(&self) -> &BTreeMap<String, Arc<Job>> {
        &self.0.jobs
    }

    /// What there is to see, now and whenever it changes.
    #[must_use]
    pub fn sight(&self) -> Sight {
        self.0.board.subscribe()
    }

    /// Changes whenever a receipt is in the books of this station.
    #[must_use]
    pub fn receipts(&self) -> watch::Receiver<u64> {
        self.0.receipts.subscribe()
    }

    /// What a reader does, whatever is shown of it meanwhile, and how many cards it had before.
    pub(super) fn behind(&self, reader: &str) -> Option<(Doing, u64)> {
        let desk = self.0.eye.desk();
        let view = desk.readers.get(reader).filter(|_| !desk.paused)?;
        Some((view.behind.as_ref().unwrap_or(&view.doing).clone(), view.ended))
    }

    /// Whether the station has ended.
    pub(super) fn is_over(&self) -> bool {
        self.0.eye.desk().closed
    }

    /// Whether the books have a card's receipt, and it is done: nobody asks for it any more.
    pub(super) fn is_done(&self, uid: &RealUid) -> bool {
        let rows = self.marks(uid).filter_map(|mark| self.spooler().card(mark).ok()?);
        rows.map(|row| row.card.state).any(|state| state.is_live() && !state.is_in_hand())
    }

    /// Whether this is the card that an order here asks for.
    pub(super) fn is_wanted(&self, order: i64, uid: &RealUid) -> bool {
        let ticket = u64::try_from(order).ok();
        let wanted = ticket.and_then(|ticket| self.0.eye.desk().wants.get(&ticket).copied());
        wanted.is_some_and(|wanted| self.marks(uid).any(|mark| mark == wanted))
    }

    /// By what the books may know a card: a job gives it a mark with its receipt key.
    fn marks(&self, uid: &RealUid) -> impl Iterator<Item = Mark> {
        // A receipt key that cannot be had now knows no card here, and stops the station at the next one.
        self.0.jobs.values().filter_map(move |job| Mark::parse(&card_mark(job, uid).ok()?))
    }

    /// The sum of a lot.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn lot(&self, name: &str) -> Result<Lot, Error> {
        Ok(books::sum(name, &self.spooler().account(name)?))
    }

    /// How many ends of orders there were since the service began, by outcome.
    #[must_use]
    pub fn ends(&self) -> BTreeMap<&'static str, u64> {
        self.0.eye.desk().ends.clone()
    }

    /// Begins no card more, finishes those in hand, and comes back when all is told. Blocks.
    pub fn drain(&self) {
        self.0.eye.look(|desk| desk.draining = true);
        self.0.driver.stop();
        let mut threads = self.0.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            // One that panicked has ended, too.
            let _ended = thread.join();
        }
    }
}
