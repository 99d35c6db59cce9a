// SPDX-License-Identifier: MIT OR Apache-2.0
//! `checksum`: of which kind, and over which parts.

use crate::profile::error::mistake;
use core::ops::Range;

use crate::checksum::Catalogued;

use super::super::super::content::{Checksum, Digits, Form, Order, Part, Sum};
use super::super::super::error::ProfileError;
use super::super::{Check, meant};
use super::Entries;
use super::layout::{Covering, Layout, length};

const KINDS: &str = "write \"xor\", \"luhn\" or a name of the CRC catalogue, such as \"CRC-8/SMBUS\", \
                     \"CRC-16/IBM-3740\" or \"CRC-32/ISO-HDLC\"";

impl<'r> Entries<'_, '_, 'r> {
    pub(super) fn checksum(&mut self, layout: &mut Layout<'r>) -> Result<(), ProfileError> {
        let (at, kind) = self.string("checksum", KINDS)?;
        let (sum, order) = match (&*kind.to_ascii_lowercase(), Catalogued::by_name(kind)) {
            ("xor", _) => (Sum::Xor, Order::Big),
            ("luhn", _) => (Sum::Luhn(Form::Bcd), Order::Big),
            (_, Some(row)) => (Sum::Crc(row), self.order(row.bytes())?),
            _ => {
                return Err(self.check.error(
                    mistake::FORM,
                    at,
                    format!("{kind:?} is no checksum"),
                    KINDS,
                ));
            }
        };
        let over =
            self.texts("over", "write over = [ … ] with names of parts, or \"first..last\"")?;
        layout.checksums.push(Covering { part: layout.parts.len(), over });
        let over = Vec::new();
        layout.parts.push(Part::Checksum(Checksum { sum, order, over }));
        Ok(())
    }
}

impl Check<'_> {
    /// Finds what the checksums cover, once every part has its place.
    pub(super) fn cover(&self, layout: &mut Layout<'_>) -> Result<(), ProfileError> {
        for covering in core::mem::take(&mut layout.checksums) {
            let mut over = Vec::new();
            let mut form = None;
            for (at, text) in covering.over {
                let covered = self.covered((at, text), covering.part, layout)?;
                let parts = layout.parts.get(covered.clone()).unwrap_or_default();
                form = form.or_else(|| parts.iter().find_map(form_of));
                let start = length(layout.parts.get(..covered.start).unwrap_or_default());
                over.push((at, covered, start..start.saturating_add(length(parts))));
            }
            let Some(Part::Checksum(checksum)) = layout.parts.get(covering.part) else { continue };
            let mut checksum = checksum.clone();
            if let Sum::Luhn(_) = checksum.sum {
                for (at, covered, _) in &over {
                    let parts = layout.parts.get(covered.clone()).unwrap_or_default();
                    if !parts.iter().all(|part| form.is_some_and(|form| fits(part, form))) {
                        let problem = "luhn is over digits of one form";
                        let instead = "name parts of kind digits, with the same form";
                        return Err(self.error(mistake::TYPE, *at, problem, instead));
                    }
                }
                checksum.sum = Sum::Luhn(form.unwrap_or(Form::Bcd));
            }
            checksum.over = over.into_iter().map(|(.., bytes)| bytes).collect();
            if let Some(part) = layout.parts.get_mut(covering.part) {
                *part = Part::Checksum(checksum);
            }
        }
        Ok(())
    }

    /// The parts that a name, or two of them, stand for.
    fn covered(
        &self,
        (at, text): (usize, &str),
        own: usize,
        layout: &Layout<'_>,
    ) -> Result<Range<usize>, ProfileError> {
        let find = |name: &str| {
            let found = layout.names.iter().find(|(known, _)| *known == name);
            found.map(|(_, parts)| parts.clone()).ok_or_else(|| {
                let names = layout.names.iter().map(|(name, _)| *name);
                let instead = meant(name, names, "write name = … in the parts that it covers");
                self.error(mistake::UNKNOWN_NAME, at, format!("no part is named {name:?}"), instead)
            })
        };
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let covered = find(first)?.start..find(last)?.end;
        if covered.is_empty() {
            let problem = format!("{last:?} stands before {first:?}");
            return Err(self.error(
                mistake::ORDER,
                at,
                problem,
                format!("write \"{last}..{first}\""),
            ));
        }
        if covered.contains(&own) {
            let instead = "name the parts before it and those behind it";
            return Err(self.error(mistake::ORDER, at, "the checksum would cover itself", instead));
        }
        let behind = layout.parts.get(covered.clone()).unwrap_or_default();
        let mut behind = behind.iter().zip(covered.clone());
        if behind.any(|(part, place)| place > own && matches!(part, Part::Checksum(_))) {
            let problem =
                "a checksum that is computed later: they are in the order of their places";
            let instead = "name the parts without it, or swap the two unless it covers this one";
            return Err(self.error(mistake::ORDER, at, problem, instead));
        }
        Ok(covered)
    }
}

const fn form_of(part: &Part) -> Option<Form> {
    if let Part::Digits(Digits { form, .. }) = part { Some(*form) } else { None }
}

/// Whether a part consists of digits of this form.
fn fits(part: &Part, form: Form) -> bool {
    match form_of(part) {
        Some(own) => own == form,
        None => matches!(part, Part::Constant(bytes) if form.read(bytes).is_some()),
    }
}
