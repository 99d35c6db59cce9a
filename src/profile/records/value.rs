// SPDX-License-Identifier: MIT OR Apache-2.0
//! From a value as the file has it to a field's, or in what it differs from one.

use std::borrow::Cow;

use zeroize::Zeroizing;

use crate::credential::{Bits, Packing};
use crate::secret::from_digits;

use super::super::Moment;
use super::super::characters::{Unseen, composed, digits, exponent, leaving, unseen};
use super::super::import::{Numbers, Way};
use super::super::model::{Field, FieldKind, TextRules};
use super::super::record::{Difference, Value};

/// A value as the file has it.
#[derive(Clone, Copy)]
pub(in super::super) enum Raw<'a> {
    Text(&'a str),
    Number(u64),
    /// Below zero.
    Negative(i64),
    /// A number that is not whole, or too large.
    NotWhole,
    Boolean(bool),
    Null,
    /// A list or an object.
    Composite,
}

/// What a field makes of it.
pub(in super::super) fn value(field: &Field, way: &Way, raw: Raw<'_>) -> Result<Value, Difference> {
    let text = match raw {
        Raw::Text(text) => composed(text),
        Raw::Number(number) if way.values.is_empty() => return number_as(field.kind, number),
        Raw::Number(number) => Cow::Owned(number.to_string()),
        Raw::Boolean(yes) if way.boolean => return number_as(field.kind, u64::from(yes)),
        Raw::Boolean(_) => return Err(Difference::Boolean),
        Raw::Negative(number) if !way.values.is_empty() => Cow::Owned(number.to_string()),
        Raw::Negative(number) => {
            return match field.kind {
                FieldKind::Int { min, .. } if number >= min => Ok(Value::Int(number)),
                FieldKind::Int { .. } => Err(Difference::TooSmall),
                FieldKind::Uint { .. } => Err(Difference::Sign),
                FieldKind::Text { .. }
                | FieldKind::Hex { .. }
                | FieldKind::Date { .. }
                | FieldKind::DateTime { .. }
                | FieldKind::Uuid
                | FieldKind::Bits { .. } => Err(Difference::QuotesMissing),
            };
        }
        Raw::NotWhole => return Err(Difference::NotWhole),
        Raw::Null => return Err(Difference::Null),
        Raw::Composite => return Err(Difference::Composite),
    };
    match way.values.is_empty() {
        true => plain(field, way, &text),
        false => {
            let listed = way.values.get(&*text);
            plain(field, way, listed.ok_or_else(|| unlisted(way, &text))?)
        }
    }
}

/// What a field makes of a value that stands in the profile or in an import table, whatever the file's own
/// dates and numbers look like.
pub(in crate::profile) fn of_profile(field: &Field, text: &str) -> Result<Value, Difference> {
    plain(field, &Way::column(0), text)
}

fn number_as(kind: FieldKind, number: u64) -> Result<Value, Difference> {
    match kind {
        FieldKind::Uint { max } if number <= max => Ok(Value::Uint(number)),
        FieldKind::Uint { .. } => Err(Difference::TooLarge),
        FieldKind::Int { min, max } => within(i64::try_from(number).ok(), min, max),
        FieldKind::Text { .. }
        | FieldKind::Hex { .. }
        | FieldKind::Date { .. }
        | FieldKind::DateTime { .. }
        | FieldKind::Uuid
        | FieldKind::Bits { .. } => Err(Difference::QuotesMissing),
    }
}

/// A number from the smallest to the largest; `None` is above all.
fn within(number: Option<i64>, min: i64, max: i64) -> Result<Value, Difference> {
    match number {
        Some(number) if number < min => Err(Difference::TooSmall),
        Some(number) if number <= max => Ok(Value::Int(number)),
        Some(_) | None => Err(Difference::TooLarge),
    }
}

/// In what a word differs from those that are listed.
fn unlisted(way: &Way, text: &str) -> Difference {
    let lower = text.to_lowercase();
    match text {
        "" => Difference::Empty,
        _ if text.trim() != text => Difference::Space,
        _ if way.values.keys().any(|listed| listed.to_lowercase() == lower) => Difference::Case,
        _ if way.boolean => Difference::NotBoolean,
        _ => Difference::NotListed,
    }
}

