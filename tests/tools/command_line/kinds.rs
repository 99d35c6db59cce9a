// SPDX-License-Identifier: MIT OR Apache-2.0
//! The example profiles with keys and files of every kind, encoded, shown and refused.

use super::inspect::inspect;
use super::place::{KEYS, Place};

const CANTEEN: &str = include_str!("../../../examples/data/profiles/canteen.toml");
const CANTEEN_RECORDS: &str = include_str!("../../../examples/data/canteen-records.csv");
const LEGACY: &str = include_str!("../../../examples/data/profiles/legacy.toml");
const LEGACY_RECORDS: &str = include_str!("../../../examples/data/legacy-records.csv");

/// What the canteen card is for good.
const FOR_GOOD: &str = "--allow random-uid";

fn place(profile: &str, records: &str) -> Place {
    let place = Place::new();
    place.write("p.toml", profile);
    place.write("r.csv", records);
    place.write("keys.toml", KEYS);
    place
}

#[test]
fn a_batch_is_done_on_every_model_that_the_profile_takes() {
    for (profile, records, allow, models) in [
        (CANTEEN, CANTEEN_RECORDS, FOR_GOOD, &["ev1-2k", "ev1-4k", "ev2-8k", "ev3-2k"][..]),
        (LEGACY, LEGACY_RECORDS, "", &["d40-4k", "ev1-2k", "ev1-8k"]),
    ] {
        let place = place(profile, records);
        for model in models {
            let ran =
                place.run(&format!("--profile p.toml --records r.csv --card {model} {allow}"));
            assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "3"), "{ran:?}");
        }
    }
}

#[test]
fn a_canteen_card_is_encoded_once_and_shown() {
    let place = place(CANTEEN, CANTEEN_RECORDS);
    let encode = "--profile p.toml --records r.csv --limit 1 --seed 7 --card ev2-8k --state c.json";
    let ran = place.run(encode);
    let why = "the profile names random-uid, which no command takes back: say --allow random-uid, or \
               take it out of the profile";
    assert_eq!((ran.code, place.exists("c.json")), (Some(2), false));
    assert!(ran.err.ends_with(&format!("error: {why}\n")), "{}", ran.err);
    let encode = &format!("{encode} {FOR_GOOD}");
    assert_eq!(place.run(encode).row("cards done"), "1");
    let ran = inspect(&place, "--state c.json --profile p.toml --keys keys.toml");
    // Long lines go on in the next one.
    let out = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for shown in [
        "random UID",
        "3 3K3DES keys",
        "ISO identifier E201, name D27600008501CA",
        "009896AA013529040000000000000000",
        "value, 0 to 50000",
        "1500",
        "cyclic records, 1 of 8 records",
        "49535355454401352904000005DC0000",
    ] {
        assert!(out.contains(shown), "{shown}: {}", ran.out);
    }
    let before = place.read("c.json");
    assert_eq!(place.run(encode).row("already done"), "1");
    assert_eq!(place.read("c.json"), before);
}

/// GetDFNames in a session has switched EV1 cards off.
#[test]
fn an_ev1_is_not_asked_for_names_with_a_key() {
    let place = place(CANTEEN, CANTEEN_RECORDS);
    let encode = "--profile p.toml --records r.csv --limit 1 --card ev1-4k --state c.json";
    assert_eq!(place.run(&format!("{encode} {FOR_GOOD}")).row("cards done"), "1");
    let ran = inspect(&place, "--state c.json --profile p.toml --keys keys.toml");
    assert!(ran.out.contains("3 3K3DES keys"), "{}", ran.out);
    assert!(!ran.out.contains("D27600008501CA"), "{}", ran.out);
}

/// Nobody has to say again what card a state file has; where it is none of the profile's, it is named.
#[test]
fn a_state_file_tells_what_card_it_has() {
    let place = place(LEGACY, LEGACY_RECORDS);
    let encode = "--profile p.toml --records r.csv --limit 1 --state c.json";
    assert_eq!(place.run(&format!("{encode} --card d40-4k")).row("cards done"), "1");
    assert_eq!(place.run(&format!("{encode} --job verify")).row("cards done"), "1");
    let ran = place.run("--limit 1 --state c.json");
    assert_eq!(ran.code, Some(2));
    let why = "error: c.json: a card of model d40-4k: the profile does not name d40 cards; add it to `chips`\n";
    assert!(ran.err.ends_with(why), "{}", ran.err);
}

#[test]
fn a_card_that_its_profile_does_not_take_is_told_before_the_first() {
    let place = place(LEGACY, LEGACY_RECORDS);
    let ran = place.run("--profile p.toml --records r.csv --card ev2-8k");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.ends_with("error: the profile does not name ev2 cards; add it to `chips`\n"));
    let ran = place.run("--profile p.toml --records r.csv --card d40-4k --messaging ev1");
    assert_eq!(ran.code, Some(2));
    let why = "error: the profile does not name ev1 messaging; add it to `messaging`\n";
    assert!(ran.err.ends_with(why), "{}", ran.err);
}
