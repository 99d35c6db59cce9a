// SPDX-License-Identifier: MIT OR Apache-2.0
//! Transaction MAC files in the applications of EV2 and EV3.

use super::ev2_files::session;
use super::light::{KEY, READER, over, protected};
use super::support::{
    bytes, card, resume_d40, resume_ev1, resume_ev2, run, send, status, text, with_application,
};
use crate::crypto::{Cipher, crc};
use crate::emulator::{Model, SoftCard};
use crate::iso14443::RealUid;
use crate::secret::Secret;
use crate::vectors::of_file;
use crate::wire::KeyType;

/// As it is selected.
const AID: [u8; 3] = [0x20, 0x81, 0xF4];
const MODELS: [Model; 2] = [Model::Ev2_4k, Model::Ev3_4k];

/// CreateTransactionMACFile of file 0F with these rights, as key 0.
fn make(card: &mut SoftCard, option: u8, rights: [u8; 2]) -> u8 {
    let header = [0x0F, option, rights[0], rights[1], 2];
    let status = protected(card, 0, 0xCE, &header, Some(&[&KEY[..], &[0x07]].concat())).1;
    card.card.session = None;
    status
}

/// An application whose files everybody may do all with: 1 standard, 2 backup, 3 value, 4 cyclic. Whatever
/// is done is counted, and no reader asked for.
fn counting(model: Model) -> SoftCard {
    let mut card = with_application(model, 0x0F, KeyType::Aes, 2);
    for (ins, file) in [
        (0xCD, "0100EEEE400000"),
        (0xCB, "0200EEEE100000"),
        (0xCC, "0300EEEE00000000E80300006400000001"),
        (0xC0, "0400EEEE080000040000"),
    ] {
        assert_eq!(status(&mut card, ins, &hex::decode(file).unwrap()), 0x00, "{file}");
    }
    assert_eq!(make(&mut card, 0x00, [0xF0, 0xEF]), 0x00);
    card
}

/// As if there had been so many transactions, the last one of this reader.
fn after(card: &mut SoftCard, counter: u32, reader: [u8; 16]) {
    let mac = card.card.application_mut().unwrap().transaction_mac.as_mut().unwrap();
    mac.restore((Secret::new(KEY), 7, (counter, None), [0; 8], reader));
}

/// A vector of a transaction on silicon, played command by command in sessions of key 0.
fn plays(model: Model, name: &str, size: u8, commands: &[(u8, String)]) {
    let all = of_file("ev2").into_iter().chain(of_file("ev2-more"));
    let vector = all.into_iter().find(|vector| vector["name"] == name).expect(name);
    let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
    let number = u32::try_from(inputs["tmc_after"].as_u64().unwrap()).unwrap();
    assert_eq!(bytes::<16>(&inputs["app_transaction_mac_key"]), KEY);
    let made = with_application(model, 0x0F, KeyType::Aes, 2).card.memory.applications.clone();
    let mut card = SoftCard::new(model, RealUid::new(bytes(&inputs["uid"])), 7);
    card.card.memory.applications = made;
    assert_eq!(status(&mut card, 0x5A, &AID), 0x00);
    // Records for key 0, enciphered; 256 bytes are 0001 with the least significant byte first.
    let [low, high] = [if size == 0 { 0 } else { size }, u8::from(size == 0)];
    for file in [1, 2] {
        let create = [file, 0x03, 0x00, 0x00, low, high, 0, 4, 0, 0];
        assert_eq!(status(&mut card, 0xC0, &create), 0x00);
    }
    assert_eq!(make(&mut card, 0x00, [0x00, 0x0F]), 0x00);
    after(&mut card, number - 1, bytes(&inputs["reader_id"]));
    for (ins, body) in commands {
        let body = hex::decode(body).unwrap();
        let (header, data) = body.split_at(7);
        assert_eq!(protected(&mut card, 0, *ins, header, Some(data)), (vec![], 0x00));
    }
    let reader = bytes::<16>(&inputs["reader_id"]);
    let (before, _) = protected(&mut card, 0, 0xC8, &reader, None);
    let told = &inputs["enc_tmri"];
    assert_eq!(
        hex::encode_upper(before),
        text(if told.is_null() { &expected["enc_tmri"] } else { told })
    );
    let (told, _) = protected(&mut card, 0, 0xC7, &[0x01], None);
    let published =
        format!("{}{}", hex::encode_upper(number.to_le_bytes()), text(&expected["tmv"]));
    assert_eq!(hex::encode_upper(&told), published, "{name}");
    assert_eq!(protected(&mut card, 0, 0xBD, &[0x0F, 0, 0, 0, 0, 0, 0], None).1, 0x7E);
    assert_eq!(status(&mut card, 0x5A, &AID), 0x00);
    resume_ev2(&mut card, 0, session(7));
    assert_eq!(run(&mut card, 0xBD, &[0x0F, 0, 0, 0, 0, 0, 0]).0, told);
}

