// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tags in LRP: switched for good by the job that makes them, and known for what they are from then on. That they
//! survive every tear is held in `tests/cards/tear.rs` besides, what their plans cost in `tests/cards/costs.rs`, both
//! with `tests/profiles/tag-lrp.toml`.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Difference, Job, OneWay, Outcome, Recovery, Refusal, Step, Task, Wrote};
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::sdm::{self, Memory, Verifier};
use cardwright::transport::{InField, Moment, ReplyBuf, Tear, Transport as _};
use serde_json::Value;

use crate::common::{CHANGING, KEYS, card, doing, encode, encoder, job, present};
use crate::tags::scan;

const SUN: &str = include_str!("../../examples/data/profiles/sun.toml");
const RECORDS: &[u8] = include_bytes!("../../examples/data/sun-records.csv");
/// What of the profile the server reads.
const MIRRORS: &str = "{ mirror = \"picc\" }, \"&c=\", { mirror = \"mac\" },";

/// The profile of the example, as it is and in LRP.
fn both(text: &str) -> [Job; 2] {
    let lrp = text.replace("sdm = { ", "sdm = { suite = \"lrp\", ");
    assert_ne!(text, lrp);
    [job(text), job(&lrp)]
}

fn records(job: &Job) -> Vec<Record> {
    let records = Records::csv(job.profile(), RECORDS).unwrap();
    records.entries.into_iter().map(Result::unwrap).collect()
}

fn made(job: &Job, number: u8, record: &Record) -> SoftCard {
    let mut tag = card(Model::Ntag424, number);
    assert_eq!(present(job, &mut tag, record).outcome, Outcome::Done);
    tag
}

fn applications(card: &SoftCard) -> Value {
    let mut saved: Value = serde_json::from_slice(&card.save()).unwrap();
    let mut applications = saved["applications"].take();
    for key in applications[0]["keys"].as_array_mut().into_iter().flatten() {
        key.as_object_mut().unwrap().remove("failures");
    }
    applications
}

/// Whether the chip refuses to begin in AES, and begins in LRP: by hand.
fn is_in_lrp(card: &SoftCard) -> bool {
    let answer = |apdu: &str| {
        let mut card = card.clone();
        card.reset();
        let mut reply = ReplyBuf::new();
        card.exchange(&hex::decode("00A4040007D276000085010100").unwrap(), &mut reply).unwrap();
        assert_eq!(hex::encode(&reply), "9000");
        card.exchange(&hex::decode(apdu).unwrap(), &mut reply).unwrap();
        (reply.len(), hex::encode(&reply[reply.len() - 2..]))
    };
    let aes = answer("9071000002000000");
    let lrp = answer("9071000008000602000000000000");
    let told = (aes.0, aes.1.as_str(), lrp.0, lrp.1.as_str());
    assert!(matches!(told, (2, "919d", 19, "91af") | (18, "91af", 18, "91af")), "{told:?}");
    lrp.0 == 19
}

fn taken(job: &Job, card: &mut SoftCard) -> bool {
    let address = sdm::address(&scan(card)).unwrap();
    Verifier::new(job).unwrap().verify(&address, &Memory::default()).is_ok()
}

fn switches(job: &Job, card: &SoftCard, record: &Record) -> Vec<bool> {
    let mut card = card.clone();
    card.reset();
    let plan = encoder(job).plan(InField::new(card.uid(), &mut card), record).unwrap();
    let steps = plan.steps.iter();
    steps.map(|planned| matches!(planned.step, Step::SwitchToLrp { .. })).collect()
}

#[test]
fn a_tag_is_switched_first_made_verified_and_made_blank_again_in_lrp() {
    let [aes, lrp] = both(SUN);
    let records = records(&lrp);
    let blank = card(Model::Ntag424, 1);
    assert!(!is_in_lrp(&blank));
    let first = switches(&lrp, &blank, &records[0]);
    assert!(first[0] && !first[1..].contains(&true), "{first:?}");
    assert!(!switches(&aes, &blank, &records[0]).contains(&true));
    let mut tag = made(&lrp, 1, &records[0]);
    assert!(is_in_lrp(&tag) && taken(&lrp, &mut tag) && !taken(&aes, &mut tag));
    let address = sdm::address(&scan(&mut tag)).unwrap();
    assert_eq!(address.split_once("?e=").unwrap().1.find("&c="), Some(48));
    assert_eq!(present(&lrp, &mut tag, &records[0]).outcome, Outcome::AlreadyDone);
    let verified = present(&doing(&lrp, Task::Verify), &mut tag, &records[0]);
    assert_eq!((verified.outcome, verified.receipt.wrote), (Outcome::Done, Wrote::Nothing));
    let updated = present(&doing(&lrp, Task::Update), &mut tag, &records[1]);
    assert_eq!(updated.outcome, Outcome::Done);
    assert!(taken(&lrp, &mut tag));
    let recycled = present(&doing(&lrp, Task::Recycle), &mut tag, &records[1]);
    assert_eq!(
        (&recycled.outcome, &recycled.receipt.stays),
        (&Outcome::Done, &vec!["LRP".to_owned()])
    );
    assert_eq!(applications(&tag), applications(&blank));
    assert!(is_in_lrp(&tag));
    // Nothing is switched twice.
    assert!(!switches(&lrp, &tag, &records[2]).contains(&true));
    assert_eq!(present(&lrp, &mut tag, &records[2]).outcome, Outcome::Done);
    assert!(taken(&lrp, &mut tag));
}

