// SPDX-License-Identifier: MIT OR Apache-2.0
//! The kinds of parts: one file each, and one row in the table at the end of this one.

use core::ops::Range;

use crate::profile::check::{Check, Covered, Entries, Placing as Layout};
use crate::profile::error::ProfileError;

use super::places::{Coding, Place, Role, Turned, bits_of as bits_of_bytes, ordered, packed};
use super::reading::{tell, tell_field, tell_in_part, tell_or_hex};
use super::source::{bits_of, read_uint, write_uint};
use super::{
    Amount, Around, Content, Given, Number, Order, Placed, Source, Step, Told, Turn, Unmade,
};

/// What a part does with a record, and with the bytes of a card.
pub(in crate::profile) trait Piece {
    /// How many bytes it takes, at most. The profile alone decides that.
    fn length(&self) -> usize;

    /// How many bytes it takes at least, as many as at most unless it is as long as its value.
    fn least(&self) -> usize {
        self.length()
    }

    /// Whether it always takes as many.
    fn is_fixed(&self) -> bool {
        self.least() == self.length()
    }

    /// The offset that it goes up to, where it fills up what the parts before it leave.
    fn end(&self) -> Option<usize> {
        None
    }

    /// How many bytes are put together for it, besides those that it looks at.
    fn work(&self) -> usize {
        self.length()
    }

    /// The fields that stand in it, those in a content inside of it left out.
    fn sources(&self) -> Vec<&Source> {
        Vec::new()
    }

    /// The fields whose whole values can be told from it, those in a content inside of it too.
    fn tells(&self) -> Vec<&Source> {
        self.sources()
    }

    /// Whether it says something of the card's UID by itself.
    fn shows_uid(&self) -> bool {
        false
    }

    /// The content that it takes a piece of, and the offset at which the piece begins there.
    fn inside(&self) -> Option<(&Content, usize)> {
        None
    }

    /// Whether each byte of it says something of all that stands inside of it.
    fn scrambles(&self) -> bool {
        false
    }

    /// Whether it need not be the same each time that it is made.
    fn varies(&self) -> bool {
        false
    }

    /// Whether it is made with a key, so that only a job makes it.
    fn takes_key(&self) -> bool {
        false
    }

    /// What it needs of other parts.
    fn looks(&self) -> Looks {
        Looks::Nowhere
    }

    /// Learns what it looks at, once every part has its place: what the profile says of them may be
    /// wrong for this one, and its own length may come from theirs.
    fn settle(
        &mut self,
        _over: &[Covered],
        _parts: &[Placed],
        _check: &Check<'_>,
    ) -> Result<(), ProfileError> {
        Ok(())
    }

    /// How many bytes it takes for a record, where it does not look at others for that.
    fn size(&self, _given: &Given<'_>) -> Result<usize, Unmade> {
        Ok(self.length())
    }

    /// How many bytes it takes where the parts that it looks at take so many.
    fn size_over(&self, _covered: usize) -> usize {
        self.length()
    }

    /// How many bytes it takes on a card, by what stands from its place on, where that can be said.
    fn measured(&self, _bytes: &[u8]) -> Option<usize> {
        Some(self.length()).filter(|_| self.is_fixed())
    }

    /// How many bytes the parts take that it counts, by what stands in its place on a card.
    fn counted(&self, _here: &[u8]) -> Option<usize> {
        None
    }

    /// Whether no value ends with the byte that fills up what is behind it.
    fn ends_by_itself(&self) -> bool {
        false
    }

    /// Appends its bytes. `around` has what it looks at.
    fn render(
        &self,
        given: &Given<'_>,
        around: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade>;

    /// Says what bytes of a card mean that stand in its place. Those that say nothing of a record or of
    /// the card are left out where they are as they should be.
    fn tell(&self, here: &[u8], around: &Around<'_>, told: &mut Vec<Told>);

    /// Adds where its values stand, for whoever reads them with a program of their own: `here` are its bytes
    /// in the content, `over` the bits of the parts that it looks at.
    fn places(&self, here: Range<usize>, over: &[usize], places: &mut Vec<Place>);
}

/// What profiles say of parts of a kind.
pub(in crate::profile) trait Kind: Piece + Sized {
    /// The entry that tells that a part is of this kind.
    const NAME: &'static str;

    /// Its rows in the table "Parts of a content" of [`crate::profile`], which a test compares.
    const REFERENCE: &'static [&'static str];

    /// Whether parts of this kind have an entry of this name, which is the name of a kind too.
    fn has(_kind: &str) -> bool {
        false
    }

    /// Reads the part's entries.
    fn read<'r>(
        entries: &mut Entries<'_, '_, 'r>,
        layout: &mut Layout<'r>,
    ) -> Result<Self, ProfileError>;
}

