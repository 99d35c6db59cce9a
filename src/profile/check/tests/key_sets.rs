// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key sets, and the locks that they make possible.

use super::{BASE, KeyNo, Profile};
use crate::profile::Roll;

/// The profile with key sets and these lines replaced.
fn text(sets: &str, changes: &[(&str, &str)]) -> String {
    let aid = "aid = \"F48120\"\n";
    let mut text = BASE.replacen(aid, &format!("{aid}key_sets = {sets}\n"), 1);
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    text
}

#[test]
fn they_are_counted_and_rolled_now_by_key_0_unless_named() {
    let parsed = |sets| Profile::parse(&text(sets, &[])).unwrap();
    let sets = |profile: &Profile| profile.applications()[0].key_sets.unwrap();
    let plain = parsed("{ sets = 2 }");
    let found = sets(&plain);
    assert_eq!((found.count, found.roll_key, found.roll), (2, KeyNo::MASTER, Roll::Now));
    assert_eq!(plain.meaning(), parsed("{ sets = 2, roll = \"now\" }").meaning());
    let later = parsed("{ sets = 16, roll_key = \"read\", roll = \"later\" }");
    let found = sets(&later);
    assert_eq!((found.count, u8::from(found.roll_key), found.roll), (16, 1, Roll::Later));
    assert_ne!(plain.meaning(), later.meaning());
}

#[test]
fn readers_that_roll_with_key_0_are_warned_of() {
    let warned = |sets| {
        let profile = Profile::parse(&text(sets, &[])).unwrap();
        let named = |warning: &&_| ToString::to_string(warning).contains("roll with key 0");
        profile.warnings().iter().filter(named).count()
    };
    assert_eq!(warned("{ sets = 2, roll = \"later\" }"), 1);
    assert_eq!(warned("{ sets = 2, roll = \"later\", roll_key = \"read\" }"), 0);
    assert_eq!(warned("{ sets = 2 }"), 0);
}

/// Cards without sets cannot wait for readers, which then no longer open them.
#[test]
fn chips_that_cannot_wait_are_warned_of() {
    let warned = |sets, chips| {
        let all = "[\"ev1\", \"ev2\", \"ev3\"]";
        let profile = Profile::parse(&text(sets, &[(all, chips)])).unwrap();
        let told = profile.warnings().iter().map(ToString::to_string);
        told.filter(|told| told.contains("ev1 cards have no key sets")).count()
    };
    let later = "{ sets = 2, roll_key = \"read\", roll = \"later\" }";
    assert_eq!(warned(later, "[\"ev1\", \"ev2\", \"ev3\"]"), 1);
    assert_eq!(warned(later, "[\"ev2\", \"ev3\"]"), 0);
    assert_eq!(warned("{ sets = 2 }", "[\"ev1\", \"ev2\", \"ev3\"]"), 0);
}

/// Each would leave cards whose next keys cannot come, or take a key away from whoever has it.
#[test]
fn what_would_lock_a_door_is_told() {
    let plain = "{ sets = 2 }";
    let names: Vec<String> = (0..9).map(|no| format!("k{no}")).collect();
    let declared: String = names
        .iter()
        .map(|name| format!("{name} = {{ ref = \"{name}\", version = 1 }}\n"))
        .collect();
    let many = format!("keys = [\"master\", \"read\", \"{}\"]", names.join("\", \""));
    for (sets, changes, told) in [
        (
            plain,
            &[("[\"ev1\", \"ev2\", \"ev3\"]", "[\"ev1\"]"), ("[\"ev2\", \"ev1\"]", "[\"ev1\"]")][..],
            "none of the chips has key sets",
        ),
        (plain, &[("[\"ev2\", \"ev1\"]", "[\"ev1\"]")], "in EV2 messaging alone"),
        (
            plain,
            &[
                ("{ ref = \"app0\"", "{ ref = \"app0\", type = \"2k3des\""),
                ("{ ref = \"app1\"", "{ ref = \"app1\", type = \"2k3des\""),
            ],
            "which AES keys open",
        ),
        (
            plain,
            &[("\"master\", \"read\"]", "\"master\", \"read\", \"foreign:x\"]")],
            "would be zeros",
        ),
        (plain, &[("change = \"master\"", "change = \"never\"")], "a set is filled by key 0"),
        (plain, &[("change = \"master\"", "change = \"same\"")], "a set is filled by key 0"),
        (plain, &[("change = \"master\"", "change = \"read\"")], "a set is filled by key 0"),
        (plain, &[("change = \"master\"", "key_changeable = false")], "a set is filled by key 0"),
        ("{ sets = 1 }", &[], "an application with 1 key sets: write 2 to 16"),
        ("{ sets = 17 }", &[], "an application with 17 key sets"),
        ("{ sets = 2, roll_key = \"reed\" }", &[], "has no key \"reed\": write \"read\""),
        (
            "{ sets = 2, roll_key = \"k6\" }",
            &[
                ("[card]\n", &format!("{declared}[card]\n")),
                ("keys = [\"master\", \"read\"]", &many),
            ],
            "key 8 rolls no sets: cards take keys 0 to 7",
        ),
    ] {
        let error = Profile::parse(&text(sets, changes)).unwrap_err().to_string();
        assert!(error.contains(told), "{told}: {error}");
    }
}
