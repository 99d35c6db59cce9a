// SPDX-License-Identifier: MIT OR Apache-2.0
//! The entries of a part, taken one by one.

use crate::code::Code;
use crate::profile::error::mistake;
use core::ops::{Range, RangeInclusive};

use toml::Spanned;

use super::super::super::content::{Amount, Order, ROWS, Row, Source, Step, Turn};
use super::super::super::error::ProfileError;
use super::super::super::model::FieldKind;
use super::super::super::shape::{Entry, Part};
use super::super::{Check, meant, most_of, one_of, whole};
use super::layout::Layout;

/// The entries of one part, taken one by one.
pub(in crate::profile) struct Entries<'c, 'a, 'r> {
    pub(in crate::profile) check: &'c mut Check<'a>,
    /// Where the part stands in the profile.
    pub(in crate::profile) at: usize,
    /// Its place among the parts of the content.
    pub(in crate::profile) place: usize,
    pub(in crate::profile) part: &'r Part,
    taken: Vec<String>,
    /// Anyone may read the file, and personal fields may not stand in it.
    pub(in crate::profile) no_personal: bool,
}

impl<'c, 'a, 'r> Entries<'c, 'a, 'r> {
    pub(super) const fn new(
        check: &'c mut Check<'a>,
        (at, part): (usize, &'r Part),
        no_personal: bool,
    ) -> Self {
        Self { check, at, place: 0, part, taken: Vec::new(), no_personal }
    }

    /// The entries of a table inside of the part, which is no part of its own.
    pub(in crate::profile) const fn inner(
        &mut self,
        at: usize,
        part: &'r Part,
    ) -> Entries<'_, 'a, 'r> {
        Entries::new(self.check, (at, part), self.no_personal)
    }

