// SPDX-License-Identifier: MIT OR Apache-2.0
//! CSV: a header, and a record a line.
//!
//! Lines are told apart before their bytes are text, so that a quote that is never closed, or a
//! byte of another encoding, costs one record and not all that follow.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::super::Record;
use super::super::characters::composed;
use super::super::import::{Encoding, From};
use super::super::record::{Allowed, RecordError, RecordReason};
use super::columns::Under;
use super::error::HeaderDifference;
use super::told::Plain;
use super::value::Raw;
use super::{MOST_LINE, Records, RecordsError, repeated};

pub(super) fn read(
    under: Under<'_>,
    plain: &Plain<'_>,
    separator: u8,
) -> Result<Records, RecordsError> {
    let mut lines = Lines::new(plain.bytes(), separator);
    let mut columns = Columns { encoding: plain.encoding(), separator, ..Columns::default() };
    let (_, mut header) = lines.next().ok_or(RecordsError::Empty)?;
    if let Ok(first) = header
        && let Some(named) = named_separator(first)
    {
        if named != separator {
            return Err(RecordsError::Separator { wanted: char::from(separator) });
        }
        (_, header) = lines.next().ok_or(RecordsError::Empty)?;
    }
    header.and_then(|header| columns.split(header)).map_err(|reason| {
        let foreign = matches!(reason, RecordReason::NotUtf8 | RecordReason::NotEncoded { .. });
        if foreign { RecordsError::NotUtf8 } else { RecordsError::OpenQuote }
    })?;
    let header = Header::read(under, &columns, separator)?;
    let mut records = Records::none();
    records.columns = header.columns(under.import.sources.len());
    records.has_ids = header.sources.contains(&Some(under.import.id));
    for (line, bytes) in lines {
        let place = records.entries.len();
        let entry = match bytes.and_then(|bytes| columns.split(bytes)) {
            Ok(()) if columns.iter().all(|value| value.trim().is_empty()) => continue,
            Ok(()) => header.record(under, line, place, &columns),
            Err(reason) => Err(vec![broken(line, reason)]),
        };
        records.take(entry)?;
    }
    Ok(records)
}

const fn broken(line: usize, reason: RecordReason) -> RecordError {
    RecordError { line, column: None, id: None, field: None, reason }
}

/// The separator that a first line such as `sep=;` names to a spreadsheet.
fn named_separator(line: &[u8]) -> Option<u8> {
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', named @ (b',' | b';' | b'\t' | b'|')] => {
            Some(*named)
        }
        _ => None,
    }
}

/// Which source each column is.
struct Header {
    sources: Vec<Option<usize>>,
}

impl Header {
    fn read(under: Under<'_>, columns: &Columns, separator: u8) -> Result<Self, RecordsError> {
        let import = under.import;
        let names: Vec<_> = columns.iter().map(composed).collect();
        let place = |name: &str| import.sources.iter().position(|source| source.name == name);
        let mut wrong = Vec::new();
        let mut sources = Vec::with_capacity(names.len());
        let mut near = Vec::new();
        let absent = |wanted: &&str| !names.iter().any(|name| name == wanted);
        let absent: Vec<_> =
            import.sources.iter().map(|source| source.name.as_str()).filter(absent).collect();
        for (name, number) in names.iter().zip(1..) {
            let source = place(name);
            sources.push(source);
            if source.is_some() || import.leaves_out(name) {
                continue;
            }
            if names.len() == 1 && name.contains([';', '\t', ',', '|']) {
                return Err(RecordsError::Separator { wanted: char::from(separator) });
            }
            let nearest = HeaderDifference::nearest(name, absent.iter().copied());
            if let Some((wanted, difference)) = nearest {
                near.push(wanted.to_owned());
                let column = wanted.to_owned();
                wrong.push(RecordsError::NearColumn { number, column, difference });
                continue;
            }
            // A sheet may have thousands of columns without a name behind its own.
            match wrong.last_mut() {
                Some(RecordsError::UndeclaredColumn { last, .. })
                    if last.saturating_add(1) == number =>
                {
                    *last = number;
                }
                _ => {
                    let known = import.sources.iter().map(|source| source.name.as_str());
                    let known = known.collect::<Vec<_>>().join(", ");
                    wrong.push(RecordsError::UndeclaredColumn { number, last: number, known });
                }
            }
        }
        if let Some(name) =
            repeated(names.iter().map(|name| &**name).filter(|name| place(name).is_some()))
        {
            wrong.push(RecordsError::RepeatedColumn { column: name.to_owned() });
        }
        // Where nothing at all is known, the header is another, or is missing.
        if sources.iter().any(Option::is_some) || wrong.is_empty() {
            wrong.extend(missing(under, &sources, &near));
        }
        match wrong.len() {
            0 => Ok(Self { sources }),
            1 => Err(wrong.swap_remove(0)),
            _ => Err(RecordsError::Several(wrong)),
        }
    }

