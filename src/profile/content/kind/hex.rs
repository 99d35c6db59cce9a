// SPDX-License-Identifier: MIT OR Apache-2.0
//! `hex`: a field's bytes.

use core::ops::Range;

use crate::profile::check::hex_length;

use super::{Around, Entries, Given, Kind, Layout, Piece, ProfileError, Source, Told, Unmade, tell_or_hex, Coding, Place, bits_of_bytes};

/// A field's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Hex {
    source: Source,
    bytes: usize,
}

impl Kind for Hex {
    const NAME: &'static str = "hex";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ hex = FIELD }` | the bytes of a field of type `\"hex\"` |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let (_, source, bytes) = entries.source("hex", &["hex"], hex_length)?;
        Ok(Self { source, bytes })
    }
}

impl Piece for Hex {
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
        out.extend_from_slice(self.source.bytes(given.record, self.bytes)?);
        Ok(())
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        tell_or_hex(told, &self.source, None, here);
    }

    fn places(&self, here: Range<usize>, _: &[usize], places: &mut Vec<Place>) {
        places.push(Place::field(&self.source, bits_of_bytes(here), Coding::Bytes));
    }
}
