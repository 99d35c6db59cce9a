// SPDX-License-Identifier: MIT OR Apache-2.0
//! `digest`: over other parts of the same content, without a key.

use core::ops::Range;

use sha2::{Digest as _, Sha256};

use super::seal::{Cut, UidAt};
use super::{Place, bits_of_bytes, 
    Around, Entries, Given, Kind, Layout, Looks, Piece, ProfileError, Told, Unmade, tell,
};

/// SHA-256 (FIPS 180-4) over bytes of the content that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Digest {
    uid: UidAt,
    cut: Cut,
}

/// How many bytes it has.
const WHOLE: usize = 32;

impl Kind for Digest {
    const NAME: &'static str = "digest";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ digest = \"sha-256\", over = [ … ], bytes = 8 }` | a digest over other parts, named as for a \
         checksum; `uid`, `bytes` and `cut` as for `mac` |",
    ];

    fn has(kind: &str) -> bool {
        kind == "uid"
    }

    fn read<'r>(
        entries: &mut Entries<'_, '_, 'r>,
        layout: &mut Layout<'r>,
    ) -> Result<Self, ProfileError> {
        entries.choice("digest", &[("sha-256", ())])?;
        let uid = UidAt::read(entries)?;
        let cut = Cut::read(entries, WHOLE)?;
        entries.over("over", layout)?;
        Ok(Self { uid, cut })
    }
}

impl Piece for Digest {
    fn places(&self, here: Range<usize>, over: &[usize], places: &mut Vec<Place>) {
        let rule = format!("sha-256{}", self.uid.words());
        places.push(Place::made("digest", &rule, bits_of_bytes(here), over));
    }

    fn length(&self) -> usize {
        self.cut.length(WHOLE)
    }

    fn looks(&self) -> Looks {
        Looks::Reading
    }

    fn shows_uid(&self) -> bool {
        self.uid != UidAt::Nowhere
    }

    fn render(
        &self,
        given: &Given<'_>,
        around: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        let mut digest = Sha256::new();
        for part in self.uid.over(given, around.covered()) {
            digest.update(part);
        }
        self.cut.of(&digest.finalize(), out);
        Ok(())
    }

    fn tell(&self, here: &[u8], around: &Around<'_>, told: &mut Vec<Told>) {
        if self.uid != UidAt::Nowhere {
            // Which UID it was made with is not in it.
            return tell(told, "digest", hex::encode_upper(here));
        }
        let mut digest = Sha256::new();
        around.covered().for_each(|part| digest.update(part));
        let mut own = Vec::with_capacity(here.len());
        self.cut.of(&digest.finalize(), &mut own);
        let verdict = if own == here { "right" } else { "wrong" };
        tell(told, "digest", format!("{}, {verdict}", hex::encode_upper(here)));
    }
}
