// SPDX-License-Identifier: MIT OR Apache-2.0
//! `mirror`: where the chip writes something of its own while somebody reads the file.

use core::ops::Range;

use crate::profile::error::mistake;

use super::{
    Around, Entries, Given, Kind, Layout, Piece, Place, ProfileError, Told, Unmade, bits_of_bytes,
    tell,
};

/// A place that a chip with secure dynamic messaging writes into; zeros stand there on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Mirror(Mirrored);

/// What is mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::profile) enum Mirrored {
    /// The UID in clear.
    Uid,
    /// The read counter in clear.
    Counter,
    /// Both, enciphered.
    Picc,
    /// The MAC.
    Mac,
    /// The tamper status.
    Seal,
    /// Nothing: where that begins over which the MAC goes.
    From,
}

impl Mirrored {
    const ALL: [(&'static str, Self); 6] = [
        ("picc", Self::Picc),
        ("mac", Self::Mac),
        ("uid", Self::Uid),
        ("counter", Self::Counter),
        ("seal", Self::Seal),
        ("from", Self::From),
    ];

    /// Its name.
    pub(in crate::profile) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, one)| *one == self).map_or("", |(name, _)| name)
    }

    /// How many characters it has.
    const fn length(self) -> usize {
        match self {
            Self::Uid => 14,
            Self::Counter => 6,
            Self::Picc => 32,
            Self::Mac => 16,
            Self::Seal => 2,
            Self::From => 0,
        }
    }
}

impl Mirror {
    /// What is mirrored there.
    pub(in crate::profile) const fn what(&self) -> Mirrored {
        self.0
    }
}

impl Kind for Mirror {
    const NAME: &'static str = "mirror";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ mirror = \"picc\" }` | where the chip writes something of its own while somebody reads \
         the file without a session, in upper-case hexadecimal digits; on the card itself zeros stand \
         there. `\"picc\"`: UID and read counter, enciphered (32 digits); `\"mac\"` (16), which goes over \
         what stands between `{ mirror = \"from\" }` and itself, nothing unless that stands before it; \
         `\"uid\"` (14) and `\"counter\"` (6) in clear; `\"seal\"`: the tamper status, two letters. Only in \
         a file with [`sdm`](#secure-dynamic-messaging), behind parts that are always as long |",
    ];

    fn read(entries: &mut Entries<'_, '_, '_>, _: &mut Layout<'_>) -> Result<Self, ProfileError> {
        let what = entries.choice("mirror", &Mirrored::ALL)?;
        what.map(Self).ok_or_else(|| {
            entries.error(mistake::FORM, "mirror is a text", "write mirror = \"picc\"")
        })
    }
}

impl Piece for Mirror {
    fn length(&self) -> usize {
        self.0.length()
    }

    fn shows_uid(&self) -> bool {
        self.0 == Mirrored::Uid
    }

    fn render(
        &self,
        _: &Given<'_>,
        _: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        out.extend(core::iter::repeat_n(ZERO, self.0.length()));
        Ok(())
    }

    /// Zeros say nothing.
    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        if here.iter().any(|byte| *byte != ZERO) {
            tell(told, "other than the profile's", hex::encode_upper(here));
        }
    }

    fn places(&self, here: Range<usize>, _: &[usize], places: &mut Vec<Place>) {
        places.push(Place::made(self.0.name(), "mirror", bits_of_bytes(here), &[]));
    }
}

const ZERO: u8 = b'0';
