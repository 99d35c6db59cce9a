// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which day it is.

use std::time::SystemTime;

use crate::day::Day;

impl Day {
    /// The day that it is then in UTC; `None` before the year 1970 and behind 9999.
    #[must_use]
    pub fn of_clock(time: SystemTime) -> Option<Self> {
        let days = time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs() / 86_400;
        Self::new(1970, 1, 1)?.after(u32::try_from(days).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 1970 to 2000 are 30 years with 7 leap days, so 10,957 days.
    #[test]
    fn a_clock_tells_the_day_in_utc() {
        use core::time::Duration;
        let at = |seconds| Day::of_clock(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(86_400 * 10_957), Some(Day::FIRST));
        assert_eq!(at(86_400 * 10_957 - 1), "1999-12-31".parse().ok());
        assert_eq!(Day::of_clock(SystemTime::UNIX_EPOCH - Duration::from_secs(1)), None);
    }
}
