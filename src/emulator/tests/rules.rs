// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the card refuses, and with which status.

use super::support::{
    APP, UID, add_application, card, open_ev1, resume_ev2, run, status, with_application,
};
use crate::crypto::{Cipher, crc};
use crate::emulator::channel::Ev2;
use crate::emulator::{Behaviour, BothRights, Interruption, Model, SoftCard, StrayFrame};
use crate::iso14443::Uid;
use crate::wire::{Aid, KeyType};

const APP_WIRE: [u8; 3] = [APP[2], APP[1], APP[0]];

fn aes_app(settings: u8) -> SoftCard {
    with_application(Model::Ev1_4k, settings, KeyType::Aes, 5)
}

#[test]
fn unknown_commands_are_illegal_and_end_the_session() {
    for ins in [0x8D, 0xAD, 0xC9, 0xF6, 0xDB, 0xB1, 0xFF] {
        let mut card = aes_app(0x0F);
        open_ev1(&mut card, 0);
        assert_eq!(status(&mut card, ins, &[]), 0x1C);
        assert_eq!(card.card.authenticated(), None);
    }
}

#[test]
fn what_came_with_ev1_is_unknown_to_d40_cards() {
    for ins in [0x1A, 0xAA, 0x5C, 0x6D, 0x51, 0x6E, 0x61, 0x71] {
        assert_eq!(status(&mut card(Model::D40_4k), ins, &[0x00]), 0x1C, "{ins:02X}");
    }
    assert_eq!(run(&mut card(Model::D40_4k), 0x0A, &[0x00]).1, 0xAF);
}

#[test]
fn ev2_authentication_is_unknown_to_ev1_cards() {
    for ins in [0x71, 0x77] {
        assert_eq!(status(&mut aes_app(0x0F), ins, &[0x00, 0x00]), 0x1C);
    }
    let mut ev3 = with_application(Model::Ev3_8k, 0x0F, KeyType::Aes, 1);
    assert_eq!(status(&mut ev3, 0x71, &[0x00, 0x00]), 0xAF);
}

#[test]
fn a_file_without_a_counter_is_told_on_ev3_cards_only() {
    let with_file = |model| {
        let mut card = with_application(model, 0x0F, KeyType::Aes, 2);
        let create = [0x01, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00];
        assert_eq!(status(&mut card, 0xCD, &create), 0x00);
        card
    };
    for model in [Model::D40_4k, Model::Ev1_4k, Model::Ev2_4k] {
        assert_eq!(status(&mut with_file(model), 0xF6, &[0x01]), 0x1C, "{model}");
    }
    for (parameters, expected) in
        [(&[0x01][..], 0x9D), (&[0x02], 0xF0), (&[], 0x7E), (&[0x01, 0x00], 0x7E)]
    {
        assert_eq!(run(&mut with_file(Model::Ev3_4k), 0xF6, parameters), (vec![], expected));
    }
    assert_eq!(status(&mut card(Model::Ev3_4k), 0xF6, &[0x01]), 0x9D);
    // In a session the command has its MAC, which is checked first; every refusal ends it.
    let cmac = crate::crypto::AesCmac::new(&[2; 16]);
    let whole = cmac.mac(&[&[0xF6, 0x05, 0x00, 0x03, 0x03, 0x03, 0x03, 0x01]]);
    let mac = whole.into_iter().skip(1).step_by(2);
    let sent: Vec<u8> = [0x01].into_iter().chain(mac).collect();
    let mut bent = sent.clone();
    bent[8] ^= 0x01;
    for (parameters, expected) in [(&sent[..], 0x9D), (&bent, 0x1E), (&[0x01], 0x7E)] {
        let mut card = with_file(Model::Ev3_4k);
        resume_ev2(&mut card, 0, Ev2::with_keys(&[1; 16], &[2; 16], [3; 4], 5));
        assert_eq!(run(&mut card, 0xF6, parameters), (vec![], expected));
        assert_eq!(card.card.authenticated(), None);
    }
}

