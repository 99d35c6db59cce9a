// SPDX-License-Identifier: MIT OR Apache-2.0
//! Further sets of access rights: how they are set, read and used. Bytes by hand under the session keys of this
//! folder.

use super::*;
use crate::host::{Error, Grade, Misuse, SdmCipher, SdmSettings};
use crate::wire::{FurtherRights, Ins, Sdm, SdmFile, SdmMeta, Status};

const DONE: &str = "DEB4995F09747EDD 9100";

/// File 5, which key 1 reads, key 3 reads and writes, and key 0 changes.
fn before() -> File {
    let kind = FileKind::Standard { size: FileSize::new(0x100).unwrap() };
    let rights = AccessRights::from_wire([0x30, 0x1F]);
    let settings = FileSettings::new(kind, CommMode::Full, rights);
    File::declared(FileNo::new(5).unwrap(), settings)
}

/// Key 2 reads; key 4 reads and writes, key 5 writes, everybody reads.
fn sets() -> FurtherRights {
    FurtherRights::new(&[[0xFF, 0x2F], [0x4F, 0xE5]].map(AccessRights::from_wire)).unwrap()
}

fn change(script: &mut Script, further: FurtherRights) -> Result<Grade, Error> {
    let rights = before().settings().rights;
    let mut session = secure::<App>(script, 0, ev2());
    let changed = session.change_further_rights(&before(), CommMode::Mac, rights, further);
    changed.map(|answer| answer.grade)
}

#[test]
fn further_sets_stand_behind_the_first_and_go_where_none_is_named() {
    let with = "905F000019 05 B0DE89AC6C8956300638AE474AC69308 701FB7E5E682AE9D 00";
    let without = "905F000019 05 A6FD960014B6B4A2539FD394EDFF4FDE 614FEA8D933CE623 00";
    for (further, command) in [(sets(), with), (FurtherRights::NONE, without)] {
        let mut script = Script::new([(command, DONE)]);
        assert_eq!(change(&mut script, further), Ok(Grade::Sealed));
        script.assert_used_up();
    }
    let mut script = Script::new([(with, "919E")]);
    let (command, status) = (Ins::ChangeFileSettings, Status::ParameterError);
    assert_eq!(change(&mut script, sets()), Err(Error::Refused { command, status }));
}

/// Without a key, in clear, where everybody may change.
#[test]
fn everybody_changes_in_clear() {
    let free = AccessRights::from_wire([0x3E, 0x1F]);
    let settings = FileSettings { rights: free, ..*before().settings() };
    let file = File::declared(FileNo::new(5).unwrap(), settings);
    let mut script = Script::new([("905F000009 05 83 3E1F 02 FF2F 4FE5 00", "9100")]);
    let mut session = public(&mut script);
    assert!(session.change_further_rights(&file, CommMode::Full, free, sets()).is_ok());
    script.assert_used_up();
}

/// The block of NXP AN12196, table 18, behind one further set.
#[test]
fn secure_dynamic_messaging_stands_behind_the_further_sets() {
    let command = "905F000029 05 D0885084F95A8E86A6DD4C0C171B59E5 \
                   A9A69E88CB9057E300530923C94D5E67 52036907BDA7B044 00";
    let key = |number| KeyNo::new(number).unwrap();
    let meta = SdmMeta::Enciphered { key: key(2), uid: true, counter: true, at: 0x20 };
    let mac = SdmFile { key: key(1), from: 0x43, mac: 0x43, enciphered: None };
    let counter = Access::Key(key(1));
    let sdm = Some(Sdm { meta, file: Some(mac), tamper: None, limit: None, counter });
    let further = FurtherRights::new(&[AccessRights::from_wire([0xFF, 0x3F])]).unwrap();
    let (mode, rights) = (CommMode::Plain, AccessRights::from_wire([0x00, 0xE0]));
    let settings = FileSettings { mode, rights, further, sdm, ..*before().settings() };
    let new = SdmSettings::check(settings, 14, SdmCipher::Aes).unwrap();
    let mut script = Script::new([(command, DONE)]);
    let mut session = secure::<App>(&mut script, 0, ev2());
    assert!(session.set_dynamic_messaging(&before(), &new).is_ok());
    script.assert_used_up();
}

#[test]
fn the_card_tells_its_sets_and_they_decide_how_data_travel() {
    let ask = "90F5000009 05 B95F9B5B8EED81F5 00";
    let told = "0083301F20000002FF2F4FE5 7639DB21152561CE 9100";
    let mut script = Script::new([(ask, told)]);
    let mut session = secure::<App>(&mut script, 0, ev2());
    let settings = session.file_settings(FileNo::new(5).unwrap()).unwrap().value.settings;
    assert_eq!(settings.further, sets());
    drop(session);
    // Everybody reads through the second set, so in clear; nobody but a key writes.
    let mut script = Script::new([("90BD000007 05 000000 020000 00", "0102 9100")]);
    let mut session = secure::<App>(&mut script, 0, ev2());
    let file = File::declared(FileNo::new(5).unwrap(), settings);
    let read = session.read_data(&file, 0, 2).unwrap();
    assert_eq!((&*read.value.expose_secret().clone(), read.grade), (&[1, 2][..], Grade::Said));
    let refused = session.transaction().write(&file, 0, &[7]).unwrap_err();
    assert_eq!(refused, Misuse::NoRight.into());
    drop(session);
    script.assert_used_up();
}
