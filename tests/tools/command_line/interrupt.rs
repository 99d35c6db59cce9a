// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ctrl-C and kill: no card is left half-way by the first, no record is lost by either.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::place::{Place, Ran, done, made_up};

const RECORDS: u32 = 700;

/// The receipts of a tenth of them fit a pipe that nobody reads, those of all do not.
const FEW: u32 = 100;

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

/// Nobody reads its receipts, so that it waits with a card in hand: nothing but the second signal ends
/// it.
#[test]
fn a_second_signal_ends_the_run_at_once_and_says_what_is_unknown() {
    for second in ["INT", "TERM"] {
        let place = Place::new();
        place.write("r.csv", made_up(FEW));
        let mut command = place.command("--records r.csv --receipts -");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.starts_with(&format!("{} of", FEW / 10)) {
            line.clear();
            assert!(told.read_line(&mut line).unwrap() > 0, "the run ended: {second}");
        }
        std::thread::sleep(Duration::from_secs(1));
        signal(&child, "INT");
        line.clear();
        assert!(told.read_line(&mut line).unwrap() > 0);
        while !line.starts_with("stopping") {
            line.clear();
            assert!(told.read_line(&mut line).unwrap() > 0, "the run ended at the first signal");
        }
        std::thread::sleep(Duration::from_millis(300));
        assert!(child.try_wait().unwrap().is_none(), "the card in hand is waited for");

        signal(&child, second);
        let patience = Instant::now() + Duration::from_secs(5);
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > patience {
                child.kill().unwrap();
                panic!("{second} does not end the run");
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        assert_eq!(status.code(), Some(130), "{second}");
        let mut last = String::new();
        told.read_to_string(&mut last).unwrap();
        let unknown = last.lines().filter(|line| line.starts_with("record ")).collect::<Vec<_>>();
        assert_eq!(unknown.len(), 1, "{last}");
        assert!(unknown[0].ends_with("is unknown; present the same card again"), "{last}");
        assert!(last.ends_with("what is not done can be encoded by another run\n"), "{last}");
    }
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

/// Another run skips what is done and does the rest, so that every record is done once. The software card
/// that a killed run had in hand is gone with it.
fn rest(place: &Place, already: usize) {
    let ran = place.run("--records r.csv --receipts out.jsonl --accept other");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.row("skipped, done by an earlier run"), already.to_string());
    let done = done(&place.lines("out.jsonl"));
    assert_eq!(done.len(), RECORDS as usize);
    assert!(done.values().all(|count| *count == 1));
}