    /// What the part is. Entries of some kinds have the names of others.
    pub(super) fn kind(&self) -> Result<&'static Row, ProfileError> {
        let kinds = ROWS.iter().filter(|row| self.part.contains_key(row.name));
        let kinds: Vec<_> = kinds.collect();
        let has_all =
            |row: &&Row| kinds.iter().all(|other| other.name == row.name || (row.has)(other.name));
        match (kinds.iter().copied().find(has_all), &*kinds) {
            (Some(row), _) => Ok(row),
            (None, [first, second, ..]) => {
                let problem =
                    format!("a part of kind {:?} and of kind {:?}", first.name, second.name);
                Err(self.error(mistake::CONFLICT, &problem, "take one of them out"))
            }
            (None, _) => {
                let entries = self.part.keys().map(|name| format!("{:?}", name.get_ref()));
                let entries = entries.collect::<Vec<_>>().join(" and ");
                let problem = match (entries.as_str(), self.part.len()) {
                    ("", _) => "a part without a kind".to_owned(),
                    (entries, 1) => format!("{entries} is no kind of part"),
                    (entries, _) => format!("none of {entries} is a kind of part"),
                };
                let kinds = one_of(ROWS.iter().map(|row| row.name), "");
                Err(self.error(mistake::UNKNOWN_NAME, &problem, kinds))
            }
        }
    }

    /// Puts parts behind those that are there, and says which places they have.
    pub(in crate::profile) fn lay_inside(
        &mut self,
        parts: Vec<(usize, &'r Part)>,
        layout: &mut Layout<'r>,
    ) -> Result<Range<usize>, ProfileError> {
        let first = layout.parts.len();
        layout.depth = layout.depth.saturating_add(1);
        self.check.lay(parts, layout)?;
        layout.depth = layout.depth.saturating_sub(1);
        Ok(first..layout.parts.len())
    }

    /// The names of the parts that this one looks at, which may stand anywhere in the content.
    pub(in crate::profile) fn over(
        &mut self,
        entry: &str,
        layout: &mut Layout<'r>,
    ) -> Result<(), ProfileError> {
        let instead = format!("write {entry} = [ … ] with names of parts, or \"first..last\"");
        let names = self.texts(entry, &instead)?;
        layout.cover_later(self.place, names);
        Ok(())
    }

    /// The names of parts that stand before this one, which it looks at, and how many bytes they have
    /// at most.
    pub(in crate::profile) fn before(
        &mut self,
        entry: &str,
        layout: &mut Layout<'r>,
    ) -> Result<(usize, usize), ProfileError> {
        let instead = format!("write {entry} = [ … ] with names of parts before it");
        let names = self.texts(entry, &instead)?;
        layout.look_before(self.check, self.place, &names)
    }

    /// What is done to bytes before they are written.
    pub(in crate::profile) fn turned(&mut self) -> Result<Turn, ProfileError> {
        if !self.has("turned") {
            return Ok(Turn::default());
        }
        let instead =
            "write turned = [ … ] with \"inverse\", \"reversed\" or the name of a [[table]]";
        let mut steps = Vec::new();
        for (at, name) in self.texts("turned", instead)? {
            steps.push(match name {
                "inverse" => Step::Inverse,
                "reversed" => Step::Reversed,
                name => Step::Table(self.check.table(at, name)?),
            });
        }
        Ok(Turn(steps))
    }

    /// The field that an entry names, with what its type says about its size.
    pub(in crate::profile) fn source<T>(
        &mut self,
        entry: &str,
        kinds: &[&str],
        size: impl Fn(FieldKind) -> Option<T>,
    ) -> Result<(usize, Source, T), ProfileError> {
        let instead = format!("write {entry} = … with the name of a field");
        let (at, name) = self.string(entry, &instead)?;
        let (source, size) = self.check.source((at, name), kinds, size, self.no_personal)?;
        Ok((at, source, size))
    }

    /// The fields that an entry names, one or a list of them.
    pub(in crate::profile) fn sources<T>(
        &mut self,
        entry: &str,
        kinds: &[&str],
        size: impl Fn(FieldKind) -> Option<T>,
    ) -> Result<(usize, Vec<(Source, T)>), ProfileError> {
        let instead = format!("write {entry} = … with the name of a field");
        let names = match self.take(entry, &instead)? {
            (_, Entry::List(_)) => self.texts(entry, &instead)?,
            (_, Entry::Text(_) | Entry::Number(_) | Entry::Table(_)) => {
                vec![self.string(entry, &instead)?]
            }
        };
        let at = names.first().map_or(self.at, |(at, _)| *at);
        let source = |name| self.check.source(name, kinds, &size, self.no_personal);
        let sources: Vec<_> = names.into_iter().map(source).collect::<Result<_, _>>()?;
        Ok((at, sources))
    }

    /// The number of the field that an entry names, with what is added to it, for a place that takes
    /// numbers from 0 to `most`.
    pub(in crate::profile) fn amount(
        &mut self,
        entry: &str,
        most: u64,
        place: &str,
    ) -> Result<Amount, ProfileError> {
        let (at, amount, (min, max)) = self.any_amount(entry)?;
        self.none_negative(at, min, place)?;
        self.fits(at, max, most, place)?;
        Ok(amount)
    }

    /// Refuses a number that may be negative.
    pub(in crate::profile) fn none_negative(
        &self,
        at: usize,
        min: i128,
        place: &str,
    ) -> Result<(), ProfileError> {
        if min >= 0 {
            return Ok(());
        }
        let problem = format!("numbers from {min} do not fit {place}");
        let instead = "write a larger add for it, or int = … where a sign has room";
        Err(self.check.error(mistake::NO_ROOM, at, problem, instead))
    }

    /// The same for a place that takes two's complement in so many bits.
    pub(in crate::profile) fn signed_amount(
        &mut self,
        entry: &str,
        bits: u32,
    ) -> Result<Amount, ProfileError> {
        let (at, amount, (min, max)) = self.any_amount(entry)?;
        let most = most_of(bits.saturating_sub(1));
        let place = format!("{bits} bits with a sign");
        if min < -i128::from(most) - 1 {
            let problem = format!("numbers from {min} do not fit {place}");
            let instead = "write a larger min for the field, or more room here";
            return Err(self.check.error(mistake::NO_ROOM, at, problem, instead));
        }
        self.fits(at, max, most, &place)?;
        Ok(amount)
    }

    /// What is added to a field's number before it is written.
    pub(in crate::profile) fn add(&mut self) -> Result<i64, ProfileError> {
        match self.has("add") {
            true => self.number_in("add", i64::MIN..=i64::MAX, "write add = … with a whole number"),
            false => Ok(0),
        }
    }

    /// With the smallest and the largest number that are written.
    fn any_amount(&mut self, entry: &str) -> Result<(usize, Amount, (i128, i128)), ProfileError> {
        let (at, source, (min, max)) = self.source(entry, &["uint", "int"], whole)?;
        let add = self.add()?;
        let range = [min, max].map(|limit| limit.saturating_add(add.into()));
        Ok((at, Amount { source, add }, (range[0], range[1])))
    }

    pub(in crate::profile) fn fits(
        &self,
        at: usize,
        max: i128,
        most: u64,
        place: &str,
    ) -> Result<(), ProfileError> {
        if max <= most.into() {
            return Ok(());
        }
        let problem = format!("the field's max = {max} does not fit {place}");
        let instead = format!("write max = {most} or less for the field, or more room here");
        Err(self.check.error(mistake::NO_ROOM, at, problem, instead))
    }
}

