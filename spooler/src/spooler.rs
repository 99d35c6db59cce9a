// SPDX-License-Identifier: MIT OR Apache-2.0
//! The books of one tenant: every change is one transaction, and every one asks [`next`].

mod chain;
mod claim;
mod erase;
mod intake;
mod put;
mod receive;
mod say;
mod stock;

pub use self::chain::Checked;
pub use self::claim::{At, Claim, Serves};
pub use self::intake::Batch;
pub use self::put::{Policy, Put, Taken};
pub use self::receive::Received;
pub use self::stock::Account;

use core::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::flow::{Card, CardState, Case, Event, Mark, Order, OrderId, OrderState, next};
use crate::personal::Personal;
use crate::rows::{Attempt, CardRow, OrderRow, Store, Tx};
use crate::tenant::Tenant;

/// The orders of one tenant in a store. Clones are of the same.
#[derive(Clone)]
pub struct Spooler {
    store: Arc<dyn Store>,
    tenant: Arc<Tenant>,
    /// How whoever speaks saw the order.
    seen: Option<(OrderState, i64)>,
}

impl fmt::Debug for Spooler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spooler({})", self.tenant.name)
    }
}

/// An order with its cards as they were before an event.
struct Open {
    row: OrderRow,
    cards: Vec<CardRow>,
}

impl Open {
    fn case(&self) -> Case {
        Case { order: self.row.order, cards: self.cards.iter().map(|row| row.card).collect() }
    }
}

