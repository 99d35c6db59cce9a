// SPDX-License-Identifier: MIT OR Apache-2.0
//! A software card that is kept in a file, encoded there, and shown.

use std::process::Command;

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoder, Job, Outcome, Task};
use cardwright::host::{File, Session};
use cardwright::iso14443::RealUid;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Records};
use cardwright::transport::InField;
use cardwright::wire::{
    AccessRights, Aid, CommMode, FileKind, FileNo, FileSettings, FileSize, IsoDf, KeySettings,
    KeySlots, KeyType, NewFile, RecordCount, RecordLayout, ValueLimits,
};
use serde_json::Value;

use super::place::{KEYS, Place, Ran, another_program};

/// Runs the example `inspect` in the place.
pub(super) fn inspect(place: &Place, arguments: &str) -> Ran {
    let mut command = Command::new(another_program("inspect"));
    let command = place.at(&mut command).args(arguments.split_whitespace());
    Ran::of(&command.output().unwrap())
}

fn door(place: &Place) {
    place.write("door.toml", super::place::DOOR);
    place.write("keys.toml", KEYS);
}

#[test]
fn a_card_is_encoded_in_its_file_and_shown_with_its_keys() {
    let place = Place::new();
    door(&place);
    let ran = place.run("--limit 1 --seed 7 --card ev1-8k --state card.json");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    #[cfg(unix)]
    assert_eq!(place.mode("card.json") & 0o777, 0o600);
    let ran = inspect(&place, "--state card.json --profile door.toml --keys keys.toml --json");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let seen: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(seen["chip"], "ev1-8k");
    assert_eq!(seen["keys"][0]["opens"], "yes");
    let application = &seen["applications"]["is"][0];
    assert_eq!(application["aid"], "F48120");
    assert!(application["keys"].as_array().unwrap().iter().all(|key| key["opens"] == "yes"));
    assert_eq!(application["files"]["is"][0]["contents"]["is"]["data"]["proof"], "enciphered");
    let hex = application["files"]["is"][0]["contents"]["is"]["data"]["hex"].as_str().unwrap();
    assert_eq!(hex.len(), 2 * 28);
    let table = inspect(&place, "--state card.json --profile door.toml --keys keys.toml");
    assert!(table.out.contains(hex) && table.out.contains("application F48120"), "{}", table.out);
    assert!(table.out.lines().all(|line| line.chars().count() <= 80), "{}", table.out);
    // The contents by the profile's fields.
    let fields = application["files"]["is"][1]["fields"].as_array().unwrap();
    let names: Vec<_> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["facility", "number", "valid_until", "site"]);
    let number = fields[1]["value"].as_str().unwrap();
    assert!(table.out.contains(&format!("      number          {number}\n")), "{}", table.out);
    // Again: the card is done, and nothing on it changes.
    let before = place.read("card.json");
    let ran = place.run("--limit 1 --seed 7 --card ev1-8k --state card.json");
    let again = |line: &str| line.split_whitespace().eq(["│", "already", "done", "1", "│"]);
    assert!(ran.out.lines().any(again), "{}", ran.out);
    assert_eq!(place.read("card.json"), before);
}

#[test]
fn without_keys_only_what_is_free_is_shown() {
    let place = Place::new();
    assert_eq!(place.run("--limit 1 --seed 7 --state card.json").code, Some(0));
    let ran = inspect(&place, "--state card.json --json");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let seen: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(seen["keys"][0]["opens"], "not-tried");
    assert!(seen["applications"]["closed"].as_str().unwrap().contains("AE"));
    assert_eq!(seen["free_memory"]["is"].as_u64(), Some(8192 - 160 - 3 * 32 - 32));
}

