// SPDX-License-Identifier: MIT OR Apache-2.0
//! The places of one part, kind by kind.

use core::ops::Range;

use crate::credential::{Align, Coding as FieldCoding, Format, Packing};

use super::super::digits::Form;
use super::super::source::{Number, Order};
use super::super::text::{Charset, Text};
use super::super::{
    Checksum, Content, Date, DateForm, Digits, Pack, Part, Source, Sum, Token, What,
};
use super::{Coding, Place, Role};

impl Place {
    fn new(name: &str, role: Role, bits: Vec<usize>, coding: Coding) -> Self {
        Self {
            name: name.to_owned(),
            role,
            bits,
            coding,
            format: None,
            charset: None,
            fill: None,
            right: false,
            pattern: None,
            since: None,
            constant: None,
            rule: None,
            over: Vec::new(),
        }
    }

    fn field(source: &Source, bits: Vec<usize>, coding: Coding) -> Self {
        Self::new(&source.field.name, Role::Field, bits, coding)
    }

    fn number(number: &Number, bits: Vec<usize>, coding: Coding) -> Self {
        match number {
            Number::Field(source) => Self::field(source, bits, coding),
            Number::Constant(value) => {
                let constant = format!("{value:X}");
                let digits =
                    if constant.len() % 2 == 0 { constant } else { format!("0{constant}") };
                let place = Self::new("constant", Role::Constant, bits, coding);
                Self { constant: Some(digits), ..place }
            }
        }
    }
}

impl Part {
    /// Adds its places, where it starts at this byte of the file.
    pub(super) fn places(&self, start: usize, places: &mut Vec<Place>) {
        let bytes = start..start.saturating_add(self.length());
        let whole = || bits_of(bytes.clone());
        match self {
            Self::Bits { format, numbers, packing } => {
                of_format(format, numbers, *packing, start, places);
            }
            Self::Raw { source, length, format, packing } => {
                let bits = (0..*length).map(|bit| packed(*packing, *length, bit, start));
                let place = Place::field(source, bits.collect(), Coding::Bits);
                let format = format.as_ref().map(|format| format.name().to_owned());
                places.push(Place { format, ..place });
            }
            Self::Uint { source, order, .. } => {
                places.push(Place::field(source, ordered(bytes, *order), Coding::Binary));
            }
            Self::Text(text) => places.push(of_text(text, whole())),
            Self::Hex { source, .. } => places.push(Place::field(source, whole(), Coding::Bytes)),
            Self::Uuid { source, guid } => {
                let mut bits = whole();
                if *guid {
                    // Four bytes, two and two, the last one first.
                    let order = [3, 2, 1, 0, 5, 4, 7, 6].into_iter().chain(8..16_usize);
                    let at = |byte: usize| start.saturating_add(byte);
                    bits = order
                        .flat_map(|byte| bits_of(at(byte)..at(byte).saturating_add(1)))
                        .collect();
                }
                places.push(Place::field(source, bits, Coding::Uuid));
            }
            Self::Digits(digits) => places.push(of_digits(digits, whole())),
            Self::Date(date) => places.push(of_date(date, bytes)),
            Self::Pack(pack) => of_pack(pack, &bytes, places),
            Self::Uid { reversed } => {
                let order = if *reversed { Order::Little } else { Order::Big };
                places.push(Place::new("UID", Role::Uid, ordered(bytes, order), Coding::Bytes));
            }
            Self::Checksum(checksum) => places.push(of_checksum(checksum, bytes)),
            Self::Fragment { content, from, bytes: length } => {
                of_fragment(content, *from..from.saturating_add(*length), start, places);
            }
            Self::Constant(value) | Self::Header(value) => {
                let place = Place::new("constant", Role::Constant, whole(), Coding::Bytes);
                places.push(Place { constant: Some(hex::encode_upper(value)), ..place });
            }
            Self::Pad { byte, .. } => {
                let place = Place::new("filling", Role::Filling, whole(), Coding::Bytes);
                places.push(Place { fill: Some(format!("{byte:02X}")), ..place });
            }
        }
        // What has no bytes stands nowhere.
        places.retain(|place| !place.bits.is_empty());
    }
}

fn bits_of(bytes: Range<usize>) -> Vec<usize> {
    (bytes.start.saturating_mul(8)..bytes.end.saturating_mul(8)).collect()
}

/// The bits of a number, most significant first.
fn ordered(bytes: Range<usize>, order: Order) -> Vec<usize> {
    match order {
        Order::Big => bits_of(bytes),
        Order::Little => {
            bytes.rev().flat_map(|byte| bits_of(byte..byte.saturating_add(1))).collect()
        }
    }
}

/// Where in the file a bit of a string stands.
fn packed(packing: Packing, length: usize, bit: usize, start: usize) -> usize {
    start.saturating_mul(8).saturating_add(packing.place(length, bit))
}

