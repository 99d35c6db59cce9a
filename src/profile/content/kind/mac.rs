// SPDX-License-Identifier: MIT OR Apache-2.0
//! `mac`: over other parts of the same content, under a key of the profile.

use core::ops::Range;

use crate::profile::KeyIndex;
use crate::secret::Secret;

use super::seal::{Cut, UidAt, key, made};
use super::{Place, bits_of_bytes, 
    Around, Entries, Given, Kind, Layout, Looks, Piece, ProfileError, Told, Unmade, tell,
};

/// A MAC over bytes of the content that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Mac {
    sum: Sum,
    key: KeyIndex,
    uid: UidAt,
    cut: Cut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sum {
    /// NIST SP 800-38B.
    Cmac,
    /// RFC 2104, over FIPS 180-4.
    Hmac,
}

impl Sum {
    const fn length(self) -> usize {
        match self {
            Self::Cmac => 16,
            Self::Hmac => 32,
        }
    }
}

impl Kind for Mac {
    const NAME: &'static str = "mac";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ mac = \"aes-cmac\", over = [ … ], key = \"badge\", uid = \"last\", bytes = 8 }` | a MAC over \
         other parts, named as for a checksum, under an AES key of `[keys]`, as it is on this card: \
         `\"aes-cmac\"` (16 bytes) or `\"hmac-sha-256\"` (32). `uid` has the card's UID in front \
         (`\"first\"`) or behind (`\"last\"`). `bytes` takes the first ones of it, `cut = \"last\"` the \
         last ones, `cut = \"odd\"` every second one as the chip does. The key need not be on the card; \
         one whose diversification takes the AID or a key number cannot be named |",
    ];

    fn has(kind: &str) -> bool {
        kind == "uid"
    }

    fn read<'r>(
        entries: &mut Entries<'_, '_, 'r>,
        layout: &mut Layout<'r>,
    ) -> Result<Self, ProfileError> {
        let sums = [("aes-cmac", Sum::Cmac), ("hmac-sha-256", Sum::Hmac)];
        let sum = entries.choice("mac", &sums)?.unwrap_or(Sum::Cmac);
        let key = key(entries)?;
        let uid = UidAt::read(entries)?;
        let cut = Cut::read(entries, sum.length())?;
        entries.over("over", layout)?;
        Ok(Self { sum, key, uid, cut })
    }
}

impl Piece for Mac {
    fn places(&self, here: Range<usize>, over: &[usize], places: &mut Vec<Place>) {
        let sum = match self.sum {
            Sum::Cmac => "aes-cmac",
            Sum::Hmac => "hmac-sha-256",
        };
        let rule = format!("{sum}{}", self.uid.words());
        places.push(Place::made("MAC", &rule, bits_of_bytes(here), over));
    }

    fn length(&self) -> usize {
        self.cut.length(self.sum.length())
    }

    fn looks(&self) -> Looks {
        Looks::Reading
    }

    fn shows_uid(&self) -> bool {
        self.uid != UidAt::Nowhere
    }

    fn takes_key(&self) -> bool {
        true
    }

    fn render(
        &self,
        given: &Given<'_>,
        around: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        let Some(key) = made(given, self.key)? else {
            out.extend(core::iter::repeat_n(0, self.length()));
            return Ok(());
        };
        let over = self.uid.over(given, around.covered());
        match self.sum {
            Sum::Cmac => {
                // Every AES key has one.
                let mac = key.derive(&over).unwrap_or_else(|| Secret::new([0; 16]));
                self.cut.of(mac.expose_secret(), out);
            }
            Sum::Hmac => self.cut.of(key.hmac_sha256(&over).expose_secret(), out),
        }
        Ok(())
    }

    /// Whether it is right takes the key.
    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        tell(told, "MAC", hex::encode_upper(here));
    }
}
