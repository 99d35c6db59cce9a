// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders in a file, for the stations of one machine.

use core::time::Duration;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{
    Connection, ErrorCode, OpenFlags, ToSql, Transaction, TransactionBehavior, params_from_iter,
};

use super::sql::{Cell, Dialect, FORM, SqlTx, Wire, statements};
use crate::counters::KIND as COUNTERS;
use crate::error::{Error, StoreError};
use crate::rows::{Store, Work};

/// How long another program may hold the file.
pub(crate) const BUSY: Duration = Duration::from_secs(10);

static DIALECT: Dialect =
    Dialect { clock: "CAST(unixepoch('subsec') * 1000 AS INTEGER)", lock: "", skip: "" };

/// Orders in a file of SQLite, with a log beside it (`-wal`). What is deleted is overwritten.
///
/// Several programs of one machine may have the same file open. A file that is taken away while it is open
/// counts as away: what is written to a file without a name is gone with the program.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    file: Option<(u64, u64)>,
    connection: Mutex<Connection>,
}

impl Sqlite {
    /// Opens a file, and makes it where there is none, for its owner alone.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Damaged`] for a file of another program and for
    /// [counters](crate::counters), which are left as they are.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        make_private(&path)?;
        // Without URI: a path is a path.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).map_err(wrong)?;
        connection.busy_timeout(BUSY).map_err(wrong)?;
        ask_whose(&connection)?;
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON",
            )
            .map_err(wrong)?;
        let file = identity(&path);
        let store = Self { path, file, connection: Mutex::new(connection) };
        let made = store.in_transaction(&mut |connection| Ok(make_tables(connection)?));
        match made {
            Ok(()) => Ok(store),
            Err(Error::Store(error)) => Err(error),
            Err(_) => Err(StoreError::Damaged { what: "its tables".to_owned() }),
        }
    }

    /// Lets the file have so many pages at most, for tests of a full disk.
    #[doc(hidden)]
    pub fn limit(&self, pages: i64) -> Result<(), StoreError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let set = format!("PRAGMA max_page_count = {pages}");
        connection.query_row(&set, [], |_| Ok(())).map_err(wrong)
    }

    /// Lets nothing be written, for tests of a file that may only be read.
    #[doc(hidden)]
    pub fn only_read(&self, only: bool) -> Result<(), StoreError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        connection.pragma_update(None, "query_only", only).map_err(wrong)
    }

    fn in_transaction(
        &self,
        work: &mut dyn FnMut(&mut Connection) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if self.file.is_some() && identity(&self.path) != self.file {
            return Err(StoreError::Away { what: "the file was taken away".to_owned() }.into());
        }
        // A panic under the lock leaves a transaction open, which is rolled back here.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if !connection.is_autocommit() {
            connection.execute_batch("ROLLBACK").map_err(wrong)?;
        }
        connection.execute_batch("BEGIN IMMEDIATE").map_err(wrong)?;
        let ended = work(&mut connection)
            .and_then(|()| connection.execute_batch("COMMIT").map_err(|error| wrong(error).into()));
        if ended.is_err() && !connection.is_autocommit() {
            // What failed says more than what is said of its end.
            let _rolled_back = connection.execute_batch("ROLLBACK");
        }
        ended
    }
}

impl Store for Sqlite {
    fn transact(&self, tenant: &str, work: &mut Work<'_>) -> Result<(), Error> {
        self.in_transaction(&mut |wire| work(&mut SqlTx { wire, tenant }))
    }

    fn scrub(&self) -> Result<(), StoreError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let mut busy = 0;
        let check = |row: &rusqlite::Row<'_>| {
            busy = row.get::<_, i64>(0)?;
            Ok(())
        };
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], check).map_err(wrong)?;
        if busy == 0 { Ok(()) } else { Err(StoreError::Busy) }
    }
}

/// Whether the file is one of orders, or will be. Nothing of it changes.
fn ask_whose(connection: &Connection) -> Result<(), StoreError> {
    // One look at all of it: another program may be making the tables.
    let look = Transaction::new_unchecked(connection, TransactionBehavior::Deferred);
    let look = look.map_err(wrong)?;
    let ask = |what: &str| look.query_row(what, [], |row| row.get::<_, i64>(0)).map_err(wrong);
    let (mark, form) = (ask("PRAGMA application_id")?, ask("PRAGMA user_version")?);
    let orders = ask("SELECT count(*) FROM sqlite_schema WHERE name = 'orders'")? > 0;
    let none = ask("SELECT count(*) FROM sqlite_schema")? == 0;
    let what = match (mark, form) {
        (COUNTERS, _) => "it holds read counters of tags",
        (0, 0) if !none => "it holds other tables",
        (0, FORM) if !orders => "it holds no orders",
        (0, _) => return Ok(()),
        _ => "it has the mark of another program",
    };
    Err(StoreError::Damaged { what: what.to_owned() })
}

