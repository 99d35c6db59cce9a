// SPDX-License-Identifier: MIT OR Apache-2.0
//! `hex`: a field's bytes.

use crate::profile::check::hex_length;
use crate::profile::error::mistake;

use super::text::VARIABLE;
use super::{
    Around, Entries, Given, Kind, Layout, Piece, ProfileError, Source, Told, Unmade, tell_or_hex,
};

/// A field's bytes, as many as it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Hex {
    source: Source,
    least: usize,
    most: usize,
}

impl Kind for Hex {
    const NAME: &'static str = "hex";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ hex = FIELD }` | the bytes of a field of type `\"hex\"`; where their number is not \
         always the same, with `length = \"variable\"`, see [below](#variable-lengths) |",
    ];

    fn has(kind: &str) -> bool {
        kind == "length"
    }

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let (at, source, (least, most)) = entries.source("hex", &["hex"], hex_length)?;
        let variable = entries.choice("length", &VARIABLE)?.is_some();
        if least < most && !variable {
            let problem = "the field has not always as many bytes";
            let instead = "write length = \"variable\" here, or length = … for the field";
            return Err(entries.check.error(mistake::MISSING, at, problem, instead));
        }
        Ok(Self { source, least, most })
    }
}

impl Piece for Hex {
    fn length(&self) -> usize {
        self.most
    }

    fn least(&self) -> usize {
        self.least
    }

    fn size(&self, given: &Given<'_>) -> Result<usize, Unmade> {
        Ok(self.source.bytes(given.record, self.least..=self.most)?.len())
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
        out.extend_from_slice(self.source.bytes(given.record, self.least..=self.most)?);
        Ok(())
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        tell_or_hex(told, &self.source, None, here);
    }
}
