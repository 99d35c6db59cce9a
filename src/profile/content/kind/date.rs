// SPDX-License-Identifier: MIT OR Apache-2.0
//! `date`: as digits in a pattern, or as a number of days, seconds or years.

use core::ops::Range;

use zeroize::Zeroizing;

use crate::profile::check::{dates, most_in};
use crate::profile::content::charset::Charset;
use crate::profile::error::mistake;
use crate::profile::model::FieldKind;
use crate::profile::record::{FieldError, Record};
use crate::profile::{Day, Moment};

use super::digits::Form;
use super::{Around, Entries, Given, Kind, Layout, Number, Order, Piece, ProfileError, Source, Told, Unmade, read_uint, tell_or_hex, write_uint, Coding, Place, bits_of_bytes, ordered};

const FORMS: &str = "write \"bcd:yyyymmdd\", \"ascii:yyyy-mm-dd\" or another pattern of yyyy, yy, mm, \
                     dd, ddd, HH, MM and SS, or \"days:2000-01-01\", \"seconds:1970-01-01\" or \
                     \"years:1900-01-01\" for how many come after that day";

/// A date in one of its forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Date {
    source: Source,
    form: DateForm,
}

impl Date {
    /// The form of a date in a bit format and among numbers of a few bits.
    pub(in crate::profile) const IN_BITS: &str = "number:yyyymmdd";
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum DateForm {
    /// The pattern's digits, and what stands between them.
    Pattern { pattern: Vec<Token>, form: Form },
    /// How many days, seconds or years after a day.
    Counted { counted: Counted, bytes: usize, order: Order },
}

/// How much later than a day a date is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) source: Source,
    pub(super) unit: Unit,
    pub(super) since: Day,
}

/// In what it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Whole days; what the clock shows is left out.
    Days,
    /// Seconds, 86,400 a day.
    Seconds,
    /// From one year's number to the other's.
    Years,
}

/// A date as the number that its digits are, as bit formats and numbers of a few bits have it.
pub(super) fn decimal(
    entries: &mut Entries<'_, '_, '_>,
    most: u64,
    place: &str,
) -> Result<Number, ProfileError> {
    let (at, source, (_, to)) = entries.source("date", &["date", "datetime"], dates)?;
    let instead = format!("write form = {:?}", Date::IN_BITS);
    let (form_at, form) = entries.string("form", &instead)?;
    if form != Date::IN_BITS {
        let problem = format!("{form:?} is no form of a date in bits");
        return Err(entries.check.error(mistake::FORM, form_at, problem, instead));
    }
    let last = to.decimal();
    if last > most {
        let problem = format!("{last} does not fit {place}");
        let instead = "write more room, or an earlier to for the field";
        return Err(entries.check.error(mistake::NO_ROOM, at, problem, instead));
    }
    Ok(Number::Decimal(source))
}

impl Unit {
    const NAMES: [(&'static str, Self); 3] =
        [("days", Self::Days), ("seconds", Self::Seconds), ("years", Self::Years)];

    const fn name(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Seconds => "seconds",
            Self::Years => "years",
        }
    }

    /// `None` where the moment is before the day.
    fn count(self, moment: Moment, since: Day) -> Option<u64> {
        match self {
            Self::Days => moment.day().days_since(since),
            Self::Seconds => moment.seconds_since(since),
            Self::Years => moment.day().year().checked_sub(since.year()).map(u64::from),
        }
    }
}

impl Counted {
    /// Where it stands.
    pub(super) fn place(&self, bits: Vec<usize>) -> Place {
        Place {
            unit: Some(self.unit.name().to_owned()),
            since: Some(self.since.to_string()),
            ..Place::field(&self.source, bits, Coding::Binary)
        }
    }

    pub(super) fn value(&self, record: &Record) -> Result<u64, FieldError> {
        let count = self.unit.count(self.source.moment(record)?, self.since);
        count.ok_or_else(|| self.source.not_allowed())
    }

    pub(super) fn told(&self, count: u64) -> String {
        format!("{count} {} after {}", self.unit.name(), self.since)
    }

