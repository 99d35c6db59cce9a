// SPDX-License-Identifier: MIT OR Apache-2.0
//! `uid`: the card's own UID.

use crate::profile::error::mistake;

use super::{Around, Entries, Given, Kind, Layout, Piece, ProfileError, Told, Unmade, tell};

/// The card's own UID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Uid {
    reversed: bool,
}

impl Kind for Uid {
    const NAME: &'static str = "uid";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ uid = \"written\" }` | the card's own UID, 7 bytes as in the anticollision, \
         `04` first on NXP cards; `\"reversed\"`: the last one first. Where the card hides \
         its UID, no file that anyone may read takes it |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let orders = [("written", false), ("reversed", true)];
        let instead = "write uid = \"written\" or uid = \"reversed\"";
        let Some(reversed) = entries.choice("uid", &orders)? else {
            return Err(entries.error(mistake::MISSING, "uid is missing", instead));
        };
        entries.check.hidden_uid(entries.at, entries.no_personal)?;
        Ok(Self { reversed })
    }
}

impl Piece for Uid {
    fn length(&self) -> usize {
        7
    }

    fn shows_uid(&self) -> bool {
        true
    }

    fn render(
        &self,
        given: &Given<'_>,
        _: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        match self.reversed {
            false => out.extend_from_slice(given.uid.expose()),
            true => out.extend(given.uid.expose().iter().rev()),
        }
        Ok(())
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let mut uid = here.to_vec();
        if self.reversed {
            uid.reverse();
        }
        tell(told, "UID", hex::encode_upper(uid));
    }
}
