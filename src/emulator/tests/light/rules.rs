// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a DESFire Light refuses, and when a transaction is over.

use super::*;

fn data(number: u8, byte: u8) -> [u8; 8] {
    [number, 0, 0, 0, 1, 0, 0, byte]
}

fn first_of(card: &mut SoftCard, number: u8) -> u8 {
    let (data, _) = run(card, 0xAD, &[number, 0, 0, 0, 1, 0, 0]);
    data[0]
}

#[test]
fn a_commit_needs_something_to_commit_and_a_reader() {
    let mut card = opened();
    assert_eq!(status(&mut card, 0xC7, &[]), 0x0C);
    assert_eq!(status(&mut card, 0xC7, &[0x01]), 0x0C);
    assert_eq!(status(&mut card, 0xA7, &[]), 0x0C);
    // Key 1 says which reader it is, and nobody has.
    assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
    assert_eq!(status(&mut card, 0xC7, &[]), 0x9D);
    // The error has aborted it.
    assert_eq!(status(&mut card, 0xC7, &[]), 0x0C);
    for (option, refused) in [(&[0x02][..], 0x9E), (&[0x00, 0x00], 0x7E)] {
        assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
        assert_eq!(status(&mut card, 0xC7, option), refused);
        assert_eq!(status(&mut card, 0xA7, &[]), 0x0C);
    }
    assert_eq!(status(&mut card, 0xC8, &READER), 0xAE);
    assert_eq!(protected(&mut card, 2, 0xC8, &READER, None).1, 0xAE);
    // A read alone is a transaction.
    assert_eq!(first_of(&mut card, 0x1F), 0x00);
    assert_eq!(protected(&mut card, 1, 0xC8, &READER, None).1, 0x00);
    assert_eq!(protected(&mut card, 1, 0xC8, &READER, None).1, 0x9D);
    assert_eq!(protected(&mut card, 1, 0xC7, &[], None).1, 0x0C);
    assert_eq!(first_of(&mut card, 0x1F), 0x00);
    assert_eq!(protected(&mut card, 1, 0xC8, &READER, None).1, 0x00);
    assert_eq!(protected(&mut card, 3, 0xC7, &[], None).1, 0x00);
    let mac = card.card.application().unwrap().transaction_mac.as_ref().unwrap();
    assert_eq!(mac.counter(), 1);
}

#[test]
fn an_abort_takes_back_what_waits_and_what_is_covered() {
    let mut card = opened();
    counting(&mut card, [0xE0, 0xEF], 8, [0; 16]);
    assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
    assert_eq!(run(&mut card, 0xC8, &READER), (vec![], 0x00));
    assert_eq!(status(&mut card, 0xA7, &[]), 0x00);
    assert_eq!(status(&mut card, 0x0C, &[3, 7, 0, 0, 0]), 0x00);
    assert_eq!(run(&mut card, 0xC8, &READER), (vec![], 0x00));
    let (told, _) = run(&mut card, 0xC7, &[0x01]);
    let reader = hex::encode(READER);
    let input = format!("0C0307000000{} C8 {reader} {}", "00".repeat(10), "00".repeat(15));
    assert_eq!(told, [&[9, 0, 0, 0][..], &over(9, &input)].concat());
    // Nobody was proven, so the reader before is still none: its cryptogram is that of zeros.
    let before = card.card.application().unwrap().transaction_mac.clone().unwrap().kept();
    assert_eq!(before.4, [0; 16]);
}

#[test]
fn without_the_file_nothing_is_covered_and_no_reader_asked_for() {
    let mut card = opened();
    assert_eq!(protected(&mut card, 0, 0xDF, &[0x0F], None), (vec![], 0x00));
    card.card.session = None;
    assert_eq!(status(&mut card, 0xC8, &READER), 0x9D);
    assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
    assert_eq!(status(&mut card, 0xC7, &[0x01]), 0x9E);
    assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
    assert_eq!(run(&mut card, 0xC7, &[0x00]), (vec![], 0x00));
    assert_eq!(run(&mut card, 0x6C, &[3]).0, [5, 0, 0, 0]);
    // A read is no transaction then.
    assert_eq!(first_of(&mut card, 0), 0x00);
    assert_eq!(status(&mut card, 0xC7, &[]), 0x0C);
}

