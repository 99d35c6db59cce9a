// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders in batches of a hundred, over HTTP, at four stations on one file that make cards meanwhile.
//!
//! ```sh
//! ORDERS=10000 cargo test --release -p cardwright-spooler --test service many:: -- --nocapture
//! ```

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cardwright::emulator::{Feed, Model, SoftCard, SoftReader};
use cardwright::iso14443::RealUid;
use cardwright_spooler::flow::OrderState;
use cardwright_spooler::rows::Chain;
use cardwright_spooler::service::auth::{Right, Token, Tokens};
use cardwright_spooler::service::{App, Engine, Limits, Setup, bind, serve};
use cardwright_spooler::store::Sqlite;
use cardwright_spooler::{Spooler, Tenant, TenantKey};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::common::{folder, job};
use crate::house::order;

const STATIONS: u8 = 4;
const BATCH: usize = 100;

fn key() -> TenantKey {
    TenantKey::new([0x5A; 32])
}

/// A station with a reader on books of its own connection to the file, and where it answers.
fn station(
    runtime: &Runtime,
    number: u8,
    file: &std::path::Path,
    token: &Token,
) -> (Engine, Feed, String) {
    let store = Arc::new(Sqlite::open(file).unwrap());
    let reader = SoftReader::new("left");
    let feed = reader.feed();
    let mut setup = Setup::new(format!("station-{number}"));
    setup.jobs.push(job());
    setup.readers.push((Box::new(reader), Vec::new()));
    let engine = Engine::start(Spooler::new(store, Tenant::new("t", key())), setup).unwrap();
    let limits = Limits { second: 10_000, ..Limits::default() };
    let app = App::new(engine.clone(), Tokens::new(vec![token.clone()], 10_000, key()), limits);
    let address = runtime.block_on(async {
        let listener = bind(([127, 0, 0, 1], 0).into(), false).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, app, std::future::pending()));
        address
    });
    (engine, feed, format!("http://{address}"))
}

/// Puts blank cards on, each another one.
fn feed(number: u8, feed: &Feed, over: &AtomicBool) {
    let mut put = 0_u16;
    while !over.load(Ordering::Acquire) {
        while feed.waiting() < 4 {
            put += 1;
            let [high, low] = put.to_be_bytes();
            let uid = RealUid::new([0x04, 0x5A, number, 0x01, high, low, 0x01]);
            feed.put(SoftCard::new(Model::Ev2_8k, uid, put.into()));
        }
        let _off = feed.presented();
        thread::sleep(Duration::from_millis(2));
    }
}

fn put(agent: &ureq::Agent, url: &str, token: &str, batch: &[u32]) -> Vec<i64> {
    let orders: Vec<Value> = batch.iter().map(|one| order(&format!("o{one}"), *one)).collect();
    let request = agent.post(format!("{url}/v1/batches")).content_type("application/json");
    let request = request.header("Authorization", format!("Bearer {token}"));
    let answer = request.send(json!({ "orders": orders }).to_string()).unwrap();
    let answer: Value =
        serde_json::from_str(&answer.into_body().read_to_string().unwrap()).unwrap();
    let taken = answer["orders"].as_array().unwrap();
    taken.iter().map(|one| one["order"].as_i64().unwrap()).collect()
}

#[test]
fn orders_in_batches_are_taken_while_stations_work_and_none_is_lost() {
    let orders: u32 = std::env::var("ORDERS").map_or(400, |text| text.parse().unwrap());
    let file = folder("many").join("orders.db");
    let runtime = Runtime::new().unwrap();
    let (text, token) = Token::make("portal", &[Right::Put, Right::See]).unwrap();
    let stations: Vec<_> =
        (1..=STATIONS).map(|number| station(&runtime, number, &file, &token)).collect();
    let over = AtomicBool::new(false);
    let spooler = stations[0].0.spooler();
    thread::scope(|scope| {
        for (number, (_, cards, _)) in (1..).zip(&stations) {
            let over = &over;
            scope.spawn(move || feed(number, cards, over));
        }
        let agent = ureq::Agent::new_with_defaults();
        let numbers: Vec<u32> = (1..=orders).collect();
        let began = Instant::now();
        let mut taken = BTreeSet::new();
        for (batch, (_, _, url)) in numbers.chunks(BATCH).zip(stations.iter().cycle()) {
            taken.extend(put(&agent, url, &text, batch));
        }
        let put_in = began.elapsed();
        assert_eq!(taken.len(), orders as usize);
        let done = || usize::try_from(spooler.count(OrderState::Done).unwrap()).unwrap();
        let meanwhile = done();
        let mut since = (meanwhile, Instant::now());
        while done() < taken.len() {
            thread::sleep(Duration::from_millis(50));
            if done() > since.0 {
                since = (done(), Instant::now());
            }
            assert!(since.1.elapsed() < Duration::from_secs(60), "{} are done", since.0);
        }
        over.store(true, Ordering::Release);
        let rate = f64::from(orders) / put_in.as_secs_f64();
        println!(
            "{orders} orders put in {put_in:.1?}, {rate:.0} a second; {meanwhile} done meanwhile, all in {:.1?}",
            began.elapsed()
        );
        // Each has one card, which no other has, and one receipt that says done.
        let mut cards = BTreeSet::new();
        for order in &taken {
            let own = spooler.cards(cardwright_spooler::flow::OrderId(*order)).unwrap();
            assert_eq!(own.len(), 1, "order {order}");
            assert!(cards.insert(own[0].card.mark));
        }
        let last = spooler.last_line(Chain::Receipts).unwrap().unwrap();
        assert_eq!(last.sequence, i64::from(orders));
    });
    for (engine, ..) in &stations {
        engine.drain();
    }
}
