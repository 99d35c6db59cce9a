// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key files that are made, shown and changed on the command line, and that no value of a key comes out.

mod blocks;
mod ceremony;
#[cfg(feature = "age")]
mod sealed;
#[cfg(feature = "age")]
mod sealed_blocks;

use std::io::Write as _;
use std::process::{Command, Stdio};

use cardwright::key::CheckValue;
use cardwright::keys::{KeyFile, Purpose, Store};
use cardwright::wire::KeyVersion;
use serde_json::Value;

use super::place::{DOOR, KEYS, Place, Ran, another_program};

/// Runs the example `keys` in the place, where somebody types these lines.
fn keys_typing(place: &Place, arguments: &str, typed: &str) -> Ran {
    let mut command = Command::new(another_program("keys"));
    let command = place.at(&mut command).args(arguments.split_whitespace());
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that reads nothing closes its end.
    let _closed = child.stdin.take().unwrap().write_all(typed.as_bytes());
    Ran::of(&child.wait_with_output().unwrap())
}

fn keys(place: &Place, arguments: &str) -> Ran {
    keys_typing(place, arguments, "")
}

/// Whether a text has the value of a key of this file in it, or half of one.
fn has_values(text: &str, file: &str) -> bool {
    let text = text.to_lowercase();
    let values = file.lines().filter_map(|line| {
        let value = line.strip_prefix("value = ").or(line.strip_prefix("receipt = "))?;
        Some(value.trim().trim_matches('"').to_lowercase())
    });
    let mut halves = values.flat_map(|value| {
        let (half, other) = value.split_at(value.len() / 2);
        [half.to_owned(), other.to_owned()]
    });
    halves.any(|half| text.contains(&half))
}

#[track_caller]
fn refused(ran: &Ran, why: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
    let last = ran.err.lines().last().unwrap();
    assert!(last.starts_with("error: ") && last.contains(why), "{ran:?}");
}

#[test]
fn a_key_file_is_made_of_names_and_of_profiles() {
    let place = Place::new();
    place.write("door.toml", DOOR);
    let make = "make --out keys.toml --from door.toml --key extra:3k3des:7 --key x:2k3des:0 --use live --tenant Pier";
    let ran = keys(&place, make);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.out.starts_with("keys.toml: ") && ran.out.ends_with("use live, in the clear\n"),
        "{ran:?}"
    );
    #[cfg(unix)]
    assert_eq!(place.mode("keys.toml") & 0o777, 0o600);
    let text = place.read("keys.toml");
    assert!(!has_values(&format!("{ran:?}"), &text));
    let file = KeyFile::parse(&text).unwrap();
    assert_eq!((file.purpose(), file.tenant()), (Purpose::Live, Some("Pier")));
    assert!(file.issuer("extra", KeyVersion(7)).is_ok());
    let profile = cardwright::Profile::parse(DOOR).unwrap();
    assert!(cardwright::Job::new(profile, &file).is_ok());
    // What is there stays, and two files have nothing in common.
    let again = keys(&place, make);
    refused(&again, "keys.toml: this file is there");
    assert_eq!(place.read("keys.toml"), text);
    assert_eq!(keys(&place, &make.replace("keys.toml", "other.toml")).code, Some(0));
    assert!(!has_values(&place.read("other.toml"), &text));
}

#[test]
fn what_no_key_file_can_be_made_of_is_told() {
    let place = Place::new();
    place.write("door.toml", DOOR);
    for (arguments, why) in [
        (
            "--key picc:aes128:1 --key picc:2k3des:1",
            "key picc (version 1) is of type aes128 and of type 2k3des",
        ),
        ("--from none.toml", "none.toml: "),
    ] {
        let ran = keys(&place, &format!("make --out keys.toml --use test {arguments}"));
        refused(&ran, why);
        assert!(!place.exists("keys.toml"));
    }
    for arguments in
        ["--key picc:aes256:1", "--key picc:aes128:256", "--key aes128:1", "--key :aes128:1", ""]
    {
        let ran = keys(&place, &format!("make --out keys.toml --use test {arguments}"));
        assert_eq!((ran.code, place.exists("keys.toml")), (Some(2), false), "{ran:?}");
    }
}