#[test]
fn a_state_that_does_not_fit_is_told_before_anything_is_done() {
    let place = Place::new();
    door(&place);
    assert_eq!(place.run("--limit 1 --seed 7 --state card.json").code, Some(0));
    let saved = place.read("card.json");
    place.write("bad.json", "{\"format\": 1}");
    place.write("live.json", saved.replacen("\"test\"", "\"live\"", 1));
    place.write("live.toml", KEYS.replacen("\"test\"", "\"live\"", 1));
    for (arguments, message) in [
        ("--state none.json", "none.json: "),
        ("--state bad.json", "bad.json: line 1, column "),
        ("--state live.json", "live.json: the state is not marked use = \"test\""),
        (
            "--state card.json --card ev1-2k",
            "card.json: this is a card of model ev2-8k; say --card ev2-8k, or name another",
        ),
        (
            "--state card.json --profile door.toml --keys live.toml",
            "live.toml: these keys are marked live",
        ),
        ("--state card.json --profile keys.toml --keys keys.toml", "keys.toml: line 5"),
    ] {
        let ran = inspect(&place, arguments);
        assert_eq!(ran.code, Some(2), "{arguments}: {}", ran.err);
        assert!(ran.err.starts_with(&format!("error: {message}")), "{}", ran.err);
        assert_eq!(ran.out, "");
    }
    for (arguments, message) in [
        (
            "--state card.json",
            "a state file is one card: choose one record with --limit 1, 200 are",
        ),
        ("--limit 1 --state card.json --card ev1-2k", "this is a card of model ev2-8k; say --card"),
        ("--limit 1 --state bad.json", "bad.json: line 1, column "),
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments}: {}", ran.err);
        assert!(ran.err.contains(message), "{}", ran.err);
    }
    assert_eq!(place.read("card.json"), saved);
}

/// A D40 chip has no signature; and a program that cannot verify one says how to build one that can.
#[test]
fn what_the_originality_of_a_card_is_stands_in_table_and_json() {
    let place = Place::new();
    let uid = RealUid::new([0x04, 1, 2, 3, 4, 5, 6]);
    place.write("d40.json", &*SoftCard::new(Model::D40_4k, uid, 1).save());
    let seen = inspect(&place, "--state d40.json --json");
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    let seen: Value = serde_json::from_str(&seen.out).unwrap();
    let table = inspect(&place, "--state d40.json").out;
    if cfg!(feature = "originality") {
        assert_eq!(seen["originality"]["is"]["finding"], "not-offered");
        assert_eq!(seen["originality"]["is"]["key"], Value::Null);
        assert!(table.contains("not offered: this chip has no signature"), "{table}");
    } else {
        let how = "not checked: build with --features originality";
        assert_eq!(seen["originality"]["closed"], how);
        assert!(table.contains(how), "{table}");
    }
}

/// Cards that no profile makes: a D40 card, and one with names, a value and records.
#[test]
fn what_a_profile_cannot_make_is_shown_too() {
    let place = Place::new();
    let uid = || RealUid::new([0x04, 1, 2, 3, 4, 5, 6]);
    place.write("d40.json", &*SoftCard::new(Model::D40_4k, uid(), 1).save());
    let ran = inspect(&place, "--state d40.json --json");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let seen: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&seen["chip"], &seen["hardware"]), (&"d40-4k".into(), &"00.02, storage 18".into()));
    assert!(seen["free_memory"]["closed"].as_str().unwrap().contains("1C"));
    assert_eq!(seen["applications"]["is"], Value::Array(Vec::new()));

    place.write("purse.json", &*purse(uid()).save());
    let ran = inspect(&place, "--state purse.json --json");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let seen: Value = serde_json::from_str(&ran.out).unwrap();
    let application = &seen["applications"]["is"][0];
    assert_eq!(application["df_name"], "D2760000850101");
    assert_eq!(application["settings"]["is"]["key_type"], "3K3DES");
    let files = &application["files"]["is"];
    assert_eq!(files[0]["contents"]["is"]["value"]["value"], 93);
    assert_eq!(files[0]["settings"]["is"]["extent"], "-5 to 500");
    let records = &files[1]["contents"]["is"]["records"]["hex"];
    assert_eq!(*records, serde_json::json!(["A1A1", "A2A2"]));
    let table = inspect(&place, "--state purse.json").out;
    for text in ["    value ", " 93\n", "record 1", "2 of 4 records, 2 bytes each"] {
        assert!(table.contains(text), "{text}: {table}");
    }
}

