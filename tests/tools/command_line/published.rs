// SPDX-License-Identifier: MIT OR Apache-2.0
//! The published credentials through the programs: encoded, shown by their fields, and what `plan`
//! finds in copies that somebody broke.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use super::inspect::inspect;
use super::place::{Place, Ran, another_program};

const KEYS: &str = include_str!("../../../examples/data/published/keys.toml");

macro_rules! credential {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../examples/data/published/", $name, ".toml")),
            include_str!(concat!("../../../examples/data/published/", $name, "-records.csv")),
        )
    };
}

/// Profiles with their records.
const CREDENTIALS: [(&str, &str, &str); 9] = [
    credential!("accessgrid"),
    credential!("gallagher"),
    credential!("kentix"),
    credential!("lasseo"),
    credential!("leaf-cc"),
    credential!("piv-75"),
    credential!("student-card"),
    credential!("track-2"),
    credential!("type-4-tag"),
];

fn place(name: &str) -> Place {
    let (_, profile, records) = CREDENTIALS.iter().find(|(known, ..)| *known == name).unwrap();
    let place = Place::new();
    place.write("p.toml", profile);
    place.write("r.csv", records);
    place.write("keys.toml", KEYS);
    place
}

/// The fields of the first record, as they stand in its file.
fn record(text: &str) -> BTreeMap<&str, &str> {
    let mut lines = text.lines();
    let mut row = || lines.next().unwrap().split(',');
    let fields = row().zip(row()).filter(|(name, _)| *name != "id");
    fields.collect()
}

/// What `inspect` tells of a card by the fields of its profile, and what else it tells of bits.
fn shown(seen: &Value) -> Vec<(&str, &str)> {
    let mut fields = Vec::new();
    for application in seen["applications"]["is"].as_array().unwrap() {
        for file in application["files"]["is"].as_array().unwrap() {
            let told = file["fields"].as_array().into_iter().flatten();
            fields.extend(
                told.map(|field| {
                    (field["name"].as_str().unwrap(), field["value"].as_str().unwrap())
                }),
            );
        }
    }
    fields
}

#[test]
fn a_published_credential_is_read_back_by_its_fields() {
    for (name, profile, records) in CREDENTIALS {
        // What travels plain is proven in EV1 messaging only, and a card that has EV2 messaging takes both.
        let both = profile.contains("\"ev1\"");
        for messaging in ["--messaging ev1", ""].into_iter().skip(usize::from(!both)) {
            let place = place(name);
            let arguments = "--profile p.toml --keys keys.toml --records r.csv --limit 1 --seed 7";
            let arguments = format!("{arguments} --card ev2-8k --state card.json");
            let ran = place.run(&format!("{arguments} {messaging}"));
            assert_eq!(ran.code, Some(0), "{name}: {ran:?}");
            let ran = inspect(&place, "--state card.json --profile p.toml --keys keys.toml --json");
            assert_eq!(ran.code, Some(0), "{name}: {ran:?}");
            let seen: Value = serde_json::from_str(&ran.out).unwrap();
            let shown = shown(&seen);
            for (field, value) in record(records) {
                let mut told = shown.iter().filter(|(name, _)| *name == field).peekable();
                assert!(told.peek().is_some(), "{name}: nothing is told of {field}");
                // A date is told as it stands there, where that is in digits.
                let digits = value.replace('-', "");
                let is_it = |told: &&str| *told == value || *told == digits;
                assert!(told.all(|(_, told)| is_it(told)), "{name} {messaging}: {field}");
            }
        }
    }
}

fn plan(place: &Place, arguments: &str) -> Ran {
    let mut command = Command::new(another_program("plan"));
    Ran::of(&place.at(&mut command).args(arguments.split_whitespace()).output().unwrap())
}

#[test]
fn a_published_profile_is_well_and_a_broken_copy_of_it_is_not() {
    let place = place("accessgrid");
    for (name, profile, _) in CREDENTIALS {
        place.write("p.toml", profile);
        let well = plan(&place, "--check p.toml");
        assert!(well.code == Some(0) && !well.out.contains("mistake:"), "{name}: {well:?}");
    }
    for (name, find, put, told) in [
        // What only the reader may see, to be read by anyone.
        ("accessgrid", "read = \"read\"", "read = \"free\"", "read = \"free\" in a protected mode"),
        (
            "track-2",
            "mode = \"full\"\nread = \"reader\"",
            "mode = \"plain\"\nread = \"free\"",
            "anyone may read the personal field \"pan\"",
        ),
        // Personal fields where nobody says that anyone may read them.
        ("lasseo", "allow_public = true\n", "", "anyone may read the personal field \"forename\""),
        // More than the file, and more than the part, has room for.
        ("kentix", "size = 32", "size = 15", "the content takes 16 bytes, and size is 15"),
        (
            "type-4-tag",
            "max_length = 245",
            "max_length = 248",
            "248 characters do not fit 245 bytes",
        ),
        // A table one byte too short.
        ("gallagher", "A3B080C6", "B080C6", "the table has 255 bytes"),
        // Fewer characters, or bytes, at most than at least.
        (
            "lasseo",
            "min_length = 5, max_length = 8",
            "min_length = 9, max_length = 8",
            "min_length is out of range",
        ),
        ("student-card", "max_length = 33", "max_length = 29", "min_length = 30 is out of range"),
        // A part whose end nothing tells.
        (
            "student-card",
            "{ tlv = \"02\", parts = [{ hex = \"r\", length = \"variable\" }] }",
            "{ hex = \"r\", length = \"variable\" }",
            "nothing tells where this part ends",
        ),
        // A parity over itself, and over a bit that there is not.
        ("piv-75", "over = \"38-73\"", "over = \"38-74\"", "the check covers its own bits"),
        ("piv-75", "bits = 75", "bits = 74", "bit 74 is beyond the end"),
        // A date in a form that bits do not have.
        (
            "piv-75",
            "number:yyyymmdd",
            "days:2000-01-01",
            "\"days:2000-01-01\" is no form of a date in bits",
        ),
    ] {
        let (_, profile, _) = CREDENTIALS.iter().find(|(known, ..)| *known == name).unwrap();
        let broken = profile.replacen(find, put, 1);
        assert_ne!(*profile, broken, "{name}: {find}");
        place.write("p.toml", broken);
        let ran = plan(&place, "--check p.toml");
        let found = ran.out.lines().any(|line| line.starts_with("mistake:") && line.contains(told));
        assert!(ran.code == Some(1) && found, "{name}: {put}: {ran:?}");
    }
}
