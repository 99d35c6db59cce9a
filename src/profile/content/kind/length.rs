// SPDX-License-Identifier: MIT OR Apache-2.0
//! `length`: how many bytes other parts take.

use crate::profile::check::{Check, Covered, most_in};
use crate::profile::content::extent;
use crate::profile::error::mistake;

use super::constant::tell_other;
use super::{
    Around, Entries, Given, Kind, Layout, Looks, Order, Piece, Placed, ProfileError, Told, Unmade,
    read_uint, write_uint,
};

/// How many bytes other parts take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Length {
    bytes: usize,
    order: Order,
    /// What is added to their number.
    add: i64,
}

impl Length {
    /// A number of so many bytes, most significant first.
    pub(super) const fn big(bytes: usize) -> Self {
        Self { bytes, order: Order::Big, add: 0 }
    }

    /// What it says where the parts take so many bytes.
    fn says(&self, covered: usize) -> Option<u64> {
        let covered = i64::try_from(covered).ok()?;
        u64::try_from(covered.checked_add(self.add)?).ok()
    }

    /// `None` only where the parts have another length than the profile says.
    fn bytes(&self, covered: usize) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(self.bytes);
        write_uint(self.says(covered)?, self.bytes, self.order, &mut bytes)?;
        Some(bytes)
    }
}

impl Kind for Length {
    const NAME: &'static str = "length";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ length = [ … ], bytes = N, order = \"big\", add = 0 }` | how many bytes the parts take \
         that are listed by their names, as [checksums](#checksums) list theirs, in 1 to 3 bytes; \
         `order` is `\"big\"` or `\"little\"` and may be left out for one byte; `add` is added to \
         their number, 0 unless named |",
    ];

    fn read<'r>(
        entries: &mut Entries<'_, '_, 'r>,
        layout: &mut Layout<'r>,
    ) -> Result<Self, ProfileError> {
        entries.over("length", layout)?;
        let bytes = entries.number("bytes", 3)?;
        let order = entries.order(bytes)?;
        let instead = "write add = … with a number from -65536 to 65536";
        let add = match entries.has("add") {
            true => entries.number_in("add", -65_536..=65_536, instead)?,
            false => 0,
        };
        Ok(Self { bytes, order, add })
    }
}

impl Piece for Length {
    fn length(&self) -> usize {
        self.bytes
    }

    fn looks(&self) -> Looks {
        Looks::Counting
    }

    fn settle(
        &mut self,
        over: &[Covered],
        parts: &[Placed],
        check: &Check<'_>,
    ) -> Result<(), ProfileError> {
        let extents = over.iter().map(|covered| extent(covered.of(parts)));
        let (least, most) = extents.fold((0_usize, 0_usize), |sum, each| {
            (sum.0.saturating_add(each.0), sum.1.saturating_add(each.1))
        });
        let at = over.first().map_or(0, |covered| covered.at);
        if self.says(least).is_none() {
            let problem = format!("{least} bytes, and {} added, are no length", self.add);
            return Err(check.error(mistake::RANGE, at, problem, "write a larger add"));
        }
        let limit = most_in(self.bytes);
        if self.says(most).is_none_or(|most| most > limit) {
            let problem = format!("{most} bytes are counted, and the length says {limit} at most");
            let instead = "write bytes = … with more of them, or shorter parts";
            return Err(check.error(mistake::NO_ROOM, at, problem, instead));
        }
        Ok(())
    }

    fn counted(&self, here: &[u8]) -> Option<usize> {
        let says = i64::try_from(read_uint(here, self.order)?).ok()?;
        usize::try_from(says.checked_sub(self.add)?).ok()
    }

    fn render(
        &self,
        _: &Given<'_>,
        around: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        out.extend(self.bytes(around.length()).unwrap_or_default());
        Ok(())
    }

    fn tell(&self, here: &[u8], around: &Around<'_>, told: &mut Vec<Told>) {
        tell_other(here, &self.bytes(around.length()).unwrap_or_default(), told);
    }
}
