// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exchange lists of whole cards, held by golden files in `tests/golden/`.
//!
//! A line is one exchange: instruction byte, length of the command APDU, length of the response
//! APDU, status word. To accept a changed list, delete its file and run this test twice: the first
//! run writes the file and fails.

use std::fmt::Write as _;
use std::path::Path;

use crate::common::{Kinds, card, door, door_records, encode, encoder, every_kind, job};
use cardwright::emulator::Model;
use cardwright::encode::Outcome;
use cardwright::transport::Exchange;
use cardwright::wire::Messaging;

/// Exchanges of an identified blank card, by `verify`, for both kinds of messaging.
const COUNTS: [(&str, usize); 3] = [("mac", 18), ("key", 20), ("read-back", 22)];

/// GetVersion takes three exchanges, GetKeyVersion one.
const IDENTIFICATION: usize = 4;

#[test]
fn a_blank_card_takes_22_20_or_18_exchanges_and_its_identification_4() {
    for (messaging, model) in [(Messaging::Ev1, Model::Ev1_8k), (Messaging::Ev2, Model::Ev2_8k)] {
        for (verify, count) in COUNTS {
            let text = door(&[
                ("verify = ", &format!("verify = \"{verify}\"")),
                ("[transport]", "[transport]\nidentify = \"first\""),
            ]);
            let job = job(&text).with_messaging(messaging).unwrap();
            let records = door_records(&job);
            let mut encoder = encoder(&job);
            let mut lists = Vec::new();
            for (number, record) in (1..).zip(&records[..2]) {
                let (encoded, exchanges) = encode(&mut encoder, &mut card(model, number), record);
                assert_eq!(encoded.outcome, Outcome::Done);
                lists.push(exchanges);
            }
            let [first, second] = &lists[..] else { panic!("two cards") };
            assert_eq!(first.len(), IDENTIFICATION + count, "{messaging} {verify}");
            assert_eq!(second.len(), count, "{messaging} {verify}");
            assert_eq!(first[IDENTIFICATION..], second[..], "{messaging} {verify}");
            golden(&format!("door-{messaging}-{verify}"), first);
        }
    }
}

#[test]
fn a_used_stock_is_asked_for_its_applications_and_memory_too() {
    for (verify, count) in COUNTS {
        let text = door(&[
            ("verify = ", &format!("verify = \"{verify}\"")),
            ("[transport]", "[transport]\nstock = \"used\""),
        ]);
        let job = job(&text);
        let record = &door_records(&job)[0];
        let (encoded, exchanges) = encode(&mut encoder(&job), &mut card(Model::Ev2_8k, 1), record);
        assert_eq!(encoded.outcome, Outcome::Done);
        assert_eq!(exchanges.len(), IDENTIFICATION + 2 + count, "{verify}");
    }
}

#[test]
fn a_card_that_is_done_takes_ten() {
    for (messaging, model) in [(Messaging::Ev1, Model::Ev1_8k), (Messaging::Ev2, Model::Ev3_8k)] {
        let job = job(&door(&[])).with_messaging(messaging).unwrap();
        let record = &door_records(&job)[0];
        let mut card = card(model, 1);
        let (encoded, _) = encode(&mut encoder(&job), &mut card, record);
        assert_eq!(encoded.outcome, Outcome::Done);
        card.reset();
        let (encoded, exchanges) = encode(&mut encoder(&job), &mut card, record);
        assert_eq!(encoded.outcome, Outcome::AlreadyDone);
        assert_eq!(exchanges.len(), 10);
        golden(&format!("door-{messaging}-done"), &exchanges);
    }
}

#[test]
fn cards_of_every_kind_of_file_take_what_their_lists_say() {
    for (name, kinds, model) in [
        ("canteen-ev1", Kinds::Canteen, Model::Ev1_4k),
        ("legacy-d40", Kinds::Legacy, Model::D40_4k),
    ] {
        let (job, records) = every_kind(kinds);
        let mut card = card(model, 1);
        for (when, outcome) in [("blank", Outcome::Done), ("done", Outcome::AlreadyDone)] {
            let (encoded, exchanges) = encode(&mut encoder(&job), &mut card, &records[0]);
            assert_eq!(encoded.outcome, outcome);
            golden(&format!("{name}-{when}"), &exchanges);
            card.reset();
        }
    }
}

fn golden(name: &str, exchanges: &[Exchange]) {
    let mut found = String::from("INS  sent received status\n");
    for exchange in exchanges {
        writeln!(found, "{exchange}").unwrap();
    }
    let sent: usize = exchanges.iter().map(|exchange| exchange.sent).sum();
    let received: usize = exchanges.iter().map(|exchange| exchange.received).sum();
    writeln!(found, "{} exchanges, {sent} bytes sent, {received} received", exchanges.len())
        .unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let path = path.with_extension("txt");
    match std::fs::read_to_string(&path) {
        Ok(expected) => assert_eq!(found, expected, "{}", path.display()),
        Err(_) => {
            std::fs::write(&path, found).unwrap();
            panic!("{} was missing and is written now: read it, then run again", path.display());
        }
    }
}
