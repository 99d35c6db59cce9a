// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards that refuse D40 and EV1 messaging for good: made, done, verified, rekeyed, and made blank where they
//! can be.

use crate::common::{card, encode, encoder};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Difference, Job, OneWay, Outcome, Refusal, Step, Task, Unproven, Wrote};
use cardwright::host::Grade;
use cardwright::iso14443::Uid;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::transport::{InField, LinkError, ReplyBuf, Transport};
use cardwright::wire::Messaging;

const PROFILE: &str = include_str!("../profiles/legacy-off.toml");
const KEYS: &str = include_str!("../profiles/keys.toml");

fn job(text: &str, task: Task) -> Job {
    let profile = Profile::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let job = Job::new(profile, &KeyFile::parse(KEYS).unwrap()).unwrap();
    job.allowing(&OneWay::ALL).with_task(task).unwrap()
}

fn record(job: &Job) -> Record {
    let records = Records::csv(job.profile(), include_bytes!("../profiles/records.csv")).unwrap();
    records.entries.into_iter().next().unwrap().unwrap()
}

fn ask(card: &mut SoftCard, text: &str, task: Task) -> (Outcome, Vec<String>) {
    card.reset();
    let job = job(text, task);
    let (encoded, _) = encode(&mut encoder(&job), card, &record(&job));
    (encoded.outcome, encoded.receipt.stays)
}

/// Whether the card goes on with an authentication with key 0, in each older messaging.
fn older(card: &mut SoftCard) -> [bool; 3] {
    [0x0A, 0x1A, 0xAA].map(|ins| {
        card.reset();
        let mut reply = ReplyBuf::new();
        card.exchange(&[0x90, ins, 0x00, 0x00, 0x01, 0x00, 0x00], &mut reply).unwrap();
        reply.ends_with(&[0x91, 0xAF])
    })
}

/// The profile as long as it lets older messaging be.
fn on() -> String {
    PROFILE.replacen("legacy = \"off\"", "legacy = \"on\"", 1)
}

#[test]
fn a_card_is_told_last_and_refuses_older_messaging() {
    for model in [Model::Ev2_8k, Model::Ev3_8k] {
        let mut card = card(model, 1);
        let open = older(&mut card);
        assert_eq!(open, [true, true, false], "{model}");
        assert_eq!(ask(&mut card, PROFILE, Task::Encode).0, Outcome::Done, "{model}");
        assert_eq!(older(&mut card), [false; 3], "{model}");
        for task in [Task::Encode, Task::Verify, Task::Rekey, Task::Update] {
            let (outcome, _) = ask(&mut card, PROFILE, task);
            let well = match task {
                Task::Verify => outcome == Outcome::Written(Unproven::Legacy),
                _ => matches!(outcome, Outcome::Done | Outcome::AlreadyDone),
            };
            assert!(well, "{task} {model}: {outcome:?}");
        }
        // Whoever forgot that it was switched off does not lock it for ever.
        for text in [PROFILE, &on()] {
            let (outcome, _) = ask(&mut card, text, Task::Recycle);
            let refused = Outcome::Refused(Refusal::NoWayBack(OneWay::LegacyOff));
            assert_eq!(outcome, refused, "{model}");
        }
    }
}

/// One with the keys of the former edition is no other.
#[test]
fn a_card_of_the_former_edition_is_not_locked_either() {
    let former = PROFILE.replace("version = 2, former = 1", "version = 1");
    let mut card = card(Model::Ev2_8k, 6);
    assert_eq!(ask(&mut card, &former, Task::Encode).0, Outcome::Done);
    let (outcome, _) = ask(&mut card, PROFILE, Task::Recycle);
    assert_eq!(outcome, Outcome::Refused(Refusal::NoWayBack(OneWay::LegacyOff)));
    assert_eq!(ask(&mut card, PROFILE, Task::Rekey).0, Outcome::Done);
    let (outcome, _) = ask(&mut card, PROFILE, Task::Verify);
    assert_eq!(outcome, Outcome::Written(Unproven::Legacy));
}

/// A card that was finished before the profile said so still takes older messaging: verifying tells, encoding
/// mends it.
#[test]
fn a_card_that_takes_older_messaging_is_told_apart() {
    let mut card = card(Model::Ev3_8k, 2);
    assert_eq!(ask(&mut card, &on(), Task::Encode).0, Outcome::Done);
    assert_eq!(older(&mut card), [false, false, true]);
    let (outcome, _) = ask(&mut card, PROFILE, Task::Verify);
    assert_eq!(outcome, Outcome::Refused(Refusal::Differs(Difference::Legacy)));
    assert_eq!(ask(&mut card, PROFILE, Task::Encode).0, Outcome::Done);
    let (outcome, _) = ask(&mut card, PROFILE, Task::Verify);
    assert_eq!(outcome, Outcome::Written(Unproven::Legacy));
}