    /// In which column each source stands.
    fn columns(&self, sources: usize) -> Vec<Option<usize>> {
        let column = |source| {
            let place = self.sources.iter().position(|found| *found == Some(source));
            place.map(|place| place.saturating_add(1))
        };
        (0..sources).map(column).collect()
    }

    fn record(
        &self,
        under: Under<'_>,
        line: usize,
        place: usize,
        columns: &Columns,
    ) -> Result<Record, Vec<RecordError>> {
        let (found, expected) = (columns.ends.len(), self.sources.len());
        if found != expected {
            return Err(vec![broken(line, RecordReason::Columns { found, expected })]);
        }
        let mut row = vec![None; under.import.sources.len()];
        for ((source, value), column) in self.sources.iter().zip(columns.iter()).zip(1..) {
            if let Some(entry) = source.and_then(|source| row.get_mut(source)) {
                *entry = Some((column, Raw::Text(value)));
            }
        }
        under.record(line, place, &row)
    }
}

/// The columns that are wanted and not there.
fn missing<'a>(
    under: Under<'a>,
    found: &'a [Option<usize>],
    near: &'a [String],
) -> impl Iterator<Item = RecordsError> + 'a {
    let sources = under.import.sources.iter().enumerate();
    let absent = sources.filter(|(place, source)| {
        source.needed && !found.contains(&Some(*place)) && !near.contains(&source.name)
    });
    absent.map(move |(place, source)| {
        let mut fields = under.profile.fields().iter().zip(&under.import.fields);
        let field = fields.find(|(field, way)| {
            let only = |sources: &[usize]| sources == [place] && field.name == source.name;
            matches!(&way.from, From::Columns { sources, .. } if only(sources))
        });
        let column = source.name.clone();
        match field {
            Some((field, _)) => {
                RecordsError::MissingColumn { column, allowed: Allowed::Field(field.kind) }
            }
            None => RecordsError::MissingSource { column },
        }
    })
}

