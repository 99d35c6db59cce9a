// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cipher`: an item enciphered under a key of the profile.

use core::ops::Range;

use std::sync::Arc;

use crate::profile::KeyIndex;
use crate::profile::error::mistake;

use super::seal::{key, made};
use super::{Place, bits_of_bytes, 
    Around, Content, Entries, Given, Kind, Layout, Piece, ProfileError, Told, Unmade, tell,
};

/// A whole item in CBC mode (NIST SP 800-38A, 6.2) with an initial vector of zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Ciphered {
    content: Arc<Content>,
    key: KeyIndex,
    /// With padding.
    bytes: usize,
    padding: Padding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Padding {
    /// Zeros, where the last block is not full.
    Zeros,
    /// `80` and zeros, always (ISO/IEC 9797-1, method 2).
    Iso,
}

const BLOCK: usize = 16;

impl Kind for Ciphered {
    const NAME: &'static str = "cipher";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ cipher = \"aes-cbc\", item = \"badge\", key = \"badge\", padding = \"zeros\" }` | a whole item \
         enciphered with AES-128 in CBC mode, initial vector zero, under a key of `[keys]` as for `mac`. \
         `padding`: `\"zeros\"` up to a whole block (unless named) or `\"iso\"`, `80` and zeros, which \
         always takes a byte. Whoever may read the file counts as reading the item |",
    ];

    fn has(kind: &str) -> bool {
        kind == "item"
    }

    fn read(entries: &mut Entries<'_, '_, '_>, _: &mut Layout<'_>) -> Result<Self, ProfileError> {
        entries.choice("cipher", &[("aes-cbc", ())])?;
        let (at, name) = entries.string("item", "write item = … with the name of an item")?;
        let (index, content) = entries.check.item((at, name))?;
        let length = content.length();
        entries.check.take_piece((at, index), &content, 0..length, entries.no_personal)?;
        let key = key(entries)?;
        let paddings = [("zeros", Padding::Zeros), ("iso", Padding::Iso)];
        let padding = entries.choice("padding", &paddings)?.unwrap_or(Padding::Zeros);
        let padded = match padding {
            Padding::Zeros => length,
            Padding::Iso => length.saturating_add(1),
        };
        let Some(bytes) = padded.checked_next_multiple_of(BLOCK) else {
            return Err(entries.error(mistake::NO_ROOM, "the item is too long", "shorten it"));
        };
        Ok(Self { content, key, bytes, padding })
    }
}

impl Piece for Ciphered {
    fn places(&self, here: Range<usize>, _: &[usize], places: &mut Vec<Place>) {
        places.push(Place::made("enciphered", "aes-cbc", bits_of_bytes(here), &[]));
    }

    fn length(&self) -> usize {
        self.bytes
    }

    fn work(&self) -> usize {
        self.content.work().saturating_add(self.bytes)
    }

    fn inside(&self) -> Option<(&Content, usize)> {
        Some((&self.content, 0))
    }

    /// Each byte says something of all of the item.
    fn scrambles(&self) -> bool {
        true
    }

    fn takes_key(&self) -> bool {
        true
    }

    fn render(
        &self,
        given: &Given<'_>,
        _: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        let mut whole = self.content.put_together(&Given { found: None, ..*given })?;
        let bytes = whole.expose_secret_mut();
        if self.padding == Padding::Iso {
            bytes.push(0x80);
        }
        bytes.resize(self.bytes, 0);
        if let Some(key) = made(given, self.key)? {
            // Whole blocks.
            let _whole = key.encipher(&mut key.zero_iv(), bytes);
        } else {
            bytes.fill(0);
        }
        out.extend_from_slice(bytes);
        Ok(())
    }

    /// What is in it takes the key.
    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        tell(told, "enciphered", hex::encode_upper(here));
    }
}
