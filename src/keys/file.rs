// SPDX-License-Identifier: MIT OR Apache-2.0
//! The key file for development.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::Arc;

use hex::FromHexError;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use zeroize::Zeroizing;

use crate::key::{IssuerKey, KeyError, MasterKey, Purpose};
use crate::secret::wipe_stack;
use crate::wire::KeyVersion;

use super::position::Places;
use super::weak::{KeyWarning, Weak, is_guessable, weak};
use super::{Position, ReceiptKey, Store};

/// The keys of a key file. `Debug` shows names and versions only.
#[derive(Debug)]
pub struct KeyFile {
    purpose: Purpose,
    tenant: Option<String>,
    receipt: ReceiptKey,
    keys: Vec<Entry>,
    /// Which of them has a name and version.
    by_name: BTreeMap<String, BTreeMap<KeyVersion, usize>>,
    warnings: Vec<KeyWarning>,
}

#[derive(Debug)]
struct Entry {
    name: String,
    version: KeyVersion,
    master: Arc<MasterKey>,
    value_at: Position,
}

impl KeyFile {
    /// Reads and checks a key file. Keys that are no secret, or less of one than they look
    /// ([`KeyWarning`]), are a mistake in a file that is marked live.
    ///
    /// # Errors
    /// [`KeyFileError`] with the first mistake, its place and what to write instead.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        let read = Self::read(text);
        // What was decoded on the way is not to outlast it.
        wipe_stack();
        read
    }

    fn read(text: &str) -> Result<Self, KeyFileError> {
        let places = Places::of(text);
        let root = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let instead = "write entries such as name = \"picc\", each once and on its own line";
            KeyFileError::new(places.at(at), "this is not TOML", instead)
        })?;
        let top = Entries { places: &places, start: 0, table: root.get_ref() };
        top.only(&["use", "tenant", "receipt", "key"], KNOWN)?;
        let purpose = top.purpose()?;
        let tenant = top.table.contains_key("tenant").then(|| top.name("tenant", TENANT));
        let tenant = tenant.transpose()?.map(str::to_owned);
        let bytes: Zeroizing<[u8; 32]> = top.hex("receipt", RECEIPT)?;
        let receipt = ReceiptKey::new(&bytes);
        let receipt_at = places.at(top.need("receipt", RECEIPT)?.span().start);
        let mut keys: Vec<Entry> = Vec::new();
        let mut by_name: BTreeMap<String, BTreeMap<KeyVersion, usize>> = BTreeMap::new();
        let tables = top.need("key", KEY)?;
        let array = tables.get_ref().as_array().ok_or_else(|| top.error(tables, NO_KEY, KEY))?;
        for table in array.iter() {
            let entry = Entries::entry(&places, table, purpose)?;
            let versions = by_name.entry(entry.name.clone()).or_default();
            if versions.insert(entry.version, keys.len()).is_some() {
                let problem = "an earlier key has this name and version";
                return Err(top.error(table, problem, "write another name or version"));
            }
            keys.push(entry);
        }
        let values: Vec<_> = keys.iter().map(|key| (key.value_at, &*key.master)).collect();
        let warnings = weak((receipt_at, &bytes), &values);
        match warnings.first() {
            Some(warning) if purpose == Purpose::Live => Err(warning.refused()),
            _ => Ok(Self { purpose, tenant, receipt, keys, by_name, warnings }),
        }
    }

    /// What is wrong with keys of a test file, that keeps a live one from being read.
    #[must_use]
    pub fn warnings(&self) -> &[KeyWarning] {
        &self.warnings
    }

    /// What the keys are for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The tenant's receipt key.
    #[must_use]
    pub const fn receipt_key(&self) -> &ReceiptKey {
        &self.receipt
    }

    pub(super) fn master(&self, name: &str, version: KeyVersion) -> Option<&Arc<MasterKey>> {
        let place = self.by_name.get(name)?.get(&version)?;
        self.keys.get(*place).map(|key| &key.master)
    }

    /// Names and versions, in the file's order.
    pub fn names(&self) -> impl Iterator<Item = (&str, KeyVersion)> {
        self.keys.iter().map(|key| (key.name.as_str(), key.version))
    }
}

impl Store for KeyFile {
    fn purpose(&self) -> Purpose {
        self.purpose
    }

    fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    fn issuer(&self, name: &str, version: KeyVersion) -> Result<Arc<dyn IssuerKey>, KeyError> {
        let key = self.master(name, version).ok_or(KeyError::NotThere)?;
        Ok(Arc::clone(key) as Arc<dyn IssuerKey>)
    }

    fn receipt_key(&self) -> Result<ReceiptKey, KeyError> {
        Ok(self.receipt.clone())
    }

    fn names(&self) -> Vec<(String, KeyVersion)> {
        self.keys.iter().map(|key| (key.name.clone(), key.version)).collect()
    }
}

