// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tags with secure dynamic messaging: made by a profile, read as a phone reads them, judged by a server.

mod ev3;
mod server;

use aes::Aes128;
use aes::cipher::{BlockCipherDecrypt, KeyInit};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, Outcome, OutcomeName, Task};
use cardwright::iso14443::RealUid;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::sdm::{self, Counters, Memory, Reason, Verifier, VerifierError, VerifyError};
use cardwright::transport::{ReplyBuf, Transport};

use crate::common;

const PROFILE: &str = include_str!("../../examples/data/profiles/sun.toml");
const RECORDS: &[u8] = include_bytes!("../../examples/data/sun-records.csv");
/// The key `app2` of the demonstration, version 1.
const PICC_KEY: &str = "04386885EB486957725603C1B9AB0AEA";

fn job(text: &str) -> Job {
    Job::new(Profile::parse(text).unwrap(), &KeyFile::parse(common::KEYS).unwrap()).unwrap()
}

fn records(job: &Job) -> Vec<Record> {
    let records = Records::csv(job.profile(), RECORDS).unwrap();
    records.entries.into_iter().map(Result::unwrap).collect()
}

fn send(card: &mut SoftCard, apdu: &str) -> Vec<u8> {
    let mut reply = ReplyBuf::new();
    card.exchange(&hex::decode(apdu).unwrap(), &mut reply).unwrap();
    let (data, status) = reply.split_at(reply.len() - 2);
    assert_eq!(status, [0x90, 0x00], "{apdu}");
    data.to_vec()
}

/// The whole NDEF file, by the steps of the Type 4 Tag specification.
pub(crate) fn scan(card: &mut SoftCard) -> Vec<u8> {
    card.reset();
    send(card, "00A4040007D276000085010100");
    send(card, "00A4000C02E103");
    let capabilities = send(card, "00B000000F");
    assert_eq!(capabilities[9..11], [0xE1, 0x04], "where the file is");
    send(card, "00A4000C02E104");
    let length = send(card, "00B0000002");
    let length = u16::from_be_bytes([length[0], length[1]]);
    let file = send(card, &format!("00B00000{:02X}", length + 2));
    assert_eq!(file.len(), usize::from(length) + 2);
    file
}

fn made(job: &Job, number: u8, record: &Record) -> SoftCard {
    let mut card = common::card(Model::Ntag424, number);
    let (encoded, _) = common::encode(&mut common::encoder(job), &mut card, record);
    assert_eq!(encoded.outcome, Outcome::Done);
    assert_eq!(encoded.receipt.chip.as_deref(), Some("ntag424"));
    card
}

fn address(card: &mut SoftCard) -> String {
    sdm::address(&scan(card)).unwrap()
}

/// 22 characters before the PICC data, 32, 3, and 16 of the MAC are 73; with the code 04 for https:// 74, and
/// with the header of the record 78. The PICC data are deciphered with the bare cipher.
#[test]
fn a_phone_reads_the_address_that_was_computed_by_hand() {
    let job = job(PROFILE);
    let mut card = made(&job, 1, &records(&job)[0]);
    let file = scan(&mut card);
    assert_eq!(file[..7], *b"\x00\x4E\xD1\x01\x4AU\x04");
    let text = core::str::from_utf8(&file[7..]).unwrap();
    let (front, rest) = text.split_once("?e=").unwrap();
    assert_eq!(front, "example.com/t/00101");
    let (picc, mac) = rest.split_once("&c=").unwrap();
    assert_eq!((picc.len(), mac.len()), (32, 16));
    let mut block: [u8; 16] = hex::decode(picc).unwrap().try_into().unwrap();
    let key: [u8; 16] = hex::decode(PICC_KEY).unwrap().try_into().unwrap();
    Aes128::new(&key.into()).decrypt_block((&mut block).into());
    let cardwright::iso14443::Uid::Real(uid) = card.uid() else { panic!("a UID") };
    assert_eq!((block[0], &block[1..8]), (0xC7, &uid.expose()[..]));
    // One run of reads: length and contents.
    assert_eq!(block[8..11], [1, 0, 0]);
    // On the card zeros stand there: in a session it is read as it was written.
    let (encoded, _) = common::encode(&mut common::encoder(&job), &mut card, &records(&job)[0]);
    assert_eq!(encoded.receipt.outcome, OutcomeName::AlreadyDone);
}

