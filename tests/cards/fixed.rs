// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards with a fixed layout, of the chip that the tests made up: what becomes of them is held here, that
//! they survive every tear in `tests/cards/tear.rs`, that nobody in the middle gets one called done that
//! is not in `tests/cards/referee.rs`.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{JobError, Outcome, Recovery, Refusal, Task, Wrote};
use cardwright::wire::{Aid, Generation, Messaging};
use serde_json::Value;

use crate::common::{self, FIXED, card, door, door_records, encode, encoder, fixed, fixed_as, job};

const CLOSED: &str = include_str!("../profiles/fixed-closed.toml");
const PUBLIC: &str = include_str!("../profiles/fixed-public.toml");

/// A finished one, with its first record.
fn finished(text: &str) -> SoftCard {
    let (job, records) = fixed_as(text);
    let mut card = card(Model::Test, 1);
    let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[0]);
    assert!(
        matches!(encoded.outcome, Outcome::Done | Outcome::Written(_)),
        "{:?}",
        encoded.outcome
    );
    card.reset();
    card
}

/// The keys are used, the contents read back; nothing of a level above the applications is among it.
#[test]
fn a_receipt_has_the_keys_settings_and_files_that_there_are() {
    let (job, records) = fixed();
    let mut card = card(Model::Test, 1);
    let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done);
    let receipt: Value = serde_json::from_str(&encoded.receipt.to_line().unwrap()).unwrap();
    assert_eq!(receipt["chip"], "test");
    let grades = |what: &str| -> Vec<String> {
        let entries = receipt[what].as_array().unwrap().iter();
        entries.map(|one| format!("{} {} {}", one["at"], one["no"], one["grade"])).collect()
    };
    let at = "\"7E5701\"";
    let used = |no: u8| format!("{at} {no} \"used\"");
    assert_eq!(grades("keys"), [used(0), used(1), used(2)]);
    assert_eq!(grades("settings"), [format!("{at} null \"attested\"")]);
    assert_eq!(grades("files"), [used(1), used(2)]);
    assert!(!receipt.to_string().contains("picc"), "{receipt}");
}

/// Everything that a job does, and what it leaves.
#[test]
fn cards_are_verified_updated_and_rekeyed() {
    let (job, records) = fixed();
    let (former, _) = fixed_as(&FIXED.replace("version = 2, former = 1", "version = 1"));
    let doing = |task| job.clone().with_task(task).unwrap();
    let mut card = card(Model::Test, 1);
    for (job, record, outcome) in [
        (&doing(Task::Verify), 0, Outcome::Refused(Refusal::NotFinished)),
        (&former, 0, Outcome::Done),
        (&doing(Task::Verify), 0, Outcome::Refused(Refusal::NotFinished)),
        (&doing(Task::Rekey), 0, Outcome::Done),
        (&doing(Task::Verify), 0, Outcome::Done),
        (&job, 1, Outcome::Refused(Refusal::AnotherRecord)),
        (&doing(Task::Update), 1, Outcome::Done),
        (&job, 1, Outcome::AlreadyDone),
        (&doing(Task::Verify), 0, Outcome::Refused(Refusal::AnotherRecord)),
    ] {
        let (encoded, _) = encode(&mut encoder(job), &mut card, &records[record]);
        let verifies_former = job.task() == Task::Verify && card_key(&card) == 1;
        if verifies_former {
            assert!(matches!(encoded.outcome, Outcome::Refused(Refusal::Differs(_))));
        } else {
            assert_eq!(encoded.outcome, outcome, "{}", job.task());
        }
        card.reset();
    }
}

/// The version of key 0.
fn card_key(card: &SoftCard) -> u64 {
    let saved: Value = serde_json::from_slice(&card.save()).unwrap();
    saved["applications"][0]["keys"][0]["version"].as_u64().unwrap()
}

/// What anybody may read travels without a MAC in the only messaging that there is.
#[test]
fn a_file_that_anybody_may_read_ends_as_written() {
    let (job, records) = fixed_as(PUBLIC);
    let (encoded, _) = encode(&mut encoder(&job), &mut finished(PUBLIC), &records[0]);
    let Outcome::Written(unproven) = encoded.outcome else { panic!("{:?}", encoded.outcome) };
    assert!(unproven.to_string().ends_with("file 1 of application 7E5701"), "{unproven}");
}

