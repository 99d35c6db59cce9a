// SPDX-License-Identifier: MIT OR Apache-2.0
//! The key file: what is read, what is refused, what never shows.

use proptest::prelude::*;

use super::*;
use crate::key::Life;

const GOOD: &str = r#"use = "test"
receipt = "c0ffee00112233445566778899aabbccddeeff00112233445566778899aabbcc"

[[key]]
name = "picc"
type = "aes128"
version = 1
value = "a1b2c3d4e5f60718293a4b5c6d7e8f90"

[[key]]
name = "picc"
type = "aes128"
version = 2
value = "A1B2C3D4E5F60718293A4B5C6D7E8F91"
"#;

#[test]
fn a_good_file_gives_its_keys_by_name_and_version() {
    let file = KeyFile::parse(GOOD).unwrap();
    assert_eq!(file.purpose(), Purpose::Test);
    let names: Vec<_> = file.names().collect();
    assert_eq!(names, [("picc", KeyVersion(1)), ("picc", KeyVersion(2))]);
    let key = file.issuer("picc", KeyVersion(1)).unwrap().itself().unwrap();
    let bytes = *b"\xA1\xB2\xC3\xD4\xE5\xF6\x07\x18\x29\x3A\x4B\x5C\x6D\x7E\x8F\x90";
    assert!(key.same_key(&crate::key::CardKey::aes(&bytes, KeyVersion(1))));
    for (name, version) in [("picc", 3), ("app", 1)] {
        let none = file.issuer(name, KeyVersion(version)).map(|key| key.key_type());
        assert_eq!(none, Err(KeyError::NotThere));
    }
    let live = GOOD.replace("\"test\"", "\"live\"");
    let live = KeyFile::parse(&live).unwrap();
    assert_eq!(live.purpose(), Purpose::Live);
    assert_eq!(live.issuer("picc", KeyVersion(2)).unwrap().purpose(), Purpose::Live);
}

#[test]
fn a_file_may_say_whose_keys_it_has() {
    assert_eq!(KeyFile::parse(GOOD).unwrap().tenant(), None);
    let text = |tenant: &str| GOOD.replacen("receipt", &format!("tenant = {tenant}\nreceipt"), 1);
    assert_eq!(KeyFile::parse(&text("\"Campus\"")).unwrap().tenant(), Some("Campus"));
    for (tenant, message) in [("\"\"", "this is no name: write tenant"), ("7", "this is no text")] {
        let error = KeyFile::parse(&text(tenant)).unwrap_err().to_string();
        assert!(error.starts_with("line 2, column 10: ") && error.contains(message), "{error}");
    }
}

