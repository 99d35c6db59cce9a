// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lists for others, as their user has them written: what is in them, whose they are, what becomes of one
//! that is there, and cards that are read for them alone.

use super::place::{DOOR, HEADER, Place, Ran, made_up};

const PARKING: &str = include_str!("../../../examples/data/profiles/parking.toml");
const PARKING_RECORDS: &str = include_str!("../../../examples/data/parking-records.csv");

/// A list of the demonstration profile.
fn door(entries: &str) -> String {
    format!(
        "{DOOR}\n[export]\n{entries}\ncolumns = [{{ column = \"Badge\", field = \"number\", width = 6 }}, {{ column = \
         \"Site\", field = \"site\" }}, {{ column = \"UID\", parts = [{{ uid = \"written\" }}], as = \"hex\" }}]\n"
    )
}

/// A place with that profile and three records.
fn place(entries: &str) -> Place {
    let place = Place::new();
    place.write("p.toml", door(entries));
    place.write("r.csv", made_up(3));
    place
}

fn run(place: &Place, arguments: &str) -> Ran {
    place.run(&format!("--profile p.toml --records r.csv --seed 4 {arguments}"))
}

#[test]
fn the_example_lists_what_its_office_imports() {
    let place = Place::new();
    place.write("p.toml", PARKING);
    place.write("r.csv", PARKING_RECORDS);
    let ran =
        place.run("--profile p.toml --records r.csv --limit 2 --export list.csv --readout u.jsonl");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let list = place.read("list.csv");
    let lines: Vec<_> = list.split("\r\n").collect();
    assert_eq!((lines[0], lines.len()), ("Permit;Plate;Good until;UID;Barcode", 4), "{list}");
    for (line, readout) in lines[1..3].iter().zip(place.lines("u.jsonl")) {
        let values: Vec<_> = line.split(';').collect();
        let uid = hex_bytes(readout["uid"].as_str().unwrap());
        let number = u32::from_le_bytes(uid[3..7].try_into().unwrap());
        assert_eq!(values[3], format!("{number:010}"));
        assert!(values[0].len() == 13 && values[4].starts_with("P-"), "{line}");
        // Luhn over the whole number, its check digit included, is a multiple of ten.
        let digits = values[0].bytes().rev().map(|digit| u32::from(digit - b'0'));
        let sum: u32 = digits
            .enumerate()
            .map(|(at, digit)| if at % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
            .sum();
        assert_eq!(sum % 10, 0, "{line}");
    }
}

fn hex_bytes(digits: &str) -> Vec<u8> {
    hex::decode(digits).unwrap()
}

#[test]
fn a_run_that_goes_on_writes_each_row_once() {
    for entries in ["", "form = \"json\"", "form = \"json-lines\""] {
        let place = place(entries);
        let whole = self::place(entries);
        assert_eq!(run(&whole, "--export list").code, Some(0));
        let whole = whole.read("list");
        let ran = run(&place, "--limit 1 --export list --receipts a.jsonl");
        assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "1"), "{ran:?}");
        // Without the seed, by which the card would be the first one.
        let ran = place.run("--profile p.toml --records r.csv --export list --receipts a.jsonl");
        assert_eq!(ran.row("skipped, done by an earlier run"), "1");
        // The UIDs are others, as the second run made other cards; each record has its row once.
        let list = place.read("list");
        assert_eq!(list.lines().count(), whole.lines().count(), "{list}");
        if entries == "form = \"json\"" {
            let rows: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
            assert_eq!(rows.len(), 3);
        }
    }
}

