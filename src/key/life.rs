// SPDX-License-Identifier: MIT OR Apache-2.0
//! From when until when keys are put on cards.

use super::KeyError;
use crate::day::Day;

/// From when until when an issuer key is put on cards, in whole days of UTC; the first day and the last are
/// among them. A key that is not put on cards any more opens those that hold it: they can be verified, and
/// brought to its next version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Life {
    first: Option<Day>,
    last: Option<Day>,
    revoked: Option<Revoked>,
}

/// That a key was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a further way must break every match")]
pub enum Revoked {
    /// On which day is not said.
    Always,
    /// On this day, from which on it is put on no card.
    From(Day),
}

impl Life {
    /// Of a key that says nothing of it.
    pub const ALWAYS: Self = Self { first: None, last: None, revoked: None };

    /// The same from this day on.
    #[must_use]
    pub const fn from(mut self, first: Day) -> Self {
        self.first = Some(first);
        self
    }

    /// The same until this day, which is the last.
    #[must_use]
    pub const fn until(mut self, last: Day) -> Self {
        self.last = Some(last);
        self
    }

    /// The same of a key that was revoked on this day, and is put on no card on it either.
    #[must_use]
    pub const fn revoked_on(mut self, day: Day) -> Self {
        self.revoked = Some(Revoked::From(day));
        self
    }

    /// The same of a revoked key.
    #[must_use]
    pub const fn revoked(mut self) -> Self {
        self.revoked = Some(Revoked::Always);
        self
    }

    /// The first day, where there is one.
    #[must_use]
    pub const fn first(&self) -> Option<Day> {
        self.first
    }

    /// The last day, where there is one.
    #[must_use]
    pub const fn last(&self) -> Option<Day> {
        self.last
    }

    /// Whether it was revoked, and when.
    #[must_use]
    pub const fn revocation(&self) -> Option<Revoked> {
        self.revoked
    }

    /// Whether it is put on cards today; `None` where no clock tells which day that is.
    ///
    /// # Errors
    /// [`KeyError::Revoked`], [`KeyError::NotYet`], [`KeyError::Over`]; [`KeyError::NoDay`] where that depends
    /// on the day and nobody knows it.
    pub fn on(&self, today: Option<Day>) -> Result<(), KeyError> {
        let revoked = match self.revoked {
            Some(Revoked::Always) => return Err(KeyError::Revoked),
            Some(Revoked::From(day)) => Some(day),
            None => None,
        };
        if self.first.or(self.last).or(revoked).is_none() {
            return Ok(());
        }
        let today = today.ok_or(KeyError::NoDay)?;
        if revoked.is_some_and(|day| today >= day) {
            return Err(KeyError::Revoked);
        }
        match (self.first, self.last) {
            (Some(first), _) if today < first => Err(KeyError::NotYet(first)),
            (_, Some(last)) if today > last => Err(KeyError::Over(last)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_and_last_day_are_among_them_and_the_day_of_revoking_is_not() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let (first, last) = (day("2026-05-01"), day("2026-05-31"));
        let life = Life::ALWAYS.from(first).until(last);
        for (today, said) in [
            ("2026-04-30", Err(KeyError::NotYet(first))),
            ("2026-05-01", Ok(())),
            ("2026-05-31", Ok(())),
            ("2026-06-01", Err(KeyError::Over(last))),
        ] {
            assert_eq!(life.on(Some(day(today))), said, "{today}");
            let revoked = life.revoked_on(day("2026-05-31")).on(Some(day(today)));
            let gone = today >= "2026-05-31";
            assert_eq!(revoked, if gone { Err(KeyError::Revoked) } else { said }, "{today}");
            assert_eq!(life.revoked().on(Some(day(today))), Err(KeyError::Revoked));
            assert_eq!(Life::ALWAYS.on(Some(day(today))), Ok(()));
        }
        assert_eq!((life.revocation(), life.revoked().revocation()), (None, Some(Revoked::Always)));
        assert_eq!(life.revoked_on(first).revocation(), Some(Revoked::From(first)));
        assert_eq!((life.first(), life.last()), (Some(first), Some(last)));
    }

    #[test]
    fn without_a_clock_only_a_key_of_all_days_is_put_on_cards() {
        let day = "2026-05-01".parse().unwrap();
        assert_eq!(Life::ALWAYS.on(None), Ok(()));
        for life in [Life::ALWAYS.from(day), Life::ALWAYS.until(day), Life::ALWAYS.revoked_on(day)]
        {
            assert_eq!(life.on(None), Err(KeyError::NoDay));
        }
        assert_eq!(Life::ALWAYS.revoked().on(None), Err(KeyError::Revoked));
    }
}
