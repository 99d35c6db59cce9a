// SPDX-License-Identifier: MIT OR Apache-2.0
//! The entries of a part, taken one by one.

use crate::code::Code;
use crate::profile::error::mistake;
use core::ops::RangeInclusive;

use crate::profile::shape::Spanned;

use super::super::super::content::Order;
use super::super::super::error::ProfileError;
use super::super::super::shape::{Entry, Part};
use super::super::{meant, one_of};
use super::Entries;

impl<'r> Entries<'_, '_, 'r> {
    pub(super) fn get(&self, entry: &str) -> Option<&'r Spanned<Entry>> {
        self.part.get(entry)
    }

    /// Whether the part has an entry that it may have.
    pub(super) fn has(&mut self, entry: &str) -> bool {
        if !self.taken.iter().any(|taken| taken == entry) {
            self.taken.push(entry.to_owned());
        }
        self.get(entry).is_some()
    }

    pub(super) fn take(
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

    pub(super) fn string(
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

    pub(super) fn number(&mut self, entry: &str, most: usize) -> Result<usize, ProfileError> {
        let instead = match most {
            usize::MAX => format!("write {entry} = … with how many it takes"),
            most => format!("write {entry} = … with a number from 1 to {most}"),
        };
        self.number_in(entry, 1..=most, &instead)
    }

    pub(super) fn number_in<N: TryFrom<i64> + PartialOrd>(
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
    pub(super) fn tables(
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
    pub(super) fn texts(
        &mut self,
        entry: &str,
        instead: &str,
    ) -> Result<Vec<(usize, &'r str)>, ProfileError> {
        self.list(entry, 1, instead, |value| match value {
            Entry::Text(text) => Some(text.as_str()),
            Entry::Number(_) | Entry::List(_) | Entry::Table(_) => None,
        })
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

    pub(super) fn byte(&mut self, entry: &str) -> Result<u8, ProfileError> {
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

    pub(super) fn choice<T: Copy>(
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
    pub(super) fn order(&mut self, bytes: usize) -> Result<Order, ProfileError> {
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
    pub(super) fn finish(self) -> Result<(), ProfileError> {
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

    pub(super) fn error(
        &self,
        code: Code,
        problem: &str,
        instead: impl Into<String>,
    ) -> ProfileError {
        self.check.error(code, self.at, problem, instead)
    }
}