/// Records that were done before there was a list are skipped as ever; nobody may take the list for whole.
#[test]
fn rows_that_a_list_cannot_have_are_said() {
    let place = place("");
    let card = "--limit 1 --state card.json --receipts a.jsonl";
    assert_eq!(run(&place, card).code, Some(0));
    let files = "--profile p.toml --records r.csv --export list.csv --receipts a.jsonl";
    let late = place.run(&format!("{files} --limit 1"));
    let warning = "warning: list.csv: rows: 0, records that are skipped as done: 1; those that were made without \
                   this list have no row: --job verify with the same --export";
    assert!(late.code == Some(0) && late.err.contains(warning), "{late:?}");
    assert_eq!(place.read("list.csv").lines().count(), 2);
    let verified = run(&place, "--job verify --state card.json --export list.csv");
    assert_eq!(verified.code, Some(0), "{verified:?}");
    assert_eq!(place.read("list.csv").lines().count(), 3);
    let rest = place.run(files);
    assert!(rest.code == Some(0) && !rest.err.contains("have no row"), "{rest:?}");
    assert_eq!(place.read("list.csv").lines().count(), 4);
}

/// A list that has no room left is the one that it was, also an array with its end, and is gone on with.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_list_as_it_was() {
    for entries in ["", "form = \"json\""] {
        let place = place(entries);
        place.write("r.csv", made_up(60));
        let program = super::place::program();
        // So many blocks of 512 or 1024 bytes, and no signal.
        let ran = place.shell(&format!(
            "trap '' XFSZ; ulimit -f 1; {} --profile p.toml --records r.csv --export list",
            program.display()
        ));
        let lost = "error: list: File too large (os error 27); the line of record ";
        assert!(ran.code == Some(2) && ran.err.contains(lost), "{ran:?}");
        let held = place.read("list");
        if entries.is_empty() {
            assert!(held.ends_with("\r\n"), "{held}");
        } else {
            let rows: Vec<serde_json::Value> = serde_json::from_str(&held).unwrap();
            assert!(!rows.is_empty());
        }
        let ran = run(&place, "--export list --limit 1");
        assert!(ran.code == Some(0) && !ran.err.contains("cut short"), "{ran:?}");
        let line = held.trim_end_matches("\n]\n");
        assert!(place.read("list").starts_with(line) && place.read("list").len() > held.len());
    }
}

/// What a crash between row and receipt leaves: the card comes again, is done, and has its row.
#[test]
fn a_card_that_comes_again_has_its_row_once() {
    let place = place("");
    let card = "--limit 1 --state card.json --export list.csv";
    assert_eq!(run(&place, card).code, Some(0));
    let list = place.read("list.csv");
    assert_eq!(list.lines().count(), 2, "{list}");
    let again = run(&place, &format!("{card} --receipts a.jsonl"));
    assert_eq!((again.code, again.row("already done").as_str()), (Some(0), "1"), "{again:?}");
    assert_eq!(place.read("list.csv"), list);
    // And a row that was cut is written again.
    place.write("list.csv", &list.as_bytes()[..list.len() - 5]);
    let again = run(&place, card);
    assert!(again.err.contains("list.csv: the last row was cut short and is dropped"), "{again:?}");
    assert_eq!(place.read("list.csv"), list);
}

#[test]
fn a_file_that_is_something_else_is_left_alone() {
    let place = place("");
    for (held, why) in [
        ("a,b\r\n1,2\r\n", "list-other-head: it does not begin as the list does"),
        ("Badge,Site,UID\r\n1,2\r\n", "list-other-row: line 2 is no row of the list"),
        ("Badge,Site,UID\n1,2,3\n", "list-other-head: it does not begin"),
    ] {
        place.write("list.csv", held);
        let ran = run(&place, "--export list.csv");
        assert!(
            ran.code == Some(2) && ran.err.contains(&format!("error: list.csv: {why}")),
            "{ran:?}"
        );
        assert_eq!(place.read("list.csv"), held);
    }
}

