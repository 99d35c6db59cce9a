// SPDX-License-Identifier: MIT OR Apache-2.0
//! `tlv`: tag and length before parts.

use super::super::super::content::Part;
use super::super::super::error::ProfileError;
use super::Entries;
use super::layout::{Layout, Room, length};
use crate::profile::error::mistake;

/// How a length is written.
#[derive(Clone, Copy)]
enum Form {
    /// ISO/IEC 8825-1, 8.1.3, definite form in as few bytes as it takes.
    Ber,
    /// ISO/IEC 7816-4, SIMPLE-TLV, in one byte.
    Byte,
}

impl<'r> Entries<'_, '_, 'r> {
    pub(super) fn tlv(
        &mut self,
        room: Room<'_>,
        layout: &mut Layout<'r>,
    ) -> Result<(), ProfileError> {
        let forms = [("ber", Form::Ber), ("byte", Form::Byte)];
        let form = self.choice("length", &forms)?.unwrap_or(Form::Ber);
        let instead = match form {
            Form::Ber => "write one tag in hexadecimal, such as \"5A\", \"5F24\" or \"DF8101\"",
            Form::Byte => "write one byte in hexadecimal, \"01\" to \"FE\"",
        };
        let (at, text) = self.string("tlv", instead)?;
        let tag = hex::decode(text).ok().filter(|tag| form.is_tag(tag));
        let mut header = tag.ok_or_else(|| {
            self.check.error(mistake::FORM, at, format!("{text:?} is no tag"), instead)
        })?;
        let parts = self.tables("parts", 0, "write parts = [ … ], empty for no value")?;
        let place = layout.parts.len();
        layout.parts.push(Part::Header(Vec::new()));
        layout.depth = layout.depth.saturating_add(1);
        self.check.lay(parts, room, layout)?;
        layout.depth = layout.depth.saturating_sub(1);
        let value = length(layout.parts.get(place..).unwrap_or_default());
        let Some(length) = form.length(value) else {
            let most = form.most();
            let problem = format!("{value} bytes in a tlv whose length says {most} at most");
            return Err(self.error(
                mistake::NO_ROOM,
                &problem,
                "write length = \"ber\", or shorter parts",
            ));
        };
        header.extend(length);
        if let Some(part) = layout.parts.get_mut(place) {
            *part = Part::Header(header);
        }
        Ok(())
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
}
