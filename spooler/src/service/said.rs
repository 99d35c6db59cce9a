// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is said where something is not done: a status, and one line of JSON with a code and words. No value of
//! anybody's is in it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::error::{Error, StoreError};
use crate::flow::Refusal;

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Said {
    /// The status of the answer.
    #[serde(skip)]
    pub status: StatusCode,
    /// By what machines know it.
    pub code: &'static str,
    /// What is wrong, and what to do.
    pub words: String,
    /// The order that is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<i64>,
    /// Where in what was sent, as a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Every mistake in what was sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mistakes: Vec<Mistake>,
    /// After how many seconds to try again.
    #[serde(skip)]
    pub again: Option<u32>,
}

/// A mistake in what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Mistake {
    /// Where, as a JSON pointer. No name is in it that the sender chose.
    pub at: String,
    /// The line of the record, where it is longer than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The field of the profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// By what machines know it (`docs/codes.md`, `docs/service.md`).
    pub code: &'static str,
    /// What is wrong, and what to do; never the value.
    pub words: String,
}

impl Mistake {
    /// A mistake at a place.
    pub(super) fn new(at: impl Into<String>, code: &'static str, words: impl Into<String>) -> Self {
        Self { at: at.into(), line: None, field: None, code, words: words.into() }
    }
}

impl Said {
    /// That status, code and words.
    pub(super) fn new(status: StatusCode, code: &'static str, words: impl Into<String>) -> Self {
        let words = words.into();
        Self { status, code, words, order: None, at: None, mistakes: Vec::new(), again: None }
    }

    /// What was sent has these mistakes.
    pub(super) fn mistaken(mistakes: Vec<Mistake>) -> Self {
        let words = "what was sent does not fit, and nothing of it was taken: mend what is listed";
        Self { mistakes, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "does-not-fit", words) }
    }

    /// The same about a place in what was sent.
    pub(super) fn at(self, at: impl Into<String>) -> Self {
        Self { at: Some(at.into()), ..self }
    }

    /// The service itself failed.
    pub(super) fn broken() -> Self {
        let words = "the service failed, and its log says where: ask what became of it before you send it again";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "service-failed", words)
    }
}

impl IntoResponse for Said {
    fn into_response(self) -> Response {
        let line = serde_json::to_string(&self).unwrap_or_default() + "\n";
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let (status, again) = (self.status, self.again);
        let mut response = (status, kind, line).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
        }
        if let Some(again) = again {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(again));
        }
        response
    }
}

impl From<Error> for Said {
    fn from(error: Error) -> Self {
        let words = error.to_string();
        let (status, code) = (status(&error), code(&error));
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(code, words, "the books");
        }
        let order = match error {
            Error::NoOrder { order }
            | Error::SeenOtherwise { order, .. }
            | Error::OtherContents { order }
            | Error::SameNumber { order }
            | Error::NotReported { order }
            | Error::NotNew { order }
            | Error::Erased { order } => Some(order.0),
            Error::Store(_)
            | Error::Refused(_)
            | Error::Seal(_)
            | Error::Count { .. }
            | Error::Hash
            | Error::OtherBatch
            | Error::Behind { .. }
            | Error::Chain { .. }
            | Error::Form { .. } => None,
        };
        let again = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(1);
        Self { order, again, ..Self::new(status, code, words) }
    }
}

const fn status(error: &Error) -> StatusCode {
    match error {
        Error::Store(_) | Error::Behind { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Error::Seal(_) | Error::Form { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        Error::NoOrder { .. } => StatusCode::NOT_FOUND,
        Error::Erased { .. } => StatusCode::GONE,
        Error::Count { .. } | Error::Hash => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Refused(
            Refusal::OtherReason { .. } | Refusal::SecondPerson { .. } | Refusal::NotItsCard,
        ) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Refused(_)
        | Error::OtherContents { .. }
        | Error::SameNumber { .. }
        | Error::SeenOtherwise { .. }
        | Error::NotReported { .. }
        | Error::NotNew { .. }
        | Error::OtherBatch
        | Error::Chain { .. } => StatusCode::CONFLICT,
    }
}

const fn code(error: &Error) -> &'static str {
    match error {
        Error::Store(error) => match error {
            StoreError::Full => "store-full",
            StoreError::ReadOnly => "store-read-only",
            StoreError::Away { .. } => "store-away",
            StoreError::Busy | StoreError::Conflict => "store-busy",
            StoreError::Damaged { .. } => "store-damaged",
            StoreError::Newer { .. } => "store-newer",
        },
        Error::Refused(refusal) => match refusal {
            Refusal::OrderIs { .. } => "order-stands-elsewhere",
            Refusal::Held => "order-held",
            Refusal::NotHeld => "order-not-held",
            Refusal::LeaseOver => "lease-over",
            Refusal::WantsItsCard { .. } => "order-wants-its-card",
            Refusal::OtherOrders { .. } => "card-of-another-order",
            Refusal::CardIs { .. } | Refusal::Fate { .. } => "card-stands-elsewhere",
            Refusal::NotItsCard => "card-not-its-own",
            Refusal::AtStation => "order-at-station",
            Refusal::CardInHand { .. } => "card-in-hand",
            Refusal::OtherReason { .. } => "reason-does-not-fit",
            Refusal::SecondPerson { .. } => "second-person-missing",
        },
        Error::Seal(_) => "seal",
        Error::NoOrder { .. } => "order-unknown",
        Error::SeenOtherwise { .. } => "seen-otherwise",
        Error::OtherContents { .. } => "reference-taken",
        Error::SameNumber { .. } => "number-taken",
        Error::NotReported { .. } => "card-not-reported",
        Error::NotNew { .. } => "number-not-new",
        Error::Count { .. } => "batch-count",
        Error::Hash => "batch-hash",
        Error::OtherBatch => "batch-name-taken",
        Error::Behind { .. } => "books-behind",
        Error::Chain { .. } => "line-unknown",
        Error::Erased { .. } => "order-erased",
        Error::Form { .. } => "form",
    }
}
