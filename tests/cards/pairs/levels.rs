// SPDX-License-Identifier: MIT OR Apache-2.0
//! What belongs to card and applications: file settings that change, ISO names, the configuration.

use cardwright::emulator::SoftCard;
use cardwright::host::{Error, File, Misuse, Session};
use cardwright::iso14443::{Ats, Uid};
use cardwright::key::CardKey;
use cardwright::wire::{
    Access, AccessRights, Aid, CommMode, DfEntry, IsoDf, IsoFileId, KeyNo, KeySettings, KeySlots,
    KeyType, KeyVersion, NewFile, Opening, PiccConfiguration, Status,
};

use super::support::{
    Line, MODES, Messaging, RND_A, UID, blank, by_key, card, file_no, pattern, session, standard,
};

#[test]
fn file_settings_change_under_the_change_right_and_hold_from_then_on() {
    for messaging in Messaging::EVERY {
        for change in [by_key(2), Access::Free] {
            for (before, after) in MODES.iter().flat_map(|&a| MODES.map(|b| (a, b))) {
                let mut line = Line::to(card(messaging, KeySettings::FACTORY));
                let open = AccessRights {
                    read: by_key(1),
                    write: by_key(1),
                    read_write: Access::Never,
                    change,
                };
                let file = File::declared(file_no(4), standard(40, before, open));
                let mut talk = session(&mut line, messaging, 0);
                let _ = talk.create_file(file.no(), *file.settings()).unwrap();
                drop(talk);
                let frozen = AccessRights { write: Access::Never, change: Access::Never, ..open };
                let mut talk = session(&mut line, messaging, 2);
                let _ = talk.change_file_settings(&file, after, frozen).unwrap();
                drop(talk);
                let settings = standard(40, after, frozen);
                let mut talk = session(&mut line, messaging, 0);
                assert_eq!(talk.file_settings(file.no()).unwrap().value.settings, settings);
                drop(talk);
                let now = File::declared(file.no(), settings);
                let mut talk = session(&mut line, messaging, 1);
                let read = talk.read_data(&now, 3, 20).unwrap();
                assert_eq!(read.value.expose_secret(), &[0; 20]);
                let written = talk.transaction().write(&file, 0, &pattern(9, 1));
                let name = format!("{messaging:?} {before:?} {after:?}");
                assert!(matches!(written, Err(Error::Refused { .. })), "{name}: {written:?}");
            }
        }
    }
}

#[test]
fn frozen_file_settings_are_misuse_and_send_nothing() {
    let mut line = Line::to(card(Messaging::Aes, KeySettings::FACTORY));
    let sent = line.clone();
    let mut talk = session(&mut line, Messaging::Aes, 1);
    let before = sent.sent();
    for change in [Access::Never, by_key(2)] {
        let rights =
            AccessRights { read: by_key(1), write: by_key(1), read_write: by_key(1), change };
        let file = File::declared(file_no(4), standard(40, CommMode::Full, rights));
        let changed = talk.change_file_settings(&file, CommMode::Plain, rights);
        assert_eq!(changed, Err(Misuse::NoRight.into()));
    }
    assert_eq!(sent.sent(), before);
}

#[test]
fn iso_names_are_listed_and_unique() {
    for master in [None, Some(Messaging::Aes), Some(Messaging::Tdes3), Some(Messaging::Ev2)] {
        let mut card = blank();
        let mut session = Session::open(&mut card);
        if let Some(messaging) = master {
            let key = messaging.key(9, 9);
            let factory = CardKey::factory();
            let opened = session.authenticate(Opening::Iso, KeyNo::MASTER, &factory, &RND_A);
            session = opened.unwrap().change_master_key(&key).unwrap();
            let opened = session.authenticate(messaging.opening(), KeyNo::MASTER, &key, &RND_A);
            check_names(&mut opened.unwrap());
        } else {
            check_names(&mut session);
        }
    }
}

fn check_names<A: cardwright::host::Auth>(session: &mut Session<'_, cardwright::host::Picc, A>) {
    let slots = KeySlots { count: 2, key_type: KeyType::Aes, iso_file_ids: true };
    let settings = KeySettings::FACTORY;
    assert_eq!(session.df_names().unwrap().value, []);
    let mut expected = Vec::new();
    for number in 1..=3_u8 {
        let aid = Aid::new([0xF0, 0x12, number]);
        let id = IsoFileId::new(0xE100 + u16::from(number)).unwrap();
        let name = (number != 2).then(|| "D276000085010".to_owned() + &number.to_string());
        let iso = IsoDf { id, name: name.map(|name| name.parse().unwrap()) };
        let _ = session.create_iso_application(aid, settings, slots, &iso).unwrap();
        expected.push(DfEntry { aid, iso });
    }
    let plain = Aid::new([0xF0, 0x12, 0x04]);
    let _ = session.create_application(plain, settings, slots).unwrap();
    assert_eq!(session.df_names().unwrap().value, expected);
    let again = Aid::new([0xF0, 0x12, 0x05]);
    let taken = session.create_iso_application(again, settings, slots, &expected[0].iso);
    assert!(matches!(taken, Err(Error::Refused { status: Status::Duplicate, .. })), "{taken:?}");
}