#[test]
fn lengths_are_exact() {
    for (ins, parameters) in [
        (0x60, &[0x00][..]),
        (0x5A, &[0x00, 0x00]),
        (0x5A, &[0x00, 0x00, 0x00, 0x00]),
        (0xCA, &[0x01, 0x02, 0x03, 0x0F]),
        (0xCA, &[0x01, 0x02, 0x03, 0x0F, 0x21, 0x10]),
        (0xCA, &[0x11; 24]),
        (0x64, &[]),
        (0xC4, &[]),
        (0xBD, &[0x01, 0x00, 0x00, 0x00, 0x00, 0x00]),
        (0x3D, &[0x01, 0x00, 0x00, 0x00, 0x00, 0x00]),
        (0xAA, &[]),
        (0xAA, &[0x00, 0x00]),
        (0x1A, &[]),
    ] {
        assert_eq!(status(&mut card(Model::Ev1_4k), ins, parameters), 0x7E, "{ins:02X}");
    }
    for parameters in [&[0x00][..], &[0x00, 0x01], &[0x00, 0x07, 0, 0, 0, 0, 0, 0, 0]] {
        let mut card = with_application(Model::Ev2_4k, 0x0F, KeyType::Aes, 1);
        assert_eq!(status(&mut card, 0x71, parameters), 0x7E);
    }
}

#[test]
fn levels_are_kept_apart() {
    let mut picc = card(Model::Ev1_4k);
    let file = [0x01, 0x00, 0xEE, 0xEE, 0x10, 0x00, 0x00];
    assert_eq!(status(&mut picc, 0xCD, &file), 0x9D);
    assert_eq!(status(&mut picc, 0x6F, &[]), 0x9D);
    assert_eq!(status(&mut picc, 0xC7, &[]), 0x9D);
    let mut app = aes_app(0x0F);
    open_ev1(&mut app, 0);
    assert_eq!(status(&mut app, 0xFC, &[]), 0x9D);
    assert_eq!(status(&mut app, 0x6A, &[]), 0x9D);
    assert_eq!(status(&mut app, 0xCA, &[0x01, 0x02, 0x03, 0x0F, 0x81]), 0x9D);
}

#[test]
fn selecting_ends_the_session_and_an_unknown_application_does_too() {
    let mut card = aes_app(0x0F);
    open_ev1(&mut card, 0);
    assert_eq!(run(&mut card, 0x5A, &APP_WIRE), (vec![], 0x00));
    assert_eq!(card.card.authenticated(), None);
    open_ev1(&mut card, 0);
    assert_eq!(status(&mut card, 0x5A, &[0x01, 0x02, 0x03]), 0xA0);
    assert_eq!(card.card.authenticated(), None);
    // The application stays selected.
    assert_eq!(status(&mut card, 0x64, &[0x04]), 0x00);
    assert_eq!(status(&mut card, 0x5A, &[0x00; 3]), 0x00);
    assert_eq!(status(&mut card, 0x64, &[0x04]), 0x40);
}

#[test]
fn directory_bit_closes_the_lists() {
    for (settings, open) in [(0x0F, 0x00), (0x0D, 0xAE)] {
        let mut card = aes_app(settings);
        assert_eq!(status(&mut card, 0x6F, &[]), open);
        assert_eq!(status(&mut card, 0x45, &[]), open);
        for key in [0, 1] {
            open_ev1(&mut card, key);
            assert_eq!(status(&mut card, 0x6F, &[]), if key == 0 { 0x00 } else { open });
        }
        card.card.memory.master.settings = card.card.keys().settings;
        status(&mut card, 0x5A, &[0x00; 3]);
        assert_eq!(status(&mut card, 0x6A, &[]), open);
    }
}

