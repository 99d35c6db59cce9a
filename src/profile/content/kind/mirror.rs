// SPDX-License-Identifier: MIT OR Apache-2.0
//! `mirror`: where the chip writes something of its own while somebody reads the file.

use core::ops::Range;

use crate::host::SdmCipher;
use crate::profile::content::extent;
use crate::profile::error::mistake;
use crate::wire::KeyVersion;

use super::{
    Around, Entries, Given, Kind, Layout, Piece, Place, ProfileError, Told, Unmade, bits_of_bytes,
    tell,
};

/// A place that a chip with secure dynamic messaging writes into, with what stands there on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Mirror {
    what: Mirrored,
    stands: Vec<u8>,
}

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
    /// Nothing: where that begins which is shown enciphered.
    Enciphered,
    /// So many bytes that fill up what is shown enciphered: its blocks, and twice the room for digits.
    Filled(usize),
    /// Nothing: the version of the MAC's key, which stands there as it is.
    Version,
}

/// What the parts of a file take from its `sdm`.
#[derive(Debug, Clone, Copy)]
pub(in crate::profile) struct Mirrors {
    /// By what the chip enciphers.
    pub(in crate::profile) suite: SdmCipher,
    /// The version of the key that makes the MAC's.
    pub(in crate::profile) version: Option<KeyVersion>,
}

impl Mirrored {
    const NAMED: [(&'static str, Self); 8] = [
        ("picc", Self::Picc),
        ("mac", Self::Mac),
        ("uid", Self::Uid),
        ("counter", Self::Counter),
        ("seal", Self::Seal),
        ("from", Self::From),
        ("enciphered", Self::Enciphered),
        ("version", Self::Version),
    ];

    /// Its name.
    pub(in crate::profile) fn name(self) -> &'static str {
        Self::NAMED.iter().find(|(_, one)| *one == self).map_or("enciphered", |(name, _)| name)
    }

    /// How many characters the chip writes.
    const fn length(self, suite: SdmCipher) -> usize {
        match (self, suite) {
            (Self::Uid, _) => 14,
            (Self::Counter, _) => 6,
            (Self::Picc, SdmCipher::Aes) => 32,
            (Self::Picc, SdmCipher::Lrp) => 48,
            (Self::Mac, _) => 16,
            (Self::Seal, _) => 2,
            (Self::From | Self::Enciphered | Self::Version, _) => 0,
            (Self::Filled(bytes), _) => bytes,
        }
    }
}

impl Mirror {
    /// What is mirrored there.
    pub(in crate::profile) const fn what(&self) -> Mirrored {
        self.what
    }

    fn zeros(what: Mirrored, suite: SdmCipher) -> Self {
        Self { what, stands: vec![ZERO; what.length(suite)] }
    }

    /// Lays the parts that are shown enciphered behind it, and behind them what fills them up: whole blocks are
    /// enciphered, and stand there in two digits a byte (NT4H2421Gx, `SDMENCLength`).
    fn around<'r>(
        entries: &mut Entries<'_, '_, 'r>,
        layout: &mut Layout<'r>,
    ) -> Result<(), ProfileError> {
        let parts = entries.tables("parts", 1, "write parts = [ … ] with what is enciphered")?;
        let inside = entries.lay_inside(parts, layout)?;
        let (least, most) = extent(layout.parts.get(inside).unwrap_or_default());
        if least != most {
            let problem = "parts of no fixed length in what is enciphered";
            let instead = "write parts that are always as long";
            return Err(entries.error(mistake::FORM, problem, instead));
        }
        let digits = most.max(1).next_multiple_of(BLOCK).saturating_mul(2);
        let filled = Mirrored::Filled(digits.saturating_sub(most));
        layout.push(Self::zeros(filled, SdmCipher::Aes).into(), entries.at);
        Ok(())
    }
}

impl Kind for Mirror {
    const NAME: &'static str = "mirror";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ mirror = \"picc\" }` | where the chip writes something of its own while somebody reads \
         the file without a session, in upper-case hexadecimal digits; on the card itself zeros stand \
         there. `\"picc\"`: UID and read counter, enciphered (32 digits, 48 in LRP); `\"mac\"` (16), which goes \
         over what stands between `{ mirror = \"from\" }` and itself, nothing unless that stands before it; \
         `\"uid\"` (14) and `\"counter\"` (6) in clear; `\"seal\"`: the tamper status, two letters. Only in \
         a file with [`sdm`](#secure-dynamic-messaging), behind parts that are always as long |",
        "| `{ mirror = \"enciphered\", parts = [ … ] }` | parts that are always as long, which whoever reads \
         the file without a session sees enciphered, under a key that the chip makes of the MAC's for each \
         reading: 32 digits for each 16 bytes that they have begun. Between `{ mirror = \"from\" }` and the \
         MAC; where UID and read counter are shown too. `{ mirror = \"seal\" }` may be one of them |",
        "| `{ mirror = \"version\" }` | the version of the MAC's key in two digits, so that a server knows \
         during a [change of keys](#secure-dynamic-messaging) which one a tag has |",
    ];

    fn read<'r>(
        entries: &mut Entries<'_, '_, 'r>,
        layout: &mut Layout<'r>,
    ) -> Result<Self, ProfileError> {
        let what = entries.choice("mirror", &Mirrored::NAMED)?;
        let what = what.ok_or_else(|| {
            entries.error(mistake::FORM, "mirror is a text", "write mirror = \"picc\"")
        })?;
        let mirrors = layout.mirrors();
        match what {
            Mirrored::Enciphered => Self::around(entries, layout)?,
            Mirrored::Version => {
                let version = mirrors.version.ok_or_else(|| {
                    let instead = "write sdm = { mac = \"…\" } with the key that makes the MAC";
                    entries.error(mistake::MISSING, "the version of no key", instead)
                })?;
                let stands = format!("{:02X}", version.0).into_bytes();
                return Ok(Self { what, stands });
            }
            Mirrored::Uid
            | Mirrored::Counter
            | Mirrored::Picc
            | Mirrored::Mac
            | Mirrored::Seal
            | Mirrored::From
            | Mirrored::Filled(_) => {}
        }
        Ok(Self::zeros(what, mirrors.suite))
    }
}

impl Piece for Mirror {
    fn length(&self) -> usize {
        self.stands.len()
    }

    fn shows_uid(&self) -> bool {
        self.what == Mirrored::Uid
    }

    fn render(
        &self,
        _: &Given<'_>,
        _: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        out.extend(&self.stands);
        Ok(())
    }

    /// What stands on every card says nothing.
    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        if here != self.stands {
            tell(told, "other than the profile's", hex::encode_upper(here));
        }
    }

    fn places(&self, here: Range<usize>, _: &[usize], places: &mut Vec<Place>) {
        places.push(Place::made(self.what.name(), "mirror", bits_of_bytes(here), &[]));
    }
}

const ZERO: u8 = b'0';
/// What is enciphered at once.
const BLOCK: usize = 16;
