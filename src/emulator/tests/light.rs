// SPDX-License-Identifier: MIT OR Apache-2.0
//! A DESFire Light: what real ones answered, and its transaction MAC.

mod configuration;
mod lrp;
mod rules;

use serde_json::Value;

use super::ev2_files::{enciphered, mac, session};
use super::support::{bytes, card, resume_ev2, run, send, session_of, status, text, wrap};
use crate::crypto::AesCmac;
use crate::emulator::transaction_mac::TransactionMac;
use crate::emulator::{Behaviour, Candidate, Candidates, Model, SoftCard};
use crate::iso14443::RealUid;
use crate::secret::Secret;
use crate::vectors::{of_file, of_kind};
use crate::wire::{AccessRights, CommMode};

const SELECT: [u8; 22] = [
    0x00, 0xA4, 0x04, 0x0C, 0x10, 0xA0, 0x00, 0x00, 0x03, 0x96, 0x56, 0x43, 0x41, 0x03, 0xF0, 0x15,
    0x40, 0x00, 0x00, 0x00, 0x0B, 0x00,
];
const FREE: [u8; 2] = [0xEE, 0xEE];
/// Key, reader and UID of AN12343.
pub(super) const KEY: [u8; 16] = [
    0xF7, 0xD2, 0x3E, 0x0C, 0x44, 0xAF, 0xAD, 0xE5, 0x42, 0xBF, 0xDF, 0x2D, 0xC5, 0xC6, 0xAE, 0x02,
];
pub(super) const READER: [u8; 16] = [
    0x28, 0xBF, 0x19, 0x82, 0xBE, 0x08, 0x6F, 0xBC, 0x60, 0xA2, 0x2D, 0xAE, 0xB6, 0x66, 0x13, 0xEE,
];
const UID: [u8; 7] = super::support::UID;

/// A new card with its application entered.
fn entered() -> SoftCard {
    let mut card = card(Model::Light);
    assert_eq!(send(&mut card, &SELECT), [0x90, 0x00]);
    card
}

/// The same, and everybody may do all with its files, in clear.
fn opened() -> SoftCard {
    let mut card = entered();
    for number in [0x00, 0x01, 0x03, 0x04, 0x1F] {
        open(&mut card, number, CommMode::Plain, FREE);
    }
    card
}

fn open(card: &mut SoftCard, number: u8, mode: CommMode, rights: [u8; 2]) {
    let file = card.card.application_mut().unwrap().file_mut(number).unwrap();
    (file.settings.mode, file.settings.rights) = (mode, AccessRights::from_wire(rights));
}

/// Its transaction MAC file, of that key, with these rights, after so many transactions.
fn counting(card: &mut SoftCard, rights: [u8; 2], counter: u32, reader: [u8; 16]) {
    let rights = AccessRights::from_wire(rights);
    let mut mac = TransactionMac::new(0x0F, CommMode::Plain, rights, Secret::new(KEY), 0);
    mac.restore((Secret::new(KEY), 0, (counter, None), [0; 8], reader));
    card.card.application_mut().unwrap().transaction_mac = Some(mac);
}

/// A command in a session of this key, data enciphered; the reply without its MAC, which must fit.
pub(super) fn protected(
    card: &mut SoftCard,
    key: u8,
    ins: u8,
    header: &[u8],
    data: Option<&[u8]>,
) -> (Vec<u8>, u8) {
    resume_ev2(card, key, session(7));
    let mut body = [header, &data.map(|data| enciphered(data, 7)).unwrap_or_default()].concat();
    body.extend(mac(ins, 7, &body));
    let (mut reply, status) = run(card, ins, &body);
    if status == 0x00 && card.card.session.is_some() {
        let sent = reply.split_off(reply.len() - 8);
        assert_eq!(sent, mac(0x00, 8, &reply), "{ins:02X}");
    }
    (reply, status)
}

/// The MAC of a transaction over these bytes, in digits.
pub(super) fn over(number: u32, input: &str) -> Vec<u8> {
    let input = hex::decode(input.replace([' ', '\n'], "")).unwrap();
    let vector = [&[0x5A, 0x00, 0x01, 0x00, 0x80][..], &number.to_le_bytes(), &UID].concat();
    let key = AesCmac::new(&KEY).mac(&[&vector]);
    AesCmac::new(&key).mac(&[&input]).into_iter().skip(1).step_by(2).collect()
}