#[test]
fn create_bit_closes_creating_and_deleting() {
    let file = [0x01, 0x00, 0xEE, 0xEE, 0x10, 0x00, 0x00];
    for (settings, open) in [(0x0F, 0x00), (0x0B, 0xAE)] {
        let mut card = aes_app(settings);
        assert_eq!(status(&mut card, 0xCD, &file), open);
        open_ev1(&mut card, 0);
        status(&mut card, 0xCD, &file);
        status(&mut card, 0x5A, &APP_WIRE);
        assert_eq!(status(&mut card, 0xDF, &[0x01]), open);
        card.card.memory.master.settings = card.card.keys().settings;
        status(&mut card, 0x5A, &[0x00; 3]);
        assert_eq!(status(&mut card, 0xCA, &[0x01, 0x02, 0x03, 0x0F, 0x81]), open);
    }
}

#[test]
fn values_of_an_application_are_checked() {
    for (parameters, expected) in [
        ([0x01, 0x02, 0x03, 0x0F, 0x8E], 0x00),
        ([0x01, 0x02, 0x03, 0x0F, 0x80], 0x00),
        ([0x01, 0x02, 0x03, 0x0F, 0x8F], 0x9E),
        ([0x01, 0x02, 0x03, 0x0F, 0xC1], 0x9E),
        ([0x01, 0x02, 0x03, 0x0F, 0xA1], 0x00),
        ([0x00, 0x00, 0x00, 0x0F, 0x81], 0xDE),
        ([APP_WIRE[0], APP_WIRE[1], APP_WIRE[2], 0x0F, 0x81], 0xDE),
    ] {
        let mut card = aes_app(0x0F);
        status(&mut card, 0x5A, &[0x00; 3]);
        assert_eq!(status(&mut card, 0xCA, &parameters), expected, "{parameters:02X?}");
    }
    assert_eq!(status(&mut card(Model::Ev2_4k), 0xCA, &[1, 2, 3, 0x0F, 0x80]), 0x9E);
}

#[test]
fn values_of_a_file_are_checked() {
    for (parameters, expected) in [
        ([0x1F, 0x03, 0x30, 0x12, 0x10, 0x00, 0x00], 0x00),
        ([0x01, 0x00, 0xEE, 0xEE, 0x10, 0x00, 0x00], 0xDE),
        ([0x20, 0x00, 0xEE, 0xEE, 0x10, 0x00, 0x00], 0x9E),
        ([0x02, 0x04, 0xEE, 0xEE, 0x10, 0x00, 0x00], 0x9E),
        ([0x02, 0x00, 0xEE, 0xEE, 0x00, 0x00, 0x00], 0x9E),
        ([0x02, 0x00, 0x5E, 0xEE, 0x10, 0x00, 0x00], 0x40),
        ([0x02, 0x00, 0xEE, 0xEE, 0x00, 0x00, 0x01], 0x0E),
    ] {
        let mut card = aes_app(0x0F);
        status(&mut card, 0xCD, &[0x01, 0x00, 0xEE, 0xEE, 0x10, 0x00, 0x00]);
        assert_eq!(status(&mut card, 0xCB, &parameters), expected, "{parameters:02X?}");
    }
    assert_eq!(status(&mut aes_app(0x0F), 0xF5, &[0x01]), 0xF0);
    assert_eq!(status(&mut aes_app(0x0F), 0xDF, &[0x01]), 0xF0);
}

