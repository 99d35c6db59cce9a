// SPDX-License-Identifier: MIT OR Apache-2.0
//! `inspect` on cards of the field: its look and its table, on cards that are given by their answers.

use cardwright::diversify::Subject;
use cardwright::emulator::{Model, SoftCard};
use cardwright::iso14443::{RealUid, Uid};
use cardwright::key::CardKey;
use cardwright::survey::{Keyring, Sight, Survey, Worst, survey};
use cardwright::transport::{LinkError, ReplyBuf, Transport};
use cardwright::wire::{KeyVersion, Product, UidForm};
use rand::rngs::StdRng;
use serde_json::json;

use super::fake_card::FakeCard;

#[path = "../../examples/inspect/seen.rs"]
mod seen;
#[path = "../../examples/inspect/table.rs"]
mod table;
#[path = "../../examples/inspect/words.rs"]
mod words;

/// Keys for every slot, none of which is any card's.
struct Wrong;

impl Keyring for Wrong {
    fn picc(&self, _: Option<&RealUid>) -> Vec<CardKey> {
        vec![CardKey::factory(), CardKey::aes(&[0x5A; 16], KeyVersion(1))]
    }

    fn application(&self, _: &Subject<'_>) -> Option<CardKey> {
        Some(CardKey::aes(&[0xA5; 16], KeyVersion(1)))
    }
}

fn look(card: &mut FakeCard, keys: Option<&dyn Keyring>) -> (Survey, String) {
    let uid = Uid::from_bytes(&card.uid()).ok();
    let sight = Sight { uid, historical: card.historical() };
    let mut rng: StdRng = rand::make_rng();
    let seen = survey(card, sight, keys, &mut rng, 200);
    let table = words::card(&seen, None).to_string();
    for line in table.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    (seen, table)
}

