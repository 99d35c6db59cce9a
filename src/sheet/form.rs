// SPDX-License-Identifier: MIT OR Apache-2.0
//! The forms in which a sheet is written.

use core::fmt;
use core::str::FromStr;

/// How a sheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Form {
    /// For people.
    #[default]
    Text,
    /// For programs: the schema is `schemas/reader-sheet.json`.
    Json,
    /// The values of BALTECH's configuration, by their names in its reference manual.
    Baltech,
    /// The JSON that KentixONE takes for a DESFire configuration of one's own.
    Kentix,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Text, Self::Json, Self::Baltech, Self::Kentix];

    /// The name on command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Baltech => "baltech",
            Self::Kentix => "kentix",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Form {
    type Err = FormError;

    fn from_str(text: &str) -> Result<Self, FormError> {
        Self::ALL.into_iter().find(|form| form.name() == text).ok_or(FormError)
    }
}

/// A text that names no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("forms are text, json, baltech and kentix")]
#[non_exhaustive]
pub struct FormError;
