// SPDX-License-Identifier: MIT OR Apache-2.0
//! `pack`: numbers of a few bits, and whether they fit them.

use super::super::super::content::{Number, Order, Pack, Part, Slot, What};
use super::super::super::error::ProfileError;
use super::super::one_of;
use super::date::dates;
use super::{Entries, uint_max};
use crate::profile::error::mistake;

const SLOTS: [&str; 5] = ["uint", "constant", "year", "month", "day"];

impl Entries<'_, '_, '_> {
    pub(super) fn pack(&mut self) -> Result<Part, ProfileError> {
        let instead = "write pack = [ … ] with { uint = \"field\", width = 3 } and the like";
        let mut slots = Vec::new();
        for (at, part) in self.tables("pack", 1, instead)? {
            let (taken, no_personal) = (Vec::new(), self.no_personal);
            let mut entries = Entries { check: self.check, at, part, taken, no_personal };
            slots.push(entries.slot()?);
            entries.finish()?;
        }
        let orders = [("big", Order::Big), ("little", Order::Little)];
        let order = self.choice("order", &orders)?.unwrap_or(Order::Big);
        Ok(Part::Pack(Pack { slots, order }))
    }

    fn slot(&mut self) -> Result<Slot, ProfileError> {
        let width = self.number_in("width", 1..=64, "write width = … with 1 to 64 bits")?;
        let most = 1_u64.checked_shl(width).map_or(u64::MAX, |limit| limit.saturating_sub(1));
        let bits = format!("{width} bits");
        let kinds = SLOTS.iter().filter(|kind| self.part.contains_key(**kind));
        let what = match *kinds.copied().collect::<Vec<_>>() {
            ["uint"] => {
                let (at, source, max) = self.source("uint", &["uint"], uint_max)?;
                self.fits(at, max, most, &bits)?;
                What::Number(Number::Field(source))
            }
            ["constant"] => {
                let instead = format!("write constant = … with a number from 0 to {most}");
                What::Number(Number::Constant(self.number_in("constant", 0..=most, &instead)?))
            }
            ["year"] => {
                let (at, source, (from, to)) = self.source("year", &["date"], dates)?;
                let instead = format!("write since = … with a year from 0 to {}", from.year());
                let since = self.number_in("since", 0..=from.year(), &instead)?;
                self.holds(at, to.year().saturating_sub(since).into(), most, &bits)?;
                What::Year(source, since)
            }
            ["month"] => {
                let (at, source, _) = self.source("month", &["date"], dates)?;
                self.holds(at, 12, most, &bits)?;
                What::Month(source)
            }
            ["day"] => {
                let (at, source, _) = self.source("day", &["date"], dates)?;
                self.holds(at, 31, most, &bits)?;
                What::Day(source)
            }
            _ => {
                return Err(self.error(
                    mistake::MISSING,
                    "a number must be of one kind",
                    one_of(SLOTS, ""),
                ));
            }
        };
        Ok(Slot { what, width })
    }

    fn holds(&self, at: usize, max: u64, most: u64, bits: &str) -> Result<(), ProfileError> {
        if max <= most {
            return Ok(());
        }
        let problem = format!("numbers up to {max} do not fit {bits}");
        Err(self.check.error(mistake::NO_ROOM, at, problem, "write a larger width"))
    }
}
