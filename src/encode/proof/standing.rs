// SPDX-License-Identifier: MIT OR Apache-2.0
//! How the records of a run stand to what receipts show: done, done otherwise, or still to be done.
//!
//! A record is known by its reference, wherever it stands and whatever the file looks like; one that has
//! none by its values alone. What is done with other values, or under a profile that means something
//! else, is neither passed over nor made a second time: somebody is asked.

use std::collections::HashMap;

use crate::encode::job::Job;
use crate::encode::proof::ledger::{Entry, Ledger};
use crate::encode::proof::mark::{ContentsMark, Marker, card_mark};
use crate::encode::verdict::refusal::Refusal;
use crate::key::KeyError;
use crate::profile::{Record, RecordError};

/// How a record stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// Nothing shows it as done.
    Open,
    /// It is done as it is.
    Done,
    /// A receipt of an older version shows its reference as done, which does not tell with what.
    DoneByName,
    /// It is done with other values.
    OtherContents,
    /// It names a card, and is done on another one.
    OtherCard,
    /// It is done under a profile that means something else.
    OtherProfile {
        /// The name in that profile.
        name: String,
    },
    /// It may be one of those that are done and that nobody finds any more, changed since.
    Perhaps,
}

impl Standing {
    /// Whether it is done, and passed over.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self, Self::Done | Self::DoneByName)
    }

    /// The question, where somebody has to be asked.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Open | Self::Done | Self::DoneByName => None,
            Self::OtherContents => Some(Refusal::DoneWithOtherContents),
            Self::OtherCard => Some(Refusal::DoneOnOtherCard),
            Self::OtherProfile { name } => {
                Some(Refusal::DoneUnderOtherProfile { name: name.clone() })
            }
            Self::Perhaps => Some(Refusal::PerhapsDone),
        }
    }
}

impl Ledger {
    /// How the records of a file stand, one for each entry. Equal records without references have as
    /// many cards as there are of them.
    ///
    /// # Errors
    /// [`KeyError`] of a receipt key that is elsewhere, where records name their cards.
    pub fn standings(
        &self,
        job: &Job,
        entries: &[Result<Record, RecordError>],
    ) -> Result<Vec<Standing>, KeyError> {
        let mut looked = Look::new(self, job);
        let mut standings = entries
            .iter()
            .map(|entry| entry.as_ref().map_or(Ok(Standing::Open), |record| looked.at(record)))
            .collect::<Result<Vec<Standing>, KeyError>>()?;
        let without = entries.iter().flatten().any(|record| record.reference().is_none());
        if job.task().makes_cards() && looked.leaves(without) {
            for (standing, entry) in standings.iter_mut().zip(entries) {
                if entry.is_ok() && *standing == Standing::Open {
                    *standing = Standing::Perhaps;
                }
            }
        }
        Ok(standings)
    }

    /// How a record stands that comes alone.
    ///
    /// # Errors
    /// As [`standings`](Self::standings).
    pub fn standing(&self, job: &Job, record: &Record) -> Result<Standing, KeyError> {
        Look::new(self, job).at(record)
    }
}

/// One look through the records of a run.
struct Look<'l> {
    ledger: &'l Ledger,
    job: &'l Job,
    marker: Marker<'l>,
    /// How many of the cards that one mark stands for are given to records.
    given: HashMap<ContentsMark, usize>,
}

impl<'l> Look<'l> {
    fn new(ledger: &'l Ledger, job: &'l Job) -> Self {
        Self { ledger, job, marker: Marker::of(job), given: HashMap::new() }
    }

    fn at(&mut self, record: &Record) -> Result<Standing, KeyError> {
        let Some(mark) = self.marker.own(record) else { return Ok(Standing::Open) };
        let Some(reference) = record.reference() else {
            return match self.ledger.is_line_done(record.id()) {
                true => Ok(Standing::Done),
                false => self.by_values(record, mark),
            };
        };
        let entries = self.ledger.named(reference);
        if let Some(entry) = entries.iter().rev().find(|entry| self.ledger.is_present(entry)) {
            return self.by_reference(record, entry, mark);
        }
        let standing = self.elsewhere(entries);
        if standing != Standing::Open || !self.ledger.has_unnamed() {
            return Ok(standing);
        }
        let mark = self.marker.without_reference(record);
        mark.map_or(Ok(Standing::Open), |mark| self.by_values(record, mark))
    }

    fn by_reference(
        &self,
        record: &Record,
        entry: &Entry,
        mark: ContentsMark,
    ) -> Result<Standing, KeyError> {
        let makes = self.job.task().makes_cards();
        let another = names_another_card(self.named(record)?.as_ref(), entry);
        Ok(match entry.contents {
            None => Standing::DoneByName,
            Some(held) if held != mark && makes => Standing::OtherContents,
            Some(_) if another && makes => Standing::OtherCard,
            // Who makes no card has nothing to ask: the card that comes is looked at.
            Some(held) if held != mark || another => Standing::Open,
            Some(_) => Standing::Done,
        })
    }

    /// A record that is told by its values alone: one of the cards that they stand for is its own.
    fn by_values(&mut self, record: &Record, mark: ContentsMark) -> Result<Standing, KeyError> {
        let entries = self.ledger.unnamed(&mark);
        let present: Vec<_> = entries.iter().filter(|e| self.ledger.is_present(e)).collect();
        if present.is_empty() {
            return Ok(self.elsewhere(entries));
        }
        let named = self.named(record)?;
        let given = self.given.get(&mark).copied().unwrap_or_default();
        Ok(match present.get(given) {
            Some(_) if present.iter().all(|entry| names_another_card(named.as_ref(), entry)) => {
                match self.job.task().makes_cards() {
                    true => Standing::OtherCard,
                    false => Standing::Open,
                }
            }
            Some(_) => {
                self.given.insert(mark, given + 1);
                Standing::Done
            }
            None => Standing::Open,
        })
    }

    /// The mark of the card that the record names.
    fn named(&self, record: &Record) -> Result<Option<String>, KeyError> {
        record.uid().map(|uid| card_mark(self.job, uid)).transpose()
    }

    /// What other profiles made of it matters where this one would make a card.
    fn elsewhere(&self, entries: &[Entry]) -> Standing {
        match entries.last().filter(|_| self.job.task().makes_cards()) {
            Some(entry) => Standing::OtherProfile { name: self.ledger.profile_of(entry) },
            None => Standing::Open,
        }
    }

    /// Whether cards are done of which no record was found: for values that no record has, or, where
    /// records have no reference, for references.
    fn leaves(&self, without_references: bool) -> bool {
        let found = |mark: &ContentsMark| self.given.get(mark).copied().unwrap_or_default();
        let left = self.ledger.each_unnamed().any(|(mark, entries)| {
            let present = entries.iter().filter(|entry| self.ledger.is_present(entry)).count();
            present > found(mark)
        });
        left || without_references && self.ledger.has_named()
    }
}

/// Whether a record names a card, and the receipt another one.
fn names_another_card(named: Option<&String>, entry: &Entry) -> bool {
    named.is_some() && entry.card.is_some() && named != entry.card.as_ref()
}

#[cfg(test)]
mod tests;