fn refused(error: &VerifyError) -> Reason {
    let VerifyError::Refused(refused) = error else { panic!("{error}") };
    assert_eq!(refused.to_string(), "this was not read from the tag just now");
    assert_eq!(format!("{refused:?}"), "Refused");
    refused.reason()
}

#[test]
fn an_address_is_taken_once_and_by_its_own_server_alone() {
    let job = job(PROFILE);
    let (verifier, counters) = (Verifier::new(&job).unwrap(), Memory::default());
    let records = records(&job);
    let [mut one, mut other] =
        [1, 2].map(|number| made(&job, number, &records[usize::from(number)]));
    for reading in 1..4 {
        for card in [&mut one, &mut other] {
            let seen = verifier.verify(&address(card), &counters).unwrap();
            let cardwright::iso14443::Uid::Real(uid) = card.uid() else { panic!("a UID") };
            assert_eq!((seen.counter, &seen.uid), (Some(reading), &uid));
            assert!(!format!("{seen:?}").contains(&hex::encode_upper(uid.expose())));
        }
    }
    let [old, new] = [address(&mut one), address(&mut one)];
    assert!(verifier.verify(&new, &counters).is_ok());
    for again in [&old, &new] {
        let error = verifier.verify(again, &counters).unwrap_err();
        assert_eq!(refused(&error), Reason::Counter);
    }
    // As programs on the way write it.
    let next = address(&mut one).to_ascii_lowercase().replace("?e=", "%3Fe%3D");
    assert!(verifier.verify(&next, &counters).is_ok(), "{next}");
    // Every digit of PICC data and MAC counts.
    let whole = address(&mut one);
    let begins = whole.find("?e=").unwrap() + 3;
    for at in (begins..begins + 32).chain(begins + 35..whole.len()) {
        let mut bent = whole.clone().into_bytes();
        bent[at] = if bent[at] == b'0' { b'1' } else { b'0' };
        let bent = String::from_utf8(bent).unwrap();
        assert_eq!(refused(&verifier.verify(&bent, &counters).unwrap_err()), Reason::Mac, "{at}");
    }
    // The MAC of one with the data of another.
    let (front, _) = whole.split_once("&c=").unwrap();
    let others = address(&mut other);
    let (_, mac) = others.split_once("&c=").unwrap();
    let mixed = format!("{front}&c={mac}");
    assert_eq!(refused(&verifier.verify(&mixed, &counters).unwrap_err()), Reason::Mac);
    let mut short = whole.clone();
    let _last = short.pop();
    for form in ["", "https://example.com", "http://example.com/t/00101?e=", &short] {
        assert_eq!(refused(&verifier.verify(form, &counters).unwrap_err()), Reason::Form, "{form}");
    }
    assert!(verifier.verify(&whole, &counters).is_ok(), "nothing of that was counted");
    let others = self::job(&PROFILE.replace("ref = \"app3\"", "ref = \"app1\""));
    let others = Verifier::new(&others).unwrap();
    let error = others.verify(&address(&mut one), &Memory::default()).unwrap_err();
    assert_eq!(refused(&error), Reason::Mac);
}

/// What the server makes for its tests is what the tag gives.
#[test]
fn an_example_is_what_a_tag_gives() {
    let job = job(PROFILE);
    let verifier = Verifier::new(&job).unwrap();
    let record = &records(&job)[2];
    let mut card = made(&job, 3, record);
    let cardwright::iso14443::Uid::Real(uid) = card.uid() else { panic!("a UID") };
    let (given, made) = (address(&mut card), verifier.example(record, (&uid, 1), [7; 16]).unwrap());
    // The random bytes differ, the MAC does not: it is over nothing, under a key of UID and counter.
    let [given, own] = [&given, &made].map(|address| {
        let (front, rest) = address.split_once("?e=").unwrap();
        let (picc, mac) = rest.split_once("&c=").unwrap();
        (front, picc, mac)
    });
    assert_eq!((given.0, given.2), (own.0, own.2));
    assert_ne!(given.1, own.1);
    let seen = verifier.verify(&made, &Memory::default()).unwrap();
    assert_eq!((seen.counter, seen.uid), (Some(1), uid));
}

/// Counters that cannot be kept: nobody knows, and nothing is taken.
#[test]
fn what_cannot_be_kept_is_not_taken() {
    struct Full;
    impl Counters for Full {
        fn advance(&self, _: &str, _: u32) -> Result<bool, sdm::CountersError> {
            Err(sdm::CountersError::new("no room"))
        }
    }
    let job = job(PROFILE);
    let mut card = made(&job, 1, &records(&job)[0]);
    let error = Verifier::new(&job).unwrap().verify(&address(&mut card), &Full).unwrap_err();
    assert_eq!(error.to_string(), "read counters: no room");
}

