// SPDX-License-Identifier: MIT OR Apache-2.0
//! Records that wait in a queue: how they are written there, values included, and come back.
//!
//! Nothing else writes a record's values. What a queue holds is personal data, and its keeper's to
//! protect; `Debug` of what comes back still shows none.

use std::sync::Arc;

use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Allowed, FieldError, Record, RecordReason, Value};
use crate::alike::nearest;
use crate::iso14443::RealUid;
use crate::profile::Profile;
use crate::profile::model::{Field, FieldKind};
use crate::secret::{Secret, from_digits};

/// A record as it stands in a queue. Wiped on drop, as it is a copy of the values.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename = "Record", deny_unknown_fields)]
struct Queued {
    line: usize,
    id: String,
    /// Whether it brought that reference.
    named: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
    fields: Vec<QueuedField>,
}

/// A field's value.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct QueuedField {
    name: String,
    value: QueuedValue,
}

/// A value, under the name of its form.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum QueuedValue {
    Number(u64),
    Text(String),
    /// In hexadecimal digits.
    Bytes(String),
    /// As YYYY-MM-DD.
    Date(String),
    /// A number that may be negative.
    Integer(i64),
    /// As YYYY-MM-DDTHH:MM:SS.
    Moment(String),
}

impl QueuedValue {
    fn of(value: &Value) -> Self {
        match value {
            Value::Uint(number) => Self::Number(*number),
            Value::Text(text) => Self::Text(text.clone()),
            Value::Bytes(bytes) => Self::Bytes(hex::encode(bytes)),
            Value::Date(day) => Self::Date(day.to_string()),
            Value::Int(number) => Self::Integer(*number),
            Value::Moment(moment) => Self::Moment(moment.to_string()),
        }
    }

    /// `None` where it is not in its form.
    fn value(&self) -> Option<Value> {
        match self {
            Self::Number(number) => Some(Value::Uint(*number)),
            Self::Text(text) => Some(Value::Text(text.clone())),
            Self::Bytes(digits) => from_digits(digits).map(|bytes| Value::Bytes(bytes.to_vec())),
            Self::Date(text) => text.parse().ok().map(Value::Date),
            Self::Integer(number) => Some(Value::Int(*number)),
            Self::Moment(text) => text.parse().ok().map(Value::Moment),
        }
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let field = |(name, value): (&String, &Secret<Value>)| QueuedField {
            name: name.clone(),
            value: QueuedValue::of(value.expose_secret()),
        };
        let queued = Queued {
            line: self.line,
            id: self.id.clone(),
            named: self.named,
            uid: self.uid.as_ref().map(|uid| hex::encode(uid.expose())),
            fields: self.names.iter().zip(&self.values).map(field).collect(),
        };
        queued.serialize(serializer)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Record {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Record".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Queued::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let queued = Queued::deserialize(deserializer)?;
        let uid = |digits: &String| {
            let mut bytes = Zeroizing::new([0; 7]);
            // What stands there instead is not told.
            hex::decode_to_slice(digits, &mut *bytes)
                .map_err(|_| D::Error::custom("uid: 14 hexadecimal digits are wanted"))?;
            Ok(RealUid::new(*bytes))
        };
        let value = |field: &QueuedField| {
            let value = field.value.value().map(Secret::new);
            value.ok_or_else(|| D::Error::custom("a value is not in its form"))
        };
        Ok(Self {
            line: queued.line,
            id: queued.id.clone(),
            named: queued.named,
            uid: queued.uid.as_ref().map(uid).transpose()?,
            names: queued.fields.iter().map(|field| field.name.clone()).collect(),
            values: queued.fields.iter().map(value).collect::<Result<_, _>>()?,
        })
    }
}

impl Record {
    /// Holds a record against a profile under which it was not read: one that comes from a queue, where
    /// that may be another one by now, or another edition. The engine does so itself before it takes one.
    ///
    /// # Errors
    /// [`FieldError`] for the first field whose value is missing or not allowed.
    pub fn fits(&self, profile: &Profile) -> Result<(), FieldError> {
        if self.names != *profile.field_names() {
            return Err(self.of_other_fields(profile));
        }
        for (field, value) in profile.fields().iter().zip(&self.values) {
            if !takes(field, value.expose_secret()) {
                let reason = RecordReason::NotAllowed { allowed: Allowed::Field(field.kind) };
                return Err(FieldError { field: field.name.clone(), reason });
            }
        }
        let files = profile.applications().iter().flat_map(|application| &application.files);
        let mut contents = files.filter_map(|file| file.content.as_ref());
        contents.try_for_each(|content| content.fits(self))
    }
}

impl Record {
    /// The first field that the profile lacks, or else that the record lacks, or else that stands in
    /// another place.
    fn of_other_fields(&self, profile: &Profile) -> FieldError {
        let (had, wanted) = (&self.names, profile.field_names());
        let lacked = wanted.iter().filter(|name| !had.contains(name));
        let unknown = had.iter().find(|name| !wanted.contains(name));
        let elsewhere = || {
            let mut pairs = had.iter().zip(wanted.iter());
            let other = pairs.find_map(|(had, wanted)| (had != wanted).then_some(had));
            other.or_else(|| had.get(wanted.len()))
        };
        let meant = unknown.and_then(|name| nearest(name, lacked.clone().map(String::as_str)));
        let reason = RecordReason::OtherFields { meant: meant.map(str::to_owned) };
        let field = unknown.or_else(|| lacked.clone().next()).or_else(elsewhere);
        FieldError { field: field.cloned().unwrap_or_default(), reason }
    }

