// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exchanges of real cards from forums and issue lists (`tests/vectors/traces`): the card answers as
//! those did. A comment line with a name and hex gives the key, the nonces and the UID; where RndB is
//! not told, the challenge holds it.

use super::support::{card, send, set_key};
use crate::crypto::Cipher;
use crate::emulator::{Model, SoftCard};
use crate::iso14443::RealUid;
use crate::transport::Script;
use crate::wire::KeyType;

macro_rules! trace {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../tests/vectors/traces/", $name, ".txt")))
    };
}

const TRACES: [(&str, &str); 13] = [
    trace!("chameleon-313-windows-probes"),
    trace!("mifarenet-12600-d40-wrong-crc"),
    trace!("mifarenet-d40-settings-and-refused-key"),
    trace!("mifarenet-d40-zero-rnd-a"),
    trace!("mifarenet-ev1-des-card-uid"),
    trace!("nfc-pcsc-17-read-at-picc-level"),
    trace!("nfc-tools-5638-key-change-after-select"),
    trace!("nxp444596-no-such-file"),
    trace!("proxmark3-3638-d40-authenticate"),
    trace!("so-get-challenge-le-00"),
    trace!("so-version-with-lc-zero"),
    trace!("so14319321-d40-token-in-clear"),
    trace!("so43368683-read-binary-on-the-card"),
];

/// A value of the trace.
fn value(text: &str, name: &str) -> Option<Vec<u8>> {
    text.lines().filter(|line| line.starts_with('#')).find_map(|line| {
        let (_, value) = line.split_once(name)?;
        hex::decode(value.trim()).ok().filter(|bytes| bytes.len() > 6)
    })
}

/// What the trace begins with, on a card of this model.
fn before(text: &str, model: Model) -> SoftCard {
    let mut card = match value(text, "uid ") {
        Some(uid) => SoftCard::new(model, RealUid::new(uid.try_into().unwrap()), 7),
        None => card(model),
    };
    if let Some(key) = value(text, "key ") {
        set_key(&mut card, 0, KeyType::Des, &key, 0);
    }
    card
}

fn plays(name: &str, text: &str, card: &mut SoftCard) {
    for step in Script::parse(text).unwrap().steps() {
        let published = step.reply().unwrap();
        let told = value(text, "rnd-b ");
        match step.command().get(1) {
            Some(0x0A | 0x1A) => {
                let key = value(text, "key ").unwrap();
                let cipher = Cipher::tdes2(&key.try_into().unwrap());
                let mut drawn = published[..8].to_vec();
                cipher.cbc_decrypt(&mut cipher.zero_iv(), &mut drawn).unwrap();
                assert!(told.is_none_or(|told| told == drawn), "{name}");
                card.queue_random(&drawn);
            }
            Some(0x84) => card.queue_random(&told.unwrap()),
            _ => {}
        }
        let found = send(card, step.command());
        let at = format!("{name}, line {}", step.line());
        assert_eq!(hex::encode(found), hex::encode(published), "{at}");
    }
}

#[test]
fn exchanges_of_real_cards_are_answered_byte_for_byte() {
    for (name, text) in TRACES {
        plays(name, text, &mut before(text, Model::Ev1_4k));
    }
}

/// What Windows sends when a card is put on comes before the first command of any trace and of any
/// generation that knows ISO commands, and changes nothing.
#[test]
fn what_windows_asks_first_changes_no_answer() {
    let (windows, probes) = TRACES[0];
    for (name, text) in TRACES {
        let mut card = before(text, Model::Ev1_4k);
        plays(windows, probes, &mut card);
        plays(name, text, &mut card);
    }
    for model in Model::ALL.into_iter().filter(|&model| model != Model::D40_4k) {
        plays(windows, probes, &mut card(model));
    }
}
