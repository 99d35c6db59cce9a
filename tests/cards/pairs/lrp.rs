// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tags in LRP mode: the switch, and everything that a host says to one afterwards.

use cardwright::emulator::{Model, SoftCard};
use cardwright::host::{
    App, Error, FailureLimit, File, Grade, Public, SdmCipher, SdmSettings, Secure, Session,
    TagConfiguration,
};
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::transport::{ReplyBuf, Transport};
use cardwright::wire::{
    Access, AccessRights, CommMode, FileKind, FileSettings, FileSize, KeyNo, KeyVersion, Opening,
    Sdm, SdmFile, SdmMeta, Status,
};

use crate::pairs::support::{MODES, RND_A, UID, by_key, file_no, key_no, pattern};

fn tag() -> SoftCard {
    SoftCard::new(Model::Ntag424, RealUid::new(UID), 7)
}

fn entered(card: &mut SoftCard) -> Session<'_, App, Public> {
    Session::open(card).select_name(&"D2760000850101".parse().unwrap()).unwrap()
}

fn opened<'a>(card: &'a mut SoftCard, no: KeyNo, key: &CardKey) -> Session<'a, App, Secure> {
    entered(card).authenticate_lrp(no, key, &RND_A).unwrap()
}

/// A tag that was switched by its host.
fn switched() -> SoftCard {
    let mut card = tag();
    let session = entered(&mut card);
    let zero = CardKey::zero_aes();
    let session = session.authenticate(Opening::Ev2First, KeyNo::MASTER, &zero, &RND_A);
    let _public = session.unwrap().switch_to_lrp_for_good().unwrap();
    card.reset();
    card
}

fn file(no: u8, size: u32, mode: CommMode, rights: AccessRights) -> File {
    let kind = FileKind::Standard { size: FileSize::new(size).unwrap() };
    let settings = FileSettings::new(kind, mode, rights);
    File::declared(file_no(no), settings).in_one_apdu()
}

fn key(seed: u8) -> CardKey {
    CardKey::aes(&core::array::from_fn(|at| seed ^ u8::try_from(at * 7).unwrap()), KeyVersion(seed))
}

fn status<T>(outcome: Result<T, Error>) -> Status {
    match outcome.map(drop).unwrap_err() {
        Error::Refused { status, .. } => status,
        other => panic!("{other:?}"),
    }
}

/// Whoever wants AES is refused by the one, and gets no LRP of the other.
#[test]
fn a_tag_talks_in_one_cipher_for_good() {
    let zero = CardKey::zero_aes();
    let mut card = tag();
    let failed = entered(&mut card).authenticate_lrp(KeyNo::MASTER, &zero, &RND_A).unwrap_err();
    assert!(!matches!(failed.error, Error::Refused { .. }), "{:?}", failed.error);
    let mut card = switched();
    let failed = entered(&mut card).authenticate(Opening::Ev2First, KeyNo::MASTER, &zero, &RND_A);
    assert_eq!(status(failed.map_err(|failed| failed.error)), Status::PermissionDenied);
    let mut session = opened(&mut card, KeyNo::MASTER, &zero);
    assert_eq!(session.card_uid().unwrap().value, RealUid::new(UID));
    card.reset();
    let mut card = SoftCard::restore(&card.save(), 9).unwrap();
    let session = opened(&mut card, key_no(4), &zero);
    let wrong = session.authenticate_next(KeyNo::MASTER, &key(1), &RND_A).unwrap_err();
    assert_eq!(status::<()>(Err(wrong.error)), Status::AuthenticationError);
}

/// All modes, lengths about a block, and the next key in the same transaction.
#[test]
fn contents_go_both_ways_in_every_mode() {
    let zero = CardKey::zero_aes();
    let rights = AccessRights {
        read: by_key(2),
        write: by_key(3),
        read_write: by_key(3),
        change: by_key(0),
    };
    for mode in MODES {
        let mut card = switched();
        let (factory, now) = (file(3, 128, CommMode::Full, rights), file(3, 128, mode, rights));
        let mut session = opened(&mut card, KeyNo::MASTER, &zero);
        let answer = session.change_file_settings(&factory, mode, rights).unwrap();
        assert_eq!(answer.grade, Grade::Sealed);
        let told = session.file_settings(file_no(3)).unwrap().value.settings;
        assert_eq!((told.mode, told.rights), (mode, rights));
        for length in [1_usize, 15, 16, 17, 47, 48, 100, 128] {
            let contents = pattern(length, length);
            session = session.authenticate_next(key_no(3), &zero, &RND_A).unwrap();
            let mut transaction = session.transaction();
            let _ = transaction.write(&now, 0, &contents).unwrap();
            let _ = transaction.commit().unwrap();
            let read = session.read_data(&now, 0, u32::try_from(length).unwrap()).unwrap();
            assert_eq!(read.value.expose_secret(), &contents, "{mode:?} {length}");
            session = session.authenticate_next(key_no(2), &zero, &RND_A).unwrap();
            let read = session.read_data(&now, 0, 0).unwrap();
            assert_eq!(read.value.expose_secret()[..length], contents, "{mode:?} {length}");
            let graded = match mode {
                CommMode::Plain => Grade::Said,
                CommMode::Mac | CommMode::Full => Grade::Sealed,
            };
            assert_eq!(read.grade, graded, "{mode:?}");
        }
    }
}

