// SPDX-License-Identifier: MIT OR Apache-2.0
//! What goes into keys: fields, pieces of the UID, schemes of the profile.

use super::{BASE, Profile};

const READ: &str = "read = { ref = \"app1\", version = 1 }";

fn read(diversify: &str) -> String {
    format!("read = {{ ref = \"app1\", version = 1, diversify = {diversify} }}")
}

fn an10922(input: &str) -> String {
    read(&format!("{{ scheme = \"an10922\", input = [{input}] }}"))
}

fn told(from: &str, to: &str, told: &str) {
    assert!(BASE.contains(from), "{from}");
    let error = Profile::parse(&BASE.replacen(from, to, 1)).unwrap_err().to_string();
    assert!(error.contains(told), "{error}, not {told}");
}

fn warnings(text: &str) -> Vec<String> {
    let profile = Profile::parse(text).unwrap_or_else(|error| panic!("{error}"));
    profile.warnings().iter().map(ToString::to_string).collect()
}

#[test]
fn words_that_are_none_are_refused_with_what_to_write() {
    for (input, wanted) in [
        ("\"uid[0..8]\"", "\"uid[0..8]\" is nothing to diversify with: write \"uid\""),
        ("\"field:nobody\"", "no field is called \"nobody\": write one of"),
        ("\"field:nummer\"", "no field is called \"nummer\": write \"number\""),
        ("\"field:name\"", "the field \"name\" has not as many bytes for each record: take"),
        ("\"field:number[1..3]\"", "\"field:number[1..3]\", and the field \"number\" has 2 bytes"),
        ("\"field:number[1..\"", "\"field:number[1..\" is no field: write \"field:\""),
    ] {
        told(READ, &an10922(input), wanted);
    }
    let optional = "number = { type = \"uint\", optional = true";
    let text =
        BASE.replacen("number = { type = \"uint\"", optional, 1).replace(", unique = true", "");
    let error = Profile::parse(&text.replacen(READ, &an10922("\"field:number\""), 1)).unwrap_err();
    assert_eq!(error.code().name(), "profile-conflict");
    let wanted =
        "the field \"number\" is optional, and what stands for it makes no key: take optional";
    assert!(error.to_string().contains(wanted), "{error}");
    // Neither a supplier nor a new card knows the record.
    let stock = "picc = [\"factory\", { ref = \"stock\", version = 9, diversify = { scheme = \
                 \"an10922\", input = [\"field:number\"] } }]";
    told("picc = [\"factory\"]", stock, "no record is known of a card as it comes: take the");
}

#[test]
fn a_key_that_several_cards_share_is_warned_of() {
    for (input, told) in [
        ("\"uid\"", None),
        ("\"uid-reversed\", \"aid\"", None),
        ("\"field:number\"", None),
        ("\"aid\"", Some("without \"uid\" in its input the diversified key is the same on ev")),
        ("\"uid[3..7]\"", Some("without the whole UID in its input the diversified key may be")),
        ("\"field:facility\"", Some("cards of records with the same values have the same key")),
    ] {
        let text = BASE.replace(READ, &an10922(input));
        let of_read = |all: Vec<String>| all.into_iter().find(|one| one.contains("key \"read\""));
        match (of_read(warnings(&text)), told) {
            (None, None) => {}
            (Some(warning), Some(told)) => assert!(warning.contains(told), "{warning}"),
            (found, _) => panic!("{input}: {found:?}"),
        }
        let alone = told.is_none();
        let profile = Profile::parse(&text).unwrap();
        let same = profile.trust().same_on_every_card.iter().any(|key| key.name == "read");
        assert_eq!(same, !alone, "{input}");
    }
}

#[test]
fn a_personal_field_in_a_key_is_warned_of() {
    let text = BASE.replace(
        "number = { type = \"uint\", max = 65535, class = \"pseudonymous\"",
        "number = { type = \"uint\", max = 65535, class = \"personal\"",
    );
    let text = text.replace(READ, &an10922("\"field:number\""));
    assert!(warnings(&text).iter().any(|one| one.contains("the personal field \"number\" goes")));
}

const SITE: &str =
    "[[scheme]]\nname = \"site\"\ninput = [\"uid\"]\npadding = \"80\"\ncipher = \"ecb\"\n";

