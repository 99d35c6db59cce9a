// SPDX-License-Identifier: MIT OR Apache-2.0
//! What bytes on a card say by a content: the other way round.

use core::fmt::Write;

use crate::credential::{Align, Bits, Format, Packing};
use crate::secret::Secret;

use super::super::Day;
use super::digits::Form;
use super::source::{Number, Order};
use super::text::{Charset, Text};
use super::{Content, DateForm, Digits, Pack, Part, Source, What};

/// A part of a content as it stands on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told {
    /// The name of the field, or what the part is.
    pub name: String,
    /// What stands there, as records write it, and in hex what is nothing that the part can be.
    pub value: Secret<String>,
    /// The field that it is the whole value of, by its place in the profile.
    pub(in super::super) field: Option<usize>,
}

impl Content {
    /// Takes the bytes of a file apart. Bytes that say nothing of a record or of the card are left out
    /// where they are as they should be; what is not there is left out too.
    #[must_use]
    pub fn read(&self, bytes: &[u8]) -> Vec<Told> {
        let mut told = Vec::new();
        let mut at = 0_usize;
        for part in &self.parts {
            let end = at.saturating_add(part.length());
            let Some(here) = bytes.get(at..end) else { break };
            if let Part::Checksum(checksum) = part {
                let mut right = Secret::new(bytes.to_vec());
                checksum.fill_in(at, right.expose_secret_mut());
                let fits = right.expose_secret().get(at..end) == Some(here);
                let verdict = if fits { "right" } else { "wrong" };
                push(&mut told, "checksum", format!("{}, {verdict}", hex::encode_upper(here)));
            } else {
                part.read(here, &mut told);
            }
            at = end;
        }
        told
    }
}

fn push(told: &mut Vec<Told>, name: &str, value: String) {
    told.push(Told { name: name.to_owned(), value: Secret::new(value), field: None });
}

fn push_field(told: &mut Vec<Told>, source: &Source, value: String) {
    let (name, value) = (source.field.name.clone(), Secret::new(value));
    told.push(Told { name, value, field: Some(source.index) });
}

/// A value, or the bytes in which none stands.
fn push_or_hex(told: &mut Vec<Told>, source: &Source, value: Option<String>, bytes: &[u8]) {
    push_field(told, source, value.unwrap_or_else(|| hex::encode_upper(bytes)));
}

impl Part {
    fn read(&self, bytes: &[u8], told: &mut Vec<Told>) {
        match self {
            Self::Bits { format, numbers, packing } => {
                bits(format, numbers, *packing, bytes, told);
            }
            Self::Raw { source, length, packing, .. } => {
                let value = Bits::unpack(bytes, *length, *packing).ok();
                let value = value.map(|bits| bits.to_binary().expose_secret().clone());
                push_or_hex(told, source, value, bytes);
            }
            Self::Uint { source, order, .. } => {
                let value = uint(bytes, *order).map(|number| number.to_string());
                push_or_hex(told, source, value, bytes);
            }
            Self::Text(text) => push_or_hex(told, &text.source, text.read(bytes), bytes),
            Self::Hex { source, .. } => push_or_hex(told, source, None, bytes),
            Self::Uuid { source, guid } => {
                push_or_hex(told, source, uuid(bytes, *guid), bytes);
            }
            Self::Digits(Digits { source, form, .. }) => {
                push_or_hex(told, source, digits(*form, bytes), bytes);
            }
            Self::Date(date) => {
                let written = || match &date.form {
                    DateForm::Pattern { form: Form::Ascii, .. } => printable(bytes, Charset::Ascii),
                    DateForm::Pattern { form, .. } => digits(*form, bytes),
                    DateForm::Days { .. } => None,
                };
                let value = date.read(bytes).map(|day| day.to_string()).or_else(written);
                push_or_hex(told, &date.source, value, bytes);
            }
            Self::Pack(pack) => pack.read(bytes, told),
            Self::Uid { reversed } => {
                let mut uid = bytes.to_vec();
                if *reversed {
                    uid.reverse();
                }
                push(told, "UID", hex::encode_upper(uid));
            }
            Self::Fragment { content, from: 0, .. } if content.length() == bytes.len() => {
                told.extend(content.read(bytes));
            }
            Self::Fragment { .. } => push(told, "part of an item", hex::encode_upper(bytes)),
            Self::Constant(expected) | Self::Header(expected) => {
                if bytes != expected {
                    push(told, "other than the profile's", hex::encode_upper(bytes));
                }
            }
            Self::Pad { byte, .. } => {
                if bytes.iter().any(|found| found != byte) {
                    push(told, "behind the content", hex::encode_upper(bytes));
                }
            }
            // Read where the whole content is at hand.
            Self::Checksum(_) => {}
        }
    }
}

