// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading bytes that came from outside: a cursor that never panics and says where it stopped.
//!
//! Integers on the native DESFire wire are least significant byte first; ISO 7816 fields are most
//! significant byte first. The method names say which.

use core::fmt;

/// A position-tracking reader over a byte slice. Trailing bytes are an error: call
/// [`Cursor::finish`] when the value should be all there is.
#[doc(hidden)]
#[derive(Clone)]
pub struct Cursor<'a> {
    what: &'static str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at the first byte of `bytes`; `what` names the value in errors.
    #[must_use]
    pub const fn new(what: &'static str, bytes: &'a [u8]) -> Self {
        Self { what, bytes, at: 0 }
    }

    /// Takes the next `count` bytes.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`] where fewer are left.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        match rest.split_at_checked(count) {
            Some((taken, _)) => {
                self.at += count;
                Ok(taken)
            }
            None => Err(self.error(DecodeErrorKind::Truncated { needed: count, left: rest.len() })),
        }
    }

    /// Takes the next `N` bytes as an array.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`] where fewer are left.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    /// Takes one byte.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`] at the end.
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array().map(|[byte]| byte)
    }

    /// Takes three bytes, least significant first.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`] where fewer are left.
    pub fn u24_le(&mut self) -> Result<u32, DecodeError> {
        self.array().map(|[a, b, c]| u32::from_le_bytes([a, b, c, 0]))
    }

    /// Takes four bytes, least significant first.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`] where fewer are left.
    pub fn u32_le(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_le_bytes)
    }

    /// Takes four bytes as a signed number in two's complement, least significant first.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`] where fewer are left.
    pub fn i32_le(&mut self) -> Result<i32, DecodeError> {
        self.array().map(i32::from_le_bytes)
    }

    /// Takes all that is left, which may be nothing.
    pub fn rest(&mut self) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at = self.bytes.len();
        rest
    }

    /// How many bytes are left.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Trailing`] where bytes are left over.
    pub fn finish(self) -> Result<(), DecodeError> {
        match self.remaining() {
            0 => Ok(()),
            extra => Err(self.error(DecodeErrorKind::Trailing { extra })),
        }
    }

    /// An error at the byte that was read last, for a value that the caller found illegal.
    #[must_use]
    pub const fn invalid(&self, found: u8) -> DecodeError {
        let at = self.at.saturating_sub(1);
        DecodeError { what: self.what, at, kind: DecodeErrorKind::Invalid { found } }
    }

    const fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError { what: self.what, at: self.at, kind }
    }
}

/// The bytes may be anything a card holds, so only their number and the place show.
impl fmt::Debug for Cursor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cursor({}, {} of {} bytes)", self.what, self.at, self.bytes.len())
    }
}

/// Bytes that are not the value they should be: what was read, where, and what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeError {
    /// The value that was being read.
    pub what: &'static str,
    /// The offset of the offending byte, from 0.
    pub at: usize,
    /// What is wrong there.
    pub kind: DecodeErrorKind,
}

impl DecodeError {
    /// An error about the byte at `at`.
    #[must_use]
    pub const fn invalid(what: &'static str, at: usize, found: u8) -> Self {
        Self { what, at, kind: DecodeErrorKind::Invalid { found } }
    }
}

/// What is wrong with the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The bytes ended too early.
    Truncated {
        /// How many bytes the next part takes.
        needed: usize,
        /// How many there were.
        left: usize,
    },
    /// Bytes are left over at the end.
    Trailing {
        /// How many.
        extra: usize,
    },
    /// A byte has a value that the standard does not allow there.
    Invalid {
        /// The value found. Codecs never put secret bytes here.
        found: u8,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, at, kind } = self;
        match kind {
            DecodeErrorKind::Truncated { needed, left } => {
                write!(f, "{what}: {needed} bytes needed at offset {at}, {left} left")
            }
            DecodeErrorKind::Trailing { extra } => {
                write!(f, "{what}: {extra} bytes too many from offset {at}")
            }
            DecodeErrorKind::Invalid { found } => {
                write!(f, "{what}: illegal value {found:02X} at offset {at}")
            }
        }
    }
}

impl core::error::Error for DecodeError {}

/// The three low bytes of `value`, least significant first, as DESFire sends lengths and offsets.
#[must_use]
pub(crate) const fn u24_le(value: u32) -> [u8; 3] {
    let [a, b, c, _] = value.to_le_bytes();
    [a, b, c]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_in_wire_order_and_counts_positions() {
        let mut cursor = Cursor::new("sample", &[0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08]);
        assert_eq!(cursor.u8(), Ok(0x01));
        assert_eq!(cursor.u24_le(), Ok(0x04_03_02));
        assert_eq!(cursor.u32_le(), Ok(0x08_07_06_05));
        assert_eq!(cursor.finish(), Ok(()));
    }

    #[test]
    fn truncated_and_trailing_bytes_are_errors_with_an_offset() {
        let mut cursor = Cursor::new("sample", &[0x01, 0x02]);
        assert_eq!(cursor.u8(), Ok(0x01));
        let error = cursor.u24_le().unwrap_err();
        assert_eq!(error.to_string(), "sample: 3 bytes needed at offset 1, 1 left");
        assert_eq!(
            cursor.finish().unwrap_err().to_string(),
            "sample: 1 bytes too many from offset 1"
        );
    }

    #[test]
    fn u24_le_drops_nothing_below_its_limit() {
        assert_eq!(u24_le(0x00_AB_CD_EF), [0xEF, 0xCD, 0xAB]);
    }
}
