// SPDX-License-Identifier: MIT OR Apache-2.0
//! A file of records: every line becomes a record or an error, and one bad line harms no other.

mod code;
mod columns;
mod csv;
mod error;
mod json;
mod told;
pub(in crate::profile) mod value;

use core::num::NonZeroUsize;
use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use crate::secret::Secret;

use super::import::{From, Import};
use super::record::{RecordError, RecordReason, Value};
use super::{Profile, Record};

use columns::Under;
use told::{Form, Plain};

pub use error::{HeaderDifference, RecordsError};

/// The most records of a file that is read.
const MOST_RECORDS: usize = 1_000_000;

/// The most bytes of a line, or of a JSON object.
const MOST_LINE: usize = 1 << 20;

/// How many mistakes are kept besides the first one of each record.
const MOST_FURTHER: usize = 100_000;

/// The records of a file, in its order, read under one profile.
#[derive(Debug)]
#[non_exhaustive]
pub struct Records {
    /// Every record, or what is wrong with it first.
    pub entries: Vec<Result<Record, RecordError>>,
    /// What else is wrong with records that have more than one mistake, in their order; 100,000 of
    /// them at most.
    pub further: Vec<RecordError>,
    /// How many mistakes there are besides all these.
    pub unlisted: usize,
    /// Whether records have an `id` of their own, which outlives a change of the file.
    pub has_ids: bool,
    /// In which column each source stands, where that is the same on every line.
    columns: Vec<Option<usize>>,
}

impl Records {
    /// The most bytes of a file that is read: 128 MiB.
    pub const MOST_BYTES: usize = 128 << 20;

    /// Reads a file that is written as the import table has it: CSV, JSON Lines, or a JSON array. Which
    /// it is, is told by what it holds and by the ending of its name, without the dot and in any
    /// case, where it has one.
    ///
    /// # Errors
    /// [`RecordsError`] where it is no such file, its header is wrong, or nothing stands below it.
    pub fn read(
        profile: &Profile,
        import: &Import,
        ending: Option<&str>,
        bytes: &[u8],
    ) -> Result<Self, RecordsError> {
        let plain = told::plain(bytes, import)?;
        let form = told::form(ending, plain.bytes())?;
        Self::of(Under { profile, import }, form, ending, bytes, &plain)
    }

    /// Reads CSV (RFC 4180) with a header: one column per field, perhaps `id` and `uid`, in any
    /// order, as the profile's `[import]` has it. Empty lines, and lines whose columns are all
    /// empty, are skipped; a byte order mark and either line end are taken.
    ///
    /// # Errors
    /// [`RecordsError`] where the header is wrong or nothing stands below it.
    pub fn csv(profile: &Profile, bytes: &[u8]) -> Result<Self, RecordsError> {
        let import = profile.import();
        let plain = told::plain(bytes, import)?;
        if told::has_old_line_ends(plain.bytes()) {
            return Err(RecordsError::OldLineEnds);
        }
        Self::of(Under { profile, import }, Form::Csv, None, bytes, &plain)
    }

    /// Reads JSON Lines: one object per line with an entry per field, perhaps `id` and `uid`.
    /// Numbers may be JSON numbers or texts. Empty lines are skipped.
    ///
    /// # Errors
    /// [`RecordsError::Empty`] where there is no record.
    pub fn json_lines(profile: &Profile, bytes: &[u8]) -> Result<Self, RecordsError> {
        let import = profile.import();
        let plain = told::plain(bytes, import)?;
        Self::of(Under { profile, import }, Form::JsonLines, None, bytes, &plain)
    }

    fn of(
        under: Under<'_>,
        form: Form,
        ending: Option<&str>,
        bytes: &[u8],
        plain: &Plain<'_>,
    ) -> Result<Self, RecordsError> {
        under.import.takes_numbers_for(bytes)?;
        match form {
            Form::Csv => {
                let tabs = ending.is_some_and(|ending| {
                    ["tsv", "tab"].iter().any(|tabs| ending.eq_ignore_ascii_case(tabs))
                });
                let separator = under.import.separator.unwrap_or(if tabs { b'\t' } else { b',' });
                csv::read(under, plain, separator)
            }
            Form::JsonLines => json::lines(under, plain),
            Form::Json => json::whole(under, plain),
        }?
        .finish(under)
    }

