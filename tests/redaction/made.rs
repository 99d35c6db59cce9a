// SPDX-License-Identifier: MIT OR Apache-2.0
//! Parts that are as long as their values, random filling, what is made over others under keys, and bytes of a
//! program's own: neither the keys nor what comes of them shows, whatever is done with the card.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoder, Job, Outcome, OutcomeName, Refusal, Task};
use cardwright::iso14443::RealUid;
use cardwright::keys::KeyFile;
use cardwright::profile::{HookError, Hooks, Profile, Record, Records};
use cardwright::secret::Secret;
use cardwright::transport::{InField, Moment, Tear, Trace};
use cardwright::wire::Messaging;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::canary::Canaries;
use super::encodings::{Harm, Tamper};
use super::observed::observed;
use super::world::{OTHER_UID, UID};
use crate::common::reader::{diversified, read_enciphered};

const PROFILE: &str = include_str!("../profiles/made.toml");
const KEYS: &str = include_str!("../profiles/keys.toml");
const RECORDS: &str = "number,tag\n91827364,C7F15E9A8B36\n85736142,9E5D\n";
const AID: [u8; 3] = [0xF5, 0x00, 0x36];

/// What the program adds by its hook.
const SIGNED: [u8; 6] = [0x9D, 0xE3, 0x71, 0xCA, 0x58, 0xF4];

/// Both editions of a key.
fn issuer_keys(name: &str) -> Vec<[u8; 16]> {
    let name = format!("name = \"{name}\"\n");
    let of = KEYS.split("[[key]]").filter(|key| key.contains(&name));
    let digits = of.map(|key| key.split("value = \"").nth(1).unwrap().split('"').next().unwrap());
    digits.map(|digits| hex::decode(digits).unwrap().try_into().unwrap()).collect()
}

fn job(messaging: Messaging) -> Job {
    let hooked = "    { hook = \"signature\", bytes = 6 },\n]\n\n[[application.file]]\nno = 2";
    let text = PROFILE.replacen("]\n\n[[application.file]]\nno = 2", hooked, 1);
    assert_ne!(text, PROFILE);
    let sign = |record: &Record, _: &RealUid, _| {
        // The second record's is not to be had.
        Some(Secret::new(SIGNED.to_vec())).filter(|_| record.line() < 3).ok_or(HookError)
    };
    let (profile, keys) = (Profile::parse(&text).unwrap(), KeyFile::parse(KEYS).unwrap());
    let job = Job::with_hooks(profile, &keys, Hooks::new().with("signature", sign)).unwrap();
    job.with_messaging(messaging).unwrap()
}

fn records(job: &Job) -> Vec<Record> {
    let records = Records::csv(job.profile(), RECORDS.as_bytes()).unwrap();
    records.entries.into_iter().map(Result::unwrap).collect()
}

fn card(model: Model) -> SoftCard {
    SoftCard::new(model, RealUid::new(UID), 11)
}

/// What must not show: keys, the values, and what a finished card holds.
fn canaries(job: &Job, model: Model, messaging: Messaging) -> Canaries {
    let mut canaries = Canaries::default();
    canaries.bytes("the UID", &UID);
    canaries.bytes("the other UID", &OTHER_UID);
    for name in ["aes-p", "aes-a", "aes-b", "aes-c"] {
        for key in issuer_keys(name) {
            canaries.bytes(name, &key);
            canaries.bytes("a key of the card", &diversified(key, &UID));
            let input = [&UID[..], &AID].concat();
            canaries.bytes("a key of the application", &diversified(key, &input));
        }
    }
    for number in [91_827_364_u32, 85_736_142] {
        canaries.bytes("the field `number`", &number.to_be_bytes());
    }
    canaries.bytes("the field `tag`", &[0xC7, 0xF1, 0x5E, 0x9A, 0x8B, 0x36]);
    canaries.bytes("what the hook gives", &SIGNED);
    let mut card = card(model);
    let mut encoder = Encoder::new(job).with_rng(StdRng::seed_from_u64(5));
    let uid = card.uid();
    let encoded = encoder.encode(InField::new(uid, &mut card), &records(job)[0]);
    assert_eq!(encoded.outcome, Outcome::Done);
    card.reset();
    let key = (1, issuer_keys("aes-b")[1]);
    let held = read_enciphered(&mut card, messaging, AID, key, (1, 51));
    assert_eq!(held[45..], SIGNED);
    for (name, at) in [("the random filling", 0..9), ("the MAC", 17..25), ("the cipher", 25..41)] {
        canaries.bytes(name, &held[at]);
    }
    canaries
}

