// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders: put, found, listed, acted upon, erased.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::sent::{Asked, Named, Sent};
use super::{App, read};
use crate::flow::{CardState, Mark, OrderId, OrderState, Reason};
use crate::rows::{Attempt, CardRow, OrderRow};
use crate::service::auth::Who;
use crate::service::engine::{Act, may, may_with};
use crate::service::floor::Deed;
use crate::service::said::{Mistake, Said};
use crate::service::words::{LETTERS, is_kept};
use crate::spooler::{Batch, Put, Taken};
use sha2::{Digest, Sha256};

/// How many orders a page of a list has, and at most.
const PAGE: i64 = 100;
const MOST: i64 = 1000;

/// An order that was taken.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    order: i64,
    /// Whether it came for the first time.
    new: bool,
}

impl From<Taken> for Answer {
    fn from(taken: Taken) -> Self {
        Self { order: taken.order.0, new: taken.new }
    }
}

const fn status(new: bool) -> StatusCode {
    if new { StatusCode::CREATED } else { StatusCode::OK }
}

pub(super) async fn put(
    State(app): State<App>,
    sent: Sent,
) -> Result<(StatusCode, Json<Answer>), Said> {
    let taken = app
        .ask(move |engine| {
            let put = read::one(&sent.0, engine.jobs())?;
            Ok(engine.spooler().put(&put)?)
        })
        .await?;
    Ok((status(taken.new), Json(taken.into())))
}

/// What is told of a batch beside its orders.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfBatch {
    /// Its name: a batch of this name is taken once.
    name: Option<String>,
    /// SHA-256 of the body, in hexadecimal digits, where it is to be held against it.
    sha256: Option<String>,
    /// How many orders it has, likewise.
    count: Option<u64>,
    /// Its cards are made one after the other.
    #[serde(default)]
    in_sequence: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Answers {
    orders: Vec<Answer>,
}

pub(super) async fn put_batch(
    State(app): State<App>,
    Asked(of): Asked<OfBatch>,
    sent: Sent,
) -> Result<(StatusCode, Json<Answers>), Said> {
    let most = app.limits().orders;
    let taken = app
        .ask(move |engine| {
            let puts = read::batch(&sent.0, engine.jobs(), most)?;
            let spooler = engine.spooler();
            match of.announced(&sent.0, &puts)? {
                Some(batch) => Ok(spooler.take(&batch, &sent.0, &puts)?),
                None => spooler
                    .put_all(&puts)
                    .map_err(|(at, error)| Said::from(error).at(format!("/orders/{at}"))),
            }
        })
        .await?;
    let new = taken.iter().any(|one| one.new);
    Ok((status(new), Json(Answers { orders: taken.into_iter().map(Answer::from).collect() })))
}

