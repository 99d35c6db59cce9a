// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card, known by its mark.

use core::fmt;

use super::OrderId;

/// By what a card is known again: the HMAC of its UID under the tenant's receipt key, as its receipts tell it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "32 bytes")]
pub struct Mark(pub [u8; 32]);

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Mark {
    /// Reads a mark as a receipt has it: 64 hexadecimal digits.
    #[must_use]
    pub fn parse(digits: &str) -> Option<Self> {
        let mut mark = [0; 32];
        if digits.len() != 64 || !digits.is_ascii() {
            return None;
        }
        for (slot, at) in mark.iter_mut().zip((0..64).step_by(2)) {
            *slot = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(mark))
    }
}

/// What is known of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "each has to be counted somewhere")]
pub enum CardState {
    /// An intent names it, and nobody said yet that it was changed.
    InHand,
    /// It bears keys of ours, or may, and is not done.
    Keyed,
    /// It has proved that it is done.
    Encoded,
    /// It was released.
    Good,
    /// Somebody said that it is of no use; it waits to be destroyed.
    Spoiled,
    /// It was destroyed.
    Destroyed,
    /// Nobody knows where it is.
    Lost,
    /// It came back: untouched or made blank, which is stock again, or from its holder.
    Returned,
    /// It was released, and is nobody's: a sample.
    Sample,
}

impl CardState {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::InHand,
        Self::Keyed,
        Self::Encoded,
        Self::Good,
        Self::Spoiled,
        Self::Destroyed,
        Self::Lost,
        Self::Returned,
        Self::Sample,
    ];

    /// Whether an order with such a card may have no other.
    #[must_use]
    pub const fn is_live(self) -> bool {
        match self {
            Self::InHand | Self::Keyed | Self::Encoded | Self::Good | Self::Sample => true,
            Self::Spoiled | Self::Destroyed | Self::Lost | Self::Returned => false,
        }
    }

    /// Whether it is still to be made, or to be released: somebody has it in hand.
    #[must_use]
    pub const fn is_in_hand(self) -> bool {
        matches!(self, Self::InHand | Self::Keyed | Self::Encoded)
    }

    /// Its name, which stores keep.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InHand => "in-hand",
            Self::Keyed => "keyed",
            Self::Encoded => "encoded",
            Self::Good => "good",
            Self::Spoiled => "spoiled",
            Self::Destroyed => "destroyed",
            Self::Lost => "lost",
            Self::Returned => "returned",
            Self::Sample => "sample",
        }
    }
}

/// A card that was in the field once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "stores put it together")]
pub struct Card {
    /// Its mark.
    pub mark: Mark,
    /// The order that it was bound to last.
    pub order: OrderId,
    /// What is known of it.
    pub state: CardState,
    /// Whether it was released once: it left the house.
    pub released: bool,
}

impl Card {
    /// Whether it is as blank as one that nobody has seen.
    #[must_use]
    pub fn is_stock(&self) -> bool {
        self.state == CardState::Returned && !self.released
    }
}
