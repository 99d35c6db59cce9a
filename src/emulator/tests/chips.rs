// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card is what the row of its chip says: its commands, its levels, what is on it from the factory.

use super::support::{UID, card, run, send, set_key, status};
use crate::emulator::{Model, SoftCard, StateError};
use crate::iso14443::Uid;
use crate::wire::{Ins, KeyType, Layout, Opening};

const NAME: &[u8] = b"cardwright test";

fn models() -> impl Iterator<Item = Model> {
    Model::ALL.into_iter().chain([Model::Test])
}

/// ISO SELECT by name.
fn select(card: &mut SoftCard, name: &[u8]) -> Vec<u8> {
    let length = u8::try_from(name.len()).unwrap();
    send(card, &[&[0x00, 0xA4, 0x04, 0x0C, length], name].concat())
}

/// The test chip with its application entered.
fn entered() -> SoftCard {
    let mut card = card(Model::Test);
    assert_eq!(select(&mut card, NAME), [0x90, 0x00]);
    card
}

/// What a card answers to an authentication with key 0 that begins so.
fn begin(card: &mut SoftCard, opening: Opening) -> u8 {
    let more: &[u8] = if opening == Opening::Ev2First { &[0x00, 0x00] } else { &[0x00] };
    status(card, opening.ins().code(), more)
}

#[test]
fn a_card_knows_the_commands_of_its_row_and_no_other() {
    for model in models() {
        let silicon = model.silicon();
        for &ins in Ins::ALL {
            let mut fresh = card(model);
            if let Some(application) = silicon.layout.fixed().first() {
                assert_eq!(select(&mut fresh, application.df_name), [0x90, 0x00]);
            }
            // A continuation of nothing is illegal on every card.
            let known = silicon.has(ins) && ins != Ins::AdditionalFrame;
            let refused = status(&mut fresh, ins.code(), &[]) == 0x1C;
            assert_eq!(refused, !known, "{model} {ins}");
        }
    }
}

#[test]
fn a_card_knows_the_iso_commands_of_its_row_and_no_other() {
    for model in models() {
        let silicon = model.silicon();
        for ins in [0xA4, 0xB0, 0xD6, 0xB2, 0xE2, 0x84, 0x82, 0x88, 0xCA] {
            let reply = send(&mut card(model), &[0x00, ins, 0x00, 0x00, 0x00]);
            let unknown = matches!(reply[..], [0x6D | 0x6E, 0x00]);
            assert_eq!(unknown, !silicon.iso.contains(&ins), "{model} {ins:02X}: {reply:02X?}");
        }
    }
}

#[test]
fn a_level_opens_what_its_row_speaks() {
    for model in models() {
        let silicon = model.silicon();
        for opening in Opening::ALL {
            let refused = match silicon.picc {
                _ if !silicon.has(opening.ins()) => Some(0x1C),
                None => Some(0x9D),
                Some(_) => Some(0x1C).filter(|_| !silicon.speaks_at_picc(opening.messaging())),
            };
            let begun = begin(&mut card(model), opening);
            match refused {
                Some(refused) => assert_eq!(begun, refused, "{model} {opening:?}"),
                None => assert_ne!(begun, 0x1C, "{model} {opening:?}"),
            }
        }
    }
    assert_eq!(begin(&mut entered(), Opening::Ev2First), 0xAF);
    assert_eq!(begin(&mut entered(), Opening::Aes), 0x1C);
    // The level is there, its keys are not: nobody is told of any.
    for (ins, parameters, refused) in [(0x45, &[][..], 0x9D), (0x64, &[0], 0x40)] {
        assert_eq!(status(&mut card(Model::Test), ins, parameters), refused, "{ins:02X}");
    }
}

#[test]
fn a_new_card_is_what_the_factory_leaves() {
    for model in models() {
        let soft = card(model);
        let memory = &soft.card.memory;
        let silicon = model.silicon();
        let master = memory.master.all();
        assert_eq!(master.len(), usize::from(silicon.picc.is_some()), "{model}");
        assert!(master.iter().all(|key| key.bytes().iter().all(|&byte| byte == 0x00)), "{model}");
        let free = match silicon.layout {
            Layout::Free(_) => model.chip().blank_memory().unwrap(),
            Layout::Fixed(_) => 0,
        };
        assert_eq!(memory.free(), free, "{model}");
        assert_eq!(memory.applications.len(), silicon.layout.fixed().len(), "{model}");
    }
}

