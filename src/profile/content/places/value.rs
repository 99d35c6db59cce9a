// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stands in a place, step by step: bits, then the value.

use core::fmt::Write;

use crate::secret::Secret;

use super::super::charset::Charset;
use super::{Coding, Place, Role};

impl Place {
    /// Its bits as they stand in a file, `0` and `1`, most significant first; `None` where the file is
    /// too short, where only a card tells where they stand, and where nobody can turn them back.
    #[must_use]
    pub fn bits_in(&self, file: &[u8]) -> Option<Secret<String>> {
        if self.moves || self.least.is_some() {
            return None;
        }
        let mut file = Secret::new(file.to_vec());
        for turned in self.turned.iter().filter(|_| self.role != Role::Piece) {
            turned.undo(file.expose_secret_mut())?;
        }
        let mut bits = Secret::new(String::with_capacity(self.bits.len()));
        for bit in &self.bits {
            let byte = file.expose_secret().get(bit / 8)?;
            let set = byte & 0x80_u8 >> (bit % 8) != 0;
            bits.expose_secret_mut().push(if set { '1' } else { '0' });
        }
        Some(bits)
    }

    /// The value that stands in a file, as it stands there: a date in the digits of its pattern, a number
    /// without what is added to it, of a piece its bits. `None` where [`Place::bits_in`] has none, or they
    /// are nothing of the coding.
    #[must_use]
    pub fn value_in(&self, file: &[u8]) -> Option<Secret<String>> {
        let bits = self.bits_in(file)?;
        let groups = |size| Secret::new(numbers(bits.expose_secret(), size));
        if self.piece.is_some() {
            return Some(bits);
        }
        let value = match self.coding {
            Coding::Binary if self.bits.len() <= 64 => {
                let number = *groups(self.bits.len()).expose_secret().first()?;
                self.told(number)
            }
            Coding::Binary | Coding::Bits => bits.expose_secret().clone(),
            Coding::DecimalNibbles => {
                let mut digits = String::with_capacity(self.bits.len() / 4);
                for nibble in groups(4).expose_secret() {
                    match nibble {
                        0..10 => write!(digits, "{nibble}").ok()?,
                        0xF => {}
                        _ => return None,
                    }
                }
                match digits.parse() {
                    Ok(number) if self.add != 0 => self.told(number),
                    Ok(_) | Err(_) => digits,
                }
            }
            Coding::Bytes => hex::encode_upper(octets(groups(8).expose_secret()).expose_secret()),
            Coding::Characters => {
                let octets = octets(groups(8).expose_secret());
                let ascii = octets.expose_secret().is_ascii();
                ascii.then(|| octets.expose_secret().iter().copied().map(char::from).collect())?
            }
            Coding::Text => self.text(octets(groups(8).expose_secret()).expose_secret())?,
            Coding::Uuid => {
                let bytes = octets(groups(8).expose_secret());
                let bytes = uuid::Uuid::from_slice(bytes.expose_secret()).ok()?;
                bytes.hyphenated().to_string()
            }
        };
        Some(Secret::new(value))
    }

    /// The number that was written before anything was added to it.
    fn told(&self, written: u64) -> String {
        let mut number = i128::from(written);
        let width = u32::try_from(self.bits.len()).unwrap_or(64).min(64);
        if self.signed && width > 0 && written >> (width - 1) & 1 == 1 {
            number -= 1_i128 << width;
        }
        (number - i128::from(self.add)).to_string()
    }

    /// A text without what fills it up.
    fn text(&self, bytes: &[u8]) -> Option<String> {
        let name = self.charset.as_deref()?;
        let (_, charset) = Charset::NAMES.iter().find(|(known, _)| *known == name)?;
        let fill = self.fill.as_deref().and_then(|fill| u8::from_str_radix(fill, 16).ok());
        let text = match fill {
            Some(fill) => charset.unfilled(bytes, fill, self.right)?,
            None => bytes,
        };
        charset.printable(text)
    }
}

/// Bits in groups of so many, at most 64, as numbers.
fn numbers(bits: &str, size: usize) -> Vec<u64> {
    let bits = bits.as_bytes().chunks(size.max(1));
    let number = |group: &[u8]| {
        group.iter().fold(0_u64, |number, bit| number << 1 | u64::from(*bit == b'1'))
    };
    bits.map(number).collect()
}

fn octets(groups: &[u64]) -> Secret<Vec<u8>> {
    Secret::new(groups.iter().map(|group| u8::try_from(*group).unwrap_or(u8::MAX)).collect())
}
