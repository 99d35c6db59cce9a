// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the threads of a station share: the machine behind a lock, the clock that it is told, and
//! the transport that tells it of each call.

use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::Order;
use super::machine::{Machine, Next, Overdue};
use crate::host::{Pace, rule};
use crate::iso14443::Uid;
use crate::transport::{Budget, LinkError, ReplyBuf, Transport};
use crate::wire::Ins;

/// How long calls may take before their reader counts as hung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "every kind of call")]
pub struct Deadlines {
    /// Commands that a card answers within its frame waiting time.
    pub usual: Duration,
    /// Commands that write much: creating, deleting, formatting, committing.
    pub slow: Duration,
    /// Looking for a card, beyond the time waited for it.
    pub look: Duration,
}

impl Default for Deadlines {
    /// 5, 20 and 10 seconds. Cards answer within 5 seconds at the most (ISO/IEC 14443-4, 7.2: the
    /// longest frame waiting time is 4.9 s), and may ask for more time when they format.
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { usual: seconds(5), slow: seconds(20), look: seconds(10) }
    }
}

impl Deadlines {
    /// By the pace of a wrapped native command.
    fn of(&self, command: &[u8]) -> Duration {
        let rule = match command {
            [0x90, ins, ..] => rule(Ins::from(*ins)),
            _ => None,
        };
        match rule.map(|rule| rule.pace) {
            Some(Pace::Slow) => self.slow,
            Some(Pace::Usual) | None => self.usual,
        }
    }
}

/// The machine of a station.
#[derive(Default)]
pub(super) struct Desk {
    machine: Mutex<Machine<Order, String, Uid, Instant>>,
    changed: Condvar,
}

impl Desk {
    pub(super) fn submit(&self, order: Order) {
        let only = order.reader.clone();
        self.lock().submit(order, only);
        self.changed.notify_all();
    }

    pub(super) fn close(&self) {
        self.lock().close();
        self.changed.notify_all();
    }

    pub(super) fn rest(&self) -> Vec<Order> {
        self.lock().rest()
    }

    /// The machine. A worker that panicked leaves a whole one behind: nothing panics in it.
    fn lock(&self) -> MutexGuard<'_, Machine<Order, String, Uid, Instant>> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A worker's place at the desk.
#[derive(Clone)]
pub(super) struct Pulse {
    desk: Arc<Desk>,
    worker: usize,
    deadlines: Deadlines,
    budget: Budget,
}

impl Pulse {
    pub(super) fn new(desk: &Arc<Desk>, deadlines: Deadlines, budget: Budget) -> Self {
        let worker = desk.lock().hire();
        Self { desk: Arc::clone(desk), worker, deadlines, budget }
    }

    /// What a card may cost.
    pub(super) const fn budget(&self) -> Budget {
        self.budget
    }

    /// Waits for an order that this reader may take; `None` once the station is closed.
    pub(super) fn take(&self, reader: &str) -> Option<Order> {
        let reader = reader.to_owned();
        let mut machine = self.desk.lock();
        loop {
            match machine.take(self.worker, &reader) {
                Next::Order(order) => return Some(order),
                Next::End => return None,
                Next::Wait => {}
            }
            machine = self.desk.changed.wait(machine).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// No order is to be begun any more, by nobody.
    pub(super) fn close(&self) {
        self.desk.close();
    }

    /// Whether no order is to be begun any more.
    pub(super) fn is_closed(&self) -> bool {
        self.desk.lock().is_closed()
    }

    /// A look for a card begins that may take this long.
    pub(super) fn look(&self, wait: Duration) {
        self.call(wait.saturating_add(self.deadlines.look));
    }

    fn call(&self, limit: Duration) {
        if let Some(until) = Instant::now().checked_add(limit) {
            self.desk.lock().call(self.worker, until);
        }
    }

    pub(super) fn returned(&self) {
        self.desk.lock().returned(self.worker);
    }

    /// A card came: its order, unless that was taken meanwhile.
    pub(super) fn begin(&self, uid: &Uid) -> Option<Order> {
        let now = Instant::now();
        let until = now.checked_add(self.budget.time).unwrap_or(now);
        self.desk.lock().present(self.worker, uid.clone(), until)
    }

    /// The order that the worker waits with.
    pub(super) fn order(&self) -> Option<Order> {
        self.desk.lock().order(self.worker)
    }

    /// The worker waits again with the order that it has.
    pub(super) fn again(&self) -> Option<Order> {
        self.desk.lock().again(self.worker)
    }

    /// The worker is done with its order, and has it back unless it was taken meanwhile.
    pub(super) fn end(&self) -> Option<Order> {
        self.desk.lock().answer(self.worker)
    }

    /// The worker's order is the next one for anybody.
    pub(super) fn put_back(&self) -> bool {
        let had = self.desk.lock().put_back(self.worker);
        self.desk.changed.notify_all();
        had
    }

    /// The worker panicked: the order that it had, with its card.
    pub(super) fn panicked(&self) -> Option<(Order, Option<Uid>)> {
        self.desk.lock().panicked(self.worker)
    }

    /// Takes the order of a worker whose call, or whose card, is overdue.
    pub(super) fn overdue(&self) -> Option<Overdue<Order, Uid>> {
        let overdue = self.desk.lock().overdue(self.worker, Instant::now());
        // Where nothing is, nobody is woken: all workers are asked again and again.
        if overdue.is_some() {
            self.desk.changed.notify_all();
        }
        overdue
    }

    /// Whether the worker was given up and has not come back.
    pub(super) fn hangs(&self) -> bool {
        self.desk.lock().hangs(self.worker)
    }
}

/// A transport whose every call has a deadline, and whose panics are errors of the link.
pub(super) struct Timed<'p, T> {
    pub(super) inner: T,
    pub(super) pulse: &'p Pulse,
    /// Whether the driver panicked: nothing goes through it any more.
    pub(super) panicked: &'p mut bool,
}

impl<T> Timed<'_, T> {
    fn timed<R>(
        &mut self,
        limit: Duration,
        call: impl FnOnce(&mut T) -> Result<R, LinkError>,
    ) -> Result<R, LinkError> {
        if *self.panicked {
            return Err(LinkError::DriverPanicked);
        }
        // Its order has ended already: whatever the card does from here on is nobody's.
        if self.pulse.hangs() {
            return Err(LinkError::CardRemoved);
        }
        self.pulse.call(limit);
        // What a panic leaves half done inside is never called again.
        let result = catch_unwind(AssertUnwindSafe(|| call(&mut self.inner)));
        self.pulse.returned();
        result.unwrap_or_else(|payload| {
            // What it says may hold personal data, and dropping it may panic again.
            core::mem::forget(payload);
            *self.panicked = true;
            Err(LinkError::DriverPanicked)
        })
    }
}

impl<T: Transport> Transport for Timed<'_, T> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let limit = self.pulse.deadlines.of(command);
        self.timed(limit, |inner| inner.exchange(command, reply))
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        let limit = self.pulse.deadlines.usual;
        self.timed(limit, Transport::uid_in_field)
    }

    fn is_software(&self) -> bool {
        self.inner.is_software()
    }

    fn is_fresh(&self) -> bool {
        self.inner.is_fresh()
    }
}
