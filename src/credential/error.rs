// SPDX-License-Identifier: MIT OR Apache-2.0
//! What may be wrong with values, bits and layouts. No value is named.

use core::fmt;

use super::reading::Fault;

/// Values or bits that do not fit a format. No value is named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// Not one value per field.
    #[error("the format takes {needed} values")]
    Values {
        /// How many fields there are.
        needed: usize,
    },
    /// The format has no such field.
    #[error("the format has no field {field:?}: its fields are {}", known.join(", "))]
    NoField {
        /// The name that was given.
        field: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A field has no value.
    #[error("{field} is missing")]
    Missing {
        /// The field.
        field: String,
    },
    /// A field has two values.
    #[error("{field} is given twice")]
    Twice {
        /// The field.
        field: String,
    },
    /// A value is wider than its field.
    #[error("{field} must be 0 to {max} ({width})")]
    TooLarge {
        /// The field.
        field: String,
        /// Its largest value.
        max: u64,
        /// Its width.
        width: Width,
    },
    /// The bits are too few or too many.
    #[error("the format has {needed} bits, these are {found}")]
    Bits {
        /// How many it has.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// The bytes are too few or too many.
    #[error("the format takes {needed} bytes, these are {found}")]
    Bytes {
        /// How many it takes.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// No string of bits is this long.
    #[error("a string has 1 to 256 bits, not {found}")]
    Length {
        /// How many were asked for.
        found: usize,
    },
    /// A bit beside those of the format is set.
    #[error("a spare bit is set")]
    Spare,
    /// The bit that marks the start is not set.
    #[error("the sentinel bit is not set")]
    Sentinel,
    /// Parities, constants or other checks do not hold.
    #[error("{}", Faults(.0))]
    Faults(Vec<Fault>),
}

/// How wide a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Width {
    /// Of a binary number.
    #[error("{0} bits")]
    Bits(usize),
    /// Of a decimal one.
    #[error("{0} decimal digits")]
    Digits(usize),
}

/// All of them in one line.
struct Faults<'a>(&'a [Fault]);

impl fmt::Display for Faults<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            let between = if at == 0 { "" } else { "; " };
            write!(f, "{between}{fault}")?;
        }
        Ok(())
    }
}

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
