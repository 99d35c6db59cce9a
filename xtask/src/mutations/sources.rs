// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sources that edits are looked for in: all of `src` and of `spooler/src` but their tests, which no bug
//! may change.

use std::fs;
use std::ops::Range;
use std::path::Path;

use super::text::{items, words};

/// Where the sources are.
const ROOMS: [&str; 2] = ["src", "spooler/src"];

/// Names of modules that are tests, or help them.
const TESTS: [&str; 2] = ["tests", "testing"];

/// What stands in front of a module of tests inside of a file. Nothing else may follow it there.
const TEST_MODULE: [&str; 8] = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];

#[derive(Debug)]
pub(crate) struct Sources(pub(crate) Vec<Source>);

/// One file.
#[derive(Debug)]
pub(crate) struct Source {
    /// From the repository on, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
    words: Vec<Range<usize>>,
}

impl Sources {
    /// Every file of the sources of that repository.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let mut found = Vec::new();
        ROOMS.iter().try_for_each(|room| collect(root, room, &mut found))?;
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self(found))
    }
}

impl Source {
    pub(crate) fn new(path: String, text: String) -> Self {
        let mut source = Self { words: words(&text), path, text };
        let signs = source.signs();
        let inline = |at: &usize| {
            let head = signs.get(*at..).unwrap_or_default();
            head.starts_with(&TEST_MODULE) && head.get(TEST_MODULE.len() + 1) == Some(&"{")
        };
        let tests = (0..signs.len()).find(inline).unwrap_or(signs.len());
        source.words.truncate(tests);
        source
    }

    /// The words as they read.
    pub(crate) fn signs(&self) -> Vec<&str> {
        self.words.iter().filter_map(|place| self.text.get(place.clone())).collect()
    }

    /// The bytes of a range of words.
    pub(crate) fn bytes(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let words = self.words.get(range.clone())?;
        Some(words.first()?.start..words.last()?.end)
    }

    /// Whether it is that file, or stands in that folder or beside it under its name.
    pub(crate) fn stands_in(&self, room: &str) -> bool {
        let rest = self.path.strip_prefix(room.trim_end_matches('/'));
        rest.is_some_and(|rest| matches!(rest, "" | ".rs") || rest.starts_with('/'))
    }

    /// What is inside of an item, as ranges of words: all of it without one.
    pub(crate) fn inside(&self, item: Option<&str>) -> Result<Vec<Range<usize>>, String> {
        let signs = self.signs();
        let all = 0..signs.len();
        let mut within = vec![all];
        for step in item.into_iter().flat_map(|item| item.split(',')) {
            let mut named = step.split_whitespace();
            let (Some(keyword), Some(name), None) = (named.next(), named.next(), named.next())
            else {
                return Err(format!("`{}` is no keyword and name", step.trim()));
            };
            within = within.iter().flat_map(|range| items(&signs, range, keyword, name)).collect();
        }
        Ok(within)
    }
}

/// Reads a folder and those in it.
fn collect(root: &Path, folder: &str, found: &mut Vec<Source>) -> Result<(), String> {
    let entries = fs::read_dir(root.join(folder)).map_err(|error| format!("{folder}: {error}"))?;
    for entry in entries {
        let entry = entry.map_err(|error| format!("{folder}: {error}"))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        let module = name.strip_suffix(".rs");
        if TESTS.contains(&module.unwrap_or(&name)) {
            continue;
        }
        if module.is_some() {
            let text = fs::read_to_string(entry.path());
            found
                .push(Source::new(path.clone(), text.map_err(|error| format!("{path}: {error}"))?));
        } else if entry.path().is_dir() {
            collect(root, &path, found)?;
        }
    }
    Ok(())
}
