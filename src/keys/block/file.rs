// SPDX-License-Identifier: MIT OR Apache-2.0
//! Between key blocks and key files.

use core::fmt::Write as _;

use zeroize::Zeroizing;

use super::KeyBlock;
use super::error::BlockError;
use crate::key::{IssuerKey, KeyError};
use crate::keys::KeyFile;
use crate::wire::{KeyType, KeyVersion};

impl KeyFile {
    /// A key of the file, about to be exported.
    ///
    /// # Errors
    /// [`KeyError::NotThere`].
    pub fn key_block(&self, name: &str, version: KeyVersion) -> Result<KeyBlock, KeyError> {
        self.master(name, version).map(|key| KeyBlock::of_issuer(key)).ok_or(KeyError::NotThere)
    }
}

impl KeyBlock {
    /// The `[[key]]` of a key file for the issuer key in it: whoever gets this has the key in the clear, and
    /// keeps it where nobody else does.
    ///
    /// # Errors
    /// As [`KeyBlock::issuer_key`].
    pub fn entry(&self, name: &str, version: KeyVersion) -> Result<Zeroizing<String>, BlockError> {
        let key = self.issuer_key()?;
        let key_type = match key.key_type() {
            KeyType::Aes => "aes128",
            KeyType::Des => "2k3des",
            KeyType::Tdes3 => "3k3des",
        };
        let name = toml::Value::String(name.to_owned());
        let head = format!("[[key]]\nname = {name}\ntype = \"{key_type}\"\nversion = {version}\n");
        Ok(with_digits(&head, "value", key.bytes()))
    }

    /// The `receipt` of a key file for the receipt key in it, as [`KeyBlock::entry`].
    ///
    /// # Errors
    /// As [`KeyBlock::receipt_key`].
    pub fn receipt_entry(&self) -> Result<Zeroizing<String>, BlockError> {
        self.receipt_key()?;
        Ok(with_digits("", "receipt", self.content.expose_secret()))
    }
}

/// A line of digits behind others, in a text that does not grow.
fn with_digits(head: &str, entry: &str, key: &[u8]) -> Zeroizing<String> {
    let mut digits = Zeroizing::new([0; 64]);
    let used = digits.get_mut(..key.len().saturating_mul(2)).unwrap_or_default();
    let mut text = Zeroizing::new(String::with_capacity(head.len().saturating_add(96)));
    text.push_str(head);
    let begun = write!(text, "{entry} = \"");
    if begun.is_ok() && hex::encode_to_slice(key, used).is_ok() {
        used.make_ascii_uppercase();
        text.extend(used.iter().map(|digit| char::from(*digit)));
    }
    text.push_str("\"\n");
    text
}
