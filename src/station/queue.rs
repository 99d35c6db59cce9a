// SPDX-License-Identifier: MIT OR Apache-2.0
//! The orders that wait for a reader.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::profile::Record;

/// One record for one card.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "what an order is")]
pub struct Order {
    /// The caller's number for it, which comes back with its events.
    pub ticket: u64,
    /// The record.
    pub record: Record,
    /// The reader that has to do it; `None` is the next free one.
    pub reader: Option<String>,
}

/// First come, first served, among the orders that a reader may take.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

/// Orders in the order in which they are begun. Those for one reader wait apart, so that no reader
/// looks through what is another's.
#[derive(Default)]
struct State {
    anyones: VecDeque<Waiting>,
    by_reader: BTreeMap<String, VecDeque<Waiting>>,
    /// The places at both ends of the queue.
    first: i64,
    next: i64,
    closed: bool,
}

struct Waiting {
    place: i64,
    order: Order,
}

impl State {
    fn line(&mut self, order: &Order) -> &mut VecDeque<Waiting> {
        match &order.reader {
            None => &mut self.anyones,
            Some(reader) => self.by_reader.entry(reader.clone()).or_default(),
        }
    }

    fn push_back(&mut self, order: Order) {
        let place = self.next;
        self.next += 1;
        self.line(&order).push_back(Waiting { place, order });
    }

    fn push_front(&mut self, order: Order) {
        self.first -= 1;
        let place = self.first;
        self.line(&order).push_front(Waiting { place, order });
    }

    /// The first order that this reader may take.
    fn pop(&mut self, reader: &str) -> Option<Order> {
        let place = |line: &VecDeque<Waiting>| line.front().map(|waiting| waiting.place);
        let own = self.by_reader.get_mut(reader);
        let own = own.filter(|own| match (place(own), place(&self.anyones)) {
            (Some(own), Some(anyones)) => own < anyones,
            (own, _) => own.is_some(),
        });
        own.unwrap_or(&mut self.anyones).pop_front().map(|waiting| waiting.order)
    }

    /// All of them.
    fn drain(&mut self) -> Vec<Order> {
        let own = std::mem::take(&mut self.by_reader).into_values().flatten();
        let mut all: Vec<Waiting> = self.anyones.drain(..).chain(own).collect();
        all.sort_by_key(|waiting| waiting.place);
        all.into_iter().map(|waiting| waiting.order).collect()
    }
}

impl Queue {
    pub(super) fn put(&self, order: Order) {
        self.lock().push_back(order);
        self.changed.notify_all();
    }

    /// An order that was begun and came to nothing is the next one.
    pub(super) fn put_back(&self, order: Order) {
        self.lock().push_front(order);
        self.changed.notify_all();
    }

    /// Waits for an order that this reader may take; `None` once the queue is closed.
    pub(super) fn take(&self, reader: &str) -> Option<Order> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(order) = state.pop(reader) {
                return Some(order);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether no order is to be begun any more.
    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// The orders that are left.
    pub(super) fn rest(&self) -> Vec<Order> {
        self.lock().drain()
    }

    /// A worker that panicked leaves a whole queue behind.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::profile::{Profile, Records};

    #[derive(Debug, Clone)]
    enum Act {
        Put(Option<u8>),
        PutBack(Option<u8>),
        Pop(u8),
    }

    fn act() -> impl Strategy<Value = Act> {
        let reader = || proptest::option::of(0..3_u8);
        prop_oneof![
            reader().prop_map(Act::Put),
            reader().prop_map(Act::PutBack),
            (0..4_u8).prop_map(Act::Pop),
        ]
    }

    fn record() -> Record {
        let door = include_str!("../../examples/data/profiles/door.toml");
        let csv = include_bytes!("../../examples/data/door-records.csv");
        let records = Records::csv(&Profile::parse(door).unwrap(), csv).unwrap();
        records.entries.first().unwrap().clone().unwrap()
    }

    proptest! {
        /// The order is that of a single line which every reader looks through from its start.
        #[test]
        fn readers_take_orders_as_from_one_line(acts in vec(act(), 0..60)) {
            let record = record();
            let name = |reader: u8| format!("r{reader}");
            let (mut state, mut line) = (State::default(), VecDeque::new());
            for (ticket, act) in (0..).zip(acts) {
                let order = |reader: Option<u8>| {
                    Order { ticket, record: record.clone(), reader: reader.map(name) }
                };
                match act {
                    Act::Put(reader) => {
                        state.push_back(order(reader));
                        line.push_back((ticket, reader));
                    }
                    Act::PutBack(reader) => {
                        state.push_front(order(reader));
                        line.push_front((ticket, reader));
                    }
                    Act::Pop(reader) => {
                        let fits = |(_, asked): &(u64, Option<u8>)| asked.is_none_or(|asked| asked == reader);
                        let at = line.iter().position(fits);
                        let wanted = at.and_then(|at| line.remove(at)).map(|(ticket, _)| ticket);
                        prop_assert_eq!(state.pop(&name(reader)).map(|order| order.ticket), wanted);
                    }
                }
            }
            let left: Vec<u64> = state.drain().iter().map(|order| order.ticket).collect();
            let wanted: Vec<u64> = line.iter().map(|(ticket, _)| *ticket).collect();
            prop_assert_eq!(left, wanted);
        }
    }
}
