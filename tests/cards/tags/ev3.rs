// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secure dynamic messaging in files that a job creates on a DESFire EV3. That such cards survive every tear is
//! held in `tests/cards/tear.rs`, what their plans cost in `tests/cards/costs.rs`.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, Outcome, Task};
use cardwright::iso14443::Uid;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::sdm::{Memory, Verifier, address};

use super::{refused, scan, send};
use crate::common;

const PROFILE: &str = include_str!("../../profiles/sdm-ev3.toml");

fn job() -> Job {
    let keys = KeyFile::parse(include_str!("../../profiles/keys.toml")).unwrap();
    Job::new(Profile::parse(PROFILE).unwrap(), &keys).unwrap()
}

fn records(job: &Job) -> Vec<Record> {
    let records = include_bytes!("../../profiles/records.csv");
    let records = Records::csv(job.profile(), records).unwrap();
    records.entries.into_iter().map(Result::unwrap).collect()
}

fn uid(card: &SoftCard) -> [u8; 7] {
    let Uid::Real(uid) = card.uid() else { panic!("a UID") };
    *uid.expose()
}

/// The address that a phone finds is taken once, is another one each time, and is the card's own.
#[test]
fn a_desfire_ev3_is_read_by_a_phone_and_verified_by_a_server() {
    let job = job();
    let records = records(&job);
    let (verifier, counters) = (Verifier::new(&job).unwrap(), Memory::default());
    let mut card = common::card(Model::Ev3_8k, 1);
    assert_eq!(common::present(&job, &mut card, &records[0]).outcome, Outcome::Done);
    for count in 1..=2 {
        let found = address(&scan(&mut card)).unwrap();
        assert!(found.starts_with("https://example.com/10203040?e="), "{found}");
        let seen = verifier.verify(&found, &counters).unwrap();
        assert_eq!((seen.counter, seen.uid.expose()), (Some(count), &uid(&card)));
        let error = verifier.verify(&found, &counters).unwrap_err();
        assert_eq!(refused(&error), cardwright::sdm::Reason::Counter);
    }
    // Sessions see what was written, and count nothing.
    assert_eq!(common::present(&job, &mut card, &records[0]).outcome, Outcome::AlreadyDone);
    let verify = job.clone().with_task(Task::Verify).unwrap();
    assert_eq!(common::present(&verify, &mut card, &records[0]).outcome, Outcome::Done);
    let found = address(&scan(&mut card)).unwrap();
    assert_eq!(verifier.verify(&found, &counters).unwrap().counter, Some(3));
}

/// A server that saw the former record's counter takes the next one: what is written again goes on counting.
#[test]
fn another_record_leaves_the_counter_as_it_is() {
    let job = job();
    let records = records(&job);
    let (verifier, counters) = (Verifier::new(&job).unwrap(), Memory::default());
    let mut card = common::card(Model::Ev3_8k, 1);
    assert_eq!(common::present(&job, &mut card, &records[0]).outcome, Outcome::Done);
    let found = address(&scan(&mut card)).unwrap();
    assert_eq!(verifier.verify(&found, &counters).unwrap().counter, Some(1));
    let update = job.clone().with_task(Task::Update).unwrap();
    assert_eq!(common::present(&update, &mut card, &records[1]).outcome, Outcome::Done);
    let found = address(&scan(&mut card)).unwrap();
    assert!(found.starts_with("https://example.com/55667788?e="), "{found}");
    assert_eq!(verifier.verify(&found, &counters).unwrap().counter, Some(2));
}

/// What nobody can ever change is given its mirrors all the same, and then closed.
#[test]
fn a_closed_file_mirrors_too() {
    let job = job();
    let mut card = common::card(Model::Ev3_8k, 1);
    assert_eq!(common::present(&job, &mut card, &records(&job)[0]).outcome, Outcome::Done);
    card.reset();
    send(&mut card, "00A4040007D276000085010100");
    send(&mut card, "00A4000C02E105");
    let shown = send(&mut card, "00B0000040");
    let uid = hex::encode_upper(uid(&card));
    let head = format!("id={uid}&n=000001&c=");
    assert_eq!(shown[..head.len()], *head.as_bytes());
    let mac = &shown[head.len()..head.len() + 16];
    assert!(mac.iter().all(u8::is_ascii_hexdigit) && mac != [b'0'; 16], "{mac:?}");
    assert_eq!(shown[head.len() + 16..head.len() + 20], [0xC0, 0xFF, 0xEE, 0x11]);
}

/// Recycled, its application is gone.
#[test]
fn a_desfire_ev3_is_made_blank_again() {
    let job = job();
    let record = &records(&job)[0];
    let mut card = common::card(Model::Ev3_8k, 1);
    assert_eq!(common::present(&job, &mut card, record).outcome, Outcome::Done);
    let recycle = job.clone().with_task(Task::Recycle).unwrap();
    assert_eq!(common::present(&recycle, &mut card, record).outcome, Outcome::Done);
    let saved: serde_json::Value = serde_json::from_slice(&card.save()).unwrap();
    assert_eq!(saved["applications"], serde_json::json!([]));
    assert_eq!(common::present(&job, &mut card, record).outcome, Outcome::Done);
}

#[test]
fn what_such_a_file_cannot_have_is_a_mistake() {
    for (from, to, wanted) in [
        (
            "chips = [\"ev3\"]",
            "chips = [\"ev2\", \"ev3\"]",
            "line 53, column 7: sdm on an ev2 chip, which has none: write chips = [\"ev3\"], or take it out",
        ),
        (
            "chips = [\"ev3\"]",
            "chips = [\"ev3\", \"ev1\"]",
            "line 53, column 7: sdm on an ev1 chip, which has none: write chips = [\"ev3\"], or take it out",
        ),
        (
            "type = \"standard\"\nsize = 256",
            "type = \"backup\"\nsize = 256",
            "line 53, column 7: sdm in a file of another type than \"standard\": write type = \"standard\", or take \
             it out",
        ),
        (
            "sdm = { picc",
            "sdm = { suite = \"lrp\", picc",
            "line 53, column 7: suite = \"lrp\" on chips that have AES alone: take suite out",
        ),
        (
            "chips = [\"ev3\"]",
            "chips = [\"ev3\"]\nmessaging = [\"ev2\", \"ev1\"]",
            "line 7, column 13: sdm, which chips take in EV2 messaging alone, in a profile with another: write \
             messaging = [\"ev2\"], or take sdm out",
        ),
        (
            "{ mirror = \"uid\" }",
            "{ mirror = \"seal\" }, { mirror = \"uid\" }",
            "line 68, column 11: mirror = \"seal\" on a chip that has none: take it out",
        ),
    ] {
        assert!(PROFILE.contains(from), "{from}");
        let error = Profile::parse(&PROFILE.replacen(from, to, 1)).unwrap_err();
        assert_eq!(error.to_string(), wanted);
    }
}
