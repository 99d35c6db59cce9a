// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every public value that can hold a secret, in `Debug` and, where it has one, `Display`.

use cardwright::bytes::Cursor;
use cardwright::credential::{Format, Packing};
use cardwright::crypto::{AesCmac, ChainedCmac, Cipher};
use cardwright::diversify::{InputPart, Recipe, Scheme as Diversification, Subject};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoder, Outcome};
use cardwright::host::{File, Session};
use cardwright::iso7816::{Command, Response};
use cardwright::iso14443::{RealUid, Uid};
use cardwright::key::{CardKey, IssuerKey, MasterKey};
use cardwright::keys::{KeyBlock, KeyFile, ProtectionKey, ReceiptKey};
use cardwright::profile::Records;
use cardwright::secret::Secret;
use cardwright::transport::{InField, Meter, Moment, Tear, Trace};
use cardwright::wire::{Aid, FileNo, KeyNo, KeyVersion, Opening, Version};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::canary::Canaries;
use super::world::{
    AID, HOLDER, MASTER, NUMBER, PICC, READ, RECEIPT, TOKEN, UID, canaries, card, csv, job,
    key_file, records,
};
use crate::common::reader::diversified;

const RND_A: [u8; 16] = [0x6C; 16];

#[test]
fn keys_show_type_and_version_only() {
    let canaries = canaries();
    let master = MasterKey::aes(&PICC);
    let recipe = Recipe::new(Diversification::An10922, vec![InputPart::Uid]).unwrap();
    let uid = RealUid::new(UID);
    let subject = Subject { uid: Some(&uid), aid: Aid::PICC, no: KeyNo::MASTER, fields: None };
    let diversified = recipe.derive(&master, &subject, KeyVersion(1)).unwrap();
    canaries.absent_from_debug("a message", &recipe.messages(master.key_type(), &subject));
    canaries.absent_from_debug("a check value", &diversified.check_value());
    canaries.absent_from_debug("a DES master key", &MasterKey::des(&PICC));
    assert!(diversified.same_key(&CardKey::aes(&self::diversified(PICC, &UID), KeyVersion(1))));
    let mut des = PICC;
    des[8..].copy_from_slice(&PICC[..8]);
    for key in [diversified, CardKey::aes(&READ, KeyVersion(3)), CardKey::des(&des)] {
        canaries.absent_from_debug("a card key", &key);
        canaries.absent_from_debug("a card key in a tuple", &Some((1, &key)));
    }
    canaries.absent_from_debug("a master key", &master);
    let block = KeyBlock::of_issuer(&master);
    canaries.absent_from_debug("a key block", &block);
    let protection = ProtectionKey::aes(&MASTER).unwrap();
    canaries.absent_from_debug("a protection key", &protection);
    let wrapped = block.wrap(&protection, &mut StdRng::seed_from_u64(1)).unwrap();
    canaries.absent_from_debug("a wrapped key", &wrapped);
    let opened = KeyBlock::open(&wrapped, &protection).unwrap();
    canaries.absent_from_debug("an opened key block", &opened);
    canaries.absent_from_debug("why it is none", &opened.receipt_key());
    canaries.absent_from_debug("a recipe", &recipe);
    canaries.absent_from_debug("a receipt key", &ReceiptKey::new(&RECEIPT));
    canaries.absent_from_debug("a key file", &KeyFile::parse(&key_file()).unwrap());
}

#[test]
fn primitives_show_no_key_and_no_block() {
    let canaries = canaries();
    let [half, _] = [0, 8].map(|at| <[u8; 8]>::try_from(&PICC[at..at + 8]).unwrap());
    let mut long = [0; 24];
    long.copy_from_slice(&RECEIPT[..24]);
    for cipher in
        [Cipher::aes(&PICC), Cipher::des(&half), Cipher::tdes2(&MASTER), Cipher::tdes3(&long)]
    {
        canaries.absent_from_debug("a cipher", &cipher);
        let mut block = cipher.zero_iv();
        block.xor(&UID);
        canaries.absent_from_debug("a block", &block);
        canaries.absent_from_debug("a chained CMAC", &ChainedCmac::new(cipher));
    }
    canaries.absent_from_debug("a CMAC", &AesCmac::new(&READ));
}

