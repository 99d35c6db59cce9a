// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders on a server, for the stations of several machines.

use std::collections::HashMap;
use std::error::Error as _;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use postgres::config::Host;
use postgres::error::SqlState;
use postgres::types::{IsNull, ToSql, Type, private::BytesMut};
use postgres::{Client, Config, NoTls, Statement};

use super::sql::{Cell, Dialect, FORM, SqlTx, Wire, statements};
use crate::error::{Error, StoreError};
use crate::rows::{Store, Work};

/// How often a transaction is begun anew when others are in the way.
const AGAIN: u8 = 10;

static DIALECT: Dialect = Dialect {
    clock: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
    lock: " FOR UPDATE",
    skip: " FOR UPDATE SKIP LOCKED",
};

/// Orders on a server of PostgreSQL, 12 or newer. As many connections as threads ask at a time; one that
/// broke is made anew at the next question. The connection is plain: over a network that others share it
/// wants a tunnel.
pub struct Postgres {
    config: Config,
    idle: Mutex<Vec<Connection>>,
}

impl core::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // The configuration may hold a password.
        f.write_str("Postgres")
    }
}

impl Postgres {
    /// Connects, and makes the tables where there are none. `config` is a connection string
    /// (`host=127.0.0.1 port=5432 user=spooler dbname=cards`).
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn connect(config: &str) -> Result<Self, StoreError> {
        let store = Self::configured(config)?;
        // Two programs that begin at the same time: the second finds the tables of the first.
        store.in_transaction(&mut make_tables)?;
        Ok(store)
    }

    /// Without looking whether the server is there.
    pub(crate) fn configured(config: &str) -> Result<Self, StoreError> {
        let wrong = |_| StoreError::Away { what: "no connection string".to_owned() };
        let mut config: Config = config.parse().map_err(wrong)?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(core::time::Duration::from_secs(5));
        }
        Ok(Self { config, idle: Mutex::default() })
    }

    /// Works in a transaction, which is begun anew when others are in the way.
    pub(crate) fn in_transaction(
        &self,
        work: &mut dyn FnMut(&mut Connection) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match self.again(&mut |connection| Ok(work(connection)?)) {
            Ok(()) => Ok(()),
            Err(Error::Store(error)) => Err(error),
            Err(_) => Err(StoreError::Damaged { what: "its tables".to_owned() }),
        }
    }

    /// Whether a connection string leads to a server on this machine; so does what is no connection string.
    #[must_use]
    pub fn stays_here(config: &str) -> bool {
        let Ok(config) = config.parse::<Config>() else { return true };
        let is_here = |host: &Host| match host {
            Host::Tcp(name) => {
                name == "localhost" || name.parse().is_ok_and(|host: IpAddr| host.is_loopback())
            }
            #[cfg(unix)]
            Host::Unix(_) => true,
        };
        // An address goes before the name of its host.
        let (names, addresses) = (config.get_hosts(), config.get_hostaddrs());
        addresses.iter().all(IpAddr::is_loopback)
            && (!addresses.is_empty() || names.iter().all(is_here))
    }

    /// A connection with an open transaction. One that broke while nobody used it is made anew.
    fn begin(&self) -> Result<Connection, StoreError> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        while let Some(mut connection) = idle() {
            if connection.batch("BEGIN").is_ok() {
                return Ok(connection);
            }
        }
        let client = self.config.connect(NoTls).map_err(|error| wrong(&error))?;
        let mut connection = Connection { client, known: HashMap::new() };
        connection.batch("BEGIN")?;
        Ok(connection)
    }

    fn again(
        &self,
        work: &mut dyn FnMut(&mut Connection) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut left = AGAIN;
        loop {
            match self.attempt(work) {
                Err(Error::Store(StoreError::Conflict)) if left > 0 => left -= 1,
                other => return other,
            }
        }
    }

    fn attempt(
        &self,
        work: &mut dyn FnMut(&mut Connection) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut connection = self.begin()?;
        let ended = work(&mut connection).and_then(|()| Ok(connection.batch("COMMIT")?));
        let usable = match &ended {
            Ok(()) => true,
            Err(Error::Store(StoreError::Away { .. })) => false,
            Err(_) => connection.batch("ROLLBACK").is_ok(),
        };
        if usable {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        ended
    }
}

impl Store for Postgres {
    fn transact(&self, tenant: &str, work: &mut Work<'_>) -> Result<(), Error> {
        self.again(&mut |wire| work(&mut SqlTx { wire, tenant }))
    }

    /// Writes the small table of keys anew. What the server's log of changes (`pg_wal`, its archive) and
    /// backups hold goes when they go.
    fn scrub(&self) -> Result<(), StoreError> {
        let mut client = self.config.connect(NoTls).map_err(|error| wrong(&error))?;
        client.batch_execute("VACUUM FULL order_keys").map_err(|error| wrong(&error))?;
        client.batch_execute("VACUUM FULL personal").map_err(|error| wrong(&error))
    }
}

