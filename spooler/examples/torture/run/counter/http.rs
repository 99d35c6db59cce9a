// SPDX-License-Identifier: MIT OR Apache-2.0
//! A service in front of the books: started, killed, asked, and listened to.
#![expect(clippy::indexing_slicing, reason = "what is not there is null, and refused as such")]

use core::time::Duration;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use cardwright_spooler::flow::{Mark, OrderId};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Counter;
use crate::Arguments;
use crate::front::TOKEN;
use crate::link::{self, Link};
use crate::run::{Ended, part, until};
use crate::shared::{Chance, FRONT, Failure};

/// How long an answer may take, of a service that may be killed meanwhile.
const PATIENCE: Duration = Duration::from_secs(10);

/// After so many lines somebody says that they are there.
const LINES: i64 = 20;

/// How often is looked whether the service is there.
const LOOK: Duration = Duration::from_millis(10);

/// The service, which is killed again and again, and ends with this.
pub(in crate::run) struct Front {
    shared: Arc<Shared>,
    keeper: Option<JoinHandle<Result<(), Failure>>>,
}

/// What its keeper is told, and tells.
#[derive(Default)]
struct Shared {
    kills: AtomicU32,
    /// It is killed no more.
    spared: AtomicBool,
    over: AtomicBool,
}

impl Front {
    pub(in crate::run) fn new(arguments: &Arguments, folder: &Path, server: &str) -> Self {
        let (store, folder, server) = (arguments.store, folder.to_owned(), server.to_owned());
        let shared = Arc::<Shared>::default();
        let mut chance = Chance::new(arguments.seed ^ 0xF407);
        let start = move || {
            let mut command = part("front")?;
            command.arg(&folder).args(["--store", store.name(), "--server", &server]);
            Ok::<_, Failure>(Ended(command.spawn()?))
        };
        let keep = {
            let shared = Arc::clone(&shared);
            move || {
                while !shared.over.load(Ordering::SeqCst) {
                    let mut child = start()?;
                    let killed = Instant::now() + Duration::from_millis(200 + chance.of(3000));
                    // Where the database goes away at its start, it ends by itself.
                    while child.0.try_wait()?.is_none() && !shared.over.load(Ordering::SeqCst) {
                        if killed <= Instant::now() && !shared.spared.load(Ordering::SeqCst) {
                            shared.kills.fetch_add(1, Ordering::SeqCst);
                            break;
                        }
                        thread::sleep(LOOK);
                    }
                }
                Ok(())
            }
        };
        Self { shared, keeper: Some(thread::spawn(keep)) }
    }

    /// Kills it no more; how often it was killed.
    pub(in crate::run) fn spare(&self) -> u32 {
        self.shared.spared.store(true, Ordering::SeqCst);
        self.shared.kills.load(Ordering::SeqCst)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        let _ended = self.keeper.take().map(JoinHandle::join);
    }
}

/// Who asks the service.
#[derive(Clone)]
pub(in crate::run) struct Http {
    agent: ureq::Agent,
    folder: PathBuf,
    /// The last line that came.
    last: Arc<AtomicI64>,
}

