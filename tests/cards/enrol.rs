// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards that are only read: what they tell is the record that they were made of, nothing is changed on
//! them, and one that does not open is refused.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoded, Job, JobError, Outcome, Refusal, Task, Wrote};
use cardwright::profile::{Profile, Record};
use cardwright::wire::Messaging;

use crate::common::{
    CHANGING, DOOR, Kinds, card, door, door_records, encode, encoder, every_kind, job,
};
use crate::contents::world::named;

/// Every field, the UID, the chip and a key's version.
fn listed(profile: &str, key: &str) -> String {
    let fields = Profile::parse(profile).unwrap().fields().to_vec();
    let columns = fields.iter().map(|field| {
        let name = &field.name;
        format!("{{ column = {name:?}, field = {name:?} }}, ")
    });
    let columns: String = columns.collect();
    let profile = profile.split("\n[export]").next().unwrap();
    format!(
        "{profile}\n[export]\nformulas = \"kept\"\ncolumns = [{columns} {{ column = \"the UID\", parts = [{{ uid = \
         \"written\" }}], as = \"hex\" }}, {{ column = \"the key\", key_version = {key:?} }}]\n"
    )
}

fn values(job: &Job, encoded: &Encoded) -> Vec<Option<String>> {
    let export = job.profile().export(None).unwrap();
    let row = encoded.row(export).unwrap().unwrap();
    row.values().map(|value| value.map(str::to_owned)).collect()
}

/// Enrols a card, holds that nothing was changed, and gives what it came to.
fn enrolled(job: &Job, card: &mut SoftCard) -> Encoded {
    card.reset();
    let enrol = job.clone().with_task(Task::Enrol).unwrap();
    let before = card.save();
    let (encoded, exchanges) = encode(&mut encoder(&enrol), card, &Record::none());
    let writing: Vec<u8> =
        exchanges.iter().filter_map(|one| one.ins).filter(|ins| CHANGING.contains(ins)).collect();
    assert_eq!(writing, [0_u8; 0], "a command that changes something");
    assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
    assert_eq!(card.save(), before);
    encoded
}

/// The row of a card that is read is the row of the card that was made, whatever its contents are.
#[test]
fn a_card_tells_the_record_that_it_was_made_of() {
    macro_rules! example {
        ($name:literal) => {
            ($name, include_str!(concat!("../../examples/data/profiles/", $name, ".toml")))
        };
    }
    let mut told = 0;
    for (name, text) in [
        example!("campus"),
        example!("directory"),
        example!("fleet"),
        example!("log"),
        example!("site"),
        example!("ticket"),
        example!("visitor"),
    ] {
        let (_, records) = named(name);
        let key = Profile::parse(text).unwrap().keys()[0].name.clone();
        let job = job(&listed(text, &key));
        for model in [Model::Ev1_8k, Model::Ev2_8k, Model::Ev3_8k] {
            let mut card = card(model, 3);
            let (made, _) = encode(&mut encoder(&job), &mut card, &records[0]);
            assert_eq!(made.outcome, Outcome::Done, "{name}");
            let read = enrolled(&job, &mut card);
            assert_eq!(read.outcome, Outcome::Done, "{name} {model}");
            assert_eq!(values(&job, &read), values(&job, &made), "{name} {model}");
            assert_eq!((read.receipt.record.as_str(), read.receipt.contents), ("-", None));
            told += 1;
        }
    }
    assert_eq!(told, 21);
}

#[test]
fn cards_of_every_messaging_and_key_type_are_read() {
    for kinds in [Kinds::Canteen, Kinds::Legacy] {
        let (job, records) = every_kind(kinds);
        let model = if kinds == Kinds::Canteen { Model::Ev2_8k } else { Model::D40_4k };
        let mut card = card(model, 9);
        let (made, _) = encode(&mut encoder(&job), &mut card, &records[0]);
        assert_eq!(made.outcome, Outcome::Done, "{kinds:?}");
        let read = enrolled(&job, &mut card);
        assert_eq!(read.outcome, Outcome::Done, "{kinds:?}");
        // Also of a card that shows a random UID by now.
        assert_eq!(read.uid, made.uid, "{kinds:?}");
        assert!(read.record.is_some());
    }
}

