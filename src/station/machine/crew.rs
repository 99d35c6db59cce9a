// SPDX-License-Identifier: MIT OR Apache-2.0
//! The workers: what each has in hand, and until when; and who comes and goes.

use std::collections::BTreeMap;

use super::Machine;
use super::lines::Held;

/// All workers that have not ended, by their numbers, of which none comes twice.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Crew<H, C, R: Ord, T> {
    seats: BTreeMap<usize, Seat<H, C, R, T>>,
    /// The number of who comes next.
    next: usize,
    /// The worker of each reader that is there.
    own: BTreeMap<R, usize>,
    /// How many workers take orders for a reader or a group.
    serving: BTreeMap<R, usize>,
}

impl<H, C, R: Ord, T> Default for Crew<H, C, R, T> {
    fn default() -> Self {
        let (own, serving) = (BTreeMap::new(), BTreeMap::new());
        Self { seats: BTreeMap::new(), next: 0, own, serving }
    }
}

impl<H, C, R: Clone + Ord, T> Crew<H, C, R, T> {
    pub(super) fn get(&self, worker: usize) -> Option<&Seat<H, C, R, T>> {
        self.seats.get(&worker)
    }

    pub(super) fn get_mut(&mut self, worker: usize) -> Option<&mut Seat<H, C, R, T>> {
        self.seats.get_mut(&worker)
    }

    /// The number of the first worker of which this holds.
    pub(super) fn find(&self, holds: impl Fn(&Doing<H, C>) -> bool) -> Option<usize> {
        self.seats.iter().find(|(_, seat)| holds(&seat.doing)).map(|(worker, _)| *worker)
    }

    /// Whether anybody takes orders for this place.
    pub(super) fn serves(&self, place: &R) -> bool {
        self.serving.contains_key(place)
    }

    fn add(&mut self, names: Vec<R>) -> usize {
        let worker = self.next;
        self.next += 1;
        for name in &names {
            *self.serving.entry(name.clone()).or_default() += 1;
        }
        if let Some(own) = names.first() {
            self.own.insert(own.clone(), worker);
        }
        let (doing, call, card) = (Doing::Nothing, None, None);
        let seat = Seat { names, doing, call, card, leaves: false };
        let _none = self.seats.insert(worker, seat);
        worker
    }

    /// A worker takes no orders any more: those of its names that nobody takes any for now.
    fn remove(&mut self, worker: usize) -> Vec<R> {
        let Some(seat) = self.seats.get_mut(&worker) else { return Vec::new() };
        seat.leaves = true;
        let names = core::mem::take(&mut seat.names);
        if let Some(own) = names.first() {
            let _worker = self.own.remove(own);
        }
        let mut left = Vec::new();
        for name in names {
            let Some(count) = self.serving.get_mut(&name) else { continue };
            *count -= 1;
            if *count == 0 {
                let _none = self.serving.remove(&name);
                left.push(name);
            }
        }
        left
    }
}

/// A worker's place: one for each reader.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in super::super) struct Seat<H, C, R, T> {
    /// The reader's name, and those of its groups. None once it serves nobody any more.
    names: Vec<R>,
    pub(in super::super) doing: Doing<H, C>,
    /// When the call that it is in is overdue.
    call: Option<T>,
    /// When the card that it has is overdue, in a call or not.
    card: Option<T>,
    /// It is taken away once it has finished the card in hand.
    leaves: bool,
}

/// What a worker does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in super::super) enum Doing<H, C> {
    /// It has no order.
    Nothing,
    Waiting(H),
    Encoding(H, C),
    /// Its order was taken from it; the call that it is in has not returned yet.
    GivenUp,
}

/// What comes of a card that is presented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Present<O> {
    /// It is for this order, and in hand now.
    Begin(O),
    /// No card may be begun yet.
    NotYet,
    /// There is no order for it any more.
    Nobodys,
}

/// Why no worker begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum NotHired {
    /// Nothing is begun any more.
    Closed,
    /// A reader of this name is there.
    NameTaken,
}

/// What was taken from a worker that is overdue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Overdue<O, C> {
    /// No card was touched: the order, if there was one, waits again in its place, or is handed out
    /// where nobody is there for it any more.
    Idle(Option<O>),
    /// The card counts as lost, and the order is to be reported as failed.
    Card {
        order: O,
        card: C,
        /// All its time was used up, not the one call's.
        spent: bool,
    },
}

impl<H, C, R, T: Ord + Copy> Seat<H, C, R, T> {
    pub(super) fn names(&self) -> &[R] {
        &self.names
    }

    pub(super) const fn leaves(&self) -> bool {
        self.leaves
    }

    /// Lets go of an order for which no card has come.
    pub(super) fn lay_down(&mut self) -> Option<H> {
        match core::mem::replace(&mut self.doing, Doing::Nothing) {
            Doing::Waiting(held) => Some(held),
            other @ (Doing::Nothing | Doing::Encoding(..) | Doing::GivenUp) => {
                self.doing = other;
                None
            }
        }
    }

