// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards of a DESFire Light in LRP: switched for good by the job that makes them, and known for what they are from
//! then on. That they survive every tear is held in `tests/cards/tear.rs`, what their plans cost in
//! `tests/cards/costs.rs`, both with `tests/profiles/counted-lrp.toml`.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Difference, Job, OneWay, Outcome, Refusal, Step, Task, Wrote};
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::transport::{InField, ReplyBuf, Transport as _};
use serde_json::Value;

use crate::common::{CHANGING, KEYS, card, doing, encode, encoder, job, present};

const PURSE: &str = include_str!("../../examples/data/profiles/purse.toml");
const RECORDS: &[u8] = include_bytes!("../../examples/data/purse-records.csv");
const DELETED: &str = "transaction_mac = \"deleted\"\n";

fn in_lrp() -> String {
    PURSE.replacen(DELETED, &format!("{DELETED}suite = \"lrp\"\n"), 1)
}

/// The example, as it is and in LRP, and its records.
fn both() -> ([Job; 2], Vec<Record>) {
    let jobs = [job(PURSE), job(&in_lrp())];
    let records = Records::csv(jobs[0].profile(), RECORDS).unwrap();
    (jobs, records.entries.into_iter().map(Result::unwrap).collect())
}

fn made(job: &Job, number: u8, record: &Record) -> SoftCard {
    let mut light = card(Model::Light, number);
    assert_eq!(present(job, &mut light, record).outcome, Outcome::Done);
    light
}

/// What the application holds: keys, files by number, the transaction MAC file, but for how many transactions it
/// has begun since the last commit.
fn held(card: &SoftCard) -> Value {
    let mut saved: Value = serde_json::from_slice(&card.save()).unwrap();
    let mut application = saved["applications"][0].take();
    for key in application["keys"].as_array_mut().unwrap() {
        key.as_object_mut().unwrap().remove("failures");
    }
    if let Some(mac) = application["transaction_mac"].as_object_mut() {
        mac.remove("begun");
    }
    application["files"].as_array_mut().unwrap().sort_by_key(|file| file["no"].as_u64());
    application
}

/// Value, records and data of a card, whatever its keys and how often it committed.
fn contents(card: &SoftCard) -> Vec<Value> {
    let application = held(card);
    let files = application["files"].as_array().unwrap();
    let of = |file: &Value| {
        serde_json::json!([file["no"], file["contents"], file["value"], file["records"]])
    };
    files.iter().map(of).collect()
}

/// Whether the chip refuses to begin in AES, and begins in LRP: by hand.
fn is_in_lrp(card: &SoftCard) -> bool {
    let answer = |apdu: &str| {
        let mut card = card.clone();
        card.reset();
        let mut reply = ReplyBuf::new();
        let select = "00A4040C10A00000039656434103F015400000000B00";
        card.exchange(&hex::decode(select).unwrap(), &mut reply).unwrap();
        assert_eq!(hex::encode(&reply), "9000");
        card.exchange(&hex::decode(apdu).unwrap(), &mut reply).unwrap();
        (reply.len(), hex::encode(&reply[reply.len() - 2..]))
    };
    let (aes, lrp) = (answer("9071000002000000"), answer("9071000008000602000000000000"));
    let told = (aes.0, aes.1.as_str(), lrp.0, lrp.1.as_str());
    assert!(matches!(told, (2, "919d", 19, "91af") | (18, "91af", 18, "91af")), "{told:?}");
    lrp.0 == 19
}

/// Whether each step that changes the card is the one that switches it.
fn switches(job: &Job, card: &SoftCard, record: &Record) -> Vec<bool> {
    let mut card = card.clone();
    card.reset();
    let plan = encoder(job).plan(InField::new(card.uid(), &mut card), record).unwrap();
    let steps = plan.steps.iter().filter(|planned| planned.step.changes_card());
    steps.map(|planned| matches!(planned.step, Step::SwitchToLrp { .. })).collect()
}

