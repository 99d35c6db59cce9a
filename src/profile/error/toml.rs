// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the TOML reader found, in words that say what was meant: not TOML, an unknown entry, a value of
//! another type. No value is quoted: it may be a key that belongs elsewhere.

use super::{ProfileError, mistake};
use crate::alike::nearest;
use crate::code::Code;
use crate::keys::Position;

/// The tables of a profile as they are written.
const TABLES: &[(&str, &str)] = &[
    ("profile", "[profile]"),
    ("transport", "[transport]"),
    ("fields", "[fields]"),
    ("format", "[[format]]"),
    ("scheme", "[[scheme]]"),
    ("keys", "[keys]"),
    ("card", "[card]"),
    ("table", "[[table]]"),
    ("item", "[[item]]"),
    ("application", "[[application]]"),
    ("import", "[import]"),
    ("export", "[export]"),
];

/// The tables of an import table in a file of its own.
const IMPORT_TABLES: &[(&str, &str)] =
    &[("columns", "[columns]"), ("numbers", "[numbers]"), ("booleans", "[booleans]")];

/// What SetConfiguration sets beside what a profile says, and why no profile says it.
const LEFT_OUT: [(&str, &str); 6] = [
    ("proximity_check", NO_PROXIMITY_CHECK),
    ("virtual_card", NO_VIRTUAL_CARD),
    ("transaction_timer", NO_CAPABILITIES),
    ("capabilities", NO_CAPABILITIES),
    ("error_binding", "leave it out: what a card tells of errors then is not public"),
    ("default_key", "write app = { ref = \"NAME\", version = NUMBER } in [transport]"),
];

const NO_PROXIMITY_CHECK: &str = "leave it out: no job reads or proves such a card again, as a round of the check over \
                                  a PC's reader takes longer than the card promises to wait";
const NO_VIRTUAL_CARD: &str =
    "leave it out: how such a card is opened is not public, so no job opens it again";
const NO_CAPABILITIES: &str = "leave it out: what these bytes count is not public, and a timer that is too short \
                               silences the card in every job";

impl ProfileError {
    /// From what the reader found in this text.
    pub(in crate::profile) fn from_toml(text: &str, error: &toml::de::Error) -> Self {
        Self::with_tables(text, error, TABLES)
    }

    /// From what the reader found in an import table of its own.
    pub(in crate::profile) fn from_import(text: &str, error: &toml::de::Error) -> Self {
        Self::with_tables(text, error, IMPORT_TABLES)
    }

    fn with_tables(text: &str, error: &toml::de::Error, tables: &[(&str, &str)]) -> Self {
        // What stands below a table of another name is taken for something else.
        if let Some((at, name)) = unknown_table(text, tables) {
            let near = nearest(name, tables.iter().map(|(known, _)| *known));
            let near = tables.iter().find(|(known, _)| Some(*known) == near);
            let instead = match near {
                Some((_, written)) => format!("write {written}"),
                None => {
                    let written: Vec<_> = tables.iter().map(|(_, written)| *written).collect();
                    format!("write one of {}", written.join(", "))
                }
            };
            let problem = format!("no table is called {name:?}");
            let position = Position::of(text, at);
            return Self { code: mistake::UNKNOWN_TABLE, position, problem, instead };
        }
        let at = error.span().map_or(0, |span| span.start);
        let value = text.get(at..).unwrap_or_default();
        let (code, (problem, instead)) = match without_quotes(error.message(), value) {
            Some(told) => (mistake::TYPE, told),
            None => (kind(error.message()), of_message(error.message())),
        };
        Self { code, position: Position::of(text, at), problem, instead }
    }
}

/// The first header of a table that profiles do not have, and where it stands.
fn unknown_table<'t>(text: &'t str, tables: &[(&str, &str)]) -> Option<(usize, &'t str)> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let begins = at + (line.len() - line.trim_start().len());
        at += line.len();
        let header = line.split('#').next().unwrap_or_default().trim();
        let inner = |header| str::strip_suffix(str::strip_prefix(header, '[')?, ']');
        let Some(header) = inner(header) else { continue };
        let header = inner(header).unwrap_or(header);
        let bare = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
        let first = header.split('.').next().unwrap_or_default();
        let named = first.starts_with(|sign: char| sign.is_ascii_alphabetic());
        let known = tables.iter().any(|(known, _)| *known == first);
        if named && header.chars().all(bare) && !known {
            return Some((begins, first));
        }
    }
    None
}

