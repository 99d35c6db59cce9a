// SPDX-License-Identifier: MIT OR Apache-2.0
//! Character sets.

use arrayvec::ArrayVec;
use zeroize::Zeroizing;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::profile) enum Charset {
    Ascii,
    Latin1,
    Latin9,
    Windows1252,
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// Where Latin-9 (ISO/IEC 8859-15) differs from Latin-1.
const LATIN_9: [(u8, char); 8] = [
    (0xA4, '€'),
    (0xA6, 'Š'),
    (0xA8, 'š'),
    (0xB4, 'Ž'),
    (0xB8, 'ž'),
    (0xBC, 'Œ'),
    (0xBD, 'œ'),
    (0xBE, 'Ÿ'),
];

/// Where Windows-1252 has characters and Latin-1 has controls (the table `cp1252` of the Unicode
/// Consortium's mappings of vendors). 81, 8D, 8F, 90 and 9D stand for nothing.
const WINDOWS_1252: [(u8, char); 27] = [
    (0x80, '€'),
    (0x82, '‚'),
    (0x83, 'ƒ'),
    (0x84, '„'),
    (0x85, '…'),
    (0x86, '†'),
    (0x87, '‡'),
    (0x88, 'ˆ'),
    (0x89, '‰'),
    (0x8A, 'Š'),
    (0x8B, '‹'),
    (0x8C, 'Œ'),
    (0x8E, 'Ž'),
    (0x91, '‘'),
    (0x92, '’'),
    (0x93, '“'),
    (0x94, '”'),
    (0x95, '•'),
    (0x96, '–'),
    (0x97, '—'),
    (0x98, '˜'),
    (0x99, '™'),
    (0x9A, 'š'),
    (0x9B, '›'),
    (0x9C, 'œ'),
    (0x9E, 'ž'),
    (0x9F, 'Ÿ'),
];

impl Charset {
    /// The names, as profiles write them.
    pub(in crate::profile) const NAMES: [(&'static str, Self); 7] = [
        ("ascii", Self::Ascii),
        ("latin-1", Self::Latin1),
        ("latin-9", Self::Latin9),
        ("windows-1252", Self::Windows1252),
        ("utf-8", Self::Utf8),
        ("utf-16le", Self::Utf16Le),
        ("utf-16be", Self::Utf16Be),
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ascii => "ASCII",
            Self::Latin1 => "Latin-1",
            Self::Latin9 => "Latin-9",
            Self::Windows1252 => "Windows-1252",
            Self::Utf8 => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
        }
    }

    /// The bytes of the character of this number, of which each text is a multiple.
    pub(super) fn filling(self, number: u8) -> ArrayVec<u8, 2> {
        match self {
            Self::Ascii | Self::Latin1 | Self::Latin9 | Self::Windows1252 | Self::Utf8 => {
                ArrayVec::from_iter([number])
            }
            Self::Utf16Le => ArrayVec::from_iter([number, 0]),
            Self::Utf16Be => ArrayVec::from_iter([0, number]),
        }
    }

    /// What is left of a text without the characters of this number behind it, or in front of it.
    pub(super) fn unfilled(self, bytes: &[u8], number: u8, in_front: bool) -> Option<&[u8]> {
        let fill = self.filling(number);
        let units = || bytes.chunks(fill.len().max(1));
        let is_fill = |unit: &&[u8]| *unit == fill.as_slice();
        if in_front {
            let filling = units().take_while(is_fill).count();
            bytes.get(filling.saturating_mul(fill.len())..)
        } else {
            let filling = units().rev().take_while(is_fill).count();
            bytes.get(..bytes.len().saturating_sub(filling.saturating_mul(fill.len())))
        }
    }

    /// Where a set of single bytes differs from Latin-1.
    const fn differs(self) -> &'static [(u8, char)] {
        match self {
            Self::Latin9 => &LATIN_9,
            Self::Windows1252 => &WINDOWS_1252,
            Self::Ascii | Self::Latin1 | Self::Utf8 | Self::Utf16Le | Self::Utf16Be => &[],
        }
    }

    /// Whether a byte stands for the character of Latin-1 that has its number.
    fn same(self, byte: u8) -> bool {
        let control = self == Self::Windows1252 && (0x80..0xA0).contains(&byte);
        !control && self.differs().iter().all(|(other, _)| *other != byte)
    }

    fn byte(self, character: char) -> Option<u8> {
        let listed = self.differs().iter().find(|(_, other)| *other == character);
        let same = || u8::try_from(u32::from(character)).ok().filter(|byte| self.same(*byte));
        listed.map(|(byte, _)| *byte).or_else(same)
    }

    fn character(self, byte: u8) -> Option<char> {
        let listed = self.differs().iter().find(|(other, _)| *other == byte);
        let same = || self.same(byte).then(|| char::from(byte));
        listed.map(|(_, character)| *character).or_else(same)
    }

    /// Or the character that the set lacks.
    pub(super) fn encode(self, text: &str) -> Result<Zeroizing<Vec<u8>>, char> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len().saturating_mul(2)));
        match self {
            Self::Ascii => {
                if let Some(other) = text.chars().find(|character| !character.is_ascii()) {
                    return Err(other);
                }
                bytes.extend_from_slice(text.as_bytes());
            }
            Self::Utf8 => bytes.extend_from_slice(text.as_bytes()),
            // The first 256 code points of Unicode are Latin-1 (ISO/IEC 8859-1).
            Self::Latin1 | Self::Latin9 | Self::Windows1252 => {
                for character in text.chars() {
                    bytes.push(self.byte(character).ok_or(character)?);
                }
            }
            Self::Utf16Le => bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Self::Utf16Be => bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
        }
        Ok(bytes)
    }

    /// Text that a terminal shows and does not obey; `None` where something else stands there.
    pub(super) fn printable(self, bytes: &[u8]) -> Option<String> {
        let text = match self {
            Self::Ascii => {
                bytes.is_ascii().then(|| bytes.iter().copied().map(char::from).collect())?
            }
            Self::Latin1 | Self::Latin9 | Self::Windows1252 => {
                bytes.iter().map(|byte| self.character(*byte)).collect::<Option<String>>()?
            }
            Self::Utf16Le => utf16(bytes, u16::from_le_bytes)?,
            Self::Utf16Be => utf16(bytes, u16::from_be_bytes)?,
            Self::Utf8 => core::str::from_utf8(bytes).ok()?.to_owned(),
        };
        let obeyed = |character: char| {
            character.is_control()
                || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
        };
        (!text.chars().any(obeyed)).then_some(text)
    }
}

/// `None` where half a pair of surrogates or half a unit stands.
fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    let units = units.iter().copied().map(unit);
    rest.is_empty().then(|| char::decode_utf16(units).collect::<Result<_, _>>().ok()).flatten()
}
