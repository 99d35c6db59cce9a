// SPDX-License-Identifier: MIT OR Apache-2.0
//! A receipts file of an earlier run: which records it shows as done.

mod code;

use std::collections::{HashMap, HashSet};

use crate::encode::job::Job;
use crate::encode::plan::place::{Level, Slot};
use crate::encode::proof::chain::check::{Fault, check_under};
use crate::encode::proof::chain::{Chain, Link};
use crate::encode::proof::done::DoneCards;
use crate::encode::proof::drawn::place;
use crate::encode::proof::mark::ContentsMark;
use crate::encode::proof::receipt::{ProfileMark, Receipt};
use crate::encode::task::Task;
use crate::wire::KeyNo;

/// What a receipts file says of the records that are about to be encoded.
#[derive(Debug)]
pub struct Ledger {
    /// What is done by reference: the last of each profile.
    named: HashMap<String, Vec<Entry>>,
    /// What is done by values: one for each card.
    unnamed: HashMap<ContentsMark, Vec<Entry>>,
    /// The lines of this very records file that are done by receipts of older versions.
    lines: HashSet<String>,
    /// What receipts say of whose card a mark is, so that a card that is blank again is nobody's.
    whose: HashMap<String, Whose>,
    editions: Vec<Edition>,
    cards: DoneCards,
    last: Link,
    keep: usize,
    cut: bool,
    unended: bool,
}

/// A record that is done.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The mark of its values; receipts of older versions have none.
    pub(super) contents: Option<ContentsMark>,
    /// The mark of its card.
    pub(super) card: Option<String>,
    /// The place of its profile in the list of editions.
    edition: usize,
}

/// Where an entry stands.
#[derive(Debug, Clone)]
enum Whose {
    Named(String),
    Unnamed(ContentsMark),
}

/// A profile that cards were made under.
#[derive(Debug)]
struct Edition {
    mark: ProfileMark,
    /// Whether it means what the job's profile does.
    present: bool,
    /// Whether it means something else, and the cards do not show that: the versions by which finished
    /// cards are told are the same.
    unmarked: bool,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            named: HashMap::new(),
            unnamed: HashMap::new(),
            lines: HashSet::new(),
            whose: HashMap::new(),
            editions: Vec::new(),
            cards: DoneCards::default(),
            last: Link::BEFORE_THE_FIRST,
            keep: 0,
            cut: false,
            unended: false,
        }
    }
}

/// A receipts file that cannot be gone on with. Nobody's word is taken for what is done: a record
/// that would be skipped for a line that was changed or copied would be a card that is never made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// A line is no receipt.
    #[error("line {line} is no receipt; repair or move the file, or name another one")]
    NoReceipt {
        /// The line, from 1.
        line: usize,
    },
    /// A line is a receipt of an edition that kept no chain, or somebody took its chain off.
    #[error(
        "line {line} is a receipt without number and MAC, as older editions wrote them, and anybody \
         may have; name another file: cards that are finished say so themselves"
    )]
    Unchained {
        /// The line, from 1.
        line: usize,
    },
    /// The chain is broken.
    #[error(
        "{fault}; nothing in the file can be gone on with: see `receipts verify`, bring back a copy \
         that is whole, or name another file: cards that are finished say so themselves"
    )]
    Broken {
        /// Where, and how.
        fault: Fault,
    },
    /// A receipt of an older version knows its record by the line of another records file.
    #[error(
        "line {line} is a receipt of an older version for another records file, whose records have no \
         `id`, and does not tell which of them it is for; name another receipts file: cards that are \
         finished say so themselves"
    )]
    OtherRecords {
        /// The line, from 1.
        line: usize,
    },
}

