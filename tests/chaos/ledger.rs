// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which orders were put and have not ended, and how often what happened.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

#[derive(Default)]
pub(crate) struct Ledger(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    /// Tickets of orders that were put and have not ended.
    open: BTreeSet<u64>,
    next: u64,
    put: u64,
    ended: u64,
    back: u64,
    seen: BTreeMap<String, u64>,
}

impl Ledger {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap()
    }

    /// The ticket of a new order.
    pub(crate) fn ticket(&self) -> u64 {
        let mut pages = self.pages();
        pages.next += 1;
        pages.next
    }

    /// An order is going to be put: its end may come before that returns.
    pub(crate) fn put(&self, ticket: u64) {
        let mut pages = self.pages();
        assert!(pages.open.insert(ticket), "{ticket} is put twice");
        pages.put += 1;
    }

    /// It was not taken.
    pub(crate) fn not_taken(&self, ticket: u64) {
        let mut pages = self.pages();
        assert!(pages.open.remove(&ticket), "{ticket} was not taken, and ended");
        pages.put -= 1;
        pages.count("not taken");
    }

    pub(crate) fn ended(&self, ticket: u64, how: &str) {
        let mut pages = self.pages();
        assert!(pages.open.remove(&ticket), "{ticket} ended twice, or was never put: {how}");
        pages.ended += 1;
        pages.count(how);
    }

    /// A station that stopped gave it back.
    pub(crate) fn came_back(&self, ticket: u64) {
        let mut pages = self.pages();
        assert!(pages.open.remove(&ticket), "{ticket} ended, and came back");
        pages.back += 1;
    }

    pub(crate) fn happened(&self, what: &str) {
        if !what.is_empty() {
            self.pages().count(what);
        }
    }

    pub(crate) fn open(&self) -> usize {
        self.pages().open.len()
    }

    /// An order that has not ended, from about there on.
    pub(crate) fn some(&self, chance: f64) -> Option<u64> {
        let pages = self.pages();
        let (first, last) = (*pages.open.first()?, *pages.open.last()?);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "any of them will do"
        )]
        let from = first + ((last - first) as f64 * chance) as u64;
        pages.open.range(from..).next().copied()
    }

    /// Nothing happens any more: every order has ended.
    pub(crate) fn close(&self) {
        let pages = self.pages();
        assert!(pages.open.is_empty(), "these never ended: {:?}", pages.open);
        assert_eq!(pages.put, pages.ended + pages.back);
        assert!(pages.seen.contains_key("done"), "{:?}", pages.seen);
    }

    /// How often what happened.
    pub(crate) fn print(&self) -> BTreeMap<String, u64> {
        let pages = self.pages();
        println!("{} put, {} ended, {} given back", pages.put, pages.ended, pages.back);
        for (what, count) in &pages.seen {
            println!("{count:>8} {what}");
        }
        pages.seen.clone()
    }
}

impl Pages {
    fn count(&mut self, what: &str) {
        match self.seen.get_mut(what) {
            Some(count) => *count += 1,
            None => drop(self.seen.insert(what.to_owned(), 1)),
        }
    }
}
