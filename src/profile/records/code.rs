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
            Self::Separator { .. } => table::SEPARATOR,
            Self::UndeclaredColumn { .. } => table::UNDECLARED_COLUMN,
            Self::RepeatedColumn { .. } => table::REPEATED_COLUMN,
            Self::LargeFile { .. } => table::LARGE_FILE,
            Self::TooMany { .. } => table::TOO_MANY,
            Self::Workbook => table::WORKBOOK,
            Self::Utf16 => table::UTF16,
            Self::Utf32 => table::UTF32,
            Self::Utf8 { .. } => table::UTF8,
            Self::Binary => table::BINARY,
            Self::OldLineEnds => table::OLD_LINE_ENDS,
            Self::ListInLines => table::LIST_IN_LINES,
            Self::JsonInCsv => table::JSON_IN_CSV,
            Self::NoJson => table::NO_JSON,
            Self::BrokenJson { .. } => table::BROKEN_JSON,
            Self::MissingSource { .. } => table::MISSING_SOURCE,
            Self::NearColumn { .. } => table::NEAR_COLUMN,
            Self::Several(_) => table::SEVERAL,
            Self::RangeOfAnother { .. } => table::RANGE_OF_ANOTHER,
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
        LARGE_FILE = "records-large-file", "the file is larger than any that is read", "divide it";
        TOO_MANY = "records-too-many", "the file has more records than are read",
            "divide it, or look whether lines are broken";
        WORKBOOK = "records-workbook", "the file is a workbook or another document, not text",
            "open it and save it as CSV in UTF-8";
        UTF16 = "records-utf16", "the file looks like UTF-16 without a byte order mark",
            "save it as UTF-8, or name the encoding in an import table";
        UTF32 = "records-utf32", "the file is UTF-32", "save it as UTF-8";
        UTF8 = "records-utf8", "the file looks like UTF-8, and the import table names another encoding",
            "take encoding out of the table";
        BINARY = "records-binary", "bytes of the file are zero: it is no text", "save it as CSV in UTF-8";
        OLD_LINE_ENDS = "records-old-line-ends", "the lines end as on old Macs, with CR alone",
            "save it as CSV with the line ends of Windows or Unix";
        LIST_IN_LINES = "records-list-in-lines", "the file holds a JSON array and is named as JSON Lines",
            "name it .json, or write one object a line";
        JSON_IN_CSV = "records-json-in-csv", "the file holds JSON and is named as CSV", "name it .json or .jsonl";
        NO_JSON = "records-no-json", "the file holds no JSON and is named so", "name it .csv, if that is what it is";
        BROKEN_JSON = "records-broken-json", "JSON over several lines breaks off or goes wrong",
            "look for a bracket, comma or quote there";
        MISSING_SOURCE = "records-source-missing", "the header lacks a column that the import table names", "add it";
        NEAR_COLUMN = "records-column-near", "the header has a column that is nearly one that is wanted",
            "write it so, or name it in an import table";
        SEVERAL = "records-header", "more than one thing is wrong with the header", "correct each";
        RANGE_OF_ANOTHER = "records-range-of-another", "the import table's range of numbers is not for this file",
            "write the file's mark in it, and the next number";
    }
}
