// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders are put, found, listed, withdrawn and erased.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::house::{House, card, order};

#[tokio::test]
async fn the_same_reference_is_the_same_order_or_a_conflict() {
    let house = House::new();
    let first = house.post("/v1/orders", &order("a", 1)).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let again = house.post("/v1/orders", &order("a", 1)).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json()["order"], first.json()["order"]);
    assert_eq!(again.json()["new"], false);
    let other = house.post("/v1/orders", &order("a", 2)).await;
    assert_eq!((other.status, other.code().as_str()), (StatusCode::CONFLICT, "reference-taken"));
    assert_eq!(other.json()["order"], first.json()["order"]);
    let mut urgent = order("a", 1);
    urgent["priority"] = json!(9);
    assert_eq!(house.post("/v1/orders", &urgent).await.code(), "reference-taken");
    let found = house.post("/v1/find", &json!({"reference": "a"})).await.json();
    assert_eq!(found["order"], first.json()["order"]);
    assert_eq!(
        house.post("/v1/find", &json!({"reference": "b"})).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_batch_is_taken_whole_or_not() {
    let house = House::new();
    let batch = |orders: Vec<Value>| json!({ "orders": orders });
    let taken = house.post("/v1/batches", &batch(vec![order("a", 1), order("b", 2)])).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text);
    assert_eq!(taken.json()["orders"].as_array().unwrap().len(), 2);
    // The last one is in the way: none of the others is taken.
    let refused = house.post("/v1/batches", &batch(vec![order("c", 3), order("a", 4)])).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.json()["at"], "/orders/1");
    let found = house.post("/v1/find", &json!({"reference": "c"})).await;
    assert_eq!(found.status, StatusCode::NOT_FOUND);
    let mut wrong = order("d", 5);
    wrong["record"]["facility"] = json!(256);
    let refused = house.post("/v1/batches", &batch(vec![order("e", 6), wrong])).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["mistakes"][0]["at"], "/orders/1/record/facility");
    let found = house.post("/v1/find", &json!({"reference": "e"})).await;
    assert_eq!(found.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_named_batch_is_held_against_what_was_announced() {
    let house = House::new();
    let batch = json!({ "orders": [order("a", 1), order("b", 2)] });
    let nothing = "0".repeat(64);
    for (query, code) in [
        (format!("?name=n&sha256={nothing}"), "batch-hash"),
        ("?name=n&count=3".to_owned(), "batch-count"),
        ("?count=2".to_owned(), "does-not-fit"),
        ("?name=n&sha256=zz".to_owned(), "does-not-fit"),
    ] {
        let refused = house.post(&format!("/v1/batches{query}"), &batch).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert_eq!(refused.code(), code, "{query}");
    }
    let taken = house.post("/v1/batches?name=n&count=2&in_sequence=true", &batch).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text);
    let again = house.post("/v1/batches?name=n&count=2&in_sequence=true", &batch).await;
    assert_eq!(again.status, StatusCode::OK);
    let other = json!({ "orders": [order("c", 3)] });
    let refused = house.post("/v1/batches?name=n", &other).await;
    assert_eq!(refused.code(), "batch-name-taken");
}

