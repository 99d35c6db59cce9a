// SPDX-License-Identifier: MIT OR Apache-2.0
//! NTAG 424 DNA from the factory to the phone: personalised by hand, read without a key, and checked by
//! whoever has the keys.

use aes::cipher::{Array, BlockCipherDecrypt, KeyInit};
use cardwright::emulator::{Model, SoftCard};
use cardwright::host::{
    App, Error, FailureLimit, File, Grade, Public, SdmCipher, SdmSettings, Secure, Session,
    TagConfiguration,
};
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::wire::{
    Access, AccessRights, CommMode, FileNo, FileSettings, Generation, KeyNo, KeyVersion, Opening,
    Sdm, SdmFile, SdmMeta, Status, TtState,
};
use cmac::{Cmac, Mac};

const UID: [u8; 7] = [0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40];
const RND_A: [u8; 16] = *b"a fresh RndA 016";
/// The key of PICC data and that of the file, which is of the MAC.
const META: [u8; 16] = *b"meta read key 02";
const FILE: [u8; 16] = *b"file read key 03";
const MASTER: [u8; 16] = *b"master key no. 0";

/// What a phone opens: PICC data from 24 on, and the MAC from 64 on of nothing (AN12196, 3.4).
const TEXT: &str = "example.com/t?p=00000000000000000000000000000000&m=0000000000000000";

/// The message: a short record of type U, `https://` (04) in front.
fn message() -> Vec<u8> {
    let length = u8::try_from(TEXT.len() + 1).unwrap();
    [&[0xD1, 0x01, length, b'U', 0x04][..], TEXT.as_bytes()].concat()
}

/// Where a part of the text stands in the file: behind the length of the message and the head of its record.
fn place(part: &str) -> u32 {
    u32::try_from(2 + 5 + TEXT.find(part).unwrap() + part.len()).unwrap()
}

fn key_no(number: u8) -> KeyNo {
    KeyNo::new(number).unwrap()
}

fn card(model: Model) -> SoftCard {
    SoftCard::new(model, RealUid::new(UID), 7)
}

fn enter(card: &mut SoftCard) -> Session<'_, App, Public> {
    Session::open(card).select_name(&"D2760000850101".parse().unwrap()).unwrap()
}

fn open<'t>(card: &'t mut SoftCard, number: u8, key: &CardKey) -> Session<'t, App, Secure> {
    enter(card).authenticate(Opening::Ev2First, key_no(number), key, &RND_A).unwrap()
}

fn aes(bytes: &[u8; 16]) -> CardKey {
    CardKey::aes(bytes, KeyVersion(0x42))
}

/// A file as it comes from the factory.
fn file(number: u8) -> File {
    let application = &Generation::Ntag424.silicon().layout.fixed()[0];
    let fixed = application.file(FileNo::new(number).unwrap()).unwrap();
    File::declared(fixed.number, fixed.settings).in_one_apdu()
}

/// UID and counter enciphered under key 2, a MAC under key 3, and nobody writes but key 0.
fn settings(limit: Option<u32>) -> FileSettings {
    let own = Access::Key(KeyNo::MASTER);
    let meta = SdmMeta::Enciphered { key: key_no(2), uid: true, counter: true, at: place("?p=") };
    let mac = place("&m=");
    let mac = SdmFile { key: key_no(3), from: mac, mac, enciphered: None };
    FileSettings {
        rights: AccessRights { read: Access::Free, write: own, read_write: own, change: own },
        sdm: Some(Sdm { meta, file: Some(mac), tamper: None, limit, counter: Access::Free }),
        ..*file(2).settings()
    }
}

/// Message, keys 2, 3 and 0, and secure dynamic messaging; the file as it is then.
fn personalise(card: &mut SoftCard, limit: Option<u32>) -> File {
    let zero = CardKey::zero_aes();
    let mut session = open(card, 0, &zero);
    let (before, no) = (file(2), file(2).no());
    let message = message();
    let length = u16::try_from(message.len()).unwrap().to_be_bytes();
    let mut transaction = session.transaction();
    let _ = transaction.write(&before, 0, &[&length[..], &message].concat()).unwrap();
    let _ = transaction.commit().unwrap();
    let new = SdmSettings::check(settings(limit), 5, SdmCipher::Aes).unwrap();
    assert_eq!(session.set_dynamic_messaging(&before, &new).unwrap().grade, Grade::Sealed);
    for (number, key) in [(2, META), (3, FILE)] {
        assert!(session.change_key(key_no(number), &aes(&key), &zero).is_ok());
    }
    let told = session.file_settings(no).unwrap();
    assert_eq!((told.value.settings, told.grade), (settings(limit), Grade::Sealed));
    drop(session.change_own_key(&aes(&MASTER)).unwrap());
    File::declared(no, settings(limit)).in_one_apdu()
}

