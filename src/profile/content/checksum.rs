// SPDX-License-Identifier: MIT OR Apache-2.0
//! Checksums over other parts of the same content.

use core::ops::Range;

use zeroize::Zeroizing;

use crate::checksum::{Catalogued, luhn};

use super::Order;
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
