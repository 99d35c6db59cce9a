// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a station answers whoever asks it for something.

use std::io;

use super::order::{Order, Place};

/// Why a reader is not added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddError {
    /// One with this name is there.
    #[error(
        "a reader called {reader:?} is there already: take it away first, or name this one otherwise"
    )]
    NameTaken {
        /// The name.
        reader: String,
    },
    /// The station is closed.
    #[error("the station is closed, and takes no readers any more")]
    Closed,
    /// The system has no thread left.
    #[error("no thread for the reader: {0}")]
    Thread(#[from] io::Error),
}

/// Why a reader does not come back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AwayError {
    /// None of this name is there.
    #[error("no reader called {reader:?} is there")]
    NotThere {
        /// The name.
        reader: String,
    },
    /// A call into its driver does not return. Nobody gives it an order any more, its name is free, and it is
    /// dropped once the call returns.
    #[error("the reader {reader:?} hangs, and does not come back: unplug it")]
    Hangs {
        /// The name.
        reader: String,
    },
    /// Its driver panicked meanwhile.
    #[error("the driver of the reader {reader:?} panicked, and it does not come back")]
    Panicked {
        /// The name.
        reader: String,
    },
}

/// Why an order is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotTaken {
    /// The station is closed, or finishes what it has.
    #[error("the station takes no orders any more")]
    Closed,
    /// An order with the same ticket is not over yet.
    #[error("an order with ticket {ticket} is not over yet")]
    TicketInUse {
        /// The ticket.
        ticket: u64,
    },
    /// The reader, or the group, that it names is not there, and the order does not [wait](super::Absent).
    #[error("{place} is not there, and the order does not wait for that")]
    NoReader {
        /// Whom it names.
        place: Place,
    },
}

/// An order that is not taken.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
#[non_exhaustive]
pub struct SubmitError {
    /// Why.
    pub reason: NotTaken,
    /// The order, for somebody else.
    pub order: Box<Order>,
}

/// What became of an order that was to be cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "it waited, it is begun, or it is not there")]
pub enum Cancel {
    /// It ended as [`Refusal::Cancelled`](crate::encode::Refusal::Cancelled), which its event tells.
    Cancelled,
    /// A card is in hand for it, and is finished.
    InHand,
    /// There is none with this ticket, or none any more.
    Unknown,
}

/// A reader of a station.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReaderState {
    /// Its name.
    pub name: String,
    /// What it does.
    pub doing: Doing,
}

/// What a reader does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doing {
    /// It has no order.
    Idle,
    /// It has an order, and waits for a card.
    Waiting {
        /// The order's ticket.
        ticket: u64,
    },
    /// It has a card in hand.
    Encoding {
        /// The order's ticket.
        ticket: u64,
    },
    /// A call into its driver does not return.
    Hung,
}
