// SPDX-License-Identifier: MIT OR Apache-2.0
//! Codes in words, out of the tables of the library.

use cardwright::code::Code;
use cardwright::encode::{Failure, Refusal, Unproven};
use cardwright::profile::{ExportReason, RecordReason};
use cardwright::reader::ReaderError;

/// The tables that codes of receipts are of.
const TABLES: [&[Code]; 6] = [
    Refusal::CODES,
    Failure::CODES,
    Unproven::CODES,
    ReaderError::CODES,
    RecordReason::CODES,
    ExportReason::CODES,
];

/// What a code says, and what to do; nothing of one that is not known here.
pub(super) fn words(code: &str) -> String {
    let known = TABLES.into_iter().flatten().find(|known| known.name() == code);
    known.map_or_else(String::new, |known| format!("{}: {}", known.meaning(), known.advice()))
}