#[cfg(unix)]
#[test]
fn a_list_is_its_owners_alone_and_in_a_file_of_its_own() {
    let place = place("");
    assert_eq!(run(&place, "--limit 1 --export list.csv").code, Some(0));
    assert_eq!(place.mode("list.csv") & 0o777, 0o600);
    place.chmod("list.csv", 0o640);
    run(&place, "--export list.csv").did_not_start(
        "list.csv: others may read or write it (mode 640), and it names people and cards; chmod 600 it, or \
         name another file",
    );
    for stream in ["-", "/dev/stdout", "/dev/fd/1"] {
        run(&place, &format!("--export {stream}")).did_not_start(&format!(
            "--export {stream}: a list names people and cards, and is written to a file alone: name one"
        ));
    }
    place.shell("ln -s r.csv soft.csv");
    for (arguments, first, file) in [
        ("--export soft.csv", "--records", "soft.csv"),
        ("--export new --receipts ./new", "--receipts", "new"),
        ("--export p.toml", "--profile", "p.toml"),
    ] {
        let ran = run(&place, arguments);
        let why = format!("{file}: {first} and --export are one file; name two");
        assert!(ran.code == Some(2) && ran.err.contains(&why), "{ran:?}");
    }
    let program = super::place::program();
    let ran = place.shell(&format!(
        "touch l; chmod 600 l; {} --profile p.toml --records r.csv --export l >> l",
        program.display()
    ));
    assert!(ran.err.contains("standard output and --export are one file; name two"), "{ran:?}");
}

#[test]
fn a_list_that_the_profile_does_not_have_is_said() {
    let place = place("");
    place.write("none.toml", DOOR);
    let ran = place.run("--profile none.toml --records r.csv --export l.csv");
    let why = "error: --export l.csv: the profile has no list: write one under [export], as docs/export.md has it";
    assert!(ran.code == Some(2) && ran.err.contains(why), "{ran:?}");
    let ran = run(&place, "--export doors=l.csv");
    assert!(ran.err.contains("the list of the profile has no name: leave it out"), "{ran:?}");
    let list = |name: &str| {
        format!(
            "[[export]]\nname = \"{name}\"\ncolumns = [{{ column = \"n\", field = \"number\" }}]\n"
        )
    };
    place.write("p.toml", format!("{DOOR}\n{}{}", list("doors"), list("office")));
    let ran = run(&place, "--export l.csv");
    assert!(ran.err.contains("several lists: say which, as --export doors=l.csv"), "{ran:?}");
    for (export, named) in
        [("doors=", "--export doors=: no file is named"), ("\"\"", "--export : no file is named")]
    {
        let ran = place.shell(&format!(
            "{} --profile p.toml --records r.csv --export {export}",
            super::place::program().display()
        ));
        assert!(ran.code == Some(2) && ran.err.contains(named), "{ran:?}");
    }
    let ran = run(&place, "--export till=l.csv");
    assert!(ran.err.contains("no list of this name: the profile has doors, office"), "{ran:?}");
    assert!(!ran.err.contains("did you mean"), "{ran:?}");
    let ran = run(&place, "--export offices=l.csv");
    assert!(ran.err.contains("has doors, office; did you mean \"office\"?"), "{ran:?}");
    let ran = run(&place, "--export doors=l.csv --export doors=m.csv");
    assert!(ran.err.contains("its list has a file already; name it once"), "{ran:?}");
    let ran = run(&place, "--export doors=l.csv --export office=l.csv");
    assert!(ran.err.contains("--export and --export are one file"), "{ran:?}");
    assert!(!place.exists("l.csv") && !place.exists("m.csv"));
    assert_eq!(run(&place, "--export doors=l.csv --export office=m.csv").code, Some(0));
    assert_eq!(place.read("l.csv"), place.read("m.csv"));
    let ran = place.run("--profile p.toml --job recycle --state card.json --export doors=n.csv");
    assert!(ran.err.contains("--job recycle does not tell whose card it is"), "{ran:?}");
}

