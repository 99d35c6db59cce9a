// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an operator sends, and the one line that comes back.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::super::engine::Act;
use super::super::floor::Deed;
use super::super::words::is_kept;
use super::{Desk, Visit, routes};
use crate::flow::{OrderId, OrderState, Reason};

/// The fields of every form.
#[derive(Debug, Deserialize)]
pub(super) struct Fields {
    proof: String,
    deed: String,
    reader: Option<String>,
    order: Option<i64>,
    state: Option<String>,
    fence: Option<i64>,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    second: String,
}

impl Fields {
    /// What is to be done; none where these are no fields of a form of ours.
    fn act(&self) -> Option<Act> {
        let reader = || self.reader.clone();
        let second = self.second.trim();
        if !is_kept(second) {
            return None;
        }
        match self.deed.as_str() {
            "pause" => Some(Act::Pause),
            "resume" => Some(Act::Resume),
            "away" => Some(Act::Away { reader: reader()? }),
            "back" => Some(Act::Back { reader: reader()? }),
            name => Some(Act::Order {
                order: OrderId(self.order?),
                deed: Deed::ALL.into_iter().find(|deed| deed.name() == name)?,
                seen: Some((OrderState::named(self.state.as_deref()?)?, self.fence?)),
                card: None,
                reason: Reason::ALL.into_iter().find(|reason| reason.name() == self.reason),
                second: (!second.is_empty()).then(|| second.to_owned()),
            }),
        }
    }
}

/// Does what a form says. With a script the answer is the line alone; without one, the page again.
pub(super) async fn act(
    State(desk): State<Arc<dyn Desk>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let alone = headers.get(header::ACCEPT).is_some_and(|accept| accept == "text/plain");
    let (status, line) = done(&desk, &visit, &fields).await;
    if alone {
        return (status, format!("{line}\n")).into_response();
    }
    if status == StatusCode::OK {
        return Redirect::to("/").into_response();
    }
    (status, routes::whole(&desk, &visit, Some(&line)).await).into_response()
}

async fn done(desk: &Arc<dyn Desk>, visit: &Visit, fields: &Fields) -> (StatusCode, String) {
    let refused = |status, line: &str| (status, line.to_owned());
    if !bool::from(fields.proof.as_bytes().ct_eq(visit.proof.as_bytes())) {
        return refused(StatusCode::FORBIDDEN, "This page is too old: load it again.");
    }
    if !visit.may_operate {
        return refused(StatusCode::FORBIDDEN, "You may look, and not operate.");
    }
    let Some(act) = fields.act() else {
        return refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "There is nothing of that name to be done.",
        );
    };
    let line = said(&act);
    let (desk, visit) = (Arc::clone(desk), visit.clone());
    match tokio::task::spawn_blocking(move || desk.act(&visit.by, &act)).await {
        Ok(Ok(())) => (StatusCode::OK, line),
        Ok(Err(why)) => (why.status, sentence(&why.words)),
        Err(_) => refused(StatusCode::INTERNAL_SERVER_ERROR, "The service failed: look again."),
    }
}

/// Words of the service as a line of the page: it begins with a capital letter, and ends.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str().trim_end_matches('.'))
}

/// What is said when it is done.
fn said(act: &Act) -> String {
    match act {
        Act::Pause => "The station is paused.".to_owned(),
        Act::Resume => "The station goes on.".to_owned(),
        Act::Away { reader } => format!("Reader {reader} is taken away once its card is through."),
        Act::Back { reader } => format!("Reader {reader} is brought back."),
        Act::Order { order, deed, .. } => match deed {
            Deed::Retry => format!("Order {order} is in the line again."),
            Deed::Spoiled => format!("The card of order {order} is reported as spoiled."),
            Deed::Lost => format!("The card of order {order} is reported as lost."),
            Deed::Destroyed => format!("The card of order {order} is reported as destroyed."),
            Deed::Returned => format!("The card of order {order} is reported as returned."),
            Deed::AnotherCard => format!("Order {order} gets another card."),
            Deed::Release => format!("The card of order {order} is released."),
            Deed::Cancel => format!("Order {order} is cancelled."),
        },
    }
}
