// SPDX-License-Identifier: MIT OR Apache-2.0
//! Counters on a server.

use cardwright::sdm::{Counters, CountersError};

use super::TagCountersError;
use crate::store::Postgres;

/// Whoever makes the table waits for whoever does.
const TABLE: [&str; 2] = [
    "SELECT pg_advisory_xact_lock(4850917403)",
    "CREATE TABLE IF NOT EXISTS tag_counters (tag TEXT PRIMARY KEY, \
     counter BIGINT NOT NULL CHECK (counter BETWEEN 0 AND 16777215))",
];

/// Compare and set: whoever else asks at the same time waits for the row, and compares with what is there then.
const ADVANCE: &str = "INSERT INTO tag_counters (tag, counter) VALUES ($1, $2) \
    ON CONFLICT (tag) DO UPDATE SET counter = excluded.counter WHERE excluded.counter > tag_counters.counter";

/// Read counters on a server of PostgreSQL, 12 or newer, for the programs of several machines. The connection is
/// as [`Postgres`] has it, and the table may stand beside its own.
///
/// Nothing tells a database that was put back. After that, begin a new one: each address that somebody kept is taken
/// once then, as long as it is higher than what was seen since. A server with `synchronous_commit = off` does the
/// same to itself in a crash.
#[derive(Debug)]
pub struct ServerCounters(Postgres);

impl ServerCounters {
    /// Connects, and makes the table where there is none. `config` is a connection string.
    ///
    /// # Errors
    /// [`TagCountersError`].
    pub fn connect(config: &str) -> Result<Self, TagCountersError> {
        let server = Postgres::configured(config)?;
        server.in_transaction(&mut |wire| {
            TABLE.iter().try_for_each(|sql| wire.batch(sql))?;
            // Whether it is this table: of another one it would be told with the first address.
            wire.batch("SELECT tag, counter FROM tag_counters LIMIT 0")
        })?;
        Ok(Self(server))
    }

    /// Puts `counter` in the place of what is known of a tag, where it is higher than that or the first, and says
    /// whether it was.
    ///
    /// # Errors
    /// [`TagCountersError`]; the address is then not taken.
    pub fn take(&self, tag: &str, counter: u32) -> Result<bool, TagCountersError> {
        let mut taken = false;
        self.0.in_transaction(&mut |wire| {
            taken = wire.touched(ADVANCE, tag, counter.into())? > 0;
            Ok(())
        })?;
        Ok(taken)
    }
}

impl Counters for ServerCounters {
    fn advance(&self, tag: &str, counter: u32) -> Result<bool, CountersError> {
        Ok(self.take(tag, counter)?)
    }
}
