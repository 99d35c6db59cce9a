// SPDX-License-Identifier: MIT OR Apache-2.0
//! Six sessions with a real DESFire EV3 (hardware 33.00, software 03.00), recorded by the crate
//! `desox` 0.5.4. Each command of this host must be the recorded one, byte for byte, and each reply
//! is proved. Keys, challenges and contents stand beside the recordings in the sources of the crate.
//!
//! The recording has native frames of up to 60 bytes, which changes no protected byte: commands are
//! joined here and cut as this host cuts them. Replies keep the frames of the card.

use super::*;
use crate::host::Grade;
use crate::host::testing::{array, bytes, hex};
use crate::key::CardKey;
use crate::wire::{Aid, KeySettings, KeySlots, KeyVersion, NewFile};

const APP: Aid = Aid::new([0x03, 0x02, 0x01]);

const RND_DES: &str = "32C28FDAFD3960DE";

/// What `file_io` writes into each of its files: 328 bytes.
const TEXT: &str = "Had I the heavens' embroidered cloths,\n\
    Enwrought with golden and silver light,\n\
    The blue and the dim and the dark cloths\n\
    Of night and light and the half light,\n\
    I would spread the cloths under your feet:\n\
    But I, being poor, have only my dreams;\n\
    I have spread my dreams under your feet;\n\
    Tread softly because you tread on my dreams.\n";

/// The recording as wrapped exchanges.
fn script(recording: &str) -> Script {
    let mut script = Script::default();
    let mut lines = recording.lines().map(|line| {
        let (command, reply) = line.split_once(' ').unwrap();
        (bytes(command), bytes(reply))
    });
    while let Some((command, mut reply)) = lines.next() {
        let (ins, mut body) = (command[0], command[1..].to_vec());
        // A frame that is answered with nothing but AF is not the last of its command; one of an
        // authentication is.
        while reply == [0xAF] {
            let (more, answer) = lines.next().unwrap();
            assert_eq!(more[0], 0xAF);
            body.extend(&more[1..]);
            reply = answer;
        }
        let mut frames: Vec<_> = body.chunks(54).map(<[u8]>::to_vec).collect();
        let last = frames.pop().unwrap_or_default();
        let named = |first: bool| if first { ins } else { 0xAF };
        for (at, frame) in frames.iter().enumerate() {
            script.extend([(wrapped(named(at == 0), frame), "91AF")]);
        }
        let (status, data) = reply.split_first().unwrap();
        let command = wrapped(named(frames.is_empty()), &last);
        script.extend([(command, format!("{}91{status:02X}", hex(data)))]);
    }
    script
}

fn wrapped(ins: u8, body: &[u8]) -> String {
    match body.len() {
        0 => format!("90{ins:02X}000000"),
        length => format!("90{ins:02X}0000{length:02X}{}00", hex(body)),
    }
}

fn des(byte: u8) -> CardKey {
    CardKey::des(&[byte; 16])
}

fn aes(byte: u8) -> CardKey {
    CardKey::aes(&[byte; 16], KeyVersion(0))
}

fn iso<'t, L: Level, A: crate::host::session::Auth>(
    session: Session<'t, L, A>,
    key: &CardKey,
    rnd_a: &str,
) -> Session<'t, L, Secure> {
    let rnd_a = array(&format!("{rnd_a}{}", "00".repeat(8)));
    session.authenticate(Opening::Iso, KeyNo::MASTER, key, &rnd_a).unwrap()
}

fn by_aes<'t, L: Level, A: crate::host::session::Auth>(
    session: Session<'t, L, A>,
    key: &CardKey,
    rnd_a: &str,
) -> Session<'t, L, Secure> {
    session.authenticate(Opening::Aes, KeyNo::MASTER, key, &array(rnd_a)).unwrap()
}

/// An application of one key, made with the card's DES key and selected.
fn created<'t>(script: &'t mut Script, rnd_a: &str, slots: u8) -> Session<'t, App, Public> {
    let mut session = iso(picc(script), &des(0), rnd_a);
    let (settings, slots) = (KeySettings::from_byte(0x09), KeySlots::from_byte(slots).unwrap());
    let made = session.create_application(APP, settings, slots).unwrap();
    assert_eq!(made.grade, Grade::Sealed);
    session.select_application(APP).unwrap()
}

#[test]
fn the_card_tells_what_it_is() {
    let mut script = script(include_str!("../../../tests/vectors/desox-ev3/metadata.replay"));
    let mut session = iso(picc(&mut script), &des(0), RND_DES);
    let (settings, slots) = session.key_settings().unwrap().value;
    assert_eq!((settings, slots.to_byte()), (KeySettings::FACTORY, 0x01));
    let version = session.key_version(KeyNo::MASTER).unwrap();
    assert_eq!((version.value, version.grade), (KeyVersion(0), Grade::Sealed));
    assert_eq!(session.application_ids().unwrap().value, []);
    let uid = session.card_uid().unwrap();
    assert_eq!(
        (uid.value.expose()[..].to_vec(), uid.grade),
        (bytes("0464D59ADD1E90"), Grade::Enciphered)
    );
    let version = session.version().unwrap();
    assert_eq!(version.value.chip().unwrap().to_string(), "ev3-4k");
    assert_eq!((version.value.uid, version.grade), (Some(uid.value), Grade::Sealed));
    script.assert_used_up();
}

