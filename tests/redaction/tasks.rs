// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is done with finished cards: verified, rekeyed, updated, recycled; undisturbed, torn and
//! tampered with.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoder, Job, Outcome, Task};
use cardwright::profile::{Record, Records};
use cardwright::transport::{InField, Moment, Tear, Trace};
use cardwright::wire::Messaging;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::canary::Canaries;
use super::encodings::{Harm, Tamper, observed};
use super::world::{canaries, card, csv, job, next_edition};

/// A task with the record it is given, and the card that it starts from.
struct Case {
    job: Job,
    record: Record,
    card: SoftCard,
}

fn cases(canaries: &Canaries) -> Vec<Case> {
    let mut cases = Vec::new();
    for (messaging, model) in [(Messaging::Ev1, Model::Ev1_8k), (Messaging::Ev2, Model::Ev2_8k)] {
        let records = records_for_any_card(&job());
        let first = job().with_messaging(messaging).unwrap();
        let mut finished = card(model);
        let uid = finished.uid();
        let encoded = observed(canaries, &first, uid, &mut finished, &records[0]);
        assert_eq!(encoded.outcome, Outcome::Done);
        finished.reset();
        let next = next_edition().with_messaging(messaging).unwrap();
        for (job, task, record) in [
            (&first, Task::Verify, 0),
            (&first, Task::Verify, 1),
            (&next, Task::Encode, 0),
            (&next, Task::Rekey, 0),
            (&next, Task::Update, 1),
            (&first, Task::Recycle, 0),
        ] {
            let (job, record) = (job.clone().with_task(task).unwrap(), records[record].clone());
            cases.push(Case { job, record, card: finished.clone() });
        }
    }
    cases
}

/// Both records, without the column that binds them to cards.
fn records_for_any_card(job: &Job) -> Vec<Record> {
    let lines = csv();
    let lines = lines.lines().map(|line| format!("{}\n", line.split_once(',').unwrap().1));
    let records = Records::csv(job.profile(), lines.collect::<String>().as_bytes()).unwrap();
    records.entries.into_iter().map(Result::unwrap).collect()
}

#[test]
fn finished_cards_show_nothing_whatever_is_done_with_them() {
    let canaries = canaries();
    let mut refused = 0;
    for Case { job, record, mut card } in cases(&canaries) {
        let uid = card.uid();
        let encoded = observed(&canaries, &job, uid, &mut card, &record);
        match encoded.outcome {
            Outcome::Done => {}
            Outcome::Refused(_) => refused += 1,
            outcome @ (Outcome::AlreadyDone | Outcome::Written(_) | Outcome::Failed(_)) => {
                panic!("{outcome:?}")
            }
        }
    }
    assert_eq!(refused, 2, "the record that is not on the card");
}

#[test]
fn a_plan_shows_no_key_no_uid_and_no_field() {
    let canaries = canaries();
    for Case { job, record, mut card } in cases(&canaries) {
        let uid = card.uid();
        let mut encoder = Encoder::new(&job).with_rng(StdRng::seed_from_u64(5));
        match encoder.plan(InField::new(uid, &mut card), &record) {
            Ok(plan) => {
                canaries.absent_from_debug("a plan", &plan);
                let steps: String =
                    plan.steps.iter().map(|step| format!("{}\n", step.text)).collect();
                canaries.absent_from("the steps of a plan", &steps);
                let json = serde_json::to_string(&plan).unwrap();
                canaries.absent_from("a plan in JSON", &json);
            }
            Err(outcome) => canaries.absent_from_debug("why there is no plan", &outcome),
        }
    }
}

#[test]
fn finished_cards_show_nothing_wherever_they_are_torn_or_tampered_with() {
    let canaries = canaries();
    for Case { job, record, card } in cases(&canaries) {
        let uid = card.uid();
        let mut whole = card.clone();
        let mut trace = Trace::new(&mut whole);
        let _undisturbed = observed(&canaries, &job, uid.clone(), &mut trace, &record);
        for exchange in 0..trace.exchanges().len() {
            for moment in [Moment::BeforeExecution, Moment::AfterExecution] {
                let mut torn = Tear::new(card.clone(), exchange, moment);
                let encoded = observed(&canaries, &job, uid.clone(), &mut torn, &record);
                assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{:?}", encoded.outcome);
            }
            for harm in [Harm::FirstByte, Harm::Status, Harm::Cut, Harm::Longer, Harm::Echo] {
                let mut card = card.clone();
                let mut tamper = Tamper { inner: &mut card, left: exchange, harm };
                let _any = observed(&canaries, &job, uid.clone(), &mut tamper, &record);
            }
        }
    }
}
