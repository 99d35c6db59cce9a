// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a format consists of: fields, constants and checks.

use super::layout::{CheckLayout, Coding, ConstantLayout, FieldLayout};
use super::places::{Free, Places};
use super::problem::{LayoutError, LayoutPart, LayoutProblem};
use super::rule::Rule;

/// A value inside a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    name: String,
    coding: Coding,
    places: Places,
}

impl Field {
    /// The field in place `at`.
    pub(super) fn new(
        at: usize,
        layout: &FieldLayout<'_>,
        free: &mut Free,
    ) -> Result<Self, LayoutError> {
        let own = |problem: LayoutProblem| problem.of(LayoutPart::Field(at));
        if layout.name.is_empty() || layout.name.chars().any(char::is_control) {
            return Err(LayoutProblem::Name.of(LayoutPart::FieldName(at)));
        }
        let places = free.take(layout.bits).map_err(own)?;
        match layout.coding {
            Coding::Binary if places.len() > 64 => return Err(own(LayoutProblem::Wide)),
            Coding::Bcd if places.len() % 4 != 0 || places.len() > 76 => {
                return Err(own(LayoutProblem::NotDigits));
            }
            Coding::Binary | Coding::Bcd => {}
        }
        Ok(Self { name: layout.name.to_owned(), coding: layout.coding, places })
    }

    /// The name, as profiles write it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the value becomes bits.
    #[must_use]
    pub const fn coding(&self) -> Coding {
        self.coding
    }

    /// Its bits, most significant first.
    #[must_use]
    pub const fn places(&self) -> &Places {
        &self.places
    }

    /// How many bits it has.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.places.len()
    }

    /// Whether these bits are one of its decimal digits.
    fn has_digit(&self, bits: &[u8]) -> bool {
        self.coding == Coding::Bcd && self.places.groups(4).any(|digit| digit == bits)
    }

    /// The largest value that fits.
    #[must_use]
    pub fn max(&self) -> u64 {
        let width = u32::try_from(self.width()).unwrap_or(u32::MAX);
        match self.coding {
            Coding::Binary => 1_u64.checked_shl(width).map_or(u64::MAX, |limit| limit - 1),
            Coding::Bcd => 10_u64.checked_pow(width / 4).map_or(u64::MAX, |limit| limit - 1),
        }
    }
}

/// Bits that are the same on every card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constant {
    places: Places,
    value: u64,
}

impl Constant {
    /// The constant in place `at`.
    pub(super) fn new(
        at: usize,
        layout: &ConstantLayout<'_>,
        free: &mut Free,
    ) -> Result<Self, LayoutError> {
        let own = |problem: LayoutProblem| problem.of(LayoutPart::Constant(at));
        let places = free.take(layout.bits).map_err(own)?;
        let width = u32::try_from(places.len()).unwrap_or(u32::MAX);
        if width > 64 {
            return Err(own(LayoutProblem::Wide));
        }
        if layout.value.checked_shr(width).unwrap_or(0) != 0 {
            return Err(LayoutProblem::Value.of(LayoutPart::Value(at)));
        }
        Ok(Self { places, value: layout.value })
    }

    /// Its bits, most significant first.
    #[must_use]
    pub const fn places(&self) -> &Places {
        &self.places
    }

    /// What they hold.
    #[must_use]
    pub const fn value(&self) -> u64 {
        self.value
    }
}

/// Bits that are computed from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    rule: Rule,
    places: Places,
    covered: Places,
    /// How many of the covered bits belong together.
    group: usize,
}

impl Check {
    /// The check in place `at`.
    pub(super) fn new(
        at: usize,
        layout: &CheckLayout<'_>,
        free: &mut Free,
        fields: &[Field],
    ) -> Result<Self, LayoutError> {
        let own = |problem: LayoutProblem| problem.of(LayoutPart::Check(at));
        let over = |problem: LayoutProblem| problem.of(LayoutPart::Covered(at));
        let (rule, places) = (layout.rule, free.take(layout.bits).map_err(own)?);
        match rule.width() {
            Some(bits) if places.len() != bits => return Err(own(LayoutProblem::Result { bits })),
            None if places.len() > 64 => return Err(own(LayoutProblem::Wide)),
            _ => {}
        }
        let group = rule.group(places.len());
        let covered = free.within(layout.over).map_err(over)?;
        if covered.len() % group != 0 {
            return Err(over(LayoutProblem::Groups { bits: group }));
        }
        let decimal = |digit| fields.iter().any(|field| field.has_digit(digit));
        if rule == Rule::Luhn && !covered.groups(group).all(decimal) {
            return Err(over(LayoutProblem::Digits));
        }
        let check = Self { rule, places, covered, group };
        match check.covers_any(&check.places) {
            true => Err(over(LayoutProblem::Itself)),
            false => Ok(check),
        }
    }

    /// Whether it covers one of these, and so cannot be computed before them.
    pub(super) fn covers_any(&self, places: &Places) -> bool {
        places.bits().iter().any(|bit| self.covered.bits().contains(bit))
    }

    /// How its bits are computed.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// Its own bits, most significant first.
    #[must_use]
    pub const fn places(&self) -> &Places {
        &self.places
    }

    /// The bits that it covers.
    #[must_use]
    pub const fn covered(&self) -> &Places {
        &self.covered
    }

    /// How many of the covered bits belong together.
    pub(super) const fn group(&self) -> usize {
        self.group
    }
}
