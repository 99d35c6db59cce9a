// SPDX-License-Identifier: MIT OR Apache-2.0
//! From what TOML holds to an import table that fits the profile's fields.

use std::collections::BTreeMap;

use crate::profile::shape::Spanned;

use crate::code::Code;
use crate::keys::Places;
use crate::profile::error::mistake;

use super::super::characters::composed;
use super::super::check::{meant, one_of};
use super::super::error::ProfileError;
use super::super::model::{Field, FieldKind};
use super::super::record::Allowed;
use super::super::records::value::of_profile;
use super::dates::DateWay;
use super::shape::{Booleans, Column, Table};
use super::{Encoding, From, Import, Numbers, Range, Source, Way, shape};

/// A table under check, and what it has to fit.
pub(super) struct Checking<'a> {
    pub(super) places: Places<'a>,
    pub(super) fields: &'a [Field],
}

/// What holds for every field that says nothing else.
struct Common {
    date: DateWay,
    numbers: Numbers,
    /// Words, and `1` or `0`.
    booleans: BTreeMap<String, String>,
}

impl Checking<'_> {
    pub(super) fn import(&self, raw: shape::Import) -> Result<Import, ProfileError> {
        let encoding = raw.encoding.as_ref().map(|name| self.encoding(name)).transpose()?;
        let separator = raw.separator.as_ref().map(|sign| self.separator(sign, encoding));
        let common = Common {
            date: self.date(raw.date.as_ref())?.unwrap_or_else(DateWay::iso),
            numbers: self.numbers(raw.numbers.as_ref())?,
            booleans: self.booleans(raw.booleans.as_ref())?,
        };
        let mut sources = Vec::new();
        let mut own = [("id", None), ("uid", None)];
        let mut tables = BTreeMap::new();
        for (name, column) in raw.columns {
            let at = name.span().start;
            if let Some(own) = own.iter_mut().find(|own| own.0 == name.get_ref()) {
                own.1 = Some(self.own(column)?);
                continue;
            }
            let place = self.fields.iter().position(|known| known.name == *name.get_ref());
            let Some(place) = place else {
                let names = self.fields.iter().map(|known| known.name.as_str());
                let instead =
                    meant(name.get_ref(), ["id", "uid"].into_iter().chain(names), "take it out");
                return Err(self.error(
                    mistake::UNKNOWN_NAME,
                    at,
                    format!("no field {:?}", name.get_ref()),
                    instead,
                ));
            };
            tables.insert(place, column);
        }
        let [id, uid] = own.map(|(unless, name)| match name {
            Some(name) => source(&mut sources, &name, true),
            None => source(&mut sources, unless, false),
        });
        let mut fields = Vec::with_capacity(self.fields.len());
        for (place, field) in self.fields.iter().enumerate() {
            let way = match tables.remove(&place) {
                Some(column) => self.way(&mut sources, field, column, &common)?,
                None => {
                    let source = source(&mut sources, &field.name, field.absent.is_none());
                    common.way(Way::column(source))
                }
            };
            fields.push(way.unless(field));
        }
        let (left_out, others_left_out) = self.left_out(&raw.leave_out, &sources)?;
        let (separator, trim) = (separator.transpose()?, raw.trim);
        Ok(Import {
            encoding,
            separator,
            trim,
            sources,
            left_out,
            others_left_out,
            id,
            uid,
            fields,
        })
    }

    fn encoding(&self, name: &Spanned<String>) -> Result<Encoding, ProfileError> {
        let known =
            Encoding::NAMES.iter().find(|known| name.get_ref().eq_ignore_ascii_case(known.0));
        known.map(|known| known.1).ok_or_else(|| {
            let instead = meant(name.get_ref(), Encoding::NAMES.iter().map(|known| known.0), "");
            self.error(
                mistake::UNKNOWN_NAME,
                name.span().start,
                "an encoding that is not known",
                instead,
            )
        })
    }

    fn separator(
        &self,
        sign: &Spanned<String>,
        encoding: Option<Encoding>,
    ) -> Result<u8, ProfileError> {
        let at = sign.span().start;
        let separator = match sign.get_ref().as_bytes() {
            [one @ (b',' | b';' | b'\t' | b'|')] => *one,
            _ => {
                let instead = one_of([",", ";", "\t", "|"], "");
                return Err(self.error(
                    mistake::UNKNOWN_NAME,
                    at,
                    "a separator that is not known",
                    instead,
                ));
            }
        };
        if separator == b'|' && encoding.is_some_and(Encoding::has_second_halves) {
            let instead = "save the file as UTF-8, or with another separator";
            let problem = "in this encoding \"|\" may be a half of a character";
            return Err(self.error(mistake::CONFLICT, at, problem, instead));
        }
        Ok(separator)
    }

    fn date(&self, raw: Option<&Spanned<String>>) -> Result<Option<DateWay>, ProfileError> {
        let Some(raw) = raw else { return Ok(None) };
        let date = DateWay::parse(raw.get_ref());
        date.map(Some).ok_or_else(|| {
            let instead = "write yyyy, mm or m, and dd or d, each once, as \"dd.mm.yyyy\", or \
                           \"days:1899-12-30\"";
            self.error(mistake::FORM, raw.span().start, "no way to write a date", instead)
        })
    }

    fn numbers(&self, raw: Option<&Spanned<shape::Numbers>>) -> Result<Numbers, ProfileError> {
        let Some(raw) = raw else { return Ok(Numbers::default()) };
        let sign = |text: &Option<String>| match text.as_deref() {
            None => Ok(None),
            Some(text) => {
                let mut signs = text.chars();
                let sign = signs.next().filter(|sign| !sign.is_ascii_digit() && *sign != '"');
                sign.filter(|_| signs.next().is_none()).map(Some).ok_or_else(|| {
                    let at = raw.span().start;
                    self.error(
                        mistake::FORM,
                        at,
                        "no sign between digits",
                        "write one character, as \".\"",
                    )
                })
            }
        };
        let thousands = sign(&raw.get_ref().thousands)?;
        let decimal = sign(&raw.get_ref().decimal)?;
        if thousands.is_some() && thousands == decimal {
            let instead = "write two that differ";
            return Err(self.error(
                mistake::CONFLICT,
                raw.span().start,
                "one sign for both",
                instead,
            ));
        }
        Ok(Numbers { thousands, decimal })
    }

    fn booleans(
        &self,
        raw: Option<&Spanned<Booleans>>,
    ) -> Result<BTreeMap<String, String>, ProfileError> {
        let Some(raw) = raw else {
            let words = [("true", "1"), ("false", "0")];
            return Ok(words.map(|(word, value)| (word.to_owned(), value.to_owned())).into());
        };
        let mut words = BTreeMap::new();
        for (list, value) in [(&raw.get_ref().yes, "1"), (&raw.get_ref().no, "0")] {
            for word in list {
                let word = composed(word).into_owned();
                if words.insert(word, value.to_owned()).is_some() {
                    let (at, problem) = (raw.span().start, "a word is listed twice");
                    return Err(self.error(mistake::REPEATED, at, problem, "list each once"));
                }
            }
        }
        Ok(words)
    }

    /// The columns of `id` and `uid` have a name and nothing else.
    fn own(&self, column: Spanned<Column>) -> Result<String, ProfileError> {
        let at = column.span().start;
        match column.into_inner() {
            Column::Name(name) => Ok(name),
            Column::Table(_) => {
                let problem = "id and uid come out of one column as they are";
                Err(self.error(mistake::CONFLICT, at, problem, "write the name of the column"))
            }
        }
    }

    fn way(
        &self,
        sources: &mut Vec<Source>,
        field: &Field,
        column: Spanned<Column>,
        common: &Common,
    ) -> Result<Way, ProfileError> {
        let at = column.span().start;
        let table = match column.into_inner() {
            Column::Name(name) => {
                let needed = field.absent.is_none();
                return Ok(common.way(Way::column(source(sources, &name, needed))));
            }
            Column::Table(table) => *table,
        };
        let needed = !table.optional && field.absent.is_none();
        let from = self.from(sources, field, &table, at)?;
        if let From::Columns { sources: taken, .. } = &from {
            for place in taken {
                if let Some(source) = sources.get_mut(*place) {
                    source.needed |= needed;
                }
            }
        }
        self.fits(field, &table)?;
        self.stands_for_itself(field, &table)?;
        let boolean = table.boolean.as_ref().is_some_and(|on| *on.get_ref());
        let values = match table.values {
            Some(values) => {
                let values = values.into_inner().into_iter();
                values.map(|(word, value)| (composed(&word).into_owned(), value)).collect()
            }
            None if boolean => common.booleans.clone(),
            None => BTreeMap::new(),
        };
        Ok(Way {
            from,
            default: table.constant.or(table.default).map(Spanned::into_inner),
            optional: table.optional,
            values,
            boolean,
            date: self.date(table.date.as_ref())?.unwrap_or_else(|| common.date.clone()),
            numbers: common.numbers,
        })
    }

    /// What stands for a value that no column has: it is one of the field's, and nothing is said of how
    /// columns are written.
    fn stands_for_itself(&self, field: &Field, table: &Table) -> Result<(), ProfileError> {
        let idle = [
            table.values.as_ref().map(Spanned::span),
            table.boolean.as_ref().filter(|on| *on.get_ref()).map(Spanned::span),
            table.date.as_ref().map(Spanned::span),
            table.default.as_ref().map(Spanned::span),
        ];
        let idle = idle.into_iter().flatten().next();
        if let Some(idle) = idle.filter(|_| table.range.is_some() || table.constant.is_some()) {
            let problem = "no column is read for the field, and this says how one is";
            return Err(self.error(mistake::OUT_OF_PLACE, idle.start, problem, "take it out"));
        }
        let Some(unless) = table.constant.as_ref().or(table.default.as_ref()) else {
            return Ok(());
        };
        of_profile(field, &composed(unless.get_ref())).map(drop).map_err(|difference| {
            let problem = format!("no value of {:?}: {difference}", field.name);
            let instead = format!("write {}", Allowed::Field(field.kind));
            self.error(mistake::FORM, unless.span().start, problem, instead)
        })
    }

    /// Entries that say nothing for a field of this type.
    fn fits(&self, field: &Field, table: &Table) -> Result<(), ProfileError> {
        let is_date = matches!(field.kind, FieldKind::Date { .. } | FieldKind::DateTime { .. });
        if let Some(date) = table.date.as_ref().filter(|_| !is_date) {
            let instead = "take it out, or make it a field of type \"date\" in the profile";
            return Err(self.error(
                mistake::TYPE,
                date.span().start,
                "the field is no date",
                instead,
            ));
        }
        let is_number = matches!(field.kind, FieldKind::Uint { .. } | FieldKind::Int { .. });
        if let Some(boolean) = table.boolean.as_ref().filter(|on| *on.get_ref() && !is_number) {
            let problem = "true and false are the numbers 1 and 0, and the field is none";
            let instead = "make it a field of type \"uint\" in the profile, or list values";
            return Err(self.error(mistake::TYPE, boolean.span().start, problem, instead));
        }
        let both = table.boolean.as_ref().filter(|on| *on.get_ref() && table.values.is_some());
        if let Some(boolean) = both {
            let problem = "both values and boolean";
            return Err(self.error(
                mistake::CONFLICT,
                boolean.span().start,
                problem,
                "write one of them",
            ));
        }
        let is_text = matches!(field.kind, FieldKind::Text { .. });
        let has_default = table.default.is_some() || field.absent.is_some();
        if table.optional && !has_default && !is_text {
            let at = table.column.as_ref().map_or(0, |column| column.span().start);
            let problem =
                format!("{:?} may be missing, and nothing stands for it then", field.name);
            return Err(self.error(
                mistake::MISSING,
                at,
                problem,
                "add default = \"…\" beside optional",
            ));
        }
        Ok(())
    }

    fn from(
        &self,
        sources: &mut Vec<Source>,
        field: &Field,
        table: &Table,
        at: usize,
    ) -> Result<From, ProfileError> {
        let given = [
            table.column.is_some(),
            table.join.is_some(),
            table.range.is_some(),
            table.constant.is_some(),
        ];
        if given.iter().filter(|given| **given).count() > 1 {
            let instead = "write one of column, join, range and constant";
            return Err(self.error(mistake::CONFLICT, at, "a field comes from one place", instead));
        }
        if let Some(with) = table.with.as_ref().filter(|_| table.join.is_none()) {
            let instead = "write join = [\"…\", \"…\"] beside it";
            return Err(self.error(
                mistake::OUT_OF_PLACE,
                with.span().start,
                "nothing is joined",
                instead,
            ));
        }
        if let Some(join) = &table.join {
            if join.get_ref().len() < 2 {
                let instead = "name at least two columns";
                return Err(self.error(
                    mistake::EMPTY,
                    join.span().start,
                    "nothing to join",
                    instead,
                ));
            }
            let names = join.get_ref().iter();
            let taken = names.map(|name| source(sources, name.get_ref(), false)).collect();
            let with = table.with.as_ref().map_or(" ", |with| with.get_ref());
            return Ok(From::Columns { sources: taken, with: with.to_owned() });
        }
        if let Some(range) = &table.range {
            return self.range(field, range).map(From::Range);
        }
        if table.constant.is_some() {
            return Ok(From::Nowhere);
        }
        let name = table.column.as_ref().map_or(&field.name, |name| name.get_ref());
        let taken = vec![source(sources, name, false)];
        Ok(From::Columns { sources: taken, with: String::new() })
    }

    fn range(&self, field: &Field, range: &Spanned<shape::Range>) -> Result<Range, ProfileError> {
        let at = range.span().start;
        let raw = range.get_ref();
        let FieldKind::Uint { max } = field.kind else {
            let instead = "make it a field of type \"uint\" in the profile";
            return Err(self.error(
                mistake::TYPE,
                at,
                "a range has numbers, and the field has none",
                instead,
            ));
        };
        let number = |raw: &Spanned<i64>| {
            let number = u64::try_from(*raw.get_ref()).ok().filter(|number| *number <= max);
            number.ok_or_else(|| {
                let instead = format!("write a number from 0 to {max}, the field's max");
                self.error(mistake::RANGE, raw.span().start, "the number is out of range", instead)
            })
        };
        let (start, end) = (number(&raw.start)?, number(&raw.end)?);
        let next = raw.next.as_ref().map_or(Ok(start), number)?;
        if start > end || next < start || next > end {
            let instead = "write start, next and end in ascending order";
            return Err(self.error(mistake::MISSING, at, "the range has no next number", instead));
        }
        let file = raw.file.as_ref().map(|mark| {
            let digits = mark.get_ref().to_ascii_lowercase();
            let is_mark =
                digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            is_mark.then_some(digits).ok_or_else(|| {
                let instead = "write the 16 hexadecimal digits that the refusal of the file names";
                self.error(mistake::FORM, mark.span().start, "no mark of a file", instead)
            })
        });
        Ok(Range { next, end, file: file.transpose()? })
    }

    fn left_out(
        &self,
        raw: &[Spanned<String>],
        sources: &[Source],
    ) -> Result<(Vec<String>, bool), ProfileError> {
        let mut left_out = Vec::new();
        let mut others = false;
        for name in raw {
            let composed = composed(name.get_ref()).into_owned();
            if composed == "*" {
                others = true;
            } else if sources.iter().any(|source| source.name == composed) {
                let problem = format!("{composed:?} is read and left out");
                let instead = "take it out of one of the two";
                return Err(self.error(mistake::CONFLICT, name.span().start, problem, instead));
            } else {
                left_out.push(composed);
            }
        }
        Ok((left_out, others))
    }

    fn error(
        &self,
        code: Code,
        at: usize,
        problem: impl Into<String>,
        instead: impl Into<String>,
    ) -> ProfileError {
        let position = self.places.at(at);
        ProfileError { code, position, problem: problem.into(), instead: instead.into() }
    }
}

impl Common {
    /// A field that comes as the table has all of them.
    fn way(&self, way: Way) -> Way {
        Way { date: self.date.clone(), numbers: self.numbers, ..way }
    }
}

/// The place of a column among those that are read.
fn source(sources: &mut Vec<Source>, name: &str, needed: bool) -> usize {
    let name = composed(name);
    match sources.iter().position(|source| source.name == name) {
        Some(place) => {
            if let Some(source) = sources.get_mut(place) {
                source.needed |= needed;
            }
            place
        }
        None => {
            sources.push(Source { name: name.into_owned(), needed });
            sources.len().saturating_sub(1)
        }
    }
}