/// It is the example in AES but for the suite, says what it does, and does it where that is allowed.
#[test]
fn the_example_in_lrp_gives_what_its_server_takes() {
    let text = include_str!("../../examples/data/profiles/sun-lrp.toml");
    let profile = |text: &str| text.split_once("[profile]").unwrap().1.to_owned();
    let lrp =
        SUN.replace("\"sun\"", "\"sun-lrp\"").replace("sdm = { ", "sdm = { suite = \"lrp\", ");
    assert_eq!(profile(text), profile(&lrp));
    let job = job(text);
    let warnings: Vec<_> = job.profile().warnings().iter().map(ToString::to_string).collect();
    assert!(warnings.iter().any(|warning| warning.contains("to LRP for good")), "{warnings:?}");
    let keys = KeyFile::parse(KEYS).unwrap();
    let timid = Job::new(job.profile().clone(), &keys).unwrap();
    let record = &records(&job)[0];
    let mut tag = card(Model::Ntag424, 1);
    let refused = present(&timid, &mut tag, record);
    assert_eq!(refused.outcome, Outcome::Refused(Refusal::NotAllowed(OneWay::Lrp)));
    assert!(!is_in_lrp(&tag));
    assert_eq!(present(&job, &mut tag, record).outcome, Outcome::Done);
    assert!(is_in_lrp(&tag) && taken(&job, &mut tag));
    let address = sdm::address(&scan(&mut tag)).unwrap();
    let (front, rest) = address.split_once("?e=").unwrap();
    assert_eq!((front, rest.find("&c=")), ("https://example.com/t/00101", Some(48)));
}

/// A blank tag that was made blank in AES stays in AES.
#[test]
fn what_makes_a_tag_blank_switches_nothing() {
    let [aes, lrp] = both(SUN);
    let record = &records(&lrp)[0];
    let mut tag = made(&aes, 1, record);
    let recycled = present(&doing(&lrp, Task::Recycle), &mut tag, record);
    assert_eq!((recycled.outcome, recycled.receipt.stays), (Outcome::Done, vec![]));
    assert!(!is_in_lrp(&tag));
    assert_eq!(applications(&tag), applications(&card(Model::Ntag424, 1)));
}

#[test]
fn a_tag_in_lrp_is_refused_under_a_profile_in_aes() {
    let [aes, lrp] = both(SUN);
    let records = records(&lrp);
    let mut finished = made(&lrp, 1, &records[0]);
    let mut blank = finished.clone();
    let recycled = present(&doing(&lrp, Task::Recycle), &mut blank, &records[0]);
    assert_eq!(recycled.outcome, Outcome::Done);
    for tag in [&mut finished, &mut blank] {
        let before = applications(tag);
        let encoded = present(&aes, tag, &records[0]);
        let Outcome::Refused(refusal @ Refusal::PerhapsInLrp { .. }) = &encoded.outcome else {
            panic!("{:?}", encoded.outcome)
        };
        assert!(refusal.to_string().contains("LRP"), "{refusal}");
        assert_eq!(
            (refusal.recovery(), encoded.receipt.wrote),
            (Recovery::RejectCard, Wrote::Nothing)
        );
        assert_eq!(applications(tag), before);
    }
}

/// What is on it is told before anything else, by a task that only tells, and by one that leaves contents alone.
#[test]
fn a_tag_in_aes_differs_and_is_brought_to_lrp_by_an_update() {
    let [aes, lrp] = both(SUN);
    let records = records(&lrp);
    let mut tag = made(&aes, 1, &records[0]);
    for task in [Task::Verify, Task::Rekey] {
        tag.reset();
        let job = doing(&lrp, task);
        let (encoded, exchanges) = encode(&mut encoder(&job), &mut tag, &records[0]);
        assert_eq!(encoded.outcome, Outcome::Refused(Refusal::Differs(Difference::Lrp)));
        assert!(exchanges.iter().all(|one| !one.ins.is_some_and(|ins| CHANGING.contains(&ins))));
    }
    assert_eq!(
        present(&lrp, &mut tag, &records[0]).outcome,
        Outcome::Refused(Refusal::AnotherRecord)
    );
    assert!(!is_in_lrp(&tag) && taken(&aes, &mut tag));
    let updated = present(&doing(&lrp, Task::Update), &mut tag, &records[0]);
    assert_eq!(updated.outcome, Outcome::Done);
    assert!(is_in_lrp(&tag) && taken(&lrp, &mut tag));
    assert_eq!(present(&lrp, &mut tag, &records[0]).outcome, Outcome::AlreadyDone);
}

