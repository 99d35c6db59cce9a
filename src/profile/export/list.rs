// SPDX-License-Identifier: MIT OR Apache-2.0
//! A list as its file has it: gone on with where it ended, and no row of it twice. Touches no file.

use core::ops::Range;
use std::collections::{BTreeMap, HashSet};

use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};

use crate::secret::Secret;

use super::{Export, ListError, Row, Style};

/// A list that is gone on with. It remembers its rows by their digests.
#[derive(Debug, Clone)]
pub struct List {
    export: Export,
    rows: HashSet<[u8; 32]>,
    /// Where its last whole row ends, the end of its line included unless it is an array's.
    end: usize,
    was_cut: bool,
}

/// What a row adds to a file. `Debug` shows none of it.
#[derive(Debug, Clone)]
pub struct Added {
    behind: usize,
    bytes: Secret<Vec<u8>>,
}

impl Added {
    /// How long the file has to be made before: the end of a JSON array goes, and comes again.
    #[must_use]
    pub const fn behind(&self) -> usize {
        self.behind
    }

    /// What comes behind that.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.expose_secret()
    }
}

/// What ends an array behind its last row.
const END_OF_ARRAY: &[u8] = b"\n]\n";

impl List {
    pub(super) fn read(export: &Export, held: &[u8]) -> Result<Self, ListError> {
        let mut list =
            Self { export: export.clone(), rows: HashSet::new(), end: 0, was_cut: false };
        let head = export.style.head(export.columns());
        // A file that a power cut left has zeros where nothing was written yet.
        let zeros = held.iter().rev().take_while(|byte| **byte == 0).count();
        let zeros = if export.style.unit() == 1 { zeros } else { 0 };
        let held_whole = held.get(..held.len().saturating_sub(zeros)).unwrap_or_default();
        list.was_cut = zeros > 0;
        if held_whole.len() < head.len() && head.starts_with(held_whole) {
            list.was_cut |= !held_whole.is_empty();
            return Ok(list);
        }
        if !held_whole.starts_with(&head) {
            return Err(ListError::OtherHead);
        }
        list.end = head.len();
        list.take_rows(held_whole)?;
        Ok(list)
    }

    fn take_rows(&mut self, held: &[u8]) -> Result<(), ListError> {
        let array = matches!(self.export.style, Style::Json { array: true });
        let has_header = self.end > 0 && self.export.style.has_head_line();
        let end = self.export.style.end();
        let mut over = false;
        let first = if has_header { 2_usize } else { 1 };
        for (line, range) in (first..).zip(lines(held, self.end, &end, self.export.style.unit())) {
            let ended = held.get(..range.end).is_some_and(|until| until.ends_with(&end));
            let whole = held.get(range.clone()).unwrap_or_default();
            let row = if ended { whole.strip_suffix(&*end).unwrap_or(whole) } else { whole };
            if over {
                return Err(ListError::BehindEnd { line });
            }
            if array && row == b"]" {
                over = true;
                continue;
            }
            let row = if array { row.strip_suffix(b",").unwrap_or(row) } else { row };
            match (ended || array) && self.export.style.is_row(self.export.columns(), row) {
                true => {
                    self.rows.insert(Sha256::digest(row).into());
                    let after = if array { row.len() } else { range.len() };
                    self.end = range.start.saturating_add(after);
                }
                false if !ended => self.was_cut = true,
                false => return Err(ListError::OtherRow { line }),
            }
        }
        Ok(())
    }

    /// What list it is.
    #[must_use]
    pub const fn export(&self) -> &Export {
        &self.export
    }

    /// How many rows it has; equal ones are one.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Whether its last row was cut short: it is written over, and its card has to come again unless its
    /// receipt is there.
    #[must_use]
    pub const fn was_cut(&self) -> bool {
        self.was_cut
    }

    /// What a row adds; `None` where the list has it already.
    pub fn add(&mut self, row: &Row) -> Option<Added> {
        let line = row.bytes.expose_secret();
        if !self.rows.insert(Sha256::digest(line).into()) {
            return None;
        }
        let (behind, style) = (self.end, &self.export.style);
        let mut bytes = Secret::new(Vec::with_capacity(line.len().saturating_add(8)));
        let out = bytes.expose_secret_mut();
        let array = matches!(style, Style::Json { array: true });
        let before = if behind == 0 { style.head(self.export.columns()) } else { Vec::new() };
        out.extend_from_slice(&before);
        if array && self.rows.len() > 1 {
            out.extend_from_slice(b",\n");
        }
        out.extend_from_slice(line);
        let closing = if array { END_OF_ARRAY.to_vec() } else { style.end() };
        let kept = if array { 0 } else { closing.len() };
        self.end = behind.saturating_add(out.len()).saturating_add(kept);
        out.extend_from_slice(&closing);
        Some(Added { behind, bytes })
    }
}

impl Style {
    /// Whether the head is a line of its own.
    const fn has_head_line(&self) -> bool {
        match self {
            Self::Csv(csv) => csv.header,
            Self::Json { array } => *array,
        }
    }

    /// Whether a line is a row of these columns.
    fn is_row(&self, names: impl Iterator<Item = impl AsRef<str>>, line: &[u8]) -> bool {
        match self {
            Self::Csv(csv) => csv.values_in(line) == Some(names.count()),
            Self::Json { .. } => {
                let row = serde_json::from_slice::<BTreeMap<String, IgnoredAny>>(line);
                row.is_ok_and(|row| {
                    let mut count = 0_usize;
                    let all = names.into_iter().all(|name| {
                        count = count.saturating_add(1);
                        row.contains_key(name.as_ref())
                    });
                    all && row.len() == count
                })
            }
        }
    }
}

/// The lines from a place on, with their ends, which stand on whole characters.
fn lines(held: &[u8], from: usize, end: &[u8], unit: usize) -> Vec<Range<usize>> {
    let (mut lines, mut start, mut at) = (Vec::new(), from, from);
    while at < held.len() {
        if held.get(at..).is_some_and(|rest| rest.starts_with(end)) {
            at = at.saturating_add(end.len());
            lines.push(start..at);
            start = at;
        } else {
            at = at.saturating_add(unit.max(1));
        }
    }
    if start < held.len() {
        lines.push(start..held.len());
    }
    lines
}
