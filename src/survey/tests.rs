// SPDX-License-Identifier: MIT OR Apache-2.0
//! Looks at cards that are given by their answers.

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;
use crate::key::CardKey;
use crate::transport::{LinkError, ReplyBuf};

/// A card that answers by what it is asked, and counts. The parts of GetVersion follow each other.
struct Played<F> {
    hardware: &'static str,
    /// Which part of GetVersion was asked for last.
    part: Option<usize>,
    asked: Vec<Vec<u8>>,
    answer: F,
}

impl<F: FnMut(&[u8]) -> &'static str> Transport for Played<F> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.asked.push(command.to_vec());
        self.part = match command[1] {
            0x60 => Some(0),
            0xAF => self.part.map(|part| part + 1),
            _ => None,
        };
        let answer = match self.part {
            Some(0 | 1) => format!("{} 91AF", self.hardware),
            Some(_) => "04A1B2C3D4E580 CF5D1455404021 9100".to_owned(),
            None => (self.answer)(command).to_owned(),
        };
        reply.clear();
        let answer = hex::decode(answer.replace(' ', "")).map_err(|_| LinkError::NoStatusWord)?;
        reply.try_extend_from_slice(&answer).map_err(|_| LinkError::AnswerTooLong)
    }
}

fn card<F: FnMut(&[u8]) -> &'static str>(hardware: &'static str, answer: F) -> Played<F> {
    Played { hardware, part: None, asked: Vec::new(), answer }
}

struct Keys;

impl Keyring for Keys {
    fn picc(&self, _: Option<&RealUid>) -> Vec<CardKey> {
        vec![CardKey::aes(&[0x5A; 16], KeyVersion(1))]
    }

    fn application(&self, _: &Subject<'_>) -> Option<CardKey> {
        Some(CardKey::aes(&[0xA5; 16], KeyVersion(1)))
    }
}

fn look<F: FnMut(&[u8]) -> &'static str>(card: &mut Played<F>, most: u32) -> Survey {
    let mut rng = StdRng::seed_from_u64(1);
    survey(card, Sight::default(), Some(&Keys), &mut rng, most)
}

fn authentications(asked: &[Vec<u8>]) -> usize {
    asked.iter().filter(|command| matches!(command[1], 0x0A | 0x1A | 0xAA | 0x71)).count()
}

/// Two applications, of which the first is lost; and of the second a file is.
fn damaged(command: &[u8]) -> &'static str {
    match command {
        [_, 0x5A, _, _, 3, 0x01, ..] => "91A0",
        [_, 0x5A, ..] => "9100",
        [_, 0x6A, ..] => "010000 020000 9100",
        [_, 0x45, ..] => "0F01 9100",
        [_, 0x64, ..] => "00 9100",
        [_, 0x6F, ..] => "0102 9100",
        [_, 0xF5, _, _, 1, 0x01, ..] => "91F1",
        [_, 0xF5, ..] => "0000EEEE010000 9100",
        [_, 0xBD, ..] => "A5 9100",
        [_, 0x6E, ..] => "001000 9100",
        _ => "91AE",
    }
}

#[test]
fn what_is_lost_is_told_and_what_stands_behind_it_is_read() {
    let mut card = card("04010101001805", damaged);
    let seen = look(&mut card, 200);
    assert_eq!(seen.worst, Worst::Lost);
    let [first, second] = &seen.applications.value().unwrap()[..] else { panic!("two") };
    assert!(matches!(first.selected, Seen::Lost(_)) && first.keys.is_empty());
    let [lost, whole] = &second.files.value().unwrap()[..] else { panic!("two files") };
    assert!(matches!((&lost.details, &lost.contents), (Seen::Lost(_), Seen::NotAsked(_))));
    let Some(Contents::Data { bytes, .. }) = whole.contents.value() else { panic!("a byte") };
    assert_eq!(bytes.expose_secret()[..], [0xA5]);
    assert!(matches!(seen.names, Seen::Closed(_)));
    // The master key of the card, and that of the application: each once.
    assert_eq!(authentications(&card.asked), 2);
    assert_eq!((second.keys.len(), second.keys[0].opens), (1, Opens::No));
}

#[test]
fn only_a_desfire_is_authenticated_to() {
    for (hardware, product, tried) in [
        ("04080130001305", Some(Product::Light), false),
        ("040101A0001625", Some(Product::Duox), false),
        ("04010177001A05", None, false),
        ("04810043011A05", Some(Product::Ev3OnController), true),
    ] {
        let mut card = card(hardware, damaged);
        let seen = look(&mut card, 200);
        assert_eq!(seen.product, product);
        assert_eq!(authentications(&card.asked) > 0, tried, "{hardware}");
        assert_eq!(seen.master.opens == Opens::NotTried, !tried);
    }
}

