// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards whose profile asks for the chip maker's signature.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails loudly"
)]

mod common;

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Outcome, Receipt, Refusal};
use cardwright::originality::{Finding, Trust};

use common::{card, door, door_records, encode, encoder, job};

/// Encodes a card of this model; gives its outcome and receipt.
fn encoded(word: &str, trust: Trust, card: &mut SoftCard) -> (Outcome, Receipt) {
    let text = door(&[("free_list = ", &format!("free_list = false\noriginality = \"{word}\""))]);
    let job = job(&text).with_trust(trust);
    let (encoded, _) = encode(&mut encoder(&job), card, &door_records(&job)[0]);
    (encoded.outcome, encoded.receipt)
}

#[test]
fn a_signature_is_noted_whatever_it_is_worth() {
    for (model, trust, name) in [
        (Model::Ev1_8k, Trust::Maker, "not-offered"),
        (Model::Ev2_8k, Trust::Maker, "not-genuine"),
        (Model::Ev3_8k, Trust::TestKeyToo, "test-key"),
    ] {
        let (outcome, receipt) = encoded("noted", trust, &mut card(model, 1));
        assert_eq!(outcome, Outcome::Done, "{model}");
        assert_eq!(receipt.originality.as_deref(), Some(name), "{model}");
    }
}

#[test]
fn a_card_that_is_not_genuine_is_refused_before_it_is_changed() {
    let cards = [
        (card(Model::Ev1_8k, 1), Trust::TestKeyToo),
        (card(Model::Ev2_8k, 1), Trust::Maker),
        (card(Model::Ev2_8k, 1).without_signature(), Trust::TestKeyToo),
        (card(Model::Ev2_8k, 1).with_signature([0x5A; 56]), Trust::TestKeyToo),
    ];
    for (mut card, trust) in cards {
        let before = card.save();
        let (outcome, receipt) = encoded("required", trust, &mut card);
        let Outcome::Refused(Refusal::NotGenuine(finding)) = outcome else { panic!("{outcome:?}") };
        assert!(!finding.holds());
        assert_eq!(receipt.originality.as_deref(), Some(finding.name()));
        assert_eq!(card.save(), before);
    }
    let (outcome, _) = encoded("required", Trust::TestKeyToo, &mut card(Model::Ev2_8k, 1));
    assert_eq!(outcome, Outcome::Done);
    assert!(Finding::TestKey.holds());
}
