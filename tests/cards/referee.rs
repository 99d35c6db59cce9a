// SPDX-License-Identifier: MIT OR Apache-2.0
//! A man in the middle between the engine and honest cards, and a referee who looks at the card
//! himself once the engine claims that it is done.
//!
//! `REFEREE=1000000` plays so many trials, which wants a release build; `REFEREE_SEED=4711` plays
//! one, and tells how it ended.

mod deceived;
mod left_out;
#[path = "referee/parts.rs"]
mod parts;
mod permitted;
mod prepared;
mod vectors;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use cardwright::encode::Task;
use cardwright::wire::Messaging;
use parts::judge::{SLOT, look};
use parts::papers::{MADE, PAPERS};
use parts::trial::{Blame, End, Kind, SELDOM, Trial, UNPROVABLE, listen, shows_nowhere};
use parts::tricks::{Ploy, TRICKS, Trick};
use parts::world::{Case, Combination, Life, Start, UID, combinations, finished};

/// How many trials there are unless the environment says otherwise.
const TRIALS: usize = 20_000;

/// In so many trials at least of each trick the engine sees something that is not so without it.
const SEEN: usize = 50;

#[derive(Default, Clone, Copy)]
struct Row {
    trials: usize,
    seen: usize,
    done: usize,
    deceived: usize,
}

/// What came of all trials.
#[derive(Default)]
struct Table {
    rows: BTreeMap<Trick, Row>,
    /// The deceits that nothing excuses: how often, and the first.
    deceits: BTreeMap<String, (usize, String)>,
    /// The deceits that cannot be proven away.
    unprovable: BTreeSet<(Trick, Kind)>,
    /// Those of them that verification elsewhere does not find.
    missed: Vec<String>,
}

impl Table {
    fn enter(&mut self, trial: &Trial<'_>, end: &End) {
        for ploy in &trial.ploys {
            let row = self.rows.entry(ploy.trick).or_default();
            row.trials += 1;
            row.seen += usize::from(end.seen);
            row.done += usize::from(finished(&end.encoded.outcome));
        }
        let Some(deceit) = &end.deceit else { return };
        let (blame, kind) = (trial.blame(deceit), trial.kind());
        if let Blame::Trick(trick) = blame {
            self.rows.entry(trick).or_default().deceived += 1;
        }
        if let Some(excuse) = trial.excuse(&blame, deceit) {
            self.unprovable.insert(excuse);
            let found = end.found || shows_nowhere(trial.case, deceit);
            let (outcome, seed) = (end.encoded.receipt.outcome.name(), trial.seed);
            let missed = || format!("{outcome}, but {deceit}: REFEREE_SEED={seed} plays {trial}");
            self.missed.extend((!found).then(missed));
            return;
        }
        let what = format!("{blame}, {kind}, {:?} in {}", trial.case.life, trial.case.messaging);
        let outcome = end.encoded.receipt.outcome.name();
        let first = format!(
            "{outcome}, but {deceit}: REFEREE_SEED={} cargo test --test cards referee -- \
             --nocapture plays {trial}",
            trial.seed
        );
        self.deceits.entry(what).or_insert((0, first)).0 += 1;
    }

    fn join(&mut self, other: Self) {
        for (trick, row) in other.rows {
            let all = self.rows.entry(trick).or_default();
            all.trials += row.trials;
            all.seen += row.seen;
            all.done += row.done;
            all.deceived += row.deceived;
        }
        for (what, (count, first)) in other.deceits {
            self.deceits.entry(what).or_insert((0, first)).0 += count;
        }
        self.unprovable.extend(other.unprovable);
        self.missed.extend(other.missed);
    }

    /// Past the test runner, which keeps what a test that passes prints.
    fn print(&self) {
        let mut out = std::io::stdout();
        let head = ["trick", "trials", "seen", "done", "deceived"];
        let [trick, trials, seen, done, deceived] = head;
        writeln!(out, "{trick:<44} {trials:>8} {seen:>8} {done:>8} {deceived:>8}").unwrap();
        for (trick, name) in TRICKS {
            let Row { trials, seen, done, deceived } = self.row(trick);
            writeln!(out, "{name:<44} {trials:>8} {seen:>8} {done:>8} {deceived:>8}").unwrap();
        }
        for (trick, kind) in &self.unprovable {
            writeln!(out, "cannot be proven away: {trick}, {kind}").unwrap();
        }
    }

    fn row(&self, trick: Trick) -> Row {
        self.rows.get(&trick).copied().unwrap_or_default()
    }
}