impl<'r> Entries<'_, '_, 'r> {
    pub(in crate::profile) fn get(&self, entry: &str) -> Option<&'r Spanned<Entry>> {
        self.part.get(entry)
    }

    /// Whether the part has an entry that it may have.
    pub(in crate::profile) fn has(&mut self, entry: &str) -> bool {
        if !self.taken.iter().any(|taken| taken == entry) {
            self.taken.push(entry.to_owned());
        }
        self.get(entry).is_some()
    }

    pub(in crate::profile) fn take(
        &mut self,
        entry: &str,
        instead: &str,
    ) -> Result<(usize, &'r Entry), ProfileError> {
        self.has(entry);
        match self.get(entry) {
            Some(value) => Ok((value.span().start, value.get_ref())),
            None => Err(self.error(mistake::MISSING, &format!("{entry} is missing"), instead)),
        }
    }

    pub(in crate::profile) fn string(
        &mut self,
        entry: &str,
        instead: &str,
    ) -> Result<(usize, &'r str), ProfileError> {
        match self.take(entry, instead)? {
            (at, Entry::Text(text)) => Ok((at, text)),
            (at, Entry::Number(_) | Entry::List(_) | Entry::Table(_)) => {
                Err(self.check.error(mistake::TYPE, at, format!("{entry} is a text"), instead))
            }
        }
    }

    pub(in crate::profile) fn number(
        &mut self,
        entry: &str,
        most: usize,
    ) -> Result<usize, ProfileError> {
        let instead = match most {
            usize::MAX => format!("write {entry} = … with how many it takes"),
            most => format!("write {entry} = … with a number from 1 to {most}"),
        };
        self.number_in(entry, 1..=most, &instead)
    }

    pub(in crate::profile) fn number_in<N: TryFrom<i64> + PartialOrd>(
        &mut self,
        entry: &str,
        range: RangeInclusive<N>,
        instead: &str,
    ) -> Result<N, ProfileError> {
        let (at, value) = self.take(entry, instead)?;
        let number = match value {
            Entry::Number(number) => N::try_from(*number).ok(),
            Entry::Text(_) | Entry::List(_) | Entry::Table(_) => None,
        };
        let number = number.filter(|number| range.contains(number));
        number.ok_or_else(|| {
            self.check.error(mistake::RANGE, at, format!("{entry} is out of range"), instead)
        })
    }

    /// The parts of a list, at least so many.
    pub(in crate::profile) fn tables(
        &mut self,
        entry: &str,
        least: usize,
        instead: &str,
    ) -> Result<Vec<(usize, &'r Part)>, ProfileError> {
        self.list(entry, least, instead, |value| match value {
            Entry::Table(part) => Some(part),
            Entry::Text(_) | Entry::Number(_) | Entry::List(_) => None,
        })
    }

    /// The texts of a list, at least one.
    pub(in crate::profile) fn texts(
        &mut self,
        entry: &str,
        instead: &str,
    ) -> Result<Vec<(usize, &'r str)>, ProfileError> {
        self.list(entry, 1, instead, |value| match value {
            Entry::Text(text) => Some(text.as_str()),
            Entry::Number(_) | Entry::List(_) | Entry::Table(_) => None,
        })
    }

    /// A text, or what a list holds.
    pub(in crate::profile) fn pieces(
        &mut self,
        entry: &str,
        instead: &str,
    ) -> Result<Vec<(usize, &'r Entry)>, ProfileError> {
        match self.take(entry, instead)? {
            (at, text @ Entry::Text(_)) => Ok(vec![(at, text)]),
            (_, Entry::List(_) | Entry::Number(_) | Entry::Table(_)) => {
                self.list(entry, 1, instead, Some)
            }
        }
    }

    fn list<T>(
        &mut self,
        entry: &str,
        least: usize,
        instead: &str,
        convert: impl Fn(&'r Entry) -> Option<T>,
    ) -> Result<Vec<(usize, T)>, ProfileError> {
        let (at, value) = self.take(entry, instead)?;
        let list = match value {
            Entry::List(list) => list,
            Entry::Text(_) | Entry::Number(_) | Entry::Table(_) => {
                return Err(self.check.error(
                    mistake::TYPE,
                    at,
                    format!("{entry} is a list"),
                    instead,
                ));
            }
        };
        if list.len() < least {
            return Err(self.check.error(mistake::EMPTY, at, format!("{entry} is empty"), instead));
        }
        let converted = list.iter().map(|value| {
            let at = value.span().start;
            let wrong = || {
                self.check.error(
                    mistake::TYPE,
                    at,
                    format!("{entry} holds something else"),
                    instead,
                )
            };
            convert(value.get_ref()).map(|item| (at, item)).ok_or_else(wrong)
        });
        converted.collect()
    }

    pub(in crate::profile) fn byte(&mut self, entry: &str) -> Result<u8, ProfileError> {
        let instead = format!("write {entry} = \"00\", two hexadecimal digits");
        let (at, digits) = self.string(entry, &instead)?;
        let mut byte = [0];
        match hex::decode_to_slice(digits, &mut byte) {
            Ok(()) => Ok(u8::from_be_bytes(byte)),
            Err(_) => {
                Err(self.check.error(mistake::FORM, at, format!("{digits:?} is no byte"), instead))
            }
        }
    }

    pub(in crate::profile) fn choice<T: Copy>(
        &mut self,
        entry: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, ProfileError> {
        if !self.has(entry) {
            return Ok(None);
        }
        let names = || choices.iter().map(|(name, _)| *name);
        let (at, text) = self.string(entry, &one_of(names(), ""))?;
        match choices.iter().find(|(name, _)| *name == text) {
            Some((_, choice)) => Ok(Some(*choice)),
            None => {
                let instead = meant(text, names(), "");
                Err(self.check.error(mistake::FORM, at, format!("{text:?} is no {entry}"), instead))
            }
        }
    }

    /// The order of several bytes, which has to be named.
    pub(in crate::profile) fn order(&mut self, bytes: usize) -> Result<Order, ProfileError> {
        match self.choice("order", &[("big", Order::Big), ("little", Order::Little)])? {
            Some(order) => Ok(order),
            None if bytes == 1 => Ok(Order::Big),
            None => {
                let instead = "write order = \"big\" for the most significant byte first, or \
                               order = \"little\"";
                Err(self.error(mistake::MISSING, "several bytes need an order", instead))
            }
        }
    }

    /// Entries that the part's kind does not have are mistakes.
    pub(in crate::profile) fn finish(self) -> Result<(), ProfileError> {
        let mut names = self.part.keys();
        match names.find(|name| !self.taken.contains(name.get_ref())) {
            Some(name) => {
                let problem = format!("a part of this kind has no entry {:?}", name.get_ref());
                let instead = meant(name.get_ref(), self.taken.iter().map(String::as_str), "");
                Err(self.check.error(mistake::OUT_OF_PLACE, name.span().start, problem, instead))
            }
            None => Ok(()),
        }
    }

    pub(in crate::profile) fn error(
        &self,
        code: Code,
        problem: &str,
        instead: impl Into<String>,
    ) -> ProfileError {
        self.check.error(code, self.at, problem, instead)
    }
}
