// SPDX-License-Identifier: MIT OR Apache-2.0
//! `bits`: a bit format and its fields.

use core::ops::Range;

use crate::credential::{self, Align, Format, Packing};
use crate::profile::check::{bits_length, whole};
use crate::profile::content::reading::tell_field;
use crate::profile::error::mistake;
use crate::profile::model::Field;
use crate::profile::record::{FieldError, RecordReason};
use crate::profile::shape::Entry;
use crate::secret;

use super::date::decimal;
use super::{Amount, Around, Entries, Given, Kind, Layout, Number, Piece, ProfileError, Source, Told, Unmade, tell, Coding, Place, Role, packed};

pub(super) const FORMAT: &str = "write the name of a bit format";

/// A bit format; the numbers are in the order of its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Bits {
    format: Format,
    numbers: Vec<Number>,
    packing: Packing,
}

impl Kind for Bits {
    const NAME: &'static str = "bits";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ bits = \"h10301\", facility = FIELD, number = FIELD }` | a [bit \
         format](crate::credential) or one of `[[format]]`; one entry per field of the \
         format, with a field of type `\"uint\"`, a table such as `{ uint = FIELD, add = 100 }` or \
         `{ date = FIELD, form = \"number:yyyymmdd\" }`, the number that the digits of a date are, or a \
         number that is the same on every card. Bits are left-aligned in their bytes, spare bits 0; `align = \"right\"` ends \
         with the last bit, `sentinel = \"leading\"` puts a 1 before the first one, \
         `bit_order = \"reversed\"` has the last bit first, the sentinel behind it |",
    ];

    /// A bit format's fields have any names.
    fn has(_kind: &str) -> bool {
        true
    }

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let (at, name) = entries.string("bits", FORMAT)?;
        let format = entries.check.format(at, name).map_err(|error| {
            let mut fields = entries.check.fields();
            let bits = |field: &Field| field.name == name && bits_length(field.kind).is_some();
            match fields.any(bits) {
                true => {
                    let problem = format!("{name:?} is a field, not a bit format");
                    entries.check.error(mistake::TYPE, at, problem, format!("write raw = {name:?}"))
                }
                false => error,
            }
        })?;
        let numbers = format.fields().iter().map(|place| number_in_format(entries, place));
        let numbers = numbers.collect::<Result<_, _>>()?;
        let packing = packing(entries)?;
        Ok(Self { format, numbers, packing })
    }
}

/// What a field of a bit format holds: a field of the profile, or a number.
fn number_in_format(
    entries: &mut Entries<'_, '_, '_>,
    place: &credential::Field,
) -> Result<Number, ProfileError> {
    let (name, most) = (place.name(), place.max());
    let instead = format!("write {name} = … with a field, or a number from 0 to {most}");
    match entries.take(name, &instead)? {
        (_, Entry::Number(_) | Entry::List(_)) => {
            entries.number_in(name, 0..=most, &instead).map(Number::Constant)
        }
        (at, Entry::Table(part)) => {
            let mut inner = entries.inner(at, part);
            let number = match inner.has("date") {
                true => decimal(&mut inner, most, name)?,
                false => Number::Field(inner.amount("uint", most, name)?),
            };
            inner.finish()?;
            Ok(number)
        }
        (_, Entry::Text(_)) => {
            let (at, source, (min, max)) = entries.source(name, &["uint", "int"], whole)?;
            entries.none_negative(at, min, name)?;
            entries.fits(at, max, most, name)?;
            Ok(Number::Field(Amount { source, add: 0 }))
        }
    }
}

/// How bits fill their bytes.
pub(super) fn packing(entries: &mut Entries<'_, '_, '_>) -> Result<Packing, ProfileError> {
    let sentinels = [("none", false), ("leading", true)];
    let orders = [("forward", false), ("reversed", true)];
    Ok(Packing {
        align: align(entries)?,
        sentinel: entries.choice("sentinel", &sentinels)?.unwrap_or_default(),
        reversed: entries.choice("bit_order", &orders)?.unwrap_or_default(),
    })
}

pub(super) fn align(entries: &mut Entries<'_, '_, '_>) -> Result<Align, ProfileError> {
    let aligns = [("left", Align::Left), ("right", Align::Right)];
    Ok(entries.choice("align", &aligns)?.unwrap_or_default())
}

impl Piece for Bits {
    fn length(&self) -> usize {
        self.packing.byte_length(self.format.bit_length())
    }

    /// The bits that a format covers count as much as bytes.
    fn work(&self) -> usize {
        self.format.work().saturating_add(self.length())
    }

    fn sources(&self) -> Vec<&Source> {
        self.numbers.iter().filter_map(Number::source).collect()
    }

    fn render(
        &self,
        given: &Given<'_>,
        _: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        let values = self.numbers.iter().map(|number| number.value(given.record));
        let values = secret::try_collect(values)?;
        let bits = self.format.encode_values(&values).map_err(|error| FieldError {
            field: self.format.name().to_owned(),
            reason: RecordReason::Bits(error),
        })?;
        out.extend_from_slice(bits.pack(self.packing).expose_secret());
        Ok(())
    }

    /// The fields of the format, and what does not hold in it.
    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let format = &self.format;
        let unpacked = credential::Bits::unpack(here, format.bit_length(), self.packing);
        let Ok(unpacked) = unpacked else {
            return tell(told, format.name(), hex::encode_upper(here));
        };
        let Ok(reading) = format.read(&unpacked) else {
            return tell(told, format.name(), unpacked.to_binary().expose_secret().clone());
        };
        for ((field, value), number) in reading.values().zip(&self.numbers) {
            let value = value.map_or_else(|| "none".to_owned(), |value| number.told(value));
            match number.source() {
                Some(source) => tell_field(told, source, value),
                None => tell(told, field.name(), value),
            }
        }
        if !reading.faults().is_empty() {
            tell(told, format.name(), "the bits do not hold".to_owned());
        }
    }

    fn places(&self, here: Range<usize>, _: &[usize], places: &mut Vec<Place>) {
        let listed = |bits: &[u8]| -> Vec<usize> {
            let length = self.format.bit_length();
            let place = |bit: &u8| packed(self.packing, length, usize::from(*bit), here.start);
            bits.iter().map(place).collect()
        };
        let name = Some(self.format.name().to_owned());
        for (field, number) in self.format.fields().iter().zip(&self.numbers) {
            let coding = match field.coding() {
                credential::Coding::Binary => Coding::Binary,
                credential::Coding::Bcd => Coding::DecimalNibbles,
            };
            let place = Place::number(number, listed(field.places().bits()), coding);
            places.push(Place { format: name.clone(), ..place });
        }
        for constant in self.format.constants() {
            let number = Number::Constant(constant.value());
            let place = Place::number(&number, listed(constant.places().bits()), Coding::Binary);
            places.push(Place { format: name.clone(), ..place });
        }
        for check in self.format.checks() {
            let bits = listed(check.places().bits());
            places.push(Place {
                format: name.clone(),
                rule: Some(check.rule().name().to_owned()),
                over: listed(check.covered().bits()),
                ..Place::new("check", Role::Check, bits, Coding::Binary)
            });
        }
    }
}
