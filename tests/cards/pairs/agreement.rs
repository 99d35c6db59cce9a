// SPDX-License-Identifier: MIT OR Apache-2.0
//! Any sequence of commands leaves host and card in agreement with a model of the card: every
//! answer is the one foretold, refusals included, and after each step the whole card is looked at.

use cardwright::emulator::SoftCard;
use cardwright::host::Session;
use cardwright::key::CardKey;
use cardwright::wire::{KeyNo, KeyType, Opening};
use proptest::prelude::*;

use super::act::{Act, acts};
use super::model::{CardModel, Place};
use super::support::{Line, RND_A, blank, key_no};
use super::talk::Talk;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn any_sequence_of_commands_is_answered_as_foretold(acts in acts()) {
        follow(&acts);
    }
}

/// Takes the steps one after the other. Where a session is lost, the card is presented again.
fn follow(acts: &[Act]) {
    let line = Line::to(blank());
    let mut model = CardModel::blank();
    let blank = inspect(line.copy(), &model);
    let mut free = blank;
    let mut acts = acts.iter().peekable();
    while acts.peek().is_some() {
        line.reset();
        let mut talk_line = line.clone();
        let mut talk = Talk::Picc(Session::open(&mut talk_line));
        let mut place = Place::default();
        for act in acts.by_ref() {
            let Some(foretold) = model.foretell(act, &place) else { continue };
            let (spoken, next) = talk.perform(act, &foretold.props);
            assert_eq!(spoken, foretold.spoken, "{act:?} at {place:?}");
            model = foretold.model;
            let left = inspect(line.copy(), &model);
            let as_expected = match act {
                Act::Format if spoken.is_ok() => left == blank,
                Act::CreateApplication { .. } | Act::CreateFile { .. } if spoken.is_ok() => {
                    left < free
                }
                _ => left == free,
            };
            assert!(as_expected, "{act:?}: {free} bytes free before, {left} after");
            free = left;
            assert_eq!(next.is_some(), foretold.place.is_some(), "{act:?}: does the session go on");
            let (Some(next), Some(there)) = (next, foretold.place) else { break };
            (talk, place) = (next, there);
        }
    }
}

/// Looks at everything on a card with every key, and tells how much memory is free.
fn inspect(mut card: SoftCard, model: &CardModel) -> u32 {
    let talk = Session::open(&mut card);
    let opening = opening_of(&model.master);
    let mut talk = talk.authenticate(opening, KeyNo::MASTER, &model.master, &RND_A).unwrap();
    let free = talk.free_memory().unwrap().value;
    assert_eq!(talk.application_ids().unwrap().value, model.application_ids());
    let (settings, slots) = talk.key_settings().unwrap().value;
    assert_eq!(settings, model.settings);
    assert_eq!((slots.count, slots.key_type), (1, model.master.key_type()));
    assert_eq!(talk.key_version(KeyNo::MASTER).unwrap().value, model.master.version());
    drop(talk);
    for application in &model.applications {
        let mut talk = Session::open(&mut card).select_application(application.aid).unwrap();
        for (no, key) in (0..).zip(&application.keys) {
            let no = key_no(no);
            assert_eq!(talk.key_version(no).unwrap().value, key.version());
            let mut known = talk.authenticate(opening_of(key), no, key, &RND_A).unwrap();
            if no == KeyNo::MASTER {
                assert_eq!(known.key_settings().unwrap().value, application.key_settings());
                assert_eq!(known.file_ids().unwrap().value, application.file_ids());
                for (file, _) in &application.files {
                    assert_eq!(
                        &known.file_settings(file.no()).unwrap().value.settings,
                        file.settings()
                    );
                }
            }
            for (file, contents) in application.readable(no) {
                let read = known.read_data(file, 0, 0).unwrap();
                assert_eq!(read.value.expose_secret(), contents);
            }
            talk = known.select_application(application.aid).unwrap();
        }
    }
    free
}

const fn opening_of(key: &CardKey) -> Opening {
    match key.key_type() {
        KeyType::Aes => Opening::Ev2First,
        KeyType::Des | KeyType::Tdes3 => Opening::Iso,
    }
}
