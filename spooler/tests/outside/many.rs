// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders in batches of 100 while four stations work. `MANY=10000` for the long run; it prints the rate.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::Listener;
use crate::site::{Running, Site, scaled};

const SOFTWARE: &str = "exchange_ms = 0";

/// Puts the orders one batch after the other at one service after the other; nothing of them is lost.
fn work(what: &str, stations: &[Running], orders: i64) {
    let first = stations.first().unwrap();
    let address = Arc::new(Mutex::new(Some(first.address.clone())));
    let listener = Listener::start(address, first.token.clone());
    let begun = Instant::now();
    let numbers: Vec<i64> = (1..=orders).collect();
    for (batch, station) in numbers.chunks(100).zip(stations.iter().cycle()) {
        let answer = station.ask("POST /v1/batches", &Site::batch(batch.iter().copied()));
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
    let put = begun.elapsed();
    let (mut done, mut moved) = (0, Instant::now());
    while done < orders {
        thread::sleep(Duration::from_millis(100));
        let now = first.count("done");
        if now > done {
            (done, moved) = (now, Instant::now());
        }
        assert!(
            moved.elapsed() < Duration::from_secs(60),
            "{done} of {orders} are done, and nothing moves"
        );
    }
    let took = begun.elapsed();
    let receipts = first.receipts();
    thread::sleep(Duration::from_millis(1500));
    let (heard, _) = listener.end();
    assert_eq!(heard, receipts, "the stream and the list tell otherwise");
    let shares = judge(first, &receipts, orders);
    println!(
        "{what}: {orders} orders put in {:.1} s, done in {:.1} s, {:.1} a second; by station {shares:?}",
        put.as_secs_f64(),
        took.as_secs_f64(),
        f64::from(u32::try_from(orders).unwrap()) / took.as_secs_f64()
    );
}

/// Each order has one receipt of a done card and one card of its own; how many each station made.
fn judge(first: &Running, receipts: &BTreeMap<i64, Value>, orders: i64) -> BTreeMap<String, usize> {
    let told = receipts.values().filter_map(|line| line["order"].as_i64());
    let told: BTreeSet<i64> = told.collect();
    assert_eq!((receipts.len(), told.len()), (told.len(), usize::try_from(orders).unwrap()));
    let (mut cards, mut shares) = (BTreeSet::new(), BTreeMap::new());
    for order in &told {
        let order = first.get(&format!("/v1/orders/{order}"));
        let [card] = order["cards"].as_array().unwrap().as_slice() else { panic!("{order}") };
        assert_eq!(card["state"], "good");
        assert!(cards.insert(card["card"].as_str().unwrap().to_owned()), "a card of two orders");
        let [attempt] = order["attempts"].as_array().unwrap().as_slice() else { panic!("{order}") };
        *shares.entry(attempt["station"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    shares
}

#[test]
fn four_readers_of_one_file_make_every_order_of_many_batches() {
    let site = Site::new("outside-many", 4, SOFTWARE);
    work("one service, four readers, SQLite", &[site.start()], scaled("MANY", 300));
}

#[cfg(feature = "postgres")]
#[test]
fn four_stations_on_one_server_make_every_order_of_many_batches() {
    let server = crate::common::server::server();
    let port = server.split(' ').find_map(|part| part.strip_prefix("port=")).unwrap();
    let store = format!("postgres://spooler@127.0.0.1:{port}/postgres");
    let site = Site::new("outside-stations", 1, SOFTWARE);
    let names = ["s1", "s2", "s3", "s4"];
    let stations = names.map(|name| {
        site.write(name, &store, 1, SOFTWARE);
        site.start_as(name, &[])
    });
    work("four services, PostgreSQL", &stations, scaled("MANY", 300));
}
