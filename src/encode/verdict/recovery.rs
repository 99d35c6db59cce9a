// SPDX-License-Identifier: MIT OR Apache-2.0
//! What to do next, and whether the card was changed.

use serde::{Deserialize, Serialize};

/// What an operator or a spooler does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Recovery {
    /// Try again with the same card where it is: nothing was written, and the link was disturbed.
    RetrySameCard,
    /// Present the same card again: what it holds will be found out, and the rest done.
    PresentAgain,
    /// Put the card aside and take another.
    RejectCard,
    /// Mend the record, or say what is to become of it; the card is untouched.
    BadRecord,
    /// Stop this station: its reader, its service or its key store is at fault. The card may be
    /// presented again anywhere.
    StopStation,
    /// Stop all stations: profile, keys or their use are wrong.
    StopLine,
}

/// Whether the card was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "no, perhaps, yes")]
pub enum Wrote {
    /// Nothing on the card was changed.
    Nothing,
    /// A command that changes the card was sent, and no proof came that it was executed or not: no
    /// answer, one that does not fit, or a bare refusal. Or it was executed, and nothing proves that the
    /// card had not been told the same before.
    Maybe,
    /// The card was changed.
    Yes,
}