/// The two transactions that are public, of a real EV3 (TalkToYourDESFireCard) and of AN12343.
#[test]
fn the_transactions_of_real_cards_have_the_macs_that_those_told() {
    let name = "talktoyourdesfire-ev3-tmac-7writes-readerid";
    let all = of_file("ev2-more");
    let vector = all.iter().find(|vector| vector["name"] == name).expect(name);
    let commands = vector["inputs"]["commands"].as_array().unwrap();
    let writes: Vec<(u8, String)> = commands
        .iter()
        .filter(|command| command["cmd"] == "8B")
        .map(|command| (0x8B, format!("{}{}", text(&command["header"]), text(&command["data"]))))
        .collect();
    assert_eq!(writes.len(), 7);
    let write = "0100000010000011223344556677889900112233445566".to_owned();
    for model in MODELS {
        plays(model, name, 0, &writes);
        plays(model, "an12343-tmac-writerecord-commitreaderid", 16, &[(0x8B, write.clone())]);
    }
}

/// Every command with the code that it came with, put together by hand; lengths of 0 as what was read.
#[test]
fn the_mac_goes_over_every_command_and_its_data() {
    let zeros = |count: usize| "00".repeat(count);
    for model in MODELS {
        let mut card = counting(model);
        after(&mut card, 0x0102_0304, [0; 16]);
        for (ins, body) in [
            (0x3D, "01010000030000A1A2A3"),
            (0xBD, "013E0000000000"),
            (0x8D, "02000000010000B1"),
            (0x3B, "04020000020000C1C2"),
            (0x0C, "0305000000"),
            (0xDC, "0311000000"),
            (0x6C, "03"),
        ] {
            assert_eq!(status(&mut card, ins, &hex::decode(body).unwrap()), 0x00, "{ins:02X}");
        }
        // One command in two frames.
        let first = [&[1, 0, 0, 0, 60, 0, 0][..], &[0xD1; 47]].concat();
        assert_eq!(status(&mut card, 0x3D, &first), 0xAF);
        assert_eq!(status(&mut card, 0xAF, &[0xD1; 13]), 0x00);
        let (told, _) = run(&mut card, 0xC7, &[0x01]);
        let input = [
            format!("3D 01 010000 030000 {} A1A2A3 {}", zeros(8), zeros(13)),
            format!("BD 01 3E0000 020000 {} 0000 {}", zeros(8), zeros(14)),
            format!("8D 02 000000 010000 {} B1 {}", zeros(8), zeros(15)),
            format!("3B 04 020000 020000 {} C1C2 {}", zeros(8), zeros(14)),
            format!("0C 03 05000000 {}", zeros(10)),
            format!("DC 03 11000000 {}", zeros(10)),
            format!("6C 03 64000000 {}", zeros(10)),
            format!("3D 01 000000 3C0000 {} {} {}", zeros(8), "D1".repeat(60), zeros(4)),
        ];
        assert_eq!(told, [&[5, 3, 2, 1][..], &over(0x0102_0305, &input.concat())].concat());
        for (ins, body) in [
            (0x1C, "0311000000"),
            (0xBB, "04000000000000"),
            (0xAB, "04000000010000"),
            (0xAD, "02000000010000"),
            (0xDB, "04000000070000010000E1"),
            (0xBA, "04000000060000010000E2"),
            (0xEB, "04"),
            // The file itself is not covered, nor what is no data.
            (0xBD, "0F000000000000"),
            (0xF5, "01"),
        ] {
            assert_eq!(status(&mut card, ins, &hex::decode(body).unwrap()), 0x00, "{ins:02X}");
        }
        let (told, _) = run(&mut card, 0xC7, &[0x01]);
        let record = "0000C1C200000000";
        let input = [
            format!("1C 03 11000000 {}", zeros(10)),
            format!("BB 04 000000 010000 {} {record} {}", zeros(8), zeros(8)),
            format!("AB 04 000000 010000 {} {record} {}", zeros(8), zeros(8)),
            format!("AD 02 000000 010000 {} B1 {}", zeros(8), zeros(15)),
            format!("DB 04 000000 070000 010000 {} E1 {}", zeros(5), zeros(15)),
            format!("BA 04 000000 060000 010000 {} E2 {}", zeros(5), zeros(15)),
            format!("EB 04 {}", zeros(14)),
        ];
        assert_eq!(told, [&[6, 3, 2, 1][..], &over(0x0102_0306, &input.concat())].concat());
        // With nothing done there is nothing to commit; without the option nothing is told.
        assert_eq!(status(&mut card, 0xC7, &[0x01]), 0x0C);
        assert_eq!(status(&mut card, 0x6C, &[0x03]), 0x00);
        assert_eq!(run(&mut card, 0xC7, &[]), (vec![], 0x00));
        assert_eq!(run(&mut card, 0xBD, &[0x0F, 0, 0, 0, 4, 0, 0]).0, [7, 3, 2, 1]);
    }
}

