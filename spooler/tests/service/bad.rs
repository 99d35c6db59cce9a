// SPDX-License-Identifier: MIT OR Apache-2.0
//! What bad input gets: a status, one line, and nothing of it is taken.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use cardwright_spooler::service::Limits;
use cardwright_spooler::service::auth::Right;
use cardwright_spooler::store::Memory;
use serde_json::json;

use crate::house::{House, order};

/// One line of JSON with a code and words.
fn is_one_line(text: &str) -> bool {
    let line: Result<serde_json::Value, _> = serde_json::from_str(text);
    let has =
        |line: &serde_json::Value, name: &str| line[name].as_str().is_some_and(|it| !it.is_empty());
    text.trim_end().lines().count() == 1
        && line.is_ok_and(|line| has(&line, "code") && has(&line, "words"))
}

#[tokio::test]
async fn every_mistake_of_an_order_is_told_and_no_value() {
    let house = House::new();
    let wrong = json!({
        "reference": "", "profile": "door", "priority": "zqx-7", "zqx-entry": 1, "deadline": "zqx-noon",
        "record": {"id": "r1", "facility": 256, "number": "zqx-9", "issue": 1,
            "valid_until": 20_281_231},
    });
    let said = house.post("/v1/orders", &wrong).await;
    assert_eq!(said.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(is_one_line(&said.text) && !said.text.contains("zqx"), "{}", said.text);
    let json = said.json();
    let mistakes: Vec<_> = json["mistakes"].as_array().unwrap().iter().collect();
    for (at, code) in [
        ("/reference", "entry-wrong"),
        ("/priority", "entry-wrong"),
        ("/deadline", "entry-wrong"),
        ("", "entry-unknown"),
        ("/record/facility", "record-too-large"),
        ("/record/number", "record-text-for-number"),
        ("/record/site", "record-field-missing"),
    ] {
        let told = |one: &&serde_json::Value| one["at"] == at && one["code"] == code;
        assert!(mistakes.iter().any(told), "{at} {code}: {}", said.text);
    }
    // A name that no field has is not repeated, either.
    let mut unknown = order("a", 1);
    unknown["record"]["zqx-field"] = json!("zqx-8");
    let said = house.post("/v1/orders", &unknown).await;
    assert_eq!(said.json()["mistakes"][0]["code"], "record-field-undeclared");
    assert!(!said.text.contains("zqx"), "{}", said.text);
    assert_eq!(house.get("/v1/orders?state=waiting").await.json()["count"], 0);
}

#[tokio::test]
async fn what_is_no_order_has_its_status() {
    let house = House::new();
    let put = |body: &'static str| house.ask("POST", "/v1/orders", &house.all, body);
    for (body, status, code) in [
        ("", 400, "not-json"),
        ("{", 400, "not-json"),
        ("[]", 422, "does-not-fit"),
        ("7", 422, "does-not-fit"),
        ("{}", 422, "does-not-fit"),
        (r#"{"reference":"a","profile":"none","record":{}}"#, 422, "does-not-fit"),
        (r#"{"reference":"a","profile":"door","record":7}"#, 422, "does-not-fit"),
        (r#"{"reference":"a","profile":"door","record":{"a":{"b":[]}}}"#, 422, "does-not-fit"),
    ] {
        let said = put(body).await;
        assert_eq!((said.status.as_u16(), said.code().as_str()), (status, code), "{body}");
        assert!(is_one_line(&said.text), "{}", said.text);
    }
    let unknown = put(r#"{"reference":"a","profile":"none","record":{}}"#).await.json();
    assert_eq!(unknown["mistakes"][0]["code"], "profile-unknown");
    for (path, body) in [
        ("/v1/batches", r#"{"orders":[]}"#),
        ("/v1/batches", r#"{"orders":7}"#),
        ("/v1/batches", "{}"),
    ] {
        assert_eq!(house.ask("POST", path, &house.all, body).await.status.as_u16(), 422, "{body}");
    }
}

#[tokio::test]
async fn what_is_not_there_or_asked_otherwise_has_its_status() {
    let house = House::new();
    for (method, path, status) in [
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/orders/7", 404),
        ("GET", "/v1/orders/seven", 404),
        ("GET", "/v1/orders/%FF", 404),
        ("DELETE", "/v1/orders/7", 404),
        ("POST", "/v1/orders/7/retry", 404),
        ("POST", "/v1/orders/7/no-such-deed", 404),
        ("POST", "/v1/readers/none/away", 404),
        ("POST", "/v1/readers/none/back", 404),
        ("PUT", "/v1/orders", 405),
        ("DELETE", "/v1/receipts", 405),
        ("POST", "/health", 405),
        ("GET", "/v1/orders", 400),
        ("GET", "/v1/orders?state=none", 400),
        ("GET", "/v1/orders?state=done&most=x", 400),
        ("GET", "/v1/orders?state=done&more=1", 400),
        ("GET", "/v1/receipts?after=x", 400),
        ("POST", "/v1/receipts/delivered", 400),
    ] {
        let said = house.ask(method, path, &house.all, "").await;
        assert_eq!(said.status.as_u16(), status, "{method} {path}: {}", said.text);
        assert!(is_one_line(&said.text), "{}", said.text);
    }
    let line = json!({"sequence": 1, "mac": "0".repeat(64)});
    let said = house.post("/v1/receipts/delivered", &line).await;
    assert_eq!((said.status.as_u16(), said.code().as_str()), (409, "line-unknown"));
}

#[tokio::test]
async fn too_much_and_too_often_have_their_status() {
    let limits = Limits { body: 2000, orders: 3, second: 2, ..Limits::default() };
    let house = House::with(limits, Arc::new(Memory::default()));
    let large = order(&"a".repeat(3000), 1).to_string();
    let said = house.ask("POST", "/v1/orders", &house.all, &large).await;
    assert_eq!((said.status.as_u16(), said.code().as_str()), (413, "body-too-large"));
    // The same without a length, as a stream.
    let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>(large.into_bytes())]);
    let request = Request::post("/v1/orders")
        .header(header::AUTHORIZATION, format!("Bearer {}", house.all))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from_stream(chunks));
    assert_eq!(house.as_asked(request.unwrap()).await.status.as_u16(), 413);
    let four: Vec<_> = (1..=4).map(|number| order(&format!("o{number}"), number)).collect();
    let said = house.post("/v1/batches", &json!({ "orders": four })).await;
    assert_eq!(said.json()["mistakes"][0]["code"], "batch-size");
    // Four at once are two a second's worth twice; this is the fifth.
    let _fourth = house.get("/v1/floor").await;
    let said = house.get("/v1/floor").await;
    assert_eq!((said.status.as_u16(), said.code().as_str()), (429, "too-many-requests"));
    assert_eq!(said.headers.get(header::RETRY_AFTER).unwrap(), "1");
    assert!(is_one_line(&said.text));
    // Whoever has no token is counted, too.
    let statuses = async || house.ask("GET", "/v1/floor", "cw_wrong", "").await.status.as_u16();
    let mut seen = Vec::new();
    for _ in 0..6 {
        seen.push(statuses().await);
    }
    assert!(seen.starts_with(&[401]) && seen.ends_with(&[429]), "{seen:?}");
    // Those who guess keep nobody out who knows.
    let enter = Request::post("/login")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("token={}", house.token(Right::Operate))));
    assert_eq!(house.send(enter.unwrap()).await.status().as_u16(), 303);
}

#[tokio::test]
async fn another_type_than_json_has_its_status() {
    let house = House::new();
    for kind in [Some("text/plain"), Some("application/x-www-form-urlencoded"), None] {
        let mut request = Request::post("/v1/orders")
            .header(header::AUTHORIZATION, format!("Bearer {}", house.all));
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let body = Body::from(order("a", 1).to_string());
        let said = house.as_asked(request.body(body).unwrap()).await;
        assert_eq!((said.status.as_u16(), said.code().as_str()), (415, "not-json-type"));
    }
}
