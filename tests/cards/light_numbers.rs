// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files of a DESFire Light that get other numbers and identifiers, once and for good. That such cards survive
//! every tear is held in `tests/cards/tear.rs`, what their plans cost in `tests/cards/costs.rs`, both with
//! `tests/profiles/numbered.toml`.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Difference, Encoded, Job, OneWay, Outcome, Refusal, Task, Wrote};
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::transport::{InField, Moment, ReplyBuf, Tear, Transport as _};
use serde_json::{Value, json};

use crate::common::{KEYS, card, doing, encoder, job, present};

const PURSE: &str = include_str!("../../examples/data/profiles/purse.toml");
const RECORDS: &[u8] = include_bytes!("../../examples/data/purse-records.csv");

/// The example, whose value, records and data are called otherwise.
fn numbered() -> String {
    let text = PURSE.replacen("no = 0\n", "no = 0\nnew_no = 8\niso_id = \"EF08\"\n", 1);
    let text = text.replacen("no = 3\n", "no = 3\nnew_no = 9\n", 1);
    text.replacen("no = 1\n", "no = 1\nnew_no = 10\n", 1)
}

fn records(job: &Job) -> Vec<Record> {
    let records = Records::csv(job.profile(), RECORDS).unwrap();
    records.entries.into_iter().map(Result::unwrap).collect()
}

fn texts(job: &Job, card: &SoftCard, record: &Record) -> Vec<String> {
    let mut card = card.clone();
    card.reset();
    let plan = encoder(job).plan(InField::new(card.uid(), &mut card), record).unwrap();
    plan.steps.into_iter().map(|step| step.text).collect()
}

/// Number, identifier and what is held of each file, by numbers.
fn files(card: &SoftCard) -> Vec<Value> {
    let saved: Value = serde_json::from_slice(&card.save()).unwrap();
    let mut files = saved["applications"][0]["files"].as_array().unwrap().clone();
    files.sort_by_key(|file| file["no"].as_u64());
    let of = |file: &Value| {
        json!([file["no"], file["iso_id"], file["contents"], file["value"], file["records"]])
    };
    files.iter().map(of).collect()
}

fn numbers(card: &SoftCard) -> Vec<u64> {
    files(card).iter().map(|file| file[0].as_u64().unwrap()).collect()
}

/// What the chip lists to everybody, by hand: GetFileIDs and GetISOFileIDs.
fn listed(card: &SoftCard) -> [String; 2] {
    ["906F000000", "9061000000"].map(|apdu| {
        let mut card = card.clone();
        card.reset();
        let mut reply = ReplyBuf::new();
        let select = "00A4040C10A00000039656434103F015400000000B00";
        card.exchange(&hex::decode(select).unwrap(), &mut reply).unwrap();
        card.exchange(&hex::decode(apdu).unwrap(), &mut reply).unwrap();
        hex::encode_upper(&reply)
    })
}

const OWN: [u64; 5] = [0, 1, 3, 4, 31];
const GIVEN: [u64; 5] = [4, 8, 9, 10, 31];

/// Everything is written under the chip's numbers, and the profile's are given last; whoever looks then, looks by
/// them. The receipt says by what the card proved them.
#[test]
fn files_get_their_numbers_last_and_are_known_by_them() {
    let (former, job) = (job(PURSE), job(&numbered()));
    let records = records(&job);
    let blank = card(Model::Light, 1);
    let steps = texts(&job, &blank, &records[0]);
    let last = steps.iter().rev().take(4).rev().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(
        last,
        [
            "for good: give file 0 of 00DF01 number 8 and identifier EF08",
            "for good: give file 3 of 00DF01 number 9",
            "for good: give file 1 of 00DF01 number 10",
            "see that the files of 00DF01 have the profile's numbers",
        ]
    );
    let mut other = blank.clone();
    assert_eq!(present(&former, &mut other, &records[0]).outcome, Outcome::Done);
    let mut light = blank.clone();
    let made = present(&job, &mut light, &records[0]);
    assert_eq!(made.outcome, Outcome::Done);
    assert_eq!((numbers(&light), numbers(&other)), (GIVEN.to_vec(), OWN.to_vec()));
    let [numbers_told, ids] = listed(&light);
    for no in ["08", "09", "0A", "04", "1F"] {
        assert!(numbers_told.contains(no), "{numbers_told}");
    }
    assert!(ids.contains("08EF") && ids.contains("01EF") && !ids.contains("00EF"), "{ids}");
    // What they hold is what they would hold under the chip's numbers.
    let held = |card: &SoftCard, no: u64| {
        let file = files(card).into_iter().find(|file| file[0] == no).unwrap();
        [file[2].clone(), file[3].clone(), file[4].clone()]
    };
    for (own, given) in [(0, 8), (3, 9), (1, 10), (4, 4), (31, 31)] {
        assert_eq!(held(&light, given), held(&other, own), "{own}");
    }
    let graded = |encoded: &Encoded| -> Value {
        let line = encoded.receipt.to_line().unwrap();
        serde_json::from_str::<Value>(&line).unwrap()["numbers"].clone()
    };
    let known = present(&job, &mut light, &records[0]);
    assert_eq!((&known.outcome, known.receipt.wrote), (&Outcome::AlreadyDone, Wrote::Nothing));
    let verified = present(&doing(&job, Task::Verify), &mut light, &records[0]);
    assert_eq!(verified.outcome, Outcome::Done);
    for encoded in [&made, &known, &verified] {
        assert_eq!(graded(encoded), "attested");
    }
    let updated = present(&doing(&job, Task::Update), &mut light, &records[1]);
    assert_eq!(updated.outcome, Outcome::Done);
    assert_eq!(present(&job, &mut light, &records[1]).outcome, Outcome::AlreadyDone);
    let recycled = present(&doing(&job, Task::Recycle), &mut light, &records[1]);
    assert_eq!(recycled.outcome, Outcome::Done);
    assert_eq!(recycled.receipt.stays, ["the numbers of its files"]);
    assert_eq!((graded(&recycled), numbers(&light)), (Value::Null, GIVEN.to_vec()));
    for (own, given) in [(0, 8), (3, 9), (1, 10)] {
        assert_eq!(held(&light, given), held(&blank, own), "{own}");
    }
    assert_eq!(present(&job, &mut light, &records[2]).outcome, Outcome::Done);
}

