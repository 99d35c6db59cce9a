// SPDX-License-Identifier: MIT OR Apache-2.0
//! Many readers at once: one worker thread for each, orders in, results out.
//!
//! An [`Order`] is one record for one card under a [`Job`](crate::Job); it goes to the reader or the group
//! of readers that it names, or to the next free one. A worker asks for a card, encodes it and reports;
//! what happens comes out of [`Events`] in the order of its happening. Every order ends in exactly one
//! [`Event::Finished`], or comes back from [`Station::stop`]. What is asked for while it works is asked of
//! a [`Handle`], from any thread.
//!
//! Whoever takes no events makes the station stand still, and not forget: no card is begun while more
//! ends of orders than readers wait to be taken. What has to be known before a card is changed is asked
//! of a [`Permit`]; the receipt comes when it is over.
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
//! use cardwright::emulator::{Model, SoftCard, SoftReader};
//! use cardwright::iso14443::RealUid;
//! use cardwright::station::{Event, Order};
//! use cardwright::{Job, KeyFile, Outcome, Profile, Records, Station};
//!
//! let profile = Profile::parse(include_str!("../examples/data/profiles/door.toml"))?;
//! let keys = KeyFile::parse(include_str!("../examples/data/test-keys.toml"))?;
//! let job = Arc::new(Job::new(profile, &keys)?);
//! let records = include_bytes!("../examples/data/door-records.csv");
//! let records = Records::csv(job.profile(), records)?;
//!
//! // A reader on which cards are put; `reader::pcsc` has those of the system.
//! let uid = |number| RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, number]);
//! let cards = (0..5).map(|number| SoftCard::new(Model::Ev2_8k, uid(number), number.into()));
//! let station = Station::new();
//! let handle = station.handle();
//! handle.add(Box::new(SoftReader::new("tray").with_cards(cards)))?;
//! for (ticket, record) in (0..).zip(records.entries.into_iter().flatten().take(5)) {
//!     handle.submit(Order::new(ticket, Arc::clone(&job), record))?;
//! }
//! handle.drain(Duration::from_secs(60));
//! for event in station.events() {
//!     if let Event::Finished { ticket, encoded, .. } = event {
//!         println!("{ticket}: {}", encoded.receipt.to_line()?);
//!         assert_eq!(encoded.outcome, Outcome::Done);
//!     }
//! }
//! assert!(station.stop().orders.is_empty());
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "emulator"))]
//! # fn main() {}
//! ```

mod answers;
mod config;
mod desk;
mod ends;
mod event;
mod events;
mod handle;
mod machine;
mod order;
mod pulse;
mod queued;
#[cfg(test)]
mod tests;
mod worker;

pub use answers::{AddError, AwayError, Cancel, Doing, NotTaken, ReaderState, SubmitError};
pub use event::Event;
pub use events::Events;
pub use handle::Handle;
pub use order::{Absent, Order, Place};
pub use pulse::Deadlines;
pub use queued::{QueueError, QueuedOrder};

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use self::config::Config;
use crate::encode::{DoneCards, Origin, Permit, Watch};
use crate::reader::Reader;
use crate::transport::Budget;

/// The workers of all readers. Dropped, it is [closed](Handle::close).
pub struct Station {
    handle: Handle,
}

/// What a station gives back.
#[non_exhaustive]
pub struct Stopped {
    /// The orders that nobody began, in the order in which they would have gone.
    pub orders: Vec<Order>,
    /// The readers, without those that hang or whose driver panicked, in the order of their coming.
    pub readers: Vec<Box<dyn Reader>>,
    /// The names of those that hang: a call into their drivers does not return.
    pub hanging: Vec<String>,
}

impl Station {
    /// A station without readers.
    #[must_use]
    pub fn new() -> Self {
        Self { handle: Handle::of_new_station() }
    }

    /// The cards that are done, for all readers; see
    /// [`Encoder::with_done_cards`](crate::Encoder::with_done_cards).
    #[must_use]
    pub fn with_done_cards(mut self, done: DoneCards) -> Self {
        self.config().ends.done = Some(done);
        self
    }

    /// For whom and where cards are made; see [`Encoder::with_origin`](crate::Encoder::with_origin). Each
    /// reader tells its own name, and an order its own [reference](Order::reference).
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.config().ends.origin = origin;
        self
    }

    /// Asks before the first command that changes a card; see
    /// [`Encoder::with_permit`](crate::Encoder::with_permit). All readers ask the same, at once where they
    /// have cards at once.
    #[must_use]
    pub fn with_permit(mut self, permit: impl Permit + 'static) -> Self {
        self.config().permit = Some(Arc::new(permit));
        self
    }

    /// Tells before each step how far a card is, on its reader's own thread; see
    /// [`Encoder::with_watch`](crate::Encoder::with_watch). All readers tell the same. No
    /// [event](Event) tells it: whoever takes those sees ends of orders, and not each step.
    #[must_use]
    pub fn with_watch(mut self, watch: impl Watch + 'static) -> Self {
        self.config().watch = Some(Arc::new(watch));
        self
    }

    /// Other deadlines than the usual ones.
    #[must_use]
    pub fn with_deadlines(mut self, deadlines: Deadlines) -> Self {
        self.config().deadlines = deadlines;
        self
    }

    /// Another budget for a card than the usual one.
    #[must_use]
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.config().budget = budget;
        self
    }

    fn config(&mut self) -> &mut Config {
        Arc::make_mut(&mut self.handle.config)
    }

    /// What can be asked of it from anywhere. What a station is made [with](Station::with_permit) has to
    /// be said before.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// What happens at it.
    #[must_use]
    pub fn events(&self) -> Events {
        Events { desk: Arc::clone(&self.handle.desk) }
    }

    /// Ends the workers once they have finished the cards in hand, and gives back their readers and the
    /// orders that nobody began. A worker whose reader hangs is left behind: nothing is waited for
    /// beyond the deadline of a call and the budget of a card. Events that were not taken yet stay in
    /// [`Events`], which end after them.
    #[must_use]
    pub fn stop(self) -> Stopped {
        self.handle.close();
        let (mut readers, mut hanging) = (Vec::new(), Vec::new());
        let mut workers = self.handle.workers();
        workers.sort_unstable();
        for worker in workers {
            if self.handle.desk.until_ended(worker) {
                readers.extend(self.handle.join(worker));
            } else if let Some(name) = self.handle.desk.lock().readers.get(&worker) {
                hanging.push((**name).to_owned());
            }
        }
        let orders = self.handle.desk.lock().machine.rest();
        let orders = orders.into_iter().map(Arc::unwrap_or_clone).collect();
        Stopped { orders, readers, hanging }
    }

    /// Takes no further order, finishes those that wait, for this time at most, and stops. Somebody has
    /// to take the events meanwhile.
    #[must_use]
    pub fn finish(self, within: Duration) -> Stopped {
        self.handle.drain(within);
        self.handle.desk.until_closed();
        self.stop()
    }
}

impl Default for Station {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        self.handle.close();
    }
}

impl fmt::Debug for Station {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Station").field("readers", &self.handle.readers()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let readers: Vec<&str> = self.readers.iter().map(|reader| reader.name()).collect();
        f.debug_struct("Stopped")
            .field("orders", &self.orders)
            .field("readers", &readers)
            .field("hanging", &self.hanging)
            .finish()
    }
}
