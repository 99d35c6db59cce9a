// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mistakes in fields, keys and what a card may arrive with.

use super::{BASE, Profile, refused};

#[test]
fn fields() {
    refused(&[
        (
            "facility = {",
            "id = {",
            "line 11, column 1: \"id\" is a column of its own in the records",
        ),
        ("facility = {", "uid = {", "line 11, column 1: \"uid\" is a column of its own in the rec"),
        ("facility = {", "\"\" = {", "line 11, column 1: the field has no name: write a name"),
        (
            "max = 255",
            "max = 0",
            "line 11, column 35: max = 0 is out of range: write a number from",
        ),
        (
            "max = 255, ",
            "",
            "line 11, column 12: a field of type \"uint\" needs max: write max = …",
        ),
        ("max = 255", "length = 2", "line 11, column 38: a field of type \"uint\" has no length: "),
        ("max_length = 8", "max_length = 40000", "line 13, column 38: max_length = 40000 is out o"),
        (
            "\"technical\"",
            "\"secret\"",
            "line 11, column 48: unknown variant `secret`: write one of",
        ),
        (
            "number = { type",
            "spare = { type = \"uint\", max = 1, class = \"technical\" }\nnumber = { type",
            "line 12, column 1: nothing uses the field \"spare\": use it in a content or in a key, o",
        ),
    ]);
}

#[test]
fn keys() {
    refused(&[
        (
            "read = { ref",
            "free = { ref",
            "line 17, column 1: no key can be called \"free\", which h",
        ),
        ("\"app1\"", "\"\"", "line 17, column 16: the key has no ref: write ref = "),
        (
            "\"app1\", version = 1",
            "\"app1\", version = 256",
            "line 17, column 34: no key has version 256: write a version from 1 to 255",
        ),
        (
            "\"app1\", version = 1",
            "\"app1\", version = 0",
            "line 17, column 34: key \"read\" has version 0, as keys of new cards have: write a ver",
        ),
        (
            "\"picc\", version = 1",
            "\"picc\", version = 0",
            "line 15, column 34: key \"picc\" has version 0, as keys of new cards have: write a ver",
        ),
        (
            "\"hex:4143\"",
            "\"hex:414\"",
            "line 15, column 87: \"hex:414\" is nothing to diversify with",
        ),
        (
            "\"hex:4143\"",
            "\"uuid\"",
            "line 15, column 87: \"uuid\" is nothing to diversify with: writ",
        ),
        (
            "[\"uid\", \"hex:4143\"]",
            "[]",
            "line 15, column 79: an10922 takes 1 to 31 bytes of input",
        ),
        (
            "\"hex:4143\"",
            "\"ascii:this constant has 26 bytes\"",
            "line 15, column 79: an10922 takes 1 to 31 bytes of input, these are 33",
        ),
        ("\"an10922\"", "\"an1\"", "line 15, column 60: \"an1\" is no scheme"),
        (
            "\"hex:4143\"] }",
            "\"hex:4143\"], aid_order = \"wire\" }",
            "line 15, column 112: aid_order without \"aid\" in the input: take it out",
        ),
        (
            "\"hex:4143\"",
            "\"aid\"",
            "line 19, column 14: a PICC master key has no AID to diversify with: take \"aid\" out",
        ),
        (
            "_key = \"picc\"",
            "_key = \"pcc\"",
            "line 19, column 14: no key is called \"pcc\": write \"picc\", or one of",
        ),
    ]);
}

#[test]
fn check_values() {
    refused(&[
        (
            "\"app1\", version = 1",
            "\"app1\", version = 1, check = \"763CBC\"",
            "line 17, column 45: this is no check value: a check value says how it was made: write cmac-aes:",
        ),
        (
            "\"app1\", version = 1",
            "\"app1\", version = 1, check = \"00112233445566778899AABBCCDDEEFF\"",
            "line 17, column 45: this is no check value: a check value says how",
        ),
        (
            "\"app1\", version = 1",
            "\"app1\", version = 1, check = \"ecb-tdes:8CA64D\"",
            "line 17, column 45: no key of type AES has a check value ecb-tdes: write check = \"cmac-aes:…\"",
        ),
        (
            "\"app1\", version = 1",
            "\"app1\", version = 1, type = \"2k3des\", check = \"cmac-aes:763CBC\"",
            "line 17, column 62: no key of type DES has a check value cmac-aes: write check = \"ecb-tdes",
        ),
        (
            "\"app1\", version = 1",
            "\"app1\", version = 1, former_check = \"cmac-aes:763CBC\"",
            "line 17, column 52: former_check is of a key whose version is not named: write former = …",
        ),
        (
            "\"app1\", version = 1",
            "\"app1\", version = 2, former = 1, former_check = \"763CBC\"",
            "line 17, column 64: this is no check value: a check value says how",
        ),
        (
            "\"app1\", version = 1",
            "\"app1\", version = 2, former = 1, former_check = \"ecb-tdes:8CA64D\"",
            "line 17, column 64: no key of type AES has a check value ecb-tdes: write former_check = \"cmac",
        ),
    ]);
}

