// SPDX-License-Identifier: MIT OR Apache-2.0
//! Records with a mistake: each is refused with its line, field and what is allowed, no card is
//! touched for it, and the others are encoded.

use std::collections::HashMap;

use serde_json::Value;

use super::place::{HEADER, Place, Ran};

const FACILITY: &str = "field \"facility\": it is larger than the largest number allowed; allowed is a \
                        whole number from 0 to 255, digits only";
const VALID: &str = "allowed is a whole number from 0 to 20991231, digits only";

#[test]
fn without_arguments_the_demonstration_batch_is_encoded() {
    let place = Place::new();
    let ran = place.run("");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.row("cards done"), "200");
    for none in ["already done", "refused", "failed"] {
        assert_eq!(ran.row(none), "0");
    }
    assert_eq!(ran.row("exchanges per card"), "28 (from 28 to 32)");
    assert!(ran.row("predicted card time per card").ends_with(" ms)"));
    assert!(ran.row("cards per second on this machine").parse::<u32>().unwrap() > 0);
    assert!(ran.err.contains("100 of 200 cards\n") && ran.err.ends_with("200 of 200 cards\n"));
}

#[test]
fn a_profile_of_the_examples_brings_its_records_and_one_of_somebody_else_does_not() {
    let place = Place::new();
    let profiles = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/profiles");
    let ran = place.run(&format!("--profile {profiles}/sun.toml --card ntag424 --limit 3"));
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "3"), "{ran:?}");
    let printed = [&*ran.out, &*ran.err].concat();
    assert_eq!(printed.matches("https://example.com/t/").count(), 3, "{ran:?}");
    place.write("sun.toml", std::fs::read_to_string(format!("{profiles}/sun.toml")).unwrap());
    let ran = place.run("--profile sun.toml --card ntag424 --limit 3");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("the demonstration records: header: columns 2 to 6"), "{ran:?}");
}