#[test]
fn the_transaction_mac_file_is_made_by_rules() {
    let mut card = opened();
    let make = |card: &mut SoftCard, key, header: [u8; 5]| {
        protected(card, key, 0xCE, &header, Some(&[&KEY[..], &[0x07]].concat())).1
    };
    assert_eq!(make(&mut card, 0, [0x0F, 0, 0x10, 0x1F, 2]), 0x9D);
    for (key, number, refused) in [(0, 0x00, 0x9D), (0, 0x05, 0xF0), (1, 0x0F, 0xAE)] {
        assert_eq!(protected(&mut card, key, 0xDF, &[number], None).1, refused);
    }
    assert_eq!(protected(&mut card, 0, 0xDF, &[0x0F], None).1, 0x00);
    for (key, header, refused) in [
        (1, [0x0F, 0, 0x10, 0x1F, 2], 0xAE),
        (0, [0x04, 0, 0x10, 0x1F, 2], 0xDE),
        (0, [0x20, 0, 0x10, 0x1F, 2], 0x9E),
        (0, [0x0F, 0, 0x10, 0x1F, 1], 0x9E),
        (0, [0x0F, 0x04, 0x10, 0x1F, 2], 0x9E),
        (0, [0x0F, 0x20, 0x10, 0x1F, 2], 0x9E),
        (0, [0x0F, 0, 0x10, 0x11, 2], 0x9E),
        (0, [0x0F, 0, 0x50, 0x1F, 2], 0x9E),
        (0, [0x0F, 0x10, 0xE0, 0x1F, 2], 0x9E),
    ] {
        assert_eq!(make(&mut card, key, header), refused, "{header:02X?}");
    }
    assert_eq!(make(&mut card, 0, [0x0A, 0x11, 0xF0, 0xEF, 2]), 0x00);
    card.card.session = None;
    assert_eq!(run(&mut card, 0xF5, &[0x0A]).0, [5, 0x11, 0xF0, 0xEF, 2, 7]);
    // What is done without a session is left out.
    assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
    assert_eq!(status(&mut card, 0xC7, &[0x01]), 0x9E);
    assert_eq!(status(&mut card, 0x8D, &data(0x0A, 1)), 0x9D);
    assert_eq!(status(&mut card, 0x6C, &[0x0A]), 0x9D);
}

#[test]
fn a_limit_ends_all_but_reading_the_mac() {
    let mut card = opened();
    counting(&mut card, [0xF0, 0xEF], 4, [0; 16]);
    let change = |card: &mut SoftCard, data: &[u8]| protected(card, 0, 0x5F, &[0x0F], Some(data)).1;
    for (data, refused) in [
        ("20F0EF04000000", 0x9E),
        ("20F0EF", 0x7E),
        ("00F0EF05000000", 0x7E),
        ("40F0EF", 0x9E),
        ("20F0E105000000", 0x9E),
    ] {
        assert_eq!(change(&mut card, &hex::decode(data).unwrap()), refused, "{data}");
    }
    assert_eq!(change(&mut card, &hex::decode("20F0EF05000000").unwrap()), 0x00);
    card.card.session = None;
    assert_eq!(run(&mut card, 0xF5, &[0x0F]).0, [5, 0x20, 0xF0, 0xEF, 2, 0, 5, 0, 0, 0]);
    assert_eq!(status(&mut card, 0x8D, &data(0, 0x11)), 0x00);
    assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
    for (ins, body) in [
        (0x8D, &data(0, 1)[..]),
        (0xAD, &[0, 0, 0, 0, 1, 0, 0]),
        (0x6C, &[3]),
        (0x0C, &[3, 1, 0, 0, 0]),
        (0x8B, &data(1, 1)),
        (0xAB, &[1, 0, 0, 0, 0, 0, 0]),
        (0xBA, &[1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 9]),
        (0xEB, &[1]),
    ] {
        assert_eq!(status(&mut card, ins, body), 0x9D, "{ins:02X}");
    }
    assert_eq!(run(&mut card, 0xAD, &[0x0F, 0, 0, 0, 4, 0, 0]), (vec![5, 0, 0, 0], 0x00));
    assert_eq!(status(&mut card, 0xAD, &[0x0F, 11, 0, 0, 2, 0, 0]), 0xBE);
    assert_eq!(send(&mut card, &SELECT), [0x62, 0x83]);
    assert_eq!(run(&mut card, 0xF5, &[0]).1, 0x00);
}

#[test]
fn records_are_updated_in_place_and_one_way_a_transaction() {
    let mut card = opened();
    counting(&mut card, [0xF0, 0xEF], 0, [0; 16]);
    let update = |record, byte| [1, record, 0, 0, 15, 0, 0, 1, 0, 0, byte];
    assert_eq!(status(&mut card, 0xBA, &update(0, 1)), 0xBE);
    for byte in 1..=5 {
        assert_eq!(status(&mut card, 0x8B, &data(1, byte)), 0x00);
        assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
    }
    // Four stay, the oldest first.
    let (records, _) = run(&mut card, 0xAB, &[1, 0, 0, 0, 0, 0, 0]);
    let firsts: Vec<u8> = records.chunks(16).map(|record| record[0]).collect();
    assert_eq!(firsts, [2, 3, 4, 5]);
    assert_eq!(status(&mut card, 0xAB, &[1, 0, 0, 0, 5, 0, 0]), 0xBE);
    assert_eq!(status(&mut card, 0xBA, &update(4, 1)), 0xBE);
    assert_eq!(status(&mut card, 0xBA, &[1, 0, 0, 0, 15, 0, 0, 2, 0, 0, 1, 2]), 0xBE);
    assert_eq!(status(&mut card, 0xBA, &update(1, 0x44)), 0x00);
    for (ins, body) in [(0xBA, &update(0, 0x55)[..]), (0x8B, &data(1, 9))] {
        let mut other = card.clone();
        assert_eq!(status(&mut other, ins, body), 0x9D, "{ins:02X}");
        assert_eq!(status(&mut other, 0xC7, &[]), 0x0C);
    }
    assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
    let (record, _) = run(&mut card, 0xAB, &[1, 1, 0, 0, 1, 0, 0]);
    assert_eq!((record[0], record[15]), (4, 0x44));
    for (ins, body) in [(0x8B, &data(1, 9)[..]), (0xEB, &[1])] {
        assert_eq!(status(&mut card, ins, body), 0x00);
        assert_eq!(status(&mut card, 0xBA, &update(0, 1)), 0x9D, "{ins:02X}");
    }
    let candidates = Candidates::default().with(Candidate::SpareRecord);
    let behaviour = Behaviour { candidates, ..Behaviour::default() };
    assert_eq!(run(&mut card.with_behaviour(behaviour), 0xF5, &[1]).0[7..], [5, 0, 0, 4, 0, 0]);
}

