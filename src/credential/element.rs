// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a format consists of: fields, constants and checks.

use super::layout::{CheckLayout, Coding, ConstantLayout, FieldLayout};
use super::places::{Free, Places};
use super::problem::LayoutProblem;
use super::rule::Rule;

/// A value inside a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    name: String,
    coding: Coding,
    places: Places,
}

impl Field {
    pub(super) fn new(layout: &FieldLayout<'_>, free: &mut Free) -> Result<Self, LayoutProblem> {
        if layout.name.is_empty() || layout.name.chars().any(char::is_control) {
            return Err(LayoutProblem::Name);
        }
        let places = free.take(layout.bits)?;
        let fits = match layout.coding {
            Coding::Binary => places.len() <= 64,
            Coding::Bcd => places.len() % 4 == 0 && places.len() <= 76,
        };
        if !fits {
            return Err(LayoutProblem::Width);
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
    pub(super) fn new(layout: &ConstantLayout<'_>, free: &mut Free) -> Result<Self, LayoutProblem> {
        let places = free.take(layout.bits)?;
        let width = u32::try_from(places.len()).unwrap_or(u32::MAX);
        if width > 64 {
            return Err(LayoutProblem::Width);
        }
        if layout.value.checked_shr(width).unwrap_or(0) != 0 {
            return Err(LayoutProblem::Value);
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
    pub(super) fn new(
        layout: &CheckLayout<'_>,
        free: &mut Free,
        fields: &[Field],
    ) -> Result<Self, LayoutProblem> {
        let (rule, places) = (layout.rule, free.take(layout.bits)?);
        let group = rule.group(places.len()).ok_or(LayoutProblem::Width)?;
        let covered = free.within(layout.over)?;
        if covered.len() % group != 0 {
            return Err(LayoutProblem::Groups { bits: group });
        }
        let decimal = |digit| fields.iter().any(|field| field.has_digit(digit));
        if rule == Rule::Luhn && !covered.groups(group).all(decimal) {
            return Err(LayoutProblem::Digits);
        }
        Ok(Self { rule, places, covered, group })
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
