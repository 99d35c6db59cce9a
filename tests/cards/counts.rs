// SPDX-License-Identifier: MIT OR Apache-2.0
//! Transaction MAC files that jobs make on cards of EV2 and EV3: that they survive every tear is held in
//! `tests/cards/tear.rs`, what their plans cost in `tests/cards/costs.rs`.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Difference, Job, OneWay, Outcome, Refusal, Task};
use cardwright::host::SdmCipher;
use cardwright::host::transaction::{
    Form, Operation, Order, ReaderId, TransactionCounter, TransactionError, TransactionMac,
    Verifier,
};
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::transport::InField;
use cardwright::wire::{Aid, FileNo, KeyVersion};
use serde_json::{Value, json};

use crate::common::{card, doing, encoder, job, present};

const PURSE: &str = include_str!("../../examples/data/profiles/purse-ev2.toml");
const RECORDS: &[u8] = include_bytes!("../../examples/data/purse-records.csv");
const READER: &str = "4953535545520000000000000000000A";
const MODELS: [Model; 2] = [Model::Ev2_8k, Model::Ev3_8k];

fn records(job: &Job) -> Vec<Record> {
    let records = Records::csv(job.profile(), RECORDS).unwrap();
    records.entries.into_iter().map(Result::unwrap).collect()
}

fn application(card: &SoftCard) -> Value {
    let saved: Value = serde_json::from_slice(&card.save()).unwrap();
    saved["applications"][0].clone()
}

fn texts(job: &Job, card: &mut SoftCard, record: &Record) -> Vec<String> {
    card.reset();
    let plan = encoder(job).plan(InField::new(card.uid(), card), record).unwrap();
    plan.steps.into_iter().map(|step| step.text).collect()
}

/// The file is made behind everything that is written, so that nobody has to be named for it, and counts what is
/// committed later; the receipts tell of that.
#[test]
fn a_purse_counts_from_its_first_change() {
    let job = job(PURSE);
    let records = records(&job);
    for model in MODELS {
        let mut card = card(model, 1);
        let steps = texts(&job, &mut card, &records[0]);
        let create = "create the transaction MAC file of F58E22 under server version 1";
        let at = |text: &str| steps.iter().position(|step| step.contains(text)).unwrap();
        let own = at("own key to key 0 of F58E22");
        assert!(at("append") < at(create) && own < at(create), "{steps:#?}");
        let made = present(&job, &mut card, &records[0]);
        assert_eq!(made.outcome, Outcome::Done);
        assert!(made.receipt.transactions.is_empty());
        let file = made.receipt.files.iter().find(|file| file.no == 15).unwrap();
        assert!(file.grade > cardwright::host::Grade::Said, "{file:?}");
        let mac = application(&card)["transaction_mac"].clone();
        assert_eq!((&mac["key"]["version"], &mac["counter"]), (&json!(1), &json!(0)), "{mac}");
        assert_eq!(present(&job, &mut card, &records[0]).outcome, Outcome::AlreadyDone);

        let updated = present(&doing(&job, Task::Update), &mut card, &records[2]);
        assert_eq!(updated.outcome, Outcome::Done);
        // The value, the journal cleared, and its one entry.
        let told = &updated.receipt.transactions;
        let counters: Vec<_> = told.iter().map(|told| (told.at.as_str(), told.counter)).collect();
        assert_eq!(counters, [("F58E22", 1), ("F58E22", 2), ("F58E22", 3)]);
        assert!(!updated.receipt.to_line().unwrap().contains(READER));
        let after = application(&card)["transaction_mac"].clone();
        assert_eq!((&after["reader"], &after["key"]), (&json!(READER), &mac["key"]), "{after}");
        assert_eq!(after["value"], told[2].mac);

        let verified = present(&doing(&job, Task::Verify), &mut card, &records[2]);
        assert_eq!(verified.outcome, Outcome::Done);
        let [last] = &verified.receipt.transactions[..] else { panic!("one") };
        assert_eq!((last.counter, &last.mac), (3, &told[2].mac));
        let recycled = present(&doing(&job, Task::Recycle), &mut card, &records[2]);
        assert_eq!(recycled.outcome, Outcome::Done);
        assert_eq!(application(&card), Value::Null);
    }
}

