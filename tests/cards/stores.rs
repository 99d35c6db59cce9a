// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys that are elsewhere, and cannot always be had: it stops the station, before anything is changed
//! on a card, and is never the card's fault.

use std::sync::atomic::Ordering;
use std::time::Duration;

use cardwright::diversify::DeriveError;
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoded, Failure, Job, JobError, OneWay, Outcome, Recovery, Task, Wrote};
use cardwright::iso14443::RealUid;
use cardwright::key::{CheckMethod, CheckValue, KeyError, Operation, Operations};
use cardwright::keys::{KeyFile, Store};
use cardwright::profile::{OtherKey, Profile};
use cardwright::sheet::{Sheet, SheetError};
use cardwright::survey::{ReaderKeyError, ReaderKeys};
use cardwright::wire::KeyVersion;

use crate::common::store::{Script, Scripted};
use crate::common::{DOOR, KEYS, card, door, door_records, encode, encoder, job};

/// The second edition of the demonstration profile.
const DOOR_2: &str = include_str!("../../examples/data/profiles/door-2.toml");

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

/// Its keys in receipts: two are made for the job, and one name for each card.
#[test]
fn a_receipt_key_that_goes_away_stops_the_station_before_a_card_is_touched() {
    for (profile, random) in profiles() {
        let (well, store) = scripted(&profile, Script::default());
        let made = work(&well, &mut blank(1, random));
        let same = work(&job(&profile), &mut blank(1, random));
        assert_eq!(made.outcome, Outcome::Done);
        // It is the name that the key file gives.
        assert_eq!(made.receipt.card, same.receipt.card);
        assert!(made.receipt.card.is_some());
        assert_eq!(store.script.marked.load(Ordering::SeqCst), 3);
        for from in 0..2 {
            let script = Script { receipt: Some((from, AWAY)), ..Script::default() };
            let store = Scripted::new(KEYS, script);
            let found = Job::new(Profile::parse(&profile).unwrap(), &store).unwrap_err();
            assert!(matches!(found, JobError::ReceiptKey(AWAY)), "{found:?}");
        }
        let script = Script { receipt: Some((2, AWAY)), ..Script::default() };
        let mut card = blank(2, random);
        let untouched = work(&scripted(&profile, script).0, &mut card);
        stopped(&untouched, AWAY);
        assert_eq!(untouched.receipt.card, None);
        assert_eq!(work(&well, &mut card).outcome, Outcome::Done, "{random}");
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

/// The demonstration profile, in which a key's check value is stated, and the one that it has.
fn stating(key: &str, check: CheckValue) -> Profile {
    let named = format!("{key} = {{ ref = \"");
    let line = DOOR.lines().find(|line| line.starts_with(&named)).unwrap();
    let stated = line.replace("version = ", &format!("check = \"{check}\", version = "));
    Profile::parse(&door(&[(&named, &stated)])).unwrap()
}

#[test]
fn a_store_whose_key_has_another_check_value_is_refused_before_the_first_card() {
    let store = KeyFile::parse(KEYS).unwrap();
    let of = |reference, method| {
        let key = store.issuer(reference, KeyVersion(1)).unwrap();
        CheckValue::of_as(&*key, method).unwrap()
    };
    for method in [CheckMethod::CmacAes, CheckMethod::EcbAes] {
        let right = of("app1", method);
        assert!(Job::new(stating("read", right), &store).is_ok());
        let wrong = of("app2", method);
        let profile = stating("read", wrong);
        let error = Job::new(profile.clone(), &store).unwrap_err();
        let JobError::CheckValue { name, stated, found, .. } = &error else { panic!("{error:?}") };
        assert_eq!((name.as_str(), *stated, *found), ("read", wrong, right));
        let told = error.to_string();
        assert!(told.contains(&wrong.to_string()) && told.contains(&right.to_string()), "{told}");
        assert_eq!(error.code().name(), "job-check-value");

        let uid = RealUid::new([0x04, 0x5A, 0x17, 0x3C, 0x80, 0x21, 0x90]);
        let sheet = Sheet::new(&profile, Some(&store), &uid, None).unwrap_err();
        let SheetError::OtherKey(of_sheet @ OtherKey::CheckValue { .. }) = &sheet else {
            panic!("{sheet:?}")
        };
        assert_eq!(sheet.code().name(), "sheet-check-value");
        let reader = ReaderKeys::new(&profile, &store, &["read"]).unwrap_err();
        let ReaderKeyError::OtherKey(of_reader) = &reader else { panic!("{reader:?}") };
        // In the same words.
        assert_eq!((of_sheet, sheet.to_string()), (of_reader, reader.to_string()));
        assert_eq!(reader.code().name(), "reader-key-check-value");
    }
}

/// Of the key that cards of the former edition hold, which no check value of the present one finds.
#[test]
fn a_store_whose_former_key_has_another_check_value_is_refused_before_the_first_card() {
    let store = KeyFile::parse(KEYS).unwrap();
    let of = |reference, version| {
        let key = store.issuer(reference, KeyVersion(version)).unwrap();
        CheckValue::of(&*key).unwrap()
    };
    let stating = |former: CheckValue, present: CheckValue| {
        let line = DOOR_2.lines().find(|line| line.starts_with("read = { ref = ")).unwrap();
        let named = format!("former_check = \"{former}\", check = \"{present}\", version = ");
        let stated = line.replacen("version = ", &named, 1);
        Profile::parse(&DOOR_2.replacen(line, &stated, 1)).unwrap()
    };
    let (former, present) = (of("app1", 1), of("app1", 2));
    assert!(Job::new(stating(former, present), &store).is_ok());
    let error = Job::new(stating(present, present), &store).unwrap_err();
    let JobError::CheckValue { version, stated, found, .. } = &error else { panic!("{error:?}") };
    assert_eq!((*version, *stated, *found), (KeyVersion(1), present, former));
    assert!(error.to_string().contains("`former_check`"), "{error}");
    let error = Job::new(stating(former, former), &store).unwrap_err();
    let JobError::CheckValue { version, stated, found, .. } = &error else { panic!("{error:?}") };
    assert_eq!((*version, *stated, *found), (KeyVersion(2), former, present));
}

#[test]
fn a_check_value_that_a_store_cannot_tell_is_said_with_what_it_takes() {
    let cbc = Operations::NONE.with(Operation::Cbc);
    let file = KeyFile::parse(KEYS).unwrap();
    let key = file.issuer("app1", KeyVersion(1)).unwrap();
    // What the key can do makes CMAC and ECB of one block, too.
    for method in [CheckMethod::CmacAes, CheckMethod::EcbAes] {
        let profile = stating("read", CheckValue::of_as(&*key, method).unwrap());
        let store = Scripted::new(KEYS, Script { can: cbc, ..Script::default() });
        assert!(Job::new(profile, &store).is_ok(), "{method}");
    }
    let text = door(&[]).replace("\"an10922\"", "\"plain\"");
    let scheme = "[[scheme]]\nname = \"plain\"\ninput = [\"input\"]\ncipher = \"cmac\"\n\n[card]";
    let text = text.replacen("[card]", scheme, 1);
    let check = CheckValue::of_as(&*key, CheckMethod::EcbAes).unwrap();
    let text =
        text.replacen("ref = \"app1\", ", &format!("ref = \"app1\", check = \"{check}\", "), 1);
    let profile = Profile::parse(&text).unwrap();
    let can = Operations::NONE.with(Operation::Cmac);
    let store = Scripted::new(KEYS, Script { can, ..Script::default() });
    let error = Job::new(profile, &store).unwrap_err();
    assert!(matches!(error, JobError::Unchecked { operation: Operation::Ecb, .. }), "{error:?}");
    assert_eq!(error.code().name(), "job-check-value-not-had");
    // One that goes away while it is asked is not a wrong one.
    let store = Scripted::new(KEYS, Script { trouble: Some((0, AWAY)), ..Script::default() });
    let error = Job::new(stating("read", check), &store).unwrap_err();
    assert!(matches!(error, JobError::Key { error: AWAY, .. }), "{error:?}");
}