impl Ledger {
    /// Reads a receipts file, whose chain must be whole under the receipt key of `job`. Records
    /// count as done by the task of `job`; for one that brings contents onto cards, by any that does.
    /// `batch` is the mark of the
    /// records file where its records have no `id`. A last line that was cut short is left out,
    /// with the zeros that a power cut puts there, if it is the beginning of a receipt.
    ///
    /// # Errors
    /// [`LedgerError`] for anything else that is not a whole chain of receipts, which includes
    /// files of editions that kept none, and for receipts of other records.
    pub fn read(bytes: &[u8], job: &Job, batch: Option<&[u8; 32]>) -> Result<Self, LedgerError> {
        let batch = batch.map(hex::encode);
        let checked = check_under(bytes, job.chain_key());
        let mut ledger = Self {
            last: checked.last(),
            keep: checked.whole_bytes(),
            unended: checked.is_unended(),
            ..Self::default()
        };
        for fault in checked.faults() {
            match *fault {
                Fault::Cut { .. } => ledger.cut = true,
                Fault::NoReceipt { line } => return Err(LedgerError::NoReceipt { line }),
                Fault::Unchained { line } => return Err(LedgerError::Unchained { line }),
                fault @ (Fault::Changed { .. }
                | Fault::Missing { .. }
                | Fault::Doubled { .. }
                | Fault::Moved { .. }
                | Fault::Foreign { .. }) => return Err(LedgerError::Broken { fault }),
            }
        }
        for (index, kept) in checked.kept.into_iter().enumerate() {
            ledger.cards.enter(&kept.receipt);
            ledger.enter(*kept.receipt, job, batch.as_ref(), index + 1)?;
        }
        Ok(ledger)
    }

    /// Takes down what a receipt shows as done.
    fn enter(
        &mut self,
        receipt: Receipt,
        job: &Job,
        batch: Option<&String>,
        line: usize,
    ) -> Result<(), LedgerError> {
        if !receipt.outcome.is_well() {
            return Ok(());
        }
        if let Some(card) = receipt.card.as_ref().filter(|_| receipt.job.strikes_out()) {
            self.strike(card);
        }
        if !counts(receipt.job, job.task()) {
            return Ok(());
        }
        let edition = self.edition(&receipt, job);
        let contents = receipt.contents.as_deref().map(ContentsMark::parse);
        let contents = contents.map(|mark| mark.ok_or(LedgerError::NoReceipt { line }));
        let contents = contents.transpose()?;
        let unnamed = receipt.is_unnamed();
        let card = receipt.card.clone();
        let entry = Entry { contents, card: receipt.card, edition };
        let (entries, whose) = match contents {
            Some(mark) if unnamed => (self.unnamed.entry(mark).or_default(), Whose::Unnamed(mark)),
            None if unnamed => {
                if receipt.records.as_ref() != batch {
                    return Err(LedgerError::OtherRecords { line });
                }
                if self.editions.get(edition).is_some_and(|edition| edition.present) {
                    self.lines.insert(receipt.record);
                }
                return Ok(());
            }
            _ => {
                let whose = Whose::Named(receipt.record.clone());
                (self.named.entry(receipt.record).or_default(), whose)
            }
        };
        // A reference has one card under a profile, the last; values have many.
        entries.retain(|held| {
            held.edition != edition || unnamed && (held.card.is_none() || held.card != card)
        });
        entries.push(entry);
        if let Some(card) = card {
            self.whose.insert(card, whose);
        }
        Ok(())
    }

    /// A card is blank again, and what was done with it is not done any more.
    fn strike(&mut self, card: &String) {
        let entries = match self.whose.remove(card) {
            Some(Whose::Named(name)) => self.named.get_mut(&name),
            Some(Whose::Unnamed(mark)) => self.unnamed.get_mut(&mark),
            None => None,
        };
        if let Some(entries) = entries {
            entries.retain(|entry| entry.card.as_ref() != Some(card));
        }
    }

