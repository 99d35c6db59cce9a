// SPDX-License-Identifier: MIT OR Apache-2.0
//! From the entries of one line to a record, whatever the file format.

use core::num::NonZeroUsize;
use std::borrow::Cow;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::iso14443::RealUid;
use crate::secret::Secret;

use super::super::characters::{composed, exponent, leaving};
use super::super::import::{From, Import, Way};
use super::super::model::Field;
use super::super::record::{
    Allowed, Difference, FieldError, Record, RecordError, RecordReason, Value,
};
use super::super::{Content, Profile};
use super::value::{Raw, hex_digits, of_profile, value, visible};

/// What the file holds of each [source](Import::sources), with its place on the line.
pub(super) type Row<'r> = [Option<(usize, Raw<'r>)>];

/// A profile, and how the file is written.
#[derive(Clone, Copy)]
pub(super) struct Under<'p> {
    pub(super) profile: &'p Profile,
    pub(super) import: &'p Import,
}

/// One field's mistake.
type Mistake = (Option<usize>, String, RecordReason);

impl Under<'_> {
    /// Checks the entries of one line against the profile, down to the bytes of every content. Every
    /// mistake of the line is told. `place` is how many records stand before it.
    pub(super) fn record(
        self,
        line: usize,
        place: usize,
        row: &Row<'_>,
    ) -> Result<Record, Vec<RecordError>> {
        let mut mistakes: Vec<Mistake> = Vec::new();
        let mut noted =
            |column, name: &str, reason| mistakes.push((column, name.to_owned(), reason));
        let id = self.one(row, self.import.id).and_then(|(column, raw)| {
            let read = id(raw).map_err(|difference| differs(difference, Allowed::Id));
            read.map_err(|reason| noted(Some(column), "id", reason)).ok()
        });
        let uid = self.one(row, self.import.uid).and_then(|(column, raw)| {
            let read = uid(raw).map_err(|difference| differs(difference, Allowed::Uid));
            read.map_err(|reason| noted(Some(column), "uid", reason)).ok()
        });
        let fields = self.profile.fields().iter().zip(&self.import.fields);
        let mut values = Vec::with_capacity(self.profile.fields().len());
        for (field, way) in fields {
            match self.value(field, way, row, place) {
                Ok(value) => values.push(Secret::new(value)),
                Err((column, reason)) => noted(column, &field.name, reason),
            }
        }
        let told = |id: Option<String>, mistakes: Vec<Mistake>| {
            let errors = mistakes.into_iter().map(|(column, field, reason)| {
                let column = column.and_then(NonZeroUsize::new);
                let (id, field) = (id.clone(), Some(field));
                RecordError { line, column, id, field, reason }
            });
            errors.collect()
        };
        if !mistakes.is_empty() {
            return Err(told(id, mistakes));
        }
        let has_id = id.is_some();
        let record = Record {
            line,
            id: id.unwrap_or_else(|| line.to_string()),
            named: has_id,
            uid,
            names: Arc::clone(self.profile.field_names()),
            values,
        };
        match contents(self.profile).try_for_each(|content| content.fits(&record)) {
            Ok(()) => Ok(record),
            Err(FieldError { field, reason }) => {
                let id = has_id.then(|| record.id.clone());
                Err(told(id, vec![(self.column_of(&field, row), field, reason)]))
            }
        }
    }

    /// The only column of an id or a UID.
    fn one<'r>(self, row: &Row<'r>, source: usize) -> Option<(usize, Raw<'r>)> {
        let (column, raw) = row.get(source).copied().flatten()?;
        Some((column, self.trimmed(raw)))
    }

    fn trimmed<'r>(self, raw: Raw<'r>) -> Raw<'r> {
        if let Raw::Text(text) = raw
            && self.import.trim
        {
            return Raw::Text(text.trim());
        }
        raw
    }

    fn value(
        self,
        field: &Field,
        way: &Way,
        row: &Row<'_>,
        place: usize,
    ) -> Result<Value, (Option<usize>, RecordReason)> {
        let allowed = Allowed::Field(field.kind);
        let read = |column, raw| {
            value(field, way, raw).map_err(|difference| (column, differs(difference, allowed)))
        };
        let may_be_missing = way.optional || field.absent.is_some();
        let unless = way.default.as_deref().or(way.optional.then_some(""));
        let default = |column| {
            // It stands for itself, not for something in the list.
            let text = composed(unless.unwrap_or_default());
            of_profile(field, &text).map_err(|it| (column, differs(it, allowed)))
        };
        match &way.from {
            From::Nowhere => default(None),
            From::Range(range) => {
                let number =
                    u64::try_from(place).ok().and_then(|more| range.next.checked_add(more));
                match number.filter(|number| *number <= range.end) {
                    Some(number) => Ok(Value::Uint(number)),
                    None => Err((None, RecordReason::RangeEnds { end: range.end })),
                }
            }
            From::Columns { sources, with } => {
                let (column, raw) = match sources.as_slice() {
                    [source] => match self.one(row, *source) {
                        Some((column, raw)) => (Some(column), Given::As(raw)),
                        None => (None, Given::Missing),
                    },
                    sources => self
                        .joined(sources, with, row, may_be_missing)
                        .map_err(|(column, difference)| (column, differs(difference, allowed)))?,
                };
                match &raw {
                    Given::Missing if may_be_missing => default(column),
                    Given::Missing => Err((column, RecordReason::Missing { allowed })),
                    Given::As(Raw::Text("") | Raw::Null) if unless.is_some() => default(column),
                    Given::As(raw) => read(column, *raw),
                    Given::Joined(text) if text.is_empty() && unless.is_some() => default(column),
                    Given::Joined(text) => read(column, Raw::Text(text)),
                }
            }
        }
    }

    /// The texts of several columns, those that are empty left out. Half of a name is none where no
    /// column may be missing.
    fn joined<'r>(
        self,
        sources: &[usize],
        with: &str,
        row: &Row<'r>,
        may_be_missing: bool,
    ) -> Result<(Option<usize>, Given<'r>), (Option<usize>, Difference)> {
        let mut text = Zeroizing::new(String::new());
        let mut first = None;
        for source in sources {
            let Some((column, raw)) = self.one(row, *source) else {
                if may_be_missing {
                    continue;
                }
                return Ok((None, Given::Missing));
            };
            first = first.or(Some(column));
            let piece = match raw {
                Raw::Text(text) => Cow::Borrowed(text),
                Raw::Number(number) => Cow::Owned(number.to_string()),
                Raw::Negative(number) => Cow::Owned(number.to_string()),
                Raw::Null => continue,
                Raw::NotWhole => return Err((Some(column), Difference::NotWhole)),
                Raw::Boolean(_) => return Err((Some(column), Difference::Boolean)),
                Raw::Composite => return Err((Some(column), Difference::Composite)),
            };
            if !text.is_empty() && !piece.is_empty() {
                text.push_str(with);
            }
            text.push_str(&piece);
        }
        Ok((first, if first.is_some() { Given::Joined(text) } else { Given::Missing }))
    }

    /// Where a field stands on the line.
    fn column_of(self, field: &str, row: &Row<'_>) -> Option<usize> {
        row.get(self.source_of(field)?).copied().flatten().map(|(column, _)| column)
    }

    /// The first of the columns that a field comes from.
    pub(super) fn source_of(self, field: &str) -> Option<usize> {
        Some(match field {
            "id" => self.import.id,
            "uid" => self.import.uid,
            field => {
                let place = self.profile.fields().iter().position(|known| known.name == field)?;
                match &self.import.fields.get(place)?.from {
                    From::Columns { sources, .. } => *sources.first()?,
                    From::Range(_) | From::Nowhere => return None,
                }
            }
        })
    }
}

