// SPDX-License-Identifier: MIT OR Apache-2.0
//! Readings that others have of cards, each off and on.

use super::support::{
    APP, card, open_ev1, resume_d40, resume_ev2, run, set_key, status, with_application,
};
use crate::crypto::{Cipher, crc};
use crate::emulator::channel::{Channel, Ev2, recover};
use crate::emulator::{Behaviour, Candidate, Candidates, Model, Reauthentication, SoftCard};
use crate::wire::KeyType;

/// The status without and with the reading, on a card with an application of two AES keys.
fn statuses(candidate: Candidate, act: impl Fn(&mut SoftCard) -> u8) -> [u8; 2] {
    [Candidates::default(), Candidates::default().with(candidate)].map(|candidates| {
        let behaviour = Behaviour { candidates, ..Behaviour::default() };
        let mut card = with_application(Model::Ev1_4k, 0x0F, KeyType::Aes, 2);
        card = card.with_behaviour(behaviour);
        act(&mut card)
    })
}

/// A standard file of 16 bytes, free to all.
const FILE: [u8; 7] = [0x01, 0x00, 0xEE, 0xEE, 0x10, 0x00, 0x00];

#[test]
fn each_reading_of_others_is_a_switch() {
    let right = |card: &mut SoftCard| status(card, 0xCD, &[0x01, 0x00, 0x00, 0x50, 0x10, 0, 0]);
    assert_eq!(statuses(Candidate::RightOfMissingKey, right), [0x40, 0x00]);
    let picc = |card: &mut SoftCard| {
        card.reset();
        status(card, 0xCA, &[0x00, 0x00, 0x00, 0x0F, 0x81])
    };
    assert_eq!(statuses(Candidate::PiccAid, picc), [0xDE, 0x9E]);
    let empty = |card: &mut SoftCard| {
        assert_eq!(status(card, 0xCD, &FILE), 0x00);
        status(card, 0x3D, &[0x01, 0, 0, 0, 0, 0, 0])
    };
    assert_eq!(statuses(Candidate::EmptyWrite, empty), [0x9E, 0x00]);
    let missing = |card: &mut SoftCard| status(card, 0xC4, &[0x05; 33]);
    assert_eq!(statuses(Candidate::SessionBeforeKey, missing), [0x40, 0xAE]);
    let unfree = |card: &mut SoftCard| {
        card.card.keys_mut().settings.free_create = false;
        status(card, 0xDF, &[0x07])
    };
    assert_eq!(statuses(Candidate::RightsBeforeFile, unfree), [0xF0, 0xAE]);
    // With the right the file is missed either way.
    let free = |card: &mut SoftCard| status(card, 0xDF, &[0x07]);
    assert_eq!(statuses(Candidate::RightsBeforeFile, free), [0xF0, 0xF0]);
    let one = |card: &mut SoftCard| {
        let limits = [[5, 0, 0, 0]; 3].concat();
        status(card, 0xCC, &[&[0x02, 0x00, 0xEE, 0xEE][..], &limits, &[0x00]].concat())
    };
    assert_eq!(statuses(Candidate::OneValue, one), [0x00, 0x9E]);
    let iso = |card: &mut SoftCard| status(card, 0x61, &[]);
    assert_eq!(statuses(Candidate::NoIsoFiles, iso), [0x00, 0xF0]);
}

#[test]
fn mode_two_reads_back_as_it_was_set_where_others_say_so() {
    for (changes, expected) in [(false, [0x00, 0x02]), (true, [0x00, 0x02])] {
        let told = |card: &mut SoftCard| {
            let created = if changes { 0x01 } else { 0x02 };
            let create = [0x01, created, 0xEE, 0xEE, 0x10, 0x00, 0x00];
            assert_eq!(status(card, 0xCD, &create), 0x00);
            if changes {
                assert_eq!(status(card, 0x5F, &[0x01, 0x02, 0xEE, 0xEE]), 0x00);
            }
            let told = run(card, 0xF5, &[0x01]).0[1];
            let restored = SoftCard::restore(&card.save(), 1).unwrap();
            let mut restored = restored.with_behaviour(card.card.behaviour);
            assert_eq!(status(&mut restored, 0x5A, &[APP[2], APP[1], APP[0]]), 0x00);
            assert_eq!(run(&mut restored, 0xF5, &[0x01]).0[1], told);
            told
        };
        assert_eq!(statuses(Candidate::KeepsModeTwo, told), expected);
    }
}