#[tokio::test]
async fn one_number_in_a_site_is_a_question() {
    let house = House::new();
    let mut first = order("a", 1);
    first["number"] = json!({"site": "North", "number": "1"});
    assert_eq!(house.post("/v1/orders", &first).await.status, StatusCode::CREATED);
    let mut second = order("b", 1);
    second["number"] = first["number"].clone();
    let question = house.post("/v1/orders", &second).await;
    assert_eq!((question.status, question.code().as_str()), (StatusCode::CONFLICT, "number-taken"));
    second["replaces"] = json!({"order": question.json()["order"], "policy": "next-issue"});
    assert_eq!(house.post("/v1/orders", &second).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_list_comes_page_by_page() {
    let house = House::new();
    let orders: Vec<_> = (1..=25).map(|number| order(&format!("o{number}"), number)).collect();
    house.post("/v1/station/pause", &json!({})).await;
    house.post("/v1/batches", &json!({ "orders": orders })).await;
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page =
            house.get(&format!("/v1/orders?state=waiting&most=10&after={after}")).await.json();
        seen.extend(
            page["orders"].as_array().unwrap().iter().map(|one| one["order"].as_i64().unwrap()),
        );
        match page["next"].as_i64() {
            Some(next) => after = next,
            None => break,
        }
    }
    // One of them may be at the reader already.
    assert!(seen.len() >= 24 && seen.is_sorted(), "{seen:?}");
}

#[tokio::test]
async fn an_order_that_a_reader_waits_for_is_withdrawn_and_stays_so() {
    let house = House::new();
    let order = house.put("a", 1).await;
    house.until(order, "claimed").await;
    let cancelled = house.post(&format!("/v1/orders/{order}/cancel"), &json!({})).await;
    assert_eq!(cancelled.status, StatusCode::OK, "{}", cancelled.text);
    assert_eq!(cancelled.json()["state"], "cancelled");
    // The card that comes is the next order's.
    house.feed.put(card(1));
    let next = house.put("b", 2).await;
    house.until(next, "done").await;
    let cancelled = house.get(&format!("/v1/orders/{order}")).await.json();
    assert_eq!(cancelled["state"], "cancelled");
}

#[tokio::test]
async fn an_order_is_made_reported_and_erased() {
    let house = House::new();
    house.feed.put(card(1));
    let mut put = order("a", 1);
    put["released_by_word"] = json!(true);
    put["control"] = json!("42-1");
    let order = house.post("/v1/orders", &put).await.json()["order"].as_i64().unwrap();
    house.until(order, "encoded").await;
    let at = |deed: &str| format!("/v1/orders/{order}/{deed}");
    let unreasoned = house.post(&at("lost"), &json!({})).await;
    assert_eq!(unreasoned.code(), "reason-missing");
    let wrong = house.post(&at("lost"), &json!({"reason": "faulty"})).await;
    assert_eq!(wrong.code(), "reason-does-not-fit");
    let none = house.post(&at("lost"), &json!({"reason": "no-such"})).await;
    assert_eq!(none.code(), "does-not-fit");
    let nobody = json!({"reason": "holder-lost-it", "second": " "});
    assert_eq!(house.post(&at("lost"), &nobody).await.code(), "does-not-fit");
    let nowhere = json!({"seen": {"state": "somewhere", "fence": 0}});
    assert_eq!(house.post(&at("release"), &nowhere).await.code(), "does-not-fit");
    let old = json!({"seen": {"state": "waiting", "fence": 0}});
    assert_eq!(house.post(&at("release"), &old).await.code(), "seen-otherwise");
    let done = house.post(&at("release"), &json!({})).await;
    assert_eq!(done.json()["state"], "done", "{}", done.text);
    let lost = house.post(&at("lost"), &json!({"reason": "holder-lost-it"})).await;
    assert_eq!(lost.json()["cards"][0]["state"], "lost", "{}", lost.text);
    assert_eq!(lost.json()["may"], json!([]), "nothing more is to be said of that card");
    let blocked = house.get("/v1/blocked").await.json();
    assert_eq!(blocked["blocked"][0]["control"], "42-1");
    let erased = house.ask("DELETE", &format!("/v1/orders/{order}"), &house.all, "").await;
    assert_eq!(erased.json()["state"], "erased", "{}", erased.text);
    let lines = house.get("/v1/audit").await.json();
    let did: Vec<_> =
        lines["lines"].as_array().unwrap().iter().map(|line| line["what"].clone()).collect();
    assert!(did.iter().any(|one| one["what"] == "lost" && one["by"] == "all"), "{did:?}");
    assert!(did.iter().any(|one| one["what"] == "erased" && one["by"] == "all"));
}
