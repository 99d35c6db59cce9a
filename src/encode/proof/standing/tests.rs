// SPDX-License-Identifier: MIT OR Apache-2.0

use serde_json::{Value, json};

use super::*;
use crate::encode::proof::chain::{Chain, Link};
use crate::encode::proof::ledger::LedgerError;
use crate::encode::proof::receipt::ProfileMark;
use crate::encode::task::Task;
use crate::keys::KeyFile;
use crate::profile::{Profile, Records};

const DOOR: &str = include_str!("../../../../examples/data/profiles/door.toml");
const KEYS: &str = include_str!("../../../../examples/data/test-keys.toml");

fn job(profile: &str) -> Job {
    Job::new(Profile::parse(profile).unwrap(), &KeyFile::parse(KEYS).unwrap()).unwrap()
}

/// Records of so many numbers; those without references from line 2 on.
fn records(job: &Job, ids: bool, numbers: &[&str]) -> Vec<Result<Record, RecordError>> {
    let id = |id: &str| if ids { format!("{id},") } else { String::new() };
    let mut csv = format!("{}facility,number,issue,valid_until,site\n", id("id"));
    for number in numbers {
        csv += &format!("{}42,{number},1,20281231,North\n", id(&format!("r{number}")));
    }
    Records::csv(job.profile(), csv.as_bytes()).unwrap().entries
}

/// The receipt of a record that is done under a job's profile, on the card of this name.
fn receipt(job: &Job, record: &Record, card: &str) -> Value {
    let named = crate::encode::proof::mark::Named::record(job, record);
    json!({
        "record": named.label, "unnamed": named.unnamed, "job": "encode", "outcome": "done",
        "contents": named.contents.unwrap().to_string(), "wrote": "yes", "card": card,
        "profile": ProfileMark::of(job.profile()), "keys": [], "settings": [], "files": [],
        "started": "", "finished": "", "exchanges": 1, "sent": 1, "received": 1,
    })
}

/// The lines of a file with these receipts.
fn sealed(job: &Job, receipts: &[Value]) -> String {
    let mut chain = Chain::behind(job.receipt_key(), Link::BEFORE_THE_FIRST).unwrap();
    let mut text = String::new();
    for receipt in receipts {
        let line = chain.seal(&serde_json::from_value(receipt.clone()).unwrap()).unwrap();
        text += line.text();
        chain.accept(&line);
    }
    text
}

fn read(job: &Job, receipts: &[Value], batch: Option<&[u8; 32]>) -> Result<Ledger, LedgerError> {
    Ledger::read(sealed(job, receipts).as_bytes(), job, batch)
}

fn ledger(job: &Job, receipts: &[Value]) -> Ledger {
    read(job, receipts, None).unwrap()
}

/// Receipts for all of these records, each on a card of its own.
fn receipts(job: &Job, records: &[Result<Record, RecordError>]) -> Vec<Value> {
    let done = |(record, card): (&Record, i32)| receipt(job, record, &card.to_string());
    records.iter().flatten().zip(1..).map(done).collect()
}

use Standing::{Done, DoneByName, Open, OtherContents, Perhaps};

#[test]
fn a_record_is_known_by_its_reference_and_its_values() {
    let job = job(DOOR);
    let file = records(&job, true, &["1", "2", "3"]);
    let ledger = ledger(&job, &receipts(&job, &file[..2]));
    assert_eq!(ledger.standings(&job, &file).unwrap(), [Done, Done, Open]);
    let mut turned = file.clone();
    turned.reverse();
    assert_eq!(ledger.standings(&job, &turned).unwrap(), [Open, Done, Done]);
    let corrected = "id,facility,number,issue,valid_until,site\nr1,42,1,2,20281231,North\n";
    let corrected = Records::csv(job.profile(), corrected.as_bytes()).unwrap().entries;
    assert_eq!(ledger.standings(&job, &corrected).unwrap(), [OtherContents]);
    let record = corrected[0].as_ref().unwrap();
    assert_eq!(
        ledger.standing(&job, record).unwrap().refusal(),
        Some(Refusal::DoneWithOtherContents)
    );
    let updates = job.clone().with_task(Task::Update).unwrap();
    assert_eq!(ledger.standings(&updates, &corrected).unwrap(), [Open]);
}

#[test]
fn without_references_the_values_are_counted() {
    let job = job(&DOOR.replace(", unique = true", ""));
    let file = records(&job, false, &["1", "2", "2", "2"]);
    let made = receipts(&job, &file);
    let of = |receipts: &[Value]| ledger(&job, receipts).standings(&job, &file).unwrap();
    assert_eq!(of(&made[..3]), [Done, Done, Done, Open]);
    // The same card once more is one card.
    assert_eq!(of(&[made[1].clone(), made[1].clone()]), [Open, Done, Open, Open]);
    assert_eq!(of(&made), [Done, Done, Done, Done]);
    let fewer = records(&job, false, &["2", "3"]);
    assert_eq!(ledger(&job, &made[1..3]).standings(&job, &fewer).unwrap(), [Done, Perhaps]);
    assert_eq!(ledger(&job, &made[1..2]).standings(&job, &fewer).unwrap(), [Done, Open]);
}