/// What is wrong with a scheme of these entries and a key that is diversified so.
fn site(scheme: &str, key: &str) -> Option<String> {
    let scheme = format!("[[scheme]]\nname = \"site\"\n{scheme}\n[card]");
    let text = BASE.replace("[card]", &scheme).replace(READ, &read(key));
    Profile::parse(&text).err().map(|error| error.to_string())
}

const KEY: &str = "{ scheme = \"site\" }";
const KEY_WITH_INPUT: &str = "{ scheme = \"site\", input = [\"uid\"] }";

#[test]
fn a_scheme_and_its_keys_say_between_them_what_goes_in() {
    let whole = "input = [\"uid\"]\npadding = \"80\"\ncipher = \"ecb\"";
    let open = "input = [\"input\"]\ncipher = \"cmac\"";
    assert_eq!((site(whole, KEY), site(open, KEY_WITH_INPUT)), (None, None));
    for (scheme, key, told) in [
        (whole, "{ scheme = \"sit\" }", "\"sit\" is no scheme: schemes are an10922, "),
        (whole, KEY_WITH_INPUT, "the scheme says itself what goes in: take"),
        (open, KEY, "input is missing: write input = "),
    ] {
        let found = site(scheme, key).unwrap_or_default();
        assert!(found.contains(told), "{scheme} {key}: {found}");
    }
}

/// A part of a content has neither a slot nor an application.
#[test]
fn no_part_is_made_under_a_key_that_takes_its_number_or_the_aid() {
    let part = "content = [{ mac = \"aes-cmac\", over = [\"x\"], key = \"read\" }, { pad = \"00\", bytes = 1, \
                name = \"x\" }, ";
    let with = |scheme: &str, key: &str| {
        let scheme = format!("[[scheme]]\nname = \"site\"\n{scheme}\ncipher = \"cmac\"\n[card]");
        let text = BASE.replace("[card]", &scheme).replace(READ, key);
        Profile::parse(&text.replacen("content = [", part, 1)).unwrap_err().to_string()
    };
    let told = "the key \"read\" takes the AID or a key number, which a part has not";
    for input in ["\"uid\", \"key-no\"", "\"uid\", \"aid\""] {
        let found = with(&format!("input = [{input}]"), &read(KEY));
        assert!(found.contains(told), "{input}: {found}");
        let found = with("input = [\"uid\"]", &an10922(input));
        assert!(found.contains(told), "{input}: {found}");
    }
}

#[test]
fn a_scheme_is_checked_with_the_key_that_uses_it() {
    for (input, rest, told) in [
        ("", "cipher = \"cmac\"", "nothing goes into the scheme: write input"),
        ("\"uid\", [\"uid\"]", "cipher = \"cmac\"", "words and lists of words in one list"),
        ("\"uid\"", "cipher = \"hmac\"", "\"hmac\" is nothing that a scheme does: write one of"),
        ("\"uid\"", "cipher = \"ecb\"", "7 bytes are no whole blocks of 16, and nothing fills"),
        (
            "\"uid\"",
            "padding = \"81\"\ncipher = \"ecb\"",
            "\"81\" is nothing that a scheme does: write one of \"none\", ",
        ),
        (
            "\"uid\"",
            "cipher = \"cmac\"\ncut = [\"0-16\"]",
            "\"0-16\" is no piece of what comes out",
        ),
        (
            "\"uid\"",
            "cipher = \"cmac\"\ncut = [\"1..17\"]",
            "16 bytes come out, and byte 16 is behind them",
        ),
        (
            "\"uid\"",
            "padding = \"80\"\nlength = 129\ncipher = \"ecb\"",
            "a message of 129 bytes: write a number from 1 to 128",
        ),
        ("\"field:nobody\"", "cipher = \"cmac\"", "no field is called \"nobody\""),
    ] {
        let found = site(&format!("input = [{input}]\n{rest}"), KEY).unwrap_or_default();
        assert!(found.contains(told), "{input} {rest}: {found}");
    }
}

#[test]
fn a_scheme_has_a_name_of_its_own_and_a_key() {
    let with = |schemes: &str| BASE.replace("[card]", &format!("{schemes}[card]"));
    for (schemes, told) in [
        (format!("{SITE}{SITE}"), "there is a scheme \"site\" already"),
        (SITE.replace("site", "sagem"), "there is a scheme \"sagem\" already"),
        (SITE.replace("site", ""), "the scheme has no name"),
    ] {
        let error = Profile::parse(&with(&schemes)).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    assert!(
        warnings(&with(SITE)).iter().any(|one| one.contains("no key uses the scheme \"site\""))
    );
}
