// SPDX-License-Identifier: MIT OR Apache-2.0
//! Values that must not show: keys, field values, contents.
//!
//! A [`Secret`] prints as `<secret>`, has no `Display` and no serde, compares in constant time and
//! is wiped when dropped. The only way to the value is [`Secret::expose_secret`], which a search
//! through the source finds.

use core::fmt;
use std::io;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A value that is redacted in `Debug` and wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes the value in. The caller's own copy, if it kept one, stays the caller's business.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself.
    #[must_use]
    pub const fn expose_secret(&self) -> &T {
        &self.0
    }

    /// The value itself, to be changed in place.
    #[must_use]
    pub const fn expose_secret_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

impl<T: Zeroize + AsRef<[u8]>> PartialEq for Secret<T> {
    fn eq(&self, other: &Self) -> bool {
        ct_eq(self.0.as_ref(), other.0.as_ref())
    }
}

impl<T: Zeroize + AsRef<[u8]>> Eq for Secret<T> {}

/// Bytes that are written one after the other, wiped on drop, with no copy left behind where they take
/// more room than they had.
#[derive(Default)]
pub struct Growing(Zeroizing<Vec<u8>>);

impl Growing {
    /// What was written.
    #[must_use]
    pub fn expose_secret(&self) -> &[u8] {
        &self.0
    }

    /// What was written, as a buffer.
    #[cfg(feature = "emulator")]
    pub(crate) fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

impl io::Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.0.len().saturating_add(bytes.len());
        if length > self.0.capacity() {
            let room = length.max(LITTLE).saturating_mul(2);
            let mut larger = Zeroizing::new(Vec::with_capacity(room));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Growing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// Room for half of it at the first writing.
const LITTLE: usize = 1024;

/// The bytes that hexadecimal digits say, in a buffer that does not grow; `None` where they are none.
pub(crate) fn from_digits(digits: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; digits.len() / 2]);
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some(bytes)
}

/// Collects values into a buffer that does not grow, so that no copy stays behind in memory, not of
/// those before an error either.
pub(crate) fn try_collect<T: Zeroize, E>(
    values: impl ExactSizeIterator<Item = Result<T, E>>,
) -> Result<Zeroizing<Vec<T>>, E> {
    let mut collected = Zeroizing::new(Vec::with_capacity(values.len()));
    for value in values {
        collected.push(value?);
    }
    Ok(collected)
}

/// Overwrites what calls that have returned left on the stack, beyond the caller's own frame: keys were
/// moved through it, and nothing wipes what is moved away from. As deep as such calls go.
pub(crate) fn wipe_stack() {
    wipe::<8192>();
}

/// The same for the frames of a few calls.
pub(crate) fn wipe_frames() {
    wipe::<512>();
}

/// The zeros are written because somebody may look at them and change them: those of a shared reference
/// would stand among the program's constants.
#[inline(never)]
fn wipe<const WORDS: usize>() {
    let mut below = [0_u64; WORDS];
    core::hint::black_box(&mut below);
}

/// Compares two byte strings in a time that depends on their lengths only.
#[must_use]
pub fn ct_eq(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn debug_shows_nothing_of_the_value() {
        let secret = Secret::new([0xC0, 0xFF, 0xEE, 0x42]);
        assert_eq!(format!("{secret:?}"), "<secret>");
        assert_eq!(format!("{:?}", Some(Secret::new("Ada".to_owned()))), "Some(<secret>)");
    }

    #[test]
    fn what_is_written_bit_by_bit_stands_there_whole() {
        let mut growing = Growing::default();
        let mut all = Vec::new();
        for number in 0..=255_u8 {
            let piece = vec![number; usize::from(number) * 3];
            growing.write_all(&piece).unwrap();
            all.extend(piece);
        }
        assert_eq!(growing.expose_secret(), all);
        assert_eq!(format!("{growing:?}"), "<secret>");
    }

    #[test]
    fn digits_are_bytes_or_nothing() {
        assert_eq!(from_digits("c0FFee").as_deref(), Some(&vec![0xC0, 0xFF, 0xEE]));
        assert!(from_digits("c0f").is_none() && from_digits("xx").is_none());
    }

    #[test]
    fn equality_is_about_every_byte_and_the_length() {
        let secret = Secret::new([1, 2, 3]);
        assert_eq!(secret, Secret::new([1, 2, 3]));
        assert_ne!(secret, Secret::new([1, 2, 4]));
        assert!(!ct_eq(&[1, 2, 3], &[1, 2]));
    }
}
