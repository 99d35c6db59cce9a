// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why something does not happen.

use super::{CardState, Deed, Fate, Mark, OrderId, OrderState, Reason};

/// Why an event does not happen. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The order stands elsewhere.
    #[error("the order is {}", state.name())]
    OrderIs {
        /// Where.
        state: OrderState,
    },
    /// A card of the order was reported.
    #[error("a card of this order was reported: give a reason why it is to have another one")]
    Held,
    /// Nothing of the order was reported.
    #[error("no card of this order was reported: it needs no word to be made")]
    NotHeld,
    /// The lease was over, and somebody else may have the order.
    #[error("the lease of this order was over before: claim it again")]
    LeaseOver,
    /// The order has a card already.
    #[error("this order was meant for another card ({wants}): present that one, or report it")]
    WantsItsCard {
        /// The card that it was meant for.
        wants: Mark,
    },
    /// The card is another order's.
    #[error("this card is that of order {order}: present another one here")]
    OtherOrders {
        /// The other order.
        order: OrderId,
    },
    /// The card was reported.
    #[error("this card is {} in the books: put it aside", state.name())]
    CardIs {
        /// As what.
        state: CardState,
    },
    /// The card is none of the order's.
    #[error("this card was never one of this order")]
    NotItsCard,
    /// A station has the order, and perhaps the card.
    #[error("a station has this order: wait until it is through, or its lease is over")]
    AtStation,
    /// A card of the order is in hand.
    #[error("a card of this order is {} and in hand ({card}): report it first", state.name())]
    CardInHand {
        /// The card.
        card: Mark,
        /// What is known of it.
        state: CardState,
    },
    /// Not of such a card.
    #[error("a card that is {} cannot become {fate:?}", state.name())]
    Fate {
        /// What is known of it.
        state: CardState,
        /// What it is said to have become.
        fate: Fate,
    },
    /// A reason for something else.
    #[error("{} is no reason for this: choose another one", reason.name())]
    OtherReason {
        /// What it is to be the reason for.
        deed: Deed,
        /// The reason.
        reason: Reason,
    },
    /// The tenant wants a second person's word.
    #[error("this takes a second person, another than the first")]
    SecondPerson {
        /// For what.
        deed: Deed,
    },
}
