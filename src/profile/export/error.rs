// SPDX-License-Identifier: MIT OR Apache-2.0
//! What keeps a record from a list. No value is named.

use crate::code::Code;

use super::super::record::FieldError;

/// A row that cannot be written: its column and why, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column:?} of the list: {reason}")]
#[non_exhaustive]
pub struct ExportError {
    /// The column.
    pub column: String,
    /// What is wrong.
    pub reason: ExportReason,
}

/// Why a column cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportReason {
    /// A field does not fit a part of the column.
    #[error("{0}")]
    Field(FieldError),
    /// The record was read under a profile with other fields, or there is none.
    #[error("the record has other fields than the profile: read it anew under this one")]
    OtherFields,
    /// The record has no `id`.
    #[error("the record has no id: give the records one, or take the column out")]
    NoReference,
    /// The card's UID is not known.
    #[error("the UID of the card is not known")]
    NoUid,
    /// Which chip the card is was not asked.
    #[error("the card was not asked for its chip: write identify = \"every\" in [transport]")]
    NoChip,
    /// The version of a key is not known.
    #[error("the card did not tell the version of the key")]
    NoKeyVersion,
    /// Bytes that are told as text are none.
    #[error("its bytes are no text: write as = \"hex\", or \"latin-1\" where they are that")]
    NoText,
    /// A character that nobody sees, which would break the row or end a value.
    #[error(
        "the control character U+{code:04X} cannot stand in a row: take it out of the record; where a \
         part fills up with it, write another fill, or trim = true"
    )]
    Control {
        /// Its code point.
        code: u32,
    },
    /// A spreadsheet would take the value for a formula.
    #[error(
        "it begins as a formula does, with =, +, - or @: correct the record, or write formulas = \
         \"apostrophe\" or \"kept\" in [export]"
    )]
    Formula,
    /// The list's encoding lacks a character.
    #[error(
        "the character U+{code:04X} is outside of {charset}, in which the list is written: choose \
         another encoding in [export], or correct the record"
    )]
    Charset {
        /// The encoding.
        charset: &'static str,
        /// The character's code point.
        code: u32,
    },
}

impl ExportError {
    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.reason.code()
    }
}

impl ExportReason {
    /// The codes of what keeps a record from a list, beside those of
    /// [records](crate::profile::RecordReason::CODES), which it passes on.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Field(error) => error.reason.code(),
            Self::OtherFields => table::OTHER_FIELDS,
            Self::NoReference => table::NO_REFERENCE,
            Self::NoUid => table::NO_UID,
            Self::NoChip => table::NO_CHIP,
            Self::NoKeyVersion => table::NO_KEY_VERSION,
            Self::NoText => table::NO_TEXT,
            Self::Control { .. } => table::CONTROL,
            Self::Formula => table::FORMULA,
            Self::Charset { .. } => table::CHARSET,
        }
    }
}

mod table {
    crate::code::codes! {
        OTHER_FIELDS = "export-other-fields", "the record has other fields than the profile of the list",
            "read the record anew under this profile";
        NO_REFERENCE = "export-no-id", "a column is the record's id, and it has none",
            "give the records an `id`, or take the column out";
        NO_UID = "export-no-uid", "a column tells the UID, which is not known",
            "tell the list the card's UID, or take the column out";
        NO_CHIP = "export-no-chip", "a column tells the chip, which the card was not asked for",
            "write identify = \"every\" in [transport]";
        NO_KEY_VERSION = "export-no-key-version", "a column tells a key version that is not known",
            "take the column out, or another job that looks at the key";
        NO_TEXT = "export-no-text", "bytes that a column tells as text are none",
            "write another `as` for the column";
        CONTROL = "export-control", "a value has a control character, which would break the row",
            "take it out of the record, or trim the column";
        FORMULA = "export-formula", "a spreadsheet would take a value for a formula",
            "correct the record, or write what becomes of `formulas`";
        CHARSET = "export-charset", "the encoding of the list lacks a character of a value",
            "choose another encoding, or correct the record";
    }
}
