// SPDX-License-Identifier: MIT OR Apache-2.0
//! A DESFire Light in LRP mode.

use super::super::support::{ev2_vectors, switched};
use super::*;
use crate::emulator::channel::LrpKeys;
use crate::emulator::lrp::Lrp;

/// Nonces of both sides, and the identifier of the session.
const RND_A: [u8; 16] = [0xA7; 16];
const RND_B: [u8; 16] = [0x3B; 16];
const TI: [u8; 4] = [0x5A, 0x01, 0xC2, 0x7E];

/// The reader's end of a session in LRP: what the card's messages are held against, with its primitive.
struct Reader {
    macing: Lrp,
    enciphering: Lrp,
    counter: u16,
    blocks: u32,
}

impl Reader {
    /// Authenticated with a key of zeros, first or again, in a session that is at `counter` by now.
    fn enter(card: &mut SoftCard, ins: u8, key: u8, counter: u16) -> Self {
        card.queue_random(&RND_B);
        card.queue_random(if ins == 0x71 { &TI } else { &[] });
        let first: &[u8] = if ins == 0x71 { &[key, 1, 2] } else { &[key] };
        assert_eq!(run(card, ins, first), ([&[0x01][..], &RND_B].concat(), 0xAF));
        let proof = LrpKeys::new(&Lrp::new(&[0; 16], 0), &RND_A, &RND_B).mac(&[&RND_A, &RND_B]);
        let (answer, done) = run(card, 0xAF, &[RND_A, proof].concat());
        assert_eq!((answer.len(), done), (if ins == 0x71 { 32 } else { 16 }, 0x00));
        let middle: Vec<u8> = (0..6).map(|at| RND_A[2 + at] ^ RND_B[at]).collect();
        let mixed = [&RND_A[..2], &middle, &RND_B[6..], &RND_A[8..]].concat();
        let master = Lrp::new(&[0; 16], 0).mac(&[&[0, 1, 0, 0x80], &mixed, &[0x96, 0x69]]);
        let [macing, enciphering] = [0, 1].map(|number| Lrp::new(&master, number));
        // The first answer is enciphered with block 0.
        let blocks = u32::from(ins == 0x71);
        Self { macing, enciphering, counter, blocks }
    }

    fn mac(&self, code: u8, counter: u16, message: &[u8]) -> Vec<u8> {
        let whole = self.macing.mac(&[&[code], &counter.to_le_bytes(), &TI, message]);
        whole.into_iter().skip(1).step_by(2).collect()
    }

    /// A command, its data enciphered where it has any; the reply in clear, deciphered where told to.
    fn ask(
        &mut self,
        card: &mut SoftCard,
        ins: u8,
        header: &[u8],
        data: Option<&[u8]>,
        enciphered: bool,
    ) -> (Vec<u8>, u8) {
        let mut body = header.to_vec();
        if let Some(data) = data {
            let mut padded = [data, &[0x80]].concat();
            padded.resize(padded.len().next_multiple_of(16), 0);
            self.enciphering.encrypt(&mut self.blocks.to_be_bytes(), &mut padded).unwrap();
            self.blocks += u32::try_from(padded.len() / 16).unwrap();
            body.extend(padded);
        }
        body.extend(self.mac(ins, self.counter, &body));
        let (mut reply, status) = run(card, ins, &body);
        if status != 0x00 || reply.is_empty() {
            return (reply, status);
        }
        self.counter += 1;
        let sent = reply.split_off(reply.len() - 8);
        assert_eq!(sent, self.mac(status, self.counter, &reply), "{ins:02X}");
        if enciphered {
            self.enciphering.decrypt(&mut self.blocks.to_be_bytes(), &mut reply).unwrap();
            self.blocks += u32::try_from(reply.len() / 16).unwrap();
            let end = reply.iter().rposition(|&byte| byte == 0x80).unwrap();
            reply.truncate(end);
        }
        (reply, status)
    }
}

/// After two transactions and a third that was given up, in LRP from the second on.
fn counting_in_lrp(rights: [u8; 2], counter: (u32, u16)) -> SoftCard {
    let mut card = entered();
    counting(&mut card, rights, 0, READER);
    switched(&mut card);
    let mac = card.card.application_mut().unwrap().transaction_mac.as_mut().unwrap();
    mac.restore((Secret::new(KEY), 0, (counter.0, Some(counter.1)), [0; 8], READER));
    card
}

