// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secure dynamic messaging on files of a DESFire EV3 that were made for it, and where it is refused.

use super::support::{
    APP, UID, add_application, bytes, resume_ev2, run, send, status, switched, text,
    with_application,
};
use crate::crypto::Cipher;
use crate::emulator::channel::Ev2;
use crate::emulator::{Model, SoftCard};
use crate::iso14443::RealUid;
use crate::vectors::of_kind;
use crate::wire::{Access, Aid, KeyNo, KeyType};

/// UID and counter under key 2, MAC under key 1 over nothing, for anybody who asks (AN12196, table 18, and everybody may ask for the counter).
const SETTINGS: &str = "40EEEEC1FE21200000430000430000";

fn with_file(model: Model, option: u8) -> SoftCard {
    let mut card = with_application(model, 0x0F, KeyType::Aes, 3);
    let made = [3, option, 0xEE, 0xEE, 100, 0, 0];
    assert_eq!(status(&mut card, 0xCD, &made), 0x00);
    card
}

fn change(card: &mut SoftCard, number: u8, settings: &str) -> u8 {
    status(card, 0x5F, &[&[number][..], &hex::decode(settings).unwrap()].concat())
}

#[test]
fn a_file_that_was_made_for_it_tells_who_reads_it_and_how_often() {
    let mut card = with_file(Model::Ev3_4k, 0x40);
    // Nothing is set yet.
    assert_eq!(hex::encode_upper(run(&mut card, 0xF5, &[3]).0), "0000EEEE640000");
    assert_eq!(run(&mut card, 0xBD, &[3, 0, 0, 0, 100, 0, 0]), (vec![0; 58], 0xAF));
    let mut card = SoftCard::restore(&card.save(), 9).unwrap();
    assert_eq!(status(&mut card, 0x5A, &[0x20, 0x81, 0xF4]), 0x00);
    assert_eq!(change(&mut card, 3, SETTINGS), 0x00);
    let told = run(&mut card, 0xF5, &[3]).0;
    assert_eq!(hex::encode_upper(told), format!("0040EEEE640000{}", SETTINGS.split_at(6).1));
    let read = |card: &mut SoftCard| {
        let (mut all, _) = run(card, 0xBD, &[3, 0, 0, 0, 100, 0, 0]);
        all.extend(run(card, 0xAF, &[]).0);
        all
    };
    let (first, second) = (read(&mut card), read(&mut card));
    assert_eq!((first.len(), &first), (100, &second));
    let picc = String::from_utf8(first[0x20..0x40].to_vec()).unwrap();
    let mut data: [u8; 16] = hex::decode(picc).unwrap().try_into().unwrap();
    let cipher = Cipher::aes(&[0; 16]);
    cipher.cbc_decrypt(&mut cipher.zero_iv(), &mut data).unwrap();
    assert_eq!(data[..11], [&[0xC7][..], &UID, &[1, 0, 0]].concat());
    assert!(first[0x43..0x53].iter().all(u8::is_ascii_hexdigit));
    assert_eq!(run(&mut card, 0xF6, &[3]).0[..3], [1, 0, 0]);
    let mut card = SoftCard::restore(&card.save(), 9).unwrap();
    assert_eq!(status(&mut card, 0x5A, &[0x20, 0x81, 0xF4]), 0x00);
    assert_eq!(run(&mut card, 0xF6, &[3]).0[..3], [1, 0, 0]);
    // It goes off, and may come back.
    assert_eq!(change(&mut card, 3, "00EEEE"), 0x00);
    assert_eq!(read(&mut card), [0; 100]);
    assert_eq!(change(&mut card, 3, SETTINGS), 0x00);
}

