// SPDX-License-Identifier: MIT OR Apache-2.0
//! `text`: text in a character set, filled up to its length.

use core::ops::Range;

use crate::credential::Align;
use crate::profile::check::text_length;
use crate::profile::content::charset::Charset;
use crate::profile::error::mistake;
use crate::profile::record::{RecordReason, Value};

use super::bits::align;
use super::{Around, Entries, Given, Kind, Layout, Piece, ProfileError, Source, Told, Unmade, tell_or_hex, Coding, Place, bits_of_bytes};

/// A text, and what fills up the bytes that it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Text {
    source: Source,
    /// How many bytes there are.
    bytes: usize,
    charset: Charset,
    fill: u8,
    /// At which end the text stands.
    align: Align,
}

impl Kind for Text {
    const NAME: &'static str = "text";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ text = FIELD, bytes = N, charset = \"utf-8\", fill = \"20\" }` | text, filled \
         up; `charset` is `\"ascii\"` (unless named), `\"latin-1\"`, `\"latin-9\"`, \
         `\"windows-1252\"`, `\"utf-8\"`, `\"utf-16le\"` or `\"utf-16be\"`, `fill` is the number of a character in two \
         hexadecimal digits, `\"00\"` unless named; `align = \"right\"` has it before the text |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let (at, source, max_length) = entries.source("text", &["text"], text_length)?;
        let bytes = entries.number("bytes", usize::MAX)?;
        let charset = entries.choice("charset", &Charset::NAMES)?.unwrap_or(Charset::Ascii);
        let fill = if entries.has("fill") { entries.byte("fill")? } else { 0x00 };
        let align = align(entries)?;
        let unit = charset.filling(fill).len();
        if bytes % unit.max(1) != 0 {
            let problem = format!("characters of {unit} bytes do not fill {bytes}");
            let instead = "write an even number of bytes";
            return Err(entries.error(mistake::NO_ROOM, &problem, instead));
        }
        if max_length.saturating_mul(unit) > bytes {
            let problem = format!("{max_length} characters do not fit {bytes} bytes");
            let most = bytes / unit.max(1);
            let instead = format!("write max_length = {most} for the field, or more bytes");
            return Err(entries.check.error(mistake::NO_ROOM, at, problem, instead));
        }
        Ok(Self { source, bytes, charset, fill, align })
    }
}

impl Text {
    /// The bytes of which none fills up.
    fn unfilled<'b>(&self, here: &'b [u8]) -> Option<&'b [u8]> {
        let fill = self.charset.filling(self.fill);
        let units = || here.chunks(fill.len().max(1));
        let is_fill = |unit: &[u8]| unit == fill.as_slice();
        let filling = match self.align {
            Align::Left => units().rev().take_while(|unit| is_fill(unit)).count(),
            Align::Right => units().take_while(|unit| is_fill(unit)).count(),
        };
        let filling = filling.saturating_mul(fill.len());
        match self.align {
            Align::Left => here.get(..here.len().saturating_sub(filling)),
            Align::Right => here.get(filling..),
        }
    }
}

impl Piece for Text {
    fn length(&self) -> usize {
        self.bytes
    }

    fn sources(&self) -> Vec<&Source> {
        vec![&self.source]
    }

    fn render(
        &self,
        given: &Given<'_>,
        _: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        let Some(Value::Text(text)) = self.source.value(given.record) else {
            return Err(self.source.not_allowed().into());
        };
        let encoded = self.charset.encode(text).map_err(|lacked| {
            let (charset, code) = (self.charset.name(), u32::from(lacked));
            self.source.error(RecordReason::Charset { charset, code })
        })?;
        let Some(rest) = self.bytes.checked_sub(encoded.len()) else {
            return Err(self.source.error(RecordReason::TooLong { bytes: self.bytes }).into());
        };
        let fill = self.charset.filling(self.fill);
        let fill = fill.iter().copied().cycle().take(rest);
        match self.align {
            Align::Left => out.extend(encoded.iter().copied().chain(fill)),
            Align::Right => out.extend(fill.chain(encoded.iter().copied())),
        }
        Ok(())
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let value = self.unfilled(here).and_then(|text| self.charset.printable(text));
        tell_or_hex(told, &self.source, value, here);
    }

    fn places(&self, here: Range<usize>, _: &[usize], places: &mut Vec<Place>) {
        let charset = Charset::NAMES.iter().find(|(_, charset)| *charset == self.charset);
        places.push(Place {
            charset: charset.map(|(name, _)| (*name).to_owned()),
            fill: Some(format!("{:02X}", self.fill)),
            right: self.align == Align::Right,
            ..Place::field(&self.source, bits_of_bytes(here), Coding::Text)
        });
    }
}
