// SPDX-License-Identifier: MIT OR Apache-2.0
//! The code of each mistake for which nothing of a file is read.

use super::RecordsError;
use crate::code::Code;

impl RecordsError {
    /// The codes of files of which nothing can be read as records.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Empty => table::EMPTY,
            Self::NotUtf8 => table::NOT_UTF8,
            Self::OpenQuote => table::OPEN_QUOTE,
            Self::MissingColumn { .. } => table::MISSING_COLUMN,
            Self::Separator => table::SEPARATOR,
            Self::UndeclaredColumn { .. } => table::UNDECLARED_COLUMN,
            Self::RepeatedColumn { .. } => table::REPEATED_COLUMN,
        }
    }
}

mod table {
    crate::code::codes! {
        EMPTY = "records-empty", "there is no record in the file",
            "write a header and a line per record, or a JSON object per line";
        NOT_UTF8 = "records-not-utf8", "the header is not UTF-8", "save the file as UTF-8";
        OPEN_QUOTE = "records-open-quote", "the header has a quote that is never closed", "close it";
        MISSING_COLUMN = "records-column-missing", "the header lacks a field of the profile", "add the column";
        SEPARATOR = "records-separator", "semicolons or tabs stand between the columns", "write commas";
        UNDECLARED_COLUMN = "records-column-undeclared", "the header has a column that the profile does not declare",
            "rename it or take it out";
        REPEATED_COLUMN = "records-column-twice", "the header has a column twice", "name each once";
    }
}
