// SPDX-License-Identifier: MIT OR Apache-2.0
//! Older messaging switched off, and what would be shut out with it.

use super::{BASE, Profile};
use crate::wire::Messaging;

/// The profile for chips that can refuse it, and told to, with these lines replaced.
fn text(changes: &[(&str, &str)]) -> String {
    let mut text = BASE
        .replacen("[\"ev1\", \"ev2\", \"ev3\"]", "[\"ev2\", \"ev3\"]", 1)
        .replacen("messaging = [\"ev2\", \"ev1\"]\n", "", 1)
        .replacen("[card]\n", "[card]\nlegacy = \"off\"\n", 1);
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    text
}

fn mistake(changes: &[(&str, &str)]) -> String {
    Profile::parse(&text(changes)).unwrap_err().to_string()
}

/// Jobs speak what the card takes afterwards, and the profile warns of what cannot be taken back.
#[test]
fn ev2_messaging_alone_is_left() {
    let profile = Profile::parse(&text(&[])).unwrap();
    assert!(profile.card().unwrap().legacy_off);
    assert_eq!(profile.messaging(), [Messaging::Ev2]);
    let warned = profile.warnings().iter().map(ToString::to_string);
    let warned: Vec<_> = warned.filter(|warning| warning.contains("for good")).collect();
    assert_eq!(warned.len(), 1, "{warned:?}");
    let on = Profile::parse(&text(&[("legacy = \"off\"", "legacy = \"on\"")])).unwrap();
    assert!(!on.card().unwrap().legacy_off);
    assert_eq!(on.messaging(), [Messaging::Ev2, Messaging::Ev1]);
    let unsaid = Profile::parse(&text(&[("legacy = \"off\"\n", "")])).unwrap();
    assert_eq!(on.meaning(), unsaid.meaning());
}

#[test]
fn what_would_be_shut_out_is_told() {
    for (changes, told) in [
        (
            &[("[\"ev2\", \"ev3\"]", "[\"ev1\", \"ev2\"]")][..],
            "legacy = \"off\" on a ev1 chip, which has no other messaging: take it out, or take \"ev1\" out \
             of chips and write another profile for those",
        ),
        (
            &[("verify = ", "messaging = [\"ev2\", \"ev1\"]\nverify = ")],
            "ev1 messaging, which the card refuses once legacy = \"off\": write messaging = [\"ev2\"], or \
             take legacy out of [card]",
        ),
        (
            &[(
                "picc = { ref = \"picc\", version = 1",
                "picc = { ref = \"picc\", type = \"2k3des\", version = 1",
            )],
            "a PICC master key of type DES, which no card opens once legacy = \"off\": name a key of type",
        ),
        (
            &[
                ("master = { ref = \"app0\"", "master = { type = \"3k3des\", ref = \"app0\""),
                ("read = { ref = \"app1\"", "read = { type = \"3k3des\", ref = \"app1\""),
            ],
            "application F48120 has keys of type 3K3DES, which no card opens once legacy = \"off\": give",
        ),
    ] {
        let found = mistake(changes);
        assert!(found.contains(told), "{found}");
    }
    let others = text(&[("legacy = \"off\"\n", "legacy = \"off\"\nforeign = \"allowed\"\n")]);
    let warned = Profile::parse(&others).unwrap();
    let mut warned = warned.warnings().iter().map(ToString::to_string);
    assert!(warned.any(|warning| warning.contains("applications of others with DES keys")));
}