/// Joins the lines that the width broke.
fn joined(table: &str) -> String {
    table.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The cards, the worst of each, and what its table says.
const FIELD: &[(&str, Worst, &[&str])] = &[
    ("ev1-256", Worst::Read, &["ev1-256: DESFire EV1, 256 bytes", "128 bytes"]),
    (
        "ev1-random-80",
        Worst::Read,
        &["ev1-4k: DESFire EV1, 4 Kbytes", "random UID 80726BE8", "4864 bytes"],
    ),
    ("ev2-random-08", Worst::Read, &["ev2-4k: DESFire EV2", "random UID 08726BE8"]),
    ("ev2-32k", Worst::Read, &["ev2-32k: DESFire EV2 XL, 32 Kbytes"]),
    ("version-c0", Worst::Read, &["key 0 version 192", "applications none"]),
    (
        "ev2-more-rights",
        Worst::Refused,
        &[
            "application F51CD8",
            "key 9 version 0",
            "standard, 144 bytes, full; read key 1, write never, both key 0, change key 0",
            "rights 2 read key 2, write never, both never",
            "rights 8 read key 8",
            "contents neither this session's key nor everybody",
        ],
    ),
    (
        "mode-43",
        Worst::Read,
        &["file 1 standard, 1 bytes, full; read free", "option 43, of which 40", "contents A5"],
    ),
    (
        "ev3-sdm",
        Worst::Odd,
        &[
            "files have ISO identifiers",
            "contents 000F20003B00340406E104010000E0",
            "SDM options C1, counter key 1, UID and counter under key 2, MAC under key 1",
            "enciphered UID and counter 32, start of MAC 67, MAC 67",
            "a reply of 58 bytes does not fit 0000",
        ],
    ),
    (
        "owok-light",
        Worst::Refused,
        &["application 008380 ISO identifier 0083, name 4F574F4B206C69676874", "files GetFileIds"],
    ),
    (
        "app-integrity",
        Worst::Lost,
        &[
            "application 123456 key settings lost: GetKeySettings: the card answered A1",
            "files lost: GetFileIds",
            "application 000001 key settings 0F",
            "file 1 lost: GetFileSettings: the card answered F1",
        ],
    ),
    ("ishield", Worst::Read, &["ev3-8k: DESFire EV3 on a microcontroller, 8 Kbytes"]),
];

#[test]
fn every_card_of_the_field_is_shown_to_its_end() {
    for (name, worst, lines) in FIELD {
        let (seen, table) = look(&mut FakeCard::named(name), None);
        let text = joined(&table);
        for line in *lines {
            assert!(text.contains(line), "{name}: {line}\n{table}");
        }
        assert_eq!(seen.worst, *worst, "{name}\n{table}");
    }
}

/// By the generation: D40 cards draw none, and what an EV1 or EV3 draws begins with `80` too. The
/// card's own stands below what hides it.
#[test]
fn what_the_anticollision_shows_is_named_by_the_generation() {
    const OWN: [u8; 7] = [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x80];
    let (eighty, eight, other) = ("80726BE8", "08726BE8", "3F726BE8");
    let (own, random, number) = ("UID", "random UID", "number of 4 bytes");
    for (model, uid, form) in [
        (Model::D40_4k, eighty, number),
        (Model::D40_4k, eight, number),
        (Model::Ev1_4k, eighty, random),
        (Model::Ev2_4k, eighty, number),
        (Model::Ev2_4k, eight, random),
        (Model::Ev3_4k, eighty, random),
        (Model::Ev3_4k, other, number),
        (Model::Ev3_4k, "04A1B2C3D4E580", own),
        (Model::Ev3_4k, "88A1B2C3D4E580010203", "UID of 10 bytes"),
        (Model::Ev3_4k, "", "no UID told"),
    ] {
        let mut card = SoftCard::new(model, RealUid::new(OWN), 1);
        let sight = Sight { uid: Uid::from_bytes(&of_hex(uid)).ok(), historical: Vec::new() };
        let mut rng: StdRng = rand::make_rng();
        let seen = survey(&mut card, sight, None, &mut rng, 200);
        let text = joined(&words::card(&seen, None).to_string());
        let row = if uid.is_empty() { format!(" UID {form}") } else { format!(" {form} {uid} ") };
        assert!(text.contains(&row), "{model}: {row}\n{text}");
        let below = if form == own { "" } else { " real UID 04A1B2C3D4E580" };
        assert!(text.contains(below), "{model}: {text}");
        assert_eq!(text.contains("real UID"), form != own, "{model}: {text}");
    }
    // A card that really draws its UID tells its own to nobody without the key.
    for model in [Model::Ev1_4k, Model::Ev2_4k, Model::Ev3_4k] {
        let mut card = SoftCard::new(model, RealUid::new(OWN), 1).with_random_uid();
        let sight = Sight { uid: Some(card.uid()), historical: Vec::new() };
        let mut rng: StdRng = rand::make_rng();
        let seen = survey(&mut card, sight, None, &mut rng, 200);
        assert_eq!((seen.uid_form(), &seen.real_uid), (UidForm::Random, &None), "{model}");
        let text = joined(&words::card(&seen, None).to_string());
        assert!(text.contains("real UID no key fetched it"), "{model}: {text}");
    }
}

/// Named with their versions, without a table of what they do not know; and keys are not tried.
#[test]
fn another_product_is_named_and_no_key_is_tried_on_it() {
    for (name, chip, hardware) in [
        ("light", "chip DESFire Light hardware", "30.00, storage 13"),
        ("ntag424", "chip NTAG 424 DNA hardware", "30.00, storage 11"),
        ("duox", "chip MIFARE DUOX hardware", "A0.00, storage 16"),
    ] {
        let mut card = FakeCard::named(name);
        let (seen, table) = look(&mut card, Some(&Wrong));
        let text = joined(&table);
        assert!(text.contains(chip) && text.contains(hardware), "{table}");
        assert_eq!(text.contains("applications"), name == "duox", "{table}");
        assert!(seen.worst <= Worst::Refused, "{table}");
        let tried = |command: &&Vec<u8>| matches!(command[1], 0x0A | 0x1A | 0xAA | 0x71);
        assert_eq!(card.asked.iter().find(tried), None, "{name}");
    }
    // On a DESFire they are.
    let mut card = FakeCard::named("version-c0");
    let (_, table) = look(&mut card, Some(&Wrong));
    assert!(card.asked.iter().any(|command| command[1] == 0xAA));
    assert!(joined(&table).contains("version 192, another key than the given one"), "{table}");
}

/// By historical bytes and by the answer; a phone tells its version once its applet is selected.
#[test]
fn what_tells_no_version_is_named() {
    let silent = json!({
        "atr": "3B8180018080", "uid": "08010203", "version": {"sw": "6D00"}, "iso": {}, "apps": {},
        "picc": {}, "otherwise": "6D00"
    });
    let (seen, table) = look(&mut FakeCard::new(silent.clone()), Some(&Wrong));
    assert_eq!((seen.product, seen.worst), (Some(Product::Applets), Worst::Refused), "{table}");
    assert!(joined(&table).contains("chip card or phone whose applet is not selected"), "{table}");
    let mut jcop = silent.clone();
    jcop["atr"] = "3B88800180 4A434F5076323431 00".into();
    let (seen, _) = look(&mut FakeCard::new(jcop), None);
    assert_eq!(seen.product, Some(Product::Jcop));
    let mut classic = silent;
    classic["atr"] = "3B8F8001804F0CA000000306030001000000006A".into();
    let (seen, _) = look(&mut FakeCard::new(classic), None);
    assert_eq!(seen.product, Some(Product::Classic1k));
}

/// A card that goes by a function of what it is asked, and how often it was.
struct Played<F>(usize, F);

impl<F: FnMut(usize, &[u8]) -> Vec<u8>> Transport for Played<F> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let answer = (self.1)(self.0, command);
        self.0 += 1;
        reply.clear();
        reply.try_extend_from_slice(&answer).map_err(|_| LinkError::AnswerTooLong)
    }
}

