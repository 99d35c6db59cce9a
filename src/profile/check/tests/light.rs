// SPDX-License-Identifier: MIT OR Apache-2.0
//! A profile for a DESFire Light: its value, its records and its transaction MAC file.

use super::*;
use crate::wire::FileKind;

const PURSE: &str = include_str!("../../../../tests/profiles/purse.toml");
const DELETED: &str = "transaction_mac = \"deleted\"\n";

fn purse(from: &str, to: &str) -> Result<Profile, String> {
    assert!(PURSE.contains(from), "{from:?} is not in the profile");
    Profile::parse(&PURSE.replacen(from, to, 1)).map_err(|error| error.to_string())
}

fn said(from: &str, to: &str) -> String {
    purse(from, to).map(|_| ()).unwrap_err()
}

#[test]
fn its_transaction_mac_file_is_kept_unless_the_profile_says_else() {
    let application = |profile: &Profile| {
        let [application] = profile.applications() else { panic!("one application") };
        (application.kept_transaction_mac(), application.unwanted_transaction_mac())
    };
    let no = crate::wire::FileNo::new(0x0F);
    assert_eq!(application(&purse(DELETED, DELETED).unwrap()), (None, no));
    let keeper = Profile::parse(include_str!("../../../../tests/profiles/keeper.toml")).unwrap();
    assert_eq!(application(&keeper), (no, None));
    let changed = "00DF01: what becomes of its transaction MAC file changed";
    let kept = keeper.changes_from(
        &Profile::parse(
            &include_str!("../../../../tests/profiles/keeper.toml").replacen("kept", "deleted", 1),
        )
        .unwrap(),
    );
    assert!(kept.iter().any(|change| change.to_string().contains(changed)), "{kept:?}");
}

#[test]
fn nothing_waits_for_a_commit_beside_a_transaction_mac_file() {
    for kept in ["", "transaction_mac = \"kept\"\n"] {
        let said = said(DELETED, kept);
        assert!(said.contains("a reader which names itself: write transaction_mac = "), "{said}");
    }
    assert!(said("no = 4", "no = 15").contains("has no file 15"));
}

#[test]
fn what_it_brings_can_be_brought_again() {
    let value = "write = \"write\"\nread_write = \"credit\"\nvalue = \"number\"";
    let never = value.replacen("\"credit\"", "\"never\"", 1);
    assert!(said(value, &never).contains("nobody may credit file 3, or clear its records"));
}

/// Four records are seen of four (MF2DL(H)x0), where a cyclic file that is made hides one.
#[test]
fn its_limits_and_records_are_its_own() {
    let record = "    [{ hex = \"tag\" }],\n";
    assert!(purse(record, &record.repeat(3)).is_ok());
    let five = said(record, &record.repeat(4));
    assert!(five.contains("5 records, and the file shows 4 at most"), "{five}");
    let value = "value = \"number\"";
    let limits = |entries: &str| {
        let profile = purse(value, &format!("{entries}\n{value}")).unwrap();
        let file = profile.applications()[0].files.iter().find(|file| u8::from(file.no) == 3);
        let FileKind::Value(limits) = file.unwrap().settings.kind else { panic!("a value") };
        let switches = (limits.limited_credit, limits.free_get_value);
        (limits.lower(), limits.upper(), switches, profile.limits_values())
    };
    assert_eq!(limits("lower = 0\nupper = 2147483647"), (0, i32::MAX, (true, true), false));
    assert_eq!(limits("lower = -1"), (-1, i32::MAX, (true, true), true));
    assert_eq!(limits("free_get_value = false"), (0, i32::MAX, (true, false), true));
    assert!(said(value, &format!("upper = 50000\n{value}")).contains("the value from 0 to 50000"));
}

