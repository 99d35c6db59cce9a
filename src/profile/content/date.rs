// SPDX-License-Identifier: MIT OR Apache-2.0
//! Dates: as digits in a pattern, or as a number of days.

use zeroize::Zeroizing;

use super::super::Day;
use super::super::model::FieldKind;
use super::super::record::{FieldError, Value};
use super::digits::Form;
use super::{Given, Order, Source, write_uint};

/// A date in one of its forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Date {
    pub(in super::super) source: Source,
    pub(in super::super) form: DateForm,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum DateForm {
    /// The pattern's digits, and what stands between them.
    Pattern { pattern: Vec<Token>, form: Form },
    /// How many days after the first one.
    Days { since: Day, bytes: usize, order: Order },
}

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Token {
    /// `yyyy`
    Year,
    /// `yy`
    YearOfCentury,
    /// `mm`
    Month,
    /// `dd`
    Day,
    /// `ddd`, 001 to 366
    DayOfYear,
    /// Anything but letters and digits.
    Between(char),
}

impl Token {
    /// The pieces of a pattern, `None` where it has others.
    pub(in super::super) fn pattern(mut text: &str) -> Option<Vec<Self>> {
        const LETTERS: [(&str, Token); 5] = [
            ("yyyy", Token::Year),
            ("yy", Token::YearOfCentury),
            ("mm", Token::Month),
            ("ddd", Token::DayOfYear),
            ("dd", Token::Day),
        ];
        let mut pattern = Vec::new();
        while let Some(first) = text.chars().next() {
            let letters = LETTERS
                .iter()
                .find_map(|(letters, token)| text.strip_prefix(letters).map(|rest| (rest, *token)));
            let between = || {
                let ok = first.is_ascii_graphic() || first == ' ';
                let ok = ok && !first.is_ascii_alphanumeric();
                Some((text.strip_prefix(first)?, Self::Between(first))).filter(|_| ok)
            };
            let (rest, token) = letters.or_else(between)?;
            pattern.push(token);
            text = rest;
        }
        pattern.iter().any(|token| !matches!(token, Self::Between(_))).then_some(pattern)
    }

    pub(in super::super) const fn digits(self) -> usize {
        match self {
            Self::Year => 4,
            Self::DayOfYear => 3,
            Self::YearOfCentury | Self::Month | Self::Day => 2,
            Self::Between(_) => 1,
        }
    }

    fn write(self, day: Day, out: &mut String) {
        let number = match self {
            Self::Year => day.year(),
            Self::YearOfCentury => day.year() % 100,
            Self::Month => day.month().into(),
            Self::Day => day.day().into(),
            Self::DayOfYear => day.of_year(),
            Self::Between(character) => return out.push(character),
        };
        let number = Zeroizing::new(format!("{number:0width$}", width = self.digits()));
        out.push_str(&number);
    }
}

impl DateForm {
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Pattern { pattern, form } => form.bytes(digits(pattern)),
            Self::Days { bytes, .. } => *bytes,
        }
    }
}

impl Date {
    pub(super) fn render(&self, given: Given<'_>, out: &mut Vec<u8>) -> Result<(), FieldError> {
        let Some(Value::Date(day)) = self.source.value(given.record) else {
            return Err(self.source.not_allowed());
        };
        match &self.form {
            DateForm::Pattern { pattern, form } => {
                let count = digits(pattern);
                let mut text = Zeroizing::new(String::with_capacity(count));
                for token in pattern {
                    token.write(*day, &mut text);
                }
                form.write(&text, count, out);
                Ok(())
            }
            DateForm::Days { since, bytes, order } => {
                let days = day.days_since(*since).ok_or_else(|| self.source.not_allowed())?;
                write_uint(days, *bytes, *order, out).ok_or_else(|| self.source.not_allowed())
            }
        }
    }
}

impl Date {
    /// The day that bytes say, where they say all of it: of a year without a century the one that the
    /// field allows.
    pub(super) fn read(&self, bytes: &[u8]) -> Option<Day> {
        let (pattern, form) = match &self.form {
            DateForm::Pattern { pattern, form } => (pattern, *form),
            DateForm::Days { since, order, .. } => {
                let days = super::reading::uint(bytes, *order)?;
                return since.after(u32::try_from(days).ok()?);
            }
        };
        let signs = match form {
            Form::Ascii => Zeroizing::new(core::str::from_utf8(bytes).ok()?.to_owned()),
            Form::Bcd | Form::BcdLeft => {
                let packed = form.read(bytes)?;
                let spare = packed.len().checked_sub(digits(pattern))?;
                let packed = packed.iter().skip(spare);
                Zeroizing::new(packed.map(|digit| char::from(b'0'.wrapping_add(*digit))).collect())
            }
        };
        Said::of(pattern, &signs)?.day(&self.source.field.kind)
    }
}

/// What a pattern says of a date.
#[derive(Default)]
struct Said {
    year: Option<u16>,
    of_century: Option<u16>,
    month: Option<u16>,
    day: Option<u16>,
    of_year: Option<u16>,
}

impl Said {
    fn of(pattern: &[Token], signs: &str) -> Option<Self> {
        let (mut said, mut rest) = (Self::default(), signs);
        for token in pattern {
            if let Token::Between(sign) = token {
                rest = rest.strip_prefix(*sign)?;
                continue;
            }
            let (number, behind) = rest.split_at_checked(token.digits())?;
            let all = number.bytes().all(|digit| digit.is_ascii_digit());
            let number = number.parse().ok().filter(|_| all);
            match token {
                Token::Year => said.year = number,
                Token::YearOfCentury => said.of_century = number,
                Token::Month => said.month = number,
                Token::Day => said.day = number,
                Token::DayOfYear => said.of_year = number,
                Token::Between(_) => {}
            }
            rest = behind;
        }
        rest.is_empty().then_some(said)
    }

    /// The only day of the field that it may be.
    fn day(&self, kind: &FieldKind) -> Option<Day> {
        let FieldKind::Date { from, to } = kind else { return None };
        let in_year = |year: u16| match (self.month, self.day, self.of_year) {
            (Some(month), Some(day), _) => Day::new(year, month, day),
            (_, _, Some(number)) => {
                let day = Day::new(year, 1, 1)?.after(u32::from(number.checked_sub(1)?))?;
                (day.year() == year).then_some(day)
            }
            _ => None,
        };
        if let Some(year) = self.year {
            return in_year(year);
        }
        let of_century = self.of_century?;
        let years = (from.year()..=to.year()).filter(|year| year % 100 == of_century);
        let mut days = years.filter_map(in_year).filter(|day| (*from..=*to).contains(day));
        let first = days.next();
        first.filter(|_| days.next().is_none())
    }
}

fn digits(pattern: &[Token]) -> usize {
    pattern.iter().map(|token| token.digits()).sum()
}