/// 10,000,042 is 9896AA, 20,261,124 is 1352904, and 1,500 is 5DC.
#[test]
fn a_purse_that_counts_holds_what_was_computed_by_hand() {
    let job = job(PURSE);
    let record = &records(&job)[0];
    for model in MODELS {
        let mut card = card(model, 6);
        assert_eq!(present(&job, &mut card, record).outcome, Outcome::Done);
        let files = application(&card)["files"].clone();
        let file = |no: u64| {
            files.as_array().unwrap().iter().find(|file| file["no"] == no).unwrap().clone()
        };
        assert_eq!(file(0)["contents"], "009896AA01352904");
        assert_eq!(file(1)["value"], 1500);
        assert_eq!(file(2)["records"], json!(["49535355454401352904000005DC0000"]));
        let mac = &application(&card)["transaction_mac"];
        assert_eq!((&mac["counter"], &mac["reader"]), (&json!(0), &json!("0".repeat(32))), "{mac}");
    }
}

/// The last transaction of an update is verified with the server's key, as the receipt tells it: the card has that
/// key and no other.
#[test]
fn the_server_verifies_what_a_receipt_tells() {
    let job = job(PURSE);
    let records = records(&job);
    let mut card = card(Model::Ev3_8k, 2);
    let _made = present(&job, &mut card, &records[0]);
    let updated = present(&doing(&job, Task::Update), &mut card, &records[2]);
    let told = &updated.receipt.transactions[2];
    let saved = application(&card)["transaction_mac"].clone();
    let value = hex::decode(saved["key"]["value"].as_str().unwrap()).unwrap();
    let key = CardKey::aes(value.as_slice().try_into().unwrap(), KeyVersion(1));
    let uid = RealUid::new([0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 2]);
    let verifier = Verifier::new(key, SdmCipher::Aes, uid).unwrap();
    let mac = TransactionMac {
        counter: TransactionCounter(told.counter),
        value: hex::decode(&told.mac).unwrap().try_into().unwrap(),
    };
    let reader = ReaderId(hex::decode(READER).unwrap().try_into().unwrap());
    let answered = hex::decode(told.answered.as_ref().unwrap()).unwrap();
    let previous = Some(answered.try_into().unwrap());
    let mut entry = b"ISSUED".to_vec();
    entry.extend(20_261_125_u32.to_be_bytes());
    entry.extend(20_000_u32.to_be_bytes());
    entry.resize(16, 0);
    let judge = |data: &[u8]| {
        let (form, file) = (Form::Frames, FileNo::new(2).unwrap());
        let done = [
            Operation::WriteRecord { form, file, offset: 0, data },
            Operation::CommitReaderId { reader, previous },
        ];
        verifier.verify(&mac, &done, None)
    };
    let verified = judge(&entry).unwrap();
    assert_eq!((verified.order, verified.previous), (Order::First, Some(reader)));
    entry[13] ^= 1;
    assert!(matches!(judge(&entry), Err(TransactionError::Mac)));
}

const LIMITED: &str = include_str!("../profiles/counts-limit.toml");
const COUNTS: &str = include_str!("../profiles/counts.toml");

fn own(text: &str) -> Job {
    let keys = KeyFile::parse(include_str!("../profiles/keys.toml")).unwrap();
    Job::new(Profile::parse(text).unwrap(), &keys).unwrap()
}

fn one_record(job: &Job) -> Vec<Record> {
    let records = Records::csv(job.profile(), include_bytes!("../profiles/records.csv")).unwrap();
    records.entries.into_iter().map(Result::unwrap).collect()
}

/// A limit and a counter that begins again are asked for by name; the plan tells them.
#[test]
fn what_is_for_good_wants_to_be_allowed() {
    let job = own(LIMITED);
    assert_eq!(job.missing_allowance(), Some(OneWay::TransactionLimit));
    let job = job.allowing(&[OneWay::TransactionLimit]);
    assert_eq!(job.missing_allowance(), Some(OneWay::CounterAnew));
    for (task, missing) in
        [(Task::Rekey, Some(OneWay::CounterAnew)), (Task::Verify, None), (Task::Recycle, None)]
    {
        assert_eq!(doing(&job, task).missing_allowance(), missing, "{task}");
    }
    let job = job.allowing(&[OneWay::TransactionLimit, OneWay::CounterAnew]);
    assert_eq!(job.missing_allowance(), None);
    let records = one_record(&job);
    let mut card = card(Model::Ev3_8k, 3);
    let steps = texts(&job, &mut card, &records[0]);
    let at = |text: &str| steps.iter().position(|step| step.contains(text)).unwrap();
    let limit = at("for good: count 1000 transactions of F50076 and no more");
    assert!(at("create the transaction MAC file of F50076") < limit);
    // Key 0 stands for it, where no application begins with a key that everybody knows.
    assert!(limit < at("own key to key 0 of F50076"), "{steps:#?}");
    assert_eq!(present(&job, &mut card, &records[0]).outcome, Outcome::Done);
    assert_eq!(application(&card)["transaction_mac"]["limit"], 1000);
    assert_eq!(present(&doing(&job, Task::Verify), &mut card, &records[0]).outcome, Outcome::Done);
}