/// AN12343, tables 12, 13 and 34: files, their settings, and the value, without a session.
#[test]
fn a_new_card_answers_what_a_real_one_answered() {
    let mut steps = 0;
    for vector in of_kind("ev2-more", "real_chip_output") {
        if vector["inputs"]["chip"] != "DESFire Light" {
            continue;
        }
        let mut card = card(Model::Light);
        for step in vector["inputs"]["steps"].as_array().unwrap() {
            let reply = send(&mut card, &hex::decode(text(&step["send"])).unwrap());
            let published = format!("{}{}", text(&step["recv"]), text(&step["sw"]));
            assert_eq!(hex::encode_upper(reply), published, "{step}");
            steps += 1;
        }
    }
    assert_eq!(steps, 7);
    let mut card = entered();
    assert_eq!(run(&mut card, 0xF5, &[0x0F]).0, [0x05, 0x03, 0x10, 0x1F, 0x02, 0x00]);
    let records = [4, 3, 0x30, 0x12, 16, 0, 0, 4, 0, 0, 0, 0, 0];
    assert_eq!(run(&mut card, 0xF5, &[1]).0, records);
    assert_eq!(run(&mut card, 0xF5, &[0x1F]).0, [0, 0, 0x30, 0xEF, 32, 0, 0]);
    assert_eq!(card.ats().as_bytes(), [0x06, 0x77, 0x77, 0x71, 0x02, 0x80]);
    let version = [4, 8, 1, 0x30, 0, 0x13, 5];
    assert_eq!(run(&mut card, 0x60, &[]), (version.to_vec(), 0xAF));
    assert_eq!(run(&mut card, 0xAF, &[]).0, [4, 8, 1, 0, 2, 0x13, 5]);
}

/// The table of files and AN12343 disagree on whether a select tells what file 1F holds.
#[test]
fn select_tells_what_file_1f_holds_unless_told_otherwise() {
    let by_id = [0x00, 0xA4, 0x00, 0x00, 0x02, 0xDF, 0x01, 0x00];
    let mut card = card(Model::Light);
    assert_eq!(send(&mut card, &by_id), [&[0x00; 32][..], &[0x90, 0x00]].concat());
    // A file has none.
    assert_eq!(send(&mut card, &[0x00, 0xA4, 0x00, 0x00, 2, 0xEF, 0x1F, 0]), [0x90, 0x00]);
    let candidates = Candidates::default().with(Candidate::SilentSelect);
    let behaviour = Behaviour { candidates, ..Behaviour::default() };
    assert_eq!(send(&mut card.clone().with_behaviour(behaviour), &by_id), [0x90, 0x00]);
    open(&mut card, 0x1F, CommMode::Plain, [0x30, 0x1F]);
    assert_eq!(send(&mut card, &by_id), [0x90, 0x00]);
}

/// The message of a document in its session, of key 0; what the card then answers.
fn plays(card: &mut SoftCard, name: &str) {
    let all: Vec<Value> = of_file("ev2").into_iter().chain(of_file("ev2-more")).collect();
    let vector = all.iter().find(|vector| vector["name"] == name).expect(name);
    let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
    let mut inputs = inputs.clone();
    if inputs["ses_auth_enc_key"].is_null() {
        inputs["ses_auth_enc_key"] = "00".repeat(16).into();
    }
    resume_ev2(card, 0, session_of(&inputs));
    let [ins] = bytes(&inputs["cmd"]);
    let reply = send(card, &wrap(ins, &hex::decode(text(&expected["apdu_data"])).unwrap()));
    let published = match inputs["response"].as_str() {
        Some(response) => format!("{response}9100"),
        None => format!("{}9100", hex::encode_upper(&reply[..reply.len() - 2])),
    };
    assert_eq!(hex::encode_upper(reply), published, "{name}");
}

/// A card whose files key 0 may do all with.
fn of_key_0(mode: CommMode) -> SoftCard {
    let mut card = entered();
    for number in [0x00, 0x01, 0x03, 0x04] {
        open(&mut card, number, mode, [0x00, 0x00]);
    }
    counting(&mut card, [0x00, 0x1F], 3, READER);
    card
}

/// AN12343, tables 23, 25, 26, 33 and 35 to 37.
#[test]
fn published_messages_about_contents_are_answered() {
    plays(&mut of_key_0(CommMode::Mac), "an12343-t23-writedata-mac");
    let mut card = of_key_0(CommMode::Full);
    plays(&mut card, "an12343-t25-writedata-full");
    plays(&mut card, "an12343-t26-readdata-full");
    plays(&mut card, "an12343-t35-getvalue-full");
    plays(&mut card, "an12343-t36-credit-full");
    let records = card.card.application_mut().unwrap().file_mut(1).unwrap().records_mut().unwrap();
    let record = hex::decode("11223344556677889900112233445566").unwrap();
    records.restore(vec![Secret::new(record)]).unwrap();
    plays(&mut card, "an12343-t33-readrecords-full");
    plays(&mut card, "an12343-t11-changefilesettings");
}

/// AN12343, table 32, whole: a record, the reader, and the MAC that was published with them.
#[test]
fn the_published_transaction_has_its_published_mac() {
    let mut card = of_key_0(CommMode::Full);
    plays(&mut card, "an12343-t32-writerecord-full");
    plays(&mut card, "an12343-t32-commitreaderid");
    let (told, done) = protected(&mut card, 0, 0xC7, &[0x01], None);
    assert_eq!((hex::encode_upper(&told), done), ("0400000094A3205E41588BA9".to_owned(), 0x00));
    // The file holds the same, and the record is there.
    assert_eq!(protected(&mut card, 1, 0xAD, &[0x0F, 0, 0, 0, 0, 0, 0], None).1, 0x7E);
    send(&mut card, &SELECT);
    resume_ev2(&mut card, 1, session(7));
    assert_eq!(run(&mut card, 0xAD, &[0x0F, 0, 0, 0, 0, 0, 0]).0, told);
    card.card.session = None;
    assert_eq!(run(&mut card, 0xF5, &[1]).0[10..], [1, 0, 0]);
}

