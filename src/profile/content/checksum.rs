// SPDX-License-Identifier: MIT OR Apache-2.0
//! Checksums over other parts of the same content.

use core::ops::Range;

use zeroize::Zeroizing;

use super::Order;
use super::crc::Catalogued;
use super::digits::Form;

/// A checksum over bytes of the content that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Checksum {
    pub(in super::super) sum: Sum,
    pub(in super::super) order: Order,
    /// What it covers: places in the content, one behind the other.
    pub(in super::super) over: Vec<Range<usize>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Sum {
    /// All bytes, exclusive or.
    Xor,
    /// The check digit of ISO/IEC 7812-1, Annex B, over digits of one form.
    Luhn(Form),
    Crc(&'static Catalogued),
}

impl Checksum {
    pub(super) const fn length(&self) -> usize {
        match self.sum {
            Sum::Xor | Sum::Luhn(_) => 1,
            Sum::Crc(row) => row.bytes(),
        }
    }

    /// Computes it over a content and puts it into its place there.
    pub(super) fn fill_in(&self, place: usize, content: &mut [u8]) {
        let covered = self.over.iter().filter_map(|range| content.get(range.clone()));
        let covered: Vec<&[u8]> = covered.collect();
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
        for (byte, sum) in content.iter_mut().skip(place).zip(sum.iter()) {
            *byte = *sum;
        }
    }
}

/// The digit that, put behind the others, makes the sum of all a multiple of ten, where from the
/// right every second one counts twice, and its two digits one by one.
fn luhn(digits: &[u8]) -> u8 {
    let mut sum = 0_u8;
    for (place, digit) in digits.iter().rev().enumerate() {
        let counted = match digit.saturating_mul(2) {
            _ if place % 2 == 1 => *digit,
            doubled @ ..10 => doubled,
            doubled => doubled.saturating_sub(9),
        };
        sum = sum.saturating_add(counted) % 10;
    }
    10_u8.saturating_sub(sum) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 7992739871 from the right is 1 7 8 9 3 7 2 9 9 7; doubled in the first, third ...
    /// place it counts 2 7 (16) 7 9 6 7 4 9 (18) 9 7 = 2+7+7+9+6+7+4+9+9+7 = 67, and 3 are missing.
    #[test]
    fn luhn_is_the_digit_that_is_missing() {
        assert_eq!(luhn(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1]), 3);
        assert_eq!(luhn(&[]), 0);
        assert_eq!(luhn(&[0, 0, 5]), 9);
        assert_eq!(luhn(&[9; 1000]), luhn(&[9; 20].map(|digit| digit)));
    }
}
