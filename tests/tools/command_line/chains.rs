// SPDX-License-Identifier: MIT OR Apache-2.0
//! The chain of a receipts file: what `receipts verify` says of it, and what a run goes on with.

use std::process::Command;

use serde_json::{Value, json};

use super::place::{KEYS, Place, Ran, another_program, done};

/// Runs the example `receipts` in the place.
fn receipts(place: &Place, arguments: &str) -> Ran {
    let mut command = Command::new(another_program("receipts"));
    Ran::of(&place.at(&mut command).args(arguments.split_whitespace()).output().unwrap())
}

/// A receipts file of so many records of the demonstration, by its lines.
fn file(place: &Place, count: usize) -> Vec<String> {
    assert_eq!(place.run(&format!("--limit {count} --receipts out.jsonl")).code, Some(0));
    place.read("out.jsonl").split_inclusive('\n').map(str::to_owned).collect()
}

#[test]
fn a_file_is_intact_over_several_runs() {
    let place = Place::new();
    for _run in 0..3 {
        assert_eq!(place.run("--limit 2 --receipts out.jsonl").code, Some(0));
    }
    let ran = receipts(&place, "verify out.jsonl");
    let last = place.lines("out.jsonl")[5].clone();
    let mac = last["mac"].as_str().unwrap();
    let said = format!("out.jsonl: intact, receipts: 6, last number: 6, its MAC: {mac}\n");
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), said.as_str(), ""));
    let ran = receipts(&place, "verify out.jsonl --json");
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    let intact = json!({"intact": true, "receipts": 6, "last": 6, "mac": mac, "faults": []});
    assert_eq!((ran.code, found), (Some(0), intact));
    let numbers: Vec<_> =
        place.lines("out.jsonl").iter().map(|line| line["sequence"].as_u64()).collect();
    assert_eq!(numbers, (1..=6).map(Some).collect::<Vec<_>>());
    let ran = receipts(&place, "verify out.jsonl --reaching 8");
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.ends_with("  before line 7, receipts 7 to 8 are missing\n"), "{}", ran.out);
}

#[test]
fn receipts_on_standard_output_are_a_chain_too() {
    let place = Place::new();
    place.write("out.jsonl", place.run("--limit 3 --receipts -").out);
    assert_eq!(receipts(&place, "verify out.jsonl").code, Some(0));
}

/// What somebody does to a file, what is said of it, and that no run goes on with it.
#[test]
fn what_is_missing_changed_doubled_moved_or_cut_is_said_and_not_gone_on_with() {
    let place = Place::new();
    let lines = file(&place, 4);
    let [a, b, c, d] = [0, 1, 2, 3].map(|line| lines[line].as_str());
    let changed = b.replacen("\"outcome\":\"done\"", "\"outcome\":\"failed\"", 1);
    let bare = format!("{}}}\n", b.split(",\"sequence\"").next().unwrap());
    for (text, said, json) in [
        ([a, c, d].concat(), "before line 2, receipt 2 is missing", "missing"),
        (
            [a, &changed, c].concat(),
            "line 2 is changed, or written under another receipt key",
            "changed",
        ),
        ([a, b, b, c].concat(), "line 3 is line 2 again", "doubled"),
        ([a, c, b, d].concat(), "line 3 is number 2 and belongs further up", "moved"),
        ([a, &bare].concat(), "line 2 is a receipt without number and MAC", "unchained"),
        ([a, "garbage\n"].concat(), "line 2 is no receipt", "no-receipt"),
    ] {
        place.write("bad.jsonl", &text);
        let ran = receipts(&place, "verify bad.jsonl");
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.out.starts_with("bad.jsonl: broken, receipts: "), "{}", ran.out);
        assert!(ran.out.ends_with(&format!("\n  {said}\n")), "{}", ran.out);
        let found: Value =
            serde_json::from_str(&receipts(&place, "verify bad.jsonl --json").out).unwrap();
        assert_eq!((&found["intact"], &found["faults"][0]["fault"]), (&json!(false), &json!(json)));
        let ran = place.run("--receipts bad.jsonl");
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
        assert!(
            ran.err.starts_with(&format!("error: bad.jsonl: {said}; "))
                || json == "unchained"
                || json == "no-receipt",
            "{}",
            ran.err
        );
        assert_eq!(place.read("bad.jsonl"), text, "not changed");
    }
    place.write("cut.jsonl", [a.as_bytes(), &b.as_bytes()[..70]].concat());
    let ran = receipts(&place, "verify cut.jsonl");
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.ends_with("  line 2 is cut short\n"), "{}", ran.out);
}

