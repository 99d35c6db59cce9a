// SPDX-License-Identifier: MIT OR Apache-2.0
//! Killed in the middle of everything, over and over. Orders, words of people and receipts all go through the
//! API meanwhile. `KILLED_ORDERS` and `KILLED_TIMES` make it longer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::{self, Address, Listener};
use crate::site::{PATIENCE, Running, Site, scaled};

/// Asks until a whole answer comes, as a portal does.
fn stubborn(address: &Address, token: &str, line: &str, body: &str) -> http::Answer {
    let until = Instant::now() + PATIENCE;
    loop {
        let now = address.lock().unwrap().clone();
        if let Some(Ok(answer)) = now.map(|now| http::ask(&now, token, line, body))
            && answer.status < 500
        {
            return answer;
        }
        assert!(Instant::now() < until, "{line}: no answer");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Puts all orders, ten at a time; the numbers that they were given.
fn put(address: &Address, token: &str, orders: i64) -> BTreeMap<i64, i64> {
    let mut given = BTreeMap::new();
    let numbers: Vec<i64> = (1..=orders).collect();
    for ten in numbers.chunks(10) {
        let body = Site::batch(ten.iter().copied());
        let answer = stubborn(address, token, "POST /v1/batches", &body);
        assert!(matches!(answer.status, 200 | 201), "{}", answer.body);
        let taken = answer.json();
        let taken = taken["orders"].as_array().unwrap();
        assert_eq!(taken.len(), ten.len());
        given.extend(
            ten.iter().zip(taken).map(|(number, one)| (*number, one["order"].as_i64().unwrap())),
        );
        thread::sleep(Duration::from_millis(30));
    }
    given
}

/// What is not to change any more, as the API and the page tell it.
#[derive(Debug, PartialEq)]
struct Settled {
    receipts: BTreeMap<i64, Value>,
    orders: BTreeMap<i64, Value>,
    pages: BTreeMap<i64, String>,
}

fn settled(running: &Running, cookie: &str, which: Option<&Settled>) -> Settled {
    let known: Vec<i64> = match which {
        Some(before) => before.orders.keys().copied().collect(),
        None => running.orders("done").iter().map(|one| one["order"].as_i64().unwrap()).collect(),
    };
    let orders: BTreeMap<_, _> =
        known.iter().map(|order| (*order, running.get(&format!("/v1/orders/{order}")))).collect();
    let page = |order: &i64| {
        let line = format!("GET /order/{order}");
        let page =
            http::with(&running.address, &line, &format!("Cookie: {cookie}\r\n"), "").unwrap();
        assert_eq!(page.status, 200, "{}", page.body);
        let (_, part) = page.body.split_once("Where it stands").unwrap();
        let (part, _) = part.split_once("<details").unwrap_or((part, ""));
        assert!(part.contains("done: its card is made and given out"), "{part}");
        (*order, part.to_owned())
    };
    let pages = known.iter().rev().take(3).map(page).collect();
    Settled { receipts: running.receipts(), orders, pages }
}

/// What was told before is told after, word for word.
fn holds(before: &Settled, after: &Settled) {
    for (sequence, line) in &before.receipts {
        assert_eq!(after.receipts.get(sequence), Some(line), "receipt {sequence}");
    }
    assert_eq!(before.orders, after.orders);
    assert_eq!(before.pages, after.pages);
}

/// Somebody says what an operator says: a card is lost, an order is to be tried again.
fn operate(running: &Running, lost: &mut BTreeSet<i64>) {
    for order in running.orders("poison") {
        let answer = running.ask(&format!("POST /v1/orders/{}/retry", order["order"]), "");
        // A receipt that came meanwhile may have put it elsewhere.
        assert!(matches!(answer.status, 200 | 409), "{}", answer.body);
    }
    let done = running.orders("done");
    let next =
        done.iter().map(|one| one["order"].as_i64().unwrap()).find(|one| !lost.contains(one));
    if let Some(order) = next {
        let line = format!("POST /v1/orders/{order}/lost");
        let answer = running.ask(&line, r#"{"reason":"holder-lost-it"}"#);
        assert_eq!(answer.status, 200, "{}", answer.body);
        lost.insert(order);
    }
}

#[test]
fn killed_over_and_over_it_tells_the_same_and_makes_each_order_once() {
    let (orders, times) = (scaled("KILLED_ORDERS", 60), scaled("KILLED_TIMES", 6));
    let site = Site::new("outside-killed", 4, "exchange_ms = 3, mishaps = true");
    let begun = Instant::now();
    let address: Address = Arc::new(Mutex::new(None));
    let listener = Listener::start(Arc::clone(&address), site.token.clone());
    let portal = {
        let (address, token) = (Arc::clone(&address), site.token.clone());
        thread::spawn(move || put(&address, &token, orders))
    };
    let (mut lost, mut running) = (BTreeSet::new(), site.start());
    let login = http::with(
        &running.address,
        "POST /login",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        &format!("token={}", site.token),
    );
    let login = login.unwrap().head;
    let cookie = login.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    for time in 0..times {
        *address.lock().unwrap() = Some(running.address.clone());
        thread::sleep(Duration::from_millis(150 + u64::try_from(time * 97 % 400).unwrap()));
        operate(&running, &mut lost);
        let before = settled(&running, &cookie, None);
        *address.lock().unwrap() = None;
        running.kill();
        running = site.start();
        holds(&before, &settled(&running, &cookie, Some(&before)));
    }
    *address.lock().unwrap() = Some(running.address.clone());
    let given = portal.join().unwrap();
    running.until("every order is done", |running| {
        operate(running, &mut lost);
        running.count("done") == orders
    });
    let receipts = running.receipts();
    running.until("everything is heard", |_| true);
    thread::sleep(Duration::from_millis(1500));
    let (heard, streams) = listener.end();
    assert_eq!(heard, receipts, "the stream and the list tell otherwise");
    once(&running, &given, &lost);
    println!(
        "{orders} orders, killed {times} times, {} receipts over {streams} streams, {} cards said lost, in {:.1} s",
        receipts.len(),
        lost.len(),
        begun.elapsed().as_secs_f32()
    );
    let log = std::fs::read_to_string(site.log()).unwrap();
    assert!(!log.contains("panicked"), "{log}");
}

/// Each order came once, and has one card that no other has.
fn once(running: &Running, given: &BTreeMap<i64, i64>, lost: &BTreeSet<i64>) {
    let numbers: BTreeSet<i64> = given.values().copied().collect();
    assert_eq!(numbers.len(), given.len(), "two references have one order");
    let again = running.ask("POST /v1/batches", &Site::batch(given.keys().copied())).json();
    let mut cards = BTreeSet::new();
    for (one, order) in again["orders"].as_array().unwrap().iter().zip(given.values()) {
        assert_eq!((&one["new"], one["order"].as_i64()), (&Value::Bool(false), Some(*order)));
        let order = running.get(&format!("/v1/orders/{order}"));
        let made = order["cards"].as_array().unwrap().iter();
        let made: Vec<_> = made.filter(|card| card["released"] == true).collect();
        let [card] = made.as_slice() else { panic!("not one card: {order}") };
        let is = if lost.contains(&order["order"].as_i64().unwrap()) { "lost" } else { "good" };
        assert_eq!(card["state"], is, "{order}");
        assert!(cards.insert(card["card"].as_str().unwrap().to_owned()), "a card of two orders");
    }
}
