// SPDX-License-Identifier: MIT OR Apache-2.0
//! Random filling, MACs, ciphers, digests and hooks, as they stand on finished cards.

use crate::common::reader::{diversified, read_enciphered};
use crate::common::{card, encode, encoder};
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, JobError, Outcome, Refusal, Task, Wrote};
use cardwright::host::{File, Session};
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::keys::KeyFile;
use cardwright::profile::{HookError, Hooks, Profile, Record, Records};
use cardwright::secret::Secret;
use cardwright::wire::{Aid, FileNo, KeyNo, KeyVersion, Messaging, Opening};
use cmac::{Cmac, Mac};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sha2::{Digest, Sha256};

const PROFILE: &str = include_str!("../profiles/made.toml");
const KEYS: &str = include_str!("../profiles/keys.toml");
const RECORDS: &str = "id,number,tag\na,10203040,C0FFEE11\nb,55667788,7E57\n";
const AID: Aid = Aid::new([0xF5, 0x00, 0x36]);

fn job(text: &str, hooks: Hooks) -> Result<Job, JobError> {
    let profile = Profile::parse(text).unwrap_or_else(|error| panic!("{error}"));
    Job::with_hooks(profile, &KeyFile::parse(KEYS).unwrap(), hooks)
}

fn records(job: &Job) -> Vec<Record> {
    let records = Records::csv(job.profile(), RECORDS.as_bytes()).unwrap();
    records.entries.into_iter().map(|entry| entry.unwrap()).collect()
}

fn issuer_key(name: &str) -> [u8; 16] {
    let keys = KEYS.split("[[key]]").find(|key| key.contains(name) && key.contains("version = 2"));
    let digits = keys.unwrap().split("value = \"").nth(1).unwrap().split('"').next().unwrap();
    hex::decode(digits).unwrap().try_into().unwrap()
}

/// The contents of file 1, read by a reader that shares nothing with the library.
fn file(card: &mut SoftCard, messaging: Messaging) -> Vec<u8> {
    card.reset();
    let key = (1, issuer_key("aes-b"));
    let bytes = read_enciphered(card, messaging, [0xF5, 0x00, 0x36], key, (1, 45));
    card.reset();
    bytes
}

fn finished(job: &Job, number: u8, record: &Record) -> SoftCard {
    let mut card = card(Model::Ev2_8k, number);
    let mut encoder = encoder(job).with_rng(StdRng::seed_from_u64(number.into()));
    let (encoded, _) = encode(&mut encoder, &mut card, record);
    assert_eq!(encoded.outcome, Outcome::Done);
    card.reset();
    card
}

