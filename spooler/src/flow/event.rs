// SPDX-License-Identifier: MIT OR Apache-2.0
//! What happens to an order.

use super::{Mark, Word};

/// What happens to an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "each has to be decided about")]
pub enum Event {
    /// A station takes it out of the line.
    Claim,
    /// The station gives it back without having touched a card.
    GiveBack {
        /// The number that the station got.
        fence: i64,
    },
    /// The lease is over: the station is gone, or slow.
    Expire,
    /// The station is going to change this card, and has not begun.
    Intend {
        /// The number that the station got.
        fence: i64,
        /// The card.
        card: Mark,
    },
    /// The station tells how it ended.
    Receipt {
        /// The number that the station got.
        fence: i64,
        /// The card, where one was there and told its UID.
        card: Option<Mark>,
        /// How.
        ended: Ended,
    },
    /// The encoded card leaves the house.
    Release,
    /// Somebody says what became of a card.
    Report {
        /// The card.
        card: Mark,
        /// What.
        fate: Fate,
        /// Who says so, and why.
        word: Word,
    },
    /// Another card is to be made in place of one that was reported.
    AnotherCard {
        /// Who says so, and why.
        word: Word,
    },
    /// It is withdrawn.
    Cancel,
    /// What is poison comes back into the line.
    Retry,
    /// Its personal part goes.
    Erase,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "each has to be decided about")]
pub enum Ended {
    /// The card is the order's, and has proved it, whether anything was written just now or before.
    Done,
    /// The card was changed, or may have been, or bears our keys, and is not done.
    Half,
    /// Nothing was written.
    Untouched(Fault),
}

/// Why nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "each has to be decided about")]
pub enum Fault {
    /// It was the wrong card, or there was none, or the station stopped: the order is as good as before.
    Elsewhere,
    /// It may be the order's, or nobody's.
    Open,
    /// The order cannot be made as it is.
    Order,
}

/// What became of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "each has to be decided about")]
pub enum Fate {
    /// It is of no use, and waits to be destroyed.
    Spoiled,
    /// It was destroyed.
    Destroyed,
    /// Nobody knows where it is.
    Lost,
    /// Its holder gave it back.
    Returned,
    /// It was made blank, and is stock again.
    MadeBlank,
}
