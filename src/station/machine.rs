// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who has which order, as a machine without threads, clock or channels: each method is something
//! that happens, what it returns is what is to be done about it, and time is an argument.
//!
//! An order is in one place only: it waits, a worker has it, or it was handed out to whoever reports
//! its end. `tests/model` walks every order of events, which is why nothing of the crate is used
//! here.

use std::collections::BTreeMap;

/// Orders `O` for readers `R`, cards `C`, and times `T`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Machine<O, R, C, T> {
    /// The orders for whichever reader, by their places.
    anyones: BTreeMap<u64, O>,
    /// Those for one reader wait apart, so that no worker looks through what is another's.
    by_reader: BTreeMap<R, BTreeMap<u64, O>>,
    /// The place of the order that comes next.
    next: u64,
    closed: bool,
    workers: Vec<Worker<Held<O, R>, C, T>>,
}

/// An order that a worker has, and where it waited.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Held<O, R> {
    order: O,
    /// The reader that it is for.
    only: Option<R>,
    place: u64,
}

/// What a worker does, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Worker<H, C, T> {
    doing: Doing<H, C>,
    /// When the call that it is in is overdue.
    call: Option<T>,
    /// When the card that it has is overdue, in a call or not.
    card: Option<T>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Doing<H, C> {
    /// It has no order.
    Nothing,
    Waiting(H),
    Encoding(H, C),
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
    /// No card was touched: the order, if there was one, waits again in its place.
    Idle,
    /// The card counts as lost, and the order is to be reported as failed.
    Card {
        order: O,
        card: C,
        /// All its time was used up, not the one call's.
        spent: bool,
    },
}

impl<O, R, C, T> Default for Machine<O, R, C, T> {
    fn default() -> Self {
        Self {
            anyones: BTreeMap::new(),
            by_reader: BTreeMap::new(),
            next: 0,
            closed: false,
            workers: Vec::new(),
        }
    }
}

impl<O: Clone, R: Clone + Ord, C: Clone, T: Ord + Copy> Machine<O, R, C, T> {
    /// A worker begins; its number.
    pub(super) fn hire(&mut self) -> usize {
        self.workers.push(Worker { doing: Doing::Nothing, call: None, card: None });
        self.workers.len() - 1
    }

    /// An order comes, behind those that wait; perhaps for one reader only.
    pub(super) fn submit(&mut self, order: O, only: Option<R>) {
        let place = self.next;
        self.next = place.saturating_add(1);
        self.wait(Held { order, only, place });
    }

    fn wait(&mut self, held: Held<O, R>) {
        let line = match held.only {
            None => &mut self.anyones,
            Some(reader) => self.by_reader.entry(reader).or_default(),
        };
        let _none = line.insert(held.place, held.order);
    }

    /// No order is to be begun any more.
    pub(super) const fn close(&mut self) {
        self.closed = true;
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Hands out the orders that are left, in the order of their coming.
    pub(super) fn rest(&mut self) -> Vec<O> {
        let lines = core::mem::take(&mut self.by_reader).into_values();
        let mut all = core::mem::take(&mut self.anyones);
        all.extend(lines.flatten());
        all.into_values().collect()
    }

    /// A worker without an order asks for the first that its reader may have.
    pub(super) fn take(&mut self, worker: usize, reader: &R) -> Next<O> {
        let Some(state) = self.workers.get_mut(worker) else { return Next::End };
        if self.closed {
            state.doing = Doing::Gone;
            return Next::End;
        }
        let first = |line: &BTreeMap<u64, O>| line.first_key_value().map(|(place, _)| *place);
        let own = self.by_reader.get(reader).and_then(first);
        let anyones = first(&self.anyones);
        let is_own = own.is_some_and(|own| anyones.is_none_or(|anyones| own < anyones));
        let taken = match self.by_reader.get_mut(reader).filter(|_| is_own) {
            Some(line) => line.pop_first(),
            None => self.anyones.pop_first(),
        };
        // What was asked of readers that came once is not kept.
        if is_own && self.by_reader.get(reader).is_some_and(BTreeMap::is_empty) {
            let _empty = self.by_reader.remove(reader);
        }
        let Some((place, order)) = taken else { return Next::Wait };
        let only = is_own.then(|| reader.clone());
        state.doing = Doing::Waiting(Held { order: order.clone(), only, place });
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
        let Doing::Waiting(held) = &state.doing else { return None };
        let held = held.clone();
        let order = held.order.clone();
        state.doing = Doing::Encoding(held, card);
        (state.call, state.card) = (None, Some(until));
        Some(order)
    }

    /// The order that a worker waits with.
    pub(super) fn order(&self, worker: usize) -> Option<O> {
        match &self.workers.get(worker)?.doing {
            Doing::Waiting(held) => Some(held.order.clone()),
            Doing::Nothing | Doing::Encoding(..) | Doing::GivenUp | Doing::Gone => None,
        }
    }

    /// Nothing was written to the card: the worker waits again for one with the same order, unless
    /// that was taken meanwhile.
    pub(super) fn again(&mut self, worker: usize) -> Option<O> {
        let (held, _) = self.leave(worker, Doing::Nothing)?;
        let order = held.order.clone();
        self.workers.get_mut(worker)?.doing = Doing::Waiting(held);
        Some(order)
    }

    /// A worker is done with its order, and hands it out to be reported, unless it was taken
    /// meanwhile.
    pub(super) fn answer(&mut self, worker: usize) -> Option<O> {
        self.leave(worker, Doing::Nothing).map(|(held, _)| held.order)
    }

    /// A worker's order came to nothing and waits again, before all that came after it. `false`
    /// where it was taken meanwhile.
    pub(super) fn put_back(&mut self, worker: usize) -> bool {
        let held = self.leave(worker, Doing::Nothing);
        let had = held.is_some();
        if let Some((held, _)) = held {
            self.wait(held);
        }
        had
    }

    /// A worker panicked and is gone: hands out the order that it had, to be reported as failed,
    /// with its card.
    pub(super) fn panicked(&mut self, worker: usize) -> Option<(O, Option<C>)> {
        self.leave(worker, Doing::Gone).map(|(held, card)| (held.order, card))
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
            Some((held, Some(card))) => Some(Overdue::Card { order: held.order, card, spent }),
            Some((held, None)) => {
                self.wait(held);
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
    fn leave(
        &mut self,
        worker: usize,
        then: Doing<Held<O, R>, C>,
    ) -> Option<(Held<O, R>, Option<C>)> {
        let state = self.workers.get_mut(worker)?;
        (state.call, state.card) = (None, None);
        match core::mem::replace(&mut state.doing, then) {
            Doing::Waiting(held) => Some((held, None)),
            Doing::Encoding(held, card) => Some((held, Some(card))),
            Doing::Nothing | Doing::GivenUp | Doing::Gone => None,
        }
    }
}
