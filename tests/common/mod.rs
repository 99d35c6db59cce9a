// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the tests of whole cards share: the demonstration job, software cards, one encoding.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod reader;
pub(crate) mod reader_des;
pub(crate) mod store;

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoded, Encoder, Job, OneWay, Task};
use cardwright::iso14443::RealUid;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::transport::{Exchange, InField, Trace};
use rand::SeedableRng;
use rand::rngs::StdRng;

pub(crate) const DOOR: &str = include_str!("../../examples/data/profiles/door.toml");
pub(crate) const DOOR_RECORDS: &str = include_str!("../../examples/data/door-records.csv");
pub(crate) const KEYS: &str = include_str!("../../examples/data/test-keys.toml");

/// The demonstration profile with lines replaced: `("verify = ", "verify = \"mac\"")` replaces
/// the line that starts with the first by the second, or adds it to `[profile]` / `[transport]`.
pub(crate) fn door(changes: &[(&str, &str)]) -> String {
    changed(DOOR, changes)
}

/// A profile text with whole lines replaced. Every line named must be there.
pub(crate) fn changed(text: &str, changes: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (start, line) in changes {
        let old = text.lines().find(|old| old.starts_with(start));
        let old = old.unwrap_or_else(|| panic!("no line starts with {start}")).to_owned();
        text = text.replacen(&old, line, 1);
    }
    text
}

pub(crate) fn job(profile: &str) -> Job {
    let profile = Profile::parse(profile).unwrap_or_else(|error| panic!("{error}"));
    Job::new(profile, &KeyFile::parse(KEYS).unwrap()).unwrap().allowing(&OneWay::ALL)
}

/// The bytes of a key of the test keys.
pub(crate) fn issuer_key(name: &str, version: u8) -> Vec<u8> {
    let (name, version) = (format!("name = {name:?}\n"), format!("version = {version}\n"));
    let mut entries = KEYS.split("[[key]]");
    let entry = entries.find(|entry| entry.contains(&name) && entry.contains(&version));
    let value = entry.unwrap().split("value = \"").nth(1).unwrap();
    hex::decode(value.split('"').next().unwrap()).unwrap()
}

/// The records of the demonstration batch, all of them good.
pub(crate) fn door_records(job: &Job) -> Vec<Record> {
    let records = Records::csv(job.profile(), DOOR_RECORDS.as_bytes()).unwrap();
    records.entries.iter().map(|entry| entry.as_ref().unwrap().clone()).collect()
}

/// A card from the factory whose UID depends on `number`.
pub(crate) fn card(model: Model, number: u8) -> SoftCard {
    SoftCard::new(model, RealUid::new([0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, number]), number.into())
}

pub(crate) fn encoder(job: &Job) -> Encoder<&Job, StdRng> {
    Encoder::new(job).with_rng(StdRng::seed_from_u64(7))
}

/// Encodes one card and lists the exchanges.
pub(crate) fn encode(
    encoder: &mut Encoder<&Job, StdRng>,
    card: &mut SoftCard,
    record: &Record,
) -> (Encoded, Vec<Exchange>) {
    let uid = card.uid();
    let mut trace = Trace::new(card);
    let encoded = encoder.encode(InField::new(uid, &mut trace), record);
    let exchanges = trace.exchanges().to_vec();
    (encoded, exchanges)
}

/// The same job with another task.
pub(crate) fn doing(job: &Job, task: Task) -> Job {
    job.clone().with_task(task).unwrap()
}

/// Puts a card on the reader anew, and does the job.
pub(crate) fn present(job: &Job, card: &mut SoftCard, record: &Record) -> Encoded {
    card.reset();
    encode(&mut encoder(job), card, record).0
}

/// The demonstration records with a `uid` column that names the same card in each.
pub(crate) fn with_uid_column(uid: &str) -> String {
    let mut lines = DOOR_RECORDS.lines();
    let header = lines.next().into_iter().map(|line| format!("{line},uid\n"));
    header.chain(lines.map(|line| format!("{line},{uid}\n"))).collect()
}

/// The example profiles that have every kind of file between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kinds {
    /// 3K3DES keys, value file, cyclic records, a file written once, ISO names, random UID.
    Canteen,
    /// 2K3DES keys in D40 messaging, backup file, value file, linear records.
    Legacy,
}

/// The job of one of them, with its records.
pub(crate) fn every_kind(kinds: Kinds) -> (Job, Vec<Record>) {
    let (profile, records) = match kinds {
        Kinds::Canteen => (
            include_str!("../../examples/data/profiles/canteen.toml"),
            include_str!("../../examples/data/canteen-records.csv"),
        ),
        Kinds::Legacy => (
            include_str!("../../examples/data/profiles/legacy.toml"),
            include_str!("../../examples/data/legacy-records.csv"),
        ),
    };
    let job = job(profile);
    let records = Records::csv(job.profile(), records.as_bytes()).unwrap();
    let records = records.entries.iter().map(|entry| entry.as_ref().unwrap().clone()).collect();
    (job, records)
}

/// The job of the made-up chip whose applications and files are there from the factory, with its
/// records.
pub(crate) fn fixed() -> (Job, Vec<Record>) {
    fixed_as(FIXED)
}

/// The same with another profile text.
pub(crate) fn fixed_as(text: &str) -> (Job, Vec<Record>) {
    let keys = KeyFile::parse(include_str!("../profiles/keys.toml")).unwrap();
    let job = Job::new(Profile::parse(text).unwrap(), &keys).unwrap();
    let records = include_str!("../profiles/records.csv");
    let records = Records::csv(job.profile(), records.as_bytes()).unwrap();
    let records = records.entries.iter().map(|entry| entry.as_ref().unwrap().clone()).collect();
    (job, records)
}

pub(crate) const FIXED: &str = include_str!("../profiles/fixed.toml");

/// The commands that change what a card holds: CreateApplication, CreateStdDataFile, CreateBackupDataFile, WriteData, CommitTransaction,
/// ChangeKey, ChangeKeySettings, DeleteApplication, DeleteFile, FormatPICC, CreateValueFile,
/// CreateLinearRecordFile, CreateCyclicRecordFile, WriteRecord, ChangeFileSettings,
/// SetConfiguration, Credit, Debit, LimitedCredit, ClearRecordFile, WriteData and WriteRecord in one APDU,
/// CreateTransactionMACFile, InitializeKeySet, ChangeKeyEV2, FinalizeKeySet, RollKeySet and
/// CreateDelegatedApplication.
pub(crate) const CHANGING: [u8; 28] = [
    0xCA, 0xCD, 0xCB, 0x3D, 0xC7, 0xC4, 0x54, 0xDA, 0xDF, 0xFC, 0xCC, 0xC1, 0xC0, 0x3B, 0x5F, 0x5C,
    0x0C, 0xDC, 0x1C, 0xEB, 0x8D, 0x8B, 0xCE, 0x56, 0xC6, 0x57, 0x55, 0xC9,
];
