// SPDX-License-Identifier: MIT OR Apache-2.0
//! A format as it is written down: lists of bits are still text, nothing is checked.

use serde::Deserialize;

use super::rule::Rule;

/// What [`Format::new`](super::Format::new) makes a format of. Lists of bits are written as
/// [the module](super) says.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "it is there to be written down by others")]
pub struct Layout<'a> {
    /// The name.
    pub name: &'a str,
    /// Other names of the same format.
    pub aliases: &'a [&'a str],
    /// What it is called outside of here.
    pub title: &'a str,
    /// Where sources disagree, what was chosen and what else is found; else empty.
    pub note: &'a str,
    /// How many bits there are, 1 to [`MAX_BITS`](super::MAX_BITS).
    pub bits: usize,
    /// At least one.
    pub fields: &'a [FieldLayout<'a>],
    /// Bits that are the same on every card.
    pub constants: &'a [ConstantLayout<'a>],
    /// In the order in which they are computed: a check may cover the bits of those before it.
    pub checks: &'a [CheckLayout<'a>],
}

/// A value and where it stands.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "it is there to be written down by others")]
pub struct FieldLayout<'a> {
    /// The name, which no other field of the format has.
    pub name: &'a str,
    /// How the value becomes bits.
    pub coding: Coding,
    /// Its bits, most significant first: up to 64, or up to 19 decimal digits of four.
    pub bits: &'a str,
}

/// How a value becomes bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Coding {
    /// A binary number.
    #[default]
    Binary,
    /// Decimal digits of four bits each.
    Bcd,
}

/// Bits that are the same on every card.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "it is there to be written down by others")]
pub struct ConstantLayout<'a> {
    /// Its bits, most significant first, up to 64.
    pub bits: &'a str,
    /// What they hold.
    pub value: u64,
}

/// Bits that are computed from others.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "it is there to be written down by others")]
pub struct CheckLayout<'a> {
    /// How they are computed.
    pub rule: Rule,
    /// Where the result stands, most significant bit first: one bit for a parity, else up to 64.
    pub bits: &'a str,
    /// What it covers, in groups as its rule has them.
    pub over: &'a str,
}

/// A number in binary.
pub(super) const fn number<'a>(name: &'a str, bits: &'a str) -> FieldLayout<'a> {
    FieldLayout { name, coding: Coding::Binary, bits }
}

/// A number in decimal digits of four bits.
pub(super) const fn digits<'a>(name: &'a str, bits: &'a str) -> FieldLayout<'a> {
    FieldLayout { name, coding: Coding::Bcd, bits }
}

pub(super) const fn constant(bits: &str, value: u64) -> ConstantLayout<'_> {
    ConstantLayout { bits, value }
}

pub(super) const fn even<'a>(bits: &'a str, over: &'a str) -> CheckLayout<'a> {
    CheckLayout { rule: Rule::Even, bits, over }
}

pub(super) const fn odd<'a>(bits: &'a str, over: &'a str) -> CheckLayout<'a> {
    CheckLayout { rule: Rule::Odd, bits, over }
}
