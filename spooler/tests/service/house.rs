// SPDX-License-Identifier: MIT OR Apache-2.0
//! A service on books in memory, with one software reader, and a token for each right.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use cardwright::Job;
use cardwright::emulator::{Feed, Model, SoftCard, SoftReader};
use cardwright::iso14443::RealUid;
use cardwright_spooler::rows::Store;
use cardwright_spooler::service::auth::{Right, Token, Tokens};
use cardwright_spooler::service::{App, Engine, Limits, Setup, router};
use cardwright_spooler::store::Memory;
use cardwright_spooler::{Spooler, Tenant, TenantKey};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::common::job;

pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) feed: Feed,
    tokens: Vec<(Right, String)>,
    pub(crate) all: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// A card with this number.
pub(crate) fn card(number: u8) -> SoftCard {
    let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, number]);
    SoftCard::new(Model::Ev2_8k, uid, number.into())
}

/// An order with this number, by this reference.
pub(crate) fn order(reference: &str, number: u32) -> Value {
    json!({
        "reference": reference,
        "profile": "door",
        "record": {
            "id": format!("r{number}"), "facility": 42, "number": number, "issue": 1,
            "valid_until": 20_281_231, "site": "North",
        },
    })
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with(Limits { second: 10_000, ..Limits::default() }, Arc::new(Memory::default()))
    }

    pub(crate) fn with(limits: Limits, store: Arc<dyn Store>) -> Self {
        Self::making(vec![job()], limits, store)
    }

    /// With jobs of these profiles.
    pub(crate) fn making(jobs: Vec<Arc<Job>>, limits: Limits, store: Arc<dyn Store>) -> Self {
        let key = || TenantKey::new([0x5A; 32]);
        let spooler = Spooler::new(store, Tenant::new("t", key()));
        let reader = SoftReader::new("left");
        let feed = reader.feed();
        let mut setup = Setup::new("one");
        setup.jobs.extend(jobs);
        setup.readers.push((Box::new(reader), vec!["hall".to_owned()]));
        setup.lot = Some("lot".to_owned());
        let engine = Engine::start(spooler, setup).unwrap();
        let make = |name: &str, rights: &[Right]| {
            let (text, token) = Token::make(name, rights).unwrap();
            (text.to_string(), token)
        };
        let (all, of_all) = make("all", &Right::ALL);
        let mut known = vec![of_all];
        let mut tokens = Vec::new();
        for right in Right::ALL {
            let (text, token) = make(right.name(), &[right]);
            tokens.push((right, text));
            known.push(token);
        }
        let app = App::new(engine, Tokens::new(known, limits.second, key()), limits);
        let router = router(&app);
        Self { app, router, feed, tokens, all }
    }

    pub(crate) fn token(&self, right: Right) -> &str {
        &self.tokens.iter().find(|(one, _)| *one == right).unwrap().1
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn as_asked(&self, request: Request<Body>) -> Answer {
        let response = self.send(request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), 1 << 24).await.unwrap();
        Answer { status, headers, text: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// Asks with a token and a body of JSON.
    pub(crate) async fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        self.as_asked(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &self.all, "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, &self.all, &body.to_string()).await
    }

    /// Puts an order; its number.
    pub(crate) async fn put(&self, reference: &str, number: u32) -> i64 {
        let answer = self.post("/v1/orders", &order(reference, number)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json()["order"].as_i64().unwrap()
    }

    /// Waits until an order stands there.
    pub(crate) async fn until(&self, order: i64, state: &str) {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let now = self.get(&format!("/v1/orders/{order}")).await.json();
            if now["state"] == state {
                return;
            }
            assert!(
                Instant::now() < until,
                "{state}: {now}; {}; {}",
                self.get("/v1/floor").await.text,
                self.feed.waiting()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until the floor is so.
    pub(crate) async fn floor(&self, so: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let floor = self.get("/v1/floor").await.json();
            if so(&floor) {
                return floor;
            }
            assert!(Instant::now() < until, "{floor}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.app.leave();
        self.app.engine().drain();
    }
}
