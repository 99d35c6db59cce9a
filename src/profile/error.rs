// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mistakes in a profile, and what is allowed but worth a second look.

pub(in crate::profile) mod mistake;
mod toml;
pub(in crate::profile) mod warning;

use core::fmt;

use crate::code::Code;
use crate::keys::Position;
use crate::shown::Shown;

/// A mistake in a profile: where, what, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileError {
    pub(super) code: Code,
    pub(super) position: Position,
    pub(super) problem: String,
    pub(super) instead: String,
}

impl ProfileError {
    /// The codes of mistakes in profiles.
    pub const CODES: &'static [Code] = mistake::ALL;

    /// What kind of mistake it is, by the name that machines know it by.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// Where the mistake is.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// What is wrong.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// What to write instead.
    #[must_use]
    pub fn instead(&self) -> &str {
        &self.instead
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code: _, position, problem, instead } = self;
        write!(f, "{position}: {}: {}", Shown(problem), Shown(instead))
    }
}

impl core::error::Error for ProfileError {}

/// Something in a profile that is allowed but worth a second look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub(super) code: Code,
    pub(super) position: Position,
    pub(super) message: String,
}

impl Warning {
    /// The codes of warnings.
    pub const CODES: &'static [Code] = warning::ALL;

    /// What kind of warning it is, by the name that machines know it by.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// What to do where it is not meant, the same for all warnings of its kind.
    #[must_use]
    pub const fn instead(&self) -> &'static str {
        self.code.advice()
    }

    /// What it is about.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// What is worth a second look, and why.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, Shown(&self.message))
    }
}
