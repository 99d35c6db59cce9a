// SPDX-License-Identifier: MIT OR Apache-2.0
//! Words of others on the screen: whatever a file, a record, a profile or a key is called, no byte
//! of it moves the cursor, ends the line or turns its order round. JSON keeps the values.

use std::process::Command;

use serde_json::Value;

use super::place::{DOOR, HEADER, KEYS, Place, Ran, another_program};

/// Clears the screen, and turns the order of what follows round.
const NAME: &str = "a\u{1B}[2J\u{9B}b\u{202E}c";
const ESCAPED: &str = "a\\u{1b}[2J\\u{9b}b\\u{202e}c";

fn run(place: &Place, program: &str, arguments: &[&str]) -> Ran {
    let mut command = Command::new(another_program(program));
    Ran::of(&place.at(&mut command).args(arguments).output().unwrap())
}

/// Nothing but what shows itself, and line ends.
fn is_clean(ran: &Ran) {
    for text in [&ran.out, &ran.err] {
        let bad = |sign: char| sign != '\n' && (sign.is_control() || "\u{202E}".contains(sign));
        assert!(!text.contains(bad), "{text:?}");
    }
}

#[test]
fn files_and_their_mistakes_are_named_in_one_line_of_visible_characters() {
    let place = Place::new();
    let file = format!("{NAME}\n.toml");
    let missing = run(&place, "encode", &["--keys", &file]);
    assert!(missing.err.starts_with(&format!("error: {ESCAPED}\\n.toml: ")), "{missing:?}");
    assert_eq!(missing.err.lines().count(), 1);
    is_clean(&missing);
    place.write(&file, DOOR.replace("[profile]\n", "[profile]\n\"x\\u001b[2J\" = 1\n"));
    let unknown = run(&place, "encode", &["--profile", &file]);
    assert!(unknown.err.contains("x\\u{1b}[2J") && unknown.err.lines().count() == 1, "{unknown:?}");
    is_clean(&unknown);
    let checked = run(&place, "plan", &["--check", &file]);
    assert!(
        checked.out.starts_with(&format!("mistake: {ESCAPED}\\n.toml: line 6, ")),
        "{checked:?}"
    );
    is_clean(&checked);
    let json = run(&place, "plan", &["--check", &file, "--json"]);
    is_clean(&json);
    let found: Value = serde_json::from_str(&json.out).unwrap();
    let mistake = &found["mistakes"][0];
    assert_eq!((mistake["file"].as_str(), mistake["line"].as_u64()), (Some(&*file), Some(6)));
    assert_eq!(mistake["code"], "profile-unknown-entry");
}

#[test]
fn a_profiles_name_is_one_line() {
    let place = Place::new();
    place.write("p.toml", DOOR.replace("name = \"door\"", "name = \"do\\nor\""));
    let ran = run(&place, "encode", &["--profile", "p.toml"]);
    assert_eq!((ran.code, ran.err.lines().count()), (Some(2), 1), "{ran:?}");
    assert!(ran.err.contains("line 6, column 8: the profile has no name"), "{}", ran.err);
}

#[test]
fn a_records_id_that_turns_the_writing_is_refused_and_not_repeated() {
    let place = Place::new();
    let records = format!("{HEADER}\nr\u{202E}1,25,1,1,20281231,N\nr2,1,2,1,20281231,N\n");
    place.write("r.csv", records);
    let ran = run(&place, "encode", &["--records", "r.csv", "--receipts", "receipts.jsonl"]);
    assert!(ran.err.contains("record 2: line 2: field \"id\": a character that"), "{}", ran.err);
    is_clean(&ran);
    let lines = place.lines("receipts.jsonl");
    let ids: Vec<_> = lines.iter().map(|line| line["record"].as_str().unwrap()).collect();
    assert_eq!(ids, ["2", "r2"]);
}

#[test]
fn names_of_keys_and_fields_are_told_escaped() {
    let place = Place::new();
    let name = "a\u{202E}c";
    place.write("k.toml", KEYS.replace("\"picc\"", &format!("\"{name}\"")));
    let uid = ["--uid", "04A1B2C3D4E501"];
    let keys = ["--scheme", "an10922", "--keys", "k.toml", "--key", "none"];
    let ran = run(&place, "diversify", &[&keys[..], &uid[..]].concat());
    assert!(ran.err.contains("there are a\\u{202e}c (version 1), "), "{}", ran.err);
    is_clean(&ran);
    let format = "[[format]]\nname = \"own\"\nbits = 8\nfields = [{ name = \"f\\u202E\", bits = \"0-7\" }]\n";
    place.write("p.toml", format!("{DOOR}\n{format}"));
    let arguments = ["--profile", "p.toml", "list", "own"];
    for (json, wanted) in [(false, "f\\u{202e}"), (true, "\"f\\u202e\"")] {
        let json = json.then_some("--json");
        let arguments: Vec<&str> = json.into_iter().chain(arguments).collect();
        let ran = run(&place, "credential", &arguments);
        assert!(ran.code == Some(0) && ran.out.contains(wanted), "{ran:?}");
        is_clean(&ran);
    }
}

#[test]
fn what_receipts_and_cards_are_kept_in_is_named_escaped() {
    let place = Place::new();
    let missing = run(&place, "receipts", &["verify", NAME]);
    assert!(missing.err.starts_with(&format!("error: {ESCAPED}: ")), "{missing:?}");
    is_clean(&missing);
    place.write(NAME, "no receipt\n");
    let broken = run(&place, "receipts", &["verify", NAME]);
    assert!(broken.out.starts_with(&format!("{ESCAPED}: broken, ")), "{broken:?}");
    is_clean(&broken);
    for program in ["inspect", "plan", "encode"] {
        let none = run(&place, program, &["--state", NAME]);
        assert!(none.err.contains(ESCAPED), "{program}: {none:?}");
        is_clean(&none);
    }
}
