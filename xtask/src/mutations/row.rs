// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rows of `tests/mutations`: a bug in words, its edits, and who must notice it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;

/// One bug.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// What is wrong, in words.
    pub(crate) says: String,
    /// Pens of which a test of their own has to be red. Without any, a red test anywhere will do.
    #[serde(default)]
    pub(crate) notice: Vec<Pen>,
    /// False of a bug that the compiler has to notice.
    #[serde(default = "compiles")]
    pub(crate) compiles: bool,
    pub(crate) edits: Vec<Edit>,
}

/// Who speaks: the host or the card.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Pen {
    Host,
    Card,
}

/// Other source in place of some. It is found by what it says, wherever it stands in its room, so
/// it outlives what moves or is laid out anew.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    /// A file or a folder. `src/host` is `src/host.rs` and all below `src/host`.
    #[serde(rename = "in")]
    pub(crate) room: String,
    /// Only inside of items such as `fn seal` or `impl Ev2`; `impl Ev2, fn seal` is the one inside
    /// of the other.
    pub(crate) item: Option<String>,
    pub(crate) find: String,
    pub(crate) put: String,
    /// How often `find` stands there: each is replaced, and any other number is a mistake.
    #[serde(default = "once")]
    pub(crate) times: usize,
}

const fn compiles() -> bool {
    true
}

const fn once() -> usize {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    mutation: Vec<Row>,
}

/// The rows of every table in the directory, by the tables' names and then as they stand there.
pub(crate) fn read(directory: &Path) -> Result<Vec<Row>, String> {
    let wrong = |path: &Path, why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let entries = fs::read_dir(directory).map_err(|error| wrong(directory, &error))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| wrong(directory, &error))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut rows = Vec::new();
    for path in &paths {
        let text = fs::read_to_string(path).map_err(|error| wrong(path, &error))?;
        rows.extend(parse(&text).map_err(|error| wrong(path, &error))?);
    }
    let mut names = BTreeSet::new();
    match rows.iter().find(|row| !names.insert(&row.name)) {
        Some(row) => Err(format!("two mutations are called {}", row.name)),
        None => Ok(rows),
    }
}

/// The rows of one table.
pub(crate) fn parse(text: &str) -> Result<Vec<Row>, String> {
    let Table { mutation } = toml::from_str(text).map_err(|error| error.to_string())?;
    for row in &mutation {
        if row.edits.is_empty() {
            return Err(format!("{}: no edits", row.name));
        }
        if row.edits.iter().any(|edit| edit.times == 0) {
            return Err(format!("{}: an edit that is made no times", row.name));
        }
    }
    Ok(mutation)
}