/// What a part needs of the parts that it looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::profile) enum Looks {
    /// Nothing: it looks at none.
    Nowhere,
    /// Their lengths, and its own is always the same.
    Counting,
    /// Their lengths, and its own comes from those: the header of a TLV.
    Measuring,
    /// Their bytes, and its own length is always the same: a checksum.
    Reading,
    /// Their bytes, and its own length comes from theirs: a copy.
    Copying,
}

impl Looks {
    pub(in crate::profile) fn anywhere(self) -> bool {
        self != Self::Nowhere
    }

    /// Whether its length comes from theirs.
    pub(in crate::profile) const fn sizes(self) -> bool {
        match self {
            Self::Measuring | Self::Copying => true,
            Self::Nowhere | Self::Counting | Self::Reading => false,
        }
    }

    /// Whether it says how many bytes they take.
    pub(in crate::profile) const fn counts(self) -> bool {
        match self {
            Self::Counting | Self::Measuring => true,
            Self::Nowhere | Self::Reading | Self::Copying => false,
        }
    }

    /// Whether its bytes come from theirs.
    pub(in crate::profile) const fn bytes(self) -> bool {
        match self {
            Self::Reading | Self::Copying => true,
            Self::Nowhere | Self::Counting | Self::Measuring => false,
        }
    }
}

/// A kind as the check meets it.
pub(in crate::profile) struct Row {
    pub(in crate::profile) name: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "a test compares it with the page"))]
    pub(in crate::profile) reference: &'static [&'static str],
    pub(in crate::profile) has: fn(&str) -> bool,
    pub(in crate::profile) read:
        for<'r> fn(&mut Entries<'_, '_, 'r>, &mut Layout<'r>) -> Result<Part, ProfileError>,
}

mod seal;

pub(in crate::profile) use mirror::{Mirrored, Mirrors};
pub(crate) use ndef::beginning;

macro_rules! kinds {
    ($($file:ident::$kind:ident;)+) => {
        $(mod $file; pub(in crate::profile) use $file::$kind;)+

        /// One part of a content.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(in crate::profile) enum Part {
            $(#[doc = concat!("Of kind [`", stringify!($kind), "`].")] $kind($kind),)+
        }

        $(impl From<$kind> for Part {
            fn from(kind: $kind) -> Self {
                Self::$kind(kind)
            }
        })+

        /// All kinds.
        pub(in crate::profile) static ROWS: &[Row] = &[$(Row {
            name: $kind::NAME,
            reference: $kind::REFERENCE,
            has: $kind::has,
            read: |entries, layout| $kind::read(entries, layout).map(Part::$kind),
        },)+];

        impl core::ops::Deref for Part {
            type Target = dyn Piece;

            fn deref(&self) -> &Self::Target {
                match self { $(Self::$kind(kind) => kind,)+ }
            }
        }

        impl core::ops::DerefMut for Part {
            fn deref_mut(&mut self) -> &mut Self::Target {
                match self { $(Self::$kind(kind) => kind,)+ }
            }
        }

        impl Part {
            /// The name of its kind.
            pub(in crate::profile) const fn kind(&self) -> &'static str {
                match self { $(Self::$kind(_) => $kind::NAME,)+ }
            }
        }
    };
}

// In the order in which they are listed where one of them is to be chosen.
kinds! {
    bits::Bits;
    raw::Raw;
    uint::Uint;
    int::Int;
    text::Text;
    hex::Hex;
    digits::Digits;
    date::Date;
    uuid::Uuid;
    uid::Uid;
    pack::Pack;
    checksum::Checksum;
    digest::Digest;
    mac::Mac;
    cipher::Ciphered;
    length::Length;
    tlv::Tlv;
    ndef::Ndef;
    mirror::Mirror;
    item::Fragment;
    copy::Copy;
    random::Random;
    hook::Hooked;
    constant::Constant;
    pad::Pad;
}

#[cfg(test)]
mod tests;