/// A word where a value has to stand, which the reader takes for whatever begins alike.
fn without_quotes(message: &str, value: &str) -> Option<(String, String)> {
    let no_value = ["string values must be quoted", "invalid boolean", "invalid integer"];
    if !no_value.iter().any(|known| message.starts_with(known)) {
        return None;
    }
    if value.starts_with(['\u{201C}', '\u{201D}', '\u{201E}', '\u{2018}', '\u{2019}']) {
        let instead = "write \" before and behind the text";
        return Some(("quotes of a word processor".to_owned(), instead.to_owned()));
    }
    let ends = |sign: char| sign.is_whitespace() || ",]}#".contains(sign);
    let word = value.split(ends).next().unwrap_or_default();
    let lower = word.to_lowercase();
    Some(match lower.as_str() {
        "true" | "false" => ("no boolean".to_owned(), format!("write {lower}")),
        _ => ("a text without quotes".to_owned(), "write \" before and behind it".to_owned()),
    })
}

/// Of which kind the reader's own message is.
fn kind(message: &str) -> Code {
    const BEGINNINGS: [(&str, Code); 7] = [
        ("unknown field", mistake::UNKNOWN_ENTRY),
        ("unknown variant", mistake::UNKNOWN_NAME),
        ("missing field", mistake::MISSING),
        ("duplicate key", mistake::REPEATED),
        ("invalid type", mistake::TYPE),
        ("wanted string or table", mistake::TYPE),
        ("invalid value", mistake::RANGE),
    ];
    let found = BEGINNINGS.iter().find(|(beginning, _)| message.starts_with(beginning));
    found.map_or(mistake::NO_TOML, |(_, code)| *code)
}

/// From the reader's own message.
fn of_message(message: &str) -> (String, String) {
    let (problem, instead) = match message.split_once(", expected ") {
        Some((problem, "i64")) if problem.starts_with("invalid value: integer ") => {
            ("a number that is too large", format!("write one up to {}", i64::MAX))
        }
        Some((problem, expected)) if problem.starts_with("invalid type: ") => {
            (of_type(problem), write(expected))
        }
        Some((problem, expected)) => (problem, write(expected)),
        None if message == "wanted string or table" => ("no text", write("a string")),
        None if message.starts_with("missing field") => (message, "add it here".to_owned()),
        None if message.starts_with("duplicate key") => (message, "name it once".to_owned()),
        None => (message, "write it as TOML has it".to_owned()),
    };
    let instead = problem
        .split_once('`')
        .and_then(|(_, rest)| rest.strip_suffix('`'))
        .and_then(|wrong| left_out(wrong).or_else(|| likely(wrong, &instead)))
        .unwrap_or(instead);
    (problem.replace("unknown field", "unknown entry"), instead)
}

/// What stands there, without its value.
fn of_type(problem: &str) -> &str {
    let found = problem.strip_prefix("invalid type: ").unwrap_or(problem);
    match found.split([' ', '`']).next().unwrap_or_default() {
        "string" => "a text",
        "integer" => "a number",
        "floating" => "a number with a fraction",
        "boolean" => "a boolean",
        "sequence" => "a list",
        // A date without quotes is read as a table.
        "map" => "a table or a date",
        _ => found,
    }
}

/// Why a profile does not say something that a card can be told.
fn left_out(wrong: &str) -> Option<String> {
    let (_, why) = LEFT_OUT.iter().find(|(name, _)| *name == wrong)?;
    Some((*why).to_owned())
}

/// The names of ``write one of `a`, `b` ``, the one first that may be meant.
fn likely(wrong: &str, instead: &str) -> Option<String> {
    let names = instead.strip_prefix("write one of ")?;
    let names: Vec<_> = names.split(", ").map(|name| name.trim_matches('`')).collect();
    let near = nearest(wrong, names.iter().copied())?;
    let others = names.iter().filter(|name| **name != near);
    let others: Vec<_> = others.map(|name| format!("`{name}`")).collect();
    Some(format!("write `{near}`, or one of {}", others.join(", ")))
}

/// What the reader expects, in the words of TOML.
fn write(expected: &str) -> String {
    let wanted = match expected {
        "i64" => "a whole number",
        "a string" => "a text in quotes",
        "a boolean" => "true or false",
        "a sequence" => "a list, [ … ], or [[ … ]] above a table",
        "a map" => "a table, { … }",
        "a spanned value" => "a text in quotes, a whole number or a list",
        // A table's own name is that of its type here.
        expected if expected.starts_with("struct ") => "a table, { … }",
        expected => expected,
    };
    format!("write {wanted}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::profile::Profile;

    #[test]
    fn every_table_of_a_profile_is_listed() {
        let error = Profile::parse("zone = 1\n").unwrap_err();
        let read: BTreeSet<&str> = error.instead().split('`').skip(1).step_by(2).collect();
        assert_eq!(TABLES.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>(), read);
    }
}