/// As Proxmark3 prints it of a real tag (Proxmark/proxmark3 #990), and of a real EV1; of DESFire Light as its
/// data sheet has it.
#[test]
fn a_card_answers_to_select_as_its_chip_does() {
    for model in models() {
        let tag = matches!(model, Model::Ntag424 | Model::Ntag424Tt | Model::Light);
        let ats =
            if tag { [6, 0x77, 0x77, 0x71, 0x02, 0x80] } else { [6, 0x75, 0x77, 0x81, 0x02, 0x80] };
        assert_eq!(card(model).ats().as_bytes(), ats, "{model}");
    }
}

#[test]
fn the_test_chip_has_its_application_from_the_factory() {
    let mut card = entered();
    assert_eq!(run(&mut card, 0x45, &[]), (vec![0x03, 0x83], 0x00));
    assert_eq!(run(&mut card, 0x6F, &[]), (vec![1, 2], 0x00));
    assert_eq!(run(&mut card, 0xF5, &[1]), (vec![0x00, 0x00, 0x00, 0xE0, 64, 0, 0], 0x00));
    assert_eq!(run(&mut card, 0xF5, &[2]), (vec![0x00, 0x03, 0xF0, 0x12, 48, 0, 0], 0x00));
    assert_eq!(run(&mut card, 0xBD, &[1, 0, 0, 0, 59, 0, 0]), (vec![0x00; 59], 0x00));
    assert_eq!(status(&mut card, 0xBD, &[2, 0, 0, 0, 48, 0, 0]), 0xAE);
    for number in 0..3 {
        assert_eq!(run(&mut card, 0x64, &[number]), (vec![0x00], 0x00));
    }
    assert_eq!(status(&mut card, 0x64, &[3]), 0x40);
}

#[test]
fn the_test_chip_is_entered_by_its_name_only() {
    let mut card = card(Model::Test);
    assert_eq!(status(&mut card, 0x6F, &[]), 0x9D);
    assert_eq!(status(&mut card, 0x5A, &[0x01, 0x57, 0x7E]), 0x1C);
    assert_eq!(select(&mut card, b"cardwright text"), [0x6A, 0x82]);
    assert_eq!(select(&mut card, NAME), [0x90, 0x00]);
    card.reset();
    assert_eq!(status(&mut card, 0x6F, &[]), 0x9D);
}

#[test]
fn the_test_chip_claims_to_be_nobodys_product() {
    let mut card = card(Model::Test);
    let (hardware, more) = run(&mut card, 0x60, &[]);
    assert_eq!((hardware, more), (vec![0xFF, 0x7E, 0x01, 0x01, 0x00, 0x0E, 0x05], 0xAF));
    assert!(Model::ALL.iter().all(|&model| model != Model::Test));
}

#[test]
fn a_test_chip_that_was_saved_comes_back_and_only_with_what_it_has() {
    let mut card = entered();
    set_key(&mut card, 1, KeyType::Aes, &[0x5A; 16], 7);
    let saved = String::from_utf8(card.save().to_vec()).unwrap();
    assert!(saved.contains("\"test\""));
    let mut back = SoftCard::restore(saved.as_bytes(), 8).unwrap();
    assert_eq!(select(&mut back, NAME), [0x90, 0x00]);
    assert_eq!(run(&mut back, 0x64, &[1]), (vec![7], 0x00));
    assert!(matches!(back.uid(), Uid::Real(uid) if *uid.expose() == UID));
    for (whole, other) in [("\"7E5701\"", "\"7E5702\""), ("\"no\": 2", "\"no\": 3")] {
        let damaged = SoftCard::restore(saved.replace(whole, other).as_bytes(), 8);
        assert!(matches!(damaged, Err(StateError::Damaged(_))), "{other}");
    }
}
