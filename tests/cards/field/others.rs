// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards that hold applications of others: one answer in all jobs.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::Encoder;
use cardwright::encode::{Job, Outcome, Refusal, Step, Task};
use cardwright::host::Session;
use cardwright::key::CardKey;
use cardwright::profile::{Profile, Record};
use cardwright::transport::InField;
use cardwright::wire::{Aid, KeyNo, KeySettings, KeySlots, KeyType, Opening};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{doing, refused, with};
use crate::common::{card, door, door_records, job};

const NDEF: &str = "000001";

/// A card with the application of somebody else on it, made under the factory's key.
fn shared(model: Model) -> SoftCard {
    holding(model, 1)
}

/// The same with so many of them.
fn holding(model: Model, others: u8) -> SoftCard {
    let mut card = card(model, 1);
    let session = Session::open(&mut card);
    let session = session.authenticate(Opening::Iso, KeyNo::MASTER, &CardKey::factory(), &[3; 16]);
    let slots = KeySlots { count: 1, key_type: KeyType::Des, iso_file_ids: false };
    let mut session = session.unwrap();
    for other in 1..=others {
        let aid: Aid = format!("{other:06X}").parse().unwrap();
        let _made = session.create_application(aid, KeySettings::FACTORY, slots).unwrap();
    }
    card.reset();
    card
}

fn allowing(foreign: &str) -> Job {
    job(&door(&[("free_list", &format!("free_list = false\nforeign = {foreign}"))]))
}

/// Which applications are on a card, as anybody sees them where listing is free.
fn applications(card: &SoftCard) -> Vec<String> {
    let saved: serde_json::Value = serde_json::from_slice(&card.save()).unwrap();
    let all = saved["applications"].as_array().unwrap();
    all.iter().map(|one| one["aid"].as_str().unwrap().to_owned()).collect()
}

const THEN: [Task; 3] = [Task::Verify, Task::Update, Task::Rekey];

#[test]
fn applications_that_are_allowed_stay_whatever_is_done_with_the_card() {
    for (model, foreign) in [
        (Model::Ev1_8k, "\"allowed\""),
        (Model::Ev2_8k, "[\"000001\"]"),
        (Model::Ev3_8k, "[\"000001\"]"),
    ] {
        let job = allowing(foreign);
        let record = &door_records(&job)[0];
        let mut card = shared(model);
        assert_eq!(with(&job, &mut card, record).outcome, Outcome::Done);
        assert_eq!(with(&job, &mut card, record).outcome, Outcome::AlreadyDone);
        for task in THEN {
            let encoded = with(&doing(&job, task), &mut card, record);
            assert!(
                matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone),
                "{task}: {:?}",
                encoded.outcome
            );
        }
        assert_eq!(applications(&card), [NDEF, "F48120"]);
        let encoded = with(&doing(&job, Task::Recycle), &mut card, record);
        assert_eq!(encoded.outcome, Outcome::Done, "{model}");
        assert_eq!(applications(&card), [NDEF]);
        let encoded = with(&doing(&job, Task::Recycle), &mut card, record);
        assert_eq!(encoded.outcome, Outcome::AlreadyDone);
        // The card can be made again beside it.
        assert_eq!(with(&job, &mut card, record).outcome, Outcome::Done);
    }
}

#[test]
fn applications_that_are_not_allowed_refuse_the_card_to_every_job() {
    let allowed = allowing("\"allowed\"");
    let record = &door_records(&allowed)[0];
    let mut finished = shared(Model::Ev1_8k);
    assert_eq!(with(&allowed, &mut finished, record).outcome, Outcome::Done);
    for job in [allowing("\"refused\""), job(&door(&[])), allowing("[\"000002\"]")] {
        // What others made is theirs where a card is only read.
        for task in Task::ALL.into_iter().filter(|task| *task != Task::Enrol) {
            let mut card = if matches!(task, Task::Encode | Task::Recycle) {
                shared(Model::Ev1_8k)
            } else {
                finished.clone()
            };
            let refusal = refused(&doing(&job, task), &mut card, record);
            let aids = vec![NDEF.parse().unwrap()];
            assert_eq!(refusal, Refusal::OtherApplications { aids }, "{task}");
        }
        let refusal = refused(&job, &mut finished.clone(), record);
        assert!(matches!(refusal, Refusal::OtherApplications { .. }), "{refusal}");
    }
}

/// An EV1 holds 28 applications.
#[test]
fn a_card_that_others_have_filled_is_refused_before_the_first_change() {
    let job = allowing("\"allowed\"");
    let record = &door_records(&job)[0];
    let mut card = holding(Model::Ev1_8k, 27);
    assert_eq!(with(&job, &mut card, record).outcome, Outcome::Done);
    let refusal = refused(&job, &mut holding(Model::Ev1_8k, 28), record);
    assert_eq!(refusal, Refusal::TooManyApplications { others: 28, own: 1, most: 28 });
}

#[test]
fn a_plan_to_recycle_deletes_one_by_one_only_beside_others() {
    let job = allowing("\"allowed\"");
    let record = &door_records(&job)[0];
    let recycle = doing(&job, Task::Recycle);
    for (mut card, beside) in [(shared(Model::Ev2_8k), true), (card(Model::Ev2_8k, 1), false)] {
        assert_eq!(with(&job, &mut card, record).outcome, Outcome::Done);
        let steps = planned(&recycle, &mut card, record);
        assert_eq!(steps.contains(&Step::Format), !beside);
        let (application, _) = job.profile().each_application().next().unwrap();
        assert_eq!(steps.contains(&Step::DeleteApplication { application }), beside);
    }
}

fn planned(job: &Job, card: &mut SoftCard, record: &Record) -> Vec<Step> {
    card.reset();
    let uid = card.uid();
    let mut encoder = Encoder::new(job).with_rng(StdRng::seed_from_u64(7));
    let plan = encoder.plan(InField::new(uid, card), record).unwrap();
    plan.steps.into_iter().map(|planned| planned.step).collect()
}

#[test]
fn an_answer_that_is_none_is_a_mistake_of_the_profile() {
    for (foreign, problem) in [
        ("\"maybe\"", "no answer to \"maybe\""),
        ("[\"F48120\"]", "application F48120 is the profile's own"),
        ("[\"000001\", \"000001\"]", "named twice"),
        ("[\"000000\"]", "the AID 000000 stands for the card itself"),
    ] {
        let text = door(&[("free_list", &format!("foreign = {foreign}"))]);
        let error = Profile::parse(&text).unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
    }
}
