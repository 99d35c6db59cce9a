// SPDX-License-Identifier: MIT OR Apache-2.0
//! How it begins and how it ends: with cards in hand, with clients that do not let go, told twice.

use std::fs;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::common::folder;
use crate::http::{self, connect};
use crate::site::{Running, Site};

fn is_encoding(running: &Running) -> bool {
    let floor = running.get("/v1/floor");
    floor["readers"].as_array().unwrap().iter().any(|one| one["doing"]["is"] == "encoding")
}

#[test]
fn a_demonstration_says_where_it_is_before_anything_is_asked_of_it() {
    let folder = folder("outside-demo");
    let mut demo = Running::demo(&folder.join("log"));
    println!("the demonstration printed its address after {} ms", demo.took.as_millis());
    demo.until("four readers", |demo| {
        demo.get("/v1/floor")["readers"].as_array().is_some_and(|readers| readers.len() == 4)
    });
    demo.until("cards are done", |demo| demo.count("done") > 0);
    demo.signal("-TERM");
    assert_eq!(demo.ended(Duration::from_secs(60)).code(), Some(0));
}

#[test]
fn cards_in_hand_are_finished_and_nothing_is_left_half_done() {
    let site = Site::new("outside-term", 4, "exchange_ms = 20");
    let mut running = site.start();
    let put = running.ask("POST /v1/batches", &Site::batch(1..=60));
    assert_eq!(put.status, 201, "{}", put.body);
    running.until("a card is in hand", is_encoding);
    // Somebody who listens is told; somebody who says half a sentence, or nothing, does not hold it up.
    let mut listens = connect(&running.address).unwrap();
    let line = "GET /v1/receipts/events HTTP/1.0\r\nAuthorization: Bearer ";
    listens.write_all(format!("{line}{}\r\n\r\n", running.token).as_bytes()).unwrap();
    let mut half = connect(&running.address).unwrap();
    half.write_all(b"POST /v1/orders HTTP/1.1\r\nHost: here\r\nAutho").unwrap();
    let _silent = connect(&running.address).unwrap();
    running.signal("-TERM");
    assert_eq!(running.ended(Duration::from_secs(30)).code(), Some(0));
    let mut heard = String::new();
    listens.read_to_string(&mut heard).unwrap();
    assert!(heard.contains("event: leaving"), "{heard}");
    // Looked at by one without readers: nothing moves.
    site.write("looks", "orders.db", 0, "");
    let looks = site.start_as("looks", &[]);
    assert_eq!(looks.count("intended"), 0, "a card was left half done");
    let done = looks.orders("done").len();
    assert!(done > 0 && looks.count("waiting") + looks.count("claimed") > 0, "{done}");
    assert_eq!(looks.receipts().len(), done);
    let log = fs::read_to_string(site.log()).unwrap();
    assert!(!log.contains("panicked"), "{log}");
}

#[test]
fn told_twice_it_ends_at_once() {
    let site = Site::new("outside-twice", 1, "exchange_ms = 1500");
    let mut running = site.start();
    running.ask("POST /v1/orders", &crate::site::order(1).to_string());
    running.until("a card is in hand", is_encoding);
    running.signal("-TERM");
    std::thread::sleep(Duration::from_millis(300));
    assert!(running.child.try_wait().unwrap().is_none(), "it did not wait for its card");
    // It still answers while it waits.
    assert_eq!(http::ask(&running.address, "", "GET /health/live", "").unwrap().status, 200);
    let begun = Instant::now();
    running.signal("-TERM");
    assert_eq!(running.ended(Duration::from_secs(5)).code(), Some(130));
    println!("ended {} ms after the second word", begun.elapsed().as_millis());
}