/// A file that counts without end is not that of a profile with a limit: the card is not taken as finished, and
/// who may tell it the limit does.
#[test]
fn a_finished_card_without_the_limit_is_told_it() {
    let unlimited = own(&LIMITED.replacen(", limit = 1000", "", 1));
    let records = one_record(&unlimited);
    let mut card = card(Model::Ev3_8k, 6);
    let made = present(&unlimited.allowing(&OneWay::ALL), &mut card, &records[0]);
    assert_eq!(made.outcome, Outcome::Done);
    assert_eq!(application(&card)["transaction_mac"]["limit"], Value::Null);
    let limited = own(LIMITED).allowing(&OneWay::ALL);
    let verify = doing(&limited, Task::Verify);
    let refused = present(&verify, &mut card, &records[0]).outcome;
    let aid = Aid::new([0xF5, 0x00, 0x76]);
    let file = Difference::File { aid, file: FileNo::new(31).unwrap() };
    assert_eq!(refused, Outcome::Refused(Refusal::Differs(file)));
    let update = doing(&limited, Task::Update);
    assert_eq!(present(&update, &mut card, &records[0]).outcome, Outcome::Done);
    assert_eq!(application(&card)["transaction_mac"]["limit"], 1000);
    assert_eq!(present(&verify, &mut card, &records[0]).outcome, Outcome::Done);
}

/// A new version of its key makes the file anew, and the counter begins again.
#[test]
fn another_key_makes_the_counter_anew() {
    for model in MODELS {
        let former = own(&COUNTS.replace("version = 2, former = ", "version = "));
        let records = one_record(&former);
        let mut card = card(model, 4);
        assert_eq!(present(&former, &mut card, &records[0]).outcome, Outcome::Done);
        let updated = present(&doing(&former, Task::Update), &mut card, &records[1]);
        assert_eq!(updated.outcome, Outcome::Done);
        // Two records, the value and what was cleared in one application, the backup file in the other.
        assert_eq!(updated.receipt.transactions.len(), 5);
        assert_eq!(application(&card)["transaction_mac"]["counter"], 4);
        let next = own(COUNTS).allowing(&OneWay::ALL);
        let rekey = doing(&next, Task::Rekey);
        let steps = texts(&rekey, &mut card, &records[1]);
        for text in [
            "delete the transaction MAC file of F50074",
            "create the transaction MAC file of F50074",
        ] {
            assert!(steps.iter().any(|step| step.contains(text)), "{steps:#?}");
        }
        assert_eq!(present(&rekey, &mut card, &records[1]).outcome, Outcome::Done);
        let mac = application(&card)["transaction_mac"].clone();
        assert_eq!((&mac["counter"], &mac["key"]["version"]), (&json!(0), &json!(2)), "{mac}");
        let verify = doing(&next, Task::Verify);
        let verified = present(&verify, &mut card, &records[1]);
        assert_eq!(verified.outcome, Outcome::Done);
        let counters: Vec<_> =
            verified.receipt.transactions.iter().map(|told| told.counter).collect();
        assert_eq!(counters, [0, 0]);
    }
}

/// A card whose file another issuer of the key has given other rights is none of the profile's.
#[test]
fn a_file_with_other_rights_is_another_one() {
    let job = job(PURSE);
    let records = records(&job);
    let mut card = card(Model::Ev2_8k, 5);
    let _made = present(&job, &mut card, &records[0]);
    let open = PURSE.replacen("reader = \"till\"", "reader = \"free\"", 1);
    let other = crate::common::job(&open);
    let refused = present(&doing(&other, Task::Verify), &mut card, &records[0]);
    let said = format!("{:?}", refused.outcome);
    assert!(said.contains("OtherFile"), "{said}");
}
