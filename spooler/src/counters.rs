// SPDX-License-Identifier: MIT OR Apache-2.0
//! Read counters of tags in a file of SQLite, for the servers of one machine that verify addresses, and an anchor
//! that tells a file that was put back: with older counters old addresses would be taken again.
//!
//! The file counts what it takes, and the anchor says how far it was last. Who puts both back at once is not told:
//! keep the anchor where the file's backups do not go.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use cardwright::sdm::{Counters, CountersError};
use rand::TryRng;
use rand::rngs::SysRng;
use rusqlite::{Connection, OpenFlags, params};

use crate::error::StoreError;
use crate::store::sqlite::{BUSY, identity, make_private, wrong};

/// The form of the file.
const FORM: i64 = 1;

/// A tag's counter only goes up; each time that one does, `taken` does too, in the same statement.
const TABLES: &str = "
    CREATE TABLE tags (
        tag TEXT PRIMARY KEY,
        counter INTEGER NOT NULL CHECK (counter BETWEEN 0 AND 16777215)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE book (id TEXT NOT NULL, taken INTEGER NOT NULL) STRICT;
    CREATE TRIGGER first AFTER INSERT ON tags BEGIN UPDATE book SET taken = taken + 1; END;
    CREATE TRIGGER further AFTER UPDATE ON tags BEGIN UPDATE book SET taken = taken + 1; END;
    PRAGMA user_version = 1;
";

/// Compare and set: whoever else asks at the same time, one of them changes the row.
const ADVANCE: &str = "
    INSERT INTO tags (tag, counter) VALUES (?1, ?2)
    ON CONFLICT (tag) DO UPDATE SET counter = excluded.counter WHERE excluded.counter > tags.counter
";

/// Why counters cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TagCountersError {
    /// The database is damaged, or of another program.
    #[error(
        "the counters are damaged, or of another program ({what}): bring back the newest copy, with its anchor"
    )]
    Damaged {
        /// What does not fit.
        what: String,
    },
    /// The database cannot be used for another reason.
    #[error(transparent)]
    Store(StoreError),
    /// The anchor cannot be read or written.
    #[error("the anchor {path}: {what}")]
    Anchor {
        /// Where it should be.
        path: String,
        /// What is the matter.
        what: String,
    },
    /// The file is older than its anchor, or one of the two is missing.
    #[error(
        "these are not the newest counters: older ones would take old addresses again; bring back the file that the \
         anchor belongs to"
    )]
    TurnedBack,
}

impl From<StoreError> for TagCountersError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Damaged { what } => Self::Damaged { what },
            other @ (StoreError::Full
            | StoreError::ReadOnly
            | StoreError::Away { .. }
            | StoreError::Busy
            | StoreError::Newer { .. }
            | StoreError::Conflict) => Self::Store(other),
        }
    }
}

impl From<TagCountersError> for CountersError {
    fn from(error: TagCountersError) -> Self {
        Self::new(error.to_string())
    }
}

/// Which file it is, and how often a counter of it went up.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Standing {
    id: String,
    taken: i64,
}

/// Read counters in a file of SQLite, with a log beside it (`-wal`). Several programs of one machine may have the
/// same file open.
#[derive(Debug)]
pub struct TagCounters {
    path: PathBuf,
    anchor: PathBuf,
    file: Option<(u64, u64)>,
    connection: Mutex<Connection>,
}

impl TagCounters {
    /// Opens a file, and makes it where there is neither file nor anchor, for its owner alone.
    ///
    /// # Errors
    /// [`TagCountersError`].
    pub fn open(
        path: impl AsRef<Path>,
        anchor: impl AsRef<Path>,
    ) -> Result<Self, TagCountersError> {
        let (path, anchor) = (path.as_ref().to_owned(), anchor.as_ref().to_owned());
        make_private(&path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).map_err(wrong)?;
        connection.busy_timeout(BUSY).map_err(wrong)?;
        let modes = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";
        connection.execute_batch(modes).map_err(wrong)?;
        let file = identity(&path);
        let this = Self { path, anchor, file, connection: Mutex::new(connection) };
        this.locked(|connection| {
            make_tables(connection)?;
            let (now, last) = (standing(connection)?, this.anchored()?);
            match last {
                Some(last) => now.follows(&last).then_some(()).ok_or(TagCountersError::TurnedBack),
                None if now.taken == 0 => this.write_anchor(&now),
                None => Err(TagCountersError::TurnedBack),
            }
        })?;
        Ok(this)
    }

