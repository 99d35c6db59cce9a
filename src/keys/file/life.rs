// SPDX-License-Identifier: MIT OR Apache-2.0
//! From when until when the keys of a file are put on cards.

use super::{Entries, KeyFileError};
use crate::day::Day;
use crate::key::Life;

impl Entries<'_> {
    pub(super) fn life(&self) -> Result<Life, KeyFileError> {
        let mut life = Life::ALWAYS;
        if let Some(first) = self.day("not_before", NOT_BEFORE)? {
            life = life.from(first);
        }
        if let Some(last) = self.day("not_after", NOT_AFTER)? {
            if life.first().is_some_and(|first| first > last) {
                let value = self.need("not_after", NOT_AFTER)?;
                return Err(self.error(value, "this is before not_before", NOT_AFTER));
            }
            life = life.until(last);
        }
        match self.table.get("revoked").map(|value| value.get_ref().as_bool()) {
            Some(Some(true)) => Ok(life.revoked()),
            Some(Some(false)) => Ok(life),
            Some(None) | None => {
                let day = self.day("revoked", REVOKED)?;
                Ok(day.map_or(life, |day| life.revoked_on(day)))
            }
        }
    }

    /// The day of an entry, where it is there.
    fn day(&self, entry: &str, instead: &'static str) -> Result<Option<Day>, KeyFileError> {
        let Some(value) = self.table.get(entry) else { return Ok(None) };
        let day = self.string(entry, instead)?.parse();
        day.map(Some).map_err(|_| self.error(value, "this is no day of the calendar", instead))
    }
}

const NOT_BEFORE: &str = "write not_before = \"2027-01-01\" with the first day on which it is put on \
                          cards, in UTC";
const NOT_AFTER: &str = "write not_after = \"2027-12-31\" with the last day on which it is put on \
                         cards, in UTC";
const REVOKED: &str = "write revoked = \"2027-06-01\" with the day from which on it is put on no card, \
                       or revoked = true";
