// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys that are computed and explained on the command line.

use std::process::Command;

use serde_json::Value;

use super::place::{KEYS, Place, Ran, another_program};

const PUBLISHED: &str = include_str!("../../../examples/data/an10922-keys.toml");

/// Runs the example `diversify` in the place.
fn diversify(place: &Place, arguments: &str) -> Ran {
    let mut command = Command::new(another_program("diversify"));
    let command = place.at(&mut command).args(arguments.split_whitespace());
    Ran::of(&command.output().unwrap())
}

/// AN10922, 2.2.1, 2.3.1 and 2.4.1; the DES keys with version 55 written in, as libfreefare has them.
/// Check values by OpenSSL 3.
#[test]
fn the_published_keys_come_out() {
    let place = Place::new();
    place.write("keys.toml", PUBLISHED);
    let card = "--scheme an10922 --keys keys.toml --uid 04782E21801D80 --aid 3042F5 --json";
    for (key, system, mask, expected, check) in [
        ("aes", "4E585020416275", "K2", "A8DD63A3B89D54B37CA802473FDA9175", "cmac-aes:5B298C"),
        ("2tdea", "4E58502041", "K1", "16F9587D9E8910C96B9649D007107DD6", "ecb-tdes:9DBE52"),
        (
            "3tdea",
            "4E5850",
            "K2",
            "2E0DD03774D3FA9B5705AB0BDA91CA0B55B8E07FCDBF10EC",
            "ecb-tdes:997BF6",
        ),
    ] {
        let arguments = format!("{card} --key {key} --input uid,aid,hex:{system}");
        let ran = diversify(&place, &arguments);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let explained: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(explained["key"], expected);
        assert_eq!(explained["check"], check);
        assert_eq!(explained["messages"][0]["last_block_masked_with"], mask);
        assert_eq!(explained["input"], format!("04782E21801D803042F5{system}"));
        let table = diversify(&place, &arguments.replace(" --json", ""));
        assert!(table.out.contains(expected), "{}", table.out);
    }
}

/// DAMAuthKey of a card is one of the card, and of no application.
#[test]
fn keys_of_delegated_applications_have_numbers_of_the_card() {
    let place = Place::new();
    place.write("keys.toml", KEYS);
    let card = "--scheme an10922 --keys keys.toml --key dam-auth --uid 04782E21801D80 --json";
    let made = |more: &str| diversify(&place, &format!("{card} {more}"));
    let ran = made("--key-no 16 --input uid,key-no");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let explained: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(explained["input"], "04782E21801D8010");
    // Those of the application are made as any other.
    let ran = diversify(
        &place,
        &format!("{} --aid F5D1A0 --key-no 1", card.replace("dam-auth", "locker1")),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for (more, why) in [
        (
            "--key-no 16 --aid F5D1A0",
            "--key-no 16: only a card as a whole has a key of this number",
        ),
        ("--key-no 14", "a key number is 0 to 13, or 16 to 18 of a card"),
        ("--key-no 19", "a key number is 0 to 13, or 16 to 18 of a card"),
    ] {
        let ran = made(more);
        assert!(ran.code == Some(2) && ran.err.contains(why), "{more}: {ran:?}");
    }
}

/// Check values by OpenSSL 3: of the key file's `staff0`, and of the key of AN10922 over this UID.
#[test]
fn a_live_key_is_told_by_its_check_value_and_never_by_its_bytes() {
    let place = Place::new();
    place.write("live.toml", KEYS.replacen("\"test\"", "\"live\"", 1));
    place.write("keys.toml", KEYS);
    let card = "--scheme an10922 --key staff0 --uid 04782E21801D80";
    let test = diversify(&place, &format!("{card} --keys keys.toml --json"));
    let test: Value = serde_json::from_str(&test.out).unwrap();
    let bytes = test["key"].as_str().unwrap();
    for output in ["", " --json"] {
        let ran = diversify(&place, &format!("{card} --keys live.toml{output}"));
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        for part in ["issuer_check", "check"].map(|name| test[name].as_str().unwrap()) {
            assert!(part.starts_with("cmac-aes:") && ran.out.contains(part), "{}", ran.out);
        }
        let (half, other) = bytes.split_at(16);
        assert!(!ran.out.contains(half) && !ran.out.contains(other), "{}", ran.out);
    }
}

/// A terminal is a place where somebody looks; this one is a test's.
#[cfg(target_os = "linux")]
#[test]
fn the_bytes_of_a_live_key_are_shown_on_a_terminal_that_asked_for_them() {
    use std::io::Read;

    let place = Place::new();
    place.write("live.toml", KEYS.replacen("\"test\"", "\"live\"", 1));
    place.write("keys.toml", KEYS);
    let card = "--scheme an10922 --key staff0 --uid 04782E21801D80";
    let test = diversify(&place, &format!("{card} --keys keys.toml --json"));
    let test: Value = serde_json::from_str(&test.out).unwrap();
    let bytes = test["key"].as_str().unwrap();
    for (show, shown) in [("", false), (" --show", true)] {
        let terminal = nix::pty::openpty(None, None).unwrap();
        let mut command = Command::new(another_program("diversify"));
        let arguments = format!("{card} --keys live.toml{show}");
        let command = place.at(&mut command).args(arguments.split_whitespace());
        let ended = command.stdout(terminal.slave).spawn().unwrap().wait().unwrap();
        assert!(ended.success(), "{ended}");
        // The last writer closes the terminal, which ends the reading with an error.
        command.stdout(std::process::Stdio::null());
        let mut said = Vec::new();
        let _closed = std::fs::File::from(terminal.master).read_to_end(&mut said);
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains(test["check"].as_str().unwrap()), "{said}");
        assert_eq!(said.contains(bytes), shown, "{said}");
    }
}

