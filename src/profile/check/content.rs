// SPDX-License-Identifier: MIT OR Apache-2.0
//! `content`: whether its parts are known, its fields fit them, and they fit the file.

use std::borrow::Cow;

use toml::Spanned;

use crate::credential::{Align, Packing};
use crate::wire::FileSize;

use super::super::content::{Charset, Order, Part, Source};
use super::super::error::ProfileError;
use super::super::model::{Class, FieldKind};
use super::super::shape::{self, Scalar};
use super::{CONSTANT, Check, constant, one_of};

/// The entry that says what a part is.
const KINDS: [&str; 6] = ["bits", "uint", "text", "hex", "constant", "pad"];

impl Check<'_> {
    /// The parts of a content or of a record. `no_personal`: anyone may read the file, and personal
    /// fields may not stand in it.
    pub(super) fn parts(
        &mut self,
        raw: &Spanned<shape::Parts>,
        (entry, size): (&str, FileSize),
        no_personal: bool,
    ) -> Result<Vec<Part>, ProfileError> {
        let mut parts: Vec<Part> = Vec::new();
        let mut pad = None;
        for raw in raw.get_ref() {
            let mut entries = Entries { check: self, part: raw, taken: Vec::new(), no_personal };
            let part = entries.part()?;
            entries.finish()?;
            if matches!(part, Part::Pad { .. }) && pad.replace(parts.len()).is_some() {
                let problem = "two parts fill up the file";
                return Err(self.error(raw.span().start, problem, "write pad once"));
            }
            parts.push(part);
        }
        if parts.is_empty() {
            let instead = "write its parts, or leave content out";
            return Err(self.error(raw.span().start, "an empty content", instead));
        }
        let size = usize::try_from(size.bytes()).unwrap_or(usize::MAX);
        let length = parts.iter().map(Part::length).fold(0, usize::saturating_add);
        let Some(rest) = size.checked_sub(length) else {
            let problem = format!("the content takes {length} bytes, and {entry} is {size}");
            let instead = format!("write {entry} = {length} or more, or a shorter content");
            return Err(self.error(raw.span().start, problem, instead));
        };
        if let Some(Part::Pad { bytes, .. }) = pad.and_then(|at| parts.get_mut(at)) {
            *bytes = rest;
        }
        Ok(parts)
    }

    /// The field of this name, with what its type says about its size.
    pub(super) fn source<T>(
        &mut self,
        (at, name): (usize, &str),
        kind: &str,
        size: impl Fn(FieldKind) -> Option<T>,
        no_personal: bool,
    ) -> Result<(Source, T), ProfileError> {
        let fitting = self.fields.iter().map(|field| &field.item);
        let fitting = fitting.filter(|field| size(field.kind).is_some()).map(|field| &*field.name);
        let instead = one_of(fitting, &format!("declare it in [fields] with type = {kind:?}"));
        let Some(index) = self.fields.iter().position(|field| field.item.name == name) else {
            let problem = format!("no field is called {name:?}");
            let constant = "; for the same bytes on every card write constant = \"hex:…\"";
            let hint = if kind == "hex" { constant } else { "" };
            return Err(self.error(at, problem, instead + hint));
        };
        let found = self.fields.get(index).map(|field| field.item.clone());
        let found = found.and_then(|field| size(field.kind).map(|size| (field, size)));
        let Some((field, size)) = found else {
            let problem = format!("the field {name:?} is not of type {kind:?}");
            return Err(self.error(at, problem, instead));
        };
        if field.class == Class::Personal {
            self.personal(at, index, name, no_personal)?;
        }
        if let Some(field) = self.fields.get_mut(index) {
            field.used = true;
        }
        Ok((Source { index, field }, size))
    }

    fn personal(
        &mut self,
        at: usize,
        index: usize,
        name: &str,
        no_personal: bool,
    ) -> Result<(), ProfileError> {
        if no_personal {
            let problem = format!("anyone may read the personal field {name:?} in this file");
            let instead = "let a key read the file, or write allow_public = true in it";
            return Err(self.error(at, problem, instead));
        }
        let field = self.fields.get(index).filter(|field| !field.used);
        if let Some(at) = field.map(|field| field.at) {
            let message = format!("the personal field {name:?} is written to the card");
            self.warn(at, message);
        }
        Ok(())
    }
}