    /// Lets go of what it has, and does this from here on.
    pub(super) fn leave(&mut self, then: Doing<H, C>) -> Option<(H, Option<C>)> {
        (self.call, self.card) = (None, None);
        match core::mem::replace(&mut self.doing, then) {
            Doing::Waiting(held) => Some((held, None)),
            Doing::Encoding(held, card) => Some((held, Some(card))),
            Doing::Nothing | Doing::GivenUp => None,
        }
    }

    /// Whether it is overdue, and not by its call alone.
    pub(super) fn overdue(&self, now: T) -> Option<bool> {
        let past = |until: Option<T>| until.is_some_and(|until| until <= now);
        let spent = past(self.card);
        let over = matches!(self.doing, Doing::GivenUp);
        (!over && (spent || past(self.call))).then_some(spent)
    }
}

impl<O: Clone, K, R, C, T: Ord + Copy> Seat<Held<O, K, R, T>, C, R, T>
where
    K: Clone,
    R: Clone,
{
    /// A card came that is overdue at this time.
    pub(super) fn present(&mut self, card: C, until: T, open: bool) -> Present<O> {
        let Doing::Waiting(held) = &self.doing else { return Present::Nobodys };
        // What waits for the gate to open is in no call of the reader's.
        self.call = None;
        if !open {
            return Present::NotYet;
        }
        let held = held.clone();
        let order = held.order.clone();
        self.doing = Doing::Encoding(held, card);
        self.card = Some(until);
        Present::Begin(order)
    }
}

impl<O, K, R, C, T> Machine<O, K, R, C, T>
where
    O: Clone,
    K: Clone + Ord,
    R: Clone + Ord,
    C: Clone,
    T: Ord + Copy,
{
    /// A worker begins, for a reader of these names, the first of which is its own; its number.
    pub(in super::super) fn hire(&mut self, names: Vec<R>) -> Result<usize, NotHired> {
        if self.gate.is_closed() {
            return Err(NotHired::Closed);
        }
        if names.first().is_some_and(|name| self.worker(name).is_some()) {
            return Err(NotHired::NameTaken);
        }
        Ok(self.crew.add(names))
    }

    /// The worker of the reader with this name.
    pub(in super::super) fn worker(&self, name: &R) -> Option<usize> {
        self.crew.own.get(name).copied()
    }

    /// A reader is taken away: its worker serves nobody from here on, and ends once it has finished the
    /// card in hand. Hands out the orders that waited for it alone and do not wait for another to come.
    pub(in super::super) fn leave(&mut self, worker: usize) -> Vec<O> {
        let left = self.crew.remove(worker);
        if self.gate.is_closed() {
            return Vec::new();
        }
        let stranded = left.iter().flat_map(|name| self.lines.stranded(name)).collect::<Vec<_>>();
        stranded.into_iter().map(|held| self.over(held)).collect()
    }

    /// A worker has ended.
    pub(in super::super) fn ended(&mut self, worker: usize) {
        let _left = self.crew.remove(worker);
        let _seat = self.crew.seats.remove(&worker);
    }

    /// A call into the reader begins that is overdue at this time.
    pub(in super::super) fn call(&mut self, worker: usize, until: T) {
        if let Some(seat) = self.crew.get_mut(worker) {
            seat.call = Some(until);
        }
    }

    /// The call has returned.
    pub(in super::super) fn returned(&mut self, worker: usize) {
        if let Some(seat) = self.crew.get_mut(worker) {
            seat.call = None;
        }
    }

    /// The order that a worker waits with.
    pub(in super::super) fn order(&self, worker: usize) -> Option<O> {
        match &self.crew.get(worker)?.doing {
            Doing::Waiting(held) => Some(held.order.clone()),
            Doing::Nothing | Doing::Encoding(..) | Doing::GivenUp => None,
        }
    }

    /// Whether a worker was given up and has not come back.
    pub(in super::super) fn hangs(&self, worker: usize) -> bool {
        self.crew.get(worker).is_some_and(|seat| matches!(seat.doing, Doing::GivenUp))
    }

    /// Whether a worker is not to look for a card any more.
    pub(in super::super) fn is_dismissed(&self, worker: usize) -> bool {
        self.gate.is_closed() || self.crew.get(worker).is_none_or(|seat| seat.leaves)
    }

    /// Whether all workers have ended, or hang.
    pub(in super::super) fn rests(&self) -> bool {
        self.crew.seats.values().all(|seat| matches!(seat.doing, Doing::GivenUp))
    }

    /// What a worker that has not ended does, and whether it is to be taken away.
    pub(in super::super) fn doing(&self, worker: usize) -> Option<(Doing<&O, &C>, bool)> {
        let seat = self.crew.get(worker)?;
        let doing = match &seat.doing {
            Doing::Nothing => Doing::Nothing,
            Doing::Waiting(held) => Doing::Waiting(&held.order),
            Doing::Encoding(held, card) => Doing::Encoding(&held.order, card),
            Doing::GivenUp => Doing::GivenUp,
        };
        Some((doing, seat.leaves))
    }

    /// Whether a card may be begun.
    pub(in super::super) fn may_begin(&self) -> bool {
        self.has_room() && !self.gate.is_paused()
    }

    /// Whether what was told has been taken, but for so much.
    pub(in super::super) fn has_room(&self) -> bool {
        self.gate.has_room(self.crew.seats.len())
    }
}
