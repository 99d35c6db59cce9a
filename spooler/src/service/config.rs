// SPDX-License-Identifier: MIT OR Apache-2.0
//! The one file that says what a service is. Every mistake in it is told: where, what, and what to do.

mod files;
mod keys;
mod open;
mod readers;

pub use self::open::{Opened, Sources};

use core::fmt;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::auth::Right;
use crate::flow::Deed;

/// What stands in the file. Keys stand in files of their own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Where it listens.
    #[serde(default = "address")]
    pub address: SocketAddr,
    /// Somebody in front of it speaks TLS: browsers send their cookies over that alone.
    #[serde(default)]
    pub behind_tls: bool,
    /// The station's name, which stands in leases and receipts.
    pub station: String,
    /// A file of SQLite, or the address of a server of PostgreSQL.
    pub store: String,
    /// The network between here and the server is the house's alone: the connection to it is plain.
    #[serde(default)]
    pub plain_store_beyond_loopback: bool,
    /// The lot that the blank cards are of.
    pub lot: Option<String>,
    /// How long the station may have an order, renewed while it lives.
    pub lease_seconds: Option<u64>,
    pub(super) tenant: TenantOf,
    #[serde(default, rename = "profile")]
    pub(super) profiles: Vec<ProfileOf>,
    #[serde(default, rename = "reader")]
    pub(super) readers: Vec<ReaderOf>,
    #[serde(default, rename = "token")]
    pub(super) tokens: Vec<TokenOf>,
    #[serde(default)]
    pub(super) deadlines: DeadlinesOf,
    #[serde(default)]
    pub(super) limits: LimitsOf,
    /// Where its files are looked for.
    #[serde(skip)]
    folder: PathBuf,
}

const fn address() -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8440)
}

/// For whom.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TenantOf {
    pub(super) name: String,
    /// The file of its key.
    pub(super) key: PathBuf,
    pub(super) retention_days: Option<u64>,
    pub(super) most_tries: Option<u16>,
    #[serde(default)]
    pub(super) second_person: BTreeSet<DeedOf>,
}

/// What may take a second person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum DeedOf {
    Spoiled,
    Destroyed,
    Lost,
    Returned,
    AnotherCard,
}

impl From<DeedOf> for Deed {
    fn from(deed: DeedOf) -> Self {
        match deed {
            DeedOf::Spoiled => Self::Spoiled,
            DeedOf::Destroyed => Self::Destroyed,
            DeedOf::Lost => Self::Lost,
            DeedOf::Returned => Self::Returned,
            DeedOf::AnotherCard => Self::AnotherCard,
        }
    }
}

/// What is made, and with which keys.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileOf {
    pub(super) file: PathBuf,
    pub(super) keys: PathBuf,
    /// What opens them, where they are locked.
    pub(super) keys_secret: Option<String>,
    pub(super) job: Option<String>,
    /// The file of the permission of the cards' owner, where the profile's application is delegated.
    pub(super) permission: Option<PathBuf>,
    #[serde(default)]
    pub(super) allow: Vec<String>,
}

/// A reader: of the system, or of software.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReaderOf {
    pub(super) name: String,
    /// Its name at the system's service, or a part of it that no other has.
    pub(super) pcsc: Option<String>,
    pub(super) software: Option<SoftwareOf>,
    #[serde(default)]
    pub(super) groups: Vec<String>,
}

/// A software reader, on which cards are put by themselves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SoftwareOf {
    #[serde(default)]
    pub(super) exchange_ms: u64,
    #[serde(default)]
    pub(super) hand_ms: u64,
    #[serde(default)]
    pub(super) mishaps: bool,
    /// A folder for its cards, which are there again then after the program ended.
    pub(super) cards: Option<PathBuf>,
}

/// A token's name, rights and hash.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenOf {
    pub(super) name: String,
    pub(super) rights: Vec<Right>,
    pub(super) sha256: String,
}

/// How long readers may take, in seconds.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeadlinesOf {
    pub(super) usual: Option<u64>,
    pub(super) slow: Option<u64>,
    pub(super) look: Option<u64>,
}

/// How much of everything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsOf {
    pub(super) body_bytes: Option<usize>,
    pub(super) orders: Option<usize>,
    pub(super) requests_per_second: Option<u32>,
    pub(super) answer_seconds: Option<u64>,
    pub(super) connections: Option<usize>,
    pub(super) streams: Option<usize>,
}

