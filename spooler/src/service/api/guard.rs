// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who is let in, how often, and for how long.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{App, routes};
use crate::service::auth::{Right, Who};
use crate::service::said::Said;

/// The rights that each route needs.
#[derive(Clone)]
pub(super) struct Guard {
    app: App,
    rights: Arc<BTreeMap<(String, String), &'static [Right]>>,
}

impl Guard {
    pub(super) fn new(app: &App) -> Self {
        let row = |route: super::Route| ((route.method.to_string(), route.path), route.rights);
        Self { app: app.clone(), rights: Arc::new(routes().into_iter().map(row).collect()) }
    }

    /// Whether they may ask this. What stands in no row nobody may.
    fn admit(&self, request: &Request) -> Result<Who, Said> {
        let who = token(request.headers()).and_then(|token| self.app.tokens().find(token));
        self.app.tokens().count(who.as_ref()).map_err(|again| {
            let words = "too many requests: try again after the seconds in Retry-After";
            let said = Said::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", words);
            Said { again: Some(again), ..said }
        })?;
        let who = who.ok_or_else(|| {
            let words = "no token, or none that is known: send Authorization: Bearer and the token";
            Said::new(StatusCode::UNAUTHORIZED, "token-unknown", words)
        })?;
        let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
        // A head is a get without its body.
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        let row = self.rights.get(&(method.to_string(), path.to_owned()));
        if row.is_some_and(|rights| who.may(rights)) {
            return Ok(who);
        }
        let names: Vec<_> =
            row.into_iter().flat_map(|row| row.iter()).map(|one| one.name()).collect();
        let words = format!("this token lacks the right for it: {}", names.join(" or "));
        Err(Said::new(StatusCode::FORBIDDEN, "right-missing", words))
    }
}

fn token(headers: &HeaderMap) -> Option<&str> {
    let (kind, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Lets in whoever may ask what they ask, and says who it is.
pub(super) async fn let_in(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    match guard.admit(&request) {
        Ok(who) => {
            request.extensions_mut().insert(who);
            next.run(request).await
        }
        Err(said) => said.into_response(),
    }
}

/// Answers in time, counts, and writes a line of the log: by the route and not by the path, which others
/// choose.
pub(super) async fn in_time(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().clone();
    let answer = tokio::time::timeout(app.limits().answer, next.run(request)).await;
    let mut response = answer.unwrap_or_else(|_| {
        let words = "no answer in time: ask what became of it before you send it again";
        Said::new(StatusCode::SERVICE_UNAVAILABLE, "too-slow", words).into_response()
    });
    // What is told of orders is nobody's to keep on the way, or to take for something else.
    for (name, value) in
        [(header::CACHE_CONTROL, "no-store"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")]
    {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    let status = response.status().as_u16();
    app.0.requests.count(status);
    tracing::debug!(%method, route = route.as_deref().unwrap_or("none"), status, "asked");
    response
}
