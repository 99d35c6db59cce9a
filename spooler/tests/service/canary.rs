// SPDX-License-Identifier: MIT OR Apache-2.0
//! A name, a number and a key go through everything that is answered, shown, counted and logged, and are found
//! in the one answer that is for whoever may see it.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::{Request, header};
use cardwright::emulator::Presentation;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::house::{House, card, order};
use crate::tags::{BADGE, house, tag};

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What must be nowhere: the site and the name of somebody, a number, what doors know the card by, the UID of a
/// tag, keys.
const CANARIES: [&str; 9] = [
    "zqx-site",
    "zqx-ref",
    "zqx-id",
    "48731",
    "zqx-control",
    "zqx-number",
    // The demonstration's application key 0.
    "1F9CD088EE2BAF92F301BD0D340F609D",
    // The key of all tags that their UIDs are enciphered with.
    "04386885EB486957725603C1B9AB0AEA",
    "7A600D5EED",
];

/// Where a text has it. Five digits come up in a MAC by chance: a number stands by itself.
fn place(text: &str, canary: &str) -> Option<usize> {
    let (text, canary) = (text.to_lowercase(), canary.to_lowercase());
    let is_number = canary.bytes().all(|digit| digit.is_ascii_digit());
    let is_hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let inside = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| text.as_bytes().get(at));
        is_hex(before) || is_hex(text.as_bytes().get(at + canary.len()))
    };
    let mut places = text.match_indices(&canary).map(|(at, _)| at);
    places.find(|at| !is_number || !inside(*at)).or_else(|| text.find(&hex::encode(&canary)))
}

fn is_clean(text: &str) -> bool {
    CANARIES.iter().all(|canary| place(text, canary).is_none())
}

#[test]
fn a_number_is_seen_where_it_stands_by_itself() {
    for text in ["48731", "number: 48731,", "n48731x", "343837333100"] {
        assert!(!is_clean(text), "{text}");
    }
    assert!(is_clean("5e48731aa3") && is_clean("148731"));
}

/// What is answered to whatever is wrong with an order, or comes beside it, and what there is to see of it.
async fn everything(house: &House, put: &Value, made: i64) -> String {
    let mut told = String::new();
    // Whatever is wrong with it, or with what comes beside it.
    let mut wrong = put.clone();
    wrong["record"]["facility"] = json!("zqx-site");
    let mut other = put.clone();
    other["record"]["issue"] = json!(2);
    let mut same = put.clone();
    same["reference"] = json!("zqx-ref-2");
    for body in [put, &wrong, &other, &same, &json!({"zqx-site": 1}), &json!(["zqx-site"])] {
        told += &house.post("/v1/orders", body).await.text;
        told += &house.post("/v1/batches", &json!({"orders": [body]})).await.text;
    }
    let torn = put.to_string();
    told += &house.ask("POST", "/v1/orders", &house.all, &torn[..torn.len() - 9]).await.text;
    told += &house.ask("POST", "/v1/orders", "zqx-ref", &torn).await.text;
    for path in [
        "/v1/orders/zqx-site",
        "/v1/zqx-site",
        "/v1/orders?state=zqx-site",
        "/v1/receipts?after=zqx-site",
        "/v1/lots/lot",
        "/v1/orders?state=done",
        "/v1/receipts?after=0",
        "/v1/floor",
        "/v1/readers",
        "/v1/audit",
        "/metrics",
        "/health",
        "/zqx-site",
    ] {
        told += &house.get(path).await.text;
    }
    let at = |deed: &str| format!("/v1/orders/{made}/{deed}");
    told += &house.post("/v1/find", &json!({"reference": "zqx-ref-1"})).await.text;
    told += &house.post("/v1/find", &json!({"reference": "zqx-ref-9"})).await.text;
    told += &house.post(&at("lost"), &json!({"reason": "zqx-site"})).await.text;
    told += &house.post(&at("lost"), &json!({"reason": "holder-lost-it"})).await.text;
    told + &page(house, made).await
}

/// What stands on the page.
async fn page(house: &House, made: i64) -> String {
    let mut told = String::new();
    let enter =
        Request::post("/login").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let entered = house.send(enter.body(Body::from(format!("token={}", house.all))).unwrap()).await;
    let cookie = entered.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    for path in
        ["/".to_owned(), format!("/order/{made}"), "/login".to_owned(), "/zqx-site".to_owned()]
    {
        let look = Request::get(path).header(header::COOKIE, &cookie);
        told += &house.as_asked(look.body(Body::empty()).unwrap()).await.text;
    }
    told
}

/// A tag of the same number, and what there is to see of it.
async fn on_a_tag(house: &House) -> String {
    let put = json!({
        "reference": "zqx-ref-t", "profile": "badge",
        "record": { "id": "zqx-id-t", "facility": 42, "number": 48_731 },
    });
    let first = house.post("/v1/orders", &put).await;
    let made = first.json()["order"].as_i64().unwrap();
    let mut told = first.text;
    house.feed.put(tag(1));
    house.until(made, "done").await;
    let order = format!("/v1/orders/{made}");
    for path in [&order, "/v1/receipts?after=0", "/v1/floor", "/v1/audit", "/metrics"] {
        told += &house.get(path).await.text;
    }
    assert!(told.contains("ntag424"), "{told}");
    told + &page(house, made).await
}

#[tokio::test]
async fn what_is_personal_is_told_to_whoever_may_see_it_and_to_nobody_else() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
    // For the threads of the station, too.
    let set = tracing::subscriber::set_global_default(
        subscriber.with_writer(log.clone()).with_ansi(false).finish(),
    );
    assert!(set.is_ok());
    let house = house(BADGE);
    let mut put = order("zqx-ref-1", 48_731);
    put["record"]["site"] = json!("zqx-site");
    put["record"]["id"] = json!("zqx-id-1");
    put["number"] = json!({"site": "zqx-site", "number": "zqx-number"});
    put["control"] = json!("zqx-control");
    let mut told = String::new();
    let first = house.post("/v1/orders", &put).await;
    let made = first.json()["order"].as_i64().unwrap();
    told += &first.text;
    house.feed.put(Presentation::of(card(1)).pulled_after(15));
    house.floor(|floor| floor["readers"][0]["doing"]["is"] == "waits-for-same").await;
    house.feed.put(house.feed.presented().pop().unwrap());
    house.until(made, "done").await;
    told += &everything(&house, &put, made).await;
    told += &on_a_tag(&house).await;
    told += &format!("{:?}", house.app);
    assert!(told.contains("done") && told.contains("Order"), "nothing was looked at");
    for canary in CANARIES {
        let near = place(&told, canary)
            .map(|at| told.get(at.saturating_sub(200)..at + 60).unwrap_or_default());
        assert_eq!(near, None, "{canary}");
    }
    assert!(is_clean(&told));
    // The one answer that has it.
    let blocked = house.get("/v1/blocked").await;
    assert_eq!(blocked.json()["blocked"][0]["control"], "zqx-control");
    let erased = house.ask("DELETE", &format!("/v1/orders/{made}"), &house.all, "").await;
    assert!(is_clean(&erased.text), "{}", erased.text);
    drop(house);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("an order ended"), "nothing was logged");
    assert!(is_clean(&log), "{log}");
}
