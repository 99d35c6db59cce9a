// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every order of submit, take, present, answer, cancel, pause, overdue, panic, taking away, taking of
//! events, close and stop at a station of two workers and three orders: each order ends exactly once,
//! reported or given back, and no card is begun while too much waits to be told.

use super::machine::{Cancelled, Machine, Next, NotHired, Overdue, Present, Slip};
use stateright::{Checker, Model, Property};

const WORKERS: usize = 2;
const ORDERS: u8 = 3;

/// Orders are numbers, and their own tickets. The first is for anybody and has a deadline at 1; the second
/// is for the first worker and does not wait for one to come; the last is for that one too, waits, and
/// goes first. A card is the worker that it came to; a call or a card is overdue at 1.
type Desk = Machine<u8, u8, usize, usize, u8>;

fn slip(order: u8) -> Slip<u8, usize, u8> {
    Slip {
        ticket: order,
        place: (order > 0).then_some(0),
        priority: if order == 2 { 1 } else { 0 },
        deadline: (order == 0).then_some(1),
        waits: order != 1,
    }
}

/// How an order that ended did so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum End {
    Answered,
    Overdue,
    /// Of a panic, with a card or without.
    Panicked(bool),
    Cancelled,
    Expired,
    /// Nobody is there for it any more.
    Stranded,
    GivenBack,
}

/// Where the thread of a worker is, whatever the desk believes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Thread {
    Idle,
    /// The reader is in trouble, and is looked for without an order.
    Recovering,
    Looking,
    /// A card lies there, and none may be begun yet.
    Presented,
    /// Has a card.
    Encoding,
    Ended,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Station {
    desk: Desk,
    threads: [Thread; WORKERS],
    submitted: u8,
    ends: [Vec<End>; ORDERS as usize],
    /// Ends that nobody took yet.
    untaken: usize,
    paused: bool,
    closed: bool,
    stopped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Action {
    Submit,
    Take(usize),
    /// A card comes, or one that lies there is looked at again.
    Present(usize),
    /// No card came in this look.
    Nothing(usize),
    /// The reader is in trouble.
    Trouble(usize),
    /// The reader is looked for again, and that returned.
    Recovered(usize),
    /// The encoding ended.
    Answer(usize),
    /// The encoding ended before anything was written, and the card is tried again.
    Again(usize),
    Overdue(usize),
    Panic(usize),
    /// The reader is taken away.
    Leave(usize),
    Cancel(u8),
    /// The deadline of the first order has come.
    Expire,
    /// Somebody takes an event.
    TakeEvent,
    Pause(bool),
    Close,
    Stop,
}

struct Walk;

impl Model for Walk {
    type State = Station;
    type Action = Action;

    fn init_states(&self) -> Vec<Station> {
        let mut desk = Desk::default();
        for worker in 0..WORKERS {
            assert_eq!(desk.hire(vec![worker]), Ok(worker));
        }
        assert_eq!(desk.hire(vec![0]), Err(NotHired::NameTaken));
        vec![Station {
            desk,
            threads: [Thread::Idle; WORKERS],
            submitted: 0,
            ends: core::array::from_fn(|_| Vec::new()),
            untaken: 0,
            paused: false,
            closed: false,
            stopped: false,
        }]
    }

    fn actions(&self, station: &Station, actions: &mut Vec<Action>) {
        if !station.closed {
            if station.submitted < ORDERS {
                actions.push(Action::Submit);
            }
            actions.extend([Action::Close, Action::Pause(!station.paused), Action::Leave(0)]);
            actions.push(Action::Expire);
            actions.extend((0..station.submitted).map(Action::Cancel));
        }
        if station.untaken > 0 {
            actions.push(Action::TakeEvent);
        }
        for (worker, thread) in station.threads.iter().enumerate() {
            let may: &[fn(usize) -> Action] = match thread {
                Thread::Idle => &[Action::Take],
                Thread::Recovering => &[Action::Recovered, Action::Overdue, Action::Panic],
                Thread::Looking => &[
                    Action::Present,
                    Action::Nothing,
                    Action::Trouble,
                    Action::Overdue,
                    Action::Panic,
                ],
                Thread::Presented => &[Action::Present],
                Thread::Encoding => {
                    &[Action::Answer, Action::Again, Action::Overdue, Action::Panic]
                }
                Thread::Ended => &[],
            };
            actions.extend(may.iter().map(|action| action(worker)));
        }
        if station.closed && !station.stopped && station.rests() {
            actions.push(Action::Stop);
        }
    }

    fn next_state(&self, last: &Station, action: Action) -> Option<Station> {
        let mut station = last.clone();
        station.act(action);
        // What changes nothing is no step.
        (station != *last).then_some(station)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no order ends twice", |_, station: &Station| {
                station.ends.iter().all(|ends| ends.len() <= 1)
            }),
            Property::always("after a stop every order has ended", |_, station: &Station| {
                let submitted = station.ends.iter().take(station.submitted.into());
                !station.stopped || submitted.map(Vec::len).all(|ends| ends == 1)
            }),
            Property::always("a station that is not stopped goes on", |walk, station: &Station| {
                station.stopped || !walk.next_steps(station).is_empty()
            }),
            Property::always("nothing that did not come ends", |_, station: &Station| {
                let mut others = station.ends.iter().skip(station.submitted.into());
                others.all(Vec::is_empty)
            }),
            Property::sometimes("a card waits at the gate", |_, station: &Station| {
                station.threads.contains(&Thread::Presented)
            }),
            Property::sometimes("an order is answered", |_, last: &Station| {
                last.has(End::Answered)
            }),
            Property::sometimes("an order is overdue", |_, last: &Station| last.has(End::Overdue)),
            Property::sometimes("a panic with a card ends an order", |_, last: &Station| {
                last.has(End::Panicked(true))
            }),
            Property::sometimes("a panic without a card ends an order", |_, last: &Station| {
                last.has(End::Panicked(false))
            }),
            Property::sometimes("an order is cancelled", |_, last: &Station| {
                last.has(End::Cancelled)
            }),
            Property::sometimes("an order expires", |_, last: &Station| last.has(End::Expired)),
            Property::sometimes("an order is stranded", |_, last: &Station| {
                last.has(End::Stranded)
            }),
            Property::sometimes("an order is given back", |_, last: &Station| {
                last.has(End::GivenBack)
            }),
        ]
    }
}