const VERSION: [&str; 3] =
    ["04910062011805 91AF", "04910062011805 91AF", "00000000000000 00000000000000 9100"];

fn of_hex(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap()
}

#[test]
fn a_phone_tells_its_version_once_its_applet_is_selected() {
    let (mut awake, mut frame) = (false, 0);
    let mut phone = Played(0, |_, command: &[u8]| {
        match command {
            [0x00, 0xA4, 0x04, ..] => {
                awake = true;
                return of_hex("9000");
            }
            _ if !awake => return of_hex("6985"),
            [0x90, 0x60, ..] => frame = 0,
            [0x90, 0xAF, ..] => frame += 1,
            _ => return of_hex("911C"),
        }
        of_hex(VERSION[frame])
    });
    let mut rng: StdRng = rand::make_rng();
    let seen = survey(&mut phone, Sight::default(), None, &mut rng, 200);
    assert_eq!(seen.product, Some(Product::Ev2OnPhone));
    assert!(seen.worst <= Worst::Refused);
}

/// However often it may be asked: a card that never comes to an end is given up, and what it was
/// asked before and afterwards is a line all the same.
#[test]
fn a_card_that_never_ends_its_replies_is_left_after_two_hundred_exchanges() {
    for endless in ["91AF", "00 91AF", "010203040506070809 91AF", "9100", "01 9100", "00", "6D00"] {
        let mut card = Played(0, |at: usize, _: &[u8]| {
            of_hex(VERSION.get(at).copied().unwrap_or(endless)).to_vec()
        });
        let mut rng: StdRng = rand::make_rng();
        let seen = survey(&mut card, Sight::default(), Some(&Wrong), &mut rng, 4096);
        assert!(card.0 <= 200, "{endless}: {}", card.0);
        assert_eq!(usize::try_from(seen.exchanges), Ok(card.0));
        assert!(seen.worst >= Worst::Odd, "{endless}");
        let table = words::card(&seen, None).to_string();
        assert!(table.contains("free memory") && table.contains("applications"), "{table}");
    }
}

/// A card with a great many applications: the bound holds, and each is a line.
#[test]
fn what_is_not_asked_for_want_of_exchanges_is_a_line() {
    let mut card = Played(0, |at: usize, command: &[u8]| match (VERSION.get(at), command) {
        (Some(frame), _) => of_hex(frame),
        (None, [_, 0x6A, ..]) => [[0x01, 0x02, 0x03].repeat(19), vec![0x91, 0x00]].concat(),
        (None, [_, 0x5A, ..]) => of_hex("9100"),
        (None, [_, 0x45, ..]) => of_hex("0F8E 9100"),
        (None, [_, 0x6E, ..]) => of_hex("001000 9100"),
        (None, [_, 0x64, ..]) => of_hex("00 9100"),
        _ => of_hex("911C"),
    });
    let mut rng: StdRng = rand::make_rng();
    let seen = survey(&mut card, Sight::default(), None, &mut rng, 60);
    assert_eq!((card.0, seen.worst), (60, Worst::Gone));
    let table = words::card(&seen, None).to_string();
    assert_eq!(table.matches("application 030201").count(), 19, "{table}");
    assert!(joined(&table).contains("exchanges or its time are used up"), "{table}");
}