/// Bit 4 of the option: what is done without a session is left out.
#[test]
fn what_is_done_without_a_session_can_be_left_out() {
    let mut card = counting(Model::Ev3_4k);
    assert_eq!(protected(&mut card, 0, 0xDF, &[0x0F], None).1, 0x00);
    assert_eq!(make(&mut card, 0x10, [0xE0, 0xEF]), 0x9E);
    assert_eq!(make(&mut card, 0x10, [0xF0, 0xEF]), 0x00);
    assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
    assert_eq!(status(&mut card, 0xC7, &[0x01]), 0x9E);
    assert_eq!(status(&mut card, 0x0C, &[3, 7, 0, 0, 0]), 0x00);
    // A free right is used in clear, in a session too.
    resume_ev2(&mut card, 1, session(7));
    assert_eq!(status(&mut card, 0x6C, &[3]), 0x00);
    let (told, _) = protected(&mut card, 1, 0xC7, &[0x01], None);
    let input = format!("6C 03 64000000 {}", "00".repeat(10));
    assert_eq!(told, [&[1, 0, 0, 0][..], &over(1, &input)].concat());
    card.card.session = None;
    assert_eq!(run(&mut card, 0x6C, &[3]).0, [0x6B, 0, 0, 0]);
}

#[test]
fn a_transaction_mac_file_is_made_and_deleted_by_rules() {
    for model in MODELS {
        let mut card = with_application(model, 0x0F, KeyType::Aes, 2);
        // The card itself has none, nor has a chip without the command.
        card.card.selected = None;
        assert_eq!(make(&mut card, 0x00, [0x00, 0x0F]), 0x9D);
        assert_eq!(status(&mut card, 0x5A, &AID), 0x00);
        assert_eq!(protected(&mut card, 1, 0xCE, &[0x0F, 0, 0, 0x0F, 2], Some(&[0; 17])).1, 0xAE);
        for (option, rights) in [(0x20, [0x00, 0x0F]), (0x80, [0x00, 0x0F]), (0x00, [0x20, 0x0F])] {
            assert_eq!(make(&mut card, option, rights), 0x9E, "{option:02X} {rights:02X?}");
        }
        let free = card.card.memory.free();
        assert_eq!(make(&mut card, 0x01, [0x01, 0x0F]), 0x00);
        assert_eq!(card.card.memory.free(), free - 32);
        assert_eq!(make(&mut card, 0x01, [0x01, 0x0F]), 0x9D);
        // It has its number and its place among the files.
        assert_eq!(status(&mut card, 0xCD, &hex::decode("0F00EEEE200000").unwrap()), 0xDE);
        assert_eq!(status(&mut card, 0xCD, &hex::decode("0500EEEE200000").unwrap()), 0x00);
        assert_eq!(run(&mut card, 0x6F, &[]).0, [0x0F, 0x05]);
        assert_eq!(run(&mut card, 0xF5, &[0x0F]).0, [5, 1, 0x01, 0x0F, 2, 7]);
        let mut card = SoftCard::restore(&card.save(), 1).unwrap();
        assert_eq!(status(&mut card, 0x5A, &AID), 0x00);
        assert_eq!(run(&mut card, 0xF5, &[0x0F]).0, [5, 1, 0x01, 0x0F, 2, 7]);
        // ISO commands and other kinds of commands do not reach what it would have to go over.
        assert_eq!(send(&mut card, &[0x00, 0xB0, 0x85, 0x00, 0x01]), [0x69, 0x85]);
        assert_eq!(status(&mut card, 0x3D, &[0x0F, 0, 0, 0, 1, 0, 0, 1]), 0x9D);
        assert_eq!(status(&mut card, 0xDF, &[0x0F]), 0xAE);
        assert_eq!(protected(&mut card, 0, 0xDF, &[0x0F], None).1, 0x00);
        card.card.session = None;
        assert_eq!(send(&mut card, &[0x00, 0xB0, 0x85, 0x00, 0x01]), [0x00, 0x90, 0x00]);
        // With 31 others it is the last one.
        for number in (0..=0x1F).filter(|number| !matches!(number, 0x05 | 0x0F)) {
            assert_eq!(status(&mut card, 0xCD, &[number, 0, 0xEE, 0xEE, 1, 0, 0]), 0x00);
        }
        let mut full = card.clone();
        assert_eq!(make(&mut card, 0x01, [0x01, 0x0F]), 0x00);
        assert_eq!(status(&mut full, 0xCD, &[0x0F, 0, 0xEE, 0xEE, 1, 0, 0]), 0x00);
        assert_eq!(status(&mut full, 0xDF, &[0x05]), 0x00);
        assert_eq!(status(&mut full, 0xDF, &[0x0F]), 0x00);
        assert_eq!(make(&mut full, 0x01, [0x01, 0x0F]), 0x00);
        assert_eq!(status(&mut full, 0xCD, &[0x05, 0, 0xEE, 0xEE, 1, 0, 0]), 0x00);
        assert_eq!(status(&mut full, 0xCD, &[0x0F, 0, 0xEE, 0xEE, 1, 0, 0]), 0xDE);
    }
    for ins in [0xCE, 0xC8, 0xAD, 0x8D, 0xAB, 0x8B, 0xBA] {
        assert_eq!(status(&mut card(Model::Ev1_4k), ins, &[]), 0x1C, "{ins:02X}");
    }
}

