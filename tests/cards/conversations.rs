// SPDX-License-Identifier: MIT OR Apache-2.0
//! Published conversations, whole: the host sends the document's bytes, and the card answers them.
//!
//! Each script of `tests/cards/conversations` names its document. Where a comment line gives a
//! value (`# rnd-a B04D…`), the host and the card are given it in the order of the script.

mod card;
mod host;
mod values;

use cardwright::emulator::{Model, SoftCard};
use cardwright::host::{Picc, Public, Session};
use cardwright::iso14443::RealUid;
use cardwright::transport::{
    LinkError, Recorder, Replay, ReplyBuf, Script, ScriptErrorKind, TestKeysOnly, Transport,
};

use values::Values;

/// One script: what the host is asked to do, and what the card is before it.
struct Conversation {
    name: &'static str,
    text: &'static str,
    model: Model,
    prepare: fn(&mut SoftCard, &mut Values),
    host: Drive,
}

type Drive = fn(Session<'_, Picc, Public>, &mut Values);

macro_rules! conversation {
    ($name:literal, $model:ident, $prepare:path, $host:path) => {
        Conversation {
            name: $name,
            text: include_str!(concat!("conversations/", $name, ".txt")),
            model: Model::$model,
            prepare: $prepare,
            host: $host,
        }
    };
}

fn conversations() -> Vec<Conversation> {
    ev2_conversations().into_iter().chain(ev1_conversations()).collect()
}

fn ev2_conversations() -> Vec<Conversation> {
    vec![
        conversation!(
            "an12343-authenticate",
            Ev2_4k,
            card::aes_application,
            host::authenticate_twice
        ),
        conversation!("an12343-card-uid", Ev2_4k, card::aes_application_with_key, host::card_uid),
        conversation!(
            "an12343-other-key",
            Ev2_4k,
            card::aes_application_with_key,
            host::ev2_other_key
        ),
        conversation!("an12343-own-key", Ev2_8k, card::aes_application, host::ev2_own_key),
        conversation!(
            "an12196-authenticate",
            Ev3_4k,
            card::aes_application,
            host::authenticate_once
        ),
        conversation!("an12196-keys", Ev3_4k, card::aes_application, host::ev2_keys),
        conversation!("ntag424-capture", Ev3_8k, card::aes_application, host::ev2_capture),
        conversation!(
            "ntag424-capture-authenticate",
            Ev3_2k,
            card::aes_application,
            host::authenticate_once
        ),
    ]
}

fn ev1_conversations() -> Vec<Conversation> {
    vec![
        conversation!("proxmark3-format", Ev1_4k, card::factory, host::format),
        conversation!("rfdoorlock-picc", Ev1_8k, card::factory, host::applications),
        conversation!("rfdoorlock-settings", Ev1_8k, card::des_application, host::settings),
        conversation!("rfdoorlock-des-own-key", Ev1_8k, card::des_application, host::des_own_key),
        conversation!(
            "rfdoorlock-2k3des-own-key",
            Ev1_8k,
            card::des_application_with_key,
            host::des_own_key_read_first
        ),
        conversation!(
            "rfdoorlock-2k3des-other-key",
            Ev1_8k,
            card::des_application,
            host::des_other_key
        ),
        conversation!(
            "rfdoorlock-3k3des-own-key",
            Ev1_8k,
            card::tdes3_application,
            host::tdes3_own_key
        ),
        conversation!(
            "rfdoorlock-3k3des-other-key",
            Ev1_8k,
            card::tdes3_application,
            host::tdes3_other_key
        ),
        conversation!("rfdoorlock-aes-own-key", Ev1_8k, card::aes_door, host::aes_own_key),
        conversation!(
            "rfdoorlock-aes-own-key-back",
            Ev1_8k,
            card::aes_door_with_key,
            host::aes_own_key_back
        ),
        conversation!("rfdoorlock-aes-file", Ev1_8k, card::aes_door, host::aes_file),
        conversation!("rfdoorlock-format", Ev1_8k, card::factory, host::format),
        conversation!("skjolber-aes1", Ev1_4k, card::aes_master, host::aes_master),
        conversation!("skjolber-aes2", Ev1_4k, card::aes_master, host::aes_master_and_file),
        conversation!("skjolber-3k3des", Ev1_4k, card::tdes3_with_files, host::tdes3_files),
        conversation!("skjolber-des1", Ev1_4k, card::factory, host::d40_master),
    ]
}

fn script(conversation: &Conversation) -> Script {
    Script::parse(conversation.text)
        .unwrap_or_else(|error| panic!("{}: {error}", conversation.name))
}

#[test]
fn the_host_sends_the_bytes_of_the_document() {
    for conversation in conversations() {
        let host = conversation.host;
        let mut replay = Replay::new(script(&conversation));
        let mut values = Values::read(conversation.text);
        println!("{}", conversation.name);
        host(Session::open(&mut replay), &mut values);
        assert!(replay.is_used_up(), "{}: {replay:?}", conversation.name);
    }
}

#[test]
fn the_card_answers_the_bytes_of_the_document() {
    for conversation in conversations() {
        let mut card = card(&conversation);
        for step in script(&conversation).steps() {
            let mut reply = ReplyBuf::new();
            card.exchange(step.command(), &mut reply).unwrap();
            let published = step.reply().unwrap();
            let at = (conversation.name, step.line());
            if Values::are_of_another_product(conversation.text, step.line()) {
                assert_ne!(reply.as_slice(), published, "{at:?}");
                assert_eq!(reply[reply.len() - 2..], published[published.len() - 2..], "{at:?}");
            } else {
                assert_eq!(hex::encode(&reply), hex::encode(published), "{at:?}");
            }
        }
    }
}

/// A card recorded is the script again, and replayed it is the card; without payloads the
/// recording tells nothing but what was asked, and cannot be replayed.
#[test]
fn a_recording_of_the_card_is_the_script() {
    for conversation in conversations() {
        let host = conversation.host;
        if conversation.text.contains("another product") {
            continue;
        }
        let mut whole = Recorder::with_payloads(card(&conversation), TestKeysOnly);
        host(Session::open(&mut whole), &mut Values::read(conversation.text));
        let (recorded, published) = (Script::parse(whole.script()).unwrap(), script(&conversation));
        assert_eq!(recorded.steps().len(), published.steps().len());
        for (recorded, published) in recorded.steps().iter().zip(published.steps()) {
            assert_eq!(recorded.command(), published.command(), "{}", conversation.name);
            assert_eq!(recorded.reply(), published.reply(), "{}", conversation.name);
        }

        let mut scrubbed = Recorder::new(card(&conversation));
        host(Session::open(&mut scrubbed), &mut Values::read(conversation.text));
        let error = Script::parse(scrubbed.script()).unwrap_err();
        assert_eq!(error.kind, ScriptErrorKind::Scrubbed);
        // Header and Le, or status word: never more than four bytes and one.
        let bytes = |line: &str| line.split(' ').filter(|word| word.len() == 2).count();
        assert!(scrubbed.script().lines().all(|line| bytes(line) <= 5), "{}", conversation.name);
    }
}

/// A card in the state that the conversation begins with, and with the document's nonces.
fn card(conversation: &Conversation) -> SoftCard {
    let values = Values::read(conversation.text);
    let uid = values.find("uid").unwrap_or([0x04, 0x15, 0x26, 0x37, 0x48, 0x59, 0x6A]);
    let mut card = SoftCard::new(conversation.model, RealUid::new(uid), 3);
    if let Some(batch) = values.find("batch") {
        card = card.with_production(batch);
    }
    (conversation.prepare)(&mut card, &mut Values::read(conversation.text));
    card.reset();
    card.queue_random(&values.nonces());
    card
}

/// The comparison is one: with any other nonce or key the host leaves the script.
#[test]
fn another_nonce_leaves_the_script_where_it_is_used() {
    for conversation in conversations() {
        let host = conversation.host;
        let bent = Values::bend(conversation.text, "rnd-a");
        let mut replay = Replay::new(script(&conversation));
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            host(Session::open(&mut replay), &mut Values::read(&bent));
        }));
        assert!(outcome.is_err(), "{}", conversation.name);
        let off = replay.exchange(&[], &mut ReplyBuf::new()).unwrap_err();
        let LinkError::OffScript { line, .. } = off else { panic!("{off:?}") };
        let lines: Vec<_> = conversation.text.lines().collect();
        assert!(lines[line - 1].starts_with("> 90 AF 00 00 "), "{}: {line}", conversation.name);
        assert!(lines[..line].iter().any(|line| line.starts_with("# rnd-a ")));
    }
}

/// No script lies about unused, and the folder's README names each.
#[test]
fn every_script_of_the_folder_is_played_and_described() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cards/conversations");
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".txt").map(str::to_owned))
        .collect();
    files.sort();
    let mut played: Vec<_> = conversations().iter().map(|one| one.name.to_owned()).collect();
    played.sort();
    assert_eq!(files, played);
    for name in files {
        assert!(readme.contains(&format!("`{name}`")), "README.md does not name {name}");
    }
}
