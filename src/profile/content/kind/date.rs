// SPDX-License-Identifier: MIT OR Apache-2.0
//! `date`: as digits in a pattern, or as a number of days.

use zeroize::Zeroizing;

use crate::profile::Day;
use crate::profile::check::{dates, most_in};
use crate::profile::content::charset::Charset;
use crate::profile::error::mistake;
use crate::profile::record::Value;

use super::digits::Form;
use super::{
    Around, Entries, Given, Kind, Layout, Order, Piece, ProfileError, Source, Told, Unmade,
    read_uint, tell_or_hex, write_uint,
};

const FORMS: &str = "write \"bcd:yyyymmdd\", \"ascii:yyyy-mm-dd\" or another pattern of yyyy, yy, mm, \
                     dd and ddd, or \"days:2000-01-01\" for the number of days after that one";

/// A date in one of its forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Date {
    source: Source,
    form: DateForm,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum DateForm {
    /// The pattern's digits, and what stands between them.
    Pattern { pattern: Vec<Token>, form: Form },
    /// How many days after the first one.
    Days { since: Day, bytes: usize, order: Order },
}

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
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
    fn pattern(mut text: &str) -> Option<Vec<Self>> {
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

    const fn digits(self) -> usize {
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

impl Kind for Date {
    const NAME: &'static str = "date";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ date = FIELD, form = \"bcd:yyyymmdd\" }` | a date as digits: `\"bcd:\"` (two \
         to a byte, a zero in front of an odd number of them) or `\"ascii:\"`, and a \
         pattern of `yyyy`, `yy`, `mm`, `dd`, `ddd` (day of the year, from 001), in ASCII \
         with signs between them |",
        "| `{ date = FIELD, form = \"days:2000-01-01\", bytes = N, order = \"big\" }` | a \
         date as the number of days after that one |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let (at, source, days) = entries.source("date", &["date"], dates)?;
        let (form_at, text) = entries.string("form", FORMS)?;
        let wrong = |entries: &Entries<'_, '_, '_>| {
            entries.check.error(
                mistake::FORM,
                form_at,
                format!("{text:?} is no form of a date"),
                FORMS,
            )
        };
        let Some((kind, detail)) = text.split_once(':') else { return Err(wrong(entries)) };
        let form = match kind {
            "days" => days_since(entries, (at, days), (form_at, detail))?,
            "bcd" | "ascii" => {
                let pattern = Token::pattern(detail).ok_or_else(|| wrong(entries))?;
                let between = pattern.iter().any(|token| matches!(token, Token::Between(_)));
                if kind == "bcd" && between {
                    return Err(wrong(entries));
                }
                tells_centuries(entries, form_at, &pattern, days)?;
                let form = if kind == "bcd" { Form::Bcd } else { Form::Ascii };
                DateForm::Pattern { pattern, form }
            }
            _ => return Err(wrong(entries)),
        };
        Ok(Self { source, form })
    }
}

fn days_since(
    entries: &mut Entries<'_, '_, '_>,
    (at, (from, to)): (usize, (Day, Day)),
    (form_at, text): (usize, &str),
) -> Result<DateForm, ProfileError> {
    let since = entries.check.day(form_at, text)?;
    let bytes = entries.number("bytes", 8)?;
    let order = entries.order(bytes)?;
    if from < since {
        let problem = format!("the field's dates begin {from}, before {since}");
        let instead = format!(
            "write form = \"days:{from}\" or earlier, or from = \"{since}\" or later for the field"
        );
        return Err(entries.check.error(mistake::RANGE, at, problem, instead));
    }
    let most = to.days_since(since).unwrap_or(u64::MAX);
    if most > most_in(bytes) {
        let problem = format!("{most} days after {since} do not fit {bytes} bytes");
        let instead = "write more bytes, or an earlier to for the field";
        return Err(entries.check.error(mistake::NO_ROOM, at, problem, instead));
    }
    Ok(DateForm::Days { since, bytes, order })
}

/// Two digits of a year stand for one year only within a hundred.
fn tells_centuries(
    entries: &Entries<'_, '_, '_>,
    at: usize,
    pattern: &[Token],
    (from, to): (Day, Day),
) -> Result<(), ProfileError> {
    let years = to.year().saturating_sub(from.year());
    if pattern.contains(&Token::YearOfCentury) && years >= 100 {
        let problem = format!("yy does not tell the years from {from} to {to} apart");
        let instead = "write yyyy, or from and to for the field within a hundred years";
        return Err(entries.check.error(mistake::RANGE, at, problem, instead));
    }
    Ok(())
}

impl Piece for Date {
    fn length(&self) -> usize {
        match &self.form {
            DateForm::Pattern { pattern, form } => form.bytes(digits(pattern)),
            DateForm::Days { bytes, .. } => *bytes,
        }
    }

    fn sources(&self) -> Vec<&Source> {
        vec![&self.source]
    }

    fn render(
        &self,
        given: &Given<'_>,
        _: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        let Some(Value::Date(day)) = self.source.value(given.record) else {
            return Err(self.source.not_allowed().into());
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
                let written = write_uint(days, *bytes, *order, out);
                Ok(written.ok_or_else(|| self.source.not_allowed())?)
            }
        }
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let value = match &self.form {
            DateForm::Pattern { form: Form::Ascii, .. } => Charset::Ascii.printable(here),
            DateForm::Pattern { form, .. } => form.told(here),
            DateForm::Days { since, order, .. } => {
                let (year, month, day) = (since.year(), since.month(), since.day());
                read_uint(here, *order)
                    .map(|days| format!("{days} days after {year:04}-{month:02}-{day:02}"))
            }
        };
        tell_or_hex(told, &self.source, value, here);
    }
}

fn digits(pattern: &[Token]) -> usize {
    pattern.iter().map(|token| token.digits()).sum()
}
