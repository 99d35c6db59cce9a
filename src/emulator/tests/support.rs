// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the tests share: vectors, and shorthands for talking to a card.

use serde_json::Value;

use crate::crypto::Cipher;
use crate::emulator::application::Application;
use crate::emulator::channel::{Channel, D40, Ev1, Ev2, Session};
use crate::emulator::configuration::Configuration;
use crate::emulator::keys::{KeyRing, StoredKey};
use crate::emulator::{Model, SoftCard};
use crate::iso14443::RealUid;
use crate::transport::{ReplyBuf, Transport};
use crate::vectors::of_kind;
use crate::wire::{Aid, KeySettings, KeySlots, KeyType};

pub(in crate::emulator) const UID: [u8; 7] = [0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40];
pub(in crate::emulator) const APP: [u8; 3] = [0xF4, 0x81, 0x20];

pub(in crate::emulator) fn ev1_vectors(kind: &str) -> Vec<Value> {
    recomputed("ev1", kind)
}

pub(in crate::emulator) fn ev2_vectors(op: &str) -> Vec<Value> {
    recomputed("ev2", op)
}

/// The vectors of one kind whose numbers were recomputed from outside bytes.
fn recomputed(file: &str, kind: &str) -> Vec<Value> {
    of_kind(file, kind).into_iter().filter(|vector| vector["derived"] != true).collect()
}

pub(in crate::emulator) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

pub(in crate::emulator) fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    hex::decode(text(value)).unwrap().try_into().unwrap()
}

/// `90 INS 00 00 [Lc parameters] 00`.
pub(in crate::emulator) fn wrap(ins: u8, parameters: &[u8]) -> Vec<u8> {
    let mut apdu = vec![0x90, ins, 0x00, 0x00];
    if !parameters.is_empty() {
        apdu.push(u8::try_from(parameters.len()).unwrap());
        apdu.extend(parameters);
    }
    apdu.push(0x00);
    apdu
}

pub(in crate::emulator) fn card(model: Model) -> SoftCard {
    SoftCard::new(model, RealUid::new(UID), 7)
}

/// A card with one application of `count` keys of zeros, selected.
pub(in crate::emulator) fn with_application(
    model: Model,
    settings: u8,
    kind: KeyType,
    count: u8,
) -> SoftCard {
    let mut card = card(model);
    add_application(&mut card, Aid::new(APP), settings, kind, count);
    card
}

/// Puts an application on the card, past the rules, and selects it.
pub(in crate::emulator) fn add_application(
    soft: &mut SoftCard,
    aid: Aid,
    settings: u8,
    key_type: KeyType,
    count: u8,
) {
    let slots = KeySlots { count, key_type, iso_file_ids: false };
    let memory = &mut soft.card.memory;
    let keys = KeyRing::filled(KeySettings::from_byte(settings), &StoredKey::zero(key_type), count);
    memory.applications.push(Application::new(aid, None, slots, keys));
    soft.card.selected = memory.position(aid);
}

/// Puts a key in a slot of the selected level.
pub(in crate::emulator) fn set_key(
    soft: &mut SoftCard,
    number: u8,
    kind: KeyType,
    key: &[u8],
    version: u8,
) {
    soft.card.keys_mut().store(number, StoredKey::new(kind, key, version).unwrap());
}

/// Opens an EV1 session with an AES session key, past the authentication.
pub(in crate::emulator) fn open_ev1(soft: &mut SoftCard, key: u8) {
    resume_ev1(soft, key, Cipher::aes(&[0x5A; 16]), &[0; 16]);
}

pub(in crate::emulator) fn resume_ev1(soft: &mut SoftCard, key: u8, cipher: Cipher, iv: &[u8]) {
    soft.card.session = Some(Session { key, channel: Channel::Ev1(Ev1::resume(cipher, iv)) });
}

pub(in crate::emulator) fn resume_ev2(soft: &mut SoftCard, key: u8, channel: Ev2) {
    soft.card.session = Some(Session { key, channel: Channel::Ev2(channel) });
}

/// Puts a tag into LRP mode, past SetConfiguration.
pub(in crate::emulator) fn switched(soft: &mut SoftCard) {
    let told = &mut soft.card.memory.configuration.told;
    told.insert(Configuration::CAPABILITIES, vec![0, 0, 0, 0, Configuration::LRP, 0, 0, 0, 0, 0]);
}

/// The session of a published message, at its counter.
pub(in crate::emulator) fn session_of(inputs: &Value) -> Ev2 {
    let keys = ["ses_auth_enc_key", "ses_auth_mac_key"].map(|key| bytes(&inputs[key]));
    let counter = u16::try_from(inputs["cmd_ctr"].as_u64().unwrap()).unwrap();
    Ev2::with_keys(&keys[0], &keys[1], bytes(&inputs["ti"]), counter)
}

/// Sends an APDU and gives back the answer.
pub(in crate::emulator) fn send(card: &mut SoftCard, apdu: &[u8]) -> Vec<u8> {
    let mut reply = ReplyBuf::new();
    card.exchange(apdu, &mut reply).unwrap();
    reply.to_vec()
}

/// Sends a wrapped command and gives back data and status.
pub(in crate::emulator) fn run(card: &mut SoftCard, ins: u8, parameters: &[u8]) -> (Vec<u8>, u8) {
    let mut reply = send(card, &wrap(ins, parameters));
    let status = reply.pop().unwrap();
    assert_eq!(reply.pop(), Some(0x91));
    (reply, status)
}

/// Sends a wrapped command and gives back its status alone.
pub(in crate::emulator) fn status(card: &mut SoftCard, ins: u8, parameters: &[u8]) -> u8 {
    run(card, ins, parameters).1
}

/// Opens a D40 session, past the authentication.
pub(in crate::emulator) fn resume_d40(soft: &mut SoftCard, key: u8, cipher: Cipher) {
    soft.card.session = Some(Session { key, channel: Channel::D40(D40::resume(cipher)) });
}
