// SPDX-License-Identifier: MIT OR Apache-2.0
//! The code of each reader error.

use super::ReaderError;
use crate::code::Code;

impl ReaderError {
    /// The codes of reader errors.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::NoService => table::NO_SERVICE,
            Self::NoReader => table::NO_READER,
            Self::NotFound { .. } => table::READER_NOT_FOUND,
            Self::Ambiguous { .. } => table::READER_AMBIGUOUS,
            Self::NotForCards { .. } => table::SLOT_NOT_FOR_CARDS,
            Self::InUse { .. } => table::CARD_IN_USE,
            Self::Silent { .. } => table::CARD_SILENT,
            Self::TwoCards { .. } => table::TWO_CARDS,
            Self::Unplugged { .. } => table::READER_UNPLUGGED,
            Self::WrongCard { .. } => table::NOT_ISO_14443_4,
            Self::NoUid { .. } => table::UID_NOT_TOLD,
            Self::OtherUid { .. } => table::UID_NOT_DESFIRE,
            Self::Other { .. } => table::READER_REPORTS,
        }
    }
}

mod table {
    crate::code::codes! {
        NO_SERVICE = "no-service", "the smart card service does not run",
            "start it (on Linux pcscd) and try again";
        NO_READER = "no-reader", "no reader is connected",
            "plug one in, or see whether the service knows its driver";
        READER_NOT_FOUND = "reader-not-found", "no reader has the name asked for",
            "take a name of the list of readers";
        READER_AMBIGUOUS = "reader-ambiguous", "several readers have it in their names",
            "write more of the name";
        SLOT_NOT_FOR_CARDS = "slot-not-for-cards",
            "only slots that are not for contactless cards have it in their names",
            "name another slot, or this one by its whole name";
        CARD_IN_USE = "card-in-use", "another program uses the card and does not let go of it",
            "end that program and try again";
        CARD_SILENT = "card-silent", "the reader says that a card lies on it, and the card says nothing",
            "take everything off and put one card on, flat; unplug a reader that says so with nothing on it";
        TWO_CARDS = "two-cards", "two cards lie on the reader", "take both off and put one on";
        READER_UNPLUGGED = "reader-unplugged", "the reader was unplugged", "plug it in again";
        NOT_ISO_14443_4 = "not-iso-14443-4", "what lies on the reader is no ISO/IEC 14443-4 card",
            "take it off and put another card on";
        UID_NOT_TOLD = "uid-not-told", "neither the reader nor the card tells the UID",
            "take another card, or another reader";
        UID_NOT_DESFIRE = "uid-not-desfire", "the UID is none of a DESFire card", "take another card";
        READER_REPORTS = "reader-reports", "the reader or its service reports something else",
            "see the reason; unplug the reader and plug it in again";
    }
}