/// Of which nothing but the UID is asked: no key is tried.
#[test]
fn a_list_of_uids_opens_nothing() {
    let text = r#"
[profile]
name = "uids"
chips = ["ev1", "ev2", "ev3"]
[transport]
picc = ["factory"]
[keys]
picc = { ref = "picc", version = 1 }
[card]
master_key = "picc"
[[application]]
aid = "F48120"
keys = ["picc"]
[export]
columns = [{ column = "UID", parts = [{ uid = "reversed" }], as = "hex" }]
"#;
    let job = job(text);
    let mut blank = card(Model::Ev1_4k, 0x77);
    let read = enrolled(&job, &mut blank);
    assert_eq!(read.outcome, Outcome::Done);
    assert_eq!(values(&job, &read), [Some("77E5D4C3B2A104".to_owned())]);
    assert!(read.receipt.exchanges < 6, "{}", read.receipt.exchanges);
}

#[test]
fn a_card_that_does_not_open_or_holds_something_else_is_refused() {
    let job_1 = job(&door(&[]));
    let records = door_records(&job_1);
    let refused = |job: &Job, card: &mut SoftCard| match enrolled(job, card).outcome {
        Outcome::Refused(refusal) => refusal,
        outcome => panic!("{outcome:?}"),
    };
    let mut blank = card(Model::Ev2_8k, 1);
    let missing = refused(&job_1, &mut blank);
    assert!(matches!(missing, Refusal::NoApplication { .. }), "{missing}");

    let mut made = card(Model::Ev2_8k, 2);
    let (encoded, _) = encode(&mut encoder(&job_1), &mut made, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done);
    assert_eq!(enrolled(&job_1, &mut made).outcome, Outcome::Done);
    // Another constant, and another version of the key that reads.
    let other = job(&DOOR.replace("ascii:DOOR", "ascii:GATE"));
    let other = refused(&other, &mut made);
    assert!(matches!(other, Refusal::NoRecord { .. }), "{other}");
    assert_eq!(other.code().name(), "no-record-on-card");
    let newer = include_str!("../../examples/data/profiles/door-2.toml");
    let newer = newer.replace(", former = 1", "");
    let newer = refused(&job(&newer), &mut made);
    assert!(matches!(newer, Refusal::UnknownKey { .. }), "{newer}");
    // A key of the right version that is another one.
    let wrong = DOOR.replace("\"uid\", \"aid\"", "\"aid\", \"uid\"");
    assert_ne!(wrong, DOOR);
    let wrong = refused(&job(&wrong), &mut made);
    assert!(matches!(wrong, Refusal::KeyRefused { .. }), "{wrong}");
}

/// Fields that a record may lack: what stands for a missing value comes back as such.
#[test]
fn values_that_were_missing_are_missing_again() {
    let fields = "dept = { type = \"uint\", max = 9, class = \"technical\", optional = true }\nnick = { type = \
                  \"text\", max_length = 4, class = \"technical\", optional = true }\nlevel = { type = \"uint\", max = 9, \
                  class = \"technical\", optional = true, default = 7 }\n[keys]\n";
    let text = DOOR.replacen("[keys]\n", fields, 1);
    let parts = "content = [\n    { uint = \"dept\", bytes = 1 }, { text = \"nick\", bytes = 4 }, { uint = \
                 \"level\", bytes = 1 },";
    let text = text.replacen("content = [", parts, 1);
    let job = job(&listed(&text, "read"));
    let records = include_bytes!("../../examples/data/door-records.csv");
    let records = cardwright::profile::Records::csv(job.profile(), records).unwrap();
    let record = records.entries[0].as_ref().unwrap();
    let mut made = card(Model::Ev2_8k, 8);
    let (first, _) = encode(&mut encoder(&job), &mut made, record);
    assert_eq!(first.outcome, Outcome::Done);
    let read = enrolled(&job, &mut made);
    assert_eq!(read.outcome, Outcome::Done);
    let row = values(&job, &read);
    assert_eq!(row, values(&job, &first));
    let names = job.profile().export(None).unwrap().columns().collect::<Vec<_>>().into_iter();
    let value = |wanted: &str| {
        names.clone().zip(&row).find(|(name, _)| *name == wanted).unwrap().1.as_deref()
    };
    let missing: Vec<Option<&str>> = ["dept", "nick", "level"].map(value).into();
    assert_eq!(missing, [None, None, Some("7")]);
}