#[test]
fn a_rights_word_lets_in_whom_it_names() {
    // Read 1, write 2, read and write 3; nobody; everybody.
    for (rights, key, reading, writing) in [
        ([0x30, 0x12], None, 0xAE, 0xAE),
        ([0x30, 0x12], Some(0), 0xAE, 0xAE),
        ([0x30, 0x12], Some(1), 0x00, 0xAE),
        ([0x30, 0x12], Some(2), 0xAE, 0x00),
        ([0x30, 0x12], Some(3), 0x00, 0x00),
        ([0xF0, 0xFF], None, 0x9D, 0x9D),
        ([0xF0, 0xFF], Some(0), 0x9D, 0x9D),
        ([0xF0, 0xEF], None, 0x00, 0x9D),
        ([0xE0, 0xFF], None, 0x00, 0x00),
    ] {
        let mut card = aes_app(0x0F);
        let create = [0x01, 0x00, rights[0], rights[1], 0x10, 0x00, 0x00];
        assert_eq!(status(&mut card, 0xCD, &create), 0x00);
        for (ins, data, expected) in [(0xBD, &[][..], reading), (0x3D, &[0x77], writing)] {
            let mut card = card.clone();
            if let Some(key) = key {
                open_ev1(&mut card, key);
            }
            let parameters = [&[0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00], data].concat();
            assert_eq!(status(&mut card, ins, &parameters), expected, "{rights:02X?} {key:?}");
            let kept = if expected == 0x00 { key } else { None };
            assert_eq!(card.card.authenticated(), kept);
        }
    }
}

#[test]
fn a_free_right_beside_the_key_is_switchable() {
    for (both_rights, length) in [(BothRights::KeyWins, 16), (BothRights::FreeWins, 9)] {
        let behaviour = Behaviour { both_rights, ..Behaviour::default() };
        let mut card = aes_app(0x0F).with_behaviour(behaviour);
        status(&mut card, 0xCD, &[0x01, 0x03, 0x10, 0xEE, 0x10, 0x00, 0x00]);
        open_ev1(&mut card, 1);
        let (data, status) = run(&mut card, 0xBD, &[0x01, 0, 0, 0, 0x01, 0, 0]);
        assert_eq!((data.len(), status), (length, 0x00));
    }
}

#[test]
fn a_maced_write_needs_its_mac() {
    let mut before = aes_app(0x0F);
    status(&mut before, 0xCD, &[0x01, 0x01, 0x10, 0x11, 0x10, 0x00, 0x00]);
    open_ev1(&mut before, 1);
    let body = [0x01, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0xAB, 0xCD];
    let mut iv = Cipher::aes(&[0x5A; 16]).zero_iv();
    crate::crypto::ChainedCmac::new(Cipher::aes(&[0x5A; 16])).mac(&mut iv, &[&[0x3D], &body]);
    let mac = &iv.as_slice()[..8];
    let mut card = before.clone();
    assert_eq!(status(&mut card, 0x3D, &[&body, mac].concat()), 0x00);
    assert_eq!(run(&mut card, 0xBD, &[0x01, 0, 0, 0, 0x02, 0, 0]).0[..2], [0xAB, 0xCD]);
    let mut card = before.clone();
    assert_eq!(status(&mut card, 0x3D, &[&body[..], &[0x00; 8]].concat()), 0x1E);
    let mut card = before;
    assert_eq!(status(&mut card, 0x3D, &[&body, mac, &[0x00]].concat()), 0x7E);
}

#[test]
fn bounds_of_a_file_hold() {
    let mut card = aes_app(0x0F);
    status(&mut card, 0xCD, &[0x01, 0x00, 0xEE, 0xEE, 0x10, 0x00, 0x00]);
    for (ins, span, data, expected) in [
        (0xBD, [0x00, 0x10], &[][..], 0x00),
        (0xBD, [0x00, 0x00], &[], 0x00),
        (0xBD, [0x0F, 0x00], &[], 0x00),
        (0xBD, [0x10, 0x00], &[], 0xBE),
        (0xBD, [0x01, 0x10], &[], 0xBE),
        (0xBD, [0x00, 0x11], &[], 0xBE),
        (0x3D, [0x0F, 0x01], &[0x01], 0x00),
        (0x3D, [0x0F, 0x02], &[0x01], 0xBE),
        (0x3D, [0x00, 0x00], &[], 0x9E),
        (0x3D, [0x00, 0x01], &[0x01, 0x02], 0x7E),
    ] {
        let header = [0x01, span[0], 0x00, 0x00, span[1], 0x00, 0x00];
        assert_eq!(status(&mut card, ins, &[&header, data].concat()), expected, "{span:02X?}");
    }
}