/// The entries of one part, taken one by one.
struct Entries<'c, 'a, 'r> {
    check: &'c mut Check<'a>,
    part: &'r Spanned<shape::Part>,
    taken: Vec<Cow<'static, str>>,
    no_personal: bool,
}

impl<'r> Entries<'_, '_, 'r> {
    fn part(&mut self) -> Result<Part, ProfileError> {
        let kinds = KINDS.iter().filter(|kind| self.part.get_ref().contains_key(**kind));
        match *kinds.copied().collect::<Vec<_>>() {
            ["bits"] => self.bits(),
            ["uint"] => self.uint(),
            ["text"] => self.text(),
            ["hex"] => {
                let (_, source, bytes) = self.source("hex", "hex", hex_length)?;
                Ok(Part::Hex { source, bytes })
            }
            ["constant"] => {
                let (at, text) = self.string("constant", CONSTANT)?;
                constant(text).map(Part::Constant).ok_or_else(|| {
                    self.check.error(at, format!("{text:?} is no constant"), CONSTANT)
                })
            }
            ["pad"] => Ok(Part::Pad { byte: self.byte("pad")?, bytes: 0 }),
            _ => Err(self.error("a part must be of one kind", one_of(KINDS, ""))),
        }
    }

    fn bits(&mut self) -> Result<Part, ProfileError> {
        let (at, name) = self.string("bits", "write the name of a bit format")?;
        let format = self.check.format(at, name)?;
        let mut sources = Vec::new();
        for place in format.fields() {
            let (at, source, max) = self.source(place.name().to_owned(), "uint", uint_max)?;
            self.fits(at, max, place.max(), place.name())?;
            sources.push(source);
        }
        let mut packing = Packing::default();
        let aligns = [("left", Align::Left), ("right", Align::Right)];
        packing.align = self.choice("align", &aligns)?.unwrap_or_default();
        let sentinels = [("none", false), ("leading", true)];
        packing.sentinel = self.choice("sentinel", &sentinels)?.unwrap_or_default();
        let orders = [("forward", false), ("reversed", true)];
        packing.reversed = self.choice("bit_order", &orders)?.unwrap_or_default();
        Ok(Part::Bits { format, sources, packing })
    }

    fn uint(&mut self) -> Result<Part, ProfileError> {
        let (at, source, max) = self.source("uint", "uint", uint_max)?;
        let bytes = self.number("bytes", 8)?;
        let order = match self.choice("order", &[("big", Order::Big), ("little", Order::Little)])? {
            Some(order) => order,
            None if bytes == 1 => Order::Big,
            None => {
                let instead = "write order = \"big\" for the most significant byte first, or \
                               order = \"little\"";
                return Err(self.error("several bytes need an order", instead));
            }
        };
        let bits = u32::try_from(bytes).unwrap_or(8).saturating_mul(8);
        let most = 1_u64.checked_shl(bits).map_or(u64::MAX, |limit| limit.saturating_sub(1));
        self.fits(at, max, most, &format!("{bytes} bytes"))?;
        Ok(Part::Uint { source, bytes, order })
    }

    fn text(&mut self) -> Result<Part, ProfileError> {
        let (at, source, max_length) = self.source("text", "text", text_length)?;
        let bytes = self.number("bytes", usize::MAX)?;
        let charset = self.choice("charset", &Charset::NAMES)?.unwrap_or(Charset::Ascii);
        let fill = if self.get("fill").is_some() { self.byte("fill")? } else { 0x00 };
        if max_length > bytes {
            let problem = format!("{max_length} characters do not fit {bytes} bytes");
            let instead = format!("write max_length = {bytes} for the field, or more bytes");
            return Err(self.check.error(at, problem, instead));
        }
        Ok(Part::Text { source, bytes, charset, fill })
    }

    /// The field that an entry names, with what its type says about its size.
    fn source<T>(
        &mut self,
        entry: impl Into<Cow<'static, str>>,
        kind: &str,
        size: impl Fn(FieldKind) -> Option<T>,
    ) -> Result<(usize, Source, T), ProfileError> {
        let (at, name) = self.string(entry, "write the name of a field")?;
        let (source, size) = self.check.source((at, name), kind, size, self.no_personal)?;
        Ok((at, source, size))
    }

