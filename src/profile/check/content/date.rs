// SPDX-License-Identifier: MIT OR Apache-2.0
//! `date`: its form, and whether all days of the field have one.

use super::super::super::Day;
use super::super::super::content::{Date, DateForm, Form, Part, Token};
use super::super::super::error::ProfileError;
use super::super::super::model::FieldKind;
use super::{Entries, most_in};
use crate::profile::error::mistake;

const FORMS: &str = "write \"bcd:yyyymmdd\", \"ascii:yyyy-mm-dd\" or another pattern of yyyy, yy, mm, \
                     dd and ddd, or \"days:2000-01-01\" for the number of days after that one";

impl Entries<'_, '_, '_> {
    pub(super) fn date(&mut self) -> Result<Part, ProfileError> {
        let (at, source, days) = self.source("date", &["date"], dates)?;
        let (form_at, text) = self.string("form", FORMS)?;
        let wrong = |entries: &Self| {
            entries.check.error(
                mistake::FORM,
                form_at,
                format!("{text:?} is no form of a date"),
                FORMS,
            )
        };
        let Some((kind, detail)) = text.split_once(':') else { return Err(wrong(self)) };
        let form = match kind {
            "days" => self.days_since((at, days), (form_at, detail))?,
            "bcd" | "ascii" => {
                let pattern = Token::pattern(detail).ok_or_else(|| wrong(self))?;
                let between = pattern.iter().any(|token| matches!(token, Token::Between(_)));
                if kind == "bcd" && between {
                    return Err(wrong(self));
                }
                self.tells_centuries(form_at, &pattern, days)?;
                let form = if kind == "bcd" { Form::Bcd } else { Form::Ascii };
                DateForm::Pattern { pattern, form }
            }
            _ => return Err(wrong(self)),
        };
        Ok(Part::Date(Date { source, form }))
    }

    fn days_since(
        &mut self,
        (at, (from, to)): (usize, (Day, Day)),
        (form_at, text): (usize, &str),
    ) -> Result<DateForm, ProfileError> {
        let since = self.check.day(form_at, text)?;
        let bytes = self.number("bytes", 8)?;
        let order = self.order(bytes)?;
        if from < since {
            let problem = format!("the field's dates begin {from}, before {since}");
            let instead = format!(
                "write form = \"days:{from}\" or earlier, or from = \"{since}\" or later for the field"
            );
            return Err(self.check.error(mistake::RANGE, at, problem, instead));
        }
        let most = to.days_since(since).unwrap_or(u64::MAX);
        if most > most_in(bytes) {
            let problem = format!("{most} days after {since} do not fit {bytes} bytes");
            let instead = "write more bytes, or an earlier to for the field";
            return Err(self.check.error(mistake::NO_ROOM, at, problem, instead));
        }
        Ok(DateForm::Days { since, bytes, order })
    }

    /// Two digits of a year stand for one year only within a hundred.
    fn tells_centuries(
        &self,
        at: usize,
        pattern: &[Token],
        (from, to): (Day, Day),
    ) -> Result<(), ProfileError> {
        let years = to.year().saturating_sub(from.year());
        if pattern.contains(&Token::YearOfCentury) && years >= 100 {
            let problem = format!("yy does not tell the years from {from} to {to} apart");
            let instead = "write yyyy, or from and to for the field within a hundred years";
            return Err(self.check.error(mistake::RANGE, at, problem, instead));
        }
        Ok(())
    }
}

pub(super) const fn dates(kind: FieldKind) -> Option<(Day, Day)> {
    if let FieldKind::Date { from, to } = kind { Some((from, to)) } else { None }
}
