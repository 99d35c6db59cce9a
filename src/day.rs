// SPDX-License-Identifier: MIT OR Apache-2.0
//! Dates without a time, as records, profiles and key files write them.

use core::fmt;
use core::str::FromStr;

use jiff::civil::Date;
use zeroize::Zeroize;

/// A day of the Gregorian calendar, in the years 1 to 9999. Written `YYYY-MM-DD`, which is the
/// calendar date of ISO 8601 in its extended format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Zeroize)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// The first of January 2000.
    pub(crate) const FIRST: Self = Self { year: 2000, month: 1, day: 1 };
    /// The day 0 of spreadsheets.
    pub(crate) const OF_SPREADSHEETS: Self = Self { year: 1899, month: 12, day: 30 };
    /// The last of December 2099.
    pub(crate) const LAST: Self = Self { year: 2099, month: 12, day: 31 };

    /// `None` where the calendar has no such day.
    pub(crate) fn new(year: u16, month: u16, day: u16) -> Option<Self> {
        let [month, day] = [month, day].map(|part| u8::try_from(part).ok());
        let day = Self { year, month: month?, day: day? };
        (year > 0 && day.date().is_some()).then_some(day)
    }

    /// The day so many days later, `None` behind the year 9999.
    pub(crate) fn after(self, days: u32) -> Option<Self> {
        let date = self.date()?.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
        let [month, day] = [date.month(), date.day()].map(|part| u16::from(part.unsigned_abs()));
        Self::new(date.year().unsigned_abs(), month, day)
    }

    /// The year, 1 to 9999.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// The day of the year, 1 to 366.
    pub(crate) fn of_year(self) -> u16 {
        let day = self.date().map_or(0, Date::day_of_year);
        day.unsigned_abs()
    }

    /// The number that its eight digits are: 20280229.
    pub(crate) fn decimal(self) -> u64 {
        let [year, month, day] = [self.year, self.month.into(), self.day.into()].map(u64::from);
        year.saturating_mul(100).saturating_add(month).saturating_mul(100).saturating_add(day)
    }

    /// The day whose digits a number has, `None` where they are none.
    pub(crate) fn of_decimal(number: u64) -> Option<Self> {
        let digits = |from: u64, until: u64| u16::try_from((number / from) % until).ok();
        let year = u16::try_from(number / 10_000).ok()?;
        Self::new(year, digits(100, 100)?, digits(1, 100)?)
    }

    /// How many days it is after another; `None` where it is before it.
    pub(crate) fn days_since(self, first: Self) -> Option<u64> {
        let hours = self.date()?.duration_since(first.date()?).as_hours();
        u64::try_from(hours.checked_div(24)?).ok()
    }

    fn date(self) -> Option<Date> {
        let year = i16::try_from(self.year).ok()?;
        let [month, day] = [self.month, self.day].map(|part| i8::try_from(part).ok());
        Date::new(year, month?, day?).ok()
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let mut parts = text.split('-');
        let mut part = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits)?;
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse::<u16>().ok()).flatten()
        };
        let (year, month, day) = (part(4), part(2), part(2));
        let day = || {
            let [month, day] = [month?, day?].map(|part| u8::try_from(part).ok());
            Some(Self { year: year.filter(|year| *year > 0)?, month: month?, day: day? })
        };
        let day = day().filter(|day| day.date().is_some() && parts.next().is_none());
        day.ok_or(DayError)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A text that is no date. It is not quoted: it may be somebody's birthday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a date is written YYYY-MM-DD, such as 2027-12-31")]
#[non_exhaustive]
pub struct DayError;

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn dates_are_those_of_the_calendar_in_one_spelling() {
        assert_eq!(day("2028-02-29").to_string(), "2028-02-29");
        assert_eq!((day("0412-03-04").year(), day("0412-03-04").of_year()), (412, 64));
        for text in [
            "2027-02-29",
            "2100-02-29",
            "2027-13-01",
            "2027-00-10",
            "2027-04-31",
            "27-04-30",
            "2027-4-30",
            "2027-04-30 ",
            "+027-04-30",
            "2027-04-30-",
            "20270430",
            "0000-01-01",
            "2027-04",
            "2027-04-\u{0663}",
            "",
        ] {
            assert_eq!(text.parse::<Day>(), Err(DayError), "{text}");
        }
    }

    /// By hand: 2000 and 2004 are leap years, so from 2000-01-01 to 2005-01-01 are
    /// 366 + 3 * 365 + 366 = 1827 days.
    #[test]
    fn days_are_counted_over_leap_years() {
        assert_eq!(day("2005-01-01").days_since(Day::FIRST), Some(1827));
        assert_eq!(Day::FIRST.days_since(Day::FIRST), Some(0));
        assert_eq!(day("1999-12-31").days_since(Day::FIRST), None);
        assert_eq!((day("2028-12-31").of_year(), day("2027-12-31").of_year()), (366, 365));
    }
}
