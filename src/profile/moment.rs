// SPDX-License-Identifier: MIT OR Apache-2.0
//! Dates with a time of day, as records write them.

use core::fmt;
use core::str::FromStr;

use zeroize::Zeroize;

use super::{Day, DayError};

/// A day and a time on it, to the second, in no time zone: what a clock on the wall shows. Written
/// `YYYY-MM-DDTHH:MM:SS`, which is ISO 8601 in its extended format; without seconds they are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Zeroize)]
pub(super) struct Moment {
    day: Day,
    /// After midnight, 0 to 86,399.
    seconds: u32,
}

impl Moment {
    /// `None` where the time is none of a day.
    pub(super) fn new(day: Day, time: &str) -> Option<Self> {
        let parts = time.split(':').map(|part| {
            let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse::<u32>().ok()).flatten()
        });
        let (hour, minute, second) = match *parts.collect::<Option<Vec<_>>>()? {
            [hour, minute] => (hour, minute, 0),
            [hour, minute, second] => (hour, minute, second),
            _ => return None,
        };
        let seconds =
            hour.checked_mul(60)?.checked_add(minute)?.checked_mul(60)?.checked_add(second)?;
        (hour < 24 && minute < 60 && second < 60).then_some(Self { day, seconds })
    }

    /// Midnight, with which a day begins.
    pub(super) const fn at_midnight(day: Day) -> Self {
        Self { day, seconds: 0 }
    }

    pub(super) const fn day(&self) -> Day {
        self.day
    }

    pub(super) const fn hour(self) -> u32 {
        self.seconds / 3600
    }

    pub(super) const fn minute(self) -> u32 {
        self.seconds / 60 % 60
    }

    pub(super) const fn second(self) -> u32 {
        self.seconds % 60
    }

    /// So many seconds after a day began, each day having 86,400; `None` behind the year 9999.
    pub(super) fn after(first: Day, seconds: u64) -> Option<Self> {
        let day = first.after(u32::try_from(seconds / 86_400).ok()?)?;
        Some(Self { day, seconds: u32::try_from(seconds % 86_400).ok()? })
    }

    /// How many seconds it is after a day began, each day having 86,400; `None` where it is before.
    pub(super) fn seconds_since(self, first: Day) -> Option<u64> {
        let days = self.day.days_since(first)?;
        days.checked_mul(86_400)?.checked_add(self.seconds.into())
    }
}

impl FromStr for Moment {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let (day, time) = text.split_once('T').ok_or(DayError)?;
        Self::new(day.parse()?, time).ok_or(DayError)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.hour(), self.minute(), self.second());
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}", self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_one_of_a_day() {
        let moment: Moment = "2027-12-31T23:59:08".parse().unwrap();
        assert_eq!(moment.to_string(), "2027-12-31T23:59:08");
        assert_eq!((moment.hour(), moment.minute(), moment.second()), (23, 59, 8));
        // The last second of the day, 86,400 a day.
        let since = "2027-12-30".parse().unwrap();
        assert_eq!(moment.seconds_since(since), Some(86_400 + 86_400 - 52));
        assert_eq!(Moment::after(since, 86_400 + 86_400 - 52), Some(moment));
        assert_eq!(Moment::after(since, u64::MAX), None);
        assert_eq!(
            "2027-12-31T07:05".parse::<Moment>().unwrap().to_string(),
            "2027-12-31T07:05:00"
        );
        for text in
            ["2027-12-31", "2027-12-31T24:00:00", "2027-12-31T1:00", "2027-12-31T10:60", "T10:00"]
        {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
        assert_eq!(moment.seconds_since("2028-01-01".parse().unwrap()), None);
    }
}