/// A MAC of AES-128, from the bare primitive.
fn cmac(key: &[u8; 16], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Cmac::<aes::Aes128>::new_from_slice(key).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

#[test]
fn what_is_made_under_keys_is_what_others_make_of_the_same_bytes() {
    for messaging in [Messaging::Ev1, Messaging::Ev2] {
        let job = job(PROFILE, Hooks::new()).unwrap().with_messaging(messaging).unwrap();
        let records = records(&job);
        let mut salts = Vec::new();
        for (number, record, tag) in [
            (0x21, &records[0], "5A04C0FFEE11"),
            (0x22, &records[1], "5A027E57"),
            (0x23, &records[1], "5A027E57"),
        ] {
            let mut card = finished(&job, number, record);
            let uid = card.uid().real().unwrap().expose().to_vec();
            let bytes = file(&mut card, messaging);
            let tag = hex::decode(tag).unwrap();
            let (salt, rest) = bytes.split_at(9);
            let (found, rest) = rest.split_at(tag.len());
            let (mac, rest) = rest.split_at(8);
            let (sealed, rest) = rest.split_at(16);
            let (digest, zeros) = rest.split_at(4);
            assert_eq!(found, tag);
            let key = diversified(issuer_key("aes-c"), &uid);
            assert_eq!(mac, &cmac(&key, &[salt, &tag, &uid])[..8], "{messaging}");
            let number: u32 = if tag.len() == 6 { 10_203_040 } else { 55_667_788 };
            let mut block = [0; 16];
            block[..4].copy_from_slice(&number.to_be_bytes());
            block[4] = 0x80;
            let mut block = block.into();
            aes::Aes128::new_from_slice(&key).unwrap().encrypt_block(&mut block);
            assert_eq!(sealed, &block[..], "{messaging}");
            assert_eq!(digest, &Sha256::digest(&tag)[..4]);
            assert!(zeros.iter().all(|byte| *byte == 0));
            salts.push(salt.to_vec());
            // Told by its contents, whatever its filling is.
            let (again, _) = encode(&mut encoder(&job), &mut card, record);
            assert_eq!(again.outcome, Outcome::AlreadyDone);
            assert_eq!(file(&mut card, messaging)[..9], salts[salts.len() - 1]);
        }
        salts.dedup();
        assert_eq!(salts.len(), 3, "each card has its own");
    }
}

/// A card's random filling is not what tells its record, and no excuse for other bytes.
#[test]
fn another_record_and_a_turned_byte_are_found() {
    let job = job(PROFILE, Hooks::new()).unwrap();
    let records = records(&job);
    let mut card = finished(&job, 0x24, &records[0]);
    let (other, _) = encode(&mut encoder(&job), &mut card, &records[1]);
    assert!(
        matches!(other.outcome, Outcome::Refused(Refusal::AnotherRecord)),
        "{:?}",
        other.outcome
    );
    let verify = job.with_task(Task::Verify).unwrap();
    for at in [0, 9, 20, 40] {
        let mut bytes = file(&mut card, Messaging::Ev2);
        bytes[at] ^= 1;
        let mut turned = card.clone();
        write(&mut turned, &bytes[at..=at], at);
        let (found, _) = encode(&mut encoder(&verify), &mut turned, &records[0]);
        assert!(!matches!(found.outcome, Outcome::Done | Outcome::AlreadyDone), "{at}");
    }
}

/// Also of contents that take keys, random numbers and hooks: one that is only read tells its record, and no
/// byte of what is made over it may be another.
#[test]
fn a_card_that_is_only_read_is_held_against_its_keys_and_hooks() {
    let number =
        "content = [\n    { uint = \"number\", bytes = 4, order = \"big\" },\n    { random";
    let text = signed().replacen("content = [\n    { random", number, 1);
    let text = format!(
        "{text}[export]\ncolumns = [{{ column = \"n\", field = \"number\" }}, {{ column = \"t\", field = \"tag\" }}]\n"
    );
    let by_uid = |_: &Record, uid: &RealUid, length: usize| -> Result<Secret<Vec<u8>>, HookError> {
        Ok(Secret::new(Sha256::digest(uid.expose())[..length].to_vec()))
    };
    let job = job(&text, Hooks::new().with("signature", by_uid)).unwrap();
    let mut card = finished(&job, 0x27, &records(&job)[0]);
    let enrol = job.with_task(Task::Enrol).unwrap();
    let (read, _) = encode(&mut encoder(&enrol), &mut card, &Record::none());
    assert_eq!(read.outcome, Outcome::Done);
    let row = read.row(enrol.profile().export(None).unwrap()).unwrap().unwrap();
    assert_eq!(row.values().flatten().collect::<Vec<_>>(), ["10203040", "C0FFEE11"]);
    // A byte of the MAC, of the cipher, of the digest and of the hook's; and of what the MAC is over.
    for at in [5, 19 + 1, 27 + 3, 43 + 1, 47 + 2] {
        let mut turned = card.clone();
        turned.reset();
        let aes_b = (1, issuer_key("aes-b"));
        let bytes =
            read_enciphered(&mut turned, Messaging::Ev2, [0xF5, 0x00, 0x36], aes_b, (1, 55));
        write(&mut turned, &[bytes[at] ^ 1], at);
        let (found, _) = encode(&mut encoder(&enrol), &mut turned, &Record::none());
        let Outcome::Refused(refusal) = &found.outcome else { panic!("{at}: {:?}", found.outcome) };
        assert!(matches!(refusal, Refusal::NoRecord { .. }), "{at}: {refusal}");
    }
}

/// Writes bytes into file 1 with the card's own key.
fn write(card: &mut SoftCard, bytes: &[u8], at: usize) {
    card.reset();
    let uid = card.uid().real().unwrap().expose().to_vec();
    let input = [&uid[..], &[0xF5, 0x00, 0x36]].concat();
    let key = CardKey::aes(&diversified(issuer_key("aes-a"), &input), KeyVersion(2));
    let session = Session::open(card).select_application(AID).unwrap();
    let mut session =
        session.authenticate(Opening::Ev2First, KeyNo::MASTER, &key, &[9; 16]).unwrap();
    let no = FileNo::new(1).unwrap();
    let settings = session.file_settings(no).unwrap().value.settings;
    let file = File::declared(no, settings);
    let _answer = session.transaction().write(&file, at.try_into().unwrap(), bytes).unwrap();
    card.reset();
}

const SIGNED: &str = "    { hook = \"signature\", bytes = 6 },\n]\n\n[[application.file]]\nno = 2";

fn signed() -> String {
    let text = PROFILE.replacen("]\n\n[[application.file]]\nno = 2", SIGNED, 1);
    assert_ne!(text, PROFILE);
    text
}

/// What the card's UID and the record's reference say, as a program may sign them.
fn sign(record: &Record, uid: &RealUid, length: usize) -> Result<Secret<Vec<u8>>, HookError> {
    let reference = record.reference().filter(|reference| *reference != "b").ok_or(HookError)?;
    let digest = Sha256::new().chain_update(reference).chain_update(uid.expose()).finalize();
    Ok(Secret::new(digest[..length].to_vec()))
}

#[test]
fn a_hook_gives_bytes_or_keeps_the_card_from_being_changed() {
    let missing = job(&signed(), Hooks::new()).unwrap_err();
    assert_eq!(missing, JobError::MissingHook { name: "signature".to_owned() });
    assert_eq!(missing.code().name(), "job-hook-missing");
    let warned = Profile::parse(&signed()).unwrap();
    assert!(warned.warnings().iter().any(|it| it.message().contains("the hook \"signature\"")));

    let job = job(&signed(), Hooks::new().with("signature", sign)).unwrap();
    let records = records(&job);
    let mut card = finished(&job, 0x25, &records[0]);
    let (again, _) = encode(&mut encoder(&job), &mut card, &records[0]);
    assert_eq!(again.outcome, Outcome::AlreadyDone);

    let mut blank = crate::common::card(Model::Ev2_8k, 0x26);
    let before = blank.save();
    let (none, _) = encode(&mut encoder(&job), &mut blank, &records[1]);
    let Outcome::Refused(refusal) = &none.outcome else { panic!("{:?}", none.outcome) };
    assert_eq!(*refusal, Refusal::Hook { name: "signature".to_owned() });
    assert_eq!((none.receipt.wrote, blank.save()), (Wrote::Nothing, before));

    // Bytes of another length are none.
    let short = |_: &Record, _: &RealUid, _| Ok(Secret::new(vec![1]));
    let job = Job::with_hooks(
        job.profile().clone(),
        &KeyFile::parse(KEYS).unwrap(),
        Hooks::new().with("signature", short),
    );
    blank.reset();
    let (none, _) = encode(&mut encoder(&job.unwrap()), &mut blank, &records[0]);
    assert!(matches!(none.outcome, Outcome::Refused(Refusal::Hook { .. })), "{:?}", none.outcome);
}
