// SPDX-License-Identifier: MIT OR Apache-2.0
//! `int`: an integer with a sign.

use super::{
    Amount, Around, Entries, Given, Kind, Layout, Order, Piece, ProfileError, Source, Told, Unmade,
    bits_of, read_uint, tell_or_hex, write_uint,
};

/// An integer as two's complement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Int {
    amount: Amount,
    bytes: usize,
    order: Order,
}

impl Int {
    /// What a value file holds: four bytes, least significant first.
    pub(in crate::profile) const fn value(source: Source) -> Self {
        Self { amount: Amount { source, add: 0 }, bytes: 4, order: Order::Little }
    }
}

impl Kind for Int {
    const NAME: &'static str = "int";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ int = FIELD, bytes = N, order = \"big\", add = 0 }` | the same with a sign, as \
         two's complement |",
    ];

    fn read(entries: &mut Entries<'_, '_, '_>, _: &mut Layout<'_>) -> Result<Self, ProfileError> {
        let bytes = entries.number("bytes", 8)?;
        let amount = entries.signed_amount("int", bits_of(bytes))?;
        let order = entries.order(bytes)?;
        Ok(Self { amount, bytes, order })
    }
}

impl Piece for Int {
    fn length(&self) -> usize {
        self.bytes
    }

    fn sources(&self) -> Vec<&Source> {
        vec![&self.amount.source]
    }

    fn render(&self, given: &Given<'_>, _: &Around<'_>, out: &mut Vec<u8>) -> Result<(), Unmade> {
        let number = self.amount.complement(given.record, bits_of(self.bytes))?;
        let written = write_uint(number, self.bytes, self.order, out);
        Ok(written.ok_or_else(|| self.amount.source.not_allowed())?)
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let value = read_uint(here, self.order);
        let value = value.map(|number| self.amount.told_complement(number, bits_of(self.bytes)));
        tell_or_hex(told, &self.amount.source, value, here);
    }
}
