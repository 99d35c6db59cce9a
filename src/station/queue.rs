// SPDX-License-Identifier: MIT OR Apache-2.0
//! The orders that wait for a reader.

use std::collections::VecDeque;
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

#[derive(Default)]
struct State {
    orders: VecDeque<Order>,
    closed: bool,
}

impl Queue {
    pub(super) fn put(&self, order: Order) {
        self.lock().orders.push_back(order);
        self.changed.notify_all();
    }

    /// An order that was begun and came to nothing is the next one.
    pub(super) fn put_back(&self, order: Order) {
        self.lock().orders.push_front(order);
        self.changed.notify_all();
    }

    /// Waits for an order that this reader may take; `None` once the queue is closed.
    pub(super) fn take(&self, reader: &str) -> Option<Order> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            let fits = |order: &Order| order.reader.as_deref().is_none_or(|name| name == reader);
            if let Some(at) = state.orders.iter().position(fits) {
                return state.orders.remove(at);
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
        self.lock().orders.drain(..).collect()
    }

    /// A worker that panicked leaves a whole queue behind.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