fn counters(card: &SoftCard) -> (u32, Option<u16>) {
    card.card.memory.applications[0].transaction_mac.as_ref().unwrap().kept().2
}

/// AN12343, table 18, which is of a DESFire Light: bare, and for good.
#[test]
fn the_published_setconfiguration_switches_and_cuts_the_counter() {
    let name = "an12343-t18-setconfig-05-enable-lrp";
    let vectors = ev2_vectors("ev2_secure_message");
    let vector = vectors.iter().find(|vector| vector["name"] == name).expect(name);
    for (counter, limit, kept, told) in
        [(0x0001_2345, 0x0002_0000, 0xFFFF, [0xFF, 0xFF]), (0x0304, 0x0405, 0x0304, [0x05, 0x04])]
    {
        let mut card = entered();
        counting(&mut card, [0xF0, 0x1F], counter, READER);
        let mac = card.card.application_mut().unwrap().transaction_mac.as_mut().unwrap();
        mac.limit = Some(limit);
        open(&mut card, 3, CommMode::Plain, FREE);
        assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
        resume_ev2(&mut card, 0, session_of(&vector["inputs"]));
        let body = hex::decode(text(&vector["expected"]["apdu_data"])).unwrap();
        assert_eq!(send(&mut card, &wrap(0x5C, &body)), [0x91, 0x00]);
        assert_eq!(card.card.authenticated(), None);
        // What was pending is gone.
        assert_eq!(counters(&card), (kept, Some(0)));
        assert_eq!(card.card.application().unwrap().file(3).unwrap().value().unwrap().get(), 0);
        let mut card = SoftCard::restore(&card.save(), 1).unwrap();
        let full = send(&mut card, &SELECT);
        assert_eq!(full, if kept == 0xFFFF { [0x62, 0x83] } else { [0x90, 0x00] });
        let settings = [&[5, 0x20, 0xF0, 0x1F, 2, 0][..], &told].concat();
        assert_eq!(run(&mut card, 0xF5, &[0x0F]).0, settings);
        assert_eq!(status(&mut card, 0x71, &[0, 0]), 0x9D);
        assert_eq!(run(&mut card, 0x71, &[0, 1, 2]).0.len(), 17);
    }
}

/// Both authentications, and messages in every mode.
#[test]
fn sessions_in_lrp_carry_all_that_those_in_aes_do() {
    let mut card = entered();
    switched(&mut card);
    let mut reader = Reader::enter(&mut card, 0x71, 3, 0);
    // File 00 takes writes of key 3 in full mode.
    let written: Vec<u8> = (0x40..0x65).collect();
    let header = [0, 2, 0, 0, 37, 0, 0];
    assert_eq!(reader.ask(&mut card, 0x8D, &header, Some(&written), false), (vec![], 0x00));
    assert_eq!(reader.ask(&mut card, 0xAD, &header, None, true), (written, 0x00));
    // Identifier and counter go on.
    let mut again = Reader::enter(&mut card, 0x77, 0, 2);
    let uid = again.ask(&mut card, 0x51, &[], None, true);
    assert_eq!(uid, (UID.to_vec(), 0x00));
    let settings = again.ask(&mut card, 0xF5, &[0x0F], None, false);
    assert_eq!(settings, (vec![5, 3, 0x10, 0x1F, 2, 0], 0x00));
    // A bent MAC ends it.
    again.counter += 1;
    assert_eq!(again.ask(&mut card, 0xF5, &[0x0F], None, false).1, 0x1E);
    assert_eq!(status(&mut card, 0x77, &[0]), 0x9D);
}

/// The keys are those of CMAC-LRP, MAC and reader are made with AES; the values were computed outside of
/// this crate.
#[test]
fn a_transaction_in_lrp_has_keys_of_what_was_begun() {
    let mut card = counting_in_lrp([0x00, 0x0F], (0x0009_0104, 2));
    open(&mut card, 0, CommMode::Plain, [0xF0, 0xFE]);
    let mut reader = Reader::enter(&mut card, 0x71, 0, 0);
    assert_eq!(run(&mut card, 0x8D, &[0, 2, 0, 0, 1, 0, 0, 0x5A]), (vec![], 0x00));
    reader.counter += 1;
    let now: Vec<u8> = (0x10..0x20).collect();
    let (before, _) = reader.ask(&mut card, 0xC8, &now, None, false);
    assert_eq!(hex::encode_upper(before), "AB1162AAA985A827B5DD6E7C017D0C08");
    let (told, _) = reader.ask(&mut card, 0xC7, &[0x01], None, false);
    assert_eq!(hex::encode_upper(&told), "050103009CBD0A31CBD4FE4F");
    assert_eq!(counters(&card), (0x0003_0105, Some(0)));
    assert_eq!(run(&mut card, 0xAD, &[0x0F, 0, 0, 0, 0, 0, 0]).0, told);
}

