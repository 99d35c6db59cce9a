// SPDX-License-Identifier: MIT OR Apache-2.0
//! Traces of real cards that people published in forums, as far as this host sends what stands in
//! them. Where RndA was not told, it was found by enciphering the token under the key (zeros).

use super::*;
use crate::host::testing::{array, bytes};
use crate::host::{Error, Grade};
use crate::key::CardKey;
use crate::transport::{LinkError, Replay, Script as Trace};
use crate::wire::KeySettings;

/// A trace without its first so many exchanges.
fn replay(text: &str, skipped: usize) -> Replay {
    let commands = text.match_indices("\n> ").nth(skipped).unwrap().0;
    Replay::new(Trace::parse(text.get(commands..).unwrap()).unwrap())
}

/// Opens the card with the factory's DES key in D40 messaging.
fn d40<'t>(session: Session<'t, Picc, Public>, rnd_a: &str) -> Session<'t, Picc, Secure> {
    let rnd_a = array(&format!("{rnd_a}{}", "00".repeat(8)));
    session.authenticate(Opening::Legacy, KeyNo::MASTER, &CardKey::factory(), &rnd_a).unwrap()
}

#[test]
fn d40_sessions_of_real_cards_begin() {
    for (text, skipped, rnd_a, left) in [
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
        let mut replay = replay(text, skipped);
        drop(d40(Session::open(&mut replay), rnd_a));
        assert_eq!(replay.left(), left, "{text}");
    }
}

/// Taken by the card; a key change that was enciphered the wrong way round is none of this host's.
#[test]
fn d40_settings_are_changed_as_a_real_card_took_it() {
    let text =
        include_str!("../../../tests/vectors/traces/mifarenet-d40-settings-and-refused-key.txt");
    let mut replay = replay(text, 0);
    let mut session = d40(Session::open(&mut replay), "0001020304050607");
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
    let mut session = d40(Session::open(&mut replay), "B0A6405F57794A93");
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