/// Before its card, and by `--check` without any; the value shows nowhere.
#[test]
fn a_record_that_makes_no_row_is_refused_before_its_card() {
    let place = place("encoding = \"latin-1\"");
    let rows = "a,42,1,1,20281231,=SUM\nb,42,2,1,20281231,Gate\n";
    place.write("r.csv", format!("{HEADER}\n{rows}"));
    let ran = run(&place, "--export l.csv --check");
    assert_eq!(ran.code, Some(1));
    let why = "line 2: export-formula: column \"Site\" of the list: it begins as a formula does";
    assert!(ran.out.starts_with(why) && ran.out.contains("       1 export-formula\n"), "{ran:?}");
    assert!(!place.exists("l.csv"));
    let ran = run(&place, "--export l.csv --receipts a.jsonl");
    assert_eq!(
        (ran.code, ran.row("refused").as_str(), ran.row("cards done").as_str()),
        (Some(1), "1", "1")
    );
    let receipts = place.lines("a.jsonl");
    assert_eq!(
        (&receipts[0]["record"], &receipts[0]["code"]),
        (&"a".into(), &"export-formula".into())
    );
    assert_eq!(
        (&receipts[0]["card"], &receipts[1]["outcome"]),
        (&serde_json::Value::Null, &"done".into())
    );
    assert_eq!(place.read("l.csv").lines().count(), 2);
    for told in [&ran.out, &ran.err, &place.read("a.jsonl")] {
        assert!(!told.contains("SUM") && !told.contains("Gate"), "{told}");
    }
    // Without a list there is nothing to refuse.
    assert_eq!(run(&place, "").code, Some(0));
}

#[test]
fn cards_that_are_only_read_are_listed() {
    let place = place("");
    let card = "--state card.json --card ev2-8k";
    assert_eq!(run(&place, &format!("--limit 1 {card} --export made.csv")).code, Some(0));
    let before = place.read("card.json");
    let enrol = format!("--profile p.toml --job enrol {card}");
    let ran = place.run(&format!("{enrol} --export read.csv --receipts a.jsonl"));
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "1"), "{ran:?}");
    assert_eq!(place.read("read.csv"), place.read("made.csv"));
    assert_eq!(place.read("card.json"), before);
    let receipt = &place.lines("a.jsonl")[0];
    assert_eq!((&receipt["job"], &receipt["record"]), (&"enrol".into(), &"-".into()));
    assert_eq!(receipt["wrote"], "nothing");
    // Again: it has its row.
    let ran = place.run(&format!("{enrol} --export read.csv --receipts a.jsonl"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(place.read("read.csv"), place.read("made.csv"));
    // A card that the keys do not open is said, has a code, and no row.
    place.write("p.toml", door("").replace("\"uid\", \"aid\"", "\"aid\", \"uid\""));
    let ran = place.run(&format!("{enrol} --export other.csv --receipts b.jsonl"));
    assert_eq!((ran.code, ran.row("refused").as_str()), (Some(1), "1"), "{ran:?}");
    assert!(ran.err.contains("record -: the card refused key 1 of an application"), "{ran:?}");
    assert_eq!(place.lines("b.jsonl")[0]["code"], "key-refused");
    assert_eq!(place.read("other.csv"), "");
    place.run(&enrol).did_not_start(
        "--job enrol reads cards for a list: name the file that gets it with --export",
    );
    place
        .run(&format!("{enrol} --export x.csv --records r.csv"))
        .did_not_start("--job enrol reads the records from the cards: leave --records out");
    place.run("--profile p.toml --job enrol --export x.csv --check").did_not_start(
        "--job enrol reads the records from the cards, so there is no file for --check: leave that out",
    );
}

/// The card is as it was; what its text would do in a spreadsheet is told by code.
#[test]
fn a_card_that_was_read_and_makes_no_row_is_refused() {
    let place = place("");
    let rows = "a,42,1,1,20281231,=SUM\n";
    place.write("r.csv", format!("{HEADER}\n{rows}"));
    let card = "--state card.json --card ev2-8k";
    assert_eq!(run(&place, card).code, Some(0));
    let ran = place
        .run(&format!("--profile p.toml --job enrol {card} --export l.csv --receipts a.jsonl"));
    assert_eq!((ran.code, ran.row("refused").as_str()), (Some(1), "1"), "{ran:?}");
    assert!(
        ran.err.contains("record -: column \"Site\" of the list: it begins as a formula does"),
        "{ran:?}"
    );
    assert!(!ran.err.contains("SUM"));
    let receipt = &place.lines("a.jsonl")[0];
    assert_eq!(
        (&receipt["code"], &receipt["outcome"]),
        (&"export-formula".into(), &"refused".into())
    );
    assert_eq!(place.read("l.csv"), "");
}
