// SPDX-License-Identifier: MIT OR Apache-2.0
//! Credentials that others have published, as the profiles in `examples/data/published/`: encoded in
//! EV1 and EV2 messaging, read by a reader of its own, and compared with the published bytes.
//! `docs/published.md` says where each comes from.

use std::path::Path;

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, OneWay, Outcome};
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::wire::Messaging;

use crate::common::reader::{ask_enciphered, diversified, read_enciphered, send};
use crate::common::{card, encode, encoder};
use crate::vectors::of_kind;

const KEYS: &str = include_str!("../../examples/data/published/keys.toml");

/// The UID of the first card.
const UID: [u8; 7] = [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x00];

/// A profile and its records.
struct Credential {
    name: &'static str,
    profile: &'static str,
    records: &'static str,
    /// The key that the separate reader opens it with.
    key: Key,
}

/// Where the key of a slot comes from.
enum Key {
    /// The same on every card.
    Fixed(&'static str),
    /// AN10922 over UID and AID.
    UidAid(&'static str),
    /// AN10922 over UID, number of the key and AID as it is sent.
    Gallagher(&'static str),
}

macro_rules! credential {
    ($name:literal, $key:expr) => {
        Credential {
            name: $name,
            profile: include_str!(concat!("../../examples/data/published/", $name, ".toml")),
            records: include_str!(concat!("../../examples/data/published/", $name, "-records.csv")),
            key: $key,
        }
    };
}

const CREDENTIALS: [Credential; 9] = [
    credential!("accessgrid", Key::Fixed("accessgrid-read")),
    credential!("gallagher", Key::Gallagher("gallagher-site")),
    credential!("kentix", Key::Fixed("kentix-read")),
    credential!("lasseo", Key::UidAid("reader")),
    credential!("leaf-cc", Key::Fixed("leaf-1")),
    credential!("piv-75", Key::UidAid("reader")),
    credential!("student-card", Key::UidAid("master")),
    credential!("track-2", Key::UidAid("reader")),
    credential!("type-4-tag", Key::UidAid("master")),
];

const CARDS: [(Model, Messaging); 4] = [
    (Model::Ev1_8k, Messaging::Ev1),
    (Model::Ev2_8k, Messaging::Ev1),
    (Model::Ev2_8k, Messaging::Ev2),
    (Model::Ev3_8k, Messaging::Ev2),
];

impl Credential {
    fn job_and_records(&self) -> (Job, Vec<Record>) {
        job_and_records(self.profile, self.records)
    }

    /// A record by its row, on a card of each generation in each messaging.
    fn finished(&self, row: usize) -> Vec<(SoftCard, Messaging)> {
        let (job, records) = self.job_and_records();
        let fits = |(model, messaging): &&(Model, Messaging)| {
            let job = job.clone().with_messaging(*messaging);
            job.is_ok_and(|job| job.messaging_for(model.generation()).is_ok())
        };
        let cards = CARDS.iter().filter(fits).map(|(model, messaging)| {
            let job = match messaging {
                Messaging::Ev2 => job.clone(),
                Messaging::Ev1 | Messaging::D40 => job.clone().with_messaging(*messaging).unwrap(),
            };
            let mut card = card(*model, 0);
            let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[row]);
            assert_eq!(encoded.outcome, Outcome::Done, "{} {model} {messaging}", self.name);
            (card, *messaging)
        });
        cards.collect()
    }

    fn key(&self, aid: [u8; 3], slot: u8) -> [u8; 16] {
        match self.key {
            Key::Fixed(name) => key_of(name),
            Key::UidAid(name) => diversified(key_of(name), &[&UID[..], &aid].concat()),
            Key::Gallagher(name) => {
                let input = [&UID[..], &[slot, aid[2], aid[1], aid[0]]].concat();
                diversified(key_of(name), &input)
            }
        }
    }

    /// What a file holds: `free`, `records` that are free, or under the key of a slot.
    fn file(
        &self,
        (card, messaging): &mut (SoftCard, Messaging),
        (aid, file): ([u8; 3], u8),
        access: &str,
        length: usize,
    ) -> String {
        card.reset();
        let [low, high] = u16::try_from(length).unwrap().to_le_bytes();
        let command = [file, 0, 0, 0, low, high, 0];
        let data = match access.split_once(' ') {
            None => {
                send(card, 0x5A, &[aid[2], aid[1], aid[0]]);
                match access {
                    "records" => send(card, 0xBB, &[file, 0, 0, 0, 0, 0, 0]),
                    _ => send(card, 0xBD, &command),
                }
            }
            Some((_, slot)) => {
                let slot = slot.parse().unwrap();
                let key = (slot, self.key(aid, slot));
                ask_enciphered(card, *messaging, aid, key, (0xBD, &command), length)
            }
        };
        hex::encode_upper(data)
    }
}

fn job_and_records(profile: &str, records: &str) -> (Job, Vec<Record>) {
    let profile = Profile::parse(profile).unwrap_or_else(|error| panic!("{error}"));
    let job = Job::new(profile, &KeyFile::parse(KEYS).unwrap()).unwrap().allowing(&OneWay::ALL);
    let records = Records::csv(job.profile(), records.as_bytes()).unwrap();
    (job, records.entries.into_iter().map(Result::unwrap).collect())
}

/// A key of the published ones, by the text of its file.
fn key_of(name: &str) -> [u8; 16] {
    let entry = KEYS.split("[[key]]").find(|entry| entry.contains(&format!("name = {name:?}\n")));
    let value = entry.unwrap().split("value = \"").nth(1).unwrap();
    hex::decode(value.split('"').next().unwrap()).unwrap().try_into().unwrap()
}

fn credential(name: &str) -> &'static Credential {
    CREDENTIALS.iter().find(|credential| credential.name == name).unwrap()
}

fn aid(digits: &str) -> [u8; 3] {
    hex::decode(digits).unwrap().try_into().unwrap()
}

#[test]
fn each_file_holds_the_published_bytes() {
    let vectors = of_kind("credentials", "credential_file");
    for credential in &CREDENTIALS {
        let of_it = |vector: &&serde_json::Value| vector["inputs"]["profile"] == credential.name;
        let vectors: Vec<_> = vectors.iter().filter(of_it).collect();
        if vectors.is_empty() {
            continue;
        }
        for mut card in credential.finished(0) {
            for vector in &vectors {
                let expected = &vector["expected"];
                let place = aid(expected["aid"].as_str().unwrap());
                let place = (place, u8::try_from(expected["file"].as_u64().unwrap()).unwrap());
                let bytes = expected["bytes"].as_str().unwrap();
                let access = expected["access"].as_str().unwrap();
                let found = credential.file(&mut card, place, access, bytes.len() / 2);
                assert_eq!(found, bytes, "{} in {}", vector["name"], card.1);
            }
        }
    }
}

/// The credentials of others, under the region and the facility of theirs.
#[test]
fn a_cardholder_is_obfuscated_as_published() {
    let credential = credential("gallagher");
    for vector in of_kind("credentials", "gallagher_credential") {
        let input = |name: &str| vector["inputs"][name].as_u64().unwrap();
        let (region, facility) = (input("region"), input("facility"));
        let site = format!("region = {region}, facility = {facility}");
        let profile = credential.profile.replacen("region = 12, facility = 4919", &site, 1);
        let record = format!("{},{},1,1", input("number"), input("issue"));
        let records = format!("first_number,first_issue,second_number,second_issue\n{record}\n");
        let (job, records) = job_and_records(&profile, &records);
        let mut card = (card(Model::Ev2_8k, 0), Messaging::Ev2);
        let (encoded, _) = encode(&mut encoder(&job), &mut card.0, &records[0]);
        assert_eq!(encoded.outcome, Outcome::Done, "{site}");
        let found = credential.file(&mut card, ([0xF4, 0x81, 0x20], 0), "key 2", 16);
        let block = u64::from_str_radix(vector["expected"]["bytes"].as_str().unwrap(), 16).unwrap();
        assert_eq!(found, format!("{block:016X}{:016X}", !block), "{site} {record}");
    }
}

/// Nobody shows a filled one of these: the layout is published, the bytes are put together by hand.
///
/// The number of 75 bits is `0 00000000100000 00000000000001 00010110100100011110`
/// `1001101010111001110100101 0`: agency 32, system 1, credential 92446, 20280229. The first 37 bits of
/// data have four ones in them, the other 36 nineteen, so that both parities are 0.
#[test]
fn what_is_published_as_a_layout_is_as_computed_by_hand() {
    let zeros = "00".repeat(16);
    let kentix = format!("4F454D434F4445310000000000003039{zeros}");
    for (name, place, bytes) in [
        ("kentix", ([0xB2, 0xC3, 0xD4], 0), kentix.as_str()),
        ("piv-75", ([0xF5, 0x4E, 0x75], 1), "0002000045A47A6AE74A"),
    ] {
        let credential = credential(name);
        for mut card in credential.finished(0) {
            let found = credential.file(&mut card, place, "key 1", bytes.len() / 2);
            assert_eq!(found, bytes, "{name} in {}", card.1);
        }
    }
}

/// Version, site and number in BCD, format, length, and 26 bits at the right end of 16 bytes: an even parity
/// before 55 and 10078, an odd one behind. Each of the eight keys reads it, and key 0.
#[test]
fn a_leaf_card_opens_to_each_of_its_eight_keys() {
    let (zeros, bits) = ("00".repeat(12), "006E4EBD");
    let expected = format!("020112345123451000000000100002011A{zeros}{bits}{}", "00".repeat(7));
    let credential = credential("leaf-cc");
    let place = [0xF5, 0x1C, 0xDB];
    for (card, messaging) in &mut credential.finished(0) {
        for key in (1..=8).map(|no| (no, format!("leaf-{no}"))).chain([(0, "master".to_owned())]) {
            card.reset();
            let key = (key.0, key_of(&key.1));
            let found = read_enciphered(card, *messaging, place, key, (2, 40));
            assert_eq!(hex::encode_upper(found), expected, "key {} in {messaging}", key.0);
        }
    }
}

#[test]
fn every_record_is_encoded_and_known_again() {
    for credential in &CREDENTIALS {
        let (job, records) = credential.job_and_records();
        let name = credential.name;
        assert!(records.len() >= 3, "{name}");
        let fits = |model: &Model| job.messaging_for(model.generation()).is_ok();
        for model in [Model::Ev1_8k, Model::Ev2_8k, Model::Ev3_8k].into_iter().filter(fits) {
            let mut encoder = encoder(&job);
            for (number, record) in (0..3).zip(&records) {
                let mut card = card(model, number);
                let mut ask = |record| {
                    card.reset();
                    encode(&mut encoder, &mut card, record).0.outcome
                };
                assert_eq!(ask(record), Outcome::Done, "{name} {model}");
                assert_eq!(ask(record), Outcome::AlreadyDone, "{name} {model}");
                let other = ask(&records[(usize::from(number) + 1) % 3]);
                assert!(matches!(other, Outcome::Refused(_)), "{name} {model}");
            }
        }
    }
}

#[test]
fn every_published_profile_is_here_and_on_its_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/published.md")).unwrap();
    let entries = std::fs::read_dir(root.join("examples/data/published")).unwrap();
    let files = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names = files.filter_map(|file| file.strip_suffix(".toml").map(str::to_owned));
    let mut names: Vec<_> = names.filter(|name| name != "keys").collect();
    names.sort_unstable();
    assert!(names.iter().all(|name| page.contains(&format!("| `{name}` |"))), "{names:?}");
    assert!(names.iter().eq(CREDENTIALS.iter().map(|credential| credential.name)), "{names:?}");
}
