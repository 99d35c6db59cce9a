// SPDX-License-Identifier: MIT OR Apache-2.0
//! ISO commands and native frames, between this host and this card.

use cardwright::host::{Error, File, Grade, Session};
use cardwright::iso7816::StatusWord;
use cardwright::key::CardKey;
use cardwright::wire::{
    AccessRights, Aid, CommMode, FileKind, FileSettings, FileSize, IsoDf, IsoFileId, KeyNo,
    KeySettings, KeySlots, NewFile, RecordCount, RecordLayout,
};

use super::support::{MODES, Messaging, RND_A, blank, by_key, file_no, pattern, standard};

const FREE: [u8; 2] = [0xEE, 0xEE];

/// A card with a named application: a free file of 200 bytes, free records, and a file for key 1.
fn named(messaging: Messaging) -> cardwright::emulator::SoftCard {
    let mut card = blank();
    let aid = Aid::new([0xF0, 0x12, 0x01]);
    let slots = KeySlots { count: 2, key_type: messaging.key_type(), iso_file_ids: true };
    let id = IsoFileId::new(0xE110).unwrap();
    let iso = IsoDf { id, name: Some("D2760000850101".parse().unwrap()) };
    let mut session = Session::open(&mut card);
    let _ = session.create_iso_application(aid, KeySettings::FACTORY, slots, &iso).unwrap();
    let mut session = session.select_application(aid).unwrap();
    let free = AccessRights::from_wire(FREE);
    let layout =
        RecordLayout { size: FileSize::new(10).unwrap(), max: RecordCount::new(4).unwrap() };
    let records = FileSettings::new(FileKind::LinearRecord(layout), CommMode::Plain, free);
    let locked = AccessRights { read: by_key(1), ..free };
    let locked = AccessRights { read_write: by_key(1), write: by_key(1), ..locked };
    for (no, id, settings) in [
        (1, 0xE103, standard(200, CommMode::Plain, free)),
        (2, 0xE104, records),
        (3, 0xE105, standard(20, CommMode::Full, locked)),
    ] {
        let new = NewFile { iso_id: IsoFileId::new(id), ..NewFile::new(settings) };
        let _ = session.create_file(file_no(no), new).unwrap();
    }
    let zero = CardKey::zero(messaging.key_type());
    let opening = messaging.opening();
    let mut session = session.authenticate(opening, KeyNo::MASTER, &zero, &RND_A).unwrap();
    let no = KeyNo::new(1).unwrap();
    let _ = session.change_key(no, &messaging.key(1, 1), &zero).unwrap();
    card.reset();
    card
}

#[test]
fn plain_files_are_written_and_read_by_their_identifiers() {
    let mut card = named(Messaging::Aes);
    let contents = pattern(200, 5);
    let named = Session::open(&mut card).select_name(&"D2760000850101".parse().unwrap());
    let mut iso = named.unwrap();
    let _ = iso.select_file(IsoFileId::new(0xE103).unwrap()).unwrap();
    let _ = iso.update_binary(0, &contents).unwrap();
    assert_eq!(iso.read_binary(0, 200).unwrap().value.expose_secret(), &contents);
    assert_eq!(iso.read_binary(150, 100).unwrap().value.expose_secret(), &contents[150..]);
    let status = |error| match error {
        Error::IsoRefused { status, .. } => status,
        other => panic!("{other:?}"),
    };
    assert_eq!(status(iso.read_binary(200, 1).unwrap_err()), StatusWord::WRONG_OFFSET);
    assert_eq!(status(iso.update_binary(199, &[1, 2]).unwrap_err()), StatusWord::FILE_FULL);
    let _ = iso.append_record(file_no(2), &pattern(10, 1)).unwrap();
    let none = iso.read_record(file_no(2), 1).unwrap_err();
    assert_eq!(status(none), StatusWord::RECORD_NOT_FOUND);
    let _ = iso.select_file(IsoFileId::new(0xE105).unwrap()).unwrap();
    assert_eq!(status(iso.read_binary(0, 1).unwrap_err()), StatusWord::SECURITY_STATUS);
    let mut picc = iso.select_card().unwrap();
    let gone = picc.select_file(IsoFileId::new(0xE103).unwrap()).unwrap_err();
    assert_eq!(status(gone), StatusWord::FILE_NOT_FOUND);
    let mut iso = picc.select_identifier(IsoFileId::new(0xE110).unwrap()).unwrap();
    let _ = iso.select_file(IsoFileId::new(0xE103).unwrap()).unwrap();
    // Native commands go on where an application was selected by name.
    let named = iso.select_name(&"D2760000850101".parse().unwrap());
    assert_eq!(named.unwrap().file_ids().unwrap().value.len(), 3);
    // The native host sees the same bytes.
    card.reset();
    let aid = Aid::new([0xF0, 0x12, 0x01]);
    let mut session = Session::open(&mut card).select_application(aid).unwrap();
    let file = standard(200, CommMode::Plain, AccessRights::from_wire(FREE));
    let file = File::declared(file_no(1), file);
    let read = session.read_data(&file, 0, 0).unwrap();
    assert_eq!(read.value.expose_secret(), &contents);
}

