// SPDX-License-Identifier: MIT OR Apache-2.0
//! What people do beside the stations: they try again what is poison, and give cards up.

use core::fmt;
use std::time::{Duration, Instant};

use cardwright_spooler::flow::{CardState, Fate, OrderState, Reason, Word};
use cardwright_spooler::{Error, Spooler};

use super::until;
use crate::Arguments;
use crate::link::{self, Link};
use crate::shared::{Chance, Failure};

/// How often they look.
const ROUND: Duration = Duration::from_millis(500);

/// One card in so many orders is given up.
const GIVEN_UP: u32 = 50;

/// What they did.
pub(super) struct People {
    chance: Chance,
    looked: Instant,
    most: u32,
    retried: u32,
    given_up: u32,
    pub(super) restarts: u32,
}

impl People {
    pub(super) fn new(arguments: &Arguments) -> Self {
        let (chance, looked) = (Chance::new(arguments.seed ^ 0x9E0), Instant::now());
        let most = arguments.orders.div_ceil(GIVEN_UP);
        Self { chance, looked, most, retried: 0, given_up: 0, restarts: 0 }
    }

    pub(super) fn look(&mut self, spooler: &Spooler, outside: &mut Link) -> Result<(), Failure> {
        if self.looked.elapsed() < ROUND {
            return Ok(());
        }
        self.looked = Instant::now();
        for order in until(|| Ok(spooler.orders_in(OrderState::Poison, i64::MAX)?))? {
            self.retried += u32::from(said(|| spooler.retry(order, "foreman"))?);
        }
        if self.given_up < self.most && self.chance.percent(25) {
            self.give_up(spooler, outside)?;
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
        if row.is_some_and(|row| row.card.state == CardState::Spoiled) {
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