#[test]
fn reading_of_no_records_keeps_the_pending_one_where_others_say_so() {
    let commit = |card: &mut SoftCard| {
        let create = [0x03, 0x00, 0xEE, 0xEE, 0x04, 0x00, 0x00, 0x03, 0x00, 0x00];
        assert_eq!(status(card, 0xC1, &create), 0x00);
        let write = [0x03, 0, 0, 0, 0x04, 0, 0, 0xA1, 0xA2, 0xA3, 0xA4];
        assert_eq!(status(card, 0x3B, &write), 0x00);
        assert_eq!(status(card, 0xBB, &[0x03, 0, 0, 0, 0, 0, 0]), 0xBE);
        status(card, 0xC7, &[])
    };
    assert_eq!(statuses(Candidate::KeepsRecord, commit), [0x0C, 0x00]);
}

/// A reader of EV2 must not take the format for failed: the card is empty.
#[test]
fn formatting_in_an_ev2_session_is_answered_barely_where_somebody_s_card_does() {
    for (candidates, mac) in
        [(Candidates::default(), 8), (Candidates::default().with(Candidate::BareFormat), 0)]
    {
        let mut card = card(Model::Ev2_4k);
        set_key(&mut card, 0, KeyType::Aes, &[0; 16], 0);
        card = card.with_behaviour(Behaviour { candidates, ..Behaviour::default() });
        let session = Ev2::with_keys(&[1; 16], &[2; 16], [3; 4], 5);
        resume_ev2(&mut card, 0, session);
        let cmac = crate::crypto::AesCmac::new(&[2; 16]);
        let whole = cmac.mac(&[&[0xFC, 0x05, 0x00, 0x03, 0x03, 0x03, 0x03]]);
        let sent: Vec<u8> = whole.into_iter().skip(1).step_by(2).collect();
        let (reply, status) = run(&mut card, 0xFC, &sent);
        assert_eq!((reply.len(), status), (mac, 0x00));
        let open = card.card.session.as_ref().map(|open| &open.channel);
        let Some(Channel::Ev2(open)) = open else { panic!("session lost") };
        assert_eq!(open.thread().1, 6);
    }
}

/// As a DESFire Light does (MF2DL(H)x0, 10.1), EV2 and EV3 keep what is pending through another
/// authentication, which an error of it drops.
#[test]
fn another_authentication_keeps_or_drops_what_is_pending() {
    use Reauthentication::{ByGeneration, Drops, Keeps};
    for (model, reauthentication, commit) in [
        (Model::Ev1_4k, ByGeneration, 0x0C),
        (Model::Ev1_4k, Keeps, 0x00),
        (Model::Ev2_4k, ByGeneration, 0x00),
        (Model::Ev3_4k, ByGeneration, 0x00),
        (Model::Ev3_4k, Drops, 0x0C),
    ] {
        let behaviour = Behaviour { reauthentication, ..Behaviour::default() };
        let mut card = with_application(model, 0x0F, KeyType::Aes, 2).with_behaviour(behaviour);
        assert_eq!(status(&mut card, 0xCB, &FILE), 0x00);
        let write = [0x01, 0, 0, 0, 0x02, 0, 0, 0xAB, 0xCD];
        assert_eq!(status(&mut card, 0x3D, &write), 0x00);
        let mut failing = card.clone();
        card.queue_random(&[0x11; 16]);
        let mut token = [[0xA7; 16], [0x11; 16]].concat();
        let cipher = Cipher::aes(&[0; 16]);
        let (challenge, _) = run(&mut card, 0xAA, &[0x00]);
        let mut chain = cipher.zero_iv();
        let mut seen = challenge;
        cipher.cbc_decrypt(&mut chain, &mut seen).unwrap();
        cipher.cbc_encrypt(&mut chain, &mut token).unwrap();
        assert_eq!(status(&mut card, 0xAF, &token), 0x00, "{model}");
        assert_eq!(status(&mut card, 0xC7, &[]), commit, "{model} {reauthentication:?}");
        assert_eq!(status(&mut failing, 0xAA, &[0x00]), 0xAF);
        assert_eq!(status(&mut failing, 0xAF, &[0x00; 32]), 0xAE);
        assert_eq!(status(&mut failing, 0xC7, &[]), 0x0C, "{model} {reauthentication:?}");
    }
}