#[test]
fn a_file_that_was_not_made_for_it_never_has_it() {
    let mut card = with_file(Model::Ev3_4k, 0x00);
    assert_eq!(change(&mut card, 3, SETTINGS), 0x9D);
    // A tag has it on one file, an older card on none, and a backup file cannot be made for it.
    let mut old = with_application(Model::Ev2_4k, 0x0F, KeyType::Aes, 3);
    assert_eq!(status(&mut old, 0xCD, &[3, 0x40, 0xEE, 0xEE, 100, 0, 0]), 0x9E);
    assert_eq!(status(&mut card, 0xCB, &[4, 0x40, 0xEE, 0xEE, 100, 0, 0]), 0x9E);
    let mut des = with_application(Model::Ev3_4k, 0x0F, KeyType::Des, 3);
    assert_eq!(status(&mut des, 0xCD, &[3, 0x40, 0xEE, 0xEE, 100, 0, 0]), 0x00);
    assert_eq!(change(&mut des, 3, SETTINGS), 0x9E);
}

/// An address that a real EV3 gave, in a file that was made by commands.
#[test]
fn an_ev3_writes_what_a_real_one_wrote() {
    let vectors = of_kind("ev2-more", "sdm_aes");
    let name = "ev3-sun-picc-ctr3";
    let vector = vectors.iter().find(|vector| vector["name"] == name).expect(name);
    let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
    let cipher = Cipher::aes(&bytes(&inputs["sdm_meta_read_key"]));
    let mut data: [u8; 16] = bytes(&inputs["picc_enc_data"]);
    cipher.cbc_decrypt(&mut cipher.zero_iv(), &mut data).unwrap();
    let uid = RealUid::new(data[1..8].try_into().unwrap());
    let mut card = SoftCard::new(Model::Ev3_2k, uid, 3);
    add_application(&mut card, Aid::new(APP), 0x0F, KeyType::Aes, 3);
    assert_eq!(status(&mut card, 0xCD, &[3, 0x40, 0xEE, 0xEE, 100, 0, 0]), 0x00);
    assert_eq!(change(&mut card, 3, "40EEEEC1FE21000000200000200000"), 0x00);
    card.card.application_mut().unwrap().file_mut(3).unwrap().reads = 2;
    card.queue_random(&data[11..]);
    let read = run(&mut card, 0xBD, &[3, 0, 0, 0, 48, 0, 0]).0;
    let shown = format!("{}{}", text(&inputs["picc_enc_data"]), text(&expected["sdmmac"]));
    assert_eq!(String::from_utf8(read).unwrap(), shown);
}

/// What is too short for a block and a MAC, or no whole blocks, has no MAC: `7E`, as a real EV3 says of other
/// commands.
#[test]
fn settings_in_clear_are_no_message_of_a_session() {
    let whole = hex::decode("40E0EEC1FE21200000430000430000").unwrap();
    for (sent, refused) in [(&whole[..3], 0x7E), (&whole, 0x7E), (&[0x40; 24], 0x1E)] {
        let mut card = with_file(Model::Ev3_4k, 0x40);
        let rights = &mut card.card.application_mut().unwrap().file_mut(3).unwrap().settings.rights;
        rights.change = Access::Key(KeyNo::MASTER);
        resume_ev2(&mut card, 0, Ev2::with_keys(&[1; 16], &[2; 16], [3; 4], 5));
        assert_eq!(status(&mut card, 0x5F, &[&[3][..], sent].concat()), refused);
        assert_eq!(card.card.authenticated(), None);
    }
    // Where everybody may change them, they go in clear in a session too.
    let mut card = with_file(Model::Ev3_4k, 0x40);
    resume_ev2(&mut card, 0, Ev2::with_keys(&[1; 16], &[2; 16], [3; 4], 5));
    assert_eq!(change(&mut card, 3, SETTINGS), 0x00);
    assert_eq!(card.card.authenticated(), Some(0));
}

