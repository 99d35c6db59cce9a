// SPDX-License-Identifier: MIT OR Apache-2.0
//! The cards, a finished one, and what it answers.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, Outcome};
use cardwright::profile::{Record, Records};
use cardwright::wire::Messaging;

use crate::common::reader::{ask_enciphered, diversified, send};
use crate::common::{card, encode, encoder, issuer_key, job};

/// A profile and its records.
pub(crate) struct Card {
    pub(crate) name: &'static str,
    pub(crate) profile: &'static str,
    pub(crate) records: &'static str,
}

macro_rules! card {
    ($name:literal, $records:literal) => {
        Card {
            name: $name,
            profile: include_str!(concat!("../../../examples/data/profiles/", $name, ".toml")),
            records: include_str!(concat!("../../../examples/data/", $records)),
        }
    };
}

pub(crate) const CARDS: [Card; 13] = [
    card!("agency", "agency-records.csv"),
    card!("barrier", "door-records.csv"),
    card!("campus", "campus-records.jsonl"),
    card!("directory", "directory-records.csv"),
    card!("door-2", "door-records.csv"),
    card!("fleet", "fleet-records.csv"),
    card!("library", "library-records.csv"),
    card!("log", "log-records.csv"),
    card!("parking", "parking-records.csv"),
    card!("site", "site-records.csv"),
    card!("staff", "staff-records.csv"),
    card!("ticket", "ticket-records.jsonl"),
    card!("visitor", "visitor-records.csv"),
];

/// The profiles that are read back in tests of their own.
pub(crate) const OTHERS: [Card; 4] = [
    card!("canteen", "canteen-records.csv"),
    card!("door", "door-records.csv"),
    card!("door-secure", "door-records.csv"),
    card!("legacy", "legacy-records.csv"),
];

pub(crate) fn job_and_records(card: &Card) -> (Job, Vec<Record>) {
    let job = job(card.profile);
    let records = if card.records.starts_with('{') {
        Records::json_lines(job.profile(), card.records.as_bytes())
    } else {
        Records::csv(job.profile(), card.records.as_bytes())
    };
    let records = records.unwrap();
    (job, records.entries.into_iter().map(Result::unwrap).collect())
}

pub(crate) fn named(name: &str) -> (Job, Vec<Record>) {
    job_and_records(CARDS.iter().find(|card| card.name == name).unwrap())
}

/// The UID of the first card.
pub(crate) const UID: [u8; 7] = [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x00];

/// A finished card, and where and how it is read.
pub(crate) struct Finished {
    pub(crate) card: SoftCard,
    pub(crate) messaging: Messaging,
}

/// The first record of a profile on a card of each generation, in each messaging that it has.
pub(crate) fn finished(name: &str) -> Vec<Finished> {
    finished_with(name, 0)
}

/// Another record of a profile on the same cards.
pub(crate) fn finished_with(name: &str, record: usize) -> Vec<Finished> {
    let combinations = [
        (Model::Ev1_8k, Messaging::Ev1),
        (Model::Ev2_8k, Messaging::Ev1),
        (Model::Ev2_8k, Messaging::Ev2),
        (Model::Ev3_8k, Messaging::Ev2),
    ];
    let (job, records) = named(name);
    let finished = combinations.map(|(model, messaging)| {
        // What travels plain is proven in EV1 messaging only, which EV2 is preferred to.
        let job = match messaging {
            Messaging::Ev2 => job.clone(),
            Messaging::Ev1 | Messaging::D40 => job.clone().with_messaging(messaging).unwrap(),
        };
        let mut card = card(model, 0);
        let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[record]);
        assert_eq!(encoded.outcome, Outcome::Done, "{name} {model} {messaging}");
        Finished { card, messaging }
    });
    finished.into()
}

impl Finished {
    /// The contents of a data file, read with a key that is diversified over UID and AID.
    pub(crate) fn data(&mut self, aid: [u8; 3], key: (u8, &str), file: u8, length: u16) -> String {
        let [low, high] = length.to_le_bytes();
        let command = [file, 0, 0, 0, low, high, 0];
        self.ask(aid, key, (0xBD, &command), length.into())
    }

    /// All records of a record file.
    pub(crate) fn records(
        &mut self,
        aid: [u8; 3],
        key: (u8, &str),
        file: u8,
        all: usize,
    ) -> String {
        self.ask(aid, key, (0xBB, &[file, 0, 0, 0, 0, 0, 0]), all)
    }

    pub(crate) fn value(&mut self, aid: [u8; 3], key: (u8, &str), file: u8) -> String {
        self.ask(aid, key, (0x6C, &[file]), 4)
    }

    /// The contents of a file that anyone may read.
    pub(crate) fn public(&mut self, aid: [u8; 3], file: u8, length: u16) -> String {
        let [low, high] = length.to_le_bytes();
        self.card.reset();
        send(&mut self.card, 0x5A, &[aid[2], aid[1], aid[0]]);
        hex::encode_upper(send(&mut self.card, 0xBD, &[file, 0, 0, 0, low, high, 0]))
    }

    fn ask(
        &mut self,
        aid: [u8; 3],
        (no, name): (u8, &str),
        command: (u8, &[u8]),
        length: usize,
    ) -> String {
        let key = diversified(aes(name, 1), &[&UID[..], &aid].concat());
        self.card.reset();
        let data = ask_enciphered(&mut self.card, self.messaging, aid, (no, key), command, length);
        hex::encode_upper(data)
    }
}

/// An AES key of the test keys.
pub(crate) fn aes(name: &str, version: u8) -> [u8; 16] {
    issuer_key(name, version).try_into().unwrap()
}

/// Hexadecimal digits without the spaces that make them readable.
pub(crate) fn bytes(spaced: &str) -> String {
    let bytes = hex::decode(spaced.replace(' ', "")).unwrap();
    hex::encode_upper(bytes)
}

pub(crate) fn xor(digits: &str) -> String {
    let bytes = hex::decode(digits).unwrap();
    hex::encode_upper([bytes.iter().fold(0, |sum, byte| sum ^ byte)])
}

/// A CRC bit by bit, most significant byte first: width, polynomial, what it starts with, whether
/// bits go in and out least significant first, what is added in the end.
pub(crate) fn crc(
    (width, polynomial, start, reflected, end): (u32, u32, u32, bool, u32),
    digits: &str,
) -> String {
    let mask = u32::MAX >> (32 - width);
    let mut crc = start;
    for byte in hex::decode(digits).unwrap() {
        let byte = if reflected { byte.reverse_bits() } else { byte };
        crc ^= u32::from(byte) << (width - 8);
        for _ in 0..8 {
            let carry = crc >> (width - 1) & 1 == 1;
            crc = crc << 1 & mask;
            crc ^= if carry { polynomial } else { 0 };
        }
    }
    let crc = if reflected { crc.reverse_bits() >> (32 - width) } else { crc };
    let length = usize::try_from(width / 8).unwrap();
    hex::encode_upper(&(crc ^ end).to_be_bytes()[4 - length..])
}

pub(crate) fn reversed(digits: &str) -> String {
    let mut bytes = hex::decode(digits).unwrap();
    bytes.reverse();
    hex::encode_upper(bytes)
}