    fn edition(&mut self, receipt: &Receipt, job: &Job) -> usize {
        let known = |edition: &Edition| edition.mark.is_same(&receipt.profile);
        if let Some(place) = self.editions.iter().position(known) {
            return place;
        }
        let mark = receipt.profile.clone();
        let present = mark.is_same(&ProfileMark::of(job.profile()));
        // What an older version says of a text tells nothing of its meaning.
        let unmarked = !present && mark.meaning.is_some() && shows_no_edition(receipt, job);
        self.editions.push(Edition { mark, present, unmarked });
        self.editions.len().saturating_sub(1)
    }

    /// The chain that goes on behind the last line, under the receipt key of `job`.
    #[must_use]
    pub fn chain(&self, job: &Job) -> Chain {
        Chain::of(job.chain_key().clone(), self.last)
    }

    /// Whether cards are done under an edition of the profile that meant something else and has the same
    /// versions in the keys by which finished cards are told: these pass as done, and nobody looks.
    #[must_use]
    pub fn has_unmarked_edition(&self) -> bool {
        self.editions.iter().any(|edition| edition.unmarked)
    }

    /// What is done for this reference.
    pub(super) fn named(&self, reference: &str) -> &[Entry] {
        self.named.get(reference).map_or(&[], Vec::as_slice)
    }

    /// What is done for these values, without a reference.
    pub(super) fn unnamed(&self, mark: &ContentsMark) -> &[Entry] {
        self.unnamed.get(mark).map_or(&[], Vec::as_slice)
    }

    pub(super) fn each_unnamed(&self) -> impl Iterator<Item = (&ContentsMark, &Vec<Entry>)> {
        self.unnamed.iter()
    }

    pub(super) fn has_unnamed(&self) -> bool {
        !self.unnamed.is_empty()
    }

    pub(super) fn has_named(&self) -> bool {
        !self.named.is_empty()
    }

    pub(super) fn is_line_done(&self, line: &str) -> bool {
        self.lines.contains(line)
    }

    /// Whether it was done under a profile that means what the job's does.
    pub(super) fn is_present(&self, entry: &Entry) -> bool {
        self.editions.get(entry.edition).is_some_and(|edition| edition.present)
    }

    /// The name of the profile that it was done under.
    pub(super) fn profile_of(&self, entry: &Entry) -> String {
        self.editions
            .get(entry.edition)
            .map_or_else(String::new, |edition| edition.mark.name.clone())
    }

    /// The cards that are done, for whatever record and under whatever profile.
    #[must_use]
    pub fn done_cards(&self) -> DoneCards {
        self.cards.clone()
    }

    /// How many bytes of the file are whole lines: what comes after them was cut short, and new
    /// receipts go there.
    #[must_use]
    pub const fn whole_bytes(&self) -> usize {
        self.keep
    }

    /// Whether the last whole line lacks its end, which has to be written before the next one.
    #[must_use]
    pub const fn is_unended(&self) -> bool {
        self.unended
    }

    /// Whether a last line was cut short and left out.
    #[must_use]
    pub const fn was_cut(&self) -> bool {
        self.cut
    }
}

/// Whether what one task has done is done for another.
fn counts(receipt: Task, task: Task) -> bool {
    receipt == task || receipt.enters_done() && task.enters_done()
}

/// Whether the keys by which finished cards are told have the versions in the job's profile that they have
/// in the receipt, level by level.
fn shows_no_edition(receipt: &Receipt, job: &Job) -> bool {
    let master = u8::from(KeyNo::MASTER);
    let before = receipt.keys.iter().filter(|key| key.no == master);
    let before: HashSet<_> = before.map(|key| (key.at.clone(), key.version)).collect();
    let applications = job.profile().each_application();
    let applications = applications.map(|(at, _)| Level::Application(at));
    let levels = core::iter::once(Level::Picc).chain(applications);
    let version = |level: Level| {
        let spec = job.own_spec(Slot::master(level))?;
        Some((place(job, level), spec.version.0))
    };
    let now: HashSet<_> = levels.filter_map(version).collect();
    !now.is_empty() && now == before
}