#[test]
fn files_of_an_iso_application_have_identifiers() {
    let mut card = blank();
    let mut session = Session::open(&mut card);
    let aid = Aid::new([0xF0, 0x12, 0x01]);
    let slots = KeySlots { count: 1, key_type: KeyType::Tdes3, iso_file_ids: true };
    let _ = session.create_application(aid, KeySettings::FACTORY, slots).unwrap();
    let mut session = session.select_application(aid).unwrap();
    assert_eq!(session.key_settings().unwrap().value, (KeySettings::FACTORY, slots));
    let free = AccessRights::from_wire([0xEE, 0xEE]);
    for (no, id) in [(2, 0xE104), (1, 0xE103)] {
        let new = NewFile {
            iso_id: IsoFileId::new(id),
            ..NewFile::new(standard(8, CommMode::Plain, free))
        };
        let _ = session.create_file(file_no(no), new).unwrap();
    }
    let ids = session.iso_file_ids().unwrap().value;
    assert_eq!(ids.iter().map(|id| id.get()).collect::<Vec<_>>(), [0xE104, 0xE103]);
    let without = session.create_file(file_no(3), standard(8, CommMode::Plain, free));
    assert!(matches!(without, Err(Error::Refused { status: Status::LengthError, .. })));
}

/// A card whose PICC master key is of the messaging's type.
fn mastered(messaging: Messaging) -> (SoftCard, CardKey) {
    let mut card = blank();
    let key = messaging.key(17, 3);
    let factory = CardKey::factory();
    let opened =
        Session::open(&mut card).authenticate(Opening::Iso, KeyNo::MASTER, &factory, &RND_A);
    let _ = opened.unwrap().change_master_key(&key).unwrap();
    card.reset();
    (card, key)
}

#[test]
fn the_configuration_holds_for_good() {
    for messaging in Messaging::EVERY {
        let (mut card, master) = mastered(messaging);
        let opened = Session::open(&mut card);
        let opened = opened.authenticate(messaging.opening(), KeyNo::MASTER, &master, &RND_A);
        let mut session = opened.unwrap();
        let random = PiccConfiguration { random_uid: true, no_format: false };
        let _ = session.configure_for_good(random).unwrap();
        for kind in [Messaging::Des, Messaging::Tdes2, Messaging::Tdes3, Messaging::Aes] {
            let key = kind.key(33, 0x5A);
            let _ = session.set_default_key(&key).unwrap();
            let aid = Aid::new([0xF1, 0, kind as u8 + 1]);
            let slots = KeySlots { count: 2, key_type: kind.key_type(), iso_file_ids: false };
            let _ = session.create_application(aid, KeySettings::FACTORY, slots).unwrap();
        }
        let ats = Ats::new(&[0x07, 0x75, 0x77, 0x81, 0x02, 0x80, 0x42]).unwrap();
        let _ = session.set_ats(&ats).unwrap();
        let fixed = PiccConfiguration { no_format: true, random_uid: false };
        let _ = session.configure_for_good(fixed).unwrap();
        assert_eq!(session.card_uid().unwrap().value.expose(), &UID);
        let format = session.format_picc();
        assert!(
            matches!(format, Err(Error::Refused { status: Status::PermissionDenied, .. })),
            "{messaging:?}"
        );
        drop(session);
        assert!(matches!(card.uid(), Uid::Real(_)), "{messaging:?}");
        card.reset();
        assert!(matches!(card.uid(), Uid::Random(_)), "{messaging:?}");
        assert_eq!(card.ats(), ats);
        for kind in [Messaging::Des, Messaging::Tdes2, Messaging::Tdes3, Messaging::Aes] {
            let aid = Aid::new([0xF1, 0, kind as u8 + 1]);
            let session = Session::open(&mut card).select_application(aid).unwrap();
            let key = kind.key(33, 0x5A);
            let no = KeyNo::new(1).unwrap();
            let opened = session.authenticate(kind.opening(), no, &key, &RND_A);
            let version = opened.unwrap().key_version(no).unwrap().value;
            assert_eq!(version, KeyVersion(0x5A), "{messaging:?} {kind:?}");
            card.reset();
        }
    }
}
