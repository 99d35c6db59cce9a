// SPDX-License-Identifier: MIT OR Apache-2.0
//! One cardholder's record, and what may be wrong with it. Values never show.

mod code;
mod difference;
mod queued;

use core::fmt;
use core::num::NonZeroUsize;
use std::io::Write;
use std::sync::Arc;

use zeroize::{Zeroize, Zeroizing};

use crate::credential::FormatError;
use crate::iso14443::RealUid;
use crate::secret::{Growing, Secret};

use super::Moment;
use super::model::FieldKind;
use super::{Day, HeaderDifference, Profile, Records};

pub use difference::Difference;

/// A record that fits its profile: one value for every field. `Debug` shows its line only.
#[derive(Clone)]
pub struct Record {
    pub(super) line: usize,
    /// Its reference, or else what people call it by.
    pub(super) id: String,
    /// Whether it brought that reference.
    pub(super) named: bool,
    pub(super) uid: Option<RealUid>,
    /// The fields of the profile under which it was read.
    pub(super) names: Arc<[String]>,
    /// In the order of the names.
    pub(super) values: Vec<Secret<Value>>,
}

impl Record {
    /// The record of a card that no record is for, which a job that
    /// [needs none](crate::encode::Task::needs_record) takes: no value, and `-` for its name.
    #[must_use]
    pub fn none() -> Self {
        Self {
            line: 0,
            id: NAMELESS.to_owned(),
            named: false,
            uid: None,
            names: Arc::default(),
            values: Vec::new(),
        }
    }

    /// Reads a record that comes alone, as out of a queue: one JSON object on one line. It has the
    /// reference that it brings in `id`, or none, and no line.
    ///
    /// # Errors
    /// [`RecordError`] where it does not fit the profile or is not one object.
    pub fn alone(profile: &Profile, object: &[u8]) -> Result<Self, RecordError> {
        let nothing = RecordReason::NotAnObject { column: 1 };
        let nothing = RecordError { line: 0, column: None, id: None, field: None, reason: nothing };
        let entries = Records::json_lines(profile, object).map(|records| records.entries);
        let mut entries = entries.unwrap_or_default().into_iter();
        match (entries.next(), entries.next()) {
            (Some(Ok(record)), None) if record.named => Ok(Self { line: 0, ..record }),
            (Some(Ok(record)), None) => Ok(Self { line: 0, id: NAMELESS.to_owned(), ..record }),
            (Some(Err(error)), None) => Err(RecordError { line: 0, ..error }),
            _ => Err(nothing),
        }
    }

    /// What people call it by: the opaque `id` that it brought, the number of its line where its file
    /// has none, or `-` where it came alone.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The reference that it brought, by which it is known whatever its values are and wherever it
    /// stands. Without one it is known by its values alone.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.named.then_some(&*self.id)
    }

    /// The bytes that stand for its values, field by field in the order of their names: the same
    /// however a file writes them. `None` for the record of a card that no record is for.
    pub(crate) fn canonical(&self, profile: &Profile) -> Option<Growing> {
        if self.values.len() != profile.fields().len() {
            return None;
        }
        let mut fields: Vec<_> = self.names.iter().zip(&self.values).collect();
        fields.sort_unstable_by_key(|(name, _)| *name);
        let mut bytes = Growing::default();
        for (name, value) in fields {
            framed(&mut bytes, b'f', name.as_bytes());
            match value.expose_secret() {
                Value::Uint(number) => {
                    framed(&mut bytes, b'u', &*Zeroizing::new(number.to_be_bytes()));
                }
                Value::Text(text) => framed(&mut bytes, b't', text.as_bytes()),
                Value::Bytes(held) => framed(&mut bytes, b'b', held),
                Value::Int(number) => {
                    framed(&mut bytes, b'i', &*Zeroizing::new(number.to_be_bytes()));
                }
                Value::Moment(moment) => {
                    framed(&mut bytes, b'm', Zeroizing::new(moment.to_string()).as_bytes());
                }
                Value::Date(day) => {
                    framed(&mut bytes, b'd', Zeroizing::new(day.to_string()).as_bytes());
                }
            }
        }
        Some(bytes)
    }

    /// The line on which it starts, from 1; 0 where it came alone.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// Whether it is the record of a card that no record is for.
    pub(crate) fn is_nobodys(&self) -> bool {
        self.values.is_empty() && self.line == 0 && !self.named
    }

    /// The only card that may take it, where the records have a `uid` column.
    #[must_use]
    pub const fn uid(&self) -> Option<&RealUid> {
        self.uid.as_ref()
    }

    /// The record for one card only: the one that is presented again after its encoding broke off.
    #[must_use]
    pub fn bound_to(self, uid: RealUid) -> Self {
        Self { uid: Some(uid), ..self }
    }
}

/// What a record is called that has neither a reference nor a line.
pub(crate) const NAMELESS: &str = "-";

/// Bytes with their kind and length in front, so that no two lists of them are alike.
fn framed(all: &mut Growing, kind: u8, bytes: &[u8]) {
    for part in [&[kind][..], &(bytes.len() as u64).to_be_bytes(), bytes] {
        // Memory is all that it takes.
        let _taken = all.write(part);
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record(line {}, <secret>)", self.line)
    }
}

/// A field's value.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize)]
pub(super) enum Value {
    Uint(u64),
    Text(String),
    /// Of a field of type `bits`: left-aligned, without a sentinel.
    Bytes(Vec<u8>),
    Date(Day),
    Int(i64),
    Moment(Moment),
}