/// A keyring that has keys of applications only.
#[test]
fn no_key_is_said_to_be_wrong_that_was_not_tried() {
    struct Apart;

    impl Keyring for Apart {
        fn picc(&self, _: Option<&RealUid>) -> Vec<CardKey> {
            Vec::new()
        }

        fn application(&self, _: &Subject<'_>) -> Option<CardKey> {
            None
        }
    }

    let mut card = card("04010101001805", damaged);
    let mut rng = StdRng::seed_from_u64(1);
    let seen = survey(&mut card, Sight::default(), Some(&Apart), &mut rng, 200);
    assert_eq!((seen.master.opens, authentications(&card.asked)), (Opens::NotTried, 0));
}

/// GetDFNames is never sent in a session, where it has switched cards off.
#[test]
fn names_are_asked_without_a_key_only() {
    let mut card = card("04010101001805", damaged);
    let _ = look(&mut card, 200);
    let before = card.asked.windows(2).filter(|pair| pair[1][1] == 0x6D);
    let selected: Vec<_> = before.map(|pair| pair[0][1]).collect();
    assert_eq!(selected, [0x5A]);
}

/// The bytes of a reply that does not fit are kept, and the look goes on.
#[test]
fn a_reply_that_does_not_fit_is_kept() {
    let mut card = card("04010101001805", |command| match command[1] {
        0x6E => "0010 9100",
        0x45 => "0FC1 9100",
        _ => damaged(command),
    });
    let seen = look(&mut card, 200);
    let Seen::Odd { bytes, .. } = &seen.free_memory else { panic!("{:?}", seen.free_memory) };
    assert_eq!(bytes.expose_secret()[..], [0x00, 0x10]);
    let Seen::Odd { bytes, .. } = &seen.settings else { panic!("{:?}", seen.settings) };
    assert_eq!(bytes.expose_secret()[..], [0x0F, 0xC1]);
    assert_eq!(seen.applications.value().map(Vec::len), Some(2));
}

#[test]
fn a_chain_without_end_costs_a_card_its_patience_but_not_its_lines() {
    let mut card = card("04010101001805", |command| match command[1] {
        0x5A => "9100",
        _ => "010000020000030000 91AF",
    });
    let seen = look(&mut card, 4096);
    assert!(card.asked.len() <= 200, "{}", card.asked.len());
    assert_eq!(usize::try_from(seen.exchanges), Ok(card.asked.len()));
    assert!(matches!(seen.free_memory, Seen::Odd { .. }), "{:?}", seen.free_memory);
    assert!(seen.applications.value().is_none());
}

/// However many applications it lists, of which each is worth questions of its own.
#[test]
fn a_card_that_ends_no_reply_is_not_asked_for_each_application_that_it_lists() {
    let mut card = card("04010101001805", |command| match command[1] {
        0x5A => "9100",
        0x6A => {
            "010000 020000 030000 040000 050000 060000 070000 080000 090000 0A0000 0B0000 0C0000 \
             0D0000 0E0000 0F0000 100000 9100"
        }
        _ => "010000020000030000 91AF",
    });
    let seen = look(&mut card, 4096);
    assert!(card.asked.len() <= 200, "{}", card.asked.len());
    assert_eq!(seen.applications.value().map(Vec::len), Some(16));
    assert_eq!(seen.worst, Worst::Gone);
}

#[test]
fn nothing_is_sent_past_the_bound_and_every_question_has_an_answer() {
    for most in 0..30 {
        let mut card = card("04010101001805", damaged);
        let seen = look(&mut card, most);
        assert_eq!((u32::try_from(card.asked.len()), seen.worst), (Ok(most), Worst::Gone));
    }
    assert_eq!(look(&mut card("04010101001805", damaged), 40).worst, Worst::Lost);
}

/// A card must not decide how long it is read, nor how much room is made for it.
#[test]
fn what_no_card_has_room_for_is_not_read() {
    let mut card = card("04010101001805", |command| match command[1] {
        0xF5 => "0300EEEE FFFFFF FFFFFF 010000 9100",
        _ => damaged(command),
    });
    let seen = look(&mut card, 200);
    let file = &seen.applications.value().unwrap()[1].files.value().unwrap()[0];
    assert!(file.details.value().is_some() && matches!(file.contents, Seen::NotAsked(_)));
    assert!(seen.worst >= Worst::Odd && card.asked.iter().all(|command| command[1] != 0xBB));
}

/// What was on the card shows in no `Debug`.
#[test]
fn contents_do_not_show() {
    let mut card = card("04010101001805", damaged);
    let shown = format!("{:?}", look(&mut card, 200));
    assert!(!shown.contains("165") && !shown.contains("A5") && !shown.contains("a5"), "{shown}");
}