#[test]
fn a_key_may_have_a_first_and_a_last_day_and_be_revoked() {
    let day = |text: &str| text.parse().unwrap();
    let with =
        |entries: &str| GOOD.replacen("version = 1\n", &format!("version = 1\n{entries}\n"), 1);
    let life = |text: &str| {
        let file = KeyFile::parse(text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(file.issuer("picc", KeyVersion(2)).unwrap().life(), Life::ALWAYS);
        file.issuer("picc", KeyVersion(1)).unwrap().life()
    };
    let days = "not_before = \"2027-01-01\"\nnot_after = \"2027-12-31\"";
    let bounded = Life::ALWAYS.from(day("2027-01-01")).until(day("2027-12-31"));
    assert_eq!(life(&with(days)), bounded);
    assert_eq!(life(&with("revoked = true")), Life::ALWAYS.revoked());
    assert_eq!(life(&with("revoked = false")), Life::ALWAYS);
    let revoked = life(&with("revoked = \"2027-06-01\""));
    assert_eq!(revoked, Life::ALWAYS.revoked_on(day("2027-06-01")));
    for (entries, message) in [
        (
            "not_before = \"2027-02-29\"",
            "line 8, column 14: this is no day of the calendar: write not_bef",
        ),
        ("not_after = 2027", "line 8, column 13: this is no text: write not_after"),
        ("revoked = 1", "line 8, column 11: this is no text: write revoked"),
        ("revoked = \"yes\"", "line 8, column 11: this is no day of the calendar: write revoked"),
        (
            "not_before = \"2027-01-02\"\nnot_after = \"2027-01-01\"",
            "line 9, column 13: this is before not_before: write not_after",
        ),
    ] {
        let error = KeyFile::parse(&with(entries)).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn every_mistake_has_its_line_and_the_remedy() {
    for (from, to, message) in [
        ("use = \"test\"\n", "", "line 1, column 1: an entry is missing here: write use"),
        ("\"test\"", "\"prod\"", "line 1, column 7: this use is not known: write use"),
        ("c0ffee", "", "line 2, column 11: this is not a key of the right length: write receipt"),
        ("receipt", "reciept", "line 2, column 1: this entry is not known: known here are use"),
        ("name = \"picc\"", "name = 7", "line 5, column 8: this is no text: write name"),
        ("name = \"picc\"", "name = \"\"", "line 5, column 8: this is no name: write name"),
        ("aes128", "des", "line 6, column 8: this type of key is not known: write type"),
        ("version = 1", "version = 256", "line 7, column 11: this is no version: write version"),
        ("version = 1", "version = -1", "line 7, column 11: this is no version: write version"),
        ("\"a1b2", "\"a1b", "line 8, column 9: this is not a key of the right length: write value"),
        ("\"a1b2", "\"x1b2", "line 8, column 9: this is not hexadecimal: write value = \"…\" with"),
        ("value = \"a1b2", "a1b2 = \"", "line 8, column 1: this entry is not known: known in a"),
        ("version = 2", "version = 1", "line 10, column 1: an earlier key has this name"),
        ("version = 1\n", "", "line 4, column 1: an entry is missing here: write version"),
        ("value = \"a1b2", "value = a1b2", "line 8, column 9: this is not TOML: write entries"),
    ] {
        let text = GOOD.replacen(from, to, 1);
        let error = KeyFile::parse(&text).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}\nwanted: {message}");
    }
    let empty = KeyFile::parse("").unwrap_err().to_string();
    assert!(empty.starts_with("line 1, column 1: an entry is missing here: write use"), "{empty}");
}

#[test]
fn neither_debug_nor_an_error_shows_key_material() {
    let shown = format!("{:?}", KeyFile::parse(GOOD).unwrap()).to_lowercase();
    assert!(shown.contains("picc") && !shown.contains("a1b2") && !shown.contains("c0ffee"));
    assert!(!shown.contains("161, 178"), "{shown}");
    for broken in [
        GOOD.replace("value = \"", "value = "),
        GOOD.replace("value = \"", "value = \"\"\""),
        GOOD.replace("value = ", "version = "),
        GOOD.replace("value = ", ""),
        GOOD.replace("value = \"a1b2c3d4e5f60718293a4b5c6d7e8f90\"", "a1b2c3d4e5f60718 = 1"),
        GOOD.replace("version = 1", "version = \"a1b2c3d4e5f60718\""),
        GOOD.replace("\"test\"", "\"a1b2c3d4e5f60718\""),
        GOOD.replace("[[key]]", "[[a1b2c3d4]]"),
        GOOD.replace("aes128", "a1b2c3d4"),
    ] {
        let error = KeyFile::parse(&broken).unwrap_err();
        let shown = format!("{error} {error:?}").to_lowercase();
        assert!(!shown.contains("a1b2") && !shown.contains("c0ffee"), "{shown}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,200}") {
        if let Err(error) = KeyFile::parse(&text) {
            prop_assert!(error.position().line() >= 1);
        }
    }

    #[test]
    fn a_good_file_with_a_piece_replaced_never_panics(
        at in 0..GOOD.len(), length in 0..40_usize, piece in "[\\[\\]\"=\n a-z0-9]{0,12}",
    ) {
        let end = (at + length).min(GOOD.len());
        let text = [GOOD.get(..at).unwrap(), &piece, GOOD.get(end..).unwrap()].concat();
        let shown = format!("{:?}", KeyFile::parse(&text)).to_lowercase();
        prop_assert!(!shown.contains("f60718293a4b"));
    }
}
