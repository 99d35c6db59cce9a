// SPDX-License-Identifier: MIT OR Apache-2.0
//! Receipts as they come, and from where somebody left off.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use cardwright_spooler::service::Limits;
use cardwright_spooler::service::auth::Right;
use cardwright_spooler::store::Memory;
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::house::{House, card};

/// Takes receipts of a stream until there are so many, or it is over.
async fn stream(house: &House, query: &str, last: Option<&str>, most: usize) -> Vec<(i64, Value)> {
    let mut request = Request::get(format!("/v1/receipts/events{query}"))
        .header(header::AUTHORIZATION, format!("Bearer {}", house.all));
    if let Some(last) = last {
        request = request.header("Last-Event-ID", last);
    }
    let response = house.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut body = response.into_body().into_data_stream();
    let (mut text, mut seen) = (String::new(), Vec::new());
    while seen.len() < most {
        let next = tokio::time::timeout(Duration::from_secs(10), body.next()).await;
        let Ok(Some(Ok(bytes))) = next else { break };
        text += core::str::from_utf8(&bytes).unwrap();
        while let Some(end) = text.find("\n\n") {
            let event: String = text.drain(..end + 2).collect();
            if !event.starts_with("event: receipt\n") {
                assert!(event.starts_with(':') || event.starts_with("event: leaving"), "{event}");
                continue;
            }
            let line = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            seen.push((
                line("id: ").parse().unwrap(),
                serde_json::from_str(line("data: ")).unwrap(),
            ));
        }
    }
    seen
}

#[tokio::test]
async fn a_stream_goes_on_where_somebody_left_off() {
    let house = House::new();
    for number in 1..=3 {
        house.feed.put(card(number));
        let order = house.put(&format!("o{number}"), number.into()).await;
        house.until(order, "done").await;
    }
    let numbers = |seen: &[(i64, Value)]| seen.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    let all = stream(&house, "", None, 3).await;
    assert_eq!(numbers(&all), [1, 2, 3]);
    for (id, told) in &all {
        assert_eq!(told["sequence"], *id);
        assert_eq!(told["receipt"]["outcome"], "done");
    }
    assert_eq!(numbers(&stream(&house, "", Some("2"), 1).await), [3]);
    assert_eq!(numbers(&stream(&house, "?after=1", None, 2).await), [2, 3]);
    // What the browser says goes before what the address says.
    assert_eq!(numbers(&stream(&house, "?after=0", Some("2"), 1).await), [3]);
    // What is delivered does not come again by itself.
    let upto = json!({"sequence": 2, "mac": all[1].1["mac"]});
    assert_eq!(house.post("/v1/receipts/delivered", &upto).await.json()["delivered"], 2);
    assert_eq!(house.post("/v1/receipts/delivered", &upto).await.json()["delivered"], 0);
    assert_eq!(numbers(&stream(&house, "", None, 1).await), [3]);
    let listed = house.get("/v1/receipts").await.json();
    assert_eq!(listed["receipts"][0]["sequence"], 3);
    // One that comes meanwhile is told without asking again.
    let comes = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        house.feed.put(card(4));
        house.put("o4", 4).await
    };
    let (seen, _) = tokio::join!(stream(&house, "?after=3", None, 1), comes);
    assert_eq!(numbers(&seen), [4]);
    let wrong = Request::get("/v1/receipts/events")
        .header(header::AUTHORIZATION, format!("Bearer {}", house.all))
        .header("Last-Event-ID", "zqx");
    assert_eq!(house.as_asked(wrong.body(Body::empty()).unwrap()).await.status.as_u16(), 400);
}

#[tokio::test]
async fn a_stream_says_that_the_service_goes_away_and_ends() {
    let house = House::new();
    let leave = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        house.app.leave();
    };
    let (seen, ()) = tokio::join!(stream(&house, "", None, 1), leave);
    assert!(seen.is_empty());
}

#[tokio::test]
async fn a_token_listens_to_as_many_streams_as_it_may() {
    let limits = Limits { streams: 2, ..Limits::default() };
    let house = House::with(limits, Arc::new(Memory::default()));
    let listen = async |token: &str| {
        let request = Request::get("/v1/receipts/events")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        house.send(request.body(Body::empty()).unwrap()).await
    };
    let held = [listen(&house.all).await, listen(&house.all).await];
    assert_eq!(held.each_ref().map(|one| one.status().as_u16()), [200, 200]);
    let refused = listen(&house.all).await;
    assert_eq!(refused.status(), 429);
    let body = axum::body::to_bytes(refused.into_body(), 1 << 16).await.unwrap();
    assert!(String::from_utf8_lossy(&body).contains("too-many-streams"));
    assert_eq!(listen(house.token(Right::Put)).await.status(), 200, "another token may");
    drop(held);
    assert_eq!(listen(&house.all).await.status(), 200, "what is over makes room");
}
