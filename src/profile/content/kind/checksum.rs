// SPDX-License-Identifier: MIT OR Apache-2.0
//! `checksum`: over other parts of the same content.

use zeroize::Zeroizing;

use crate::checksum::{Catalogued, luhn};
use crate::profile::check::{Check, Covered};
use crate::profile::error::mistake;

use super::digits::Form;
use super::{
    Around, Entries, Given, Kind, Layout, Looks, Order, Part, Piece, Placed, ProfileError, Told,
    Unmade, tell,
};

const KINDS: &str = "write \"xor\", \"luhn\" or a name of the CRC catalogue, such as \"CRC-8/SMBUS\", \
                     \"CRC-16/IBM-3740\" or \"CRC-32/ISO-HDLC\"";

/// A checksum over bytes of the content that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Checksum {
    sum: Sum,
    order: Order,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sum {
    /// All bytes, exclusive or.
    Xor,
    /// The check digit of ISO/IEC 7812-1, Annex B, over digits of one form.
    Luhn(Form),
    Crc(&'static Catalogued),
}

impl Kind for Checksum {
    const NAME: &'static str = "checksum";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ checksum = \"xor\", over = [ … ], order = \"big\" }` | a checksum over other \
         parts, see below |",
    ];

    fn read<'r>(
        entries: &mut Entries<'_, '_, 'r>,
        layout: &mut Layout<'r>,
    ) -> Result<Self, ProfileError> {
        let (at, kind) = entries.string("checksum", KINDS)?;
        let (sum, order) = match (&*kind.to_ascii_lowercase(), Catalogued::by_name(kind)) {
            ("xor", _) => (Sum::Xor, Order::Big),
            ("luhn", _) => (Sum::Luhn(Form::Bcd), Order::Big),
            (_, Some(row)) => (Sum::Crc(row), entries.order(row.bytes())?),
            _ => {
                let problem = format!("{kind:?} is no checksum");
                return Err(entries.check.error(mistake::FORM, at, problem, KINDS));
            }
        };
        entries.over("over", layout)?;
        Ok(Self { sum, order })
    }
}

impl Checksum {
    fn sum(&self, around: &Around<'_>) -> Zeroizing<Vec<u8>> {
        let covered: Vec<&[u8]> = around.covered().collect();
        let mut sum = match self.sum {
            Sum::Xor => Zeroizing::new(vec![
                covered.iter().copied().flatten().fold(0, |sum, byte| sum ^ byte),
            ]),
            Sum::Luhn(form) => {
                let bytes = Zeroizing::new(covered.concat());
                let digits = form.read(&bytes).unwrap_or_default();
                let zero = if form == Form::Ascii { b'0' } else { 0 };
                Zeroizing::new(vec![zero | luhn(&digits)])
            }
            Sum::Crc(row) => row.over(&covered),
        };
        if self.order == Order::Little {
            sum.reverse();
        }
        sum
    }
}

/// The form of digits that a part has.
const fn form_of(part: &Part) -> Option<Form> {
    if let Part::Digits(digits) = part { Some(digits.form) } else { None }
}

/// Whether a part consists of digits of this form.
fn fits(part: &Part, form: Form) -> bool {
    match form_of(part) {
        Some(own) => own == form,
        None => matches!(part, Part::Constant(constant) if form.read(&constant.0).is_some()),
    }
}

impl Piece for Checksum {
    fn length(&self) -> usize {
        match self.sum {
            Sum::Xor | Sum::Luhn(_) => 1,
            Sum::Crc(row) => row.bytes(),
        }
    }

    fn looks(&self) -> Looks {
        Looks::Reading
    }

    /// The check digit is in the form of the digits that it is over.
    fn settle(
        &mut self,
        over: &[Covered],
        parts: &[Placed],
        check: &Check<'_>,
    ) -> Result<(), ProfileError> {
        let Sum::Luhn(own) = &mut self.sum else { return Ok(()) };
        let each = || over.iter().map(|covered| (covered.at, covered.of(parts)));
        let mut forms = each().flat_map(|(_, parts)| parts).filter_map(|placed| form_of(&placed.part));
        let form = forms.next();
        for (at, parts) in each() {
            if !parts.iter().all(|placed| form.is_some_and(|form| fits(&placed.part, form))) {
                let problem = "luhn is over digits of one form";
                let instead = "name parts of kind digits, with the same form";
                return Err(check.error(mistake::TYPE, at, problem, instead));
            }
        }
        *own = form.unwrap_or(Form::Bcd);
        Ok(())
    }

    fn render(
        &self,
        _: &Given<'_>,
        around: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        out.extend_from_slice(&self.sum(around));
        Ok(())
    }

    fn tell(&self, here: &[u8], around: &Around<'_>, told: &mut Vec<Told>) {
        let verdict = if *self.sum(around) == here { "right" } else { "wrong" };
        tell(told, "checksum", format!("{}, {verdict}", hex::encode_upper(here)));
    }
}
