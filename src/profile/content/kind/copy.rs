// SPDX-License-Identifier: MIT OR Apache-2.0
//! `copy`: other parts of the same content once more.

use zeroize::Zeroizing;

use super::constant::tell_other;
use super::{
    Around, Entries, Given, Kind, Layout, Looks, Piece, ProfileError, Told, Turn, Unmade,
};

/// The bytes of parts before it, turned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Copy {
    turn: Turn,
    /// How many bytes the parts have, at least and at most.
    bytes: (usize, usize),
}

impl Kind for Copy {
    const NAME: &'static str = "copy";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ copy = [ … ], turned = [\"inverse\"] }` | the bytes of named parts that stand before \
         it, one behind the other; `turned` as for `item` |",
    ];

    fn read<'r>(
        entries: &mut Entries<'_, '_, 'r>,
        layout: &mut Layout<'r>,
    ) -> Result<Self, ProfileError> {
        let bytes = entries.before("copy", layout)?;
        let turn = entries.turned()?;
        Ok(Self { turn, bytes })
    }
}

impl Copy {
    fn copied(&self, around: &Around<'_>) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.bytes.1));
        around.covered().for_each(|covered| bytes.extend_from_slice(covered));
        self.turn.apply(&mut bytes);
        bytes
    }
}

impl Piece for Copy {
    fn length(&self) -> usize {
        self.bytes.1
    }

    fn least(&self) -> usize {
        self.bytes.0
    }

    fn looks(&self) -> Looks {
        Looks::Copying
    }

    fn size_over(&self, covered: usize) -> usize {
        covered
    }

    fn render(
        &self,
        _: &Given<'_>,
        around: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        out.extend_from_slice(&self.copied(around));
        Ok(())
    }

    /// It says nothing new where it is as it should be.
    fn tell(&self, here: &[u8], around: &Around<'_>, told: &mut Vec<Told>) {
        tell_other(here, &self.copied(around), told);
    }
}
