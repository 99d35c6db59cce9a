// SPDX-License-Identifier: MIT OR Apache-2.0
//! A run that is ended between the last command of a card and its receipt: the next one asks for that card,
//! so that one record never has two.
#![cfg(unix)]

use super::place::{DOOR, HEADER, KEYS, Place, Ran, program};

const RUN: &str = "--profile p.toml --keys k.toml --records r.csv --receipts r.jsonl";

/// A record, and a run that ended before the receipt of its card was kept: no file may have a block.
fn begun(header: &str, record: &str) -> Place {
    let place = Place::new();
    place.write("p.toml", DOOR);
    place.write("k.toml", KEYS);
    place.write("r.csv", format!("{header}\n{record}\n"));
    let ended = place
        .shell(&format!("trap '' XFSZ; ulimit -f 1; exec {} {RUN} --seed 1", program().display()));
    assert!(ended.code == Some(2) && ended.err.contains("is lost"), "{ended:?}");
    assert_eq!(place.read("r.jsonl"), "");
    assert_eq!(place.lines("r.jsonl.begun").len(), 1);
    assert_eq!(place.mode("r.jsonl.begun") & 0o777, 0o600);
    place
}

fn named() -> Place {
    begun(HEADER, "n1,7,4711,1,20301231,North")
}

fn seed(place: &Place, number: u32, more: &str) -> Ran {
    place.run(&format!("{RUN} --seed {number} {more}"))
}

#[test]
fn another_card_is_refused_and_the_very_one_is_finished() {
    let place = named();
    let other = seed(&place, 2, "");
    assert!(other.code == Some(1), "{other:?}");
    assert!(other.err.contains("receipts of cards that it had begun: 1"), "{other:?}");
    let [refused] = &place.lines("r.jsonl")[..] else { panic!("one receipt") };
    assert_eq!(
        (&refused["outcome"], &refused["code"]),
        (&"refused".into(), &"not-permitted".into())
    );
    let reason = refused["reason"].as_str().unwrap();
    assert!(reason.contains("present that card") && reason.contains("--accept other"), "{reason}");
    assert_eq!(refused["wrote"], "nothing", "{refused}");
    assert_eq!(place.lines("r.jsonl.begun").len(), 1);

    let very = seed(&place, 1, "");
    assert_eq!(very.code, Some(0), "{very:?}");
    let receipts = place.lines("r.jsonl");
    assert_eq!(receipts[1]["outcome"], "done");
    assert_ne!(receipts[1]["card"], receipts[0]["card"]);
    assert!(!place.exists("r.jsonl.begun"));
    let again = seed(&place, 3, "");
    assert!(
        again.code == Some(0) && again.row("skipped, done by an earlier run") == "1",
        "{again:?}"
    );
}

#[test]
fn another_card_is_made_where_that_one_is_destroyed() {
    let place = named();
    let other = seed(&place, 2, "--accept other");
    assert_eq!(other.code, Some(0), "{other:?}");
    assert_eq!(place.lines("r.jsonl").len(), 1);
    assert!(!place.exists("r.jsonl.begun"));
}

/// Records without references are told apart by what they hold.
#[test]
fn a_record_without_a_reference_asks_for_its_card_too() {
    let header = HEADER.trim_start_matches("id,");
    let place = begun(header, "7,4711,1,20301231,North");
    assert_eq!(seed(&place, 2, "").code, Some(1));
    assert_eq!(seed(&place, 1, "").code, Some(0));
    assert!(!place.exists("r.jsonl.begun"));
}

/// What is cut was never answered, and its card never changed; what is no such file is named.
#[test]
fn a_line_that_is_cut_holds_nothing_up() {
    let place = named();
    let line = place.read("r.jsonl.begun");
    place.write("r.jsonl.begun", line.trim_end());
    let other = seed(&place, 2, "");
    assert_eq!(other.code, Some(0), "{other:?}");
    assert!(!place.exists("r.jsonl.begun"));
    place.write("r.jsonl.begun", "no line\n");
    let bad = seed(&place, 2, "");
    assert!(
        bad.code == Some(2) && bad.err.contains("r.jsonl.begun: what cards were begun"),
        "{bad:?}"
    );
    assert_eq!(place.read("r.jsonl.begun"), "no line\n");
}

/// The receipt was kept, and only the run's end was not: nothing is asked.
#[test]
fn a_receipt_that_was_kept_after_all_is_the_end_of_it() {
    let place = named();
    let line = place.read("r.jsonl.begun");
    assert_eq!(seed(&place, 1, "").code, Some(0));
    place.write("r.jsonl.begun", line);
    let again = seed(&place, 2, "");
    assert!(again.code == Some(0) && !again.err.contains("begun"), "{again:?}");
    assert!(!place.exists("r.jsonl.begun"));
}