    fn fits(&self, at: usize, max: u64, most: u64, place: &str) -> Result<(), ProfileError> {
        if max <= most {
            return Ok(());
        }
        let problem = format!("the field's max = {max} does not fit {place}");
        let instead = format!("write max = {most} or less for the field, or another place");
        Err(self.check.error(at, problem, instead))
    }

    fn get(&self, entry: &str) -> Option<&'r Spanned<Scalar>> {
        self.part.get_ref().get(entry)
    }

    fn take(
        &mut self,
        entry: Cow<'static, str>,
        instead: &str,
    ) -> Result<(usize, &'r Scalar), ProfileError> {
        let found = match self.get(&entry) {
            Some(value) => Ok((value.span().start, value.get_ref())),
            None => Err(self.error(&format!("{entry} is missing"), instead)),
        };
        self.taken.push(entry);
        found
    }

    fn string(
        &mut self,
        entry: impl Into<Cow<'static, str>>,
        instead: &str,
    ) -> Result<(usize, &'r str), ProfileError> {
        let entry = entry.into();
        match self.take(entry.clone(), instead)? {
            (at, Scalar::Text(text)) => Ok((at, text)),
            (at, Scalar::Number(_)) => {
                Err(self.check.error(at, format!("{entry} is a text"), instead))
            }
        }
    }

    fn number(&mut self, entry: &'static str, most: usize) -> Result<usize, ProfileError> {
        let instead = match most {
            usize::MAX => format!("write {entry} = … with how many it takes"),
            most => format!("write {entry} = … with a number from 1 to {most}"),
        };
        let (at, value) = self.take(entry.into(), &instead)?;
        let number = match value {
            Scalar::Number(number) => usize::try_from(*number).ok(),
            Scalar::Text(_) => None,
        };
        let number = number.filter(|number| (1..=most).contains(number));
        number.ok_or_else(|| self.check.error(at, format!("{entry} is out of range"), instead))
    }

    fn byte(&mut self, entry: &'static str) -> Result<u8, ProfileError> {
        let instead = format!("write {entry} = \"00\", two hexadecimal digits");
        let (at, digits) = self.string(entry, &instead)?;
        let mut byte = [0];
        match hex::decode_to_slice(digits, &mut byte) {
            Ok(()) => Ok(u8::from_be_bytes(byte)),
            Err(_) => Err(self.check.error(at, format!("{digits:?} is no byte"), instead)),
        }
    }

    fn choice<T: Copy>(
        &mut self,
        entry: &'static str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, ProfileError> {
        if self.get(entry).is_none() {
            return Ok(None);
        }
        let instead = one_of(choices.iter().map(|(name, _)| *name), "");
        let (at, text) = self.string(entry, &instead)?;
        match choices.iter().find(|(name, _)| *name == text) {
            Some((_, choice)) => Ok(Some(*choice)),
            None => Err(self.check.error(at, format!("{text:?} is no {entry}"), instead)),
        }
    }

    /// Entries that the part's kind does not have are mistakes.
    fn finish(self) -> Result<(), ProfileError> {
        let mut names = self.part.get_ref().keys();
        match names.find(|name| !self.taken.iter().any(|taken| taken == name.get_ref())) {
            Some(name) => {
                let problem = format!("a part of this kind has no entry {:?}", name.get_ref());
                let instead = one_of(&self.taken, "");
                Err(self.check.error(name.span().start, problem, instead))
            }
            None => Ok(()),
        }
    }

    fn error(&self, problem: &str, instead: impl Into<String>) -> ProfileError {
        self.check.error(self.part.span().start, problem, instead)
    }
}

pub(super) const fn uint_max(kind: FieldKind) -> Option<u64> {
    if let FieldKind::Uint { max } = kind { Some(max) } else { None }
}

const fn text_length(kind: FieldKind) -> Option<usize> {
    if let FieldKind::Text { max_length } = kind { Some(max_length) } else { None }
}

const fn hex_length(kind: FieldKind) -> Option<usize> {
    if let FieldKind::Hex { length } = kind { Some(length) } else { None }
}