#[test]
fn references_that_come_or_go_are_noticed() {
    let job = job(DOOR);
    let (with, without) = (records(&job, true, &["1", "2"]), records(&job, false, &["1", "2"]));
    let ledger_of = |receipts: &[Value]| ledger(&job, receipts);
    let done = ledger_of(&receipts(&job, &without));
    assert_eq!(done.standings(&job, &with).unwrap(), [Done, Done]);
    let done = ledger_of(&receipts(&job, &with));
    assert_eq!(done.standings(&job, &without).unwrap(), [Perhaps, Perhaps]);
    // Alone it is not one of many.
    assert_eq!(done.standing(&job, without[0].as_ref().unwrap()).unwrap(), Open);
}

#[test]
fn a_profile_that_means_something_else_is_asked_about_where_a_card_would_be_made() {
    let job_1 = job(DOOR);
    let file = records(&job_1, true, &["1"]);
    let made = receipts(&job_1, &file);
    let commented = job(&format!("{DOOR}# more\n"));
    assert_eq!(ledger(&commented, &made).standings(&commented, &file).unwrap(), [Done]);
    let other = job(&DOOR.replace("ascii:DOOR", "ascii:GATE"));
    let standing = Standing::OtherProfile { name: "door".to_owned() };
    assert_eq!(ledger(&other, &made).standings(&other, &file).unwrap(), [standing]);
    let updates = other.with_task(Task::Update).unwrap();
    assert_eq!(ledger(&updates, &made).standings(&updates, &file).unwrap(), [Open]);
    // Under its own it is done for who encodes and who updates, and was never verified.
    for (task, standing) in [(Task::Update, Done), (Task::Verify, Open), (Task::Rekey, Open)] {
        let job = job_1.clone().with_task(task).unwrap();
        assert_eq!(ledger(&job, &made).standings(&job, &file).unwrap(), [standing], "{task}");
    }
}

#[test]
fn a_card_that_is_blank_again_is_done_for_nobody() {
    let job = job(DOOR);
    for ids in [true, false] {
        let file = records(&job, ids, &["1", "2"]);
        let mut made = receipts(&job, &file);
        let mut blank = made[0].clone();
        blank["job"] = "recycle".into();
        blank["record"] = "-".into();
        made.push(blank);
        assert_eq!(ledger(&job, &made).standings(&job, &file).unwrap(), [Open, Done]);
        made.push(receipt(&job, file[0].as_ref().unwrap(), "3"));
        assert_eq!(ledger(&job, &made).standings(&job, &file).unwrap(), [Done, Done]);
    }
}

/// The last word on a reference counts.
#[test]
fn what_was_done_last_counts() {
    let job = job(DOOR);
    let file = records(&job, true, &["1"]);
    let corrected = "id,facility,number,issue,valid_until,site\nr1,42,1,2,20281231,North\n";
    let corrected = Records::csv(job.profile(), corrected.as_bytes()).unwrap().entries;
    let mut made = receipts(&job, &file);
    let mut updated = receipt(&job, corrected[0].as_ref().unwrap(), "1");
    updated["job"] = "update".into();
    made.push(updated);
    let ledger = ledger(&job, &made);
    assert_eq!(ledger.standings(&job, &corrected).unwrap(), [Done]);
    assert_eq!(ledger.standings(&job, &file).unwrap(), [OtherContents]);
}

#[test]
fn older_receipts_are_done_by_name_or_refused() {
    let job = job(DOOR);
    let (with, without) = (records(&job, true, &["1"]), records(&job, false, &["1"]));
    let older = |mut receipt: Value| {
        for name in ["unnamed", "contents"] {
            receipt.as_object_mut().unwrap().remove(name);
        }
        receipt["profile"].as_object_mut().unwrap().remove("meaning");
        receipt
    };
    let named = older(receipts(&job, &with)[0].clone());
    assert_eq!(ledger(&job, &[named]).standings(&job, &with).unwrap(), [DoneByName]);
    let mut line = older(receipts(&job, &without)[0].clone());
    line["records"] = "5A".repeat(32).to_lowercase().into();
    let done = read(&job, &[line.clone()], Some(&[0x5A; 32])).unwrap();
    assert_eq!(done.standings(&job, &without).unwrap(), [Done]);
    for batch in [None, Some(&[0x5B; 32])] {
        let refused = read(&job, &[line.clone()], batch).unwrap_err();
        assert_eq!(refused, LedgerError::OtherRecords { line: 1 });
    }
}

#[test]
fn a_mark_that_is_none_is_no_receipt() {
    let job = job(DOOR);
    let mut made = receipts(&job, &records(&job, true, &["1"]));
    made[0]["contents"] = "5A".into();
    assert_eq!(read(&job, &made, None).unwrap_err(), LedgerError::NoReceipt { line: 1 });
}
