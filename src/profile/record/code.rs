// SPDX-License-Identifier: MIT OR Apache-2.0
//! The code of each mistake in a record.

use super::{RecordError, RecordReason};
use crate::code::Code;

impl RecordError {
    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.reason.code()
    }
}

impl RecordReason {
    /// The codes of mistakes in records.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::NotUtf8 => table::NOT_UTF8,
            Self::Columns { .. } => table::COLUMNS,
            Self::OpenQuote => table::OPEN_QUOTE,
            Self::NotAnObject { .. } => table::NO_OBJECT,
            Self::SomeIds => table::SOME_IDS,
            Self::Missing { .. } => table::MISSING,
            Self::Undeclared { .. } => table::UNDECLARED,
            Self::Twice => table::TWICE,
            Self::NotAllowed { .. } => table::NOT_ALLOWED,
            Self::Charset { .. } => table::CHARSET,
            Self::NoDigit => table::NO_DIGIT,
            Self::TooLong { .. } => table::TOO_LONG,
            Self::Bits(_) => table::BITS,
            Self::Repeated { .. } => table::REPEATED,
        }
    }
}

mod table {
    crate::code::codes! {
        NOT_UTF8 = "record-not-utf8", "the bytes of the record are not UTF-8", "save the file as UTF-8";
        COLUMNS = "record-columns", "the record has more or fewer columns than the header",
            "mend the line; put quotes around values with a separator in them";
        OPEN_QUOTE = "record-open-quote", "a quote is opened and never closed",
            "close it, and write \"\" for a quote in a value";
        NO_OBJECT = "record-no-object", "the line is no JSON object", "write one object on one line";
        SOME_IDS = "record-some-ids", "some records have an id and some do not",
            "give every record an id, or none";
        MISSING = "record-field-missing", "the record lacks a field", "add it";
        UNDECLARED = "record-field-undeclared", "an entry has a name that the profile does not declare",
            "take it out, or declare it in [fields]";
        TWICE = "record-field-twice", "the record has a field twice", "take one of them out";
        NOT_ALLOWED = "record-value-not-allowed", "a value is outside of what its field allows",
            "correct the value, or what [fields] allows";
        CHARSET = "record-charset", "a text has a character that the card's character set lacks",
            "write the text with other characters, or another charset in the profile";
        NO_DIGIT = "record-no-digit", "a text without any digit, which the card holds as digits",
            "correct the value";
        TOO_LONG = "record-too-long", "a text takes more bytes than the card has for it",
            "shorten the text, or give it more bytes in the profile";
        BITS = "record-bit-format", "a number does not fit its bit format", "correct the value";
        REPEATED = "record-repeated", "an earlier record has the same value, which must be unique",
            "correct one of them";
    }
}