/// A card that counts its transactions shows how many there were, with a key that reads it.
#[test]
fn a_card_that_counts_shows_its_transactions() {
    const PURSE: &str = include_str!("../../../examples/data/profiles/purse-ev2.toml");
    let place = Place::new();
    place.write("purse-ev2.toml", PURSE);
    place.write("keys.toml", KEYS);
    let mut card = SoftCard::new(Model::Ev2_8k, RealUid::new([0x04, 1, 2, 3, 4, 5, 6]), 1);
    let job = Job::new(Profile::parse(PURSE).unwrap(), &KeyFile::parse(KEYS).unwrap()).unwrap();
    let lines = b"member,credit,issued\n10000042,1500,20261124\n10000043,700,20261124\n";
    let records = Records::csv(job.profile(), lines).unwrap().entries;
    for (task, record) in [Task::Encode, Task::Update].into_iter().zip(records) {
        card.reset();
        let job = job.clone().with_task(task).unwrap();
        let field = InField::new(card.uid(), &mut card);
        let encoded = Encoder::new(&job).encode(field, &record.unwrap());
        assert_eq!(encoded.outcome, Outcome::Done);
    }
    place.write("counts.json", &*card.save());
    let arguments = "--state counts.json --profile purse-ev2.toml --keys keys.toml";
    let ran = inspect(&place, &format!("{arguments} --json"));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let seen: Value = serde_json::from_str(&ran.out).unwrap();
    let files = seen["applications"]["is"][0]["files"]["is"].as_array().unwrap();
    let file = files.iter().find(|file| file["no"] == 15).unwrap();
    assert_eq!(file["settings"]["is"]["extent"], "AES key of version 1");
    // The value, the records cleared, and the one record.
    assert_eq!(file["fields"][0], serde_json::json!({ "name": "transactions", "value": "3" }));
    let mac = file["fields"][1]["value"].as_str().unwrap();
    assert_eq!(file["contents"]["is"]["data"]["hex"], format!("03000000{mac}"));
    assert!(inspect(&place, arguments).out.contains("transactions"));
}

/// A card with a free value of 93 and two free records, in a named application.
fn purse(uid: RealUid) -> SoftCard {
    let mut card = SoftCard::new(Model::Ev1_4k, uid, 1);
    let mut session = Session::open(&mut card);
    let aid = Aid::new([0xF0, 0x12, 0x01]);
    let slots = KeySlots { count: 1, key_type: KeyType::Tdes3, iso_file_ids: false };
    let iso = IsoDf { id: "E110".parse().unwrap(), name: Some("D2760000850101".parse().unwrap()) };
    let _ = session.create_iso_application(aid, KeySettings::FACTORY, slots, &iso).unwrap();
    let mut session = session.select_application(aid).unwrap();
    let rights = AccessRights::from_wire([0xEE, 0xEE]);
    let size = FileSize::new(2).unwrap();
    let layout = RecordLayout { size, max: RecordCount::new(4).unwrap() };
    let [value, records] =
        [FileKind::Value(ValueLimits::new(-5, 500).unwrap()), FileKind::LinearRecord(layout)]
            .map(|kind| FileSettings::new(kind, CommMode::Plain, rights));
    let [value, records] = [(0, value), (1, records)]
        .map(|(no, settings)| File::declared(FileNo::new(no).unwrap(), settings));
    for file in [value, records] {
        let new = NewFile { value: 100, ..NewFile::from(file.settings()) };
        let _ = session.create_file(file.no(), new).unwrap();
    }
    for record in [[0xA1; 2], [0xA2; 2]] {
        let mut transaction = session.transaction();
        let _ = transaction.write_record(&records, 0, &record).unwrap();
        let _ = transaction.commit().unwrap();
    }
    let mut transaction = session.transaction();
    let _ = transaction.debit(&value, 7).unwrap();
    let _ = transaction.commit().unwrap();
    card
}
