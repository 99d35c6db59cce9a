// SPDX-License-Identifier: MIT OR Apache-2.0
//! The example `plan`.

use std::process::Command;

use serde_json::Value;

use super::place::{DOOR, Place, Ran, another_program};

const DOOR_2: &str = include_str!("../../examples/data/profiles/door-2.toml");

fn plan(place: &Place, arguments: &str) -> Ran {
    let mut command = Command::new(another_program("plan"));
    Ran::of(&place.at(&mut command).args(arguments.split_whitespace()).output().unwrap())
}

#[test]
fn a_plan_tells_what_encode_then_takes() {
    let place = Place::new();
    for (model, bytes) in [("ev1-8k", "526"), ("ev2-8k", "625"), ("ev3-2k", "625")] {
        let ran = plan(&place, &format!("--card {model} --json"));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let shown: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(
            (&shown["total"]["exchanges"], &shown["total"]["sent"]),
            (&22.into(), &bytes.parse::<u64>().unwrap().into())
        );
        assert_eq!(shown["memory"]["after"]["applications"][0]["aid"], "F48120");
        let table = plan(&place, &format!("--card {model}")).out;
        assert!(table.contains("authenticate with key 1 of F48120, read version 1"), "{table}");
        assert!(table.contains(bytes), "{table}");
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
    let rekey = plan(&place, "--state card.json --profile 2.toml --job rekey");
    let step = "change to key 4 of F48120, spare version 2";
    assert!(rekey.code == Some(0) && rekey.out.contains(step), "{rekey:?}");
    let recycle = plan(&place, "--state card.json --job recycle");
    assert!(recycle.out.contains("format: delete all applications"), "{recycle:?}");
    let update = plan(&place, "--job update");
    assert_eq!(update.code, Some(1));
    assert!(update.err.starts_with("refused: the card was never finished"), "{}", update.err);
    assert_eq!(place.read("card.json"), before);
}

#[test]
fn what_is_wrong_with_a_profile_is_explained() {
    let place = Place::new();
    place.write("1.toml", DOOR);
    place.write("2.toml", DOOR_2);
    place.write("bad.toml", DOOR.replacen("read = \"read\"", "read = \"raed\"", 1));
    place.write("same.toml", DOOR.replacen("change = \"master\"", "change = \"same\"", 1));
    let well = plan(&place, "--check 2.toml --former 1.toml");
    assert_eq!((well.code, well.out.as_str()), (Some(0), "2.toml: nothing is wrong with it\n"));
    let bad = plan(&place, "--check bad.toml");
    assert_eq!(bad.code, Some(1));
    assert!(bad.out.starts_with("mistake: bad.toml: line 46"), "{}", bad.out);
    let same = plan(&place, "--check same.toml --former 1.toml");
    assert_eq!(same.code, Some(1));
    assert!(same.out.contains("change: application F48120: the key settings changed"), "{same:?}");
    for (arguments, told) in [
        ("--check missing.toml", "missing.toml: "),
        ("--check 1.toml --former bad.toml", "bad.toml: line 46"),
        ("--state missing.json", "missing.json: "),
        ("--former 1.toml", "--check <FILE>"),
        ("--card ev9", "ev9"),
    ] {
        let ran = plan(&place, arguments);
        assert!(ran.code == Some(2) && ran.err.contains(told), "{arguments}: {ran:?}");
    }
}