/// The fields of a bit format, and what does not hold in it.
fn bits(format: &Format, numbers: &[Number], packing: Packing, bytes: &[u8], told: &mut Vec<Told>) {
    let unpacked = Bits::unpack(bytes, format.bit_length(), packing);
    let Ok(unpacked) = unpacked else {
        return push(told, format.name(), hex::encode_upper(bytes));
    };
    let Ok(reading) = format.read(&unpacked) else {
        return push(told, format.name(), unpacked.to_binary().expose_secret().clone());
    };
    for ((field, value), number) in reading.values().zip(numbers) {
        let value = value.map_or_else(|| "none".to_owned(), |value| value.to_string());
        match number.source() {
            Some(source) => push_field(told, source, value),
            None => push(told, field.name(), value),
        }
    }
    if !reading.faults().is_empty() {
        push(told, format.name(), "the bits do not hold".to_owned());
    }
}

impl Pack {
    fn read(&self, bytes: &[u8], told: &mut Vec<Told>) {
        let mut ordered = Secret::new(bytes.to_vec());
        if self.order != Order::Big {
            ordered.expose_secret_mut().reverse();
        }
        let bytes = ordered.expose_secret();
        let bit = |at: usize| {
            let byte = bytes.get(at / 8).copied().unwrap_or(0);
            u64::from(byte & 0x80_u8 >> (at % 8) != 0)
        };
        let mut at = 0_usize;
        let numbers = self.slots.iter().map(|slot| {
            let mut number = 0_u64;
            for _ in 0..slot.width {
                number = number << 1 | bit(at);
                at = at.saturating_add(1);
            }
            (&slot.what, number)
        });
        let numbers: Vec<(&What, u64)> = numbers.collect();
        let mut whole: Vec<usize> = Vec::new();
        for (what, number) in &numbers {
            let (source, part, number) = match what {
                What::Number(Number::Field(source)) => {
                    push_field(told, source, number.to_string());
                    continue;
                }
                What::Number(Number::Constant(constant)) => {
                    if constant != number {
                        push(told, "other than the profile's", number.to_string());
                    }
                    continue;
                }
                What::Year(source, since) => {
                    (source, "year", number.saturating_add(u64::from(*since)))
                }
                What::Month(source) => (source, "month", *number),
                What::Day(source) => (source, "day", *number),
            };
            match day_of(source, &numbers) {
                // Once, whichever of the three comes first.
                Some(_) if whole.contains(&source.index) => {}
                Some(day) => {
                    whole.push(source.index);
                    push_field(told, source, day.to_string());
                }
                None => push(told, &format!("{} ({part})", source.field.name), number.to_string()),
            }
        }
    }
}

/// The date of which these numbers are the year, the month and the day.
fn day_of(source: &Source, numbers: &[(&What, u64)]) -> Option<Day> {
    let [mut year, mut month, mut day] = [None; 3];
    for (what, number) in numbers {
        let number = u16::try_from(*number).ok();
        match what {
            What::Year(own, since) if own == source => {
                year = number.and_then(|number| number.checked_add(*since));
            }
            What::Month(own) if own == source => month = number,
            What::Day(own) if own == source => day = number,
            What::Number(_) | What::Year(..) | What::Month(_) | What::Day(_) => {}
        }
    }
    Day::new(year?, month?, day?)
}

impl Text {
    fn read(&self, bytes: &[u8]) -> Option<String> {
        let is_fill = |byte: &u8| *byte == self.fill;
        let text = match self.align {
            Align::Left => {
                let end = bytes.iter().rposition(|byte| !is_fill(byte)).map_or(0, |at| at + 1);
                bytes.get(..end)
            }
            Align::Right => {
                let start = bytes.iter().position(|byte| !is_fill(byte)).unwrap_or(bytes.len());
                bytes.get(start..)
            }
        };
        printable(text?, self.charset)
    }
}

/// Text that a terminal shows and does not obey; `None` where something else stands there.
fn printable(bytes: &[u8], charset: Charset) -> Option<String> {
    let text = match charset {
        Charset::Ascii => {
            bytes.is_ascii().then(|| bytes.iter().copied().map(char::from).collect())?
        }
        Charset::Latin1 => bytes.iter().copied().map(char::from).collect::<String>(),
        Charset::Utf8 => core::str::from_utf8(bytes).ok()?.to_owned(),
    };
    let obeyed = |character: char| {
        character.is_control()
            || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    (!text.chars().any(obeyed)).then_some(text)
}

/// A number of at most eight bytes.
pub(super) fn uint(bytes: &[u8], order: Order) -> Option<u64> {
    let add =
        |number: Option<u64>, byte: &u8| number?.checked_mul(0x100)?.checked_add(u64::from(*byte));
    match order {
        Order::Big => bytes.iter().fold(Some(0), add),
        Order::Little => bytes.iter().rev().fold(Some(0), add),
    }
}

fn digits(form: Form, bytes: &[u8]) -> Option<String> {
    let digits = form.read(bytes)?;
    Some(digits.iter().map(|digit| char::from(b'0'.wrapping_add(*digit))).collect())
}

fn uuid(bytes: &[u8], guid: bool) -> Option<String> {
    let mut bytes = <[u8; 16]>::try_from(bytes).ok()?;
    if let [a, b, c, d, e, f, g, h, ..] = &mut bytes
        && guid
    {
        (*a, *b, *c, *d, *e, *f, *g, *h) = (*d, *c, *b, *a, *f, *e, *h, *g);
    }
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        write!(text, "{byte:02x}").ok()?;
    }
    Some(text)
}
