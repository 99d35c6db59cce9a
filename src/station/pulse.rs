// SPDX-License-Identifier: MIT OR Apache-2.0
//! A worker's place at the desk, the clock that the machine is told, and the transport that tells it of
//! each call.

use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use super::desk::Desk;
use super::ends::{Ends, finished};
use super::event::Event;
use super::machine::{Next, Present};
use super::order::Order;
use crate::encode::{Encoded, Failure, Refusal};
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

/// A worker's place at the desk.
#[derive(Clone)]
pub(super) struct Pulse {
    desk: Arc<Desk>,
    worker: usize,
    deadlines: Deadlines,
    budget: Budget,
}

impl Pulse {
    pub(super) const fn new(
        desk: Arc<Desk>,
        worker: usize,
        deadlines: Deadlines,
        budget: Budget,
    ) -> Self {
        Self { desk, worker, deadlines, budget }
    }

    /// What a card may cost.
    pub(super) const fn budget(&self) -> Budget {
        self.budget
    }

    /// Waits for an order that this reader may take; `None` once there is none any more.
    pub(super) fn take(&self) -> Option<Arc<Order>> {
        let mut inner = self.desk.lock();
        loop {
            match inner.machine.take(self.worker) {
                Next::Order(order) => return Some(order),
                Next::End => return None,
                Next::Wait => inner = self.desk.wait(inner, None),
            }
        }
    }

    /// Waits until a card may be begun; `false` where there is no order for it any more.
    pub(super) fn may_look(&self) -> bool {
        let mut inner = self.desk.lock();
        loop {
            let machine = &inner.machine;
            if machine.is_dismissed(self.worker) || machine.order(self.worker).is_none() {
                return false;
            }
            if machine.may_begin() {
                return true;
            }
            inner = self.desk.wait(inner, None);
        }
    }

    /// No order is to be begun any more, by nobody.
    pub(super) fn close(&self) {
        self.desk.close();
    }

    /// Waits so long, and tells whether the worker is to go on. While too much waits to be taken it goes
    /// on waiting.
    pub(super) fn rest(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        let mut inner = self.desk.lock();
        loop {
            if inner.machine.is_dismissed(self.worker) {
                return false;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() && inner.machine.has_room() {
                return true;
            }
            let left = if left.is_zero() { None } else { Some(left) };
            inner = self.desk.wait(inner, left);
        }
    }

    /// A look for a card begins that may take this long.
    pub(super) fn look(&self, wait: Duration) {
        self.call(wait.saturating_add(self.deadlines.look));
    }

    fn call(&self, limit: Duration) {
        if let Some(until) = Instant::now().checked_add(limit) {
            self.desk.lock().machine.call(self.worker, until);
        }
    }

    pub(super) fn returned(&self) {
        self.desk.lock().machine.returned(self.worker);
    }

    /// A card came: its order, unless that was taken meanwhile. Waits until a card may be begun, and tells
    /// that it was.
    pub(super) fn begin(&self, reader: &str, uid: &Uid) -> Option<Arc<Order>> {
        let mut inner = self.desk.lock();
        loop {
            let now = Instant::now();
            let until = now.checked_add(self.budget.time).unwrap_or(now);
            match inner.machine.present(self.worker, uid.clone(), until) {
                Present::Begin(order) => {
                    let (reader, ticket) = (reader.to_owned(), order.ticket);
                    inner.tell(Event::Presented { reader, ticket });
                    drop(inner);
                    self.desk.change(|_| ());
                    return Some(order);
                }
                Present::Nobodys => return None,
                Present::NotYet => inner = self.desk.wait(inner, None),
            }
        }
    }

    /// The order that the worker waits with.
    pub(super) fn order(&self) -> Option<Arc<Order>> {
        self.desk.lock().machine.order(self.worker)
    }

    /// The worker waits again with the order that it has.
    pub(super) fn again(&self) -> Option<Arc<Order>> {
        self.desk.lock().machine.again(self.worker)
    }

    /// The worker is done with its order, and tells its end, unless it was taken meanwhile. Tells whether
    /// the worker had been given up.
    pub(super) fn end(&self, reader: &str, encoded: Encoded) -> bool {
        self.desk.change(|inner| {
            let hung = inner.machine.hangs(self.worker);
            if let Some(order) = inner.machine.answer(self.worker) {
                inner.tell(finished(Some(reader), order, encoded));
            }
            hung
        })
    }

    /// The worker's order is the next one for anybody. Tells whether the worker had been given up.
    pub(super) fn put_back(&self, ends: &Ends) -> bool {
        self.desk.change(|inner| {
            let hung = inner.machine.hangs(self.worker);
            let out = inner.machine.put_back(self.worker);
            inner.refuse(ends, out.into_iter().collect(), &Refusal::NoReader);
            hung
        })
    }

    /// The worker has ended. Where it panicked, the order that it had is told as failed.
    pub(super) fn ended(&self, ends: &Ends, reader: &str, panicked: bool) {
        self.desk.change(|inner| {
            let leaves = inner.machine.doing(self.worker).is_some_and(|(_, leaves)| leaves);
            if panicked {
                if let Some((order, card)) = inner.machine.panicked(self.worker) {
                    inner.tell(ends.broken_off(reader, order, card.as_ref(), Failure::Panicked));
                }
                let stranded = inner.machine.leave(self.worker);
                inner.refuse(ends, stranded, &Refusal::NoReader);
                inner.tell(Event::Gone { reader: reader.to_owned() });
                inner.unwanted.push(self.worker);
            } else if leaves {
                inner.tell(Event::Left { reader: reader.to_owned() });
            }
            inner.machine.ended(self.worker);
            let _name = inner.readers.remove(&self.worker);
            inner.wake();
        });
    }

    pub(super) fn tell(&self, event: Event) {
        self.desk.change(|inner| inner.tell(event));
    }

    /// Whether the worker was given up and has not come back.
    pub(super) fn hangs(&self) -> bool {
        self.desk.lock().machine.hangs(self.worker)
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

    fn longest(&self) -> usize {
        self.inner.longest()
    }
}
