// SPDX-License-Identifier: MIT OR Apache-2.0
//! A receipts file of an earlier run: which records it shows as done.

mod code;

use std::collections::HashSet;

use crate::encode::job::Job;
use crate::encode::proof::chain::check::{Fault, check};
use crate::encode::proof::chain::{Chain, Link};
use crate::encode::proof::done::DoneCards;
use crate::encode::proof::receipt::OutcomeName;

/// What a receipts file says of the records that are about to be encoded.
#[derive(Debug)]
pub struct Ledger {
    done: HashSet<String>,
    cards: DoneCards,
    last: Link,
    keep: usize,
    cut: bool,
    unended: bool,
}

impl Default for Ledger {
    fn default() -> Self {
        let (done, cards) = (HashSet::new(), DoneCards::default());
        Self { done, cards, last: Link::BEFORE_THE_FIRST, keep: 0, cut: false, unended: false }
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
    /// The receipts are for other records.
    #[error(
        "line {line} is a receipt for another records file, whose records have no `id` either; \
         name another receipts file, or give the records an `id` column"
    )]
    OtherRecords {
        /// The line, from 1.
        line: usize,
    },
}

impl Ledger {
    /// Reads a receipts file, whose chain must be whole under the receipt key of `job`. Records
    /// count as done under the profile and the task of `job` only. `batch` is the mark of the
    /// records file where its records have no `id`. A last line that was cut short is left out,
    /// with the zeros that a power cut puts there, if it is the beginning of a receipt.
    ///
    /// # Errors
    /// [`LedgerError`] for anything else that is not a whole chain of receipts, which includes
    /// files of editions that kept none, and for receipts of other records.
    pub fn read(bytes: &[u8], job: &Job, batch: Option<&[u8; 32]>) -> Result<Self, LedgerError> {
        let sha256 = hex::encode(job.profile().sha256());
        let batch = batch.map(hex::encode);
        let checked = check(bytes, job.receipt_key());
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
            let receipt = kept.receipt;
            if batch.is_some() && receipt.records != batch {
                return Err(LedgerError::OtherRecords { line: index + 1 });
            }
            ledger.cards.enter(&receipt);
            let done = matches!(receipt.outcome, OutcomeName::Done | OutcomeName::AlreadyDone);
            // Without an `id` the name of a record is its line, which says nothing in another file.
            let same = receipt.profile.sha256 == sha256 && receipt.job == job.task();
            if done && same && receipt.records == batch {
                ledger.done.insert(receipt.record);
            }
        }
        Ok(ledger)
    }

    /// The chain that goes on behind the last line, under the receipt key of `job`.
    #[must_use]
    pub fn chain(&self, job: &Job) -> Chain {
        Chain::behind(job.receipt_key(), self.last)
    }

    /// Whether the record with this `id` (or line number) is done.
    #[must_use]
    pub fn is_done(&self, record: &str) -> bool {
        self.done.contains(record)
    }

    /// The cards that are done, for whatever record and under whatever profile.
    #[must_use]
    pub fn done_cards(&self) -> DoneCards {
        self.cards.clone()
    }

    /// How many records are done.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done.len()
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
