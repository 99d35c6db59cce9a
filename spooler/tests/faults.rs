// SPDX-License-Identifier: MIT OR Apache-2.0
//! Databases that are full, read-only, away, of another form: an error that says so, and nothing half done.

#![cfg_attr(
    any(feature = "sqlite", feature = "postgres"),
    expect(clippy::unwrap_used, reason = "a test may panic")
)]
#![cfg(any(feature = "sqlite", feature = "postgres"))]

mod common;

use std::sync::Arc;

use cardwright_spooler::flow::OrderState;
use cardwright_spooler::rows::Store;
use cardwright_spooler::{Error, Spooler, StoreError};

use common::{put, tenant};

fn spooler(store: Arc<dyn Store>) -> Spooler {
    Spooler::new(store, tenant("faults"))
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;
    use cardwright_spooler::store::Sqlite;
    use common::folder;

    #[test]
    fn a_file_that_was_taken_away_is_away() {
        let file = folder("away").join("orders.db");
        let spooler = spooler(Arc::new(Sqlite::open(&file).unwrap()));
        spooler.put(&put(1)).unwrap();
        let aside = file.with_extension("aside");
        std::fs::rename(&file, &aside).unwrap();
        let away = spooler.put(&put(2));
        assert!(matches!(away, Err(Error::Store(StoreError::Away { .. }))), "{away:?}");
        std::fs::rename(&aside, &file).unwrap();
        assert_eq!(spooler.count(OrderState::Waiting).unwrap(), 1);
        let nowhere = Sqlite::open(file.join("below").join("a-file"));
        assert!(matches!(nowhere, Err(StoreError::Away { .. })), "{nowhere:?}");
    }

    #[test]
    fn a_full_database_says_so_and_keeps_what_it_has() {
        let file = folder("full").join("orders.db");
        let spooler = spooler(Arc::new(Sqlite::open(&file).unwrap()));
        spooler.put(&put(1)).unwrap();
        // Room for a few pages more, for every connection: SQLite's own limit.
        let other = rusqlite::Connection::open(&file).unwrap();
        let pages: i64 = other.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        drop(other);
        let store = Sqlite::open(&file).unwrap();
        store.limit(pages + 2).unwrap();
        let full = Spooler::new(Arc::new(store), spooler.tenant().clone());
        let ended = (2..2000).find_map(|number| full.put(&put(number)).err());
        assert_eq!(ended, Some(Error::Store(StoreError::Full)));
        let orders = spooler.count(OrderState::Waiting).unwrap();
        assert_eq!(full.count(OrderState::Waiting).unwrap(), orders);
        spooler.put(&put(2000)).unwrap();
    }

    #[test]
    fn a_file_that_may_not_be_written_is_read_only() {
        let file = folder("read-only").join("orders.db");
        let spooler = spooler(Arc::new(Sqlite::open(&file).unwrap()));
        spooler.put(&put(1)).unwrap();
        let store = Sqlite::open(&file).unwrap();
        store.only_read(true).unwrap();
        let read_only = Spooler::new(Arc::new(store), spooler.tenant().clone());
        assert_eq!(read_only.put(&put(2)), Err(Error::Store(StoreError::ReadOnly)));
        assert_eq!(spooler.count(OrderState::Waiting).unwrap(), 1);
    }

    #[test]
    fn a_file_of_something_else_is_left_as_it_is() {
        let file = folder("foreign").join("orders.db");
        std::fs::write(&file, [b'x'; 4096]).unwrap();
        let foreign = Sqlite::open(&file);
        assert!(matches!(foreign, Err(StoreError::Damaged { .. })), "{foreign:?}");
        assert_eq!(std::fs::read(&file).unwrap(), [b'x'; 4096]);
        let newer = file.with_extension("newer");
        let other = rusqlite::Connection::open(&newer).unwrap();
        other.execute_batch("PRAGMA user_version = 99").unwrap();
        drop(other);
        assert_eq!(Sqlite::open(&newer).err(), Some(StoreError::Newer { found: 99, known: 1 }));
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let file = folder("private").join("orders.db");
        let spooler = spooler(Arc::new(Sqlite::open(&file).unwrap()));
        spooler.put(&put(1)).unwrap();
        for entry in std::fs::read_dir(file.parent().unwrap()).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
        }
    }

    #[test]
    fn two_programs_share_a_file() {
        let file = folder("shared").join("orders.db");
        let tenant = tenant("shared");
        let open = || Spooler::new(Arc::new(Sqlite::open(&file).unwrap()), tenant.clone());
        let (one, two) = (open(), open());
        let writer = std::thread::spawn(move || {
            (0..50).for_each(|number| assert!(one.put(&put(number)).unwrap().new));
        });
        (50..100).for_each(|number| assert!(two.put(&put(number)).unwrap().new));
        writer.join().unwrap();
        assert_eq!(open().count(OrderState::Waiting).unwrap(), 100);
    }
}

#[cfg(feature = "postgres")]
mod postgres_server {
    use super::*;
    use cardwright_spooler::store::Postgres;
    use common::server::{Server, server};

    #[test]
    fn a_server_that_is_not_there_is_away() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let config = format!("host=127.0.0.1 port={port} user=spooler dbname=postgres");
        let away = Postgres::connect(&config).err();
        assert!(matches!(away, Some(StoreError::Away { .. })), "{away:?}");
        assert!(matches!(Postgres::connect("hos=x").err(), Some(StoreError::Away { .. })));
    }

    /// A connection that was cut is made anew, and what was in it has not happened.
    #[test]
    fn a_connection_that_is_cut_is_made_anew() {
        let server = Server::start("cut");
        let spooler = spooler(Arc::new(Postgres::connect(&server.config()).unwrap()));
        spooler.put(&put(1)).unwrap();
        let mut other = postgres::Client::connect(&server.config(), postgres::NoTls).unwrap();
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
        other.execute(cut, &[]).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(100));
        let again = (0..2).find_map(|_| spooler.put(&put(2)).ok()).unwrap();
        assert!(again.new);
        assert_eq!(spooler.count(OrderState::Waiting).unwrap(), 2);
    }

    #[test]
    fn a_server_that_only_reads_is_read_only() {
        let config = format!("{} options='-c default_transaction_read_only=on'", server());
        drop(Postgres::connect(server()).unwrap());
        let read_only = Postgres::connect(&config).err();
        assert_eq!(read_only, Some(StoreError::ReadOnly));
    }
}