/// AN12343, table 41 and page 83: the file goes, and comes back with another key.
#[test]
fn the_transaction_mac_file_is_deleted_and_made_as_published() {
    let mut card = entered();
    plays(&mut card, "an12343-t41-deletefile-tmac");
    assert_eq!(run(&mut card.clone(), 0x6F, &[]).1, 0x7E);
    plays(&mut card, "an12343-p83-create-tmac-file");
    card.card.session = None;
    assert_eq!(run(&mut card, 0x6F, &[]).0, [0x0F, 0x1F, 3, 0, 1, 4]);
    assert_eq!(run(&mut card, 0xF5, &[0x0F]).0, [0x05, 0x00, 0x10, 0x1F, 0x02, 0x00]);
    // A transaction that the new key is for.
    open(&mut card, 0, CommMode::Plain, FREE);
    card.card.application_mut().unwrap().transaction_mac.as_mut().unwrap().rights =
        AccessRights::from_wire([0xF0, 0x1F]);
    assert_eq!(status(&mut card, 0x8D, &[0, 2, 0, 0, 1, 0, 0, 0x5A]), 0x00);
    let (told, _) = run(&mut card, 0xC7, &[0x01]);
    let input = format!("8D00020000010000{}5A{}", "00".repeat(8), "00".repeat(15));
    assert_eq!(told, [&[1, 0, 0, 0][..], &over(1, &input)].concat());
}

/// Every command as the data sheet has it, put together by hand; lengths of 0 as what was read.
#[test]
fn the_mac_goes_over_every_command_and_its_data() {
    let mut card = opened();
    counting(&mut card, [0xF0, 0xEF], 0x0102_0304, [0; 16]);
    let zeros = |count: usize| "00".repeat(count);
    for (ins, body) in [(0x8B, "01020000030000A1A2A3"), (0x0C, "03E8030000")] {
        assert_eq!(status(&mut card, ins, &hex::decode(body).unwrap()), 0x00);
    }
    let (told, _) = run(&mut card, 0xC7, &[0x01]);
    let input = [
        format!("8B 01 020000 030000 {} A1A2A3 {}", zeros(8), zeros(13)),
        format!("0C 03 E8030000 {}", zeros(10)),
    ];
    assert_eq!(told, [&[5, 3, 2, 1][..], &over(0x0102_0305, &input.concat())].concat());

    for (ins, body) in [
        (0xAD, "1F1E0000000000"),
        (0x8D, "04010000110000000102030405060708090A0B0C0D0E0F10"),
        (0x6C, "03"),
        (0xDC, "0311000000"),
        (0xAB, "01000000000000"),
        (0xBA, "01000000040000020000C1C2"),
        (0xEB, "01"),
        (0xAD, "0F000000000000"),
    ] {
        assert_eq!(status(&mut card, ins, &hex::decode(body).unwrap()), 0x00, "{ins:02X}");
    }
    let (told, _) = run(&mut card, 0xC7, &[0x01]);
    let input = [
        format!("AD 1F 1E0000 020000 {} 0000 {}", zeros(8), zeros(14)),
        format!(
            "8D 04 010000 110000 {} 000102030405060708090A0B0C0D0E0F 10 {}",
            zeros(8),
            zeros(15)
        ),
        format!("6C 03 E8030000 {}", zeros(10)),
        format!("DC 03 11000000 {}", zeros(10)),
        format!("AB 01 000000 010000 {} 0000A1A2A3 {}", zeros(8), zeros(11)),
        format!("BA 01 000000 040000 020000 {} C1C2 {}", zeros(5), zeros(14)),
        format!("EB 01 {}", zeros(14)),
    ];
    assert_eq!(told, [&[6, 3, 2, 1][..], &over(0x0102_0306, &input.concat())].concat());
    // What was debited can be given back, and that is covered too.
    assert_eq!(status(&mut card, 0x1C, &[3, 0x11, 0, 0, 0]), 0x00);
    let (told, _) = run(&mut card, 0xC7, &[0x01]);
    let input = format!("1C 03 11000000 {}", zeros(10));
    assert_eq!(told, [&[7, 3, 2, 1][..], &over(0x0102_0307, &input)].concat());
}

/// The UID of AN12343 is that of the tests.
#[test]
fn the_mac_is_of_this_card() {
    let other = SoftCard::new(Model::Light, RealUid::new([4, 1, 2, 3, 4, 5, 6]), 7);
    let told = [opened(), other].map(|mut card| {
        send(&mut card, &SELECT);
        open(&mut card, 0, CommMode::Plain, FREE);
        counting(&mut card, [0xF0, 0xEF], 0, [0; 16]);
        assert_eq!(status(&mut card, 0x8D, &[0, 0, 0, 0, 1, 0, 0, 1]), 0x00);
        run(&mut card, 0xC7, &[0x01]).0
    });
    assert_eq!(told[0].len(), 12);
    assert_ne!(told[0], told[1]);
}
