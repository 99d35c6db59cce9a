// SPDX-License-Identifier: MIT OR Apache-2.0
//! Single published EV2 messages, each sent to a card that stands where the document's stood: in its
//! session, at its level, with the file it speaks of. The bytes go in and come out as they were
//! published; what the card then is shows that they meant the same.

use serde_json::Value;

use super::support::{
    bytes, card, ev2_vectors, resume_ev2, send, session_of, text, with_application, wrap,
};
use crate::emulator::file::File;
use crate::emulator::{Model, SoftCard};
use crate::iso14443::{RealUid, Uid};
use crate::vectors::of_file;
use crate::wire::{
    Access, AccessRights, CommMode, FileKind, FileSettings, FileSize, KeyNo, KeyType, ValueLimits,
};

/// The bytes of a command and of its reply, as they were published; a reply longer than a frame
/// here comes in several.
fn plays(card: &mut SoftCard, vector: &Value) {
    let inputs = &vector["inputs"];
    resume_ev2(card, 0, session_of(inputs));
    let [ins] = bytes(&inputs["cmd"]);
    let body = hex::decode(text(&vector["expected"]["apdu_data"])).unwrap();
    let mut reply = send(card, &wrap(ins, &body));
    while let Some(first) = reply.strip_suffix(&[0x91, 0xAF]) {
        reply = [first, &send(card, &wrap(0xAF, &[]))].concat();
    }
    let published = format!("{}91{}", text(&inputs["response"]), text(&inputs["response_status"]));
    assert_eq!(hex::encode_upper(reply), published, "{}", vector["name"]);
}

/// Which message this is, played by that card.
fn played(name: &str, mut card: SoftCard) -> SoftCard {
    let all = of_file("ev2");
    let vector = all.iter().find(|vector| vector["name"] == name).expect(name);
    plays(&mut card, vector);
    card
}

/// An application of AES keys with one file that key 0 may do all with.
fn with_file(number: u8, kind: FileKind, value: i32) -> SoftCard {
    let mut card = with_application(Model::Ev2_4k, 0x0F, KeyType::Aes, 5);
    let master = Access::Key(KeyNo::MASTER);
    let rights = AccessRights { read: master, write: master, read_write: master, change: master };
    let settings = FileSettings::new(kind, CommMode::Full, rights);
    let application = card.card.application_mut().unwrap();
    application.files.push(File::new(number, None, settings, value));
    card
}

fn value_file(value: i32) -> SoftCard {
    with_file(3, FileKind::Value(ValueLimits::new(0, 1000).unwrap()), value)
}

/// AN12343, table 7, AN12196, table 28, and a capture of an NTAG 424 DNA.
#[test]
fn published_questions_about_a_card_are_answered() {
    let vectors = ev2_vectors("ev2_secure_message");
    let asked = |code: &str| {
        let code = code.to_owned();
        vectors.iter().filter(move |vector| text(&vector["inputs"]["cmd"]) == code)
    };
    let mut questions = 0;
    for vector in asked("51") {
        let uid = RealUid::new(bytes(&vector["expected"]["response_plain"]));
        plays(&mut SoftCard::new(Model::Ev2_4k, uid, 7), vector);
        questions += 1;
    }
    for vector in asked("64") {
        plays(&mut with_application(Model::Ev2_4k, 0x0F, KeyType::Aes, 5), vector);
        questions += 1;
    }
    assert_eq!(questions, 6);
}

/// AN12196, table 27: what random UIDs are switched on with.
#[test]
fn the_published_setconfiguration_makes_the_uid_random() {
    let mut card = played("an12196-t27-setconfig-randomid", card(Model::Ev2_4k));
    card.reset();
    assert!(matches!(card.uid(), Uid::Random(_)));
}

/// AN12343, table 11.
#[test]
fn the_published_changefilesettings_opens_the_file() {
    let size = FileSize::new(256).unwrap();
    let card =
        played("an12343-t11-changefilesettings", with_file(4, FileKind::Standard { size }, 0));
    let settings = card.card.application().unwrap().file(4).unwrap().settings;
    assert_eq!((settings.mode, settings.rights.to_wire()), (CommMode::Plain, [0xEE, 0xEE]));
}

/// AN12343, tables 35 to 37: no value, then 153 more, and 113 less of those once they are committed.
#[test]
fn published_values_are_told_credited_and_debited() {
    let _ = played("an12343-t35-getvalue-full", value_file(0));
    for (name, before, after) in
        [("an12343-t36-credit-full", 0, 153), ("an12343-t37-debit-full", 153, 40)]
    {
        let mut card = played(name, value_file(before));
        let file = card.card.application_mut().unwrap().file_mut(3).unwrap();
        assert_eq!(file.value().unwrap().get(), before, "{name}");
        file.commit();
        assert_eq!(file.value().unwrap().get(), after, "{name}");
    }
}

/// A capture of an NTAG 424 DNA: the status in the MAC is the one of this command.
#[test]
fn the_captured_signature_is_told_in_its_session() {
    let vectors = ev2_vectors("ev2_secure_message");
    let name = "hw-aes-readsig-full";
    let vector = vectors.iter().find(|vector| vector["name"] == name).expect(name);
    let card = with_application(Model::Ev3_4k, 0x0F, KeyType::Aes, 5);
    let signature = bytes(&vector["expected"]["response_plain"]);
    plays(&mut card.with_signature(signature), vector);
}
