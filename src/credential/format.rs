// SPDX-License-Identifier: MIT OR Apache-2.0
//! A format that has been checked.

use super::element::{Check, Constant, Field};
use super::layout::Layout;
use super::places::Free;
use super::problem::{LayoutError, LayoutPart, LayoutProblem};

/// A bit format: its fields, constants and checks, no bit of which is used twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    name: String,
    aliases: Vec<String>,
    title: String,
    note: String,
    bits: usize,
    fields: Vec<Field>,
    constants: Vec<Constant>,
    checks: Vec<Check>,
    unassigned: Vec<u8>,
}

impl Format {
    /// Checks a layout.
    ///
    /// # Errors
    /// [`LayoutError`] with the first part that is wrong.
    pub fn new(layout: &Layout<'_>) -> Result<Self, LayoutError> {
        let mut free =
            Free::new(layout.bits).ok_or(LayoutProblem::Length.of(LayoutPart::Length))?;
        if layout.fields.is_empty() {
            return Err(LayoutProblem::NoFields.of(LayoutPart::Fields));
        }
        let mut fields: Vec<Field> = Vec::new();
        for (at, field) in layout.fields.iter().enumerate() {
            let field = Field::new(at, field, &mut free)?;
            if fields.iter().any(|other| other.name() == field.name()) {
                return Err(LayoutProblem::Named.of(LayoutPart::FieldName(at)));
            }
            fields.push(field);
        }
        let constants = layout.constants.iter().enumerate();
        let constants = constants.map(|(at, constant)| Constant::new(at, constant, &mut free));
        let constants = constants.collect::<Result<Vec<_>, _>>()?;
        let mut checks: Vec<Check> = Vec::new();
        for (at, check) in layout.checks.iter().enumerate() {
            let check = Check::new(at, check, &mut free, &fields)?;
            if checks.iter().any(|other| other.covers_any(check.places())) {
                return Err(LayoutProblem::Order.of(LayoutPart::Check(at)));
            }
            checks.push(check);
        }
        Ok(Self {
            name: layout.name.to_owned(),
            aliases: layout.aliases.iter().map(|&alias| alias.to_owned()).collect(),
            title: layout.title.to_owned(),
            note: layout.note.to_owned(),
            bits: layout.bits,
            fields,
            constants,
            checks,
            unassigned: free.left(),
        })
    }

    /// The name; those of this crate's formats are in lower case.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Other names of the same format.
    #[must_use]
    pub fn aliases(&self) -> &[String] {
        &self.aliases
    }

    /// Whether it has this name or alias, whatever the case.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        let mut names = core::iter::once(&self.name).chain(&self.aliases);
        names.any(|own| own.eq_ignore_ascii_case(name))
    }

    /// What it is called outside of here.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Where sources disagree, what was chosen and what else is found; else empty.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// How many bits it has.
    #[must_use]
    pub const fn bit_length(&self) -> usize {
        self.bits
    }

    /// The fields.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The bits that are the same on every card.
    #[must_use]
    pub fn constants(&self) -> &[Constant] {
        &self.constants
    }

    /// The bits that are computed from others, in the order in which they are.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// How many bits its checks cover, each check counted too.
    pub(crate) fn work(&self) -> usize {
        let covered = self.checks.iter().map(|check| check.covered().len().saturating_add(1));
        covered.fold(0, usize::saturating_add)
    }

    /// The bits that nothing is known of. They are written as 0.
    #[must_use]
    pub fn unassigned(&self) -> &[u8] {
        &self.unassigned
    }
}
