// SPDX-License-Identifier: MIT OR Apache-2.0
//! CSV: a header, and a record a line.
//!
//! Lines are told apart here and their columns by the crate `csv`, so that a quote that is never
//! closed costs one record and not all that follow.

use core::str;
use std::io::{self, Read};

use csv::{Reader, ReaderBuilder, StringRecord, Terminator};

use super::super::record::{Allowed, RecordError, RecordReason};
use super::super::{Profile, Record};
use super::columns::{Column, Raw, record};
use super::{Records, RecordsError, repeated};

pub(super) fn read(profile: &Profile, bytes: &[u8]) -> Result<Records, RecordsError> {
    let mut lines = Lines::new(bytes);
    let (_, header) = lines.next().ok_or(RecordsError::Empty)?;
    let header = header.map_err(|reason| match reason == RecordReason::NotUtf8 {
        true => RecordsError::NotUtf8,
        false => RecordsError::OpenQuote,
    })?;
    let columns = columns(profile, &header)?;
    let read = |(line, columns_of_line): (usize, Result<StringRecord, RecordReason>)| {
        columns_of_line
            .map_err(|reason| RecordError { line, id: None, field: None, reason })
            .and_then(|values| entry(profile, &columns, line, &values))
    };
    Ok(Records { entries: lines.map(read).collect(), has_ids: columns.contains(&Column::Id) })
}

fn columns(profile: &Profile, header: &StringRecord) -> Result<Vec<Column>, RecordsError> {
    let columns = header.iter().zip(1..).map(|(name, number)| {
        Column::by_name(profile, name).ok_or_else(|| {
            let known = profile.fields().iter().map(|field| field.name.as_str());
            let known: Vec<_> = ["id", "uid"].into_iter().chain(known).collect();
            if header.len() == 1 && name.contains([';', '\t']) {
                return RecordsError::Separator;
            }
            RecordsError::UndeclaredColumn { number, known: known.join(", ") }
        })
    });
    let columns: Vec<_> = columns.collect::<Result<_, _>>()?;
    if let Some(name) = repeated(header.iter()) {
        return Err(RecordsError::RepeatedColumn { column: name.to_owned() });
    }
    for (index, field) in profile.fields().iter().enumerate() {
        if !columns.contains(&Column::Field(index)) {
            let (column, allowed) = (field.name.clone(), Allowed::Field(field.kind));
            return Err(RecordsError::MissingColumn { column, allowed });
        }
    }
    Ok(columns)
}

fn entry(
    profile: &Profile,
    columns: &[Column],
    line: usize,
    values: &StringRecord,
) -> Result<Record, RecordError> {
    if values.len() != columns.len() {
        let reason = RecordReason::Columns { found: values.len(), expected: columns.len() };
        return Err(RecordError { line, id: None, field: None, reason });
    }
    let entries = columns.iter().copied().zip(values.iter().map(Raw::Text));
    record(profile, line, &entries.collect::<Vec<_>>())
}

/// The columns of one record after the other, with the line on which it starts.
struct Lines<'a> {
    rest: &'a [u8],
    line: usize,
    reader: Reader<Fed<'a>>,
}

/// One record and a line end: all that the reader of the columns gets to see at a time.
type Fed<'a> = io::Chain<&'a [u8], &'a [u8]>;

impl<'a> Lines<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, line: 1, reader: reader() }
    }

    fn split(&mut self, record: &'a [u8]) -> Result<StringRecord, RecordReason> {
        str::from_utf8(record).map_err(|_| RecordReason::NotUtf8)?;
        let before = self.reader.position().byte();
        *self.reader.get_mut() = record.chain(b"\n");
        let mut columns = StringRecord::new();
        let read = self.reader.read_record(&mut columns).unwrap_or(false);
        let taken = self.reader.position().byte().saturating_sub(before);
        match read && usize::try_from(taken) == Ok(record.len().saturating_add(1)) {
            true => Ok(columns),
            false => {
                self.reader = reader();
                Err(RecordReason::OpenQuote)
            }
        }
    }
}

fn reader<'a>() -> Reader<Fed<'a>> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .terminator(Terminator::Any(b'\n'))
        .from_reader([].chain(&[]))
}

impl Iterator for Lines<'_> {
    type Item = (usize, Result<StringRecord, RecordReason>);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let end = record_end(self.rest);
            let length = end.unwrap_or_else(|| line_end(self.rest));
            let (record, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, &[]));
            self.rest = rest;
            let line = self.line;
            self.line = line.saturating_add(record.iter().filter(|byte| **byte == b'\n').count());
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let record = record.strip_suffix(b"\r").unwrap_or(record);
            match end {
                _ if record.is_empty() => {}
                Some(_) => return Some((line, self.split(record))),
                None => return Some((line, Err(RecordReason::OpenQuote))),
            }
        }
        None
    }
}

/// Where the record ends, its line end included: at the first one outside of quotes. `None` where
/// a quote is not closed, or is followed by more than a comma or a line end.
fn record_end(bytes: &[u8]) -> Option<usize> {
    enum Place {
        Start,
        Bare,
        Quoted,
        Quote,
    }
    let mut place = Place::Start;
    for (at, byte) in bytes.iter().enumerate() {
        place = match (place, byte) {
            (Place::Quoted, b'"') => Place::Quote,
            (Place::Quoted, _) | (Place::Start | Place::Quote, b'"') => Place::Quoted,
            (_, b'\n') => return at.checked_add(1),
            (_, b',') => Place::Start,
            (Place::Quote, b'\r') => Place::Quote,
            (Place::Quote, _) => return None,
            (Place::Start | Place::Bare, _) => Place::Bare,
        };
    }
    if matches!(place, Place::Quoted) { None } else { Some(bytes.len()) }
}

fn line_end(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at.saturating_add(1))
}