/// What was begun is remembered at once, whatever becomes of it: keys are never used twice.
#[test]
fn what_was_begun_outlives_errors_and_the_field() {
    let mut card = counting_in_lrp([0xF0, 0xEF], (7, 0));
    open(&mut card, 0, CommMode::Plain, FREE);
    let write = [0, 0, 0, 0, 1, 0, 0, 1];
    for (begun, end) in [(1, 0xA7), (2, 0x64), (3, 0x00)] {
        assert_eq!(status(&mut card, 0x8D, &write), 0x00);
        // One that goes on is no further one.
        assert_eq!(status(&mut card, 0x8D, &write), 0x00);
        assert_eq!(counters(&card), (7, Some(begun)));
        if end == 0x00 {
            card.reset();
        } else {
            run(&mut card, end, if end == 0x64 { &[9] } else { &[] });
        }
    }
    let mut card = SoftCard::restore(&card.save(), 1).unwrap();
    assert_eq!(counters(&card), (7, Some(3)));
    send(&mut card, &SELECT);
    assert_eq!(status(&mut card, 0x8D, &write), 0x00);
    assert_eq!(run(&mut card, 0xC7, &[0x01]).0[..4], [8, 0, 4, 0]);
    // Nothing follows where either count is at its end.
    for (counter, begun, done, left) in [
        (0xFFFE, 0xFFFD, 0x00, true),
        (0xFFFF, 0, 0x9D, false),
        (7, 0xFFFF, 0x9D, false),
        // The last one that can be begun goes on.
        (7, 0xFFFE, 0x00, false),
    ] {
        let mut card = counting_in_lrp([0xF0, 0xEF], (counter, begun));
        open(&mut card, 0, CommMode::Plain, FREE);
        assert_eq!(status(&mut card, 0x8D, &write), done);
        assert_eq!(status(&mut card, 0x8D, &write), done);
        let full = send(&mut card, &SELECT);
        assert_eq!(full, if left { [0x90, 0x00] } else { [0x62, 0x83] });
    }
}

/// A file that is made in LRP counts so, and its limit has two bytes.
#[test]
fn a_file_that_is_made_in_lrp_counts_in_sixteen_bits() {
    let mut card = entered();
    switched(&mut card);
    card.card.application_mut().unwrap().transaction_mac = None;
    let mut reader = Reader::enter(&mut card, 0x71, 0, 0);
    let (header, key) = ([0x0F, 0x00, 0xF0, 0x0F, 2], [&KEY[..], &[7]].concat());
    assert_eq!(reader.ask(&mut card, 0xCE, &header, Some(&key), false), (vec![], 0x00));
    assert_eq!(counters(&card), (0, Some(0)));
    for (settings, done) in [("20F00F0300", 0x00), ("20F00F0000", 0x9E), ("20F00F03000000", 0x7E)] {
        let mut reader = Reader::enter(&mut card, 0x71, 0, 0);
        let settings = hex::decode(settings).unwrap();
        assert_eq!(reader.ask(&mut card, 0x5F, &[0x0F], Some(&settings), false).1, done);
    }
    assert_eq!(run(&mut card, 0xF5, &[0x0F]).0, [5, 0x20, 0xF0, 0x0F, 2, 7, 3, 0]);
}

/// A state that says what no card can have.
#[test]
fn a_state_that_counts_otherwise_than_its_card_is_refused() {
    let saved = counting_in_lrp([0xF0, 0xEF], (7, 5)).save();
    let saved = String::from_utf8(saved.to_vec()).unwrap();
    assert!(SoftCard::restore(saved.as_bytes(), 1).is_ok());
    let aes = saved.replace("\"00000000020000000000\"", "\"00000000000000000000\"");
    assert_ne!(aes, saved);
    let error = SoftCard::restore(aes.as_bytes(), 1).unwrap_err();
    assert!(error.to_string().contains("a transaction MAC file"), "{error}");
}
