// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sheet of the demonstration, against bytes computed by hand.

use serde_json::Value;

use super::*;
use crate::keys::KeyFile;
use crate::profile::Records;

const DOOR: &str = include_str!("../../examples/data/profiles/door.toml");
const KEYS: &str = include_str!("../../examples/data/test-keys.toml");
const RECORDS: &[u8] = include_bytes!("../../examples/data/door-records.csv");

fn door() -> (Sheet, Value) {
    let profile = Profile::parse(DOOR).unwrap();
    let keys = KeyFile::parse(KEYS).unwrap();
    let records = Records::csv(&profile, RECORDS).unwrap();
    let record = records.entries[0].as_ref().unwrap();
    let uid = RealUid::new([0x04, 0x5A, 0x17, 0x3C, 0x80, 0x21, 0x90]);
    let sheet = Sheet::new(&profile, Some(&keys), &uid, Some(record)).unwrap();
    let json = serde_json::from_str(&sheet.to_form(Form::Json).unwrap()).unwrap();
    (sheet, json)
}

/// By hand: 42 and 48975 in H10301 are `1 00101010 1011111101001111 0`, of which the parities cover 12 bits
/// each; left-aligned `CA AF D3 80`. The input is UID, AID and `AC`, and AN10922 puts 01 before it and 80
/// behind it.
#[test]
fn the_demonstration_is_explained_from_uid_to_key_and_from_bytes_to_number() {
    let (_, json) = door();
    let application = &json["applications"][0];
    assert_eq!(
        (&application["aid"], &application["aid_wire"]),
        (&"F48120".into(), &"2081F4".into())
    );
    let key = &application["keys"][0];
    assert_eq!(
        (&key["number"], &key["name"], &key["version"]),
        (&1.into(), &"read".into(), &1.into())
    );
    assert_eq!(key["authenticate"], serde_json::json!(["71", "AA"]));
    assert_eq!(application["keys"].as_array().unwrap().len(), 1, "no other key reads");
    let made = &key["diversification"];
    let parts: Vec<&str> = made["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["bytes"].as_str().unwrap())
        .collect();
    assert_eq!(parts, ["045A173C802190", "F48120", "4143"]);
    assert_eq!(made["input"], "045A173C802190F481204143");
    let padded = "01045A173C802190F48120414380000000000000000000000000000000000000";
    assert_eq!(made["messages"][0]["padded"], padded);
    let number = &application["files"][0]["parts"][1];
    assert_eq!((&number["name"], &number["bits"]), (&"number".into(), &"9-24".into()));
    assert_eq!((&number["offset"], &number["length"]), (&1.into(), &3.into()));
    let steps = &number["example"];
    assert_eq!((&steps["bits"], &steps["value"]), (&"1011111101001111".into(), &"48975".into()));
    let little = &application["files"][1]["parts"][2];
    assert_eq!(
        (&little["bits"], &little["example"]["value"]),
        (&"72-79,64-71,56-63,48-55".into(), &"48975".into())
    );
}

/// Whatever stands in a form, the check values do and nothing of a key does.
#[test]
fn no_form_has_a_key_and_each_has_its_check_value() {
    let (sheet, _) = door();
    for form in Form::ALL {
        let text = sheet.to_form(form).unwrap();
        assert!(
            text.contains("cmac-aes:") && text.contains("F48120") | text.contains("f48120"),
            "{text}"
        );
        for value in KEYS.lines().filter_map(|line| line.strip_prefix("value = ")) {
            assert!(!text.to_uppercase().contains(value.trim_matches('"')), "{form}");
        }
        assert_eq!(form.to_string().parse(), Ok(form));
        assert!(FormError.to_string().contains(form.name()));
    }
    assert!(!format!("{sheet:?}").contains("45A17") && !format!("{sheet:?}").contains("48975"));
}

#[test]
fn without_a_store_there_is_no_check_value_and_without_a_record_no_example() {
    let profile = Profile::parse(DOOR).unwrap();
    let uid = RealUid::new([0x04, 0x5A, 0x17, 0x3C, 0x80, 0x21, 0x90]);
    let sheet = Sheet::new(&profile, None, &uid, None).unwrap();
    let text = sheet.to_form(Form::Text).unwrap();
    assert!(text.contains("no key store was at hand") && !text.contains("cmac-aes"), "{text}");
    assert!(sheet.applications[0].files.iter().all(|file| file.example.is_none()));
}

#[test]
fn a_store_that_lacks_a_key_or_has_another_type_is_refused() {
    let profile = Profile::parse(DOOR).unwrap();
    let uid = RealUid::new([0x04, 0x5A, 0x17, 0x3C, 0x80, 0x21, 0x90]);
    let without = KEYS.replacen("name = \"app1\"", "name = \"app9\"", 1);
    let other = KEYS.replacen("name = \"legacy1\"\n", "name = \"app1\"\n", 1);
    let other = other.replacen(
        "name = \"app1\"\ntype = \"aes128\"",
        "name = \"app9\"\ntype = \"aes128\"",
        1,
    );
    for (keys, code) in [(without, "sheet-key"), (other, "sheet-key-type")] {
        let keys = KeyFile::parse(&keys).unwrap();
        let error = Sheet::new(&profile, Some(&keys), &uid, None).unwrap_err();
        assert_eq!(error.code().name(), code, "{error}");
    }
}

/// What a place says of a field is what the content itself reads there, for each example profile.
#[test]
fn places_read_what_contents_read() {
    let profile = Profile::parse(DOOR).unwrap();
    let records = Records::csv(&profile, RECORDS).unwrap();
    let record = records.entries[0].as_ref().unwrap();
    let uid = RealUid::new([0x04, 0x5A, 0x17, 0x3C, 0x80, 0x21, 0x90]);
    for file in &profile.applications()[0].files {
        let content = file.content.as_ref().unwrap();
        let bytes = content.render(record, &uid).unwrap();
        let told: Vec<(String, String)> = content
            .read(bytes.expose_secret())
            .into_iter()
            .map(|told| (told.name, told.value.expose_secret().clone()))
            .collect();
        let places =
            content.layout().into_iter().filter(|place| place.role == crate::profile::Role::Field);
        let read = places.map(|place| {
            let value = place.value_in(bytes.expose_secret()).unwrap().expose_secret().clone();
            (place.name, value)
        });
        assert_eq!(read.collect::<Vec<_>>(), told);
    }
}

/// Whoever sets up a reader that rolls needs the key that does so, and of each key what opens a card that waits.
#[test]
fn readers_that_roll_are_told_of_both_editions() {
    let profile =
        Profile::parse(include_str!("../../examples/data/profiles/barrier.toml")).unwrap();
    let keys = KeyFile::parse(KEYS).unwrap();
    let uid = RealUid::new([0x04, 0x5A, 0x17, 0x3C, 0x80, 0x21, 0x90]);
    let sheet = Sheet::new(&profile, Some(&keys), &uid, None).unwrap();
    let json: Value = serde_json::from_str(&sheet.to_form(Form::Json).unwrap()).unwrap();
    let application = &json["applications"][0];
    let told = serde_json::json!({
        "count": 2, "roll_key": 2, "filled": 1, "version": 2, "readers_roll": true,
    });
    assert_eq!(application["key_sets"], told);
    let keys = application["keys"].as_array().unwrap();
    let seen: Vec<_> = keys.iter().map(|key| (&key["name"], &key["former"]["version"])).collect();
    assert_eq!(seen, [(&"read".into(), &1.into()), (&"roll".into(), &1.into())]);
    // The key of the first edition is the door's.
    assert_eq!(keys[0]["former"]["check"], "cmac-aes:719017");
    assert_ne!(keys[0]["former"]["check"], keys[0]["check"]);
    assert_ne!(keys[0]["former"]["card_key_check"], keys[0]["card_key_check"]);
    let text = sheet.to_form(Form::Text).unwrap();
    for line in [
        "2 where the chip has any, rolled with key 2",
        "opens with the former versions, and tells version 2 for set 1 (GetKeyVersion 64 40 80)",
        "RollKeySet 55 01 in an EV2 session of key 2 at its former version",
        "version 1, check value cmac-aes:719017",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let (door, json) = door();
    assert!(door.applications[0].key_sets.is_none());
    assert!(json["applications"][0].get("key_sets").is_none());
}
