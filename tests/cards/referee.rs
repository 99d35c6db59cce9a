// SPDX-License-Identifier: MIT OR Apache-2.0
//! A man in the middle between the engine and honest cards, and a referee who looks at the card
//! once the engine claims that it is done.
//!
//! `REFEREE=1000000` takes so many cards, which wants a release build; `REFEREE_SEED=4711` plays one
//! trial and tells it.

mod cipher;
mod deceived;
mod editions;
mod forge;
mod handshake;
mod judge;
mod knowledge;
mod man;
mod session;
mod sheet;
mod trial;
mod tricks;
mod world;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use trial::{End, Trial};
use tricks::{TRICKS, Trick};
use world::Case;

/// So many trials of each trick at least change what the engine sees.
const SEEN: usize = 50;

/// How many cards, unless the environment says otherwise.
const CARDS: usize = 20_000;

#[derive(Default, Clone, Copy)]
struct Row {
    trials: usize,
    seen: usize,
    claimed: usize,
    deceived: usize,
}

#[derive(Default)]
struct Table {
    rows: BTreeMap<Trick, Row>,
    /// Kinds of deceit, with how often and the first trial of it.
    kinds: BTreeMap<String, (usize, usize, String)>,
}

impl Table {
    fn enter(&mut self, trial: &Trial<'_>, end: &End) {
        for ploy in &trial.ploys {
            let row = self.rows.entry(ploy.trick).or_default();
            row.trials += 1;
            row.seen += usize::from(end.seen);
            row.claimed += usize::from(world::finished(&end.encoded.outcome));
            row.deceived += usize::from(end.deceit.is_some());
        }
        if let Some(deceit) = &end.deceit {
            let tricks: Vec<_> = trial.ploys.iter().map(|ploy| ploy.trick.to_string()).collect();
            let outcome = end.encoded.outcome.clone();
            let deceit: String = deceit.split_once(':').map_or(&deceit[..], |(_, what)| what).to_owned();
            let kind = format!(
                "{}{} | {:?} {} | {outcome:?} |{}",
                if trial.case.deceives_itself { "nobody, " } else { "" },
                tricks.join(" + "),
                trial.case.life,
                trial.case.messaging,
                deceit.chars().take(44).collect::<String>(),
            );
            let entry = self.kinds.entry(kind).or_insert((0, trial.seed, trial.to_string()));
            entry.0 += 1;
        }
    }

    fn join(&mut self, other: Self) {
        for (trick, row) in other.rows {
            let all = self.rows.entry(trick).or_default();
            all.trials += row.trials;
            all.seen += row.seen;
            all.claimed += row.claimed;
            all.deceived += row.deceived;
        }
        for (kind, entry) in other.kinds {
            self.kinds.entry(kind).and_modify(|all| all.0 += entry.0).or_insert(entry);
        }
    }

    fn print(&self) {
        let mut out = std::io::stdout();
        writeln!(out, "{:38} {:>7} {:>7} {:>7} {:>7}", "trick", "trials", "seen", "done", "false").unwrap();
        for (trick, name) in TRICKS {
            let Row { trials, seen, claimed, deceived } =
                self.rows.get(&trick).copied().unwrap_or_default();
            writeln!(out, "{name:38} {trials:>7} {seen:>7} {claimed:>7} {deceived:>7}").unwrap();
        }
    }
}

fn play_all(cases: &[Case], cards: usize) -> Table {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let worker = || {
            let mut table = Table::default();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= cards {
                    return table;
                }
                let trial = Trial::of(seed, cases);
                let end = trial.play();
                table.enter(&trial, &end);
            }
        };
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let mut table = Table::default();
        workers.into_iter().for_each(|worker| table.join(worker.join().unwrap()));
        table
    })
}

fn all_cases() -> Vec<Case> {
    world::combinations().iter().flat_map(world::Combination::cases).collect()
}

#[test]
fn whoever_stands_in_the_middle_gets_no_card_called_done_that_is_not() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<usize>().unwrap());
    let cases = all_cases();
    if let Some(seed) = number("REFEREE_SEED") {
        let trial = Trial::of(seed, &cases);
        let end = trial.play();
        println!("{trial}\n{:?}, {:?}\n{:#?}", end.encoded.outcome, end.deceit, end.encoded.receipt);
        return;
    }
    let table = play_all(&cases, number("REFEREE").unwrap_or(CARDS));
    table.print();
    for (kind, (count, seed, trial)) in &table.kinds {
        println!("{count:>5} {kind}\n        seed {seed}: {trial}");
    }
    assert!(table.kinds.is_empty(), "{} kinds of deceit", table.kinds.len());
}

/// His own sessions are the card's: what he opens and does not change he seals as it was.
#[test]
fn what_is_opened_and_not_changed_is_sealed_as_it_was() {
    let mut read = 0;
    for case in &all_cases() {
        let (same, keys) = trial::listen(case);
        assert!(same, "{case}");
        read += keys;
    }
    assert!(read > 1000, "{read} keys read");
}
