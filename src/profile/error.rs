// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mistakes in a profile, and what is allowed but worth a second look.

use core::fmt;

use crate::keys::Position;
use crate::shown::Shown;

/// A mistake in a profile: where, what, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileError {
    pub(super) position: Position,
    pub(super) problem: String,
    pub(super) instead: String,
}

impl ProfileError {
    /// From what the TOML reader found: not TOML, an unknown entry, a value of another type.
    pub(super) fn from_toml(text: &str, error: &toml::de::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start);
        let message = error.message();
        let (problem, instead) = match message.split_once(", expected ") {
            // A text of the wrong type is not quoted: it may be a key that belongs elsewhere.
            Some((problem, expected)) if problem.starts_with("invalid type: string ") => {
                ("invalid type: string", format!("write {}", wanted(expected)))
            }
            // A date without quotes is read as a table.
            Some(("invalid type: map", expected)) => {
                ("a table or a date", format!("write {}", wanted(expected)))
            }
            Some((problem, expected)) => (problem, format!("write {}", wanted(expected))),
            None if message == "wanted string or table" => {
                ("no text", format!("write {}", wanted("a string")))
            }
            None if message.starts_with("missing field") => (message, "add it here".to_owned()),
            None if message.starts_with("duplicate key") => (message, "name it once".to_owned()),
            None => (message, "write it as TOML has it".to_owned()),
        };
        let problem = problem.replace("unknown field", "unknown entry");
        Self { position: Position::of(text, at), problem, instead }
    }

    /// Where the mistake is.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// What is wrong.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// What to write instead.
    #[must_use]
    pub fn instead(&self) -> &str {
        &self.instead
    }
}

/// What the reader expects, in the words of TOML.
fn wanted(expected: &str) -> &str {
    match expected {
        "i64" => "a whole number",
        "a string" => "a text in quotes",
        "a boolean" => "true or false",
        "a sequence" => "a list, [ … ], or [[ … ]] above a table",
        "a map" => "a table, { … }",
        "a spanned value" => "a text in quotes, a whole number or a list",
        // A table's own name is that of its type here.
        expected if expected.starts_with("struct ") => "a table, { … }",
        expected => expected,
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, problem, instead } = self;
        write!(f, "{position}: {}: {}", Shown(problem), Shown(instead))
    }
}

impl core::error::Error for ProfileError {}

/// Something in a profile that is allowed but worth a second look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub(super) position: Position,
    pub(super) message: String,
}

impl Warning {
    /// What it is about.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// What is worth a second look, and why.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, Shown(&self.message))
    }
}
