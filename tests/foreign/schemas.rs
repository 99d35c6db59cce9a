// SPDX-License-Identifier: MIT OR Apache-2.0
//! Everything that has a schema fits it, by a validator that others wrote: the TOML examples, which name
//! theirs in their first line as editors read it, and what the crate writes as JSON.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test fails loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Chain, Encoder, Job};
use cardwright::iso14443::RealUid;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::station::{Order, Place};
use cardwright::transport::{InField, LinkError, ReplyBuf, Transport};
use jsonschema::Validator;
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn schema(path: &Path) -> Validator {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

fn named(name: &str) -> Validator {
    schema(&root().join(format!("schemas/{name}.json")))
}

fn faults(schema: &Validator, value: &Value) -> Vec<String> {
    schema.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// A text in TOML, and where the path of its schema begins.
struct Example {
    at: PathBuf,
    text: String,
}

/// The files and the pieces of pages that name a schema, and the files that do not.
fn examples() -> (Vec<Example>, Vec<PathBuf>) {
    let (mut found, mut without) = (Vec::new(), Vec::new());
    for folder in ["examples", "tests/profiles", "tests/orders", "docs"] {
        for entry in walkdir::WalkDir::new(root().join(folder)) {
            let at = entry.unwrap().into_path();
            let is = |ending: &str| at.extension().is_some_and(|its| its == ending);
            if !is("toml") && !is("md") {
                continue;
            }
            let text = std::fs::read_to_string(&at).unwrap();
            if is("md") {
                let pieces =
                    text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
                found.extend(
                    pieces
                        .filter(|piece| piece.starts_with("#:schema "))
                        .map(|piece| Example { at: at.clone(), text: piece.to_owned() }),
                );
            } else if text.starts_with("#:schema ") {
                found.push(Example { at, text });
            } else {
                without.push(at);
            }
        }
    }
    (found, without)
}

impl Example {
    /// The schema beside which it stands, by its first line.
    fn schema(&self) -> (String, Validator) {
        let path = self.text.lines().next().unwrap().strip_prefix("#:schema ").unwrap();
        let path = self.at.parent().unwrap().join(path);
        (path.file_stem().unwrap().to_str().unwrap().to_owned(), schema(&path))
    }

    fn value(&self) -> Value {
        toml::from_str(&self.text).unwrap_or_else(|error| panic!("{:?}: {error}", self.at))
    }
}

#[test]
fn each_example_names_its_schema_and_fits_it() {
    let (found, without) = examples();
    let mut counts = [("profile", 0), ("import", 0)];
    for example in &found {
        let (name, schema) = example.schema();
        let faults = faults(&schema, &example.value());
        assert!(faults.is_empty(), "{:?}: {faults:#?}", example.at);
        counts.iter_mut().find(|count| count.0 == name).unwrap().1 += 1;
    }
    assert!(counts[0].1 >= 28 && counts[1].1 >= 5, "{counts:?}");
    // What names none is a key file, or of a chip that nobody sells.
    for at in without {
        let text = std::fs::read_to_string(&at).unwrap();
        let test_chip = text.contains("chips = [\"test\"]");
        assert!(text.contains("receipt = \"") || test_chip, "{at:?} names no schema");
    }
}

/// A schema that takes anything would complete nothing.
#[test]
fn no_example_fits_with_a_name_misspelt_or_of_another_type() {
    for example in examples().0 {
        let (_, schema) = example.schema();
        let value = example.value();
        let mut tried = 0;
        for path in paths(&value, "") {
            let (parent, name) = path.rsplit_once('/').unwrap();
            // Names of fields, keys and columns, and the fields of a bit format, are anybody's.
            let parts = value.pointer(parent).unwrap();
            let free = ["/fields", "/keys", "/columns", "/values", "/import/columns"];
            if !parts.is_object()
                || free.iter().any(|end| parent.ends_with(end))
                || parts.get("bits").is_some()
            {
                continue;
            }
            let mut other = value.clone();
            let table = other.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            let entry = table.remove(name).unwrap();
            table.insert(format!("{name}x"), entry);
            assert!(!schema.is_valid(&other), "{:?}: {path} misspelt", example.at);
            let mut other = value.clone();
            *other.pointer_mut(&path).unwrap() = json!(1.5);
            assert!(!schema.is_valid(&other), "{:?}: {path} of another type", example.at);
            tried += 1;
        }
        assert!(tried >= 3, "{:?}", example.at);
    }
}

/// The JSON pointers of everything inside.
fn paths(value: &Value, at: &str) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(table) => table
            .iter()
            .map(|(name, inner)| {
                (format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), inner)
            })
            .collect(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(no, inner)| (format!("{at}/{no}"), inner)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return Vec::new(),
    };
    let deeper = |(at, inner): (String, &Value)| {
        let below = paths(inner, &at);
        core::iter::once(at).chain(below)
    };
    inner.into_iter().flat_map(deeper).collect()
}

fn job(profile: &str) -> (Job, KeyFile) {
    let data = root().join("examples/data");
    let profile = std::fs::read_to_string(data.join("profiles").join(profile)).unwrap();
    let keys = std::fs::read_to_string(data.join("test-keys.toml")).unwrap();
    let keys = KeyFile::parse(&keys).unwrap();
    (Job::new(Profile::parse(&profile).unwrap(), &keys).unwrap(), keys)
}

