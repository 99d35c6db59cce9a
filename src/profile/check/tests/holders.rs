// SPDX-License-Identifier: MIT OR Apache-2.0
//! Several keys for a right of a file.

use super::{BASE, Profile, key};
use crate::profile::FileSpec;
use crate::wire::{Access, AccessRights};

/// The profile for chips that have several sets of rights, with more keys and these entries of its file.
fn with(entries: &str) -> String {
    let more = |no: usize| format!("r{no} = {{ ref = \"r{no}\", version = 1 }}\n");
    let declared: String = (2..=10).map(more).collect();
    let slots: String = (2..=10).map(|no| format!(", \"r{no}\"")).collect();
    let text = BASE
        .replacen("[\"ev1\", \"ev2\", \"ev3\"]", "[\"ev2\", \"ev3\"]", 1)
        .replacen("messaging = [\"ev2\", \"ev1\"]\n", "", 1)
        .replacen("[card]", &format!("{declared}[card]"), 1)
        .replacen("\"read\"]", &format!("\"read\"{slots}]"), 1);
    let (before, file) = text.split_once("read = \"read\"\n").expect("an entry for read");
    format!("{before}{entries}\n{file}")
}

fn file(entries: &str) -> FileSpec {
    let profile = Profile::parse(&with(entries)).unwrap_or_else(|error| panic!("{error}"));
    profile.applications()[0].files[0].clone()
}

fn mistake(entries: &str) -> String {
    let error = Profile::parse(&with(entries)).expect_err(entries).to_string();
    error.split_once(": ").map(|(_, told)| told.to_owned()).unwrap_or(error)
}

/// The first keys of all lists are in the first set, and who may change the settings stands there alone.
#[test]
fn the_keys_of_a_list_stand_in_a_set_each() {
    let settings =
        file("read = [\"read\", \"r2\", \"r3\"]\nread_write = [\"r4\", \"r5\"]").settings;
    let sets: Vec<_> = settings.sets().collect();
    let set = |read, read_write| AccessRights {
        read,
        write: Access::Never,
        read_write,
        change: Access::Never,
    };
    let first =
        AccessRights { write: key(0), change: settings.rights.change, ..set(key(1), key(4)) };
    assert_eq!(sets, [first, set(key(2), key(5)), set(key(3), Access::Never)]);
    assert_eq!(settings.further.iter().count(), 2);
}

/// A list of one key is that key, on every chip.
#[test]
fn a_list_of_one_is_the_one() {
    let one = BASE.replacen("read = \"read\"\n", "read = [\"read\"]\n", 1);
    assert_ne!(one, BASE);
    let [one, named] = [&one, BASE].map(|text| Profile::parse(text).unwrap());
    assert_eq!(one.applications(), named.applications());
}

#[test]
fn eight_keys_have_a_right_and_no_more() {
    let names = |count: usize| {
        let names = ["read", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9"];
        let names: Vec<_> = names.iter().take(count).map(|name| format!("{name:?}")).collect();
        format!("read = [{}]", names.join(", "))
    };
    assert_eq!(file(&names(8)).settings.sets().count(), 8);
    assert_eq!(
        mistake(&names(9)),
        "9 keys for one right: name 8 at most: a file has 8 sets of rights"
    );
}

#[test]
fn what_a_list_cannot_hold_is_told() {
    for (entries, told) in [
        ("read = []", "an empty list: name a key, or write \"never\""),
        ("read = [\"read\", \"read\"]", "named twice: name each once"),
        ("read = [\"read\", \"reed\"]", "the application has no key \"reed\": write \"read\""),
        ("read = [\"read\", \"never\"]", "\"never\" in a list of keys: take it out of the list"),
        (
            "read = [\"read\", \"free\"]",
            "\"free\" in a list of keys: write \"free\" alone: whoever is named beside it would be anyone",
        ),
        (
            "read = [\"read\", \"r2\"]\nread_write = \"free\"",
            "read_write = \"free\" gives to anyone what read gives to keys: name keys for read_write, or \
             write read = \"free\"",
        ),
    ] {
        let text = mistake(entries);
        assert!(text.starts_with(told), "{entries}: {text}");
    }
}

/// Where one of the chips lacks them, it is told which, and what to do.
#[test]
fn chips_without_further_sets_are_named() {
    let list = "read = [\"read\", \"r2\"]";
    let mixed = with(list).replacen("[\"ev2\", \"ev3\"]", "[\"ev1\", \"ev2\"]", 1);
    let error = Profile::parse(&mixed).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "several keys for read, which no file of a ev1 chip has: name one key, or take \"ev1\" out of \
             chips and write another profile for those"
        ),
        "{error}"
    );
    let alone = with(list).replacen("[\"ev2\", \"ev3\"]", "[\"ev1\"]", 1);
    let error = Profile::parse(&alone).unwrap_err().to_string();
    assert!(error.ends_with("which no file of a ev1 chip has: name one key"), "{error}");
}

/// In which form the sets come in other sessions nobody has published.
#[test]
fn sets_are_brought_in_ev2_messaging() {
    let text = with("read = [\"read\", \"r2\"]");
    assert_eq!(Profile::parse(&text).unwrap().messaging(), [crate::wire::Messaging::Ev2]);
    let named = text.replacen("verify = ", "messaging = [\"ev2\", \"ev1\"]\nverify = ", 1);
    let error = Profile::parse(&named).unwrap_err().to_string();
    assert!(
        error.contains("several keys for a right, which chips take in EV2 messaging alone")
            && error.ends_with("write messaging = [\"ev2\"], or take several keys for a right out"),
        "{error}"
    );
}

/// A slot of another issuer in a list opens the file as it does alone.
#[test]
fn a_list_with_another_issuers_key_counts_as_anyones() {
    let text = with("read = [\"read\", \"foreign:city\"]")
        .replacen("\"r10\"]", "\"foreign:city\"]", 1)
        .replacen("r10 = { ref = \"r10\", version = 1 }\n", "", 1);
    let error = Profile::parse(&text).unwrap_err().to_string();
    assert!(error.contains("anyone"), "{error}");
    let written = with("read = \"read\"\nread_write = [\"r2\", \"foreign:city\"]")
        .replacen("\"r10\"]", "\"foreign:city\"]", 1)
        .replacen("r10 = { ref = \"r10\", version = 1 }\n", "", 1);
    let error = Profile::parse(&written).unwrap_err().to_string();
    assert!(error.contains("read_write is another issuer's: anyone could alter"), "{error}");
}