impl Spooler {
    /// The orders of this tenant in that store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, tenant: Tenant) -> Self {
        Self { store, tenant: Arc::new(tenant), seen: None }
    }

    /// The same books, for somebody who saw an order in that state and at that claim (its fence): what they
    /// say of it is refused where it stands elsewhere by now ([`Error::SeenOtherwise`]), in the transaction
    /// that would do it.
    #[must_use]
    pub fn as_seen(&self, state: OrderState, fence: i64) -> Self {
        Self { seen: Some((state, fence)), ..self.clone() }
    }

    /// For whom.
    #[must_use]
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// An order as it stands.
    ///
    /// # Errors
    /// [`Error::NoOrder`]; [`Error::Store`].
    pub fn order(&self, order: OrderId) -> Result<OrderRow, Error> {
        self.run(|tx| tx.order(order)?.ok_or(Error::NoOrder { order }))
    }

    /// Its cards.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn cards(&self, order: OrderId) -> Result<Vec<CardRow>, Error> {
        self.run(|tx| Ok(tx.cards_of(order)?))
    }

    /// A card, where it was in the field once.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn card(&self, mark: Mark) -> Result<Option<CardRow>, Error> {
        self.run(|tx| Ok(tx.card(mark)?))
    }

    /// What was tried with it, oldest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn attempts(&self, order: OrderId) -> Result<Vec<Attempt>, Error> {
        self.run(|tx| Ok(tx.attempts(order)?))
    }

    /// Orders that stand there, oldest first, at most so many.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn orders_in(&self, state: OrderState, most: i64) -> Result<Vec<OrderId>, Error> {
        self.run(|tx| Ok(tx.orders_in(state.name(), OrderId(0), most)?))
    }

    /// Orders that stand there behind that one, oldest first, at most so many: a page of a list.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn page(
        &self,
        state: OrderState,
        after: OrderId,
        most: i64,
    ) -> Result<Vec<OrderRow>, Error> {
        self.run(|tx| {
            let orders = tx.orders_in(state.name(), after, most)?;
            Self::rows(tx, &orders)
        })
    }

    /// Orders that wait for the card that they were meant for, at most so many of the last ones and as many
    /// of those that are poison.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn wanting(&self, most: i64) -> Result<Vec<OrderRow>, Error> {
        self.run(|tx| {
            let mut orders = tx.orders_wanting(most)?;
            orders.extend(tx.orders_in(OrderState::Poison.name(), OrderId(0), most)?);
            Self::rows(tx, &orders)
        })
    }

    /// What a station tried last, newest first, below that number, and where the order of each stands now.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn last_attempts(
        &self,
        station: &str,
        below: i64,
        most: i64,
    ) -> Result<Vec<(i64, Attempt, OrderRow)>, Error> {
        self.run(|tx| {
            let mut last = Vec::new();
            for (number, attempt) in tx.last_attempts(station, below, most)? {
                let row = tx.order(attempt.order)?;
                last.extend(row.map(|row| (number, attempt, row)));
            }
            Ok(last)
        })
    }

    fn rows(tx: &mut dyn Tx, orders: &[OrderId]) -> Result<Vec<OrderRow>, Error> {
        let mut rows = Vec::new();
        for order in orders {
            rows.extend(tx.order(*order)?);
        }
        Ok(rows)
    }

    /// How many orders stand there.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn count(&self, state: OrderState) -> Result<i64, Error> {
        self.run(|tx| Ok(tx.count_orders(state.name())?))
    }

    /// The order that a reference of the caller's is.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn find(&self, reference: &str) -> Result<Option<OrderId>, Error> {
        let name = self.name_of(reference);
        self.run(|tx| Ok(tx.order_named(&name)?))
    }

    /// What stands for a reference in receipts.
    fn name_of(&self, reference: &str) -> [u8; 32] {
        self.tenant.key.name("reference", reference.as_bytes())
    }

    fn run<T>(&self, mut work: impl FnMut(&mut dyn Tx) -> Result<T, Error>) -> Result<T, Error> {
        let mut found = None;
        self.store.transact(&self.tenant.name, &mut |tx| {
            found = Some(work(tx)?);
            Ok(())
        })?;
        // A store that ends well has done the work.
        found.ok_or(Error::Form { what: "the answer of the store" })
    }

    /// An order that somebody says something of.
    fn open_as_seen(
        &self,
        tx: &mut dyn Tx,
        order: OrderId,
        card: Option<Mark>,
    ) -> Result<Open, Error> {
        let open = Self::open(tx, order, card)?;
        let Order { state, fence, .. } = open.row.order;
        if self.seen.is_some_and(|seen| seen != (state, fence)) {
            return Err(Error::SeenOtherwise { order, state });
        }
        Ok(open)
    }

    fn open(tx: &mut dyn Tx, order: OrderId, card: Option<Mark>) -> Result<Open, Error> {
        let row = tx.order(order)?.ok_or(Error::NoOrder { order })?;
        let mut cards = tx.cards_of(order)?;
        if let Some(mark) = card.filter(|mark| cards.iter().all(|row| row.card.mark != *mark)) {
            cards.extend(tx.card(mark)?);
        }
        Ok(Open { row, cards })
    }

    /// Lets an event happen, and writes down what it changes.
    fn happen(
        &self,
        tx: &mut dyn Tx,
        open: Open,
        event: &Event,
        lot: Option<&str>,
    ) -> Result<(OrderRow, Case), Error> {
        let before = open.case();
        let after = next(&before, event, &self.tenant.rules)?;
        let now = tx.now()?;
        for card in &after.cards {
            let was = open.cards.iter().find(|row| row.card.mark == card.mark);
            if was.is_some_and(|was| was.card == *card) {
                continue;
            }
            let lot = was.and_then(|was| was.lot.clone()).or_else(|| lot.map(str::to_owned));
            let row = CardRow { card: *card, lot, since: now };
            if was.is_some() { tx.save_card(&row) } else { tx.add_card(&row) }?;
            self.block_or_not(tx, &open.row, was.map(|was| was.card.state), card)?;
        }
        let mut row = OrderRow { order: after.order, ..open.row };
        settle(&mut row, before.order.state, &after, now);
        tx.save_order(&row)?;
        Ok((row, after))
    }

    /// A card that is lost goes on the list to block, and off it when it comes back.
    fn block_or_not(
        &self,
        tx: &mut dyn Tx,
        row: &OrderRow,
        was: Option<CardState>,
        card: &Card,
    ) -> Result<(), Error> {
        if card.state != CardState::Lost {
            return if was == Some(CardState::Lost) { Ok(tx.unblock(card.mark)?) } else { Ok(()) };
        }
        let control = match tx.personal(card.order)? {
            Some(envelope) => {
                let open = self.tenant.key.wrap().unwrap(&row.name, &envelope)?;
                let personal = Personal::from_bytes(open.expose_secret())?;
                zeroize::Zeroizing::new(personal.control.clone().unwrap_or_default())
            }
            // Erased before: the mark alone is left to tell.
            None => zeroize::Zeroizing::default(),
        };
        let sealed = self.tenant.key.seal_block(&card.mark.0, control.as_bytes())?;
        Ok(tx.block(card.mark, &sealed)?)
    }
}

/// What follows from where an order stands.
fn settle(row: &mut OrderRow, before: OrderState, after: &Case, now: i64) {
    let state = after.order.state;
    row.wants = after.live().filter(|card| card.state.is_in_hand()).map(|card| card.mark);
    if !state.is_at_a_station() {
        row.lease = None;
        row.station = None;
    }
    if state != before {
        row.ended = match state {
            OrderState::Done | OrderState::Cancelled | OrderState::Poison => Some(now),
            OrderState::Erased => row.ended,
            OrderState::Waiting
            | OrderState::Claimed
            | OrderState::Intended
            | OrderState::Encoded => None,
        };
    }
    // As long as a card is out there its number is not free; then nothing needs it any more.
    if state == OrderState::Erased && after.live().is_none() {
        row.number = None;
    }
}
