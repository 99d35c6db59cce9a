// SPDX-License-Identifier: MIT OR Apache-2.0
//! Values to bits and back.

use crate::secret::{self, Secret};

use super::bits::Bits;
use super::element::{Check, Constant, Field};
use super::error::{Fault, FormatError, Width};
use super::format::Format;
use super::layout::Coding;
use super::packing::Packing;
use super::reading::Reading;

impl Format {
    /// Puts one value into each field, in any order, and adds constants and checks.
    ///
    /// # Errors
    /// [`FormatError`] where a field is unknown, missing, or named twice, or where a value does not
    /// fit: with the field, its range and its width, never with the value.
    pub fn encode(&self, values: &[(&str, u64)]) -> Result<Bits, FormatError> {
        for (at, (name, _)) in values.iter().enumerate() {
            if !self.fields().iter().any(|field| field.name() == *name) {
                let known = self.fields().iter().map(|field| field.name().to_owned()).collect();
                return Err(FormatError::NoField { field: (*name).to_owned(), known });
            }
            if values.iter().take(at).any(|(other, _)| other == name) {
                return Err(FormatError::Twice { field: (*name).to_owned() });
            }
        }
        let ordered = self.fields().iter().map(|field| {
            let given = values.iter().find(|(name, _)| *name == field.name());
            let missing = || FormatError::Missing { field: field.name().to_owned() };
            given.map(|(_, value)| *value).ok_or_else(missing)
        });
        self.encode_values(&secret::try_collect(ordered)?)
    }

    /// [`Format::encode`] for one value per field in the order of [`Format::fields`].
    ///
    /// # Errors
    /// [`FormatError::Values`] where there are not as many, [`FormatError::TooLarge`] where one
    /// does not fit.
    pub fn encode_values(&self, values: &[u64]) -> Result<Bits, FormatError> {
        if values.len() != self.fields().len() {
            return Err(FormatError::Values { needed: self.fields().len() });
        }
        let mut bits = Bits::zeros(self.bit_length());
        for (field, value) in self.fields().iter().zip(values) {
            bits.put(field.places().bits(), field.coded(*value)?);
        }
        for constant in self.constants() {
            bits.put(constant.places().bits(), constant.value().into());
        }
        for check in self.checks() {
            let result = check.expected(&bits);
            bits.put(check.places().bits(), result);
        }
        Ok(bits)
    }

    /// What the bits say, where every constant and every check holds.
    ///
    /// # Errors
    /// [`FormatError::Bits`] for another number of bits; [`FormatError::Faults`] with everything
    /// that does not hold.
    pub fn decode(&self, bits: &Bits) -> Result<Reading<'_>, FormatError> {
        let reading = self.read(bits)?;
        match reading.faults() {
            [] => Ok(reading),
            faults => Err(FormatError::Faults(faults.to_vec())),
        }
    }

    /// What the bits would say in this format, beside everything that does not hold.
    ///
    /// # Errors
    /// [`FormatError::Bits`] for another number of bits.
    pub fn read(&self, bits: &Bits) -> Result<Reading<'_>, FormatError> {
        if bits.len() != self.bit_length() {
            return Err(FormatError::Bits { needed: self.bit_length(), found: bits.len() });
        }
        let values: Vec<_> = self.fields().iter().map(|field| field.value(bits)).collect();
        let mut faults: Vec<Fault> = Vec::new();
        for (field, value) in self.fields().iter().zip(&values) {
            if value.is_none() {
                faults.push(Fault::NotDecimal { field: field.name().to_owned() });
            }
        }
        faults.extend(self.constants().iter().filter_map(|constant| constant.fault(bits)));
        let wrong = self.checks().iter().filter(|check| !check.holds(bits));
        faults.extend(wrong.map(|check| Fault::Check {
            rule: check.rule(),
            bits: check.places().to_string(),
            over: check.covered().to_string(),
        }));
        let set = self.unassigned().iter().filter(|bit| bits.number(&[**bit]) != 0);
        faults.extend(set.map(|&bit| Fault::Unassigned { bit }));
        Ok(Reading { format: self, bits: bits.clone(), values: Secret::new(values), faults })
    }

    /// What the bits would say in every one of these formats that has this length. Nothing is
    /// preferred.
    #[must_use]
    pub fn identify<'a>(among: &'a [Self], bits: &Bits) -> Vec<Reading<'a>> {
        among.iter().filter_map(|format| format.read(bits).ok()).collect()
    }

    /// What the bytes would say in every one of these formats whose bits fill them under this packing.
    #[must_use]
    pub fn identify_bytes<'a>(
        among: &'a [Self],
        bytes: &[u8],
        packing: Packing,
    ) -> Vec<Reading<'a>> {
        let unpacked = |format: &'a Self| {
            let bits = Bits::unpack(bytes, format.bit_length(), packing).ok()?;
            format.read(&bits).ok()
        };
        among.iter().filter_map(unpacked).collect()
    }
}

impl Field {
    fn coded(&self, value: u64) -> Result<u128, FormatError> {
        let max = self.max();
        if value > max {
            let width = match self.coding() {
                Coding::Binary => Width::Bits(self.width()),
                Coding::Bcd => Width::Digits(self.width() / 4),
            };
            return Err(FormatError::TooLarge { field: self.name().to_owned(), max, width });
        }
        Ok(match self.coding() {
            Coding::Binary => value.into(),
            Coding::Bcd => decimal(value),
        })
    }

    /// The value, or `None` where a digit is over 9.
    fn value(&self, bits: &Bits) -> Option<u64> {
        match self.coding() {
            Coding::Binary => u64::try_from(bits.number(self.places().bits())).ok(),
            Coding::Bcd => self.places().groups(4).try_fold(0_u64, |value, places| {
                let digit = u64::try_from(bits.number(places)).ok().filter(|digit| *digit < 10)?;
                value.checked_mul(10)?.checked_add(digit)
            }),
        }
    }
}

impl Constant {
    fn fault(&self, bits: &Bits) -> Option<Fault> {
        let wrong = bits.number(self.places().bits()) != self.value().into();
        wrong.then(|| Fault::Constant {
            bits: self.places().to_string(),
            value: format!("{:0width$b}", self.value(), width = self.places().len()),
        })
    }
}

impl Check {
    /// Whether its bits are what they have to be.
    fn holds(&self, bits: &Bits) -> bool {
        bits.number(self.places().bits()) == self.expected(bits)
    }

    /// What its bits have to be.
    fn expected(&self, bits: &Bits) -> u128 {
        let width = self.places().len();
        let groups = self.covered().groups(self.group()).map(|places| bits.number(places));
        self.rule().result(groups, width)
    }
}

/// Decimal digits of four bits each.
fn decimal(mut value: u64) -> u128 {
    let mut digits = 0;
    for place in 0..20 {
        digits |= u128::from(value % 10) << (4 * place);
        value /= 10;
    }
    digits
}
