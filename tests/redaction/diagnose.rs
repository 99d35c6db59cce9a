// SPDX-License-Identifier: MIT OR Apache-2.0
//! A search knows many keys, and a report of it tells none.

use cardwright::diagnose::{Form, Issuer, Knowledge, Limits, Search, Slot, Target, Trouble, order};
use cardwright::emulator::Model;
use cardwright::iso14443::RealUid;
use cardwright::keys::KeyFile;
use cardwright::wire::{Aid, KeyNo, KeyType, KeyVersion};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::world::{AID, UID, canaries, card, key_file};

#[test]
fn a_search_shows_neither_keys_nor_the_uid() {
    let canaries = canaries();
    let file = KeyFile::parse(&key_file()).unwrap();
    let mut issuers = Issuer::of_store(&file);
    issuers.extend(Issuer::public());
    let search = Search {
        issuers,
        forms: Form::likely(&[]),
        limits: Limits::default(),
        any_version: true,
        all: true,
        uid: Some(RealUid::new(UID)),
        messaging: None,
    };
    canaries.absent_from_debug("a search", &search);
    let slot = Slot {
        aid: Aid::new(AID),
        no: KeyNo::MASTER,
        version: Some(KeyVersion(2)),
        key_type: Some(KeyType::Aes),
    };
    let uid = RealUid::new(UID);
    let known = Knowledge { uid: Some(&uid), ..Knowledge::default() };
    let ordered = order(&search.issuers, &search.forms, &slot, known);
    assert!(ordered.attempts.len() > 5);
    canaries.absent_from_debug("an order", &ordered);
    canaries.absent_from_debug("what is known", &known);

    let mut card = card(Model::Ev1_4k);
    let shown = card.uid();
    let target = Target { aid: Aid::PICC, no: None };
    let plan = search.look(&mut card, &shown, &[target]).unwrap();
    canaries.absent_from_debug("a plan", &plan);
    let report = search.run(plan, &mut card, &mut StdRng::seed_from_u64(1));
    assert!(report.opened());
    canaries.absent_from_debug("a report", &report);
    for form in &search.forms {
        canaries.absent_from("a form", &form.to_string());
    }
    let missing = Target { aid: Aid::new(AID), no: None };
    let trouble: Trouble = search.look(&mut card, &shown, &[missing]).unwrap_err();
    canaries.absent_from_error("trouble", &trouble);
}
