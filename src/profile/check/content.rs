// SPDX-License-Identifier: MIT OR Apache-2.0
//! `content`: whether its parts are known, its fields fit them, and they fit the file.

mod bits;
mod checksum;
mod date;
mod entries;
mod item;
mod kinds;
mod layout;
mod pack;
mod tlv;

use crate::profile::error::mistake;
use std::collections::BTreeSet;

use super::super::content::{Charset, Content, Part, Source, Text};
use super::super::error::ProfileError;
use super::super::model::{Class, FieldKind};
use super::super::shape;
use super::{CONSTANT, Check, constant, meant, one_of};

pub(super) use item::Item;
pub(super) use layout::Room;

/// The entry that says what a part is.
const KINDS: [&str; 15] = [
    "bits", "raw", "uint", "text", "hex", "digits", "date", "uuid", "uid", "pack", "checksum",
    "tlv", "item", "constant", "pad",
];

impl Check<'_> {
    /// The field of this name, with what its type says about its size.
    pub(super) fn source<T>(
        &mut self,
        (at, name): (usize, &str),
        kinds: &[&str],
        size: impl Fn(FieldKind) -> Option<T>,
        no_personal: bool,
    ) -> Result<(Source, T), ProfileError> {
        let fitting = self.fields.iter().map(|field| &field.item);
        let fitting = fitting.filter(|field| size(field.kind).is_some()).map(|field| &*field.name);
        let types = kinds.iter().map(|kind| format!("{kind:?}")).collect::<Vec<_>>();
        let types = types.join(" or ");
        let instead = meant(name, fitting, &format!("declare it in [fields] with type = {types}"));
        let Some(index) = self.fields.iter().position(|field| field.item.name == name) else {
            let problem = format!("no field is called {name:?}");
            let constant = "; for the same bytes on every card write constant = \"hex:…\"";
            let hint = if *kinds == ["hex"] { constant } else { "" };
            return Err(self.error(mistake::UNKNOWN_NAME, at, problem, instead + hint));
        };
        let found = self.fields.get(index).map(|field| field.item.clone());
        let found = found.and_then(|field| size(field.kind).map(|size| (field, size)));
        let Some((field, size)) = found else {
            let problem = format!("the field {name:?} is not of type {types}");
            return Err(self.error(mistake::TYPE, at, problem, instead));
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
            return Err(self.error(mistake::PERSONAL, at, problem, instead));
        }
        let field = self.fields.get(index).filter(|field| !field.used && !self.listing);
        if let Some(at) = field.map(|field| field.at) {
            let message = format!("the personal field {name:?} is written to the card");
            self.warn(at, message);
        }
        Ok(())
    }
}

impl Check<'_> {
    /// Warns of what `allow_public` lets anyone read.
    pub(super) fn shown_to_anyone(&mut self, at: usize, content: &Content) {
        let shown = content.sources(0..content.length()).into_iter();
        let personal = shown.filter(|source| source.field.class == Class::Personal);
        let names: BTreeSet<_> = personal.map(|source| source.field.name.clone()).collect();
        for name in names {
            self.warn(at, format!("anyone may read the personal field {name:?} in this file"));
        }
        if self.hides_uid && content.shows_uid(0..content.length()) {
            self.warn(at, "anyone may read the UID in this file, which the card hides".to_owned());
        }
    }
}

/// The entries of one part, taken one by one.
struct Entries<'c, 'a, 'r> {
    check: &'c mut Check<'a>,
    /// Where the part stands.
    at: usize,
    part: &'r shape::Part,
    taken: Vec<String>,
    /// Anyone may read the file, and personal fields may not stand in it.
    no_personal: bool,
}

impl Entries<'_, '_, '_> {
    /// The entry that says what the part is. A bit format's fields may have the names of kinds.
    fn kind(&self) -> Result<&'static str, ProfileError> {
        let kinds = KINDS.iter().filter(|kind| self.part.contains_key(**kind));
        match *kinds.copied().collect::<Vec<_>>() {
            [kind] | [kind @ "bits", ..] => Ok(kind),
            [] => {
                let entries = self.part.keys().map(|name| format!("{:?}", name.get_ref()));
                let entries = entries.collect::<Vec<_>>().join(" and ");
                let problem = match (entries.as_str(), self.part.len()) {
                    ("", _) => "a part without a kind".to_owned(),
                    (entries, 1) => format!("{entries} is no kind of part"),
                    (entries, _) => format!("none of {entries} is a kind of part"),
                };
                Err(self.error(mistake::UNKNOWN_NAME, &problem, one_of(KINDS, "")))
            }
            [first, second, ..] => {
                let problem = format!("a part of kind {first:?} and of kind {second:?}");
                Err(self.error(mistake::CONFLICT, &problem, "take one of them out"))
            }
        }
    }

    /// A part that stands for itself.
    fn part(&mut self, kind: &str) -> Result<Part, ProfileError> {
        match kind {
            "bits" => self.bits(),
            "raw" => self.raw(),
            "uint" => self.uint(),
            "text" => self.text(),
            "digits" => self.digits(),
            "date" => self.date(),
            "uuid" => self.uuid(),
            "uid" => self.uid(),
            "pack" => self.pack(),
            "item" => self.item(),
            "hex" => {
                let (_, source, bytes) = self.source("hex", &["hex"], hex_length)?;
                Ok(Part::Hex { source, bytes })
            }
            _ => {
                let (at, text) = self.string("constant", CONSTANT)?;
                constant(text).map(Part::Constant).ok_or_else(|| {
                    self.check.error(
                        mistake::FORM,
                        at,
                        format!("{text:?} is no constant"),
                        CONSTANT,
                    )
                })
            }
        }
    }

    fn uint(&mut self) -> Result<Part, ProfileError> {
        let (at, source, max) = self.source("uint", &["uint"], uint_max)?;
        let bytes = self.number("bytes", 8)?;
        let order = self.order(bytes)?;
        self.fits(at, max, most_in(bytes), &format!("{bytes} bytes"))?;
        Ok(Part::Uint { source, bytes, order })
    }

    fn text(&mut self) -> Result<Part, ProfileError> {
        let (at, source, max_length) = self.source("text", &["text"], text_length)?;
        let bytes = self.number("bytes", usize::MAX)?;
        let charset = self.choice("charset", &Charset::NAMES)?.unwrap_or(Charset::Ascii);
        let fill = if self.has("fill") { self.byte("fill")? } else { 0x00 };
        let align = self.align()?;
        if max_length > bytes {
            let problem = format!("{max_length} characters do not fit {bytes} bytes");
            let instead = format!("write max_length = {bytes} for the field, or more bytes");
            return Err(self.check.error(mistake::NO_ROOM, at, problem, instead));
        }
        Ok(Part::Text(Text { source, bytes, charset, fill, align }))
    }

    /// The field that an entry names, with what its type says about its size.
    fn source<T>(
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

    fn fits(&self, at: usize, max: u64, most: u64, place: &str) -> Result<(), ProfileError> {
        if max <= most {
            return Ok(());
        }
        let problem = format!("the field's max = {max} does not fit {place}");
        let instead = format!("write max = {most} or less for the field, or more room here");
        Err(self.check.error(mistake::NO_ROOM, at, problem, instead))
    }
}

/// The largest number of so many bytes.
fn most_in(bytes: usize) -> u64 {
    let bits = u32::try_from(bytes).unwrap_or(8).saturating_mul(8);
    1_u64.checked_shl(bits).map_or(u64::MAX, |limit| limit.saturating_sub(1))
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