#[test]
fn deleting_from_inside_selects_the_picc() {
    let mut card = aes_app(0x0F);
    assert_eq!(status(&mut card, 0xDA, &[0x01, 0x02, 0x03]), 0xA0);
    assert_eq!(status(&mut card, 0xDA, &APP_WIRE), 0xAE);
    open_ev1(&mut card, 1);
    assert_eq!(status(&mut card, 0xDA, &APP_WIRE), 0xAE);
    open_ev1(&mut card, 0);
    assert_eq!(run(&mut card, 0xDA, &APP_WIRE), (vec![], 0x00));
    assert_eq!(card.card.authenticated(), None);
    assert_eq!(run(&mut card, 0x6A, &[]), (vec![], 0x00));
    // With creating closed only the PICC master key deletes, and keeps its session.
    let mut card = aes_app(0x0F);
    card.card.memory.master.settings.free_create = false;
    open_ev1(&mut card, 0);
    assert_eq!(status(&mut card, 0xDA, &APP_WIRE), 0xAE);
    status(&mut card, 0x5A, &[0x00; 3]);
    open_ev1(&mut card, 0);
    assert_eq!(run(&mut card, 0xDA, &APP_WIRE).0.len(), 8);
    assert_eq!(card.card.authenticated(), Some(0));
}

#[test]
fn formatting_needs_the_picc_master_key() {
    let mut card = aes_app(0x0F);
    status(&mut card, 0x5A, &[0x00; 3]);
    assert_eq!(status(&mut card, 0xFC, &[]), 0xAE);
    open_ev1(&mut card, 0);
    assert_eq!(status(&mut card, 0xFC, &[]), 0x00);
    assert_eq!(card.card.authenticated(), Some(0));
    assert!(card.card.memory.applications.is_empty());
}

#[test]
fn the_real_uid_needs_a_session_and_a_random_one_hides_it() {
    let mut card = with_application(Model::Ev1_4k, 0x0F, KeyType::Aes, 2).with_random_uid();
    let Uid::Random(first) = card.uid() else { panic!("not random") };
    assert_eq!(first.expose()[0], 0x80);
    card.reset();
    let Uid::Random(second) = card.uid() else { panic!("not random") };
    assert_ne!(first.expose(), second.expose());
    run(&mut card, 0x60, &[]);
    run(&mut card, 0xAF, &[]);
    assert_eq!(run(&mut card, 0xAF, &[]).0[..7], [0; 7]);
    assert_eq!(status(&mut card, 0x51, &[]), 0xAE);
    status(&mut card, 0x5A, &APP_WIRE);
    open_ev1(&mut card, 1);
    let (mut enciphered, status) = run(&mut card, 0x51, &[]);
    assert_eq!((enciphered.len(), status), (16, 0x00));
    // The command's CMAC is the initial value of the reply.
    let cipher = Cipher::aes(&[0x5A; 16]);
    let mut iv = cipher.zero_iv();
    crate::crypto::ChainedCmac::new(cipher.clone()).mac(&mut iv, &[&[0x51]]);
    cipher.cbc_decrypt(&mut iv, &mut enciphered).unwrap();
    let checksum = crc::crc32(&[&UID, &[0x00]]);
    assert_eq!(enciphered, [&UID[..], &checksum, &[0x00; 5]].concat());
}

