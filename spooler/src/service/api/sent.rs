// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is sent, with an answer of our own where it cannot be taken: bodies, queries, parts of paths.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{App, not_there};
use crate::flow::OrderId;
use crate::service::said::{Mistake, Said};

/// A body of JSON, wiped when it is no longer needed.
pub(super) struct Sent(pub(super) Zeroizing<Vec<u8>>);

impl FromRequest<App> for Sent {
    type Rejection = Said;

    async fn from_request(request: Request, app: &App) -> Result<Self, Said> {
        let most = app.limits().body;
        let large = || {
            let words = format!("the body is larger than {most} bytes: divide it");
            Said::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", words)
        };
        let headers = request.headers();
        let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        if length.and_then(|length| length.parse().ok()).is_some_and(|length: usize| length > most)
        {
            return Err(large());
        }
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind =
            kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim().to_owned();
        if !kind.is_empty() && !kind.eq_ignore_ascii_case("application/json") {
            let words = "this takes JSON: send Content-Type: application/json";
            return Err(Said::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json-type", words));
        }
        let limited = http_body_util::Limited::new(request.into_body(), most);
        let bytes = http_body_util::BodyExt::collect(limited).await.map_err(|error| {
            if error.is::<http_body_util::LengthLimitError>() {
                return large();
            }
            let words = "the body ends before it is whole: send it again";
            Said::new(StatusCode::BAD_REQUEST, "body-torn", words)
        })?;
        let bytes = bytes.to_bytes();
        if !bytes.is_empty() && kind.is_empty() {
            let words = "this takes JSON: send Content-Type: application/json";
            return Err(Said::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json-type", words));
        }
        let sent = Zeroizing::new(bytes.to_vec());
        // Where nobody else holds the buffer it is wiped, too.
        if let Ok(mut own) = bytes.try_into_mut() {
            zeroize::Zeroize::zeroize(&mut own[..]);
        }
        Ok(Self(sent))
    }
}

impl Sent {
    /// The body as a form of ours; what serde says of it may quote a value, and is not repeated.
    pub(super) fn read<T: DeserializeOwned>(&self, form: &'static str) -> Result<T, Said> {
        serde_json::from_slice(&self.0).map_err(|error| no_form(&error, form))
    }

    /// The body, where there is one.
    pub(super) fn maybe<T: DeserializeOwned + Default>(
        &self,
        form: &'static str,
    ) -> Result<T, Said> {
        if self.0.is_empty() { Ok(T::default()) } else { self.read(form) }
    }
}

/// Where JSON ends to be JSON, or to be of this form.
pub(super) fn no_form(error: &serde_json::Error, form: &'static str) -> Said {
    let (line, column) = (error.line(), error.column());
    if error.is_syntax() || error.is_eof() {
        let words = format!("the body is no JSON from line {line}, column {column} on");
        return Said::new(StatusCode::BAD_REQUEST, "not-json", words);
    }
    let words = format!("the body is not {form}: line {line}, column {column}");
    Said::mistaken(vec![Mistake::new("", "entry-wrong", words)])
}

/// What a query asks.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Said;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Said> {
        let query = Query::<T>::try_from_uri(&parts.uri).map_err(|_| {
            let words = "the query behind ? is none of this route: see docs/service.md";
            Said::new(StatusCode::BAD_REQUEST, "query-wrong", words)
        })?;
        Ok(Self(query.0))
    }
}

/// The part of a path that names something.
pub(super) struct Named(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Said;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Said> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(name)| Self(name)).map_err(|_| not_there())
    }
}

impl Named {
    /// As the number of an order.
    pub(super) fn order(&self) -> Result<OrderId, Said> {
        self.0.parse().map(OrderId).map_err(|_| {
            let words = "orders are known by their numbers";
            Said::new(StatusCode::NOT_FOUND, "order-unknown", words)
        })
    }
}
