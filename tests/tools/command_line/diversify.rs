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
#[test]
fn the_published_keys_come_out() {
    let place = Place::new();
    place.write("keys.toml", PUBLISHED);
    let card = "--scheme an10922 --keys keys.toml --uid 04782E21801D80 --aid 3042F5 --json";
    for (key, system, mask, expected) in [
        ("aes", "4E585020416275", "K2", "A8DD63A3B89D54B37CA802473FDA9175"),
        ("2tdea", "4E58502041", "K1", "16F9587D9E8910C96B9649D007107DD6"),
        ("3tdea", "4E5850", "K2", "2E0DD03774D3FA9B5705AB0BDA91CA0B55B8E07FCDBF10EC"),
    ] {
        let arguments = format!("{card} --key {key} --input uid,aid,hex:{system}");
        let ran = diversify(&place, &arguments);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let explained: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(explained["key"], expected);
        assert_eq!(explained["messages"][0]["last_block_masked_with"], mask);
        assert_eq!(explained["input"], format!("04782E21801D803042F5{system}"));
        let table = diversify(&place, &arguments.replace(" --json", ""));
        assert!(table.out.contains(expected), "{}", table.out);
    }
}

#[test]
fn the_list_tells_schemes_from_beliefs() {
    let ran = diversify(&Place::new(), "--list");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    for (scheme, held_by) in [("an10922 ", "published vectors"), ("gallagher", "belief")] {
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
        ("--scheme an10922 --keys keys.toml --key door", "the file has aes (version 1), 2tdea"),
        ("--scheme sagem --keys keys.toml --key aes", "sagem makes no AES keys: it is for DES"),
        ("--scheme an10922 --keys none.toml --key aes", "none.toml: "),
        ("--scheme an10922 --keys live.toml --key picc --uid 04782E21801D80", "marked live"),
        ("--scheme an10922 --keys keys.toml --key aes --uid 0478", "a UID is 14 hexadecimal"),
        ("--scheme an10922 --keys keys.toml --key aes --input hex:0", "a part is uid, aid"),
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
