// SPDX-License-Identifier: MIT OR Apache-2.0
//! The example `plan`.

use std::process::Command;

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoder, Job, Outcome};
use cardwright::iso14443::RealUid;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Records};
use cardwright::transport::{InField, Moment, Tear};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::place::{DOOR, KEYS, Place, Ran, another_program};

const RECORDS: &str = include_str!("../../../examples/data/door-records.csv");
const SECURE: &str = include_str!("../../../examples/data/profiles/door-secure.toml");
const DOOR_2: &str = include_str!("../../../examples/data/profiles/door-2.toml");

fn plan(place: &Place, arguments: &str) -> Ran {
    let mut command = Command::new(another_program("plan"));
    Ran::of(&place.at(&mut command).args(arguments.split_whitespace()).output().unwrap())
}

#[test]
fn a_plan_tells_what_encode_then_takes() {
    let place = Place::new();
    for (model, bytes) in [("ev1-8k", "593"), ("ev2-8k", "726"), ("ev3-2k", "726")] {
        let ran = plan(&place, &format!("--card {model} --json"));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let shown: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(
            (&shown["total"]["exchanges"], &shown["total"]["sent"]),
            (&25.into(), &bytes.parse::<u64>().unwrap().into())
        );
        let memory = &shown["memory"];
        assert_eq!(memory["before"]["applications"].as_array().map(Vec::len), Some(0));
        assert_eq!(memory["after"]["applications"][0]["aid"], "F48120");
        let [before, after] =
            ["before", "after"].map(|when| memory[when]["free"].as_i64().unwrap());
        assert_eq!(shown["total"]["memory"].as_i64(), Some(before - after));
        assert!(shown["steps"].as_array().unwrap().iter().any(|step| step["memory"] == 192));
        let table = plan(&place, &format!("--card {model}")).out;
        assert!(table.contains("authenticate with key 1 of F48120, read version 1"), "{table}");
        assert!(table.contains(bytes), "{table}");
    }
}

/// A terminal of 80 columns has the table without the higher bit rates, its texts wrapped; what goes
/// into a pipe has one line a step.
#[test]
fn a_table_is_as_wide_as_the_terminal() {
    let place = Place::new();
    let wide = plan(&place, "--card ev1-8k").out;
    assert!(wide.contains("ms at 848"), "{wide}");
    assert!(wide.lines().any(|line| line.contains("give the card settings 09")), "{wide}");
    for columns in [80, 100, 200] {
        let mut command = Command::new(another_program("plan"));
        place.at(&mut command).env("COLUMNS", columns.to_string());
        let ran = Ran::of(&command.args(["--card", "ev1-8k"]).output().unwrap());
        let widest = ran.out.lines().map(UnicodeWidthStr::width).max();
        assert!(widest.is_some_and(|widest| widest > 60 && widest <= columns), "{}", ran.out);
        assert_eq!(ran.out.contains("ms at 848"), columns >= 120, "{}", ran.out);
    }
}

#[test]
fn lists_are_as_wide_as_the_terminal_too() {
    let place = Place::new();
    for (program, arguments) in [("credential", "list"), ("diversify", "--list")] {
        for columns in [80, 100, 200] {
            let mut command = Command::new(another_program(program));
            place.at(&mut command).env("COLUMNS", columns.to_string());
            let ran = Ran::of(&command.args(arguments.split(' ')).output().unwrap());
            let widest = ran.out.lines().map(UnicodeWidthStr::width).max();
            assert!(widest.is_some_and(|widest| widest > 60 && widest <= columns), "{}", ran.out);
        }
    }
}