#[test]
fn keys_are_changed_and_used_and_kept() {
    let zero = CardKey::zero_aes();
    let mut card = switched();
    let mut session = opened(&mut card, KeyNo::MASTER, &zero);
    for no in 1..5 {
        let _ = session.change_key(key_no(no), &key(no), &zero).unwrap();
    }
    // A key that is not zero becomes another.
    let _ = session.change_key(key_no(1), &key(9), &key(1)).unwrap();
    let wrong = session.change_key(key_no(1), &key(8), &key(7));
    assert_eq!(status(wrong), Status::IntegrityError);
    card.reset();
    let session = opened(&mut card, KeyNo::MASTER, &zero).change_own_key(&key(0)).unwrap();
    let mut session = session.authenticate_lrp(KeyNo::MASTER, &key(0), &RND_A).unwrap();
    for (no, seed) in [(0, 0), (1, 9), (2, 2), (3, 3), (4, 4)] {
        assert_eq!(session.key_version(key_no(no)).unwrap().value, KeyVersion(seed));
        session = session.authenticate_next(key_no(no), &key(seed), &RND_A).unwrap();
        assert_eq!(session.card_uid().unwrap().value, RealUid::new(UID));
    }
    card.reset();
    let failed = entered(&mut card).authenticate_lrp(key_no(1), &key(1), &RND_A).unwrap_err();
    assert_eq!(status::<()>(Err(failed.error)), Status::AuthenticationError);
}

/// PICC data of 48 characters, held by settings that the host checks for a tag in LRP, and gone where the tag
/// is switched.
#[test]
fn a_switched_tag_takes_settings_for_longer_data() {
    let zero = CardKey::zero_aes();
    let free = AccessRights {
        read: Access::Free,
        write: Access::Free,
        read_write: Access::Free,
        change: by_key(0),
    };
    let kind = FileKind::Standard { size: FileSize::new(256).unwrap() };
    let ndef = file(2, 256, CommMode::Plain, free);
    let with = |cipher, at_mac| {
        let meta = SdmMeta::Enciphered { key: key_no(3), uid: true, counter: true, at: 4 };
        let hidden = SdmFile { key: key_no(4), from: 4, mac: at_mac, enciphered: None };
        let sdm = Sdm { meta, file: Some(hidden), tamper: None, limit: None, counter: by_key(1) };
        let settings =
            FileSettings { sdm: Some(sdm), ..FileSettings::new(kind, CommMode::Plain, free) };
        (SdmSettings::check(settings, 5, cipher), sdm)
    };
    let mut card = tag();
    let opening = Opening::Ev2First;
    let mut session =
        entered(&mut card).authenticate(opening, KeyNo::MASTER, &zero, &RND_A).unwrap();
    let (short, sdm) = with(SdmCipher::Aes, 4 + 32);
    let _ = session.set_dynamic_messaging(&ndef, &short.unwrap()).unwrap();
    assert_eq!(session.file_settings(file_no(2)).unwrap().value.settings.sdm, Some(sdm));
    let mut public = session.switch_to_lrp_for_good().unwrap();
    assert_eq!(public.file_settings(file_no(2)).unwrap().value.settings.sdm, None);

    let mut session = public.authenticate_lrp(KeyNo::MASTER, &zero, &RND_A).unwrap();
    assert!(with(SdmCipher::Lrp, 4 + 32).0.is_err());
    let (long, sdm) = with(SdmCipher::Lrp, 4 + 48);
    let _ = session.set_dynamic_messaging(&ndef, &long.unwrap()).unwrap();
    assert_eq!(session.file_settings(file_no(2)).unwrap().value.settings.sdm, Some(sdm));
    card.reset();
    let mut reply = ReplyBuf::new();
    for apdu in ["00A4040C07D2760000850101", "00A4020C02E104", "00B0000044"] {
        card.exchange(&hex::decode(apdu).unwrap(), &mut reply).unwrap();
        assert!(reply.ends_with(&[0x90, 0x00]), "{apdu}");
    }
    assert!(reply[4..68].iter().all(u8::is_ascii_hexdigit) && reply[4..68] != [b'0'; 64]);
    let mut session = opened(&mut card, key_no(1), &zero);
    assert_eq!(session.file_counters(file_no(2)).unwrap().value, 1);
}

/// The tag's own limit of failures, until the key is changed.
#[test]
fn a_key_that_failed_too_often_is_blocked_until_it_is_changed() {
    let zero = CardKey::zero_aes();
    let mut card = switched();
    let mut session = opened(&mut card, KeyNo::MASTER, &zero);
    let limit = FailureLimit { counted: true, limit: 3, forgiven: 1 };
    let _ = session.configure_tag(TagConfiguration::FailureLimit(limit)).unwrap();
    let mut tries = |key: &CardKey, expected: Status| {
        card.reset();
        let failed = entered(&mut card).authenticate_lrp(key_no(1), key, &RND_A).unwrap_err();
        assert_eq!(status::<()>(Err(failed.error)), expected);
    };
    for _ in 0..3 {
        tries(&key(1), Status::AuthenticationError);
    }
    tries(&zero, Status::PermissionDenied);
    card.reset();
    let mut session = opened(&mut card, KeyNo::MASTER, &zero);
    let _ = session.change_key(key_no(1), &key(1), &zero).unwrap();
    card.reset();
    assert_eq!(opened(&mut card, key_no(1), &key(1)).card_uid().unwrap().value, RealUid::new(UID));
}
