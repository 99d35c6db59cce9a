// SPDX-License-Identifier: MIT OR Apache-2.0
//! The key file for development.

use core::fmt;
use std::collections::{HashMap, HashSet};

use hex::FromHexError;
use sha2::{Digest, Sha256};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use zeroize::Zeroizing;

use crate::key::MasterKey;
use crate::wire::KeyVersion;

use super::{Position, ReceiptKey};

/// The keys of a key file. `Debug` shows names and versions only.
#[derive(Debug)]
pub struct KeyFile {
    purpose: Purpose,
    receipt: ReceiptKey,
    keys: Vec<Entry>,
    /// Where each is among them.
    places: HashMap<(String, KeyVersion), usize>,
    warnings: Vec<KeyFileError>,
}

#[derive(Debug)]
struct Entry {
    name: String,
    version: KeyVersion,
    master: MasterKey,
}

/// What the keys of a file are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a third purpose must break every match")]
pub enum Purpose {
    /// Invented keys, for software cards and test cards.
    Test,
    /// Keys that open doors.
    Live,
}

impl KeyFile {
    /// Reads and checks a key file. Keys that anybody would guess, and one value under two names or
    /// versions, are mistakes in a file that is marked live, and [warnings](Self::warnings) in one
    /// for tests.
    ///
    /// # Errors
    /// [`KeyFileError`] with the first mistake, its place and what to write instead.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        let root = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            KeyFileError {
                position: Position::of(text, at),
                problem: "this is not TOML",
                instead: "write entries such as name = \"picc\", each once and on its own line",
            }
        })?;
        let top = Entries { text, start: 0, table: root.get_ref() };
        top.only(&["use", "receipt", "key"], "known here are use, receipt and [[key]]")?;
        let purpose = top.purpose()?;
        let mut weak = Weak { purpose, seen: HashSet::new(), warnings: Vec::new() };
        let receipt: Zeroizing<[u8; 32]> = top.hex("receipt", RECEIPT)?;
        weak.look(&top, "receipt", &*receipt)?;
        let receipt = ReceiptKey::new(&receipt);
        let mut keys: Vec<Entry> = Vec::new();
        let mut places = HashMap::new();
        let tables = top.need("key", KEY)?;
        let array = tables.get_ref().as_array().ok_or_else(|| top.error(tables, NO_KEY, KEY))?;
        for table in array.iter() {
            let entry = Entries::entry(text, table, &mut weak)?;
            if places.insert((entry.name.clone(), entry.version), keys.len()).is_some() {
                let problem = "an earlier key has this name and version";
                return Err(top.error(table, problem, "write another name or version"));
            }
            keys.push(entry);
        }
        Ok(Self { purpose, receipt, keys, places, warnings: weak.warnings })
    }

    /// What the keys are for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// What is worth a second look in a file for tests: keys that anybody would guess, and one value
    /// under two names or versions. No value is in them.
    #[must_use]
    pub fn warnings(&self) -> &[KeyFileError] {
        &self.warnings
    }

    /// The master key of this name and version.
    #[must_use]
    pub fn master(&self, name: &str, version: KeyVersion) -> Option<&MasterKey> {
        let place = self.places.get(&(name.to_owned(), version))?;
        self.keys.get(*place).map(|key| &key.master)
    }

    /// Names and versions, in the file's order.
    pub fn names(&self) -> impl Iterator<Item = (&str, KeyVersion)> {
        self.keys.iter().map(|key| (key.name.as_str(), key.version))
    }

    /// The tenant's receipt key.
    #[must_use]
    pub const fn receipt_key(&self) -> &ReceiptKey {
        &self.receipt
    }
}

/// A mistake in a key file. It holds no text of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyFileError {
    position: Position,
    problem: &'static str,
    instead: &'static str,
}

impl KeyFileError {
    /// Where the mistake is.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.position, self.problem, self.instead)
    }
}

impl core::error::Error for KeyFileError {}

/// Looks for keys that protect nothing.
struct Weak {
    purpose: Purpose,
    /// Digests of the values so far, which are compared instead of the values.
    seen: HashSet<[u8; 32]>,
    warnings: Vec<KeyFileError>,
}

impl Weak {
    /// Looks at the value of an entry.
    fn look(
        &mut self,
        entries: &Entries<'_>,
        name: &str,
        value: &[u8],
    ) -> Result<(), KeyFileError> {
        let first = value.first().copied().unwrap_or_default();
        let differing = value.iter().fold(0, |bits, byte| bits | (byte ^ first));
        let fresh = self.seen.insert(Sha256::digest(value).into());
        let problem = match (differing, fresh) {
            (0, _) => "this key is one byte over and over, which anybody would guess",
            (_, false) => "an earlier key has this value too",
            (_, true) => return Ok(()),
        };
        let error = entries.error(entries.need(name, VALUE)?, problem, RANDOM);
        match self.purpose {
            Purpose::Live => Err(error),
            Purpose::Test => {
                self.warnings.push(error);
                Ok(())
            }
        }
    }
}

/// A table of the file, and where it starts.
struct Entries<'a> {
    text: &'a str,
    start: usize,
    table: &'a DeTable<'a>,
}