#[test]
fn an_iso_authentication_opens_an_ev1_session() {
    for messaging in [Messaging::Des, Messaging::Tdes2, Messaging::Tdes3, Messaging::Aes] {
        let mut card = named(messaging);
        let no = KeyNo::new(1).unwrap();
        let [first, second] = [&[0x3C; 16], &[0x5B; 16]];
        let id = IsoFileId::new(0xE110).unwrap();
        let iso = Session::open(&mut card).select_identifier(id).unwrap();
        let wrong = iso.authenticate_iso(no, &messaging.key(2, 2), [first, second]);
        let failed = wrong.unwrap_err();
        assert!(matches!(failed.error, Error::IsoRefused { .. }), "{messaging:?}");
        // Nobody is authenticated, and the application is still selected.
        let mut session = failed.session.unwrap();
        assert_eq!(session.file_ids().unwrap().grade, Grade::Said, "{messaging:?}");
        card.reset();
        let iso = Session::open(&mut card).select_identifier(id).unwrap();
        let key = messaging.key(1, 1);
        let mut session = iso.authenticate_iso(no, &key, [first, second]).unwrap();
        let version = session.key_version(no).unwrap();
        assert_eq!((version.value, version.grade), (key.version(), Grade::Sealed));
        let mut transaction = session.transaction();
        let settings = session_file();
        let _ = transaction.write(&settings, 2, &pattern(9, 4)).unwrap();
        let _ = transaction.commit().unwrap();
        let read = session.read_data(&settings, 2, 9).unwrap();
        assert_eq!(read.value.expose_secret(), &pattern(9, 4), "{messaging:?}");
    }
}

fn session_file() -> File {
    let rights = AccessRights::from_wire([0x1E, 0x11]);
    File::declared(file_no(3), standard(20, CommMode::Full, rights))
}

#[test]
fn the_card_itself_is_authenticated_where_it_is_selected() {
    let mut card = blank();
    let no = KeyNo::MASTER;
    let challenges = [&[0x3C; 16], &[0x5B; 16]];
    let factory = CardKey::factory();
    let session = Session::open(&mut card);
    let mut session = session.authenticate_iso(no, &factory, challenges).unwrap();
    assert_eq!(session.application_ids().unwrap().grade, Grade::Sealed);
}

/// The same commands in native frames: an application, a file longer than a frame, its contents.
#[test]
fn native_frames_carry_what_wrapped_ones_do() {
    for messaging in Messaging::EVERY {
        for mode in MODES {
            let mut card = blank();
            let aid = Aid::new([0xF0, 0x12, 0x07]);
            let slots = KeySlots { count: 1, key_type: messaging.key_type(), iso_file_ids: false };
            let mut session = Session::open_native(&mut card);
            assert_eq!(session.version().unwrap().value.batch.len(), 5);
            let _ = session.create_application(aid, KeySettings::FACTORY, slots).unwrap();
            let session = session.select_application(aid).unwrap();
            let zero = CardKey::zero(messaging.key_type());
            let opening = messaging.opening();
            let session = session.authenticate(opening, KeyNo::MASTER, &zero, &RND_A).unwrap();
            let mut session = session;
            let rights = AccessRights::from_wire([0x00, 0x00]);
            let file = File::declared(file_no(1), standard(300, mode, rights));
            let _ = session.create_file(file.no(), *file.settings()).unwrap();
            let contents = pattern(290, 3);
            let mut transaction = session.transaction();
            let _ = transaction.write(&file, 7, &contents).unwrap();
            let _ = transaction.commit().unwrap();
            let read = session.read_data(&file, 7, 290).unwrap();
            assert_eq!(read.value.expose_secret(), &contents, "{messaging:?} {mode:?}");
            let refused = session.file_settings(file_no(9));
            assert!(matches!(refused, Err(Error::Refused { .. })), "{messaging:?}");
        }
    }
    let mut card = blank();
    let _ = Session::open_native(&mut card).key_version(KeyNo::MASTER).unwrap();
    // The card has been talked to in native frames, and takes no APDU until it is reset.
    assert!(Session::open(&mut card).key_version(KeyNo::MASTER).is_err());
}
