// SPDX-License-Identifier: MIT OR Apache-2.0
//! `random`: bytes that are others on each card.

use core::ops::Range;

use crate::profile::error::mistake;

use super::{Place, bits_of_bytes, Around, Entries, Given, Kind, Layout, Piece, ProfileError, Told, Unmade};

/// Random filling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Random {
    bytes: usize,
    /// Which one it is of all in the profile: no two are alike.
    number: u64,
}

impl Kind for Random {
    const NAME: &'static str = "random";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ random = N }` | so many random bytes, others on each card. They are made when they \
         are written; what a card has is left and taken as it is where its contents are compared \
         or mended. Not in an `[[item]]` |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        layout: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let bytes = entries.number("random", usize::MAX)?;
        if layout.is_item() {
            let problem = "random filling in an item or a list";
            let instead = "write it into the content of the file: of a piece of an item nobody knows \
                           what the rest was";
            return Err(entries.error(mistake::ORDER, problem, instead));
        }
        Ok(Self { bytes, number: entries.check.next_random() })
    }
}

impl Piece for Random {
    fn places(&self, here: Range<usize>, _: &[usize], places: &mut Vec<Place>) {
        places.push(Place::made("random", "random", bits_of_bytes(here), &[]));
    }

    fn length(&self) -> usize {
        self.bytes
    }

    fn varies(&self) -> bool {
        true
    }

    fn render(
        &self,
        given: &Given<'_>,
        around: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        match (around.found(given), given.maker) {
            (Some(found), _) => out.extend_from_slice(found),
            (None, Some(maker)) => {
                let bytes = maker.random(self.number, self.bytes);
                out.extend_from_slice(bytes.expose_secret());
            }
            (None, None) => out.extend(core::iter::repeat_n(0, self.bytes)),
        }
        Ok(())
    }

    /// It says nothing.
    fn tell(&self, _: &[u8], _: &Around<'_>, _: &mut Vec<Told>) {}
}
