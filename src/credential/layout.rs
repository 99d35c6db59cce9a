// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a format is made of: spans of bits, numbers in them, constants and parities.

/// Bits from `first` to `last`, every `step`th of them; downwards where `last` is the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "written as a literal in a table")]
pub struct Span {
    /// The first bit, counted from 0.
    pub first: usize,
    /// The last bit.
    pub last: usize,
    /// How far apart they are, at least 1.
    pub step: usize,
}

impl Span {
    /// The bits, in order.
    pub fn bits(self) -> impl Iterator<Item = usize> {
        let (low, high) = (self.first.min(self.last), self.first.max(self.last));
        let count = (high - low) / self.step.max(1) + 1;
        (0..count).map(move |at| {
            if self.first <= self.last { low + at * self.step } else { high - at * self.step }
        })
    }
}

/// A number inside a format, most significant bit first: a binary one, or decimal digits of four
/// bits each.
#[derive(Debug, PartialEq, Eq)]
pub struct FormatField {
    pub(super) name: &'static str,
    pub(super) bits: &'static [Span],
    pub(super) decimal: bool,
}

impl FormatField {
    /// The name, as profiles write it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it is made of decimal digits.
    #[must_use]
    pub const fn is_decimal(&self) -> bool {
        self.decimal
    }

    /// Its bits, the most significant first.
    pub fn bits(&self) -> impl Iterator<Item = usize> {
        self.bits.iter().flat_map(|span| span.bits())
    }

    /// How many bits it has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.bits().count()
    }

    /// The largest value that its bits hold.
    #[must_use]
    pub fn max(&self) -> u64 {
        let width = u32::try_from(self.width()).unwrap_or(u32::MAX);
        if self.decimal {
            return 10_u64.checked_pow(width / 4).map_or(u64::MAX, |limit| limit - 1);
        }
        1_u64.checked_shl(width).map_or(u64::MAX, |limit| limit - 1)
    }

    /// What a value puts into each of its bits.
    pub(super) fn places(&self, value: u64) -> impl Iterator<Item = (usize, bool)> {
        let width = self.width();
        let one = move |at: usize| {
            if self.decimal {
                let digits_below = u32::try_from((width - 1 - at) / 4).unwrap_or(u32::MAX);
                let digit = value / 10_u64.saturating_pow(digits_below) % 10;
                digit >> (3 - at % 4) & 1 == 1
            } else {
                value >> (width - 1 - at) & 1 == 1
            }
        };
        self.bits().enumerate().map(move |(at, bit)| (bit, one(at)))
    }

    pub(super) fn value(&self, bits: &[bool]) -> u64 {
        let ones = self.bits().map(|bit| u64::from(bits.get(bit) == Some(&true)));
        if !self.decimal {
            return ones.fold(0, |value, one| value << 1 | one);
        }
        self.digits(bits).fold(0, |value, digit| value.saturating_mul(10).saturating_add(digit))
    }

    pub(super) fn has_digits(&self, bits: &[bool]) -> bool {
        self.digits(bits).all(|digit| digit <= 9)
    }

    fn digits(&self, bits: &[bool]) -> impl Iterator<Item = u64> {
        let ones: Vec<u64> =
            self.bits().map(|bit| u64::from(bits.get(bit) == Some(&true))).collect();
        let digits: Vec<u64> = ones
            .chunks(4)
            .map(|digit| digit.iter().fold(0, |value, one| value << 1 | one))
            .collect();
        digits.into_iter()
    }
}

/// Bits that are always the same.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Constant {
    pub(super) span: Span,
    pub(super) value: u64,
}

impl Constant {
    pub(super) const fn first(&self) -> usize {
        self.span.first
    }

    pub(super) fn bits(&self) -> impl Iterator<Item = (usize, bool)> {
        let width = self.span.bits().count();
        self.span
            .bits()
            .enumerate()
            .map(move |(at, bit)| (bit, self.value >> (width - 1 - at) & 1 == 1))
    }
}

/// A parity bit and the bits that it covers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parity {
    pub(super) bit: usize,
    pub(super) odd: bool,
    pub(super) over: &'static [Span],
}

impl Parity {
    /// The value that the parity bit must have.
    pub(super) fn expected(&self, bits: &[bool]) -> bool {
        let covered = self.over.iter().flat_map(|span| span.bits());
        let ones = covered.filter(|bit| bits.get(*bit) == Some(&true)).count();
        ones.is_multiple_of(2) == self.odd
    }
}
