// SPDX-License-Identifier: MIT OR Apache-2.0
//! JSON: an object a line, or a list of objects.

use core::cell::LazyCell;
use core::fmt;
use core::num::NonZeroUsize;
use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::super::characters::composed;
use super::super::import::Encoding;
use super::super::record::{Record, RecordError, RecordReason};
use super::columns::Under;
use super::error::HeaderDifference;
use super::told::Plain;
use super::value::Raw;
use super::{MOST_LINE, Records, RecordsError, repeated};

/// An object a line.
pub(super) fn lines(under: Under<'_>, plain: &Plain<'_>) -> Result<Records, RecordsError> {
    let mut reading = Reading::new(under, plain.encoding());
    for (number, line) in (1..).zip(plain.bytes().split(|byte| *byte == b'\n')) {
        if !line.iter().all(u8::is_ascii_whitespace) {
            reading.take((number, 0), line)?;
        }
    }
    Ok(reading.done())
}

/// A list of objects, or objects one behind the other over as many lines as they take.
pub(super) fn whole(under: Under<'_>, plain: &Plain<'_>) -> Result<Records, RecordsError> {
    let mut reading = Reading::new(under, plain.encoding());
    let all = plain.bytes();
    let mut rest = all;
    // Where the line begins: a whole list may stand on one, so that nobody looks for it again.
    let (mut line, mut begin) = (1_usize, 0_usize);
    let (mut in_list, mut wanted) = (false, true);
    while let Some((first, behind)) = rest.split_first() {
        match first {
            b'\n' => {
                (line, begin) = (line.saturating_add(1), all.len().saturating_sub(behind.len()));
            }
            b' ' | b'\t' | b'\r' => {}
            b'[' if !in_list && reading.records.entries.is_empty() => in_list = true,
            b']' if in_list && (!wanted || reading.records.entries.is_empty()) => {
                let end = behind.iter().all(u8::is_ascii_whitespace);
                return if end {
                    Ok(reading.done())
                } else {
                    Err(RecordsError::BrokenJson { line })
                };
            }
            b',' if in_list && !wanted => wanted = true,
            _ if !wanted && in_list => return Err(RecordsError::BrokenJson { line }),
            _ => {
                let length = element(rest).ok_or(RecordsError::BrokenJson { line })?;
                let (object, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
                let at = all.len().saturating_sub(rest.len());
                reading.take((line, at.saturating_sub(begin)), object)?;
                if let Some(last) = object.iter().rposition(|byte| *byte == b'\n') {
                    let ends = object.iter().filter(|byte| **byte == b'\n').count();
                    (line, begin) = (line.saturating_add(ends), at.saturating_add(last + 1));
                }
                (rest, wanted) = (behind, false);
                continue;
            }
        }
        rest = behind;
    }
    match in_list {
        true => Err(RecordsError::BrokenJson { line }),
        false => Ok(reading.done()),
    }
}

/// How long the value is with which the text begins: an object to its last bracket, else up to
/// what cannot be of it.
fn element(text: &[u8]) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (length, byte) in (1_usize..).zip(text) {
        match (quoted, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => quoted = !quoted,
            (true, _) => {}
            (false, b'{' | b'[') => depth = depth.saturating_add(1),
            (false, b'}' | b']') if depth > 1 => depth = depth.saturating_sub(1),
            (false, b'}' | b']') if depth == 1 => return Some(length),
            (false, b',' | b']' | b'}') if depth == 0 => {
                return length.checked_sub(1).filter(|l| *l > 0);
            }
            (false, _) => {}
        }
    }
    None
}

/// The records so far.
struct Reading<'p> {
    under: Under<'p>,
    encoding: Encoding,
    records: Records,
    has_ids: Option<bool>,
}

impl<'p> Reading<'p> {
    const fn new(under: Under<'p>, encoding: Encoding) -> Self {
        Self { under, encoding, records: Records::none(), has_ids: None }
    }

    /// Takes the text of an object that begins on a line behind so many bytes.
    fn take(&mut self, begin: (usize, usize), text: &[u8]) -> Result<(), RecordsError> {
        let (line, _) = begin;
        let id = self.under.import.sources.get(self.under.import.id);
        let object = object(text, self.encoding, begin).and_then(|object| {
            let is_id = |name: &str| id.is_some_and(|id| id.name == composed(name));
            let has_id = object.0.iter().any(|(name, _)| is_id(name));
            match *self.has_ids.get_or_insert(has_id) == has_id {
                true => Ok(object),
                false => Err((line, RecordReason::SomeIds)),
            }
        });
        let place = self.records.entries.len();
        self.records.take(match object {
            Ok(object) => self.entry(line, place, &object),
            Err((line, reason)) => {
                Err(vec![RecordError { line, column: None, id: None, field: None, reason }])
            }
        })
    }