#[test]
fn secrets_show_nothing_of_any_type() {
    let canaries = canaries();
    canaries.absent_from_debug("secret bytes", &Secret::new(TOKEN));
    canaries.absent_from_debug("a secret vector", &Secret::new(READ.to_vec()));
    canaries.absent_from_debug("a secret text", &Secret::new(HOLDER.to_owned()));
    canaries.absent_from_debug("a secret number", &Some(Secret::new(NUMBER)));
    let format = Format::by_name("h10302").unwrap();
    canaries.absent_from_debug("a bit format", format);
    let badge = [("number", 18_765_432_109)];
    let bits = format.encode(&badge).unwrap();
    let bytes = bits.pack(Packing::default());
    let mut canary = Canaries::default();
    canary.bytes("a badge", bytes.expose_secret());
    canary.text("a badge", bits.to_binary().expose_secret());
    canary.number("a number", 18_765_432_109);
    canary.absent_from_debug("an encoded badge", &bits);
    canary.absent_from_debug("packed bits", &bytes);
    canary.absent_from_debug("a reading", &format.decode(&bits).unwrap());
    let other = Format::by_name("wiegand-37-right-2").unwrap();
    canary.absent_from_debug("readings", &Format::identify(Format::all(), &bits));
    canary.absent_from_error("bad parity", &other.decode(&bits).unwrap_err());
    let small = Format::by_name("h10301").unwrap();
    let too_large = small.encode(&[("facility", 201), ("number", NUMBER)]);
    canaries.absent_from_error("too large a number", &too_large.unwrap_err());
}

#[test]
fn uids_show_their_kind_only() {
    let mut canaries = canaries();
    let random = [0x08, 0x9D, 0x62, 0xE4];
    canaries.bytes("a random UID", &random);
    canaries.absent_from_debug("a UID", &RealUid::new(UID));
    canaries.absent_from_debug("a UID", &Uid::from_bytes(&UID).unwrap());
    canaries.absent_from_debug("a random UID", &Uid::from_bytes(&random).unwrap());
    canaries.absent_from_error("no UID", &Uid::from_bytes(&UID[..6]).unwrap_err());
    canaries.absent_from_debug("a number", &Uid::from_bytes(&UID[..4]).unwrap());
    let mut reply = [0x04; 28];
    reply[14..21].copy_from_slice(&UID);
    let version = Version::decode(&reply).unwrap();
    assert_eq!(version.uid.as_ref().map(RealUid::expose), Some(&UID));
    canaries.absent_from_debug("a version", &version);
}

#[test]
fn apdus_show_no_payload() {
    let canaries = canaries();
    let contents = [&TOKEN[..], HOLDER.as_bytes(), &NUMBER.to_be_bytes()].concat();
    let command = Command::new([0x90, 0x3D, 0x00, 0x00], &contents, Some(256));
    assert_eq!(format!("{command:?}"), "Command(903D0000, 33 bytes, Le Some(256))");
    canaries.absent_from_debug("a command", &command);
    let reply = [&contents[..], &[0x91, 0x00]].concat();
    canaries.absent_from_debug("a response", &Response::decode(&reply).unwrap());
    let mut cursor = Cursor::new("contents", &contents);
    canaries.absent_from_debug("a cursor", &cursor);
    canaries.absent_from_error("a short value", &cursor.take(200).unwrap_err());
    canaries.absent_from_error("a long value", &cursor.finish().unwrap_err());
    canaries.absent_from_error("no command", &Command::decode(&reply).unwrap_err());
}

