// SPDX-License-Identifier: MIT OR Apache-2.0
//! Test keys that everybody would try: warned of, and no secret to the proof, whatever is made
//! from them.

use cardwright::emulator::Model;
use cardwright::encode::{Job, Outcome, Receipt};
use cardwright::host::Grade;
use cardwright::keys::{KeyFile, KeyWarning, Weak};
use cardwright::profile::Profile;

use crate::common::{KEYS, card, door_records, encode, encoder, issuer_key};

const DOOR: &str = include_str!("../../examples/data/profiles/door.toml");

/// The demonstration with another value for a key, on a blank card: what comes of it, its receipt,
/// and what the key file was warned of.
fn encoded_with(name: &str, version: u8, value: &str) -> (Outcome, Receipt, Vec<Weak>) {
    let own = hex::encode_upper(issuer_key(name, version));
    let keys = KeyFile::parse(&KEYS.replacen(&own, value, 1)).unwrap();
    let warned = keys.warnings().iter().map(KeyWarning::weak).collect();
    let job = Job::new(Profile::parse(DOOR).unwrap(), &keys).unwrap();
    let record = &door_records(&job)[0];
    let mut card = card(Model::Ev2_8k, 0);
    let (encoded, _) = encode(&mut encoder(&job), &mut card, record);
    (encoded.outcome, encoded.receipt, warned)
}

/// How well each key of the application and its ground are known.
fn of_application(receipt: &Receipt) -> (Vec<Grade>, bool) {
    let keys = receipt.keys.iter().filter(|key| key.at != "picc");
    (keys.clone().map(|key| key.grade).collect(), keys.clone().any(|key| key.ground.is_some()))
}

#[test]
fn behind_a_start_key_that_everybody_would_try_each_key_has_to_open() {
    let (outcome, receipt, warned) = encoded_with("start", 100, "C1D8C4F8F0B7A4D06B6E2A59D7309E4E");
    assert_eq!((outcome, warned), (Outcome::Done, vec![]));
    let (grades, _) = of_application(&receipt);
    assert!(grades.contains(&Grade::Sealed), "a secret start key is believed: {grades:?}");
    for (value, weak) in [("00".repeat(16), Weak::Zero), ("5A".repeat(16), Weak::Repeated)] {
        let (outcome, receipt, warned) = encoded_with("start", 100, &value);
        assert_eq!((outcome, warned), (Outcome::Done, vec![weak]));
        let (grades, ground) = of_application(&receipt);
        assert!(grades.iter().all(|grade| *grade == Grade::Used), "{weak:?}: {grades:?}");
        assert!(!ground, "{weak:?}: nothing stands for another thing");
    }
}

/// What is diversified from such a key has other bytes, and is no secret all the same.
#[test]
fn what_proves_itself_by_a_key_that_everybody_would_try_is_written_only() {
    for (name, value) in [("picc", "00".repeat(16)), ("app1", "C3".repeat(16))] {
        let (outcome, _, warned) = encoded_with(name, 1, &value);
        assert_eq!(warned.len(), 1, "{name}");
        assert!(matches!(outcome, Outcome::Written(_)), "{name}: {outcome:?}");
    }
}
