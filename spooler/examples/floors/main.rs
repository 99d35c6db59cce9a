// SPDX-License-Identifier: MIT OR Apache-2.0
//! The operator's page over floors that a test chooses: every state of a reader at a word. Everything but the
//! floors and the books is the service's own. `tests/browser/` looks at it.
//!
//!     cargo run -p cardwright-spooler --example floors [PORT]
//!
//! It prints its address. `POST /floor/NAME` shows a floor, `GET /floors` has their names, and `GET /acts`
//! what was sent with the page's forms since it was asked last.

mod books;
mod scenes;

use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use cardwright_spooler::Error;
use cardwright_spooler::service::floor::{Floor, Sight, board};
use cardwright_spooler::service::page::{self, Desk, Drawn, Known, Visit};
use cardwright_spooler::service::{Act, Said};
use tokio::sync::watch;

type Whatever = Box<dyn std::error::Error + Send + Sync>;

/// The books of nobody: what is sent is written down, and nothing comes of it but a pause.
struct Stage {
    floor: watch::Sender<Arc<Floor>>,
    sight: Sight,
    leaving: watch::Sender<bool>,
    acts: Mutex<Vec<String>>,
    drawn: Vec<Drawn>,
}

impl Desk for Stage {
    fn sight(&self) -> Sight {
        self.sight.clone()
    }

    fn leaving(&self) -> watch::Receiver<bool> {
        self.leaving.subscribe()
    }

    fn known(&self, order: i64) -> Option<Known> {
        books::known(order, self.drawn.first().cloned())
    }

    fn drawn(&self) -> Vec<Drawn> {
        self.drawn.clone()
    }

    fn act(&self, _: &str, act: &Act) -> Result<(), Said> {
        if let Act::Order { order, .. } = act
            && *order == books::NOBODYS
        {
            return Err(Error::NoOrder { order: *order }.into());
        }
        let paused = match act {
            Act::Pause => Some(true),
            Act::Resume => Some(false),
            Act::Away { .. } | Act::Back { .. } | Act::Order { .. } => None,
        };
        if let Some(paused) = paused {
            self.floor.send_modify(|floor| Arc::make_mut(floor).paused = paused);
        }
        self.acts.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{act:?}"));
        Ok(())
    }
}

async fn show(State(stage): State<Arc<Stage>>, Path(name): Path<String>) -> StatusCode {
    match scenes::floor(&name) {
        Some(floor) => {
            stage.floor.send_replace(Arc::new(floor));
            StatusCode::NO_CONTENT
        }
        None => StatusCode::NOT_FOUND,
    }
}

async fn acts(State(stage): State<Arc<Stage>>) -> String {
    let mut acts = stage.acts.lock().unwrap_or_else(PoisonError::into_inner);
    core::mem::take(&mut *acts).join("\n")
}

/// Everybody is let in, and may operate.
async fn let_in(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Visit {
        by: "operator".to_owned(),
        may_operate: true,
        proof: "proof-of-this-page".to_owned(),
    });
    next.run(request).await
}

async fn serve(port: u16) -> Result<(), Whatever> {
    let (floor, sight) = board(scenes::floor("idle").unwrap_or_default());
    let stage = Arc::new(Stage {
        floor,
        sight,
        leaving: watch::channel(false).0,
        acts: Mutex::default(),
        drawn: vec![books::drawn()?],
    });
    let desk: Arc<dyn Desk> = Arc::<Stage>::clone(&stage);
    let test = Router::new()
        .route("/floor/{name}", post(show))
        .route("/floors", get(async || scenes::NAMES.join("\n")))
        .route("/acts", get(acts))
        .with_state(stage);
    let app = page::routes(desk).layer(from_fn(let_in)).merge(page::assets()).merge(test);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let mut out = std::io::stdout();
    writeln!(out, "http://{}/", listener.local_addr()?)?;
    out.flush()?;
    axum::serve(listener, app).await?;
    Ok(())
}

fn main() -> Result<(), Whatever> {
    let port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse())?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(port))
}
