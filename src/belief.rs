// SPDX-License-Identifier: MIT OR Apache-2.0
//! Rules that no published vector, capture or foreign program holds.
//!
//! Each pen lists its own; a test prints and counts them. The list is what a day with real cards
//! has to settle.

/// One rule that rests on belief.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a row of a table, written as a literal")]
pub struct Belief {
    /// The rule, in a sentence.
    pub rule: &'static str,
    /// The module and item that follow it.
    pub place: &'static str,
    /// Where it was read, or "belief" where it was not.
    pub source: &'static str,
    /// What to send to a real card to settle it.
    pub settle: &'static str,
}
