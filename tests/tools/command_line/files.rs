// SPDX-License-Identifier: MIT OR Apache-2.0
//! The files of a run: whose they are, that each has one purpose, and what a full disk leaves.
#![cfg(unix)]

use std::os::unix::fs::symlink;
use std::process::Command;

use super::inspect::inspect;
use super::place::{DOOR, KEYS, Place, Ran, another_program, made_up};

#[test]
fn what_a_run_makes_is_its_owners_alone() {
    let place = Place::new();
    let ran = place.run("--limit 1 --receipts out.jsonl --readout uids.jsonl --state card.json");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for name in ["out.jsonl", "uids.jsonl", "card.json"] {
        assert_eq!(place.mode(name) & 0o777, 0o600, "{name}");
    }
    assert!(!place.exists("card.json.new"));
}

#[test]
fn a_readout_that_others_may_read_or_write_is_refused() {
    let place = Place::new();
    for mode in [0o644, 0o640, 0o604, 0o620, 0o602] {
        place.write("uids.jsonl", "");
        place.chmod("uids.jsonl", mode);
        place.run("--limit 1 --readout uids.jsonl").did_not_start(&format!(
            "uids.jsonl: others may read or write it (mode {mode:03o}), and it has UIDs in clear; \
             chmod 600 it, or name another file"
        ));
    }
    place.chmod("uids.jsonl", 0o600);
    assert_eq!(place.run("--limit 1 --readout uids.jsonl").code, Some(0));
    place.run("--readout /dev/null").did_not_start("/dev/null: not a file; name one");
}

#[test]
fn a_readout_goes_on_only_behind_readouts() {
    let place = Place::new();
    assert_eq!(place.run("--limit 2 --readout uids.jsonl").code, Some(0));
    let whole = place.read("uids.jsonl");
    for (text, line) in [
        (KEYS.to_owned(), 1),
        ("one line".to_owned(), 1),
        (format!("{whole}{{\"record\":\"a\"}}\n"), 3),
        (format!("{whole}{{\"record\":\"a\",\"name\":\"b\""), 3),
    ] {
        place.write("other.txt", &text);
        place.run("--limit 1 --readout other.txt").did_not_start(&format!(
            "other.txt: line {line} is no read-out; move the file, or name another one"
        ));
        assert_eq!(place.read("other.txt"), text);
    }
    let first = whole.find('\n').unwrap() + 1;
    for keep in first..=whole.len() {
        for zeros in [0, 100] {
            let mut left = whole.as_bytes()[..keep].to_vec();
            left.resize(keep + zeros, 0);
            place.write("uids.jsonl", left);
            assert_eq!(place.run("--limit 1 --readout uids.jsonl").code, Some(0), "{keep}");
            let lines = place.lines("uids.jsonl").len();
            assert_eq!(lines, if keep + 1 < whole.len() { 2 } else { 3 }, "{keep}");
        }
    }
}

/// Every pair of the files of a run, by one name, by a link, by a hard link, and where the file is
/// not there yet.
#[test]
fn one_file_does_not_stand_for_two_things() {
    let place = Place::new();
    place.write("r.csv", made_up(1));
    place.write("keys.toml", KEYS);
    place.write("door.toml", DOOR);
    place.write("card.json.new", "not a card");
    place.shell("ln r.csv hard.csv; ln -s keys.toml soft.toml; mkdir below; ln -s .. below/up");
    for (arguments, file, first, second) in [
        ("--profile door.toml --records door.toml", "door.toml", "--profile", "--records"),
        ("--keys keys.toml --readout soft.toml", "soft.toml", "--keys", "--readout"),
        ("--keys keys.toml --state soft.toml", "soft.toml", "--keys", "--state"),
        ("--records r.csv --receipts hard.csv", "hard.csv", "--records", "--receipts"),
        ("--records r.csv --receipts r.csv", "r.csv", "--records", "--receipts"),
        (
            "--profile door.toml --receipts below/up/door.toml",
            "below/up/door.toml",
            "--profile",
            "--receipts",
        ),
        ("--receipts new --readout below/../new", "below/../new", "--receipts", "--readout"),
        ("--receipts new --state ./new", "./new", "--receipts", "--state"),
        (
            "--readout card.json.new --state card.json",
            "card.json.new",
            "--readout",
            "the new state beside --state",
        ),
    ] {
        place
            .run(&format!("--limit 1 {arguments}"))
            .did_not_start(&format!("{file}: {first} and {second} are one file; name two"));
    }
    assert!(!place.exists("new") && !place.exists("card.json"));
    assert_eq!(place.read("r.csv"), made_up(1));
    assert_eq!(place.read("keys.toml"), KEYS);
    assert_eq!(place.read("card.json.new"), "not a card");
    let encode = another_program("encode");
    for (streams, stream) in [(">>table.txt 2>told.txt", "output"), ("2>>table.txt", "error")] {
        place.write("table.txt", "");
        place.write("told.txt", "");
        let encode = encode.display();
        let ran = place.shell(&format!("{encode} --limit 1 --receipts table.txt {streams}"));
        assert_eq!(ran.code, Some(2));
        let told = place.read("told.txt") + &place.read("table.txt");
        let why = format!("error: standard {stream} and --receipts are one file; name two\n");
        assert_eq!(told, why);
    }
}

