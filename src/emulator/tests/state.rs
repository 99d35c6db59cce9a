// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards that are saved and come back.

use super::support::{card, run, set_key, status};
use crate::emulator::{Model, SoftCard, StateError};
use crate::iso14443::Uid;
use crate::wire::KeyType;

/// A card with an application of each key type, all kinds of files and things in them.
fn used() -> SoftCard {
    let mut card = card(Model::Ev1_4k);
    for (aid, slots) in [(1, "23"), (2, "43"), (3, "83")] {
        let create = hex::decode(format!("{aid:02}00F00F{slots}{aid:02}E1D2760000{aid:02}"));
        assert_eq!(status(&mut card, 0x5A, &[0x00; 3]), 0x00);
        assert_eq!(status(&mut card, 0xCA, &create.unwrap()), 0x00);
        assert_eq!(status(&mut card, 0x5A, &[aid, 0x00, 0xF0]), 0x00);
        let iso = if aid == 1 { "03E1" } else { "" };
        for (ins, file) in [
            (0xCD, format!("01{iso}00EEEE200000")),
            (0xCC, "0201EEEE00000000E80300006400000003".to_owned()),
            (0xC0, format!("03{}00EEEE040000040000", iso.replace('3', "4"))),
        ] {
            assert_eq!(status(&mut card, ins, &hex::decode(file).unwrap()), 0x00, "{ins:02X}");
        }
        for (ins, write) in
            [(0x3D, "01050000030000A1A2A3"), (0xDC, "0211000000"), (0x3B, "03000000040000B1B2B3B4")]
        {
            assert_eq!(status(&mut card, ins, &hex::decode(write).unwrap()), 0x00, "{ins:02X}");
        }
        assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
        assert_eq!(status(&mut card, 0xDC, &[0x02, 1, 0, 0, 0]), 0x00);
        let kind = [KeyType::Des, KeyType::Tdes3, KeyType::Aes][usize::from(aid) - 1];
        set_key(&mut card, 2, kind, &vec![aid * 3; kind.length()], 0x77);
    }
    card.card.memory.configuration.picc.random_uid = true;
    card
}

/// What anybody can see of the card, application by application.
fn seen(card: &mut SoftCard) -> Vec<(Vec<u8>, u8)> {
    assert_eq!(status(card, 0x5A, &[0x00; 3]), 0x00);
    let mut all = vec![run(card, 0x6E, &[]), run(card, 0x6A, &[]), run(card, 0x45, &[])];
    for aid in 1..=3 {
        all.push(run(card, 0x5A, &[aid, 0x00, 0xF0]));
        for (ins, parameters) in [
            (0x45, &[][..]),
            (0x64, &[2]),
            (0x6F, &[]),
            (0x61, &[]),
            (0xF5, &[1]),
            (0xF5, &[2]),
            (0xF5, &[3]),
            (0xBD, &[1, 0, 0, 0, 0, 0, 0]),
            (0x6C, &[2]),
            (0xBB, &[3, 0, 0, 0, 0, 0, 0]),
        ] {
            all.push(run(card, ins, parameters));
        }
    }
    all
}

#[test]
fn a_saved_card_comes_back_as_it_was_out_of_the_field() {
    let mut card = used();
    let saved = card.save();
    let mut back = SoftCard::restore(&saved, 99).unwrap();
    assert_eq!(back.model(), Model::Ev1_4k);
    assert!(matches!(back.uid(), Uid::Random(_)));
    card.reset();
    let expected = seen(&mut card);
    assert_eq!(seen(&mut back), expected);
    // The pending debit is gone; the committed one, and what may be given back, are there.
    assert!(expected.contains(&(vec![0x53, 0, 0, 0], 0x00)));
    assert_eq!(*back.save(), *saved);
}

#[test]
fn a_damaged_state_is_told() {
    let saved = String::from_utf8(used().save().to_vec()).unwrap();
    let error = |from: &str, to: &str| {
        assert!(saved.contains(from), "{from}");
        let text = saved.replacen(from, to, 1);
        SoftCard::restore(text.as_bytes(), 1).map(drop).unwrap_err()
    };
    let damaged = StateError::Damaged;
    assert_eq!(error("\"use\": \"test\"", "\"use\": \"live\""), StateError::NotTest);
    assert_eq!(error("\"version\": 1", "\"version\": 2"), StateError::OtherVersion);
    assert_eq!(error("ev1-4k", "ev9-4k"), damaged("the model"));
    assert_eq!(error("F00002", "F00001"), damaged("an AID"));
    assert_eq!(error("\"no\": 2", "\"no\": 1"), damaged("a file number"));
    assert_eq!(error("\"no\": 2", "\"no\": 32"), damaged("a file number"));
    assert_eq!(error("\"value\": 83", "\"value\": 1001"), damaged("the contents of a file"));
    assert_eq!(error("B1B2B3B4", "B1B2B3"), damaged("the contents of a file"));
    assert_eq!(error("\"free\": ", "\"free\": 9"), damaged("the free memory"));
    assert_eq!(error("04DE5F1E", "DE5F1E"), damaged("the UID"));
    assert_eq!(error("E103", "3F00"), damaged("an ISO identifier"));
    assert!(matches!(error("\"files\"", "\"flies\""), StateError::NotState { .. }));
    assert_eq!(
        SoftCard::restore(b"{", 1).map(drop).unwrap_err().to_string(),
        "line 1, column 1: this is not the state of a software card"
    );
}
