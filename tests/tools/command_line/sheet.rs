// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sheet for readers, and what a reader sees of a card.

use std::process::Command;

use serde_json::Value;

use super::inspect::inspect;
use super::place::{DOOR, KEYS, Place, Ran, another_program};

const RECORDS: &str = include_str!("../../../examples/data/door-records.csv");

fn plan(place: &Place, arguments: &str) -> Ran {
    let mut command = Command::new(another_program("plan"));
    Ran::of(&place.at(&mut command).args(arguments.split_whitespace()).output().unwrap())
}

fn json(ran: &Ran) -> Value {
    assert_eq!(ran.code, Some(0), "{ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn a_sheet_comes_in_four_forms() {
    let place = Place::new();
    let text = plan(&place, "--reader-sheet");
    assert_eq!(text.code, Some(0), "{text:?}");
    for line in ["F48120 as written, 2081F4 as sent", "045A173C802190", "-> 48975", "North Gate"] {
        assert!(text.out.contains(line), "{line}: {}", text.out);
    }
    let sheet = json(&plan(&place, "--reader-sheet --form json --uid 04782E21801D80"));
    assert_eq!((&sheet["schema"], &sheet["uid"]), (&1.into(), &"04782E21801D80".into()));
    let baltech = json(&plan(&place, "--reader-sheet --form baltech"));
    assert_eq!(baltech[0]["VhlCfg/File/DesfireAid"], "0x00F48120");
    let file = &baltech[0]["VhlCfg/File/DesfireFileDesc"][0];
    assert_eq!((&file["ReadKeyNo"], &file["ReadKeyIdx"]), (&1.into(), &"0xC0".into()));
    assert_eq!(baltech[0]["VhlCfg/File/DesfireKeyList"][0]["DiversificationMode"], "ModeAv2");
    let kentix = json(&plan(&place, "--reader-sheet --form kentix"));
    let desfire = &kentix[0]["upload"]["mifare_desfire"];
    assert_eq!((&desfire["app_id"], &desfire["key_number"]), (&"0xf48120".into(), &1.into()));
    assert_eq!(desfire["des_key"], Value::Null);
    let number = &desfire["card"]["data"][1];
    assert_eq!((&number["position_start"], &number["position_end"]), (&10.into(), &25.into()));
}

/// The keys and the records of the demonstration are those of no other profile.
#[test]
fn a_profile_of_ones_own_has_no_check_values_without_its_keys() {
    let place = Place::new();
    place.write("door.toml", DOOR);
    let bare = plan(&place, "--reader-sheet --profile door.toml");
    assert!(bare.out.contains("no key store was at hand"), "{bare:?}");
    assert!(!bare.out.contains("cmac-aes") && !bare.out.contains("North Gate"), "{bare:?}");
    place.write("keys.toml", KEYS);
    let whole = plan(&place, "--reader-sheet --profile door.toml --keys keys.toml");
    assert!(whole.out.contains("cmac-aes") && !whole.out.contains("North Gate"), "{whole:?}");
    place.write("lacking.toml", KEYS.replace("name = \"app1\"", "name = \"app9\""));
    let lacking = plan(&place, "--reader-sheet --profile door.toml --keys lacking.toml");
    assert_eq!((lacking.code, lacking.out.as_str()), (Some(2), ""));
    assert!(lacking.err.contains("`app1`, which is not in the key file"), "{lacking:?}");
    for arguments in ["--form json", "--reader-sheet --form pdf", "--reader-sheet --uid 04"] {
        assert_eq!(plan(&place, arguments).code, Some(2), "{arguments}");
    }
}

#[test]
fn what_a_door_will_see_is_shown_with_the_record() {
    let place = Place::new();
    for (name, text) in [("door.toml", DOOR), ("keys.toml", KEYS), ("people.csv", RECORDS)] {
        place.write(name, text);
    }
    let ran = place.run("--limit 1 --seed 7 --card ev2-8k --state card.json");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let asked = "--state card.json --profile door.toml --keys keys.toml --as";
    let shown = inspect(&place, &format!("{asked} read --records people.csv"));
    assert_eq!(shown.code, Some(0), "{shown:?}");
    for line in ["opened by key `read`", "record demo-0001", "48975"] {
        assert!(shown.out.contains(line), "{line}: {}", shown.out);
    }
    assert!(shown.out.lines().all(|line| line.chars().count() <= 80), "{}", shown.out);
    let seen = json(&inspect(&place, &format!("{asked} read --json")));
    assert_eq!((&seen["record"], &seen["files"][0]["no"]), (&"not-asked".into(), &0.into()));
    assert_eq!(seen["files"][1]["fields"][1]["value"], "48975");
    // Records of others, a card of others, names of no key, and keys for nothing.
    let others: Vec<&str> =
        RECORDS.lines().take(1).chain(RECORDS.lines().skip(2).take(3)).collect();
    place.write("others.csv", &(others.join("\n") + "\n"));
    let none = inspect(&place, &format!("{asked} read --records others.csv"));
    assert!(none.code == Some(1) && none.out.contains("none of 3 records"), "{none:?}");
    for (name, says) in
        [("reed", "perhaps `read`"), ("read,spare", "opens nothing with key `spare`")]
    {
        let ran = inspect(&place, &format!("{asked} {name}"));
        assert!(ran.code == Some(2) && ran.err.contains(says), "{name}: {ran:?}");
    }
    let other = KEYS.replace("name = \"app2\"", "name = \"app8\"");
    let other = other.replace("name = \"app1\"", "name = \"app2\"");
    place.write("keys.toml", other.replace("name = \"app8\"", "name = \"app1\""));
    let closed = inspect(&place, &format!("{asked} read"));
    assert!(closed.code == Some(1) && closed.out.contains("not seen"), "{closed:?}");
}
