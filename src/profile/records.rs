// SPDX-License-Identifier: MIT OR Apache-2.0
//! A file of records: every line becomes a record or an error, and one bad line harms no other.

mod code;
mod columns;
mod csv;
mod json;

use std::collections::{HashMap, HashSet};

use crate::secret::Secret;
use crate::shown::Shown;

use super::record::{RecordError, RecordReason, Value};
use super::{Profile, Record};

/// The records of a file, in its order, read under one profile.
#[derive(Debug)]
#[non_exhaustive]
pub struct Records {
    /// Every record, or what is wrong with it.
    pub entries: Vec<Result<Record, RecordError>>,
    /// Whether records have an `id` of their own, which outlives a change of the file.
    pub has_ids: bool,
}

impl Records {
    /// Reads CSV (RFC 4180) with a header: one column per field, perhaps `id` and `uid`, in any
    /// order. Empty lines are skipped; a byte order mark and either line end are taken.
    ///
    /// # Errors
    /// [`RecordsError`] where the header is wrong or nothing stands below it.
    pub fn csv(profile: &Profile, bytes: &[u8]) -> Result<Self, RecordsError> {
        csv::read(profile, without_mark(bytes)).and_then(|records| records.finish(profile))
    }

    /// Reads JSON Lines: one object per line with an entry per field, perhaps `id` and `uid`.
    /// Numbers may be JSON numbers or texts. Empty lines are skipped.
    ///
    /// # Errors
    /// [`RecordsError::Empty`] where there is no record.
    pub fn json_lines(profile: &Profile, bytes: &[u8]) -> Result<Self, RecordsError> {
        json::read(profile, without_mark(bytes)).finish(profile)
    }

    /// What only the whole file tells: repeated values.
    fn finish(mut self, profile: &Profile) -> Result<Self, RecordsError> {
        if self.entries.is_empty() {
            return Err(RecordsError::Empty);
        }
        for (index, field) in profile.fields().iter().enumerate().filter(|(_, f)| f.unique) {
            self.refuse_repeated(&field.name, |record| {
                record.values.get(index).map(Secret::<Value>::expose_secret)
            });
        }
        self.refuse_repeated("id", |record| Some(&record.id));
        self.refuse_repeated("uid", |record| record.uid.as_ref());
        Ok(self)
    }

    /// The first record with a value keeps it.
    fn refuse_repeated<V: Eq + core::hash::Hash>(
        &mut self,
        field: &str,
        value: impl Fn(&Record) -> Option<&V>,
    ) {
        let mut seen: HashMap<&V, usize> = HashMap::new();
        let mut repeated = Vec::new();
        for (place, record) in self.entries.iter().enumerate() {
            let Ok(record) = record else { continue };
            let Some(value) = value(record) else { continue };
            match seen.get(value) {
                Some(line) => repeated.push((place, *line)),
                None => {
                    seen.insert(value, record.line);
                }
            }
        }
        for (place, line) in repeated {
            if let Some(entry) = self.entries.get_mut(place)
                && let Ok(record) = entry
            {
                *entry = Err(RecordError {
                    line: record.line,
                    id: Some(record.id.clone()),
                    field: Some(field.to_owned()),
                    reason: RecordReason::Repeated { line },
                });
            }
        }
    }
}

/// A file of records of which not one line can be read as a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// There is no record in it.
    #[error("no record: write a header and a line per record, or a JSON object per line")]
    Empty,
    /// The header is not UTF-8.
    #[error("the header is not UTF-8 text: save the file as UTF-8")]
    NotUtf8,
    /// A quote in the header is not closed.
    #[error("the header has a quote that is opened and never closed: close it")]
    OpenQuote,
    /// The header lacks a field.
    #[error("the header has no column {column:?}: add it, {allowed}")]
    MissingColumn {
        /// The field.
        column: String,
        /// What it may hold.
        allowed: super::Allowed,
    },
    /// The header has one column that the profile does not declare, with semicolons or tabs in it.
    #[error("header: columns with semicolons or tabs between them: write commas")]
    Separator,
    /// The header has a column that the profile does not declare. It is not named: where the
    /// header is missing, it is a value.
    #[error("header: column {number} is none of {}: rename it or take it out", Shown(known))]
    UndeclaredColumn {
        /// Its place, from 1.
        number: usize,
        /// Those that the profile declares.
        known: String,
    },
    /// The header has a column twice.
    #[error("the header has the column {column:?} twice: name each once")]
    RepeatedColumn {
        /// The column.
        column: String,
    },
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

/// The first name that has occurred before.
fn repeated<'n>(mut names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let mut seen = HashSet::new();
    names.find(|name| !seen.insert(*name))
}

#[cfg(test)]
mod tests;
