// SPDX-License-Identifier: MIT OR Apache-2.0
//! A profile for a chip with a fixed layout: what it becomes, and that it names nothing that the chip
//! does not have.

use super::*;
use crate::profile::Layout;
use crate::wire::FileNo;

const FIXED: &str = include_str!("../../../../tests/profiles/fixed.toml");

fn parsed(from: &str, to: &str) -> Result<Profile, String> {
    assert!(FIXED.contains(from), "{from:?} is not in the profile");
    Profile::parse(&FIXED.replacen(from, to, 1)).map_err(|error| error.to_string())
}

#[test]
fn it_becomes_the_chips_application_with_the_profiles_keys_and_contents() {
    let profile = Profile::parse(FIXED).unwrap();
    let Layout::Fixed { applications } = profile.layout() else { panic!("{:?}", profile.layout()) };
    assert_eq!((profile.applications(), profile.card()), (&applications[..], None));
    assert_eq!(profile.messaging(), [Messaging::Ev2]);
    assert_eq!(profile.transport().picc, []);
    let [application] = &applications[..] else { panic!("one application") };
    let own = Generation::Test.silicon().layout.application(application.aid).unwrap();
    assert_eq!((application.settings, application.keys.len()), (own.settings, 3));
    let [first, second] = &application.files[..] else { panic!("two files") };
    assert_eq!(first.settings.mode, CommMode::Mac);
    // Who may change its settings is not named, and stays.
    assert_eq!((first.settings.rights.read, first.settings.rights.change), (key(1), key(0)));
    assert_eq!(second.settings, own.files[1].settings);
    assert_eq!(
        profile.memory(),
        own.files.iter().map(|file| bytes(file.settings.kind)).sum::<u32>()
    );
    assert_eq!(profile.trust().under_zero_key.len(), 3);
    assert!(profile.trust().to_string().ends_with("encode where nobody listens"));
}

fn bytes(kind: FileKind) -> u32 {
    kind.size().unwrap().bytes()
}

#[test]
fn a_file_that_is_not_named_stays_as_it_comes() {
    let second = FIXED.find("\n[[application.file]]\nno = 2").unwrap();
    let text = FIXED.get(..second).unwrap().replacen("no = 1", "no = 2", 1);
    let profile = Profile::parse(&text).unwrap();
    let files = &profile.applications()[0].files;
    assert_eq!(files.iter().map(|file| u8::from(file.no)).collect::<Vec<_>>(), [2, 1]);
    let own = &Generation::Test.silicon().layout.fixed()[0];
    let comes = own.file(FileNo::new(1).unwrap()).unwrap();
    assert_eq!((files[1].settings, &files[1].content), (comes.settings, &None));
}

/// As an NTAG 424 DNA comes, anyone writes its NDEF file; the others take a key.
#[test]
fn a_file_that_anyone_may_write_as_it_comes_is_warned_of_unless_it_is_named() {
    let badge = include_str!("../../../../examples/data/profiles/badge.toml");
    let said = |text: &str| -> Vec<String> {
        let profile = Profile::parse(text).unwrap_or_else(|error| panic!("{error}"));
        profile.warnings().iter().map(ToString::to_string).collect()
    };
    assert_eq!(said(badge), [""; 0]);
    let (front, rest) = badge.split_once("[[application.file]]\nno = 2").unwrap();
    let (_, third) = rest.split_once("# For doors").unwrap();
    let unnamed = format!("{front}# For doors{third}");
    let said_of = said(&unnamed);
    let open = said_of.iter().filter(|one| one.contains("stays as it comes"));
    assert_eq!(open.count(), 1, "{said_of:?}");
    assert!(
        said_of.iter().any(|one| one.contains("file 2 stays as it comes, and anyone may alter it"))
    );
    // Named, it is told of with the right that is free.
    let named = badge.replacen(
        "mode = \"mac\"\nread = \"free\"\nwrite = \"write\"\nread_write = \"write\"\n",
        "",
        1,
    );
    assert_ne!(named, badge);
    let said_of = said(&named);
    for right in ["write", "read_write"] {
        let open = format!("{right} = \"free\": anyone may alter this file");
        assert!(said_of.iter().any(|one| one.contains(&open)), "{said_of:?}");
    }
}

#[test]
fn what_the_chip_has_may_be_said_again() {
    for (from, to) in [
        ("no = 1\n", "no = 1\ntype = \"standard\"\nsize = 64\n"),
        ("[fields]", "[transport]\nidentify = \"every\"\napp = \"zero\"\n[fields]"),
        ("[[application]]", "[card]\n[[application]]"),
        ("chips = [\"test\"]", "chips = [\"test\"]\nmessaging = [\"ev2\"]"),
    ] {
        assert!(parsed(from, to).is_ok(), "{to}: {:?}", parsed(from, to));
    }
}

