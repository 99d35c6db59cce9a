// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the page is.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::{Stream, StreamExt};
use maud::Markup;

use super::super::api::App;
use super::watch::{Feed, of_order, of_station};
use super::{Desk, HEADERS, Known, Station, Visit, answer, document, door, order};

/// The page of a service, with the door to it.
pub fn router(app: &App) -> Router {
    let door = Router::new()
        .route("/login", get(door::ask).post(door::enter))
        .route("/logout", post(door::leave))
        .layer(from_fn(door::own))
        .with_state(app.clone());
    let inside = routes(Arc::new(Station::new(app.clone())))
        .route_layer(from_fn_with_state(app.clone(), door::let_in));
    // Outermost, so that those who are not let in get them, too.
    inside.merge(door).merge(assets()).layer(map_response(guarded))
}

/// The page of a desk. Each request has to have a [`Visit`] in its extensions: whoever is not let in does not
/// come here.
pub fn routes(desk: Arc<dyn Desk>) -> Router {
    Router::new()
        .route("/", get(station))
        .route("/events", get(station_events))
        .route("/order/{number}", get(one_order))
        .route("/order/{number}/events", get(order_events))
        .route("/do", post(answer::act))
        .layer(map_response(guarded))
        .with_state(desk)
}

/// What the page needs before anybody is let in: its style, its script, its icon.
pub fn assets() -> Router {
    let style = concat!(include_str!("page.css"), "\n").to_owned() + &cardwright::picture::style();
    Router::new()
        .route("/page.css", get(move || async move { file("text/css; charset=utf-8", style) }))
        .route(
            "/page.js",
            get(async || file("text/javascript; charset=utf-8", include_str!("page.js"))),
        )
        .route("/icon.svg", get(async || file("image/svg+xml", include_str!("icon.svg"))))
        .layer(map_response(guarded))
}

fn file(kind: &'static str, contents: impl IntoResponse) -> Response {
    ([(header::CONTENT_TYPE, kind)], contents).into_response()
}

/// Puts the [`HEADERS`] on an answer.
async fn guarded(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

async fn station(State(desk): State<Arc<dyn Desk>>, Extension(visit): Extension<Visit>) -> Markup {
    whole(&desk, &visit, None).await
}

/// The page of the station, with what was said of a form.
pub(super) async fn whole(desk: &Arc<dyn Desk>, visit: &Visit, said: Option<&str>) -> Markup {
    let floor = desk.sight().borrow().clone();
    let asked = Arc::clone(desk);
    let drawn = tokio::task::spawn_blocking(move || asked.drawn()).await.unwrap_or_default();
    document::page(&floor, &drawn, visit, said)
}

async fn one_order(
    State(desk): State<Arc<dyn Desk>>,
    Extension(visit): Extension<Visit>,
    Path(number): Path<i64>,
) -> Response {
    match known(&desk, number).await {
        Some(known) => order::page(&known, &visit).into_response(),
        None => (StatusCode::NOT_FOUND, format!("There is no order {number}.\n")).into_response(),
    }
}

/// Asks the books on a thread that may wait.
pub(super) async fn known(desk: &Arc<dyn Desk>, number: i64) -> Option<Known> {
    let desk = Arc::clone(desk);
    tokio::task::spawn_blocking(move || desk.known(number)).await.ok().flatten()
}

async fn station_events(
    State(desk): State<Arc<dyn Desk>>,
    Extension(visit): Extension<Visit>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let gone = gone(&desk);
    Sse::new(of_station(Feed::new(desk.sight()), visit).take_until(gone))
}

async fn order_events(
    State(desk): State<Arc<dyn Desk>>,
    Extension(visit): Extension<Visit>,
    Path(number): Path<i64>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let gone = gone(&desk);
    Sse::new(of_order(Feed::new(desk.sight()), desk, visit, number).take_until(gone))
}

/// Comes back when the service goes away: it does not wait for whoever only listens.
fn gone(desk: &Arc<dyn Desk>) -> impl Future<Output = ()> + use<> {
    let mut leaving = desk.leaving();
    async move {
        // Where nobody can say so any more, it is gone.
        let _gone = leaving.wait_for(|leaving| *leaving).await.is_ok();
    }
}