/// A text that stands for itself, composed.
fn plain(field: &Field, way: &Way, text: &str) -> Result<Value, Difference> {
    match field.kind {
        FieldKind::Uint { max } => uint(text, way.numbers, max).map(Value::Uint),
        FieldKind::Int { min, max } => int(text, way.numbers, min, max),
        FieldKind::Text { max_length } => {
            self::text(text, max_length, &field.text)?;
            Ok(Value::Text(text.to_owned()))
        }
        FieldKind::Hex { min_length, max_length } => {
            let (least, most) = (min_length.saturating_mul(2), max_length.saturating_mul(2));
            let bytes = hex_digits(text, text.len().clamp(least, most))?;
            Ok(Value::Bytes(bytes.to_vec()))
        }
        FieldKind::Date { from, to } => match way.date.day(text)? {
            day if (from..=to).contains(&day) => Ok(Value::Date(day)),
            _ => Err(Difference::DayOutside),
        },
        FieldKind::DateTime { from, to } => {
            let (day, time) = text.split_once(['T', ' ']).ok_or_else(|| no_time(text))?;
            let moment = way.date.day(day).and_then(|day| {
                Moment::new(day, time).ok_or_else(|| match visible_all(time) {
                    Ok(()) => Difference::NotATime,
                    Err(other) => other,
                })
            })?;
            match moment {
                moment if (from..=to).contains(&moment.day()) => Ok(Value::Moment(moment)),
                _ => Err(Difference::DayOutside),
            }
        }
        FieldKind::Uuid => uuid(text),
        FieldKind::Bits { length } => {
            let bits = Bits::from_binary(text).filter(|bits| bits.len() == length);
            let bits = bits.ok_or_else(|| {
                let digits: usize = text.chars().filter(|sign| *sign != ' ').count();
                wrong_digit(text, |sign| matches!(sign, '0' | '1' | ' '))
                    .unwrap_or_else(|| length_of(digits, length))
            })?;
            Ok(Value::Bytes(bits.pack(Packing::default()).expose_secret().clone()))
        }
    }
}

/// Characters that a text may have; how many there are is told last, since the others tell why.
pub(in crate::profile) fn text(
    text: &str,
    max_length: usize,
    rules: &TextRules,
) -> Result<(), Difference> {
    for character in text.chars() {
        visible(character, &rules.unseen)?;
    }
    if !rules.leavings && leaving(text) {
        return Err(if exponent(text.trim()) { Difference::Exponent } else { Difference::Leaving });
    }
    if text.is_empty() && rules.min_length > 0 {
        return Err(Difference::Empty);
    }
    let takes = |character: char| {
        let ranges = &rules.characters;
        ranges.is_empty() || ranges.iter().any(|range| (range.0..=range.1).contains(&character))
    };
    if let Some(other) = text.chars().find(|character| !takes(*character)) {
        return Err(match text.trim() != text && other.is_whitespace() {
            true => Difference::Space,
            false => Difference::Outside { code: u32::from(other) },
        });
    }
    match text.chars().count() {
        count if count > max_length => Err(Difference::TooLong),
        count if count < rules.min_length => Err(Difference::TooShort),
        _ => Ok(()),
    }
}

/// Refuses a character that nobody sees.
pub(super) fn visible(character: char, taken: &[Unseen]) -> Result<(), Difference> {
    match unseen(character) {
        Some(why) if !taken.contains(&why) => {
            Err(Difference::Unseen { code: u32::from(character), why })
        }
        Some(_) | None => Ok(()),
    }
}

fn uint(text: &str, numbers: Numbers, max: u64) -> Result<u64, Difference> {
    let plain = without_signs(text, numbers).unwrap_or(Cow::Borrowed(text));
    if !digits(&plain) {
        return Err(no_number(text));
    }
    let number = plain.parse().ok().filter(|number| *number <= max);
    number.ok_or(Difference::TooLarge)
}

/// A number behind a minus, or one without a sign.
fn int(text: &str, numbers: Numbers, min: i64, max: i64) -> Result<Value, Difference> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let plain = without_signs(rest, numbers).unwrap_or(Cow::Borrowed(rest));
    if !digits(&plain) {
        return Err(no_number(rest));
    }
    let number = Zeroizing::new(format!("{sign}{plain}")).parse().ok();
    if number.is_none() && !sign.is_empty() {
        return Err(Difference::TooSmall);
    }
    within(number, min, max)
}

/// What stands there instead of a date and a time.
fn no_time(text: &str) -> Difference {
    match text {
        "" => Difference::Empty,
        text => visible_all(text).err().unwrap_or(Difference::NotATime),
    }
}

fn visible_all(text: &str) -> Result<(), Difference> {
    text.chars().try_for_each(|character| visible(character, &[]))
}

