// SPDX-License-Identifier: MIT OR Apache-2.0
//! Issuer keys, which may be elsewhere.

use core::fmt;

use super::{CardKey, Life, Operation, Operations, Purpose};
use crate::day::Day;
use crate::wire::KeyType;

/// A key that card keys are made from, wherever it is: in memory ([`MasterKey`](super::MasterKey)), in
/// a token, behind a network. It says what it can do, and each time it is asked it may fail: whoever
/// implements it bounds the time that a call takes, and says [`KeyError::TimedOut`] after that.
///
/// Calls come from the threads of several readers at once.
pub trait IssuerKey: fmt::Debug + Send + Sync {
    /// The type of this key and of the card keys that it makes.
    fn key_type(&self) -> KeyType;

    /// What it is for, and so are the card keys that it makes.
    fn purpose(&self) -> Purpose;

    /// What it can do. Asked once for a job, before the first card.
    fn can(&self) -> Operations;

    /// The CMAC of a message, which fills `mac`: one block of the key's cipher.
    ///
    /// # Errors
    /// [`KeyError`].
    fn cmac(&self, message: &[u8], mac: &mut [u8]) -> Result<(), KeyError>;

    /// Enciphers whole blocks in place, each XORed with the one before it; the first with `iv`, one
    /// block.
    ///
    /// # Errors
    /// [`KeyError`].
    fn cbc(&self, iv: &[u8], data: &mut [u8]) -> Result<(), KeyError>;

    /// Enciphers whole blocks in place, each by itself.
    ///
    /// # Errors
    /// [`KeyError`].
    fn ecb(&self, data: &mut [u8]) -> Result<(), KeyError>;

    /// The same key as a card's; the version of a key that is not AES is what its low bits say.
    ///
    /// # Errors
    /// [`KeyError`]; unless the key says otherwise, that it cannot.
    fn itself(&self) -> Result<CardKey, KeyError> {
        Err(KeyError::Cannot(Operation::Itself))
    }

    /// By what means it does what it can, where it is elsewhere: told to whoever starts a job.
    fn ways(&self) -> Vec<Way> {
        Vec::new()
    }

    /// Whether its place lets it be read or taken away, though it could keep it: a key of a token that is
    /// not sensitive, or extractable.
    fn is_readable(&self) -> bool {
        false
    }

    /// From when until when it is put on cards.
    fn life(&self) -> Life {
        Life::ALWAYS
    }

    /// Whether everybody would try it, so that what is made from it is no secret.
    fn is_guessable(&self) -> bool {
        false
    }
}

/// By what means a key does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores make them")]
pub struct Way {
    /// What it does.
    pub operation: Operation,
    /// By which mechanism.
    pub by: &'static str,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.operation, self.by)
    }
}

/// Why a key could not be had, or did not do what it was asked. It is never the card's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The store has no such key, or has it no longer.
    #[error("the key is not in the store")]
    NotThere,
    /// The store has several keys of this name and version.
    #[error("the store has several keys of this name and version: leave one")]
    Several,
    /// The key is of a type that cards have no keys of, or that makes no names in receipts.
    #[error(
        "the key in the store is of a type that nothing here takes: see which types a store may have"
    )]
    WrongType,
    /// The store does not let this program have it or use it.
    #[error("the store refuses the key: see to the rights to it, or its PIN")]
    Refused,
    /// The store cannot be reached: a token is unplugged, a line is down.
    #[error("the store cannot be reached: plug its token in, or see to the line to it")]
    Away,
    /// The store gave no answer in the time that it may take.
    #[error("the store gave no answer in time")]
    TimedOut,
    /// The key cannot do this, here or at all.
    #[error("the key cannot do {0}")]
    Cannot(Operation),
    /// The key was asked about data that are no whole blocks of its cipher.
    #[error("the data are no whole blocks of the key's cipher")]
    NoBlocks,
    /// It is not put on cards before this day.
    #[error(
        "it is put on cards from {0} on: wait for that day, or correct its first day in the store"
    )]
    NotYet(Day),
    /// It is not put on cards after this day.
    #[error("it was put on cards until {0}: {NEXT}")]
    Over(Day),
    /// It is put on no card any more.
    #[error("it was revoked: {NEXT}")]
    Revoked,
    /// It is put on cards on some days only, and the clock tells none.
    #[error("it is put on cards on some days only, and the clock tells no day: set the clock")]
    NoDay,
    /// Its store has days for it and does not tell them, or tells some that are none.
    #[error(
        "its store does not tell on which days it is put on cards: take the dates off it there, or see that the \
         store tells them"
    )]
    NoDays,
}

const NEXT: &str =
    "raise `version` in the profile to that of its next key, and name this one as `former`";

impl KeyError {
    /// The kind of failure in one or two words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::NotThere => "not there",
            Self::Several => "several",
            Self::WrongType => "wrong type",
            Self::Refused => "refused",
            Self::Away => "away",
            Self::TimedOut => "timed out",
            Self::Cannot(_) => "cannot",
            Self::NoBlocks => "no blocks",
            Self::NotYet(_) => "not yet",
            Self::Over(_) => "over",
            Self::Revoked => "revoked",
            Self::NoDay => "no day",
            Self::NoDays => "no days",
        }
    }
}
