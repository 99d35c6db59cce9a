// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who has which order, as a machine without threads, clock or channels: each method is something
//! that happens, what it returns is what is to be done about it, and time is an argument.
//!
//! An order is in one place only: it waits in a line, a worker has it, or it was handed out to whoever
//! reports its end. `tests/model` walks every order of events, which is why nothing of the crate is
//! used here.

mod crew;
mod gate;
mod lines;

use self::crew::Crew;
pub(super) use self::crew::{Doing, NotHired, Overdue, Present};
use self::gate::Gate;
use self::lines::{Held, Lines};

/// What the machine has to know of an order: its ticket, who may take it, and when.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Slip<K, R, T> {
    /// By which it is cancelled. No two orders have the same one at a time.
    pub(super) ticket: K,
    /// The reader or the group that it is for; `None` is whoever is free.
    pub(super) place: Option<R>,
    /// The greater goes first.
    pub(super) priority: i16,
    /// No card is begun for it from then on.
    pub(super) deadline: Option<T>,
    /// It waits where nobody is there who may take it.
    pub(super) waits: bool,
}

/// Orders `O` with tickets `K` for readers and groups `R`, cards `C`, and times `T`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Machine<O, K: Ord, R: Ord, C, T: Ord> {
    lines: Lines<O, K, R, T>,
    crew: Crew<Held<O, K, R, T>, C, R, T>,
    gate: Gate<T>,
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

/// Why an order is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// Nothing is begun any more.
    Closed,
    /// An order with this ticket is not over yet.
    TicketInUse,
    /// Nobody is there who may take it, and it does not wait for that.
    NoReader,
}

/// What becomes of an order that is cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cancelled<O> {
    /// It was handed out, to be reported.
    Out(O),
    /// A card is in hand for it, which is finished.
    InHand,
    /// There is no such order, or none any more.
    Unknown,
}

