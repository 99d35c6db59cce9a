// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards whose access rights name keys that their applications do not have: nobody has such a right.

use crate::common::{card, door, door_records, encode, encoder, job};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, Outcome, Task};
use cardwright::profile::Record;
use serde_json::Value;

/// The second edition of the demonstration profile.
const DOOR_2: &str = include_str!("../../examples/data/profiles/door-2.toml");

/// The card with other words in its application.
fn with(card: &SoftCard, change: impl Fn(&mut Value)) -> SoftCard {
    let mut saved: Value = serde_json::from_slice(&card.save()).unwrap();
    change(&mut saved["applications"][0]);
    SoftCard::restore(saved.to_string().as_bytes(), 1).unwrap()
}

fn done(job: &Job, record: &Record) -> SoftCard {
    let mut card = card(Model::Ev2_8k, 1);
    assert_eq!(outcome(job, Task::Encode, &mut card, record), Outcome::Done);
    card
}

fn outcome(job: &Job, task: Task, card: &mut SoftCard, record: &Record) -> Outcome {
    let job = Job::clone(job).with_task(task).unwrap();
    card.reset();
    encode(&mut encoder(&job), card, record).0.outcome
}

/// Each of the four rights of a file is given to key 9 of five.
#[test]
fn verification_finds_a_right_of_a_key_that_is_not_there_and_an_update_mends_it() {
    let job = job(&door(&[]));
    let record = &door_records(&job)[0];
    let done = done(&job, record);
    for digit in 4..8 {
        let mut card = with(&done, |application| {
            let settings = &mut application["files"][0]["settings"];
            let mut text = settings.as_str().unwrap().to_owned();
            text.replace_range(digit..=digit, "9");
            *settings = text.into();
        });
        let before = card.save();
        let refused = outcome(&job, Task::Verify, &mut card, record);
        assert!(matches!(refused, Outcome::Refused(_)), "{digit}: {refused:?}");
        assert_eq!(card.save(), before, "{digit}");
        assert_eq!(outcome(&job, Task::Update, &mut card, record), Outcome::Done, "{digit}");
        assert_eq!(outcome(&job, Task::Verify, &mut card, record), Outcome::Done, "{digit}");
    }
}

/// Key 9 of five is to change all others.
#[test]
fn keys_that_nobody_may_change_get_settings_under_which_they_are_changed() {
    let (first, second) = (job(&door(&[])), job(DOOR_2));
    let record = &door_records(&first)[0];
    let mut card = with(&done(&first, record), |application| application["settings"] = 0x99.into());
    assert_eq!(outcome(&second, Task::Rekey, &mut card, record), Outcome::Done);
    assert_eq!(outcome(&second, Task::Verify, &mut card, record), Outcome::Done);
}
