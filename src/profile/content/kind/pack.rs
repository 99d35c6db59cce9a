// SPDX-License-Identifier: MIT OR Apache-2.0
//! `pack`: bits side by side, numbers of a few bits each, filled up to whole bytes.

use core::ops::Range;

use crate::profile::check::{dates, most_of, one_of};
use crate::profile::Day;
use crate::profile::error::mistake;
use crate::profile::model::FieldKind;
use crate::profile::record::FieldError;
use crate::secret::Secret;

use super::date::{Counted, Unit, decimal};
use super::{Amount, Around, Entries, Given, Kind, Layout, Number, Order, Piece, ProfileError, Source, Told, Unmade, tell, tell_field, Coding, Place, Role, ordered};

const SLOTS: [&str; 9] =
    ["uint", "int", "constant", "date", "year", "month", "day", "days", "seconds"];

/// Numbers of a few bits, the first at the most significant bit of the first byte. Bits that are
/// left over stand behind them and are 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Pack {
    slots: Vec<Slot>,
    /// Little: the bytes in reverse.
    order: Order,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Slot {
    what: What,
    /// In bits, 1 to 64.
    width: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Number(Number),
    /// How many years after this one.
    Year(Source, u16),
    Month(Source),
    Day(Source),
    /// As two's complement.
    Int(Amount),
    /// Days or seconds after a day.
    Counted(Counted),
}

const SINCE: &str = "write since = … with the day from which it is counted, as \"2000-01-01\"";

impl Kind for Pack {
    const NAME: &'static str = "pack";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ pack = [ … ], order = \"big\" }` | numbers of a few bits, see below |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let instead = "write pack = [ … ] with { uint = \"field\", width = 3 } and the like";
        let mut slots = Vec::new();
        for (at, part) in entries.tables("pack", 1, instead)? {
            let mut inner = entries.inner(at, part);
            slots.push(slot(&mut inner)?);
            inner.finish()?;
        }
        let orders = [("big", Order::Big), ("little", Order::Little)];
        let order = entries.choice("order", &orders)?.unwrap_or(Order::Big);
        Ok(Self { slots, order })
    }
}

    fn slot(entries: &mut Entries<'_, '_, '_>) -> Result<Slot, ProfileError> {
        let width = entries.number_in("width", 1..=64, "write width = … with 1 to 64 bits")?;
        let most = most_of(width);
        let bits = format!("{width} bits");
        let kinds = SLOTS.iter().filter(|kind| entries.part.contains_key(**kind));
        let what = match *kinds.copied().collect::<Vec<_>>() {
            ["uint"] => What::Number(Number::Field(entries.amount("uint", most, &bits)?)),
            ["int"] => What::Int(entries.signed_amount("int", width)?),
            ["constant"] => {
                let instead = format!("write constant = … with a number from 0 to {most}");
                What::Number(Number::Constant(entries.number_in("constant", 0..=most, &instead)?))
            }
            ["date"] => What::Number(decimal(entries, most, &bits)?),
            ["year"] => {
                let (at, source, (from, to)) = entries.source("year", &["date", "datetime"], dates)?;
                let instead = format!("write since = … with a year from 0 to {}", from.year());
                let since = entries.number_in("since", 0..=from.year(), &instead)?;
                holds(entries, at, to.year().saturating_sub(since).into(), most, &bits)?;
                What::Year(source, since)
            }
            ["month"] => {
                let (at, source, _) = entries.source("month", &["date", "datetime"], dates)?;
                holds(entries, at, 12, most, &bits)?;
                What::Month(source)
            }
            ["day"] => {
                let (at, source, _) = entries.source("day", &["date", "datetime"], dates)?;
                holds(entries, at, 31, most, &bits)?;
                What::Day(source)
            }
            [unit @ ("days" | "seconds")] => {
                let (at, source, (from, to)) = entries.source(unit, &["date", "datetime"], dates)?;
                let (since_at, since) = entries.string("since", SINCE)?;
                let since = entries.check.day(since_at, since)?;
                let unit = if unit == "days" { Unit::Days } else { Unit::Seconds };
                let counted = Counted { source, unit, since };
                counted.fits(entries, at, (from, to), (most, &bits))?;
                What::Counted(counted)
            }
            _ => {
                return Err(entries.error(
                    mistake::MISSING,
                    "a number must be of one kind",
                    one_of(SLOTS, ""),
                ));
            }
        };
        Ok(Slot { what, width })
    }

    fn holds(
    entries: &Entries<'_, '_, '_>,
    at: usize,
    max: u64,
    most: u64,
    bits: &str,
) -> Result<(), ProfileError> {
        if max <= most {
            return Ok(());
        }
        let problem = format!("numbers up to {max} do not fit {bits}");
        Err(entries.check.error(mistake::NO_ROOM, at, problem, "write a larger width"))
    }

