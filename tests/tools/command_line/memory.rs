// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a program leaves of its keys in its memory when it ends: nothing. Each is stopped where it
//! exits, after its last value was dropped, and every page that it may write is searched for each
//! issuer key and each card key, by halves, as bytes and as hexadecimal digits.
//!
//! Linux only: elsewhere there is no such way into another program that needs no rights of its own.

mod traced;

use std::collections::BTreeMap;

use cardwright::diversify::Subject;
use cardwright::iso14443::RealUid;
use cardwright::key::LowBits;
use cardwright::keys::{KeyFile, Store};
use cardwright::profile::{KeySpec, Profile};
use cardwright::wire::{Aid, KeyNo};

use super::place::{HEADER, KEYS, Place, another_program};
use traced::left_in_memory;

/// How many cards a run makes.
const CARDS: u8 = 20;

fn uid(number: u8) -> RealUid {
    RealUid::new([0x04, 0x5E, 0xED, 0x01, 0x02, 0x03, number])
}

/// Records that name the card that they go onto, so that its keys are known here.
fn records() -> String {
    let line = |number: u8| {
        let uid = hex::encode_upper(uid(number).expose());
        format!("card-{number:02},7,{number},1,20301231,North,{uid}\n")
    };
    format!("{HEADER},uid\n") + &(0..CARDS).map(line).collect::<String>()
}

/// Whose key it is, and its bytes.
type Keys = BTreeMap<String, Vec<u8>>;

/// Every issuer key of the key file, and every key of the cards of these profiles.
fn keys() -> Keys {
    let file = KeyFile::parse(KEYS).unwrap();
    let mut keys = Keys::new();
    for (name, version) in file.names() {
        let key = file.issuer(name, version).unwrap().itself().unwrap();
        let key = key.with_version_as(version, LowBits::Kept);
        keys.insert(
            format!("{name} {version}"),
            hex::decode(&*key.test_digits().unwrap()).unwrap(),
        );
    }
    for profile in PROFILES {
        let profile = Profile::parse(profile).unwrap();
        let spec = |index: usize| &profile.keys()[index];
        let mut slots: Vec<(&KeySpec, Aid, u8)> =
            vec![(spec(profile.card().unwrap().master_key.get()), Aid::PICC, 0)];
        for application in profile.applications() {
            let own = (0..).zip(&application.keys);
            slots.extend(own.map(|(no, key)| (spec(key.get()), application.aid, no)));
        }
        for (spec, aid, no) in slots {
            let issuer = file.issuer(&spec.reference, spec.version).unwrap();
            for number in 0..CARDS {
                let (uid, no) = (uid(number), KeyNo::new(no).unwrap());
                let subject = Subject { uid: Some(&uid), aid, no };
                let key = spec.card_key(&*issuer, &subject).unwrap().test_digits().unwrap();
                keys.insert(format!("{aid} {no:?} of card {number}"), hex::decode(&*key).unwrap());
            }
        }
    }
    keys
}

const PROFILES: [&str; 1] = [super::place::DOOR];

fn place() -> Place {
    let place = Place::new();
    place.write("keys.toml", KEYS);
    place.write("records.csv", records());
    place
}

/// Runs a program in the place, and demands that it ends well and leaves no key behind.
#[track_caller]
fn leaves_nothing(place: &Place, program: &str, arguments: &str) {
    let left = left_in_memory(place, &another_program(program), arguments, &keys());
    assert!(left.is_empty(), "{program} {arguments}: {} left:\n{}", left.len(), left.join("\n"));
}

#[test]
fn an_encoding_leaves_no_key_in_memory() {
    let place = place();
    for limit in [0, CARDS] {
        let arguments = format!("--keys keys.toml --records records.csv --seed 1 --limit {limit}");
        leaves_nothing(&place, "encode", &arguments);
    }
}

#[test]
fn a_verification_leaves_no_key_in_memory() {
    let place = place();
    let card = "--keys keys.toml --records records.csv --seed 1 --state card.state --limit 1";
    leaves_nothing(&place, "encode", card);
    leaves_nothing(&place, "encode", &format!("{card} --job verify"));
}

#[test]
fn a_diversification_leaves_no_key_in_memory() {
    let place = place();
    let uid = hex::encode_upper(uid(3).expose());
    let card = format!("--keys keys.toml --key picc --key-version 1 --uid {uid} --scheme an10922");
    for output in ["", " --json"] {
        leaves_nothing(&place, "diversify", &format!("{card}{output}"));
    }
}

/// The search finds what is there: `sort` reads the key file, and wipes nothing.
#[test]
fn a_program_that_wipes_nothing_is_found_out() {
    let place = place();
    let left = left_in_memory(&place, "sort".as_ref(), "keys.toml", &keys());
    let whole = KEYS.matches("value = ").count();
    assert!(left.len() >= whole, "{} of {whole}: {left:?}", left.len());
}
