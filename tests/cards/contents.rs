// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards that hold every kind of part: the example profiles encoded, read by a small reader that
//! shares nothing with the library but the transport, and compared with bytes put together by hand.

mod agency;
mod barrier;
mod campus;
mod directory;
mod door_2;
mod fleet;
mod library;
mod log;
mod parking;
mod site;
mod staff;
mod ticket;
mod visitor;
pub(crate) mod world;

use std::path::Path;

use self::world::{CARDS, job_and_records};
use crate::common;
use cardwright::emulator::Model;
use cardwright::encode::Outcome;

/// Whatever stands in its records, each card is done, and known to be when it comes back.
#[test]
fn every_record_of_every_card_is_encoded_and_known_again() {
    for card in &CARDS {
        let (job, records) = job_and_records(card);
        let Some(records) = records.get(..3) else { panic!("too few records: {}", card.name) };
        for model in [Model::Ev1_8k, Model::Ev2_8k, Model::Ev3_8k] {
            let mut encoder = common::encoder(&job);
            for (number, record) in (0..).zip(records) {
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

/// The example profiles that are read back elsewhere, and by which test.
const ELSEWHERE: [(&str, &str, &str); 12] = [
    ("badge", "tests/cards/tags_jobs.rs", "a_badge_holds_what_was_computed_by_hand"),
    ("bolt", "tests/cards/tags_jobs.rs", "a_payment_tag_gives_addresses_of_the_published_form"),
    ("canteen", "tests/cards/kinds.rs", "a_canteen_card_holds_what_was_computed_by_hand"),
    ("delegated", "tests/cards/delegated.rs", "a_locker_card_holds_what_was_computed_by_hand"),
    ("door", "tests/cards/readback.rs", "the_first_record_is_on_the_card_as_computed_by_hand"),
    ("door-secure", "tests/cards/secure.rs", "a_secure_door_card_holds_what_a_door_card_holds"),
    ("legacy", "tests/cards/kinds.rs", "a_legacy_card_holds_what_was_computed_by_hand"),
    ("purse", "tests/cards/light.rs", "a_purse_holds_what_was_computed_by_hand"),
    ("purse-ev2", "tests/cards/counts.rs", "a_purse_that_counts_holds_what_was_computed_by_hand"),
    ("seal", "tests/cards/tags_jobs.rs", "a_seal_tells_its_wire_under_the_mac"),
    ("sun", "tests/cards/tags.rs", "a_phone_reads_the_address_that_was_computed_by_hand"),
    ("sun-lrp", "tests/cards/tags_lrp.rs", "the_example_in_lrp_gives_what_its_server_takes"),
];

/// No example profile goes without a test that reads its cards back.
#[test]
fn every_example_profile_is_read_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let entries = std::fs::read_dir(root.join("examples/data/profiles")).unwrap();
    let mut profiles: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    profiles.sort_unstable();
    let here = CARDS.iter().map(|card| card.name);
    let elsewhere = ELSEWHERE.iter().map(|(name, ..)| *name);
    let mut read: Vec<String> = here.chain(elsewhere).map(|name| format!("{name}.toml")).collect();
    read.sort_unstable();
    assert_eq!(profiles, read);
    for card in &CARDS {
        let test = text(&format!("tests/cards/contents/{}.rs", card.name.replace('-', "_")));
        assert!(test.contains(&format!("(\"{}\"", card.name)), "{}", card.name);
    }
    for (name, file, test) in ELSEWHERE {
        assert!(text(file).contains(&format!("#[test]\nfn {test}()")), "{name}");
    }
}