fn play(cases: &[&Case], trials: usize) -> Table {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut table = Table::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= trials {
                return table;
            }
            let trial = Trial::of(seed, cases);
            table.enter(&trial, &trial.play());
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let mut table = Table::default();
        workers.into_iter().for_each(|worker| table.join(worker.join().unwrap()));
        table
    })
}

fn all_cases() -> Vec<&'static Case> {
    combinations().iter().flat_map(Combination::cases).collect()
}

#[test]
fn whoever_stands_in_the_middle_gets_no_card_called_done_that_is_not() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<usize>().unwrap());
    let cases = all_cases();
    if let Some(seed) = number("REFEREE_SEED") {
        let trial = Trial::of(seed, &cases);
        let end = trial.play();
        for (number, (command, reply)) in end.talk.iter().enumerate() {
            let (command, reply) = (hex::encode_upper(command), hex::encode_upper(reply));
            writeln!(std::io::stdout(), "{number:>3} {command} {reply}").unwrap();
        }
        let (outcome, receipt) = (&end.encoded.outcome, &end.encoded.receipt);
        let begun = end.begun;
        writeln!(std::io::stdout(), "{trial}, from {begun} on\n{outcome:?}, {receipt:#?}").unwrap();
        let blame = end.deceit.as_ref().map(|deceit| trial.blame(deceit));
        assert_eq!(end.deceit, None, "{blame:?}");
        return;
    }
    let table = play(&cases, number("REFEREE").unwrap_or(TRIALS));
    table.print();
    let deceits: Vec<String> = table
        .deceits
        .iter()
        .map(|(what, (count, first))| format!("{count} of {what}\n  {first}"))
        .collect();
    assert!(deceits.is_empty(), "{} kinds of deceit:\n{}", deceits.len(), deceits.join("\n"));
    for (trick, name) in TRICKS {
        assert!(
            table.row(trick).seen >= SEEN,
            "{name}: {} changed anything",
            table.row(trick).seen
        );
    }
    assert!(table.missed.is_empty(), "found nowhere: {:#?}", table.missed);
    let sampled: BTreeSet<_> =
        table.unprovable.into_iter().filter(|row| !SELDOM.contains(row)).collect();
    assert_eq!(sampled, UNPROVABLE.into(), "the list of what cannot be proven away");
}

/// Of all cards tags and those of the made-up chip are few, so they are disturbed once more by themselves.
#[test]
fn whoever_stands_before_a_card_with_a_fixed_layout_gets_none_called_done_that_is_not() {
    let fixed = combinations().iter().filter(|one| one.is_fixed());
    let cases: Vec<_> = fixed.flat_map(Combination::cases).collect();
    let table = play(&cases, TRIALS / 4);
    assert_eq!(table.deceits, BTreeMap::new());
    assert!(table.missed.is_empty(), "found nowhere: {:#?}", table.missed);
    // What seldom comes up among all cards is not to be had of these at all.
    assert!(table.unprovable.iter().all(|row| UNPROVABLE.contains(row)), "{:?}", table.unprovable);
}

/// So are those of parts that are as long as their values, random filling and MACs over it.
#[test]
fn whoever_stands_before_random_filling_gets_no_card_called_done_that_is_not() {
    let made = |one: &&Combination| one.name() == MADE;
    let cases: Vec<_> = combinations().iter().filter(made).flat_map(Combination::cases).collect();
    let lives: BTreeSet<_> = cases.iter().map(|case| case.life).collect();
    let all = Life::ALL.iter().filter(|life| life.start() != Start::Prepared);
    assert_eq!(lives.len(), all.count(), "{lives:?}");
    let right = |case: &&Case| case.wanted.iter().any(|line| line.contains("MAC right true"));
    assert!(cases.iter().filter(|case| case.life == Life::Make).all(right));
    let table = play(&cases, TRIALS / 4);
    assert_eq!(table.deceits, BTreeMap::new());
    assert!(table.missed.is_empty(), "found nowhere: {:#?}", table.missed);
    let listed = |row: &(Trick, Kind)| UNPROVABLE.contains(row) || SELDOM.contains(row);
    assert!(table.unprovable.iter().all(listed), "{:?}", table.unprovable);
}

