// SPDX-License-Identifier: MIT OR Apache-2.0
//! A string of bits that does not show.

use arrayvec::ArrayVec;
use subtle::{Choice, ConstantTimeEq};

use crate::secret::Secret;

/// The longest string of bits.
pub const MAX_BITS: usize = 256;

/// The bits of a credential, the first one sent at place 0. They are redacted in `Debug` and wiped
/// on drop.
#[derive(Debug, Clone)]
pub struct Bits(Secret<ArrayVec<bool, MAX_BITS>>);

impl Bits {
    /// Bits from a text of `0` and `1`; spaces may stand between them. `None` for anything else,
    /// and for no bits or more than [`MAX_BITS`].
    #[must_use]
    pub fn from_binary(text: &str) -> Option<Self> {
        let mut bits = Self(Secret::new(ArrayVec::new()));
        for character in text.chars().filter(|character| *character != ' ') {
            let bit = match character {
                '0' => false,
                '1' => true,
                _ => return None,
            };
            bits.0.expose_secret_mut().try_push(bit).ok()?;
        }
        (!bits.is_empty()).then_some(bits)
    }

    /// As many zeros, or [`MAX_BITS`] of them.
    pub(super) fn zeros(count: usize) -> Self {
        Self::collect(core::iter::repeat_n(false, count))
    }

    /// The first [`MAX_BITS`] of these.
    pub(super) fn collect(bits: impl Iterator<Item = bool>) -> Self {
        Self(Secret::new(bits.take(MAX_BITS).collect()))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.expose_secret().len()
    }

    /// Whether there are none, which [`Bits::from_binary`] never gives.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.expose_secret().is_empty()
    }

    /// The bits themselves, from place 0.
    #[must_use]
    pub fn expose_secret(&self) -> &[bool] {
        self.0.expose_secret()
    }

    /// A text of `0` and `1`, the value itself.
    #[must_use]
    pub fn to_binary(&self) -> Secret<String> {
        let digits = self.expose_secret().iter().map(|bit| if *bit { '1' } else { '0' });
        let mut text = String::with_capacity(self.len());
        text.extend(digits);
        Secret::new(text)
    }

    /// The number in these places, the first one most significant. Places beyond the end count 0.
    pub(super) fn number(&self, places: &[u8]) -> u128 {
        let bits = self.expose_secret();
        places.iter().fold(0, |number, place| {
            let bit = bits.get(usize::from(*place)).copied().unwrap_or(false);
            number << 1 | u128::from(bit)
        })
    }

    /// Writes a number into these places, the first one most significant.
    pub(super) fn put(&mut self, places: &[u8], mut number: u128) {
        let bits = self.0.expose_secret_mut();
        for place in places.iter().rev() {
            if let Some(bit) = bits.get_mut(usize::from(*place)) {
                *bit = number & 1 == 1;
            }
            number >>= 1;
        }
    }
}

/// In a time that depends on the lengths only.
impl PartialEq for Bits {
    fn eq(&self, other: &Self) -> bool {
        let pairs = self.expose_secret().iter().zip(other.expose_secret());
        let same = pairs.fold(Choice::from(1), |same, (one, other)| {
            same & u8::from(*one).ct_eq(&u8::from(*other))
        });
        self.len() == other.len() && same.into()
    }
}

impl Eq for Bits {}
