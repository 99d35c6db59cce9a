// SPDX-License-Identifier: MIT OR Apache-2.0
//! A whole card on the software card: time, allocations, exchanges and bytes.
//!
//! The demonstration card is encoded from the factory state to its proof, both pens included.
//! Times are good as ratios within one run; exchanges, bytes and allocations are exact.

#![expect(clippy::print_stdout, reason = "the exact figures go to stdout before the times")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot start may stop")]

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoder, Job, Outcome};
use cardwright::iso14443::RealUid;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::transport::InField;
use cardwright::wire::Messaging;
use divan::{AllocProfiler, Bencher};
use rand::SeedableRng;
use rand::rngs::StdRng;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

const MESSAGING: [Messaging; 2] = [Messaging::Ev1, Messaging::Ev2];

fn main() {
    for messaging in MESSAGING {
        let job = job(messaging);
        let mut card = card();
        assert_eq!(encode(&job, &record(&job), &mut card), Outcome::Done);
        let tally = card.tally();
        println!(
            "{messaging}: {} exchanges, {} bytes to the card, {} from it, predicted card time {:.1} ms",
            tally.exchanges,
            tally.received,
            tally.sent,
            card.clock().as_secs_f64() * 1e3,
        );
    }
    divan::main();
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
