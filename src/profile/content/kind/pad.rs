// SPDX-License-Identifier: MIT OR Apache-2.0
//! `pad`: so many bytes, or as many as there is room for.

use crate::profile::check::LARGEST;
use crate::profile::error::mistake;

use super::{Around, Entries, Given, Kind, Layout, Piece, ProfileError, Told, Unmade, tell};

/// One byte, so often, or up to an offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Pad {
    byte: u8,
    /// How often, at least and at most.
    bytes: (usize, usize),
    /// The offset that it goes up to, where it is not always as long.
    end: Option<usize>,
}

impl Pad {
    pub(in crate::profile) const fn of(byte: u8, bytes: usize) -> Self {
        Self { byte, bytes: (bytes, bytes), end: None }
    }

    /// Up to an offset, behind parts that reach so far at least and at most.
    pub(in crate::profile) const fn up_to(byte: u8, end: usize, reached: (usize, usize)) -> Self {
        let bytes = (end.saturating_sub(reached.1), end.saturating_sub(reached.0));
        let end = if reached.0 == reached.1 { None } else { Some(end) };
        Self { byte, bytes, end }
    }

    /// The byte.
    pub(in crate::profile) const fn byte(&self) -> u8 {
        self.byte
    }
}

impl Kind for Pad {
    const NAME: &'static str = "pad";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ pad = \"00\" }` | this byte, as often as the file has room left, once in a \
         content; with `bytes = N` so many times, anywhere |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        layout: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let byte = entries.byte("pad")?;
        let bytes = if entries.has("bytes") {
            entries.number("bytes", LARGEST)?
        } else if !layout.may_fill_up() {
            let instead = "write bytes = … with how many it takes";
            return Err(entries.error(
                mistake::NO_ROOM,
                "no room that a pad could fill up",
                instead,
            ));
        } else if layout.filler.replace((entries.place, byte)).is_some() {
            let instead = "write pad once, or with bytes = …";
            return Err(entries.error(mistake::ORDER, "two parts fill up the file", instead));
        } else {
            0
        };
        Ok(Self::of(byte, bytes))
    }
}

impl Piece for Pad {
    fn length(&self) -> usize {
        self.bytes.1
    }

    fn least(&self) -> usize {
        self.bytes.0
    }

    fn end(&self) -> Option<usize> {
        self.end
    }

    fn render(
        &self,
        _: &Given<'_>,
        around: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        out.extend(core::iter::repeat_n(self.byte, around.room()));
        Ok(())
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        if here.iter().any(|found| *found != self.byte) {
            tell(told, "behind the content", hex::encode_upper(here));
        }
    }
}