#[test]
fn transport_keys() {
    refused(&[
        (
            "[\"factory\"]",
            "[]",
            "line 7, column 8: no card could be new: write picc = [\"factory\"]",
        ),
        (
            "[\"factory\"]",
            "[\"stock\"]",
            "line 7, column 9: no key is called \"stock\": write one of \"pic",
        ),
        (
            "[\"factory\"]",
            "[\"master\"]",
            "line 7, column 9: a PICC master key has no AID to diversif",
        ),
        (
            "[\"factory\"]",
            "[\"factory\", { ref = \"stock\", version = 0 }]",
            "line 7, column 20: two transport keys have version 0: name keys that differ",
        ),
        (
            "[\"factory\"]",
            "[{ ref = \"stock\", version = 1 }]",
            "line 15, column 34: a transport key has version 1 too, so old and new look alike: wri",
        ),
        (
            "[\"factory\"]",
            "[\"picc\"]",
            "line 15, column 34: a transport key has version 1 too, so old and new look alike: wri",
        ),
    ]);
}

#[test]
fn random_uids_need_a_key_that_needs_none() {
    let random = BASE.replace("random_uid = false", "random_uid = true");
    assert!(Profile::parse(&random).is_ok(), "the key \"read\" can be made without the UID");
    let diversified = "read = { ref = \"app1\", version = 1, diversify = { scheme = \"an10922\", \
                       input = [\"uid\", \"aid\"] } }";
    let locked = random.replace("read = { ref = \"app1\", version = 1 }", diversified);
    let error = Profile::parse(&locked).unwrap_err().to_string();
    assert!(
        error.starts_with("line 6, column 1: random_uid = true, and every key needs"),
        "{error}"
    );
    let stock = "picc = [\"factory\", { ref = \"s\", version = 9, diversify = { scheme = \"an10922\", \
                 input = [\"uid\"] } }]";
    let error = Profile::parse(&random.replace("picc = [\"factory\"]", stock)).unwrap_err();
    let error = error.to_string();
    assert!(
        error.starts_with("line 7, column 20: cards with a random UID cannot be op"),
        "{error}"
    );
    let old = "old = { ref = \"picc\", version = 9 }\n[card]";
    let transport_only = locked.replace("[card]", old).replace("\"factory\"", "\"old\"");
    let error = Profile::parse(&transport_only).unwrap_err().to_string();
    assert!(error.starts_with("line 6, column 1: random_uid = true"), "{error}");
}

/// What new applications start with: one key for the whole card, known by a version of its own.
#[test]
fn start_keys() {
    let start = |key: &str| format!("\n[keys]\nstart = {key}");
    refused(&[
        (
            "\"zero\"",
            "\"one\"",
            "line 8, column 7: no key is called \"one\": write one of \"picc\"",
        ),
        (
            "\"zero\"",
            "\"00112233445566778899AABBCCDDEEFF\"",
            "line 8, column 7: this looks like a key itself, and its place is the key file",
        ),
        (
            "\"zero\"",
            "\"master\"",
            "line 8, column 7: the default key of new applications is one for the whole card",
        ),
        (
            "\"zero\"",
            "\"picc\"",
            "line 8, column 7: key \"master\" has version 1 too, so old and new",
        ),
    ]);
    for (key, said) in [
        ("{ ref = \"start\", version = 0 }", "has version 0, as keys of new cards have"),
        (
            "{ ref = \"start\", version = 9, type = \"3k3des\" }",
            "key \"start\" is of type 3K3DES, and application F48120 takes AES",
        ),
    ] {
        let text = BASE.replacen("\"zero\"", "\"start\"", 1);
        let text = text.replacen("\n[keys]", &start(key), 1);
        let error = Profile::parse(&text).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

/// Where the number of the slot goes into a key, one key of a store makes as many as there are slots.
#[test]
fn keys_that_differ_by_their_slot_are_not_the_same() {
    for recipe in ["gallagher\"", "sam-av1\"", "an10922\", input = [\"uid\", \"key-no\"]"] {
        let key =
            format!("{{ ref = \"app1\", version = 1, diversify = {{ scheme = \"{recipe} }} }}");
        let keys = format!("read = {key}\ntwin = {key}\n");
        let read = "read = { ref = \"app1\", version = 1 }\n";
        let text = BASE.replacen(read, &keys, 1);
        let text = text.replacen("[\"master\", \"read\"]", "[\"master\", \"read\", \"twin\"]", 1);
        let profile = Profile::parse(&text).unwrap();
        let same =
            profile.warnings().iter().any(|warning| warning.to_string().contains("same key"));
        assert!(!same, "{recipe}");
    }
}