/// Its key is an AES key whatever those of the application are; it goes enciphered with a checksum in an
/// EV1 session, and not at all in a D40 one. There is no identifier where other files have one.
#[test]
fn an_application_of_any_keys_can_have_one() {
    let header = [0x0F, 0x00, 0xF0, 0xEF, 0x02];
    let key = [&KEY[..], &[0x07]].concat();
    for kind in [KeyType::Des, KeyType::Tdes3, KeyType::Aes] {
        let mut card = with_application(Model::Ev2_4k, 0x0F, kind, 1);
        card.card.application_mut().unwrap().iso_file_ids = true;
        let mut other = card.clone();
        resume_d40(&mut other, 0, Cipher::des(&[0x11; 8]));
        assert_eq!(status(&mut other, 0xCE, &[&header[..], &[0; 24]].concat()), 0xAE);
        let cipher = Cipher::aes(&[0x5A; 16]);
        resume_ev1(&mut card, 0, cipher.clone(), &[0; 16]);
        let mut sent = [&key[..], &crc::crc32(&[&[0xCE], &header, &key])].concat();
        sent.resize(32, 0x00);
        cipher.cbc_encrypt(&mut cipher.zero_iv(), &mut sent).unwrap();
        let (mac, done) = run(&mut card, 0xCE, &[&header[..], &sent].concat());
        assert_eq!((mac.len(), done), (8, 0x00), "{kind}");
        let made = card.card.application().unwrap().transaction_mac.clone().unwrap();
        assert_eq!(made.kept().0.expose_secret(), &KEY);
    }
}

