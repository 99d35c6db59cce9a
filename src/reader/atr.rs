// SPDX-License-Identifier: MIT OR Apache-2.0
//! The answer to reset that a PC/SC reader makes up for a contactless card (PC/SC part 3, 3.1.3.2.3).

use arrayvec::ArrayVec;

use crate::iso14443::Ats;

/// What an answer to reset says of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CardFamily {
    /// A contactless card of ISO/IEC 14443-4, as DESFire is.
    Iso14443_4,
    /// A contactless storage card, which knows no APDU; its name by PC/SC part 3, supplement.
    Storage(&'static str),
    /// Not to be told from this answer: a card with contacts, an answer that is none, or one that a
    /// reader made up in its own way. The card itself says what it is.
    Other,
}

impl CardFamily {
    /// Reads an answer to reset: `3B 8n 80 01`, n historical bytes, and a check byte that makes the
    /// XOR of all after `3B` zero. Storage cards have `80 4F 0C A0 00 00 03 06`, the standard and
    /// the name of the card (2) there. Readers make this answer up, so a count or a check byte that
    /// is wrong speaks against the reader and not against the card.
    #[must_use]
    pub fn of(atr: &[u8]) -> Self {
        let [0x3B, t0, 0x80, 0x01, rest @ ..] = atr else { return Self::Other };
        if t0 & 0xF0 != 0x80 {
            return Self::Other;
        }
        match rest {
            [0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, _, name @ ..] => {
                Self::Storage(match name {
                    [0x00, 0x01, ..] => "a MIFARE Classic 1K card",
                    [0x00, 0x02, ..] => "a MIFARE Classic 4K card",
                    [0x00, 0x03, ..] => "a MIFARE Ultralight card",
                    [0x00, 0x26, ..] => "a MIFARE Mini card",
                    _ => "a storage card",
                })
            }
            _ => Self::Iso14443_4,
        }
    }
}

/// The answer to reset for a card with this answer to select.
#[must_use]
pub fn contactless(ats: &Ats) -> ArrayVec<u8, 32> {
    let historical = ats.historical();
    let count = u8::try_from(historical.len()).unwrap_or(0x0F).min(0x0F);
    let mut atr: ArrayVec<u8, 32> = ArrayVec::from_iter([0x3B, 0x80 | count, 0x80, 0x01]);
    atr.extend(historical.iter().copied().take(count.into()));
    let check = atr.iter().skip(1).fold(0, |sum, byte| sum ^ byte);
    atr.push(check);
    atr
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PC/SC part 3, supplement for storage cards: MIFARE Classic 1K and 4K; DESFire as every reader
    /// shows it.
    #[test]
    fn families_of_published_answers() {
        for (atr, family) in [
            ("3B8180018080", CardFamily::Iso14443_4),
            (
                "3B8F8001804F0CA000000306030001000000006A",
                CardFamily::Storage("a MIFARE Classic 1K card"),
            ),
            (
                "3B8F8001804F0CA0000003060300020000000069",
                CardFamily::Storage("a MIFARE Classic 4K card"),
            ),
            // A card of another maker; a wrong check byte, a wrong count, no check byte.
            ("3B8580018073C821100E", CardFamily::Iso14443_4),
            ("3B8180018081", CardFamily::Iso14443_4),
            ("3B8280018080", CardFamily::Iso14443_4),
            ("3B808001", CardFamily::Iso14443_4),
            (
                "3B8F8001804F0CA00000030603000100000000FF",
                CardFamily::Storage("a MIFARE Classic 1K card"),
            ),
            ("3B6500002063CB6800", CardFamily::Other),
            ("", CardFamily::Other),
        ] {
            assert_eq!(CardFamily::of(&hex::decode(atr).unwrap()), family, "{atr}");
        }
    }

    #[test]
    fn a_desfire_card_of_the_factory_has_the_answer_that_readers_show() {
        let ats = Ats::new(&Ats::FACTORY).unwrap();
        assert_eq!(hex::encode_upper(contactless(&ats)), "3B8180018080");
    }
}