/// What a phone finds: PICC data and MAC.
fn tapped(card: &mut SoftCard) -> Result<(String, String), Error> {
    let message = enter(card).ndef_message()?.value;
    let text = core::str::from_utf8(&message.expose_secret()[5..]).unwrap();
    let (text, mac) = text.split_once("&m=").unwrap();
    let (head, picc_data) = text.split_once("?p=").unwrap();
    assert_eq!(head, "example.com/t");
    Ok((picc_data.to_owned(), mac.to_owned()))
}

/// What a server makes of it (AN12196, 3.4.2 and 3.4.4): the counter, where UID and MAC are right.
fn verified(picc_data: &str, mac: &str) -> Option<u32> {
    let mut block: Array<u8, _> =
        <[u8; 16]>::try_from(hex::decode(picc_data).unwrap()).unwrap().into();
    aes::Aes128::new(&META.into()).decrypt_block(&mut block);
    let [0xC7, uid @ .., _, _, _, _, _, _, _, _] = <[u8; 16]>::from(block) else { return None };
    let counter = [block[8], block[9], block[10]];
    let cmac = |key: &[u8; 16], message: &[u8]| -> [u8; 16] {
        let mut mac = Cmac::<aes::Aes128>::new(key.into());
        mac.update(message);
        mac.finalize().into_bytes().into()
    };
    let vector = [&[0x3C, 0xC3, 0x00, 0x01, 0x00, 0x80][..], &uid, &counter].concat();
    let whole = cmac(&cmac(&FILE, &vector), &[]);
    let sent: Vec<u8> = whole.iter().copied().skip(1).step_by(2).collect();
    let [low, middle, high] = counter;
    (uid == UID && hex::encode_upper(sent) == mac)
        .then(|| u32::from_le_bytes([low, middle, high, 0]))
}

#[test]
fn a_tag_is_personalised_by_hand_and_read_by_phones() {
    let mut card = card(Model::Ntag424);
    let file = personalise(&mut card, None);
    let mut seen = Vec::new();
    for counter in 1..=3 {
        let (picc_data, mac) = tapped(&mut card).unwrap();
        assert_eq!(verified(&picc_data, &mac), Some(counter));
        seen.push(picc_data);
    }
    seen.dedup();
    assert_eq!(seen.len(), 3);
    // The old keys are gone, and a session reads what was written, which counts for nothing.
    let refused = enter(&mut card)
        .authenticate(Opening::Ev2First, KeyNo::MASTER, &CardKey::zero_aes(), &RND_A)
        .unwrap_err();
    let Error::Refused { status: Status::AuthenticationError, .. } = refused.error else {
        panic!("{}", refused.error)
    };
    let mut session = open(&mut card, 0, &aes(&MASTER));
    let written = session.read_data(&file, 2, u32::try_from(message().len()).unwrap()).unwrap();
    assert_eq!(*written.value.expose_secret(), message());
    let counted = session.file_counters(file.no()).unwrap();
    assert_eq!(counted.value, 3);
    assert_eq!(session.key_version(key_no(2)).unwrap().value, KeyVersion(0x42));
    assert_eq!(&session.card_uid().unwrap().value.expose()[..], UID);
}

/// The application selected by its identifier, and files by theirs, as some readers do.
#[test]
fn a_tag_is_read_by_its_identifiers() {
    let mut card = card(Model::Ntag424);
    let _ = personalise(&mut card, None);
    let mut session = Session::open(&mut card).select_identifier("E110".parse().unwrap()).unwrap();
    let _ = session.select_file("E103".parse().unwrap()).unwrap();
    let container = session.read_binary(0, 32).unwrap().value;
    assert_eq!(container.expose_secret()[..5], [0x00, 0x17, 0x20, 0x01, 0x00]);
    let _ = session.select_file("E104".parse().unwrap()).unwrap();
    let length = session.read_binary(0, 2).unwrap().value;
    assert_eq!(usize::from(length.expose_secret()[1]), message().len());
    let message = session.ndef_message().unwrap();
    assert_eq!(message.grade, Grade::Said);
}

