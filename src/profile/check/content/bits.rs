// SPDX-License-Identifier: MIT OR Apache-2.0
//! `bits` and `raw`: bit formats and their fields, and how bits fill their bytes.

use crate::credential::{self, Align, Format, Packing};
use crate::profile::error::mistake;

use super::super::super::content::{Number, Part};
use super::super::super::error::ProfileError;
use super::super::super::model::{Field, FieldKind};
use super::super::super::shape::Entry;
use super::{Entries, uint_max};

const FORMAT: &str = "write the name of a bit format";

impl Entries<'_, '_, '_> {
    pub(super) fn bits(&mut self) -> Result<Part, ProfileError> {
        let (at, name) = self.string("bits", FORMAT)?;
        let format = self.check.format(at, name).map_err(|error| {
            let mut fields = self.check.fields.iter().map(|field| &field.item);
            let bits = |field: &Field| field.name == name && bits_length(field.kind).is_some();
            match fields.any(bits) {
                true => {
                    let problem = format!("{name:?} is a field, not a bit format");
                    self.check.error(mistake::TYPE, at, problem, format!("write raw = {name:?}"))
                }
                false => error,
            }
        })?;
        let numbers = format.fields().iter().map(|place| self.number_in_format(place));
        let numbers = numbers.collect::<Result<_, _>>()?;
        let packing = self.packing()?;
        Ok(Part::Bits { format, numbers, packing })
    }

    pub(super) fn raw(&mut self) -> Result<Part, ProfileError> {
        let (_, source, length) = self.source("raw", &["bits"], bits_length)?;
        let format = if self.has("format") { Some(self.format_of(length)?) } else { None };
        let packing = self.packing()?;
        Ok(Part::Raw { source, length, format, packing })
    }

    /// What a field of a bit format holds: a field of the profile, or a number.
    fn number_in_format(&mut self, place: &credential::Field) -> Result<Number, ProfileError> {
        let (name, most) = (place.name(), place.max());
        let instead = format!("write {name} = … with a field, or a number from 0 to {most}");
        match self.take(name, &instead)?.1 {
            Entry::Text(_) => {}
            Entry::Number(_) | Entry::List(_) | Entry::Table(_) => {
                return self.number_in(name, 0..=most, &instead).map(Number::Constant);
            }
        }
        let (at, source, max) = self.source(name, &["uint"], uint_max)?;
        self.fits(at, max, most, name)?;
        Ok(Number::Field(source))
    }

    /// The format in which so many bits have to hold.
    fn format_of(&mut self, length: usize) -> Result<Format, ProfileError> {
        let (at, name) = self.string("format", FORMAT)?;
        let format = self.check.format(at, name)?;
        let bits = format.bit_length();
        if bits != length {
            let problem = format!("{name} has {bits} bits, and the field {length}");
            let instead = format!("write length = {bits} for the field, or another format");
            return Err(self.check.error(mistake::NO_ROOM, at, problem, instead));
        }
        Ok(format)
    }

    /// How bits fill their bytes.
    fn packing(&mut self) -> Result<Packing, ProfileError> {
        let sentinels = [("none", false), ("leading", true)];
        let orders = [("forward", false), ("reversed", true)];
        Ok(Packing {
            align: self.align()?,
            sentinel: self.choice("sentinel", &sentinels)?.unwrap_or_default(),
            reversed: self.choice("bit_order", &orders)?.unwrap_or_default(),
        })
    }

    pub(super) fn align(&mut self) -> Result<Align, ProfileError> {
        let aligns = [("left", Align::Left), ("right", Align::Right)];
        Ok(self.choice("align", &aligns)?.unwrap_or_default())
    }
}

const fn bits_length(kind: FieldKind) -> Option<usize> {
    if let FieldKind::Bits { length } = kind { Some(length) } else { None }
}
