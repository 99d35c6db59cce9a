// SPDX-License-Identifier: MIT OR Apache-2.0
//! Counters in a file, and an anchor that tells one that was put back.
//!
//! The file counts what it takes, and the anchor says how far it was last. Who puts both back at once is not told:
//! keep the anchor where the file's backups do not go.

use core::time::Duration;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use cardwright::sdm::{Counters, CountersError};
use rand::TryRng;
use rand::rngs::SysRng;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, params};

use super::TagCountersError;
use crate::error::StoreError;
use crate::store::sqlite::{BUSY, identity, make_private, wrong};

/// By what a file is known to be one of these, and its form.
pub(crate) const KIND: i64 = 0x5461_6743;
const FORM: i64 = 1;

/// A tag's counter only goes up; each time that one does, `taken` does too, in the same statement. The sum of all
/// counters tells a file that was put back under a newer log.
const TABLES: &str = "
    CREATE TABLE tags (
        tag TEXT PRIMARY KEY,
        counter INTEGER NOT NULL CHECK (counter BETWEEN 0 AND 16777215)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE book (id TEXT NOT NULL, taken INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT;
    CREATE TRIGGER first AFTER INSERT ON tags BEGIN
        UPDATE book SET taken = taken + 1, sum = sum + new.counter;
    END;
    CREATE TRIGGER further AFTER UPDATE ON tags BEGIN
        UPDATE book SET taken = taken + 1, sum = sum + new.counter - old.counter;
    END;
";

/// Compare and set: whoever else asks at the same time, one of them changes the row.
const ADVANCE: &str = "
    INSERT INTO tags (tag, counter) VALUES (?1, ?2)
    ON CONFLICT (tag) DO UPDATE SET counter = excluded.counter WHERE excluded.counter > tags.counter
";

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
        if anchor.exists() && !path.exists() {
            return Err(TagCountersError::TurnedBack);
        }
        make_private(&path)?;
        // Whoever may open the lock may hold it.
        make_private(&beside(&anchor, "lock"))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).map_err(wrong)?;
        connection.busy_timeout(BUSY).map_err(wrong)?;
        let file = identity(&path);
        let this = Self { path, anchor, file, connection: Mutex::new(connection) };
        this.locked(|connection| {
            make_tables(connection)?;
            let (now, last) = (standing(connection)?, this.anchored()?);
            match last {
                Some(last) if !now.follows(&last) => return Err(TagCountersError::TurnedBack),
                Some(_) => {}
                None if now.taken == 0 => {
                    this.write_anchor(&now)?;
                    sync_folder(&this.anchor).map_err(|error| this.trouble(&error))?;
                }
                None => return Err(TagCountersError::TurnedBack),
            }
            check_sum(connection)
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
            // What is not committed is taken back when this is dropped.
            let transaction =
                Transaction::new_unchecked(connection, TransactionBehavior::Immediate);
            let transaction = transaction.map_err(wrong)?;
            // A file that was put back while it is open does not even count.
            if !standing(&transaction)?.follows(&last) {
                return Err(TagCountersError::TurnedBack);
            }
            let taken = transaction.execute(ADVANCE, params![tag, counter]).map_err(wrong)? > 0;
            let now = standing(&transaction)?;
            transaction.commit().map_err(wrong)?;
            if taken {
                self.write_anchor(&now)?;
            }
            Ok(taken)
        })
    }

    /// Works while no other program reads or writes the anchor; waits for one as long as for the file.
    fn locked<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, TagCountersError>,
    ) -> Result<T, TagCountersError> {
        // Nothing panics under the lock.
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = beside(&self.anchor, "lock");
        let lock = File::options().create(true).append(true).open(lock);
        let lock = lock.map_err(|error| self.trouble(&error))?;
        wait_for(&lock, BUSY).map_err(|error| match error {
            TryLockError::WouldBlock => StoreError::Busy.into(),
            TryLockError::Error(error) => self.trouble(&error),
        })?;
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

/// Takes a lock that another program lets go of in time.
fn wait_for(lock: &File, patience: Duration) -> Result<(), TryLockError> {
    let begun = Instant::now();
    loop {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) if begun.elapsed() < patience => {
                thread::sleep(Duration::from_millis(2));
            }
            ended => return ended,
        }
    }
}

/// Makes the tables in an empty file. One of another program is left as it is.
fn make_tables(connection: &Connection) -> Result<(), TagCountersError> {
    let ask =
        |what: &str| connection.query_row(what, [], |row| row.get::<_, i64>(0)).map_err(wrong);
    let (kind, form) = (ask("PRAGMA application_id")?, ask("PRAGMA user_version")?);
    let none = kind == 0 && form == 0 && ask("SELECT count(*) FROM sqlite_schema")? == 0;
    if kind == KIND && form != FORM {
        return Err(StoreError::Newer { found: form, known: FORM }.into());
    }
    if kind != KIND && !none {
        return Err(TagCountersError::Damaged { what: "other tables".to_owned() });
    }
    let modes = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";
    connection.execute_batch(modes).map_err(wrong)?;
    if none {
        let mut id = [0; 16];
        let no_id = |_| StoreError::Away { what: "the system has no randomness".to_owned() };
        SysRng.try_fill_bytes(&mut id).map_err(no_id)?;
        let id = hex::encode(id);
        let made = format!(
            "BEGIN IMMEDIATE; {TABLES} INSERT INTO book VALUES ('{id}', 0, 0); \
             PRAGMA application_id = {KIND}; PRAGMA user_version = {FORM}; COMMIT"
        );
        connection.execute_batch(&made).map_err(wrong)?;
    }
    Ok(())
}

/// Whether the counters are those that the book was kept of.
fn check_sum(connection: &Connection) -> Result<(), TagCountersError> {
    let sum = "SELECT coalesce((SELECT sum(counter) FROM tags), 0) = sum FROM book";
    let fits = connection.query_row(sum, [], |row| row.get(0)).map_err(wrong)?;
    let damaged = || TagCountersError::Damaged { what: "their sum".to_owned() };
    if fits { Ok(()) } else { Err(damaged()) }
}

fn standing(connection: &Connection) -> Result<Standing, TagCountersError> {
    let read = connection.query_row("SELECT id, taken FROM book", [], |row| {
        Ok(Standing { id: row.get(0)?, taken: row.get(1)? })
    });
    Ok(read.map_err(wrong)?)
}

/// Has the system keep that a file is there, as it keeps what is in it.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// The file of this name with one ending more.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_nobody_lets_go_of_is_waited_for_as_long_as_was_said() {
        let path = std::env::temp_dir().join(format!("tag-counters-{}", std::process::id()));
        let open = || File::options().create(true).append(true).open(&path).unwrap();
        let (held, lock) = (open(), open());
        held.lock().unwrap();
        let (begun, patience) = (Instant::now(), Duration::from_millis(50));
        let ended = wait_for(&lock, patience);
        assert!(matches!(ended, Err(TryLockError::WouldBlock)), "{ended:?}");
        assert!(begun.elapsed() >= patience);
        let holder = thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            drop(held);
        });
        wait_for(&lock, BUSY).unwrap();
        holder.join().unwrap();
        fs::remove_file(path).unwrap();
    }
}
