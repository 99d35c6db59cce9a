// SPDX-License-Identifier: MIT OR Apache-2.0
//! `uint`: an unsigned integer.

use crate::profile::check::{most_in, uint_max};

use super::{
    Around, Entries, Given, Kind, Layout, Order, Piece, ProfileError, Source, Told, Unmade,
    read_uint, tell_or_hex, write_uint,
};

/// An unsigned integer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Uint {
    source: Source,
    bytes: usize,
    order: Order,
}

impl Uint {
    /// What a value file holds: four bytes, least significant first.
    pub(in crate::profile) const fn value(source: Source) -> Self {
        Self { source, bytes: 4, order: Order::Little }
    }
}

impl Kind for Uint {
    const NAME: &'static str = "uint";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ uint = FIELD, bytes = N, order = \"big\" }` | an unsigned integer in 1 to 8 \
         bytes; `order` is `\"big\"` or `\"little\"` and may be left out for one byte |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let (at, source, max) = entries.source("uint", &["uint"], uint_max)?;
        let bytes = entries.number("bytes", 8)?;
        let order = entries.order(bytes)?;
        entries.fits(at, max, most_in(bytes), &format!("{bytes} bytes"))?;
        Ok(Self { source, bytes, order })
    }
}

impl Piece for Uint {
    fn length(&self) -> usize {
        self.bytes
    }

    fn sources(&self) -> Vec<&Source> {
        vec![&self.source]
    }

    fn render(
        &self,
        given: &Given<'_>,
        _: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        let written = write_uint(self.source.uint(given.record)?, self.bytes, self.order, out);
        Ok(written.ok_or_else(|| self.source.not_allowed())?)
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let value = read_uint(here, self.order).map(|number| number.to_string());
        tell_or_hex(told, &self.source, value, here);
    }
}
