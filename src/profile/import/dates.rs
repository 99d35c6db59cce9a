// SPDX-License-Identifier: MIT OR Apache-2.0
//! How dates are written in a file of records.

use super::super::Day;
use super::super::characters::{leaving, unseen};
use super::super::record::Difference;

/// A way to write a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum DateWay {
    /// Signs one behind the other.
    Pattern(Vec<Sign>),
    /// The number of days after one.
    DaysAfter(Day),
}

/// A piece of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Sign {
    /// Four digits.
    Year,
    /// Two digits, or one or two.
    Month { two: bool },
    /// Two digits, or one or two.
    Day { two: bool },
    /// This character.
    Same(char),
}

/// From this number on all spreadsheets mean the same day, 1900-03-01: some count a 29 February before it.
const SAME_IN_ALL: u32 = 61;

impl DateWay {
    /// The calendar date of ISO 8601.
    pub(in super::super) fn iso() -> Self {
        let (month, day) = (Sign::Month { two: true }, Sign::Day { two: true });
        Self::Pattern(vec![Sign::Year, Sign::Same('-'), month, Sign::Same('-'), day])
    }

    /// Reads a pattern of `yyyy`, `mm` or `m`, `dd` or `d`, each once, or `days:` and a date.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some(first) = text.strip_prefix("days:") {
            return first.parse().ok().map(Self::DaysAfter);
        }
        let mut signs = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let run = rest.chars().take_while(|next| *next == first).count();
            let (sign, taken) = match (first, run) {
                ('y', 4) => (Sign::Year, 4),
                ('m', 1 | 2) => (Sign::Month { two: run == 2 }, run),
                ('d', 1 | 2) => (Sign::Day { two: run == 2 }, run),
                ('y' | 'm' | 'd', _) => return None,
                (other, _) => (Sign::Same(other), other.len_utf8()),
            };
            signs.push(sign);
            rest = rest.get(taken..)?;
        }
        let once =
            |wanted: fn(&Sign) -> bool| signs.iter().filter(|sign| wanted(sign)).count() == 1;
        // `dm` in `1112` is the first of November, or the eleventh of January.
        let told_apart = signs.windows(2).all(|pair| {
            let [one, next] = pair else { return true };
            let short = matches!(one, Sign::Month { two: false } | Sign::Day { two: false });
            !short || matches!(next, Sign::Same(sign) if !sign.is_ascii_digit())
        });
        let each = once(|sign| *sign == Sign::Year)
            && once(|sign| matches!(sign, Sign::Month { .. }))
            && once(|sign| matches!(sign, Sign::Day { .. }));
        (each && told_apart).then_some(Self::Pattern(signs))
    }

    /// The day, or why it is none.
    pub(in super::super) fn day(&self, text: &str) -> Result<Day, Difference> {
        match self {
            Self::Pattern(signs) => pattern(signs, text)?.ok_or(Difference::NoSuchDay),
            Self::DaysAfter(first) => {
                let days = text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
                let days = days.ok_or_else(|| otherwise(text))?;
                if *first == Day::OF_SPREADSHEETS && days < SAME_IN_ALL {
                    return Err(Difference::DayCount);
                }
                first.after(days).ok_or(Difference::DayOutside)
            }
        }
    }
}

/// `None` where the digits are in their places and the calendar has no such day.
fn pattern(signs: &[Sign], text: &str) -> Result<Option<Day>, Difference> {
    let (mut year, mut month, mut day) = (0, 0, 0);
    let mut rest = text;
    for sign in signs {
        let (least, most, number) = match sign {
            Sign::Same(wanted) => {
                rest = rest.strip_prefix(*wanted).ok_or_else(|| otherwise(text))?;
                continue;
            }
            Sign::Year => (4, 4, &mut year),
            Sign::Month { two } => (if *two { 2 } else { 1 }, 2, &mut month),
            Sign::Day { two } => (if *two { 2 } else { 1 }, 2, &mut day),
        };
        let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (taken, left) = rest.split_at_checked(digits).unwrap_or(("", rest));
        if digits < least {
            return Err(otherwise(text));
        }
        *number = taken.parse::<u16>().unwrap_or(0);
        rest = left;
    }
    match rest.is_empty() {
        true => Ok(Day::new(year, month, day)),
        false => Err(otherwise(text)),
    }
}

/// What stands there instead of a date in the way that is wanted.
fn otherwise(text: &str) -> Difference {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let length = text.chars().count();
    if text.is_empty() {
        return Difference::Empty;
    }
    if let Some(unlike) = unlike(text) {
        return unlike;
    }
    if digits == length && digits != 8 {
        return Difference::DayCount;
    }
    if text.contains(':') && digits >= 8 {
        return Difference::TimeOfDay;
    }
    if digits == length || (digits >= 4 && length <= 12 && digits.saturating_add(4) >= length) {
        return Difference::DateForm;
    }
    Difference::NotADate
}

/// What no eye tells from a date, or what never is one.
fn unlike(text: &str) -> Option<Difference> {
    let unseen = text
        .chars()
        .find_map(|sign| unseen(sign).map(|why| Difference::Unseen { code: u32::from(sign), why }));
    let dash = |sign: &char| {
        matches!(sign, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}')
    };
    let digit = |sign: &char| sign.is_numeric() && !sign.is_ascii() && !sign.is_alphabetic();
    match text {
        _ if unseen.is_some() => unseen,
        _ if text.trim() != text => Some(Difference::Space),
        _ if leaving(text) => Some(Difference::Leaving),
        _ if text.starts_with(['\'', '"', '\u{2019}']) => Some(Difference::Quote),
        _ => {
            let dash = text.chars().find(dash);
            let dash = dash.map(|sign| Difference::NoDigit { code: u32::from(sign) });
            let digit = text.chars().find(digit);
            dash.or(digit.map(|sign| Difference::OtherDigits { code: u32::from(sign) }))
        }
    }
}
