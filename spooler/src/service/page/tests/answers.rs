// SPDX-License-Identifier: MIT OR Apache-2.0
//! What comes of a form.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::super::super::engine::Act;
use super::super::super::floor::{Sight as Board, board};
use super::super::super::said::Said;
use super::super::{Desk, Drawn, HEADERS, Known, routes};
use super::*;
use crate::error::Error;
use crate::flow::{OrderId, OrderState, Reason};

/// Takes down what is done, and refuses what is about an order that it does not know.
#[derive(Default)]
struct Clerk(Mutex<Vec<(String, Act)>>);

impl Desk for Clerk {
    fn sight(&self) -> Board {
        board(Floor::default()).1
    }

    fn leaving(&self) -> watch::Receiver<bool> {
        watch::channel(false).1
    }

    fn known(&self, _: i64) -> Option<Known> {
        None
    }

    fn drawn(&self) -> Vec<Drawn> {
        Vec::new()
    }

    fn act(&self, by: &str, act: &Act) -> Result<(), Said> {
        if let Act::Order { order: order @ OrderId(99), .. } = act {
            return Err(Error::NoOrder { order: *order }.into());
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((by.to_owned(), act.clone()));
        Ok(())
    }
}

/// Sends a form, as a script does or as a browser does without one: status, headers that every answer has,
/// text, and what was done.
fn send(fields: &str, alone: bool, may: bool) -> (StatusCode, String, Vec<(String, Act)>) {
    let clerk = Arc::new(Clerk::default());
    let desk: Arc<dyn Desk> = Arc::<Clerk>::clone(&clerk);
    let app = routes(desk).layer(Extension(visit(may)));
    let request = Request::post("/do")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, if alone { "text/plain" } else { "text/html" })
        .body(Body::from(fields.to_owned()))
        .unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let (status, text) = runtime.block_on(async {
        let answer = app.oneshot(request).await.unwrap();
        for (name, value) in HEADERS {
            assert_eq!(answer.headers()[name], value);
        }
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    });
    let done = clerk.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    (status, text, done)
}

#[test]
fn a_form_does_what_it_says_with_what_the_page_saw() {
    let fields =
        "proof=5a5a&order=17&deed=lost&state=waiting&fence=3&reason=stolen&second=+desk-2+";
    let (status, text, done) = send(fields, true, true);
    assert_eq!(
        (status, text.as_str()),
        (StatusCode::OK, "The card of order 17 is reported as lost.\n")
    );
    let act = Act::Order {
        order: OrderId(17),
        deed: Deed::Lost,
        seen: Some((OrderState::Waiting, 3)),
        card: None,
        reason: Some(Reason::Stolen),
        second: Some("desk-2".to_owned()),
    };
    assert_eq!(done, [("desk-1".to_owned(), act)]);
    let (status, _, done) = send("proof=5a5a&deed=away&reader=left", false, true);
    assert_eq!((status, done.len()), (StatusCode::SEE_OTHER, 1));
}

#[test]
fn a_form_of_another_site_does_nothing() {
    for proof in ["", "5a5b", "5a5a5a5a"] {
        let (status, text, done) = send(&format!("proof={proof}&deed=pause"), true, true);
        assert_eq!((status, done.len()), (StatusCode::FORBIDDEN, 0), "{proof}: {text}");
    }
}

#[test]
fn whoever_only_looks_does_nothing() {
    let (status, text, done) = send("proof=5a5a&deed=pause", true, false);
    assert_eq!((status, done.len()), (StatusCode::FORBIDDEN, 0));
    assert_eq!(text, "You may look, and not operate.\n");
}

#[test]
fn what_no_form_of_the_page_says_is_refused() {
    let what_was_seen_is_missing = "proof=5a5a&deed=retry&order=17";
    for fields in [what_was_seen_is_missing, "proof=5a5a&deed=away", "proof=5a5a&deed=dance"] {
        let (status, _, done) = send(fields, true, true);
        assert_eq!((status, done.len()), (StatusCode::UNPROCESSABLE_ENTITY, 0), "{fields}");
    }
}

#[test]
fn a_refusal_is_one_line_on_the_page_that_comes_back() {
    let fields = "proof=5a5a&order=99&deed=retry&state=poison&fence=1";
    let (status, line, _) = send(fields, true, true);
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(line.matches('\n').count(), 1, "{line}");
    let (status, page, _) = send(fields, false, true);
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(page.contains(line.trim()) && page.contains("id=\"readers\""), "{page}");
}
