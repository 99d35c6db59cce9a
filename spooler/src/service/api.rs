// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is asked of the service by machines, and who may.

mod guard;
mod metrics;
mod orders;
mod read;
mod receipts;
mod sent;
mod station;

use core::time::Duration;
use std::sync::Arc;

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};
use tokio::sync::watch;

use super::auth::{Listens, Right, Tokens, Who};
use super::engine::Engine;
use super::floor::Deed;
use super::said::Said;
use crate::error::Error;

/// How much of everything.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "the configuration and tests write it")]
pub struct Limits {
    /// The most bytes of a body.
    pub body: usize,
    /// The most orders of a batch.
    pub orders: usize,
    /// How many requests a token has in a second.
    pub second: u32,
    /// How long an answer may take.
    pub answer: Duration,
    /// How many connections there are at once; more wait until one is over.
    pub connections: usize,
    /// How many streams a token listens to at once.
    pub streams: usize,
}

impl Default for Limits {
    /// 4 MiB, 1000 orders, 200 requests a second, 30 seconds, 4000 connections, 1000 streams.
    fn default() -> Self {
        Self {
            body: 4 << 20,
            orders: 1000,
            second: 200,
            answer: Duration::from_secs(30),
            connections: 4000,
            streams: 1000,
        }
    }
}

/// The service as its routes know it. Clones are of the same.
#[derive(Debug, Clone)]
pub struct App(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    engine: Engine,
    tokens: Tokens,
    limits: Limits,
    /// Whether the service is going away.
    leaving: watch::Sender<bool>,
    requests: metrics::Requests,
    /// The browser is to send its cookie over TLS alone.
    secure: bool,
}

impl App {
    /// A service of this station for these tokens.
    #[must_use]
    pub fn new(engine: Engine, tokens: Tokens, limits: Limits) -> Self {
        let leaving = watch::channel(false).0;
        let requests = metrics::Requests::default();
        let tokens = tokens.with_streams(limits.streams);
        Self(Arc::new(Parts { engine, tokens, limits, leaving, requests, secure: false }))
    }

    /// Somebody in front of the service speaks TLS with browsers.
    #[must_use]
    pub fn behind_tls(self) -> Self {
        let Parts { engine, tokens, limits, .. } = match Arc::try_unwrap(self.0) {
            Ok(parts) => parts,
            Err(shared) => return Self(shared),
        };
        let leaving = watch::channel(false).0;
        let requests = metrics::Requests::default();
        Self(Arc::new(Parts { engine, tokens, limits, leaving, requests, secure: true }))
    }

    /// The station.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(super) fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    pub(super) fn is_secure(&self) -> bool {
        self.0.secure
    }

    pub(super) fn limits(&self) -> Limits {
        self.0.limits
    }

    /// Lets somebody listen to one stream more, for as long as they keep what they get.
    pub(super) fn listen(&self, who: &Who) -> Result<Listens, Said> {
        self.tokens().listen(who).ok_or_else(|| {
            let words = "this token listens to as many streams as it may: close one of them";
            Said::new(StatusCode::TOO_MANY_REQUESTS, "too-many-streams", words)
        })
    }

    /// Tells whoever listens that the service is going away, and lets them go.
    pub fn leave(&self) {
        self.0.leaving.send_replace(true);
    }

    /// Whether the service is going away, and when it does.
    pub(super) fn leaving(&self) -> watch::Receiver<bool> {
        self.0.leaving.subscribe()
    }

    /// Asks the station or its books, on a thread that may wait.
    async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Engine) -> Result<T, Said> + Send + 'static,
    ) -> Result<T, Said> {
        let engine = self.0.engine.clone();
        let asked = tokio::task::spawn_blocking(move || ask(&engine)).await;
        asked.unwrap_or_else(|_| Err(Said::broken()))
    }

    /// Asks the books.
    async fn books<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&crate::Spooler) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Said> {
        self.ask(move |engine| Ok(ask(engine.spooler())?)).await
    }
}

/// Who may do what: method, path, and the rights of which one is needed.
pub(super) struct Route {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) rights: &'static [Right],
}