impl<'a> Entries<'a> {
    fn entry(
        text: &'a str,
        value: &'a Spanned<DeValue<'a>>,
        weak: &mut Weak,
    ) -> Result<Entry, KeyFileError> {
        let start = value.span().start;
        let table = value.get_ref().as_table();
        let table = table.ok_or_else(|| KeyFileError {
            position: Position::of(text, start),
            problem: NO_KEY,
            instead: KEY,
        })?;
        let entries = Self { text, start, table };
        entries.only(
            &["name", "type", "version", "value"],
            "known in a [[key]] are name, type, version and value",
        )?;
        let name = entries.string("name", NAME)?;
        if name.is_empty() || name.len() > 64 || name.chars().any(char::is_control) {
            return Err(entries.error(entries.need("name", NAME)?, "this is no name", NAME));
        }
        let kind = entries.string("type", TYPE)?;
        let version = entries.version()?;
        let master = match kind {
            "aes128" => MasterKey::aes(&*entries.key(weak)?),
            "2k3des" => MasterKey::des(&*entries.key(weak)?),
            "3k3des" => MasterKey::tdes3(&*entries.key(weak)?),
            _ => {
                let value = entries.need("type", TYPE)?;
                return Err(entries.error(value, "this type of key is not known", TYPE));
            }
        };
        Ok(Entry { name: name.to_owned(), version, master })
    }

    fn purpose(&self) -> Result<Purpose, KeyFileError> {
        match self.string("use", USE)? {
            "test" => Ok(Purpose::Test),
            "live" => Ok(Purpose::Live),
            _ => Err(self.error(self.need("use", USE)?, "this use is not known", USE)),
        }
    }

    fn version(&self) -> Result<KeyVersion, KeyFileError> {
        let value = self.need("version", VERSION)?;
        let number = value.get_ref().as_integer();
        let number = number.and_then(|n| u8::from_str_radix(n.as_str(), n.radix()).ok());
        number.map(KeyVersion).ok_or_else(|| self.error(value, "this is no version", VERSION))
    }

    /// The value of a key, which has been looked at.
    fn key<const N: usize>(&self, weak: &mut Weak) -> Result<Zeroizing<[u8; N]>, KeyFileError> {
        let value = self.hex("value", VALUE)?;
        weak.look(self, "value", &*value)?;
        Ok(value)
    }

    fn hex<const N: usize>(
        &self,
        name: &str,
        instead: &'static str,
    ) -> Result<Zeroizing<[u8; N]>, KeyFileError> {
        let mut bytes = Zeroizing::new([0; N]);
        let digits = self.string(name, instead)?;
        if let Err(error) = hex::decode_to_slice(digits, &mut *bytes) {
            let problem = match error {
                FromHexError::InvalidHexCharacter { .. } => "this is not hexadecimal",
                FromHexError::OddLength | FromHexError::InvalidStringLength => {
                    "this is not a key of the right length"
                }
            };
            return Err(self.error(self.need(name, instead)?, problem, instead));
        }
        Ok(bytes)
    }

    fn string(&self, name: &str, instead: &'static str) -> Result<&'a str, KeyFileError> {
        let value = self.need(name, instead)?;
        value.get_ref().as_str().ok_or_else(|| self.error(value, "this is no text", instead))
    }

    fn need(
        &self,
        name: &str,
        instead: &'static str,
    ) -> Result<&'a Spanned<DeValue<'a>>, KeyFileError> {
        self.table.get(name).ok_or_else(|| KeyFileError {
            position: Position::of(self.text, self.start),
            problem: "an entry is missing here",
            instead,
        })
    }

    fn only(&self, known: &[&str], instead: &'static str) -> Result<(), KeyFileError> {
        match self.table.keys().find(|name| !known.contains(&name.get_ref().as_ref())) {
            Some(name) => Err(KeyFileError {
                position: Position::of(self.text, name.span().start),
                problem: "this entry is not known",
                instead,
            }),
            None => Ok(()),
        }
    }

    fn error(
        &self,
        value: &Spanned<DeValue<'_>>,
        problem: &'static str,
        instead: &'static str,
    ) -> KeyFileError {
        let position = Position::of(self.text, value.span().start);
        KeyFileError { position, problem, instead }
    }
}

const USE: &str = "write use = \"test\" for invented keys, or use = \"live\" for keys that open \
                   doors; software cards refuse \"live\"";
const RECEIPT: &str = "write receipt = \"…\" with 64 hexadecimal digits, the tenant's receipt key";
const RANDOM: &str = "write a value of random bytes, and another one for each key";
const KEY: &str = "write [[key]] and below it name, type, version and value";
const NO_KEY: &str = "this is no list of keys";
const NAME: &str = "write name = \"…\" with 1 to 64 characters, as profiles reference the key";
const TYPE: &str = "write type = \"aes128\", \"2k3des\" or \"3k3des\"";
const VERSION: &str = "write version = … with a number from 0 to 255";
const VALUE: &str = "write value = \"…\" with 32 hexadecimal digits, or 48 for a 3k3des key; a DES \
                     key is written twice";

#[cfg(test)]
mod tests;
