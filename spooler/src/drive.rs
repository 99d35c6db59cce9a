// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders out of a database on the readers of a [`Station`]: claimed, intended before the first command that
//! changes a card, and done with the receipt, each in one transaction.
//!
//! Each reader has one order of the line in hand at a time. What the station cannot write down it does not
//! begin: while the database is full, read-only or away the station is paused, and goes on by itself when
//! the database is back and every receipt is told.

mod run;

use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cardwright::encode::{Intent, JobError, Origin, Permit, Recovery, Veto};
use cardwright::station::{Event, Handle};
use cardwright::{Job, Station};

use crate::error::Error;
use crate::flow::{Mark, OrderId, OrderState, Refusal};
use crate::spooler::{At, Claim, Spooler};

/// How long a station may have an order unless it says otherwise.
const LEASE: Duration = Duration::from_secs(120);

/// What happens while orders are made. Whoever is told may take its time: no card is begun meanwhile.
#[derive(Debug)]
#[non_exhaustive]
pub enum Told<'a> {
    /// A reader has an order.
    Claimed {
        /// The reader.
        reader: &'a str,
        /// The order.
        claim: &'a Claim,
    },
    /// What the station tells itself. The [ends](Event::Finished) of orders are told before they are in the
    /// books, with the real UID for whoever needs it.
    Station(&'a Event),
    /// The end of an order is in the books.
    Received {
        /// The order.
        order: OrderId,
        /// Where it stands.
        state: OrderState,
    },
    /// The books cannot be written: no card is begun any more.
    Halted(&'a Error),
    /// They can be again.
    Resumed,
}

/// Joins a station with the books of a tenant.
#[derive(Clone)]
pub struct Driver {
    spooler: Spooler,
    name: String,
    jobs: BTreeMap<[u8; 32], Arc<Job>>,
    groups: BTreeMap<String, Vec<String>>,
    lease: Duration,
    lot: Option<String>,
    shared: Arc<Shared>,
}

/// What the readers' threads ask.
#[derive(Default)]
struct Shared {
    /// The orders that are at the station, by their tickets.
    held: Mutex<BTreeMap<u64, Held>>,
    /// The books could not be written.
    halted: Mutex<Option<Error>>,
    stopped: AtomicBool,
}

/// An order at the station.
#[derive(Debug, Clone)]
struct Held {
    order: OrderId,
    fence: i64,
    reader: String,
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Driver({})", self.name)
    }
}

impl Driver {
    /// Orders out of these books, on a station of this name.
    #[must_use]
    pub fn new(spooler: Spooler, station: impl Into<String>) -> Self {
        Self {
            spooler,
            name: station.into(),
            jobs: BTreeMap::new(),
            groups: BTreeMap::new(),
            lease: LEASE,
            lot: None,
            shared: Arc::default(),
        }
    }

    /// Makes orders of this job's profile. An order of another profile stays in the line.
    ///
    /// # Errors
    /// [`JobError::Tenant`] where its keys are another tenant's than the books.
    pub fn with_job(mut self, job: Arc<Job>) -> Result<Self, JobError> {
        job.is_for(&self.spooler.tenant().name)?;
        self.jobs.insert(job.profile().meaning(), job);
        Ok(self)
    }

    /// The groups of readers that a reader belongs to: it makes the orders that name one of them, too.
    #[must_use]
    pub fn with_groups(mut self, reader: impl Into<String>, groups: &[&str]) -> Self {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        self.groups.insert(reader.into(), groups);
        self
    }

    /// How long the station may have an order before somebody else takes it for gone: longer than a hung
    /// reader lasts. It is renewed while the station lives.
    #[must_use]
    pub fn with_lease(self, lease: Duration) -> Self {
        Self { lease, ..self }
    }

    /// The lot that the blank cards at this station are of.
    #[must_use]
    pub fn with_lot(self, lot: impl Into<String>) -> Self {
        Self { lot: Some(lot.into()), ..self }
    }

    /// A station that asks these books before it changes a card. Deadlines and the rest are the caller's to
    /// say.
    #[must_use]
    pub fn station(&self) -> Station {
        let origin = Origin { station: Some(self.name.clone()), ..Origin::default() };
        Station::new().with_origin(origin).with_permit(self.permit())
    }

    /// What asks these books before a card is changed, for a station that is made otherwise.
    #[must_use]
    pub fn permit(&self) -> impl Permit + 'static {
        let driver = self.clone();
        move |intent: &Intent| driver.ask(intent)
    }

    /// Lets [`Driver::run`] end: the cards in hand are finished, and the other orders go back into the line.
    /// From any thread.
    pub fn stop(&self) {
        self.shared.stopped.store(true, Ordering::Release);
    }

    /// Lets go of an order that was [cancelled](Spooler::cancel) while a reader of this station waits for its
    /// card, so that the next card is another order's. A card in hand is finished.
    pub fn let_go(&self, handle: &Handle, order: OrderId) {
        let held = self.held().iter().find(|(_, held)| held.order == order).map(|(at, _)| *at);
        if let Some(ticket) = held {
            // Where it is not there any more there is nothing to let go of.
            let _gone = handle.cancel(ticket);
        }
    }

    fn is_stopped(&self) -> bool {
        self.shared.stopped.load(Ordering::Acquire)
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<u64, Held>> {
        // Nothing panics under the lock.
        self.shared.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn halted(&self) -> MutexGuard<'_, Option<Error>> {
        self.shared.halted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn at<'a>(&'a self, reader: Option<&'a str>) -> At<'a> {
        At { station: &self.name, reader, lot: self.lot.as_deref() }
    }

    /// Stores the intent, on the reader's own thread, or says why the card is not to be changed.
    fn ask(&self, intent: &Intent) -> Result<(), Veto> {
        let veto = |reason: &str, recovery| Err(Veto::new(reason, recovery));
        let held = intent.ticket.and_then(|ticket| self.held().get(&ticket).cloned());
        let (Some(held), Some(card)) = (held, Mark::parse(&intent.card)) else {
            return veto(
                "the books have given no such order to this station",
                Recovery::PresentAgain,
            );
        };
        let at = self.at(intent.reader.as_deref());
        match self.spooler.intend(held.order, held.fence, card, &at) {
            Ok(()) => Ok(()),
            Err(Error::Refused(Refusal::WantsItsCard { .. })) => {
                veto("the order was meant for another card", Recovery::RejectCard)
            }
            Err(Error::Refused(Refusal::OtherOrders { .. })) => {
                veto("the card is another order's", Recovery::PresentAgain)
            }
            Err(Error::Refused(Refusal::CardIs { .. })) => {
                veto("the card was reported as of no use, or lost", Recovery::RejectCard)
            }
            Err(Error::Refused(_)) => {
                veto("the order is somebody else's by now", Recovery::PresentAgain)
            }
            Err(error) => {
                // Nothing more is begun until the books can be written.
                *self.halted() = Some(error);
                veto("the books cannot be written", Recovery::PresentAgain)
            }
        }
    }
}