#[test]
fn what_no_server_could_verify_is_said_when_it_begins() {
    let with = |from: &str, to: &str| {
        assert!(PROFILE.contains(from), "{from}");
        let job = job(&PROFILE.replace(from, to));
        Verifier::new(&job).map(drop).unwrap_err()
    };
    let keyed = "picc = { ref = \"app2\", version = 1 }";
    let own = "picc = { ref = \"app2\", version = 1, diversify = { scheme = \"an10922\", input = [\"uid\"] } }";
    assert_eq!(with(keyed, own), VerifierError::KeyOfUid);
    let unsigned = PROFILE
        .replace("mac = \"mac\", counter", "counter")
        .replace("\"&c=\", { mirror = \"mac\" },", "");
    let unsigned = job(&unsigned);
    let said = Verifier::new(&unsigned).map(drop).unwrap_err().to_string();
    assert!(said.contains("no MAC"), "{said}");
}

/// With such a key anyone makes addresses: the key of the MAC may be made from it or be it.
#[test]
fn no_server_takes_a_mac_whose_key_everybody_would_try() {
    let (drawn, mac) = ("171B382603F607469265B2B78578E765", "mac = { ref = \"app3\", version = 1");
    assert!(common::KEYS.contains(drawn) && PROFILE.contains(mac));
    let alone = PROFILE.replace(
        &format!("{mac}, diversify = {{ scheme = \"an10922\", input = [\"uid\", \"key-no\"] }} }}"),
        &format!("{mac} }}"),
    );
    assert_ne!(alone, PROFILE);
    for profile in [PROFILE, &alone] {
        for bytes in ["00".repeat(16), "A5".repeat(16), drawn.to_owned()] {
            let keys = KeyFile::parse(&common::KEYS.replace(drawn, &bytes)).unwrap();
            let job = Job::new(Profile::parse(profile).unwrap(), &keys).unwrap();
            let refused = Verifier::new(&job).err();
            let public = bytes != drawn;
            assert_eq!(refused, public.then_some(VerifierError::PublicKey), "{bytes}");
        }
    }
}

/// Tags come with zero keys. What a job brought, the next one keeps.
#[test]
fn tags_are_verified_and_brought_other_contents() {
    let job = job(PROFILE);
    let records = records(&job);
    let mut card = made(&job, 1, &records[0]);
    let verify = job.clone().with_task(Task::Verify).unwrap();
    let (encoded, _) = common::encode(&mut common::encoder(&verify), &mut card, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done, "{:?}", encoded.outcome);
    let update = job.clone().with_task(Task::Update).unwrap();
    card.reset();
    let (encoded, _) = common::encode(&mut common::encoder(&update), &mut card, &records[1]);
    assert_eq!(encoded.outcome, Outcome::Done, "{:?}", encoded.outcome);
    assert!(address(&mut card).starts_with("https://example.com/t/00102?e="));
}

/// The card of another UID has another key, and its own UID in the address.
#[test]
fn a_uid_is_in_no_address_in_clear() {
    let job = job(PROFILE);
    let mut card = made(&job, 9, &records(&job)[0]);
    let cardwright::iso14443::Uid::Real(uid) = card.uid() else { panic!("a UID") };
    let uid: RealUid = uid;
    assert!(!address(&mut card).contains(&hex::encode_upper(uid.expose())));
    let clear = PROFILE
        .replace("picc = \"picc\", ", "")
        .replace("{ mirror = \"picc\" }", "{ mirror = \"uid\" }, { mirror = \"counter\" }");
    let job = self::job(&clear);
    let warnings: Vec<_> = job.profile().warnings().iter().map(ToString::to_string).collect();
    assert!(warnings.iter().any(|one| one.contains("stands in clear")), "{warnings:?}");
    let mut card = made(&job, 9, &records(&job)[0]);
    let given = address(&mut card);
    assert!(given.contains(&(hex::encode_upper(uid.expose()) + "000001")), "{given}");
    let seen = Verifier::new(&job).unwrap().verify(&given, &Memory::default()).unwrap();
    assert_eq!((seen.counter, seen.uid), (Some(1), uid));
}
