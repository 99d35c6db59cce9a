// SPDX-License-Identifier: MIT OR Apache-2.0
//! In what encoding a file of records is written.

use core::str;
use std::borrow::Cow;

use zeroize::Zeroizing;

use super::super::record::RecordReason;

/// An encoding that an import table can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) enum Encoding {
    #[default]
    Utf8,
    /// With a byte order mark, which tells the order.
    Utf16,
    Utf16Le,
    Utf16Be,
    /// ISO/IEC 8859-1 as it is, not what browsers take it for.
    Latin1,
    #[cfg(feature = "encodings")]
    Windows1252,
    /// ISO/IEC 8859-15.
    #[cfg(feature = "encodings")]
    Latin9,
    #[cfg(feature = "encodings")]
    ShiftJis,
}

impl Encoding {
    /// The names, as import tables write them.
    pub(in super::super) const NAMES: &'static [(&'static str, Self)] = &[
        ("utf-8", Self::Utf8),
        ("utf-16", Self::Utf16),
        ("utf-16le", Self::Utf16Le),
        ("utf-16be", Self::Utf16Be),
        ("latin-1", Self::Latin1),
        #[cfg(feature = "encodings")]
        ("windows-1252", Self::Windows1252),
        #[cfg(feature = "encodings")]
        ("latin-9", Self::Latin9),
        #[cfg(feature = "encodings")]
        ("shift_jis", Self::ShiftJis),
    ];

    /// The name in messages.
    pub(in super::super) const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 | Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Latin1 => "Latin-1",
            #[cfg(feature = "encodings")]
            Self::Windows1252 => "Windows-1252",
            #[cfg(feature = "encodings")]
            Self::Latin9 => "Latin-9",
            #[cfg(feature = "encodings")]
            Self::ShiftJis => "Shift_JIS",
        }
    }

    /// What is said of a line that is no text in it.
    pub(in super::super) fn refusal(self) -> RecordReason {
        match self == Self::Utf8 {
            true => RecordReason::NotUtf8,
            false => RecordReason::NotEncoded { encoding: self.name() },
        }
    }

    /// Whether these bytes may be read in it although they are text in UTF-8 that differs: every encoding
    /// but UTF-8 finds letters in most bytes. What is ASCII alone is the same in all but UTF-16.
    pub(in super::super) fn misreads_utf8(self, bytes: &[u8]) -> bool {
        match self {
            Self::Utf8 => false,
            Self::Utf16 | Self::Utf16Le | Self::Utf16Be => !bytes.is_empty() && !bytes.contains(&0),
            Self::Latin1 => !bytes.is_ascii(),
            #[cfg(feature = "encodings")]
            Self::Windows1252 | Self::Latin9 | Self::ShiftJis => !bytes.is_ascii(),
        }
    }

    /// Whether bytes of ASCII from `@` on may be the second half of a character.
    pub(in super::super) const fn has_second_halves(self) -> bool {
        match self {
            Self::Utf8 | Self::Utf16 | Self::Utf16Le | Self::Utf16Be | Self::Latin1 => false,
            #[cfg(feature = "encodings")]
            Self::Windows1252 | Self::Latin9 => false,
            #[cfg(feature = "encodings")]
            Self::ShiftJis => true,
        }
    }

    /// The text of a line, `None` where it is none. UTF-16 is no matter of single lines.
    pub(in super::super) fn text(self, line: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Utf8 | Self::Utf16 | Self::Utf16Le | Self::Utf16Be => {
                str::from_utf8(line).ok().map(Cow::Borrowed)
            }
            _ if line.is_ascii() => str::from_utf8(line).ok().map(Cow::Borrowed),
            Self::Latin1 => Some(line.iter().map(|byte| char::from(*byte)).collect()),
            #[cfg(feature = "encodings")]
            Self::Windows1252 => {
                encoding_rs::WINDOWS_1252.decode_without_bom_handling_and_without_replacement(line)
            }
            #[cfg(feature = "encodings")]
            Self::Latin9 => {
                encoding_rs::ISO_8859_15.decode_without_bom_handling_and_without_replacement(line)
            }
            #[cfg(feature = "encodings")]
            Self::ShiftJis => {
                encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(line)
            }
        }
    }
}

/// The other way round, for lists that others import.
impl Encoding {
    /// How many bytes the least character has.
    pub(in super::super) const fn unit(self) -> usize {
        match self {
            Self::Utf16 | Self::Utf16Le | Self::Utf16Be => 2,
            Self::Utf8 | Self::Latin1 => 1,
            #[cfg(feature = "encodings")]
            Self::Windows1252 | Self::Latin9 | Self::ShiftJis => 1,
        }
    }

    /// A text in it, UTF-16 least significant byte first unless named otherwise; or the first character
    /// that it lacks.
    pub(in super::super) fn bytes(self, text: &str) -> Result<Zeroizing<Vec<u8>>, char> {
        let mut out = Zeroizing::new(Vec::with_capacity(text.len().saturating_mul(2)));
        for sign in text.chars() {
            self.push(sign, &mut out).ok_or(sign)?;
        }
        Ok(out)
    }

    fn push(self, sign: char, out: &mut Vec<u8>) -> Option<()> {
        let mut units = [0; 2];
        match self {
            Self::Utf16 | Self::Utf16Le => {
                out.extend(
                    sign.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_le_bytes()),
                );
            }
            Self::Utf16Be => {
                out.extend(
                    sign.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()),
                );
            }
            Self::Utf8 => out.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes()),
            _ if sign.is_ascii() => out.push(u8::try_from(sign).ok()?),
            // The first 256 code points of Unicode are Latin-1 (ISO/IEC 8859-1).
            Self::Latin1 => out.push(u8::try_from(u32::from(sign)).ok()?),
            #[cfg(feature = "encodings")]
            Self::Windows1252 => pushed(encoding_rs::WINDOWS_1252, sign, out)?,
            #[cfg(feature = "encodings")]
            Self::Latin9 => pushed(encoding_rs::ISO_8859_15, sign, out)?,
            #[cfg(feature = "encodings")]
            Self::ShiftJis => pushed(encoding_rs::SHIFT_JIS, sign, out)?,
        }
        Some(())
    }

    /// The text of a whole piece, UTF-16 too.
    pub(in super::super) fn whole(self, bytes: &[u8]) -> Option<String> {
        if self.unit() == 1 {
            return self.text(bytes).map(Cow::into_owned);
        }
        let order = if self == Self::Utf16Be { u16::from_be_bytes } else { u16::from_le_bytes };
        let text = utf16(bytes, order);
        (!text.contains(char::REPLACEMENT_CHARACTER)).then_some(text)
    }
}

/// A character in an encoding, if it comes back as itself: what browsers take for another is not it.
#[cfg(feature = "encodings")]
fn pushed(encoding: &'static encoding_rs::Encoding, sign: char, out: &mut Vec<u8>) -> Option<()> {
    let mut text = [0; 4];
    let text = sign.encode_utf8(&mut text);
    let (bytes, _, lacks) = encoding.encode(text);
    let (back, _) = encoding.decode_without_bom_handling(&bytes);
    let same = !lacks && back == *text;
    same.then(|| out.extend_from_slice(&bytes))
}

/// The text of UTF-16. What is no character becomes U+FFFD, which no field takes.
pub(in super::super) fn utf16(bytes: &[u8], order: fn([u8; 2]) -> u16) -> String {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    for character in char::decode_utf16(pairs.iter().map(|pair| order(*pair))) {
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    if !odd.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}
