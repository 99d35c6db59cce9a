// SPDX-License-Identifier: MIT OR Apache-2.0

use super::*;
use crate::host::testing::{array, field, hex, text, vectors};
use crate::wire::{CommMode, FurtherRights, RecordCount, RecordLayout};

fn key(number: u8) -> KeyNo {
    KeyNo::new(number).unwrap()
}

/// UID, counter, an enciphered part and the MAC, each in its place.
fn whole() -> Sdm {
    Sdm {
        meta: SdmMeta::Enciphered { key: key(2), uid: true, counter: true, at: 0x20 },
        file: Some(SdmFile { key: key(1), from: 0x43, mac: 0x80, enciphered: Some((0x50, 32)) }),
        tamper: None,
        limit: Some(5),
        counter: Access::Key(key(3)),
    }
}

fn settings(sdm: Sdm) -> FileSettings {
    let kind = FileKind::Standard { size: FileSize::new(256).unwrap() };
    let rights = AccessRights::from_wire([0x00, 0xE0]);
    FileSettings { sdm: Some(sdm), ..FileSettings::new(kind, CommMode::Plain, rights) }
}

fn check(sdm: Sdm) -> Result<(), SdmError> {
    SdmSettings::check(settings(sdm), 5, SdmCipher::Aes).map(drop)
}

/// The settings with a part of them changed.
fn with(change: impl FnOnce(&mut Sdm)) -> Result<(), SdmError> {
    let mut sdm = whole();
    change(&mut sdm);
    check(sdm)
}

fn file(sdm: &mut Sdm) -> &mut SdmFile {
    sdm.file.as_mut().unwrap()
}

/// NXP AN12196, table 18, of which the block is known.
#[test]
fn published_settings_pass() {
    let entry = vectors("ev2", "op", "change_file_settings_payload").remove(0);
    let (inputs, payload) = (&entry["inputs"], field(&entry["expected"]["payload"]));
    let at = |name: &str| u32::try_from(inputs[name].as_u64().unwrap()).unwrap();
    let mac = SdmFile {
        key: key(1),
        from: at("sdm_mac_input_offset"),
        mac: at("sdm_mac_offset"),
        enciphered: None,
    };
    let meta =
        SdmMeta::Enciphered { key: key(2), uid: true, counter: true, at: at("picc_data_offset") };
    let sdm =
        Sdm { meta, file: Some(mac), tamper: None, limit: None, counter: Access::Key(key(1)) };
    let rights = AccessRights::from_wire(array(text(&inputs["access_rights"])));
    let checked =
        SdmSettings::check(FileSettings { rights, ..settings(sdm) }, 5, SdmCipher::Aes).unwrap();
    assert_eq!(checked.settings().rights, rights);
    assert_eq!(hex(&checked.settings().sdm.unwrap().encode()), hex(&payload[3..]));
}

#[test]
fn keys_that_are_not_there_are_named() {
    let none = Err(SdmError::NoSuchKey { key: key(5), keys: 5 });
    assert_eq!(check(whole()), Ok(()));
    assert_eq!(with(|sdm| file(sdm).key = key(5)), none);
    assert_eq!(with(|sdm| sdm.counter = Access::Key(key(5))), none);
    let at_key_5 = SdmMeta::Enciphered { key: key(5), uid: true, counter: true, at: 0x20 };
    assert_eq!(with(|sdm| sdm.meta = at_key_5), none);
    for rights in [[0x05, 0xE0], [0x50, 0xE0], [0x00, 0xE5], [0x00, 0x5E]] {
        let rights = AccessRights::from_wire(rights);
        let settings = FileSettings { rights, ..settings(whole()) };
        assert_eq!(SdmSettings::check(settings, 5, SdmCipher::Aes).map(drop), none);
        assert!(SdmSettings::check(settings, 6, SdmCipher::Aes).is_ok(), "an EV3 has more");
    }
}

#[test]
fn what_needs_uid_or_counter_has_them() {
    let meta = |uid, counter| SdmMeta::Enciphered { key: key(2), uid, counter, at: 0x20 };
    assert_eq!(with(|sdm| sdm.meta = meta(false, false)), Err(SdmError::NothingMirrored));
    let asked = SdmError::NotCounted { what: "somebody may ask for the read counter" };
    assert_eq!(with(|sdm| sdm.meta = meta(true, false)), Err(asked));
    let alone = |counter, limit| {
        with(|sdm| {
            (sdm.meta, sdm.counter, sdm.limit) = (meta(true, counter), Access::Never, limit);
            file(sdm).enciphered = None;
        })
    };
    let limited = SdmError::NotCounted { what: "the read counter has a limit" };
    assert_eq!(alone(false, Some(9)), Err(limited));
    assert_eq!(alone(false, None), Ok(()));
    assert_eq!(alone(true, Some(0)), Err(SdmError::Limit(0)));
    assert_eq!(alone(true, Some(0x0100_0000)), Err(SdmError::Limit(0x0100_0000)));
    assert_eq!(alone(true, Some(0x00FF_FFFF)), Ok(()));
    let unnamed =
        |meta| with(|sdm| (sdm.meta, sdm.counter, sdm.limit) = (meta, Access::Never, None));
    assert_eq!(unnamed(meta(true, false)), Err(SdmError::Unnamed));
    assert_eq!(unnamed(meta(false, true)), Err(SdmError::Unnamed));
    assert_eq!(unnamed(SdmMeta::Never { counted: true }), Err(SdmError::Unnamed));
    let hidden = SdmMeta::Clear { uid: Some(0), counter: Some(SdmCounter::Hidden) };
    assert_eq!(unnamed(hidden), Ok(()));
}

