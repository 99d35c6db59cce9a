// SPDX-License-Identifier: MIT OR Apache-2.0
//! `hook`: bytes that the embedding program makes.

use core::ops::Range;

use crate::profile::error::mistake;

use super::{Place, bits_of_bytes, Around, Entries, Given, Kind, Layout, Piece, ProfileError, Told, Unmade, tell};

/// Bytes of a [hook](crate::profile::Hook).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Hooked {
    name: String,
    bytes: usize,
}

impl Kind for Hooked {
    const NAME: &'static str = "hook";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ hook = \"signature\", bytes = N }` | bytes that the embedding program makes from the \
         record and the card's UID, see [`Hook`]; nobody else can encode such cards. Not in an \
         `[[item]]`, and not where anyone may read a card that hides its UID |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        layout: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let (at, name) = entries.string("hook", "write hook = … with a name for it")?;
        let bytes = entries.number("bytes", usize::MAX)?;
        if name.is_empty() || name.chars().any(char::is_control) {
            let problem = "the hook has no name";
            return Err(entries.check.error(mistake::NO_NAME, at, problem, "write a name"));
        }
        if layout.is_item() {
            let problem = "a hook in an item or a list";
            let instead = "write it into the content of the file";
            return Err(entries.error(mistake::ORDER, problem, instead));
        }
        entries.check.hidden_uid(entries.at, entries.no_personal)?;
        entries.check.hook(at, name);
        Ok(Self { name: name.to_owned(), bytes })
    }
}

impl Piece for Hooked {
    fn places(&self, here: Range<usize>, _: &[usize], places: &mut Vec<Place>) {
        places.push(Place::made(&self.name, "hook", bits_of_bytes(here), &[]));
    }

    fn length(&self) -> usize {
        self.bytes
    }

    fn varies(&self) -> bool {
        true
    }

    fn shows_uid(&self) -> bool {
        true
    }

    fn render(
        &self,
        given: &Given<'_>,
        around: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        let Some(maker) = given.maker else {
            out.extend(core::iter::repeat_n(0, self.bytes));
            return Ok(());
        };
        let failed = || Unmade::Hook { name: self.name.clone() };
        let hook = maker.hook(&self.name).ok_or_else(failed)?;
        if let Some(found) = around.found(given)
            && hook.holds(given.record, given.uid, found).map_err(|_| failed())?
        {
            out.extend_from_slice(found);
            return Ok(());
        }
        let made = hook.bytes(given.record, given.uid, self.bytes).map_err(|_| failed())?;
        if made.expose_secret().len() != self.bytes {
            return Err(failed());
        }
        out.extend_from_slice(made.expose_secret());
        Ok(())
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        tell(told, &self.name, hex::encode_upper(here));
    }
}
