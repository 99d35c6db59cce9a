// SPDX-License-Identifier: MIT OR Apache-2.0
//! A chip of a fixed layout, made up for these tests: the host enters its application by name and does
//! there what its commands allow.

use cardwright::emulator::{Model, SoftCard};
use cardwright::host::{App, Error, File, Grade, Picc, Public, Secure, Session};
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::wire::{
    Aid, CommMode, FileNo, FixedApplication, Generation, KeyNo, KeyVersion, Opening, Product,
    Silicon, Status,
};

const RND_A: [u8; 16] = *b"a fresh RndA 016";

fn silicon() -> &'static Silicon {
    Generation::Test.silicon()
}

fn application() -> &'static FixedApplication {
    &silicon().layout.fixed()[0]
}

fn card() -> SoftCard {
    SoftCard::new(Model::Test, RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]), 7)
}

fn enter(card: &mut SoftCard) -> Session<'_, App, Public> {
    Session::open(card).select_name(&application().name().unwrap()).unwrap()
}

fn open<'t>(card: &'t mut SoftCard, number: u8, key: &CardKey) -> Session<'t, App, Secure> {
    let number = KeyNo::new(number).unwrap();
    enter(card).authenticate(Opening::Ev2First, number, key, &RND_A).unwrap()
}

fn zero() -> CardKey {
    CardKey::zero(application().key_type)
}

fn file(number: u8) -> File {
    let fixed = application().file(FileNo::new(number).unwrap()).unwrap();
    File::declared(fixed.number, fixed.settings)
}

#[test]
fn the_card_says_which_row_it_is() {
    let mut card = card();
    let version = Session::open(&mut card).version().unwrap().value;
    assert_eq!(Product::of(&version), Some(Product::Test));
    let chip = version.chip().unwrap();
    assert_eq!((chip.generation(), chip.to_string()), (Generation::Test, "test".to_owned()));
    assert_eq!(enter(&mut card).version().unwrap().value, version);
}

#[test]
fn what_the_factory_left_is_what_the_row_has() {
    let mut card = card();
    let mut session = enter(&mut card);
    let numbers: Vec<FileNo> = application().files.iter().map(|file| file.number).collect();
    assert_eq!(session.file_ids().unwrap().value, numbers);
    for fixed in application().files {
        assert_eq!(session.file_settings(fixed.number).unwrap().value.settings, fixed.settings);
    }
    let (settings, slots) = session.key_settings().unwrap().value;
    assert_eq!(settings, application().settings);
    assert_eq!((slots.count, slots.key_type), (application().keys, application().key_type));
    for number in application().key_numbers() {
        assert_eq!(session.key_version(number).unwrap().value, KeyVersion(0));
        drop(open(&mut card, u8::from(number), &zero()));
        session = enter(&mut card);
    }
}

#[test]
fn keys_and_contents_become_the_issuers() {
    let mut card = card();
    let key = |byte| CardKey::aes(&[byte; 16], KeyVersion(byte));
    let mut session = open(&mut card, 0, &zero());
    for number in [1, 2] {
        let changed = session.change_key(KeyNo::new(number).unwrap(), &key(number), &zero());
        assert_eq!(changed.unwrap().grade, Grade::Sealed);
    }
    let rights = file(1).settings().rights;
    let _ = session.change_file_settings(&file(1), CommMode::Mac, rights).unwrap();
    drop(session.change_own_key(&key(3)).unwrap());

    let mut session = open(&mut card, 2, &key(2));
    let written = session.transaction().write(&file(2), 0, &[0xA5; 48]).unwrap();
    assert_eq!(written.grade, Grade::Sealed);
    drop(session);
    card.reset();
    let read = open(&mut card, 1, &key(1)).read_data(&file(2), 0, 48).unwrap();
    assert_eq!((&read.value.expose_secret()[..], read.grade), (&[0xA5; 48][..], Grade::Sealed));
    let report = enter(&mut card).file_settings(file(1).no()).unwrap();
    assert_eq!(report.value.settings.mode, CommMode::Mac);
    let old = enter(&mut card).authenticate(Opening::Ev2First, KeyNo::MASTER, &zero(), &RND_A);
    assert!(old.is_err());
    drop(open(&mut card, 0, &key(3)));
}

#[test]
fn there_is_no_level_above_and_no_other_way_in() {
    let refused = |error: Error| match error {
        Error::Refused { status, .. } => status,
        other => panic!("{other:?}"),
    };
    let mut card = card();
    let picc: Session<'_, Picc, Public> = Session::open(&mut card);
    let native = picc.select_application(Aid::new([0x7E, 0x57, 0x01])).unwrap_err();
    assert_eq!(refused(native.error), Status::IllegalCommand);
    for (opening, status) in
        [(Opening::Aes, Status::IllegalCommand), (Opening::Ev2First, Status::PermissionDenied)]
    {
        let picc = Session::open(&mut card);
        let opened = picc.authenticate(opening, KeyNo::MASTER, &zero(), &RND_A).unwrap_err();
        assert_eq!(refused(opened.error), status, "{opening:?}");
    }
    let in_it = enter(&mut card).authenticate(Opening::Aes, KeyNo::MASTER, &zero(), &RND_A);
    assert_eq!(refused(in_it.unwrap_err().error), Status::IllegalCommand);
    assert_eq!(
        refused(Session::open(&mut card).free_memory().unwrap_err()),
        Status::IllegalCommand
    );
}