    /// Puts `counter` in the place of what is known of a tag, where it is higher than that or the first, and says
    /// whether it was.
    ///
    /// # Errors
    /// [`TagCountersError`]; the address is then not taken.
    pub fn take(&self, tag: &str, counter: u32) -> Result<bool, TagCountersError> {
        self.locked(|connection| {
            let last = self.anchored()?.ok_or(TagCountersError::TurnedBack)?;
            let changed = connection.execute(ADVANCE, params![tag, counter]).map_err(wrong)?;
            let now = standing(connection)?;
            let taken = changed > 0;
            // A file that was put back while it is open has counted no further than the anchor says.
            if !now.follows(&last) || (taken && now.taken <= last.taken) {
                return Err(TagCountersError::TurnedBack);
            }
            if taken {
                self.write_anchor(&now)?;
            }
            Ok(taken)
        })
    }

    /// Works while no other program reads or writes the anchor.
    fn locked<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, TagCountersError>,
    ) -> Result<T, TagCountersError> {
        // Nothing panics under the lock.
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = beside(&self.anchor, "lock");
        let lock = File::options().create(true).append(true).open(lock);
        let lock = lock.and_then(|lock| lock.lock().map(|()| lock));
        let _lock = lock.map_err(|error| self.trouble(&error))?;
        if self.file.is_some() && identity(&self.path) != self.file {
            let what = "the file was taken away".to_owned();
            return Err(StoreError::Away { what }.into());
        }
        work(&connection)
    }

    fn anchored(&self) -> Result<Option<Standing>, TagCountersError> {
        let text = match fs::read_to_string(&self.anchor) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.trouble(&error)),
        };
        let read = text.trim_end().split_once(' ').and_then(|(id, taken)| {
            Some(Standing { id: id.to_owned(), taken: taken.parse().ok()? })
        });
        read.map(Some).ok_or_else(|| self.trouble(&"it is none"))
    }

    /// All of it or nothing. Whatever the program is interrupted in, the file is as far as the anchor or further.
    fn write_anchor(&self, now: &Standing) -> Result<(), TagCountersError> {
        let new = beside(&self.anchor, "new");
        let write = || {
            let mut file = File::create(&new)?;
            writeln!(file, "{} {}", now.id, now.taken)?;
            file.sync_all()?;
            fs::rename(&new, &self.anchor)
        };
        write().map_err(|error: io::Error| self.trouble(&error))
    }

    fn trouble(&self, what: &dyn core::fmt::Display) -> TagCountersError {
        let path = self.anchor.display().to_string();
        TagCountersError::Anchor { path, what: what.to_string() }
    }
}

impl Counters for TagCounters {
    fn advance(&self, tag: &str, counter: u32) -> Result<bool, CountersError> {
        Ok(self.take(tag, counter)?)
    }
}

impl Standing {
    /// Whether it is of the same file as another one, and not older.
    fn follows(&self, other: &Self) -> bool {
        self.id == other.id && self.taken >= other.taken
    }
}

fn make_tables(connection: &Connection) -> Result<(), TagCountersError> {
    let form = || connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(wrong);
    match form()? {
        FORM => Ok(()),
        0 => {
            let mut id = [0; 16];
            let no_id = |_| StoreError::Away { what: "the system has no randomness".to_owned() };
            SysRng.try_fill_bytes(&mut id).map_err(no_id)?;
            let empty: i64 = connection
                .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
                .map_err(wrong)?;
            if empty != 0 {
                return Err(TagCountersError::Damaged { what: "other tables".to_owned() });
            }
            let id = hex::encode(id);
            let made =
                format!("BEGIN IMMEDIATE; {TABLES} INSERT INTO book VALUES ('{id}', 0); COMMIT");
            Ok(connection.execute_batch(&made).map_err(wrong)?)
        }
        found => Err(StoreError::Newer { found, known: FORM }.into()),
    }
}

fn standing(connection: &Connection) -> Result<Standing, TagCountersError> {
    let read = connection.query_row("SELECT id, taken FROM book", [], |row| {
        Ok(Standing { id: row.get(0)?, taken: row.get(1)? })
    });
    Ok(read.map_err(wrong)?)
}

/// The file of this name with one ending more.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    name.into()
}
