// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reports of transactions that are judged on the command line.

use std::process::Command;

use serde_json::Value;

use super::place::{Place, Ran, another_program};

/// The key of NXP AN12343, section 10.
const KEY: &str = r#"use = "test"
receipt = "3512226608DBD9E44724B9B6B40C438BE8E3B98D861FEF7735CE34A6F1BC17C9"

[[key]]
name = "counts"
type = "aes128"
version = 1
value = "F7D23E0C44AFADE542BFDF2DC5C6AE02"
"#;

/// NXP AN12343, table 32: a record, then the reader's identifier. A real DESFire Light has made the MAC.
const REPORT: &str = r#"{"uid": "04DE5F1EACC040", "counter": 4, "mac": "94A3205E41588BA9", "operations": [{"op": "write-record", "form": "one-apdu", "file": 1, "offset": 0, "data": "11223344556677889900112233445566"}, {"op": "commit-reader-id", "reader": "28BF1982BE086FBC60A22DAEB66613EE", "previous": "A1963F1BB9FC916A8B15B2DC58002531"}]}"#;

fn place() -> Place {
    let place = Place::new();
    place.write("keys.toml", KEY);
    place
}

/// Runs the example `transaction` on these reports.
fn verify(place: &Place, reports: &str, more: &str) -> Ran {
    place.write("reports.jsonl", reports);
    let mut command = Command::new(another_program("transaction"));
    let command = place.at(&mut command).args(["verify", "reports.jsonl"]);
    let command = command.args(["--keys", "keys.toml", "--key", "counts"]);
    Ran::of(&command.args(more.split_whitespace()).output().unwrap())
}

#[test]
fn a_transaction_of_a_real_card_is_verified_once() {
    let place = place();
    let ran = verify(&place, REPORT, "--cards cards");
    let verified = "line 1: transaction 4: verified, the first that is known, \
                    reader before 28BF1982BE086FBC60A22DAEB66613EE\n";
    assert_eq!((ran.code, &*ran.out, &*ran.err), (Some(0), verified, ""));
    let ran = verify(&place, REPORT, "--cards cards --json");
    let judged: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, judged["verdict"].as_str()), (Some(1), Some("refused")));
    assert_eq!(judged["why"], "transaction 4 was reported before");
    let book = place.read("cards");
    assert!(!book.contains("DE5F1EACC040"), "{book}");
    let ran = verify(&place, REPORT, "--uid");
    assert!(ran.out.contains("of card 04DE5F1EACC040"), "{}", ran.out);
    assert!(ran.err.contains("without --cards"), "{}", ran.err);
}

/// One byte of what was done, told or known, and nothing is kept.
#[test]
fn a_changed_byte_is_refused() {
    let place = place();
    for (from, to) in [
        ("11223344", "11223345"),
        ("one-apdu", "frames"),
        ("\"file\": 1", "\"file\": 0"),
        ("\"counter\": 4", "\"counter\": 5"),
        ("94A3205E", "94A3205F"),
        ("04DE5F1E", "04DE5F1F"),
        ("28BF1982", "28BF1983"),
        ("A1963F1B", "A1963F1C"),
        ("\"uid\"", "\"cipher\": \"lrp\", \"uid\""),
    ] {
        let ran = verify(&place, &REPORT.replacen(from, to, 1), "--cards cards");
        assert_eq!(ran.code, Some(1), "{from}: {}", ran.err);
        assert!(ran.out.contains("refused: the card has not committed this"), "{}", ran.out);
    }
    assert_eq!(verify(&place, REPORT, "--cards cards").code, Some(0));
}

/// A line that is no report ends it, and says where; what stands in it is not repeated.
#[test]
fn what_is_no_report_is_told_with_its_place() {
    let place = place();
    for (from, to, why) in [
        (
            "\"counter\": 4",
            "\"counter\": \"Kowalska\"",
            "expected a whole number from 0 to 4294967295",
        ),
        ("\"file\": 1", "\"file\": 32", "32 is no file: 0 to 31"),
        ("\"1122", "\"Kowalska", "no hexadecimal digits"),
        ("04DE5F1EACC040", "04DE5F", "not 14 hexadecimal digits"),
        ("write-record", "write", "expected one of `read-data`"),
        ("\"offset\": 0, ", "", "missing field `offset`"),
        ("}]}", "", "EOF while parsing"),
        (REPORT, "null", "expected a report, { \"uid\": …"),
        (REPORT, "[]", "expected a report, { \"uid\": …"),
        ("\"one-apdu\"", "7", "expected a text"),
        ("\"operations\": [", "\"operations\": [3, ", "expected an operation, { \"op\": …"),
    ] {
        let ran = verify(&place, &format!("\n{}", REPORT.replacen(from, to, 1)), "");
        assert_eq!((ran.code, &*ran.out), (Some(2), ""), "{why}");
        assert!(
            ran.err.contains("reports.jsonl: line 2: ") && ran.err.contains(why),
            "{}",
            ran.err
        );
        assert!(!ran.err.contains("Kowalska"), "{}", ran.err);
    }
    let ran = verify(&place, REPORT, "--key-version 7");
    assert_eq!(
        (ran.code, &*ran.err),
        (Some(2), "error: --key: no such key; there are counts (version 1)\n")
    );
}

/// An older book would take again what was taken.
#[cfg(unix)]
#[test]
fn a_book_that_was_put_back_is_told() {
    let place = place();
    assert_eq!(verify(&place, REPORT, "--cards cards").code, Some(0));
    std::fs::remove_file(place.path("cards")).unwrap();
    let ran = verify(&place, REPORT, "--cards cards");
    assert_eq!((ran.code, &*ran.out), (Some(2), ""));
    assert!(ran.err.contains("this is not the newest book"), "{}", ran.err);
}