/// A record that cannot be encoded. No value is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordError {
    pub(super) line: usize,
    pub(super) column: Option<NonZeroUsize>,
    pub(super) id: Option<String>,
    pub(super) field: Option<String>,
    pub(super) reason: RecordReason,
}

impl RecordError {
    /// The line on which the record starts, from 1; 0 where it came alone.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// Its place on the line, from 1: the column of CSV, the entry of a JSON object. `None` where the
    /// mistake belongs to no single one.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.column.map(NonZeroUsize::get)
    }

    /// The opaque `id` column, where it could be read.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The field that is wrong, where it is one.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// What is wrong.
    #[must_use]
    pub const fn reason(&self) -> &RecordReason {
        &self.reason
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        if let Some(field) = &self.field {
            write!(f, "field {field:?}: ")?;
        }
        self.reason.fmt(f)
    }
}

impl core::error::Error for RecordError {}

/// A value that a content cannot take: the field and why, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field {field:?}: {reason}")]
#[non_exhaustive]
pub struct FieldError {
    /// The field, or the bit format that several go into.
    pub field: String,
    /// What is wrong.
    pub reason: RecordReason,
}

/// Which field may be meant.
fn of_these(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |meant| format!(", where this may be {meant:?}"))
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordReason {
    /// The bytes are not UTF-8.
    #[error("the record is not UTF-8 text: save the file as UTF-8")]
    NotUtf8,
    /// The bytes are not what the import table's encoding has.
    #[error(
        "the record is no text in {encoding}: look in what the file was saved, or save it as UTF-8"
    )]
    NotEncoded {
        /// The encoding.
        encoding: &'static str,
    },
    /// The line is longer than any that is read.
    #[error("the line is longer than {most} bytes: a line end or a closing quote is missing")]
    LongLine {
        /// How many are read.
        most: usize,
    },
    /// A CSV line with too few or too many columns.
    #[error(
        "the record has {found} columns, the header has {expected}: mend the line; put quotes around \
         values with a separator in them"
    )]
    Columns {
        /// In the record.
        found: usize,
        /// In the header.
        expected: usize,
    },
    /// A quoted CSV value that never ends, or ends in front of more.
    #[error(
        "a quote is opened and never closed, or closed in front of more: close it, and write \"\" for a \
         quote in a value"
    )]
    OpenQuote,
    /// A JSON line that is no object.
    #[error(
        "no JSON object on one line (column {column}): look for a comma, a bracket or a quote there"
    )]
    NotAnObject {
        /// Where reading stopped.
        column: usize,
    },
    /// It was read under a profile with other fields, or with these in another order.
    #[error(
        "the record was read under a profile with other fields{}: read it anew under this one",
        of_these(meant.as_deref())
    )]
    OtherFields {
        /// The field of this profile that may be meant, where one has a name alike.
        meant: Option<String>,
    },
    /// Some records have an `id` and some do not.
    #[error("either every record has an id or none: the first record decides")]
    SomeIds,
    /// The record lacks a field.
    #[error("missing, allowed is {allowed}")]
    Missing {
        /// What it may hold.
        allowed: Allowed,
    },
    /// An entry that the profile does not declare.
    #[error(
        "entry {number} has a name that the profile does not declare: take it out or declare it"
    )]
    Undeclared {
        /// Its place on the line, from 1.
        number: usize,
    },
    /// An entry whose name is nearly one that is wanted.
    #[error(
        "entry {number} is {column:?} but for {difference}: write it so, or name it in an import table"
    )]
    NearField {
        /// Its place on the line, from 1.
        number: usize,
        /// The name that is wanted.
        column: String,
        /// In what the two differ.
        difference: HeaderDifference,
    },
    /// A JSON object has the field twice.
    #[error("given twice: take one of them out")]
    Twice,
    /// The value is outside of what is allowed.
    #[error("not allowed, allowed is {allowed}")]
    NotAllowed {
        /// What it may hold.
        allowed: Allowed,
    },
    /// The value differs from what is allowed in a way that has a name.
    #[error("{difference}; allowed is {allowed}")]
    Differs {
        /// In what.
        difference: Difference,
        /// What it may hold.
        allowed: Allowed,
    },
    /// The import table's range has no number left for the record.
    #[error(
        "no number is left for it, the range of the import table ends at {end}: name another range, \
         or take records out"
    )]
    RangeEnds {
        /// The last number of the range.
        end: u64,
    },
    /// The value has a character that the card's content cannot hold.
    #[error(
        "the character U+{code:04X} is outside of {charset}, in which the card holds it: write \
         another, or choose another charset in the profile"
    )]
    Charset {
        /// The character set.
        charset: &'static str,
        /// The character's code point.
        code: u32,
    },
    /// A text without any digit.
    #[error("it has no digit, and the card holds it as digits")]
    NoDigit,
    /// The text takes more bytes than the card's content has.
    #[error("the text is longer than the {bytes} bytes that the card has for it")]
    TooLong {
        /// How many there are.
        bytes: usize,
    },
    /// A number does not fit its bit format.
    #[error("{0}")]
    Bits(FormatError),
    /// An earlier record has the same value.
    #[error("repeats the value of line {line}, but must be unique")]
    Repeated {
        /// The earlier record.
        line: usize,
    },
}

/// What a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Allowed {
    /// A declared field.
    #[error("{0}")]
    Field(FieldKind),
    /// The `id` column.
    #[error("text of 1 to 128 characters, none of them a control character")]
    Id,
    /// The `uid` column.
    #[error("14 hexadecimal digits")]
    Uid,
}
