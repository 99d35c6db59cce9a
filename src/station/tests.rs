// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which order a worker gets, and how much it looks at to get it.

use core::cell::Cell;
use core::cmp::Ordering;

use proptest::collection::vec;
use proptest::prelude::*;

use super::machine::{Cancelled, Machine, Next, NotTaken, Slip};

#[derive(Debug, Clone)]
enum Act {
    Submit(Option<u8>, i16),
    Take(u8),
    PutBack(u8),
    Answer(u8),
    Cancel(u32),
}

const WORKERS: u8 = 3;
/// Two of them are in it.
const GROUP: u8 = 100;

fn act() -> impl Strategy<Value = Act> {
    let place = prop_oneof![0..WORKERS, Just(GROUP)];
    prop_oneof![
        (proptest::option::of(place), -1_i16..=1)
            .prop_map(|(place, rank)| Act::Submit(place, rank)),
        (0..WORKERS).prop_map(Act::Take),
        (0..WORKERS).prop_map(Act::PutBack),
        (0..WORKERS).prop_map(Act::Answer),
        (0_u32..40).prop_map(Act::Cancel),
    ]
}

fn slip<K, R>(ticket: K, place: Option<R>) -> Slip<K, R, u8> {
    Slip { ticket, place, priority: 0, deadline: None, waits: true }
}

/// The names that a worker takes orders for.
fn names(worker: u8) -> Vec<u8> {
    if worker > 0 { vec![worker, GROUP] } else { vec![worker] }
}

/// An order in the one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Standing {
    order: u32,
    place: Option<u8>,
    priority: i16,
}

proptest! {
    /// The order is that of a single line, by priority and then in the order of coming, which every worker
    /// looks through from its start.
    #[test]
    fn workers_take_orders_as_from_one_line(acts in vec(act(), 0..80)) {
        let mut machine = Machine::<u32, u32, u8, (), u8>::default();
        let mut line: Vec<Standing> = Vec::new();
        let mut held = [None::<Standing>; WORKERS as usize];
        for worker in 0..WORKERS {
            prop_assert_eq!(machine.hire(names(worker)), Ok(worker.into()));
        }
        for (order, act) in (0..).zip(acts) {
            line.sort_by_key(|one| (-one.priority, one.order));
            match act {
                Act::Submit(place, priority) => {
                    let slip = Slip { priority, ..slip(order, place) };
                    prop_assert_eq!(machine.submit(order, slip), Ok(true));
                    line.push(Standing { order, place, priority });
                }
                Act::Take(worker) if held[usize::from(worker)].is_none() => {
                    let fits = |one: &Standing| {
                        one.place.is_none_or(|place| names(worker).contains(&place))
                    };
                    let wanted = line.iter().position(fits).map(|at| line.remove(at));
                    let taken = machine.take(worker.into());
                    let order = wanted.map_or(Next::Wait, |one| Next::Order(one.order));
                    prop_assert_eq!(taken, order);
                    held[usize::from(worker)] = wanted;
                }
                Act::PutBack(worker) => {
                    prop_assert_eq!(machine.put_back(worker.into()), None);
                    line.extend(held[usize::from(worker)].take());
                }
                Act::Answer(worker) => {
                    let done = held[usize::from(worker)].take().map(|one| one.order);
                    prop_assert_eq!(machine.answer(worker.into()), done);
                }
                Act::Cancel(ticket) => {
                    let there = |one: &Standing| one.order == ticket;
                    let waited = line.iter().any(there) || held.iter().flatten().any(there);
                    line.retain(|one| !there(one));
                    for one in &mut held {
                        *one = one.filter(|one| !there(one));
                    }
                    let wanted =
                        if waited { Cancelled::Out(ticket) } else { Cancelled::Unknown };
                    prop_assert_eq!(machine.cancel(&ticket), wanted);
                }
                Act::Take(_) => {}
            }
        }
        line.sort_by_key(|one| (-one.priority, one.order));
        let left: Vec<u32> = line.iter().map(|one| one.order).collect();
        prop_assert_eq!(machine.waiting(), left.clone());
        prop_assert_eq!(machine.rest(), left);
    }
}

#[test]
fn an_order_whose_ticket_is_in_use_is_not_taken() {
    let mut machine = Machine::<u8, u8, u8, (), u8>::default();
    machine.hire(vec![0]).unwrap();
    machine.submit(1, slip(7, None)).unwrap();
    assert_eq!(machine.submit(2, slip(7, None)), Err(NotTaken::TicketInUse));
    assert_eq!(machine.take(0), Next::Order(1));
    assert_eq!(machine.submit(2, slip(7, None)), Err(NotTaken::TicketInUse));
    assert_eq!(machine.answer(0), Some(1));
    assert_eq!(machine.submit(2, slip(7, None)), Ok(true));
}

/// A ticket or the name of a reader, whose every comparison is counted.
#[derive(Debug, Clone)]
struct Counted<T>(T);

impl<T: Ord> Eq for Counted<T> {}

std::thread_local! {
    static COMPARED: Cell<usize> = const { Cell::new(0) };
}

impl<T: Ord> PartialEq for Counted<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T: Ord> PartialOrd for Counted<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> Ord for Counted<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        COMPARED.set(COMPARED.get() + 1);
        self.0.cmp(&other.0)
    }
}

type Counting = Machine<usize, Counted<usize>, Counted<String>, (), u8>;

/// What so many readers compare, each with an order of its own that it takes.
fn compared(readers: usize) -> usize {
    let before = COMPARED.get();
    let mut machine = Counting::default();
    let names: Vec<_> = (0..readers).map(|number| Counted(format!("Reader {number}"))).collect();
    for (order, name) in names.iter().rev().enumerate() {
        machine.submit(order, slip(Counted(order), Some(name.clone()))).unwrap();
    }
    for (worker, name) in names.iter().enumerate() {
        machine.hire(vec![name.clone()]).unwrap();
        assert_eq!(machine.take(worker), Next::Order(readers - 1 - worker));
    }
    COMPARED.get() - before
}

/// Looking through all orders would take four thousand each; a tree takes some more for eight times
/// as many, and not eight times as many.
#[test]
fn a_reader_finds_its_order_among_thousands_by_few_comparisons() {
    let [few, many] = [1000, 8000].map(|readers| compared(readers) / readers);
    assert!(few > 0, "nothing was counted");
    assert!(many <= few * 2, "{few} each among 1000, {many} each among 8000");
}

/// Comparisons of two readers that each take an order, where so many wait: for one of them, for another
/// one, for a group, or for anybody, in turns.
fn compared_to_find(waiting: usize) -> usize {
    let mut machine = Counting::default();
    let name = |name: &str| Counted(name.to_owned());
    machine.hire(vec![name("front"), name("hall")]).unwrap();
    machine.hire(vec![name("back"), name("hall")]).unwrap();
    let places = [Some(name("back")), Some(name("front")), Some(name("hall")), None];
    for (order, place) in (0..waiting).zip(places.into_iter().cycle()) {
        machine.submit(order, slip(Counted(order), place)).unwrap();
    }
    let before = COMPARED.get();
    assert_eq!(machine.take(0), Next::Order(1));
    assert_eq!(machine.take(1), Next::Order(0));
    COMPARED.get() - before
}

/// Neither those in front nor those behind are looked at.
#[test]
fn the_next_order_is_found_in_the_same_steps_among_ten_and_among_many() {
    let [few, many] = [10, 100_000].map(compared_to_find);
    assert!(few > 0, "nothing was counted");
    assert_eq!(few, many);
}
