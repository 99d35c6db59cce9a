// SPDX-License-Identifier: MIT OR Apache-2.0
//! ISO/IEC 7816-4 commands, and native frames beside wrapped ones.

use super::support::{
    card, resume_d40, resume_ev1, resume_ev2, run, send, status, with_application,
};
use crate::crypto::{ChainedCmac, Cipher};
use crate::emulator::channel::Ev2;
use crate::emulator::{Behaviour, Candidate, Candidates, Model, SoftCard};
use crate::wire::KeyType;

/// A card with an application of a name, whose files have identifiers: 1 standard, 2 backup,
/// 3 cyclic, all free; 4 is for key 1.
fn named(kind: u8) -> SoftCard {
    let mut card = card(Model::Ev1_4k);
    let create = hex::decode(format!("0112F00F{:02X}10E1D2760000850101", 0x22 | kind)).unwrap();
    assert_eq!(status(&mut card, 0xCA, &create), 0x00);
    assert_eq!(status(&mut card, 0x5A, &[0x01, 0x12, 0xF0]), 0x00);
    for (ins, file) in [
        (0xCD, "0103E100EEEE200000"),
        (0xCB, "0204E100EEEE100000"),
        (0xC0, "0305E100EEEE040000040000"),
        (0xCD, "0406E10111F1200000"),
    ] {
        assert_eq!(status(&mut card, ins, &hex::decode(file).unwrap()), 0x00, "{file}");
    }
    card.reset();
    card
}

/// Sends an APDU in hex and gives the answer in hex.
fn apdu(card: &mut SoftCard, command: &str) -> String {
    hex::encode_upper(send(card, &hex::decode(command.replace(' ', "")).unwrap()))
}

#[test]
fn applications_and_files_are_selected_by_identifier_and_name() {
    let mut card = named(0x80);
    for (command, reply) in [
        ("00A4040007D2760000850100", "9000"),
        ("00A4040C07D2760000850101", "9000"),
        ("00A4000002E103", "9000"),
        ("00A4020002E104", "9000"),
        ("00A4020002E107", "6A82"),
        ("00A40000023F00", "9000"),
        ("00A4000002E103", "6A82"),
        ("00A4010002E110", "9000"),
        ("00A4000002E103", "9000"),
        ("00A40300", "9000"),
        ("00A4000002E110", "9000"),
        ("00A4040003010203", "6A82"),
        ("00A4040003F01201", "6A82"),
        ("00A4050002E110", "6A86"),
        ("00A4000402E110", "6A86"),
        ("00A4000001E1", "6A87"),
        ("00A4", "6700"),
        ("00C0000000", "6D00"),
        ("00A4000003E110", "6700"),
    ] {
        assert_eq!(apdu(&mut card, command), reply, "{command}");
    }
}

#[test]
fn bytes_are_written_and_read_with_short_and_selected_identifiers() {
    let mut card = named(0x80);
    for (command, reply) in [
        // The card itself is selected.
        ("00B0810004", "6A86"),
        ("00A4000002E110", "9000"),
        ("00D6810403A1A2A3", "9000"),
        ("00B0810006", "00000000A1A29000"),
        ("00B0000502", "A2A39000"),
        ("00A4000002E103", "9000"),
        ("00B0001E04", "00006282"),
        ("00B0002001", "6B00"),
        ("00D6002001FF", "6B00"),
        ("00D6001F02FFFF", "6A84"),
        ("00D681", "6700"),
        ("00B0870001", "6A82"),
        ("00B0830001", "6985"),
        ("00B0840001", "6982"),
        ("00D6840001FF", "6982"),
        ("00D6820002C1C2", "9000"),
        ("00B0820002", "00009000"),
    ] {
        assert_eq!(apdu(&mut card, command), reply, "{command}");
    }
    // The native commit makes the backup file valid.
    assert_eq!(run(&mut card, 0xC7, &[]), (vec![], 0x00));
    assert_eq!(apdu(&mut card, "00B0820002"), "C1C29000");
    assert_eq!(apdu(&mut card, "00B0820000").len(), 2 * 16 + 4);
}

