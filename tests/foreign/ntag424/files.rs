// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files of the tag: their settings, reads and writes in each mode, the read counter.

use cardwright::emulator::Model;
use ntag424::types::ResponseStatus;
use ntag424::{
    Access, AccessRights, AuthenticatedSession, CommMode, File, FileSettingsUpdate, KeyNumber,
    Session,
};

use super::super::ZERO;
use super::{Reader, TAGS, authenticated, good, now, refused, tag};

fn contents(length: usize) -> Vec<u8> {
    (0..=255).map(|byte: u8| byte.wrapping_mul(7) ^ 0x5A).cycle().take(length).collect()
}

fn rights(read: Access, write: Access) -> AccessRights {
    AccessRights { read, write, read_write: write, change: Access::Key(KeyNumber::Key0) }
}

#[test]
fn ntag424_finds_the_files_of_the_factory() {
    use Access::{Free, Key};
    for model in TAGS {
        let mut card = tag(model);
        let mut reader = Reader(&mut card);
        for (file, size, mode, [read, write, read_write]) in [
            (
                File::CapabilityContainer,
                32,
                CommMode::Plain,
                [Free, Key(KeyNumber::Key0), Key(KeyNumber::Key0)],
            ),
            (File::Ndef, 256, CommMode::Plain, [Free, Free, Free]),
            (
                File::Proprietary,
                128,
                CommMode::Full,
                [Key(KeyNumber::Key2), Key(KeyNumber::Key3), Key(KeyNumber::Key3)],
            ),
        ] {
            let plain = good(now(Session::new().get_file_settings(&mut reader, file)));
            let session = authenticated(&mut reader, KeyNumber::Key1, &ZERO);
            let (sealed, _) = good(now(session.get_file_settings(&mut reader, file)));
            assert_eq!(plain, sealed);
            assert_eq!((plain.file_size, plain.comm_mode, plain.sdm), (size, mode, None));
            let change = Key(KeyNumber::Key0);
            assert_eq!(plain.access_rights, AccessRights { read, write, read_write, change });
        }
    }
}

#[test]
fn ntag424_reads_and_writes_by_iso_commands_what_is_free() {
    for model in TAGS {
        let mut card = tag(model);
        let mut reader = Reader(&mut card);
        let mut session = Session::new();
        let mut cc = [0xFF; 32];
        let file = File::CapabilityContainer;
        assert_eq!(good(now(session.read_file_unauthenticated(&mut reader, file, 0, &mut cc))), 32);
        assert_eq!(hex::encode_upper(&cc[..23]), "001720010000FF0406E104010000000506E10500808283");
        assert_eq!(cc[23..], [0; 9]);
        let text = contents(256);
        good(now(session.write_file_unauthenticated(&mut reader, File::Ndef, 0, &text)));
        let mut read = [0; 256];
        assert_eq!(
            good(now(session.read_file_unauthenticated(&mut reader, File::Ndef, 0, &mut read))),
            256
        );
        assert_eq!(read[..], text);
        let mut part = [0; 20];
        let count = now(session.read_file_unauthenticated(&mut reader, File::Ndef, 200, &mut part));
        assert_eq!((good(count), &part[..]), (20, &text[200..220]));
        // Neither what asks for a key, nor writing what is only read.
        let wrong =
            now(session.read_file_unauthenticated(&mut reader, File::Proprietary, 0, &mut part));
        assert_eq!(refused(wrong), ResponseStatus::SecurityStatusNotSatisfied);
        let wrong = now(session.write_file_unauthenticated(&mut reader, file, 0, &text[..4]));
        assert_eq!(refused(wrong), ResponseStatus::SecurityStatusNotSatisfied);
    }
}

#[test]
fn ntag424_writes_and_reads_files_in_each_mode() {
    for model in TAGS {
        let mut card = tag(model);
        for mode in [CommMode::Plain, CommMode::Mac, CommMode::Full] {
            let mut reader = Reader(&mut card);
            let mut session = authenticated(&mut reader, KeyNumber::Key0, &ZERO);
            let key = Access::Key(KeyNumber::Key1);
            for file in [File::Ndef, File::Proprietary] {
                let update = FileSettingsUpdate::new(mode, rights(key, key));
                session = good(now(session.change_file_settings(&mut reader, file, &update)));
            }
            let mut session = authenticated(&mut reader, KeyNumber::Key1, &ZERO);
            for (file, length) in [(File::Ndef, 256), (File::Ndef, 1), (File::Proprietary, 128)] {
                let text = contents(length);
                session = good(now(session.write_file(&mut reader, file, 0, &text)));
                let mut read = vec![0; length];
                let count;
                let asked = u32::try_from(length).unwrap();
                (count, session) =
                    good(now(session.read_file(&mut reader, file, 0, asked, &mut read)));
                assert_eq!((count, read), (length, text), "{model} {mode:?}");
            }
            // In the middle, over the end of a block, and past the end of the file.
            session = good(now(session.write_file_with_mode(
                &mut reader,
                File::Ndef,
                30,
                b"\xE1middle",
                mode,
            )));
            let mut read = [0; 9];
            let count;
            (count, session) = good(now(session.read_file_with_mode(
                &mut reader,
                File::Ndef,
                29,
                9,
                mode,
                &mut read,
            )));
            assert_eq!(count, 9);
            assert_eq!((&read[1..8], read[8]), (&b"\xE1middle"[..], contents(256)[37]));
            let wrong = now(session.write_file_with_mode(
                &mut reader,
                File::Proprietary,
                120,
                &[7; 9],
                mode,
            ));
            assert_eq!(refused(wrong), ResponseStatus::BoundaryError);
        }
    }
}

/// Whoever has the wrong key, or none.
#[test]
fn ntag424_is_refused_files_of_other_keys() {
    let mut card = tag(Model::Ntag424);
    let mut reader = Reader(&mut card);
    let session = authenticated(&mut reader, KeyNumber::Key3, &ZERO);
    let wrong = now(session.get_file_counters(&mut reader, File::Proprietary));
    assert_eq!(refused(wrong), ResponseStatus::PermissionDenied);
    let session = authenticated(&mut reader, KeyNumber::Key1, &ZERO);
    let mut read = [0; 4];
    let wrong = now(session.read_file_with_mode(
        &mut reader,
        File::Proprietary,
        0,
        4,
        CommMode::Full,
        &mut read,
    ));
    assert_eq!(refused(wrong), ResponseStatus::AuthenticationError);
    let session = authenticated(&mut reader, KeyNumber::Key2, &ZERO);
    let wrong = now(session.write_file_with_mode(
        &mut reader,
        File::Proprietary,
        0,
        b"\x01",
        CommMode::Full,
    ));
    assert_eq!(refused(wrong), ResponseStatus::AuthenticationError);
    let session = authenticated(&mut reader, KeyNumber::Key1, &ZERO);
    let update = FileSettingsUpdate::new(CommMode::Plain, rights(Access::Free, Access::Free));
    let wrong = now(session.change_file_settings(&mut reader, File::Ndef, &update));
    assert_eq!(refused(wrong), ResponseStatus::AuthenticationError);
}