#[test]
fn jobs_profiles_and_records_show_no_value() {
    let (canaries, job) = (canaries(), job());
    canaries.absent_from_debug("a job", &job);
    canaries.absent_from_debug("a profile", job.profile());
    for warning in job.profile().warnings() {
        canaries.absent_from("a warning", &warning.to_string());
    }
    canaries.absent_from_debug("records", &Records::csv(job.profile(), csv().as_bytes()).unwrap());
    for record in records(&job) {
        canaries.absent_from_debug("a record", &record);
        for file in &job.profile().applications()[0].files {
            let contents =
                file.content.as_ref().unwrap().render(&record, &RealUid::new(UID)).unwrap();
            assert!(contents.expose_secret().len() >= 8);
            canaries.absent_from_debug("rendered contents", &contents);
        }
    }
}

/// A finished card, read through sessions of every kind.
#[test]
fn cards_sessions_and_answers_show_no_byte() {
    let (mut canaries, job) = (canaries(), job());
    canaries.bytes("a challenge", &[0x6C; 5]);
    for (model, opening) in [(Model::Ev1_8k, Opening::Aes), (Model::Ev3_8k, Opening::Ev2First)] {
        let mut card = card(model);
        let mut encoder = Encoder::new(&job).with_rng(StdRng::seed_from_u64(5));
        let uid = card.uid();
        let presented = InField::new(uid, &mut card);
        assert_eq!(encoder.encode(presented, &records(&job)[0]).outcome, Outcome::Done);
        card.reset();
        canaries.absent_from_debug("a card", &card);
        canaries.absent_from_debug("a trace", &Trace::new(card.clone()));
        canaries.absent_from_debug("a meter", &Meter::new(card.clone()));
        let torn = Tear::new(card.clone(), 3, Moment::AfterExecution);
        canaries.absent_from_debug("a torn card", &torn);
        sessions(&canaries, &mut card, opening);
    }
}

fn sessions(canaries: &Canaries, card: &mut SoftCard, opening: Opening) {
    let mut session = Session::open(card);
    canaries.absent_from_debug("a new session", &session);
    canaries.absent_from_debug("an answer", &session.version().unwrap());
    let failed =
        session.authenticate(opening, KeyNo::MASTER, &CardKey::aes(&READ, KeyVersion(3)), &RND_A);
    let failed = failed.unwrap_err();
    canaries.absent_from_error("a wrong key", &failed);
    let key = CardKey::aes(&diversified(PICC, &UID), KeyVersion(1));
    let session = failed.session.unwrap();
    let mut session = session.authenticate(opening, KeyNo::MASTER, &key, &RND_A).unwrap();
    canaries.absent_from_debug("a session", &session);
    let uid = session.card_uid().unwrap();
    assert_eq!(uid.value.expose(), &UID);
    canaries.absent_from_debug("a card's UID", &uid);

    let session = session.select_application(Aid::new(AID)).unwrap();
    let key = CardKey::aes(&diversified(MASTER, &[&UID[..], &AID].concat()), KeyVersion(2));
    let mut session = session.authenticate(opening, KeyNo::MASTER, &key, &RND_A).unwrap();
    let file = declared(&mut session, 2);
    let mut transaction = session.transaction();
    canaries.absent_from_debug("a written value", &transaction.write(&file, 0, &TOKEN).unwrap());
    canaries.absent_from_debug("a transaction", &transaction);
    drop(transaction);

    let session = session.select_picc().unwrap().select_application(Aid::new(AID)).unwrap();
    let key = CardKey::aes(&READ, KeyVersion(3));
    let mut session = session.authenticate(opening, KeyNo::new(1).unwrap(), &key, &RND_A).unwrap();
    for no in [1, 2, 3] {
        let file = declared(&mut session, no);
        canaries.absent_from_debug("a file", &file);
        let read = session.read_data(&file, 0, 8).unwrap();
        assert!(read.value.expose_secret().iter().any(|byte| *byte != 0));
        canaries.absent_from_debug("a read value", &read);
    }
    let file = declared(&mut session, 1);
    let error = session.read_data(&file, 20, 100).unwrap_err();
    canaries.absent_from_error("a refused read", &error);
}

fn declared<L: cardwright::host::Auth>(
    session: &mut Session<'_, cardwright::host::App, L>,
    no: u8,
) -> File {
    let no = FileNo::new(no).unwrap();
    File::declared(no, session.file_settings(no).unwrap().value.settings)
}
