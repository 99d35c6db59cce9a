// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stable names of what may go wrong, for machines: a message may be reworded, its code never is.
//!
//! Each kind of mistake keeps its table beside itself (`CODES`), and finds its row by a match without a
//! wildcard: a new variant does not build without one. `docs/codes.md` prints all of them.

use core::fmt;

use serde::{Serialize, Serializer};

/// What went wrong, by a name that is unique in this crate and stays the same from version to version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code {
    name: &'static str,
    meaning: &'static str,
    advice: &'static str,
}

impl Code {
    pub(crate) const fn new(
        name: &'static str,
        meaning: &'static str,
        advice: &'static str,
    ) -> Self {
        Self { name, meaning, advice }
    }

    /// The code itself: small letters, digits and hyphens, as receipts have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// What it says, the same for all cards and records.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        self.meaning
    }

    /// What to do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        self.advice
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

/// A table of codes: a constant for each row, and `ALL` of them in their order.
macro_rules! codes {
    ($($constant:ident = $name:literal, $meaning:literal, $advice:literal;)+) => {
        $(pub(crate) const $constant: $crate::code::Code =
            $crate::code::Code::new($name, $meaning, $advice);)+
        pub(crate) const ALL: &[$crate::code::Code] = &[$($constant),+];
    };
}

pub(crate) use codes;