#[test]
fn a_card_that_is_there_is_planned_for_and_left_as_it_was() {
    let place = Place::new();
    place.write("2.toml", DOOR_2);
    let made = place.run("--limit 1 --card ev2-8k --state card.json");
    assert_eq!(made.code, Some(0), "{made:?}");
    let before = place.read("card.json");
    let done = plan(&place, "--state card.json");
    assert!(done.code == Some(0) && done.out.contains("nothing is left to do"), "{done:?}");
    // The card holds the first of these records: the last one, where it is found.
    let (head, rest) = RECORDS.split_once('\n').unwrap();
    let mut turned: Vec<&str> = rest.lines().take(3).collect();
    turned.reverse();
    place.write("turned.csv", format!("{head}\n{}\n", turned.join("\n")));
    let verify = plan(&place, "--card ev2-8k --state card.json --job verify --records turned.csv");
    assert_eq!(verify.code, Some(0), "{verify:?}");
    assert!(verify.out.contains("authenticate with key 4 of F48120"), "{}", verify.out);
    let other = plan(&place, "--state card.json --records turned.csv");
    assert!(other.code == Some(1) && other.err.contains("holds another record"), "{other:?}");
    let rekey = plan(&place, "--state card.json --profile 2.toml --job rekey");
    let step = "change to key 4 of F48120, spare version 2";
    assert!(rekey.code == Some(0) && rekey.out.contains(step), "{rekey:?}");
    let recycle = plan(&place, "--state card.json --job recycle");
    assert!(recycle.out.contains("format: delete all applications"), "{recycle:?}");
    let recycle = plan(&place, "--state card.json --job recycle --json");
    let shown: Value = serde_json::from_str(&recycle.out).unwrap();
    let memory = &shown["memory"];
    assert_eq!(memory["before"]["applications"][0]["files"][1]["bytes"], 64);
    assert_eq!(memory["after"]["applications"].as_array().map(Vec::len), Some(0));
    assert_eq!(memory["after"]["free"], 8192);
    let update = plan(&place, "--job update");
    assert_eq!(update.code, Some(1));
    assert!(update.err.starts_with("refused: the card was never finished"), "{}", update.err);
    assert_eq!(place.read("card.json"), before);
}

/// Its own key opens it, and yet it is not finished.
#[test]
fn a_torn_card_is_planned_for_as_it_is() {
    let place = Place::new();
    let profile = Profile::parse(DOOR).unwrap();
    let job = Job::new(profile, &KeyFile::parse(KEYS).unwrap()).unwrap();
    let records = Records::csv(job.profile(), RECORDS.as_bytes()).unwrap();
    let uid = RealUid::new([0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6]);
    let mut card = SoftCard::new(Model::Ev2_8k, uid, 1);
    let uid = card.uid();
    let mut torn = Tear::new(&mut card, 13, Moment::AfterExecution);
    let mut encoder = Encoder::new(&job).with_rng(StdRng::seed_from_u64(1));
    let record = records.entries[0].as_ref().unwrap();
    let encoded = encoder.encode(InField::new(uid, &mut torn), record);
    assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{encoded:?}");
    place.write("torn.json", card.save());
    let planned = plan(&place, "--state torn.json");
    assert_eq!(planned.code, Some(0), "{planned:?}");
    assert!(!planned.out.contains("create application"), "{}", planned.out);
    assert!(planned.out.contains("create file 0 of F48120"), "{}", planned.out);
    assert_eq!(place.read("torn.json").as_bytes(), card.save().as_slice());
}

#[test]
fn what_is_wrong_with_a_profile_is_explained() {
    let place = Place::new();
    place.write("1.toml", DOOR);
    place.write("2.toml", DOOR_2);
    place.write("bad.toml", DOOR.replacen("read = \"read\"", "read = \"raed\"", 1));
    place.write("same.toml", DOOR.replacen("change = \"master\"", "change = \"same\"", 1));
    let well = plan(&place, "--check 2.toml --former 1.toml");
    let lines: Vec<_> = well.out.lines().collect();
    let [trust, later, ev1, "2.toml: nothing is wrong with it"] = lines[..] else {
        panic!("{well:?}")
    };
    assert!(later.starts_with("advice: ev2 and ev3 cards are made in ev2 messaging; "), "{later}");
    assert_eq!(ev1, "advice: ev1 cards are made in ev1 messaging");
    assert_eq!(well.code, Some(0));
    assert_eq!(
        trust,
        "trust: \"picc\" travels under the factory key; every key is diversified by the UID; a \
         transport key from the card's supplier instead of \"factory\" would leave none to whoever \
         listens"
    );
    place.write("zero.toml", DOOR.replacen("app = \"start\"", "app = \"zero\"", 1));
    let zero = plan(&place, "--check zero.toml");
    let travel = "trust: \"picc\" travels under the factory key, \"master\", ";
    assert!(zero.out.lines().any(|line| line.starts_with(travel)), "{zero:?}");
    place.write("secure.toml", SECURE);
    let secure = plan(&place, "--check secure.toml");
    let good = "trust: no key travels under a public key; not diversified by the UID: \"reveal\"; \
                the transport key from the card's supplier hides them all";
    assert!(secure.out.lines().any(|line| line == good), "{secure:?}");
    let bad = plan(&place, "--check bad.toml");
    assert_eq!(bad.code, Some(1));
    assert!(bad.out.starts_with("mistake: bad.toml: line 47"), "{}", bad.out);
    let same = plan(&place, "--check same.toml --former 1.toml");
    assert_eq!(same.code, Some(1));
    assert!(same.out.contains("change: application F48120: the key settings changed"), "{same:?}");
    place.write("longer.toml", DOOR.replacen("size = 28", "size = 32", 1));
    let hint = "hint: file 0 of application F48120: contents of 28 bytes instead of 32 would save 1 \
                exchange with each card in ev1 messaging";
    let longer = plan(&place, "--check longer.toml");
    assert!(longer.code == Some(0) && longer.out.lines().any(|line| line == hint), "{longer:?}");
    let json = plan(&place, "--check longer.toml --former 1.toml --json");
    let found: Value = serde_json::from_str(&json.out).unwrap();
    let counts = ["mistakes", "changes", "hints", "trust", "advice"]
        .map(|kind| found[kind].as_array().unwrap().len());
    assert_eq!((json.code, counts), (Some(1), [0, 1, 2, 1, 2]), "{json:?}");
    assert_eq!(place.run("--limit 1 --card ev2-8k --state card.json").code, Some(0));
    for (arguments, told) in [
        ("--check missing.toml", "missing.toml: "),
        ("--check 1.toml --former bad.toml", "bad.toml: line 47"),
        ("--state missing.json", "missing.json: "),
        ("--former 1.toml", "--check <FILE>"),
        ("--card ev9", "ev9"),
        (
            "--card ev1-8k --state card.json",
            "card.json: this is a card of model ev2-8k; say --card ev2-8k, or name another",
        ),
    ] {
        let ran = plan(&place, arguments);
        assert!(ran.code == Some(2) && ran.err.contains(told), "{arguments}: {ran:?}");
    }
}