/// Once nobody may write a file nor change its settings, another content is refused by its name.
#[test]
fn a_file_that_is_closed_for_good_keeps_what_it_holds() {
    let (job, records) = fixed_as(CLOSED);
    let update = job.with_task(Task::Update).unwrap();
    let mut card = finished(CLOSED);
    let before = card.save();
    let (encoded, _) = encode(&mut encoder(&update), &mut card, &records[1]);
    let Outcome::Refused(refusal @ Refusal::Closed { .. }) = &encoded.outcome else {
        panic!("{:?}", encoded.outcome)
    };
    assert_eq!(
        refusal.to_string(),
        "file 2 of application 7E5701 holds something else, and neither it nor its settings can be \
         changed any more"
    );
    assert_eq!((refusal.recovery(), encoded.receipt.wrote), (Recovery::RejectCard, Wrote::Nothing));
    assert_eq!(card.save(), before);
}

/// Recycled, every file and key is what it comes as.
#[test]
fn a_recycled_card_is_as_it_came() {
    for text in [FIXED, PUBLIC] {
        let (job, records) = fixed_as(text);
        let recycle = job.with_task(Task::Recycle).unwrap();
        let mut card = finished(text);
        let (encoded, _) = encode(&mut encoder(&recycle), &mut card, &records[0]);
        assert_eq!(encoded.outcome, Outcome::Done);
        let states = [&card, &common::card(Model::Test, 1)].map(|card| -> Value {
            let saved: Value = serde_json::from_slice(&card.save()).unwrap();
            saved["applications"].clone()
        });
        assert_eq!(states[0], states[1]);
    }
}

/// What no command of the chip can do is no job.
#[test]
fn no_job_speaks_what_such_a_card_does_not() {
    let (job, _) = fixed();
    let refused = job.with_messaging(Messaging::Ev1).unwrap_err();
    assert_eq!(refused, JobError::OtherMessaging { asked: Messaging::Ev1 });
}

/// Either kind of card before the other's job is told by its name.
#[test]
fn a_card_of_another_layout_is_refused_by_its_name() {
    let (fixed, records) = fixed();
    let door = job(&door(&[]));
    let mut free = card(Model::Ev3_8k, 1);
    let (encoded, _) = encode(&mut encoder(&fixed), &mut free, &records[0]);
    let Outcome::Refused(Refusal::WrongChip { chip }) = encoded.outcome else {
        panic!("{:?}", encoded.outcome)
    };
    assert_eq!(chip.generation(), Generation::Ev3);
    let (encoded, _) =
        encode(&mut encoder(&door), &mut card(Model::Test, 1), &door_records(&door)[0]);
    let Outcome::Refused(Refusal::WrongChip { chip }) = encoded.outcome else {
        panic!("{:?}", encoded.outcome)
    };
    assert_eq!(chip.generation(), Generation::Test);
}

/// A key 0 of a version that nobody knows is named with its place.
#[test]
fn a_card_with_a_strangers_key_is_refused_before_any_is_tried() {
    let mut saved: Value = serde_json::from_slice(&finished(FIXED).save()).unwrap();
    saved["applications"][0]["keys"][0]["version"] = 99.into();
    let mut odd = SoftCard::restore(saved.to_string().as_bytes(), 1).unwrap();
    let (job, records) = fixed();
    let (encoded, exchanges) = encode(&mut encoder(&job), &mut odd, &records[0]);
    let Outcome::Refused(Refusal::UnknownKey { aid, .. }) = encoded.outcome else {
        panic!("{:?}", encoded.outcome)
    };
    assert_eq!(aid, Aid::new([0x7E, 0x57, 0x01]));
    assert!(exchanges.iter().all(|one| one.ins != Some(0x71)), "{exchanges:?}");
}

/// The second card of a stock is not asked what it is, and ends the same.
#[test]
fn a_card_of_a_known_stock_takes_fewer_exchanges() {
    let (job, records) = fixed();
    let mut encoder = encoder(&job);
    let (encoded, first) = encode(&mut encoder, &mut card(Model::Test, 1), &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done);
    let (encoded, second) = encode(&mut encoder, &mut card(Model::Test, 2), &records[1]);
    assert_eq!(encoded.outcome, Outcome::Done);
    // GetVersion takes three.
    assert_eq!(second.len() + 3, first.len());
}

/// A plan tells what lies on the card, which takes and gives no memory.
#[test]
fn a_plan_maps_what_is_there_from_the_factory() {
    let (job, records) = fixed();
    let mut card = card(Model::Test, 1);
    let presented = card.in_field();
    let plan = encoder(&job).plan(presented, &records[0]).unwrap();
    let texts: Vec<&str> = plan.steps.iter().map(|step| step.text.as_str()).collect();
    assert!(texts.iter().all(|text| !text.contains("create") && !text.contains("the card,")));
    let readies = "give file 1 of 7E5701 the mode and rights that it is written with";
    assert!(texts.contains(&readies), "{texts:#?}");
    assert_eq!((plan.total.memory, plan.memory.before.free, plan.memory.after.free), (0, 0, 0));
    assert_eq!((plan.memory.blank, plan.memory.after.used()), (64 + 48, 64 + 48));
}
