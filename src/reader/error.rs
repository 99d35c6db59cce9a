// SPDX-License-Identifier: MIT OR Apache-2.0
//! What keeps a card from being presented, and what to do about it.

use crate::iso14443::UidError;
use crate::shown::Shown;

/// Why there is no reader, or no card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReaderError {
    /// Nobody answers for the readers.
    #[error("the smart card service does not run; start it (on Linux pcscd) and try again")]
    NoService,
    /// There is no reader at all.
    #[error("no reader is connected; plug one in, or see whether the service knows its driver")]
    NoReader,
    /// No reader has this name.
    #[error("no reader is called {asked:?}; there is {}", list(found))]
    NotFound {
        /// The name asked for.
        asked: String,
        /// The readers there are.
        found: Vec<String>,
    },
    /// Several readers have it in their names.
    #[error("{asked:?} fits {}; write more of the name", list(found))]
    Ambiguous {
        /// The name asked for.
        asked: String,
        /// The readers that it fits.
        found: Vec<String>,
    },
    /// Another program has the card to itself.
    #[error("another program uses the card in {reader:?}; end it and try again")]
    InUse {
        /// The reader.
        reader: String,
    },
    /// The reader is gone.
    #[error("the reader {reader:?} was unplugged; plug it in again")]
    Unplugged {
        /// The reader.
        reader: String,
    },
    /// What lies on the reader is no ISO/IEC 14443-4 card.
    #[error("what lies on {reader:?} is {}, and no ISO 14443-4 card; take it off", Shown(found))]
    WrongCard {
        /// The reader.
        reader: String,
        /// What it is.
        found: String,
    },
    /// The reader does not tell the card's UID.
    #[error("{reader:?} does not tell the card's UID (status {status:04X}); take another reader")]
    NoUid {
        /// The reader.
        reader: String,
        /// What it answered.
        status: u16,
    },
    /// The UID is none of a DESFire card.
    #[error("the card on {reader:?} shows {error}")]
    OtherUid {
        /// The reader.
        reader: String,
        /// What is wrong with it.
        error: UidError,
    },
    /// The reader or its service reports something else.
    #[error("{reader:?}: {}", Shown(problem))]
    Other {
        /// The reader.
        reader: String,
        /// What it reports.
        problem: String,
    },
}

impl ReaderError {
    /// Whether the card is at fault, and another one may do.
    #[must_use]
    pub const fn is_the_cards(&self) -> bool {
        match self {
            Self::WrongCard { .. } | Self::OtherUid { .. } | Self::NoUid { .. } => true,
            Self::NoService
            | Self::NoReader
            | Self::NotFound { .. }
            | Self::Ambiguous { .. }
            | Self::InUse { .. }
            | Self::Unplugged { .. }
            | Self::Other { .. } => false,
        }
    }
}

fn list(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_or_its_driver_calls_itself_moves_no_cursor() {
        let (reader, problem) = ("\u{1B}[2J\u{202E}".to_owned(), "\u{9B}2J\ngone".to_owned());
        let (asked, found) = (reader.clone(), vec![reader.clone()]);
        for error in [
            ReaderError::Other { reader: reader.clone(), problem: problem.clone() },
            ReaderError::WrongCard { reader: reader.clone(), found: problem },
            ReaderError::NotFound { asked: asked.clone(), found: found.clone() },
            ReaderError::Ambiguous { asked, found },
            ReaderError::InUse { reader: reader.clone() },
            ReaderError::Unplugged { reader: reader.clone() },
            ReaderError::NoUid { reader, status: 0x6A81 },
        ] {
            let said = error.to_string();
            assert!(said.contains("\\u{1b}[2J\\u{202e}"), "{said}");
            assert!(!said.contains(|sign: char| sign.is_control() || sign == '\u{202E}'), "{said}");
        }
    }
}
