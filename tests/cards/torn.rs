// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards that are taken away and presented again with another record, or that come back without an
//! application. Cards that come back as they left are torn everywhere in `tests/cards/tear.rs`.

use crate::common::{Kinds, card, encode, encoder, every_kind, issuer_key, job};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoder, Job, Outcome, Recovery, Refusal, Wrote};
use cardwright::host::Session;
use cardwright::key::CardKey;
use cardwright::profile::{Record, Records};
use cardwright::transport::{InField, Moment, Tear};
use cardwright::wire::{Aid, KeyNo, KeyVersion, Opening};
use rand::rngs::StdRng;

/// What a torn card holds is another record's; whoever comes next gets a card of his own, as long
/// as it is not finished.
#[test]
fn another_record_takes_over_what_was_torn() {
    for (profile, model) in ALL_KINDS {
        let (job, records) = every_kind(profile);
        let (_, undisturbed) = encode(&mut encoder(&job), &mut card(model, 1), &records[1]);
        let mut taken_over = 0;
        for exchange in 0..undisturbed.len() {
            let mut card = card(model, 1);
            let mut encoder = encoder(&job);
            let _wrote =
                torn(&mut encoder, &mut card, &records[0], exchange, Moment::AfterExecution);
            card.reset();
            let (encoded, _) = encode(&mut encoder, &mut card, &records[1]);
            match encoded.outcome {
                Outcome::Done => taken_over += 1,
                Outcome::Refused(Refusal::AnotherRecord) => continue,
                outcome @ (Outcome::AlreadyDone
                | Outcome::Prepared
                | Outcome::Written(_)
                | Outcome::Refused(_)
                | Outcome::Failed(_)) => {
                    panic!("{profile:?} torn at exchange {exchange}: {outcome:?}")
                }
            }
            card.reset();
            let (encoded, _) = encode(&mut encoder, &mut card, &records[1]);
            assert_eq!(encoded.outcome, Outcome::AlreadyDone, "torn at exchange {exchange}");
        }
        assert!(taken_over > undisturbed.len() / 2, "{taken_over} of {}", undisturbed.len());
    }
}

const ALL_KINDS: [(Kinds, Model); 5] = [
    (Kinds::Canteen, Model::Ev1_4k),
    (Kinds::Canteen, Model::Ev2_8k),
    (Kinds::Canteen, Model::Ev3_2k),
    (Kinds::Legacy, Model::D40_4k),
    (Kinds::Legacy, Model::Ev1_2k),
];

#[test]
fn an_application_that_went_missing_is_made_again() {
    let job = job(include_str!("../../examples/data/profiles/campus.toml"));
    let records = include_bytes!("../../examples/data/campus-records.jsonl");
    let records = Records::json_lines(job.profile(), records).unwrap();
    let record = records.entries[0].as_ref().unwrap();
    for (model, opening) in [(Model::Ev1_4k, Opening::Aes), (Model::Ev2_4k, Opening::Ev2First)] {
        for missing in [[0xF5, 0xC0, 0x01], [0xF5, 0xC0, 0x02]] {
            let mut card = card(model, 1);
            let (encoded, _) = encode(&mut encoder(&job), &mut card, record);
            assert_eq!(encoded.outcome, Outcome::Done);
            card.reset();
            let session = Session::open(&mut card);
            let session = session.authenticate(opening, KeyNo::MASTER, &campus_picc(), &[0x17; 16]);
            let _answer = session.unwrap().delete_application(Aid::new(missing)).unwrap();
            for outcome in [Outcome::Done, Outcome::AlreadyDone] {
                card.reset();
                let (encoded, _) = encode(&mut encoder(&job), &mut card, record);
                assert_eq!(encoded.outcome, outcome, "{model} {missing:02X?}");
            }
        }
    }
}

/// The PICC master key of the campus cards, which is the same on every one.
fn campus_picc() -> CardKey {
    CardKey::aes(&issuer_key("picc", 2).try_into().unwrap(), KeyVersion(2))
}

fn torn(
    encoder: &mut Encoder<&Job, StdRng>,
    card: &mut SoftCard,
    record: &Record,
    exchange: usize,
    moment: Moment,
) -> Wrote {
    let uid = card.uid();
    let mut torn = Tear::new(card, exchange, moment);
    let encoded = encoder.encode(InField::new(uid, &mut torn), record);
    assert!(torn.torn());
    assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{:?}", encoded.outcome);
    assert_eq!(encoded.receipt.recovery, Some(Recovery::PresentAgain));
    encoded.receipt.wrote
}
