// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which key opens a card, asked on the command line.

use std::process::Command;

use cardwright::emulator::{Model, SoftCard};
use cardwright::host::Session;
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::wire::{Aid, KeyNo, KeySettings, KeySlots, KeyType, KeyVersion, Opening};
use serde_json::Value;

use super::place::{KEYS, Place, Ran, another_program, row};

const PUBLISHED: &str = include_str!("../../../examples/data/an10922-keys.toml");
/// AN10922, 2.2.1: UID, application, system identifier, and the key that comes of them.
const UID: [u8; 7] = [0x04, 0x78, 0x2E, 0x21, 0x80, 0x1D, 0x80];
const AID: Aid = Aid::new([0x30, 0x42, 0xF5]);
const SYSTEM: &str = "4E585020416275";
const CARD_KEY: &str = "A8DD63A3B89D54B37CA802473FDA9175";

/// Runs the example `diagnose` in the place. Whatever comes of it: no key shows, and a line has at
/// most 80 columns where it is for people.
fn diagnose(place: &Place, arguments: &str) -> Ran {
    let mut command = Command::new(another_program("diagnose"));
    let command = place.at(&mut command).args(arguments.split_whitespace());
    let ran = Ran::of(&command.output().unwrap());
    let said = format!("{}{}", ran.out, ran.err).to_uppercase();
    let values = [KEYS, PUBLISHED].into_iter().flat_map(|file| file.split("value = \"").skip(1));
    let values = values
        .filter_map(|rest| rest.get(..16))
        .chain(CARD_KEY.get(..16))
        .chain(CARD_KEY.get(16..));
    for value in values {
        assert!(!said.contains(value), "a key shows: {said}");
    }
    // The usage has it as an example.
    let said = said.replace("SUCH AS 04782E21801D80", "");
    assert!(!said.contains(&hex::encode_upper(UID)), "the UID shows: {said}");
    if !arguments.contains("--json") {
        for line in ran.out.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
    ran
}

/// A card whose application has the published key, and a key that nobody knows.
fn write_card(place: &Place, random_uid: bool) {
    let mut card = SoftCard::new(Model::Ev1_4k, RealUid::new(UID), 1);
    let zero = CardKey::zero(KeyType::Aes);
    let bytes: [u8; 16] = hex::decode(CARD_KEY).unwrap().try_into().unwrap();
    let published = CardKey::aes(&bytes, KeyVersion(1));
    let other = CardKey::aes(&[0xD7; 16], KeyVersion(1));
    let mut session = Session::open(&mut card);
    let slots = KeySlots { count: 2, key_type: KeyType::Aes, iso_file_ids: false };
    let _ = session.create_application(AID, KeySettings::FACTORY, slots).unwrap();
    let session = session.select_application(AID).unwrap();
    let rnd_a = [0x6C; 16];
    let mut session = session.authenticate(Opening::Aes, KeyNo::MASTER, &zero, &rnd_a).unwrap();
    let _ = session.change_key(KeyNo::new(1).unwrap(), &other, &zero).unwrap();
    let _ = session.change_own_key(&published).unwrap();
    let card = if random_uid { card.with_random_uid() } else { card };
    place.write("card.json", &*card.save());
}

fn place() -> Place {
    let place = Place::new();
    place.write("keys.toml", PUBLISHED);
    write_card(&place, false);
    place
}

#[test]
fn the_key_is_named_with_scheme_and_byte_orders() {
    let place = place();
    let before = place.read("card.json");
    let arguments = format!("--state card.json --keys keys.toml --aid 3042F5 --system {SYSTEM}");
    let ran = diagnose(&place, &format!("{arguments} --json"));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let told = "the card may refuse at most 16 authentications: 8 a key, 20 in all";
    assert_eq!(ran.err.lines().last(), Some(told));
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&found["opened"], &found["refused"]), (&true.into(), &1.into()));
    assert_eq!(found["refused_at_most"], 16);
    let slot = &found["levels"][0]["keys"][0];
    assert_eq!((&slot["version"], &slot["key_type"]), (&1.into(), &"AES".into()));
    let opened = &slot["opened_by"];
    for (entry, value) in [
        ("key", "aes"),
        ("key_type", "AES"),
        ("scheme", "an10922"),
        ("aid_order", "as-written"),
        ("uid_order", "as-shown"),
    ] {
        assert_eq!(opened[entry], value, "{opened}");
    }
    assert_eq!(opened["input"], serde_json::json!(["uid", "aid", format!("hex:{SYSTEM}")]));
    assert_eq!(slot["tried"].as_array().unwrap().len(), 2);
    assert_eq!(slot["tried"][0]["scheme"], Value::Null);
    // Every candidate is tried or has a reason.
    let whys = slot["not_tried"].as_array().unwrap();
    assert!(whys.iter().all(|why| why["candidates"].as_u64().unwrap() > 0), "{whys:?}");
    assert!(whys.iter().any(|why| why["why"] == "type"));
    let table = diagnose(&place, &arguments);
    assert_eq!(table.code, Some(0), "{}", table.err);
    assert_eq!(row(&table.out, "opened by"), "aes, version 1, AES");
    assert_eq!(row(&table.out, "refused"), "1 of at most 16 authentications");
    assert!(table.out.contains("application 3042F5   opened"), "{}", table.out);
    assert_eq!(place.read("card.json"), before, "nothing on the card changes");
}

