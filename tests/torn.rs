// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards that are taken away at every exchange, before and after the card executes it, and
//! presented again.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails loudly"
)]

mod common;

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoder, Job, Outcome, Presented, Recovery, Refusal, Wrote};
use cardwright::host::{Scheme, Session};
use cardwright::key::CardKey;
use cardwright::profile::{Messaging, Record, Records};
use cardwright::transport::{Moment, Tear};
use cardwright::wire::{Aid, KeyNo, KeyVersion};
use common::{
    CHANGING, Kinds, card, door, door_records, encode, encoder, every_kind, issuer_key, job,
};
use rand::rngs::StdRng;

#[test]
fn the_demonstration_card_is_completed_wherever_it_was_torn() {
    for (messaging, model) in [(Messaging::Ev1, Model::Ev1_8k), (Messaging::Ev2, Model::Ev2_8k)] {
        for verify in ["mac", "key", "read-back", "every-key"] {
            let text = door(&[("verify = ", &format!("verify = \"{verify}\""))]);
            let job = job(&text).with_messaging(messaging).unwrap();
            tear_everywhere(&job, model, &door_records(&job)[0]);
        }
    }
}

#[test]
fn every_order_of_keys_and_settings_is_completed_wherever_it_was_torn() {
    let changes: [&[(&str, &str)]; 8] = [
        &[("change = ", "change = \"same\"")],
        &[("change = ", "change = \"never\"")],
        &[("change = ", "change = \"write\"")],
        &[("change = ", "change = \"never\"\nsettings_changeable = false")],
        &[("change = ", "change = \"never\"\nkey_changeable = false")],
        &[("free_list = ", "free_list = false\nkey_changeable = false")],
        &[("free_list = ", "free_list = false\nsettings_changeable = false")],
        &[("write = \"master\"", "write = \"write\"")],
    ];
    for changes in changes {
        let job = job(&door(changes));
        for model in [Model::Ev1_8k, Model::Ev3_8k] {
            tear_everywhere(&job, model, &door_records(&job)[0]);
        }
    }
}

#[test]
fn a_card_of_two_applications_is_completed_wherever_it_was_torn() {
    let job = job(include_str!("../examples/data/profiles/campus.toml"));
    let records = include_bytes!("../examples/data/campus-records.jsonl");
    let records = Records::json_lines(job.profile(), records).unwrap();
    let record = records.entries[0].as_ref().unwrap();
    for model in [Model::Ev1_4k, Model::Ev2_4k] {
        tear_everywhere(&job, model, record);
    }
}

#[test]
fn a_card_of_every_kind_of_file_is_completed_wherever_it_was_torn() {
    for (profile, model) in ALL_KINDS {
        let (job, records) = every_kind(profile);
        tear_everywhere(&job, model, &records[0]);
    }
}

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
                outcome @ (Outcome::AlreadyDone | Outcome::Refused(_) | Outcome::Failed(_)) => {
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
    let job = job(include_str!("../examples/data/profiles/campus.toml"));
    let records = include_bytes!("../examples/data/campus-records.jsonl");
    let records = Records::json_lines(job.profile(), records).unwrap();
    let record = records.entries[0].as_ref().unwrap();
    for (model, scheme) in [(Model::Ev1_4k, Scheme::Aes), (Model::Ev2_4k, Scheme::Ev2)] {
        for missing in [[0xF5, 0xC0, 0x01], [0xF5, 0xC0, 0x02]] {
            let mut card = card(model, 1);
            let (encoded, _) = encode(&mut encoder(&job), &mut card, record);
            assert_eq!(encoded.outcome, Outcome::Done);
            card.reset();
            let session = Session::open(&mut card);
            let session = session.authenticate(scheme, KeyNo::MASTER, &campus_picc(), &[0x17; 16]);
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

/// Tears a new card at every exchange, presents it again until it is done, and checks that it then
/// is the same card that an undisturbed encoding makes, and that nothing more is written to it.
fn tear_everywhere(job: &Job, model: Model, record: &Record) {
    let mut whole = card(model, 1);
    let (_, undisturbed) = encode(&mut encoder(job), &mut whole, record);
    for exchange in 0..undisturbed.len() {
        for moment in [Moment::BeforeExecution, Moment::AfterExecution] {
            let mut card = card(model, 1);
            let mut encoder = encoder(job);
            let wrote = torn(&mut encoder, &mut card, record, exchange, moment);
            card.reset();
            let (encoded, _) = encode(&mut encoder, &mut card, record);
            let at = format!("torn at exchange {exchange} {moment:?}, wrote {wrote:?}");
            assert!(
                matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone),
                "{at}: {:?}",
                encoded.outcome
            );
            card.reset();
            let (encoded, exchanges) = encode(&mut encoder, &mut card, record);
            assert_eq!(encoded.outcome, Outcome::AlreadyDone, "{at}");
            assert_eq!(encoded.receipt.wrote, Wrote::Nothing, "{at}");
            for exchange in exchanges {
                let ins = exchange.ins.unwrap();
                assert!(!CHANGING.contains(&ins), "{at}: {ins:02X} was sent to a finished card");
            }
            assert_eq!(held(&card), held(&whole), "{at}");
        }
    }
}

/// All that a card holds. A file that was made again takes its room twice and comes last, so free
/// memory and order stay aside.
fn held(card: &SoftCard) -> serde_json::Value {
    let mut state: serde_json::Value = serde_json::from_slice(&card.save()).unwrap();
    state["free"].take();
    for application in state["applications"].as_array_mut().unwrap() {
        let files = application["files"].as_array_mut().unwrap();
        files.sort_by_key(|file| file["no"].as_u64());
    }
    state
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
    let encoded = encoder.encode(Presented { uid, transport: &mut torn }, record);
    assert!(torn.torn());
    assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{:?}", encoded.outcome);
    assert_eq!(encoded.receipt.recovery, Some(Recovery::PresentAgain));
    encoded.receipt.wrote
}