#[test]
fn a_limit_ends_the_reading_and_says_why() {
    let mut card = card(Model::Ntag424);
    let file = personalise(&mut card, Some(2));
    for counter in [1, 2] {
        let (picc_data, mac) = tapped(&mut card).unwrap();
        assert_eq!(verified(&picc_data, &mac), Some(counter));
    }
    assert!(matches!(tapped(&mut card), Err(Error::IsoRefused { .. })));
    let refused = enter(&mut card).read_data(&file, 0, 16).unwrap_err().to_string();
    assert!(refused.ends_with("GetFileCounters tells)"), "{refused}");
    // Settings anew, and reading begins again.
    let mut session = open(&mut card, 0, &aes(&MASTER));
    let again = SdmSettings::check(settings(None), 5, SdmCipher::Aes).unwrap();
    assert!(session.set_dynamic_messaging(&file, &again).is_ok());
    drop(session);
    let (picc_data, mac) = tapped(&mut card).unwrap();
    assert_eq!(verified(&picc_data, &mac), Some(1));
}

/// Every length around what one APDU carries, in each mode, written and read back.
#[test]
fn files_go_in_as_many_apdus_as_they_take() {
    for mode in [CommMode::Plain, CommMode::Mac, CommMode::Full] {
        let mut card = card(Model::Ntag424);
        let mut session = open(&mut card, 0, &CardKey::zero_aes());
        let own = Access::Key(KeyNo::MASTER);
        let rights = AccessRights { read: own, write: own, read_write: own, change: own };
        assert!(session.change_file_settings(&file(2), mode, rights).is_ok());
        let settings = FileSettings { mode, rights, ..*file(2).settings() };
        let file = File::declared(file(2).no(), settings).in_one_apdu();
        for (offset, length) in
            [(0, 256), (0, 249), (7, 248), (15, 241), (16, 240), (1, 239), (3, 1)]
        {
            let byte = |at: u32| u8::try_from((at * 7 + offset) % 251).unwrap();
            let data: Vec<u8> = (0..length).map(byte).collect();
            let mut transaction = session.transaction();
            assert!(transaction.write(&file, offset, &data).is_ok(), "{mode:?} {offset} {length}");
            assert!(transaction.commit().is_ok());
            let read = session.read_data(&file, offset, length).unwrap();
            assert_eq!(*read.value.expose_secret(), data, "{mode:?} {offset} {length}");
            let rest = session.read_data(&file, offset, 0).unwrap();
            assert_eq!(rest.value.expose_secret()[..data.len()], data);
            assert_eq!(rest.value.expose_secret().len(), 256 - offset as usize);
        }
    }
}

#[test]
fn a_tag_is_configured_by_key_0_alone() {
    let mut card = card(Model::Ntag424);
    let zero = CardKey::zero_aes();
    let mut session = open(&mut card, 0, &zero);
    for set in [
        TagConfiguration::FailureLimit(FailureLimit::FACTORY),
        TagConfiguration::StrongBackModulation(true),
        TagConfiguration::NoChainedWrites(true),
        TagConfiguration::RandomUid,
    ] {
        assert_eq!(session.configure_tag(set).unwrap().grade, Grade::Sealed, "{set:?}");
    }
    assert_eq!(&session.card_uid().unwrap().value.expose()[..], UID);
    drop(session);
    let mut session = open(&mut card, 1, &zero);
    let refused = session.configure_tag(TagConfiguration::RandomUid).unwrap_err();
    assert!(
        matches!(refused, Error::Refused { status: Status::AuthenticationError, .. }),
        "{refused}"
    );
}

/// The seal is looked at only once that is switched on, and told to whom the setting says.
#[test]
fn a_tag_tells_of_its_seal() {
    let mut card = card(Model::Ntag424Tt);
    let told = enter(&mut card).tt_status().unwrap().value;
    assert_eq!([told.permanent, told.current], [TtState::Invalid; 2]);
    let mut session = open(&mut card, 0, &CardKey::zero_aes());
    let own = Access::Key(KeyNo::MASTER);
    assert!(session.configure_tag(TagConfiguration::TagTamper(own)).is_ok());
    let told = session.tt_status().unwrap();
    assert_eq!((told.value.current, told.grade), (TtState::Closed, Grade::Sealed));
    drop(session);
    let refused = enter(&mut card).tt_status().unwrap_err();
    assert!(
        matches!(refused, Error::Refused { status: Status::AuthenticationError, .. }),
        "{refused}"
    );
}
