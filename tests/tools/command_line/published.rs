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
const CREDENTIALS: [(&str, &str, &str); 8] = [
    credential!("accessgrid"),
    credential!("gallagher"),
    credential!("kentix"),
    credential!("lasseo"),
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

/// What `inspect` tells of a card by the fields of its profile, each with the value that it has
/// wherever it stands.
fn shown(seen: &Value) -> BTreeMap<&str, &str> {
    let mut fields = BTreeMap::new();
    for application in seen["applications"]["is"].as_array().unwrap() {
        for file in application["files"]["is"].as_array().unwrap() {
            for field in file["fields"].as_array().into_iter().flatten() {
                let (name, value) = (&field["name"], &field["value"]);
                let value = value.as_str().unwrap();
                let before = fields.insert(name.as_str().unwrap(), value);
                assert!(before.is_none_or(|before| before == value), "{name}: {value}");
            }
        }
    }
    fields
}

#[test]
fn a_published_credential_is_read_back_by_its_fields() {
    for (name, _, records) in CREDENTIALS {
        for messaging in ["ev1", "ev2"] {
            let place = place(name);
            let arguments = "--profile p.toml --keys keys.toml --records r.csv --limit 1 --seed 7";
            let arguments = format!("{arguments} --card ev2-8k --state card.json");
            let ran = place.run(&format!("{arguments} --messaging {messaging}"));
            assert_eq!(ran.code, Some(0), "{name}: {ran:?}");
            let ran = inspect(&place, "--state card.json --profile p.toml --keys keys.toml --json");
            assert_eq!(ran.code, Some(0), "{name}: {ran:?}");
            let seen: Value = serde_json::from_str(&ran.out).unwrap();
            assert_eq!(shown(&seen), record(records), "{name} in {messaging}");
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
        ("accessgrid", "read = \"read\"", "read = \"free\"", "\"free\""),
        (
            "track-2",
            "mode = \"full\"\nread = \"reader\"",
            "mode = \"plain\"\nread = \"free\"",
            "pan",
        ),
        // More than the file has room for.
        ("kentix", "size = 32", "size = 15", "15"),
        // A table one byte too short.
        ("gallagher", "A3B080C6", "B080C6", "gallagher"),
        // Fewer characters at most than at least.
        (
            "lasseo",
            "min_length = 5, max_length = 8",
            "min_length = 9, max_length = 8",
            "min_length",
        ),
        ("student-card", "max_length = 33", "max_length = 29", "min_length"),
        // Personal fields where nobody said that anyone may read them.
        ("lasseo", "allow_public = true\n", "", "forename"),
        // A message that may be longer than its file.
        ("type-4-tag", "max_length = 245", "max_length = 248", "245"),
        // A parity over itself, and over a bit that belongs to nothing.
        ("piv-75", "over = \"38-73\"", "over = \"38-74\"", "74"),
        ("piv-75", "bits = 75", "bits = 74", "74"),
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
