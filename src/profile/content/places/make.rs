// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the kinds of parts make their places of.

use core::ops::Range;

use crate::credential::Packing;

use super::super::source::{Amount, Number, Order, Source};
use super::{Coding, Place, Role};

impl Place {
    pub(in super::super) fn new(name: &str, role: Role, bits: Vec<usize>, coding: Coding) -> Self {
        Self {
            name: name.to_owned(),
            role,
            bits,
            coding,
            piece: None,
            turned: Vec::new(),
            least: None,
            moves: false,
            signed: false,
            add: 0,
            unit: None,
            format: None,
            charset: None,
            fill: None,
            between: None,
            right: false,
            pattern: None,
            since: None,
            constant: None,
            rule: None,
            over: Vec::new(),
        }
    }

    pub(in super::super) fn field(source: &Source, bits: Vec<usize>, coding: Coding) -> Self {
        Self::new(&source.field.name, Role::Field, bits, coding)
    }

    /// The same, where it is as long as its value and has at least so many bytes.
    #[must_use]
    pub(in super::super) fn at_least(self, bytes: usize) -> Self {
        let least = bytes.saturating_mul(8);
        Self { least: (least < self.bits.len()).then_some(least), ..self }
    }

    /// What a key, chance or a program makes.
    pub(in super::super) fn made(name: &str, rule: &str, bits: Vec<usize>, over: &[usize]) -> Self {
        Self {
            rule: Some(rule.to_owned()),
            over: over.to_vec(),
            ..Self::new(name, Role::Made, bits, Coding::Bytes)
        }
    }

    /// A number that says how many bytes it covers.
    pub(in super::super) fn length_of(bits: Vec<usize>, over: &[usize]) -> Self {
        Self {
            rule: Some("length".to_owned()),
            over: over.to_vec(),
            ..Self::new("length", Role::Check, bits, Coding::Binary)
        }
    }

    pub(in super::super) fn amount(amount: &Amount, bits: Vec<usize>, coding: Coding) -> Self {
        Self { add: amount.add, ..Self::field(&amount.source, bits, coding) }
    }

    pub(in super::super) fn number(number: &Number, bits: Vec<usize>, coding: Coding) -> Self {
        match number {
            Number::Field(amount) => Self::amount(amount, bits, coding),
            Number::Decimal(source) => {
                Self { pattern: Some("yyyymmdd".to_owned()), ..Self::field(source, bits, coding) }
            }
            Number::Constant(value) => {
                let digits = format!("{value:X}");
                let digits = if digits.len() % 2 == 0 { digits } else { format!("0{digits}") };
                Self {
                    constant: Some(digits),
                    ..Self::new("constant", Role::Constant, bits, coding)
                }
            }
        }
    }
}

/// The bits of so many bytes.
pub(in super::super) fn bits_of(bytes: Range<usize>) -> Vec<usize> {
    (bytes.start.saturating_mul(8)..bytes.end.saturating_mul(8)).collect()
}

/// The bits of a number, most significant first.
pub(in super::super) fn ordered(bytes: Range<usize>, order: Order) -> Vec<usize> {
    match order {
        Order::Big => bits_of(bytes),
        Order::Little => {
            bytes.rev().flat_map(|byte| bits_of(byte..byte.saturating_add(1))).collect()
        }
    }
}

/// Where in the file a bit of a string stands that starts at this byte.
pub(in super::super) fn packed(packing: Packing, length: usize, bit: usize, start: usize) -> usize {
    start.saturating_mul(8).saturating_add(packing.place(length, bit))
}
