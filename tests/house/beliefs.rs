// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rules that rest on belief, listed and counted: a new row is a conscious change.
//!
//! `cargo test --test house beliefs:: -- --nocapture` prints them.

use std::collections::HashSet;
use std::path::Path;

use cardwright::belief::Belief;
use cardwright::{credential, diversify, emulator, host, originality, profile};

const HOST: usize = 81;
const DIVERSIFY: usize = 6;
const EMULATOR: usize = 194;
const CREDENTIAL: usize = 5;
const PROFILE: usize = 7;
const ORIGINALITY: usize = 1;

#[test]
fn every_belief_is_counted_and_can_be_settled() {
    for (pen, beliefs, count) in [
        ("host", host::BELIEFS, HOST),
        ("emulator", emulator::BELIEFS, EMULATOR),
        ("diversify", diversify::BELIEFS, DIVERSIFY),
        ("credential", credential::BELIEFS, CREDENTIAL),
        ("profile", profile::BELIEFS, PROFILE),
        ("originality", originality::BELIEFS, ORIGINALITY),
    ] {
        println!("{pen}: {} beliefs", beliefs.len());
        let mut rules = HashSet::new();
        for Belief { rule, place, source, settle } in beliefs {
            println!("- {rule}\n  place:  {place}\n  source: {source}\n  settle: {settle}");
            for field in [rule, place, source, settle] {
                assert!(!field.trim().is_empty(), "{pen}: {rule}: a field is empty");
            }
            assert!(rules.insert(rule), "{pen}: {rule}: twice");
            assert!(place.starts_with(pen), "{pen}: {rule}: {place} is another pen's");
            if let Err(missing) = find(place) {
                panic!("{pen}: {rule}: {missing}");
            }
        }
        assert_eq!(beliefs.len(), count, "{pen}: a belief came or went");
    }
}

#[test]
fn the_readme_tells_how_many_there_are() {
    let all = HOST + EMULATOR + DIVERSIFY + CREDENTIAL + PROFILE + ORIGINALITY;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    assert!(readme.contains(&format!("prints the {all} of")), "{all} beliefs");
}

#[test]
fn a_place_that_does_not_exist_is_noticed() {
    for place in [
        "crypto::cmac",
        "crypto::cmac::ChainedCmac::mac",
        "crypto::cmac, ChainedCmac::mac and AesCmac; wire::aid, Aid",
    ] {
        assert_eq!(find(place), Ok(()));
    }
    for place in [
        "gone",
        "crypto::gone",
        "crypto::cmac, Gone",
        "crypto::cmac, ChainedCmac::gone",
        "crypto::cmac, ChainedCmac and Gone",
        "crypto::cmac, ChainedCmac; wire::aid, ChainedCmac",
    ] {
        assert!(find(place).is_err(), "{place}");
    }
}

/// Looks for a place such as `host::rules, COMMIT and ABORT; host::frames`: modules that have a
/// file, and names that the file of the module before them contains.
fn find(place: &str) -> Result<(), String> {
    let mut text = String::new();
    for part in place.split([',', ';']).flat_map(|part| part.split(" and ")) {
        let mut names = part.trim().split("::").peekable();
        let mut module = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        while let Some(inner) = names.peek().map(|name| module.join(name))
            && inner.with_extension("rs").is_file()
        {
            text = std::fs::read_to_string(inner.with_extension("rs"))
                .map_err(|error| format!("{place}: {error}"))?;
            module = inner;
            names.next();
        }
        let words: HashSet<&str> =
            text.split(|letter: char| letter != '_' && !letter.is_alphanumeric()).collect();
        if let Some(missing) = names.find(|name| !words.contains(name)) {
            return Err(format!("{place}: there is no {missing}"));
        }
    }
    Ok(())
}
