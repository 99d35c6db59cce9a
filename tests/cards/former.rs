// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards that were torn away from an edition of the engine that went about it in another order
//! (`tests/cards/fixtures/README.md`): all of them are finished.

use std::fmt::Write as _;
use std::path::Path;

use crate::common::{CHANGING, DOOR, changed, encode, encoder, job};
use cardwright::emulator::SoftCard;
use cardwright::encode::{Job, Outcome};
use cardwright::profile::{Record, Records};
use serde_json::Value;

/// A card that was torn away, and whom it is for.
pub(crate) struct Torn {
    pub(crate) profile: &'static str,
    /// The profile's text today.
    pub(crate) text: &'static str,
    records: &'static str,
    messaging: String,
    /// How many exchanges it had executed.
    after: u64,
    pub(crate) card: SoftCard,
}

impl Torn {
    /// The job of a profile's text, in the messaging that the card was torn in.
    pub(crate) fn job(&self, text: &str) -> Job {
        job(text).with_messaging(self.messaging.parse().unwrap()).unwrap()
    }

    pub(crate) fn record(&self, job: &Job) -> Record {
        let mut records = Records::csv(job.profile(), self.records.as_bytes()).unwrap().entries;
        records.swap_remove(0).unwrap()
    }
}

/// All of them.
pub(crate) fn torn() -> Vec<Torn> {
    let lines = include_str!("fixtures/torn-in-former-order.jsonl").lines();
    let torn = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let (profile, text, records) = match line["profile"].as_str().unwrap() {
            "door" => ("door", DOOR, crate::common::DOOR_RECORDS),
            _ => (
                "legacy",
                include_str!("../../examples/data/profiles/legacy.toml"),
                include_str!("../../examples/data/legacy-records.csv"),
            ),
        };
        let messaging = line["messaging"].as_str().unwrap().to_owned();
        let after = line["after"].as_u64().unwrap();
        let card = SoftCard::restore(line["card"].to_string().as_bytes(), after).unwrap();
        Torn { profile, text, records, messaging, after, card }
    };
    lines.map(torn).collect()
}

/// Finished by today's profile, and by the one that they were begun with, under which applications
/// start with zero keys; and told as finished when they come again.
#[test]
fn cards_torn_in_the_former_order_of_steps_are_finished() {
    let mut found = String::new();
    for torn in torn() {
        let begun = |text| changed(text, &[("app = ", "app = \"zero\""), ("start = ", "")]);
        let editions = match torn.profile {
            "door" => vec![("", torn.text.to_owned()), (", as it was", begun(torn.text))],
            _ => vec![("", torn.text.to_owned())],
        };
        for (edition, text) in editions {
            let job = torn.job(&text);
            let record = torn.record(&job);
            let mut card = torn.card.clone();
            let (encoded, exchanges) = encode(&mut encoder(&job), &mut card, &record);
            let Torn { profile, messaging, after, .. } = &torn;
            let at = format!("{profile}{edition} in {messaging}, torn after {after}");
            let done = matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone);
            assert!(done, "{at}: {:?}", encoded.outcome);
            let changes = exchanges.iter().filter_map(|exchange| exchange.ins);
            let changes: Vec<_> = changes.filter(|ins| CHANGING.contains(ins)).collect();
            let (outcome, changes) = (encoded.receipt.outcome.name(), hex::encode_upper(changes));
            writeln!(found, "{at}: {outcome} in {}, {changes}", exchanges.len()).unwrap();
            card.reset();
            let (again, _) = encode(&mut encoder(&job), &mut card, &record);
            assert_eq!(again.outcome, Outcome::AlreadyDone, "{at}");
        }
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR"));
    let golden = golden.join("tests/golden/torn-in-former-order.txt");
    let Ok(expected) = std::fs::read_to_string(&golden) else {
        std::fs::write(&golden, found).unwrap();
        panic!("{} was missing and is written now: read it, then run again", golden.display());
    };
    assert_eq!(found, expected, "{}", golden.display());
}
