// SPDX-License-Identifier: MIT OR Apache-2.0
//! What happens at a station.

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
