// SPDX-License-Identifier: MIT OR Apache-2.0
//! The floor is drawn anew whenever something rang, and at least every second.

use core::time::Duration;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::Instant;

use cardwright::station;

use super::super::floor::{Doing, Floor, Reader};
use super::Engine;
use super::books::{Books, now};
use super::desk::Desk;

/// How long nothing may ring before it is drawn all the same: readers may hang, hours go by.
const LOOK: Duration = Duration::from_secs(1);

/// How long what rings is gathered.
const GATHER: Duration = Duration::from_millis(60);

/// How often the books are read at most, and at least: other stations write in them, too.
const BOOKS: Duration = Duration::from_millis(400);
const OTHERS: Duration = Duration::from_secs(2);

/// How often the stock is summed up.
const STOCK: Duration = Duration::from_secs(5);

/// How often orders are erased whose time is over.
const ERASE: Duration = Duration::from_secs(10 * 60);

impl Engine {
    /// Reads what happened within the last hour, as before a crash.
    pub(super) fn remember(&self) {
        let mut books = Books::default();
        if self.read(&mut books, true) {
            self.draw(&books);
        }
    }

    /// Draws the floor until the station has ended.
    pub(super) fn paint(&self) {
        let mut books = Books::default();
        let (mut heard, mut known) = (0, 0);
        let mut read: Option<Instant> = None;
        let mut summed: Option<Instant> = None;
        let mut erased: Option<Instant> = None;
        loop {
            let (booked, closed) = self.wait(&mut heard);
            let age = read.map(|read| read.elapsed());
            if age.is_none_or(|age| age >= OTHERS || (booked != known && age >= BOOKS)) {
                // What could not be read is tried again with the next look.
                let first = read.is_none();
                if self.read(&mut books, first) {
                    read = Some(Instant::now());
                    known = booked;
                }
            }
            if let Some(lot) = &self.0.lot
                && summed.is_none_or(|summed| summed.elapsed() >= STOCK)
                && books.read_stock(self, lot).is_ok()
            {
                summed = Some(Instant::now());
            }
            if erased.is_none_or(|erased| erased.elapsed() >= ERASE) {
                self.erase();
                erased = Some(Instant::now());
            }
            self.draw(&books);
            if closed && self.0.eye.desk().draining {
                return;
            }
        }
    }

    /// Erases the orders whose time is over.
    fn erase(&self) {
        match self.spooler().erase_due() {
            Ok(0) => {}
            Ok(erased) => tracing::info!(erased, "orders whose time is over are erased"),
            Err(error) => tracing::warn!(%error, "orders whose time is over are not erased"),
        }
    }

    fn read(&self, books: &mut Books, first: bool) -> bool {
        let call = |mark| self.0.eye.desk().call(mark);
        let hour = if first { books.read_hour(self) } else { Ok(()) };
        let read = hour.and_then(|()| books.read(self, call));
        if let Err(error) = &read {
            tracing::warn!(%error, "the books cannot be read");
        }
        read.is_ok()
    }

    /// Waits until something rings; how often the books were otherwise, and whether all is over.
    fn wait(&self, heard: &mut u64) -> (u64, bool) {
        let eye = &self.0.eye;
        let mut desk = eye.desk();
        if desk.rung == *heard {
            let waited = eye.bell.wait_timeout(desk, LOOK);
            desk = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(desk);
        thread::sleep(GATHER);
        let desk = eye.desk();
        *heard = desk.rung;
        (desk.booked, desk.closed)
    }

    fn draw(&self, books: &Books) {
        let states = self.0.handle.readers();
        let mut desk = self.0.eye.desk();
        let paused = desk.paused;
        settle(&mut desk, &states);
        let readers = desk.readers.iter().map(|(name, view)| {
            let waits = matches!(
                view.doing,
                Doing::Idle | Doing::WaitsForBlank { .. } | Doing::WaitsForSame { .. }
            );
            let doing = if paused && waits { Doing::Paused } else { view.doing.clone() };
            Reader { name: name.clone(), since: view.since, doing }
        });
        let floor = Floor {
            station: self.0.name.clone(),
            paused,
            halted: desk.halted.clone(),
            draining: desk.draining,
            readers: readers.collect(),
            ends: books.ends.clone(),
            hour: books.hour(&desk.times),
            line: books.line.clone(),
            stock: books.stock.clone(),
        };
        drop(desk);
        let draw = |shown: &mut Arc<Floor>| {
            let other = **shown != floor;
            if other {
                *shown = Arc::new(floor);
            }
            other
        };
        let _drawn = self.0.board.send_if_modified(draw);
    }
}

/// Lets come what stood behind something that was shown for a while, and idle what has nothing to do.
fn settle(desk: &mut Desk, states: &[station::ReaderState]) {
    let time = now();
    for (name, view) in &mut desk.readers {
        let state = states.iter().find(|state| state.name == *name);
        let idle = state.is_some_and(|state| state.doing == station::Doing::Idle);
        if view.until > time {
            continue;
        }
        if let Some(behind) = view.behind.take() {
            view.shows(behind);
        } else if idle && !matches!(view.doing, Doing::Trouble { .. } | Doing::Hung | Doing::Gone) {
            view.shows(Doing::Idle);
        }
    }
}