/// What the card does not tell cannot be listed.
#[test]
fn a_field_that_no_card_tells_is_said_before_any_card() {
    let mail = DOOR.replacen(
        "[keys]\n",
        "mail = { type = \"text\", max_length = 9, class = \"technical\" }\n[keys]\n",
        1,
    );
    let mail = format!("{mail}[export]\ncolumns = [{{ column = \"m\", field = \"mail\" }}]\n");
    let error = job(&mail).with_task(Task::Enrol).unwrap_err();
    assert_eq!(error, JobError::NotOnCard { field: "mail".to_owned() });
}

/// A key that is made from the record opens nothing for who has none: what else tells it is read.
#[test]
fn keys_of_records_are_named_before_any_card() {
    let text = include_str!("../profiles/record-keys.toml");
    let names = [("aes-p", "picc"), ("aes-a", "app0"), ("aes-b", "app1"), ("aes-c", "app2")];
    let named = |text: String, (old, new): (&str, &str)| text.replace(old, new);
    let text = names.into_iter().fold(text.to_owned(), named);
    let text = text.replace("version = 2, former = 1", "version = 1");
    let error = job(&text).with_task(Task::Enrol).unwrap_err();
    assert!(
        matches!(&error, JobError::KeyOfRecord { name, field, .. } if name == "read" && field == "number")
    );
    assert_eq!(error.code().name(), "job-key-of-record");
    let open = "read_write = \"foreign:canteen\"";
    let open_file = "read = \"master\"\nwrite = \"master\"\ncontent = [{ uint = \"number\", bytes = 4, order = \
                     \"little\" }, { hex = \"tag\" }]";
    let told = listed(&text.replacen(open, open_file, 1), "master");
    let job = job(&told);
    assert!(job.needs_record() && !job.clone().with_task(Task::Enrol).unwrap().needs_record());
    let records = b"number,tag\n4711,A1B2C3D4\n";
    let records = cardwright::profile::Records::csv(job.profile(), records).unwrap();
    let record = records.entries[0].as_ref().unwrap();
    let mut made = card(Model::Ev2_8k, 6);
    let (first, _) = encode(&mut encoder(&job), &mut made, record);
    assert_eq!(first.outcome, Outcome::Done);
    let read = enrolled(&job, &mut made);
    assert_eq!(read.outcome, Outcome::Done);
    assert_eq!(values(&job, &read), values(&job, &first));
}

/// A row of each card that is done, and of none that is not.
#[test]
fn who_has_a_row() {
    let job = job(&listed(DOOR, "read")).with_messaging(Messaging::Ev2).unwrap();
    let records = door_records(&job);
    let export = job.profile().export(None).unwrap();
    let mut made = card(Model::Ev2_8k, 5);
    let (first, _) = encode(&mut encoder(&job), &mut made, &records[3]);
    let row = values(&job, &first);
    made.reset();
    let (again, _) = encode(&mut encoder(&job), &mut made, &records[3]);
    assert_eq!((again.outcome.clone(), values(&job, &again)), (Outcome::AlreadyDone, row.clone()));
    made.reset();
    let (other, _) = encode(&mut encoder(&job), &mut made, &records[4]);
    assert!(matches!(other.outcome, Outcome::Refused(_)) && other.row(export).unwrap().is_none());
    // Verifying finds another record than the one that it was asked about.
    let verify = job.clone().with_task(Task::Verify).unwrap();
    made.reset();
    let mut verifier = encoder(&verify).with_candidates(records.clone().into());
    let (verified, _) = encode(&mut verifier, &mut made, &records[0]);
    assert_eq!(values(&job, &verified), row);
    // A blank card is nobody's.
    let recycle = job.clone().with_task(Task::Recycle).unwrap();
    made.reset();
    let (blank, _) = encode(&mut encoder(&recycle), &mut made, &Record::none());
    assert!(blank.outcome == Outcome::Done && blank.row(export).unwrap().is_none());
}