impl Piece for Pack {
    fn length(&self) -> usize {
        let bits = self.slots.iter().map(|slot| slot.width).fold(0, u32::saturating_add);
        usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX)
    }

    fn sources(&self) -> Vec<&Source> {
        self.slots.iter().filter_map(|slot| slot.what.source()).collect()
    }

    fn tells(&self) -> Vec<&Source> {
        let whole = self.slots.iter().filter(|slot| slot.what.is_whole(&self.slots));
        whole.filter_map(|slot| slot.what.source()).collect()
    }

    fn render(
        &self,
        given: &Given<'_>,
        _: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        let start = out.len();
        out.extend(core::iter::repeat_n(0, self.length()));
        let bytes = out.get_mut(start..).unwrap_or_default();
        let mut at = 0_usize;
        for slot in &self.slots {
            let value = slot.what.value(given, slot.width)?;
            for place in (0..slot.width).rev() {
                let bit = value.checked_shr(place).unwrap_or(0) & 1 == 1;
                let mask = 0x80_u8 >> (at % 8);
                if let Some(byte) = bytes.get_mut(at / 8).filter(|_| bit) {
                    *byte |= mask;
                }
                at = at.saturating_add(1);
            }
        }
        if self.order == Order::Little {
            bytes.reverse();
        }
        Ok(())
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let mut ordered = Secret::new(here.to_vec());
        if self.order != Order::Big {
            ordered.expose_secret_mut().reverse();
        }
        let bytes = ordered.expose_secret();
        let bit = |at: usize| {
            let byte = bytes.get(at / 8).copied().unwrap_or(0);
            u64::from(byte & 0x80_u8 >> (at % 8) != 0)
        };
        let mut at = 0_usize;
        let mut numbers = Vec::with_capacity(self.slots.len());
        for slot in &self.slots {
            let mut number = 0_u64;
            for _ in 0..slot.width {
                number = number << 1 | bit(at);
                at = at.saturating_add(1);
            }
            numbers.push((&slot.what, number));
        }
        let mut whole: Vec<usize> = Vec::new();
        for (slot, (what, number)) in self.slots.iter().zip(&numbers) {
            match what {
                What::Number(
                    written @ (Number::Field(Amount { source, .. }) | Number::Decimal(source)),
                ) => tell_field(told, source, written.told(*number)),
                What::Int(amount) => {
                    tell_field(told, &amount.source, amount.told_complement(*number, slot.width));
                }
                What::Number(Number::Constant(constant)) if constant == number => {}
                What::Number(Number::Constant(_)) => {
                    tell(told, "other than the profile's", number.to_string());
                }
                What::Counted(counted) => counted.tell(*number, told),
                What::Year(source, _) | What::Month(source) | What::Day(source) => {
                    match day_of(source, &numbers) {
                        // Once, whichever of the three comes first.
                        Some(_) if whole.contains(&source.index) => {}
                        Some(day) => {
                            whole.push(source.index);
                            tell_field(told, source, day.to_string());
                        }
                        None => what.tell_in_part(source, *number, told),
                    }
                }
            }
        }
    }

    fn places(&self, here: Range<usize>, _: &[usize], places: &mut Vec<Place>) {
        let all = ordered(here, self.order);
        let mut left = all.as_slice();
        for slot in &self.slots {
            let width = usize::try_from(slot.width).unwrap_or(usize::MAX);
            let (bits, rest) = left.split_at_checked(width).unwrap_or((left, &[]));
            left = rest;
            places.push(slot.what.place(bits.to_vec()));
        }
        let filling = Place::new("filling", Role::Filling, left.to_vec(), Coding::Binary);
        places.push(Place { fill: Some("00".to_owned()), ..filling });
    }
}

