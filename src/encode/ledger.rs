// SPDX-License-Identifier: MIT OR Apache-2.0
//! A receipts file of an earlier run: which records it shows as done.

use std::collections::HashSet;

use super::job::Job;
use super::receipt::{OutcomeName, Receipt};

/// What a receipts file says of the records that are about to be encoded.
#[derive(Debug, Default)]
pub struct Ledger {
    done: HashSet<String>,
    keep: usize,
    cut: bool,
    unended: bool,
}

/// A receipts file that cannot be gone on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// A line is no receipt.
    #[error("line {line} is no receipt; repair or move the file, or name another one")]
    NoReceipt {
        /// The line, from 1.
        line: usize,
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
    /// Reads a receipts file. Records count as done under the profile and the task of `job`
    /// only. `batch` is
    /// the mark of the records file where its records have no `id`. A last line that was cut
    /// short is left out, if it is the beginning of a receipt.
    ///
    /// # Errors
    /// [`LedgerError`] for any other line that is no receipt, and for receipts of other records.
    pub fn read(bytes: &[u8], job: &Job, batch: Option<&[u8; 32]>) -> Result<Self, LedgerError> {
        let sha256 = hex::encode(job.profile().sha256());
        let batch = batch.map(hex::encode);
        let mut ledger = Self::default();
        for (index, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
            let whole = line.ends_with(b"\n");
            let receipt: Receipt = match serde_json::from_slice(line) {
                Ok(receipt) => receipt,
                _ if !whole && is_beginning(line) => {
                    ledger.cut = true;
                    break;
                }
                _ if line.trim_ascii().is_empty() => {
                    ledger.keep += line.len();
                    continue;
                }
                _ => return Err(LedgerError::NoReceipt { line: index + 1 }),
            };
            if batch.is_some() && receipt.records != batch {
                return Err(LedgerError::OtherRecords { line: index + 1 });
            }
            let done = matches!(receipt.outcome, OutcomeName::Done | OutcomeName::AlreadyDone);
            // Without an `id` the name of a record is its line, which says nothing in another file.
            let same = receipt.profile.sha256 == sha256 && receipt.job == job.task();
            if done && same && receipt.records == batch {
                ledger.done.insert(receipt.record);
            }
            ledger.keep += line.len();
            ledger.unended = !whole;
        }
        Ok(ledger)
    }

    /// Whether the record with this `id` (or line number) is done.
    #[must_use]
    pub fn is_done(&self, record: &str) -> bool {
        self.done.contains(record)
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

/// Whether a receipt may begin like this: only such a line is dropped, never another file's.
fn is_beginning(line: &[u8]) -> bool {
    line.iter().zip(BEGINNING).all(|(byte, expected)| byte == expected)
}

/// How every receipt begins.
const BEGINNING: &[u8] = b"{\"record\":";
