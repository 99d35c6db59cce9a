// SPDX-License-Identifier: MIT OR Apache-2.0
//! Receipts for the outside: a list, a stream, and the word that somebody has them.

use core::convert::Infallible;
use core::time::Duration;
use std::collections::VecDeque;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::watch;

use super::App;
use super::sent::{Asked, Sent};
use crate::error::Error;
use crate::flow::Mark;
use crate::rows::{Chain, Line};
use crate::service::auth::{Listens, Who};
use crate::service::said::{Mistake, Said};

/// How many lines are read at once, and at most.
const PAGE: i64 = 100;
const MOST: i64 = 1000;

/// How long nothing may be said before the books are looked at again: other stations write in them, too.
const LOOK: Duration = Duration::from_secs(1);

/// A line of the outbox.
#[derive(Debug, Serialize)]
struct Told {
    sequence: i64,
    order: Option<i64>,
    mac: String,
    previous: String,
    delivered: bool,
    receipt: Box<RawValue>,
}

impl Told {
    fn new(line: Line) -> Result<Self, Error> {
        let form = |_| Error::Form { what: "a receipt" };
        Ok(Self {
            sequence: line.sequence,
            order: line.order.map(|order| order.0),
            mac: hex::encode(line.mac),
            previous: hex::encode(line.previous),
            delivered: line.delivered,
            receipt: RawValue::from_string(line.text).map_err(form)?,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct After {
    after: Option<i64>,
    most: Option<i64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Lines {
    receipts: Vec<Told>,
}

/// Those behind a number, or else those that nobody has yet.
pub(super) async fn list(
    State(app): State<App>,
    Asked(After { after, most }): Asked<After>,
) -> Result<Json<Lines>, Said> {
    let most = most.unwrap_or(PAGE).clamp(1, MOST);
    let receipts = app
        .books(move |spooler| {
            let lines = match after {
                Some(after) => spooler.lines(Chain::Receipts, after, most)?,
                None => spooler.outbox(most)?,
            };
            lines.into_iter().map(Told::new).collect()
        })
        .await?;
    Ok(Json(Lines { receipts }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Upto {
    sequence: i64,
    mac: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Delivered {
    /// How many lines count as delivered from now on that did not before.
    delivered: usize,
}

/// Somebody has all lines up to this one, and shows it by that line's MAC.
pub(super) async fn delivered(State(app): State<App>, sent: Sent) -> Result<Json<Delivered>, Said> {
    let Upto { sequence, mac } = sent.read("an object with the sequence and the mac of a line")?;
    let words = "a mac has 64 hexadecimal digits";
    let wrong = || Said::mistaken(vec![Mistake::new("/mac", "entry-wrong", words)]);
    let mac = Mark::parse(&mac).ok_or_else(wrong)?.0;
    let delivered = app.books(move |spooler| spooler.delivered_to(sequence, &mac)).await?;
    Ok(Json(Delivered { delivered }))
}

/// A stream of receipts, and where it stands.
struct Stream {
    app: App,
    after: i64,
    ready: VecDeque<Line>,
    receipts: watch::Receiver<u64>,
    leaving: watch::Receiver<bool>,
    over: bool,
    _listens: Listens,
}

/// Receipts as they come: behind `Last-Event-ID` or `after`, or else from the first one that nobody has yet.
pub(super) async fn events(
    State(app): State<App>,
    Extension(who): Extension<Who>,
    Asked(After { after, .. }): Asked<After>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Said> {
    let last =
        headers.get("last-event-id").map(|id| id.to_str().ok().and_then(|id| id.parse().ok()));
    if last == Some(None) {
        let words = "Last-Event-ID is the number of a line";
        return Err(Said::new(StatusCode::BAD_REQUEST, "query-wrong", words));
    }
    let after = match last.flatten().or(after) {
        Some(after) => after,
        None => app.books(first).await?,
    };
    let (receipts, leaving) = (app.engine().receipts(), app.leaving());
    let (listens, ready) = (app.listen(&who)?, VecDeque::new());
    let stream = Stream { app, after, ready, receipts, leaving, over: false, _listens: listens };
    let alive = KeepAlive::new().interval(Duration::from_secs(10)).text("alive");
    Ok(Sse::new(stream::unfold(stream, Stream::next)).keep_alive(alive))
}

/// Behind what the receipts begin that nobody has yet.
fn first(spooler: &crate::Spooler) -> Result<i64, Error> {
    if let Some(line) = spooler.outbox(1)?.first() {
        return Ok(line.sequence - 1);
    }
    Ok(spooler.last_line(Chain::Receipts)?.map_or(0, |line| line.sequence))
}

impl Stream {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                let sequence = line.sequence;
                let event = Told::new(line).map_err(|error| error.to_string()).and_then(|told| {
                    let event = Event::default().event("receipt").id(sequence.to_string());
                    event.json_data(told).map_err(|error| error.to_string())
                });
                let event = event.unwrap_or_else(|error| {
                    tracing::error!(sequence, error, "a receipt cannot be told: look at the books");
                    self.over = true;
                    self.ready.clear();
                    Event::default().event("broken").data(sequence.to_string())
                });
                self.after = sequence;
                return Some((Ok(event), self));
            }
            if self.over {
                return None;
            }
            if *self.leaving.borrow_and_update() {
                self.over = true;
                let leaving = Event::default().event("leaving").data("the service goes away");
                return Some((Ok(leaving), self));
            }
            let _seen = self.receipts.borrow_and_update();
            drop(_seen);
            let after = self.after;
            let read =
                self.app.books(move |spooler| spooler.lines(Chain::Receipts, after, PAGE)).await;
            // Where the books are away, they may be back later.
            self.ready = read.unwrap_or_default().into();
            if self.ready.is_empty() {
                tokio::select! {
                    _ = self.receipts.changed() => {}
                    _ = self.leaving.changed() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        }
    }
}
