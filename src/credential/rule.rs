// SPDX-License-Identifier: MIT OR Apache-2.0
//! How bits follow from others.

use zeroize::Zeroizing;

use crate::checksum::{Catalogued, luhn};

use super::bits::MAX_BITS;

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
    /// The check digit of ISO/IEC 7812-1 over decimal digits, in four bits like each of them.
    Luhn,
    /// A cyclic redundancy check over bytes, most significant bit first.
    Crc(&'static Catalogued),
}

impl Rule {
    /// The rules that have a name of their own here, as profiles write it.
    const NAMED: [Self; 6] =
        [Self::Even, Self::Odd, Self::Xor, Self::XorNotF, Self::Sum, Self::Luhn];

    /// The rule of this name: `even`, `odd`, `xor`, `xor-not-f`, `sum`, `luhn`, or the name of a
    /// [CRC](Catalogued), whatever the case.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        let named = Self::NAMED.into_iter().find(|rule| rule.name().eq_ignore_ascii_case(name));
        named.or_else(|| Catalogued::by_name(name).map(Self::Crc))
    }

    /// The name, as profiles write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Even => "even",
            Self::Odd => "odd",
            Self::Xor => "xor",
            Self::XorNotF => "xor-not-f",
            Self::Sum => "sum",
            Self::Luhn => "luhn",
            Self::Crc(row) => row.name(),
        }
    }

    /// How many bits the result has; `None` where the layout says it, up to 64.
    pub(super) const fn width(self) -> Option<usize> {
        match self {
            Self::Even | Self::Odd => Some(1),
            Self::Xor | Self::XorNotF | Self::Sum => None,
            Self::Luhn => Some(4),
            Self::Crc(row) => Some(row.bytes().saturating_mul(8)),
        }
    }

    /// How many covered bits belong together where the result has `width` of them.
    pub(super) const fn group(self, width: usize) -> usize {
        match self {
            Self::Even | Self::Odd => 1,
            Self::Xor | Self::XorNotF | Self::Sum => width,
            Self::Luhn => 4,
            Self::Crc(_) => 8,
        }
    }

    /// The result in `width` bits, from groups as wide as [`Rule::group`] says.
    pub(super) fn result(self, groups: impl Iterator<Item = u128> + Clone, width: usize) -> u128 {
        let xor = || groups.clone().fold(0, core::ops::BitXor::bitxor);
        let bytes = || {
            let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BITS));
            bytes.extend(groups.clone().filter_map(|group| u8::try_from(group).ok()));
            bytes
        };
        // A width of 64 at most, so neither the shift nor the sum can overflow.
        let mask = (1_u128 << width) - 1;
        mask & match self {
            Self::Even | Self::Xor => xor(),
            Self::Odd => xor() ^ 1,
            Self::XorNotF => xor() + u128::from(xor() & 0xF == 0xF),
            Self::Sum => groups.sum(),
            Self::Luhn => luhn(&bytes()).into(),
            Self::Crc(row) => {
                let sum = row.over(&[&bytes()]);
                sum.iter().fold(0, |number, byte| number << 8 | u128::from(*byte))
            }
        }
    }
}
