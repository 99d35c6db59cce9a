// SPDX-License-Identifier: MIT OR Apache-2.0
//! Transaction MAC files of applications that are created, and what they make impossible.

use super::*;
use crate::wire::Messaging;

const COUNTS: &str = include_str!("../../../../tests/profiles/counts.toml");
const LIMITED: &str = include_str!("../../../../tests/profiles/counts-limit.toml");

fn with(text: &str, changes: &[(&str, &str)]) -> Result<Profile, String> {
    let mut text = text.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from:?} is not in the profile");
        text = text.replacen(from, to, 1);
    }
    Profile::parse(&text).map_err(|error| error.to_string())
}

fn warned(text: &str, changes: &[(&str, &str)]) -> Vec<String> {
    let profile = with(text, changes).unwrap();
    let shown = |warning: &Warning| format!("{}: {warning}", warning.code);
    profile.warnings().iter().map(shown).collect()
}

#[test]
fn it_is_made_under_a_key_of_the_profile() {
    let profile = with(COUNTS, &[]).unwrap();
    assert_eq!(profile.messaging(), [Messaging::Ev2]);
    let [one, other] = profile.applications() else { panic!("two applications") };
    let (no, key, settings) = one.keyed_transaction_mac().unwrap();
    assert_eq!((u8::from(no), profile[key].name.as_str()), (15, "counted"));
    let bank = Access::Key(KeyNo::new(1).unwrap());
    assert_eq!((settings.read, settings.reader), (bank, bank));
    assert_eq!((settings.mode, settings.change), (CommMode::Mac, Access::Never));
    assert_eq!(one.reader_id().unwrap().0[..2], [0x00, 0x11]);
    assert_eq!((one.transaction_limit(), other.reader_id()), (None, None));
    // A block more than without.
    let without = with(
        COUNTS,
        &[(
            "transaction_mac = { no = 0, key = \"counted\", mode = \"plain\", read = \"free\" }\n",
            "",
        )],
    );
    assert_eq!(profile.memory() - without.unwrap().memory(), 32);
    let limited = with(LIMITED, &[]).unwrap();
    assert_eq!(limited.applications()[0].transaction_limit(), Some(1000));
}

#[test]
fn what_cannot_be_is_told() {
    let sole = "read = \"free\" }";
    for (changes, told) in [
        (
            &[("[\"ev2\", \"ev3\"]", "[\"ev1\", \"ev2\"]")][..],
            "transaction_mac on ev1 chips, which make no MACs of transactions and would get an application \
             without the file: take \"ev1\" out of chips and write another profile for those",
        ),
        (
            &[("verify = ", "messaging = [\"ev2\", \"ev1\"]\nverify = ")],
            "transaction_mac, which chips take in EV2 messaging alone, in a profile with another",
        ),
        (&[("{ no = 15, ", "{ ")], "missing field `no`"),
        (&[("no = 15, ", "no = 32, ")], "no file has number 32"),
        (&[("no = 15, ", "no = 2, ")], "two files of the application have number 2"),
        (&[("mode = \"mac\", ", "")], "missing field `mode`"),
        (&[("key = \"counted\", mode", "mode")], "missing field `key`"),
        (&[("mode = \"plain\", read", "mode = \"full\", read")], "data go in clear: name a key"),
        (&[(sole, "limit = 5 }")], "on other chips than ev3: write chips = [\"ev3\"]"),
        (&[("reader = \"bank\"", "reader = \"master\"")], "and another key names its reader"),
        (
            &[(", reader_id = \"00112233445566778899AABBCCDDEEFF\"", "")],
            "write reader_id = … in transaction_mac, by which jobs update it, or reader = \"never\"",
        ),
        (&[("keys = [\"other\"]", "keys = [\"foreign:x\", \"other\"]")], "is another issuer's"),
    ] {
        let said = with(COUNTS, changes).map(|_| ()).unwrap_err();
        assert!(said.contains(told), "{said}");
    }
    for (changes, told) in [
        (&[("limit = 1000", "limit = 0")][..], "a limit of 0 transactions"),
        (&[("limit = 1000", "limit = 4294967296")], "write a number from 1 to 4294967295"),
        (&[("change = \"bank\", ", "")], "a limit that no key of the profile may set"),
        (
            &[("change = \"bank\"", "change = \"free\"")],
            "a limit that no key of the profile may set",
        ),
    ] {
        let said = with(LIMITED, changes).map(|_| ()).unwrap_err();
        assert!(said.contains(told), "{said}");
    }
}

/// Readers that lack what a commit takes are told of, key by key.
#[test]
fn readers_that_are_shut_out_are_told_of() {
    let told = |changes: &[(&str, &str)]| -> Vec<String> {
        let all = warned(COUNTS, changes).into_iter();
        all.filter(|one| one.starts_with("warning-readers-shut-out")).collect()
    };
    assert_eq!(told(&[]), [""; 0]);
    // Nothing of the profile waits in the value file.
    let value = [("value = \"number\"\n", ""), ("write = \"bank\"", "write = \"master\"")];
    let lacking = told(&value);
    assert!(
        matches!(&lacking[..], [one] if one.contains("writes file 1 with key 0 commits nothing without key 1")),
        "{lacking:?}"
    );
    let names = told(&[
        ("aid = \"F50075\"\n", "aid = \"F50075\"\niso_id = \"E075\"\n"),
        ("no = 3\n", "no = 3\niso_id = \"E076\"\n"),
    ]);
    assert!(matches!(&names[..], [one] if one.contains("ISO 7816-4 commands")), "{names:?}");
    let foreign = told(&[
        ("keys = [\"other\"]", "keys = [\"other\", \"foreign:till\"]"),
        ("read = \"free\" }", "read = \"free\", reader = \"foreign:till\" }"),
        ("content = [{ uint = \"number\", bytes = 4, order = \"big\" }, { hex = \"tag\" }]", ""),
    ]);
    assert_eq!(foreign.len(), 2, "{foreign:?}");
    assert!(foreign[0].contains("with key 1 of another issuer"), "{foreign:?}");
    assert!(foreign[1].contains("file 3 with key 0 commits nothing without key 1"), "{foreign:?}");
}

#[test]
fn what_is_for_good_is_told() {
    let for_good: Vec<_> = warned(LIMITED, &[]);
    let told = |text: &str| for_good.iter().filter(|one| one.contains(text)).count();
    assert_eq!(told("warning-one-way: "), 2, "{for_good:?}");
    assert_eq!(told("after 1000 transactions the application's data can neither be read nor"), 1);
    assert_eq!(told("cards that count under version 1 begin to count from 0 again"), 1);
}

/// The next edition names the version before, under which cards count.
#[test]
fn a_former_version_of_its_key_is_missed() {
    let before = COUNTS.replace("version = 2, former = ", "version = ");
    let next = COUNTS.replacen(
        "counted = { ref = \"aes-d\", version = 2, former = 1",
        "counted = { ref = \"aes-d\", version = 2",
        1,
    );
    let [before, now, next] =
        [before.as_str(), COUNTS, &next].map(|text| Profile::parse(text).unwrap());
    assert_eq!(now.changes_from(&before), []);
    let told: Vec<_> = next.changes_from(&before).iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].ends_with(
        "\"counted\" had version 1, by which the new edition does not know it: write former = 1"
    ));
}
