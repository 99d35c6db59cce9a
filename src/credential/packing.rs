// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bits into bytes and back.

use crate::secret::Secret;

use super::bits::{Bits, MAX_BITS};
use super::error::FormatError;

/// How bits fill bytes: left-aligned, without a sentinel, the first bit first, unless told
/// otherwise. The most significant bit of the first byte comes first; spare bits are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Packing {
    /// Where the spare bits are not.
    pub align: Align,
    /// Whether a 1 stands before bit 0, so that the length can be told from the bytes.
    pub sentinel: bool,
    /// Whether all bits, sentinel included, stand in reverse order.
    pub reversed: bool,
}

/// Where bits begin or end that do not fill their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "a string has two ends")]
pub enum Align {
    /// In the first byte's most significant bit; spare bits are at the end.
    #[default]
    Left,
    /// In the last byte's least significant bit; spare bits are at the start.
    Right,
}

impl Packing {
    /// How many bytes so many bits take.
    #[must_use]
    pub fn byte_length(self, bits: usize) -> usize {
        bits.saturating_add(self.sentinel.into()).div_ceil(8)
    }

    /// Where in its bytes one of so many bits stands, counted from the most significant bit of the first.
    pub(crate) fn place(self, bits: usize, bit: usize) -> usize {
        let within = match self.reversed {
            false => bit.saturating_add(self.sentinel.into()),
            true => bits.saturating_sub(bit).saturating_sub(1),
        };
        self.start(bits).saturating_add(within)
    }

    /// Where the string of `length` bits, sentinel included, starts in its bytes.
    fn start(self, bits: usize) -> usize {
        match self.align {
            Align::Left => 0,
            Align::Right => {
                let used = bits.saturating_add(self.sentinel.into());
                self.byte_length(bits).saturating_mul(8).saturating_sub(used)
            }
        }
    }
}

impl Bits {
    /// The bytes that hold these bits.
    #[must_use]
    pub fn pack(&self, packing: Packing) -> Secret<Vec<u8>> {
        let mut bytes = Secret::new(vec![0; packing.byte_length(self.len())]);
        let start = packing.start(self.len());
        let bits = self.expose_secret().iter().copied();
        let mut put = |(at, bit): (usize, bool)| {
            let at = at.saturating_add(start);
            if let Some(byte) = bytes.expose_secret_mut().get_mut(at / 8) {
                *byte |= u8::from(bit) << (7 - at % 8);
            }
        };
        let sentinel = core::iter::repeat_n(true, packing.sentinel.into());
        match packing.reversed {
            false => sentinel.chain(bits).enumerate().for_each(&mut put),
            true => bits.rev().chain(sentinel).enumerate().for_each(&mut put),
        }
        bytes
    }

    /// The first `length` bits that bytes hold.
    ///
    /// # Errors
    /// [`FormatError::Length`] where `length` is not 1 to [`MAX_BITS`], [`FormatError::Bytes`] for
    /// another number of bytes than so many bits fill, [`FormatError::Spare`] where a spare bit is
    /// set, [`FormatError::Sentinel`] where the sentinel is not.
    pub fn unpack(bytes: &[u8], length: usize, packing: Packing) -> Result<Self, FormatError> {
        if !(1..=MAX_BITS).contains(&length) {
            return Err(FormatError::Length { found: length });
        }
        let needed = packing.byte_length(length);
        if bytes.len() != needed {
            return Err(FormatError::Bytes { needed, found: bytes.len() });
        }
        let used = length.saturating_add(packing.sentinel.into());
        let start = packing.start(length);
        let all =
            || bytes.iter().flat_map(|byte| (0..8).rev().map(move |shift| byte >> shift & 1 == 1));
        let mut spare = all().enumerate().filter(|(at, _)| !(start..start + used).contains(at));
        if let Some((bit, _)) = spare.find(|(_, set)| *set) {
            return Err(FormatError::Spare { bit });
        }
        let string = || all().skip(start).take(used);
        // The sentinel is the first bit of the string, so the last one of a reversed one.
        let first = if packing.reversed { string().last() } else { string().next() };
        if packing.sentinel && first != Some(true) {
            return Err(FormatError::Sentinel);
        }
        let skipped = if packing.reversed { 0 } else { packing.sentinel.into() };
        let bits = Self::collect(string().skip(skipped).take(length));
        Ok(match packing.reversed {
            true => Self::collect(bits.expose_secret().iter().rev().copied()),
            false => bits,
        })
    }
}
