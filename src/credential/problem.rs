// SPDX-License-Identifier: MIT OR Apache-2.0
//! What may be wrong with a layout.

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

/// A part of a layout, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutPart {
    /// The format as such.
    #[error("the format")]
    Format,
    /// A field.
    #[error("field {0}")]
    Field(usize),
    /// A constant.
    #[error("constant {0}")]
    Constant(usize),
    /// A check.
    #[error("check {0}")]
    Check(usize),
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
    /// A field's name is empty, has control characters, or is another field's.
    #[error("a field has a name of its own")]
    Name,
    /// A list of bits is written wrongly.
    #[error("no list of bits")]
    List,
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
    /// Too wide, or no whole number of decimal digits.
    #[error("this many bits are not possible here")]
    Width,
    /// A constant that does not fit its bits.
    #[error("the value does not fit the bits")]
    Value,
    /// The covered bits are no whole number of groups.
    #[error("the covered bits are no whole number of groups of {bits}")]
    Groups {
        /// How many bits belong together.
        bits: usize,
    },
    /// A check digit over bits that are no decimal digits.
    #[error("the covered bits are no digits of fields with decimal ones")]
    Digits,
    /// A check, or one before it, covers its bits.
    #[error("its bits are covered by a check that is computed before")]
    Order,
}

impl LayoutProblem {
    pub(super) const fn of(self, part: LayoutPart) -> LayoutError {
        LayoutError { part, problem: self }
    }
}
