// SPDX-License-Identifier: MIT OR Apache-2.0
//! Entries of key files.

use std::fmt;
use std::str::FromStr;

use cardwright::key::MasterKey;
use cardwright::wire::{KeyType, KeyVersion};
use rand::TryRng as _;
use rand::rngs::SysRng;
use zeroize::Zeroizing;

/// What a key is called, and of which type and version it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) key_type: KeyType,
    pub(crate) version: KeyVersion,
}

impl FromStr for Named {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.rsplitn(3, ':');
        let (version, key_type, name) = (parts.next(), parts.next(), parts.next());
        let version = version.and_then(|number| number.parse().ok()).map(KeyVersion);
        let key_type = match key_type {
            Some("aes128") => Some(KeyType::Aes),
            Some("2k3des") => Some(KeyType::Des),
            Some("3k3des") => Some(KeyType::Tdes3),
            _ => None,
        };
        let name = name.filter(|name| !name.is_empty() && name.len() <= 64);
        match (name, key_type, version) {
            (Some(name), Some(key_type), Some(version)) => {
                Ok(Self { name: name.to_owned(), key_type, version })
            }
            _ => Err("write NAME:TYPE:VERSION, such as picc:aes128:1; types are aes128, 2k3des, \
                      3k3des, versions 0 to 255"),
        }
    }
}

/// What a key is called, and of which version it is.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    pub(crate) name: String,
    pub(crate) version: KeyVersion,
}

impl FromStr for Reference {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, version) = text.rsplit_once(':').unwrap_or_default();
        match version.parse() {
            Ok(version) if !name.is_empty() && name.len() <= 64 => {
                Ok(Self { name: name.to_owned(), version: KeyVersion(version) })
            }
            _ => Err("write NAME:VERSION, such as picc:1; versions are 0 to 255"),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key {} (version {})", self.name, self.version.0)
    }
}

impl Named {
    /// What it is called.
    pub(crate) fn reference(&self) -> Reference {
        Reference { name: self.name.clone(), version: self.version }
    }

    /// Its type as key files write it.
    pub(crate) const fn type_word(&self) -> &'static str {
        type_word(self.key_type)
    }

    /// How many bytes it has.
    pub(crate) const fn length(&self) -> usize {
        match self.key_type {
            KeyType::Aes | KeyType::Des => 16,
            KeyType::Tdes3 => 24,
        }
    }

    /// The key with these bytes, where they are as many.
    pub(crate) fn key(&self, bytes: &[u8]) -> Option<MasterKey> {
        Some(match self.key_type {
            KeyType::Aes => MasterKey::aes(bytes.try_into().ok()?),
            KeyType::Des => MasterKey::des(bytes.try_into().ok()?),
            KeyType::Tdes3 => MasterKey::tdes3(bytes.try_into().ok()?),
        })
    }

    /// Its entry in a key file, with these bytes.
    pub(crate) fn entry(&self, bytes: &[u8]) -> Zeroizing<String> {
        let before = format!(
            "\n[[key]]\nname = {}\ntype = \"{}\"\nversion = {}\nvalue = \"",
            quoted(&self.name),
            self.type_word(),
            self.version.0,
        );
        let mut text = Zeroizing::new(String::with_capacity(before.len() + 2 * bytes.len() + 2));
        text.push_str(&before);
        push_digits(&mut text, bytes);
        text.push_str("\"\n");
        text
    }
}

/// A type as key files write it.
pub(crate) const fn type_word(key_type: KeyType) -> &'static str {
    match key_type {
        KeyType::Aes => "aes128",
        KeyType::Des => "2k3des",
        KeyType::Tdes3 => "3k3des",
    }
}

/// Text as TOML writes it.
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// Bytes as hexadecimal digits, in room that is there already.
pub(crate) fn push_digits(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        for half in [byte >> 4, byte & 0x0F] {
            text.extend(char::from_digit(half.into(), 16));
        }
    }
}

/// Bytes that nobody knows, straight from the system: a generator of the program's own would keep some.
pub(crate) fn unknown(length: usize) -> Result<Zeroizing<Vec<u8>>, String> {
    let mut bytes = Zeroizing::new(vec![0; length]);
    let drawn = SysRng.try_fill_bytes(&mut bytes);
    drawn.map_err(|error| format!("the system gives no randomness: {error}"))?;
    Ok(bytes)
}