fn records(job: &Job, name: &str) -> Vec<Record> {
    let bytes = std::fs::read(root().join("examples/data").join(name)).unwrap();
    let records = Records::read(job.profile(), job.profile().import(), None, &bytes).unwrap();
    records.entries.into_iter().map(Result::unwrap).collect()
}

fn card() -> SoftCard {
    SoftCard::new(Model::Ev2_8k, RealUid::new([0x04, 0xC1, 0x2D, 0x3E, 0x4F, 0x5A, 0x6B]), 11)
}

#[test]
fn records_and_orders_in_a_queue_fit_their_schemas() {
    for (profile, file) in [
        ("staff.toml", "staff-records.csv"),
        ("visitor.toml", "visitor-records.csv"),
        ("campus.toml", "campus-records.jsonl"),
    ] {
        let job = Arc::new(job(profile).0);
        for (ticket, record) in records(&job, file).into_iter().enumerate() {
            let record = record.bound_to(RealUid::new([4; 7]));
            let written = serde_json::to_value(&record).unwrap();
            assert_eq!(faults(&named("record"), &written), [""; 0]);
            let mut other = written.clone();
            other["fields"][0]["value"] = json!({ "number": "4711" });
            assert!(!named("record").is_valid(&other));
            let order = Order::new(ticket as u64, Arc::clone(&job), record);
            let order = order.at(Place::Reader("any".to_owned()));
            let mut order = serde_json::to_value(order.queued()).unwrap();
            assert_eq!(faults(&named("order"), &order), [""; 0]);
            order.as_object_mut().unwrap().remove("record");
            assert!(!named("order").is_valid(&order));
        }
    }
}

#[test]
fn plans_and_receipts_fit_their_schemas() {
    let (job, keys) = job("door.toml");
    let records = records(&job, "door-records.csv");
    let mut card = card();
    let plan = Encoder::new(&job).plan(card.in_field().lend(), &records[0]).unwrap();
    let mut plan = serde_json::to_value(&plan).unwrap();
    assert_eq!(faults(&named("plan"), &plan), [""; 0]);
    assert!(plan["steps"].as_array().unwrap().len() > 5);
    plan["steps"][0].as_object_mut().unwrap().remove("exchanges");
    assert!(!named("plan").is_valid(&plan));
    let chain = Chain::new(keys.receipt_key()).unwrap();
    for _ in 0..2 {
        let encoded = Encoder::new(&job).encode(card.in_field().lend(), &records[0]);
        let line = chain.seal(&encoded.receipt).unwrap();
        let line: Value = serde_json::from_str(line.text()).unwrap();
        assert_eq!(faults(&named("receipt"), &line), [""; 0]);
    }
}

/// A card that leaves in the middle.
struct Leaving<'c> {
    card: &'c mut SoftCard,
    after: u32,
}

impl Transport for Leaving<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.after = self.after.checked_sub(1).ok_or(LinkError::CardRemoved)?;
        self.card.exchange(command, reply)
    }
}

/// What the schema asks of every line, and of one that did not end well.
const ALWAYS: [&str; 18] = [
    "record",
    "schema",
    "program",
    "job",
    "outcome",
    "wrote",
    "profile",
    "keys",
    "settings",
    "files",
    "started",
    "finished",
    "exchanges",
    "sent",
    "received",
    "sequence",
    "previous",
    "mac",
];

#[test]
fn each_receipt_of_a_hundred_cards_fits_its_schema_and_none_with_an_entry_taken_out() {
    let (job, keys) = job("door.toml");
    let schema = named("receipt");
    let records = records(&job, "door-records.csv");
    let mut chain = Chain::new(keys.receipt_key()).unwrap();
    let mut outcomes = BTreeMap::new();
    let mut entries = BTreeSet::new();
    for (number, record) in (0_u8..100).zip(&records) {
        let model = if number % 10 == 3 { Model::D40_4k } else { Model::Ev2_8k };
        let uid = RealUid::new([0x04, 0xC1, 0x2D, 0x3E, 0x4F, 0x5A, number]);
        let mut card = SoftCard::new(model, uid, number.into());
        let uid = card.uid();
        let after = if number % 10 == 7 { u32::from(number) / 4 } else { 1000 };
        let leaving = Leaving { card: &mut card, after };
        let encoded = Encoder::new(&job).encode(InField::new(uid, leaving), record);
        let sealed = chain.seal(&encoded.receipt).unwrap();
        let line: Value = serde_json::from_str(sealed.text()).unwrap();
        chain.accept(&sealed);
        assert_eq!(faults(&schema, &line), [""; 0], "{line}");
        let outcome = line["outcome"].as_str().unwrap().to_owned();
        let because: &[&str] = match &*outcome {
            "refused" | "failed" => &["reason", "code", "recovery"],
            _ => &[],
        };
        for entry in ALWAYS.iter().chain(because) {
            let mut without = line.clone();
            assert!(without.as_object_mut().unwrap().remove(*entry).is_some(), "{entry}: {line}");
            assert!(!schema.is_valid(&without), "{outcome} without {entry}");
        }
        entries.extend(line.as_object().unwrap().keys().cloned());
        *outcomes.entry(outcome).or_insert(0) += 1;
    }
    let outcomes: Vec<_> = outcomes.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(outcomes, [("done", 80), ("failed", 10), ("refused", 10)]);
    // An entry that the schema does not know is a mistake of one of the two.
    for name in &entries {
        let text = std::fs::read_to_string(root().join("schemas/receipt.json")).unwrap();
        let known: Value = serde_json::from_str(&text).unwrap();
        assert!(known["properties"].get(name).is_some(), "{name}");
    }
}