#[test]
fn records_are_appended_and_counted_back_from_the_newest() {
    let mut card = named(0x80);
    assert_eq!(apdu(&mut card, "00A4000002E110"), "9000");
    assert_eq!(apdu(&mut card, "00B2001C00"), "6A83");
    for record in ["A1A2A3A4", "B1B2B3B4"] {
        assert_eq!(apdu(&mut card, &format!("00E2001804{record}")), "9000");
        assert_eq!(run(&mut card, 0xC7, &[]).1, 0x00);
    }
    for (command, reply) in [
        ("00B2011C00", "B1B2B3B49000"),
        ("00B2021C00", "A1A2A3A49000"),
        ("00B2011D00", "A1A2A3A4B1B2B3B49000"),
        ("00B2021D00", "A1A2A3A49000"),
        ("00B2001C00", "B1B2B3B49000"),
        ("00B2031C00", "6A83"),
        ("00B2001B00", "6A86"),
        ("00E2001803A1A2A3", "6700"),
        ("00E2011804A1A2A3A4", "6A86"),
        ("00E2000804A1A2A3A4", "6985"),
    ] {
        assert_eq!(apdu(&mut card, command), reply, "{command}");
    }
}

/// The three commands against a reader written here from the standard's order of challenges.
#[test]
fn a_reader_and_the_card_authenticate_each_other() {
    for (kind, length, algorithm) in [(0x80, 16, "09"), (0x40, 16, "04"), (0x00, 8, "02")] {
        let mut card = named(kind);
        assert_eq!(apdu(&mut card, "00A4000002E110"), "9000");
        let cipher = match kind {
            0x80 => Cipher::aes(&[0; 16]),
            0x40 => Cipher::tdes3(&[0; 24]),
            _ => Cipher::des(&[0; 8]),
        };
        let challenge = send(&mut card, &[0x00, 0x84, 0x00, 0x00, length]);
        assert_eq!(challenge.len(), usize::from(length) + 2);
        let mine: Vec<u8> = (1..=length).collect();
        let mut token = mine.clone();
        token.extend(&challenge[..usize::from(length)]);
        let mut chain = cipher.zero_iv();
        cipher.cbc_encrypt(&mut chain, &mut token).unwrap();
        let external = format!("0082{algorithm}81{:02X}{}", 2 * length, hex::encode(&token));
        assert_eq!(apdu(&mut card, &external), "9000");
        let second: Vec<u8> = (0x51..0x51 + length).collect();
        let mut internal = vec![0x00, 0x88, 0x00, 0x81, length];
        internal.extend(&second);
        internal.push(0x00);
        let mut answer = send(&mut card, &internal);
        assert_eq!(answer.split_off(2 * usize::from(length)), [0x90, 0x00]);
        cipher.cbc_decrypt(&mut chain, &mut answer).unwrap();
        assert_eq!(answer[usize::from(length)..], second);
        assert_eq!(card.card.authenticated(), Some(1));
        // An EV1 session: replies carry a MAC, and a MACed file is read with one.
        assert_eq!(run(&mut card, 0x64, &[0x01]).0.len(), 9);
        assert_eq!(apdu(&mut card, "00B0840004").len(), 2 * (4 + 8 + 2));
        // Each step needs the one before it.
        for command in [external.as_str(), "00880081100000000000000000000000000000000000"] {
            assert_eq!(apdu(&mut card, command), "6985", "{kind:02X}");
        }
        assert_eq!(card.card.authenticated(), None);
        assert_eq!(apdu(&mut card, &external.replace("81", "01")), "6A86");
        assert_eq!(apdu(&mut card, "0084000004"), "6700");
        let _ = send(&mut card, &[0x00, 0x84, 0x00, 0x00, length]);
        assert_eq!(apdu(&mut card, &external), "6982");
    }
}

/// In an EV1 session every read carries the MAC of a native reply, whatever the mode and the rights of
/// the file, under each type of key; no other session has one.
#[test]
fn reads_in_an_ev1_session_carry_its_mac() {
    for cipher in [Cipher::aes(&[0x5A; 16]), Cipher::tdes3(&[0x5A; 24]), Cipher::tdes2(&[0x5A; 16])]
    {
        let mut card = named(0x80);
        assert_eq!(apdu(&mut card, "00A4000002E110"), "9000");
        assert_eq!(apdu(&mut card, "00E2001804A1A2A3A4"), "9000");
        assert_eq!(run(&mut card, 0xC7, &[]).1, 0x00);
        assert_eq!(apdu(&mut card, "00D6810004A1A2A3A4"), "9000");
        let cmac = ChainedCmac::new(cipher.clone());
        let mut chain = cipher.zero_iv();
        resume_ev1(&mut card, 1, cipher.clone(), chain.as_slice());
        for command in ["00B0810004", "00B2011C00"] {
            cmac.mac(&mut chain, &[&[0xA1, 0xA2, 0xA3, 0xA4], &[0x00]]);
            let mac = hex::encode_upper(&chain.as_slice()[..8]);
            assert_eq!(apdu(&mut card, command), format!("A1A2A3A4{mac}9000"));
        }
        card.card.session = None;
        assert_eq!(apdu(&mut card, "00B0810004"), "A1A2A3A49000");
        resume_d40(&mut card, 1, Cipher::des(&[0x5A; 8]));
        assert_eq!(apdu(&mut card, "00B0810004"), "A1A2A3A49000");
    }
}

