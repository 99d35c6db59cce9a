// SPDX-License-Identifier: MIT OR Apache-2.0
//! What people do beside the stations: they put orders in line, try again what is poison, and give cards up.

use core::fmt;
use std::time::{Duration, Instant};

use super::counter::Counter;
use super::until;
use crate::Arguments;
use crate::link::{self, Link};
use crate::shared::{Chance, Failure};
use crate::toll::Toll;

/// How often they look.
const ROUND: Duration = Duration::from_millis(500);

/// One card in so many orders is given up.
const GIVEN_UP: u32 = 50;

/// So many orders are in line at least, while there are any.
const IN_LINE: u32 = 2;

/// So many times as many orders as were asked for there are at most, until every state had its kills.
pub(super) const AT_MOST: u32 = 3;

/// What they did.
pub(super) struct People {
    counter: Box<dyn Counter>,
    orders: u32,
    at_most: u32,
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
    pub(super) fn new(arguments: &Arguments, counter: Box<dyn Counter>) -> Self {
        let (chance, looked) = (Chance::new(arguments.seed ^ 0x9E0), Instant::now());
        Self {
            counter,
            orders: arguments.orders,
            at_most: arguments.orders.saturating_mul(AT_MOST),
            kills: arguments.kills,
            put: 0,
            names: String::new(),
            chance,
            looked,
            retried: 0,
            given_up: 0,
            restarts: 0,
        }
    }

    /// Whether all orders are done, and have had their kills.
    pub(super) fn are_content(&self, toll: &Toll, done: u32) -> bool {
        let (met, wanted) = toll.met(self.kills);
        done >= self.orders && (met == wanted || self.orders >= self.at_most)
    }

    /// How many orders are done.
    pub(super) fn done(&mut self) -> Result<u32, Failure> {
        until(|| self.counter.done())
    }

    /// Puts orders in line, as many of them as there are kills of those that there have to be: cards are made
    /// faster than stations are killed.
    pub(super) fn put(&mut self, toll: &Toll, done: u32) -> Result<(), Failure> {
        let (met, wanted) = toll.met(self.kills);
        // Where chance leaves kills over, there is another order to have them on.
        if met < wanted && done >= self.orders && self.orders < self.at_most {
            self.orders += 1;
        }
        // The last quarter comes when all kills are done.
        let share = if met < wanted { self.orders * 3 / 4 } else { self.orders };
        let due = share.saturating_mul(met).checked_div(wanted).unwrap_or(share);
        let due = if self.put == done { due.max(done + IN_LINE) } else { due };
        while self.put < due.min(self.orders) {
            self.put += 1;
            let number = self.put;
            let name = until(|| self.counter.put(number))?;
            self.names += &format!("{number}\t{name}\n");
        }
        Ok(())
    }

    /// What the orders are called: number, tab, name.
    pub(super) fn names(&self) -> &str {
        &self.names
    }

    pub(super) fn look(&mut self, outside: &mut Link) -> Result<(), Failure> {
        // Orders that ask for their cards do not wait for long.
        if self.given_up < self.put / GIVEN_UP && self.chance.percent(25) {
            self.give_up(outside)?;
        }
        if self.looked.elapsed() < ROUND {
            return Ok(());
        }
        self.looked = Instant::now();
        for order in until(|| self.counter.poison())? {
            self.retried += u32::from(until(|| self.counter.retry(order))?);
        }
        Ok(())
    }

    /// Somebody says that a card that an order asks for is of no use, and lets the order have another one.
    fn give_up(&mut self, outside: &mut Link) -> Result<(), Failure> {
        let wanted = until(|| self.counter.wanted())?;
        let Some((order, card)) = self.chance.pick(&wanted) else { return Ok(()) };
        // Where a station has it by now, it is not given up. Said to somebody who went away meanwhile, it may be
        // in the books although nobody heard so.
        if until(|| self.counter.spoiled(order, card))? {
            outside.order(link::SPOIL, card.to_string().as_bytes())?;
            let _let = until(|| self.counter.another_card(order))?;
            self.given_up += 1;
        }
        Ok(())
    }
}

impl fmt::Display for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { retried, given_up, restarts, .. } = self;
        write!(f, "{retried} orders tried again, {given_up} cards given up, {restarts} restarts")
    }
}
