// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys that are put on cards from some day on or until some day, and whose keys they are: told when a job
//! is made, with the key and what to do. What cards hold from before goes on opening them.

use std::sync::Arc;

use cardwright::diversify::DeriveError;
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Failure, Job, JobError, OneWay, Outcome, Recovery, Task, Wrote};
use cardwright::key::KeyError;
use cardwright::keys::KeyFile;
use cardwright::profile::{Day, Profile};
use cardwright::station::{Order, QueueError, QueuedOrder};

use crate::common::{KEYS, card, door, door_records, present};

/// The second edition of the demonstration profile.
const DOOR_2: &str = include_str!("../../examples/data/profiles/door-2.toml");

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// The test keys, of which those of this version have one entry more.
fn keys(version: u8, entry: &str) -> KeyFile {
    let at = format!("version = {version}\n");
    assert!(KEYS.contains(&at));
    KeyFile::parse(&KEYS.replace(&at, &format!("{at}{entry}\n"))).unwrap()
}

fn profile(text: &str) -> Profile {
    Profile::parse(text).unwrap()
}

/// A job, today or on another day.
fn made(text: &str, keys: &KeyFile, task: Task, today: Option<&str>) -> Result<Job, JobError> {
    let making = Job::making(profile(text), keys).with_task(task);
    let making = match today {
        Some(today) => making.on(day(today)),
        None => making,
    };
    Ok(making.make()?.allowing(&OneWay::ALL))
}

#[track_caller]
fn refused(made: Result<Job, JobError>, error: KeyError, code: &str) {
    let refused = made.unwrap_err();
    let JobError::Key { name, error: why, .. } = &refused else { panic!("{refused:?}") };
    assert_eq!((*why, refused.code().name()), (error, code));
    let told = refused.to_string();
    assert!(told.contains(name) && told.ends_with(&error.to_string()), "{told}");
    assert_eq!(told.lines().count(), 1);
}

#[test]
fn a_job_that_would_put_a_key_on_cards_too_early_too_late_or_revoked_is_not_made() {
    let text = door(&[]);
    for task in [Task::Encode, Task::Rekey, Task::Update] {
        let made = |entry: &str, today| made(&text, &keys(1, entry), task, Some(today));
        let early = KeyError::NotYet(day("2027-01-01"));
        refused(made("not_before = \"2027-01-01\"", "2026-12-31"), early, "job-key-not-yet");
        assert!(made("not_before = \"2027-01-01\"", "2027-01-01").is_ok());
        let over = KeyError::Over(day("2027-01-01"));
        refused(made("not_after = \"2027-01-01\"", "2027-01-02"), over, "job-key-over");
        assert!(made("not_after = \"2027-01-01\"", "2027-01-01").is_ok());
        refused(made("revoked = true", "2027-01-01"), KeyError::Revoked, "job-key-revoked");
        let revoked = "revoked = \"2027-01-01\"";
        refused(made(revoked, "2027-01-01"), KeyError::Revoked, "job-key-revoked");
        assert!(made(revoked, "2026-12-31").is_ok());
        assert!(made("revoked = false", "2027-01-01").is_ok());
    }
    // By the clock where no other day is named.
    let over = keys(1, "not_after = \"2020-12-31\"");
    assert!(matches!(Job::new(profile(&text), &over), Err(JobError::Key { .. })));
}

/// Cards hold keys for longer than these are put on new ones.
#[test]
fn cards_of_a_key_that_is_over_or_revoked_are_verified_rekeyed_and_recycled() {
    let text = door(&[]);
    for entry in ["not_after = \"2020-12-31\"", "revoked = true"] {
        let keys = keys(1, entry);
        let well = KeyFile::parse(KEYS).unwrap();
        let encode = made(&text, &well, Task::Encode, None).unwrap();
        let record = &door_records(&encode)[0];
        let mut finished = card(Model::Ev2_8k, 1);
        assert_eq!(present(&encode, &mut finished, record).outcome, Outcome::Done);
        let work = |text: &str, task, card: &mut SoftCard| {
            present(&made(text, &keys, task, None).unwrap(), card, record).outcome
        };
        assert_eq!(work(&text, Task::Verify, &mut finished), Outcome::Done);
        assert!(made(&text, &keys, Task::Enrol, None).is_ok());
        assert_eq!(work(&text, Task::Recycle, &mut finished.clone()), Outcome::Done);
        // The next edition names them as the former ones.
        assert_eq!(work(DOOR_2, Task::Rekey, &mut finished.clone()), Outcome::Done);
        assert_eq!(work(DOOR_2, Task::Encode, &mut card(Model::Ev2_8k, 2)), Outcome::Done);
        assert_eq!(work(DOOR_2, Task::Update, &mut finished), Outcome::Done);
        assert!(made(&text, &keys, Task::Update, None).is_err());
    }
}