#[test]
fn keys_are_shown_by_their_check_values_alone() {
    let place = Place::new();
    place.write("keys.toml", KEYS);
    let ran = keys(&place, "show keys.toml --json");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let shown: Value = serde_json::from_str(&ran.out).unwrap();
    let file = KeyFile::parse(KEYS).unwrap();
    let listed = shown["keys"].as_array().unwrap();
    assert_eq!(listed.len(), file.names().count());
    assert_eq!(shown["use"], "test");
    for (key, (name, version)) in listed.iter().zip(file.names()) {
        let issuer = file.issuer(name, version).unwrap();
        assert_eq!((&key["name"], &key["version"]), (&name.into(), &version.0.into()));
        assert_eq!(key["check"], CheckValue::of(&*issuer).unwrap().to_string());
    }
    let table = keys(&place, "show keys.toml");
    for key in listed {
        assert!(table.out.contains(key["check"].as_str().unwrap()), "{table:?}");
    }
    assert!(table.out.contains("differ in their low bits alone"), "{table:?}");
    assert!(!has_values(&format!("{ran:?} {table:?}"), KEYS));
    refused(&keys(&place, "show none.toml"), "none.toml: ");
    place.write("bent.toml", KEYS.replacen("value = \"", "value = \"Z", 1));
    let ran = keys(&place, "show bent.toml");
    refused(&ran, "bent.toml: line ");
    assert!(!has_values(&format!("{ran:?}"), KEYS));
}

#[test]
fn on_which_days_keys_are_put_on_cards_is_shown() {
    let place = Place::new();
    let lives = [
        "not_before = \"2027-01-01\"\nnot_after = \"2027-12-31\"\n",
        "revoked = \"2027-06-01\"\n",
        "revoked = true\n",
        "",
    ];
    let mut text = "use = \"test\"\nreceipt = \"".to_owned() + &"5A".repeat(31) + "00\"\n";
    for (number, life) in lives.iter().enumerate() {
        let value = format!("C7{number:02}").repeat(8);
        text += &format!("[[key]]\nname = \"k{number}\"\ntype = \"aes128\"\nversion = 1\n");
        text += &format!("value = \"{value}\"\n{life}");
    }
    place.write("keys.toml", &text);
    let ran = keys(&place, "show keys.toml --json");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let shown: Value = serde_json::from_str(&ran.out).unwrap();
    let entries = ["not_before", "not_after", "revoked"];
    let found = |number: usize| entries.map(|entry| shown["keys"][number][entry].clone());
    assert_eq!(found(0), ["2027-01-01".into(), "2027-12-31".into(), Value::Null]);
    assert_eq!(found(1), [Value::Null, Value::Null, "2027-06-01".into()]);
    assert_eq!(found(2), [Value::Null, Value::Null, true.into()]);
    assert_eq!(found(3), [Value::Null, Value::Null, Value::Null]);
    let table = keys(&place, "show keys.toml").out;
    assert!(table.contains("from 2027-01-01, until 2027-12-31"), "{table}");
    assert!(table.contains("revoked 2027-06-01") && table.contains("put on cards"), "{table}");
    place.write("keys.toml", KEYS);
    assert!(!keys(&place, "show keys.toml").out.contains("put on cards"));
}

