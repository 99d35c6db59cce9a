// SPDX-License-Identifier: MIT OR Apache-2.0
//! What people do beside the stations: they put orders in line, try again what is poison, and give cards up.

use core::fmt;
use std::time::{Duration, Instant};

use cardwright::{Profile, Record};
use cardwright_spooler::flow::{Card, CardState, Fate, OrderState, Reason, Word};
use cardwright_spooler::{Error, Put, Spooler};

use super::until;
use crate::Arguments;
use crate::link::{self, Link};
use crate::shared::{Chance, Failure, profile, records};
use crate::toll::Toll;

/// How often they look.
const ROUND: Duration = Duration::from_millis(500);

/// One card in so many orders is given up.
const GIVEN_UP: u32 = 50;

/// So many orders are in line at least, while there are any.
const IN_LINE: u32 = 2;

/// What they did.
pub(super) struct People {
    profile: Profile,
    records: std::vec::IntoIter<Record>,
    orders: u32,
    kills: u32,
    put: u32,
    names: String,
    chance: Chance,
    looked: Instant,
    retried: u32,
    given_up: u32,
    pub(super) restarts: u32,
}

impl People {
    pub(super) fn new(arguments: &Arguments) -> Result<Self, Failure> {
        let profile = profile()?;
        let records = records(&profile, arguments.orders)?.entries.into_iter();
        let records: Vec<_> = records.collect::<Result<_, _>>()?;
        let (chance, looked) = (Chance::new(arguments.seed ^ 0x9E0), Instant::now());
        Ok(Self {
            profile,
            records: records.into_iter(),
            orders: arguments.orders,
            kills: arguments.kills,
            put: 0,
            names: String::new(),
            chance,
            looked,
            retried: 0,
            given_up: 0,
            restarts: 0,
        })
    }

    /// Puts orders in line, as many of them as there are kills of those that there have to be: cards are made
    /// faster than stations are killed.
    pub(super) fn put(&mut self, toll: &Toll, done: u32, spooler: &Spooler) -> Result<(), Failure> {
        let (met, wanted) = toll.met(self.kills);
        // The last quarter comes when all kills are done.
        let share = if met < wanted { self.orders * 3 / 4 } else { self.orders };
        let due = share.saturating_mul(met).checked_div(wanted).unwrap_or(share);
        let due = if self.put == done { due.max(done + IN_LINE) } else { due };
        while self.put < due.min(self.orders) {
            let record = self.records.next().ok_or("there are less records than orders")?;
            self.put += 1;
            let number = self.put.to_string();
            let put = Put::new(format!("order-{number}"), &self.profile, record);
            let put = put.with_number("North", &*number);
            let order = until(|| Ok(spooler.put(&put)?))?.order;
            let name = until(|| Ok(spooler.order(order)?))?.name;
            self.names += &format!("{number}\t{}\n", hex::encode(name));
        }
        Ok(())
    }

    /// What the orders are called: number, tab, name.
    pub(super) fn names(&self) -> &str {
        &self.names
    }

    pub(super) fn look(&mut self, spooler: &Spooler, outside: &mut Link) -> Result<(), Failure> {
        // Orders that ask for their cards do not wait for long.
        if self.given_up < self.put / GIVEN_UP && self.chance.percent(25) {
            self.give_up(spooler, outside)?;
        }
        if self.looked.elapsed() < ROUND {
            return Ok(());
        }
        self.looked = Instant::now();
        for order in until(|| Ok(spooler.orders_in(OrderState::Poison, i64::MAX)?))? {
            self.retried += u32::from(said(|| spooler.retry(order, "foreman"))?);
        }
        Ok(())
    }

    /// Somebody says that a card that an order asks for is of no use, and lets the order have another one.
    fn give_up(&mut self, spooler: &Spooler, outside: &mut Link) -> Result<(), Failure> {
        let wanted = until(|| Ok(spooler.wanted(100)?))?;
        let Some((order, card)) = self.chance.pick(&wanted) else { return Ok(()) };
        let word = Word { by: "foreman".to_owned(), reason: Reason::Faulty, second: None };
        // Where a station has it by now, it is not given up. Said to a server that went away meanwhile, it may
        // be in the books although nobody heard so.
        let _said = said(|| spooler.report(order, card, Fate::Spoiled, &word))?;
        let row = until(|| Ok(spooler.card(card)?))?;
        // One that was done in the meantime stays out there: its order is done, and gets no other.
        let given_up = |card: Card| card.state == CardState::Spoiled && !card.released;
        if row.is_some_and(|row| given_up(row.card)) {
            outside.order(link::SPOIL, card.to_string().as_bytes())?;
            let _let = said(|| spooler.another_card(order, &word))?;
            self.given_up += 1;
        }
        Ok(())
    }
}

/// Whether the books take it. While they are away it is said again.
fn said(mut say: impl FnMut() -> Result<(), Error>) -> Result<bool, Failure> {
    until(|| match say() {
        Ok(()) => Ok(true),
        Err(Error::Refused(_)) => Ok(false),
        Err(other) => Err(other.into()),
    })
}

impl fmt::Display for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { retried, given_up, restarts, .. } = self;
        write!(f, "{retried} orders tried again, {given_up} cards given up, {restarts} restarts")
    }
}