/// The day that three of the numbers say.
fn day_of(source: &Source, numbers: &[(&What, u64)]) -> Option<Day> {
    let FieldKind::Date { .. } = source.field.kind else { return None };
    let [mut year, mut month, mut day] = [None; 3];
    for (what, number) in numbers {
        let number = u16::try_from(*number).ok();
        match what {
            What::Year(own, since) if own == source => {
                year = number.and_then(|number| number.checked_add(*since));
            }
            What::Month(own) if own == source => month = number,
            What::Day(own) if own == source => day = number,
            What::Number(_)
            | What::Int(_)
            | What::Counted(_)
            | What::Year(..)
            | What::Month(_)
            | What::Day(_) => {}
        }
    }
    Day::new(year?, month?, day?)
}

impl What {
    /// Where it stands; of a part of a date, which that is.
    fn place(&self, bits: Vec<usize>) -> Place {
        let part = |source: &Source, pattern: &str, bits| Place {
            pattern: Some(pattern.to_owned()),
            ..Place::field(source, bits, Coding::Binary)
        };
        match self {
            Self::Number(number) => Place::number(number, bits, Coding::Binary),
            Self::Int(amount) => {
                Place { signed: true, ..Place::amount(amount, bits, Coding::Binary) }
            }
            Self::Year(source, since) => {
                Place { since: Some(since.to_string()), ..part(source, "yyyy", bits) }
            }
            Self::Month(source) => part(source, "mm", bits),
            Self::Day(source) => part(source, "dd", bits),
            Self::Counted(counted) => counted.place(bits),
        }
    }

    /// Whether it is the field's whole value, alone or with the others.
    fn is_whole(&self, slots: &[Slot]) -> bool {
        match self {
            Self::Number(_) | Self::Int(_) => true,
            Self::Counted(counted) => counted.is_whole(),
            Self::Year(source, _) | Self::Month(source) | Self::Day(source) => {
                // Each year has a first of January.
                let all: Vec<_> = slots.iter().map(|slot| (&slot.what, 1)).collect();
                day_of(source, &all).is_some()
            }
        }
    }

    /// Says a piece of a date.
    fn tell_in_part(&self, source: &Source, number: u64, told: &mut Vec<Told>) {
        let (part, since) = match self {
            Self::Year(_, since) => ("year", *since),
            Self::Month(_) => ("month", 0),
            Self::Day(_) => ("day", 0),
            Self::Number(_) | Self::Int(_) | Self::Counted(_) => return,
        };
        let name = format!("{} ({part})", source.field.name);
        tell(told, &name, number.saturating_add(since.into()).to_string());
    }

    const fn source(&self) -> Option<&Source> {
        match self {
            Self::Number(number) => number.source(),
            Self::Year(source, _) | Self::Month(source) | Self::Day(source) => Some(source),
            Self::Int(amount) => Some(&amount.source),
            Self::Counted(counted) => Some(&counted.source),
        }
    }

    fn value(&self, given: &Given<'_>, width: u32) -> Result<u64, FieldError> {
        let day = |source: &Source| source.moment(given.record).map(|moment| moment.day());
        Ok(match self {
            Self::Number(number) => number.value(given.record)?,
            Self::Year(source, since) => {
                let years = day(source)?.year().checked_sub(*since);
                years.ok_or_else(|| source.not_allowed())?.into()
            }
            Self::Month(source) => day(source)?.month().into(),
            Self::Day(source) => day(source)?.day().into(),
            Self::Int(amount) => amount.complement(given.record, width)?,
            Self::Counted(counted) => counted.value(given.record)?,
        })
    }
}