impl OfBatch {
    /// The batch as it was announced; none where nothing was.
    fn announced(self, body: &[u8], puts: &[Put]) -> Result<Option<Batch>, Said> {
        let found = u64::try_from(puts.len()).unwrap_or(u64::MAX);
        let sha256 = match &self.sha256 {
            None => Sha256::digest(body).into(),
            Some(digits) => {
                let words = "sha256 has 64 hexadecimal digits";
                let wrong = || Said::mistaken(vec![Mistake::new("", "entry-wrong", words)]);
                Mark::parse(digits).ok_or_else(wrong)?.0
            }
        };
        let told = self.sha256.is_some() || self.count.is_some() || self.in_sequence;
        let Some(name) = self.name else {
            let words = "a batch of which something is announced has a name: ?name=";
            let nameless = Mistake::new("", "batch-nameless", words);
            return if told { Err(Said::mistaken(vec![nameless])) } else { Ok(None) };
        };
        let count = self.count.unwrap_or(found);
        Ok(Some(Batch { name, count, sha256, in_sequence: self.in_sequence }))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Find {
    reference: String,
}

pub(super) async fn find(State(app): State<App>, sent: Sent) -> Result<Json<Order>, Said> {
    let form = "an object with a reference, which is a text";
    let Find { reference } = sent.read(form)?;
    let order = app.books(move |spooler| spooler.find(&reference)).await?;
    let words = "no order has this reference";
    let order = order.ok_or_else(|| Said::new(StatusCode::NOT_FOUND, "order-unknown", words))?;
    look(&app, order).await
}

/// An order as it stands. Nothing of what it is for is in it.
#[derive(Debug, Serialize)]
pub(super) struct Order {
    #[serde(flatten)]
    row: Row,
    cards: Vec<CardOf>,
    attempts: Vec<AttemptOf>,
}

/// An order in a list.
#[derive(Debug, Serialize)]
struct Row {
    order: i64,
    state: &'static str,
    fence: i64,
    tries: u16,
    held: bool,
    sample: bool,
    place: String,
    priority: i64,
    batch: Option<String>,
    station: Option<String>,
    wants: Option<String>,
    replaces: Option<i64>,
    /// Milliseconds since 1970, as all times here.
    put: i64,
    ended: Option<i64>,
    deadline: Option<i64>,
    /// By what its receipts call it.
    name: String,
    /// What an operator may do about it; in a list whatever became of its cards.
    may: Vec<&'static str>,
}

impl Row {
    fn new(row: OrderRow, may: Vec<Deed>) -> Self {
        let may = may.into_iter().map(Deed::name).collect();
        Self {
            order: row.order.id.0,
            state: row.order.state.name(),
            fence: row.order.fence,
            tries: row.order.tries,
            held: row.order.held,
            sample: row.order.sample,
            place: row.place,
            priority: row.priority,
            batch: row.batch,
            station: row.station,
            wants: row.wants.map(|mark| mark.to_string()),
            replaces: row.replaces.map(|order| order.0),
            put: row.put,
            ended: row.ended,
            deadline: row.deadline,
            name: hex::encode(row.name),
            may,
        }
    }
}

#[derive(Debug, Serialize)]
struct CardOf {
    card: String,
    state: &'static str,
    released: bool,
    lot: Option<String>,
    since: i64,
}

impl From<CardRow> for CardOf {
    fn from(row: CardRow) -> Self {
        let CardRow { card, lot, since } = row;
        let state = CardState::name(card.state);
        Self { card: card.mark.to_string(), state, released: card.released, lot, since }
    }
}

#[derive(Debug, Serialize)]
struct AttemptOf {
    station: String,
    reader: Option<String>,
    card: Option<String>,
    outcome: String,
    code: Option<String>,
    grade: Option<String>,
    at: i64,
}

impl From<Attempt> for AttemptOf {
    fn from(of: Attempt) -> Self {
        let card = of.card.map(|mark| mark.to_string());
        let Attempt { station, reader, outcome, code, grade, at, .. } = of;
        Self { station, reader, card, outcome, code, grade, at }
    }
}

pub(super) async fn one(State(app): State<App>, at: Named) -> Result<Json<Order>, Said> {
    look(&app, at.order()?).await
}

async fn look(app: &App, order: OrderId) -> Result<Json<Order>, Said> {
    let found = app
        .books(move |spooler| {
            let (row, cards) = (spooler.order(order)?, spooler.cards(order)?);
            let may = may_with(&row, &cards);
            let row = Row::new(row, may);
            let cards = cards.into_iter().map(CardOf::from).collect();
            let attempts = spooler.attempts(order)?.into_iter().map(AttemptOf::from).collect();
            Ok(Order { row, cards, attempts })
        })
        .await?;
    Ok(Json(found))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Of {
    state: String,
    #[serde(default)]
    after: i64,
    most: Option<i64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Page {
    orders: Vec<Row>,
    /// Behind which order the next page begins; none where this is the last one.
    next: Option<i64>,
    /// How many orders stand there.
    count: i64,
}

pub(super) async fn list(State(app): State<App>, Asked(of): Asked<Of>) -> Result<Json<Page>, Said> {
    let state = OrderState::named(&of.state).ok_or_else(|| {
        let names: Vec<_> = OrderState::ALL.iter().map(|state| state.name()).collect();
        let words = format!("an order is one of these: {}", names.join(", "));
        Said::new(StatusCode::BAD_REQUEST, "query-wrong", words)
    })?;
    let most = of.most.unwrap_or(PAGE).clamp(1, MOST);
    let page = app
        .books(move |spooler| {
            let rows = spooler.page(state, OrderId(of.after), most)?;
            let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == most);
            let next = rows.last().filter(|_| full).map(|row| row.order.id.0);
            let row = |row: OrderRow| {
                let may = may(&row);
                Row::new(row, may)
            };
            let orders = rows.into_iter().map(row).collect();
            Ok(Page { orders, next, count: spooler.count(state)? })
        })
        .await?;
    Ok(Json(page))
}

/// What is said with a deed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    reason: Option<String>,
    second: Option<String>,
    card: Option<String>,
    seen: Option<Then>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Then {
    state: String,
    fence: i64,
}

pub(super) async fn act(
    deed: Deed,
    at: Named,
    Extension(who): Extension<Who>,
    State(app): State<App>,
    sent: Sent,
) -> Result<Json<Order>, Said> {
    let order = at.order()?;
    let why: Why = sent.maybe("an object with reason, second, card and seen")?;
    let wrong = |at: &'static str, words: String| Mistake::new(at, "entry-wrong", words);
    let mut mistakes = Vec::new();
    let reason = why.reason.map(|name| Reason::ALL.into_iter().find(|one| one.name() == name));
    if reason == Some(None) {
        let names: Vec<_> = Reason::ALL.iter().map(|reason| reason.name()).collect();
        mistakes.push(wrong("/reason", format!("a reason is one of these: {}", names.join(", "))));
    }
    let card = why.card.map(|digits| Mark::parse(&digits));
    if card == Some(None) {
        mistakes.push(wrong("/card", "a card is known by the 64 digits of its mark".to_owned()));
    }
    let seen = why.seen.map(|Then { state, fence }| Some((OrderState::named(&state)?, fence)));
    if seen == Some(None) {
        mistakes.push(wrong("/seen/state", "no order stands in such a state".to_owned()));
    }
    if why.second.as_ref().is_some_and(|name| name.trim().is_empty() || !is_kept(name)) {
        mistakes.push(wrong("/second", format!("second is a name of {LETTERS}, or left out")));
    }
    if !mistakes.is_empty() {
        return Err(Said::mistaken(mistakes));
    }
    let act = Act::Order {
        order,
        deed,
        seen: seen.flatten(),
        card: card.flatten(),
        reason: reason.flatten(),
        second: why.second,
    };
    app.ask(move |engine| engine.act(&who.name, &act)).await?;
    look(&app, order).await
}

pub(super) async fn erase(
    State(app): State<App>,
    Extension(who): Extension<Who>,
    at: Named,
) -> Result<Json<Order>, Said> {
    let order = at.order()?;
    app.books(move |spooler| spooler.erase(order, &who.name)).await?;
    look(&app, order).await
}