/// The fields of a bit format, its constant bits and its checks.
fn of_format(
    format: &Format,
    numbers: &[Number],
    packing: Packing,
    start: usize,
    places: &mut Vec<Place>,
) {
    let listed = |bits: &[u8]| -> Vec<usize> {
        let length = format.bit_length();
        bits.iter().map(|bit| packed(packing, length, usize::from(*bit), start)).collect()
    };
    let name = Some(format.name().to_owned());
    for (field, number) in format.fields().iter().zip(numbers) {
        let coding = match field.coding() {
            FieldCoding::Binary => Coding::Binary,
            FieldCoding::Bcd => Coding::DecimalNibbles,
        };
        let place = Place::number(number, listed(field.places().bits()), coding);
        places.push(Place { format: name.clone(), ..place });
    }
    for constant in format.constants() {
        let number = Number::Constant(constant.value());
        let place = Place::number(&number, listed(constant.places().bits()), Coding::Binary);
        places.push(Place { format: name.clone(), ..place });
    }
    for check in format.checks() {
        let bits = listed(check.places().bits());
        places.push(Place {
            format: name.clone(),
            rule: Some(check.rule().name().to_owned()),
            over: listed(check.covered().bits()),
            ..Place::new("check", Role::Check, bits, Coding::Binary)
        });
    }
}

fn of_text(text: &Text, bits: Vec<usize>) -> Place {
    let charset = Charset::NAMES.iter().find(|(_, charset)| *charset == text.charset);
    Place {
        charset: charset.map(|(name, _)| (*name).to_owned()),
        fill: Some(format!("{:02X}", text.fill)),
        right: text.align == Align::Right,
        ..Place::field(&text.source, bits, Coding::Text)
    }
}

/// The coding of digits of a form.
const fn of_form(form: Form) -> Coding {
    match form {
        Form::Bcd | Form::BcdLeft => Coding::DecimalNibbles,
        Form::Ascii => Coding::Characters,
    }
}

fn of_digits(digits: &Digits, bits: Vec<usize>) -> Place {
    let (fill, right) = match digits.form {
        Form::Bcd => ("0", true),
        Form::BcdLeft => ("F", false),
        Form::Ascii => ("30", true),
    };
    let place = Place::field(&digits.source, bits, of_form(digits.form));
    Place { fill: Some(fill.to_owned()), right, ..place }
}

fn of_date(date: &Date, bytes: Range<usize>) -> Place {
    match &date.form {
        DateForm::Pattern { pattern, form } => {
            let words = pattern.iter().map(|token| match token {
                Token::Year => "yyyy".to_owned(),
                Token::YearOfCentury => "yy".to_owned(),
                Token::Month => "mm".to_owned(),
                Token::Day => "dd".to_owned(),
                Token::DayOfYear => "ddd".to_owned(),
                Token::Between(sign) => sign.to_string(),
            });
            let place = Place::field(&date.source, bits_of(bytes), of_form(*form));
            Place { pattern: Some(words.collect()), ..place }
        }
        DateForm::Days { since, order, .. } => {
            let place = Place::field(&date.source, ordered(bytes, *order), Coding::Binary);
            Place { since: Some(since.to_string()), ..place }
        }
    }
}

/// Numbers of a few bits. Those of a date say which part of it they are.
fn of_pack(pack: &Pack, bytes: &Range<usize>, places: &mut Vec<Place>) {
    let all = ordered(bytes.clone(), pack.order);
    let mut left = all.as_slice();
    for slot in &pack.slots {
        let width = usize::try_from(slot.width).unwrap_or(usize::MAX);
        let (bits, rest) = left.split_at_checked(width).unwrap_or((left, &[]));
        left = rest;
        let part = |source: &Source, pattern: &str| Place {
            pattern: Some(pattern.to_owned()),
            ..Place::field(source, bits.to_vec(), Coding::Binary)
        };
        places.push(match &slot.what {
            What::Number(number) => Place::number(number, bits.to_vec(), Coding::Binary),
            What::Year(source, since) => {
                Place { since: Some(since.to_string()), ..part(source, "yyyy") }
            }
            What::Month(source) => part(source, "mm"),
            What::Day(source) => part(source, "dd"),
        });
    }
    places.push(Place {
        fill: Some("00".to_owned()),
        ..Place::new("filling", Role::Filling, left.to_vec(), Coding::Binary)
    });
}

fn of_checksum(checksum: &Checksum, bytes: Range<usize>) -> Place {
    let rule = match checksum.sum {
        Sum::Xor => "xor",
        Sum::Luhn(_) => "luhn",
        Sum::Crc(row) => row.name(),
    };
    // What it covers is counted from the start of its content, which is that of the file or of an item.
    let over = checksum.over.iter().cloned().flat_map(bits_of);
    Place {
        rule: Some(rule.to_owned()),
        over: over.collect(),
        ..Place::new("checksum", Role::Check, ordered(bytes, checksum.order), Coding::Bytes)
    }
}

/// Those of a piece of another content, which starts at this byte of the file. What is in the piece in
/// part only is a piece itself.
fn of_fragment(content: &Content, piece: Range<usize>, start: usize, places: &mut Vec<Place>) {
    let (first, behind) = (piece.start.saturating_mul(8), piece.end.saturating_mul(8));
    let inside = |bit: &usize| (first..behind).contains(bit);
    let moved = |bits: &[usize]| -> Vec<usize> {
        let offset = start.saturating_mul(8);
        let inside = bits.iter().filter(|bit| inside(bit));
        inside.map(|bit| bit.saturating_sub(first).saturating_add(offset)).collect()
    };
    for place in content.places() {
        let (bits, over) = (moved(&place.bits), moved(&place.over));
        let whole = bits.len() == place.bits.len();
        places.push(if whole {
            // A check of which not everything is here cannot be done here.
            let over = if over.len() == place.over.len() { over } else { Vec::new() };
            Place { bits, over, ..place }
        } else {
            Place::new(&place.name, Role::Piece, bits, Coding::Bits)
        });
    }
}
