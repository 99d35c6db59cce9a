// SPDX-License-Identifier: MIT OR Apache-2.0
//! The same on a server, for the programs of several machines.

use std::collections::BTreeSet;
use std::thread;
use std::time::SystemTime;

use cardwright::sdm::Counters;
use cardwright_spooler::counters::{ServerCounters, TagCountersError};
use cardwright_spooler::store::Postgres;

use crate::MOST;
use crate::common::server::{Server, server};

/// A tag of this run: the server may be one that was there before.
fn tag(name: &str) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    format!("{name}-{}", now.as_nanos())
}

fn connect() -> ServerCounters {
    ServerCounters::connect(server()).unwrap()
}

#[test]
fn a_counter_only_goes_up_and_each_tag_has_its_own() {
    let (a, b) = (&tag("a"), &tag("b"));
    let seen = |tag: &str, counter| connect().take(tag, counter).unwrap();
    assert!(seen(a, 0) && seen(a, 7) && seen(b, 3));
    assert!(!seen(a, 7) && !seen(a, 6) && !seen(b, 3));
    assert!(seen(a, 8) && seen(b, 0x00FF_FFFF));
    assert!(connect().take(b, 0x0100_0000).is_err());
}

/// Each thread as a machine of its own, all of them from the making of the table on.
#[test]
fn machines_take_a_counter_once() {
    let tag = tag("machines");
    let taken = || {
        let counters = connect();
        let take = |counter: &u32| counters.advance(&tag, *counter).unwrap();
        (0..MOST).filter(take).collect::<Vec<_>>()
    };
    let all: Vec<_> = thread::scope(|scope| {
        let machines: Vec<_> = (0..4).map(|_| scope.spawn(taken)).collect();
        machines.into_iter().flat_map(|machine| machine.join().unwrap()).collect()
    });
    assert!(all.contains(&(MOST - 1)));
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
    assert_eq!(connect().take(&tag, MOST - 1), Ok(false));
}

/// The threads of one machine have one store between them.
#[test]
fn threads_take_a_counter_once() {
    let (counters, tag) = (connect(), tag("threads"));
    let taken = || counters.take(&tag, 5).unwrap();
    let taken: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(taken)).collect();
        threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum()
    });
    assert_eq!(taken, 1);
}

#[test]
fn a_server_that_was_away_goes_on_where_it_was() {
    let server = Server::start("counters-restart");
    let counters = ServerCounters::connect(&server.config()).unwrap();
    assert_eq!(counters.take("tag", 5), Ok(true));
    server.restart();
    assert_eq!(counters.take("tag", 5), Ok(false));
    assert_eq!(counters.take("tag", 6), Ok(true));
    drop(Postgres::connect(&server.config()).unwrap());
    assert_eq!(counters.take("tag", 6), Ok(false), "beside orders");
    // The table of another program.
    let mut hand = postgres::Client::connect(&server.config(), postgres::NoTls).unwrap();
    hand.batch_execute("DROP TABLE tag_counters; CREATE TABLE tag_counters (a TEXT)").unwrap();
    assert!(matches!(counters.take("tag", 7), Err(TagCountersError::Damaged { .. })));
    let error = ServerCounters::connect(&server.config()).unwrap_err();
    assert!(matches!(error, TagCountersError::Damaged { .. }), "{error}");
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let nowhere = "host=127.0.0.1 port=1 user=zqx password=zqx-secret";
    let error = ServerCounters::connect(nowhere).unwrap_err().to_string();
    assert!(error.contains("away") && !error.contains("zqx"), "{error}");
    assert_eq!(format!("{:?}", connect()), "ServerCounters(Postgres)");
}