    const fn none() -> Self {
        Self {
            entries: Vec::new(),
            further: Vec::new(),
            unlisted: 0,
            has_ids: false,
            columns: Vec::new(),
        }
    }

    /// Every mistake, in the order of the lines.
    pub fn mistakes(&self) -> impl Iterator<Item = &RecordError> {
        let mut further = self.further.iter().peekable();
        self.entries.iter().filter_map(|entry| entry.as_ref().err()).flat_map(move |first| {
            let mut all = vec![first];
            while let Some(more) = further.next_if(|more| more.line() == first.line()) {
                all.push(more);
            }
            all
        })
    }

    /// Takes one record, or all that is wrong with it.
    fn take(&mut self, entry: Result<Record, Vec<RecordError>>) -> Result<(), RecordsError> {
        if self.entries.len() >= MOST_RECORDS {
            return Err(RecordsError::TooMany { most: MOST_RECORDS });
        }
        match entry {
            Ok(record) => self.entries.push(Ok(record)),
            Err(errors) => {
                let mut errors = errors.into_iter();
                self.entries.extend(errors.next().map(Err));
                let room = MOST_FURTHER.saturating_sub(self.further.len());
                self.further.extend(errors.by_ref().take(room));
                self.unlisted = self.unlisted.saturating_add(errors.count());
            }
        }
        Ok(())
    }

    /// What only the whole file tells: repeated values.
    fn finish(mut self, under: Under<'_>) -> Result<Self, RecordsError> {
        if self.entries.is_empty() {
            return Err(RecordsError::Empty);
        }
        for (index, field) in under.profile.fields().iter().enumerate() {
            if !field.unique {
                continue;
            }
            self.refuse_repeated(under, &field.name, |record| {
                record.values.get(index).map(Secret::<Value>::expose_secret)
            });
        }
        self.refuse_repeated(under, "id", |record| Some(&record.id));
        self.refuse_repeated(under, "uid", |record| record.uid.as_ref());
        Ok(self)
    }

    /// The first record with a value keeps it.
    fn refuse_repeated<V: Eq + core::hash::Hash>(
        &mut self,
        under: Under<'_>,
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
        let column = under.source_of(field).and_then(|source| self.columns.get(source).copied());
        let column = column.flatten().and_then(NonZeroUsize::new);
        for (place, line) in repeated {
            if let Some(entry) = self.entries.get_mut(place)
                && let Ok(record) = entry
            {
                *entry = Err(RecordError {
                    line: record.line,
                    column,
                    id: Some(record.id.clone()),
                    field: Some(field.to_owned()),
                    reason: RecordReason::Repeated { line },
                });
            }
        }
    }
}

impl Import {
    /// Refuses a file that would take numbers of a range which another one may have taken: a range
    /// names the only file that it goes on with.
    fn takes_numbers_for(&self, bytes: &[u8]) -> Result<(), RecordsError> {
        let ranges = self.fields.iter().filter_map(|way| match &way.from {
            From::Range(range) => Some(range),
            From::Columns { .. } | From::Nowhere => None,
        });
        let mut ranges = ranges.peekable();
        if ranges.peek().is_none() {
            return Ok(());
        }
        let digest = Sha256::digest(bytes);
        let mark = hex::encode(digest.get(..8).unwrap_or(&digest));
        match ranges.all(|range| range.file.as_deref() == Some(mark.as_str())) {
            true => Ok(()),
            false => Err(RecordsError::RangeOfAnother { mark }),
        }
    }
}

/// The first name that has occurred before.
fn repeated<'n>(mut names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let mut seen = HashSet::new();
    names.find(|name| !seen.insert(*name))
}

#[cfg(test)]
mod tests;
