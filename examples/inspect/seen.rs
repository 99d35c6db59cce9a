// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was seen on a card, as it goes into the table and the JSON.

use cardwright::host::{Error, Grade};
use serde::Serialize;

/// A value, or why it could not be read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Seen<T> {
    /// The card said so.
    Is(T),
    /// The card did not say, in words.
    Closed(String),
}

impl<T> Seen<T> {
    /// Keeps a refusal as an answer. What is no refusal is a failure of the inspection.
    pub(crate) fn of(answer: Result<T, Error>) -> Result<Self, Error> {
        match answer {
            Ok(value) => Ok(Self::Is(value)),
            Err(error @ (Error::Refused { .. } | Error::Misuse(_))) => {
                Ok(Self::Closed(error.to_string()))
            }
            Err(error) => Err(error),
        }
    }

    /// The value, where there is one.
    pub(crate) const fn value(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Closed(_) => None,
        }
    }
}

/// A card.
#[derive(Debug, Serialize)]
pub(crate) struct Card {
    /// Generation and size, or the hardware version of an unknown chip.
    pub(crate) chip: String,
    pub(crate) hardware: String,
    pub(crate) software: String,
    /// What the anticollision shows.
    pub(crate) uid: String,
    pub(crate) random_uid: bool,
    /// The real UID, where a key could fetch it.
    pub(crate) real_uid: Option<String>,
    pub(crate) originality: Seen<Originality>,
    pub(crate) free_memory: Seen<u32>,
    pub(crate) keys: Vec<Key>,
    pub(crate) settings: Seen<Settings>,
    pub(crate) applications: Seen<Vec<Application>>,
}

/// What the chip's signature shows.
#[derive(Debug, Serialize)]
pub(crate) struct Originality {
    /// The name of what was found.
    pub(crate) finding: &'static str,
    /// The maker's key that verified it.
    pub(crate) key: Option<&'static str>,
    pub(crate) says: String,
}

/// A key slot.
#[derive(Debug, Serialize)]
pub(crate) struct Key {
    pub(crate) no: u8,
    pub(crate) version: Seen<u8>,
    pub(crate) opens: Opens,
}

/// Whether a given key opened a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Opens {
    /// It did.
    Yes,
    /// The slot holds another key.
    No,
    /// No key was given for the slot.
    NotTried,
}

/// Key settings of a level.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the byte has these four bits")]
pub(crate) struct Settings {
    pub(crate) byte: String,
    pub(crate) key_changeable: bool,
    pub(crate) free_list: bool,
    pub(crate) free_create: bool,
    pub(crate) settings_changeable: bool,
    pub(crate) change_keys_with: String,
    pub(crate) key_type: String,
    pub(crate) keys: u8,
}

/// An application.
#[derive(Debug, Serialize)]
pub(crate) struct Application {
    pub(crate) aid: String,
    pub(crate) iso_id: Option<String>,
    pub(crate) df_name: Option<String>,
    pub(crate) keys: Vec<Key>,
    pub(crate) settings: Seen<Settings>,
    pub(crate) files: Seen<Vec<File>>,
}

/// A file.
#[derive(Debug, Serialize)]
pub(crate) struct File {
    pub(crate) no: u8,
    pub(crate) settings: Seen<FileSettings>,
    pub(crate) contents: Seen<Contents>,
}

/// The settings of a file.
#[derive(Debug, Serialize)]
pub(crate) struct FileSettings {
    pub(crate) kind: &'static str,
    /// Size, limits or layout in words.
    pub(crate) extent: String,
    pub(crate) mode: &'static str,
    pub(crate) read: String,
    pub(crate) write: String,
    pub(crate) read_write: String,
    pub(crate) change: String,
}

/// What is in a file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Contents {
    /// The bytes of a data file.
    Data { hex: String, proof: Grade },
    /// The number in a value file.
    Value { value: i32, proof: Grade },
    /// The records of a record file, the oldest first.
    Records { hex: Vec<String>, proof: Grade },
}