/// The same check value as `diversify` comes to, in the place where the card has the key.
#[test]
fn a_derived_key_is_shown_for_a_card() {
    let place = Place::new();
    place.write("keys.toml", KEYS);
    place.write("door.toml", DOOR);
    let profile = cardwright::Profile::parse(DOOR).unwrap();
    let derive = "show keys.toml --profile door.toml --uid 04782E21801D80 --json --derive";
    let mut places = 0;
    for spec in profile.keys() {
        for name in [spec.name.clone(), format!("door/{}", spec.name)] {
            let ran = keys(&place, &format!("{derive} {name}"));
            assert_eq!(ran.code, Some(0), "{ran:?}");
            let shown: Value = serde_json::from_str(&ran.out).unwrap();
            let file = KeyFile::parse(KEYS).unwrap();
            let issuer = file.issuer(&spec.reference, spec.version).unwrap();
            for at in shown["places"].as_array().unwrap() {
                let uid = cardwright::iso14443::RealUid::new(*b"\x04\x78\x2E\x21\x80\x1D\x80");
                let subject = cardwright::diversify::Subject {
                    uid: Some(&uid),
                    aid: at["application"].as_str().unwrap().parse().unwrap(),
                    no: cardwright::wire::KeyNo::new(
                        at["key_no"].as_u64().unwrap().try_into().unwrap(),
                    )
                    .unwrap(),
                    fields: None,
                };
                let key = spec.card_key(&*issuer, &subject).unwrap();
                assert_eq!(at["check"], key.check_value().to_string());
                let digits = key.test_digits().unwrap();
                assert!(!ran.out.contains(digits.split_at(16).0), "{ran:?}");
                places += 1;
            }
            assert!(!has_values(&ran.out, KEYS), "{ran:?}");
        }
    }
    // Each key of the demonstration, some in several places.
    assert!(places >= 10, "{places}");
    let ran = keys(&place, &format!("{derive} read1x"));
    refused(&ran, "door.toml: the profile door has no key read1x");
}

#[test]
fn a_receipt_key_is_replaced_and_nothing_else() {
    let place = Place::new();
    let commented = format!("# Ours, of 2026.\r\n{KEYS}\n# The end, without a line end");
    place.write("keys.toml", &commented);
    let ran = keys_typing(&place, "rotate keys.toml", "no\n");
    refused(&ran, "nobody said yes: the receipt key stays");
    assert_eq!(place.read("keys.toml"), commented);
    refused(&keys_typing(&place, "rotate keys.toml", ""), "nothing was typed");
    let ran = keys_typing(&place, "rotate keys.toml", "yes\n");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "keys.toml: another receipt key\n"),
        "{ran:?}"
    );
    assert!(ran.err.contains("cannot be linked"), "{ran:?}");
    let text = place.read("keys.toml");
    assert!(
        !has_values(&format!("{ran:?}"), &text) && !has_values(&format!("{ran:?}"), &commented)
    );
    let receipt = |text: &str| {
        let (_, rest) = text.split_once("receipt = \"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let (old, new) = (receipt(&commented), receipt(&text));
    assert!(old != new && new.len() == 64);
    assert_eq!(text, commented.replacen(&old, &new, 1));
    #[cfg(unix)]
    assert_eq!(place.mode("keys.toml") & 0o777, 0o600);
    assert!(KeyFile::parse(&text).is_ok() && !place.exists("keys.toml.new"));
    assert_eq!(keys(&place, "rotate keys.toml --yes").code, Some(0));
    let escaped = KEYS.replacen("receipt = \"3", "receipt = \"\\u0033", 1);
    assert_ne!(escaped, KEYS);
    place.write("odd.toml", escaped);
    refused(&keys(&place, "rotate odd.toml --yes"), "has to be written in place");
}

#[cfg(not(feature = "age"))]
#[test]
fn without_the_feature_encrypted_files_say_what_to_build() {
    let place = Place::new();
    place.write("keys.toml", KEYS);
    place.write("keys.age", "age-encryption.org/v1\n");
    for arguments in [
        "show keys.age",
        "rotate keys.age --yes",
        "encrypt keys.toml --out new.age",
        "make --out new.age --key a:aes128:1 --use test --passphrase",
    ] {
        refused(&keys(&place, arguments), "cargo run --release --features age --example keys");
    }
    assert!(!place.exists("new.age"));
    let ran = place.run("--keys keys.age");
    ran.did_not_start(
        "keys.age: encrypted key files need the feature age: cargo run --release --features age --example encode",
    );
}

#[cfg(not(feature = "pkcs11"))]
#[test]
fn without_the_feature_tokens_say_what_to_build() {
    let place = Place::new();
    for uri in ["pkcs11:token=Zanzibar?module-path=/m.so&pin-value=1234", "PKCS11:"] {
        let why = "keys in a token need the feature pkcs11: cargo run --release --features pkcs11 --example ";
        place.run(&format!("--keys {uri}")).did_not_start(&format!("{why}encode"));
        let ran = keys(&place, &format!("show {uri}"));
        refused(&ran, &format!("{why}keys"));
        assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
    }
}