#[test]
fn a_purse_is_switched_first_and_has_everything_done_with_it_in_lrp() {
    let ([aes, lrp], records) = both();
    let blank = card(Model::Light, 1);
    assert!(!is_in_lrp(&blank) && !switches(&aes, &blank, &records[0]).contains(&true));
    let first = switches(&lrp, &blank, &records[0]);
    assert!(first[0] && !first[1..].contains(&true), "{first:?}");
    let mut light = made(&lrp, 1, &records[0]);
    assert!(is_in_lrp(&light));
    assert_eq!(contents(&light), contents(&made(&aes, 1, &records[0])));
    assert_eq!(present(&lrp, &mut light, &records[0]).outcome, Outcome::AlreadyDone);
    let verified = present(&doing(&lrp, Task::Verify), &mut light, &records[0]);
    assert_eq!((verified.outcome, verified.receipt.wrote), (Outcome::Done, Wrote::Nothing));
    let updated = present(&doing(&lrp, Task::Update), &mut light, &records[1]);
    assert_eq!(updated.outcome, Outcome::Done);
    let other = made(&aes, 1, &records[1]);
    assert_eq!(contents(&light), contents(&other));
    let recycled = present(&doing(&lrp, Task::Recycle), &mut light, &records[1]);
    assert_eq!(
        (&recycled.outcome, &recycled.receipt.stays),
        (&Outcome::Done, &vec!["LRP".to_owned()])
    );
    assert_eq!(contents(&light), contents(&blank));
    assert_eq!(held(&light)["keys"], held(&blank)["keys"]);
    assert_eq!(held(&light)["transaction_mac"], held(&blank)["transaction_mac"]);
    assert!(is_in_lrp(&light));
    // Nothing is switched twice.
    assert!(!switches(&lrp, &light, &records[2]).contains(&true));
    assert_eq!(present(&lrp, &mut light, &records[2]).outcome, Outcome::Done);
}

#[test]
fn a_purse_in_lrp_gets_the_keys_of_the_next_edition() {
    let ([aes, former], records) = both();
    let next = job(&in_lrp().replace("version = 1", "version = 2, former = 1"));
    for (before, switched) in [(former, true), (aes, false)] {
        let mut light = made(&before, 1, &records[0]);
        let rekeyed = present(&doing(&next, Task::Rekey), &mut light, &records[0]).outcome;
        if switched {
            assert_eq!(rekeyed, Outcome::Done);
            assert_eq!(present(&next, &mut light, &records[0]).outcome, Outcome::AlreadyDone);
        } else {
            assert_eq!(rekeyed, Outcome::Refused(Refusal::Differs(Difference::Lrp)));
            assert_eq!(present(&next, &mut light, &records[0]).outcome, Outcome::Done);
        }
        assert!(is_in_lrp(&light));
    }
}

#[test]
fn a_purse_in_lrp_is_refused_under_a_profile_in_aes() {
    let ([aes, lrp], records) = both();
    let mut light = made(&lrp, 1, &records[0]);
    let before = held(&light);
    for task in [Task::Encode, Task::Verify, Task::Update, Task::Recycle] {
        let encoded = present(&doing(&aes, task), &mut light, &records[0]);
        let Outcome::Refused(refusal @ Refusal::PerhapsInLrp { .. }) = &encoded.outcome else {
            panic!("{task}: {:?}", encoded.outcome)
        };
        assert!(refusal.to_string().contains("where the profile needs suite = \"lrp\""));
        assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
    }
    assert_eq!(held(&light), before);
}

/// By a task that only tells, before anything is changed; an update brings it to LRP.
#[test]
fn a_purse_in_aes_differs_and_is_brought_to_lrp_by_an_update() {
    let ([aes, lrp], records) = both();
    let mut light = made(&aes, 1, &records[0]);
    light.reset();
    let (encoded, exchanges) =
        encode(&mut encoder(&doing(&lrp, Task::Verify)), &mut light, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::Differs(Difference::Lrp)));
    assert!(exchanges.iter().all(|one| !one.ins.is_some_and(|ins| CHANGING.contains(&ins))));
    assert!(!is_in_lrp(&light));
    let updated = present(&doing(&lrp, Task::Update), &mut light, &records[1]);
    assert_eq!(updated.outcome, Outcome::Done);
    assert!(is_in_lrp(&light));
    assert_eq!(present(&lrp, &mut light, &records[1]).outcome, Outcome::AlreadyDone);
}

#[test]
fn no_purse_is_switched_that_nobody_allowed() {
    let ([_, lrp], records) = both();
    let keys = KeyFile::parse(KEYS).unwrap();
    let timid = Job::new(Profile::clone(lrp.profile()), &keys).unwrap();
    let mut light = card(Model::Light, 1);
    let (encoded, exchanges) = encode(&mut encoder(&timid), &mut light, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::NotAllowed(OneWay::Lrp)));
    assert!(exchanges.is_empty());
    let allowed = timid.allowing(&[OneWay::Lrp]);
    assert_eq!(present(&allowed, &mut light, &records[0]).outcome, Outcome::Done);
}