/// A finished card of the edition before gets them by the job that makes cards; one that only tells says so, and
/// whoever knows the chip's numbers does not take a card that has others.
#[test]
fn a_finished_card_gets_its_numbers_later_and_no_others() {
    let (former, job) = (job(PURSE), job(&numbered()));
    let records = records(&job);
    let mut light = card(Model::Light, 1);
    assert_eq!(present(&former, &mut light, &records[0]).outcome, Outcome::Done);
    let verified = present(&doing(&job, Task::Verify), &mut light, &records[0]);
    let Outcome::Refused(refusal @ Refusal::Differs(Difference::Number { .. })) = &verified.outcome
    else {
        panic!("{:?}", verified.outcome)
    };
    let words = "file 0 of application 00DF01 has the number that it came with";
    assert!(refusal.to_string().ends_with(words), "{refusal}");
    assert_eq!((verified.receipt.wrote, numbers(&light)), (Wrote::Nothing, OWN.to_vec()));
    let steps = texts(&job, &light, &records[0]);
    assert_eq!(steps.iter().filter(|step| step.starts_with("for good: give file")).count(), 3);
    assert!(
        !steps.iter().any(|step| step.contains("write") || step.contains("change")),
        "{steps:#?}"
    );
    assert_eq!(present(&job, &mut light, &records[0]).outcome, Outcome::Done);
    assert_eq!(numbers(&light), GIVEN);
    let others = self::job(&numbered().replacen("new_no = 10\n", "new_no = 11\n", 1));
    let before = files(&light);
    for task in [Task::Encode, Task::Verify, Task::Update, Task::Recycle] {
        for job in [&former, &others] {
            let encoded = present(&doing(job, task), &mut light, &records[0]);
            let refused = matches!(encoded.outcome, Outcome::Refused(_) | Outcome::Failed(_));
            assert!(refused, "{task}: {:?}", encoded.outcome);
            assert_eq!(encoded.receipt.wrote, Wrote::Nothing, "{task}");
        }
    }
    assert_eq!(files(&light), before);
}

/// Whatever number each file has, the next presentation finds it and gives what is missing.
#[test]
fn a_card_torn_between_numbers_is_finished_and_recycled() {
    let job = job(&numbered());
    let records = records(&job);
    let blank = card(Model::Light, 1);
    let mut between = 0;
    for at in 20.. {
        let mut light = blank.clone();
        let uid = light.uid();
        let mut torn = Tear::new(&mut light, at, Moment::AfterExecution);
        let outcome = encoder(&job).encode(InField::new(uid, &mut torn), &records[0]).outcome;
        if outcome == Outcome::Done {
            break;
        }
        between += usize::from(![OWN, GIVEN].map(Vec::from).contains(&numbers(&light)));
        let mut recycled = light.clone();
        let again = present(&job, &mut light, &records[0]).outcome;
        assert!(matches!(again, Outcome::Done | Outcome::AlreadyDone), "{at}: {again:?}");
        assert_eq!(numbers(&light), GIVEN, "{at}");
        let back = present(&doing(&job, Task::Recycle), &mut recycled, &records[0]).outcome;
        assert!(matches!(back, Outcome::Done | Outcome::AlreadyDone), "{at}: {back:?}");
    }
    assert!(between >= 2, "{between}");
}

#[test]
fn no_file_gets_a_number_that_nobody_allowed() {
    let text = numbered();
    let keys = KeyFile::parse(KEYS).unwrap();
    let timid = Job::new(Profile::parse(&text).unwrap(), &keys).unwrap();
    let record = &records(&timid)[0];
    let mut light = card(Model::Light, 1);
    let refused = present(&timid, &mut light, record).outcome;
    assert_eq!(refused, Outcome::Refused(Refusal::NotAllowed(OneWay::Names)));
    let allowed = timid.allowing(&[OneWay::Names]);
    assert_eq!(present(&allowed, &mut light, record).outcome, Outcome::Done);
}