/// Each with the place, what is wrong, and what to do.
fn mistaken(cases: &[(&str, &str, &str)]) {
    for (from, to, wanted) in cases {
        let said = parsed(from, to).map(|_| ()).unwrap_err();
        assert!(said.starts_with(wanted), "{to:?}: {said}\nwanted {wanted}");
    }
}

#[test]
fn chips_messaging_and_transport_are_those_of_the_chip() {
    mistaken(&[
        (
            "[\"test\"]",
            "[\"ev3\", \"test\"]",
            "line 6, column 17: a test chip has its applications",
        ),
        ("[\"test\"]", "[\"ev3\"]", "line 1, column 1: missing field `transport`: add it here"),
        (
            "chips = [\"test\"]",
            "chips = [\"test\"]\nmessaging = [\"ev2\", \"ev1\"]",
            "line 7, column 21: test chips do not take ev1 messaging: write \"ev2\"",
        ),
        (
            "[fields]",
            "[transport]\npicc = [\"factory\"]\n[fields]",
            "line 10, column 8: a test chip has no PICC master key to arrive with: take it out",
        ),
        (
            "[fields]",
            "[transport]\napp = \"read\"\n[fields]",
            "line 10, column 7: no application of",
        ),
        (
            "[fields]",
            "[transport]\nstock = \"used\"\n[fields]",
            "line 10, column 9: a test chip is",
        ),
        (
            "[fields]",
            "[transport]\nrandom_uid = true\n[fields]",
            "line 9, column 1: no test chip has",
        ),
    ]);
}

#[test]
fn nothing_is_said_of_a_level_that_the_chip_does_not_have() {
    for (entry, column, what) in [
        ("master_key = \"master\"", 14, "PICC master key"),
        ("free_list = true", 13, "list of applications with settings"),
        ("free_create = true", 15, "applications to create"),
        ("key_changeable = false", 18, "PICC master key"),
        ("settings_changeable = false", 23, "key settings above its applications"),
        ("no_format = true", 13, "FormatPICC"),
        ("random_uid = true", 14, "random UID that a profile could switch on"),
        ("foreign = \"allowed\"", 11, "room for applications of others"),
        ("originality = \"noted\"", 15, "signature"),
    ] {
        let said = parsed("[[application]]", &format!("[card]\n{entry}\n[[application]]"));
        let wanted = format!("line 19, column {column}: a test chip has no {what}: take it out");
        assert_eq!(said.map(|_| ()).unwrap_err(), wanted);
    }
}

#[test]
fn applications_and_files_are_those_of_the_chip() {
    const KEYS: &str = "keys = [\"master\", \"read\", \"write\"]";
    let [named, settled] =
        ["iso_id = \"E110\"", "change = \"same\""].map(|entry| format!("{KEYS}\n{entry}"));
    mistaken(&[
        (
            "\"7E5701\"",
            "\"F48120\"",
            "line 19, column 7: a test chip has no application F48120: write \"7E5701\"",
        ),
        (
            KEYS,
            "keys = [\"master\", \"read\"]",
            "line 20, column 8: 2 keys, and application 7E5701",
        ),
        (KEYS, &named, "line 21, column 10: the names of a test chip"),
        (KEYS, &settled, "line 21, column 10: the key settings of a t"),
        (
            "no = 1\n",
            "no = 3\n",
            "line 23, column 6: application 7E5701 of a test chip has no file 3",
        ),
        (
            "no = 1\n",
            "no = 1\nsize = 32\n",
            "line 24, column 8: 32 where file 1 has 64: take it out",
        ),
        ("no = 1\n", "no = 1\ntype = \"value\"\n", "line 24, column 8: file 1 of the chip is of a"),
        (
            "no = 1\n",
            "no = 1\niso_id = \"E104\"\n",
            "line 24, column 10: the names of a test chip's",
        ),
        ("no = 1\n", "no = 2\n", "line 30, column 6: two files of the application have number 2"),
        // As it comes anybody may read it, in clear.
        (
            "mode = \"mac\"\nread = \"read\"\n",
            "mode = \"full\"\n",
            "line 22, column 1: read = \"free\" in a protected mode: data go in",
        ),
    ]);
}

/// Applications that are created say all of it themselves.
#[test]
fn a_free_layout_still_demands_what_a_fixed_one_has() {
    refused(&[
        (
            "[transport]\npicc = [\"factory\"]\napp = \"zero\"\nrandom_uid = false\n",
            "",
            "line 1, col",
        ),
        ("picc = [\"factory\"]\n", "", "line 6, column 1: missing field `picc`: add it here"),
        (
            "master_key = \"picc\"\n",
            "",
            "line 18, column 1: missing field `master_key`: add it here",
        ),
        ("type = \"backup\"\n", "", "line 24, column 1: missing field `type`: add it here"),
        ("mode = \"full\"\n", "", "line 24, column 1: missing field `mode`: add it here"),
    ]);
}
