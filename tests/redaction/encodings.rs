// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whole encodings, good and bad: their outcomes, receipts, traces and logs.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoder, Job, Outcome, OutcomeName, batch_mark};
use cardwright::iso14443::{RealUid, Uid};
use cardwright::keys::KeyFile;
use cardwright::profile::{Record, Records};
use cardwright::transport::{InField, LinkError, Moment, ReplyBuf, Tear, Trace, Transport};
use cardwright::wire::Messaging;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::log::Log;
use super::observed::{observed, searched};
use super::world::{MASTER, PICC, UID, canaries, card, csv, job, key_file, profile, records};

const RUNS: [(Messaging, Model); 3] = [
    (Messaging::Ev1, Model::Ev1_8k),
    (Messaging::Ev1, Model::Ev3_8k),
    (Messaging::Ev2, Model::Ev2_8k),
];

#[test]
fn a_card_that_is_encoded_or_refused_shows_nothing_but_its_uid_to_the_caller() {
    let canaries = canaries();
    for (messaging, model) in RUNS {
        let job = job().with_messaging(messaging).unwrap();
        let records = records(&job);
        let mut card = card(model);
        for (record, expected) in [
            (&records[0], OutcomeName::Done),
            (&records[0], OutcomeName::AlreadyDone),
            // It names another card.
            (&records[1], OutcomeName::Refused),
        ] {
            card.reset();
            let uid = card.uid();
            let encoded = observed(&canaries, &job, uid, &mut card, record);
            assert_eq!(encoded.receipt.outcome, expected, "{:?}", encoded.outcome);
            assert_eq!(encoded.uid.unwrap().expose(), &UID, "the caller gets the UID");
        }
    }
}

#[test]
fn a_finished_card_with_other_contents_shows_neither_contents() {
    let (canaries, job) = (canaries(), job());
    let without_uids: String =
        csv().lines().map(|line| format!("{}\n", line.split_once(',').unwrap().1)).collect();
    let records = Records::csv(job.profile(), without_uids.as_bytes()).unwrap().entries;
    let mut card = card(Model::Ev2_8k);
    for (record, expected) in records.iter().zip([OutcomeName::Done, OutcomeName::Refused]) {
        card.reset();
        let uid = card.uid();
        let encoded = observed(&canaries, &job, uid, &mut card, record.as_ref().unwrap());
        assert_eq!(encoded.receipt.outcome, expected, "{:?}", encoded.outcome);
    }
}

#[test]
fn a_card_with_wrong_keys_shows_none_of_them() {
    let (canaries, job) = (canaries(), job());
    let swapped = key_file()
        .replace(&hex::encode_upper(PICC), "swap")
        .replace(&hex::encode_upper(MASTER), &hex::encode_upper(PICC))
        .replace("swap", &hex::encode_upper(MASTER));
    let swapped = Job::new(profile(), &KeyFile::parse(&swapped).unwrap()).unwrap();
    let record = &records(&job)[0];
    let mut card = card(Model::Ev2_8k);
    let uid = card.uid();
    let encoded = observed(&canaries, &job, uid.clone(), &mut card, record);
    assert_eq!(encoded.outcome, Outcome::Done);
    card.reset();
    let encoded = observed(&canaries, &swapped, uid, &mut card, record);
    assert_eq!(encoded.receipt.outcome, OutcomeName::Refused, "{:?}", encoded.outcome);
}

#[test]
fn a_card_presented_with_another_uid_shows_neither() {
    let (canaries, job) = (canaries(), job());
    let record = &records(&job)[1];
    let uid = Uid::Real(RealUid::new(super::world::OTHER_UID));
    let encoded = observed(&canaries, &job, uid, &mut card(Model::Ev2_8k), record);
    assert_eq!(encoded.receipt.outcome, OutcomeName::Failed);
}

