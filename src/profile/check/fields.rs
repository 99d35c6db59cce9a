// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[fields]`: what every record has.

use crate::profile::error::mistake;
use crate::profile::shape::Spanned;

use crate::credential::MAX_BITS;

use super::super::Day;
use super::super::characters::{Unseen, composed};
use super::super::error::ProfileError;
use super::super::model::{Field, FieldKind, TextRules};
use super::super::records::value::of_profile;
use super::super::shape::{self, FieldType, Named, Takes};
use super::{Check, Declared};

/// The columns that are no fields.
const RESERVED: [&str; 2] = ["id", "uid"];

/// No DESFire card holds more.
const LONGEST: usize = 32_768;

/// What a field of this type is called, its entries and what to write for them.
const fn entries_of(kind: FieldType) -> (&'static str, &'static [&'static str], &'static str) {
    match kind {
        FieldType::Uint => ("uint", &["max"], "write max = … with the largest number allowed"),
        FieldType::Int => (
            "int",
            &["min", "max"],
            "write min = … and max = … with the smallest and the largest number allowed",
        ),
        FieldType::Text => (
            "text",
            &["max_length", "min_length", "length", "characters", "takes"],
            "write max_length = … with the most characters allowed, or length = … with how many \
             there are",
        ),
        FieldType::Hex => (
            "hex",
            &["length", "min_length", "max_length"],
            "write length = … with the number of bytes, or min_length = … and max_length = …",
        ),
        FieldType::Date => (
            "date",
            &["from", "to"],
            "write from = … and to = … with the first and the last date allowed",
        ),
        FieldType::DateTime => (
            "datetime",
            &["from", "to"],
            "write from = … and to = … with the first and the last date allowed",
        ),
        FieldType::Uuid => ("uuid", &[], "take it out"),
        FieldType::Bits => ("bits", &["length"], "write length = … with the number of bits"),
    }
}

/// What a part writes that has no value; `None` where there is no such date.
fn zeros(kind: FieldKind) -> Option<String> {
    match kind {
        FieldKind::Uint { .. } => Some("0".to_owned()),
        FieldKind::Int { min, max } => (min..=max).contains(&0).then(|| "0".to_owned()),
        FieldKind::Text { .. } => Some(String::new()),
        FieldKind::Hex { min_length, .. } => Some("00".repeat(min_length)),
        FieldKind::Uuid => Some("0".repeat(32)),
        FieldKind::Bits { length } => Some("0".repeat(length)),
        FieldKind::Date { .. } | FieldKind::DateTime { .. } => None,
    }
}

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
                return Err(self.error(mistake::NAME_TAKEN, at, problem, "write another name"));
            }
            if name.is_empty() || name.chars().any(char::is_control) {
                return Err(self.error(
                    mistake::NO_NAME,
                    at,
                    "the field has no name",
                    "write a name",
                ));
            }
            let kind = self.field_kind(&raw)?;
            let raw = raw.into_inner();
            let text = self.text_rules(&raw, kind)?;
            let class = raw.class;
            let mut item = Field {
                name,
                kind,
                class,
                unique: raw.unique,
                text,
                absent: None,
                has_default: raw.default.is_some(),
            };
            item.absent = self.absent(&raw, &item)?;
            self.fields.push(Declared { item, at, version_at: at, used: false });
        }
        self.fields.sort_by_key(|field| field.at);
        Ok(())
    }

    fn field_kind(&self, raw: &Spanned<shape::Field>) -> Result<FieldKind, ProfileError> {
        fn at<T>(entry: Option<&Spanned<T>>) -> Option<usize> {
            entry.map(|entry| entry.span().start)
        }
        let field = raw.get_ref();
        let (kind, own, instead) = entries_of(field.kind);
        let entries = [
            ("min", at(field.min.as_ref())),
            ("max", at(field.max.as_ref())),
            ("max_length", at(field.max_length.as_ref())),
            ("min_length", at(field.min_length.as_ref())),
            ("characters", at(field.characters.as_ref())),
            ("takes", at(field.takes.as_ref())),
            ("length", at(field.length.as_ref())),
            ("from", at(field.from.as_ref())),
            ("to", at(field.to.as_ref())),
        ];
        for (name, at) in entries {
            if let Some(at) = at.filter(|_| !own.contains(&name)) {
                let problem = format!("a field of type {kind:?} has no {name}");
                return Err(self.error(mistake::OUT_OF_PLACE, at, problem, instead));
            }
        }
        let limit = |value: Option<&Spanned<i64>>, most| {
            let wanted = own.first().copied().unwrap_or_default();
            self.limit(raw, (kind, wanted, instead), value, most)
        };
        let length = |value, most: usize| {
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            limit(value, most).map(|value| usize::try_from(value).unwrap_or(usize::MAX))
        };
        Ok(match field.kind {
            FieldType::Uint => FieldKind::Uint { max: limit(field.max.as_ref(), i64::MAX)? },
            FieldType::Int => self.integers(raw, instead)?,
            FieldType::Text => {
                let most = field.max_length.as_ref().or(field.length.as_ref());
                FieldKind::Text { max_length: length(most, LONGEST)? }
            }
            FieldType::Hex => self.bytes(raw, instead)?,
            FieldType::Date => {
                let (from, to) = self.dates(field)?;
                FieldKind::Date { from, to }
            }
            FieldType::DateTime => {
                let (from, to) = self.dates(field)?;
                FieldKind::DateTime { from, to }
            }
            FieldType::Uuid => FieldKind::Uuid,
            FieldType::Bits => FieldKind::Bits { length: length(field.length.as_ref(), MAX_BITS)? },
        })
    }

    /// What stands for a value that is missing: the `default`, or the number 0, the empty text, zeros.
    fn absent(&self, raw: &shape::Field, field: &Field) -> Result<Option<String>, ProfileError> {
        let optional = raw.optional.as_ref().filter(|on| *on.get_ref());
        let Some(optional) = optional else {
            return match &raw.default {
                None => Ok(None),
                Some(default) => {
                    let (at, instead) = (default.span().start, "write optional = true beside it");
                    let problem = "a default for a value that may not be missing";
                    Err(self.error(mistake::OUT_OF_PLACE, at, problem, instead))
                }
            };
        };
        let at = optional.span().start;
        if field.unique {
            let problem =
                "two records without a value would have the same, and the field is unique";
            let instead = "take unique or optional out";
            return Err(self.error(mistake::CONFLICT, at, problem, instead));
        }
        let (at, text) = match &raw.default {
            Some(default) => {
                let text = match default.get_ref() {
                    shape::Scalar::Text(text) => composed(text).into_owned(),
                    shape::Scalar::Number(number) => number.to_string(),
                };
                (default.span().start, text)
            }
            None => (at, zeros(field.kind).unwrap_or_default()),
        };
        match of_profile(field, &text) {
            Ok(_) => Ok(Some(text)),
            Err(difference) => {
                let problem = match &raw.default {
                    Some(_) => format!("a default that the field does not take: {difference}"),
                    None => "nothing stands for a value that is missing".to_owned(),
                };
                let instead = "write default = … with a value as records have it";
                Err(self.error(mistake::FORM, at, problem, instead))
            }
        }
    }

    /// What a text has to keep to besides its most characters.
    fn text_rules(&self, field: &shape::Field, kind: FieldKind) -> Result<TextRules, ProfileError> {
        let FieldKind::Text { max_length } = kind else { return Ok(TextRules::default()) };
        self.one_length(field)?;
        let min_length = match (&field.length, &field.min_length) {
            (Some(_), _) => max_length,
            (None, None) => 0,
            (None, Some(raw)) => {
                let least = usize::try_from(*raw.get_ref()).ok();
                least.filter(|least| *least <= max_length).ok_or_else(|| {
                    let instead = format!("write a number from 0 to {max_length}, its max_length");
                    self.error(
                        mistake::RANGE,
                        raw.span().start,
                        "min_length is out of range",
                        instead,
                    )
                })?
            }
        };
        let mut rules = TextRules { min_length, ..TextRules::default() };
        for raw in field.characters.iter().flat_map(Spanned::get_ref) {
            let signs: Vec<_> = raw.get_ref().chars().collect();
            rules.characters.push(match signs.as_slice() {
                [one] => (*one, *one),
                [first, '-', last] if first <= last => (*first, *last),
                _ => {
                    let instead = "write one character, or a range such as \"0-9\"";
                    return Err(self.error(
                        mistake::FORM,
                        raw.span().start,
                        "no range of characters",
                        instead,
                    ));
                }
            });
        }
        for takes in field.takes.iter().flat_map(Spanned::get_ref) {
            match takes.get_ref() {
                Takes::Control => rules.unseen.push(Unseen::Control),
                Takes::Format => rules.unseen.push(Unseen::Format),
                Takes::Direction => rules.unseen.push(Unseen::Direction),
                Takes::Leavings => rules.leavings = true,
            }
        }
        Ok(rules)
    }

    /// How many bytes a field has, always or at least and at most.
    fn bytes(&self, raw: &Spanned<shape::Field>, instead: &str) -> Result<FieldKind, ProfileError> {
        let field = raw.get_ref();
        let number = |wanted, value, most: usize| {
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let number = self.limit(raw, ("hex", wanted, instead), value, most)?;
            Ok(usize::try_from(number).unwrap_or(usize::MAX))
        };
        self.one_length(field)?;
        if field.min_length.is_none() && field.max_length.is_none() {
            let length = number("length", field.length.as_ref(), LONGEST)?;
            return Ok(FieldKind::Hex { min_length: length, max_length: length });
        }
        let max_length = number("max_length", field.max_length.as_ref(), LONGEST)?;
        let least = field.min_length.as_ref();
        let least = least.map(|_| number("min_length", least, max_length)).transpose()?;
        Ok(FieldKind::Hex { min_length: least.unwrap_or(1), max_length })
    }

    /// A length is exact or has limits.
    fn one_length(&self, field: &shape::Field) -> Result<(), ProfileError> {
        let limited = field.max_length.is_some() || field.min_length.is_some();
        let Some(length) = field.length.as_ref().filter(|_| limited) else { return Ok(()) };
        let instead = "write length, or max_length and perhaps min_length";
        let problem = "an exact length and a limit";
        Err(self.error(mistake::CONFLICT, length.span().start, problem, instead))
    }

    /// A number that a field of this type must have, from 1.
    fn limit(
        &self,
        raw: &Spanned<shape::Field>,
        (kind, wanted, instead): (&str, &str, &str),
        value: Option<&Spanned<i64>>,
        most: i64,
    ) -> Result<u64, ProfileError> {
        let Some(limit) = value else {
            let problem = format!("a field of type {kind:?} needs {wanted}");
            return Err(self.error(mistake::MISSING, raw.span().start, problem, instead));
        };
        let value = *limit.get_ref();
        if !(1..=most).contains(&value) {
            let problem = format!("{wanted} = {value} is out of range");
            let instead = format!("write a number from 1 to {most}");
            return Err(self.error(mistake::RANGE, limit.span().start, problem, instead));
        }
        Ok(value.unsigned_abs())
    }

    /// The limits of a number that may be negative.
    fn integers(
        &self,
        raw: &Spanned<shape::Field>,
        instead: &str,
    ) -> Result<FieldKind, ProfileError> {
        let field = raw.get_ref();
        let (Some(min), Some(max)) = (&field.min, &field.max) else {
            let problem = "a field of type \"int\" needs min and max";
            return Err(self.error(mistake::MISSING, raw.span().start, problem, instead));
        };
        let (at, min, max) = (max.span().start, *min.get_ref(), *max.get_ref());
        if min >= max {
            let problem = format!("no two numbers are from {min} to {max}");
            return Err(self.error(mistake::RANGE, at, problem, instead));
        }
        Ok(FieldKind::Int { min, max })
    }

    fn dates(&self, field: &shape::Field) -> Result<(Day, Day), ProfileError> {
        let limit = |value: &Option<Spanned<String>>, unless: Day| {
            let Some(raw) = value else { return Ok(unless) };
            self.day(raw.span().start, raw.get_ref())
        };
        let (from, to) = (limit(&field.from, Day::FIRST)?, limit(&field.to, Day::LAST)?);
        let last = field.to.as_ref().or(field.from.as_ref()).filter(|_| from > to);
        match last {
            None => Ok((from, to)),
            Some(raw) => {
                let problem = format!("no date is from {from} to {to}");
                Err(self.error(
                    mistake::RANGE,
                    raw.span().start,
                    problem,
                    "write from and to, the first one first",
                ))
            }
        }
    }

    /// A date as profiles write it.
    pub(in crate::profile) fn day(&self, at: usize, text: &str) -> Result<Day, ProfileError> {
        text.parse().map_err(|_| {
            self.error(
                mistake::FORM,
                at,
                format!("{text:?} is no date"),
                "write YYYY-MM-DD, as \"2027-12-31\"",
            )
        })
    }
}