#[test]
fn an_application_is_found_the_other_way_round_too() {
    let place = place();
    let arguments = format!("--state card.json --keys keys.toml --aid F54230 --system {SYSTEM}");
    let ran = diagnose(&place, &arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.contains("the application is 3042F5 on this card"), "{}", ran.err);
    assert!(ran.out.contains("opened, its AID the other way round"), "{}", ran.out);
}

#[test]
fn where_no_key_fits_it_is_said_and_what_remains() {
    let place = place();
    let arguments =
        "--state card.json --keys keys.toml --aid 3042F5 --scheme none --scheme sam-av1";
    let ran = diagnose(&place, arguments);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.out.contains("application 3042F5   no key fits"), "{}", ran.out);
    assert_eq!(ran.err.lines().last(), Some("no key fits"));
    // Two keys, each with the key itself and SAM AV1 in both orders.
    assert_eq!(row(&ran.out, "refused"), "6 of at most 7 authentications");
    let ran = diagnose(&place, &format!("{arguments} --per-key 1 --json"));
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&found["refused"], &found["refused_at_most"]), (&2.into(), &2.into()));
    let left = &found["levels"][0]["keys"][0]["not_tried"];
    let left = left.as_array().unwrap().iter().find(|left| left["why"] == "key-budget").unwrap();
    assert_eq!(left["keys"][0]["key"], "aes");
    assert_eq!(left["keys"][0]["ways"].as_array().unwrap().len(), 2);
    let ran = diagnose(&place, &format!("{arguments} --budget 0"));
    assert_eq!(row(&ran.out, "refused"), "0 of at most 0 authentications");
}

#[test]
fn all_goes_on_and_a_named_key_is_the_only_one() {
    let place = place();
    let arguments = format!("--state card.json --keys keys.toml --aid 3042F5 --system {SYSTEM}");
    let found = |more: &str| -> Value {
        let ran = diagnose(&place, &format!("{arguments} --json {more}"));
        serde_json::from_str(&ran.out).unwrap()
    };
    let all = found("--all");
    assert_eq!(all["opened"], true);
    assert_eq!(all["refused"], 1 + 8);
    assert_eq!(all["levels"][0]["keys"][1]["opened_by"], Value::Null);
    let named = found("--key-no 1");
    assert_eq!((&named["opened"], &named["refused"]), (&false.into(), &8.into()));
    assert_eq!(named["levels"][0]["keys"].as_array().unwrap().len(), 1);
    let key = found("--key 2tdea");
    assert_eq!((&key["opened"], &key["refused"]), (&false.into(), &0.into()));
}

