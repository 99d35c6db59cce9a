// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards torn away at every exchange of everything that is done with them: before the command, while
//! the card executes it, before its reply, and with the reply damaged; then twice more while they
//! are repaired. Whatever is reported done has to be done, and in the end every card has to be the
//! card that nobody tore.
//!
//! `TEARS=all` takes every point instead of a sample of them, which wants a release build.

mod disturbed;
mod repair;
mod world;

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use self::repair::{Point, survive};
use self::world::{Case, cases};

/// How much of all points a sample has: one in so many, others in each case.
const SAMPLE: usize = 150;

#[test]
fn every_card_survives_a_tear_and_two_more_during_its_repair() {
    let every = if std::env::var("TEARS").is_ok_and(|which| which == "all") { 1 } else { SAMPLE };
    let cases = cases();
    let work: Vec<(&Case, Point)> = cases
        .iter()
        .enumerate()
        .flat_map(|(number, case)| {
            let mut points = Point::all(&case.exchanges);
            // Of some every point, as there are few.
            let spared = if case.is_fixed() { points.len() } else { 0 };
            if case.is_lied_about() {
                points.extend(Point::lies(&case.exchanges));
            }
            let points = points.into_iter().enumerate();
            let chosen = points.filter(move |(index, _)| {
                *index < spared || (index + number).is_multiple_of(every)
            });
            chosen.map(move |(_, point)| (case, point))
        })
        .collect();
    let next = AtomicUsize::new(0);
    let tears = AtomicUsize::new(0);
    let failures: Vec<String> = std::thread::scope(|scope| {
        let worker = || {
            let mut failures = Vec::new();
            while let Some((case, point)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                match survive(case, *point) {
                    Ok(torn) => drop(tears.fetch_add(torn, Ordering::Relaxed)),
                    Err(why) => failures.push(format!("{case}, {point:?}: {why}")),
                }
            }
            failures
        };
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let shown = failures.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(failures.is_empty(), "{} of {} did not survive:\n{shown}", failures.len(), work.len());
    let tears = tears.into_inner();
    assert!(tears >= 10_000, "only {tears} tears");
    // Past the test runner, which keeps what a test that passes prints.
    writeln!(std::io::stdout(), "{tears} tears survived").unwrap();
}

/// What is not torn: each task ends well on every card that it is for, and the card that it leaves
/// is told as done without a changing command.
#[test]
fn every_case_of_the_tear_test_ends_well_when_nobody_tears() {
    let cases = cases();
    let profiles: std::collections::BTreeSet<_> = cases.iter().map(|case| &case.profile).collect();
    assert!(profiles.len() >= 10, "{profiles:?}");
    for case in &cases {
        survive(case, Point::NEVER).unwrap_or_else(|why| panic!("{case}: {why}"));
    }
}