#[test]
fn iso_commands_are_for_cards_without_macs_and_sessions() {
    let mut card = opened();
    let read = [0x00, 0xB0, 0x84, 0x00, 0x01];
    let update = |place: u8, data: &[u8]| {
        let length = u8::try_from(data.len()).unwrap();
        [&[0x00, 0xD6, 0x84, place, length], data].concat()
    };
    assert_eq!(send(&mut card, &read), [0x69, 0x85]);
    assert_eq!(send(&mut card, &update(0, &[1])), [0x69, 0x85]);
    assert_eq!(send(&mut card, &[0x00, 0xB2, 0x00, 0x0C, 0x00]), [0x69, 0x85]);
    card.card.application_mut().unwrap().transaction_mac = None;
    assert_eq!(send(&mut card, &update(0, &[0x77])), [0x90, 0x00]);
    assert_eq!(send(&mut card, &read), [0x77, 0x90, 0x00]);
    assert_eq!(send(&mut card, &update(255, &[1, 2])), [0x69, 0x85]);
    // Identifier 00 is the file that is selected, 1F none.
    assert_eq!(send(&mut card, &[0x00, 0xB0, 0x80, 0x00, 0x01]), [0x77, 0x90, 0x00]);
    send(&mut card, &SELECT);
    assert_eq!(send(&mut card, &[0x00, 0xB0, 0x80, 0x00, 0x01]), [0x69, 0x85]);
    assert_eq!(send(&mut card, &[0x00, 0xB0, 0x9F, 0x00, 0x01]), [0x6A, 0x86]);
    resume_ev2(&mut card, 0, session(1));
    assert_eq!(send(&mut card, &read), [0x69, 0x82]);
    // A select that finds nothing leaves the application selected.
    assert_eq!(send(&mut card, &[0x00, 0xA4, 0x00, 0x0C, 2, 0xEF, 0x77]), [0x6A, 0x82]);
    assert_eq!(status(&mut card, 0x6F, &[]), 0x00);
}

#[test]
fn a_session_that_follows_another_goes_on_with_the_transaction() {
    let mut card = opened();
    counting(&mut card, [0xF0, 0xEF], 0, [0; 16]);
    assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
    assert_eq!(status(&mut card, 0x71, &[0x00, 0x00]), 0xAF);
    let running = |card: &SoftCard| {
        card.card.application().unwrap().transaction_mac.as_ref().unwrap().is_running()
    };
    assert!(running(&card));
    // One that fails ends it, as any error.
    let mut failed = card.clone();
    assert_eq!(status(&mut failed, 0xAF, &[0; 32]), 0xAE);
    assert!(!running(&failed));
    let mut card = opened();
    counting(&mut card, [0xF0, 0xEF], 0, [0; 16]);
    assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
    // Any error of any command ends it, without a session too.
    assert_eq!(status(&mut card, 0x64, &[5]), 0x40);
    assert!(!running(&card));
    assert_eq!(status(&mut card, 0xC7, &[]), 0x0C);
}

#[test]
fn nothing_is_reached_before_the_application_is_selected() {
    let mut card = card(Model::Light);
    for (ins, body) in [
        (0x6F, &[][..]),
        (0xC7, &[]),
        (0xC8, &READER),
        (0xAD, &[0, 0, 0, 0, 0, 0, 0]),
        (0xDF, &[0x0F]),
        (0x5C, &[0x00, 0x02]),
    ] {
        assert_eq!(status(&mut card, ins, body), 0x9D, "{ins:02X}");
    }
    // Commands of other chips, and those that other chips carry in frames.
    for ins in [0x5A, 0x6A, 0xCA, 0xCD, 0x45, 0x54, 0xBD, 0x3D, 0xBB, 0x3B, 0xDB, 0xF6, 0x6E, 0xFC]
    {
        assert_eq!(status(&mut card, ins, &[]), 0x1C, "{ins:02X}");
    }
}