    fn entry(
        &self,
        line: usize,
        place: usize,
        object: &Object,
    ) -> Result<Record, Vec<RecordError>> {
        let import = self.under.import;
        let names: Vec<_> = object.0.iter().map(|(name, _)| composed(name)).collect();
        // Once for all mistakes: a line may have a hundred thousand entries.
        let id = LazyCell::new(|| {
            let id = import.sources.get(import.id).map(|source| source.name.as_str());
            let at = names.iter().position(|name| Some(&**name) == id);
            let id = at.and_then(|at| object.0.get(at)).map(|(_, value)| value.raw());
            id.and_then(|raw| super::columns::id(raw).ok())
        });
        let absent = LazyCell::new(|| {
            let wanted = import.sources.iter().map(|source| source.name.as_str());
            wanted.filter(|wanted| !names.iter().any(|name| name == wanted)).collect::<Vec<_>>()
        });
        let error = |column: Option<usize>, field: Option<&str>, reason| {
            let column = column.and_then(NonZeroUsize::new);
            let id = LazyCell::force(&id).clone();
            RecordError { line, column, id, field: field.map(str::to_owned), reason }
        };
        let unknown =
            |name: &str, number| match HeaderDifference::nearest(name, absent.iter().copied()) {
                Some((column, difference)) => {
                    RecordReason::NearField { number, column: column.to_owned(), difference }
                }
                None => RecordReason::Undeclared { number },
            };
        let mut row = vec![None; import.sources.len()];
        let mut wrong = Vec::new();
        for (number, (name, (_, value))) in (1..).zip(names.iter().zip(&object.0)) {
            let place = import.sources.iter().position(|source| source.name == **name);
            match place.and_then(|place| row.get_mut(place)) {
                Some(entry) => *entry = Some((number, value.raw())),
                None if import.leaves_out(name) => {}
                // A name that the profile does not declare may be anybody's: it is told by its place.
                None => wrong.push(error(Some(number), None, unknown(name, number))),
            }
        }
        let known = names
            .iter()
            .map(Cow::as_ref)
            .filter(|name| import.sources.iter().any(|source| source.name == *name));
        if let Some(name) = repeated(known) {
            let number =
                names.iter().rposition(|known| **known == *name).map(|at| at.saturating_add(1));
            wrong.push(error(number, Some(name), RecordReason::Twice));
        }
        match wrong.is_empty() {
            true => self.under.record(line, place, &row),
            false => Err(wrong),
        }
    }

    fn done(mut self) -> Records {
        self.records.has_ids = self.has_ids.unwrap_or(false);
        self.records
    }
}

/// The object in a text that begins on a line behind so many bytes, or on which line it goes wrong.
fn object(
    text: &[u8],
    encoding: Encoding,
    (line, before): (usize, usize),
) -> Result<Object, (usize, RecordReason)> {
    if text.len() > MOST_LINE {
        return Err((line, RecordReason::LongLine { most: MOST_LINE }));
    }
    let text = encoding.text(text).ok_or_else(|| (line, encoding.refusal()))?;
    // The reader's own message may quote a value.
    serde_json::from_str(&text).map_err(|error| {
        let further = error.line().saturating_sub(1);
        let column =
            if further == 0 { error.column().saturating_add(before) } else { error.column() };
        (line.saturating_add(further), RecordReason::NotAnObject { column })
    })
}

/// The entries in their order, repeated ones included.
struct Object(Vec<(String, Scalar)>);

enum Scalar {
    Text(Zeroizing<String>),
    Number(Zeroizing<u64>),
    Negative(Zeroizing<i64>),
    NotWhole,
    Boolean(bool),
    Null,
    Composite,
}

impl Scalar {
    fn raw(&self) -> Raw<'_> {
        match self {
            Self::Text(text) => Raw::Text(text),
            Self::Number(number) => Raw::Number(**number),
            Self::Negative(number) => Raw::Negative(**number),
            Self::NotWhole => Raw::NotWhole,
            Self::Boolean(yes) => Raw::Boolean(*yes),
            Self::Null => Raw::Null,
            Self::Composite => Raw::Composite,
        }
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Anything;
        impl<'de> Visitor<'de> for Anything {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a whole number")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(Zeroizing::new(text.to_owned())))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar::Number(Zeroizing::new(number)))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar::Negative(Zeroizing::new(number)))
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<Scalar, E> {
                Ok(Scalar::NotWhole)
            }

            fn visit_bool<E: Error>(self, yes: bool) -> Result<Scalar, E> {
                Ok(Scalar::Boolean(yes))
            }

            fn visit_unit<E: Error>(self) -> Result<Scalar, E> {
                Ok(Scalar::Null)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar::Composite)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Composite)
            }
        }
        deserializer.deserialize_any(Anything)
    }
}
