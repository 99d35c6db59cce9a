// SPDX-License-Identifier: MIT OR Apache-2.0
//! What decides about an order; what it is for stands elsewhere.

/// The store's number for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a number")]
pub struct OrderId(pub i64);

impl core::fmt::Display for OrderId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "each has to be decided about")]
pub enum OrderState {
    /// In the line. If it has a card, it asks for that one.
    Waiting,
    /// A station has it under a lease, and waits for a card.
    Claimed,
    /// What is going to be written is stored with the card's mark. The card may have been changed since.
    Intended,
    /// Its card is done, and not released yet.
    Encoded,
    /// Its card was released.
    Done,
    /// Withdrawn; it has no card.
    Cancelled,
    /// Tried too often, or of no use as it is. Out of the line until somebody says *retry*.
    Poison,
    /// Its personal part and its key are gone.
    Erased,
}

impl OrderState {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Claimed,
        Self::Intended,
        Self::Encoded,
        Self::Done,
        Self::Cancelled,
        Self::Poison,
        Self::Erased,
    ];

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Its name, which stores keep.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Claimed => "claimed",
            Self::Intended => "intended",
            Self::Encoded => "encoded",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Poison => "poison",
            Self::Erased => "erased",
        }
    }

    /// Whether a station has it.
    #[must_use]
    pub const fn is_at_a_station(self) -> bool {
        matches!(self, Self::Claimed | Self::Intended)
    }
}

/// What decides about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "stores put it together")]
pub struct Order {
    /// Its number.
    pub id: OrderId,
    /// Where it stands.
    pub state: OrderState,
    /// How often it was claimed. A station tells the number that it got: who has an older one was too slow,
    /// and somebody else may have the order.
    pub fence: i64,
    /// How often it was tried in vain since somebody last said *retry*.
    pub tries: u16,
    /// A card of it was reported, and nobody gave a reason yet why it is to have another one.
    pub held: bool,
    /// Its card is a sample: nobody gets it.
    pub sample: bool,
    /// Its card is released once it is encoded, without somebody's word.
    pub at_once: bool,
}

impl Order {
    /// An order that was put in line.
    #[must_use]
    pub const fn new(id: OrderId) -> Self {
        Self {
            id,
            state: OrderState::Waiting,
            fence: 0,
            tries: 0,
            held: false,
            sample: false,
            at_once: true,
        }
    }
}