/// That a card refuses older messaging anybody could say: whoever may tell it does so once more, for the MAC.
#[test]
fn a_card_that_was_told_before_is_told_once_more() {
    for task in [Task::Encode, Task::Update] {
        let mut card = card(Model::Ev3_8k, 7);
        assert_eq!(ask(&mut card, PROFILE, Task::Encode).0, Outcome::Done);
        card.reset();
        let job = job(PROFILE, task);
        let (encoded, _) = encode(&mut encoder(&job), &mut card, &record(&job));
        assert_eq!(encoded.outcome, Outcome::Done, "{task}");
        assert_eq!(encoded.receipt.wrote, Wrote::Maybe, "{task}");
        assert_eq!(encoded.receipt.legacy_off, Some(Grade::Sealed), "{task}");
        card.reset();
        let verify = self::job(PROFILE, Task::Verify);
        let (verified, _) = encode(&mut encoder(&verify), &mut card, &record(&verify));
        assert_eq!(verified.receipt.legacy_off, Some(Grade::Said), "{task}");
        assert_eq!(verified.receipt.code.as_deref(), Some("legacy-unproven"), "{task}");
        assert_eq!(verified.receipt.wrote, Wrote::Nothing, "{task}");
    }
}

/// Somebody between host and card who says that it does not take EV1 messaging.
struct Liar<'c> {
    card: &'c mut SoftCard,
}

impl Transport for Liar<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        if command.get(1) == Some(&0xAA) {
            reply.clear();
            reply.extend([0x91, 0x9D]);
            return Ok(());
        }
        self.card.exchange(command, reply)
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        self.card.uid_in_field()
    }

    fn is_software(&self) -> bool {
        true
    }
}

/// A card that was never told, and changes when it is told once more: no receipt says that nothing was changed,
/// and whoever has to permit changes is asked.
#[test]
fn a_card_of_which_it_was_a_lie_is_not_said_to_be_unchanged() {
    for model in [Model::Ev2_8k, Model::Ev3_8k] {
        for task in [Task::Encode, Task::Update] {
            let mut card = card(model, 8);
            assert_eq!(ask(&mut card, &on(), Task::Encode).0, Outcome::Done, "{model}");
            assert_eq!(older(&mut card), [false, false, true], "{model}");
            card.reset();
            let (job, uid) = (job(PROFILE, task), card.uid());
            let planned = encoder(&job)
                .plan(InField::new(uid.clone(), &mut Liar { card: &mut card }), &record(&job));
            let planned = planned.unwrap();
            let changes: Vec<&Step> = planned
                .steps
                .iter()
                .map(|one| &one.step)
                .filter(|step| step.changes_card())
                .collect();
            assert_eq!(changes, [&Step::LegacyOff { again: true }], "{task} {model}");
            assert_eq!(older(&mut card), [false, false, true], "{model}");
            card.reset();
            let liar = Liar { card: &mut card };
            let encoded = encoder(&job).encode(InField::new(uid, liar), &record(&job));
            assert_eq!(encoded.outcome, Outcome::Done, "{task} {model}");
            assert_eq!(encoded.receipt.wrote, Wrote::Maybe, "{task} {model}");
            assert_eq!(older(&mut card), [false; 3], "{task} {model}");
        }
    }
}

#[test]
fn it_is_done_only_where_it_is_allowed() {
    let profile = Profile::parse(PROFILE).unwrap();
    let job = Job::new(profile, &KeyFile::parse(KEYS).unwrap()).unwrap();
    let mut card = card(Model::Ev2_8k, 3);
    let (encoded, exchanges) = encode(&mut encoder(&job), &mut card, &record(&job));
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::NotAllowed(OneWay::LegacyOff)));
    assert!(exchanges.is_empty());
    let job = self::job(PROFILE, Task::Encode);
    assert_eq!(job.messaging_for(Model::Ev2_8k.generation()), Ok(Messaging::Ev2));
}

/// One that came with an AES key gets it back, goes on refusing, and is made again.
#[test]
fn a_card_with_an_aes_transport_key_is_recycled_and_stays_shut() {
    let stock = PROFILE
        .replacen(
            "picc = [\"factory\"]",
            "picc = [{ ref = \"aes-p\", version = 1 }, \"factory\"]",
            1,
        )
        .replacen(
            "version = 2, former = 1, diversify = { scheme = \"an10922\", input = [\"uid\"] }",
            "version = 2, diversify = { scheme = \"an10922\", input = [\"uid\"] }",
            1,
        );
    let mut card = card(Model::Ev3_8k, 4);
    assert_eq!(ask(&mut card, &stock, Task::Encode).0, Outcome::Done);
    let (outcome, stays) = ask(&mut card, &stock, Task::Recycle);
    assert_eq!(outcome, Outcome::Done);
    assert_eq!(stays, ["D40 and EV1 messaging switched off"]);
    assert_eq!(older(&mut card), [false; 3]);
    assert_eq!(ask(&mut card, &stock, Task::Encode).0, Outcome::Done);
}

#[test]
fn the_plan_ends_with_it_and_tries_it() {
    let job = job(PROFILE, Task::Encode);
    let mut card = card(Model::Ev2_8k, 5);
    let uid = card.uid();
    let plan = encoder(&job).plan(InField::new(uid, &mut card), &record(&job)).unwrap();
    let steps: Vec<&Step> = plan.steps.iter().map(|planned| &planned.step).collect();
    assert!(
        matches!(steps[..], [.., Step::LegacyOff { again: false }, Step::TryLegacy]),
        "{steps:?}"
    );
}
