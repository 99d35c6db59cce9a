// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text in a character set, filled up to its length.

use zeroize::Zeroizing;

use crate::credential::Align;

use super::super::record::{FieldError, RecordReason, Value};
use super::{Given, Source};

/// A text, and what fills up the bytes that it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Text {
    pub(in super::super) source: Source,
    /// How many bytes there are.
    pub(in super::super) bytes: usize,
    pub(in super::super) charset: Charset,
    pub(in super::super) fill: u8,
    /// At which end the text stands.
    pub(in super::super) align: Align,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Charset {
    Ascii,
    Latin1,
    Utf8,
}

impl Charset {
    /// The names, as profiles write them.
    pub(in super::super) const NAMES: [(&'static str, Self); 3] =
        [("ascii", Self::Ascii), ("latin-1", Self::Latin1), ("utf-8", Self::Utf8)];

    const fn name(self) -> &'static str {
        match self {
            Self::Ascii => "ASCII",
            Self::Latin1 => "Latin-1",
            Self::Utf8 => "UTF-8",
        }
    }

    /// Or the character that the set lacks.
    fn encode(self, text: &str) -> Result<Zeroizing<Vec<u8>>, char> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
        match self {
            Self::Ascii => {
                if let Some(other) = text.chars().find(|character| !character.is_ascii()) {
                    return Err(other);
                }
                bytes.extend_from_slice(text.as_bytes());
            }
            Self::Utf8 => bytes.extend_from_slice(text.as_bytes()),
            // The first 256 code points of Unicode are Latin-1 (ISO/IEC 8859-1).
            Self::Latin1 => {
                for character in text.chars() {
                    bytes.push(u8::try_from(u32::from(character)).map_err(|_| character)?);
                }
            }
        }
        Ok(bytes)
    }
}

impl Text {
    pub(super) fn render(&self, given: Given<'_>, out: &mut Vec<u8>) -> Result<(), FieldError> {
        let Some(Value::Text(text)) = self.source.value(given.record) else {
            return Err(self.source.not_allowed());
        };
        let encoded = self.charset.encode(text).map_err(|lacked| {
            let (charset, code) = (self.charset.name(), u32::from(lacked));
            self.source.error(RecordReason::Charset { charset, code })
        })?;
        let Some(rest) = self.bytes.checked_sub(encoded.len()) else {
            return Err(self.source.error(RecordReason::TooLong { bytes: self.bytes }));
        };
        let fill = core::iter::repeat_n(self.fill, rest);
        match self.align {
            Align::Left => out.extend(encoded.iter().copied().chain(fill)),
            Align::Right => out.extend(fill.chain(encoded.iter().copied())),
        }
        Ok(())
    }
}
