// SPDX-License-Identifier: MIT OR Apache-2.0
//! Delegated applications, and what would leave one that no card takes.

use super::Profile;
use crate::profile::{Delegation, Layout};
use crate::wire::Messaging;

pub(super) const BASE: &str = include_str!("../../../../examples/data/profiles/delegated.toml");

/// The example with this replaced.
fn text(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(BASE.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replacen(old, new, 1)
    })
}

fn mistake(old: &str, new: &str) -> String {
    Profile::parse(&text(&[(old, new)])).unwrap_err().to_string()
}

#[test]
fn an_application_is_in_a_slot_of_a_card_that_is_not_the_profiles() {
    let profile = Profile::parse(BASE).unwrap();
    assert!(matches!(profile.layout(), Layout::Delegated { .. }));
    assert!(profile.card().is_none());
    assert_eq!(profile.messaging(), [Messaging::Ev2]);
    let &Delegation { slot, slot_version, quota, key } = profile.delegation().unwrap();
    assert_eq!((slot, slot_version, quota), (3, 1, 12));
    assert_eq!(profile[key].name, "manager");
    // The start key and the owner's are no card's alone, nor are they made from its UID.
    let trust = profile.trust();
    assert_eq!(trust.same_on_every_card.iter().map(|key| &key.name).collect::<Vec<_>>(), ["start"]);
    let shared =
        text(&[(", diversify = { scheme = \"an10922\", input = [\"uid\", \"ascii:CITY\"] }", "")]);
    let shared = Profile::parse(&shared).unwrap();
    let names =
        shared.trust().same_on_every_card.iter().map(|key| key.name.clone()).collect::<Vec<_>>();
    assert_eq!(names, ["manager", "start"]);
}

#[test]
fn what_is_the_owners_is_not_in_the_profile() {
    for (old, new, told) in [
        (
            "[[application]]",
            "[card]\nmaster_key = \"master\"\n\n[[application]]",
            "the profile has no PICC master key",
        ),
        (
            "[[application]]",
            "[card]\nlegacy = \"off\"\n\n[[application]]",
            "the profile has no older messaging to switch off",
        ),
        (
            "[transport]",
            "[transport]\npicc = [\"factory\"]",
            "the profile has no PICC master key: take it out",
        ),
        ("[transport]", "[transport]\nstock = \"used\"", "the profile has no stock"),
        (
            "chips = [\"ev2\", \"ev3\"]",
            "chips = [\"ev1\", \"ev2\"]",
            "no ev1 chip has delegated applications",
        ),
        (
            "chips = [\"ev2\", \"ev3\"]",
            "chips = [\"light\"]",
            "no application of a light chip is new",
        ),
        (
            "verify =",
            "messaging = [\"ev2\", \"ev1\"]\nverify =",
            "delegated, which chips take in EV2 messaging alone",
        ),
        (
            "[[application]]",
            "[[application]]\naid = \"F50001\"\nkeys = [\"master\"]\n\n[[application]]",
            "each has a slot of somebody else's card and a permission of the owner's to itself",
        ),
    ] {
        let found = mistake(old, new);
        assert!(found.contains(told), "{new}: {found}");
    }
}

/// By the rule of `Reading::Measured`: 3 blocks for two keys, 1 and 2 for the files.
#[test]
fn an_application_that_no_card_takes_is_a_mistake() {
    for (old, new, told) in [
        (
            "quota = 12",
            "quota = 5",
            "a quota of 5 blocks is 160 bytes, and the application takes 192 with its files: write quota = 6 or more",
        ),
        ("quota = 12", "quota = 0", "0 is out of range: write a number from 1 to 65535"),
        ("slot = 3", "slot = 65536", "65536 is out of range"),
        ("slot_version = 1", "slot_version = 256", "256 is out of range"),
        ("key = \"manager\" }", "key = \"boss\" }", "no key is called \"boss\""),
        (", key = \"manager\" }", " }", "missing field `key`"),
        ("key = \"manager\" }", "key = \"manager\", keys = 2 }", "unknown entry `keys`"),
        (
            "ref = \"dam-auth\", version = 1,",
            "ref = \"dam-auth\", version = 1, type = \"2k3des\",",
            "DAMAuthKey of type DES",
        ),
        ("\"ascii:CITY\"", "\"aid\"", "has no AID to diversify with"),
        (
            "version = 100 }",
            "version = 100, diversify = { scheme = \"an10922\", input = [\"uid\"] } }",
            "one permission is for every card",
        ),
        ("app = \"start\"", "app = \"start\"\nrandom_uid = true", "needs the real UID"),
    ] {
        let found = mistake(old, new);
        assert!(found.contains(told), "{new}: {found}");
    }
    assert!(Profile::parse(&text(&[("quota = 12", "quota = 6")])).is_ok());
}

#[test]
fn no_application_of_a_fixed_layout_is_delegated() {
    let keys = ["a", "b", "c", "d", "e"];
    let declared = keys.map(|key| format!("{key} = {{ ref = \"{key}\", version = 1 }}\n")).concat();
    let light = format!(
        "[profile]\nname = \"l\"\nchips = [\"light\"]\n[fields]\n[keys]\n{declared}[[application]]\n\
         aid = \"00DF01\"\nkeys = {keys:?}\n\
         delegated = {{ slot = 3, slot_version = 1, quota = 12, key = \"a\" }}\n"
    );
    let found = Profile::parse(&light).unwrap_err().to_string();
    assert!(found.contains("a light chip has no delegated applications"), "{found}");
}

/// By the rule of `Reading::Measured`: the keys of each set beside the first take 2 blocks more.
#[test]
fn a_delegated_application_has_key_sets_within_its_quota() {
    let sets = "change = \"master\"\nkey_sets = { sets = 2, roll_key = \"lock\" }";
    let in_sets = [("change = \"master\"", sets)];
    let profile = Profile::parse(&text(&in_sets)).unwrap();
    assert_eq!(profile.applications()[0].key_sets.unwrap().count, 2);
    let small = Profile::parse(&text(&[in_sets[0], ("quota = 12", "quota = 6")])).unwrap_err();
    let small = small.to_string();
    assert!(small.contains("a quota of 6 blocks is 192 bytes"), "{small}");
}

/// A slot whose version cannot grow any more takes no other application.
#[test]
fn the_last_version_of_a_slot_is_warned_of() {
    let told = |version: &str| {
        let text = BASE.replacen("slot_version = 1", &format!("slot_version = {version}"), 1);
        let profile = Profile::parse(&text).unwrap();
        let mut all = profile.warnings().iter().map(ToString::to_string);
        all.any(|one| one.contains("no application comes into the slot after this one"))
    };
    assert_eq!(["1", "254", "255"].map(told), [false, false, true]);
}