impl<O, K: Ord, R: Ord, C, T: Ord> Default for Machine<O, K, R, C, T> {
    fn default() -> Self {
        Self { lines: Lines::default(), crew: Crew::default(), gate: Gate::default() }
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
    /// An order comes, behind those of its priority that wait. Tells whether anybody is there for it.
    pub(super) fn submit(&mut self, order: O, slip: Slip<K, R, T>) -> Result<bool, NotTaken> {
        let there = self.is_there(slip.place.as_ref());
        if !self.gate.takes_orders() {
            Err(NotTaken::Closed)
        } else if self.lines.knows(&slip.ticket) {
            Err(NotTaken::TicketInUse)
        } else if !there && !slip.waits {
            Err(NotTaken::NoReader)
        } else {
            self.lines.submit(order, slip);
            Ok(there)
        }
    }

    /// Whether anybody is there who may take orders for this place. Whoever comes may take those for
    /// nobody in particular.
    fn is_there(&self, place: Option<&R>) -> bool {
        place.is_none_or(|place| self.crew.serves(place))
    }

    /// Takes an order out that nobody has begun a card for.
    pub(super) fn cancel(&mut self, ticket: &K) -> Cancelled<O> {
        if let Some(held) = self.lines.take_out(ticket) {
            return Cancelled::Out(self.over(held));
        }
        let has = |doing: &Doing<Held<O, K, R, T>, C>| match doing {
            Doing::Waiting(held) | Doing::Encoding(held, _) => held.slip.ticket == *ticket,
            Doing::Nothing | Doing::GivenUp => false,
        };
        // An order that is open and in no line is in somebody's hands.
        let worker = self.crew.find(has).filter(|_| self.lines.knows(ticket));
        let Some(seat) = worker.and_then(|worker| self.crew.get_mut(worker)) else {
            return Cancelled::Unknown;
        };
        match seat.lay_down() {
            Some(held) => Cancelled::Out(self.over(held)),
            None => Cancelled::InHand,
        }
    }

    /// Hands out the orders for which no card may be begun any more.
    pub(super) fn expired(&mut self, now: T) -> Vec<O> {
        let mut out = Vec::new();
        for ticket in self.lines.due(now) {
            if let Cancelled::Out(order) = self.cancel(&ticket) {
                out.push(order);
            }
        }
        out
    }

    /// A worker without an order asks for the first that its reader may have.
    pub(super) fn take(&mut self, worker: usize) -> Next<O> {
        let idle = self.lines.is_empty();
        let open = self.may_begin();
        let Some(seat) = self.crew.get_mut(worker) else { return Next::End };
        if self.gate.is_over(idle) || seat.leaves() {
            return Next::End;
        }
        if !open {
            return Next::Wait;
        }
        match self.lines.first(seat.names()) {
            Some(held) => {
                let order = held.order.clone();
                seat.doing = Doing::Waiting(held);
                Next::Order(order)
            }
            None => Next::Wait,
        }
    }

    /// A card came that is overdue at this time.
    pub(super) fn present(&mut self, worker: usize, card: C, until: T) -> Present<O> {
        let open = self.may_begin();
        let Some(seat) = self.crew.get_mut(worker) else { return Present::Nobodys };
        if self.gate.is_closed() || seat.leaves() {
            return Present::Nobodys;
        }
        seat.present(card, until, open)
    }

    /// Nothing was written to the card: the worker waits again for one with the same order, unless
    /// that was taken meanwhile.
    pub(super) fn again(&mut self, worker: usize) -> Option<O> {
        let seat = self.crew.get_mut(worker)?;
        let (held, _) = seat.leave(Doing::Nothing)?;
        let order = held.order.clone();
        seat.doing = Doing::Waiting(held);
        Some(order)
    }

    /// A worker is done with its order, and hands it out to be reported, unless it was taken
    /// meanwhile.
    pub(super) fn answer(&mut self, worker: usize) -> Option<O> {
        let (held, _) = self.crew.get_mut(worker)?.leave(Doing::Nothing)?;
        Some(self.over(held))
    }

    /// A worker's order came to nothing and waits again, before all that came after it; or it is handed
    /// out, where nobody is there for it any more and it does not wait for that.
    pub(super) fn put_back(&mut self, worker: usize) -> Option<O> {
        let (held, _) = self.crew.get_mut(worker)?.leave(Doing::Nothing)?;
        self.wait(held)
    }

    fn wait(&mut self, held: Held<O, K, R, T>) -> Option<O> {
        if held.slip.waits || self.gate.is_closed() || self.is_there(held.slip.place.as_ref()) {
            self.lines.wait(held);
            return None;
        }
        Some(self.over(held))
    }

    fn over(&mut self, held: Held<O, K, R, T>) -> O {
        self.lines.forget(&held.slip);
        held.order
    }

    /// Takes the order of a worker that is overdue.
    pub(super) fn overdue(&mut self, worker: usize, now: T) -> Option<Overdue<O, C>> {
        let seat = self.crew.get_mut(worker)?;
        let spent = seat.overdue(now)?;
        match seat.leave(Doing::GivenUp) {
            Some((held, Some(card))) => Some(Overdue::Card { order: self.over(held), card, spent }),
            Some((held, None)) => Some(Overdue::Idle(self.wait(held))),
            None => Some(Overdue::Idle(None)),
        }
    }

    /// A worker panicked: hands out the order that it had, to be reported as failed, with its card.
    pub(super) fn panicked(&mut self, worker: usize) -> Option<(O, Option<C>)> {
        let (held, card) = self.crew.get_mut(worker)?.leave(Doing::Nothing)?;
        Some((self.over(held), card))
    }

    /// No order is to be begun any more.
    pub(super) fn close(&mut self) {
        self.gate.close();
    }

    /// Whether no order is to be begun any more.
    pub(super) const fn is_closed(&self) -> bool {
        self.gate.is_closed()
    }

    /// No further order comes, and those that there are end until then, or are left.
    pub(super) fn drain(&mut self, until: T) {
        self.gate.drain(until);
    }

    /// Closes where everything is done that was to be, or the time for it is over. Tells whether it did.
    pub(super) fn drained(&mut self, now: T) -> bool {
        self.gate.drained(now, self.lines.is_empty())
    }

    /// No card is begun until this is said otherwise.
    pub(super) const fn pause(&mut self, paused: bool) {
        self.gate.pause(paused);
    }

    pub(super) const fn is_paused(&self) -> bool {
        self.gate.is_paused()
    }

    /// Something was told: the end of an order, or something else.
    pub(super) const fn told(&mut self, receipt: bool) {
        self.gate.told(receipt);
    }

    /// Something that was told was taken.
    pub(super) const fn taken(&mut self, receipt: bool) {
        self.gate.taken(receipt);
    }

    /// How many ends of orders wait to be taken.
    pub(super) const fn receipts(&self) -> usize {
        self.gate.receipts()
    }

    /// The orders that wait, in the order in which they go.
    pub(super) fn waiting(&self) -> Vec<O> {
        self.lines.all().into_iter().cloned().collect()
    }

    /// Hands out the orders that are left, in the order in which they would have gone.
    pub(super) fn rest(&mut self) -> Vec<O> {
        self.lines.drain()
    }
}
