// SPDX-License-Identifier: MIT OR Apache-2.0
//! JSON Lines: an object a line.

use core::{fmt, str};

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::super::Profile;
use super::super::record::{Record, RecordError, RecordReason};
use super::columns::{Column, Raw, record};
use super::{Records, repeated};

pub(super) fn read(profile: &Profile, bytes: &[u8]) -> Records {
    let mut has_ids = None;
    let mut entries = Vec::new();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let object = object(line).and_then(|object| {
            let has_id = object.0.iter().any(|(name, _)| name == "id");
            match *has_ids.get_or_insert(has_id) == has_id {
                true => Ok(object),
                false => Err(RecordReason::SomeIds),
            }
        });
        entries.push(match object {
            Ok(object) => entry(profile, number, &object),
            Err(reason) => Err(RecordError { line: number, id: None, field: None, reason }),
        });
    }
    Records { entries, has_ids: has_ids.unwrap_or(false) }
}

fn object(line: &[u8]) -> Result<Object, RecordReason> {
    let text = str::from_utf8(line).map_err(|_| RecordReason::NotUtf8)?;
    // The reader's own message may quote a value.
    serde_json::from_str(text).map_err(|error| RecordReason::NotAnObject { column: error.column() })
}

fn entry(profile: &Profile, line: usize, object: &Object) -> Result<Record, RecordError> {
    let error = |field: Option<&str>, reason| {
        let id = object.0.iter().find(|(name, _)| name == "id").map(|(_, value)| value.raw());
        let id = id.and_then(super::columns::id);
        RecordError { line, id, field: field.map(str::to_owned), reason }
    };
    // A name that the profile does not declare may be anybody's: it is told by its place.
    let entries = (1..).zip(&object.0).map(|(number, (name, value))| {
        let column = Column::by_name(profile, name);
        column.map(|column| (column, value.raw())).ok_or(number)
    });
    let entries = entries
        .collect::<Result<Vec<_>, _>>()
        .map_err(|number| error(None, RecordReason::Undeclared { number }))?;
    if let Some(name) = repeated(object.0.iter().map(|(name, _)| name.as_str())) {
        return Err(error(Some(name), RecordReason::Twice));
    }
    record(profile, line, &entries)
}

/// The entries in their order, repeated ones included.
struct Object(Vec<(String, Scalar)>);

enum Scalar {
    Text(Zeroizing<String>),
    Number(Zeroizing<u64>),
    Other,
}

impl Scalar {
    fn raw(&self) -> Raw<'_> {
        match self {
            Self::Text(text) => Raw::Text(text),
            Self::Number(number) => Raw::Number(**number),
            Self::Other => Raw::Other,
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

            fn visit_i64<E: Error>(self, _: i64) -> Result<Scalar, E> {
                Ok(Scalar::Other)
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<Scalar, E> {
                Ok(Scalar::Other)
            }

            fn visit_bool<E: Error>(self, _: bool) -> Result<Scalar, E> {
                Ok(Scalar::Other)
            }

            fn visit_unit<E: Error>(self) -> Result<Scalar, E> {
                Ok(Scalar::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other)
            }
        }
        deserializer.deserialize_any(Anything)
    }
}
