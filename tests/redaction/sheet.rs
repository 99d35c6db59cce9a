// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sheet for readers: no key in any of its forms, and of a person what the record of the example has, or
//! nothing. What a reader sees shows in no `Debug`.

use cardwright::emulator::Model;
use cardwright::encode::{Encoder, Outcome};
use cardwright::iso14443::RealUid;
use cardwright::keys::KeyFile;
use cardwright::sheet::{Form, Sheet};
use cardwright::survey::{ReaderKeys, Sight, door};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::canary::Canaries;
use super::world::{
    AID, HOLDER, MASTER, NUMBER, PICC, READ, RECEIPT, UID, canaries, card, job, key_file, profile,
    records,
};
use crate::common::reader::diversified;

/// An invented card's.
const OTHER: [u8; 7] = [0x04, 0x5A, 0x17, 0x3C, 0x80, 0x21, 0x90];

#[test]
fn a_sheet_without_a_record_shows_no_key_no_uid_and_no_field() {
    let (canaries, keys) = (canaries(), KeyFile::parse(&key_file()).unwrap());
    let sheet = Sheet::new(&profile(), Some(&keys), &RealUid::new(OTHER), None).unwrap();
    canaries.absent_from_debug("a sheet", &sheet);
    for form in Form::ALL {
        let text = sheet.to_form(form).unwrap();
        assert!(text.contains("cmac-aes:"), "{form}");
        canaries.absent_from(form.name(), &text);
    }
}

#[test]
fn a_sheet_with_a_record_shows_its_values_where_it_is_written_and_never_a_key() {
    let keys = KeyFile::parse(&key_file()).unwrap();
    let record = &records(&job())[0];
    let sheet = Sheet::new(&profile(), Some(&keys), &RealUid::new(UID), Some(record)).unwrap();
    canaries().absent_from_debug("a sheet with its example", &sheet);
    let mut secrets = Canaries::default();
    for key in [PICC, MASTER, READ] {
        secrets.bytes("a key", &key);
    }
    secrets.bytes("a card's key", &diversified(MASTER, &[&UID[..], &AID].concat()));
    secrets.bytes("the receipt key", &RECEIPT);
    for form in Form::ALL {
        secrets.absent_from(form.name(), &sheet.to_form(form).unwrap());
    }
    for form in [Form::Text, Form::Json] {
        let text = sheet.to_form(form).unwrap();
        assert!(text.contains(HOLDER) && text.contains(&NUMBER.to_string()), "{form}");
    }
    for form in [Form::Baltech, Form::Kentix] {
        let text = sheet.to_form(form).unwrap();
        assert!(!text.contains(HOLDER) && !text.contains(&NUMBER.to_string()), "{form}");
    }
}

#[test]
fn what_a_reader_sees_shows_in_no_debug() {
    let (canaries, job) = (canaries(), job());
    let (mut card, record) = (card(Model::Ev2_8k), &records(&job)[0]);
    let mut encoder = Encoder::new(&job).with_rng(StdRng::seed_from_u64(5));
    assert_eq!(encoder.encode(card.in_field(), record).outcome, Outcome::Done);
    card.reset();
    let (profile, keys) = (profile(), KeyFile::parse(&key_file()).unwrap());
    let reader = ReaderKeys::new(&profile, &keys, &["read"]).unwrap();
    canaries.absent_from_debug("a reader's keys", &reader);
    let sight = Sight { uid: Some(card.uid()), historical: Vec::new() };
    let mut rng = StdRng::seed_from_u64(5);
    let seen = door(&mut card, sight, &reader, &mut rng, 400);
    assert!(seen.opens() && seen.shows(&profile, record) == Some(true));
    canaries.absent_from_debug("what a reader sees", &seen);
    let error = ReaderKeys::new(&profile, &keys, &["reed"]).unwrap_err();
    canaries.absent_from_error("a name that is none", &error);
}
