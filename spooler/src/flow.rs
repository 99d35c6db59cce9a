// SPDX-License-Identifier: MIT OR Apache-2.0
//! What may happen to an order and to its cards: one pure function, [`next`], which every store asks and
//! which `tests/model/orders.rs` walks whole.
//!
//! An order has at most one card that is not spoiled, destroyed, lost or returned. Whatever would give it a
//! second one is refused, or its card goes on the list of what has to be destroyed.
//!
//! ```text
//! waiting ──claim──▶ claimed ──intent──▶ intended ──receipt──▶ encoded ──release──▶ done
//!    ▲                  │                    │                    │
//!    └──── given back, lease over, not done ─┴── card reported ───┘
//! ```
//!
//! Beside the line stand `cancelled`, `poison` (tried too often, until somebody says *retry*) and `erased`.

mod card;
mod event;
mod next;
mod order;
mod refusal;
mod word;

pub use card::{Card, CardState, Mark};
pub use event::{Ended, Event, Fate, Fault};
pub use next::next;
pub use order::{Order, OrderId, OrderState};
pub use refusal::Refusal;
pub use word::{Deed, Reason, Rules, Word};

/// What an event is decided on: an order, its cards, and the card that the event is about, whosever it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "stores put it together")]
pub struct Case {
    /// The order.
    pub order: Order,
    /// Every card that was ever bound to it, and the one in question where that is known at all.
    pub cards: Vec<Card>,
}

impl Case {
    /// The order's card that is not spoiled, destroyed, lost or returned.
    #[must_use]
    pub fn live(&self) -> Option<&Card> {
        self.lives().next()
    }

    /// Whether the order has at most one such card, which is what everything here is for.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.lives().count() <= 1
    }

    fn lives(&self) -> impl Iterator<Item = &Card> {
        self.cards.iter().filter(|card| card.order == self.order.id && card.state.is_live())
    }
}