/// The columns of one line.
#[derive(Default)]
struct Columns {
    encoding: Encoding,
    separator: u8,
    /// The values one behind the other, without quotes.
    values: Zeroizing<String>,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Columns {
    /// Takes the columns of a line that [`record_end`] has found whole.
    fn split(&mut self, line: &[u8]) -> Result<(), RecordReason> {
        let text = self.encoding.text(line).ok_or_else(|| self.encoding.refusal())?;
        let text = match text {
            Cow::Borrowed(text) => Zeroizing::new(text.to_owned()),
            Cow::Owned(text) => Zeroizing::new(text),
        };
        self.values.clear();
        self.ends.clear();
        let mut rest = text.as_str();
        loop {
            let more = match rest.strip_prefix('"') {
                Some(quoted) => self.quoted(quoted)?,
                None => {
                    let separator = char::from(self.separator);
                    let (value, more) = match rest.split_once(separator) {
                        Some((value, more)) => (value, Some(more)),
                        None => (rest, None),
                    };
                    self.values.push_str(value);
                    more
                }
            };
            self.ends.push(self.values.len());
            match more {
                Some(more) => rest = more,
                None => return Ok(()),
            }
        }
    }

    /// Takes a value up to its closing quote, and gives what stands behind the separator.
    fn quoted<'t>(&mut self, text: &'t str) -> Result<Option<&'t str>, RecordReason> {
        let mut rest = text;
        loop {
            let (value, more) = rest.split_once('"').ok_or(RecordReason::OpenQuote)?;
            self.values.push_str(value);
            let Some(second) = more.strip_prefix('"') else {
                return match more.strip_prefix(char::from(self.separator)) {
                    Some(next) => Ok(Some(next)),
                    None if more.trim_end_matches('\r').is_empty() => Ok(None),
                    None => Err(RecordReason::OpenQuote),
                };
            };
            self.values.push('"');
            rest = second;
        }
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = core::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.values.get(start..*end).unwrap_or_default())
    }
}

/// The bytes of one record after the other, with the line on which it starts.
struct Lines<'a> {
    bytes: &'a [u8],
    separator: u8,
    at: usize,
    line: usize,
    /// A quote that is open at a line end before this place stays open: what begins there was
    /// looked through, and is not once more.
    hopeless: usize,
}

impl<'a> Lines<'a> {
    const fn new(bytes: &'a [u8], separator: u8) -> Self {
        Self { bytes, separator, at: 0, line: 1, hopeless: 0 }
    }

    /// How long the record is, its line end included: to the first one outside of quotes. An error
    /// where a quote is not closed, or is followed by more than a separator or a line end.
    fn record_end(&mut self) -> Result<usize, RecordReason> {
        enum Place {
            Start,
            Bare,
            Quoted,
            Quote,
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut place = Place::Start;
        for (length, byte) in (1_usize..).zip(rest) {
            place = match (place, byte) {
                (Place::Quoted, b'"') => Place::Quote,
                (Place::Quoted, byte) => {
                    let end = self.at.saturating_add(length);
                    if *byte == b'\n' && end <= self.hopeless {
                        return Err(RecordReason::OpenQuote);
                    }
                    if length > MOST_LINE {
                        self.hopeless = end;
                        return Err(RecordReason::OpenQuote);
                    }
                    Place::Quoted
                }
                (Place::Start | Place::Quote, b'"') => Place::Quoted,
                (_, b'\n') if length > MOST_LINE => {
                    return Err(RecordReason::LongLine { most: MOST_LINE });
                }
                (_, b'\n') => return Ok(length),
                (_, byte) if *byte == self.separator => Place::Start,
                (Place::Quote, b'\r') => Place::Quote,
                (Place::Quote, _) => {
                    self.hopeless = self.at.saturating_add(length);
                    return Err(RecordReason::OpenQuote);
                }
                (Place::Start | Place::Bare, _) => Place::Bare,
            };
        }
        match place {
            Place::Quoted => {
                self.hopeless = self.bytes.len();
                Err(RecordReason::OpenQuote)
            }
            _ if rest.len() > MOST_LINE => Err(RecordReason::LongLine { most: MOST_LINE }),
            Place::Start | Place::Bare | Place::Quote => Ok(rest.len()),
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, Result<&'a [u8], RecordReason>);

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.bytes.len() {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let end = self.record_end();
            let length = *end.as_ref().unwrap_or(&line_end(rest));
            let record = rest.get(..length).unwrap_or(rest);
            self.at = self.at.saturating_add(length);
            let line = self.line;
            self.line = line.saturating_add(record.iter().filter(|byte| **byte == b'\n').count());
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let record = record.strip_suffix(b"\r").unwrap_or(record);
            if !record.is_empty() {
                return Some((line, end.map(|_| record)));
            }
        }
        None
    }
}

fn line_end(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at.saturating_add(1))
}