/// With the UID in clear the file is the same to the byte: what the switch turns off is set anew.
#[test]
fn settings_seen_before_the_switch_are_set_anew() {
    let clear = "{ mirror = \"uid\" }, { mirror = \"counter\" }, \"&c=\", { mirror = \"mac\" },";
    let text = SUN.replace(MIRRORS, clear).replace("picc = \"picc\", mac", "mac");
    let [aes, lrp] = both(&text);
    let record = &records(&lrp)[0];
    let mut tag = made(&aes, 1, record);
    let before = applications(&tag);
    assert!(taken(&aes, &mut tag) && !taken(&lrp, &mut tag));
    assert_eq!(present(&lrp, &mut tag, record).outcome, Outcome::Done);
    assert!(is_in_lrp(&tag) && taken(&lrp, &mut tag) && !taken(&aes, &mut tag));
    let sdm = |applications: &Value| applications[0]["files"][1]["settings"].clone();
    assert_eq!(sdm(&applications(&tag)), sdm(&before));
}

#[test]
fn nobody_is_switched_who_did_not_allow_it() {
    let [_, lrp] = both(SUN);
    let warned = lrp.profile().warnings().iter().map(ToString::to_string);
    let warned: Vec<String> = warned.filter(|warning| warning.contains("LRP for good")).collect();
    assert_eq!(warned.len(), 1, "{warned:?}");
    let store = KeyFile::parse(KEYS).unwrap();
    let asked = Job::new(Profile::clone(lrp.profile()), &store).unwrap();
    let record = &records(&asked)[0];
    let mut tag = card(Model::Ntag424, 1);
    let (encoded, exchanges) = encode(&mut encoder(&asked), &mut tag, record);
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::NotAllowed(OneWay::Lrp)));
    assert!(exchanges.is_empty());
    let allowed = asked.allowing(&[OneWay::Lrp]);
    assert_eq!(present(&allowed, &mut tag, record).outcome, Outcome::Done);
}

/// Blank, and made in AES before: whatever is left of either is encoded again, in LRP.
#[test]
fn a_tag_torn_at_any_exchange_is_made_again() {
    let [aes, lrp] = both(SUN);
    let record = &records(&lrp)[0];
    for (job, start) in
        [(lrp.clone(), card(Model::Ntag424, 1)), (doing(&lrp, Task::Update), made(&aes, 1, record))]
    {
        let mut whole = start.clone();
        whole.reset();
        let (encoded, exchanges) = encode(&mut encoder(&job), &mut whole, record);
        assert_eq!(encoded.outcome, Outcome::Done);
        let mut halfway = 0;
        for at in 0..exchanges.len() {
            for moment in [Moment::BeforeExecution, Moment::AfterExecution] {
                let mut tag = start.clone();
                tag.reset();
                let uid = tag.uid();
                let mut torn = Tear::new(&mut tag, at, moment);
                let torn = encoder(&job).encode(InField::new(uid, &mut torn), record);
                assert!(matches!(torn.outcome, Outcome::Failed(_)), "{at}: {:?}", torn.outcome);
                halfway += usize::from(is_in_lrp(&tag));
                let again = present(&job, &mut tag, record).outcome;
                assert!(matches!(again, Outcome::Done | Outcome::AlreadyDone), "{at}: {again:?}");
                assert_eq!(applications(&tag), applications(&whole), "{at}");
                assert!(taken(&lrp, &mut tag), "{at}");
            }
        }
        assert!((20..2 * exchanges.len()).contains(&halfway), "{halfway}");
    }
}

/// Whatever the tag is in: under a profile in LRP nothing else is the matter where it refuses to begin.
#[test]
fn a_blocked_key_0_is_told_as_that() {
    let [aes, lrp] = both(SUN);
    let record = &records(&lrp)[0];
    for made_by in [&aes, &lrp] {
        let mut saved: Value = serde_json::from_slice(&made(made_by, 1, record).save()).unwrap();
        saved["applications"][0]["keys"][0]["failures"] = serde_json::json!([1000, 0, 0]);
        let mut tag = SoftCard::restore(saved.to_string().as_bytes(), 7).unwrap();
        for task in [Task::Encode, Task::Verify, Task::Recycle] {
            let encoded = present(&doing(&lrp, task), &mut tag, record);
            let Outcome::Refused(refusal @ Refusal::KeyBlocked { .. }) = &encoded.outcome else {
                panic!("{task}: {:?}", encoded.outcome)
            };
            let words = refusal.to_string();
            assert!(words.ends_with("nobody can change a blocked key 0"), "{words}");
            assert_eq!(refusal.recovery(), Recovery::RejectCard);
        }
    }
}