/// An EV2 keeps what is pending through an authentication; any error in it drops it, whoever made it.
#[test]
fn an_error_within_an_authentication_drops_what_is_pending() {
    let (challenge, first) = ("0084000010", "9071000002010000");
    let commit = |steps: &[&str]| {
        let mut card = with_application(Model::Ev2_4k, 0x0F, KeyType::Aes, 2);
        assert_eq!(status(&mut card, 0xCB, &[0x02, 0x00, 0xEE, 0xEE, 0x10, 0x00, 0x00]), 0x00);
        assert_eq!(status(&mut card, 0x3D, &[0x02, 0, 0, 0, 0x02, 0, 0, 0xAB, 0xCD]), 0x00);
        for step in steps {
            let answer = apdu(&mut card, step);
            assert!(*step != first || answer.ends_with("91AF"), "{answer}");
        }
        run(&mut card, 0xC7, &[]).1
    };
    // What drops nothing: no error, and an error while nobody authenticates.
    let missing = "90640000010900";
    let kept: [&[&str]; 4] = [&[], &[challenge], &[missing], &["9000"]];
    for steps in kept {
        assert_eq!(commit(steps), 0x00, "{steps:?}");
    }
    let wrong = format!("0082008120{}", "00".repeat(32));
    let dropped: [&[&str]; 7] = [
        &[challenge, &wrong],
        &[&wrong],
        &[challenge, missing],
        &[challenge, "9000"],
        &[first, missing],
        &[first, "9000"],
        &[first, "00A4000002E1FF"],
    ];
    for steps in dropped {
        assert_eq!(commit(steps), 0x0C, "{steps:?}");
    }
}

#[test]
fn the_first_command_decides_between_native_and_wrapped_frames() {
    let mut card = card(Model::Ev1_4k);
    assert_eq!(apdu(&mut card, "6400"), "0000");
    assert_eq!(apdu(&mut card, "9064000001 00 00"), "1C");
    assert_eq!(apdu(&mut card, "6A"), "00");
    assert_eq!(apdu(&mut card, "60").len(), 2 * 8);
    assert_eq!(apdu(&mut card, "AF").len(), 2 * 8);
    assert_eq!(apdu(&mut card, "AF").len(), 2 * 15);
    card.reset();
    assert_eq!(apdu(&mut card, "9064000001 00 00"), "009100");
    assert_eq!(apdu(&mut card, "6400000000"), "6E00");
    assert_eq!(apdu(&mut card, "60"), "6700");
}

/// MF2DL(H)x0 and NT4H2421Gx: chips with a fixed layout take APDUs alone. A native frame is an APDU that is
/// too short or of no class to them, and any error ends a session.
#[test]
fn light_and_ntag_take_native_frames_for_wrong_apdus() {
    for model in [Model::Light, Model::Ntag424, Model::Ntag424Tt] {
        let mut card = card(model);
        for (frame, refused) in [("60", "6700"), ("6400", "6700"), ("6400000000", "6E00")] {
            assert_eq!(apdu(&mut card, frame), refused, "{model} {frame}");
        }
        let name = card.card.memory.applications[0].iso.clone().unwrap().name.unwrap();
        let length = name.as_bytes().len();
        let select = format!("00A4040C{length:02X}{}00", hex::encode(name.as_bytes()));
        assert_eq!(apdu(&mut card, &select), "9000");
        assert_eq!(apdu(&mut card, "9064000001 00 00"), "009100");
        resume_ev2(&mut card, 0, Ev2::with_keys(&[1; 16], &[2; 16], [3; 4], 4));
        assert_eq!(apdu(&mut card, "AF"), "6700");
        assert_eq!(card.card.authenticated(), None);
        // Switched on, native frames are answered as a DESFire answers them.
        let candidates = Candidates::default().with(Candidate::NativeTag);
        let mut card = card.with_behaviour(Behaviour { candidates, ..Behaviour::default() });
        card.reset();
        assert_eq!(apdu(&mut card, "60").len(), 2 * 8);
        assert_eq!(apdu(&mut card, "AF").len(), 2 * 8);
    }
}
