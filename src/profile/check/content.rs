// SPDX-License-Identifier: MIT OR Apache-2.0
//! `content`: whether its parts are known, its fields fit them, and they fit the file. What a kind of part
//! has for entries stands with the kind.

mod entries;
mod items;
mod layout;

use crate::profile::error::{mistake, warning};
use std::collections::BTreeSet;

use super::super::Day;
use super::super::content::{Content, Source};
use super::super::error::ProfileError;
use super::super::model::{Class, Field, FieldKind};
use super::{Check, meant};

pub(in crate::profile) use entries::Entries;
pub(super) use items::Item;
pub(super) use layout::Room;
pub(in crate::profile) use layout::{Covered, LARGEST, Layout};

impl Check<'_> {
    /// The fields that are declared.
    pub(in crate::profile) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().map(|field| &field.item)
    }

    /// The field of this name, with what its type says about its size.
    pub(super) fn source<T>(
        &mut self,
        (at, name): (usize, &str),
        kinds: &[&str],
        size: impl Fn(FieldKind) -> Option<T>,
        no_personal: bool,
    ) -> Result<(Source, T), ProfileError> {
        let fitting =
            self.fields().filter(|field| size(field.kind).is_some()).map(|field| &*field.name);
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
            self.warn(warning::PERSONAL_WRITTEN, at, message);
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
            self.warn(
                warning::READ_BY_ANYONE,
                at,
                format!("anyone may read the personal field {name:?} in this file"),
            );
        }
        if self.hides_uid && content.shows_uid(0..content.length()) {
            self.warn(
                warning::READ_BY_ANYONE,
                at,
                "anyone may read the UID in this file, which the card hides".to_owned(),
            );
        }
    }
}

/// The largest number of so many bytes.
pub(in crate::profile) fn most_in(bytes: usize) -> u64 {
    most_of(u32::try_from(bytes).unwrap_or(8).saturating_mul(8))
}

/// The largest number of so many bits.
pub(in crate::profile) fn most_of(bits: u32) -> u64 {
    1_u64.checked_shl(bits).map_or(u64::MAX, |limit| limit.saturating_sub(1))
}

/// The smallest and the largest of a field's whole numbers.
pub(in crate::profile) fn whole(kind: FieldKind) -> Option<(i128, i128)> {
    match kind {
        FieldKind::Uint { max } => Some((0, max.into())),
        FieldKind::Int { min, max } => Some((min.into(), max.into())),
        FieldKind::Text { .. }
        | FieldKind::Hex { .. }
        | FieldKind::Date { .. }
        | FieldKind::DateTime { .. }
        | FieldKind::Uuid
        | FieldKind::Bits { .. } => None,
    }
}

pub(in crate::profile) const fn text_length(kind: FieldKind) -> Option<usize> {
    if let FieldKind::Text { max_length } = kind { Some(max_length) } else { None }
}

/// The least and the most bytes.
pub(in crate::profile) const fn hex_length(kind: FieldKind) -> Option<(usize, usize)> {
    if let FieldKind::Hex { min_length, max_length } = kind {
        Some((min_length, max_length))
    } else {
        None
    }
}

pub(in crate::profile) const fn bits_length(kind: FieldKind) -> Option<usize> {
    if let FieldKind::Bits { length } = kind { Some(length) } else { None }
}

pub(in crate::profile) const fn dates(kind: FieldKind) -> Option<(Day, Day)> {
    if let FieldKind::Date { from, to } | FieldKind::DateTime { from, to } = kind {
        Some((from, to))
    } else {
        None
    }
}
