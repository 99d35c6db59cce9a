// SPDX-License-Identifier: MIT OR Apache-2.0
//! What people say of orders and cards. Each is written down with who said it.

use zeroize::Zeroizing;

use super::Spooler;
use crate::error::Error;
use crate::flow::{Event, Fate, Mark, OrderId, OrderState, Word};
use crate::rows::Tx;

impl Spooler {
    /// The encoded card leaves the house.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Store`].
    pub fn release(&self, order: OrderId, by: &str) -> Result<(), Error> {
        self.say(order, &Event::Release, "released", by)
    }

    /// Withdraws an order that has no card.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Store`].
    pub fn cancel(&self, order: OrderId, by: &str) -> Result<(), Error> {
        self.say(order, &Event::Cancel, "cancelled", by)
    }

    /// Puts what is poison back into the line.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Store`].
    pub fn retry(&self, order: OrderId, by: &str) -> Result<(), Error> {
        self.say(order, &Event::Retry, "retried", by)
    }

    fn say(&self, order: OrderId, event: &Event, what: &str, by: &str) -> Result<(), Error> {
        self.run(|tx| {
            let open = self.open_as_seen(tx, order, None)?;
            self.happen(tx, open, event, None)?;
            self.audit(tx, what, by, Some(order), None)
        })
    }

    /// Says what became of a card. Where its order still waits for it, the order is held until somebody says
    /// that it is to have [another one](Spooler::another_card).
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Store`].
    pub fn report(&self, order: OrderId, card: Mark, fate: Fate, word: &Word) -> Result<(), Error> {
        let event = Event::Report { card, fate, word: word.clone() };
        self.run(|tx| {
            let open = self.open_as_seen(tx, order, Some(card))?;
            self.happen(tx, open, &event, None)?;
            self.audit(tx, name(fate), &word.by, Some(order), Some((Some(card), word)))
        })
    }

    /// Lets an order have another card in place of the one that was reported.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Store`].
    pub fn another_card(&self, order: OrderId, word: &Word) -> Result<(), Error> {
        let event = Event::AnotherCard { word: word.clone() };
        self.run(|tx| {
            let open = self.open_as_seen(tx, order, None)?;
            self.happen(tx, open, &event, None)?;
            self.audit(tx, "another card", &word.by, Some(order), Some((None, word)))
        })
    }

    /// The cards that orders wait for: somebody has them in hand, or knows what became of them.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn wanted(&self, most: i64) -> Result<Vec<(OrderId, Mark)>, Error> {
        self.run(|tx| {
            let mut wanted = Vec::new();
            for state in [OrderState::Waiting, OrderState::Poison] {
                for order in tx.orders_in(state.name(), OrderId(0), most)? {
                    let wants = tx.order(order)?.and_then(|row| row.wants);
                    wanted.extend(wants.map(|card| (order, card)));
                }
            }
            Ok(wanted)
        })
    }

    /// The cards that door controllers have to block, each with what they know it by; empty where its order
    /// was erased before it was lost.
    ///
    /// # Errors
    /// [`Error::Seal`] where the tenant's key is another one; [`Error::Store`].
    pub fn blocked(&self) -> Result<Vec<(Mark, Zeroizing<String>)>, Error> {
        let sealed = self.run(|tx: &mut dyn Tx| Ok(tx.blocked()?))?;
        let open = |(card, sealed): (Mark, Vec<u8>)| {
            let open = self.tenant.key.open_block(&card.0, &sealed)?;
            let text = core::str::from_utf8(open.expose_secret());
            let text =
                text.map_err(|_| Error::Form { what: "what a controller knows a card by" })?;
            Ok((card, Zeroizing::new(text.to_owned())))
        };
        sealed.into_iter().map(open).collect()
    }
}

const fn name(fate: Fate) -> &'static str {
    match fate {
        Fate::Spoiled => "spoiled",
        Fate::Destroyed => "destroyed",
        Fate::Lost => "lost",
        Fate::Returned => "returned",
        Fate::MadeBlank => "made blank",
    }
}
