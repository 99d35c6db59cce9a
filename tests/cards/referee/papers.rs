// SPDX-License-Identifier: MIT OR Apache-2.0
//! The profiles that are refereed. One more is one more line of [`PAPERS`].

use crate::common::KEYS;

/// A profile and its records.
pub(crate) struct Paper {
    pub(crate) name: &'static str,
    profile: &'static str,
    /// The proof that it asks for in place of its own.
    verify: Option<&'static str>,
    pub(crate) records: &'static str,
}

/// A profile of the examples, with its records there.
macro_rules! example {
    ($name:literal, $records:literal) => {
        Paper {
            name: $name,
            profile: include_str!(concat!("../../../examples/data/profiles/", $name, ".toml")),
            verify: None,
            records: include_str!(concat!("../../../examples/data/", $records)),
        }
    };
}

/// A profile of `tests/profiles/`, with the records that most of them have.
macro_rules! tested {
    ($name:literal) => {
        tested!($name, include_str!("../../profiles/records.csv"))
    };
    ($name:literal, $records:expr) => {
        Paper {
            name: $name,
            profile: include_str!(concat!("../../profiles/", $name, ".toml")),
            verify: None,
            records: $records,
        }
    };
}

/// A profile beside this file.
macro_rules! own {
    ($name:literal) => {
        Paper {
            name: $name,
            profile: include_str!(concat!($name, ".toml")),
            verify: None,
            records: "id,number\na,4711\nb,815\n",
        }
    };
}

/// A profile that asks for less proof than the one that it is made of.
macro_rules! lesser {
    ($name:literal, $verify:literal, $of:expr) => {
        Paper { name: $name, verify: Some($verify), ..$of }
    };
}

/// The profile whose files have parts as long as their values, random filling, and what is made over both
/// under keys.
pub(crate) const MADE: &str = "made";

pub(crate) static PAPERS: [Paper; 49] = [
    example!("agency", "agency-records.csv"),
    example!("badge", "badge-records.csv"),
    example!("barrier", "door-records.csv"),
    example!("bolt", "bolt-records.csv"),
    example!("campus", "campus-records.jsonl"),
    example!("canteen", "canteen-records.csv"),
    example!("delegated", "delegated-records.csv"),
    example!("directory", "directory-records.csv"),
    example!("door", "door-records.csv"),
    example!("door-2", "door-records.csv"),
    example!("door-secure", "door-records.csv"),
    example!("fleet", "fleet-records.csv"),
    example!("legacy", "legacy-records.csv"),
    example!("library", "library-records.csv"),
    example!("log", "log-records.csv"),
    example!("parking", "parking-records.csv"),
    example!("purse", "purse-records.csv"),
    example!("purse-ev2", "purse-records.csv"),
    example!("seal", "seal-records.csv"),
    example!("site", "site-records.csv"),
    example!("staff", "staff-records.csv"),
    example!("sun", "sun-records.csv"),
    example!("sun-lrp", "sun-records.csv"),
    example!("ticket", "ticket-records.jsonl"),
    example!("visitor", "visitor-records.csv"),
    // Whose policy proves less than everything: a card of theirs that is made ends as written, and nothing
    // but the verdict keeps it from being called done. One for each that a grade stands or falls with: own
    // keys whose changes no MAC answers, applications that start with zero keys, and D40 messaging without
    // the look.
    lesser!("door-mac", "mac", example!("door", "door-records.csv")),
    lesser!("canteen-key", "key", example!("canteen", "canteen-records.csv")),
    lesser!("legacy-mac", "mac", example!("legacy", "legacy-records.csv")),
    lesser!("legacy-key", "key", example!("legacy", "legacy-records.csv")),
    // What is on a chip with a fixed layout, which nobody creates and nothing above has a key for. The chip
    // is made up, so its profiles are no examples.
    own!("fixed"),
    lesser!("fixed-mac", "mac", own!("fixed")),
    // Slots that are left to other issuers. The man in the middle knows their keys, and nobody claims
    // anything of them.
    own!("left"),
    // An application on somebody else's card whose keys come in another key set.
    own!("let-in"),
    // Files that several keys read, where the man in the middle knows none of the keys, and where he knows
    // those that everything starts with.
    tested!("several-keys"),
    own!("eight"),
    // Cards that refuse D40 and EV1 messaging in the end.
    tested!("legacy-off"),
    tested!("made", "id,number,tag\na,10203040,C0FFEE11\nb,55667788,7E57\n"),
    // A tag in LRP whose protected file holds something.
    tested!("tag-lrp"),
    // What a DESFire EV3 mirrors in files that a job creates.
    tested!("sdm-ev3"),
    // Transaction MAC files of a DESFire Light: one that is kept, and one under a key of the profile.
    tested!("keeper"),
    tested!("counted"),
    // Those of EV2 and EV3.
    tested!("counts"),
    tested!("counts-limit"),
    // What nothing on a card shows, or what readers see before they begin.
    tested!("told"),
    // Cards that nobody formats, and such that show a number of four bytes in place of their UID.
    tested!("no-format"),
    tested!("nuid"),
    // A DESFire Light in LRP that counts its transactions.
    tested!("counted-lrp"),
    // Keys that come all at once in another key set, which the job makes the active one, or a reader later.
    tested!("key-sets"),
    tested!("key-sets-later"),
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
