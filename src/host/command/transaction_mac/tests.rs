// SPDX-License-Identifier: MIT OR Apache-2.0
//! The published creation of a transaction MAC file, and what its settings say and become.

use super::*;
use crate::host::channel::{Channel, Ev2};
use crate::host::session::Public;
use crate::host::testing::{Script, hex, text, vectors};
use crate::host::tests::secure;
use crate::wire::{KeyNo, KeyVersion};

fn no(number: u8) -> FileNo {
    FileNo::new(number).unwrap()
}

fn key(number: u8) -> Access {
    Access::Key(KeyNo::new(number).unwrap())
}

/// As a DESFire Light has its own from the factory.
fn factory() -> TransactionMacSettings {
    let (mode, reader) = (CommMode::Plain, key(1));
    TransactionMacSettings { mode, read: key(1), reader, change: key(0), sessions_only: false }
}

/// The answer to it is not published: this one has no MAC, so that nothing comes of it.
#[test]
fn a_transaction_mac_file_is_created_as_published() {
    let [entry] = &vectors("ev2", "name", "an12343-p83-create-tmac-file")[..] else {
        panic!("one")
    };
    let (inputs, sent) = (&entry["inputs"], text(&entry["expected"]["apdu_data"]));
    let (enc, mac) = (text(&inputs["ses_auth_enc_key"]), text(&inputs["ses_auth_mac_key"]));
    let channel = Channel::Ev2(Ev2::recorded(enc, mac, text(&inputs["ti"]), 1));
    let mut script = Script::new([(format!("90CE0000{:02X}{sent}00", sent.len() / 2), "9100")]);
    let mut session = secure::<App>(&mut script, 0, channel);
    let bytes = hex::decode("F7D23E0C44AFADE542BFDF2DC5C6AE02").unwrap().try_into().unwrap();
    let card_key = CardKey::aes(&bytes, KeyVersion(0));
    let answer = session.create_transaction_mac_file(no(0x0F), &factory(), &card_key);
    assert!(
        matches!(
            answer,
            Err(Error::Misbehaved { how: Misbehaviour::Length { found: 0 }, .. }
                | Error::Misbehaved { how: Misbehaviour::Mac, .. })
        ),
        "{answer:?}"
    );
    script.assert_used_up();
}

#[test]
fn only_an_aes_key_makes_such_macs_and_none_shows() {
    let mut script = Script::default();
    let channel = Channel::Ev2(Ev2::recorded(&"A1".repeat(16), &"A2".repeat(16), "085BC941", 2));
    let mut session = secure::<App>(&mut script, 0, channel);
    let refused = session.create_transaction_mac_file(no(1), &factory(), &CardKey::factory());
    assert_eq!(refused.unwrap_err(), Misuse::KeyType.into());
    // What answers is software.
    let live = CardKey::aes(&[0xD7; 16], KeyVersion(3)).for_purpose(Purpose::Live);
    let refused = session.create_transaction_mac_file(no(1), &factory(), &live);
    assert_eq!(refused.unwrap_err(), Misuse::LiveKey.into());
    let command = CreateTransactionMacFile::new(no(1), &factory(), &live).unwrap();
    assert_eq!(hex(command.key.expose_secret()), "D7".repeat(16) + "03");
    assert!(!format!("{command:?} {:?}", command.data()).contains("D7"));
}

#[test]
fn settings_are_read_as_they_are_written() {
    for (told, expected) in [
        ("05 00 101F 02 00", factory()),
        (
            "05 33 2EFF 02 07 04030201",
            TransactionMacSettings {
                mode: CommMode::Full,
                read: Access::Never,
                reader: key(2),
                change: Access::Free,
                sessions_only: true,
            },
        ),
        (
            "05 11 E3EF 02 07",
            TransactionMacSettings {
                mode: CommMode::Mac,
                read: Access::Free,
                reader: Access::Free,
                change: key(3),
                sessions_only: true,
            },
        ),
    ] {
        let bytes = hex::decode(told.replace(' ', "")).unwrap();
        let settings = TransactionMacSettings::of(&FileDetails::decode(&bytes).unwrap()).unwrap();
        assert_eq!(settings, expected);
        let command = CreateTransactionMacFile::new(no(0x0F), &settings, &CardKey::zero_aes());
        // Without the limit, which creation does not have.
        let header = [&[0x0F, bytes[1] & 0x1F], &bytes[2..5]].concat();
        assert_eq!(hex(&command.unwrap().header), hex(&header));
    }
    let other = FileDetails::decode(&hex::decode("0000301F000100").unwrap()).unwrap();
    assert_eq!(TransactionMacSettings::of(&other), None);
}

/// Counter and MAC are read by the read right alone, in clear here.
#[test]
fn counter_and_mac_are_read_from_the_file() {
    let settings = TransactionMacSettings { read: Access::Free, ..factory() };
    let mut script = Script::new([
        ("00A4040C 02 DF01", "9000"),
        ("90AD000007 0F 000000 000000 00", "04030201 94A3205E41588BA9 9100"),
    ]);
    let session = Session::open(&mut script);
    let mut session: Session<'_, _, Public> =
        session.select_name(&"DF01".parse().unwrap()).unwrap();
    let file = settings.file(no(0x0F)).in_one_apdu();
    let read = session.read_data(&file, 0, 0).unwrap().value;
    let told = TransactionMac::decode(read.expose_secret()).unwrap();
    assert_eq!((told.counter.0, &*hex(&told.value)), (0x0102_0304, "94A3205E41588BA9"));
    // The reader's right is none to read.
    let file = TransactionMacSettings { read: key(3), ..factory() }.file(no(0x0F));
    assert_eq!(file.read_mode(KeyNo::new(1)), Err(Misuse::NoRight));
    assert_eq!(file.read_mode(KeyNo::new(3)), Ok(CommMode::Plain));
    script.assert_used_up();
}

/// The limit has four bytes in AES and without a session, two in LRP.
#[test]
fn settings_and_a_limit_are_changed() {
    let free = TransactionMacSettings { change: Access::Free, ..factory() };
    let new = TransactionMacSettings { sessions_only: true, mode: CommMode::Mac, ..factory() };
    let mut script = Script::new([
        ("00A4040C 02 DF01", "9000"),
        ("905F000004 0F 11 101F 00", "9100"),
        ("905F000008 0F 31 101F 04030201 00", "9100"),
    ]);
    let session = Session::open(&mut script);
    let mut session: Session<'_, _, Public> =
        session.select_name(&"DF01".parse().unwrap()).unwrap();
    for limit in [None, Some(0x0102_0304)] {
        assert!(session.change_transaction_mac_file(no(0x0F), &free, &new, limit).is_ok());
    }
    let refused = session.change_transaction_mac_file(no(0x0F), &factory(), &new, None);
    assert_eq!(refused.unwrap_err(), Misuse::NoRight.into());
    script.assert_used_up();

    let free_in_lrp = |limit, sent: &str| {
        let mut script = Script::new([(sent, "9100")]);
        let channel = Channel::Ev2(Ev2::recorded_lrp(&"A1".repeat(16), "085BC941", 2, 3));
        let mut session = secure::<App>(&mut script, 0, channel);
        session.change_transaction_mac_file(no(0x0F), &free, &new, Some(limit)).map(drop)
    };
    assert!(free_in_lrp(0x0102, "905F000006 0F 31 101F 0201 00").is_ok());
    assert_eq!(free_in_lrp(0x0001_0000, ""), Err(Misuse::TransactionLimit.into()));
}
