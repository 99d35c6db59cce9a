// SPDX-License-Identifier: MIT OR Apache-2.0
//! The orders that wait: a line for each reader and group that any of them names, and one for whoever is
//! free. A worker looks at the heads of its own lines, whatever stands behind them or in others.

use core::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::Slip;

/// Where an order stands among all: first by its priority, then by its coming.
type Rank = (Reverse<i16>, u64);

/// An order with its slip and its rank, which it keeps when it is put back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in super::super) struct Held<O, K, R, T> {
    pub(super) order: O,
    pub(super) slip: Slip<K, R, T>,
    rank: Rank,
}

type Line<O, K, R, T> = BTreeMap<Rank, Held<O, K, R, T>>;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Lines<O, K: Ord, R: Ord, T: Ord> {
    lines: BTreeMap<Option<R>, Line<O, K, R, T>>,
    /// The line and rank of each order that is not over, whoever has it.
    open: BTreeMap<K, (Option<R>, Rank)>,
    /// Those that have a deadline.
    due: BTreeSet<(T, K)>,
    /// The place of the order that comes next.
    next: u64,
}

impl<O, K: Ord, R: Ord, T: Ord> Default for Lines<O, K, R, T> {
    fn default() -> Self {
        Self { lines: BTreeMap::new(), open: BTreeMap::new(), due: BTreeSet::new(), next: 0 }
    }
}

impl<O, K: Clone + Ord, R: Clone + Ord, T: Ord + Copy> Lines<O, K, R, T> {
    /// Whether an order with this ticket is not over.
    pub(super) fn knows(&self, ticket: &K) -> bool {
        self.open.contains_key(ticket)
    }

    /// Whether all orders are over, those that workers have too.
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    pub(super) fn submit(&mut self, order: O, slip: Slip<K, R, T>) {
        let rank = (Reverse(slip.priority), self.next);
        self.next = self.next.saturating_add(1);
        self.open.insert(slip.ticket.clone(), (slip.place.clone(), rank));
        if let Some(deadline) = slip.deadline {
            self.due.insert((deadline, slip.ticket.clone()));
        }
        self.wait(Held { order, slip, rank });
    }

    pub(super) fn wait(&mut self, held: Held<O, K, R, T>) {
        let line = self.lines.entry(held.slip.place.clone()).or_default();
        let _none = line.insert(held.rank, held);
    }

    /// Takes the first of all that wait for one of these names or for anybody.
    pub(super) fn first(&mut self, names: &[R]) -> Option<Held<O, K, R, T>> {
        let own = names.iter().cloned().map(Some);
        let lines = own.chain([None]);
        let head = |place: Option<R>| {
            let (rank, _) = self.lines.get(&place)?.first_key_value()?;
            Some((*rank, place))
        };
        let (rank, place) = lines.filter_map(head).min_by_key(|(rank, _)| *rank)?;
        self.remove(&place, rank)
    }

    fn remove(&mut self, place: &Option<R>, rank: Rank) -> Option<Held<O, K, R, T>> {
        let line = self.lines.get_mut(place)?;
        let held = line.remove(&rank);
        // What was asked of readers that came once is not kept.
        if line.is_empty() {
            let _empty = self.lines.remove(place);
        }
        held
    }

    /// Takes an order out of its line, if it stands there.
    pub(super) fn take_out(&mut self, ticket: &K) -> Option<Held<O, K, R, T>> {
        let (place, rank) = self.open.get(ticket)?.clone();
        self.remove(&place, rank)
    }

    /// An order is over.
    pub(super) fn forget(&mut self, slip: &Slip<K, R, T>) {
        let _place = self.open.remove(&slip.ticket);
        if let Some(deadline) = slip.deadline {
            self.due.remove(&(deadline, slip.ticket.clone()));
        }
    }

    /// The orders whose deadline has come, whoever has them.
    pub(super) fn due(&self, now: T) -> Vec<K> {
        let due = self.due.iter().take_while(|(deadline, _)| *deadline <= now);
        due.map(|(_, ticket)| ticket.clone()).collect()
    }

    /// Takes out those that wait for this place and do not wait where nobody is there.
    pub(super) fn stranded(&mut self, place: &R) -> Vec<Held<O, K, R, T>> {
        let line = self.lines.remove(&Some(place.clone())).unwrap_or_default();
        let (wait, out): (BTreeMap<_, _>, Vec<_>) = {
            let (wait, out): (Vec<_>, Vec<_>) =
                line.into_iter().partition(|(_, held)| held.slip.waits);
            (wait.into_iter().collect(), out.into_iter().map(|(_, held)| held).collect())
        };
        if !wait.is_empty() {
            let _none = self.lines.insert(Some(place.clone()), wait);
        }
        out
    }

    /// All that wait, in the order in which they go.
    pub(super) fn all(&self) -> Vec<&O> {
        let mut all: Vec<_> = self.lines.values().flatten().collect();
        all.sort_unstable_by_key(|(rank, _)| **rank);
        all.into_iter().map(|(_, held)| &held.order).collect()
    }

    /// Takes out all that wait.
    pub(super) fn drain(&mut self) -> Vec<O> {
        let lines = core::mem::take(&mut self.lines).into_values();
        let all: BTreeMap<_, _> = lines.flatten().collect();
        for held in all.values() {
            self.forget(&held.slip);
        }
        all.into_values().map(|held| held.order).collect()
    }
}