impl Http {
    pub(in crate::run) fn new(folder: &Path) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        // A stream ends by its own.
        let config = config.timeout_connect(Some(PATIENCE)).timeout_recv_response(Some(PATIENCE));
        let agent = config.max_idle_connections(0).build().new_agent();
        Self { agent, folder: folder.to_owned(), last: Arc::default() }
    }

    fn url(&self, path: &str) -> Result<String, Failure> {
        let address = std::fs::read_to_string(self.folder.join(FRONT))?;
        Ok(format!("http://{address}{path}"))
    }

    fn get(&self, path: &str) -> Result<Value, Failure> {
        let request = self.agent.get(self.url(path)?);
        let answer = request.header("Authorization", format!("Bearer {TOKEN}")).call()?;
        let (status, text) = (answer.status(), answer.into_body().read_to_string()?);
        if !status.is_success() {
            return Err(format!("GET {path}: {status}: {text}").into());
        }
        Ok(serde_json::from_str(&text)?)
    }

    /// The answer; nothing where things stand otherwise by now.
    fn post(&self, path: &str, body: &Value) -> Result<Option<Value>, Failure> {
        let request = self.agent.post(self.url(path)?).content_type("application/json");
        let request = request.header("Authorization", format!("Bearer {TOKEN}"));
        let answer = request.send(body.to_string())?;
        let (status, text) = (answer.status(), answer.into_body().read_to_string()?);
        match status.as_u16() {
            409 => Ok(None),
            200 | 201 => Ok(Some(serde_json::from_str(&text)?)),
            // Of a service that goes away with its database it may come out right another time.
            _ => Err(format!("POST {path}: {status}: {text}").into()),
        }
    }

    fn listed(&self, state: &str) -> Result<Vec<Value>, Failure> {
        let mut page = self.get(&format!("/v1/orders?state={state}&most=1000"))?;
        Ok(serde_json::from_value(page["orders"].take())?)
    }

    /// Carries receipts out as they come, for as long as there is somebody to carry them to.
    pub(in crate::run) fn listen(&self, outside: Link) {
        let (http, mut outside) = (self.clone(), outside);
        thread::spawn(move || {
            loop {
                // A service that is gone ends the stream, and its successor goes on behind what came.
                let _gone = http.stream(&mut outside);
                thread::sleep(Duration::from_millis(20));
            }
        });
    }

    fn stream(&self, outside: &mut Link) -> Result<(), Failure> {
        let request = self.agent.get(self.url("/v1/receipts/events")?);
        let request = request.header("Authorization", format!("Bearer {TOKEN}"));
        let last = self.last.load(Ordering::SeqCst).to_string();
        let stream = request.header("Last-Event-ID", last).call()?;
        if !stream.status().is_success() {
            return Err("no stream".into());
        }
        for line in BufReader::new(stream.into_body().into_reader()).lines() {
            let line = line?;
            let Some(data) = line.strip_prefix("data:") else { continue };
            let Ok(told) = serde_json::from_str::<Told>(data.trim_start()) else { continue };
            let text = format!("{}\t{}", told.sequence, told.receipt.get());
            outside.order(link::LINE, text.as_bytes())?;
            self.last.store(told.sequence, Ordering::SeqCst);
            if told.sequence % LINES == 0 {
                let body = json!({ "sequence": told.sequence, "mac": told.mac });
                let _delivered = self.post("/v1/receipts/delivered", &body);
            }
        }
        Ok(())
    }

    /// Waits until all lines came.
    pub(in crate::run) fn all_came(&self) -> Result<(), Failure> {
        until(|| {
            let last = self.last.load(Ordering::SeqCst);
            let left = self.get(&format!("/v1/receipts?after={last}&most=1"))?;
            let none = left["receipts"].as_array().is_some_and(Vec::is_empty);
            if none { Ok(()) } else { Err("receipts are left".into()) }
        })
    }
}

/// A line of the outbox.
#[derive(Deserialize)]
struct Told {
    sequence: i64,
    mac: String,
    receipt: Box<RawValue>,
}

fn number(value: &Value) -> Result<OrderId, Failure> {
    Ok(OrderId(value["order"].as_i64().ok_or("an order has a number")?))
}

impl Counter for Http {
    fn put(&mut self, number: u32) -> Result<String, Failure> {
        let order = json!({
            "reference": format!("order-{number}"), "profile": "door",
            "record": {
                "id": format!("r{number}"), "facility": 42, "number": number, "issue": 1,
                "valid_until": 20_281_231, "site": "North",
            },
            "number": { "site": "North", "number": number.to_string() },
        });
        let taken = self.post("/v1/orders", &order)?.ok_or("the order is somebody else's")?;
        let order = self.get(&format!("/v1/orders/{}", taken["order"]))?;
        Ok(order["name"].as_str().ok_or("an order has a name")?.to_owned())
    }

    fn done(&mut self) -> Result<u32, Failure> {
        let count = self.get("/v1/orders?state=done&most=1")?["count"].as_u64();
        Ok(u32::try_from(count.ok_or("how many is a number")?)?)
    }

    fn poison(&mut self) -> Result<Vec<OrderId>, Failure> {
        self.listed("poison")?.iter().map(number).collect()
    }

    fn retry(&mut self, order: OrderId) -> Result<bool, Failure> {
        Ok(self.post(&format!("/v1/orders/{order}/retry"), &json!({}))?.is_some())
    }

    fn wanted(&mut self) -> Result<Vec<(OrderId, Mark)>, Failure> {
        let mut wanted = Vec::new();
        for order in self.listed("waiting")?.iter().chain(&self.listed("poison")?) {
            if let Some(card) = order["wants"].as_str() {
                wanted.push((number(order)?, Mark::parse(card).ok_or("a mark")?));
            }
        }
        Ok(wanted)
    }

    fn spoiled(&mut self, order: OrderId, card: Mark) -> Result<bool, Failure> {
        let body = json!({ "reason": "faulty", "card": card.to_string() });
        let _said = self.post(&format!("/v1/orders/{order}/spoiled"), &body)?;
        let order = self.get(&format!("/v1/orders/{order}"))?;
        let its_own = |one: &&Value| one["card"].as_str() == Some(&*card.to_string());
        let found = order["cards"].as_array().and_then(|cards| cards.iter().find(its_own));
        Ok(found.is_some_and(|card| card["state"] == "spoiled" && card["released"] == false))
    }

    fn another_card(&mut self, order: OrderId) -> Result<bool, Failure> {
        let body = json!({ "reason": "faulty" });
        Ok(self.post(&format!("/v1/orders/{order}/another-card"), &body)?.is_some())
    }
}
