// SPDX-License-Identifier: MIT OR Apache-2.0
//! What happens at a station, and how it is taken.

use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;

use super::desk::Desk;
use super::order::{Order, Place};
use crate::encode::Encoded;
use crate::reader::ReaderError;

/// What happened at a station.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A reader has an order and waits for a card.
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
        /// The reader; `None` where it came to none.
        reader: Option<String>,
        /// The order's ticket.
        ticket: u64,
        /// How it ended, with its receipt.
        encoded: Box<Encoded>,
        /// The order, where it did not end [done](crate::Outcome::Done), to be put again as it is. Where
        /// the very card is to be presented again, the record in it names that card.
        order: Option<Box<Order>>,
    },
    /// An order waits for a reader, or a group, of which none is there.
    NoReader {
        /// The order's ticket.
        ticket: u64,
        /// Whom it waits for.
        place: Place,
    },
    /// A reader cannot present cards; its order went back to the line. Said once until it changes.
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
    /// A reader's driver panicked: nobody looks at it any more. The order that it had is finished as
    /// failed. Those that name it are refused or wait, as they say.
    Gone {
        /// The reader.
        reader: String,
    },
    /// A reader was taken away.
    Left {
        /// The reader.
        reader: String,
    },
    /// A reader presents cards again.
    Back {
        /// The reader.
        reader: String,
    },
}

impl Event {
    /// Whether it tells the end of an order, which nobody may lose.
    pub(super) const fn is_receipt(&self) -> bool {
        matches!(self, Self::Finished { .. })
    }
}

/// What happens at a station, in the order of its happening, as an iterator that waits for it. Each event
/// comes out once, also where several of these are taken from. It ends once the station is closed, the
/// readers have finished the cards in hand, and everything is told.
///
/// No card is begun while more ends of orders than there are readers wait to be taken here: whoever keeps
/// receipts is never further behind.
pub struct Events {
    pub(super) desk: Arc<Desk>,
}

impl Events {
    /// The next event, if one comes in this time.
    pub fn within(&mut self, wait: Duration) -> Option<Event> {
        self.desk.next_event(Some(wait))
    }

    /// The next event, for whoever is woken when there is one: a `Stream` needs nothing else, and
    /// [`poll_fn`](core::future::poll_fn) makes it a future. The example `bridge` shows it.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.desk.poll_event(context)
    }
}

impl Iterator for Events {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.desk.next_event(None)
    }
}

impl core::fmt::Debug for Events {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
