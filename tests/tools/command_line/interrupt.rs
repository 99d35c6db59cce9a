// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ctrl-C and kill: no card is left half-way by the first, no record is lost by either.
#![cfg(unix)]

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::place::{Place, Ran, done, made_up};

const RECORDS: u32 = 700;

#[test]
fn ctrl_c_finishes_the_card_in_hand_and_another_run_does_the_rest() {
    let place = Place::new();
    place.write("r.csv", made_up(RECORDS));
    let child = under_way(&place);
    signal(&child, "INT");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let said = "stopped; the records that are left can be encoded by another run\n";
    assert!(ran.err.ends_with(said), "{}", ran.err);

    let receipts = place.lines("out.jsonl");
    assert!(receipts.iter().all(|receipt| receipt["outcome"] == "done"));
    assert!(receipts.len() < RECORDS as usize, "the batch was over before the signal");
    assert_eq!(ran.row("cards done"), receipts.len().to_string());
    rest(&place, receipts.len());
}

#[test]
fn a_killed_run_loses_no_receipt_that_was_written() {
    let place = Place::new();
    place.write("r.csv", made_up(RECORDS));
    let mut child = under_way(&place);
    child.kill().unwrap();
    child.wait().unwrap();
    let text = place.read("out.jsonl");
    let whole = text.matches('\n').count();
    assert!((1..RECORDS as usize).contains(&whole), "{whole} receipts");
    rest(&place, whole);
}

/// A run of the whole batch that has written some receipts.
fn under_way(place: &Place) -> Child {
    let mut command = place.command("--records r.csv --receipts out.jsonl");
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(20);
    while !place.exists("out.jsonl") || place.read("out.jsonl").matches('\n').count() < 3 {
        assert!(Instant::now() < patience, "no receipt within 20 seconds");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

/// Another run skips what is done and does the rest, so that every record is done once.
fn rest(place: &Place, already: usize) {
    let ran = place.run("--records r.csv --receipts out.jsonl");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.row("skipped, done by an earlier run"), already.to_string());
    let done = done(&place.lines("out.jsonl"));
    assert_eq!(done.len(), RECORDS as usize);
    assert!(done.values().all(|count| *count == 1));
}