#[test]
fn the_mac_stands_behind_what_it_covers() {
    assert_eq!(
        with(|sdm| file(sdm).from = 0x81),
        Err(SdmError::InputBehindMac { from: 0x81, mac: 0x80 })
    );
    let uncovered = |from, mac| Err(SdmError::NotCovered { from, mac });
    assert_eq!(with(|sdm| file(sdm).from = 0x51), uncovered(0x51, 0x80));
    assert_eq!(with(|sdm| file(sdm).mac = 0x6F), uncovered(0x43, 0x6F));
    assert_eq!(with(|sdm| (file(sdm).from, file(sdm).mac) = (0x50, 0x70)), Ok(()));
    for length in [0, 16, 48] {
        let refused = with(|sdm| file(sdm).enciphered = Some((0x50, length)));
        assert_eq!(refused, Err(SdmError::Length(length)));
    }
    // A real tag's: the MAC covers what stands before the PICC data too.
    let meta = SdmMeta::Enciphered { key: key(0), uid: true, counter: true, at: 0x16 };
    let mac = SdmFile { key: key(0), from: 0x12, mac: 0x39, enciphered: None };
    assert_eq!(with(|sdm| (sdm.meta, sdm.file) = (meta, Some(mac))), Ok(()));
}

#[test]
fn parts_stand_in_the_file_and_apart() {
    let overlap = |first, second| Err(SdmError::Overlap { first, second });
    let enciphered = (SdmPart::Enciphered, 0x50, 0x70);
    let meta = |at| SdmMeta::Enciphered { key: key(2), uid: true, counter: true, at };
    let refused = overlap((SdmPart::PiccData, 0x31, 0x51), enciphered);
    assert_eq!(with(|sdm| sdm.meta = meta(0x31)), refused);
    assert_eq!(with(|sdm| sdm.meta = meta(0x30)), Ok(()));
    assert_eq!(with(|sdm| sdm.meta = meta(0x90)), Ok(()));
    let clear = |uid, counter| SdmMeta::Clear { uid: Some(uid), counter: Some(counter) };
    let refused = overlap((SdmPart::Uid, 0x10, 0x1E), (SdmPart::Counter, 0x1D, 0x23));
    assert_eq!(with(|sdm| sdm.meta = clear(0x10, SdmCounter::At(0x1D))), refused);
    assert_eq!(with(|sdm| sdm.meta = clear(0x10, SdmCounter::At(0x1E))), Ok(()));
    assert_eq!(with(|sdm| sdm.meta = clear(0x10, SdmCounter::At(0x0A))), Ok(()));
    // The tamper status is enciphered in the first half of its place, and nowhere else.
    for at in [0x4F, 0x5F, 0x60, 0x6F] {
        let refused = overlap((SdmPart::TamperStatus, at, at + 2), enciphered);
        assert_eq!(with(|sdm| sdm.tamper = Some(at)), refused);
    }
    for at in [0x4E, 0x50, 0x5E, 0x70] {
        assert_eq!(with(|sdm| sdm.tamper = Some(at)), Ok(()));
    }
    let beyond = |part, end| Err(SdmError::Beyond { part, end, size: 256 });
    assert_eq!(with(|sdm| file(sdm).mac = 0xF0), Ok(()));
    assert_eq!(with(|sdm| file(sdm).mac = 0xF1), beyond(SdmPart::Mac, 0x101));
    assert_eq!(with(|sdm| sdm.tamper = Some(u32::MAX)), beyond(SdmPart::TamperStatus, u32::MAX));
}

#[test]
fn a_key_that_only_a_further_set_names_has_to_be_there() {
    let further = FurtherRights::new(&[AccessRights::from_wire([0x5F, 0xFF])]).unwrap();
    let settings = FileSettings { further, ..settings(whole()) };
    let refused = SdmError::NoSuchKey { key: key(5), keys: 5 };
    assert_eq!(SdmSettings::check(settings, 5, SdmCipher::Aes), Err(refused));
    assert!(SdmSettings::check(settings, 6, SdmCipher::Aes).is_ok());
}

#[test]
fn only_a_standard_file_with_settings_is_one() {
    let size = FileSize::new(256).unwrap();
    let max = RecordCount::new(2).unwrap();
    for kind in [FileKind::Backup { size }, FileKind::CyclicRecord(RecordLayout { size, max })] {
        let settings = FileSettings { kind, ..settings(whole()) };
        let refused = SdmSettings::check(settings, 5, SdmCipher::Aes);
        assert_eq!(refused, Err(SdmError::NotStandard));
    }
    let settings = FileSettings { sdm: None, ..settings(whole()) };
    assert_eq!(SdmSettings::check(settings, 5, SdmCipher::Aes), Err(SdmError::Missing));
}

/// In LRP the PICC data are 48 characters.
#[test]
fn picc_data_are_longer_in_lrp() {
    let check = |at| {
        let meta = SdmMeta::Enciphered { key: key(2), uid: true, counter: true, at };
        SdmSettings::check(settings(Sdm { meta, ..whole() }), 5, SdmCipher::Lrp).map(drop)
    };
    let first = (SdmPart::PiccData, 0x21, 0x51);
    let second = (SdmPart::Enciphered, 0x50, 0x70);
    assert_eq!(check(0x21), Err(SdmError::Overlap { first, second }));
    assert_eq!(check(0x20), Ok(()));
}
