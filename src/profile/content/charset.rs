// SPDX-License-Identifier: MIT OR Apache-2.0
//! Character sets.

use zeroize::Zeroizing;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    Ascii,
    Latin1,
    Utf8,
}

impl Charset {
    /// The names, as profiles write them.
    pub(super) const NAMES: [(&'static str, Self); 3] =
        [("ascii", Self::Ascii), ("latin-1", Self::Latin1), ("utf-8", Self::Utf8)];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ascii => "ASCII",
            Self::Latin1 => "Latin-1",
            Self::Utf8 => "UTF-8",
        }
    }

    /// Or the character that the set lacks.
    pub(super) fn encode(self, text: &str) -> Result<Zeroizing<Vec<u8>>, char> {
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

    /// Text that a terminal shows and does not obey; `None` where something else stands there.
    pub(super) fn printable(self, bytes: &[u8]) -> Option<String> {
        let text = match self {
            Self::Ascii => {
                bytes.is_ascii().then(|| bytes.iter().copied().map(char::from).collect())?
            }
            Self::Latin1 => bytes.iter().copied().map(char::from).collect::<String>(),
            Self::Utf8 => core::str::from_utf8(bytes).ok()?.to_owned(),
        };
        let obeyed = |character: char| {
            character.is_control()
                || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
        };
        (!text.chars().any(obeyed)).then_some(text)
    }
}
