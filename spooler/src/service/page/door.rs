// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who comes to the page: a token is entered once, and a cookie stands for it until the shift is over.

use axum::Form;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use serde::Deserialize;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::super::api::App;
use super::super::auth::{Right, Tokens};
use super::{Visit, login};

const COOKIE: &str = "cardwright";

/// What a token has to be good for.
const LOOKS: [Right; 2] = [Right::See, Right::Operate];

/// The field of the form.
#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct Entered {
    token: String,
}

/// Where the token is entered.
pub(super) async fn ask() -> Markup {
    login::page(None)
}

/// Lets somebody in for a shift.
pub(super) async fn enter(State(app): State<App>, Form(entered): Form<Entered>) -> Response {
    let again = |status, words: &str| (status, login::page(Some(words))).into_response();
    let found = app.tokens().find(entered.token.trim());
    // Those who guess are in nobody's way who knows.
    if app.tokens().count(found.as_ref()).is_err() {
        return again(StatusCode::TOO_MANY_REQUESTS, "Too many tries: wait a moment.");
    }
    let Some(who) = found else {
        return again(StatusCode::UNAUTHORIZED, "Nobody has this token.");
    };
    if !who.may(&LOOKS) {
        return again(StatusCode::FORBIDDEN, "This token is not good for the page.");
    }
    let Ok(cookie) = app.tokens().cookie(&who) else {
        return again(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The system has no randomness: try again.",
        );
    };
    ([(header::SET_COOKIE, kept(&cookie, Tokens::lasts(), &app))], Redirect::to("/"))
        .into_response()
}

/// Lets nobody in or out whom another site sends: browsers say where a form is from.
pub(super) async fn own(request: Request, next: Next) -> Response {
    let from = request.headers().get("sec-fetch-site");
    let own = from.is_none_or(|from| from == "same-origin" || from == "none");
    if own || request.method() == Method::GET {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "This form is of another site.\n").into_response()
}

/// Lets somebody out, and nobody in again with the cookie that they had.
pub(super) async fn leave(State(app): State<App>, headers: HeaderMap) -> Response {
    if let Some(cookie) = cookie(&headers) {
        app.tokens().end(cookie);
    }
    ([(header::SET_COOKIE, kept("", 0, &app))], Redirect::to("/login")).into_response()
}

/// No script sees it, no other site sends it.
fn kept(cookie: &str, seconds: u64, app: &App) -> String {
    let secure = if app.is_secure() { "; Secure" } else { "" };
    format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|all| all.to_str().ok());
    let pairs = cookies.flat_map(|all| all.split(';'));
    let mut named = pairs.filter_map(|pair| pair.trim().split_once('='));
    named.find_map(|(name, cookie)| (name == COOKIE).then_some(cookie))
}

/// Lets in whoever has entered a token, and sends everybody else to do that.
pub(super) async fn let_in(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let session = cookie(request.headers()).and_then(|cookie| app.tokens().session(cookie));
    let Some(session) = session.filter(|session| session.who.may(&LOOKS)) else {
        let page = request.method() == Method::GET && !request.uri().path().ends_with("/events");
        return if page {
            Redirect::to("/login").into_response()
        } else {
            (StatusCode::UNAUTHORIZED, "Sign in again.\n").into_response()
        };
    };
    if app.tokens().count(Some(&session.who)).is_err() {
        return (StatusCode::TOO_MANY_REQUESTS, "Too many requests: wait a moment.\n")
            .into_response();
    }
    request.extensions_mut().insert(Visit {
        by: session.who.name.to_string(),
        may_operate: session.who.may(&[Right::Operate]),
        proof: session.proof,
    });
    next.run(request).await
}