impl Station {
    fn has(&self, end: End) -> bool {
        self.ends.iter().any(|ends| ends.contains(&end))
    }

    /// Whether a stop waits for no thread any more.
    fn rests(&self) -> bool {
        let mut threads = self.threads.iter().enumerate();
        threads.all(|(worker, thread)| *thread == Thread::Ended || self.desk.hangs(worker))
    }

    /// An order has ended, and that is told.
    fn ended(&mut self, orders: impl IntoIterator<Item = u8>, end: End) {
        for order in orders {
            self.ends[usize::from(order)].push(end);
            self.untaken += 1;
            self.desk.told(true);
        }
    }

    /// What a worker had goes back to its line, and it looks for nothing.
    fn give_back(&mut self, worker: usize) {
        let stranded = self.desk.put_back(worker);
        self.ended(stranded, End::Stranded);
        self.threads[worker] = Thread::Idle;
    }

    fn present(&mut self, worker: usize) {
        match self.desk.present(worker, worker, 1) {
            Present::Begin(_) => {
                let there = self.threads.iter().filter(|thread| **thread != Thread::Ended).count();
                let shut = self.paused || self.closed || self.untaken > there;
                assert!(!shut, "a card is begun at a shut gate");
                self.threads[worker] = Thread::Encoding;
            }
            Present::NotYet => self.threads[worker] = Thread::Presented,
            Present::Nobodys => self.give_back(worker),
        }
    }