#[test]
fn the_list_tells_schemes_from_beliefs() {
    let ran = diversify(&Place::new(), "--list");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    for (scheme, held_by) in [
        ("an10922 ", "published vectors"),
        ("gallagher", "belief"),
        ("boltcard", "published vectors"),
    ] {
        let line = ran.out.lines().find(|line| line.contains(scheme)).unwrap();
        assert!(line.contains(held_by), "{line}");
    }
}

#[test]
fn what_cannot_be_computed_is_told() {
    let place = Place::new();
    place.write("keys.toml", PUBLISHED);
    place.write("live.toml", KEYS.replacen("\"test\"", "\"live\"", 1));
    for (arguments, message) in [
        ("", "the following required arguments were not provided"),
        ("--scheme an10923 --keys keys.toml --key aes", "schemes are an10922, "),
        ("--scheme an10922 --keys keys.toml --key aes", "not known: name it with --uid"),
        ("--scheme an10922 --keys keys.toml --key door", "there are aes (version 1), 2tdea"),
        ("--scheme sagem --keys keys.toml --key aes", "sagem makes no AES keys: it is for DES"),
        ("--scheme an10922 --keys none.toml --key aes", "none.toml: "),
        (
            "--scheme an10922 --keys live.toml --key staff0 --uid 04782E21801D80 --show",
            "--show: the bytes of a key go to a terminal only, and this is none",
        ),
        ("--scheme an10922 --keys keys.toml --key aes --uid 0478", "a UID is 14 hexadecimal"),
        ("--scheme an10922 --keys keys.toml --key aes --input hex:0", "write \"uid\", \"aid\""),
        (
            "--scheme an10922 --keys keys.toml --key 2tdea --input hex:00112233445566778899AABBCCDDEEFF",
            "with DES keys the input has 1 to 15 bytes, these are 16",
        ),
        (
            "--scheme sam-av1 --keys keys.toml --key aes --uid 04782E21801D80 --input uid",
            "sam-av1 makes its own input",
        ),
    ] {
        let ran = diversify(&place, arguments);
        assert_eq!(ran.code, Some(2), "{arguments}: {}", ran.err);
        assert!(ran.err.contains(message), "{arguments}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}
