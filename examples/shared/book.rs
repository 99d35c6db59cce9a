// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is known of each card, in a file, and beside it an anchor that tells a file that was put back. Who puts
//! both back at once is not told: keep the anchor where the file's backups do not go.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// A line for each card, which this program alone writes meanwhile.
#[derive(Debug)]
pub(crate) struct Book {
    path: PathBuf,
    /// Held until the program ends: two at once would take one thing twice.
    _lock: File,
    known: BTreeMap<String, String>,
}

/// Why a book cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BookError {
    #[error("{path}: {error}")]
    Io { path: String, error: io::Error },
    #[error(
        "{path}: line {line} is no entry: put back the newest copy of the file and of its anchor"
    )]
    Line { path: String, line: usize },
    #[error("{path}: this is not the newest book: an older one would take again what was taken")]
    TurnedBack { path: String },
}

fn at(path: &Path) -> impl Fn(io::Error) -> BookError {
    let path = path.display().to_string();
    move |error| BookError::Io { path: path.clone(), error }
}

impl Book {
    pub(crate) fn open(path: &Path) -> Result<Self, BookError> {
        let anchor = anchor(path);
        let lock = beside(path, "lock");
        let lock = File::options().create(true).append(true).open(&lock).map_err(at(&lock))?;
        lock.lock().map_err(at(path))?;
        let read = |path: &Path| match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some).map_err(at(path)),
        };
        let (book, anchored) = (read(path)?, read(&anchor)?);
        let turned_back = || BookError::TurnedBack { path: path.display().to_string() };
        let known = match (book, anchored) {
            (None, None) => BTreeMap::new(),
            (Some(book), Some(anchored)) => {
                let sum = sum(&book);
                let anchored = String::from_utf8_lossy(&anchored).into_owned();
                if !anchored.lines().any(|line| line == sum) {
                    return Err(turned_back());
                }
                entries(path, &book)?
            }
            (Some(_), None) | (None, Some(_)) => return Err(turned_back()),
        };
        Ok(Self { path: path.to_owned(), _lock: lock, known })
    }

    /// What is known of a card; names are 64 hexadecimal digits.
    pub(crate) fn get(&self, card: &str) -> Option<&str> {
        self.known.get(card).map(String::as_str)
    }

    /// Writes what is known of a card now, in the file before it is told here.
    pub(crate) fn put(&mut self, card: &str, known: String) -> Result<(), BookError> {
        let mut all = self.known.clone();
        all.insert(card.to_owned(), known);
        self.write(&all)?;
        self.known = all;
        Ok(())
    }

    /// Whatever the program is interrupted in, the anchor names the book that is there.
    fn write(&self, known: &BTreeMap<String, String>) -> Result<(), BookError> {
        let mut book = String::new();
        for (card, known) in known {
            book += &format!("{card} {known}\n");
        }
        let old = fs::read(&self.path).unwrap_or_default();
        let (old, new, anchor) = (sum(&old), sum(book.as_bytes()), anchor(&self.path));
        put(&anchor, &format!("{old}\n{new}\n"))?;
        put(&self.path, &book)?;
        put(&anchor, &format!("{new}\n"))
    }
}

/// The file of this name with one ending more.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    name.into()
}

fn anchor(path: &Path) -> PathBuf {
    beside(path, "anchor")
}

fn entries(path: &Path, book: &[u8]) -> Result<BTreeMap<String, String>, BookError> {
    let text = String::from_utf8_lossy(book);
    let entry = |(at, line): (usize, &str)| {
        let entry = line.split_once(' ').filter(|(card, known)| {
            let plain = card.len() == 64 && card.bytes().all(|byte| byte.is_ascii_hexdigit());
            plain && !known.is_empty()
        });
        let entry = entry.map(|(card, known)| (card.to_owned(), known.to_owned()));
        entry.ok_or_else(|| BookError::Line { path: path.display().to_string(), line: at + 1 })
    };
    text.lines().enumerate().map(entry).collect()
}

fn sum(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// All of it or nothing.
fn put(path: &Path, text: &str) -> Result<(), BookError> {
    let new = beside(path, "new");
    let write = || {
        let mut file = File::create(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)
    };
    write().map_err(at(path))
}
