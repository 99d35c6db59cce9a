// SPDX-License-Identifier: MIT OR Apache-2.0
//! An edition after each profile with all keys in another version, and its keys.

/// How much later the next version of a key is.
const LATER: u32 = 100;

/// The edition after one: every key of `[keys]` that opens something in its next version. Under another
/// key for seals the same record would have other contents, which only an update writes; the key of a card's owner
/// is not the profile's to change.
pub(crate) fn next_edition(text: &str) -> String {
    let mut within = false;
    let lines = text.lines().map(|line| {
        if line.starts_with('[') {
            within = line == "[keys]";
        }
        match version(line) {
            Some((before, number, after))
                if within && !["seal ", "manager "].iter().any(|kept| line.starts_with(kept)) =>
            {
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
