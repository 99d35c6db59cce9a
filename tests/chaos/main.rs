// SPDX-License-Identifier: MIT OR Apache-2.0
//! 64 readers in chaos: they vanish and come back, hang and panic; cards are pulled, swapped and the wrong
//! ones; orders are cancelled, run out of time and are put again; the station is paused, and whoever takes
//! its events falls asleep. Each order that was put ends once, and memory does not grow.
//!
//! ```sh
//! CHAOS=600 cargo test --release --test chaos -- --nocapture
//! ```
//!
//! `CHAOS` is for how many seconds. From a minute on, the least memory in the last fifth of the time is held
//! against that in the second one, and everything that may happen has to have happened. `CHAOS_SEED` says what is done;
//! what comes of it hangs on the machine, too.
#![cfg(feature = "emulator")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    clippy::print_stdout,
    reason = "a helper of a test fails loudly"
)]

#[path = "../common/mod.rs"]
mod common;
mod hands;
mod ledger;
mod reader;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use cardwright::station::{Deadlines, Event, Events, Station};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use hands::World;
use ledger::Ledger;

/// What a run of a minute or more has to have seen, by the codes of receipts and the names of events and acts.
const SEEN: [&str; 14] = [
    "done",
    "order-cancelled",
    "order-expired",
    "reader-hung",
    "reader-not-there",
    "gone",
    "hung",
    "left",
    "back",
    "trouble",
    "no reader",
    "put again",
    "taken away while it hung",
    "paused",
];

/// What an allocator may hold more of at one time than at another, in KiB: in a minute less than 100 bytes
/// for each order.
const NOISE: u64 = 1024;

/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// What is done at once.
const HANDS: u64 = 4;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// What this program holds in memory, in KiB: without its code, which comes in as it is used.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("RssAnon:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The least that it held within a time from now. What hangs or waits at a moment comes and goes with the
/// load of the machine; what is never given back is there at every moment.
fn least(time: Duration) -> Option<u64> {
    let began = Instant::now();
    let mut least = resident()?;
    while began.elapsed() < time {
        thread::sleep(LOOK);
        least = least.min(resident()?);
    }
    Some(least)
}

/// Takes events until there are none any more, and is slow at times.
fn follow(world: &World, events: Events, mut rng: StdRng) {
    for event in events {
        let name = match event {
            Event::Finished { ticket, encoded, order, .. } => {
                let code = encoded.receipt.code.as_deref();
                world.ledger.ended(ticket, code.unwrap_or(encoded.receipt.outcome.name()));
                if let Some(order) = order.filter(|_| rng.random_ratio(1, 3)) {
                    world.again(*order);
                }
                ""
            }
            Event::Hung { .. } => "hung",
            Event::Gone { .. } => "gone",
            Event::Left { .. } => "left",
            Event::Back { .. } => "back",
            Event::Trouble { .. } => "trouble",
            Event::NoReader { .. } => "no reader",
            _ => "",
        };
        world.ledger.happened(name);
        if rng.random_ratio(1, 2000) {
            thread::sleep(Duration::from_millis(200));
        }
    }
}

#[test]
fn every_order_ends_once_in_chaos_and_memory_does_not_grow() {
    reader::panic_quietly();
    let time = Duration::from_secs(number("CHAOS").unwrap_or(4));
    let seed = number("CHAOS_SEED").unwrap_or_else(rand::random);
    println!("CHAOS_SEED={seed}");
    let usual = Duration::from_millis(300);
    let deadlines = Deadlines { usual, slow: usual, look: usual };
    let station = Station::new().with_deadlines(deadlines);
    let world = Arc::new(World::new(station.handle(), Ledger::default()));
    let (began, events) = (Instant::now(), station.events());
    let rng = move |number| StdRng::seed_from_u64(seed.wrapping_add(number));
    let taker = {
        let world = Arc::clone(&world);
        thread::spawn(move || follow(&world, events, rng(0)))
    };
    let hands = (1..=HANDS).map(|number| {
        let world = Arc::clone(&world);
        thread::spawn(move || world.work(rng(number)))
    });
    let hands: Vec<_> = hands.collect();
    thread::sleep(time / 5);
    let early = least(time / 5);
    thread::sleep((time * 4 / 5).saturating_sub(began.elapsed()));
    let late = least(time.saturating_sub(began.elapsed()));
    world.over.store(true, Ordering::Release);
    for hand in hands {
        hand.join().unwrap();
    }
    world.handle.resume();
    let stopped = station.finish(Duration::from_secs(5));
    taker.join().unwrap();
    for order in &stopped.orders {
        world.ledger.came_back(order.ticket);
    }
    world.ledger.close();
    let seen = world.ledger.print();
    println!("memory: {early:?} KiB in the second fifth of the time, {late:?} KiB in the last");
    if time >= Duration::from_secs(60) {
        let missing: Vec<_> = SEEN.iter().filter(|what| !seen.contains_key(**what)).collect();
        assert!(missing.is_empty(), "{missing:?} did not happen");
        // Other systems have no such file.
        if let (Some(early), Some(late)) = (early, late) {
            assert!(late <= early * 11 / 10 + NOISE, "{early} KiB became {late} KiB");
        }
    }
}