/// What a sample seldom meets of the list: each is shown to deceive, and to be found elsewhere.
#[test]
fn what_seldom_deceives_is_on_the_list_because_it_does() {
    let cases = all_cases();
    let mut proven = Vec::new();
    for (trick, kind) in SELDOM {
        if trick == Trick::Generation {
            // It takes another UID besides, and is the same against a card of any generation.
            continue;
        }
        let lives = |case: &&&Case| case.life == Life::Make;
        let swaps = trick == Trick::Swap;
        let several = |case: &&&Case| match kind {
            Kind::Late => case.sheet.is_keyed_last(),
            _ => !swaps || case.messaging == Messaging::D40,
        };
        let mut deceits = cases.iter().filter(lives).filter(several).flat_map(|case| {
            let ats = 0..if trick == Trick::Uid { 1 } else { case.replies.len() };
            ats.flat_map(move |at| (0..64).map(move |turn| (case, at, turn)))
        });
        let deceived = deceits.any(|(case, at, turn)| {
            let lasting = trick == Trick::Uid || kind == Kind::Late;
            let mut ploys = vec![Ploy { trick, at, lasting, turn }];
            ploys.extend((swaps && !lasting).then(|| back_for_the_last_look(case, turn)));
            let trial = Trial { seed: 0, case, before: Vec::new(), ploys };
            let end = trial.play();
            let Some(deceit) = &end.deceit else { return false };
            let listed = trial.excuse(&trial.blame(deceit), deceit);
            assert!(listed.is_some(), "{deceit}: {trial}");
            assert!(end.found || shows_nowhere(case, deceit), "{deceit}: {trial}");
            listed == Some((trick, kind))
        });
        if !deceived {
            proven.push((trick, kind));
        }
    }
    assert_eq!(proven, [], "these deceive no more");
}

/// Brings the first card back into the field for the look at its PICC level that ends a conversation in
/// D40 messaging: selected, opened, asked for its settings.
fn back_for_the_last_look(case: &Case, turn: u32) -> Ploy {
    let swap = Ploy { trick: Trick::Swap, at: 0, lasting: true, turn };
    let at = case.replies.len().saturating_sub(5 + swap.pick(1, 12));
    Ploy { at, ..swap }
}

/// The man's sessions are the card's: what he opens and does not change he seals as it was.
#[test]
fn what_is_opened_and_not_changed_is_sealed_as_it_was() {
    let mut read = 0;
    for case in all_cases() {
        let (same, keys) = listen(case);
        assert!(same, "{case}");
        read += keys;
    }
    assert!(read > 1000, "{read} keys read");
}

/// Cases of every life, and of every start of each.
#[test]
fn every_task_is_disturbed_from_every_start() {
    let cases = all_cases();
    let lives: BTreeSet<_> = cases.iter().map(|case| case.life).collect();
    assert_eq!(lives.into_iter().collect::<Vec<_>>(), Life::ALL);
    let profiles: BTreeSet<_> = cases.iter().map(|case| case.profile).collect();
    let listed: BTreeSet<_> = PAPERS.iter().map(|paper| paper.name).collect();
    assert_eq!(profiles, listed);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/profiles");
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let name = file.trim_end_matches(".toml");
        assert!(listed.contains(name), "{name} is refereed by nobody");
    }
}

/// Of these the verdict decides: nothing is planned that would prove the rest.
#[test]
fn a_card_whose_profile_proves_less_ends_as_written() {
    for paper in PAPERS.iter().filter(|paper| paper.proves_less()) {
        let of = combinations().iter().filter(|one| one.name() == paper.name);
        let cases: Vec<_> = of.flat_map(Combination::cases).collect();
        let made: Vec<_> = cases.iter().filter(|case| case.life == Life::Make).collect();
        assert!(!made.is_empty(), "{}", paper.name);
        made.into_iter().for_each(|case| assert!(case.written, "{case}"));
    }
}

/// What a recycled card is to be is not only what the engine makes of it.
#[test]
fn a_recycled_card_is_a_blank_one() {
    let cases = all_cases();
    let recycled: Vec<_> = cases.iter().filter(|case| case.life.task() == Task::Recycle).collect();
    assert!(recycled.len() > 100);
    for case in recycled {
        // Nothing leads back out of LRP, what a card was told for good stays, and a slot keeps its version.
        let stays = |line: &String| {
            line.contains(": in LRP ") || ["told ", SLOT].iter().any(|kept| line.starts_with(kept))
        };
        let before = look(&case.start, &case.sheet, UID);
        let mut before = before.into_iter().filter(stays);
        let blank = look(&case.twin(), &case.sheet, UID).into_iter();
        let wanted: Vec<_> = blank
            .map(|line| match stays(&line) {
                true => before.next().unwrap_or(line),
                false => line,
            })
            .collect();
        assert_eq!(case.wanted, wanted, "{case}");
    }
}
