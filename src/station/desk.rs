// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the threads of a station share: the machine behind a lock, and what is told of it. An order
//! leaves the machine and its end is told under the same lock, so that no order is ever in neither.

use core::mem;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::ends::Ends;
use super::event::Event;
use super::machine::{self, Cancelled, Machine, NotTaken, Overdue};
use super::order::{Order, Place};
use crate::encode::{Failure, Refusal};
use crate::host;
use crate::iso14443::Uid;
use crate::transport::LinkError;

/// How often deadlines are looked at.
pub(super) const TICK: Duration = Duration::from_millis(50);

/// The machine of a station, and what it has told.
#[derive(Default)]
pub(super) struct Desk {
    inner: Mutex<Inner>,
    changed: Condvar,
}

pub(super) type Orders = Machine<Arc<Order>, u64, Place, Uid, Instant>;

/// What is behind the lock.
#[derive(Default)]
pub(super) struct Inner {
    pub(super) machine: Orders,
    /// The readers' names, by the numbers of their workers, as long as these have not ended.
    pub(super) readers: BTreeMap<usize, Arc<str>>,
    /// The workers whose readers nobody comes for: their drivers panicked, or they hung when they were
    /// taken away.
    pub(super) unwanted: Vec<usize>,
    told: VecDeque<Event>,
    /// Who wants to be woken by the next event.
    wakers: Vec<Waker>,
}

impl Inner {
    /// Tells what happened.
    pub(super) fn tell(&mut self, event: Event) {
        self.machine.told(event.is_receipt());
        self.told.push_back(event);
        self.wake();
    }

    pub(super) fn wake(&mut self) {
        for waker in mem::take(&mut self.wakers) {
            waker.wake();
        }
    }

    fn take(&mut self) -> Option<Event> {
        let event = self.told.pop_front()?;
        self.machine.taken(event.is_receipt());
        Some(event)
    }

    /// Whether nothing happens any more.
    fn is_over(&self) -> bool {
        self.machine.is_closed() && self.machine.rests()
    }

    /// Tells that these orders are refused.
    pub(super) fn refuse(&mut self, ends: &Ends, orders: Vec<Arc<Order>>, refusal: &Refusal) {
        for order in orders {
            self.tell(ends.refused(order, refusal.clone()));
        }
    }

    /// Does what is overdue for a worker.
    fn give_up(&mut self, ends: &Ends, worker: usize, now: Instant) -> bool {
        let Some(overdue) = self.machine.overdue(worker, now) else { return false };
        let Some(reader) = self.readers.get(&worker).cloned() else { return false };
        self.tell(Event::Hung { reader: (*reader).to_owned() });
        match overdue {
            Overdue::Idle(out) => {
                self.refuse(ends, out.into_iter().collect(), &Refusal::NoReader);
            }
            Overdue::Card { order, card, spent } => {
                let over = Failure::Card(host::Error::Link(LinkError::OverBudget));
                let failure = if spent { over } else { Failure::Hung };
                self.tell(ends.broken_off(&reader, order, Some(&card), failure));
            }
        }
        true
    }
}

impl Desk {
    /// What is behind the lock. A thread that panicked leaves it whole behind: nothing panics in it.
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something, of which everybody is told.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let mut inner = self.lock();
        let result = change(&mut inner);
        drop(inner);
        self.changed.notify_all();
        result
    }

    /// Waits for a change, or so long.
    pub(super) fn wait<'d>(
        &self,
        inner: MutexGuard<'d, Inner>,
        limit: Option<Duration>,
    ) -> MutexGuard<'d, Inner> {
        match limit {
            None => self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner),
            Some(limit) => {
                let waited = self.changed.wait_timeout(inner, limit);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        }
    }

    pub(super) fn submit(&self, order: Order) -> Result<(), (NotTaken, Box<Order>)> {
        let (slip, order) = (order.slip(), Arc::new(order));
        let submitted = self.change(|inner| {
            let there = inner.machine.submit(Arc::clone(&order), slip)?;
            if !there {
                let (ticket, place) = (order.ticket, order.place.clone());
                inner.tell(Event::NoReader { ticket, place });
            }
            Ok(())
        });
        submitted.map_err(|reason| (reason, Box::new(Arc::unwrap_or_clone(order))))
    }

    /// Takes an order out that nobody has begun a card for, and tells its end.
    pub(super) fn cancel(&self, ends: &Ends, ticket: u64) -> Cancelled<()> {
        self.change(|inner| match inner.machine.cancel(&ticket) {
            Cancelled::Out(order) => {
                inner.tell(ends.refused(order, Refusal::Cancelled));
                Cancelled::Out(())
            }
            Cancelled::InHand => Cancelled::InHand,
            Cancelled::Unknown => Cancelled::Unknown,
        })
    }

    pub(super) fn close(&self) {
        self.change(|inner| {
            inner.machine.close();
            inner.wake();
        });
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().machine.is_closed()
    }

    /// The next event, if one comes in this time; `None` without a limit where none comes any more.
    pub(super) fn next_event(&self, limit: Option<Duration>) -> Option<Event> {
        let until = limit.and_then(|limit| Instant::now().checked_add(limit));
        let mut inner = self.lock();
        loop {
            if let Some(event) = inner.take() {
                drop(inner);
                // A card may be begun now that could not before.
                self.changed.notify_all();
                return Some(event);
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if inner.is_over() || left.is_some_and(|left| left.is_zero()) {
                return None;
            }
            inner = self.wait(inner, left);
        }
    }

    /// The next event, or whoever asks is woken by it.
    pub(super) fn poll_event(&self, context: &Context<'_>) -> Poll<Option<Event>> {
        let mut inner = self.lock();
        if let Some(event) = inner.take() {
            drop(inner);
            self.changed.notify_all();
            return Poll::Ready(Some(event));
        }
        if inner.is_over() {
            return Poll::Ready(None);
        }
        let waker = context.waker();
        if !inner.wakers.iter().any(|other| other.will_wake(waker)) {
            inner.wakers.push(waker.clone());
        }
        Poll::Pending
    }

    /// Does what is due by the clock. Tells whether nothing is due any more, ever.
    pub(super) fn tick(&self, ends: &Ends) -> bool {
        let now = Instant::now();
        let mut inner = self.lock();
        let mut changed = false;
        let workers: Vec<usize> = inner.readers.keys().copied().collect();
        for worker in workers {
            changed |= inner.give_up(ends, worker, now);
        }
        let expired = inner.machine.expired(now);
        changed |= !expired.is_empty();
        inner.refuse(ends, expired, &Refusal::Expired);
        changed |= inner.machine.drained(now);
        let over = inner.is_over();
        if changed {
            inner.wake();
        }
        drop(inner);
        // Where nothing is, nobody is woken: all workers are asked again and again.
        if changed {
            self.changed.notify_all();
        }
        over
    }

    /// Waits until no card is begun any more.
    pub(super) fn until_closed(&self) {
        let mut inner = self.lock();
        while !inner.machine.is_closed() {
            inner = self.wait(inner, None);
        }
    }

    /// Waits until a worker has ended, or hangs. Tells whether it has ended.
    pub(super) fn until_ended(&self, worker: usize) -> bool {
        let mut inner = self.lock();
        loop {
            match inner.machine.doing(worker) {
                None => return true,
                Some((machine::Doing::GivenUp, _)) => return false,
                Some(_) => inner = self.wait(inner, None),
            }
        }
    }
}