/// The checksum of enciphered data stands at the length that the header tells, whatever fits before
/// it: of 256 contents one ends with the low byte of the checksum of what comes before.
#[test]
fn a_content_that_ends_like_its_checksum_is_taken_whole() {
    // EV1 messaging, CRC-32.
    let header = [0x01, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00];
    let before = [0x10, 0x21, 0x32, 0x43, 0x54, 0x65, 0x76];
    let early = crc::crc32(&[&[0x3D], &header, &before]);
    let data = [&before[..], &early[..1]].concat();
    let whole = crc::crc32(&[&[0x3D], &header, &data]);
    assert_eq!(whole[..3], early[1..], "a search from the short end finds it");
    let mut card = with_application(Model::Ev1_4k, 0x0F, KeyType::Aes, 2);
    assert_eq!(status(&mut card, 0xCD, &[0x01, 0x03, 0x00, 0x00, 0x08, 0x00, 0x00]), 0x00);
    open_ev1(&mut card, 0);
    let mut sent = [&data[..], &whole, &[0; 4]].concat();
    let cipher = Cipher::aes(&[0x5A; 16]);
    cipher.cbc_encrypt(&mut cipher.zero_iv(), &mut sent).unwrap();
    assert_eq!(status(&mut card, 0x3D, &[&header[..], &sent].concat()), 0x00);
    let file = card.card.application().unwrap().file(0x01).unwrap();
    assert_eq!(file.data().unwrap().contents(), data);

    // D40 messaging, CRC-16, both ways.
    let early = crc::crc16(&[&before]);
    let data = [&before[..], &early[..1]].concat();
    let whole = crc::crc16(&[&data]);
    assert_eq!(whole[0], early[1], "a search from the short end finds it");
    let mut card = with_application(Model::Ev1_4k, 0x0F, KeyType::Des, 2);
    assert_eq!(status(&mut card, 0xCD, &[0x01, 0x03, 0x00, 0x00, 0x08, 0x00, 0x00]), 0x00);
    let cipher = Cipher::des(&[0x5A; 8]);
    resume_d40(&mut card, 0, cipher.clone());
    let plain = [&data[..], &whole, &[0; 6]].concat();
    // A reader of D40 deciphers what it sends.
    let mut sent = plain.clone();
    let mut last = [0; 8];
    for chunk in sent.chunks_exact_mut(8) {
        for (byte, before) in chunk.iter_mut().zip(last) {
            *byte ^= before;
        }
        cipher.cbc_decrypt(&mut cipher.zero_iv(), chunk).unwrap();
        last.copy_from_slice(chunk);
    }
    let mut back = sent.clone();
    recover(&cipher, &mut back);
    assert_eq!(back, plain);
    assert_eq!(status(&mut card, 0x3D, &[&header[..], &sent].concat()), 0x00);
    let file = card.card.application().unwrap().file(0x01).unwrap();
    assert_eq!(file.data().unwrap().contents(), data);
    let (mut read, _) = run(&mut card, 0xBD, &header);
    cipher.cbc_decrypt(&mut cipher.zero_iv(), &mut read).unwrap();
    assert_eq!(read, plain);
}
