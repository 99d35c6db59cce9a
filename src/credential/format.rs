// SPDX-License-Identifier: MIT OR Apache-2.0
//! A format that has been checked.

use super::error::{LayoutError, LayoutPart, LayoutProblem};
use super::layout::{CheckLayout, ConstantLayout, FieldLayout, Layout};
use super::{MAX_BITS, list, table};

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

/// A value inside a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    name: String,
    coding: Coding,
    list: String,
    places: Vec<u8>,
}

/// Bits that are the same on every card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constant {
    list: String,
    places: Vec<u8>,
    value: u64,
}

/// Bits that are computed from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    rule: Rule,
    list: String,
    places: Vec<u8>,
    over: String,
    covered: Vec<u8>,
}

/// How a value becomes bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Coding {
    /// A binary number.
    Binary,
    /// Decimal digits of four bits each.
    Bcd,
}

/// How the bits of a check are computed from those that it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// One bit that makes the number of ones even.
    Even,
    /// One bit that makes the number of ones odd.
    Odd,
    /// The covered bits in groups as wide as the result, combined by exclusive or.
    Xor,
    /// [`Rule::Xor`], and one more where the low four bits come out as F.
    XorNotF,
    /// The groups added up, what does not fit the result left away.
    Sum,
}

impl Format {
    /// Every format that this crate knows, the shortest first.
    #[must_use]
    pub fn all() -> &'static [Self] {
        table::formats()
    }

    /// The format of this name or alias, as profiles write it.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        Self::all()
            .iter()
            .find(|format| format.name == name || format.aliases.iter().any(|alias| alias == name))
    }

    /// Checks a layout.
    ///
    /// # Errors
    /// [`LayoutError`] with the first part that is wrong.
    pub fn new(layout: &Layout<'_>) -> Result<Self, LayoutError> {
        let part = LayoutPart::Format;
        let mut free = Free::new(layout.bits).ok_or(LayoutProblem::Length.of(part))?;
        if layout.fields.is_empty() {
            return Err(LayoutProblem::NoFields.of(part));
        }
        let mut fields: Vec<Field> = Vec::new();
        for (at, field) in layout.fields.iter().enumerate() {
            let field =
                Field::new(field, &mut free).map_err(|what| what.of(LayoutPart::Field(at)))?;
            if fields.iter().any(|other| other.name == field.name) {
                return Err(LayoutProblem::Name.of(LayoutPart::Field(at)));
            }
            fields.push(field);
        }
        let mut constants = Vec::new();
        for (at, constant) in layout.constants.iter().enumerate() {
            let constant = Constant::new(constant, &mut free);
            constants.push(constant.map_err(|what| what.of(LayoutPart::Constant(at)))?);
        }
        let mut checks: Vec<Check> = Vec::new();
        for (at, check) in layout.checks.iter().enumerate() {
            let check =
                Check::new(check, &mut free).map_err(|what| what.of(LayoutPart::Check(at)))?;
            if checks.iter().chain([&check]).any(|other| other.covers_any(&check.places)) {
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

    /// The name, in lower case.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Other names of the same format.
    #[must_use]
    pub fn aliases(&self) -> &[String] {
        &self.aliases
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

    /// The bits that nothing is known of. They are written as 0.
    #[must_use]
    pub fn unassigned(&self) -> &[u8] {
        &self.unassigned
    }
}

impl Field {
    fn new(layout: &FieldLayout<'_>, free: &mut Free) -> Result<Self, LayoutProblem> {
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
        let (name, list) = (layout.name.to_owned(), layout.bits.to_owned());
        Ok(Self { name, coding: layout.coding, list, places })
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

    /// Its bits, as they were written.
    #[must_use]
    pub fn list(&self) -> &str {
        &self.list
    }

    /// Its bits, most significant first.
    #[must_use]
    pub fn places(&self) -> &[u8] {
        &self.places
    }

    /// How many bits it has.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.places.len()
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

impl Constant {
    fn new(layout: &ConstantLayout<'_>, free: &mut Free) -> Result<Self, LayoutProblem> {
        let places = free.take(layout.bits)?;
        let width = u32::try_from(places.len()).unwrap_or(u32::MAX);
        if width > 64 {
            return Err(LayoutProblem::Width);
        }
        if layout.value.checked_shr(width).unwrap_or(0) != 0 {
            return Err(LayoutProblem::Value);
        }
        Ok(Self { list: layout.bits.to_owned(), places, value: layout.value })
    }

    /// Its bits, as they were written.
    #[must_use]
    pub fn list(&self) -> &str {
        &self.list
    }

    /// Its bits, most significant first.
    #[must_use]
    pub fn places(&self) -> &[u8] {
        &self.places
    }

    /// What they hold.
    #[must_use]
    pub const fn value(&self) -> u64 {
        self.value
    }
}

impl Check {
    fn new(layout: &CheckLayout<'_>, free: &mut Free) -> Result<Self, LayoutProblem> {
        let places = free.take(layout.bits)?;
        let most = match layout.rule {
            Rule::Even | Rule::Odd => 1,
            Rule::Xor | Rule::XorNotF | Rule::Sum => 64,
        };
        if places.len() > most {
            return Err(LayoutProblem::Width);
        }
        let covered = free.within(layout.over)?;
        if covered.len() % places.len() != 0 {
            return Err(LayoutProblem::Groups);
        }
        let (list, over) = (layout.bits.to_owned(), layout.over.to_owned());
        Ok(Self { rule: layout.rule, list, places, over, covered })
    }

    /// Whether it covers one of these, and so cannot be computed before them.
    fn covers_any(&self, places: &[u8]) -> bool {
        places.iter().any(|place| self.covered.contains(place))
    }

    /// How its bits are computed.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// Its own bits, as they were written.
    #[must_use]
    pub fn list(&self) -> &str {
        &self.list
    }

    /// Its own bits, most significant first.
    #[must_use]
    pub fn places(&self) -> &[u8] {
        &self.places
    }

    /// The bits that it covers, as they were written.
    #[must_use]
    pub fn over(&self) -> &str {
        &self.over
    }

    /// The bits that it covers.
    #[must_use]
    pub fn covered(&self) -> &[u8] {
        &self.covered
    }
}

impl Rule {
    /// Every rule and its name, as profiles write it.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("even", Self::Even),
        ("odd", Self::Odd),
        ("xor", Self::Xor),
        ("xor-not-f", Self::XorNotF),
        ("sum", Self::Sum),
    ];

    /// The name, as profiles write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Even => "even",
            Self::Odd => "odd",
            Self::Xor => "xor",
            Self::XorNotF => "xor-not-f",
            Self::Sum => "sum",
        }
    }
}

/// The bits of a format that nothing has taken yet.
struct Free(Vec<bool>);

impl Free {
    fn new(bits: usize) -> Option<Self> {
        (1..=MAX_BITS).contains(&bits).then(|| Self(vec![true; bits]))
    }

    /// The places of a list, none of them twice.
    fn within(&self, text: &str) -> Result<Vec<u8>, LayoutProblem> {
        let places = list::places(text).ok_or(LayoutProblem::List)?;
        let mut named = vec![false; self.0.len()];
        for &bit in &places {
            match named.get_mut(usize::from(bit)) {
                None => return Err(LayoutProblem::Outside { bit }),
                Some(named) if *named => return Err(LayoutProblem::Twice { bit }),
                Some(named) => *named = true,
            }
        }
        Ok(places)
    }

    fn take(&mut self, text: &str) -> Result<Vec<u8>, LayoutProblem> {
        let places = self.within(text)?;
        for &bit in &places {
            match self.0.get_mut(usize::from(bit)) {
                Some(free) if *free => *free = false,
                _ => return Err(LayoutProblem::Twice { bit }),
            }
        }
        Ok(places)
    }

    fn left(&self) -> Vec<u8> {
        let bits = (0..=u8::MAX).zip(&self.0);
        bits.filter(|(_, free)| **free).map(|(bit, _)| bit).collect()
    }
}
