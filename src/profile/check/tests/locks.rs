// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys of readers that could shut others out, and a slot that leaves no room for the next edition.

use super::{BASE, Profile};

/// The warnings of the profile, with these lines replaced, that say this.
fn warned(base: &str, changes: &[(&str, &str)], told: &str) -> usize {
    let mut text = base.to_owned();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    let profile = Profile::parse(&text).unwrap_or_else(|error| panic!("{error}"));
    profile.warnings().iter().filter(|warning| warning.to_string().contains(told)).count()
}

#[test]
fn a_key_that_opens_files_and_rolls_sets_is_warned_of() {
    let aid = "aid = \"F48120\"\n";
    let third = ("keys = [\"master\", \"read\"]", "keys = [\"master\", \"read\", \"roll\"]");
    let declared = ("[card]\n", "roll = { ref = \"app2\", version = 1 }\n[card]\n");
    for (key, count) in [("read", 1), ("roll", 0), ("master", 0)] {
        for roll in ["now", "later"] {
            let sets = format!(
                "{aid}key_sets = {{ sets = 2, roll_key = \"{key}\", roll = \"{roll}\" }}\n"
            );
            let found =
                warned(BASE, &[third, declared, (aid, &sets)], "opens file 1 and rolls key sets");
            assert_eq!(found, count, "{key} {roll}");
        }
    }
}

#[test]
fn a_key_that_opens_files_and_may_limit_transactions_is_warned_of() {
    let ev3 = [
        ("[\"ev1\", \"ev2\", \"ev3\"]", "[\"ev3\"]"),
        ("messaging = [\"ev2\", \"ev1\"]", "messaging = [\"ev2\"]"),
        ("[card]\n", "mac = { ref = \"app2\", version = 1 }\n[card]\n"),
    ];
    let told = "opens file 1 and changes the transaction MAC file";
    for (change, count) in [("read", 1), ("master", 0), ("never", 0)] {
        let table = format!(
            "aid = \"F48120\"\ntransaction_mac = {{ no = 15, mode = \"mac\", key = \"mac\", reader = \"never\", \
             read = \"read\", change = \"{change}\" }}\n"
        );
        let of_file = ("aid = \"F48120\"\n", &*table);
        assert_eq!(warned(BASE, &[ev3[0], ev3[1], ev3[2], of_file], told), count, "{change}");
        let earlier = ("[\"ev1\", \"ev2\", \"ev3\"]", "[\"ev2\"]");
        assert_eq!(warned(BASE, &[earlier, ev3[1], ev3[2], of_file], told), 0, "{change}");
    }
}

#[test]
fn a_key_that_opens_a_file_of_several_keys_and_changes_its_rights_is_warned_of() {
    let later = [
        ("[\"ev1\", \"ev2\", \"ev3\"]", "[\"ev2\", \"ev3\"]"),
        ("messaging = [\"ev2\", \"ev1\"]", "messaging = [\"ev2\"]"),
        ("[card]\n", "gate = { ref = \"app2\", version = 1 }\n[card]\n"),
        ("keys = [\"master\", \"read\"]", "keys = [\"master\", \"read\", \"gate\"]"),
    ];
    let told = "changes its settings: whoever has it may take their rights from the other keys";
    for (read, change, count) in [
        ("[\"read\", \"gate\"]", "gate", 1),
        ("[\"read\", \"gate\"]", "master", 0),
        ("\"read\"", "read", 0),
    ] {
        let rights = format!("read = {read}\nchange = \"{change}\"\nwrite = \"master\"");
        let mut changes = later.to_vec();
        changes.push(("read = \"read\"\nwrite = \"master\"", &rights));
        assert_eq!(warned(BASE, &changes, told), count, "{read} {change}");
    }
}

/// By the rule of `Reading::Measured`: 3 blocks for two keys, 1 and 2 for the files.
#[test]
fn a_quota_without_room_for_a_file_that_is_made_anew_is_warned_of() {
    let base = super::delegated::BASE;
    let told = "an edition that makes file";
    for (quota, count) in [("6", 1), ("7", 1), ("8", 0), ("12", 0)] {
        let quota = format!("quota = {quota}");
        assert_eq!(warned(base, &[("quota = 12", &quota)], told), count, "{quota}");
    }
}