#[test]
fn a_hidden_uid_is_asked_of_the_caller() {
    let place = place();
    write_card(&place, true);
    let arguments = format!("--state card.json --keys keys.toml --aid 3042F5 --system {SYSTEM}");
    let ran = diagnose(&place, &arguments);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("the card hides its UID"), "{}", ran.err);
    assert!(ran.out.contains("made of the UID, which the card hides"), "{}", ran.out);
    let uid = hex::encode_upper(UID);
    let ran = diagnose(&place, &format!("{arguments} --uid {uid}"));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

#[test]
fn a_blank_card_has_a_key_that_everybody_knows() {
    let place = place();
    let ran = diagnose(&place, "--state card.json --keys keys.toml");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let key = "factory key (DES zeros), version 0, DES; everybody knows it";
    assert_eq!(row(&ran.out, "opened by"), key);
}

#[test]
fn what_cannot_be_searched_is_told() {
    let place = place();
    place.write("live.toml", KEYS.replacen("\"test\"", "\"live\"", 1));
    place.write("bad.toml", PUBLISHED.replacen("aes128", "aes256", 1));
    for (arguments, code, message) in [
        ("", 2, "the following required arguments were not provided"),
        ("--keys keys.toml", 2, "--state <FILE>"),
        ("--state card.json --keys none.toml", 2, "none.toml: "),
        ("--state none.json --keys keys.toml", 2, "none.json: "),
        ("--state card.json --keys bad.toml", 2, "bad.toml: line 7, column 8: this type of key"),
        ("--state card.json --keys card.json", 2, "card.json: line 1"),
        ("--state keys.toml --keys keys.toml", 2, "keys.toml: line 1"),
        ("--state card.json --keys live.toml", 2, "live.toml: these keys are marked live"),
        ("--state card.json --card ev2-8k --keys keys.toml", 2, "a card of model ev1-4k"),
        (
            "--state card.json --keys keys.toml --key door",
            2,
            "keys.toml: there is no key of that name",
        ),
        (
            "--state card.json --keys keys.toml --scheme an1",
            2,
            "sagem, omnitech, gallagher and boltcard; or none",
        ),
        ("--state card.json --keys keys.toml --aid 30", 2, "an AID is six hexadecimal digits"),
        ("--state card.json --keys keys.toml --uid 30", 2, "a UID is 14 hexadecimal digits"),
        (
            "--state card.json --keys keys.toml --system 0",
            2,
            "a system identifier is 1 to 30 bytes",
        ),
        ("--state card.json --keys keys.toml --key-no 31", 2, "a key number is 0 to 13"),
        ("--state card.json --keys keys.toml --key-no 1", 2, "of which application? say --aid"),
        (
            "--state card.json --keys keys.toml --aid 000000 --aid 3042F5 --key-no 1",
            2,
            "name a key of the PICC level alone",
        ),
        ("--state card.json --keys keys.toml --per-key 41", 2, "41 is not in 0..=40"),
        (
            "--state card.json --keys keys.toml --budget few",
            2,
            "invalid value 'few' for '--budget <N>'",
        ),
        ("--state card.json --keys keys.toml --messaging ev3", 2, "messaging is d40, ev1 or ev2"),
        ("--state card.json --keys keys.toml --messaging ev2", 1, "this card has no ev2 messaging"),
        ("--state card.json --keys keys.toml --aid 112233", 1, "there is no application 112233"),
    ] {
        let ran = diagnose(&place, arguments);
        assert_eq!(ran.code, Some(code), "{arguments}: {}", ran.err);
        assert!(ran.err.contains(message), "{arguments}: {}", ran.err);
        assert_eq!(ran.out, "", "{arguments}");
    }
}
