// SPDX-License-Identifier: MIT OR Apache-2.0
//! `tlv`: tag and length before parts.

use crate::profile::content::extent;
use crate::profile::error::mistake;

use super::constant::tell_other;
use super::{Around, Entries, Given, Kind, Layout, Looks, Piece, ProfileError, Told, Unmade};

/// Tag and length, before the parts of the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Tlv {
    tag: Vec<u8>,
    form: Form,
    /// How many bytes the value takes, at least and at most.
    value: (usize, usize),
}

/// How a length is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// ISO/IEC 8825-1, 8.1.3, definite form in as few bytes as it takes.
    Ber,
    /// ISO/IEC 7816-4, SIMPLE-TLV, in one byte.
    Byte,
}

impl Kind for Tlv {
    const NAME: &'static str = "tlv";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ tlv = \"5A\", length = \"ber\", parts = [ … ] }` | a tag of 1 to 4 bytes, the \
         length of the parts, and the parts. `length`: `\"ber\"` (ISO/IEC 8825-1, in as few \
         bytes as it takes; unless named) or `\"byte\"` (one byte, at most 254, and a tag \
         of one byte: the SIMPLE-TLV of ISO/IEC 7816-4). A TLV may hold others; `parts = \
         []` makes an empty one |",
    ];

    fn has(kind: &str) -> bool {
        kind == "length"
    }

    fn read<'r>(
        entries: &mut Entries<'_, '_, 'r>,
        layout: &mut Layout<'r>,
    ) -> Result<Self, ProfileError> {
        let forms = [("ber", Form::Ber), ("byte", Form::Byte)];
        let form = entries.choice("length", &forms)?.unwrap_or(Form::Ber);
        let instead = match form {
            Form::Ber => "write one tag in hexadecimal, such as \"5A\", \"5F24\" or \"DF8101\"",
            Form::Byte => "write one byte in hexadecimal, \"01\" to \"FE\"",
        };
        let (at, text) = entries.string("tlv", instead)?;
        let tag = hex::decode(text).ok().filter(|tag| form.is_tag(tag));
        let tag = tag.ok_or_else(|| {
            entries.check.error(mistake::FORM, at, format!("{text:?} is no tag"), instead)
        })?;
        let parts = entries.tables("parts", 0, "write parts = [ … ], empty for no value")?;
        let inside = entries.lay_inside(parts, layout)?;
        let value = extent(layout.parts.get(inside.clone()).unwrap_or_default());
        let most = value.1;
        if form.length(most).is_none() {
            let limit = form.most();
            let problem = format!("{most} bytes in a tlv whose length says {limit} at most");
            return Err(entries.error(
                mistake::NO_ROOM,
                &problem,
                "write length = \"ber\", or shorter parts",
            ));
        }
        layout.look_at(entries.place, inside);
        Ok(Self { tag, form, value })
    }
}

impl Piece for Tlv {
    fn length(&self) -> usize {
        self.size_over(self.value.1)
    }

    fn least(&self) -> usize {
        self.size_over(self.value.0)
    }

    fn looks(&self) -> Looks {
        Looks::Measuring
    }

    fn size_over(&self, covered: usize) -> usize {
        self.form.length(covered).unwrap_or_default().len().saturating_add(self.tag.len())
    }

    fn measured(&self, bytes: &[u8]) -> Option<usize> {
        let length = bytes.strip_prefix(self.tag.as_slice())?;
        Some(self.tag.len().saturating_add(self.form.read(length)?.0))
    }

    fn counted(&self, here: &[u8]) -> Option<usize> {
        self.form.read(here.strip_prefix(self.tag.as_slice())?).map(|(_, value)| value)
    }

    fn render(
        &self,
        _: &Given<'_>,
        around: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        out.extend_from_slice(&self.tag);
        // No value is longer than at most.
        out.extend(self.form.length(around.length()).unwrap_or_default());
        Ok(())
    }

    fn tell(&self, here: &[u8], around: &Around<'_>, told: &mut Vec<Told>) {
        let mut expected = self.tag.clone();
        expected.extend(self.form.length(around.length()).unwrap_or_default());
        tell_other(here, &expected, told);
    }
}

impl Form {
    fn is_tag(self, tag: &[u8]) -> bool {
        match (self, tag) {
            (Self::Byte, [tag]) => (0x01..=0xFE).contains(tag),
            // Five bits of ones announce bytes that follow, each but the last with its first bit set.
            (Self::Ber, [first]) => *first != 0 && first & 0x1F != 0x1F,
            (Self::Ber, [first, more @ .., last]) => {
                let goes_on = more.iter().all(|byte| byte & 0x80 != 0) && more.len() < 3;
                first & 0x1F == 0x1F && goes_on && last & 0x80 == 0
            }
            _ => false,
        }
    }

    const fn most(self) -> usize {
        match self {
            Self::Ber => 0xFFFF,
            Self::Byte => 0xFE,
        }
    }

    fn length(self, value: usize) -> Option<Vec<u8>> {
        let value = u16::try_from(value).ok().filter(|_| value <= self.most())?;
        let [high, low] = value.to_be_bytes();
        Some(match (self, value) {
            (Self::Byte, _) | (Self::Ber, ..0x80) => vec![low],
            (Self::Ber, ..0x100) => vec![0x81, low],
            (Self::Ber, _) => vec![0x82, high, low],
        })
    }

    /// How many bytes a length takes, and what it says.
    fn read(self, bytes: &[u8]) -> Option<(usize, usize)> {
        match (self, bytes) {
            (Self::Byte, [length, ..]) | (Self::Ber, [length @ ..=0x7F, ..]) => {
                Some((1, usize::from(*length)))
            }
            (Self::Ber, [0x81, length, ..]) => Some((2, usize::from(*length))),
            (Self::Ber, [0x82, high, low, ..]) => {
                Some((3, usize::from(u16::from_be_bytes([*high, *low]))))
            }
            (Self::Ber | Self::Byte, _) => None,
        }
    }
}