/// A copied line with another record's name made the next run skip that record: a card that
/// nobody makes.
#[test]
fn a_copied_line_makes_no_run_skip_a_record() {
    let place = Place::new();
    let lines = file(&place, 2);
    for copied in [
        lines[1].replacen("demo-0002", "demo-0003", 1),
        lines[1].replacen("demo-0002", "demo-0003", 1).replacen(
            "\"sequence\":2",
            "\"sequence\":3",
            1,
        ),
    ] {
        let text = format!("{}{copied}", lines.concat());
        place.write("out.jsonl", &text);
        place.run("--receipts out.jsonl --limit 1").did_not_start(
            "out.jsonl: line 3 is changed, or written under another receipt key; nothing in the \
             file can be gone on with: see `receipts verify`, bring back a copy that is whole, or \
             name another file: cards that are finished say so themselves",
        );
        assert_eq!(place.read("out.jsonl"), text);
    }
}

#[test]
fn files_of_editions_that_kept_no_chain_are_refused() {
    let place = Place::new();
    let bare = |line: &String| format!("{}}}\n", line.split(",\"sequence\"").next().unwrap());
    let text: String = file(&place, 3).iter().map(bare).collect();
    place.write("out.jsonl", &text);
    place.run("--receipts out.jsonl").did_not_start(
        "out.jsonl: line 1 is a receipt without number and MAC, as older editions wrote them, and \
         anybody may have; name another file: cards that are finished say so themselves",
    );
    assert_eq!(place.read("out.jsonl"), text);
}

#[test]
fn another_tenants_key_fits_no_line() {
    let place = Place::new();
    file(&place, 2);
    let receipt = KEYS.lines().find(|line| line.starts_with("receipt = ")).unwrap();
    place.write("other.toml", KEYS.replace(receipt, &format!("receipt = \"{}\"", "5C".repeat(32))));
    let ran = receipts(&place, "verify out.jsonl --keys other.toml");
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.starts_with("out.jsonl: broken, receipts: 0, last number: 0"), "{}", ran.out);
}

#[test]
fn what_cannot_be_read_is_no_verdict() {
    let place = Place::new();
    assert_eq!(receipts(&place, "verify none.jsonl").code, Some(2));
    assert_eq!(receipts(&place, "").code, Some(2));
    place.write("none.jsonl", "");
    assert_eq!(receipts(&place, "verify none.jsonl --keys none.toml").code, Some(2));
    assert_eq!(receipts(&place, "verify none.jsonl").code, Some(0), "nothing is missing yet");
}

/// The file as a power cut leaves it at any byte of its last line, with the zeros that a file
/// system puts where bytes were promised: the records before it are skipped, this one is done
/// again, and the file is whole. (`encode::chain` tries every byte; the whole program every 37th.)
#[test]
fn a_batch_goes_on_after_a_power_cut_at_any_byte() {
    let place = Place::new();
    let lines = file(&place, 3);
    let (whole, last) = (lines[..2].concat(), &lines[2]);
    for keep in (0..last.len()).step_by(37).chain([last.len() - 2, last.len() - 1]) {
        for zeros in [0, 1, 4096] {
            let mut left = [whole.as_bytes(), &last.as_bytes()[..keep]].concat();
            left.resize(left.len() + zeros, 0);
            place.write("out.jsonl", &left);
            let ran = place.run("--limit 1 --receipts out.jsonl");
            assert_eq!(ran.code, Some(0), "cut at {keep}, {zeros} zeros: {ran:?}");
            let skipped = if keep == last.len() - 1 { "3" } else { "2" };
            assert_eq!(ran.row("skipped, done by an earlier run"), skipped);
            let warned = ran.err.contains("the last line was cut short and is dropped");
            assert_eq!(warned, skipped == "2" && keep + zeros > 0, "cut at {keep}: {}", ran.err);
            let done = done(&place.lines("out.jsonl"));
            assert!(done.values().all(|count| *count == 1), "{done:?}");
            assert_eq!(receipts(&place, "verify out.jsonl").code, Some(0));
        }
    }
}