fn make_tables(connection: &Connection) -> Result<(), StoreError> {
    let form: i64 =
        connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(wrong)?;
    match form {
        FORM => Ok(()),
        0 => {
            let counting = "INTEGER PRIMARY KEY AUTOINCREMENT";
            for sql in statements(counting, "BLOB") {
                connection.execute_batch(&sql).map_err(wrong)?;
            }
            connection.execute_batch(&format!("PRAGMA user_version = {FORM}")).map_err(wrong)
        }
        found => Err(StoreError::Newer { found, known: FORM }),
    }
}

#[cfg(unix)]
pub(crate) fn make_private(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    let made = options.write(true).create(true).truncate(false).mode(0o600).open(path);
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            Err(StoreError::ReadOnly)
        }
        Err(error) if error.kind() == std::io::ErrorKind::ReadOnlyFilesystem => {
            Err(StoreError::ReadOnly)
        }
        Err(error) => Err(StoreError::Away { what: error.kind().to_string() }),
    }
}

#[cfg(not(unix))]
pub(crate) fn make_private(path: &Path) -> Result<(), StoreError> {
    let made = std::fs::OpenOptions::new().write(true).create(true).truncate(false).open(path);
    made.map(drop).map_err(|error| StoreError::Away { what: error.kind().to_string() })
}

/// By what a file is known while it is open.
#[cfg(unix)]
pub(crate) fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
pub(crate) fn identity(_path: &Path) -> Option<(u64, u64)> {
    None
}

impl Wire for Connection {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn run(&mut self, sql: &str, cells: &[Cell]) -> Result<u64, StoreError> {
        let mut statement = self.prepare(&sql.replace('$', "?")).map_err(wrong)?;
        let touched = statement.execute(params_from_iter(cells)).map_err(wrong)?;
        Ok(u64::try_from(touched).unwrap_or(u64::MAX))
    }

    fn ask(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError> {
        let mut statement = self.prepare(&sql.replace('$', "?")).map_err(wrong)?;
        let width = statement.column_count();
        let mut rows = statement.query(params_from_iter(cells)).map_err(wrong)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(wrong)? {
            let cells = (0..width).map(|at| row.get::<_, Value>(at).map_err(wrong).and_then(cell));
            found.push(cells.collect::<Result<_, _>>()?);
        }
        Ok(found)
    }

    /// A transaction has the file for itself from its beginning.
    fn alone_with(&mut self, _what: &[u8; 32]) -> Result<(), StoreError> {
        Ok(())
    }
}

fn cell(value: Value) -> Result<Cell, StoreError> {
    match value {
        Value::Null => Ok(Cell::Null),
        Value::Integer(number) => Ok(Cell::Int(number)),
        Value::Text(text) => Ok(Cell::Text(text)),
        Value::Blob(blob) => Ok(Cell::Blob(blob)),
        Value::Real(_) => Err(StoreError::Damaged { what: "a fraction".to_owned() }),
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Int(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Blob(blob) => ToSqlOutput::Borrowed(ValueRef::Blob(blob)),
        })
    }
}

/// What SQLite says, by culprit. Its own words may quote a value, and are not repeated.
#[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
#[expect(clippy::wildcard_enum_match_arm, reason = "SQLite has more to say than matters here")]
pub(crate) fn wrong(error: rusqlite::Error) -> StoreError {
    let away = |what: String| StoreError::Away { what };
    let Some(code) = error.sqlite_error() else {
        return StoreError::Damaged { what: "an answer of another form".to_owned() };
    };
    match code.code {
        ErrorCode::DiskFull => StoreError::Full,
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StoreError::ReadOnly,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::SchemaChanged => {
            StoreError::Damaged { what: format!("SQLite's code {}", code.extended_code) }
        }
        ErrorCode::ConstraintViolation => StoreError::Conflict,
        // Input and output, memory, locks of the system.
        _ => away(format!("SQLite's code {}", code.extended_code)),
    }
}
