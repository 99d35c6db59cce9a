// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards as they come in the field: other products, cards that somebody set up, clones, and what
//! readers show of them. Each is refused by name with nothing changed, or done, and never left half.

mod clones;
mod others;
mod products;
mod settings;
mod shown;
mod start;

use cardwright::emulator::SoftCard;
use cardwright::encode::{Encoded, Job, Outcome, Refusal, Wrote};
use cardwright::iso14443::Uid;
use cardwright::profile::{Profile, Record, Records};
use cardwright::transport::{InField, LinkError, ReplyBuf, Transport};
use serde_json::Value;

use crate::common::{doing, encoder};

/// A card that answers some commands itself, or shows another UID.
struct Odd<'c, A> {
    card: &'c mut SoftCard,
    uid: Uid,
    /// Answers a command in the card's place, or `None`.
    answers: A,
    /// The instructions that were sent, and the first byte of what they bring.
    sent: Vec<(u8, Option<u8>)>,
}

impl<'c, A: FnMut(&[u8], &mut SoftCard) -> Option<Vec<u8>>> Odd<'c, A> {
    fn new(card: &'c mut SoftCard, answers: A) -> Self {
        let uid = card.uid();
        Self { card, uid, answers, sent: Vec::new() }
    }

    fn encode(&mut self, job: &Job, record: &Record) -> Encoded {
        self.card.reset();
        let uid = self.uid.clone();
        encoder(job).encode(InField::new(uid, self), record)
    }

    fn was_sent(&self, ins: u8) -> bool {
        self.sent.iter().any(|(sent, _)| *sent == ins)
    }
}

impl<A: FnMut(&[u8], &mut SoftCard) -> Option<Vec<u8>>> Transport for Odd<'_, A> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.sent.push((command[1], command.get(5).copied().filter(|_| command.len() > 5)));
        match (self.answers)(command, self.card) {
            Some(answer) => {
                reply.clear();
                reply.try_extend_from_slice(&answer).unwrap();
                Ok(())
            }
            None => self.card.exchange(command, reply),
        }
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        Ok(Some(self.uid.clone()))
    }

    fn is_software(&self) -> bool {
        true
    }
}

/// One exchange with a card.
fn raw(card: &mut SoftCard, command: &[u8]) -> Vec<u8> {
    let mut reply = ReplyBuf::new();
    card.exchange(command, &mut reply).unwrap();
    reply.to_vec()
}

fn with(job: &Job, card: &mut SoftCard, record: &Record) -> Encoded {
    card.reset();
    let uid = card.uid();
    encoder(job).encode(InField::new(uid, card), record)
}

/// What a job ends with, and that a card which it refuses is as it was.
#[track_caller]
fn refused(job: &Job, card: &mut SoftCard, record: &Record) -> Refusal {
    let before = card.save();
    let encoded = with(job, card, record);
    assert_eq!(card.save(), before, "{:?}", encoded.outcome);
    assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
    assert!(!encoded.receipt.keyed);
    let Outcome::Refused(refusal) = encoded.outcome else { panic!("{:?}", encoded.outcome) };
    refusal
}

/// Whether a card is what was asked for, proven or not.
const fn whole(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Done | Outcome::AlreadyDone | Outcome::Written(_))
}

fn first_record(profile: &Profile, records: &str) -> Record {
    let records = Records::csv(profile, records.as_bytes()).unwrap();
    records.entries.into_iter().next().unwrap().unwrap()
}

/// A card whose saved state is changed.
fn changed_state(card: &SoftCard, change: impl FnOnce(&mut Value)) -> SoftCard {
    let mut saved: Value = serde_json::from_slice(&card.save()).unwrap();
    change(&mut saved);
    SoftCard::restore(saved.to_string().as_bytes(), 7).unwrap()
}
