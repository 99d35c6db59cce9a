// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who has which order, as a machine without threads, clock or channels: each method is something
//! that happens, what it returns is what is to be done about it, and time is an argument.
//!
//! An order is in one place only: it waits, a worker has it, or it was handed out to whoever reports
//! its end. `tests/model` walks every order of events, which is why nothing of the crate is used
//! here.

use std::collections::VecDeque;

/// Orders `O`, cards `C`, and times `T`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Machine<O, C, T> {
    waiting: VecDeque<O>,
    closed: bool,
    workers: Vec<Worker<O, C, T>>,
}

/// What a worker does, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Worker<O, C, T> {
    doing: Doing<O, C>,
    /// When the call that it is in is overdue.
    call: Option<T>,
    /// When the card that it has is overdue, in a call or not.
    card: Option<T>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Doing<O, C> {
    /// It has no order.
    Nothing,
    Waiting(O),
    Encoding(O, C),
    /// Its order was taken from it; the call that it is in has not returned yet.
    GivenUp,
    /// It has ended, and does nothing any more.
    Gone,
}

/// What a worker that asks for an order gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next<O> {
    /// This one; the worker has it now.
    Order(O),
    /// None yet.
    Wait,
    /// None any more: the worker ends.
    End,
}

/// What was taken from a worker that is overdue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Overdue<O, C> {
    /// No card was touched: the order, if there was one, waits again as the first.
    Idle,
    /// The card counts as lost, and the order is to be reported as failed.
    Card {
        order: O,
        card: C,
        /// All its time was used up, not the one call's.
        spent: bool,
    },
}

impl<O, C, T> Default for Machine<O, C, T> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), closed: false, workers: Vec::new() }
    }
}

impl<O: Clone, C: Clone, T: Ord + Copy> Machine<O, C, T> {
    /// A worker begins; its number.
    pub(super) fn hire(&mut self) -> usize {
        self.workers.push(Worker { doing: Doing::Nothing, call: None, card: None });
        self.workers.len() - 1
    }

    /// An order comes, behind those that wait.
    pub(super) fn submit(&mut self, order: O) {
        self.waiting.push_back(order);
    }

    /// No order is to be begun any more.
    pub(super) const fn close(&mut self) {
        self.closed = true;
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Hands out the orders that are left.
    pub(super) fn rest(&mut self) -> Vec<O> {
        self.waiting.drain(..).collect()
    }

    /// A worker without an order asks for the first that fits its reader.
    pub(super) fn take(&mut self, worker: usize, fits: impl Fn(&O) -> bool) -> Next<O> {
        let closed = self.closed;
        let Some(state) = self.workers.get_mut(worker) else { return Next::End };
        if closed {
            state.doing = Doing::Gone;
            return Next::End;
        }
        let at = self.waiting.iter().position(fits);
        let Some(order) = at.and_then(|at| self.waiting.remove(at)) else { return Next::Wait };
        state.doing = Doing::Waiting(order.clone());
        Next::Order(order)
    }

    /// A call into the reader begins that is overdue at this time.
    pub(super) fn call(&mut self, worker: usize, until: T) {
        if let Some(state) = self.workers.get_mut(worker) {
            state.call = Some(until);
        }
    }

    /// The call has returned.
    pub(super) fn returned(&mut self, worker: usize) {
        if let Some(state) = self.workers.get_mut(worker) {
            state.call = None;
        }
    }

    /// A card came that is overdue at this time: its order, unless that was taken meanwhile.
    pub(super) fn present(&mut self, worker: usize, card: C, until: T) -> Option<O> {
        let state = self.workers.get_mut(worker)?;
        let Doing::Waiting(order) = &state.doing else { return None };
        let order = order.clone();
        state.doing = Doing::Encoding(order.clone(), card);
        (state.call, state.card) = (None, Some(until));
        Some(order)
    }

    /// The order that a worker waits with.
    pub(super) fn order(&self, worker: usize) -> Option<O> {
        match &self.workers.get(worker)?.doing {
            Doing::Waiting(order) => Some(order.clone()),
            Doing::Nothing | Doing::Encoding(..) | Doing::GivenUp | Doing::Gone => None,
        }
    }

    /// Nothing was written to the card: the worker waits again for one with the same order, unless
    /// that was taken meanwhile.
    pub(super) fn again(&mut self, worker: usize) -> Option<O> {
        let order = self.answer(worker)?;
        self.workers.get_mut(worker)?.doing = Doing::Waiting(order.clone());
        Some(order)
    }

    /// A worker is done with its order, and hands it out to be reported, unless it was taken
    /// meanwhile.
    pub(super) fn answer(&mut self, worker: usize) -> Option<O> {
        self.leave(worker, Doing::Nothing).map(|(order, _)| order)
    }

    /// A worker's order came to nothing and is the first again. `false` where it was taken
    /// meanwhile.
    pub(super) fn put_back(&mut self, worker: usize) -> bool {
        let order = self.answer(worker);
        let had = order.is_some();
        if let Some(order) = order {
            self.waiting.push_front(order);
        }
        had
    }

    /// A worker panicked and is gone: hands out the order that it had, to be reported as failed,
    /// with its card.
    pub(super) fn panicked(&mut self, worker: usize) -> Option<(O, Option<C>)> {
        self.leave(worker, Doing::Gone)
    }

    /// Takes the order of a worker that is overdue.
    pub(super) fn overdue(&mut self, worker: usize, now: T) -> Option<Overdue<O, C>> {
        let state = self.workers.get(worker)?;
        let past = |until: Option<T>| until.is_some_and(|until| until <= now);
        let spent = past(state.card);
        let over = matches!(state.doing, Doing::GivenUp | Doing::Gone);
        if over || (!spent && !past(state.call)) {
            return None;
        }
        match self.leave(worker, Doing::GivenUp) {
            Some((order, Some(card))) => Some(Overdue::Card { order, card, spent }),
            Some((order, None)) => {
                self.waiting.push_front(order);
                Some(Overdue::Idle)
            }
            None => Some(Overdue::Idle),
        }
    }

    /// Whether a worker was given up and has not come back.
    pub(super) fn hangs(&self, worker: usize) -> bool {
        self.workers.get(worker).is_some_and(|state| matches!(state.doing, Doing::GivenUp))
    }

    /// A worker lets go of what it has, and does this from here on.
    fn leave(&mut self, worker: usize, then: Doing<O, C>) -> Option<(O, Option<C>)> {
        let state = self.workers.get_mut(worker)?;
        (state.call, state.card) = (None, None);
        match core::mem::replace(&mut state.doing, then) {
            Doing::Waiting(order) => Some((order, None)),
            Doing::Encoding(order, card) => Some((order, Some(card))),
            Doing::Nothing | Doing::GivenUp | Doing::Gone => None,
        }
    }
}
