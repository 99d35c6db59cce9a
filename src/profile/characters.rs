// SPDX-License-Identifier: MIT OR Apache-2.0
//! Characters that no eye tells, and texts that a spreadsheet left behind.

use core::fmt;
use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Why a character is refused in a text, unless its field takes such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unseen {
    /// A control character: a tab, a line end.
    Control,
    /// A format character of no width, such as a soft hyphen or a zero-width space.
    Format,
    /// A character that turns the direction of what stands around it.
    Direction,
    /// U+FFFD, or a code point that is no character: an earlier program lost what stood here.
    Lost,
}

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Control => "a control character",
            Self::Format => "a format character that nobody sees",
            Self::Direction => "a character that turns the direction of writing",
            Self::Lost => "the mark of a character that an earlier program lost",
        })
    }
}

/// What is unseen of a character. The ranges are the general category Cf of Unicode 16, with the
/// separators of lines and paragraphs, which end lines as control characters do, and the letters and marks
/// that stand for nothing (`Default_Ignorable_Code_Point`) but the selectors, which choose a form.
pub(super) const fn unseen(character: char) -> Option<Unseen> {
    Some(match character {
        ' '..='~' => return None,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{2028}' | '\u{2029}' => Unseen::Control,
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            Unseen::Direction
        }
        '\u{AD}'
        | '\u{34F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{3164}'
        | '\u{FFA0}'
        | '\u{600}'..='\u{605}'
        | '\u{6DD}'
        | '\u{70F}'
        | '\u{890}'
        | '\u{891}'
        | '\u{8E2}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200D}'
        | '\u{2060}'..='\u{2064}'
        | '\u{206A}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{110BD}'
        | '\u{110CD}'
        | '\u{13430}'..='\u{1343F}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0001}'
        | '\u{E0020}'..='\u{E007F}' => Unseen::Format,
        '\u{FFFD}' | '\u{FDD0}'..='\u{FDEF}' => Unseen::Lost,
        other if other as u32 & 0xFFFE == 0xFFFE => Unseen::Lost,
        _ => return None,
    })
}

/// The text in Unicode's form NFC, in which a letter and its accent are one character.
pub(super) fn composed(text: &str) -> Cow<'_, str> {
    match text.is_ascii() || is_nfc(text) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.nfc().collect()),
    }
}

/// Whether a spreadsheet left this where a value was: an error, columns too narrow, or a long
/// number with an exponent.
pub(super) fn leaving(text: &str) -> bool {
    let text = text.trim();
    let error = text.strip_prefix('#').is_some_and(|rest| {
        let named = rest.strip_suffix(['!', '?']).map(str::trim_end);
        // Spanish turns a mark round in front.
        let named = named.map(|named| named.strip_prefix(['\u{A1}', '\u{BF}']).unwrap_or(named));
        let word = |word: &str| {
            let mut signs = word.chars();
            !word.is_empty()
                && signs.all(|sign| sign.is_uppercase() || matches!(sign, '/' | '0' | '_'))
        };
        named.is_some_and(word)
            || NOT_THERE.contains(&rest)
            || (!rest.is_empty() && rest.bytes().all(|byte| byte == b'#'))
    });
    let numbered = text.strip_prefix("Err:").is_some_and(digits);
    error || numbered || exponent(text)
}

/// What spreadsheets of several languages write behind `#` for a value that is not there, or not yet.
const NOT_THERE: [&str; 13] = [
    "N/A",
    "NV",
    "N/D",
    "N/V",
    "N/B",
    "N/DISP",
    "I/T",
    "\u{41D}/\u{414}",
    "\u{394}/\u{3A5}",
    "YOK",
    "HI\u{C1}NYZIK",
    "NEN\u{CD}_K_DISPOZICI",
    "GETTING_DATA",
];

/// Whether this is a number as `1.23E+15`, `1,23E+15` or `1E15`.
pub(super) fn exponent(text: &str) -> bool {
    let Some((number, exponent)) = text.split_once(['E', 'e']) else { return false };
    let exponent = exponent.strip_prefix(['+', '-']);
    let number = number.strip_prefix('-').unwrap_or(number);
    match (number.split_once(['.', ',']), exponent) {
        (Some((whole, part)), Some(exponent)) => digits(whole) && digits(part) && digits(exponent),
        (None, Some(exponent)) => digits(number) && digits(exponent),
        // Without a sign `12E3` may be a name of something.
        (_, None) => false,
    }
}

pub(super) fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_leave_is_told_from_what_people_are_called() {
        for left in [
            "1.23E+15",
            "1,23E+15",
            "4E-05",
            "#REF!",
            "#N/A",
            "#NAME?",
            "#DIV/0!",
            "#BEZUG!",
            "#NV",
            "#VALEUR!",
            "#REF !",
            "########",
            "Err:502",
            "#\u{A1}REF!",
            "#\u{BF}NOMBRE?",
            "#D\u{11A}LEN\u{CD}_NULOU!",
            "#\u{41D}/\u{414}",
            "#GETTING_DATA",
        ] {
            assert!(leaving(left), "{left}");
        }
        for text in
            ["#1", "Gate #3", "E+E", "12E3", "C# team", "Err: gate", "", "#", "N/A", "O'Neil"]
        {
            assert!(!leaving(text), "{text}");
        }
    }

    #[test]
    fn letters_are_composed_and_marks_that_nobody_sees_are_told() {
        assert_eq!(composed("Zoe\u{308}"), "Zo\u{EB}");
        assert_eq!(composed("Zo\u{EB}"), "Zo\u{EB}");
        for (character, why) in [
            ('\t', Unseen::Control),
            ('\u{85}', Unseen::Control),
            ('\u{2028}', Unseen::Control),
            ('\u{AD}', Unseen::Format),
            ('\u{200B}', Unseen::Format),
            ('\u{FEFF}', Unseen::Format),
            ('\u{34F}', Unseen::Format),
            ('\u{3164}', Unseen::Format),
            ('\u{202E}', Unseen::Direction),
            ('\u{FFFD}', Unseen::Lost),
            ('\u{1FFFF}', Unseen::Lost),
        ] {
            assert_eq!(unseen(character), Some(why), "{:04X}", u32::from(character));
        }
        for character in ['a', '\u{A0}', '\u{EB}', '\u{3042}', '\u{FE0F}', '\u{1F600}'] {
            assert_eq!(unseen(character), None, "{:04X}", u32::from(character));
        }
    }
}