#[test]
fn a_transport_key_is_put_on_cards_by_recycling_alone() {
    let transport = "picc = [{ ref = \"app4\", version = 2 }, \"factory\"]";
    let text = door(&[("picc = [", transport)]);
    let keys = keys(2, "revoked = true");
    for task in Task::ALL {
        let made = made(&text, &keys, task, None);
        match task {
            Task::Recycle => refused(made, KeyError::Revoked, "job-key-revoked"),
            Task::Encode | Task::Verify | Task::Rekey | Task::Update | Task::Enrol => {
                assert!(made.is_ok(), "{task}");
            }
        }
    }
    // New applications start with another one.
    let keys = self::keys(100, "revoked = true");
    refused(made(&text, &keys, Task::Encode, None), KeyError::Revoked, "job-key-revoked");
    assert!(made(&text, &keys, Task::Rekey, None).is_ok());
}

/// A job may be older than the day: nothing is written, and the station stops.
#[test]
fn the_last_day_of_a_key_is_looked_at_again_with_each_card() {
    let last = day("2020-12-31");
    let keys = keys(1, "not_after = \"2020-12-31\"");
    let job = made(&door(&[]), &keys, Task::Encode, Some("2020-12-31")).unwrap();
    let mut blank = card(Model::Ev2_8k, 1);
    let before = blank.save();
    let encoded = present(&job, &mut blank, &door_records(&job)[0]);
    let Outcome::Failed(failure @ Failure::Key { error, .. }) = &encoded.outcome else {
        panic!("{:?}", encoded.outcome);
    };
    assert_eq!(*error, DeriveError::Key(KeyError::Over(last)));
    assert_eq!(failure.label(), "a key cannot be had");
    assert_eq!(encoded.receipt.recovery, Some(Recovery::StopStation));
    assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
    assert_eq!(blank.save(), before);
}

fn of_tenant(tenant: Option<&str>) -> Job {
    let named = tenant.map(|name| format!("tenant = \"{name}\"\n")).unwrap_or_default();
    let keys = KeyFile::parse(&KEYS.replacen("receipt = ", &format!("{named}receipt = "), 1));
    Job::new(profile(&door(&[])), &keys.unwrap()).unwrap()
}

/// The tenants of a store and of the orders, none and two, each with each.
#[test]
fn keys_are_used_for_the_orders_of_their_own_tenant() {
    for found in [None, Some("North"), Some("South")] {
        let job = of_tenant(found);
        // Whoever has no tenants asks for none.
        assert_eq!(job.tenant(), found);
        for wanted in ["North", "South"] {
            match (job.is_for(wanted), found) {
                (Ok(()), found) => assert!(found.is_none_or(|found| found == wanted)),
                (Err(error), found) => {
                    assert_ne!(found, Some(wanted));
                    let told = error.to_string();
                    assert!(told.contains("`North`") && told.contains("`South`"), "{told}");
                    assert_eq!(error.code().name(), "job-tenant");
                }
            }
        }
    }
}

/// Tenants of the order and of the job that takes it, none and two, each with each.
#[test]
fn an_order_out_of_a_queue_is_taken_by_keys_of_its_own_tenant_alone() {
    let tenants = [None, Some("North"), Some("South")];
    for wanted in tenants {
        let job = Arc::new(of_tenant(wanted));
        let order = Order::new(7, Arc::clone(&job), door_records(&job)[0].clone());
        let line = serde_json::to_string(&order.queued()).unwrap();
        assert_eq!(line.contains("\"tenant\""), wanted.is_some(), "{line}");
        for found in tenants {
            let queued: QueuedOrder = serde_json::from_str(&line).unwrap();
            assert_eq!(queued.tenant.as_deref(), wanted);
            match (queued.bind(&Arc::new(of_tenant(found))), wanted.zip(found)) {
                (Ok(_), pair) => assert!(pair.is_none_or(|(wanted, found)| wanted == found)),
                (Err(error), Some((wanted, found))) => {
                    assert_ne!(wanted, found);
                    let (wanted, found) = (wanted.to_owned(), found.to_owned());
                    assert_eq!(error, QueueError::OtherTenant { wanted, found });
                }
                (Err(error), None) => panic!("{error}"),
            }
        }
    }
}
