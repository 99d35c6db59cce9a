// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders as they come: checked before the first card, read from standard input, with an import table.

use std::io::Write;
use std::process::Stdio;

use super::place::{HEADER, Place, Ran};

const ROW: &str = "a,42,48975,1,20281231,North";

#[test]
fn a_check_lists_every_mistake_and_touches_no_card() {
    let place = Place::new();
    place.write("p.toml", include_str!("../../orders/kinds.toml"));
    place.write("r.csv", include_bytes!("../../orders/kinds.csv"));
    let ran = place.run("--check --profile p.toml --records r.csv --receipts out.jsonl");
    assert_eq!((ran.code, ran.err.lines().count()), (Some(1), 0), "{ran:?}");
    let told: Vec<_> = ran.out.lines().filter(|line| line.starts_with("line ")).collect();
    assert_eq!(told.len(), 34, "{}", ran.out);
    assert_eq!(
        told[0],
        "line 2, column 2: record-empty: field \"number\": it is empty: fill it in, or give the column a default \
         in an import table; allowed is a whole number from 0 to 99999, digits only"
    );
    assert!(ran.out.contains("\n       1 record-exponent\n"), "{}", ran.out);
    assert!(ran.out.ends_with("      34 mistakes in 35 records\n"), "{}", ran.out);
    assert!(!ran.out.contains("Ann") && !ran.out.contains("1.23"), "{}", ran.out);
    assert!(!place.exists("out.jsonl"), "no card, no receipt");

    place.write("r.csv", format!("{HEADER}\n{ROW}\n"));
    let ran = place.run("--check --records r.csv");
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "       0 mistakes in 1 records\n"));

    place.write(
        "r.csv",
        format!("{}\n{ROW}\n", HEADER.replace("site", "Site").replace(",issue", ", issue")),
    );
    let ran = place.run("--check --records r.csv");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out
            .contains("file: records-column-near: header: column 4 is \"issue\" but for a space"),
        "{ran:?}"
    );
    assert!(
        ran.out.contains("file: records-column-near: header: column 6 is \"site\" but for upper"),
        "{ran:?}"
    );
}

#[test]
fn records_come_from_standard_input() {
    let place = Place::new();
    let mut command = place.command("--records - --seed 1");
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    write!(child.stdin.take().unwrap(), "{HEADER}\n{ROW}\n").unwrap();
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "1"), "{ran:?}");
}

/// Three exports of LibreOffice; the last German rows are emptied.
#[test]
fn exports_of_three_countries_are_encoded_with_one_import_table_each() {
    let place = Place::new();
    place.write("p.toml", include_str!("../../orders/exports.toml"));
    place.write("k.toml", include_str!("../../orders/keys.toml"));
    for (table, bytes) in [
        (include_str!("../../orders/german.toml"), &include_bytes!("../../orders/german.csv")[..]),
        (include_str!("../../orders/french.toml"), include_bytes!("../../orders/french.csv")),
        (include_str!("../../orders/japanese.toml"), include_bytes!("../../orders/japanese.csv")),
    ] {
        place.write("i.toml", table);
        place.write("r.csv", bytes);
        let files = "--profile p.toml --import i.toml --records r.csv";
        let ran = place.run(&format!("{files} --check"));
        assert_eq!(ran.out, "       0 mistakes in 1000 records\n");
        let ran = place.run(&format!("{files} --keys k.toml --limit 20"));
        assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "20"), "{ran:?}");
    }
    place.write("i.toml", "encoding = \"ebcdic\"\n");
    let ran = place.run("--profile p.toml --keys k.toml --import i.toml --records r.csv");
    assert_eq!(ran.code, Some(2));
    let why =
        "error: i.toml: line 1, column 12: an encoding that is not known: write one of \"utf-8\"";
    assert!(ran.err.contains(why), "{}", ran.err);
}
