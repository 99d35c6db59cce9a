// SPDX-License-Identifier: MIT OR Apache-2.0
//! `digits`: decimal digits, packed two to a byte, or as characters.

use core::ops::Range;

use zeroize::Zeroizing;

use crate::profile::check::whole;
use crate::profile::error::mistake;
use crate::profile::model::FieldKind;
use crate::profile::record::{RecordReason, Value};

use super::{Amount, Around, Entries, Given, Kind, Layout, Piece, ProfileError, Source, Told, Unmade, tell_or_hex, Coding, Place, bits_of_bytes};

/// The digits of a number or of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Digits {
    amount: Amount,
    /// How many there is room for.
    count: usize,
    pub(super) form: Form,
}

impl Digits {
    /// The names of the forms, as profiles write them.
    #[cfg(feature = "schema")]
    pub(in crate::profile) const FORMS: [&'static str; 3] = [
        Form::NAMES[0].0,
        Form::NAMES[1].0,
        Form::NAMES[2].0,
    ];
}

/// How digits stand in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Two to a byte, right-aligned, zeros in front.
    Bcd,
    /// Two to a byte, left-aligned, nibbles F behind.
    BcdLeft,
    /// A character each, right-aligned, zeros in front.
    Ascii,
}

impl Form {
    /// The names, as profiles write them.
    pub(super) const NAMES: [(&'static str, Self); 3] =
        [("bcd", Self::Bcd), ("bcd-left", Self::BcdLeft), ("ascii", Self::Ascii)];

    pub(super) const fn bytes(self, count: usize) -> usize {
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
    pub(super) fn read(self, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
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

impl Form {
    /// The coding of such digits.
    pub(super) const fn coding(self) -> Coding {
        match self {
            Self::Bcd | Self::BcdLeft => Coding::DecimalNibbles,
            Self::Ascii => Coding::Characters,
        }
    }

    /// The digits that stand in bytes, as text.
    pub(super) fn told(self, bytes: &[u8]) -> Option<String> {
        let digits = self.read(bytes)?;
        Some(digits.iter().map(|digit| char::from(b'0'.wrapping_add(*digit))).collect())
    }
}

/// How many digits a number has.
fn digits_of(number: i128) -> usize {
    let more = number.checked_ilog10().unwrap_or(0);
    usize::try_from(more).unwrap_or(usize::MAX).saturating_add(1)
}

/// What numbers a field's values are, or how many digits they have where they are texts.
fn digits(kind: FieldKind) -> Option<Result<(i128, i128), usize>> {
    match (whole(kind), kind) {
        (Some(range), _) => Some(Ok(range)),
        (None, FieldKind::Text { max_length }) => Some(Err(max_length)),
        _ => None,
    }
}

impl Kind for Digits {
    const NAME: &'static str = "digits";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ digits = FIELD, count = N, form = \"bcd\" }` | the decimal digits of a \
         number, or of a text that has no others; zeros in front of a text and those that \
         fill it up look alike, so only `\"bcd-left\"` takes a text of none. `form`: \
         `\"bcd\"` (two to a byte, zeros in front; unless named), `\"bcd-left\"` (two to a \
         byte, nibbles F behind), `\"ascii\"` (a character each, zeros in front); `add` as for `uint` |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let (at, source, held) = entries.source("digits", &["uint", "int", "text"], digits)?;
        let (add, most) = match held {
            Err(length) => (0, length),
            Ok((min, max)) => {
                let add = entries.add()?;
                entries.none_negative(at, min.saturating_add(add.into()), "digits")?;
                (add, digits_of(max.saturating_add(add.into())))
            }
        };
        let amount = Amount { source, add };
        let count = entries.number("count", usize::MAX)?;
        let form = entries.choice("form", &Form::NAMES)?.unwrap_or(Form::Bcd);
        if most > count {
            let problem =
                format!("the field may have {most} digits, and there is room for {count}");
            let instead = format!("write count = {most} or more, or a smaller limit for the field");
            return Err(entries.check.error(mistake::NO_ROOM, at, problem, instead));
        }
        Ok(Self { amount, count, form })
    }
}

impl Digits {
    /// Without the zeros for which a text has no room.
    fn unfilled(&self, digits: String) -> String {
        let FieldKind::Text { max_length } = self.amount.source.field.kind else { return digits };
        let spare = digits.len().saturating_sub(max_length);
        let (filled, rest) = digits.split_at_checked(spare).unwrap_or(("", &digits));
        if filled.bytes().all(|digit| digit == b'0') { rest.to_owned() } else { digits }
    }
}

impl Piece for Digits {
    fn length(&self) -> usize {
        self.form.bytes(self.count)
    }

    fn sources(&self) -> Vec<&Source> {
        vec![&self.amount.source]
    }

    /// Zeros that fill up are zeros that a text may have begun with, unless its length tells which.
    fn tells(&self) -> Vec<&Source> {
        let field = &self.amount.source.field;
        let length = field.text.min_length;
        let any = matches!(field.kind, FieldKind::Text { max_length } if max_length != length);
        if any && self.form != Form::BcdLeft { Vec::new() } else { self.sources() }
    }

    fn render(
        &self,
        given: &Given<'_>,
        _: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        let source = &self.amount.source;
        let digits = Zeroizing::new(match source.value(given.record) {
            Some(Value::Text(text)) => text.clone(),
            _ => self.amount.unsigned(given.record)?.to_string(),
        });
        if let Some(other) = digits.chars().find(|digit| !digit.is_ascii_digit()) {
            let (charset, code) = ("the digits 0 to 9", u32::from(other));
            let reason = RecordReason::Charset { charset, code };
            return Err(source.error(reason).into());
        }
        // Filled up with zeros it would read as a number.
        if digits.is_empty() && self.form != Form::BcdLeft {
            return Err(source.error(RecordReason::NoDigit).into());
        }
        if digits.len() > self.count {
            return Err(source.not_allowed().into());
        }
        self.form.write(&digits, self.count, out);
        Ok(())
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let digits = self.form.told(here).map(|digits| match digits.parse() {
            Ok(number) if self.amount.add != 0 => self.amount.told(number),
            Ok(_) | Err(_) => self.unfilled(digits),
        });
        tell_or_hex(told, &self.amount.source, digits, here);
    }

    fn places(&self, here: Range<usize>, _: &[usize], places: &mut Vec<Place>) {
        let (fill, right) = match self.form {
            Form::Bcd => ("0", true),
            Form::BcdLeft => ("F", false),
            Form::Ascii => ("30", true),
        };
        let place = Place::amount(&self.amount, bits_of_bytes(here), self.form.coding());
        places.push(Place { fill: Some(fill.to_owned()), right, ..place });
    }
}
