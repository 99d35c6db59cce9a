// SPDX-License-Identifier: MIT OR Apache-2.0
//! The station: what there is to see, what an operator does, what is counted, who did what.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::App;
use super::sent::{Asked, Named, Sent};
use crate::error::Error;
use crate::rows::Chain;
use crate::service::auth::Who;
use crate::service::engine::{Act, Engine};
use crate::service::floor::{Floor, Lot, Reader};
use crate::service::said::{Mistake, Said};

pub(super) async fn floor(State(app): State<App>) -> Json<Floor> {
    Json(Floor::clone(&app.engine().sight().borrow()))
}

#[derive(Debug, Serialize)]
pub(super) struct Readers {
    readers: Vec<Reader>,
}

pub(super) async fn readers(State(app): State<App>) -> Json<Readers> {
    let readers = app.engine().sight().borrow().readers.clone();
    Json(Readers { readers })
}

/// Something was done that needs no other answer.
#[derive(Debug, Serialize)]
pub(super) struct Well {
    done: bool,
}

async fn act(app: &App, who: Who, act: Act) -> Result<Json<Well>, Said> {
    app.ask(move |engine| engine.act(&who.name, &act)).await?;
    Ok(Json(Well { done: true }))
}

pub(super) async fn pause(
    State(app): State<App>,
    Extension(who): Extension<Who>,
) -> Result<Json<Well>, Said> {
    act(&app, who, Act::Pause).await
}

pub(super) async fn resume(
    State(app): State<App>,
    Extension(who): Extension<Who>,
) -> Result<Json<Well>, Said> {
    act(&app, who, Act::Resume).await
}

pub(super) async fn away(
    State(app): State<App>,
    Extension(who): Extension<Who>,
    Named(reader): Named,
) -> Result<Json<Well>, Said> {
    act(&app, who, Act::Away { reader }).await
}

pub(super) async fn back(
    State(app): State<App>,
    Extension(who): Extension<Who>,
    Named(reader): Named,
) -> Result<Json<Well>, Said> {
    act(&app, who, Act::Back { reader }).await
}

pub(super) async fn lot(State(app): State<App>, Named(name): Named) -> Result<Json<Lot>, Said> {
    app.ask(move |engine| Ok(Json(engine.lot(&name)?))).await
}

/// What is said of a lot.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    issued: Option<u32>,
    counted: Option<u32>,
    given_back: Option<u32>,
}

pub(super) async fn count(
    State(app): State<App>,
    Extension(who): Extension<Who>,
    Named(name): Named,
    sent: Sent,
) -> Result<Json<Lot>, Said> {
    let form = "an object with one of issued, counted and given_back, which is a number";
    let Count { issued, counted, given_back } = sent.read(form)?;
    let one = [issued, counted, given_back].iter().flatten().count() == 1;
    if !one {
        return Err(Said::mistaken(vec![Mistake::new("", "entry-wrong", form)]));
    }
    let count = move |engine: &Engine| {
        let (spooler, by) = (engine.spooler(), &*who.name);
        issued.map_or(Ok(()), |cards| spooler.issue(&name, cards, by))?;
        counted.map_or(Ok(()), |cards| spooler.counted(&name, cards, by))?;
        given_back.map_or(Ok(()), |cards| spooler.give_back_blank(&name, cards, by))?;
        Ok(Json(engine.lot(&name)?))
    };
    app.ask(count).await
}

#[derive(Debug, Serialize)]
struct Block {
    card: String,
    /// What a door controller knows the card by, empty where its order was erased before.
    control: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Blocks {
    blocked: Vec<Block>,
}

/// The only answer that has something of a person's in it: what doors have to block.
pub(super) async fn blocked(
    State(app): State<App>,
    Extension(who): Extension<Who>,
) -> Result<Json<Blocks>, Said> {
    let blocked = app
        .books(move |spooler| {
            spooler.note(&who.name, "took the list to block")?;
            let one = |(card, control): (crate::flow::Mark, zeroize::Zeroizing<String>)| Block {
                card: card.to_string(),
                control: (*control).clone(),
            };
            Ok(spooler.blocked()?.into_iter().map(one).collect())
        })
        .await?;
    Ok(Json(Blocks { blocked }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Behind {
    #[serde(default)]
    after: i64,
    most: Option<i64>,
}

#[derive(Debug, Serialize)]
struct Deed {
    sequence: i64,
    mac: String,
    what: Box<RawValue>,
}

#[derive(Debug, Serialize)]
pub(super) struct Deeds {
    lines: Vec<Deed>,
}

pub(super) async fn audit(
    State(app): State<App>,
    Asked(Behind { after, most }): Asked<Behind>,
) -> Result<Json<Deeds>, Said> {
    let most = most.unwrap_or(100).clamp(1, 1000);
    let lines = app
        .books(move |spooler| {
            let one = |line: crate::rows::Line| {
                let form = |_| Error::Form { what: "what somebody did" };
                let what = RawValue::from_string(line.text).map_err(form)?;
                Ok(Deed { sequence: line.sequence, mac: hex::encode(line.mac), what })
            };
            spooler.lines(Chain::Audit, after, most)?.into_iter().map(one).collect()
        })
        .await?;
    Ok(Json(Deeds { lines }))
}

#[derive(Debug, Serialize)]
pub(super) struct Live {
    live: bool,
}

/// Whether the program runs.
pub(super) async fn live() -> Json<Live> {
    Json(Live { live: true })
}

#[derive(Debug, Serialize)]
pub(super) struct Ready {
    ready: bool,
}

/// Whether orders are taken and cards made.
pub(super) async fn ready(State(app): State<App>) -> Result<Json<Ready>, Said> {
    let not = |code, words: String| Said::new(StatusCode::SERVICE_UNAVAILABLE, code, words);
    let floor = Arc::clone(&app.engine().sight().borrow());
    if floor.draining {
        return Err(not("leaving", "the service goes away".to_owned()));
    }
    if let Some(halted) = &floor.halted {
        return Err(not("halted", halted.clone()));
    }
    Ok(Json(Ready { ready: true }))
}
