// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which order a worker gets, and how much it looks at to get it.

use core::cell::Cell;
use core::cmp::Ordering;

use proptest::collection::vec;
use proptest::prelude::*;

use super::machine::{Machine, Next};

#[derive(Debug, Clone)]
enum Act {
    Submit(Option<u8>),
    Take(u8),
    PutBack(u8),
    Answer(u8),
}

const WORKERS: u8 = 3;

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        proptest::option::of(0..WORKERS).prop_map(Act::Submit),
        (0..WORKERS).prop_map(Act::Take),
        (0..WORKERS).prop_map(Act::PutBack),
        (0..WORKERS).prop_map(Act::Answer),
    ]
}

proptest! {
    /// The order is that of a single line, in the order of coming, which every worker looks through
    /// from its start.
    #[test]
    fn workers_take_orders_as_from_one_line(acts in vec(act(), 0..80)) {
        let mut machine = Machine::<u32, u8, (), u8>::default();
        let mut line: Vec<(u32, Option<u8>)> = Vec::new();
        let mut held = [None; WORKERS as usize];
        for _ in 0..WORKERS {
            let _number = machine.hire();
        }
        for (order, act) in (0..).zip(acts) {
            match act {
                Act::Submit(only) => {
                    machine.submit(order, only);
                    line.push((order, only));
                }
                Act::Take(worker) if held[usize::from(worker)].is_none() => {
                    let fits = |(_, only): &(u32, Option<u8>)| only.is_none_or(|only| only == worker);
                    let wanted = line.iter().position(fits).map(|at| line.remove(at));
                    let taken = machine.take(worker.into(), &worker);
                    let order = wanted.map_or(Next::Wait, |(order, _)| Next::Order(order));
                    prop_assert_eq!(taken, order);
                    held[usize::from(worker)] = wanted;
                }
                Act::PutBack(worker) => {
                    let back = held[usize::from(worker)].take();
                    prop_assert_eq!(machine.put_back(worker.into()), back.is_some());
                    line.extend(back);
                    line.sort_by_key(|(order, _)| *order);
                }
                Act::Answer(worker) => {
                    let done = held[usize::from(worker)].take().map(|(order, _)| order);
                    prop_assert_eq!(machine.answer(worker.into()), done);
                }
                Act::Take(_) => {}
            }
        }
        let left: Vec<u32> = line.iter().map(|(order, _)| *order).collect();
        prop_assert_eq!(machine.rest(), left);
    }
}

/// The name of a reader, whose every comparison is counted.
#[derive(Debug, Clone, Eq)]
struct Counted(String);

std::thread_local! {
    static COMPARED: Cell<usize> = const { Cell::new(0) };
}

impl PartialEq for Counted {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl PartialOrd for Counted {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Counted {
    fn cmp(&self, other: &Self) -> Ordering {
        COMPARED.set(COMPARED.get() + 1);
        self.0.cmp(&other.0)
    }
}

/// So many readers, each with an order of its own that it takes.
fn compared(readers: usize) -> usize {
    let before = COMPARED.get();
    let mut machine = Machine::<usize, Counted, (), u8>::default();
    let names: Vec<_> = (0..readers).map(|number| Counted(format!("Reader {number}"))).collect();
    for (order, name) in names.iter().rev().enumerate() {
        let _number = machine.hire();
        machine.submit(order, Some(name.clone()));
    }
    for (worker, name) in names.iter().enumerate() {
        assert_eq!(machine.take(worker, name), Next::Order(readers - 1 - worker));
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