#[test]
fn help_names_every_option_and_the_exit_statuses() {
    let ran = Place::new().run("--help");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    for option in [
        "--profile <FILE>",
        "--records <FILE|->",
        "--import <FILE>",
        "--check",
        "--keys <FILE|pkcs11:…>",
        "--card <MODEL>",
        "--receipts <FILE|->",
        "--readout <FILE>",
        "--limit <N>",
        "--seed <N>",
        "--messaging <d40|ev1|ev2>",
        "Exit status: 0 ",
    ] {
        assert!(ran.out.contains(option), "{option} is missing in\n{}", ran.out);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a row for each mistake")]
fn bad_csv_records_are_refused_one_by_one() {
    let place = Place::new();
    let rows = [
        ("good-1", "good-1,42,48975,1,20281231,North Gate", None),
        ("range", "range,256,48976,1,20281231,North Gate", Some(format!("line 3: {FACILITY}"))),
        (
            "sign",
            "sign,-1,48977,1,20281231,North Gate",
            Some(
                "line 4: field \"facility\": a sign stands in front of it: numbers here begin at 0 and \
                 have none; allowed is a whole number from 0 to 255, digits only"
                    .into(),
            ),
        ),
        (
            "empty",
            "empty,42,48978,1,,North Gate",
            Some(format!(
                "line 5: field \"valid_until\": it is empty: fill it in, or give the column a default in \
                 an import table; {VALID}"
            )),
        ),
        (
            "repeated",
            "repeated,42,48975,1,20281231,North Gate",
            Some("line 6: field \"number\": repeats the value of line 2, but must be unique".into()),
        ),
        (
            "7",
            "short,42,48979,1",
            Some("line 7: the record has 4 columns, the header has 6: mend the line; put quotes around values with a separator \
                in them".into()),
        ),
        (
            "8",
            "open,42,48980,1,20281231,\"North Gate",
            Some(
                "line 8: a quote is opened and never closed, or closed in front of more: close it, and \
                 write \"\" for a quote in a value"
                    .into(),
            ),
        ),
        ("good-2", "good-2,42,48981,1,20281231,\"South, 2\"", None),
        (
            "long",
            "long,42,48982,1,20281231,North Gate and on",
            Some(
                "line 10: field \"site\": it is longer than allowed; allowed is text of at most 12 characters, none \
                 of them a control character"
                    .into(),
            ),
        ),
        (
            "umlaut",
            "umlaut,42,48983,1,20281231,Köln",
            Some(
                "line 11: field \"site\": the character U+00F6 is outside of ASCII, in which the card \
                 holds it: write another, or choose another charset in the profile"
                    .into(),
            ),
        ),
        (
            "good-1",
            "good-1,42,48984,1,20281231,North Gate",
            Some("line 12: field \"id\": repeats the value of line 2, but must be unique".into()),
        ),
        ("good-3", "good-3,255,65535,99,20991231,", None),
    ];
    let lines: Vec<&str> = rows.iter().map(|row| row.1).collect();
    place.write("r.csv", format!("{HEADER}\n{}\n", lines.join("\n")));
    let ran = place.run("--records r.csv --receipts out.jsonl");
    let expected: Vec<_> = rows.iter().map(|(record, _, why)| (*record, why.as_deref())).collect();
    refused_one_by_one(&ran, &place.lines("out.jsonl"), &expected);
}

#[test]
fn bad_json_records_are_refused_one_by_one() {
    let place = Place::new();
    let rest = "\"issue\":1,\"valid_until\":20281231,\"site\":\"North\"";
    let rows = [
        ("j1", format!("{{\"id\":\"j1\",\"facility\":42,\"number\":48975,{rest}}}"), None),
        (
            "j2",
            format!("{{\"id\":\"j2\",\"facility\":42,\"number\":48976,\"color\":\"red\",{rest}}}"),
            Some(
                "line 2: entry 4 has a name that the profile does not declare: take it out or declare it"
                    .to_owned(),
            ),
        ),
        (
            "j3",
            "{\"id\":\"j3\",\"facility\":42,\"number\":48977,\"issue\":1,\"site\":\"\"}".to_owned(),
            Some(format!("line 3: field \"valid_until\": missing, {VALID}")),
        ),
        (
            "4",
            "{\"id\":\"j4\",\"facility\":42,".to_owned(),
            Some("line 4: no JSON object on one line (column 25): look for a comma, a bracket or a quote there".to_owned()),
        ),
        (
            "j5",
            format!("{{\"id\":\"j5\",\"facility\":300,\"number\":48978,{rest}}}"),
            Some(format!("line 5: {FACILITY}")),
        ),
        (
            "j6",
            format!("{{\"id\":\"j6\",\"facility\":42,\"facility\":42,\"number\":48979,{rest}}}"),
            Some("line 6: field \"facility\": given twice: take one of them out".to_owned()),
        ),
        ("j7", format!("{{\"id\":\"j7\",\"facility\":\"42\",\"number\":\"48980\",{rest}}}"), None),
        (
            "8",
            format!("{{\"facility\":42,\"number\":48981,{rest}}}"),
            Some(
                "line 8: either every record has an id or none: the first record decides".to_owned(),
            ),
        ),
    ];
    let lines: Vec<&str> = rows.iter().map(|row| row.1.as_str()).collect();
    place.write("r.jsonl", lines.join("\n"));
    let ran = place.run("--records r.jsonl --receipts out.jsonl");
    let expected: Vec<_> = rows.iter().map(|(record, _, why)| (*record, why.as_deref())).collect();
    refused_one_by_one(&ran, &place.lines("out.jsonl"), &expected);
}

#[test]
fn a_uid_column_lets_only_that_card_take_the_record() {
    let place = Place::new();
    let rows = "a,42,48975,1,20281231,North,04A1B2C3D4E5F6\n\
                b,42,48976,1,20281231,North,04A1B2C3D4E5F6\n\
                c,42,48977,1,20281231,North,04A1B2C3D4E5\n\
                d,42,48978,1,20281231,North,04a1b2c3d4e5f7\n";
    place.write("r.csv", format!("{HEADER},uid\n{rows}"));
    let ran = place.run("--records r.csv --receipts out.jsonl --readout uids.jsonl");
    refused_one_by_one(
        &ran,
        &place.lines("out.jsonl"),
        &[
            ("a", None),
            ("b", Some("line 3: field \"uid\": repeats the value of line 2, but must be unique")),
            (
                "c",
                Some(
                    "line 4: field \"uid\": it is shorter than allowed, as a number that lost its zeros \
                     in front is; allowed is 14 hexadecimal digits",
                ),
            ),
            ("d", None),
        ],
    );
    let readout = place.read("uids.jsonl");
    assert_eq!(
        readout,
        "{\"record\":\"a\",\"uid\":\"04A1B2C3D4E5F6\"}\n{\"record\":\"d\",\"uid\":\"04A1B2C3D4E5F7\"}\n"
    );
}

/// Exit status 1; every receipt and, for refused ones, the line on stderr as expected.
#[track_caller]
fn refused_one_by_one(ran: &Ran, receipts: &[Value], expected: &[(&str, Option<&str>)]) {
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(receipts.len(), expected.len());
    for (receipt, (record, why)) in receipts.iter().zip(expected) {
        assert_eq!(receipt["record"], *record);
        match why {
            None => assert_eq!(receipt["outcome"], "done", "{record}"),
            Some(why) => {
                assert_eq!(receipt["outcome"], "refused", "{record}");
                assert_eq!(receipt["reason"], *why);
                assert_eq!(receipt["recovery"], "bad-record");
                assert_eq!(receipt["wrote"], "nothing");
                assert_eq!(receipt["exchanges"], 0, "no card is asked for {record}");
                let line = format!("record {record}: {why}");
                assert!(ran.err.lines().any(|said| said == line), "{line:?} not in {}", ran.err);
            }
        }
    }
    let refused = expected.iter().filter(|(_, why)| why.is_some()).count();
    let counts: HashMap<_, _> =
        ["cards done", "refused", "bad record"].map(|row| (row, ran.row(row))).into();
    assert_eq!(counts["cards done"], (expected.len() - refused).to_string());
    assert_eq!(counts["refused"], refused.to_string());
    assert_eq!(counts["bad record"], refused.to_string());
}
