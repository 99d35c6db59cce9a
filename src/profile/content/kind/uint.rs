// SPDX-License-Identifier: MIT OR Apache-2.0
//! `uint`: an unsigned integer.

use crate::profile::check::most_in;

use super::{
    Amount, Around, Entries, Given, Kind, Layout, Order, Piece, ProfileError, Source, Told, Unmade,
    read_uint, tell_or_hex, write_uint,
};

/// An unsigned integer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Uint {
    amount: Amount,
    bytes: usize,
    order: Order,
}

impl Kind for Uint {
    const NAME: &'static str = "uint";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ uint = FIELD, bytes = N, order = \"big\", add = 0 }` | an unsigned integer in 1 to 8 \
         bytes; `order` is `\"big\"` or `\"little\"` and may be left out for one byte; `add` is \
         added to the field's number before it is written, and may be negative |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let bytes = entries.number("bytes", 8)?;
        let amount = entries.amount("uint", most_in(bytes), &format!("{bytes} bytes"))?;
        let order = entries.order(bytes)?;
        Ok(Self { amount, bytes, order })
    }
}

impl Piece for Uint {
    fn length(&self) -> usize {
        self.bytes
    }

    fn sources(&self) -> Vec<&Source> {
        vec![&self.amount.source]
    }

    fn render(
        &self,
        given: &Given<'_>,
        _: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        let written = write_uint(self.amount.unsigned(given.record)?, self.bytes, self.order, out);
        Ok(written.ok_or_else(|| self.amount.source.not_allowed())?)
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let value = read_uint(here, self.order).map(|number| self.amount.told(number));
        tell_or_hex(told, &self.amount.source, value, here);
    }
}
