// SPDX-License-Identifier: MIT OR Apache-2.0
//! The example profiles, and an edition after each with all keys in another version.

/// A profile and its records.
pub(crate) struct Paper {
    pub(crate) name: &'static str,
    pub(crate) profile: &'static str,
    pub(crate) records: &'static str,
}

macro_rules! paper {
    ($name:literal, $records:literal) => {
        Paper {
            name: $name,
            profile: include_str!(concat!("../../../examples/data/profiles/", $name, ".toml")),
            records: include_str!(concat!("../../../examples/data/", $records)),
        }
    };
}

pub(crate) static PROFILES: [Paper; 16] = [
    paper!("agency", "agency-records.csv"),
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
    paper!("site", "site-records.csv"),
    paper!("staff", "staff-records.csv"),
    paper!("ticket", "ticket-records.jsonl"),
    paper!("visitor", "visitor-records.csv"),
];

/// How much later the next version of a key is.
const LATER: u32 = 100;

/// The edition after one: every key of `[keys]` in its next version.
pub(crate) fn next_edition(text: &str) -> String {
    let mut within = false;
    let lines = text.lines().map(|line| {
        if line.starts_with('[') {
            within = line == "[keys]";
        }
        match version(line) {
            Some((before, number, after)) if within => {
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