    /// Whether all that the field may be is counted, and has room.
    pub(super) fn fits(
        &self,
        entries: &Entries<'_, '_, '_>,
        at: usize,
        (from, to): (Day, Day),
        (room, place): (u64, &str),
    ) -> Result<(), ProfileError> {
        let (unit, since) = (self.unit.name(), self.since);
        if from < since {
            let problem = format!("the field's dates begin {from}, before {since}");
            let instead = format!(
                "count from {from} or earlier, or write from = \"{since}\" or later for the field"
            );
            return Err(entries.check.error(mistake::RANGE, at, problem, instead));
        }
        let last = Moment::at_midnight(to);
        let most = self.unit.count(last, since).unwrap_or(u64::MAX);
        let day = if self.unit == Unit::Seconds { 86_399 } else { 0 };
        let most = most.saturating_add(day);
        if most > room {
            let problem = format!("{most} {unit} after {since} do not fit {place}");
            let instead = "write more room, or an earlier to for the field";
            return Err(entries.check.error(mistake::NO_ROOM, at, problem, instead));
        }
        Ok(())
    }
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
    /// `HH`
    Hour,
    /// `MM`
    Minute,
    /// `SS`
    Second,
    /// Anything but letters and digits.
    Between(char),
}

impl Token {
    /// The pieces of a pattern, `None` where it has others.
    fn pattern(mut text: &str) -> Option<Vec<Self>> {
        const LETTERS: [(&str, Token); 8] = [
            ("HH", Token::Hour),
            ("MM", Token::Minute),
            ("SS", Token::Second),
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

    /// The token as profiles write it.
    fn word(self) -> String {
        let word = match self {
            Self::Year => "yyyy",
            Self::YearOfCentury => "yy",
            Self::Month => "mm",
            Self::Day => "dd",
            Self::DayOfYear => "ddd",
            Self::Hour => "HH",
            Self::Minute => "MM",
            Self::Second => "SS",
            Self::Between(sign) => return sign.to_string(),
        };
        word.to_owned()
    }

    const fn digits(self) -> usize {
        match self {
            Self::Year => 4,
            Self::DayOfYear => 3,
            Self::YearOfCentury
            | Self::Month
            | Self::Day
            | Self::Hour
            | Self::Minute
            | Self::Second => 2,
            Self::Between(_) => 1,
        }
    }

    /// Whether it is of a time of day.
    const fn is_time(self) -> bool {
        match self {
            Self::Hour | Self::Minute | Self::Second => true,
            Self::Year
            | Self::YearOfCentury
            | Self::Month
            | Self::Day
            | Self::DayOfYear
            | Self::Between(_) => false,
        }
    }

    fn write(self, moment: Moment, out: &mut String) {
        let day = moment.day();
        let number = match self {
            Self::Year => day.year().into(),
            Self::YearOfCentury => u32::from(day.year() % 100),
            Self::Month => day.month().into(),
            Self::Day => day.day().into(),
            Self::DayOfYear => day.of_year().into(),
            Self::Hour => moment.hour(),
            Self::Minute => moment.minute(),
            Self::Second => moment.second(),
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
         pattern of `yyyy`, `yy`, `mm`, `dd`, `ddd` (day of the year, from 001) and, of a \
         field of type `\"datetime\"`, `HH`, `MM` and `SS`, in ASCII with signs between them |",
        "| `{ date = FIELD, form = \"days:2000-01-01\", bytes = N, order = \"big\" }` | a \
         date as the number of days after that one; `\"seconds:1970-01-01\"`: the seconds \
         after it began, 86,400 a day; `\"years:1900-01-01\"`: the years after that one |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let (at, source, days) = entries.source("date", &["date", "datetime"], dates)?;
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
            "days" | "seconds" | "years" => {
                let unit = Unit::NAMES.iter().find(|(name, _)| *name == kind);
                let unit = unit.map_or(Unit::Days, |(_, unit)| *unit);
                let since = entries.check.day(form_at, detail)?;
                let counted = Counted { source: source.clone(), unit, since };
                let bytes = entries.number("bytes", 8)?;
                let order = entries.order(bytes)?;
                let place = format!("{bytes} bytes");
                counted.fits(entries, at, days, (most_in(bytes), &place))?;
                DateForm::Counted { counted, bytes, order }
            }
            "bcd" | "ascii" => {
                let pattern = Token::pattern(detail).ok_or_else(|| wrong(entries))?;
                let between = pattern.iter().any(|token| matches!(token, Token::Between(_)));
                if kind == "bcd" && between {
                    return Err(wrong(entries));
                }
                tells_centuries(entries, form_at, &pattern, days)?;
                let is_date = matches!(source.field.kind, FieldKind::Date { .. });
                if is_date && pattern.iter().any(|token| token.is_time()) {
                    let problem = "the field has no time of day";
                    let instead = "take HH, MM and SS out, or make it a field of type \"datetime\"";
                    return Err(entries.check.error(mistake::TYPE, form_at, problem, instead));
                }
                let form = if kind == "bcd" { Form::Bcd } else { Form::Ascii };
                DateForm::Pattern { pattern, form }
            }
            _ => return Err(wrong(entries)),
        };
        Ok(Self { source, form })
    }
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
            DateForm::Counted { bytes, .. } => *bytes,
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
        let moment = self.source.moment(given.record)?;
        match &self.form {
            DateForm::Pattern { pattern, form } => {
                let count = digits(pattern);
                let mut text = Zeroizing::new(String::with_capacity(count));
                for token in pattern {
                    token.write(moment, &mut text);
                }
                form.write(&text, count, out);
                Ok(())
            }
            DateForm::Counted { counted, bytes, order } => {
                let written = write_uint(counted.value(given.record)?, *bytes, *order, out);
                Ok(written.ok_or_else(|| self.source.not_allowed())?)
            }
        }
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let value = match &self.form {
            DateForm::Pattern { form: Form::Ascii, .. } => Charset::Ascii.printable(here),
            DateForm::Pattern { form, .. } => form.told(here),
            DateForm::Counted { counted, order, .. } => {
                read_uint(here, *order).map(|count| counted.told(count))
            }
        };
        tell_or_hex(told, &self.source, value, here);
    }

    fn places(&self, here: Range<usize>, _: &[usize], places: &mut Vec<Place>) {
        places.push(match &self.form {
            DateForm::Pattern { pattern, form } => {
                let words = pattern.iter().map(|token| token.word()).collect();
                let place = Place::field(&self.source, bits_of_bytes(here), form.coding());
                Place { pattern: Some(words), ..place }
            }
            DateForm::Counted { counted, order, .. } => counted.place(ordered(here, *order)),
        });
    }
}

fn digits(pattern: &[Token]) -> usize {
    pattern.iter().map(|token| token.digits()).sum()
}
