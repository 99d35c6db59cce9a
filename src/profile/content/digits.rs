// SPDX-License-Identifier: MIT OR Apache-2.0
//! Decimal digits: packed two to a byte, or as characters.

use zeroize::Zeroizing;

use super::super::record::{FieldError, RecordReason, Value};
use super::{Given, Source};

/// The digits of a number or of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Digits {
    pub(in super::super) source: Source,
    /// How many there is room for.
    pub(in super::super) count: usize,
    pub(in super::super) form: Form,
}

/// How digits stand in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Form {
    /// Two to a byte, right-aligned, zeros in front.
    Bcd,
    /// Two to a byte, left-aligned, nibbles F behind.
    BcdLeft,
    /// A character each, right-aligned, zeros in front.
    Ascii,
}

impl Form {
    /// The names, as profiles write them.
    pub(in super::super) const NAMES: [(&'static str, Self); 3] =
        [("bcd", Self::Bcd), ("bcd-left", Self::BcdLeft), ("ascii", Self::Ascii)];

    pub(in super::super) const fn bytes(self, count: usize) -> usize {
        match self {
            Self::Bcd | Self::BcdLeft => count.div_ceil(2),
            Self::Ascii => count,
        }
    }

    /// Appends `count` digits' room, filled with no more than so many digits.
    pub(super) fn write(self, digits: &str, count: usize, out: &mut Vec<u8>) {
        let values = digits.bytes().map(|digit| digit.wrapping_sub(b'0'));
        if self == Self::Ascii {
            let zeros = count.saturating_sub(digits.len());
            out.extend(core::iter::repeat_n(b'0', zeros).chain(digits.bytes()));
            return;
        }
        let room = self.bytes(count).saturating_mul(2);
        let spare = room.saturating_sub(digits.len());
        let (front, behind) = if self == Self::Bcd { (spare, 0) } else { (0, spare) };
        let mut nibbles = Zeroizing::new(Vec::with_capacity(room));
        nibbles.extend(core::iter::repeat_n(0x0, front).chain(values));
        nibbles.extend(core::iter::repeat_n(0xF, behind));
        let bytes = nibbles.chunks_exact(2).map(|pair| match pair {
            [high, low] => high << 4 | low,
            _ => 0,
        });
        out.extend(bytes);
    }

    /// The digits that stand in bytes of this form, nibbles F left out; `None` where other things
    /// stand in them.
    pub(in super::super) fn read(self, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut digits = Zeroizing::new(Vec::with_capacity(bytes.len().saturating_mul(2)));
        for byte in bytes {
            if self == Self::Ascii {
                digits.push(byte.checked_sub(b'0').filter(|digit| *digit < 10)?);
                continue;
            }
            for nibble in [byte >> 4, byte & 0xF] {
                match nibble {
                    0..10 => digits.push(nibble),
                    0xF => {}
                    _ => return None,
                }
            }
        }
        Some(digits)
    }
}

impl Digits {
    pub(super) fn render(&self, given: Given<'_>, out: &mut Vec<u8>) -> Result<(), FieldError> {
        let digits = match self.source.value(given.record) {
            Some(Value::Uint(number)) => Zeroizing::new(number.to_string()),
            Some(Value::Text(text)) => Zeroizing::new(text.clone()),
            _ => return Err(self.source.not_allowed()),
        };
        if let Some(other) = digits.chars().find(|digit| !digit.is_ascii_digit()) {
            let (charset, code) = ("the digits 0 to 9", u32::from(other));
            let reason = RecordReason::Charset { charset, code };
            return Err(self.source.error(reason));
        }
        // Filled up with zeros it would read as a number.
        if digits.is_empty() && self.form != Form::BcdLeft {
            return Err(self.source.error(RecordReason::NoDigit));
        }
        if digits.len() > self.count {
            return Err(self.source.not_allowed());
        }
        self.form.write(&digits, self.count, out);
        Ok(())
    }
}