/// The digits of a number that is written as the import table has it. `None` where it is not.
fn without_signs(text: &str, numbers: Numbers) -> Option<Cow<'_, str>> {
    let whole = match numbers.decimal.and_then(|sign| text.split_once(sign)) {
        Some((whole, part)) if !part.is_empty() && part.bytes().all(|digit| digit == b'0') => whole,
        Some(_) => return None,
        None => text,
    };
    let Some(sign) = numbers.thousands.filter(|sign| whole.contains(*sign)) else {
        return Some(Cow::Borrowed(whole));
    };
    let mut groups = whole.split(sign);
    // Behind a leading zero no thousands follow: that is a fraction.
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()))?;
    if first.starts_with('0') {
        return None;
    }
    let mut out = first.to_owned();
    for group in groups {
        out.push_str(Some(group).filter(|group| group.len() == 3)?);
    }
    Some(Cow::Owned(out))
}

/// What stands there instead of digits.
fn no_number(text: &str) -> Difference {
    let separator =
        |sign: char| matches!(sign, '.' | ',' | '_' | '\'' | '\u{2019}') || sign.is_whitespace();
    if text.is_empty() {
        return Difference::Empty;
    }
    if let Some(other) = text.chars().find_map(|character| visible(character, &[]).err()) {
        return other;
    }
    if text.trim().is_empty() || (text.trim() != text && digits(text.trim())) {
        return Difference::Space;
    }
    if exponent(text) {
        return Difference::Exponent;
    }
    if leaving(text) {
        return Difference::Leaving;
    }
    if text.strip_prefix(['-', '+', '\u{2212}']).is_some_and(digits) {
        return Difference::Sign;
    }
    if digits(text.trim_matches(['\'', '"', '\u{2019}', '\u{201C}', '\u{201D}', '\u{201E}'])) {
        return Difference::Quote;
    }
    if text.chars().all(|sign| sign.is_ascii_digit() || separator(sign)) {
        return Difference::Separator;
    }
    let foreign = text.chars().find(|sign| sign.is_numeric() && !sign.is_ascii());
    match foreign.filter(|_| text.chars().all(char::is_numeric)) {
        Some(digit) => Difference::OtherDigits { code: u32::from(digit) },
        None => Difference::TextForNumber,
    }
}

/// So many hexadecimal digits as bytes.
pub(super) fn hex_digits(text: &str, count: usize) -> Result<Zeroizing<Vec<u8>>, Difference> {
    if let Some(wrong) = wrong_digit(text, |sign| sign.is_ascii_hexdigit()) {
        let plain = |sign: char| sign.is_ascii_hexdigit() || matches!(sign, ':' | '-' | ' ' | '.');
        return Err(match text.trim() == text && text.chars().all(plain) {
            true => Difference::HexSeparator,
            false => wrong,
        });
    }
    if text.len() != count {
        return Err(length_of(text.len(), count));
    }
    from_digits(text).ok_or(Difference::TooShort)
}

/// The first character that has no place in it.
fn wrong_digit(text: &str, takes: impl Fn(char) -> bool) -> Option<Difference> {
    if text.is_empty() {
        return Some(Difference::Empty);
    }
    let other = text.chars().find(|sign| !takes(*sign))?;
    Some(match text.trim() != text && other.is_whitespace() {
        true => Difference::Space,
        false if leaving(text) => Difference::Leaving,
        false => Difference::NoDigit { code: u32::from(other) },
    })
}

const fn length_of(found: usize, wanted: usize) -> Difference {
    if found < wanted { Difference::TooShort } else { Difference::TooLong }
}

/// With its hyphens, or without any (RFC 9562, 4, and as many systems store them), in braces as Windows
/// shows a GUID, or as a URN (RFC 9562, 4).
fn uuid(text: &str) -> Result<Value, Difference> {
    let braces = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let text = braces.or_else(|| text.strip_prefix("urn:uuid:")).unwrap_or(text);
    let groups: Vec<_> = text.split('-').map(str::len).collect();
    if !matches!(groups.as_slice(), [8, 4, 4, 4, 12] | [32]) {
        let hexadecimal = |sign: char| sign.is_ascii_hexdigit() || sign == '-';
        let digits = text.chars().filter(char::is_ascii_hexdigit).count();
        return Err(wrong_digit(text, hexadecimal).unwrap_or(match digits {
            32 => Difference::Hyphens,
            found => length_of(found, 32),
        }));
    }
    let digits: Zeroizing<String> =
        Zeroizing::new(text.chars().filter(|sign| *sign != '-').collect());
    Ok(Value::Bytes(hex_digits(&digits, 32)?.to_vec()))
}
