// SPDX-License-Identifier: MIT OR Apache-2.0
//! What there is to see at a station at one moment, for the page and for machines. No value, name, number of
//! a credential or key is in it: orders stand by their numbers, cards by what little tells them apart.

use std::sync::Arc;

use serde::Serialize;
use tokio::sync::watch;

use crate::flow::{Fate, OrderState};

/// How many ends of orders are shown.
pub const LAST: usize = 20;

/// What there is to see. Times are milliseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "tests of what shows it put it together")]
pub struct Floor {
    /// The station's name.
    pub station: String,
    /// No card is begun until somebody says so.
    pub paused: bool,
    /// Why no card is begun until that is mended: what is wrong, and what to do.
    pub halted: Option<String>,
    /// It is going away: the cards in hand are finished.
    pub draining: bool,
    /// The readers, in the order of their names.
    pub readers: Vec<Reader>,
    /// The last ends of orders, newest first.
    pub ends: Vec<End>,
    /// What ended within the last hour.
    pub hour: Hour,
    /// What is to be made.
    pub line: Line,
    /// Whether what was given out is accounted for, lot by lot.
    pub stock: Vec<Lot>,
}

/// A reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "tests of what shows it put it together")]
pub struct Reader {
    /// Its name.
    pub name: String,
    /// Since when it does what it does.
    pub since: i64,
    /// What it does.
    pub doing: Doing,
}

/// What a reader does, or waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "whoever shows it has to show each")]
pub enum Doing {
    /// Nothing waits for it.
    Idle,
    /// A blank card is to be put on.
    WaitsForBlank {
        /// For this order.
        order: i64,
    },
    /// That very card is to be put on.
    WaitsForSame {
        /// For this order.
        order: i64,
        /// The card: the first and the last byte of its UID where this process has seen it (`04…C2`), else the
        /// first eight digits of its mark.
        card: String,
    },
    /// A card is in hand.
    Encoding {
        /// For this order.
        order: i64,
        /// Which step, from 1; 0 before the first one.
        step: usize,
        /// Of how many; 0 before that is known.
        of: usize,
        /// The step in words.
        words: String,
    },
    /// A card is through, and is to be taken off.
    TakeOff {
        /// Where it goes.
        into: Tray,
        /// The order that it was for.
        order: Option<i64>,
        /// Why, by its code.
        code: Option<String>,
        /// Why, in words.
        words: String,
    },
    /// It cannot present cards.
    Trouble {
        /// Why, by its code.
        code: String,
        /// Why, and what to do.
        words: String,
    },
    /// A call into its driver does not return.
    Hung,
    /// It was taken away, or its driver is gone.
    Gone,
    /// It would go on, and the station is paused.
    Paused,
}

/// Where a card goes that is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "whoever shows it has to show each")]
pub enum Tray {
    /// It is done.
    Good,
    /// It is of no use.
    Reject,
    /// Somebody has to look after it: it may bear keys and is not done.
    Aside,
    /// On a reader again: the rest is done then.
    BackOn,
}

/// The end of an attempt at an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "tests of what shows it put it together")]
pub struct End {
    /// By what this end is known: no other one has it.
    pub number: i64,
    /// When.
    pub at: i64,
    /// The reader, empty where it came to none.
    pub reader: String,
    /// The order.
    pub order: i64,
    /// How it ended, as receipts name it.
    pub outcome: String,
    /// Why, by its code.
    pub code: Option<String>,
    /// Why, in the words of the code's table.
    pub words: String,
    /// The worst grade of what its card proved.
    pub grade: String,
    /// Where its order stands by now.
    pub seen: Seen,
    /// What somebody may do about it.
    pub may: Vec<Deed>,
}

/// Where an order stood when somebody saw it. What is to be done about it is refused where it stands elsewhere
/// by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "a form brings it back")]
pub struct Seen {
    /// Its state's [name](OrderState::name).
    pub state: &'static str,
    /// How often it was claimed.
    pub fence: i64,
}

impl Seen {
    /// An order in that state, claimed so often.
    #[must_use]
    pub const fn new(state: OrderState, fence: i64) -> Self {
        Self { state: state.name(), fence }
    }
}

/// What somebody does about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "whoever shows it has to show each")]
pub enum Deed {
    /// What is poison goes back into the line.
    Retry,
    /// Its card is of no use.
    Spoiled,
    /// Nobody knows where its card is.
    Lost,
    /// Its card was destroyed.
    Destroyed,
    /// Its card came back.
    Returned,
    /// It is to have another card in place of the one that was reported.
    AnotherCard,
    /// Its card leaves the house.
    Release,
    /// It is withdrawn.
    Cancel,
}

impl Deed {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Retry,
        Self::Spoiled,
        Self::Lost,
        Self::Destroyed,
        Self::Returned,
        Self::AnotherCard,
        Self::Release,
        Self::Cancel,
    ];

    /// Its name, as forms and addresses have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Spoiled => "spoiled",
            Self::Lost => "lost",
            Self::Destroyed => "destroyed",
            Self::Returned => "returned",
            Self::AnotherCard => "another-card",
            Self::Release => "release",
            Self::Cancel => "cancel",
        }
    }

    /// What it says of a card, where it does.
    #[must_use]
    pub const fn fate(self) -> Option<Fate> {
        match self {
            Self::Spoiled => Some(Fate::Spoiled),
            Self::Lost => Some(Fate::Lost),
            Self::Destroyed => Some(Fate::Destroyed),
            Self::Returned => Some(Fate::Returned),
            Self::Retry | Self::AnotherCard | Self::Release | Self::Cancel => None,
        }
    }
}

/// What ended within the last hour, by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "tests of what shows it put it together")]
pub struct Hour {
    /// Done, or found to be done.
    pub done: u64,
    /// Written, and not all of it proven.
    pub written: u64,
    /// Refused.
    pub refused: u64,
    /// Begun, and not done.
    pub failed: u64,
    /// Begun, and nobody has told yet how it ended.
    pub unknown: u64,
    /// Milliseconds that a card which was done took on the mean, from its presentation; 0 without one, or
    /// where this process has seen none.
    pub mean: u64,
}

/// What is to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "tests of what shows it put it together")]
pub struct Line {
    /// Orders that wait.
    pub waiting: u64,
    /// Orders that a station has.
    pub at_station: u64,
    /// Orders whose card is to be released.
    pub encoded: u64,
    /// Orders that are out of the line until somebody says so.
    pub poison: u64,
    /// Orders that ask for their card, the first ones of them.
    pub wanted: Vec<Wanted>,
}

/// An order that asks for its card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "tests of what shows it put it together")]
pub struct Wanted {
    /// The order.
    pub order: i64,
    /// The card, as in [`Doing::WaitsForSame`].
    pub card: String,
    /// Where the order stands.
    pub seen: Seen,
    /// What somebody may do about it.
    pub may: Vec<Deed>,
}

/// The sum of a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "tests of what shows it put it together")]
pub struct Lot {
    /// Its name.
    pub name: String,
    /// What is counted, in the order of the sum.
    pub rows: Vec<(&'static str, i64)>,
    /// The sum as one line, and how many cards are not accounted for.
    pub sum: String,
}

/// The way to see the floor, now and whenever it changes.
pub type Sight = watch::Receiver<Arc<Floor>>;

/// Where the floor is written, and a first sight of it.
#[must_use]
pub fn board(floor: Floor) -> (watch::Sender<Arc<Floor>>, Sight) {
    watch::channel(Arc::new(floor))
}