const RUNS: [(Messaging, Model); 2] =
    [(Messaging::Ev1, Model::Ev1_8k), (Messaging::Ev2, Model::Ev2_8k)];

#[test]
fn what_is_made_shows_nowhere_whatever_is_done_with_the_card() {
    for (messaging, model) in RUNS {
        let job = job(messaging);
        let (canaries, records) = (canaries(&job, model, messaging), records(&job));
        canaries.absent_from_debug("a job with a hook", &job);
        let mut card = card(model);
        let verify = job.clone().with_task(Task::Verify).unwrap();
        let recycle = job.clone().with_task(Task::Recycle).unwrap();
        for (job, record, expected) in [
            // The hook fails for it.
            (&job, 1, OutcomeName::Refused),
            (&job, 0, OutcomeName::Done),
            (&job, 0, OutcomeName::AlreadyDone),
            (&verify, 0, OutcomeName::Done),
            (&verify, 1, OutcomeName::Refused),
            (&recycle, 0, OutcomeName::Done),
        ] {
            card.reset();
            let uid = card.uid();
            let encoded = observed(&canaries, job, uid, &mut card, &records[record]);
            assert_eq!(encoded.receipt.outcome, expected, "{:?}", encoded.outcome);
            if let Outcome::Refused(Refusal::Hook { name }) = encoded.outcome {
                assert_eq!(name, "signature");
            }
        }
    }
}

#[test]
fn what_is_made_shows_nowhere_when_a_card_is_torn_or_tampered_with() {
    for (messaging, model) in RUNS {
        let job = job(messaging);
        let (canaries, records) = (canaries(&job, model, messaging), records(&job));
        let mut whole = card(model);
        let uid = whole.uid();
        let mut trace = Trace::new(&mut whole);
        let _whole = observed(&canaries, &job, uid.clone(), &mut trace, &records[0]);
        for exchange in 0..trace.exchanges().len() {
            for moment in [Moment::BeforeExecution, Moment::AfterExecution] {
                let mut card = card(model);
                let mut torn = Tear::new(&mut card, exchange, moment);
                let encoded = observed(&canaries, &job, uid.clone(), &mut torn, &records[0]);
                assert_eq!(encoded.receipt.outcome, OutcomeName::Failed);
                card.reset();
                let mended = observed(&canaries, &job, uid.clone(), &mut card, &records[0]);
                assert!(matches!(mended.outcome, Outcome::Done | Outcome::AlreadyDone));
            }
            for harm in [Harm::FirstByte, Harm::Status, Harm::Cut, Harm::Longer, Harm::Echo] {
                let mut card = card(model);
                let mut tamper = Tamper { inner: &mut card, left: exchange, harm };
                let _any = observed(&canaries, &job, uid.clone(), &mut tamper, &records[0]);
            }
        }
    }
}

#[test]
fn a_plan_shows_nothing_of_what_is_made() {
    for (messaging, model) in RUNS {
        let job = job(messaging);
        let canaries = canaries(&job, model, messaging);
        let mut card = card(model);
        let uid = card.uid();
        let mut encoder = Encoder::new(&job).with_rng(StdRng::seed_from_u64(5));
        let plan = encoder.plan(InField::new(uid, &mut card), &records(&job)[0]).unwrap();
        canaries.absent_from_debug("a plan", &plan);
        let steps: String = plan.steps.iter().map(|step| format!("{}\n", step.text)).collect();
        canaries.absent_from("the steps of a plan", &steps);
        canaries.absent_from("a plan in JSON", &serde_json::to_string(&plan).unwrap());
    }
}