#[test]
fn its_application_may_get_another_name_once() {
    let named = |entries: &str| purse(DELETED, &format!("{DELETED}{entries}"));
    let profile = named("df_name = \"F043\"\n").unwrap();
    let (at, spec) = profile.each_application().next().unwrap();
    let iso = spec.iso.as_ref().unwrap();
    let name = iso.name.as_ref().unwrap().to_string();
    assert_eq!((iso.id.to_string(), name), ("DF01".to_owned(), "F043".to_owned()));
    assert!(profile.renames(at));
    let warned = profile.warnings().iter().any(|one| one.to_string().contains("for good"));
    assert!(warned, "{:?}", profile.warnings());
    let same =
        named("df_name = \"A00000039656434103F015400000000B\"\niso_id = \"DF01\"\n").unwrap();
    let (at, _) = same.each_application().next().unwrap();
    assert!(!same.renames(at));
    for (entries, why) in [
        ("iso_id = \"DF42\"\n", "both are given at once: write df_name too"),
        ("df_name = \"D2760000850100\"\n", "above its application has: write another"),
        ("df_name = \"\"\n", "is no DF name"),
    ] {
        let said = named(entries).map(|_| ()).unwrap_err();
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn only_a_chip_that_has_one_is_asked_about_a_transaction_mac_file() {
    let test = include_str!("../../../../tests/profiles/fixed.toml");
    let test = test.replacen("[[application]]\n", &format!("[[application]]\n{DELETED}"), 1);
    let said = Profile::parse(&test).unwrap_err().to_string();
    assert!(said.contains("a test chip has no transaction MAC file: take it out"), "{said}");
    let free = include_str!("../../../../tests/profiles/one-file.toml");
    let free = free.replacen("[[application]]\n", &format!("[[application]]\n{DELETED}"), 1);
    let said = Profile::parse(&free).unwrap_err().to_string();
    assert!(
        said.contains("that is created comes with no transaction MAC file: take it out"),
        "{said}"
    );
}

/// Whoever verifies MACs opens no card with their key; a reader is named where one is asked for, under the key
/// that writes.
#[test]
fn its_transaction_mac_file_may_have_a_key_of_its_own() {
    const COUNTED: &str = include_str!("../../../../tests/profiles/counted.toml");
    let profile = Profile::parse(COUNTED).unwrap();
    let spec = &profile.applications()[0];
    let (no, key, settings) = spec.keyed_transaction_mac().unwrap();
    assert_eq!((u8::from(no), profile[key].name.as_str()), (0x0F, "counted"));
    assert_eq!(settings.reader, Access::Key(KeyNo::new(3).unwrap()));
    assert_eq!(spec.reader_id().unwrap().0[..3], [0x00, 0x11, 0x22]);
    for (from, to, why) in [
        ("key = \"counted\"", "key = \"spare\"", "takes the AID or a key number"),
        ("key = \"counted\"", "key = \"write\"", "is one of the application: declare another"),
        ("key = \"counted\", read", "read", "stays as it comes: write key"),
        ("reader = \"credit\"", "reader = \"never\"", "a reader_id where reader = \"never\""),
        ("reader = \"credit\"", "reader = \"read\"", "another key names its reader"),
        (", reader_id = \"00112233445566778899AABBCCDDEEFF\"", "", "reader which names itself"),
        ("8899AABBCCDDEEFF", "", "names no reader: write 16 bytes"),
    ] {
        assert!(COUNTED.contains(from), "{from}");
        let said = Profile::parse(&COUNTED.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(said.contains(why), "{said}");
    }
    let free = COUNTED.replacen("reader = \"credit\"", "reader = \"free\"", 1);
    assert!(Profile::parse(&free).is_ok());
}

/// A chip is in LRP as a whole: its application says so, or what its tag mirrors.
#[test]
fn its_chip_may_be_in_lrp() {
    let lrp = purse(DELETED, &format!("{DELETED}suite = \"lrp\"\n")).unwrap();
    assert!(lrp.is_in_lrp() && lrp.applications()[0].lrp);
    let warned = lrp.warnings().iter().map(ToString::to_string);
    assert_eq!(warned.filter(|warning| warning.contains("to LRP for good")).count(), 1);
    let aes = purse(DELETED, &format!("{DELETED}suite = \"aes\"\n")).unwrap();
    assert!(!aes.is_in_lrp() && !purse(DELETED, DELETED).unwrap().is_in_lrp());
    let changed = lrp.changes_from(&aes);
    assert!(
        matches!(&changed[..], [one] if one.to_string().contains("whether it is in LRP changed")),
        "{changed:?}"
    );
    let suited = |text: &str, suite: &str| {
        let suited = format!("[[application]]\nsuite = {suite:?}\n");
        let text = text.replacen("[[application]]\n", &suited, 1);
        Profile::parse(&text).map_err(|error| error.to_string())
    };
    let tag = include_str!("../../../../tests/profiles/tag-lrp.toml");
    let unnamed = tag.replacen("suite = \"lrp\", ", "", 1);
    // The mirrors are as long as LRP has them.
    let ([named, own], plain) = (
        [suited(&unnamed, "lrp"), suited(tag, "lrp")].map(Result::unwrap),
        Profile::parse(&unnamed),
    );
    let content = |profile: &Profile| profile.applications()[0].files[0].content.clone();
    assert!(named.is_in_lrp() && content(&named) == content(&own));
    assert!(content(&named) != content(&plain.unwrap()));
    let test = include_str!("../../../../tests/profiles/fixed.toml");
    let free = include_str!("../../../../tests/profiles/one-file.toml");
    for (text, suite, why) in [
        (tag, "aes", "take suite out of sdm"),
        (test, "lrp", "on a test chip, which has AES alone"),
        (free, "lrp", "that is created has no suite but AES"),
    ] {
        let said = suited(text, suite).map(|_| ()).unwrap_err();
        assert!(said.contains(why), "{said}");
    }
}
