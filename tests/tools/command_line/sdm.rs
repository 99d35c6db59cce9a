// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pieces of addresses on the command line, as a server has them.

use std::process::Command;

use super::place::{KEYS, Place, Ran, another_program};

const SUN: &str = include_str!("../../../examples/data/profiles/sun.toml");
const SUN_LRP: &str = include_str!("../../../examples/data/profiles/sun-lrp.toml");

fn sdm(place: &Place, arguments: &[&str]) -> Ran {
    let mut command = Command::new(another_program("sdm"));
    let tags = ["--profile", "tags.toml", "--keys", "keys.toml"];
    Ran::of(&place.at(&mut command).args(arguments).args(tags).output().unwrap())
}

fn place(profile: &str) -> Place {
    let place = Place::new();
    place.write("tags.toml", profile);
    place.write("keys.toml", KEYS);
    place
}

/// PICC data and MAC of what a tag gives at its seventh reading.
fn given(place: &Place) -> [String; 2] {
    let uid = ["url", "--uid", "04DE5F1EACC040", "--counter", "7", "--record", "{\"batch\": 101}"];
    let address = sdm(place, &uid).out;
    let (_, rest) = address.trim().split_once("?e=").unwrap();
    let (picc, mac) = rest.split_once("&c=").unwrap();
    [format!("picc={picc}"), format!("mac={mac}")]
}

#[test]
fn pieces_are_taken_once_in_aes_and_in_lrp() {
    for (profile, digits) in [(SUN, 32), (SUN_LRP, 48)] {
        let place = place(profile);
        let [picc, mac] = given(&place);
        assert_eq!(picc.len(), "picc=".len() + digits);
        let all =
            ["verify", "--piece", &picc, "--piece", &mac, "--counters", "book", "--uid", "--why"];
        let taken = sdm(&place, &all);
        assert_eq!(
            (taken.code, taken.out.as_str()),
            (Some(0), "taken, reading 7, UID 04DE5F1EACC040\n")
        );
        let again = sdm(&place, &all);
        assert_eq!((again.code, again.out.as_str()), (Some(1), ""));
        assert!(again.err.ends_with("why: counter\n"), "{}", again.err);
        let other = mac.replace("mac=", "mac=0").split_at(mac.len()).0.to_owned();
        let turned = sdm(&place, &["verify", "--piece", &picc, "--piece", &other, "--why"]);
        assert_eq!(turned.code, Some(1));
        assert!(turned.err.ends_with("why: mac\n"), "{}", turned.err);
    }
}

/// What is written in another way is a mistake of whoever hands it on, and no word of an error repeats it.
#[test]
fn pieces_of_another_form_are_mistakes() {
    let place = place(SUN);
    let [picc, mac] = given(&place);
    let (short, _) = mac.split_at(mac.len() - 1);
    let odd = format!("{short}g");
    for (pieces, wanted) in [
        (
            &[picc.as_str()][..],
            "--piece mac is missing: the addresses of the profile have 16 characters of it",
        ),
        (
            &[mac.as_str()],
            "--piece picc is missing: the addresses of the profile have 32 characters of it",
        ),
        (&[&picc, short], "--piece mac has 15 characters, and a tag of the profile writes 16"),
        (&[&picc, &odd], "--piece mac: character 16 is no hexadecimal digit"),
        (
            &[&picc, &mac, "seal=CC"],
            "--piece seal: the addresses of the profile have none: leave it out",
        ),
        (&[&picc, &mac, &mac], "--piece mac: given twice: take one of them out"),
        (
            &[&picc, "cmac=00"],
            "--piece \"cmac\": no piece has this name: write one of picc, uid, counter, version, seal, enciphered, \
             mac, between",
        ),
        (&["94EED9EE65337086"], "--piece: no = in it: write NAME=TEXT, as mac=94EE…"),
    ] {
        let pieces = pieces.iter().flat_map(|piece| ["--piece", *piece]);
        let arguments: Vec<_> = ["verify"].into_iter().chain(pieces).collect();
        sdm(&place, &arguments).did_not_start(wanted);
    }
    let neither = sdm(&place, &["verify"]);
    assert_eq!((neither.code, neither.out.as_str()), (Some(2), ""));
    let both = sdm(&place, &["verify", "https://example.com/", "--piece", &mac]);
    assert_eq!((both.code, both.out.as_str()), (Some(2), ""));
}
