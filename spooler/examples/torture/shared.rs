// SPDX-License-Identifier: MIT OR Apache-2.0
//! What all the programs know: the profile, its keys, the orders, the files of a run, and chance.

use std::error::Error;
use std::path::{Path, PathBuf};

use cardwright::{KeyFile, Profile, Records};
use clap::ValueEnum;

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// The books that a program of a run is on.
#[derive(clap::Args)]
pub(crate) struct Books {
    /// The folder of the run.
    pub(crate) folder: PathBuf,
    /// Where the orders are kept.
    #[arg(long, value_enum)]
    pub(crate) store: StoreKind,
    /// The connection string of the server.
    #[arg(long, default_value = "")]
    pub(crate) server: String,
}

/// Where orders are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoreKind {
    Sqlite,
    Postgres,
}

impl StoreKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// Which way orders and words come into the books, and receipts out of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Way {
    /// The library, in this process and in the stations.
    Books,
    /// A service, which is killed, too.
    Http,
}

impl Way {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Books => "books",
            Self::Http => "http",
        }
    }
}

// The files of a run.
pub(crate) const BOOKS: &str = "orders.db";
pub(crate) const SOCKET: &str = "cards.sock";
/// Where the service answers.
pub(crate) const FRONT: &str = "front";
/// The cards at the end, each behind a byte and its length: 1 where it was reported as of no use, 2 where it
/// was put under what was meant for another card.
pub(crate) const CARDS: &str = "cards";
/// Lines of the outbox as they came: number, tab, text. Some come twice.
pub(crate) const RECEIPTS: &str = "receipts";
/// The orders: credential number, tab, what the order is called in receipts.
pub(crate) const ORDERS: &str = "orders";

/// The door of the documentation.
pub(crate) fn profile() -> Result<Profile, Failure> {
    Ok(Profile::parse(include_str!("../../../examples/data/profiles/door.toml"))?)
}

pub(crate) fn keys() -> Result<KeyFile, Failure> {
    Ok(KeyFile::parse(include_str!("../../../examples/data/test-keys.toml"))?)
}

/// Records of the door, by their credential numbers from 1 on.
pub(crate) fn records(profile: &Profile, orders: u32) -> Result<Records, Failure> {
    let mut file = "id,facility,number,issue,valid_until,site\n".to_owned();
    for number in 1..=orders {
        file += &format!("r{number},42,{number},1,20281231,North\n");
    }
    Ok(Records::csv(profile, file.as_bytes())?)
}

/// Lines of two columns.
pub(crate) fn columns(path: &Path) -> Result<Vec<(String, String)>, Failure> {
    let text = std::fs::read_to_string(path)?;
    let columns = text.lines().filter_map(|line| line.split_once('\t'));
    Ok(columns.map(|(first, second)| (first.to_owned(), second.to_owned())).collect())
}

/// Chance that a seed repeats (`SplitMix64`; Steele, Lea, Flood: Fast splittable generators, 2014).
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of so many numbers, from 0 on.
    pub(crate) const fn of(&mut self, many: u64) -> u64 {
        if many == 0 { 0 } else { self.next() % many }
    }

    /// So often in a hundred.
    pub(crate) const fn percent(&mut self, often: u64) -> bool {
        self.of(100) < often
    }

    /// One of these.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let at = usize::try_from(self.of(from.len() as u64)).ok()?;
        from.get(at).copied()
    }
}