#[test]
fn each_mistake_and_each_warning_has_its_code_for_machines() {
    let place = Place::new();
    place.write("1.toml", DOOR);
    place.write("bad.toml", DOOR.replacen("read = \"read\"", "read = \"raed\"", 1));
    place.write("turned.toml", DOOR.replacen("F48120", "2081F4", 1));
    place.write("same.toml", DOOR.replacen("change = \"master\"", "change = \"same\"", 1));
    let found = |arguments: &str| {
        let ran = plan(&place, &format!("{arguments} --json"));
        serde_json::from_str::<Value>(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    };
    let mistake = &found("--check bad.toml")["mistakes"][0];
    let place_of = |told: &Value| (told["line"].as_u64(), told["column"].as_u64().is_some());
    assert_eq!(mistake["code"], "profile-unknown-name");
    assert_eq!((mistake["file"].as_str(), place_of(mistake)), (Some("bad.toml"), (Some(47), true)));
    assert_eq!(mistake["problem"], "the application has no key \"raed\"");
    assert!(mistake["instead"].as_str().unwrap().starts_with("write \"read\""), "{mistake}");
    let warnings = found("--check turned.toml")["warnings"].clone();
    let turned =
        warnings.as_array().unwrap().iter().find(|told| told["code"] == "warning-aid-turned");
    let turned = turned.unwrap_or_else(|| panic!("{warnings}"));
    assert!(place_of(turned).0.is_some() && turned["problem"].as_str().unwrap().contains("F48120"));
    assert!(!turned["instead"].as_str().unwrap().is_empty());
    let change = &found("--check same.toml --former 1.toml")["changes"][0];
    assert_eq!(change["code"], "edition-no-new-version");
    // With keys: what is wrong between the two, and one value under two names.
    place.write("keys.toml", KEYS);
    assert_eq!(found("--check 1.toml --keys keys.toml")["mistakes"].as_array().unwrap().len(), 0);
    place.write("fewer.toml", KEYS.replacen("name = \"app1\"", "name = \"other\"", 1));
    let missing = &found("--check 1.toml --keys fewer.toml")["mistakes"][0];
    assert_eq!(missing["code"], "job-key-missing");
    let value = |name: &str| {
        let (_, behind) = KEYS.split_once(&format!("name = \"{name}\"")).unwrap();
        behind.split("value = \"").nth(1).unwrap().split('"').next().unwrap()
    };
    place.write("equal.toml", KEYS.replacen(value("app1"), value("app2"), 1));
    let ran = plan(&place, "--check 1.toml --keys equal.toml --json");
    let warnings = &serde_json::from_str::<Value>(&ran.out).unwrap()["warnings"];
    let equal =
        warnings.as_array().unwrap().iter().find(|told| told["code"] == "warning-one-value");
    let equal = equal.unwrap_or_else(|| panic!("{warnings}"));
    let problem = equal["problem"].as_str().unwrap();
    assert!(problem.contains("`app1`") && problem.contains("`app2`"), "{problem}");
    assert!(!format!("{ran:?}").contains(value("app2")), "a key shows");
}
