// SPDX-License-Identifier: MIT OR Apache-2.0
//! `item`: a piece of a content of its own.

use core::ops::Range;

use std::sync::Arc;

use crate::secret::Secret;

use super::{
    Around, Content, Entries, Given, Kind, Layout, Piece, Place, ProfileError, Source, Step, Told, Turn, Unmade, tell,
};

/// A piece of a content of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Fragment {
    content: Arc<Content>,
    from: usize,
    bytes: usize,
    turn: Turn,
}

impl Fragment {
    /// All of a content.
    pub(in crate::profile) fn whole(content: Content) -> Self {
        Self {
            from: 0,
            bytes: content.length(),
            content: Arc::new(content),
            turn: Turn::default(),
        }
    }

    fn is_whole(&self) -> bool {
        self.from == 0 && self.bytes == self.content.length()
    }
}

impl Kind for Fragment {
    const NAME: &'static str = "item";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ item = \"badge\", from = 0, bytes = N, turned = [ … ] }` | a piece of an item; all of \
         it unless named. `turned` lists what is done to its bytes, one after the other: \
         `\"inverse\"` (each bit the other way), `\"reversed\"` (the last byte first), or the \
         name of a `[[table]]` |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let (at, name) = entries.string("item", "write the name of an item")?;
        let (index, content) = entries.check.item((at, name))?;
        let length = content.length();
        let last = length.saturating_sub(1);
        let from = if entries.has("from") {
            let instead = format!("write from = … with an offset from 0 to {last}");
            entries.number_in("from", 0..=last, &instead)?
        } else {
            0
        };
        let rest = length.saturating_sub(from);
        let bytes = if entries.has("bytes") { entries.number("bytes", rest)? } else { rest };
        let piece = from..from.saturating_add(bytes);
        entries.check.take_piece((at, index), &content, piece, entries.no_personal)?;
        let turn = entries.turned()?;
        Ok(Self { content, from, bytes, turn })
    }
}

impl Piece for Fragment {
    fn length(&self) -> usize {
        self.bytes
    }

    fn work(&self) -> usize {
        self.content.work()
    }

    fn inside(&self) -> Option<(&Content, usize)> {
        Some((&self.content, self.from))
    }

    /// Turned round, its first bytes are the last ones of the item.
    fn scrambles(&self) -> bool {
        self.turn.0.contains(&Step::Reversed)
    }

    /// All that a whole item tells. A table without a way back may still have one for what stands there.
    fn tells(&self) -> Vec<&Source> {
        if self.is_whole() { self.content.tells() } else { Vec::new() }
    }

    fn render(
        &self,
        given: &Given<'_>,
        around: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        let mut found = around.found(given).map(|found| Secret::new(found.to_vec()));
        let whole_item = self.from == 0 && self.bytes == self.content.length();
        let back = found.as_mut().map(|found| self.turn.undo(found.expose_secret_mut()));
        let found = found.as_ref().filter(|_| whole_item && back.flatten().is_some());
        let found = found.map(|found| found.expose_secret().as_slice());
        let whole = self.content.put_together(&Given { found, ..*given })?;
        let start = out.len();
        out.extend(whole.expose_secret().iter().skip(self.from).take(self.bytes));
        self.turn.apply(out.get_mut(start..).unwrap_or_default());
        Ok(())
    }

    /// A whole item says what its parts say.
    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let mut bytes = Secret::new(here.to_vec());
        match self.turn.undo(bytes.expose_secret_mut()) {
            Some(()) if self.is_whole() => {
                told.extend(self.content.read(bytes.expose_secret()));
            }
            Some(()) | None => tell(told, "part of an item", hex::encode_upper(here)),
        }
    }

    fn places(&self, here: Range<usize>, _: &[usize], places: &mut Vec<Place>) {
        let bytes = self.from..self.from.saturating_add(self.bytes);
        places.extend(self.content.layout_of(&bytes, &self.turn, here.start));
    }
}