    /// Whether it was read under this very profile, so that nothing of it has to be looked at again.
    pub(crate) fn was_read_under(&self, profile: &Profile) -> bool {
        Arc::ptr_eq(&self.names, profile.field_names())
    }
}

/// Whether a field may have the value.
fn takes(field: &Field, value: &Value) -> bool {
    match (field.kind, value) {
        (FieldKind::Uint { max, .. }, Value::Uint(number)) => *number <= max,
        (FieldKind::Text { max_length, .. }, Value::Text(text)) => {
            crate::profile::records::value::text(text, max_length, &field.text).is_ok()
        }
        (FieldKind::Hex { min_length, max_length, .. }, Value::Bytes(bytes)) => {
            (min_length..=max_length).contains(&bytes.len())
        }
        (FieldKind::Uuid, Value::Bytes(bytes)) => bytes.len() == 16,
        (FieldKind::Bits { length, .. }, Value::Bytes(bytes)) => bytes.len() == length.div_ceil(8),
        (FieldKind::Date { from, to, .. }, Value::Date(day)) => (from..=to).contains(day),
        (FieldKind::Int { min, max, .. }, Value::Int(number)) => (min..=max).contains(number),
        (FieldKind::DateTime { from, to, .. }, Value::Moment(moment)) => {
            (from..=to).contains(&moment.day())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Records;

    fn records() -> (Profile, Vec<Record>) {
        let profile = include_str!("../../../examples/data/profiles/staff.toml");
        let profile = Profile::parse(profile).unwrap();
        let records = include_bytes!("../../../examples/data/staff-records.csv");
        let entries = Records::csv(&profile, records).unwrap().entries;
        (profile, entries.into_iter().map(Result::unwrap).collect())
    }

    #[test]
    fn a_record_comes_back_from_a_queue_and_shows_nothing() {
        let (profile, records) = records();
        for record in records {
            let record = record.bound_to(RealUid::new([4, 1, 2, 3, 4, 5, 6]));
            let text = serde_json::to_string(&record).unwrap();
            let back: Record = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&back).unwrap(), text);
            assert_eq!((back.id(), back.line()), (record.id(), record.line()));
            assert_eq!(back.reference(), record.reference());
            assert_eq!(back.uid(), record.uid());
            assert_eq!(back.fits(&profile), Ok(()));
            assert_eq!(format!("{back:?}"), format!("Record(line {}, <secret>)", record.line()));
        }
    }

    #[test]
    fn a_record_of_another_profile_is_told_from_its_queue() {
        let (_, records) = records();
        let door = include_str!("../../../examples/data/profiles/door.toml");
        let door = Profile::parse(door).unwrap();
        assert!(records[0].fits(&door).is_err());
        assert!(Record::none().fits(&door).is_err());
    }

    /// As the entries of a queue stand there, under the names of another edition's fields.
    #[test]
    fn the_field_that_the_profile_lacks_is_named_and_the_one_that_may_be_meant() {
        let (profile, records) = records();
        let written = serde_json::to_value(&records[0]).unwrap();
        let told = |change: &dyn Fn(&mut Vec<serde_json::Value>)| {
            let mut other = written.clone();
            change(other["fields"].as_array_mut().unwrap());
            let other: Record = serde_json::from_value(other).unwrap();
            let refused = other.fits(&profile).unwrap_err();
            assert_eq!(refused.reason.code().name(), "record-of-other-fields");
            refused.to_string()
        };
        let own: Vec<_> = profile.field_names().iter().map(String::as_str).collect();
        let more = |fields: &mut Vec<_>| {
            fields.push(serde_json::json!({ "name": "zone", "value": { "number": 1 } }));
        };
        let told_of = |name: &str, meant: &str| {
            format!(
                "field {name:?}: the record was read under a profile with other fields{meant}: read it \
                 anew under this one"
            )
        };
        assert_eq!(told(&more), told_of("zone", ""));
        let alike = format!("{}s", own[1]);
        let renamed =
            |fields: &mut Vec<serde_json::Value>| fields[1]["name"] = alike.as_str().into();
        assert_eq!(told(&renamed), told_of(&alike, &format!(", where this may be {:?}", own[1])));
        assert_eq!(told(&|fields| drop(fields.pop())), told_of(own[own.len() - 1], ""));
        assert_eq!(told(&|fields| fields.swap(1, 2)), told_of(own[2], ""));
        // Twice the same is one too many.
        assert_eq!(told(&|fields| fields.push(fields[0].clone())), told_of(own[0], ""));
    }

    #[test]
    fn a_value_that_its_field_may_not_have_is_not_taken_out_of_a_queue() {
        let (profile, records) = records();
        let written = serde_json::to_value(&records[0]).unwrap();
        let count = written["fields"].as_array().unwrap().len();
        assert!(count > 3, "{count}");
        for (at, field) in profile.fields().iter().enumerate() {
            let mut other = written.clone();
            other["fields"][at]["value"] = match field.kind {
                FieldKind::Uint { .. } => serde_json::json!({ "number": u64::MAX }),
                FieldKind::Text { .. } => serde_json::json!({ "text": "x".repeat(40_000) }),
                FieldKind::Int { .. } => serde_json::json!({ "integer": i64::MAX }),
                FieldKind::DateTime { .. } => {
                    serde_json::json!({ "moment": "1900-01-01T00:00:00" })
                }
                FieldKind::Date { .. } => serde_json::json!({ "date": "1800-01-01" }),
                FieldKind::Hex { .. } | FieldKind::Uuid | FieldKind::Bits { .. } => {
                    serde_json::json!({ "bytes": "00".repeat(40_000) })
                }
            };
            let other: Record = serde_json::from_value(other).unwrap();
            let refused = other.fits(&profile).unwrap_err();
            assert_eq!(refused.field, field.name);
        }
    }

    #[test]
    fn a_queue_that_holds_something_else_is_refused_and_not_quoted() {
        let (_, records) = records();
        let text =
            serde_json::to_string(&records[0].clone().bound_to(RealUid::new([4; 7]))).unwrap();
        for (from, to) in [
            ("04040404040404", "04XYZZYQ040404"),
            ("\"fields\":[", "\"fields\":[{\"name\":\"a\",\"value\":{\"date\":\"XYZZY\"}},"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text);
            let error = serde_json::from_str::<Record>(&changed).unwrap_err().to_string();
            assert!(!error.contains("XYZZY"), "{error}");
        }
    }
}