/// What a line holds for a field.
enum Given<'r> {
    Missing,
    As(Raw<'r>),
    Joined(Zeroizing<String>),
}

const fn differs(difference: Difference, allowed: Allowed) -> RecordReason {
    RecordReason::Differs { difference, allowed }
}

fn contents(profile: &Profile) -> impl Iterator<Item = &Content> {
    let files = profile.applications().iter().flat_map(|application| &application.files);
    files.filter_map(|file| file.content.as_ref())
}

/// Trimmed and composed, so that two that look alike are one.
pub(super) fn id(raw: Raw<'_>) -> Result<String, Difference> {
    let text = match raw {
        Raw::Text(text) => composed(text.trim()).into_owned(),
        Raw::Number(number) => number.to_string(),
        Raw::Negative(_) | Raw::NotWhole => return Err(Difference::NotWhole),
        Raw::Boolean(_) => return Err(Difference::Boolean),
        Raw::Null => return Err(Difference::Null),
        Raw::Composite => return Err(Difference::Composite),
    };
    if let Some(other) = text.chars().find_map(|character| visible(character, &[]).err()) {
        return Err(other);
    }
    match text.chars().count() {
        0 => Err(Difference::Empty),
        1..=128 if exponent(&text) => Err(Difference::Exponent),
        1..=128 if leaving(&text) => Err(Difference::Leaving),
        1..=128 => Ok(text),
        _ => Err(Difference::TooLong),
    }
}

fn uid(raw: Raw<'_>) -> Result<RealUid, Difference> {
    let text = match raw {
        Raw::Text(text) => text,
        Raw::Number(_) | Raw::Negative(_) => return Err(Difference::QuotesMissing),
        Raw::NotWhole => return Err(Difference::NotWhole),
        Raw::Boolean(_) => return Err(Difference::Boolean),
        Raw::Null => return Err(Difference::Null),
        Raw::Composite => return Err(Difference::Composite),
    };
    if exponent(text) {
        return Err(Difference::Exponent);
    }
    let bytes = hex_digits(text, 14)?;
    let bytes: [u8; 7] = bytes.as_slice().try_into().map_err(|_| Difference::TooShort)?;
    Ok(RealUid::new(bytes))
}
