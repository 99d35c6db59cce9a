// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key slots that are left to another issuer: where they make a card unsafe.

use super::{BASE, Profile};

const KEYS: &str = "keys = [\"master\", \"read\"]";
const LEFT: &str = "keys = [\"master\", \"read\", \"foreign:canteen\"]";

fn left(changes: &[(&str, &str)]) -> Result<Profile, String> {
    let mut text = BASE.replacen(KEYS, LEFT, 1);
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    Profile::parse(&text).map_err(|error| error.to_string())
}

#[test]
fn a_slot_that_is_left_is_warned_of_and_told_by_what_the_profile_rests_on() {
    let profile = left(&[]).unwrap();
    let warned = profile.warnings().iter().map(ToString::to_string);
    let warned: Vec<_> = warned.filter(|one| one.contains("left to another issuer")).collect();
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert!(warned[0].contains("key 2 of F48120 is left"), "{warned:?}");
    let said = profile.trust().to_string();
    assert!(said.contains("; left to other issuers, so anyone's until they set them: F48120/2; "));
    let none = Profile::parse(BASE).unwrap();
    assert!(none.trust().left.is_empty() && !none.trust().to_string().contains("left to"));
}

#[test]
fn rights_of_such_a_slot_count_as_anyones() {
    let canteen = "\"foreign:canteen\"";
    let read = format!("read = {canteen}\nread_write = \"read\"");
    // The content of the file names a person.
    let personal = left(&[("read = \"read\"", &read)]).unwrap_err();
    assert!(personal.contains("anyone may read the personal field \"name\""), "{personal}");
    let allowed = read.clone() + "\nallow_public = true";
    let warned = left(&[("read = \"read\"", &allowed)]).unwrap();
    assert!(warned.warnings().iter().any(|one| one.to_string().contains("\"name\"")));
    for (changes, told) in [
        (
            [("read = \"read\"", "read = \"foreign:canteen\"\nallow_public = true")],
            "nobody may read the content back",
        ),
        (
            [("write = \"master\"", "write = \"foreign:canteen\"")],
            "write is another issuer's: anyone could alter what the profile writes",
        ),
        (
            [("write = \"master\"", "write = \"master\"\nchange = \"foreign:canteen\"")],
            "change is another issuer's: anyone could alter what the profile writes",
        ),
        (
            [("change = \"master\"", "change = \"foreign:canteen\"")],
            "another issuer could replace the keys of the profile",
        ),
    ] {
        let error = left(&changes).unwrap_err();
        assert!(error.contains(told), "{error}, not {told}");
    }
}

#[test]
fn key_0_is_left_only_with_the_whole_application_and_nothing_in_it() {
    let with = |keys: &str| left(&[(LEFT, keys)]).unwrap_err();
    let mixed = with("keys = [\"foreign:a\", \"master\", \"read\"]");
    assert!(mixed.contains("whoever has key 0 replaces the others"), "{mixed}");
    for (keys, told) in [
        ("keys = [\"master\", \"read\", \"foreign:\"]", "left to an issuer without a name"),
        (
            "keys = [\"master\", \"foreign:a\", \"foreign:a\"]",
            "two slots hold the key \"foreign:a\"",
        ),
    ] {
        let error = with(keys);
        assert!(error.contains(told), "{error}");
    }
    let whole = "\n[[application]]\naid = \"F58540\"\nkeys = [\"foreign:a\", \"foreign:b\"]\n";
    let file = "[[application.file]]\nno = 0\ntype = \"standard\"\nsize = 31\nmode = \"full\"\nread = \
                \"foreign:a\"\n";
    let profile = Profile::parse(&format!("{BASE}{whole}{file}")).unwrap();
    assert!(profile.applications()[1].is_anothers());
    let content = format!(
        "{BASE}{whole}{file}read_write = \"free\"\ncontent = [{{ constant = \"hex:00\" }}]\n"
    );
    let error = Profile::parse(&content.replace(
        "mode = \"full\"\nread = \"foreign:a\"\nread_write",
        "mode = \"plain\"\nread_write",
    ));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("whoever has key 0 deletes the files and makes others"), "{error}");
    let named = BASE.replacen("read = { ref", "\"foreign:read\" = { ref", 1);
    let error = Profile::parse(&named).unwrap_err().to_string();
    assert!(error.contains("no key can be called \"foreign:read\""), "{error}");
}
