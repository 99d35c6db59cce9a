// SPDX-License-Identifier: MIT OR Apache-2.0
//! Permissions as files, and what is wrong with them.

use super::*;
use crate::host::delegated::DelegationKeys;
use crate::key::CardKey;
use crate::wire::{DfName, IsoDf, IsoFileId, KeyDetails, KeySettings, KeySlots, KeyVersion};

fn aes(byte: u8) -> CardKey {
    CardKey::aes(&[byte; 16], KeyVersion(0))
}

/// AN12696, which has no key of its own and no names.
fn published() -> DelegatedApplication {
    let (settings, slots) = (KeySettings::from_byte(0xEF), KeySlots::from_byte(0x81).unwrap());
    DelegatedApplication {
        aid: Aid::from_wire([0x12, 0x34, 0x56]),
        slot: 0,
        slot_version: 0,
        quota: 0x40,
        keys: KeyDetails { settings, slots, third: None, sets: None },
        iso: None,
    }
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn permit(application: &DelegatedApplication) -> Permit {
    let owner = DelegationKeys::new(aes(0x22), aes(0x11)).unwrap();
    let random = [0xF5, 0xE8, 0x76, 0xFE, 0xE2, 0x75, 0x60];
    owner.permit(application, &CardKey::zero_aes(), &random).unwrap()
}

fn creation() -> Permission {
    Permission::creation(permit(&published()), day("2027-12-31"))
}

/// The bytes of the proof are AN12696's.
const CREATION: &str = "\
# A permission of the owner of a card, and a secret: keep it as a key.
permits = \"create\"
use = \"test\"
expires = \"2027-12-31\"
aid = \"563412\"
slot = 0
slot_version = 0
quota = 64
settings = \"EF81\"
proof = \"9232C82A913FA1CFCDC7ED5EC63AB45CE991C06A1F485156DB8C3CDCB689BD275D941683B901612B\"
";

#[test]
fn the_published_permission_is_written_and_read() {
    assert_eq!(*creation().text(), CREATION);
    let read = Permission::parse(CREATION).unwrap();
    assert_eq!(read.permit().unwrap().application(), &published());
    assert_eq!(read.text(), creation().text());
    assert_eq!((read.expires(), read.purpose()), (day("2027-12-31"), Purpose::Test));
    assert!(read.deletion_permit().is_none());
}

#[test]
fn everything_of_an_application_comes_back() {
    let iso = IsoDf {
        id: IsoFileId::new(0xE110).unwrap(),
        name: Some(DfName::new(&[0xD2, 0x76]).unwrap()),
    };
    let application = DelegatedApplication {
        slot: 0x0504,
        slot_version: 6,
        quota: 0x0807,
        iso: Some(iso),
        ..published()
    };
    let text = Permission::creation(permit(&application), day("2027-12-31")).text();
    let read = Permission::parse(&text).unwrap();
    assert_eq!(read.permit().unwrap().application(), &application);
    assert_eq!(read.text(), text);
}

/// The MAC is one of another host library's tests.
#[test]
fn a_deletion_is_written_and_read() {
    let owner = DelegationKeys::new(aes(0x22), aes(0x11)).unwrap();
    let deletion =
        Permission::deletion(owner.permit_deletion(published().aid).unwrap(), day("2028-02-29"));
    let text = deletion.text();
    assert!(text.ends_with("proof = \"DCD2F30E702C9370\"\n"), "{}", *text);
    let read = Permission::parse(&text).unwrap();
    assert_eq!(read.deletion_permit().unwrap().aid(), published().aid);
    assert!(read.permit().is_none());
    assert_eq!(read.text(), text);
    assert_eq!(read.fits(&published(), day("2028-02-29")), Ok(()));
}

#[test]
fn live_keys_make_a_live_permission() {
    let live = aes(0x11).for_purpose(Purpose::Live);
    let owner = DelegationKeys::new(aes(0x22), live).unwrap();
    let permit = owner.permit(&published(), &CardKey::zero_aes(), &[1; 7]).unwrap();
    let text = Permission::creation(permit, day("2027-12-31")).text();
    assert!(text.contains("use = \"live\"\n"));
    let read = Permission::parse(&text).unwrap();
    assert_eq!(read.permit().unwrap().purpose(), Purpose::Live);
}

#[test]
fn mistakes_are_told_by_their_place_and_without_the_text() {
    let digits = "9232C82A";
    for (from, to, told) in [
        ("permits = \"create\"", "permits = \"move\"", "line 2, column 11: nothing of this name"),
        ("permits = \"create\"\n", "", "line 1, column 1: an entry is missing"),
        (
            "permits = \"create\"",
            "permits = \"delete\"",
            "line 6, column 1: this entry is not known",
        ),
        ("\"test\"", "\"toys\"", "line 3, column 7: this use is not known"),
        ("2027-12-31", "2027-02-30", "line 4, column 11: this is no date"),
        ("\"563412\"", "\"5634\"", "line 5, column 7: this is no AID"),
        ("\"563412\"", "\"000000\"", "line 9, column 12: no application can be delegated"),
        ("slot = 0\n", "slot = 65536\n", "line 6, column 8: this is no such number"),
        ("slot = 0\n", "slot = -1\n", "line 6, column 8: this is no such number"),
        ("slot = 0\n", "slot = \"0\"\n", "line 6, column 8: this is no such number"),
        ("slot_version = 0", "slot_version = 256", "line 7, column 16: this is no such number"),
        ("quota = 64\n", "quota = 64\nquot = 3\n", "line 9, column 1: this entry is not known"),
        ("quota = 64\n", "", "line 1, column 1: an entry is missing"),
        ("EF81", "EF", "line 9, column 12: these are no key settings"),
        ("EF81", "EF01", "line 9, column 12: no application can be delegated"),
        ("settings", "df_name = \"D276\"\nsettings", "line 9, column 11: a name without iso_id"),
        (digits, "9232C8", "line 10, column 9: these are not so many hexadecimal digits"),
        (digits, "9232C82G", "line 10, column 9: these are not so many hexadecimal digits"),
        ("proof = ", "proof = = ", "line 10, column 9: this is not TOML"),
    ] {
        let error = Permission::parse(&CREATION.replacen(from, to, 1)).unwrap_err();
        let shown = error.to_string();
        assert!(shown.starts_with(told), "{to}: {shown}");
        for text in [shown, format!("{error:?}")] {
            assert!(!text.contains("913FA1CF") && !text.contains("9232C8"), "{text}");
        }
    }
}

#[test]
fn a_permission_is_for_one_application_until_its_last_day() {
    let fits = |wanted: &DelegatedApplication, today| creation().fits(wanted, day(today));
    assert_eq!(fits(&published(), "2027-12-31"), Ok(()));
    let (aid, expires, today) = (published().aid, day("2027-12-31"), day("2028-01-01"));
    let expired = PermissionError::Expired { aid, expires, today };
    assert_eq!(fits(&published(), "2028-01-01"), Err(expired));
    let mut keys = published().keys;
    keys.slots = KeySlots::from_byte(0x82).unwrap();
    let settings = KeyDetails { settings: KeySettings::from_byte(0x0F), ..published().keys };
    let iso = Some(IsoDf { id: IsoFileId::new(0xE110).unwrap(), name: None });
    for (other, told) in [
        (DelegatedApplication { aid: Aid::new([1, 2, 3]), ..published() }, "AID"),
        (DelegatedApplication { slot: 1, ..published() }, "slot"),
        (DelegatedApplication { slot_version: 1, ..published() }, "version of the slot"),
        (DelegatedApplication { quota: 65, ..published() }, "quota"),
        (DelegatedApplication { keys: settings, ..published() }, "key settings"),
        (DelegatedApplication { keys, ..published() }, "number of keys, their kind or their sets"),
        (DelegatedApplication { iso, ..published() }, "name for ISO commands"),
    ] {
        let Err(PermissionError::Other { what, .. }) = fits(&other, "2027-01-01") else {
            panic!("{told}")
        };
        assert_eq!(what, told);
    }
}

#[test]
fn a_permission_shows_nothing() {
    let shown = format!("{:?}", creation());
    assert_eq!(
        shown,
        "Permission { aid: Aid(563412), expires: Day { year: 2027, month: 12, day: 31 }, .. }"
    );
}
