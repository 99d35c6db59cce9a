// SPDX-License-Identifier: MIT OR Apache-2.0
//! Several readers at once: threads that share a job, each with an encoder of its own.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails loudly"
)]

mod common;

use std::sync::Arc;
use std::thread;

use cardwright::emulator::Model;
use cardwright::encode::{Encoder, Outcome, Presented};
use common::{card, door, door_records, job};
use rand::SeedableRng;
use rand::rngs::StdRng;

#[test]
fn four_threads_encode_their_shares_of_a_batch() {
    let job = Arc::new(job(&door(&[])));
    let records = door_records(&job);
    let stations: Vec<_> = (0_u8..4)
        .map(|station| {
            let job = Arc::clone(&job);
            let share: Vec<_> = records.iter().skip(station.into()).step_by(4).cloned().collect();
            thread::spawn(move || {
                let mut encoder = Encoder::new(job, StdRng::seed_from_u64(station.into()));
                let encode = |record| {
                    let mut card = card(Model::Ev2_8k, station);
                    let uid = card.uid();
                    encoder.encode(Presented { uid, transport: &mut card }, record)
                };
                share.iter().map(encode).collect::<Vec<_>>()
            })
        })
        .collect();
    let mut done: Vec<String> = Vec::new();
    for station in stations {
        for encoded in station.join().unwrap() {
            assert_eq!(encoded.outcome, Outcome::Done);
            done.push(encoded.receipt.record);
        }
    }
    done.sort_unstable();
    let expected: Vec<String> = (1..=200).map(|number| format!("demo-{number:04}")).collect();
    assert_eq!(done, expected);
}
