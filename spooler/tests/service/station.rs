// SPDX-License-Identifier: MIT OR Apache-2.0
//! What there is to see at the station, and what an operator does there.

use cardwright::emulator::Presentation;
use serde_json::{Value, json};

use crate::house::{House, card};

fn left(floor: &Value) -> &Value {
    &floor["readers"][0]["doing"]
}

#[tokio::test]
async fn a_reader_says_what_it_waits_for_and_where_the_card_goes() {
    let house = House::new();
    house.floor(|floor| left(floor)["is"] == "idle").await;
    let order = house.put("a", 1).await;
    let waits = house.floor(|floor| left(floor)["is"] == "waits-for-blank").await;
    assert_eq!(left(&waits)["order"], order);
    // It is pulled in the middle, and asked for again by the ends of its UID.
    house.feed.put(Presentation::of(card(0xC2)).pulled_after(15));
    let torn = |floor: &Value| floor["ends"][0]["code"] == "card-removed";
    let same = house.floor(|floor| left(floor)["is"] == "waits-for-same" && torn(floor)).await;
    assert_eq!(left(&same)["card"], "04…C2", "{same}");
    assert!(same["ends"][0]["words"].as_str().unwrap().contains("present the same card again"));
    let torn = house.feed.presented().pop().unwrap();
    let slow = core::time::Duration::from_millis(400);
    let torn = Presentation::of(torn);
    house.feed.put((8..24).step_by(2).fold(torn, |card, exchange| card.slow(exchange, slow)));
    let encoding = house
        .floor(|floor| left(floor)["is"] == "encoding" && left(floor)["step"].as_i64() > Some(0))
        .await;
    assert!(left(&encoding)["of"].as_i64() >= left(&encoding)["step"].as_i64());
    assert!(!left(&encoding)["words"].as_str().unwrap().is_empty());
    let off = house.floor(|floor| left(floor)["is"] == "take-off").await;
    assert_eq!(left(&off)["into"], "good");
    let ends = house.floor(|floor| floor["ends"][0]["outcome"] == "done").await;
    assert_eq!((&ends["hour"]["done"], &ends["hour"]["failed"]), (&json!(1), &json!(1)));
    // Another one belongs into another tray.
    let next = house.put("b", 2).await;
    house.feed.put(card(0xC3));
    house.until(next, "done").await;
}

#[tokio::test]
async fn a_station_is_paused_and_a_reader_taken_away_and_brought_back() {
    let house = House::new();
    let order = house.put("a", 1).await;
    assert_eq!(house.post("/v1/station/pause", &json!({})).await.status.as_u16(), 200);
    house.floor(|floor| floor["paused"] == true && left(floor)["is"] == "paused").await;
    house.feed.put(card(1));
    tokio::time::sleep(core::time::Duration::from_millis(300)).await;
    assert_eq!(house.get(&format!("/v1/orders/{order}")).await.json()["attempts"], json!([]));
    house.post("/v1/station/resume", &json!({})).await;
    house.until(order, "done").await;
    let away = house.post("/v1/readers/left/away", &json!({})).await;
    assert_eq!(away.status.as_u16(), 200, "{}", away.text);
    house.floor(|floor| left(floor)["is"] == "gone").await;
    let next = house.put("b", 2).await;
    assert_eq!(house.post("/v1/readers/left/away", &json!({})).await.status.as_u16(), 404);
    assert_eq!(house.post("/v1/readers/left/back", &json!({})).await.status.as_u16(), 200);
    house.feed.put(card(2));
    house.until(next, "done").await;
    let lines = house.get("/v1/audit").await.text;
    for did in ["paused", "resumed", "reader taken away: left", "reader brought back: left"] {
        assert!(lines.contains(did), "{did}: {lines}");
    }
}

#[tokio::test]
async fn the_stock_is_summed_up() {
    let house = House::new();
    house.post("/v1/lots/lot", &json!({"issued": 10})).await;
    house.feed.put(card(1));
    let order = house.put("a", 1).await;
    house.until(order, "done").await;
    let counted = house.post("/v1/lots/lot", &json!({"counted": 9})).await.json();
    assert_eq!(counted["rows"][1], json!(["good", 1]));
    assert_eq!(counted["rows"][7], json!(["not accounted for", 0]), "{counted}");
    let both = house.post("/v1/lots/lot", &json!({"counted": 9, "issued": 1})).await;
    assert_eq!(both.status.as_u16(), 422);
}

#[tokio::test]
async fn figures_are_what_prometheus_reads() {
    let house = House::new();
    house.feed.put(card(1));
    let order = house.put("a", 1).await;
    house.until(order, "done").await;
    let answer = house.get("/metrics").await;
    assert!(
        answer.headers["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4")
    );
    assert!(answer.text.contains("cardwright_ends_total{outcome=\"done\"} 1\n"), "{}", answer.text);
    let mut types = 0;
    for line in answer.text.lines() {
        match line.split_once(' ') {
            Some(("#", rest)) => types += usize::from(rest.starts_with("TYPE ")),
            Some((metric, value)) => {
                assert!(metric.starts_with("cardwright_"), "{line}");
                assert!(value.parse::<u64>().is_ok(), "{line}");
            }
            None => panic!("{line}"),
        }
    }
    assert!(types >= 6);
}