/// The reader by its right, once in a transaction, and before every commit.
#[test]
fn a_commit_needs_the_reader_that_the_file_asks_for() {
    for model in MODELS {
        let mut card = counting(model);
        assert_eq!(status(&mut card, 0xC8, &READER), 0x9D);
        assert_eq!(protected(&mut card, 0, 0xDF, &[0x0F], None).1, 0x00);
        assert_eq!(make(&mut card, 0x00, [0x10, 0xEF]), 0x00);
        assert_eq!(status(&mut card, 0xC8, &READER), 0xAE);
        assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
        assert_eq!(status(&mut card, 0xC7, &[]), 0x9D);
        // The error has dropped it, as any other error does where transactions are counted.
        assert_eq!(status(&mut card, 0xC7, &[]), 0x0C);
        assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
        assert_eq!(status(&mut card, 0x64, &[9]), 0x40);
        assert_eq!(status(&mut card, 0xC7, &[]), 0x0C);
        assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
        let (before, done) = protected(&mut card, 1, 0xC8, &READER, None);
        assert_eq!((before.len(), done), (16, 0x00));
        // Another session goes on with the transaction.
        assert_eq!(protected(&mut card, 0, 0xC7, &[], None).1, 0x00);
        let kept = card.card.application().unwrap().transaction_mac.clone().unwrap().kept();
        assert_eq!((kept.2.0, kept.4), (1, READER));
        assert_eq!(protected(&mut card, 0, 0xDF, &[0x0F], None).1, 0x00);
        card.card.session = None;
        // Without the file an error of another command drops nothing, and nobody asks for a reader.
        assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
        assert_eq!(status(&mut card, 0x64, &[9]), 0x40);
        assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
    }
}

/// At its limit all but reading the file is refused, and SELECT says so.
#[test]
fn a_limit_ends_all_but_reading_the_mac() {
    let mut card = counting(Model::Ev2_4k);
    let name = [0x01, 0xDF];
    card.card.application_mut().unwrap().iso =
        Some(crate::wire::IsoDf { id: crate::wire::IsoFileId::new(0xDF01).unwrap(), name: None });
    let limit = [0x20, 0xF0, 0xEF, 0x05, 0, 0, 0];
    after(&mut card, 4, [0; 16]);
    assert_eq!(protected(&mut card, 0, 0x5F, &[0x0F], Some(&limit)).1, 0x00);
    card.card.session = None;
    let select = [0x00, 0xA4, 0x00, 0x0C, 0x02, name[1], name[0]];
    assert_eq!(send(&mut card, &select), [0x90, 0x00]);
    assert_eq!(status(&mut card, 0x0C, &[3, 5, 0, 0, 0]), 0x00);
    assert_eq!(status(&mut card, 0xC7, &[]), 0x00);
    for (ins, body) in [
        (0xBD, "01000000010000"),
        (0x3D, "0100000001000001"),
        (0x6C, "03"),
        (0x3B, "0400000001000001"),
        (0xEB, "04"),
        (0xC8, "28BF1982BE086FBC60A22DAEB66613EE"),
    ] {
        assert_eq!(status(&mut card, ins, &hex::decode(body).unwrap()), 0x9D, "{ins:02X}");
    }
    assert_eq!(run(&mut card, 0xBD, &[0x0F, 0, 0, 0, 4, 0, 0]), (vec![5, 0, 0, 0], 0x00));
    assert_eq!(send(&mut card, &select), [0x62, 0x83]);
    assert_eq!(run(&mut card, 0xF5, &[0x0F]).0, [5, 0x20, 0xF0, 0xEF, 2, 7, 5, 0, 0, 0]);
}
