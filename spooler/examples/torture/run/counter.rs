// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where orders are put and what people say is taken down: in the books, or at a service in front of them.

mod http;

use cardwright::{Profile, Record};
use cardwright_spooler::flow::{Card, CardState, Fate, Mark, OrderId, OrderState, Reason, Word};
use cardwright_spooler::{Error, Put, Spooler};

use crate::shared::{Failure, profile, records};

pub(super) use http::{Front, Http};

/// Takes orders, and what people say of them.
pub(super) trait Counter {
    /// Puts the order with this credential number in line; what it is called in receipts.
    fn put(&mut self, number: u32) -> Result<String, Failure>;

    /// How many orders are done.
    fn done(&mut self) -> Result<u32, Failure>;

    /// Orders that were tried too often.
    fn poison(&mut self) -> Result<Vec<OrderId>, Failure>;

    /// Puts one back into the line; false where it stands elsewhere by now.
    fn retry(&mut self, order: OrderId) -> Result<bool, Failure>;

    /// Orders that ask for their cards, and which.
    fn wanted(&mut self) -> Result<Vec<(OrderId, Mark)>, Failure>;

    /// Says that a card is of no use; whether it counts as such, and left nobody's hands.
    fn spoiled(&mut self, order: OrderId, card: Mark) -> Result<bool, Failure>;

    /// Lets an order have another card.
    fn another_card(&mut self, order: OrderId) -> Result<bool, Failure>;
}

/// The books.
pub(super) struct Books {
    spooler: Spooler,
    profile: Profile,
    records: Vec<Record>,
}

impl Books {
    pub(super) fn new(spooler: Spooler, orders: u32) -> Result<Self, Failure> {
        let profile = profile()?;
        let records = records(&profile, orders)?.entries.into_iter();
        let records = records.collect::<Result<_, _>>()?;
        Ok(Self { spooler, profile, records })
    }
}

fn word() -> Word {
    Word { by: "foreman".to_owned(), reason: Reason::Faulty, second: None }
}

/// Whether the books take it.
fn said(said: Result<(), Error>) -> Result<bool, Failure> {
    match said {
        Ok(()) => Ok(true),
        Err(Error::Refused(_)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

impl Counter for Books {
    fn put(&mut self, number: u32) -> Result<String, Failure> {
        let at = usize::try_from(number - 1)?;
        let record = self.records.get(at).ok_or("there are less records than orders")?.clone();
        let put = Put::new(format!("order-{number}"), &self.profile, record);
        let put = put.with_number("North", number.to_string());
        let order = self.spooler.put(&put)?.order;
        Ok(hex::encode(self.spooler.order(order)?.name))
    }

    fn done(&mut self) -> Result<u32, Failure> {
        Ok(u32::try_from(self.spooler.count(OrderState::Done)?)?)
    }

    fn poison(&mut self) -> Result<Vec<OrderId>, Failure> {
        Ok(self.spooler.orders_in(OrderState::Poison, i64::MAX)?)
    }

    fn retry(&mut self, order: OrderId) -> Result<bool, Failure> {
        said(self.spooler.retry(order, "foreman"))
    }

    fn wanted(&mut self) -> Result<Vec<(OrderId, Mark)>, Failure> {
        Ok(self.spooler.wanted(100)?)
    }

    fn spoiled(&mut self, order: OrderId, card: Mark) -> Result<bool, Failure> {
        let _said = said(self.spooler.report(order, card, Fate::Spoiled, &word()))?;
        // One that was done in the meantime stays out there: its order is done, and gets no other.
        let given_up = |card: Card| card.state == CardState::Spoiled && !card.released;
        Ok(self.spooler.card(card)?.is_some_and(|row| given_up(row.card)))
    }

    fn another_card(&mut self, order: OrderId) -> Result<bool, Failure> {
        said(self.spooler.another_card(order, &word()))
    }
}
