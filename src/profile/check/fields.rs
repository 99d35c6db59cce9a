// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[fields]`: what every record has.

use toml::Spanned;

use super::super::error::ProfileError;
use super::super::model::{Class, Field, FieldKind};
use super::super::shape::{self, FieldType, Named};
use super::{Check, Declared};

/// The columns that are no fields.
const RESERVED: [&str; 2] = ["id", "uid"];

/// No DESFire card holds more.
const LONGEST: i64 = 32_768;

impl Check<'_> {
    pub(super) fn declare_fields(
        &mut self,
        fields: Named<shape::Field>,
    ) -> Result<(), ProfileError> {
        for (name, raw) in fields {
            let at = name.span().start;
            let name = name.into_inner();
            if RESERVED.contains(&name.as_str()) {
                let problem = format!("{name:?} is a column of its own in the records");
                return Err(self.error(at, problem, "write another name"));
            }
            if name.is_empty() || name.chars().any(char::is_control) {
                return Err(self.error(at, "the field has no name", "write a name"));
            }
            let kind = self.field_kind(&raw)?;
            let raw = raw.into_inner();
            let class = match raw.class {
                shape::Class::Technical => Class::Technical,
                shape::Class::Pseudonymous => Class::Pseudonymous,
                shape::Class::Personal => Class::Personal,
            };
            let item = Field { name, kind, class, unique: raw.unique };
            self.fields.push(Declared { item, at, version_at: at, used: false });
        }
        self.fields.sort_by_key(|field| field.at);
        Ok(())
    }

    fn field_kind(&self, raw: &Spanned<shape::Field>) -> Result<FieldKind, ProfileError> {
        let at = raw.span().start;
        let field = raw.get_ref();
        let limits = [
            ("max", field.max.as_ref()),
            ("max_length", field.max_length.as_ref()),
            ("length", field.length.as_ref()),
        ];
        let (kind, wanted, most) = match field.kind {
            FieldType::Uint => ("uint", "max", i64::MAX),
            FieldType::Text => ("text", "max_length", LONGEST),
            FieldType::Hex => ("hex", "length", LONGEST),
        };
        let mut limit = None;
        for (name, value) in limits {
            match value {
                Some(value) if name == wanted => limit = Some(value),
                Some(value) => {
                    let problem = format!("a field of type {kind:?} has no {name}");
                    return Err(self.error(value.span().start, problem, say(wanted)));
                }
                None => {}
            }
        }
        let Some(limit) = limit else {
            let problem = format!("a field of type {kind:?} needs {wanted}");
            return Err(self.error(at, problem, say(wanted)));
        };
        let value = *limit.get_ref();
        if !(1..=most).contains(&value) {
            let problem = format!("{wanted} = {value} is out of range");
            let instead = format!("write a number from 1 to {most}");
            return Err(self.error(limit.span().start, problem, instead));
        }
        let length = usize::try_from(value).unwrap_or(usize::MAX);
        Ok(match field.kind {
            FieldType::Uint => FieldKind::Uint { max: value.unsigned_abs() },
            FieldType::Text => FieldKind::Text { max_length: length },
            FieldType::Hex => FieldKind::Hex { length },
        })
    }
}

fn say(wanted: &str) -> &'static str {
    match wanted {
        "max" => "write max = … with the largest number allowed",
        "max_length" => "write max_length = … with the most characters allowed",
        _ => "write length = … with the number of bytes",
    }
}