#[test]
fn a_chain_that_is_interrupted_is_dropped() {
    for (interruption, expected) in [(Interruption::Aborts, 0xCA), (Interruption::Runs, 0x00)] {
        let mut card =
            card(Model::Ev1_4k).with_behaviour(Behaviour { interruption, ..Behaviour::default() });
        assert_eq!(status(&mut card, 0x60, &[]), 0xAF);
        assert_eq!(status(&mut card, 0x64, &[0x00]), expected);
        assert_eq!(status(&mut card, 0xAF, &[]), 0x1C);
        // Unknown commands and wrong lengths come first.
        assert_eq!(status(&mut card, 0x60, &[]), 0xAF);
        assert_eq!(status(&mut card, 0x00, &[]), 0x1C);
        assert_eq!(status(&mut card, 0x60, &[]), 0xAF);
        assert_eq!(status(&mut card, 0x64, &[]), 0x7E);
        assert_eq!(status(&mut card, 0x64, &[0x00]), 0x00);
    }
    let stray = Behaviour { stray_frame: StrayFrame::CommandAborted, ..Behaviour::default() };
    assert_eq!(status(&mut card(Model::Ev1_4k).with_behaviour(stray), 0xAF, &[]), 0xCA);
    let mut card = card(Model::Ev1_4k);
    assert_eq!(status(&mut card, 0x60, &[]), 0xAF);
    assert_eq!(status(&mut card, 0xAF, &[0x00]), 0x7E);
}

#[test]
fn an_ev2_session_wants_its_mac() {
    let session = || Ev2::with_keys(&[1; 16], &[2; 16], [3; 4], 5);
    for (ins, parameters, expected) in [
        (0x64, &[0x00][..], 0x7E),
        (0x64, &[0x00, 0, 0, 0, 0, 0, 0, 0, 0], 0x1E),
        (0x64, &[0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0x7E),
        (0x60, &[], 0x7E),
        (0xCD, &[0x01, 0x00, 0xEE, 0xEE, 0x10, 0x00, 0x00], 0x7E),
    ] {
        let mut card = with_application(Model::Ev2_4k, 0x0F, KeyType::Aes, 2);
        resume_ev2(&mut card, 0, session());
        assert_eq!(run(&mut card, ins, parameters), (vec![], expected));
        assert_eq!(card.card.authenticated(), None);
    }
    // A file that everybody may read travels plain, and still counts.
    let mut card = with_application(Model::Ev2_4k, 0x0F, KeyType::Aes, 2);
    status(&mut card, 0xCD, &[0x01, 0x03, 0xEE, 0xEE, 0x10, 0x00, 0x00]);
    resume_ev2(&mut card, 0, session());
    assert_eq!(run(&mut card, 0xBD, &[0x01, 0, 0, 0, 0x02, 0, 0]), (vec![0; 2], 0x00));
    let open = card.card.session.as_ref().map(|open| &open.channel);
    let Some(crate::emulator::channel::Channel::Ev2(open)) = open else { panic!("session lost") };
    assert_eq!(open.thread().1, 6);
}

#[test]
fn formatting_in_an_ev2_session_is_switchable() {
    for format_ends_ev2_session in [false, true] {
        let behaviour = Behaviour { format_ends_ev2_session, ..Behaviour::default() };
        let mut card = card(Model::Ev2_4k).with_behaviour(behaviour);
        add_application(&mut card, Aid::new(APP), 0x0F, KeyType::Aes, 1);
        card.card.selected = None;
        let session = Ev2::with_keys(&[1; 16], &[2; 16], [3; 4], 5);
        resume_ev2(&mut card, 0, session);
        let cmac = crate::crypto::AesCmac::new(&[2; 16]);
        let whole = cmac.mac(&[&[0xFC, 0x05, 0x00, 0x03, 0x03, 0x03, 0x03]]);
        let mac: Vec<u8> = whole.into_iter().skip(1).step_by(2).collect();
        let (reply, status) = run(&mut card, 0xFC, &mac);
        assert_eq!(status, 0x00);
        assert_eq!(reply.is_empty(), format_ends_ev2_session);
        assert_eq!(card.card.authenticated().is_none(), format_ends_ev2_session);
    }
}
