// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every order of submit, take, present, answer, overdue, panic, close and stop at a station of two
//! workers and three orders: each order ends exactly once, reported or given back.

#![expect(clippy::indexing_slicing, reason = "a model may panic, and every state is walked")]

#[expect(dead_code, reason = "the station asks the machine more than the model does")]
#[path = "../../src/station/machine.rs"]
mod machine;

use machine::{Machine, Next, Overdue};
use stateright::{Checker, Model, Property};

const WORKERS: usize = 2;
const ORDERS: u8 = 3;

/// Orders are numbers, and the last one is for the first worker alone. A card is the worker that
/// it came to; a call or a card is overdue at 1.
type Desk = Machine<u8, usize, usize, u8>;

/// How an order that ended did so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum End {
    Answered,
    Overdue,
    /// Of a panic, with a card or without.
    Panicked(bool),
    GivenBack,
}

/// Where the thread of a worker is, whatever the desk believes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Thread {
    Idle,
    /// The reader is in trouble, and is looked for without an order.
    Recovering,
    Looking,
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
    closed: bool,
    stopped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Action {
    Submit,
    Take(usize),
    /// A card comes.
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
            assert_eq!(desk.hire(), worker);
        }
        let threads = [Thread::Idle; WORKERS];
        let ends = core::array::from_fn(|_| Vec::new());
        vec![Station { desk, threads, submitted: 0, ends, closed: false, stopped: false }]
    }

    fn actions(&self, station: &Station, actions: &mut Vec<Action>) {
        if !station.closed && station.submitted < ORDERS {
            actions.push(Action::Submit);
        }
        if !station.closed {
            actions.push(Action::Close);
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
            ends_so("an order is answered", End::Answered),
            ends_so("an order is overdue", End::Overdue),
            ends_so("a panic with a card ends an order", End::Panicked(true)),
            ends_so("a panic without a card ends an order", End::Panicked(false)),
            ends_so("an order is given back", End::GivenBack),
        ]
    }
}

/// That it can come to this: a walk that never does would prove nothing.
fn ends_so(name: &'static str, end: End) -> Property<Walk> {
    let reached: fn(&Walk, &Station) -> bool = match end {
        End::Answered => |_, station| station.has(End::Answered),
        End::Overdue => |_, station| station.has(End::Overdue),
        End::Panicked(true) => |_, station| station.has(End::Panicked(true)),
        End::Panicked(false) => |_, station| station.has(End::Panicked(false)),
        End::GivenBack => |_, station| station.has(End::GivenBack),
    };
    Property::sometimes(name, reached)
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

    fn ended(&mut self, order: u8, end: End) {
        self.ends[usize::from(order)].push(end);
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each action")]
    fn act(&mut self, action: Action) {
        match action {
            Action::Submit => {
                let only = (self.submitted + 1 == ORDERS).then_some(0);
                self.desk.submit(self.submitted, only);
                self.submitted += 1;
            }
            Action::Take(worker) => match self.desk.take(worker, &worker) {
                Next::Order(_) => {
                    self.desk.call(worker, 1);
                    self.threads[worker] = Thread::Looking;
                }
                Next::Wait => {}
                Next::End => self.threads[worker] = Thread::Ended,
            },
            Action::Present(worker) => {
                if self.desk.present(worker, worker, 1).is_some() {
                    self.threads[worker] = Thread::Encoding;
                }
            }
            Action::Nothing(worker) => {
                if self.desk.is_closed() || self.desk.hangs(worker) {
                    let _had = self.desk.put_back(worker);
                    self.threads[worker] = Thread::Idle;
                }
            }
            Action::Trouble(worker) => {
                let _had = self.desk.put_back(worker);
                self.desk.call(worker, 1);
                self.threads[worker] = Thread::Recovering;
            }
            Action::Recovered(worker) => {
                assert_eq!(self.desk.answer(worker), None, "a reader in trouble has no order");
                self.threads[worker] = Thread::Idle;
            }
            Action::Answer(worker) => {
                self.threads[worker] = Thread::Idle;
                if let Some(order) = self.desk.answer(worker) {
                    self.ended(order, End::Answered);
                }
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
                if let Some(Overdue::Card { order, card, .. }) = self.desk.overdue(worker, 1) {
                    assert_eq!(card, worker);
                    self.ended(order, End::Overdue);
                }
            }
            Action::Panic(worker) => {
                self.threads[worker] = Thread::Ended;
                if let Some((order, card)) = self.desk.panicked(worker) {
                    self.ended(order, End::Panicked(card.is_some()));
                }
            }
            Action::Close => {
                self.desk.close();
                self.closed = true;
            }
            Action::Stop => {
                for order in self.desk.rest() {
                    self.ended(order, End::GivenBack);
                }
                self.stopped = true;
            }
        }
    }
}

#[test]
fn each_order_ends_exactly_once_in_whatever_order_things_happen() {
    let walked = Walk.checker().spawn_bfs().join();
    walked.assert_properties();
    println!("{} states, {} of them unlike", walked.state_count(), walked.unique_state_count());
    assert!(walked.is_done());
    // A walk that has become much smaller leaves something out.
    assert!(walked.unique_state_count() >= 5500, "{}", walked.unique_state_count());
}
