// SPDX-License-Identifier: MIT OR Apache-2.0
//! A name goes through the books: it is found nowhere but where it is enciphered, and after erasing not even
//! that.

#![cfg_attr(feature = "sqlite", expect(clippy::unwrap_used, reason = "a test may panic"))]
#![cfg(feature = "sqlite")]

mod common;

use std::path::Path;
use std::sync::Arc;

use cardwright::emulator::{Model, SoftCard, SoftReader};
use cardwright::iso14443::RealUid;
use cardwright_spooler::flow::OrderState;
use cardwright_spooler::rows::{Chain, Store};
use cardwright_spooler::store::Sqlite;
use cardwright_spooler::{Driver, Put, Spooler, Told};

use common::{folder, job, profile, record, tenant};

const NAME: &str = "Zqx Canary";
const REFERENCE: &str = "zqx-reference-4711";
const CONTROL: &str = "zqx-control-4711";

/// Every file of a folder, one behind the other.
fn files(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if path.is_file() {
            // The server may take one away meanwhile.
            all.extend(std::fs::read(path).unwrap_or_default());
        }
    }
    all
}

fn has(all: &[u8], part: &[u8]) -> bool {
    // Most bytes are not even the first one.
    let Some(first) = part.first() else { return true };
    let begins = |byte: &u8| byte.eq_ignore_ascii_case(first);
    (0..all.len()).any(|at| {
        all.get(at).is_some_and(begins)
            && all.get(at..at + part.len()).is_some_and(|found| found.eq_ignore_ascii_case(part))
    })
}

/// None of what is personal, as it is or in hexadecimal digits.
fn is_clean(all: &[u8]) -> bool {
    let is_in = |part: &str| has(all, part.as_bytes()) || has(all, hex::encode(part).as_bytes());
    !["zqx canary", "zqx-reference", "zqx-control", "zqx-site", "zqx-4711"].into_iter().any(is_in)
}

/// Makes the order on a software card; everything that anybody is told meanwhile.
fn make(spooler: &Spooler) -> String {
    let put = Put::new(REFERENCE, &profile(), record(4711, NAME))
        .with_number("zqx-site", "zqx-4711")
        .with_control(CONTROL);
    let mut told = format!("{put:?} {spooler:?} {:?}", spooler.tenant());
    spooler.put(&put).unwrap();
    let driver = Driver::new(spooler.clone(), "one").with_job(job()).unwrap();
    let station = driver.station();
    let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]);
    let card = SoftCard::new(Model::Ev2_8k, uid, 1);
    station.handle().add(Box::new(SoftReader::new("tray").with_cards([card]))).unwrap();
    driver
        .run(&station.handle(), &mut station.events(), |one| {
            told += &format!("{one:?}\n");
            if matches!(one, Told::Received { .. }) {
                driver.stop();
            }
        })
        .unwrap();
    let order = spooler.find(REFERENCE).unwrap().unwrap();
    told += &format!("{:?} {:?}", spooler.order(order), spooler.attempts(order));
    told += &format!("{:?} {:?}", spooler.cards(order), spooler.outbox(10));
    // What is refused says nothing of it, either.
    let other = Put::new(REFERENCE, &profile(), record(4712, NAME)).with_control(CONTROL);
    let same = Put::new("zqx-reference-4712", &profile(), record(4711, NAME))
        .with_number("zqx-site", "zqx-4711");
    for refused in [spooler.put(&other).unwrap_err(), spooler.put(&same).unwrap_err()] {
        told += &format!("{refused:?} {refused}\n");
    }
    told + &format!("{:?}", spooler.lines(Chain::Audit, 0, 10))
}