pub(crate) struct Connection {
    client: Client,
    /// Statements that the server knows by now.
    known: HashMap<String, Statement>,
}

impl Connection {
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(|error| wrong(&error))
    }

    /// How many rows it touches with these two values.
    pub(crate) fn touched(
        &mut self,
        sql: &str,
        text: &str,
        number: i64,
    ) -> Result<u64, StoreError> {
        self.run(sql, &[Cell::Text(text.to_owned()), Cell::Int(number)])
    }

    fn statement(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.known.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(sql).map_err(|error| wrong(&error))?;
        self.known.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

fn make_tables(connection: &mut Connection) -> Result<(), StoreError> {
    // Others that begin now wait here.
    connection.batch("SELECT pg_advisory_xact_lock(4850917402)")?;
    connection.batch("CREATE TABLE IF NOT EXISTS form (form BIGINT NOT NULL)")?;
    let forms = connection.ask("SELECT form FROM form", &[])?;
    match forms.into_iter().flatten().next() {
        Some(Cell::Int(FORM)) => Ok(()),
        Some(Cell::Int(found)) => Err(StoreError::Newer { found, known: FORM }),
        Some(_) => Err(StoreError::Damaged { what: "the form".to_owned() }),
        None => {
            let counting = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
            for sql in statements(counting, "BYTEA") {
                connection.batch(&sql)?;
            }
            connection.batch(&format!("INSERT INTO form VALUES ({FORM})"))
        }
    }
}

impl Wire for Connection {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn run(&mut self, sql: &str, cells: &[Cell]) -> Result<u64, StoreError> {
        let statement = self.statement(sql)?;
        let cells: Vec<_> = cells.iter().map(|cell| cell as &(dyn ToSql + Sync)).collect();
        self.client.execute(&statement, &cells).map_err(|error| wrong(&error))
    }

    fn ask(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError> {
        let statement = self.statement(sql)?;
        let cells: Vec<_> = cells.iter().map(|cell| cell as &(dyn ToSql + Sync)).collect();
        let rows = self.client.query(&statement, &cells).map_err(|error| wrong(&error))?;
        rows.iter().map(|row| (0..row.len()).map(|at| cell(row, at)).collect()).collect()
    }

    fn alone_with(&mut self, what: &[u8; 32]) -> Result<(), StoreError> {
        // Two that differ may have the same lock, and wait for each other without need.
        let [a, b, c, d, e, f, g, h, ..] = *what;
        let lock = Cell::Int(i64::from_be_bytes([a, b, c, d, e, f, g, h]));
        self.run("SELECT pg_advisory_xact_lock($1)", &[lock]).map(drop)
    }
}

fn cell(row: &postgres::Row, at: usize) -> Result<Cell, StoreError> {
    let damaged = |_| StoreError::Damaged { what: "a column of another type".to_owned() };
    let kind = row.columns().get(at).map(postgres::Column::type_);
    Ok(match kind {
        Some(&Type::INT8) => row.try_get::<_, Option<i64>>(at).map_err(damaged)?.map(Cell::Int),
        Some(&Type::TEXT) => row.try_get::<_, Option<String>>(at).map_err(damaged)?.map(Cell::Text),
        Some(&Type::BYTEA) => {
            row.try_get::<_, Option<Vec<u8>>>(at).map_err(damaged)?.map(Cell::Blob)
        }
        _ => return Err(StoreError::Damaged { what: "a column of another type".to_owned() }),
    }
    .unwrap_or(Cell::Null))
}

impl ToSql for Cell {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn core::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Blob(blob) => blob.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(kind)
    }

    postgres::types::to_sql_checked!();
}

/// What the server says, by culprit. Its own words may quote a value, and are not repeated.
fn wrong(error: &postgres::Error) -> StoreError {
    let Some(code) = error.code() else {
        let what = match error.source().and_then(|source| source.downcast_ref::<std::io::Error>()) {
            Some(error) => error.kind().to_string(),
            None => "the connection ended".to_owned(),
        };
        return StoreError::Away { what };
    };
    let again = [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::UNIQUE_VIOLATION,
    ];
    match code {
        code if again.contains(code) => StoreError::Conflict,
        &SqlState::DISK_FULL => StoreError::Full,
        &SqlState::READ_ONLY_SQL_TRANSACTION | &SqlState::INSUFFICIENT_PRIVILEGE => {
            StoreError::ReadOnly
        }
        &SqlState::LOCK_NOT_AVAILABLE => StoreError::Busy,
        code if code.code().starts_with("42") || code.code().starts_with("XX") => {
            StoreError::Damaged { what: format!("PostgreSQL's state {}", code.code()) }
        }
        code => StoreError::Away { what: format!("PostgreSQL's state {}", code.code()) },
    }
}
