// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a command returned, and how well it is proven.

use serde::{Deserialize, Serialize};

/// How well a step is proven, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new grade must break every match")]
pub enum Grade {
    /// Nothing was asked of the card.
    NotLookedAt,
    /// The card said so, with a bare status or unprotected data.
    Said,
    /// The data came enciphered under the session's key, with a checksum that fits and no MAC: who
    /// guesses gets through once in 65,536 times (D40) or 4,294,967,296 times (EV1).
    Enciphered,
    /// The reply carried the session's MAC.
    Sealed,
    /// A reply that carried the MAC of a session under a key that is not public named it. The host
    /// itself never gives this grade, as it does not know which keys are public.
    Attested,
    /// The result was put to use: authenticated with the new key, data read back. The host itself
    /// never gives this grade.
    Used,
}

/// A value from the card, with the grade of the evidence for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[expect(clippy::exhaustive_structs, reason = "a value and its grade are all there is")]
pub struct Answer<T> {
    /// The value.
    pub value: T,
    /// How well it is proven.
    pub grade: Grade,
}
