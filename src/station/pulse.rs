// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether a worker still lives: what it does, and until when the call that it is in has to return.
//! Whoever reports the end of an order takes it from here, so that nobody reports it twice.

use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::queue::Order;
use crate::host::{Pace, rule};
use crate::iso14443::Uid;
use crate::transport::{LinkError, ReplyBuf, Transport};
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

/// What a worker does.
#[derive(Default)]
enum Doing {
    #[default]
    Nothing,
    Waiting(Order),
    Encoding {
        order: Order,
        uid: Uid,
    },
    /// Its order was taken from it; the call that it is in has not returned yet.
    GivenUp,
}

/// An order that was taken from a worker.
pub(super) enum Overdue {
    /// No card was touched for it.
    Waiting(Order),
    /// Its card counts as lost.
    Encoding { order: Order, uid: Uid },
}

pub(super) struct Pulse {
    deadlines: Deadlines,
    state: Mutex<(Doing, Option<Instant>)>,
}

impl Pulse {
    pub(super) const fn new(deadlines: Deadlines) -> Self {
        Self { deadlines, state: Mutex::new((Doing::Nothing, None)) }
    }

    /// The worker waits for a card for this order.
    pub(super) fn wait(&self, order: Order) {
        self.lock().0 = Doing::Waiting(order);
    }

    /// A look for a card begins that may take this long.
    pub(super) fn look(&self, wait: Duration) {
        self.lock().1 = Some(Instant::now() + wait + self.deadlines.look);
    }

    /// The call has returned.
    fn returned(&self) {
        self.lock().1 = None;
    }

    /// A card came: its order, unless that was taken meanwhile.
    pub(super) fn begin(&self, uid: &Uid) -> Option<Order> {
        let mut state = self.lock();
        state.1 = None;
        match core::mem::take(&mut state.0) {
            Doing::Waiting(order) => {
                state.0 = Doing::Encoding { order: order.clone(), uid: uid.clone() };
                Some(order)
            }
            Doing::Nothing | Doing::Encoding { .. } | Doing::GivenUp => None,
        }
    }

    /// The order that the worker waits with.
    pub(super) fn order(&self) -> Option<Order> {
        match &self.lock().0 {
            Doing::Waiting(order) => Some(order.clone()),
            Doing::Nothing | Doing::Encoding { .. } | Doing::GivenUp => None,
        }
    }

    /// The worker is done with its order, and has it back unless it was taken meanwhile.
    pub(super) fn end(&self) -> Option<Order> {
        let mut state = self.lock();
        state.1 = None;
        match core::mem::take(&mut state.0) {
            Doing::Waiting(order) | Doing::Encoding { order, .. } => Some(order),
            Doing::Nothing | Doing::GivenUp => None,
        }
    }

    /// Takes the order of a worker whose call is overdue.
    pub(super) fn give_up(&self) -> Option<Overdue> {
        let mut state = self.lock();
        if state.1.is_none_or(|deadline| Instant::now() < deadline) {
            return None;
        }
        state.1 = None;
        match core::mem::replace(&mut state.0, Doing::GivenUp) {
            Doing::Waiting(order) => Some(Overdue::Waiting(order)),
            Doing::Encoding { order, uid } => Some(Overdue::Encoding { order, uid }),
            Doing::Nothing | Doing::GivenUp => None,
        }
    }

    /// Whether the worker was given up and has not come back.
    pub(super) fn hangs(&self) -> bool {
        matches!(self.lock().0, Doing::GivenUp)
    }

    fn lock(&self) -> MutexGuard<'_, (Doing, Option<Instant>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A transport whose every call has a deadline.
pub(super) struct Timed<'p, T> {
    pub(super) inner: T,
    pub(super) pulse: &'p Pulse,
}

impl<T> Timed<'_, T> {
    fn timed<R>(&mut self, limit: Duration, call: impl FnOnce(&mut T) -> R) -> R {
        self.pulse.lock().1 = Some(Instant::now() + limit);
        let result = call(&mut self.inner);
        self.pulse.returned();
        result
    }
}

impl<T: Transport> Transport for Timed<'_, T> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        // Its order has ended already: whatever the card does from here on is nobody's.
        if self.pulse.hangs() {
            return Err(LinkError::CardRemoved);
        }
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
}
