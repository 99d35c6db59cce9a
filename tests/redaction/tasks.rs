// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is done with finished cards: verified, rekeyed, updated, recycled; undisturbed, torn and
//! tampered with.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoder, Job, Outcome, Task};
use cardwright::keys::KeyFile;
use cardwright::profile::{OnCard, Profile, Record, Records};
use cardwright::transport::{InField, Moment, Tear, Trace};
use cardwright::wire::Messaging;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::canary::Canaries;
use super::encodings::{Harm, Tamper};
use super::observed::observed;
use super::world::{
    HOLDER, PROFILE, canaries, card, csv, in_key_sets, job, key_file, next_edition,
};

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
            (&first, Task::Enrol, 0),
            (&first, Task::Recycle, 0),
        ] {
            let (job, record) = (job.clone().with_task(task).unwrap(), records[record].clone());
            cases.push(Case { job, record, card: finished.clone() });
        }
    }
    cases
}

/// Every field and the UID.
const LIST: &str = r#"
[export]
columns = [
    { column = "number", field = "number" },
    { column = "holder", field = "holder" },
    { column = "token", field = "token" },
    { column = "born", field = "born" },
    { column = "account", field = "account" },
    { column = "badge", field = "badge" },
    { column = "uid", parts = [{ uid = "written" }], as = "hex" },
]
"#;

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
            outcome @ (Outcome::AlreadyDone
            | Outcome::Prepared
            | Outcome::Written(_)
            | Outcome::Failed(_)) => {
                panic!("{outcome:?}")
            }
        }
    }
    assert_eq!(refused, 2, "the record that is not on the card");
}

/// Keys that come in another set show as little, whether the job rolls to it or a reader is to.
#[test]
fn key_sets_show_nothing_of_the_keys_that_fill_them() {
    let canaries = canaries();
    for (roll, outcome) in [("now", Outcome::Done), ("later", Outcome::Prepared)] {
        for model in [Model::Ev2_8k, Model::Ev3_8k] {
            let [former, next] = in_key_sets(roll);
            let record = &records_for_any_card(&former)[0];
            let mut finished = card(model);
            let uid = finished.uid();
            let encoded = observed(&canaries, &former, uid.clone(), &mut finished, record);
            assert_eq!(encoded.outcome, Outcome::Done, "{model}");
            for task in [Task::Rekey, Task::Verify, Task::Encode] {
                finished.reset();
                let job = next.clone().with_task(task).unwrap();
                let mut torn = finished.clone();
                let encoded = observed(&canaries, &job, uid.clone(), &mut finished, record);
                let well = [outcome.clone(), Outcome::AlreadyDone].contains(&encoded.outcome);
                assert!(well, "{task} {model}: {:?}", encoded.outcome);
                for exchange in 8..24 {
                    torn.reset();
                    let mut tear = Tear::new(&mut torn, exchange, Moment::AfterExecution);
                    let _torn = observed(&canaries, &job, uid.clone(), &mut tear, record);
                }
            }
        }
    }
}

/// A list holds personal values because it is for that; what it is made with shows none of them.
#[test]
fn a_list_holds_what_it_is_for_and_shows_it_nowhere_else() {
    let (canaries, text) = (canaries(), format!("{PROFILE}{LIST}"));
    let keys = KeyFile::parse(&key_file()).unwrap();
    let job = Job::new(Profile::parse(&text).unwrap(), &keys).unwrap();
    for message in job.profile().warnings() {
        canaries.absent_from("a warning", &message.to_string());
    }
    let records = records_for_any_card(&job);
    let export = job.profile().export(None).unwrap();
    let mut finished = card(Model::Ev2_8k);
    let uid = finished.uid();
    for task in [Task::Encode, Task::Verify, Task::Enrol] {
        finished.reset();
        let job = job.clone().with_task(task).unwrap();
        let encoded = observed(&canaries, &job, uid.clone(), &mut finished, &records[0]);
        canaries.absent_from_debug("what an encoding came to", &encoded);
        let row = encoded.row(export).unwrap().unwrap();
        canaries.absent_from_debug("a row", &row);
        assert!(row.values().any(|value| value == Some(HOLDER)), "{task}");
        let mut list = export.list(b"").unwrap();
        let added = list.add(&row).unwrap();
        let held = core::str::from_utf8(added.bytes()).unwrap();
        assert!(held.contains(HOLDER) && held.contains("04A75C93E1B86D"), "{task}: the list");
        canaries.absent_from_debug("what a row adds", &added);
        canaries.absent_from_debug("a list", &list);
        // A row that cannot be written says why, and not what it would hold.
        let refused = job_without_rows(&keys);
        let error = refused.profile().export(None).unwrap().row(&records[0], &OnCard::default());
        let error = error.unwrap_err();
        canaries.absent_from_error("a row that is refused", &error);
        let refused = encoded.without_row(error);
        canaries.absent_from("its receipt", &serde_json::to_string(&refused.receipt).unwrap());
    }
    let wrong = export.list(csv().as_bytes()).unwrap_err();
    canaries.absent_from_error("a file that is no list", &wrong);
}

/// A job with a list whose only column cannot be written.
fn job_without_rows(keys: &KeyFile) -> Job {
    let list = "\n[export]\ncolumns = [{ column = \"h\", join = [{ field = \"holder\" }, { parts = [{ uid = \
                \"written\" }], as = \"hex\" }] }]\n";
    Job::new(Profile::parse(&format!("{PROFILE}{list}")).unwrap(), keys).unwrap()
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