/// Every route that needs a token, which is every one but those of health.
pub(super) fn routes() -> Vec<Route> {
    use Right as R;
    let row = |method, path: &str, rights| Route { method, path: path.to_owned(), rights };
    let mut routes = vec![
        row(Method::POST, "/v1/orders", &[R::Put][..]),
        row(Method::GET, "/v1/orders", &[R::See]),
        row(Method::POST, "/v1/batches", &[R::Put]),
        row(Method::POST, "/v1/find", &[R::Put, R::See]),
        row(Method::GET, "/v1/orders/{order}", &[R::Put, R::See]),
        row(Method::DELETE, "/v1/orders/{order}", &[R::Erase]),
        row(Method::GET, "/v1/receipts", &[R::Put, R::See]),
        row(Method::GET, "/v1/receipts/events", &[R::Put, R::See]),
        row(Method::POST, "/v1/receipts/delivered", &[R::Put]),
        row(Method::GET, "/v1/floor", &[R::See]),
        row(Method::GET, "/v1/readers", &[R::See]),
        row(Method::POST, "/v1/readers/{reader}/away", &[R::Operate]),
        row(Method::POST, "/v1/readers/{reader}/back", &[R::Operate]),
        row(Method::POST, "/v1/station/pause", &[R::Operate]),
        row(Method::POST, "/v1/station/resume", &[R::Operate]),
        row(Method::GET, "/v1/lots/{lot}", &[R::See]),
        row(Method::POST, "/v1/lots/{lot}", &[R::Administer]),
        row(Method::GET, "/v1/blocked", &[R::Administer]),
        row(Method::GET, "/v1/audit", &[R::Administer]),
        row(Method::GET, "/metrics", &[R::See]),
    ];
    routes.extend(Deed::ALL.into_iter().map(|deed| {
        let rights: &[Right] =
            if deed == Deed::Cancel { &[R::Put, R::Operate] } else { &[R::Operate] };
        row(Method::POST, &of_order(deed), rights)
    }));
    routes
}

fn of_order(deed: Deed) -> String {
    format!("/v1/orders/{{order}}/{}", deed.name())
}

/// The routes.
pub(super) fn router(app: &App) -> Router {
    let mut router = Router::new()
        .route("/v1/orders", post(orders::put).get(orders::list))
        .route("/v1/batches", post(orders::put_batch))
        .route("/v1/find", post(orders::find))
        .route("/v1/orders/{order}", get(orders::one).merge(delete(orders::erase)))
        .route("/v1/receipts", get(receipts::list))
        .route("/v1/receipts/events", get(receipts::events))
        .route("/v1/receipts/delivered", post(receipts::delivered))
        .route("/v1/floor", get(station::floor))
        .route("/v1/readers", get(station::readers))
        .route("/v1/readers/{reader}/away", post(station::away))
        .route("/v1/readers/{reader}/back", post(station::back))
        .route("/v1/station/pause", post(station::pause))
        .route("/v1/station/resume", post(station::resume))
        .route("/v1/lots/{lot}", get(station::lot).post(station::count))
        .route("/v1/blocked", get(station::blocked))
        .route("/v1/audit", get(station::audit))
        .route("/metrics", get(metrics::show));
    for deed in Deed::ALL {
        let act = move |at, who, app, sent| orders::act(deed, at, who, app, sent);
        router = router.route(&of_order(deed), post(act));
    }
    router
        .route_layer(from_fn_with_state(guard::Guard::new(app), guard::let_in))
        .route("/health", get(station::ready))
        .route("/health/ready", get(station::ready))
        .route("/health/live", get(station::live))
        .with_state(app.clone())
}

/// What holds for every route: what is not there, time, and a line in the log.
pub(super) fn finished(router: Router, app: &App) -> Router {
    router
        .fallback(|| async { not_there() })
        .method_not_allowed_fallback(|| async {
            let words = "this can be asked in another way only: see docs/service.md";
            Said::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", words)
        })
        .layer(from_fn_with_state(app.clone(), guard::in_time))
}

fn not_there() -> Said {
    Said::new(StatusCode::NOT_FOUND, "not-there", "there is nothing here: see docs/service.md")
}