#[test]
fn an_application_is_made_its_settings_changed_and_deleted() {
    let mut script = script(include_str!("../../../tests/vectors/desox-ev3/application.replay"));
    let session = created(&mut script, RND_DES, 0x81);
    let mut session = by_aes(session, &aes(0), &"01".repeat(16));
    let is = |session: &mut Session<'_, App, Secure>, byte| {
        let answer = session.key_settings().unwrap();
        let (settings, slots) = answer.value;
        assert_eq!(
            (settings.to_byte(), slots.to_byte(), answer.grade),
            (byte, 0x81, Grade::Sealed)
        );
    };
    is(&mut session, 0x09);
    assert_eq!(session.key_version(KeyNo::MASTER).unwrap().value, KeyVersion(0));
    assert_eq!(session.file_ids().unwrap().value, []);
    let changed = session.change_key_settings(KeySettings::from_byte(0x00)).unwrap();
    assert_eq!(changed.grade, Grade::Sealed);
    is(&mut session, 0x00);
    let mut session = iso(session.select_picc().unwrap(), &des(0), RND_DES);
    assert_eq!(session.delete_application(APP).unwrap().grade, Grade::Sealed);
    script.assert_used_up();
}

/// A file of each mode. Enciphered, the last block of 336 bytes ends with data, checksum and
/// padding.
#[test]
fn files_are_made_written_and_read_back() {
    let mut script = script(include_str!("../../../tests/vectors/desox-ev3/file_io.replay"));
    let session = created(&mut script, RND_DES, 0x81);
    let mut session = by_aes(session, &aes(0), "C6B781428D978837A6360899119F0DA4");
    let size = FileSize::new(0x148).unwrap();
    let rights = AccessRights::from_wire([0x00, 0x00]);
    let files =
        [(1, CommMode::Plain), (2, CommMode::Mac), (3, CommMode::Full)].map(|(no, mode)| {
            let settings = FileSettings::new(FileKind::Standard { size }, mode, rights);
            File::declared(FileNo::new(no).unwrap(), settings)
        });
    for file in files {
        let made = session.create_file(file.no(), NewFile::from(file.settings())).unwrap();
        assert_eq!(made.grade, Grade::Sealed);
    }
    for file in files {
        let found = session.file_settings(file.no()).unwrap();
        assert_eq!((found.value.settings, found.grade), (*file.settings(), Grade::Sealed));
        let mut transaction = session.transaction();
        let written = transaction.write(&file, 0, TEXT.as_bytes()).unwrap();
        assert_eq!(written.grade, Grade::Sealed);
        drop(transaction);
        let read = session.read_data(&file, 0, 0x148).unwrap();
        let full = file.settings().mode == CommMode::Full;
        assert_eq!(read.grade, if full { Grade::Enciphered } else { Grade::Sealed });
        assert_eq!(hex(read.value.expose_secret()), hex(TEXT.as_bytes()));
    }
    script.assert_used_up();
}

#[test]
fn an_applications_own_key_is_changed_des_to_des() {
    let recording = include_str!("../../../tests/vectors/desox-ev3/key_change_app_des_des.replay");
    let mut script = script(recording);
    let session = created(&mut script, "C0FFEED00D000000", 0x01);
    let session = iso(session, &des(0), "C0FFEED00D000001").change_own_key(&des(2)).unwrap();
    let _opened = iso(session, &des(2), "C0FFEED00D000002");
    script.assert_used_up();
}

#[test]
fn an_applications_own_key_is_changed_aes_to_aes() {
    let recording = include_str!("../../../tests/vectors/desox-ev3/key_change_app_aes_aes.replay");
    let mut script = script(recording);
    let session = created(&mut script, "C0FFEED00D000000", 0x81);
    let rnd_a = |last: &str| format!("C0FFEEBADCAB1EF00DF00DF00DF00D{last}");
    let session = by_aes(session, &aes(0), &rnd_a("01")).change_own_key(&aes(2)).unwrap();
    let _opened = by_aes(session, &aes(2), &rnd_a("02"));
    script.assert_used_up();
}

/// DES to DES, DES to AES, AES to AES and AES to DES at the PICC level.
#[test]
fn the_cards_own_key_goes_round_the_world() {
    let recording =
        include_str!("../../../tests/vectors/desox-ev3/key_change_picc_round_the_world.replay");
    let mut script = script(recording);
    let rnd_des = |byte: &str| byte.repeat(8);
    let session = iso(picc(&mut script), &des(0), &rnd_des("01"));
    let session = session.change_master_key(&des(2)).unwrap();
    let session = iso(session, &des(2), &rnd_des("02")).change_master_key(&aes(0)).unwrap();
    let session = by_aes(session, &aes(0), &"03".repeat(16)).change_master_key(&aes(1)).unwrap();
    let session = by_aes(session, &aes(1), &"04".repeat(16)).change_master_key(&des(0)).unwrap();
    drop(session);
    script.assert_used_up();
}
