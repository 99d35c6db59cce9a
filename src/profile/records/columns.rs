// SPDX-License-Identifier: MIT OR Apache-2.0
//! From the entries of one line to a record, whatever the file format.

use uuid::fmt::Hyphenated;
use zeroize::Zeroizing;

use crate::credential::{Bits, Packing};
use crate::iso14443::RealUid;
use crate::secret::{Secret, from_digits};

use super::super::model::FieldKind;
use super::super::record::{Allowed, FieldError, Record, RecordError, RecordReason, Value};
use super::super::{Content, Profile};

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Uid,
    /// The field at this place of the profile.
    Field(usize),
}

impl Column {
    /// `None` where the profile declares no such field.
    pub(super) fn by_name(profile: &Profile, name: &str) -> Option<Self> {
        match name {
            "id" => Some(Self::Id),
            "uid" => Some(Self::Uid),
            name => profile.fields().iter().position(|field| field.name == name).map(Self::Field),
        }
    }
}

/// A value as the file has it.
#[derive(Clone, Copy)]
pub(super) enum Raw<'a> {
    Text(&'a str),
    Number(u64),
    /// Something that no field takes.
    Other,
}

/// Checks the entries of one line against the profile, down to the bytes of every content.
pub(super) fn record(
    profile: &Profile,
    line: usize,
    entries: &[(Column, Raw<'_>)],
) -> Result<Record, RecordError> {
    let find = |column| entries.iter().find(|entry| entry.0 == column).map(|entry| entry.1);
    let error = |id: Option<&String>, field: &str, reason| RecordError {
        line,
        id: id.cloned(),
        field: Some(field.to_owned()),
        reason,
    };
    let id = match find(Column::Id).map(id) {
        Some(None) => return Err(error(None, "id", not_allowed(Allowed::Id))),
        Some(id) => id,
        None => None,
    };
    let uid = match find(Column::Uid).map(uid) {
        Some(None) => return Err(error(id.as_ref(), "uid", not_allowed(Allowed::Uid))),
        Some(uid) => uid,
        None => None,
    };
    let mut values = Vec::with_capacity(profile.fields().len());
    for (index, field) in profile.fields().iter().enumerate() {
        let allowed = Allowed::Field(field.kind);
        let value = match find(Column::Field(index)) {
            Some(raw) => value(field.kind, raw).ok_or_else(|| not_allowed(allowed)),
            None => Err(RecordReason::Missing { allowed }),
        };
        values.push(Secret::new(value.map_err(|reason| error(id.as_ref(), &field.name, reason))?));
    }
    let has_id = id.is_some();
    let id = id.unwrap_or_else(|| line.to_string());
    let record = Record { line, id, named: has_id, uid, values };
    match contents(profile).try_for_each(|content| content.fits(&record)) {
        Ok(()) => Ok(record),
        Err(FieldError { field, reason }) => {
            Err(error(has_id.then_some(&record.id), &field, reason))
        }
    }
}

fn contents(profile: &Profile) -> impl Iterator<Item = &Content> {
    let files = profile.applications().iter().flat_map(|application| &application.files);
    files.filter_map(|file| file.content.as_ref())
}

/// `None` where it is empty, too long or has control characters.
pub(super) fn id(raw: Raw<'_>) -> Option<String> {
    let id = match raw {
        Raw::Text(text) => text.to_owned(),
        Raw::Number(number) => number.to_string(),
        Raw::Other => return None,
    };
    let fits = (1..=128).contains(&id.chars().count()) && !id.chars().any(char::is_control);
    fits.then_some(id)
}

fn uid(raw: Raw<'_>) -> Option<RealUid> {
    let Raw::Text(digits) = raw else { return None };
    let mut bytes = Zeroizing::new([0; 7]);
    hex::decode_to_slice(digits, &mut *bytes).ok()?;
    Some(RealUid::new(*bytes))
}

fn value(kind: FieldKind, raw: Raw<'_>) -> Option<Value> {
    match (kind, raw) {
        (FieldKind::Uint { max }, Raw::Number(number)) => {
            (number <= max).then_some(Value::Uint(number))
        }
        (FieldKind::Uint { max }, Raw::Text(digits)) => {
            let number = digits.bytes().all(|byte| byte.is_ascii_digit());
            let number = number.then(|| digits.parse().ok()).flatten();
            number.filter(|number| *number <= max).map(Value::Uint)
        }
        (FieldKind::Text { max_length }, Raw::Text(text)) => {
            let fits = text.chars().count() <= max_length && !text.chars().any(char::is_control);
            fits.then(|| Value::Text(text.to_owned()))
        }
        (FieldKind::Hex { length }, Raw::Text(digits)) => {
            let bytes = from_digits(digits)?;
            (bytes.len() == length).then(|| Value::Bytes(bytes.to_vec()))
        }
        (FieldKind::Date { from, to }, Raw::Text(text)) => {
            let day = text.parse().ok().filter(|day| (from..=to).contains(day));
            day.map(Value::Date)
        }
        (FieldKind::Uuid, Raw::Text(text)) => {
            let bytes = Zeroizing::new(text.parse::<Hyphenated>().ok()?.into_uuid().into_bytes());
            Some(Value::Bytes(bytes.to_vec()))
        }
        (FieldKind::Bits { length }, Raw::Text(text)) => {
            let bits = Bits::from_binary(text).filter(|bits| bits.len() == length)?;
            Some(Value::Bytes(bits.pack(Packing::default()).expose_secret().clone()))
        }
        _ => None,
    }
}

const fn not_allowed(allowed: Allowed) -> RecordReason {
    RecordReason::NotAllowed { allowed }
}