    fn leave(&mut self, worker: usize) {
        let stranded = self.desk.leave(worker);
        self.ended(stranded, End::Stranded);
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each action")]
    fn act(&mut self, action: Action) {
        match action {
            Action::Submit => {
                // Where nobody is there for it, it is refused at once, and nobody has to account for it.
                let order = self.submitted;
                if self.desk.submit(order, slip(order)).is_err() {
                    self.ends[usize::from(order)].push(End::Stranded);
                }
                self.submitted += 1;
            }
            Action::Take(worker) => match self.desk.take(worker) {
                Next::Order(_) => {
                    self.desk.call(worker, 1);
                    self.threads[worker] = Thread::Looking;
                }
                Next::Wait => {}
                Next::End => {
                    self.desk.ended(worker);
                    self.threads[worker] = Thread::Ended;
                }
            },
            Action::Present(worker) => self.present(worker),
            Action::Nothing(worker) => {
                self.desk.returned(worker);
                if self.desk.is_dismissed(worker) || self.desk.order(worker).is_none() {
                    self.give_back(worker);
                } else {
                    self.desk.call(worker, 1);
                }
            }
            Action::Trouble(worker) => {
                self.desk.returned(worker);
                self.give_back(worker);
                self.desk.call(worker, 1);
                self.threads[worker] = Thread::Recovering;
            }
            Action::Recovered(worker) => {
                self.desk.returned(worker);
                assert_eq!(self.desk.put_back(worker), None, "a reader in trouble has no order");
                self.threads[worker] = Thread::Idle;
            }
            Action::Answer(worker) => {
                self.threads[worker] = Thread::Idle;
                let order = self.desk.answer(worker);
                self.ended(order, End::Answered);
            }
            Action::Again(worker) => match self.desk.again(worker) {
                Some(_) => {
                    self.desk.call(worker, 1);
                    self.threads[worker] = Thread::Looking;
                }
                None => self.threads[worker] = Thread::Idle,
            },
            Action::Overdue(worker) => {
                assert_eq!(self.desk.overdue(worker, 0), None, "before its time");
                match self.desk.overdue(worker, 1) {
                    Some(Overdue::Card { order, card, .. }) => {
                        assert_eq!(card, worker);
                        self.ended([order], End::Overdue);
                    }
                    Some(Overdue::Idle(stranded)) => self.ended(stranded, End::Stranded),
                    None => {}
                }
            }
            Action::Panic(worker) => {
                if let Some((order, card)) = self.desk.panicked(worker) {
                    self.ended([order], End::Panicked(card.is_some()));
                }
                self.leave(worker);
                self.desk.ended(worker);
                self.threads[worker] = Thread::Ended;
            }
            Action::Leave(reader) => {
                if let Some(worker) = self.desk.worker(&reader) {
                    self.leave(worker);
                }
            }
            Action::Cancel(order) => {
                if let Cancelled::Out(order) = self.desk.cancel(&order) {
                    self.ended([order], End::Cancelled);
                }
            }
            Action::Expire => {
                assert!(self.desk.expired(0).is_empty(), "before its time");
                let expired = self.desk.expired(1);
                self.ended(expired, End::Expired);
            }
            Action::TakeEvent => {
                self.untaken -= 1;
                self.desk.taken(true);
            }
            Action::Pause(paused) => {
                self.paused = paused;
                self.desk.pause(paused);
            }
            Action::Close => {
                self.desk.close();
                self.closed = true;
            }
            Action::Stop => {
                for order in self.desk.rest() {
                    self.ends[usize::from(order)].push(End::GivenBack);
                }
                self.stopped = true;
            }
        }
    }
}

#[test]
fn each_order_ends_exactly_once_in_whatever_order_things_happen() {
    let walked = Walk.checker().threads(2).spawn_bfs().join();
    walked.assert_properties();
    println!("{} states, {} of them unlike", walked.state_count(), walked.unique_state_count());
    assert!(walked.is_done());
    // A walk that has become much smaller leaves something out.
    assert!(walked.unique_state_count() >= 200_000, "{}", walked.unique_state_count());
}