/// NT4H2421Gx, ChangeFileSettings: on the NDEF file of a tag, with its keys 0 to 4.
#[test]
fn settings_that_a_tag_could_not_follow_are_refused() {
    let offsets = |places: &[u32]| -> String {
        places.iter().map(|at| hex::encode(&at.to_le_bytes()[..3])).collect()
    };
    let refused = |lrp: bool, rights: &str, places: &[u32]| {
        let mut tag = SoftCard::new(Model::Ntag424, RealUid::new([4, 1, 2, 3, 4, 5, 6]), 5);
        let name = "00A4040C07D2760000850101";
        assert_eq!(send(&mut tag, &hex::decode(name).unwrap()), [0x90, 0x00]);
        if lrp {
            switched(&mut tag);
        }
        let file = tag.card.application_mut().unwrap().file_mut(2).unwrap();
        file.settings.rights.change = Access::Free;
        change(&mut tag, 2, &format!("40EEEE{rights}{}", offsets(places)))
    };
    // PICC data, beginning of the MAC's input, MAC.
    let whole = "C1FF21";
    assert_eq!(refused(false, whole, &[0, 32, 32]), 0x00);
    for (rights, places) in [
        // MAC in PICC data, PICC data in the MAC, the MAC before its input, and behind the file.
        (whole, &[0, 0, 31][..]),
        (whole, &[20, 0, 8]),
        (whole, &[0, 40, 39]),
        (whole, &[0, 32, 241]),
        // Keys that there are not, for UID and counter, for the file, and for who asks.
        ("C1FF51", &[0, 32, 32]),
        ("C1FF25", &[0, 32, 32]),
        ("C1F521", &[0, 32, 32]),
        // Neither UID nor counter; a counter to ask for that is none; a limit of none, and of 0.
        ("01FF21", &[0, 32, 32]),
        ("81F121", &[0, 32, 32]),
        ("A1FF21", &[0, 32, 32, 9]),
        ("E1FF21", &[0, 32, 32, 0]),
        // What is enciphered: no whole blocks, before the MAC's input, in the MAC, without the counter.
        ("D1FF21", &[0, 32, 32, 31, 80]),
        ("D1FF21", &[0, 40, 32, 32, 80]),
        ("D1FF21", &[0, 32, 60, 32, 80]),
        ("91FF21", &[0, 32, 32, 32, 80]),
        // The seal of another chip.
        ("C9FF21", &[0, 90, 32, 32]),
    ] {
        assert_eq!(refused(false, rights, places), 0x9E, "{rights} {places:?}");
    }
    assert_eq!(refused(false, "D1FF21", &[0, 32, 32, 32, 64]), 0x00);
    assert_eq!(refused(false, "E1FF21", &[0, 32, 32, 1]), 0x00);
    assert_eq!(refused(false, whole, &[0, 32]), 0x7E);
    assert_eq!(refused(false, whole, &[0, 32, 32, 9]), 0x7E);
    // PICC data in LRP have 48 characters.
    assert_eq!(refused(true, whole, &[0, 32, 47]), 0x9E);
    assert_eq!(refused(true, whole, &[0, 32, 48]), 0x00);
}

/// NT4H2421Gx: an ISO command while a native one has more to send is refused with `6985`; a real EV3 carries
/// it out.
#[test]
fn an_iso_command_does_not_come_between_frames_of_a_tag() {
    let name = [0x00, 0xA4, 0x04, 0x0C, 0x07, 0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01];
    let mut tag = SoftCard::new(Model::Ntag424, RealUid::new([4, 1, 2, 3, 4, 5, 6]), 5);
    assert_eq!(send(&mut tag, &name), [0x90, 0x00]);
    for (ins, parameters) in [(0x60, &[][..]), (0x71, &[0, 0])] {
        for iso in [&name[..], &[0x00, 0xB0, 0x82, 0x00, 0x10], &[0x00, 0xD6, 0x82, 0x00, 0x01, 7]]
        {
            assert_eq!(status(&mut tag, ins, parameters), 0xAF);
            assert_eq!(send(&mut tag, iso), [0x69, 0x85]);
            // The frames are gone, the application is not.
            assert_eq!(status(&mut tag, 0xAF, &[]), 0x1C);
            assert_eq!(status(&mut tag, 0xF5, &[2]), 0x00);
        }
    }
    let mut ev3 = super::support::card(Model::Ev3_4k);
    assert_eq!(status(&mut ev3, 0x60, &[]), 0xAF);
    assert_eq!(send(&mut ev3, &name), [0x6A, 0x82]);
}
