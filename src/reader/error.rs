// SPDX-License-Identifier: MIT OR Apache-2.0
//! What keeps a card from being presented, and what to do about it.

mod code;

use super::name::SlotKind;
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
    /// Only slots that are not for contactless cards have it in their names.
    #[error(
        "{asked:?} fits {}: not taken for cards unless its whole name is given",
        list_kinds(found)
    )]
    NotForCards {
        /// The name asked for.
        asked: String,
        /// The slots that it fits.
        found: Vec<String>,
    },
    /// Another program uses the card, and did so for three seconds.
    #[error("another program uses the card in {reader:?} and does not let go of it: {}", who(by))]
    InUse {
        /// The reader.
        reader: String,
        /// The programs that have the service open, as far as the system tells.
        by: Vec<String>,
    },
    /// The reader says that a card lies on it, and the card says nothing.
    #[error(
        "what lies on {reader:?} gives no answer: take everything off and put one card on, flat; \
         a reader that says so with nothing on it has lost its card: unplug it and plug it in again"
    )]
    Silent {
        /// The reader.
        reader: String,
    },
    /// One card answers, then another.
    #[error("two cards lie on {reader:?}: take both off and put one on")]
    TwoCards {
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
    /// Neither the reader nor the card tells the UID.
    #[error(
        "{reader:?} does not tell the card's UID (status {status:04X}: its pseudo-APDUs may be switched \
         off), and the card does not either; take another card, or another reader"
    )]
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
            | Self::NotForCards { .. }
            | Self::InUse { .. }
            | Self::Silent { .. }
            | Self::TwoCards { .. }
            | Self::Unplugged { .. }
            | Self::Other { .. } => false,
        }
    }

    /// Whether taking cards off, or ending another program, is all that it takes: the reader is well.
    #[must_use]
    pub const fn is_mended_by_hand(&self) -> bool {
        match self {
            Self::InUse { .. } | Self::Silent { .. } | Self::TwoCards { .. } => true,
            Self::NoService
            | Self::NoReader
            | Self::NotFound { .. }
            | Self::Ambiguous { .. }
            | Self::NotForCards { .. }
            | Self::Unplugged { .. }
            | Self::WrongCard { .. }
            | Self::NoUid { .. }
            | Self::OtherUid { .. }
            | Self::Other { .. } => false,
        }
    }
}

fn list(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn list_kinds(names: &[String]) -> String {
    let names: Vec<_> =
        names.iter().map(|name| format!("{name:?} ({})", SlotKind::of(name))).collect();
    names.join(", ")
}

/// Who has the card, or who usually has it where nobody can be named.
fn who(by: &[String]) -> String {
    if !by.is_empty() {
        let by: Vec<_> = by.iter().map(|name| Shown(name).to_string()).collect();
        return format!("the service is open in {}; end what has the card", by.join(", "));
    }
    let usual = if cfg!(windows) {
        "on Windows often the service CertPropSvc (Certificate Propagation), which may be stopped"
    } else if cfg!(target_os = "macos") {
        "on macOS often CryptoTokenKit (ctkd), for a card that it knows"
    } else {
        "often gpg's scdaemon, or a browser"
    };
    format!("{usual}; end it and try again")
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
            ReaderError::InUse { reader: reader.clone(), by: vec![reader.clone()] },
            ReaderError::Unplugged { reader: reader.clone() },
            ReaderError::NoUid { reader, status: 0x6A81 },
        ] {
            let said = error.to_string();
            assert!(said.contains("\\u{1b}[2J\\u{202e}"), "{said}");
            assert!(!said.contains(|sign: char| sign.is_control() || sign == '\u{202E}'), "{said}");
        }
    }

    #[test]
    fn who_has_a_card_is_named_where_the_system_tells() {
        let in_use = |by: &[&str]| {
            let by = by.iter().map(|name| (*name).to_owned()).collect();
            ReaderError::InUse { reader: "r".to_owned(), by }
        };
        assert_eq!(
            in_use(&["pcsc_scan", "scdaemon"]).to_string(),
            "another program uses the card in \"r\" and does not let go of it: the service is open in \
             pcsc_scan, scdaemon; end what has the card"
        );
        let usual = in_use(&[]).to_string();
        assert!(usual.contains(": o") && usual.ends_with("; end it and try again"), "{usual}");
    }

    /// What is in the way on a reader is no card's fault, so that no record is refused for it.
    #[test]
    fn what_is_mended_by_hand_turns_no_card_away() {
        let reader = || "r".to_owned();
        for error in [
            ReaderError::InUse { reader: reader(), by: Vec::new() },
            ReaderError::Silent { reader: reader() },
            ReaderError::TwoCards { reader: reader() },
        ] {
            assert!(error.is_mended_by_hand() && !error.is_the_cards(), "{error}");
        }
        for error in [
            ReaderError::WrongCard { reader: reader(), found: "a key fob".to_owned() },
            ReaderError::NoUid { reader: reader(), status: 0x6E00 },
        ] {
            assert!(error.is_the_cards() && !error.is_mended_by_hand(), "{error}");
        }
        assert!(!ReaderError::NoService.is_mended_by_hand());
    }
}
