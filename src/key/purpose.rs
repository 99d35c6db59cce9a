// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a key is for.

/// What the keys of a store are for. A card key has it from the issuer key that it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a third purpose must break every match")]
pub enum Purpose {
    /// Invented keys, for software cards and test cards.
    Test,
    /// Keys that open doors.
    Live,
}
