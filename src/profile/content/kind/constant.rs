// SPDX-License-Identifier: MIT OR Apache-2.0
//! `constant`: the same bytes on every card.

use crate::profile::check::{CONSTANT, constant};
use crate::profile::error::mistake;

use super::{Around, Entries, Given, Kind, Layout, Piece, ProfileError, Told, Unmade, tell};

/// The same bytes on every card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Constant(pub(in crate::profile) Vec<u8>);

impl Kind for Constant {
    const NAME: &'static str = "constant";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ constant = \"hex:…\" }` | the same on every card; `\"ascii:…\"` too |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let (at, text) = entries.string("constant", CONSTANT)?;
        let wrong = || {
            let problem = format!("{text:?} is no constant");
            entries.check.error(mistake::FORM, at, problem, CONSTANT)
        };
        constant(text).map(Self).ok_or_else(wrong)
    }
}

impl Piece for Constant {
    fn length(&self) -> usize {
        self.0.len()
    }

    fn render(
        &self,
        _: &Given<'_>,
        _: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        out.extend_from_slice(&self.0);
        Ok(())
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        tell_other(here, &self.0, told);
    }
}

/// Says what is not as every card has it.
pub(super) fn tell_other(here: &[u8], expected: &[u8], told: &mut Vec<Told>) {
    if here != expected {
        tell(told, "other than the profile's", hex::encode_upper(here));
    }
}
