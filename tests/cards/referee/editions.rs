// SPDX-License-Identifier: MIT OR Apache-2.0
//! The example profiles, some of them with less proof, and an edition after each with all keys in
//! another version.

use crate::common::KEYS;

/// A profile and its records.
pub(crate) struct Paper {
    pub(crate) name: &'static str,
    profile: &'static str,
    /// The proof that it asks for in place of its own.
    verify: Option<&'static str>,
    pub(crate) records: &'static str,
}

macro_rules! paper {
    ($name:literal, $records:literal) => {
        Paper {
            name: $name,
            profile: include_str!(concat!("../../../examples/data/profiles/", $name, ".toml")),
            verify: None,
            records: include_str!(concat!("../../../examples/data/", $records)),
        }
    };
}

pub(crate) static PROFILES: [Paper; 21] = [
    paper!("agency", "agency-records.csv"),
    paper!("badge", "badge-records.csv"),
    paper!("bolt", "bolt-records.csv"),
    paper!("campus", "campus-records.jsonl"),
    paper!("canteen", "canteen-records.csv"),
    paper!("directory", "directory-records.csv"),
    paper!("door", "door-records.csv"),
    paper!("door-2", "door-records.csv"),
    paper!("door-secure", "door-records.csv"),
    paper!("fleet", "fleet-records.csv"),
    paper!("legacy", "legacy-records.csv"),
    paper!("library", "library-records.csv"),
    paper!("log", "log-records.csv"),
    paper!("parking", "parking-records.csv"),
    paper!("purse", "purse-records.csv"),
    paper!("seal", "seal-records.csv"),
    paper!("site", "site-records.csv"),
    paper!("staff", "staff-records.csv"),
    paper!("sun", "sun-records.csv"),
    paper!("ticket", "ticket-records.jsonl"),
    paper!("visitor", "visitor-records.csv"),
];

macro_rules! lesser {
    ($name:literal, $of:literal, $verify:literal, $records:literal) => {
        Paper { name: $name, verify: Some($verify), ..paper!($of, $records) }
    };
}

/// Profiles whose policy proves less than everything: a card of theirs that is made ends as written, and
/// nothing but the verdict keeps it from being called done. One for each that a grade stands or falls
/// with: own keys whose changes no MAC answers, applications that start with zero keys, and D40
/// messaging without the look.
pub(crate) static LESSER: [Paper; 4] = [
    lesser!("door-mac", "door", "mac", "door-records.csv"),
    lesser!("canteen-key", "canteen", "key", "canteen-records.csv"),
    lesser!("legacy-mac", "legacy", "mac", "legacy-records.csv"),
    lesser!("legacy-key", "legacy", "key", "legacy-records.csv"),
];

/// What is on a chip with a fixed layout, which nobody creates and nothing above has a key for. The chip
/// is made up, so its profiles are no examples: one whose cards are done, and one that asks for no proof,
/// whose cards end as written.
pub(crate) static FIXED: [Paper; 2] = [
    Paper {
        name: "fixed",
        profile: include_str!("fixed.toml"),
        verify: None,
        records: "id,number\na,4711\nb,815\n",
    },
    Paper {
        name: "fixed-mac",
        profile: include_str!("fixed.toml"),
        verify: Some("mac"),
        records: "id,number\na,4711\nb,815\n",
    },
];

/// Slots that are left to other issuers. The man in the middle knows their keys, and nobody claims anything
/// of them.
pub(crate) static LEFT: [Paper; 1] = [Paper {
    name: "left",
    profile: include_str!("left.toml"),
    verify: None,
    records: "id,number\na,4711\nb,815\n",
}];

/// Parts that are as long as their values, random filling, and what is made over both under keys.
pub(crate) static MADE: [Paper; 1] = [Paper {
    name: "made",
    profile: include_str!("../../profiles/made.toml"),
    verify: None,
    records: "id,number,tag\na,10203040,C0FFEE11\nb,55667788,7E57\n",
}];

/// What a DESFire EV3 mirrors in files that a job creates.
pub(crate) static MIRRORED: [Paper; 1] = [Paper {
    name: "sdm-ev3",
    profile: include_str!("../../profiles/sdm-ev3.toml"),
    verify: None,
    records: include_str!("../../profiles/records.csv"),
}];

/// Transaction MAC files of a DESFire Light: one that is kept, and one under a key of the profile.
pub(crate) static COUNTED: [Paper; 2] = [
    Paper {
        name: "keeper",
        profile: include_str!("../../profiles/keeper.toml"),
        verify: None,
        records: include_str!("../../profiles/records.csv"),
    },
    Paper {
        name: "counted",
        profile: include_str!("../../profiles/counted.toml"),
        verify: None,
        records: include_str!("../../profiles/records.csv"),
    },
];

/// The keys of all of them.
pub(crate) fn keys() -> String {
    let own = include_str!("../../profiles/keys.toml");
    let (_, own) = own.split_once("[[key]]").unwrap();
    format!("{KEYS}\n[[key]]{own}")
}

impl Paper {
    /// Whether it asks for less proof than the profile that it is made of.
    pub(crate) const fn proves_less(&self) -> bool {
        self.verify.is_some()
    }

    /// The profile.
    pub(crate) fn text(&self) -> String {
        let Some(verify) = self.verify else { return self.profile.to_owned() };
        let line = |line: &str| match line.split_once("verify = ") {
            Some(("", _)) => format!("verify = \"{verify}\"\n"),
            _ => format!("{line}\n"),
        };
        let text: String = self.profile.lines().map(line).collect();
        assert_ne!(text, self.profile, "{} says nothing of its proof", self.name);
        text
    }
}

/// How much later the next version of a key is.
const LATER: u32 = 100;

/// The edition after one: every key of `[keys]` that opens something in its next version. Under another
/// key for seals the same record would have other contents, which only an update writes.
pub(crate) fn next_edition(text: &str) -> String {
    let mut within = false;
    let lines = text.lines().map(|line| {
        if line.starts_with('[') {
            within = line == "[keys]";
        }
        match version(line) {
            Some((before, number, after)) if within && !line.starts_with("seal ") => {
                let rest = after.strip_prefix(", former = 1").unwrap_or(after);
                format!("{before}version = {}, former = {number}{rest}\n", number + LATER)
            }
            _ => format!("{line}\n"),
        }
    });
    lines.collect()
}

/// A key file with each key in its next version too.
pub(crate) fn next_keys(text: &str) -> String {
    let (head, keys) = text.split_once("[[key]]").unwrap();
    let mut all = format!("{head}[[key]]{keys}");
    for key in keys.split("[[key]]") {
        all.push_str("\n[[key]]\n");
        for line in key.lines() {
            let line = match version(line) {
                Some((_, number, _)) => format!("version = {}", number + LATER),
                None => match line.strip_prefix("value = \"") {
                    Some(digits) => {
                        let turned: String = digits.trim_end_matches('"').chars().rev().collect();
                        format!("value = \"{turned}\"")
                    }
                    None => line.to_owned(),
                },
            };
            all.push_str(&line);
            all.push('\n');
        }
    }
    all
}

fn version(line: &str) -> Option<(&str, u32, &str)> {
    let (before, rest) = line.split_once("version = ")?;
    let end = rest.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(rest.len());
    let (number, after) = rest.split_at(end);
    Some((before, number.parse().ok()?, after))
}