/// A records file of one line, without its end, began like a receipt and was wiped.
#[test]
fn a_records_file_of_one_line_is_no_cut_receipt() {
    let place = Place::new();
    for text in [
        "{\"record\":\"r1\",\"facility\":42,\"number\":1",
        "{\"record\":\"r1\",\"name\":\"Eve\"",
        "{\"record\":7",
        "{\"id\":\"a\"}",
        "id,facility,number",
    ] {
        place.write("r.jsonl", text);
        place.run("--receipts r.jsonl").did_not_start(
            "r.jsonl: line 1 is no receipt; repair or move the file, or name another one",
        );
        assert_eq!(place.read("r.jsonl"), text);
    }
}

#[test]
fn a_state_is_never_written_through_a_link_beside_it() {
    let place = Place::new();
    place.write("theirs", "theirs");
    place.chmod("theirs", 0o666);
    symlink("theirs", place.path("card.json.new")).unwrap();
    assert_eq!(place.run("--limit 1 --state card.json").code, Some(0));
    assert_eq!(place.read("theirs"), "theirs");
    assert_eq!(place.mode("card.json") & 0o777, 0o600);
    // A file of theirs with their mode, and one that cannot be taken away.
    place.write("card.json.new", "old");
    place.chmod("card.json.new", 0o666);
    assert_eq!(place.run("--job verify --state card.json").code, Some(0));
    assert_eq!(place.mode("card.json") & 0o777, 0o600);
    place.shell("mkdir card.json.new");
    let before = place.read("card.json");
    let ran = place.run("--job verify --state card.json");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err.contains("card.json.new: ") && ran.err.contains("; take it away"),
        "{}",
        ran.err
    );
    assert_eq!(place.read("card.json"), before);
}

#[test]
fn keys_that_others_may_read_or_write_are_refused_when_live() {
    let place = Place::new();
    place.write("door.toml", DOOR);
    place.write("test.toml", KEYS);
    place.write("live.toml", KEYS.replacen("use = \"test\"", "use = \"live\"", 1));
    place.write("out.jsonl", "");
    assert_eq!(place.run("--limit 1 --state card.json").code, Some(0));
    for mode in [0o644, 0o640, 0o604, 0o620, 0o602] {
        place.chmod("test.toml", mode);
        place.chmod("live.toml", mode);
        let why =
            |name: &str| format!("{name}: others may read or write these keys (mode {mode:03o})");
        let warned = format!("warning: {}\n", why("test.toml"));
        let refused =
            format!("error: {}: they are marked live; chmod 600 the file\n", why("live.toml"));
        for (name, said) in [("test.toml", &warned), ("live.toml", &refused)] {
            let code = if name == "live.toml" { Some(2) } else { Some(0) };
            let shown =
                inspect(&place, &format!("--state card.json --profile door.toml --keys {name}"));
            assert_eq!((shown.code, &shown.err), (code, said));
            let ran = place.run(&format!("--limit 1 --keys {name}"));
            assert!(ran.code == code && ran.err.starts_with(said), "{ran:?}");
            let mut verify = Command::new(another_program("receipts"));
            let verify = verify.args(["verify", "out.jsonl", "--keys", name]);
            let ran = Ran::of(&place.at(verify).output().unwrap());
            assert_eq!((ran.code, &ran.err), (code, said));
        }
    }
    place.chmod("live.toml", 0o400);
    let mut verify = Command::new(another_program("receipts"));
    let verify = verify.args(["verify", "out.jsonl", "--keys", "live.toml"]);
    assert_eq!(Ran::of(&place.at(verify).output().unwrap()).code, Some(0));
}

/// A disk that is full in the midst of a line: a limit of the shell on the size of files.
#[test]
fn a_line_that_does_not_fit_is_not_there_at_all() {
    let place = Place::new();
    let encode = another_program("encode");
    let lost = |name: &str, record: &str| {
        format!(
            "error: {name}: File too large (os error 27); the line of record {record} is lost: make \
             room, then run again and present its card again"
        )
    };
    let limited = |blocks: u32, arguments: &str| {
        place.shell(&format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec {} {arguments}",
            encode.display()
        ))
    };
    let ran = limited(0, "--limit 3 --readout uids.jsonl");
    let last = ran.err.lines().last().unwrap_or_default().to_owned();
    assert_eq!((ran.code, last), (Some(2), lost("uids.jsonl", "demo-0001")));
    // Where it cannot be kept which card is begun, none is changed.
    let ran = limited(0, "--limit 3 --receipts out.jsonl --readout uids.jsonl");
    let last = ran.err.lines().last().unwrap_or_default().to_owned();
    assert_eq!((ran.code, last), (Some(2), lost("out.jsonl.begun", "demo-0001")));
    assert_eq!((place.read("out.jsonl"), place.read("uids.jsonl")), (String::new(), String::new()));
    assert_eq!(place.read("out.jsonl.begun"), "");
    // Three blocks hold one receipt and a part of the next one.
    let ran = limited(3, "--limit 3 --receipts out.jsonl");
    let last = ran.err.lines().last().unwrap_or_default().to_owned();
    assert_eq!((ran.code, last), (Some(2), lost("out.jsonl", "demo-0002")));
    assert_eq!(place.lines("out.jsonl").len(), 1, "whole lines only");
    // The card of the second is out there.
    let ran = place.run("--limit 2 --receipts out.jsonl");
    assert_eq!((ran.code, ran.row("refused").as_str()), (Some(1), "1"), "{ran:?}");
    let ran = place.run("--limit 2 --receipts out.jsonl --accept other");
    assert_eq!((ran.code, ran.row("skipped, done by an earlier run").as_str()), (Some(0), "2"));
}
