// SPDX-License-Identifier: MIT OR Apache-2.0
//! Traces of real cards that people published in forums, as far as this host sends what stands in
//! them. Where RndA was not told, it was found by enciphering the token under the key (zeros).

use super::*;
use crate::host::testing::{array, bytes, text, vectors};
use crate::host::{Error, Grade};
use crate::key::CardKey;
use crate::transport::{LinkError, Replay, Script as Trace};
use crate::wire::{KeySettings, KeyVersion, Status};

/// A trace without its first so many exchanges.
fn replay(text: &str, skipped: usize) -> Replay {
    let commands = text.match_indices("\n> ").nth(skipped).unwrap().0;
    Replay::new(Trace::parse(text.get(commands..).unwrap()).unwrap())
}

/// Opens the card with the factory's DES key in D40 messaging.
fn legacy<'t>(session: Session<'t, Picc, Public>, rnd_a: &str) -> Session<'t, Picc, Secure> {
    let rnd_a = array(&format!("{rnd_a}{}", "00".repeat(8)));
    session.authenticate(Opening::Legacy, KeyNo::MASTER, &CardKey::factory(), &rnd_a).unwrap()
}

#[test]
fn d40_sessions_of_real_cards_begin() {
    for (trace, skipped, rnd_a, left) in [
        (
            include_str!("../../../tests/vectors/traces/mifarenet-12600-d40-wrong-crc.txt"),
            0,
            "B0A6405F57794A93",
            1,
        ),
        (
            include_str!("../../../tests/vectors/traces/mifarenet-d40-zero-rnd-a.txt"),
            0,
            "0000000000000000",
            0,
        ),
        (
            include_str!("../../../tests/vectors/traces/nfc-pcsc-17-read-at-picc-level.txt"),
            1,
            "17D383F632DEE67F",
            1,
        ),
        (
            include_str!(
                "../../../tests/vectors/traces/nfc-tools-5638-key-change-after-select.txt"
            ),
            0,
            "AE20AF6995255264",
            2,
        ),
    ] {
        let mut replay = replay(trace, skipped);
        drop(legacy(Session::open(&mut replay), rnd_a));
        assert_eq!(replay.left(), left, "{trace}");
    }
}

/// A genuine EV1 of 4K: in a D40 session the answer to GetKeyVersion is bare.
#[test]
fn a_d40_session_of_a_real_ev1_goes_on() {
    let text = include_str!("../../../tests/vectors/traces/proxmark3-3638-d40-authenticate.txt");
    let mut replay = replay(text, 0);
    let mut session = legacy(Session::open(&mut replay), "A0A1A2A3A4A5A6A7");
    let version = session.key_version(KeyNo::MASTER).unwrap();
    assert_eq!((version.value, version.grade), (KeyVersion(0), Grade::Said));
    assert!(replay.is_used_up());
}

/// Taken by the card; a key change that was enciphered the wrong way round is none of this host's.
#[test]
fn d40_settings_are_changed_as_a_real_card_took_it() {
    let text =
        include_str!("../../../tests/vectors/traces/mifarenet-d40-settings-and-refused-key.txt");
    let mut replay = replay(text, 0);
    let mut session = legacy(Session::open(&mut replay), "0001020304050607");
    let changed = session.change_key_settings(KeySettings::FACTORY).unwrap();
    assert_eq!(changed.grade, Grade::Said);
    let key = CardKey::des(&array("11223344556677881122334455667788"));
    let failed = session.change_master_key(&key).unwrap_err();
    assert!(matches!(failed.error, Error::Link(LinkError::OffScript { .. })), "{:?}", failed.error);
    assert_eq!(replay.left(), 1);
}

/// What a real card refused for its checksum is not what this host sends.
#[test]
fn d40_settings_with_a_wrong_checksum_are_none_of_this_hosts() {
    let text = include_str!("../../../tests/vectors/traces/mifarenet-12600-d40-wrong-crc.txt");
    let mut replay = replay(text, 0);
    let mut session = legacy(Session::open(&mut replay), "B0A6405F57794A93");
    let error = session.change_key_settings(KeySettings::FACTORY).unwrap_err();
    assert!(matches!(error, Error::Link(LinkError::OffScript { .. })), "{error:?}");
}

#[test]
fn a_real_ev1_tells_its_uid() {
    let text = include_str!("../../../tests/vectors/traces/mifarenet-ev1-des-card-uid.txt");
    let mut replay = replay(text, 0);
    let session = Session::open(&mut replay).select_picc().unwrap();
    let rnd_a = array("43DB1262DE8BBD6E0000000000000000");
    let mut session =
        session.authenticate(Opening::Iso, KeyNo::MASTER, &CardKey::factory(), &rnd_a).unwrap();
    let uid = session.card_uid().unwrap();
    assert_eq!(uid.value.expose()[..], bytes("041B42EAC45580"));
    assert_eq!(uid.grade, Grade::Enciphered);
    assert!(replay.is_used_up());
}

#[test]
fn the_card_is_selected_by_its_file_identifier() {
    let text = include_str!("../../../tests/vectors/traces/nxp444596-no-such-file.txt");
    let mut replay = replay(text, 2);
    drop(Session::open(&mut replay).select_card().unwrap());
    assert!(replay.is_used_up());
}

/// A blank EV3 of 8K as NXP `TagInfo` read it (kpn532), from its second GetVersion on: the same
/// commands in the same order, but for the selection by a name and the signature, which others of
/// these tests send. The card's session is of D40 messaging, and nothing in it has a MAC.
#[test]
fn a_blank_ev3_is_looked_at() {
    let vector = vectors("ev2-more", "name", "hw-ev3-8k-blank-taginfo").remove(0);
    let steps: Vec<(String, String)> = vector["inputs"]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (&step["send"], format!("{}{}", text(&step["recv"]), text(&step["sw"]))))
        .map(|(send, reply)| (text(send).to_owned(), reply))
        .collect();
    assert_eq!(steps.len(), 28);
    let skipped = |at: usize| at < 7 || [11, 21].contains(&at);
    let played = (0..).zip(steps).filter(|(at, _)| !skipped(*at));
    let mut script = Script::new(played.map(|(_, step)| step));

    let mut session = picc(&mut script);
    let version = session.version().unwrap().value;
    assert_eq!(version.chip().unwrap().to_string(), "ev3-8k");
    assert_eq!(version.uid.unwrap().expose()[..], bytes("0495910A5D6D80"));
    // RndA is E(0) under zeros.
    let mut session = legacy(session.select_picc().unwrap(), "8CA64DE9C1B123A7");
    assert_eq!(session.application_ids().unwrap().value, []);
    assert_eq!(session.free_memory().unwrap().value, 0x2000);
    assert!(session.df_names().unwrap().value.is_empty());
    let session = session.select_picc().unwrap();
    let failed = session.select_application("F21030".parse().unwrap()).unwrap_err();
    assert!(matches!(failed.error, Error::Refused { status: Status::ApplicationNotFound, .. }));
    let session = failed.session.unwrap().select_picc().unwrap();
    let failed = session.select_application("F21190".parse().unwrap()).unwrap_err();
    let session = failed.session.unwrap().select_picc().unwrap();
    let mut session = legacy(session, "8CA64DE9C1B123A7");
    let (settings, slots) = session.key_settings().unwrap().value;
    assert_eq!((settings, slots.to_byte()), (KeySettings::FACTORY, 0x01));
    assert_eq!(session.application_ids().unwrap().value, []);
    drop(session.select_picc().unwrap());
    script.assert_used_up();
}