/// What is wrong with a configuration: a line for each mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mistakes(pub Vec<String>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, mistake) in self.0.iter().enumerate() {
            let end = if number == 0 { "" } else { "\n" };
            write!(f, "{end}{mistake}")?;
        }
        Ok(())
    }
}

impl core::error::Error for Mistakes {}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Mistakes`].
    pub fn read(path: &Path) -> Result<Self, Mistakes> {
        let shown = path.display();
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| Mistakes(vec![format!("{shown}: {error}")]))?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Self::parse(&text, &folder).map_err(|mistakes| {
            Mistakes(mistakes.0.into_iter().map(|one| format!("{shown}: {one}")).collect())
        })
    }

    /// Reads the text of a file whose own files are looked for in that folder.
    ///
    /// # Errors
    /// [`Mistakes`].
    pub fn parse(text: &str, folder: &Path) -> Result<Self, Mistakes> {
        let read: Result<Self, _> = toml::from_str(text);
        let config = read.map_err(|error| Mistakes(vec![error.to_string().trim().to_owned()]))?;
        let config = Self { folder: folder.to_owned(), ..config };
        let mistakes = config.mistakes();
        if mistakes.is_empty() { Ok(config) } else { Err(Mistakes(mistakes)) }
    }

    /// What can be seen without looking elsewhere.
    fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        if self.station.is_empty() {
            mistakes.push("station: it has to have a name, which stands in receipts".to_owned());
        }
        if self.profiles.is_empty() {
            mistakes.push("no [[profile]]: name the file of one, and that of its keys".to_owned());
        }
        if self.tokens.is_empty() {
            let words =
                "no [[token]]: nobody could ask for anything; cardwright-spooler token makes one";
            mistakes.push(words.to_owned());
        }
        if self.tenant.name.trim().is_empty() {
            mistakes
                .push("tenant.name: it has to have a name; orders are kept under it".to_owned());
        }
        twice("[[reader]]", self.readers.iter().map(|one| one.name.as_str()), &mut mistakes);
        twice("[[token]]", self.tokens.iter().map(|one| one.name.as_str()), &mut mistakes);
        self.tokens_that_differ(&mut mistakes);
        for reader in &self.readers {
            if reader.pcsc.is_some() == reader.software.is_some() {
                mistakes.push(format!(
                    "[[reader]] {:?}: write pcsc = \"…\" for one of the system, or software = {{}}",
                    reader.name
                ));
            }
        }
        for (name, value) in [
            ("lease_seconds", self.lease_seconds),
            ("limits.answer_seconds", self.limits.answer_seconds),
            ("limits.body_bytes", self.limits.body_bytes.map(|most| most as u64)),
            ("limits.orders", self.limits.orders.map(|most| most as u64)),
            ("limits.connections", self.limits.connections.map(|most| most as u64)),
            ("limits.streams", self.limits.streams.map(|most| most as u64)),
            ("limits.requests_per_second", self.limits.requests_per_second.map(u64::from)),
            ("deadlines.usual", self.deadlines.usual),
            ("deadlines.slow", self.deadlines.slow),
            ("deadlines.look", self.deadlines.look),
            ("tenant.retention_days", self.tenant.retention_days),
            ("tenant.most_tries", self.tenant.most_tries.map(u64::from)),
        ] {
            if value == Some(0) {
                mistakes.push(format!("{name}: 0 would let nothing happen; write 1 at least"));
            }
        }
        mistakes
    }

    /// Whether each token is good for something, and none is another one under another name: which of the two
    /// did something could not be told.
    fn tokens_that_differ(&self, mistakes: &mut Vec<String>) {
        for (at, token) in self.tokens.iter().enumerate() {
            let name = &token.name;
            if token.rights.is_empty() {
                mistakes.push(format!(
                    "[[token]] {name:?}: rights is empty; give it one, or leave it out"
                ));
            }
            let same = |other: &TokenOf| other.sha256.eq_ignore_ascii_case(&token.sha256);
            if self.tokens.iter().take(at).any(same) {
                mistakes.push(format!(
                    "[[token]] {name:?}: another one has this sha256; make one for each"
                ));
            }
        }
    }

    /// A file that the configuration names, beside it.
    fn beside(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }
}

/// Names that stand there twice, or not at all.
fn twice<N: AsRef<str>>(what: &str, names: impl Iterator<Item = N>, mistakes: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for name in names {
        let name = name.as_ref().to_owned();
        if name.trim().is_empty() {
            mistakes.push(format!("{what}: one has no name"));
        } else if !seen.insert(name.clone()) {
            mistakes.push(format!("{what}: {name:?} stands there twice; name one otherwise"));
        }
    }
}
