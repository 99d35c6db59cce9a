// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards that hold every kind of part: the example profiles encoded, read by a small reader that
//! shares nothing with the library but the transport, and compared with bytes put together by hand.
#![cfg(feature = "emulator")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails loudly"
)]

mod common;
mod contents {
    mod directory;
    mod library;
    mod log;
    mod parking;
    mod staff;
    mod ticket;
    pub(crate) mod world;
}

use cardwright::emulator::Model;
use cardwright::encode::Outcome;
use contents::world::{CARDS, job_and_records};

/// Whatever stands in its records, each card is done, and known to be when it comes back.
#[test]
fn every_record_of_every_card_is_encoded_and_known_again() {
    for card in &CARDS {
        let (job, records) = job_and_records(card);
        assert_eq!(records.len(), 3, "{}", card.name);
        for model in [Model::Ev1_8k, Model::Ev2_8k, Model::Ev3_8k] {
            let mut encoder = common::encoder(&job);
            for (number, record) in (0..).zip(&records) {
                let mut card = common::card(model, number);
                let (encoded, _) = common::encode(&mut encoder, &mut card, record);
                assert_eq!(encoded.outcome, Outcome::Done, "{model} {record:?}");
                card.reset();
                let (encoded, _) = common::encode(&mut encoder, &mut card, record);
                assert_eq!(encoded.outcome, Outcome::AlreadyDone, "{model} {record:?}");
                card.reset();
                let other = &records[(usize::from(number) + 1) % 3];
                let (encoded, _) = common::encode(&mut encoder, &mut card, other);
                assert!(matches!(encoded.outcome, Outcome::Refused(_)), "{model} {record:?}");
            }
        }
    }
}
