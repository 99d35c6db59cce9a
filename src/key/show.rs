// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two ways in which somebody sees the bytes of a key: where it is a key for tests, or on a
//! terminal, where a person asked for them.

use std::io::{self, IsTerminal, Write};

use zeroize::Zeroizing;

use super::{CardKey, Purpose};

impl CardKey {
    /// The bytes of a key for tests as hexadecimal digits; `None` of a live one.
    #[must_use]
    pub fn test_digits(&self) -> Option<Zeroizing<String>> {
        match self.purpose() {
            Purpose::Test => Some(self.digits()),
            Purpose::Live => None,
        }
    }

    /// Writes the bytes of the key to a terminal, as hexadecimal digits and a line's end.
    ///
    /// # Errors
    /// [`ShowError::NoTerminal`], with nothing written, where it is none: a file or a pipe would keep
    /// them. [`ShowError::Io`] where it cannot be written to.
    pub fn show(&self, terminal: &mut (impl Write + IsTerminal)) -> Result<(), ShowError> {
        if !terminal.is_terminal() {
            return Err(ShowError::NoTerminal);
        }
        let mut line = Zeroizing::new(String::with_capacity(DIGITS + 1));
        line.push_str(&self.digits());
        line.push('\n');
        terminal.write_all(line.as_bytes())?;
        Ok(terminal.flush()?)
    }

    fn digits(&self) -> Zeroizing<String> {
        let material = self.material();
        let mut digits = Zeroizing::new([0; DIGITS]);
        let used = digits.get_mut(..material.len() * 2).unwrap_or_default();
        let mut text = Zeroizing::new(String::with_capacity(DIGITS));
        if hex::encode_to_slice(material, used).is_ok() {
            used.make_ascii_uppercase();
            text.extend(used.iter().map(|digit| char::from(*digit)));
        }
        text
    }
}

/// Of the longest key.
const DIGITS: usize = 48;

/// Why the bytes of a key are not shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShowError {
    /// What they were to be written to is no terminal.
    #[error("the bytes of a key go to a terminal only, and this is none")]
    NoTerminal,
    /// The terminal cannot be written to.
    #[error("{0}")]
    Io(#[from] io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::KeyVersion;

    #[test]
    fn only_a_key_for_tests_tells_its_bytes() {
        let key = CardKey::aes(&[0xC7; 16], KeyVersion(1));
        assert_eq!(key.test_digits().as_deref(), Some(&"C7".repeat(16)));
        assert_eq!(key.for_purpose(Purpose::Live).test_digits(), None);
        let long =
            CardKey::tdes3(&[0xC7; 24]).with_version_as(KeyVersion(0), super::super::LowBits::Kept);
        assert_eq!(long.test_digits().as_deref(), Some(&"C7".repeat(24)));
    }

    #[test]
    fn nothing_is_shown_on_what_is_no_terminal() {
        let key = CardKey::aes(&[0xC7; 16], KeyVersion(1));
        let mut file = std::fs::OpenOptions::new().write(true).open("/dev/null").unwrap();
        assert!(matches!(key.show(&mut file), Err(ShowError::NoTerminal)));
    }
}
