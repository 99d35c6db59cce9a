// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[[format]]`: bit formats of a profile's own.

use crate::profile::error::mistake;
use toml::Spanned;

use crate::credential::{
    CheckLayout, ConstantLayout, FieldLayout, Format, Layout, LayoutError, LayoutPart,
    LayoutProblem, Rule,
};

use super::super::error::ProfileError;
use super::super::shape;
use super::{Check, Declared, meant};

/// The entries of a part of kind `bits`, which no field may be called after.
const RESERVED: [&str; 6] = ["bits", "align", "sentinel", "bit_order", "at", "name"];

const NAME: &str = "write another name";
const RULE: &str = "write one of \"even\", \"odd\", \"xor\", \"xor-not-f\", \"sum\", \"luhn\", or a \
                    name of the CRC catalogue, such as \"CRC-8/SMBUS\"";

impl Check<'_> {
    pub(super) fn declare_formats(
        &mut self,
        formats: &[Spanned<shape::Format>],
    ) -> Result<(), ProfileError> {
        for raw in formats {
            let format = raw.get_ref();
            let (at, name) = (format.name.span().start, format.name.get_ref());
            if name.is_empty() || name.chars().any(char::is_control) {
                return Err(self.error(
                    mistake::NO_NAME,
                    at,
                    "the format has no name",
                    "write a name",
                ));
            }
            let known = self.formats.iter().any(|other| other.item.is_called(name));
            if known || Format::by_name(name).is_some() {
                return Err(self.error(
                    mistake::NAME_TAKEN,
                    at,
                    format!("there is a bit format {name:?} already"),
                    NAME,
                ));
            }
            for field in format.fields.get_ref() {
                let name = &field.get_ref().name;
                if RESERVED.contains(&name.get_ref().as_str()) {
                    let problem = format!("{:?} is an entry of its own", name.get_ref());
                    return Err(self.error(mistake::NAME_TAKEN, name.span().start, problem, NAME));
                }
            }
            let item = self.build(format)?;
            let gap = match item.unassigned() {
                [] => None,
                [bit] => Some(format!("nothing takes bit {bit}: it is 0")),
                [first, .., last] => {
                    let count = item.unassigned().len();
                    Some(format!("nothing takes {count} of the bits {first} to {last}: they are 0"))
                }
            };
            if let Some(gap) = gap {
                self.warn(raw.get_ref().bits.span().start, gap);
            }
            self.formats.push(Declared { item, at, version_at: at, used: false });
        }
        Ok(())
    }

    /// The bit format of this name, the profile's own or one that everybody knows.
    pub(in crate::profile) fn format(
        &mut self,
        at: usize,
        name: &str,
    ) -> Result<Format, ProfileError> {
        if let Some(own) = self.formats.iter_mut().find(|format| format.item.is_called(name)) {
            own.used = true;
            return Ok(own.item.clone());
        }
        if let Some(known) = Format::by_name(name) {
            return Ok(known.clone());
        }
        let own = self.formats.iter().map(|format| &format.item);
        let known = meant(name, own.chain(Format::all()).map(Format::name), "");
        Err(self.error(
            mistake::UNKNOWN_NAME,
            at,
            format!("no bit format is called {name:?}"),
            known,
        ))
    }

    fn build(&self, raw: &shape::Format) -> Result<Format, ProfileError> {
        let fields = raw.fields.get_ref().iter().map(|field| {
            let field = field.get_ref();
            let coding = field.coding;
            FieldLayout { name: field.name.get_ref(), coding, bits: field.bits.get_ref() }
        });
        let fields: Vec<_> = fields.collect();
        let mut constants = Vec::new();
        for constant in &raw.constants {
            let constant = constant.get_ref();
            let Ok(value) = u64::try_from(*constant.value.get_ref()) else {
                let at = constant.value.span().start;
                return Err(self.error(
                    mistake::RANGE,
                    at,
                    "a constant is negative",
                    "write 0 or more",
                ));
            };
            constants.push(ConstantLayout { bits: constant.bits.get_ref(), value });
        }
        let mut checks = Vec::new();
        for check in &raw.checks {
            let check = check.get_ref();
            let (at, name) = (check.rule.span().start, check.rule.get_ref());
            let Some(rule) = Rule::by_name(name) else {
                return Err(self.error(
                    mistake::UNKNOWN_NAME,
                    at,
                    format!("no rule is called {name:?}"),
                    RULE,
                ));
            };
            checks.push(CheckLayout {
                rule,
                bits: check.bits.get_ref(),
                over: check.over.get_ref(),
            });
        }
        let layout = Layout {
            name: raw.name.get_ref(),
            aliases: &[],
            title: "",
            note: "",
            bits: usize::try_from(*raw.bits.get_ref()).unwrap_or(0),
            fields: &fields,
            constants: &constants,
            checks: &checks,
        };
        Format::new(&layout).map_err(|error| self.layout_error(raw, error))
    }

    fn layout_error(&self, raw: &shape::Format, error: LayoutError) -> ProfileError {
        let field = |at: usize| raw.fields.get_ref().get(at).map(Spanned::get_ref);
        let constant = |at: usize| raw.constants.get(at).map(Spanned::get_ref);
        let check = |at: usize| raw.checks.get(at).map(Spanned::get_ref);
        let (list, at) = match error.part {
            LayoutPart::Length => (None, Some(raw.bits.span())),
            LayoutPart::Fields => (None, Some(raw.fields.span())),
            LayoutPart::FieldName(at) => (None, field(at).map(|field| field.name.span())),
            LayoutPart::Value(at) => (None, constant(at).map(|constant| constant.value.span())),
            LayoutPart::Field(at) => (field(at).map(|field| &field.bits), None),
            LayoutPart::Constant(at) => (constant(at).map(|constant| &constant.bits), None),
            LayoutPart::Check(at) => (check(at).map(|check| &check.bits), None),
            LayoutPart::Covered(at) => (check(at).map(|check| &check.over), None),
        };
        let at = at.or(list.map(Spanned::span)).unwrap_or_else(|| raw.name.span());
        let problem = match (error.problem, list) {
            (LayoutProblem::List, Some(list)) => format!("{:?} is no list of bits", list.get_ref()),
            (problem, _) => problem.to_string(),
        };
        self.error(mistake::BIT_FORMAT, at.start, problem, instead(error.problem))
    }
}

const fn instead(problem: LayoutProblem) -> &'static str {
    match problem {
        LayoutProblem::Length => "write bits = … with a number from 1 to 256",
        LayoutProblem::NoFields => "write fields = [{ name = \"number\", bits = \"1-16\" }]",
        LayoutProblem::Name => "write a name",
        LayoutProblem::Named => "write another name",
        LayoutProblem::List => "write bits as in \"1-8\", \"8-1\", \"0-28/4\" or \"3,7\"",
        LayoutProblem::Far => "write smaller numbers",
        LayoutProblem::Outside { .. } => "write more bits for the format, or other bits here",
        LayoutProblem::Twice { .. } => "write each bit in one place",
        LayoutProblem::Wide => "write up to 64 bits",
        LayoutProblem::NotDigits => "write four bits for each digit, up to 76",
        LayoutProblem::Result { .. } => "write as many bits",
        LayoutProblem::Itself => "leave them out of what it covers",
        LayoutProblem::Value => "write a smaller value or more bits",
        LayoutProblem::Groups { .. } => "write a multiple of so many covered bits",
        LayoutProblem::Digits => {
            "write the bits of whole digits of fields with coding = \"bcd\", as they are listed there"
        }
        LayoutProblem::Order => "write the checks in the order in which they are computed",
    }
}
