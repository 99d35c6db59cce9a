// SPDX-License-Identifier: MIT OR Apache-2.0
//! A thousand records on every kind of card in every messaging that it speaks.

use super::place::{Place, done, made_up};

#[test]
fn a_thousand_records_on_ev1_cards() {
    thousand("ev1-8k", "ev1");
}

#[test]
fn a_thousand_records_on_ev2_cards_in_ev1_messaging() {
    thousand("ev2-8k", "ev1");
}

#[test]
fn a_thousand_records_on_ev3_cards_in_ev1_messaging() {
    thousand("ev3-8k", "ev1");
}

#[test]
fn a_thousand_records_on_ev2_cards_in_ev2_messaging() {
    thousand("ev2-8k", "ev2");
}

#[test]
fn a_thousand_records_on_ev3_cards_in_ev2_messaging() {
    thousand("ev3-8k", "ev2");
}

#[test]
fn every_model_takes_the_demonstration_in_whatever_it_speaks() {
    let place = Place::new();
    for generation in ["ev1", "ev2", "ev3"] {
        for size in ["2k", "4k", "8k"] {
            let ran = place.run(&format!("--card {generation}-{size} --limit 2"));
            assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "2"), "{ran:?}");
        }
    }
}

#[track_caller]
fn thousand(card: &str, messaging: &str) {
    let place = Place::new();
    place.write("r.csv", made_up(1000));
    let ran = place.run(&format!(
        "--records r.csv --receipts out.jsonl --readout uids.jsonl --card {card} \
         --messaging {messaging}"
    ));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.row("cards done"), "1000");
    assert_eq!(ran.row("exchanges per card"), "28 (from 28 to 32)");
    let receipts = place.lines("out.jsonl");
    let done = done(&receipts);
    assert_eq!(done.len(), 1000);
    assert!(done.values().all(|count| *count == 1));
    // The first says what it is, the others are of its stock.
    assert_eq!(receipts[0]["chip"], card);
    for receipt in &receipts {
        assert_eq!(receipt["messaging"], messaging);
        assert_eq!(receipt["files"][0]["grade"], "used", "read back");
    }
    let uids = place.lines("uids.jsonl");
    let mut uids: Vec<_> = uids.iter().map(|line| line["uid"].as_str().unwrap()).collect();
    uids.sort_unstable();
    uids.dedup();
    assert_eq!(uids.len(), 1000, "every card is another one");
    assert!(uids.iter().all(|uid| uid.len() == 14));
}
