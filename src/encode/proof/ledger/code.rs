// SPDX-License-Identifier: MIT OR Apache-2.0
//! The code of each thing that keeps a receipts file from being gone on with.

use crate::code::Code;
use crate::encode::proof::ledger::LedgerError;

impl LedgerError {
    /// The codes of what keeps a receipts file from being gone on with.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::NoReceipt { .. } => table::NO_RECEIPT,
            Self::Unchained { .. } => table::UNCHAINED,
            Self::Broken { .. } => table::BROKEN,
            Self::OtherRecords { .. } => table::OTHER_RECORDS,
        }
    }
}

mod table {
    crate::code::codes! {
        NO_RECEIPT = "receipts-no-receipt", "a line is no receipt", "repair or move the file, or name another one";
        UNCHAINED = "receipts-unchained", "a receipt has no number and MAC",
            "name another file: cards that are finished say so themselves";
        BROKEN = "receipts-broken", "the chain of the receipts is broken",
            "see `receipts verify`, bring back a copy that is whole, or name another file";
        OTHER_RECORDS = "receipts-other-records", "the receipts are for another file of records without `id`",
            "name another receipts file, or give the records an `id`";
    }
}
