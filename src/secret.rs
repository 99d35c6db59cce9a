// SPDX-License-Identifier: MIT OR Apache-2.0
//! Values that must not show: keys, field values, contents.
//!
//! A [`Secret`] prints as `<secret>`, has no `Display` and no serde, compares in constant time and
//! is wiped when dropped. The only way to the value is [`Secret::expose_secret`], which a search
//! through the source finds.

use core::fmt;

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

/// Compares two byte strings in a time that depends on their lengths only.
#[must_use]
pub fn ct_eq(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_the_value() {
        let secret = Secret::new([0xC0, 0xFF, 0xEE, 0x42]);
        assert_eq!(format!("{secret:?}"), "<secret>");
        assert_eq!(format!("{:?}", Some(Secret::new("Ada".to_owned()))), "Some(<secret>)");
    }

    #[test]
    fn equality_is_about_every_byte_and_the_length() {
        let secret = Secret::new([1, 2, 3]);
        assert_eq!(secret, Secret::new([1, 2, 3]));
        assert_ne!(secret, Secret::new([1, 2, 4]));
        assert!(!ct_eq(&[1, 2, 3], &[1, 2]));
    }
}
