// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys that are elsewhere, and cannot always be had: it stops the station, before anything is changed
//! on a card, and is never the card's fault.

use std::time::Duration;

use cardwright::diversify::DeriveError;
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoded, Failure, Job, JobError, OneWay, Outcome, Recovery, Task, Wrote};
use cardwright::key::{KeyError, Operation, Operations};
use cardwright::profile::Profile;

use crate::common::store::{Script, Scripted};
use crate::common::{KEYS, card, door, door_records, encode, encoder, job};

const AWAY: KeyError = KeyError::Away;

fn scripted(profile: &str, script: Script) -> (Job, Scripted) {
    let store = Scripted::new(KEYS, script);
    let job = Job::new(Profile::parse(profile).unwrap(), &store).unwrap();
    (job.allowing(&OneWay::ALL), store)
}

/// Keys that fail from this question on.
fn failing(profile: &str, from: usize, error: KeyError) -> Job {
    scripted(profile, Script { trouble: Some((from, error)), ..Script::default() }).0
}

/// Does a job's task with a card.
fn work(job: &Job, card: &mut SoftCard) -> Encoded {
    card.reset();
    encode(&mut encoder(job), card, &door_records(job)[0]).0
}

/// The card is as it was, the station stops, and the reason names the key and what is wrong.
#[track_caller]
fn stopped(encoded: &Encoded, error: KeyError) {
    let Outcome::Failed(failure @ Failure::Key { name, error: why, .. }) = &encoded.outcome else {
        panic!("{:?}", encoded.outcome);
    };
    assert_eq!(*why, DeriveError::Key(error));
    assert_eq!(failure.label(), "a key cannot be had");
    assert_eq!(encoded.receipt.recovery, Some(Recovery::StopStation));
    assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
    let reason = encoded.receipt.reason.as_deref().unwrap();
    assert!(reason.contains(name) && reason.ends_with(&error.to_string()), "{reason}");
}

/// The profiles whose keys are made in different ways, and whose cards show their UIDs or not.
fn profiles() -> [(String, bool); 2] {
    let random = ("[transport]", "[transport]\nrandom_uid = true");
    let shared = ("read = { ref", "read = { ref = \"app1\", version = 1 }");
    [(door(&[]), false), (door(&[random, shared]), true)]
}

fn blank(number: u8, random: bool) -> SoftCard {
    let card = card(Model::Ev2_8k, number);
    if random { card.with_random_uid() } else { card }
}

#[test]
fn a_key_that_goes_away_at_any_derivation_of_a_card_stops_the_station_and_nothing_is_written() {
    for (profile, random) in profiles() {
        let (well, store) = scripted(&profile, Script::default());
        assert_eq!(work(&well, &mut blank(1, random)).outcome, Outcome::Done);
        let questions = store.script.questions();
        assert!(questions >= 6, "{questions}");
        let mut card = blank(2, random);
        for from in 0..questions {
            stopped(&work(&failing(&profile, from, AWAY), &mut card), AWAY);
        }
        // Nothing is asked after the last of them, and the same card is as good as before.
        let outcome = work(&failing(&profile, questions, AWAY), &mut card).outcome;
        assert_eq!(outcome, Outcome::Done, "{random}");
    }
}

#[test]
fn so_it_does_whatever_is_done_with_a_finished_card() {
    for (profile, random) in profiles() {
        let mut finished = blank(1, random);
        assert_eq!(work(&job(&profile), &mut finished).outcome, Outcome::Done);
        for task in [Task::Encode, Task::Verify, Task::Rekey, Task::Update, Task::Recycle] {
            // One that shows a random UID never becomes blank again.
            if random && task == Task::Recycle {
                continue;
            }
            let (well, store) = scripted(&profile, Script::default());
            let well = work(&well.with_task(task).unwrap(), &mut finished.clone());
            assert!(matches!(well.outcome, Outcome::Done | Outcome::AlreadyDone), "{well:?}");
            for from in 0..store.script.questions() {
                let job = failing(&profile, from, KeyError::Refused).with_task(task).unwrap();
                stopped(&work(&job, &mut finished.clone()), KeyError::Refused);
            }
        }
    }
}

#[test]
fn every_failure_of_a_key_is_told_as_what_it_is() {
    for error in [
        KeyError::NotThere,
        KeyError::Refused,
        KeyError::Away,
        KeyError::TimedOut,
        KeyError::Cannot(Operation::Cbc),
    ] {
        stopped(&work(&failing(&door(&[]), 3, error), &mut blank(1, false)), error);
    }
}

#[test]
fn a_slow_store_takes_its_time() {
    let delay = Duration::from_millis(3);
    let (job, store) = scripted(&door(&[]), Script { delay, ..Script::default() });
    assert_eq!(work(&job, &mut blank(1, false)).outcome, Outcome::Done);
    assert!(store.script.questions() > 5);
}

#[test]
fn what_a_key_cannot_do_is_said_before_the_first_card() {
    let refused = |profile: &str, can: Operations| {
        let store = Scripted::new(KEYS, Script { can, ..Script::default() });
        Job::new(Profile::parse(profile).unwrap(), &store).err()
    };
    // The inputs of the profile are short, which CMAC would pad in another way.
    let error = refused(&door(&[]), Operations::NONE.with(Operation::Cmac)).unwrap();
    assert!(matches!(&error, JobError::Cannot { operation: Operation::Cbc, .. }), "{error:?}");
    let JobError::Cannot { line, name, .. } = &error else { panic!("{error:?}") };
    let told = error.to_string();
    assert!(
        told.starts_with(&format!("line {line} of the profile: key `{name}` takes CBC")),
        "{told}"
    );
    assert_eq!(refused(&door(&[]), Operations::NONE.with(Operation::Cbc)), None);
    let (_, shared) = (0, &profiles()[1].0);
    let error = refused(shared, Operations::NONE.with(Operation::Cbc)).unwrap();
    assert!(matches!(&error, JobError::Cannot { operation: Operation::Itself, .. }), "{error:?}");
}

#[test]
fn a_store_that_hands_out_no_key_makes_no_job() {
    for (error, missing) in [(KeyError::NotThere, true), (AWAY, false), (KeyError::Refused, false)]
    {
        let store = Scripted::new(KEYS, Script { shut: Some(error), ..Script::default() });
        let found = Job::new(Profile::parse(&door(&[])).unwrap(), &store).unwrap_err();
        match found {
            JobError::MissingKey { .. } => assert!(missing),
            JobError::Key { error: why, .. } => assert_eq!((why, missing), (error, false)),
            other => panic!("{other:?}"),
        }
    }
}
