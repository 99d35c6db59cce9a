// SPDX-License-Identifier: MIT OR Apache-2.0
//! A whole card and a whole tag on the software card, and an address: time, allocations, exchanges and bytes.
//!
//! The demonstration card and a tag that mirrors are encoded from the factory state to their proof, both pens
//! included.
//! Times are good as ratios within one run; exchanges, bytes and allocations are exact.

#![expect(clippy::print_stdout, reason = "the exact figures go to stdout before the times")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot start may stop")]

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoder, Job, Outcome, Task};
use cardwright::iso14443::RealUid;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::sdm::{Memory, Verifier};
use cardwright::transport::InField;
use cardwright::wire::Messaging;
use divan::{AllocProfiler, Bencher};
use rand::SeedableRng;
use rand::rngs::StdRng;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

const MESSAGING: [Messaging; 2] = [Messaging::Ev1, Messaging::Ev2];

const SUITES: [&str; 2] = ["aes", "lrp"];

fn main() {
    for messaging in MESSAGING {
        let job = job(messaging);
        let mut card = card();
        assert_eq!(encode(&job, &record(&job), &mut card), Outcome::Done);
        print(&messaging.to_string(), &card);
    }
    let (job, mut tag) = (tag_job("aes"), tag());
    let record = tag_record(&job);
    assert_eq!(encode(&job, &record, &mut tag), Outcome::Done);
    print("tag", &tag);
    divan::main();
}

fn print(what: &str, card: &SoftCard) {
    let tally = card.tally();
    println!(
        "{what}: {} exchanges, {} bytes to the card, {} from it, predicted card time {:.1} ms",
        tally.exchanges,
        tally.received,
        tally.sent,
        card.clock().as_secs_f64() * 1e3,
    );
}

/// What a server does with an address whose counter is the first that it sees of a tag.
#[divan::bench(args = SUITES)]
fn verified_address(bencher: Bencher<'_, '_>, suite: &str) {
    let job = tag_job(suite);
    let (verifier, record) = (Verifier::new(&job).unwrap(), tag_record(&job));
    let uid = RealUid::new([0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x01]);
    let address = verifier.example(&record, (&uid, 7), [7; 16]).unwrap();
    bencher
        .with_inputs(Memory::default)
        .bench_refs(|counters| verifier.verify(&address, &*counters).unwrap());
}

#[divan::bench]
fn whole_tag(bencher: Bencher<'_, '_>) {
    let job = tag_job("aes");
    let record = tag_record(&job);
    bencher.with_inputs(tag).bench_refs(|tag| encode(&job, &record, tag));
}

/// Back to what it came as.
#[divan::bench]
fn recycled_tag(bencher: Bencher<'_, '_>) {
    let (job, mut made) = (tag_job("aes"), tag());
    let record = tag_record(&job);
    assert_eq!(encode(&job, &record, &mut made), Outcome::Done);
    made.reset();
    let recycle = job.with_task(Task::Recycle).unwrap();
    assert_eq!(encode(&recycle, &record, &mut made.clone()), Outcome::Done);
    bencher.with_inputs(|| made.clone()).bench_refs(|tag| encode(&recycle, &record, tag));
}

/// Of a tag that mirrors in this suite.
fn tag_job(suite: &str) -> Job {
    let profile = include_str!("../examples/data/profiles/sun.toml");
    let profile = profile.replace("sdm = {", &format!("sdm = {{ suite = {suite:?},"));
    let keys = KeyFile::parse(include_str!("../examples/data/test-keys.toml")).unwrap();
    Job::new(Profile::parse(&profile).unwrap(), &keys).unwrap()
}

fn tag_record(job: &Job) -> Record {
    let csv = include_bytes!("../examples/data/sun-records.csv");
    let records = Records::csv(job.profile(), csv).unwrap();
    records.entries.first().unwrap().as_ref().unwrap().clone()
}

fn tag() -> SoftCard {
    SoftCard::new(Model::Ntag424, RealUid::new([0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x01]), 1)
}

#[divan::bench(args = MESSAGING)]
fn whole_card(bencher: Bencher<'_, '_>, messaging: Messaging) {
    let job = job(messaging);
    let record = record(&job);
    bencher.with_inputs(card).bench_refs(|card| encode(&job, &record, card));
}

fn job(messaging: Messaging) -> Job {
    let profile = Profile::parse(include_str!("../examples/data/profiles/door.toml")).unwrap();
    let keys = KeyFile::parse(include_str!("../examples/data/test-keys.toml")).unwrap();
    Job::new(profile, &keys).unwrap().with_messaging(messaging).unwrap()
}

fn record(job: &Job) -> Record {
    let csv = include_bytes!("../examples/data/door-records.csv");
    let records = Records::csv(job.profile(), csv).unwrap();
    records.entries.first().unwrap().as_ref().unwrap().clone()
}

fn card() -> SoftCard {
    SoftCard::new(Model::Ev2_8k, RealUid::new([0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x01]), 1)
}

fn encode(job: &Job, record: &Record, card: &mut SoftCard) -> Outcome {
    let uid = card.uid();
    let mut encoder = Encoder::new(job).with_rng(StdRng::seed_from_u64(7));
    encoder.encode(InField::new(uid, card), record).outcome
}
