// SPDX-License-Identifier: MIT OR Apache-2.0
//! What may be wrong with a layout.

use super::error::count;

/// A layout that is no format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{part}: {problem}")]
#[non_exhaustive]
pub struct LayoutError {
    /// Where.
    pub part: LayoutPart,
    /// What is wrong there.
    pub problem: LayoutProblem,
}

/// A part of a layout; fields, constants and checks are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutPart {
    /// How many bits there are.
    #[error("the length")]
    Length,
    /// The list of fields.
    #[error("the fields")]
    Fields,
    /// The name of a field.
    #[error("the name of field {0}")]
    FieldName(usize),
    /// The bits of a field.
    #[error("the bits of field {0}")]
    Field(usize),
    /// The bits of a constant.
    #[error("the bits of constant {0}")]
    Constant(usize),
    /// The value of a constant.
    #[error("the value of constant {0}")]
    Value(usize),
    /// The bits of a check.
    #[error("the bits of check {0}")]
    Check(usize),
    /// What a check covers.
    #[error("what check {0} covers")]
    Covered(usize),
}

/// What is wrong with a part of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutProblem {
    /// Not 1 to 256 bits.
    #[error("a format has 1 to 256 bits")]
    Length,
    /// No fields.
    #[error("a format has at least one field")]
    NoFields,
    /// A field's name is empty or has control characters.
    #[error("a field needs a name")]
    Name,
    /// Another field has the name.
    #[error("two fields have this name")]
    Named,
    /// A list of bits is written wrongly.
    #[error("no list of bits")]
    List,
    /// A number that no bit has.
    #[error("bits have numbers from 0 to 255")]
    Far,
    /// A bit beyond the end.
    #[error("bit {bit} is beyond the end")]
    Outside {
        /// The bit.
        bit: u8,
    },
    /// A bit that is used already.
    #[error("bit {bit} is used twice")]
    Twice {
        /// The bit.
        bit: u8,
    },
    /// More bits than a number has.
    #[error("more than 64 bits")]
    Wide,
    /// No whole number of decimal digits, or more than a number has.
    #[error("decimal digits have four bits each, and there are up to 19")]
    NotDigits,
    /// More or fewer bits than the rule makes.
    #[error("the rule makes {}", count(*bits, "bit"))]
    Result {
        /// How many it makes.
        bits: usize,
    },
    /// A constant that does not fit its bits.
    #[error("the value does not fit the bits")]
    Value,
    /// The covered bits are no whole number of groups.
    #[error("no whole number of groups of {bits} bits")]
    Groups {
        /// How many bits belong together.
        bits: usize,
    },
    /// A check digit over bits that are no decimal digits.
    #[error("not the digits of a field in decimal")]
    Digits,
    /// A check covers its own bits.
    #[error("the check covers its own bits")]
    Itself,
    /// A check before it covers its bits.
    #[error("its bits are covered by a check that is computed before")]
    Order,
}

impl LayoutProblem {
    pub(super) const fn of(self, part: LayoutPart) -> LayoutError {
        LayoutError { part, problem: self }
    }
}