#[test]
fn a_torn_card_shows_nothing_wherever_it_was_torn() {
    let canaries = canaries();
    for (messaging, model) in RUNS {
        let job = job().with_messaging(messaging).unwrap();
        let record = &records(&job)[0];
        for exchange in 0..exchanges(&job, model, record) {
            for moment in [Moment::BeforeExecution, Moment::AfterExecution] {
                let mut card = card(model);
                let uid = card.uid();
                let mut torn = Tear::new(&mut card, exchange, moment);
                let encoded = observed(&canaries, &job, uid.clone(), &mut torn, record);
                assert_eq!(encoded.receipt.outcome, OutcomeName::Failed);
                card.reset();
                let encoded = observed(&canaries, &job, uid, &mut card, record);
                assert!(matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone));
            }
        }
    }
}

#[test]
fn tampered_replies_show_nothing() {
    let canaries = canaries();
    let mut broken = 0;
    for (messaging, model) in RUNS {
        let job = job().with_messaging(messaging).unwrap();
        let record = &records(&job)[0];
        for exchange in 0..exchanges(&job, model, record) {
            for harm in [Harm::FirstByte, Harm::Status, Harm::Cut, Harm::Longer, Harm::Echo] {
                let mut card = card(model);
                let uid = card.uid();
                let mut tamper = Tamper { inner: &mut card, left: exchange, harm };
                let encoded = observed(&canaries, &job, uid, &mut tamper, record);
                let fine = matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone);
                broken += usize::from(!fine);
            }
        }
    }
    assert!(broken > 100, "tampering did no harm: {broken}");
}

#[test]
fn a_record_that_cannot_be_read_shows_nothing_in_its_receipt() {
    let (canaries, job) = (canaries(), job());
    let lines = csv().replace("7305948216", "73059482160000");
    let records = Records::csv(job.profile(), lines.as_bytes()).unwrap();
    let error = records.entries[0].as_ref().unwrap_err();
    let mut encoded = None;
    let log = Log::of(|| {
        let mark = batch_mark(&job, lines.as_bytes()).unwrap();
        let encoder = Encoder::new(&job).with_rng(StdRng::seed_from_u64(5)).with_batch(mark);
        canaries.absent_from_debug("an encoder with a batch", &encoder);
        encoded = Some(encoder.refuse(error));
    });
    canaries.absent_from("the log", &log);
    let encoded = encoded.unwrap();
    assert!(encoded.receipt.reason.as_ref().unwrap().contains("line 2"));
    searched(&canaries, &encoded);
}

fn exchanges(job: &Job, model: Model, record: &Record) -> usize {
    let mut card = card(model);
    let uid = card.uid();
    let mut trace = Trace::new(&mut card);
    let mut encoder = Encoder::new(job).with_rng(StdRng::seed_from_u64(5));
    let encoded = encoder.encode(InField::new(uid, &mut trace), record);
    assert_eq!(encoded.outcome, Outcome::Done);
    trace.exchanges().len()
}

/// A card one of whose replies comes changed.
pub(super) struct Tamper<'c> {
    pub(super) inner: &'c mut SoftCard,
    pub(super) left: usize,
    pub(super) harm: Harm,
}

#[derive(Clone, Copy)]
pub(super) enum Harm {
    FirstByte,
    Status,
    Cut,
    Longer,
    /// The command comes back, contents and all, with a status word.
    Echo,
}

impl Transport for Tamper<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.inner.exchange(command, reply)?;
        let here = self.left == 0;
        self.left = self.left.wrapping_sub(1);
        if !here {
            return Ok(());
        }
        let data = reply.len() - 2;
        match self.harm {
            Harm::FirstByte => reply[0] ^= 0x01,
            Harm::Status => reply[data + 1] = 0x7E,
            Harm::Cut if data > 0 => drop(reply.remove(0)),
            Harm::Cut => reply[data] = 0x90,
            Harm::Longer => reply.insert(0, 0x00),
            Harm::Echo => {
                reply.clear();
                reply.extend(command.iter().copied().skip(5).chain([0x91, 0x00]));
            }
        }
        Ok(())
    }

    fn is_software(&self) -> bool {
        true
    }
}