/// A mistake in a key file. It holds no text of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyFileError {
    position: Position,
    problem: &'static str,
    /// The earlier line that it is about too.
    first: Option<usize>,
    instead: &'static str,
}

impl KeyFileError {
    const fn new(position: Position, problem: &'static str, instead: &'static str) -> Self {
        Self { position, problem, first: None, instead }
    }

    /// Where the mistake is.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }
}

impl KeyWarning {
    /// The same in a file that is marked live.
    const fn refused(self) -> KeyFileError {
        let first = match self.weak() {
            Weak::Equal { first } => Some(first.line()),
            Weak::Zero | Weak::Repeated | Weak::SingleDes | Weak::TwoKeys => None,
        };
        let (position, problem) = (self.position(), self.weak().problem());
        KeyFileError { position, problem, first, instead: INVENT }
    }
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.problem)?;
        if let Some(line) = self.first {
            write!(f, " (line {line})")?;
        }
        write!(f, ": {}", self.instead)
    }
}

impl core::error::Error for KeyFileError {}

/// A table of the file, and where it starts.
struct Entries<'a> {
    places: &'a Places<'a>,
    start: usize,
    table: &'a DeTable<'a>,
}

impl<'a> Entries<'a> {
    fn entry(
        places: &'a Places<'a>,
        value: &'a Spanned<DeValue<'a>>,
        purpose: Purpose,
    ) -> Result<Entry, KeyFileError> {
        let start = value.span().start;
        let position = places.at(start);
        let table = value.get_ref().as_table();
        let table = table.ok_or(KeyFileError::new(position, NO_KEY, KEY))?;
        let entries = Self { places, start, table };
        entries.only(
            &["name", "type", "version", "value", "not_before", "not_after", "revoked"],
            "known in a [[key]] are name, type, version, value, not_before, not_after and revoked",
        )?;
        let name = entries.name("name", NAME)?;
        let kind = entries.string("type", TYPE)?;
        let version = entries.version()?;
        let master = match kind {
            "aes128" => MasterKey::aes(&*entries.hex("value", VALUE)?),
            "2k3des" => MasterKey::des(&*entries.hex("value", VALUE)?),
            "3k3des" => MasterKey::tdes3(&*entries.hex("value", VALUE)?),
            _ => {
                let value = entries.need("type", TYPE)?;
                return Err(entries.error(value, "this type of key is not known", TYPE));
            }
        };
        let guessable = is_guessable(&master);
        let master = master.found_guessable(guessable).for_purpose(purpose);
        let master = Arc::new(master.with_life(entries.life()?));
        let value_at = places.at(entries.need("value", VALUE)?.span().start);
        Ok(Entry { name: name.to_owned(), version, master, value_at })
    }

    fn name(&self, entry: &str, instead: &'static str) -> Result<&'a str, KeyFileError> {
        let name = self.string(entry, instead)?;
        if name.is_empty() || name.len() > 64 || name.chars().any(char::is_control) {
            return Err(self.error(self.need(entry, instead)?, "this is no name", instead));
        }
        Ok(name)
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
        self.table.get(name).ok_or_else(|| {
            KeyFileError::new(self.places.at(self.start), "an entry is missing here", instead)
        })
    }

    fn only(&self, known: &[&str], instead: &'static str) -> Result<(), KeyFileError> {
        match self.table.keys().find(|name| !known.contains(&name.get_ref().as_ref())) {
            Some(name) => {
                let position = self.places.at(name.span().start);
                Err(KeyFileError::new(position, "this entry is not known", instead))
            }
            None => Ok(()),
        }
    }

    fn error(
        &self,
        value: &Spanned<DeValue<'_>>,
        problem: &'static str,
        instead: &'static str,
    ) -> KeyFileError {
        let position = self.places.at(value.span().start);
        KeyFileError::new(position, problem, instead)
    }
}

const USE: &str = "write use = \"test\" for invented keys, or use = \"live\" for keys that open \
                   doors; software cards refuse \"live\"";
const KNOWN: &str = "known here are use, tenant, receipt and [[key]]";
const TENANT: &str = "write tenant = \"…\" with 1 to 64 characters, or leave it out";
const RECEIPT: &str = "write receipt = \"…\" with 64 hexadecimal digits, the tenant's receipt key";
const KEY: &str = "write [[key]] and below it name, type, version and value";
const NO_KEY: &str = "this is no list of keys";
const NAME: &str = "write name = \"…\" with 1 to 64 characters, as profiles reference the key";
const TYPE: &str = "write type = \"aes128\", \"2k3des\" or \"3k3des\"";
const VERSION: &str = "write version = … with a number from 0 to 255";
const VALUE: &str = "write value = \"…\" with 32 hexadecimal digits, or 48 for a 3k3des key; a DES \
                     key is written twice";
const INVENT: &str = "write one that nobody can guess and that stands nowhere else, such as \
                      `openssl rand -hex 16` gives";

mod life;
#[cfg(test)]
mod tests;
