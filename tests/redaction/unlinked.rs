// SPDX-License-Identifier: MIT OR Apache-2.0
//! A receipt names its card by an HMAC under the tenant's receipt key. Whoever has the key finds a
//! card's receipts; once it is deleted nobody does, though every UID there is were tried.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoder, Job, Outcome, Receipt};
use cardwright::iso14443::RealUid;
use cardwright::keys::KeyFile;
use cardwright::profile::{Record, Records};
use cardwright::transport::InField;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::world::{RECEIPT, csv, key_file, profile};

/// UIDs of a small stock, all of which anybody may try.
fn uids() -> impl Iterator<Item = [u8; 7]> {
    (0..=u8::MAX).map(|last| [0x04, 0x6B, 0x31, 0x9C, 0xD2, 0xA0, last])
}

fn job(keys: &str) -> Job {
    Job::new(profile(), &KeyFile::parse(keys).unwrap()).unwrap()
}

fn record(job: &Job) -> Record {
    let lines = csv();
    let lines = lines.lines().map(|line| format!("{}\n", line.split_once(',').unwrap().1));
    let records = Records::csv(job.profile(), lines.collect::<String>().as_bytes()).unwrap();
    records.entries.into_iter().next().unwrap().unwrap()
}

/// The receipt of a blank card with this UID, under the receipt key of a job.
fn receipt(job: &Job, uid: [u8; 7]) -> Receipt {
    let mut card = SoftCard::new(Model::Ev2_8k, RealUid::new(uid), 3);
    let uid = card.uid();
    let mut encoder = Encoder::new(job).with_rng(StdRng::seed_from_u64(9));
    let encoded = encoder.encode(InField::new(uid, &mut card), &record(job));
    assert_eq!(encoded.outcome, Outcome::Done);
    encoded.receipt
}

#[test]
fn deleting_the_receipt_key_unlinks_all_receipts_from_their_cards() {
    let before = job(&key_file());
    let cards: Vec<[u8; 7]> = uids().step_by(51).collect();
    let receipts: Vec<Receipt> = cards.iter().map(|uid| receipt(&before, *uid)).collect();

    // With the key, trying UIDs finds each receipt's card.
    for (uid, kept) in cards.iter().zip(&receipts) {
        assert_eq!(receipt(&before, *uid).card, kept.card);
    }

    // Without it there is another one, under which no UID gives any of the references.
    let deleted = hex::encode_upper(RECEIPT);
    let after = job(&key_file().replace(&deleted, &deleted.chars().rev().collect::<String>()));
    for uid in uids() {
        let reference = receipt(&after, uid).card;
        assert!(receipts.iter().all(|kept| kept.card != reference));
    }

    // And nothing else in a receipt tells cards apart.
    let anonymous = |receipt: &Receipt| {
        let mut receipt = receipt.clone();
        receipt.card = None;
        (receipt.started, receipt.finished) = (String::new(), String::new());
        receipt.to_line().unwrap()
    };
    let first = anonymous(&receipts[0]);
    assert!(receipts.iter().all(|receipt| anonymous(receipt) == first));
}
