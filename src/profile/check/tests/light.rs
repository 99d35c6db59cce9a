// SPDX-License-Identifier: MIT OR Apache-2.0
//! A profile for a DESFire Light: its value, its records and its transaction MAC file.

use super::*;
use crate::wire::FileKind;

const PURSE: &str = include_str!("../../../../tests/profiles/purse.toml");
const NUMBERED: &str = include_str!("../../../../tests/profiles/numbered.toml");
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

/// Files get other numbers, with or without other identifiers, which no other file has or had.
#[test]
fn its_files_may_get_other_numbers_once() {
    let numbered = |text: &str| Profile::parse(text).map_err(|error| error.to_string());
    let profile = numbered(NUMBERED).unwrap();
    let called = |no: u8| {
        let mut files = profile.applications()[0].files.iter();
        let name = files.find(|file| u8::from(file.no) == no).unwrap().called();
        (u8::from(name.no), name.iso_id.map(|id| id.to_string()))
    };
    assert_eq!(called(4), (10, Some("EF0A".to_owned())));
    assert_eq!((called(3), called(1)), ((11, None), (12, Some("EF01".to_owned()))));
    assert_eq!(called(0), (0, Some("EF00".to_owned())));
    let (at, _) = profile.each_application().next().unwrap();
    assert!(profile.renumbers(at) && !purse(DELETED, DELETED).unwrap().renumbers(at));
    let warned = profile.warnings().iter().map(ToString::to_string);
    let warned = warned.filter(|one| one.contains("by what the chip calls it")).collect::<Vec<_>>();
    assert_eq!(warned.len(), 3, "{warned:?}");
    assert!(warned[0].ends_with("they have to know number 10 and identifier EF0A"), "{warned:?}");
    for (from, to, why) in [
        ("new_no = 10\n", "", "both are given at once: write new_no too"),
        ("new_no = 10\n", "new_no = 32\n", "no file has number 32"),
        ("new_no = 10\n", "new_no = 0\n", "new_no 0, which a light chip has already"),
        ("new_no = 10\n", "new_no = 4\n", "new_no 4, which a light chip has already"),
        ("new_no = 10\n", "new_no = 15\n", "new_no 15, which a light chip has already"),
        ("new_no = 10\n", "new_no = 11\n", "the number 11 for two files"),
        (
            "new_no = 11\n",
            "new_no = 11\niso_id = \"EF0B\"\n",
            "for a file that the chip gives none",
        ),
        ("\"EF0A\"", "\"EF01\"", "the iso_id EF01 for two files"),
        ("\"EF0A\"", "\"EF00\"", "the iso_id EF00 for two files"),
        ("\"EF0A\"", "\"DF01\"", "or for a file and its application"),
        ("no = 4\n", "no = 31\n", "for file 31, which tells selections"),
    ] {
        assert!(NUMBERED.contains(from), "{from}");
        let said = numbered(&NUMBERED.replacen(from, to, 1)).map(|_| ()).unwrap_err();
        assert!(said.contains(why), "{said}");
    }
    let tag = include_str!("../../../../tests/profiles/tag.toml");
    let said = numbered(&tag.replacen("no = 3\n", "no = 3\nnew_no = 9\n", 1)).map(|_| ());
    assert!(said.unwrap_err().contains("the names of a ntag424 chip's files are its own"));
    let free = include_str!("../../../../tests/profiles/one-file.toml");
    let said = numbered(&free.replacen("\nno = ", "\nnew_no = 9\nno = ", 1)).map(|_| ());
    assert!(said.unwrap_err().contains("write it as no, and take new_no out"));
}

/// Cards get numbers from an edition that gives none; one that gives others is refused by them.
#[test]
fn an_edition_says_where_its_files_were_given_numbers_before() {
    let [own, given, others] = [
        NUMBERED.replace("new_no = 12\n", ""),
        NUMBERED.to_owned(),
        NUMBERED.replace("new_no = 12\n", "new_no = 13\n"),
    ]
    .map(|text| Profile::parse(&text).unwrap());
    let told = |now: &Profile, before: &Profile| {
        let changes = now.changes_from(before);
        changes.iter().filter(|change| change.to_string().contains("other ISO names")).count()
    };
    assert_eq!((told(&given, &own), told(&given, &given)), (0, 0));
    assert_eq!((told(&others, &given), told(&own, &given)), (1, 1));
}