#[test]
fn a_name_is_nowhere_in_the_clear_and_after_erasing_nowhere_at_all() {
    let folder = folder("canary");
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(folder.join("orders.db")).unwrap());
    let spooler = Spooler::new(Arc::clone(&store), tenant("t"));
    let told = make(&spooler);
    assert!(told.contains("Received"));
    assert!(is_clean(told.as_bytes()), "{told}");
    let order = spooler.find(REFERENCE).unwrap().unwrap();
    assert_eq!(spooler.order(order).unwrap().order.state, OrderState::Done);
    let row = spooler.order(order).unwrap();
    let mut envelope = None;
    let work = &mut |tx: &mut dyn cardwright_spooler::rows::Tx| {
        envelope = tx.personal(order)?;
        Ok(())
    };
    store.transact(&spooler.tenant().name, work).unwrap();
    let envelope = envelope.unwrap();
    let before = files(&folder);
    assert!(is_clean(&before));
    assert!(has(&before, &envelope.body) && has(&before, &envelope.key));
    assert!(has(&before, hex::encode(row.name).as_bytes()), "receipts tell it by this name");
    spooler.erase(order, "somebody").unwrap();
    let after = files(&folder);
    assert!(is_clean(&after));
    for gone in [&envelope.body[..], &envelope.key, &row.name, &row.contents] {
        assert!(!has(&after, gone) && !has(&after, hex::encode(gone).as_bytes()));
    }
    assert!(has(&after, b"\"outcome\":\"done\""), "what the card showed stays");
}

#[cfg(feature = "postgres")]
#[test]
fn after_erasing_a_server_has_no_key_for_it() {
    use cardwright_spooler::store::Postgres;
    use common::server::Server;
    let server = Server::start("erased");
    let mut client = postgres::Client::connect(&server.config(), postgres::NoTls).unwrap();
    // Everything is written down that a server can be told to write down, and nothing kept for later.
    for setting in ["log_statement = 'all'", "log_error_verbosity = 'verbose'", "wal_recycle = off"]
    {
        client.batch_execute(&format!("ALTER SYSTEM SET {setting}")).unwrap();
    }
    client.batch_execute("SELECT pg_reload_conf()").unwrap();
    let store: Arc<dyn Store> = Arc::new(Postgres::connect(&server.config()).unwrap());
    let spooler = Spooler::new(Arc::clone(&store), tenant("t"));
    let told = make(&spooler);
    assert!(is_clean(told.as_bytes()), "{told}");
    let order = spooler.find(REFERENCE).unwrap().unwrap();
    let mut envelope = None;
    let work = &mut |tx: &mut dyn cardwright_spooler::rows::Tx| {
        envelope = tx.personal(order)?;
        Ok(())
    };
    store.transact(&spooler.tenant().name, work).unwrap();
    let envelope = envelope.unwrap();
    let dump = || {
        let mut dump = std::process::Command::new(Server::program("pg_dump"));
        let output = dump.args(["-d", &server.config()]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let before = dump();
    assert!(is_clean(&before) && has(&before, hex::encode(&envelope.body).as_bytes()));
    assert!(is_clean(&files(&server.data)));
    let log = std::fs::read(server.log()).unwrap();
    assert!(has(&log, b"insert into personal") && is_clean(&log));
    spooler.erase(order, "somebody").unwrap();
    let after = dump();
    assert!(is_clean(&after));
    for gone in [&envelope.body, &envelope.key] {
        assert!(!has(&after, hex::encode(gone).as_bytes()));
    }
    client.batch_execute("CHECKPOINT").unwrap();
    assert!(is_clean(&files(&server.data)));
    // The tables are written anew; the log of changes has it until its files are gone.
    let lacks = |all: &[u8]| !has(all, &envelope.key) && !has(all, &envelope.body);
    assert!(lacks(&files(&server.data.join("base"))));
    assert!(has(&files(&server.data.join("pg_wal")), &envelope.key), "nothing was looked for");
    for command in ["SELECT pg_switch_wal()", "CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT"]
    {
        client.batch_execute(command).unwrap();
    }
    assert!(lacks(&files(&server.data)), "nowhere in the server's folder");
    assert!(is_clean(&std::fs::read(server.log()).unwrap()));
}
